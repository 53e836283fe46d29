/** Marks that a guard let move only so far at a time, and how far they were behind. @module */
import type { EventOf } from '../engine/index.ts';
import { abs, gt, type MarketId, type Price, type Ratio, ratioUp, sub } from '../units/index.ts';

/** Of one market. */
export type HeldMark = {
  /** Records that left the mark behind. */
  records: number;
  /** The furthest that it was behind, per unit of the mark itself, and when. */
  furthest: Ratio;
  furthestMs: number;
};

export type HeldMarks = {
  /** The latest mark of every market. */
  readonly marks: Map<MarketId, Price>;
  readonly held: Map<MarketId, HeldMark>;
};

export const createHeldMarks = (): HeldMarks => ({ marks: new Map(), held: new Map() });

export function foldMarks({ marks }: HeldMarks, event: EventOf<'PricesUpdated'>): void {
  for (const { market, markPrice } of event.marks) {
    if (markPrice !== null) marks.set(market, markPrice);
  }
}

/** Comes after the marks of its own record. */
export function foldHeldMarks(
  { marks, held }: HeldMarks,
  event: EventOf<'MarksGuarded'>,
  timeMs: number,
): void {
  for (const { market, unboundMark } of event.markets) {
    if (unboundMark === null) continue;
    const mark = marks.get(market)!;
    const behind = ratioUp(abs(sub(unboundMark, mark)), mark);
    const known = held.get(market);
    if (known === undefined) {
      held.set(market, { records: 1, furthest: behind, furthestMs: timeMs });
      continue;
    }
    known.records += 1;
    if (!gt(behind, known.furthest)) continue;
    known.furthest = behind;
    known.furthestMs = timeMs;
  }
}
