/** Desks as a decision finds them once their interest is accrued to its time. @module */
import type { EngineTimeMs } from '../units/index.ts';
import { deskAt, interestUntil, withDesk } from './interest.ts';
import { deskOf } from './lending.ts';
import type { EventOf } from './schema/index.ts';
import type { AccountView, PoolView } from './state.ts';

type InterestAccrued = EventOf<'InterestAccrued'>;

/** Of every desk that the account has to do with, in the order of desks. */
export function interestOf(
  state: PoolView,
  { debts, supplies }: AccountView,
  time: EngineTimeMs,
): InterestAccrued[] {
  const numbers = new Set([...debts, ...supplies].map(({ desk }) => desk));
  return [...numbers]
    .sort((a, b) => a - b)
    .flatMap((number) => interestUntil(state.desks[number]!, time) ?? []);
}

/** What is decided after those events finds what is owed as it has grown to by then. */
export const afterInterest = (state: PoolView, interest: readonly InterestAccrued[]): PoolView =>
  interest.reduce((before, event) => {
    const { number, desk } = deskOf(before, event.asset)!;
    return withDesk(before, number, deskAt(desk, event));
  }, state);
