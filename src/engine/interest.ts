/**
 * Interest of a desk up to a time, and when the engine itself has to accrue it.
 * @module
 */
import { amountOfSharesUp, type BorrowInterest, interestAccrued } from '../risk/index.ts';
import {
  durationMs,
  type EngineTimeMs,
  isPositive,
  lte,
  type Ratio,
  ratio,
  ZERO_AMOUNT,
} from '../units/index.ts';
import { isModerate } from './limits.ts';
import type { EventOf } from './schema/index.ts';
import type { DeskView, PoolView } from './state.ts';

/** A century: a longer sleep of the pool is charged no more. */
const STRETCH_MS_MAX = 100 * 365 * 24 * 60 * 60 * 1000;

/** Most that a share may come to be worth: beyond it a desk reckons no more interest. */
const INDEX_MAX: Ratio = ratio('1000000000');

/** Null where the interest of the desk is accrued up to this time already. */
export function interestUntil(
  { parameters, accruedMs, ...desk }: DeskView,
  time: EngineTimeMs,
): EventOf<'InterestAccrued'> | null {
  if (time <= accruedMs) return null;
  const elapsedMs = durationMs(Math.min(time - accruedMs, STRETCH_MS_MAX));
  const { reserveShare } = parameters;
  const grown = interestAccrued({ ...desk, reserveShare, curve: parameters, elapsedMs });
  const accrued = isReckonable(desk, grown) ? grown : { ...grown, ...nothing(desk) };
  return {
    type: 'InterestAccrued',
    asset: parameters.asset,
    fromMs: accruedMs,
    untilMs: time,
    utilization: accrued.utilization,
    borrowRate: accrued.borrowRate,
    debtIndexBefore: desk.debtIndex,
    debtIndexAfter: accrued.debtIndexAfter,
    supplyIndexBefore: desk.supplyIndex,
    supplyIndexAfter: accrued.supplyIndexAfter,
    interest: accrued.interest,
    supplyInterest: accrued.supplyInterest,
    reserveInterest: accrued.reserveInterest,
  };
}

type Indexes = Pick<DeskView, 'debtShares' | 'debtIndex' | 'supplyIndex'>;

/** Neither the debts nor their index grow beyond what a pool reckons with. */
const isReckonable = ({ debtShares }: Indexes, { debtIndexAfter }: BorrowInterest): boolean =>
  lte(debtIndexAfter, INDEX_MAX) && isModerate(amountOfSharesUp(debtShares, debtIndexAfter));

const nothing = ({ debtIndex, supplyIndex }: Indexes) => ({
  debtIndexAfter: debtIndex,
  supplyIndexAfter: supplyIndex,
  interest: ZERO_AMOUNT,
  supplyInterest: ZERO_AMOUNT,
  reserveInterest: ZERO_AMOUNT,
});

/** The desk as it is once its interest is accrued. */
export function deskAt(desk: DeskView, accrued: EventOf<'InterestAccrued'> | null): DeskView {
  if (accrued === null) return desk;
  const { debtIndexAfter: debtIndex, supplyIndexAfter: supplyIndex, untilMs } = accrued;
  return { ...desk, debtIndex, supplyIndex, accruedMs: untilMs };
}

/** The pool as it is once the interest of one desk is accrued. */
export function withDesk(state: PoolView, number: number, desk: DeskView): PoolView {
  return { ...state, desks: state.desks.map((entry, at) => (at === number ? desk : entry)) };
}

/** An interval has passed in which debts grew. */
export const interestDue = ({ timeMs }: PoolView, desk: DeskView): boolean =>
  isBehind(desk, timeMs) && timeMs >= desk.accruedMs + desk.parameters.accrualIntervalMs;

/** Some interest of the desk is not accrued yet. */
export const isBehind = (desk: DeskView, time: EngineTimeMs): boolean =>
  isPositive(desk.debtShares) && desk.accruedMs < time;
