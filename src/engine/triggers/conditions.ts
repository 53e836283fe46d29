/**
 * What must hold before an account is judged: every price that it depends on is good enough to
 * liquidate by, and no gate keeps it from starting. Asked of many accounts at one moment, so that
 * the answer for each market and index is remembered for that moment.
 * @module
 */
import { gateClosedForAccount, gateClosedForMarket, gateClosedForPool } from '../gates.ts';
import { isValued, pricesValid } from '../margin.ts';
import type { AccountView, PoolView } from '../state.ts';
import { type AccountRows, firstLegOf, legCountOf } from './account-rows.ts';
import { columnOf } from './columns.ts';
import { channelOfLeg, type Legs } from './legs.ts';
import { coordinateOfChannel, isLoss, isMark, numberOf } from './watched-prices.ts';

export type Conditions = {
  /** Number of the moment. */
  moment: number;
  /** No gate of the whole pool keeps anybody from starting. */
  poolIsOpen: boolean;
  /** By coordinate: the moment at which the answer was found, negated where it was no. */
  answers: Int32Array;
  /** What held when it was noted last, see `note`. */
  noted: Uint8Array;
};

export const createConditions = (): Conditions => ({
  moment: 0,
  poolIsOpen: true,
  answers: new Int32Array(0),
  noted: new Uint8Array(0),
});

/** The state may have changed: nothing that was remembered counts any more. */
export function newMoment(state: PoolView, conditions: Conditions): void {
  conditions.moment += 1;
  conditions.poolIsOpen = !gateClosedForPool(state, 'liquidations');
}

/** Every price the account depends on is good enough, and no gate keeps it from starting. */
export const mayStart = (state: PoolView, account: AccountView): boolean =>
  pricesValid(state, account) && !gateClosedForAccount(state, 'liquidations', account);

/** The same by the rows that mirror an account which neither owes nor has lent. */
export function rowsMayStart(
  state: PoolView,
  { legs, accounts, conditions }: Rows,
  account: number,
): boolean {
  if (!conditions.poolIsOpen) return false;
  const first = firstLegOf(accounts, account);
  const end = first + legCountOf(accounts, account);
  for (let leg = first; leg < end; leg += 1) {
    if (!holds(state, conditions, coordinateOfChannel(channelOfLeg(legs, leg)))) return false;
  }
  return true;
}

type Rows = {
  readonly legs: Legs;
  readonly accounts: AccountRows;
  readonly conditions: Conditions;
};

function holds(state: PoolView, conditions: Conditions, coordinate: number): boolean {
  conditions.answers = columnOf(conditions.answers, coordinate + 1);
  const known = conditions.answers[coordinate]!;
  if (Math.abs(known) === conditions.moment) return known > 0;
  const number = numberOf(coordinate);
  const ofMarket = isMark(coordinate) || isLoss(coordinate);
  const answer = ofMarket ? marketHolds(state, number) : state.indexes[number]!.live;
  conditions.answers[coordinate] = answer ? conditions.moment : -conditions.moment;
  return answer;
}

const marketHolds = (state: PoolView, number: number): boolean =>
  isValued(state, state.markets[number]!) && !gateClosedForMarket(state, 'liquidations', number);

/**
 * Notes what holds now, because somebody waits for it to change: for the pool, for each market and
 * for each index. Answers whether something else holds than what was noted before.
 */
export function note(state: PoolView, conditions: Conditions): boolean {
  const { markets, indexes } = state;
  const length = 1 + markets.length + indexes.length;
  const before = conditions.noted;
  if (before.length !== length) conditions.noted = new Uint8Array(length);
  const { noted } = conditions;
  let changed = before.length !== length;
  const take = (at: number, holdsNow: boolean): void => {
    const answer = Number(holdsNow);
    if (noted[at] !== answer) changed = true;
    noted[at] = answer;
  };
  take(0, !gateClosedForPool(state, 'liquidations'));
  for (let at = 0; at < markets.length; at += 1) take(1 + at, marketHolds(state, at));
  for (let at = 0; at < indexes.length; at += 1) {
    take(1 + markets.length + at, indexes[at]!.live);
  }
  return changed;
}
