/**
 * Desks that lend, and what accounts owe to them and have lent to them. Desks keep no totals: who
 * asks for one adds up what accounts have. See docs/spec/lending.md.
 * @module
 */
import { ceilDiv, floorDiv, larger, ONE, smaller, total } from './integers.ts';
import {
  type Account,
  amountOf,
  assetHeld,
  type Desk,
  findAsset,
  findDesk,
  findIndex,
  type Ledger,
  type ModelEventOf,
  setAmount,
} from './ledger.ts';

const YEAR_MS = 365n * 24n * 3_600_000n;
/** No more than a century of interest at once. */
const STRETCH_MS_MAX = 100 * 365 * 24 * 3_600_000;
/** Beyond it an index does not grow any more. */
const INDEX_MOST = 10n ** 9n * ONE;
const MOST = 10n ** 17n * ONE;

export const isSettlement = (ledger: Ledger, asset: string): boolean =>
  ledger.pool!.settlementAsset === asset;

/** The pool must name a house while any other asset than money is lent. */
export const needsHouse = (ledger: Ledger): boolean =>
  ledger.desks.some(({ parameters }) => !isSettlement(ledger, parameters.asset));

/** What an account owes to a desk, or has lent to it, in shares. */
export const sharesOf = (list: Account['debts'], asset: string): bigint =>
  list.find((entry) => entry.asset === asset)?.shares ?? 0n;

/** The list with that many shares of a desk, in the order in which desks were opened. */
export function withShares(
  ledger: Ledger,
  list: Account['debts'],
  { asset, shares }: { asset: string; shares: bigint },
): Account['debts'] {
  return ledger.desks.flatMap(({ parameters }) => {
    const own = parameters.asset === asset ? shares : sharesOf(list, parameters.asset);
    return own === 0n ? [] : [{ asset: parameters.asset, shares: own }];
  });
}

/** A debt in units of the asset, up. */
export const owedOf = (desk: Desk, shares: bigint): bigint => ceilDiv(shares * desk.debtIndex, ONE);

/** A claim in units of the asset, down. */
export const lentOf = (desk: Desk, shares: bigint): bigint =>
  floorDiv(shares * desk.supplyIndex, ONE);

export const debtShares = (ledger: Ledger, asset: string): bigint =>
  total(ledger.accounts.map(({ debts }) => sharesOf(debts, asset)));
export const supplyShares = (ledger: Ledger, asset: string): bigint =>
  total(ledger.accounts.map(({ supplies }) => sharesOf(supplies, asset)));

export const allOwed = (ledger: Ledger, desk: Desk): bigint =>
  owedOf(desk, debtShares(ledger, desk.parameters.asset));

/** The index price of what a desk lends; zero where there never was one. */
export function deskPriceOf(ledger: Ledger, asset: string): bigint {
  if (isSettlement(ledger, asset)) return ONE;
  return findIndex(ledger, findAsset(ledger, asset)!.parameters.index)!.price ?? 0n;
}

export const isDeskLive = (ledger: Ledger, asset: string): boolean =>
  isSettlement(ledger, asset) ||
  findIndex(ledger, findAsset(ledger, asset)!.parameters.index)!.live;

/** What an account could hand over of an asset. */
export const heldOf = (ledger: Ledger, account: Account, asset: string): bigint =>
  isSettlement(ledger, asset) ? larger(account.balance, 0n) : amountOf(account, asset);

/** Adds to what an account holds of an asset, out of the cash of its desk. */
export function payOut(ledger: Ledger, desk: Desk, account: Account, amount: bigint): void {
  const { asset } = desk.parameters;
  desk.cash -= amount;
  if (isSettlement(ledger, asset)) account.balance += amount;
  else setAmount(ledger, account, asset, amountOf(account, asset) + amount);
}

/** Units of an asset in the pool: with accounts, or in the cash of its desk. */
export const pooledOf = (ledger: Ledger, asset: string): bigint =>
  assetHeld(ledger, asset) + (findDesk(ledger, asset)?.cash ?? 0n);

