/**
 * Ways out that every scenario can be asked about: terms that are sensible on any day, so that
 * the mechanisms of one day can be compared without writing a scenario for it.
 *
 * None of these numbers is measured. They are of the size that venues and protocols publish, and
 * they are here, in one place, to be replaced by a scenario's own.
 * @module
 */
import { LabFault, quoted } from './fault.ts';
import type { Scenario } from './scenario.ts';
import type {
  LabMethod,
  ScenarioKeepers,
  ScenarioMechanisms,
  ScenarioRoute,
} from './scenario-mechanisms.ts';

/** What can be compared: one way alone, or a router that chooses among all of them. */
export const MECHANISMS = ['book', 'amm', 'auction', 'direct', 'backstop', 'router'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const PLAIN = { feeFraction: '0', concessionFraction: '0', failureProbability: '0' } as const;

/** In the order of a ladder: what is instant and cheap first, what is final last. */
const ROUTES: readonly ScenarioRoute[] = [
  { ...PLAIN, method: 'amm', expectedMs: 0, patienceMs: MINUTE },
  { ...PLAIN, method: 'book', expectedMs: 5 * SECOND, patienceMs: 10 * MINUTE },
  {
    ...PLAIN,
    method: 'auction',
    concessionFraction: '0.005',
    failureProbability: '0.2',
    expectedMs: 2 * MINUTE,
    patienceMs: 15 * MINUTE,
  },
  {
    ...PLAIN,
    method: 'direct',
    failureProbability: '0.2',
    expectedMs: MINUTE,
    patienceMs: 10 * MINUTE,
  },
  { ...PLAIN, method: 'backstop', expectedMs: 0, patienceMs: MINUTE },
];

const KEEPERS: readonly ScenarioKeepers[] = [
  {
    strategy: 'immediate',
    count: 2,
    capitalToOpenInterest: 0.01,
    reactionMs: 0,
    profitFraction: 0.001,
  },
  {
    strategy: 'patient',
    count: 2,
    capitalToOpenInterest: 0.01,
    reactionMs: 15 * SECOND,
    profitFraction: 0.008,
  },
  {
    strategy: 'cost-aware',
    count: 3,
    capitalToOpenInterest: 0.015,
    reactionMs: 5 * SECOND,
    profitFraction: 0.0005,
  },
  {
    strategy: 'sniper',
    count: 1,
    capitalToOpenInterest: 0.005,
    reactionMs: 0,
    profitFraction: 0.001,
  },
  {
    strategy: 'griefer',
    count: 1,
    capitalToOpenInterest: 0.0005,
    reactionMs: 0,
    profitFraction: 0,
  },
  {
    strategy: 'withholder',
    count: 1,
    capitalToOpenInterest: 0.002,
    reactionMs: 0,
    profitFraction: 0,
  },
];

const DEFAULT: ScenarioMechanisms = {
  choice: 'cheapest',
  waitingDeviations: '1',
  routes: ROUTES,
  auctions: {
    lot: 'position',
    curve: 'linear',
    startPremium: '0.002',
    endFraction: '0',
    // Half a percent of the notional per minute.
    durationMs: 200 * MINUTE,
    cut: '1',
    stepMs: MINUTE,
    cutoff: '0',
    fastMs: 0,
    slowMs: HOUR,
    tailMs: 6 * MINUTE,
    cusp: '0.9',
    resetsMax: 1,
    sliceMin: '50',
    bufferFraction: '0',
    insolventMs: 3 * MINUTE,
  },
  direct: {
    minBonus: '0.002',
    maxBonus: '0.02',
    healthForMaxBonus: '0.5',
    coolOffMs: MINUTE,
    takeNotionalMin: '50',
    priorityWindowMs: 10 * SECOND,
    priorityExclusiveMs: 30 * SECOND,
    priorityMin: '1',
    priorityAccountShare: '0.5',
  },
  amm: {
    curve: 'concentrated',
    depthVolumeShare: 0.01,
    band: '0.05',
    impactMax: '0.02',
    inventoryVolumeShare: 0.01,
    feeFraction: '0.0005',
    capitalToOpenInterest: 0.03,
  },
  vault: {
    capitalToOpenInterest: 0.03,
    accountToCapital: 2,
    marketToCapital: 5,
    windowToCapital: 10,
    windowMs: 15 * MINUTE,
    noticeMs: 24 * HOUR,
    exitWindowMs: 24 * HOUR,
    backstopFraction: '0.5',
  },
  keepers: KEEPERS,
  unwindVolumeShare: 0.05,
};

/** A scenario's own mechanisms, or those that suit every day. */
export const mechanismsOf = (scenario: Scenario): ScenarioMechanisms =>
  scenario.mechanisms ?? DEFAULT;

/**
 * The scenario with a ladder of that way alone, or with all of its ways and the cheapest chosen.
 * The world is the same each time: keepers and their capital too, whether there is anything for
 * them to do or not.
 *
 * @throws LabFault where the scenario states mechanisms without that one.
 */
export function underMechanism(scenario: Scenario, mechanism: Mechanism): Scenario {
  const all = mechanismsOf(scenario);
  if (mechanism === 'router') return { ...scenario, mechanisms: { ...all, choice: 'cheapest' } };
  const routes = all.routes.filter(({ method }) => method === mechanism);
  if (routes.length === 0) {
    throw new LabFault('SCENARIO_INVALID', {
      message: 'the scenario has no such way out',
      expected: `one of ${all.routes.map(({ method }) => method).join(', ')}, or router`,
      found: quoted(mechanism),
    });
  }
  const mechanisms: ScenarioMechanisms = {
    ...all,
    choice: 'ladder',
    routes,
    auctions: only(mechanism, 'auction', all.auctions),
    direct: only(mechanism, 'direct', all.direct),
    amm: only(mechanism, 'amm', all.amm),
    vault: only(mechanism, 'backstop', all.vault),
  };
  return { ...scenario, mechanisms };
}

const only = <T>(mechanism: Mechanism, method: LabMethod, terms: T | null): T | null =>
  mechanism === method ? terms : null;
