/**
 * Lawful commands to be made unlawful: each function answers a command that a pool of the driver
 * takes, with the changes a test is about.
 * @module
 */
import type {
  AssetParameters,
  Command,
  CommandOf,
  MarketParameters,
} from '../../src/engine/index.ts';
import {
  accountId,
  amount,
  assetId,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { type Driver, market as withDefaults } from './pool-driver.ts';

const USDC = assetId('USDC');
const BTC_PERP = marketId('BTC-PERP');
const alice = accountId('alice');
const maker = accountId('maker');

export const fill = (changes: Partial<CommandOf<'RecordFill'>> = {}): Command => ({
  type: 'RecordFill',
  market: BTC_PERP,
  buyer: alice,
  seller: maker,
  size: size('0.1'),
  price: price('100'),
  buyerFee: money('0'),
  sellerFee: money('0'),
  order: null,
  ...changes,
});

export const deposit = (changes: Partial<CommandOf<'Deposit'>> = {}): Command => ({
  type: 'Deposit',
  account: alice,
  asset: USDC,
  amount: amount('1'),
  ...changes,
});

export const withdraw = (value: string, asset = USDC): Command => ({
  type: 'Withdraw',
  account: alice,
  asset,
  amount: amount(value),
});

export const open = (changes: Partial<CommandOf<'OpenAccount'>> = {}): Command => ({
  type: 'OpenAccount',
  account: accountId('child'),
  owner: 'alice',
  parent: null,
  market: null,
  ...changes,
});

export const transfer = (changes: Partial<CommandOf<'TransferCollateral'>> = {}): Command => ({
  type: 'TransferCollateral',
  from: alice,
  to: maker,
  asset: USDC,
  amount: amount('1'),
  ...changes,
});

export const report = (changes: Partial<CommandOf<'ReportPrices'>> = {}): Command => ({
  type: 'ReportPrices',
  indexes: [],
  books: [],
  outside: [],
  ...changes,
});

export const indexReport = (
  pool: Driver,
  changes: { index?: string; source?: string; later?: number },
) => ({
  index: indexId(changes.index ?? 'BTC'),
  source: changes.source ?? 'feed',
  price: price('100'),
  timeMs: engineTimeMs(pool.now() + (changes.later ?? 0)),
  confidence: null,
});

export const bookReport = (
  pool: Driver,
  changes: { market?: string; bid?: string; later?: number } = {},
) => ({
  market: marketId(changes.market ?? 'BTC-PERP'),
  bid: price(changes.bid ?? '99'),
  ask: price('101'),
  last: price('100'),
  timeMs: engineTimeMs(pool.now() + (changes.later ?? 0)),
});

export const outsideReport = (
  pool: Driver,
  changes: { market?: string; source?: string; price?: string; later?: number } = {},
) => ({
  market: marketId(changes.market ?? 'BTC-PERP'),
  source: changes.source ?? 'elsewhere',
  price: price(changes.price ?? '100'),
  timeMs: engineTimeMs(pool.now() + (changes.later ?? 0)),
});

export const asset = (name: string, changes: Partial<AssetParameters> = {}): Command => ({
  type: 'ConfigureAsset',
  parameters: {
    asset: assetId(name),
    index: indexId('BTC'),
    collateralHaircut: ratio('0.1'),
    concentrationFactor: null,
    amountMax: null,
    ...changes,
  },
});

export const market = (changes: Partial<MarketParameters> = {}): Command => ({
  type: 'ConfigureMarket',
  parameters: withDefaults('BTC-PERP', changes),
});
