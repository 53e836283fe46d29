/**
 * Shares of common capital, of the backstop vault or of an insurance tranche: what they are bought
 * and paid at, so that the share that belongs to nobody never favors who comes or leaves.
 * @module
 */
import { vaultDeposit, vaultPayout } from '../risk/index.ts';
import {
  type EngineTimeMs,
  engineTimeMs,
  gt,
  isZero,
  type Money,
  min,
  portionDown,
  rawOf,
  type Shares,
} from '../units/index.ts';

/** Where a share is worth more than one, that of nobody would round in favor of who comes. */
export function boughtShares(deposit: {
  readonly equity: Money;
  readonly totalShares: Shares;
  readonly deposit: Money;
}) {
  const { equity, totalShares, deposit: amount } = deposit;
  const bought = vaultDeposit(deposit);
  if (bought.shares === null) return bought;
  if (isZero(totalShares) || rawOf(equity) <= rawOf(totalShares)) return bought;
  const shares = min(bought.shares, portionDown(totalShares, amount, equity));
  return isZero(shares)
    ? ({ shares: null, refusal: 'too-coarse' } as const)
    : { ...bought, shares };
}

/** Where a share is worth less than one, that of nobody would round in favor of who leaves. */
export function worthOfShares(claim: {
  readonly equity: Money;
  readonly totalShares: Shares;
  readonly shares: Shares;
}): Money {
  const { equity, totalShares, shares } = claim;
  const payout = vaultPayout(claim);
  return isZero(payout) ? payout : min(payout, portionDown(equity, shares, totalShares));
}

/** Whoever asks for less than before has given notice of it already. */
export function exitTimes(
  claim: {
    readonly exiting: Shares;
    readonly exitMs: EngineTimeMs;
    readonly untilMs: EngineTimeMs;
  },
  request: {
    readonly shares: Shares;
    readonly time: EngineTimeMs;
    readonly noticeMs: number;
    readonly exitWindowMs: number;
  },
): { readonly exitMs: EngineTimeMs; readonly untilMs: EngineTimeMs } {
  const { shares, time, noticeMs, exitWindowMs } = request;
  const { exiting, exitMs, untilMs } = claim;
  if (!gt(shares, exiting) && time <= untilMs) return { exitMs, untilMs };
  const from = engineTimeMs(time + noticeMs);
  return { exitMs: from, untilMs: engineTimeMs(from + exitWindowMs) };
}
