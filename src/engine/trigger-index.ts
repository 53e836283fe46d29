/**
 * Which accounts a price can have made liquidatable. Every healthy account holds a certificate:
 * its margin surplus, split over its legs by exposure, gives each leg one bound, the price up to
 * which that share cannot be used up. While no bound is crossed the account cannot have become
 * liquidatable; when one is, the account is evaluated exactly and certified anew. Derived state:
 * the set of liquidatable accounts depends on the pool's state alone, never on certificates.
 * @module
 */
import { isLiquidatable, type MarginSummary } from '../risk/index.ts';
import { cmp, gte, lte, type Money, sub, type Wad } from '../units/index.ts';
import { gateClosedForAccount } from './gates.ts';
import { heapPop, heapPush, type Order } from './heap.ts';
import { accountMargin, isExposed, pricesValid } from './margin.ts';
import type { AccountView, ChangeLog, PoolView } from './state.ts';
import { byAccountId } from './state.ts';
import type { Bound } from './trigger-bound.ts';
import { certificateBounds } from './trigger-bounds.ts';

type Entry = { readonly bound: Wad; readonly account: number; readonly certificate: number };

/** Bounds of one coordinate: those crossed by a fall and those crossed by a rise. */
type Watch = { readonly below: Entry[]; readonly above: Entry[] };

export type TriggerIndex = {
  readonly marks: Watch[];
  /** Index prices, for collateral and debts. */
  readonly indexes: Watch[];
  /** What a share of a desk's debts, and of the claims on it, is worth; by desk. */
  readonly debts: Watch[];
  readonly supplies: Watch[];
  /** Losses put on a unit of open interest, by market. */
  readonly losses: Watch[];
  /** Current certificate of each account; entries of older ones are skipped. */
  readonly certificates: number[];
  /** Entries over all heaps, current and outdated. */
  entries: number;
  /** Current entries of each account, and of all together. */
  readonly current: number[];
  currentTotal: number;
  /** Accounts that may have become liquidatable. */
  readonly suspects: Set<number>;
};

const highestFirst: Order<Entry> = (a, b) => cmp(b.bound, a.bound);
const lowestFirst: Order<Entry> = (a, b) => cmp(a.bound, b.bound);

export function createTriggerIndex(state: PoolView): TriggerIndex {
  const suspects = new Set(state.accounts.keys());
  return {
    marks: [],
    indexes: [],
    debts: [],
    supplies: [],
    losses: [],
    certificates: [],
    entries: 0,
    current: [],
    currentTotal: 0,
    suspects,
  };
}

/** Takes note of what changed: whose bounds were crossed and who must be certified anew. */
export function catchUp(state: PoolView, triggers: TriggerIndex, changes: ChangeLog): void {
  for (const number of changes.accounts) triggers.suspects.add(number);
  for (const number of changes.marks) {
    const { mark, mode } = state.markets[number]!;
    if (mark !== null && mode === 'live') cross(watchOf(triggers.marks, number), mark, triggers);
  }
  for (const number of changes.indexes) {
    const { price, live } = state.indexes[number]!;
    if (price !== null && live) cross(watchOf(triggers.indexes, number), price, triggers);
  }
  for (const number of changes.interest) {
    const { debtIndex, supplyIndex } = state.desks[number]!;
    cross(watchOf(triggers.debts, number), debtIndex, triggers);
    cross(watchOf(triggers.supplies, number), supplyIndex, triggers);
  }
  for (const number of changes.losses) {
    cross(watchOf(triggers.losses, number), state.markets[number]!.lossIndex, triggers);
  }
  if (changes.markets.length + changes.assets.length + changes.desks.length === 0) return;
  // An asset's weight changes for those who lent it too.
  const ofAssets = state.desks.flatMap(({ asset }, desk) =>
    asset !== null && changes.assets.includes(asset) ? [desk] : [],
  );
  const desks = [...changes.desks, ...ofAssets];
  state.accounts.forEach((account, number) => {
    const holds =
      account.positions.some(({ market }) => changes.markets.includes(market)) ||
      account.collaterals.some(({ asset }) => changes.assets.includes(asset)) ||
      account.debts.some(({ desk }) => desks.includes(desk)) ||
      account.supplies.some(({ desk }) => desks.includes(desk));
    if (holds) triggers.suspects.add(number);
  });
}

function watchOf(watches: Watch[], number: number): Watch {
  while (watches.length <= number) watches.push({ below: [], above: [] });
  return watches[number]!;
}

