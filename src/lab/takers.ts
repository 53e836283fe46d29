/** Those of a simulated world who take positions over, and get rid of them again. @module */
import type { PoolView } from '../engine/index.ts';
import type { AccountId } from '../units/index.ts';
import { createKeepers, type Keepers } from './keepers/index.ts';
import { mechanismCapital } from './mechanism-setup.ts';
import type { Opening } from './pool-opening.ts';
import type { Scenario } from './scenario.ts';

export type Takers = {
  readonly keepers: Keepers;
  readonly holders: readonly AccountId[];
  readonly unwindVolumeShare: number;
  /** Up to when they have traded. */
  tradedToMs: number;
};

/** Whoever takes positions over in that scenario, and what it stands behind it with. */
export function takersOf(
  scenario: Scenario,
  world: {
    readonly state: PoolView;
    readonly opening: Opening;
    readonly seed: number;
    readonly fromMs: number;
  },
): Takers | null {
  const { mechanisms, venue: terms } = scenario;
  if (mechanisms === undefined) return null;
  const { state, opening, seed, fromMs } = world;
  const { unwindVolumeShare } = mechanisms;
  const markets = opening.venue.markets.map((market) => {
    return { ...market, dailyVolume: market.book.terms.dailyVolume };
  });
  const { impactCoefficient } = terms;
  const around = { state, markets, impactCoefficient, unwindVolumeShare };
  return {
    keepers: createKeepers(mechanisms.keepers, around, seed),
    holders: [...mechanismCapital(scenario, opening.openInterest).keys()],
    unwindVolumeShare,
    tradedToMs: fromMs,
  };
}
