/**
 * The replay of a day: one step per visited instant. All reports of the instant go in as one
 * command, then time passes, then the engine does its due work, then the venue answers the orders
 * that were published. After the last price the same prices are reported again until no
 * liquidation is active.
 * @module
 */
import {
  accountMargin,
  audit,
  isExposed,
  type JournalRecord,
  liquidatableByScan,
  type PoolView,
  pricesValid,
} from '../engine/index.ts';
import type { Journal, SnapshotStore } from '../ports/index.ts';
import { type CloseOutPolicy, isLiquidatable } from '../risk/index.ts';
import { createOrderDesk } from '../runtime/index.ts';
import {
  accountId,
  add,
  assert,
  eq,
  formatDecimal,
  type Money,
  max,
  ZERO_MONEY,
} from '../units/index.ts';
import { anchorFeed } from './anchor-feed.ts';
import { barFeed } from './bar-feed.ts';
import { createHealthWatch, type HealthWatch } from './health-watch.ts';
import { indexReferences } from './index-references.ts';
import { waterfallView } from './layer-tallies.ts';
import { mechanismResult } from './mechanism-result.ts';
import { hostPool, type PoolHost } from './pool-host.ts';
import { type Opening, openPool } from './pool-opening.ts';
import { evidenceView, observeEvidence, type PriceEvidence } from './price-evidence.ts';
import type { PriceFeed } from './price-feed.ts';
import {
  type LeverageGroup,
  type ReplayResult,
  type RunningLiquidations,
  statisticsView,
  utc,
} from './replay-result.ts';
import { settle, step, type World } from './replay-steps.ts';
import { type Scenario, timeMsOf } from './scenario.ts';
import { createStatistics, foldRecords, type Statistics } from './statistics.ts';
import { type Takers, takersOf } from './takers.ts';

export type ReplayOptions = {
  readonly scenario: Scenario;
  /** Price files instead of the scenario's anchors. */
  readonly prices?: { readonly directory: string };
  readonly accounts?: number;
  readonly seed?: number;
  /** Another close-out policy than the scenario's. */
  readonly policy?: CloseOutPolicy;
  /** Override the window, ISO 8601 in UTC. */
  readonly from?: string;
  readonly to?: string;
  readonly journal: Journal;
  readonly snapshots?: SnapshotStore;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Durable records, in order. */
  readonly onPublished?: (records: readonly JournalRecord[]) => void;
  /** Every how many instants all accounts are searched for overdue liquidations; default 8. */
  readonly healthCheckEvery?: number;
  /** A clock for `elapsedMs`; nothing else depends on it. */
  readonly now?: () => number;
};

export type ReplayProgress = {
  readonly phase: 'opening' | 'prices' | 'settling';
  /** Share of the phase that is done, from 0 to 1. */
  readonly done: number;
  readonly timeMs: number;
  readonly ticks: number;
  readonly liquidations: { readonly started: number; readonly ended: number };
};

/** Often enough that an account which the engine forgot is found long before it would recover. */
const HEALTH_CHECK_EVERY = 8;

