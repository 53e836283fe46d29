/** Decisions on the interest of a desk: accruing it, and paying out what the desk kept. @module */
import {
  add,
  assert,
  type EngineTimeMs,
  isPositive,
  isZero,
  min,
  moneyOfSettlement,
} from '../../units/index.ts';
import { deskAt, interestDue, interestUntil } from '../interest.ts';
import { deskOf, reserveOf } from '../lending.ts';
import type { CommandOf, Event, Outcome } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

export function accrueInterest(
  state: PoolView,
  { asset }: CommandOf<'AccrueInterest'>,
  time: EngineTimeMs,
): Outcome {
  const found = deskOf(state, asset);
  if (found === null) return rejected('LENDING_UNKNOWN', { asset });
  if (!interestDue(state, found.desk)) return rejected('INTEREST_NOT_DUE', { asset });
  const accrued = interestUntil(found.desk, time);
  assert(accrued !== null, 'INTEREST', 'interest was due that is accrued already');
  return accepted(accrued);
}

/**
 * As much of what a desk has kept as it has cash for. Money goes to the insurance fund, which
 * bears the pool's losses; another asset to the house, which stands in for its debts.
 */
export function collectReserve(
  state: PoolView,
  { asset }: CommandOf<'CollectReserve'>,
  time: EngineTimeMs,
): Outcome {
  const found = deskOf(state, asset);
  if (found === null) return rejected('LENDING_UNKNOWN', { asset });
  const accrued = interestUntil(found.desk, time);
  const desk = deskAt(found.desk, accrued);
  const amount = min(reserveOf(desk), desk.cash);
  if (!isPositive(amount)) return rejected('AMOUNT_TOO_SMALL', { asset });
  const receiver = desk.asset === null ? null : poolParameters(state).collateralBuyer;
  if (receiver !== null && !state.numbers.accounts.has(receiver)) {
    return rejected('ACCOUNT_UNKNOWN', { account: receiver });
  }
  const events: Event[] = accrued === null ? [] : [accrued];
  events.push({ type: 'ReserveCollected', asset, amount, receiver });
  const money = moneyOfSettlement(amount);
  const repaid = min(state.unallocatedLoss, add(state.insuranceFund, money));
  if (receiver === null && !isZero(repaid)) {
    events.push({ type: 'UnallocatedLossRepaid', amount: repaid });
  }
  return accepted(...events);
}
