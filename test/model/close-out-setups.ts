/**
 * Random ways to configure close-outs, what markets can bear, and breakers.
 * @module
 */
import { larger, ONE, smaller } from './integers.ts';
import type { Breakers, CloseOuts, Gate, Liquidity, Pool } from './ledger.ts';
import type { Random } from './random.ts';
import { percent } from './world.ts';

export const POLICIES: readonly CloseOuts['policy'][] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

/** Goes together with the pool's penalty, and with the spread on the smallest tier there is. */
export function randomCloseOuts(
  random: Random,
  pool: Pool,
  accounts: readonly string[],
): CloseOuts {
  const rest = ONE - pool.keeperShare - pool.burnShare;
  return {
    policy: random.chance(40) ? 'least-impact' : random.pick(POLICIES),
    fixedShare: random.chance(20) ? ONE : random.quantity(0.05, 0.9),
    orderStyle: random.pick(['immediate-or-cancel', 'limit']),
    repriceStep: random.chance(50) ? 0n : random.quantity(0.01, random.pick([0.1, 1])),
    reportGraceMs: random.pick([0, 0, 700, 10_000]),
    deferralMs: random.pick([1, 500, 5_000]),
    penaltyPerShortfall: random.chance(40) ? 0n : random.quantity(0, 0.02),
    penaltyPerVolatility: random.chance(40) ? 0n : random.quantity(0, 0.01),
    penaltyPerThinness: random.chance(40) ? 0n : random.quantity(0, 0.02),
    penaltyFractionMax: larger(pool.penaltyFraction, random.quantity(0.0005, 0.0095)),
    providerShare: smaller(rest, percent(random.pick([0, 15, 40]))),
    provider: accounts.length > 0 && random.chance(70) ? random.pick(accounts) : null,
  };
}

export function randomLiquidity(random: Random, market: string): Liquidity {
  const ramped = random.chance(40);
  return {
    market,
    impactModel: random.pick(['square-root', 'linear']),
    impactCoefficient: random.chance(10) ? 0n : random.quantity(0.05, random.pick([1, 8])),
    dailyVolatility: random.quantity(0.005, random.pick([0.05, 0.4])),
    dailyVolume: random.quantity(10, random.pick([1_000, 200_000])),
    volatilityTimeConstantMs: random.pick([1_000, 60_000, 86_400_000]),
    depthTimeConstantMs: random.pick([1_000, 60_000]),
    depthStalenessMsMax: random.pick([1_000, 20_000, 600_000]),
    depthShare: random.chance(40) ? random.quantity(0.05, 1) : null,
    windowMs: random.pick([10, 999, 20_000, 300_000]),
    windowNotionalMax: random.chance(30) ? random.quantity(5, 3_000) : null,
    windowDepthMultiple: random.chance(30) ? random.quantity(0.1, 4) : null,
    openOrdersNotionalMax: random.chance(30) ? random.quantity(5, 2_000) : null,
    rampMs: ramped ? random.pick([800, 30_000]) : 0,
    rampInitialFraction: random.quantity(0.02, 1),
    smallNotional: random.chance(50) ? 0n : random.quantity(0, 100),
    hedgeGroup: random.chance(30) ? null : random.pick(['majors', 'majors', 'majors', 'index:BTC']),
    openInterestMax: random.chance(15) ? random.quantity(20, 5_000) : null,
  };
}

const GATES: readonly Gate[] = ['liquidations', 'close-outs', 'takes'];

/** Without configured liquidity only some of them. */
export function randomBreakers(
  random: Random,
  { market, measured }: { market: string; measured: boolean },
): Breakers {
  const holdMs = random.pick([1, 800, 5_000]);
  return {
    market,
    jumpDeviations:
      measured && random.chance(60) ? random.quantity(2, random.pick([50, 900])) : null,
    sourceSpreadMax: random.chance(50) ? random.quantity(0.001, random.pick([0.01, 0.3])) : null,
    depthFloor: measured && random.chance(60) ? random.quantity(0.02, 0.95) : null,
    staleTrips: random.chance(35),
    gates: GATES.filter(() => random.chance(50)),
    holdMs,
    limitMs: holdMs * random.pick([1, 3, 20]),
    releaseShare: random.chance(15) ? random.pick([0n, ONE]) : random.quantity(0.1, 0.95),
  };
}