/** @throws LabFault for input that cannot be used; nothing is journaled then. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const now = options.now ?? Date.now;
  const startedMs = now();
  const scenario = scenarioOf(options);
  const seed = options.seed ?? scenario.seed;
  const accounts = options.accounts ?? scenario.accounts;
  const feed = feedOf(options, seed);
  const statistics = createStatistics();
  const report = progressReporter(options, statistics);
  let watch: HealthWatch | null = null;
  const evidence: PriceEvidence = new Map();
  const host = await hostPool({
    journal: options.journal,
    snapshots: options.snapshots,
    run: { runId: `${scenario.name}-${seed}`, seed: `${seed}`, scenario: scenario.name },
    onPublished: (records) => {
      foldRecords(statistics, records);
      options.onPublished?.(records);
    },
    onDecided: (records, outsideRecords) => {
      watch?.observe(records, outsideRecords);
      if (watch !== null) observeEvidence(evidence, host.state, records);
    },
  });
  const opening = await openPool({
    host,
    scenario,
    feed,
    accounts,
    seed,
    onProgress: (done) => report('opening', done, feed.fromMs, 0),
  });
  const insuranceStart = host.state.insuranceFund;
  statistics.insuranceLow = insuranceStart;
  watch = createHealthWatch(host.state);
  const world: World = {
    feed,
    host,
    venue: opening.venue,
    desk: createOrderDesk({ venue: opening.venue.port, state: host.state, submit: host.submit }),
    references: indexReferences(feed, scenario.indexes.stalenessSteps),
    watch,
    healthCheckEvery: options.healthCheckEvery ?? HEALTH_CHECK_EVERY,
    takers: takersOf(scenario, { state: host.state, opening, seed, fromMs: feed.fromMs }),
    latest: new Map(),
    steps: 0,
    fundedToMs: feed.fromMs,
  };
  const { ticks, settleSteps } = await replayPrices(world, scenario.settleStepsMax, report);
  const agrees = eq(statistics.insuranceFund, host.state.insuranceFund);
  assert(agrees, 'STATISTICS', 'events and state differ on the insurance fund');
  watch.check(host.outsideRecords());
  const manifest = await host.seal();
  const unhealthy = unhealthyAccounts(host.state);
  return {
    ...identityOf(scenario, { seed, accounts, feed, host, opening }),
    ticks,
    settleSteps,
    liquidations: liquidationsOf(host.state, { statistics, opening }),
    ...statisticsView(statistics, insuranceStart),
    ...leftView(scenario, { statistics, opening, takers: world.takers, state: host.state }),
    priceEvidence: evidenceView(evidence),
    unhealthyAtEnd: unhealthy.due,
    blockedAtEnd: unhealthy.blocked,
    lagSteps: { max: watch.lagMax(host.outsideRecords()) },
    stateHash: manifest.stateHash ?? '',
    chainHash: manifest.chainHash,
    elapsedMs: now() - startedMs,
  };
}

function scenarioOf({ scenario, policy }: ReplayOptions): Scenario {
  if (policy === undefined) return scenario;
  return { ...scenario, closeOuts: { ...scenario.closeOuts, policy } };
}

/** The window, then the same last prices until no liquidation is active; all of it committed. */
async function replayPrices(
  world: World,
  settleStepsMax: number,
  report: Reporter,
): Promise<{ readonly ticks: number; readonly settleSteps: number }> {
  const { feed, host } = world;
  for (const instant of feed.instants()) {
    await step(world, instant);
    const done = (instant.timeMs - feed.fromMs) / (feed.toMs - feed.fromMs);
    report('prices', done, instant.timeMs, world.steps);
  }
  const ticks = world.steps;
  const settleSteps = await settle(world, settleStepsMax, (steps, timeMs) =>
    report('settling', steps / settleStepsMax, timeMs, ticks),
  );
  await host.commit();
  return { ticks, settleSteps };
}

function feedOf(options: ReplayOptions, seed: number): PriceFeed {
  const { scenario, prices, from, to } = options;
  const scenarioFromMs = timeMsOf(scenario.from);
  const scenarioToMs = timeMsOf(scenario.to);
  const fromMs = from === undefined ? undefined : timeMsOf(from);
  const toMs = to === undefined ? undefined : timeMsOf(to);
  if (prices === undefined) {
    const window = { fromMs: fromMs ?? scenarioFromMs, toMs: toMs ?? scenarioToMs };
    return anchorFeed({ scenario, seed, ...window });
  }
  const { directory } = prices;
  const { sourcesMin } = scenario.indexes;
  return barFeed({ directory, seed, sourcesMin, scenarioFromMs, scenarioToMs, fromMs, toMs });
}

type Reporter = (
  phase: ReplayProgress['phase'],
  done: number,
  timeMs: number,
  ticks: number,
) => void;

function progressReporter({ onProgress }: ReplayOptions, statistics: Statistics): Reporter {
  return (phase, done, timeMs, ticks) => {
    const { started, ended } = statistics;
    onProgress?.({ phase, done, timeMs, ticks, liquidations: { started, ended } });
  };
}

function identityOf(
  scenario: Scenario,
  run: {
    readonly seed: number;
    readonly accounts: number;
    readonly feed: PriceFeed;
    readonly host: PoolHost;
    readonly opening: Opening;
  },
) {
  const { seed, accounts, feed, host, opening } = run;
  return {
    scenario: scenario.name,
    policy: scenario.closeOuts.policy,
    hasBreakers: scenario.breakers !== null,
    hasPriceGuards: scenario.priceGuards !== undefined,
    title: scenario.title,
    seed,
    accounts,
    accountsInPool: host.state.accounts.length,
    markets: feed.coins.length,
    window: { from: utc(feed.fromMs), to: utc(feed.toMs) },
    openInterest: opening.openInterest.toFixed(2),
    ignored: feed.ignored,
  };
}