/** The same, and everything that is owed of it. */
export function reckonedOf(ledger: Ledger, asset: string): bigint {
  const desk = findDesk(ledger, asset);
  return pooledOf(ledger, asset) + (desk === undefined ? 0n : allOwed(ledger, desk));
}

/** Cash and debts less claims, in units of 1e-36. */
export function surplusOf(ledger: Ledger, desk: Desk): bigint {
  const { asset } = desk.parameters;
  const behind = desk.cash * ONE + debtShares(ledger, asset) * desk.debtIndex;
  return behind - supplyShares(ledger, asset) * desk.supplyIndex;
}

/** Rate per year at a utilization: two straight lines that meet at the kink. */
function rateAt({ parameters }: Desk, used: bigint): bigint {
  const { rateAtZero, rateAtKink, rateAtFull, kinkUtilization: kink } = parameters;
  return used <= kink
    ? rateAtZero + ceilDiv((rateAtKink - rateAtZero) * used, kink)
    : rateAtKink + ceilDiv((rateAtFull - rateAtKink) * (used - kink), ONE - kink);
}

/** Lets a desk catch up with its interest; nothing where it has. */
export function accrued(
  ledger: Ledger,
  desk: Desk,
  time: number,
): ModelEventOf<'InterestAccrued'>[] {
  if (time <= desk.accruedMs) return [];
  const { asset, reserveShare } = desk.parameters;
  const { debtIndex, supplyIndex, accruedMs: fromMs } = desk;
  const [owing, lending] = [debtShares(ledger, asset), supplyShares(ledger, asset)];
  const debt = owing * debtIndex;
  const behind = desk.cash * ONE + debt;
  const utilization = debt === 0n ? 0n : ceilDiv(debt * ONE, behind);
  const borrowRate = rateAt(desk, utilization);
  const elapsed = BigInt(Math.min(time - fromMs, STRETCH_MS_MAX));
  let debtRise = owing === 0n ? 0n : ceilDiv(debtIndex * borrowRate * elapsed, ONE * YEAR_MS);
  const grown = debtIndex + debtRise;
  if (grown > INDEX_MOST || ceilDiv(owing * grown, ONE) > MOST) debtRise = 0n;
  const exact = owing * debtRise;
  const shared = larger(behind, lending * supplyIndex);
  const passedOn = supplyIndex * exact * (ONE - reserveShare);
  const supplyRise = lending === 0n ? 0n : floorDiv(passedOn, shared * ONE);
  desk.debtIndex += debtRise;
  desk.supplyIndex += supplyRise;
  desk.accruedMs = time;
  const interest = ceilDiv(exact, ONE);
  const supplyInterest = floorDiv(lending * supplyRise, ONE);
  return [
    {
      type: 'InterestAccrued',
      asset,
      fromMs,
      untilMs: time,
      utilization,
      borrowRate,
      debtIndexBefore: debtIndex,
      debtIndexAfter: desk.debtIndex,
      supplyIndexBefore: supplyIndex,
      supplyIndexAfter: desk.supplyIndex,
      interest,
      supplyInterest,
      reserveInterest: interest - supplyInterest,
    },
  ];
}

/** Something is owed and an interval has passed. */
export const isInterestDue = (ledger: Ledger, { parameters, accruedMs }: Desk): boolean =>
  debtShares(ledger, parameters.asset) > 0n &&
  ledger.time > accruedMs &&
  ledger.time >= accruedMs + parameters.accrualIntervalMs;

/** What accounts hold of each asset and have lent of it, together. */
export function holdingsOf(ledger: Ledger, account: Account): Account['collaterals'] {
  return ledger.assets.flatMap(({ parameters: { asset } }) => {
    const desk = findDesk(ledger, asset);
    const lent = desk === undefined ? 0n : lentOf(desk, sharesOf(account.supplies, asset));
    const amount = amountOf(account, asset) + lent;
    const isThere = amount > 0n || sharesOf(account.supplies, asset) > 0n;
    return isThere ? [{ asset, amount }] : [];
  });
}

/** What the desk of an asset has kept for itself, in whole units, as far as it has cash. */
export const collectableOf = (ledger: Ledger, desk: Desk): bigint =>
  smaller(floorDiv(surplusOf(ledger, desk), ONE), desk.cash);