/** Every account whose bound the price or index has reached is a suspect. */
function cross(watch: Watch, value: Wad, triggers: TriggerIndex): void {
  const suspect = ({ account, certificate }: Entry): void => {
    triggers.entries -= 1;
    if (triggers.certificates[account] === certificate) triggers.suspects.add(account);
  };
  while (watch.below.length > 0 && lte(value, watch.below[0]!.bound)) {
    suspect(heapPop(watch.below, highestFirst)!);
  }
  while (watch.above.length > 0 && gte(value, watch.above[0]!.bound)) {
    suspect(heapPop(watch.above, lowestFirst)!);
  }
}

/**
 * Accounts to be liquidated, by account number: largest deficit first, ties by account id. Clears
 * suspicion by exact evaluation; an account that depends on an invalid price, or on a closed gate,
 * stays a suspect.
 */
export function candidates(state: PoolView, triggers: TriggerIndex): number[] {
  const found: { readonly number: number; readonly deficit: Money }[] = [];
  for (const number of triggers.suspects) {
    const account = state.accounts[number]!;
    if (account.liquidation !== null || !isExposed(account)) {
      triggers.suspects.delete(number);
      continue;
    }
    if (!mayStart(state, account)) continue;
    const margin = accountMargin(state, account);
    if (isLiquidatable({ ...margin, exposed: true })) {
      found.push({ number, deficit: sub(margin.maintenanceMargin, margin.marginEquity) });
      continue;
    }
    triggers.suspects.delete(number);
    certify(state, triggers, number, margin);
  }
  const byId = byAccountId(state);
  return found
    .sort((a, b) => cmp(b.deficit, a.deficit) || byId(a.number, b.number))
    .map(({ number }) => number);
}

/** Every price it depends on is good enough to liquidate by, and no gate keeps it from starting. */
export const mayStart = (state: PoolView, account: AccountView): boolean =>
  pricesValid(state, account) && !gateClosedForAccount(state, 'liquidations', account);

function certify(
  state: PoolView,
  triggers: TriggerIndex,
  number: number,
  margin: MarginSummary,
): void {
  const account = state.accounts[number]!;
  const certificate = (triggers.certificates[number] ?? 0) + 1;
  triggers.certificates[number] = certificate;
  const bounds = certificateBounds(state, account, margin);
  triggers.currentTotal += bounds.length - (triggers.current[number] ?? 0);
  triggers.current[number] = bounds.length;
  for (const bound of bounds)
    insert(triggers, bound, { bound: bound.at, account: number, certificate });
  triggers.entries += bounds.length;
  prune(triggers);
}

function insert(triggers: TriggerIndex, bound: Bound, entry: Entry): void {
  const watch = watchOf(triggers[WATCHES[bound.on]], bound.number);
  if (bound.crossedBy === 'fall') heapPush(watch.below, entry, highestFirst);
  else heapPush(watch.above, entry, lowestFirst);
}

const WATCHES = {
  mark: 'marks',
  index: 'indexes',
  debt: 'debts',
  supply: 'supplies',
  loss: 'losses',
} as const satisfies Record<Bound['on'], keyof TriggerIndex>;

const watchesOf = (triggers: TriggerIndex): Watch[] =>
  Object.values(WATCHES).flatMap((name) => triggers[name]);

/** Outdated entries are dropped once they outnumber the current ones. */
function prune(triggers: TriggerIndex): void {
  if (triggers.entries < Math.max(PRUNE_FROM, 3 * triggers.currentTotal)) return;
  triggers.entries = 0;
  for (const watch of watchesOf(triggers)) {
    for (const [heap, order] of [
      [watch.below, highestFirst],
      [watch.above, lowestFirst],
    ] as const) {
      const kept = heap.filter(
        (entry) => triggers.certificates[entry.account] === entry.certificate,
      );
      // A sorted array is a heap.
      heap.splice(0, heap.length, ...kept.sort(order));
      triggers.entries += heap.length;
    }
  }
}

const PRUNE_FROM = 100_000;

/** The same question answered by looking at every account: for tests and audits. */
export function liquidatableByScan(state: PoolView): number[] {
  const isCandidate = (account: AccountView): boolean => {
    if (account.liquidation !== null || !isExposed(account)) return false;
    if (!mayStart(state, account)) return false;
    return isLiquidatable({ ...accountMargin(state, account), exposed: true });
  };
  return [...state.accounts.keys()].filter((number) => isCandidate(state.accounts[number]!));
}