/** Bounds of the groups of leverage that a result tells apart. */
const LEVERAGE_BOUNDS = [0, 3, 5, 10, 20, 1_000];

function liquidationsOf(
  state: PoolView,
  run: { readonly statistics: Statistics; readonly opening: Opening },
) {
  const { statistics, opening } = run;
  const { leverage } = opening;
  const { started, ended, partial, full, liquidatedAccounts, outcomes } = statistics;
  const ways = [...outcomes.values()];
  const liquidated = new Set<string>(liquidatedAccounts);
  const byLeverage = LEVERAGE_BOUNDS.slice(1).map((to, at): LeverageGroup => {
    const from = LEVERAGE_BOUNDS[at]!;
    const group = [...leverage].filter(([, at]) => at >= from && at < to);
    const hit = group.filter(([account]) => liquidated.has(account)).length;
    return { from, to, accounts: group.length, liquidated: hit };
  });
  return {
    started,
    ended,
    closeOuts: statistics.closeOuts,
    partial,
    full,
    accounts: liquidated.size,
    survivors: ways.filter((outcome) => outcome === 'restored').length,
    bankruptcies: ways.filter((outcome) => outcome === 'bankrupt').length,
    deferrals: statistics.deferrals,
    cancels: statistics.cancels,
    byLeverage: byLeverage.filter((group) => group.accounts > 0),
    running: runningAtEnd(state),
  };
}

/** What everybody is left with. */
function leftView(
  scenario: Scenario,
  run: {
    readonly statistics: Statistics;
    readonly opening: Opening;
    readonly takers: Takers | null;
    readonly state: PoolView;
  },
) {
  const { statistics, opening, state } = run;
  return {
    waterfall: waterfallView(statistics.layers, state),
    conservationImbalance: formatDecimal(audit(state).conservationImbalance),
    mechanisms: mechanismResult(scenario, run),
    equityOfLiquidated: formatDecimal(equityOf(state, statistics.liquidatedAccounts)),
    equityOfTraders: formatDecimal(equityOf(state, opening.leverage.keys())),
  };
}

/** What some accounts are worth at the end, debts aside. */
function equityOf(state: PoolView, accounts: Iterable<string>): Money {
  let total = ZERO_MONEY;
  for (const id of accounts) {
    const number = state.numbers.accounts.get(accountId(id))!;
    const { equity } = accountMargin(state, state.accounts[number]!);
    total = add(total, max(equity, ZERO_MONEY));
  }
  return total;
}

/** What is still running, by the markets whose price it waits for. */
function runningAtEnd(state: PoolView): RunningLiquidations[] {
  const groups = new Map<string, { withoutPrice: string[]; liquidations: number; cover: Money }>();
  for (const { account, coverPaid } of state.liquidations.values()) {
    const withoutPrice = state.accounts[account]!.positions.flatMap(({ market }) => {
      const { parameters, mode } = state.markets[market]!;
      return mode === 'live' ? [] : [parameters.market as string];
    });
    const key = withoutPrice.join(' ');
    const group = groups.get(key) ?? { withoutPrice, liquidations: 0, cover: ZERO_MONEY };
    group.liquidations += 1;
    group.cover = add(group.cover, coverPaid);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.liquidations - a.liquidations)
    .map(({ cover, ...group }) => ({ ...group, fundCover: formatDecimal(cover) }));
}

/** Accounts below maintenance margin: those that could be helped, and those without a price. */
function unhealthyAccounts(state: PoolView): { readonly due: number; readonly blocked: number } {
  const running = [...state.liquidations.values()].map(({ account }) => state.accounts[account]!);
  const unhealthy = running.filter((account) =>
    isLiquidatable({ ...accountMargin(state, account), exposed: isExposed(account) }),
  );
  const due = unhealthy.filter((account) => pricesValid(state, account)).length;
  const blocked = unhealthy.length - due;
  return { due: liquidatableByScan(state).length + due, blocked };
}
