/**
 * Which reports of a venue were heard, which are settled and which must wait. The engine knows a
 * source's numbers only as far back as its window, so a number that is far ahead of one that is
 * still missing has to wait: submitted now, it would push the missing one out of the window.
 * @module
 */
import type { VenueReport } from '../ports/index.ts';

/** Numbers that the engine remembers of one source. */
const WINDOW = 64;

export type ReportLedger = {
  /** Takes note of a report; false for one that is known or settled. */
  readonly hear: (report: VenueReport) => boolean;
  /** Reports that wait and whose number may be submitted now, in the venue's order. */
  readonly ready: () => readonly VenueReport[];
  /** Nothing with this number will be waited for or taken again. */
  readonly settle: (sequence: number) => void;
  /** Everything before this number is settled. */
  readonly isNext: (sequence: number) => boolean;
  /** The lowest number that was not heard although a later one was, or null. */
  readonly missing: () => number | null;
};

/**
 * @param recent The numbers that the engine remembers, ascending: what is left of the time before
 *   a restart. Numbers between them may have been lost with it, so they are waited for; what lies
 *   before a full window cannot have been missing.
 */
export function createReportLedger(
  recent: readonly { readonly sourceSeq: number }[],
): ReportLedger {
  /** All below are settled. */
  let next = recent.length < WINDOW ? 1 : recent[0]!.sourceSeq;
  /** Settled from there on. */
  const settled = new Set(recent.map(({ sourceSeq }) => sourceSeq));
  const waiting = new Map<number, VenueReport>();

  const moveOn = (): void => {
    while (settled.delete(next)) next += 1;
  };
  moveOn();

  return {
    hear: (report) => {
      const { sequence } = report;
      if (sequence < next || settled.has(sequence) || waiting.has(sequence)) return false;
      waiting.set(sequence, report);
      return true;
    },
    ready: () => {
      const inReach = [...waiting.values()].filter(({ sequence }) => sequence < next + WINDOW);
      return inReach.sort((a, b) => a.sequence - b.sequence);
    },
    settle: (sequence) => {
      waiting.delete(sequence);
      if (sequence >= next) settled.add(sequence);
      moveOn();
    },
    isNext: (sequence) => sequence === next,
    missing: () => {
      const later = [...waiting.keys(), ...settled].some((sequence) => sequence > next);
      return later && !waiting.has(next) ? next : null;
    },
  };
}
