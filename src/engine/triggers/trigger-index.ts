/**
 * Which accounts a price can have made liquidatable. Every healthy account holds a certificate, a
 * bound for each of its legs; while none is reached it cannot have become liquidatable. A step of
 * prices looks at the accounts whose bounds it reached and at nobody else: those that a filter in
 * floating point knows to be healthy are certified anew, the others are evaluated exactly. Derived
 * state: the set of liquidatable accounts depends on the pool's state alone, never on
 * certificates.
 * @module
 */
import { isLiquidatable } from '../../risk/index.ts';
import { cmp, isPositive, type Money, rawOf, sub } from '../../units/index.ts';
import { sharesByOpenInterest } from '../loss-sharing.ts';
import { accountMargin, isExposed } from '../margin.ts';
import { type AccountView, byAccountId, type ChangeLog, type PoolView } from '../state.ts';
import {
  createAccountRows,
  growAccounts,
  hasFlag,
  LENDING,
  legCountOf,
  lowerFlag,
  OUTDATED,
  PARKED,
  raiseFlag,
  SUSPECT,
} from './account-rows.ts';
import { type Certificates, certify } from './certificates.ts';
import {
  type Conditions,
  createConditions,
  mayStart,
  newMoment,
  note,
  rowsMayStart,
} from './conditions.ts';
import { UNIT_ROUNDOFF } from './leg-bound.ts';
import { CHANNEL, createLegs, OWNER, WORDS } from './legs.ts';
import { certifyLending } from './lending-certificate.ts';
import { mirror, resizeRows } from './mirror.ts';
import { advance } from './price-wheel.ts';
import { ERROR, newSurplus, sureSurplus, surplusOf, VALUE } from './sure-surplus.ts';
import {
  channelOf,
  coordinateOf,
  coordinateOfChannel,
  createWatchedPrices,
  takeCarry,
  takeTerms,
  takeValue,
  worthOf,
} from './watched-prices.ts';

/** An account that was found liquidatable; its exact deficit is worked out where it is needed. */
type Found = {
  readonly number: number;
  readonly lacks: number;
  readonly error: number;
  deficit: Money | null;
};

export type TriggerIndex = Certificates & {
  /** Accounts that may have become liquidatable, each once. */
  suspects: number[];
  /** Accounts that depend on an invalid price, or on a closed gate. */
  readonly parked: Set<number>;
  /** Who owes or has lent. */
  readonly lending: Set<number>;
  /** Found liquidatable, worst first; not looked at again before something has changed. */
  found: readonly Found[];
  readonly conditions: Conditions;
  /** Open interest bears losses: every position watches those of its market. */
  bearsLosses: boolean;
};

export function createTriggerIndex(state: PoolView): TriggerIndex {
  const triggers: TriggerIndex = {
    prices: createWatchedPrices(),
    legs: createLegs(rowsNeeded(state)),
    accounts: createAccountRows(),
    wheels: [],
    suspects: [],
    parked: new Set(),
    lending: new Set(),
    found: [],
    conditions: createConditions(),
    bearsLosses: sharesByOpenInterest(state),
  };
  const numbersOf = (things: readonly unknown[]): number[] => [...things.keys()];
  catchUp(state, triggers, {
    accounts: numbersOf(state.accounts),
    markets: numbersOf(state.markets),
    marks: numbersOf(state.markets),
    indexes: numbersOf(state.indexes),
    interest: numbersOf(state.desks),
    losses: numbersOf(state.markets),
    assets: [],
    desks: [],
  });
  return triggers;
}

/** About as many rows as the accounts will need: growing to millions of them costs seconds. */
function rowsNeeded(state: PoolView): number {
  let rows = 0;
  for (const { positions, collaterals } of state.accounts) {
    rows += positions.length + collaterals.length;
  }
  return rows;
}

type Changes = Pick<
  ChangeLog,
  'accounts' | 'markets' | 'marks' | 'losses' | 'indexes' | 'interest' | 'assets' | 'desks'
>;

/** Takes note of what changed: whose bounds were reached and who must be certified anew. */
export function catchUp(state: PoolView, triggers: TriggerIndex, changes: Changes): void {
  growAccounts(triggers.accounts, state.accounts.length);
  for (const number of changes.markets) takeTerms(triggers.prices, state, number);
  // What a contract is worth depends on the kind of its market as well.
  for (const number of changes.markets) takeMark(state, triggers, number);
  for (const number of changes.marks) takeMark(state, triggers, number);
  for (const number of changes.indexes) takeIndex(state, triggers, number);
  for (const number of changes.interest) takeInterest(state, triggers, number);
  for (const number of changes.losses) takeLosses(state, triggers, number);
  for (const number of changes.markets) suspectHolders(triggers, coordinateOf('mark', number));
  if (changes.assets.length > 0) outdateHolders(state, triggers, changes.assets);
  if (triggers.bearsLosses !== sharesByOpenInterest(state)) outdateAll(state, triggers);
  // An asset's weight changes for those who lent it too.
  if (changes.assets.length + changes.desks.length > 0) {
    for (const number of triggers.lending) suspect(triggers, number);
  }
  for (const number of changes.accounts) outdate(triggers, number);
  if (triggers.parked.size + triggers.found.length > 0) reconsider(state, triggers, changes);
}

