/**
 * An account's five sums, from first principles: equity, the same as margin and as new risk sees
 * it, maintenance and initial margin. See docs/spec/engine.md, section "Margin", and
 * docs/spec/lending.md.
 * @module
 */
import { deskPriceOf, holdingsOf, isDeskLive, isSettlement, lentOf, owedOf } from './desks.ts';
import { ceilDiv, floorDiv, larger, magnitude, ONE, smaller, sqrtUp } from './integers.ts';
import {
  type Account,
  findAsset,
  findDesk,
  findIndex,
  findMarket,
  type Ledger,
  longSize,
  type Market,
  type Position,
} from './ledger.ts';

export type Margin = {
  readonly equity: bigint;
  readonly marginEquity: bigint;
  /** With the weights for new risk. */
  readonly initialEquity: bigint;
  readonly maintenanceMargin: bigint;
  readonly initialMargin: bigint;
};

/** What a position of that size is worth at a price, rounded down. */
export function valueDown(kind: Market['kind'], size: bigint, price: bigint): bigint {
  return kind === 'linear' ? floorDiv(size * price, ONE) : floorDiv(-size * ONE, price);
}

/** What a position of that size is worth without sign, rounded up. */
export function notionalUp(kind: Market['kind'], size: bigint, price: bigint): bigint {
  const held = magnitude(size);
  return kind === 'linear' ? ceilDiv(held * price, ONE) : ceilDiv(held * ONE, price);
}

/** Each tier's fraction on the part of the notional that lies in that tier, rounded up once. */
export function maintenanceOf(tiers: Market['tiers'], notional: bigint): bigint {
  let exact = 0n;
  for (const [at, { notionalFloor, maintenanceMarginFraction }] of tiers.entries()) {
    const end = tiers[at + 1]?.notionalFloor ?? null;
    const top = end === null ? notional : smaller(notional, end);
    if (top > notionalFloor) exact += (top - notionalFloor) * maintenanceMarginFraction;
  }
  return ceilDiv(exact, ONE);
}

export function markPriceOf(ledger: Ledger, market: string): bigint {
  const mark = findMarket(ledger, market)?.mark ?? null;
  if (mark === null) throw new Error(`the model expected a mark of ${market}`);
  return mark;
}

/** The initial margin fraction, raised with the open interest that `book` shows. */
function initialFraction(book: Ledger, market: Market): bigint {
  const { initialMarginFraction, openInterestLower, openInterestUpper, kind } = market;
  if (openInterestUpper === 0n) return initialMarginFraction;
  const long = longSize(book, market.market);
  const open = notionalUp(kind, long, markPriceOf(book, market.market));
  const reached = smaller(larger(open, openInterestLower), openInterestUpper) - openInterestLower;
  const span = openInterestUpper - openInterestLower;
  return initialMarginFraction + ceilDiv((ONE - initialMarginFraction) * reached, span);
}

export const fundingOf = (position: Position, indexNow: bigint): bigint =>
  floorDiv(-position.size * (indexNow - position.fundingIndex), ONE);

export function unrealizedPnl(ledger: Ledger, position: Position): bigint {
  const { kind } = findMarket(ledger, position.market)!.parameters;
  const mark = markPriceOf(ledger, position.market);
  return valueDown(kind, position.size, mark) - position.entryValue;
}

/** Share of a holding's value that counts towards margin. */
export function collateralWeight(ledger: Ledger, asset: string, amount: bigint): bigint {
  const { collateralHaircut, concentrationFactor } = findAsset(ledger, asset)!.parameters;
  const weight = ONE - collateralHaircut;
  if (concentrationFactor === null) return weight;
  const divisor = ONE + ceilDiv(concentrationFactor * sqrtUp(amount), ONE);
  const concentrated = floorDiv(((11n * ONE) / 10n) * ONE, divisor);
  return smaller(weight, concentrated);
}

/** The latest price of an asset's index, zero where there never was one. */
export function assetPrice(ledger: Ledger, asset: string): bigint {
  const { index } = findAsset(ledger, asset)!.parameters;
  return findIndex(ledger, index)!.price ?? 0n;
}

/** The five sums; `book` is the pool whose open interest scales initial margin. */
export function marginOf(ledger: Ledger, account: Account, book: Ledger = ledger): Margin {
  let settled = account.balance;
  let maintenanceMargin = 0n;
  let initialMargin = 0n;
  for (const position of account.positions) {
    const { parameters, fundingIndex } = findMarket(ledger, position.market)!;
    const gain = unrealizedPnl(ledger, position) + fundingOf(position, fundingIndex);
    settled += gain;
    const mark = markPriceOf(ledger, position.market);
    const notional = notionalUp(parameters.kind, position.size, mark);
    const maintenance = maintenanceOf(parameters.tiers, notional);
    maintenanceMargin += maintenance;
    const initial = ceilDiv(notional * initialFraction(book, parameters), ONE);
    initialMargin += larger(initial, maintenance);
  }
  for (const { asset, shares } of account.supplies) {
    if (isSettlement(ledger, asset)) settled += lentOf(findDesk(ledger, asset)!, shares);
  }
  let equity = settled;
  let marginEquity = settled;
  let initialEquity = settled;
  for (const { asset, amount } of holdingsOf(ledger, account)) {
    const value = amount * assetPrice(ledger, asset);
    const weight = collateralWeight(ledger, asset, amount);
    const lendable = findDesk(ledger, asset)?.parameters.loanToValue ?? weight;
    equity += floorDiv(value, ONE);
    marginEquity += floorDiv(value * weight, ONE * ONE);
    initialEquity += floorDiv(value * smaller(weight, lendable), ONE * ONE);
  }
  for (const { asset, shares } of account.debts) {
    const desk = findDesk(ledger, asset)!;
    const value = owedOf(desk, shares) * deskPriceOf(ledger, asset);
    const { liabilityWeight, liabilityWeightInitial } = desk.parameters;
    equity -= ceilDiv(value, ONE);
    marginEquity -= ceilDiv(value * liabilityWeight, ONE * ONE);
    initialEquity -= ceilDiv(value * liabilityWeightInitial, ONE * ONE);
  }
  return { equity, marginEquity, initialEquity, maintenanceMargin, initialMargin };
}

/** Every price that the account's margin rests on may be used to liquidate it. */
export function pricesValid(ledger: Ledger, account: Account): boolean {
  const marks = account.positions.every(({ market: id }) => {
    const { mode, settlementPrice, parameters } = findMarket(ledger, id)!;
    const { expiryMs } = parameters;
    const expired = expiryMs !== null && ledger.time >= expiryMs;
    return mode === 'live' && (!expired || settlementPrice !== null);
  });
  const indexes = account.collaterals.every(
    ({ asset }) => findIndex(ledger, findAsset(ledger, asset)!.parameters.index)!.live,
  );
  const desks = [...account.debts, ...account.supplies].every(({ asset }) =>
    isDeskLive(ledger, asset),
  );
  return marks && indexes && desks;
}
