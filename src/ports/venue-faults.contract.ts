/**
 * A venue behind a bad connection: the same reports, but late, more than once and out of order.
 * For the tests of whoever listens to a venue. Everything is delivered in the end.
 * @module
 */
import type { Venue, VenueReport } from './venue.ts';

export type DeliveryFaults = {
  /** A number drawn from [0, 1), the same ones for the same seed. */
  readonly uniform: () => number;
  /** Chance that a report is kept back at a call, and again at the next. */
  readonly late: number;
  /** Chance that a delivered report comes once more at some later call. */
  readonly twice: number;
};

export type FaultyVenue = Venue & {
  /** Delivers faithfully from now on, what was kept back first. */
  readonly heal: () => void;
};

/** Delivers a venue's reports as badly as the port allows. */
export function faultyVenue(venue: Venue, faults: DeliveryFaults): FaultyVenue {
  const { uniform, late, twice } = faults;
  let kept: VenueReport[] = [];
  let healed = false;
  const reports = (): VenueReport[] => {
    kept.push(...venue.reports());
    if (healed) return kept.splice(0);
    const delivered: VenueReport[] = [];
    const again: VenueReport[] = [];
    for (const report of kept) {
      if (uniform() < late) {
        again.push(report);
        continue;
      }
      // Anywhere among those that go out together.
      delivered.splice(Math.floor(uniform() * (delivered.length + 1)), 0, report);
      if (uniform() < twice) again.push(report);
    }
    kept = again;
    return delivered;
  };
  return {
    ...venue,
    reports,
    heal: () => {
      healed = true;
    },
  };
}

/** A small generator for such tests: the same numbers in [0, 1) for the same seed. */
export function seededUniform(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    // A linear congruence modulo 2^32, of which the upper bits are used.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 0x1000000;
  };
}