function takeMark(state: PoolView, triggers: TriggerIndex, number: number): void {
  const market = state.markets[number]!;
  if (market.mark === null || market.mode !== 'live') return;
  moveTo(triggers, coordinateOf('mark', number), worthOf(market, market.mark));
}

function takeIndex(state: PoolView, triggers: TriggerIndex, number: number): void {
  const { price, live } = state.indexes[number]!;
  if (price === null || !live) return;
  moveTo(triggers, coordinateOf('index', number), Number(rawOf(price)));
}

function takeInterest(state: PoolView, triggers: TriggerIndex, number: number): void {
  const { debtIndex, supplyIndex } = state.desks[number]!;
  moveTo(triggers, coordinateOf('debt', number), Number(rawOf(debtIndex)));
  moveTo(triggers, coordinateOf('supply', number), Number(rawOf(supplyIndex)));
}

function takeLosses(state: PoolView, triggers: TriggerIndex, number: number): void {
  takeCarry(triggers.prices, state, number);
  const { lossIndex } = state.markets[number]!;
  moveTo(triggers, coordinateOf('loss', number), Number(rawOf(lossIndex)));
}

/** Every account whose bound the value has reached is a suspect. */
function moveTo(triggers: TriggerIndex, coordinate: number, value: number): void {
  takeValue(triggers.prices, coordinate, value);
  const reached = (account: number): void => suspect(triggers, account);
  const falling = triggers.wheels[channelOf(coordinate, 'fall')];
  const rising = triggers.wheels[channelOf(coordinate, 'rise')];
  if (falling !== undefined) advance(falling, triggers.legs, value, reached);
  if (rising !== undefined) advance(rising, triggers.legs, -value, reached);
}

/** Whoever has a leg in the market must be looked at: funding, or other terms. */
function suspectHolders(triggers: TriggerIndex, coordinate: number): void {
  const { words, used } = triggers.legs;
  for (let row = 0; row < used * WORDS; row += WORDS) {
    if (coordinateOfChannel(words[row + CHANNEL]!) !== coordinate) continue;
    suspect(triggers, words[row + OWNER]!);
  }
}

/** What an asset counts for, or the index that it is priced by, has changed: all rows do. */
function outdateHolders(state: PoolView, triggers: TriggerIndex, assets: readonly number[]): void {
  state.accounts.forEach(({ collaterals }, number) => {
    if (collaterals.some(({ asset }) => assets.includes(asset))) outdate(triggers, number);
  });
}

/** Who bears losses has changed, and with it what a position has to watch. */
function outdateAll(state: PoolView, triggers: TriggerIndex): void {
  triggers.bearsLosses = sharesByOpenInterest(state);
  for (const number of state.accounts.keys()) outdate(triggers, number);
}

/** Whoever is parked waits for something else. */
function suspect({ accounts, suspects }: TriggerIndex, number: number): void {
  if (hasFlag(accounts, number, SUSPECT | PARKED)) return;
  raiseFlag(accounts, number, SUSPECT);
  suspects.push(number);
}

/** The account has changed: it may not even depend any more on what it was waiting for. */
function outdate(triggers: TriggerIndex, number: number): void {
  raiseFlag(triggers.accounts, number, OUTDATED);
  unpark(triggers, number);
  suspect(triggers, number);
}

function unpark({ accounts, parked }: TriggerIndex, number: number): void {
  if (!hasFlag(accounts, number, PARKED)) return;
  lowerFlag(accounts, number, PARKED);
  parked.delete(number);
}

/** Who was parked or found is looked at again where the reason may be gone. */
function reconsider(state: PoolView, triggers: TriggerIndex, changes: Changes): void {
  const { marks, losses, indexes, interest, markets, assets, desks } = changes;
  const lists = [marks, losses, indexes, interest, markets, assets, desks];
  const moved = lists.some(({ length }) => length > 0);
  // Where something moved, and nobody is parked, whoever was found is looked at again anyway.
  const changed = (triggers.parked.size > 0 || !moved) && note(state, triggers.conditions);
  if (changed) {
    for (const number of triggers.parked) {
      unpark(triggers, number);
      suspect(triggers, number);
    }
  }
  const isStill = ({ number }: Found): boolean => !hasFlag(triggers.accounts, number, OUTDATED);
  const kept = changed || moved ? [] : triggers.found.filter(isStill);
  if (kept.length === 0) for (const { number } of triggers.found) suspect(triggers, number);
  triggers.found = kept;
}

/**
 * Accounts to be liquidated, by account number: largest deficit first, ties by account id. Clears
 * every suspicion that it can; who depends on an invalid price, or on a closed gate, is parked.
 */
