/**
 * What each policy closes of an account's legs, in lots. See docs/spec/close-outs.md, section
 * "The plan".
 * @module
 */
import type { Draft, Restores } from './draft.ts';
import { ceilDiv, floorDiv, ONE, smaller } from './integers.ts';
import type { CloseOuts } from './ledger.ts';
import { hasHedges, hedgesKept, marginalLots, openedBy } from './marginal.ts';
import { completed, completedTogether, least, trimmed } from './search.ts';

/** Parts into which a search divides the way from nothing to everything. */
const PARTS = 4_096n;

type Policy = CloseOuts['policy'];
type Task = {
  readonly drafts: readonly Draft[];
  readonly restores: Restores;
  readonly releaseRatio: bigint;
  readonly fixedShare: bigint;
};

export function lotsToClose(policy: Policy, task: Task): readonly bigint[] {
  const all = task.drafts.map(({ closable }) => closable);
  switch (policy) {
    case 'everything':
      return all;
    case 'fixed-share':
      return shareOfLargest(task);
    case 'largest-first':
      return largestFirst(task) ?? all;
    case 'proportional':
      return proportional(task) ?? all;
    case 'least-impact':
      return leastImpact(task);
  }
}

/** Legs by falling notional, ties in the order of the markets. */
function byNotional(drafts: readonly Draft[]): number[] {
  const size = (at: number): bigint => drafts[at]!.leg.notional;
  return [...drafts.keys()].sort((a, b) =>
    size(a) === size(b) ? a - b : size(a) > size(b) ? -1 : 1,
  );
}

/** The largest leg of those that may give something; null where none may. */
export function largestClosable(drafts: readonly Draft[]): number | null {
  return byNotional(drafts).find((at) => drafts[at]!.closable > 0n) ?? null;
}

function shareOfLargest({ drafts, fixedShare }: Task): bigint[] {
  const largest = largestClosable(drafts);
  return drafts.map(({ held, closable }, at) =>
    at === largest ? smaller(closable, ceilDiv(held * fixedShare, ONE)) : 0n,
  );
}

function largestFirst({ drafts, restores }: Task): readonly bigint[] | null {
  const closes = drafts.map(() => 0n);
  for (const at of byNotional(drafts)) {
    const whole = drafts[at]!.closable;
    const partly = (lots: bigint): bigint[] =>
      closes.map((value, other) => (other === at ? lots : value));
    if (restores(partly(whole))) {
      return partly(least(0n, whole, (lots) => restores(partly(lots))));
    }
    closes[at] = whole;
  }
  return null;
}

function proportional({ drafts, restores }: Task): readonly bigint[] | null {
  const part = (step: bigint): bigint[] =>
    drafts.map(({ held, closable }) => smaller(closable, ceilDiv(held * step, PARTS)));
  if (!restores(part(PARTS))) return null;
  return trimmed(part(least(0n, PARTS, (step) => restores(part(step)))), restores);
}

function leastImpact(task: Task): readonly bigint[] {
  const { drafts } = task;
  const apart = (step: bigint): bigint[] =>
    drafts.map((draft) => marginalLots(draft, floorDiv(task.releaseRatio * step, PARTS)));
  const kept = (step: bigint): readonly bigint[] => hedgesKept(drafts, apart(step));
  const found =
    (hasHedges(drafts) ? leastHedged(task, kept) : null) ??
    leastApart(task, apart) ??
    proportional(task);
  if (found !== null) return found;
  const most = kept(PARTS);
  const limited = drafts.some(({ held, closable }) => closable < held);
  const all = drafts.map(({ closable }) => closable);
  return limited && most.some((lots) => lots > 0n) ? most : all;
}

/** Lots to close at a step between nothing and everything. */
type Rule = (step: bigint) => readonly bigint[];

/** All legs together between two steps, and then nothing that would open a hedge further. */
function leastHedged({ drafts, restores }: Task, rule: Rule): readonly bigint[] | null {
  const way = lastStep(restores, rule);
  if (way === null) return null;
  const closes = completedTogether(way.low, way.high, restores);
  const opened = openedBy(drafts, closes);
  return trimmed(closes, (fewer) => restores(fewer) && openedBy(drafts, fewer) <= opened);
}

function leastApart({ restores }: Task, rule: Rule): readonly bigint[] | null {
  const way = lastStep(restores, rule);
  return way === null ? null : trimmed(completed(way.low, way.high, restores), restores);
}

type Way = { readonly low: readonly bigint[]; readonly high: readonly bigint[] };

/** The least step that restores, and the one before; null where none does. */
function lastStep(restores: Restores, rule: Rule): Way | null {
  const most = rule(PARTS);
  const nothing = most.map(() => 0n);
  if (!restores(most)) return null;
  if (most.filter((lots) => lots > 0n).length === 1) return { low: nothing, high: most };
  const step = least(-1n, PARTS, (middle) => restores(rule(middle)));
  return { low: step === 0n ? nothing : rule(step - 1n), high: rule(step) };
}
