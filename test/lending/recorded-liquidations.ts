/**
 * Reads recorded liquidations of a lending market and the parameters of its reserves. The file of
 * liquidations has two halves of different make: in one, which also gives the price of USDT,
 * amounts are raw integers of the token and prices are in wei; in the other both are decimals.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Amount, fromRaw, type Price, type Ratio } from '../../src/units/index.ts';

export type Reserve = {
  readonly decimals: number;
  /** Share of the value that stands behind debts before liquidation; 0: not collateral. */
  readonly liquidationThreshold: Ratio;
};

export type RecordedLiquidation = {
  readonly atMs: number;
  readonly pool: string;
  readonly account: string;
  readonly collateralAsset: string;
  readonly debtAsset: string;
  readonly seized: Amount;
  readonly repaid: Amount;
  /** In ether; null where the record gives none. */
  readonly collateralPrice: Price | null;
  readonly debtPrice: Price | null;
  readonly liquidationThreshold: Ratio;
  /** For displays alone. */
  readonly dollarsPerEther: number;
};

export type RecordedMarket = {
  readonly liquidations: readonly RecordedLiquidation[];
  /** Assets without parameters, and how many records they keep from being read. */
  readonly withoutParameters: ReadonlyMap<string, number>;
};

const LIQUIDATIONS = 'aave_v2_liquidations.csv.gz';
const RESERVES = 'aave_v2_reserve_params.csv';
const ETHER = new Set(['WETH', 'AmmWETH']);
const NUMBER = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;
const WAD_DIGITS = 18;

/** The folder is absent, or not in the form that is read. `message` says what was expected. */
export class RecordsFault extends Error {
  override readonly name = 'RecordsFault';
}

/** `text` · 10^shift, rounded down to an integer: every digit of the text counts. */
export function shiftedDown(text: string, shift: number): bigint {
  const match = NUMBER.exec(text);
  if (match === null) throw new RecordsFault(`expected a number of at least 0, found "${text}"`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const places = shift + Number(exponent) - fraction.length;
  return places >= 0 ? digits * 10n ** BigInt(places) : digits / 10n ** BigInt(-places);
}

export function recordedMarket(folder: string): RecordedMarket {
  for (const name of [LIQUIDATIONS, RESERVES]) {
    if (existsSync(join(folder, name))) continue;
    throw new RecordsFault(`expected the file ${name} in the folder ${folder}, found none`);
  }
  return marketOf({
    liquidations: gunzipSync(readFileSync(join(folder, LIQUIDATIONS))).toString('utf8'),
    reserves: readFileSync(join(folder, RESERVES), 'utf8'),
  });
}

export function marketOf(texts: {
  readonly liquidations: string;
  readonly reserves: string;
}): RecordedMarket {
  const reserves = reservesOf(texts.reserves);
  const liquidations: RecordedLiquidation[] = [];
  const withoutParameters = new Map<string, number>();
  for (const field of rowsOf(texts.liquidations, LIQUIDATIONS)) {
    const reserve = (asset: string) => reserves.get(`${field('pool')} ${asset}`);
    const collateral = reserve(field('collateralReserve'));
    const debt = reserve(field('principalReserve'));
    if (collateral !== undefined && debt !== undefined) {
      liquidations.push(liquidationOf(field, collateral, debt));
      continue;
    }
    const asset = field(collateral === undefined ? 'collateralReserve' : 'principalReserve');
    withoutParameters.set(asset, (withoutParameters.get(asset) ?? 0) + 1);
  }
  liquidations.sort((a, b) => a.atMs - b.atMs);
  return { liquidations, withoutParameters };
}

type Field = (column: string) => string;

function liquidationOf(field: Field, collateral: Reserve, debt: Reserve): RecordedLiquidation {
  const tetherInWei = field('priceUSDTCollateral');
  const isRaw = tetherInWei !== '';
  const amount = (text: string, { decimals }: Reserve): Amount =>
    fromRaw<Amount>(shiftedDown(text, isRaw ? WAD_DIGITS - decimals : WAD_DIGITS));
  const price = (text: string, asset: string): Price | null => {
    if (text === '') return ETHER.has(asset) ? fromRaw<Price>(shiftedDown('1', WAD_DIGITS)) : null;
    return fromRaw<Price>(shiftedDown(text, isRaw ? 0 : WAD_DIGITS));
  };
  const dollars = Number(field('reservePriceUSDCollateral'));
  return {
    atMs: Number(shiftedDown(field('timestamp'), 3)),
    pool: field('pool'),
    account: field('user'),
    collateralAsset: field('collateralReserve'),
    debtAsset: field('principalReserve'),
    seized: amount(field('collateralAmount'), collateral),
    repaid: amount(field('principalAmount'), debt),
    collateralPrice: price(field('reservePriceETHCollateral'), field('collateralReserve')),
    debtPrice: price(field('reservePriceETHPrincipal'), field('principalReserve')),
    liquidationThreshold: collateral.liquidationThreshold,
    dollarsPerEther: isRaw
      ? 1e18 / Number(tetherInWei)
      : dollars / Number(field('reservePriceETHCollateral')),
  };
}

function reservesOf(text: string): Map<string, Reserve> {
  const reserves = new Map<string, Reserve>();
  for (const field of rowsOf(text, RESERVES)) {
    const basisPoints = field('reserveLiquidationThreshold');
    reserves.set(`${field('pool')} ${field('symbol')}`, {
      decimals: Number(field('decimals')),
      liquidationThreshold: fromRaw<Ratio>(shiftedDown(basisPoints, WAD_DIGITS - 4)),
    });
  }
  return reserves;
}

/** The rows of a table without quoting, each as a function from a column's name to its text. */
function* rowsOf(text: string, name: string): Generator<Field> {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = new Map(header.split(',').map((column, at) => [column, at]));
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const cells = line.split(',');
    yield (column) => {
      const cell = cells[columns.get(column) ?? -1];
      if (cell !== undefined) return cell;
      throw new RecordsFault(`${name}, line ${at + 2}: expected a column ${column}, found none`);
    };
  }
}