export function candidates(state: PoolView, triggers: TriggerIndex): number[] {
  const found: Found[] = [];
  newMoment(state, triggers.conditions);
  takeSuspects(triggers, (number) => {
    const liquidatable = judge(state, triggers, number);
    if (liquidatable !== null) found.push(liquidatable);
  });
  if (found.length > 0) {
    triggers.found = [...triggers.found, ...found].sort(worstFirst(state));
  }
  if (triggers.parked.size + triggers.found.length > 0) note(state, triggers.conditions);
  return triggers.found.map(({ number }) => number);
}

/** By deficit, in floating point where that leaves no doubt, exactly otherwise; ties by id. */
function worstFirst(state: PoolView): (a: Found, b: Found) => number {
  const byId = byAccountId(state);
  return (a, b) => {
    if (Math.abs(a.lacks - b.lacks) > a.error + b.error) return b.lacks - a.lacks;
    a.deficit ??= deficitOf(state, a.number);
    b.deficit ??= deficitOf(state, b.number);
    return cmp(b.deficit, a.deficit) || byId(a.number, b.number);
  };
}

function deficitOf(state: PoolView, number: number): Money {
  const { marginEquity, maintenanceMargin } = accountMargin(state, state.accounts[number]!);
  return sub(maintenanceMargin, marginEquity);
}

/** Share of all accounts from which suspects are taken in the order in which they lie in memory. */
const MANY_SUSPECTS = 16;

function takeSuspects(triggers: TriggerIndex, take: (number: number) => void): void {
  const { accounts, suspects } = triggers;
  triggers.suspects = [];
  if (suspects.length * MANY_SUSPECTS < accounts.count) {
    for (const number of suspects) take(number);
    return;
  }
  for (let number = 0; number < accounts.count; number += 1) {
    if (hasFlag(accounts, number, SUSPECT)) take(number);
  }
}

/** The account as it was found; null where it is healthy, or cannot be judged now. */
function judge(state: PoolView, triggers: TriggerIndex, number: number): Found | null {
  const { accounts } = triggers;
  lowerFlag(accounts, number, SUSPECT);
  if (hasFlag(accounts, number, OUTDATED)) refresh(state, triggers, number);
  const mirrored = legCountOf(accounts, number) > 0 && !hasFlag(accounts, number, LENDING);
  if (mirrored) return judgeByRows(state, triggers, number);
  const account = state.accounts[number]!;
  if (account.liquidation !== null || !isExposed(account)) {
    resizeRows(triggers, number, 0);
    return null;
  }
  if (!mayStart(state, account)) return park(triggers, number);
  return judgeExactly(state, triggers, number);
}

/** By the rows alone where they leave no doubt: whoever has any is exposed and may be started. */
function judgeByRows(state: PoolView, triggers: TriggerIndex, number: number): Found | null {
  if (!rowsMayStart(state, triggers, number)) return park(triggers, number);
  surplusOf(triggers, number, surplus);
  const sure = sureSurplus(surplus, legCountOf(triggers.accounts, number));
  if (sure > 0) {
    certify(triggers, number, sure);
    return null;
  }
  const value = surplus[VALUE]!;
  const error = surplus[ERROR]!;
  if (value + error < 0) return { number, lacks: -value, error, deficit: null };
  return judgeExactly(state, triggers, number);
}

/** Reused from account to account: nothing is left behind for the garbage collector. */
const surplus = newSurplus();

function park({ accounts, parked }: TriggerIndex, number: number): null {
  raiseFlag(accounts, number, PARKED);
  parked.add(number);
  return null;
}

function judgeExactly(state: PoolView, triggers: TriggerIndex, number: number): Found | null {
  const deficit = deficitOf(state, number);
  if (isPositive(deficit)) {
    const lacks = Number(rawOf(deficit));
    return { number, lacks, error: lacks * UNIT_ROUNDOFF, deficit };
  }
  const lending = hasFlag(triggers.accounts, number, LENDING);
  if (lending) certifyLending(triggers, state, number, -rawOf(deficit));
  else certify(triggers, number, 0);
  return null;
}

/** Takes anew what the index knows of an account. */
function refresh(state: PoolView, triggers: TriggerIndex, number: number): void {
  const account = state.accounts[number]!;
  const lends = account.debts.length + account.supplies.length > 0;
  lowerFlag(triggers.accounts, number, OUTDATED | LENDING);
  triggers.lending.delete(number);
  if (account.liquidation !== null || !isExposed(account)) {
    resizeRows(triggers, number, 0);
  } else if (lends) {
    raiseFlag(triggers.accounts, number, LENDING);
    triggers.lending.add(number);
  } else {
    mirror(triggers, state, number);
  }
}

/** The same question answered by looking at every account: for tests and audits. */
export function liquidatableByScan(state: PoolView): number[] {
  const isCandidate = (account: AccountView): boolean => {
    if (account.liquidation !== null || !isExposed(account)) return false;
    if (!mayStart(state, account)) return false;
    return isLiquidatable({ ...accountMargin(state, account), exposed: true });
  };
  return [...state.accounts.keys()].filter((number) => isCandidate(state.accounts[number]!));
}
