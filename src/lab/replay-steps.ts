/**
 * The steps of a replay: all reports of an instant in one command, then time passes, then the
 * engine's due work, then the venue and the pool talk through the order desk until neither has
 * anything to say.
 * @module
 */
import type { OrderDesk } from '../runtime/index.ts';
import { engineTimeMs, indexId, ratio } from '../units/index.ts';
import type { HealthWatch } from './health-watch.ts';
import type { IndexReferences } from './index-references.ts';
import { decideKeepers, deliverBids, haveSomethingToSee } from './keepers/index.ts';
import { unwindingFills } from './own-trades.ts';
import type { PoolHost } from './pool-host.ts';
import type { Instant, PriceFeed, Report } from './price-feed.ts';
import type { Takers } from './takers.ts';
import { bookReports, depthReports, type LabVenue, moveVenue } from './venue.ts';

/** A simulated world around a pool. */
export type World = {
  readonly feed: PriceFeed;
  readonly host: PoolHost;
  readonly venue: LabVenue;
  readonly desk: OrderDesk;
  readonly references: IndexReferences;
  readonly watch: HealthWatch;
  /** Every how many steps all accounts are searched for overdue liquidations. */
  readonly healthCheckEvery: number;
  /** Null where nobody takes anything over. */
  readonly takers: Takers | null;
  /** Latest report of every source, to be repeated after the window. */
  readonly latest: Map<string, Report>;
  steps: number;
  fundedToMs: number;
};

const FUNDING_INTERVAL_MS = 28_800_000;

/** One visited instant, until the venue has answered everything that was published. */
export async function step(world: World, instant: Instant): Promise<void> {
  const { host, venue, references, watch } = world;
  const { timeMs, reports } = instant;
  await deliver(world, timeMs - 1);
  for (const report of reports) world.latest.set(`${report.coin} ${report.source}`, report);
  references.hear(timeMs, reports);
  moveVenue(venue, timeMs, references.at(timeMs));
  // A late start could be made good within the step: right after the prices it still shows.
  const watched = world.steps % world.healthCheckEvery === 0;
  host.send('oracle', priceReport(world, instant), timeMs);
  if (watched) watch.check(host.outsideRecords());
  host.send('clock', { type: 'Tick' }, timeMs);
  accrueFunding(world, timeMs);
  await host.commitIfDue();
  await trade(world, timeMs);
  await takeOver(world, timeMs);
  for (const report of depthReports(venue, timeMs, host.state)) {
    host.send('venue', report, timeMs);
  }
  if (watched) watch.check(host.outsideRecords());
  world.steps += 1;
}

function priceReport({ feed, venue }: World, { timeMs, reports }: Instant) {
  const time = engineTimeMs(timeMs);
  return {
    type: 'ReportPrices',
    indexes: reports.map(({ coin, source, price }) => ({
      index: indexId(feed.coins[coin]!.coin),
      source,
      price,
      timeMs: time,
      confidence: null,
    })),
    books: bookReports(venue, timeMs),
    outside: [],
  } as const;
}

/** The desk carries what was published to the venue and its reports back, and so on. */
async function trade({ desk, host }: World, timeMs: number): Promise<void> {
  let published = host.takePublished();
  do {
    desk.observe(published);
    desk.work(engineTimeMs(timeMs));
    await host.commitIfDue();
    published = host.takePublished();
  } while (published.length > 0);
}

/**
 * Keepers look at what is published by now and bid; what they and the house hold is sold on, a
 * little at a time. The venue answers whatever follows from that at once.
 */
async function takeOver(world: World, timeMs: number): Promise<void> {
  const { host, venue, takers } = world;
  if (takers === null) return;
  const { keepers, holders, unwindVolumeShare: volumeShare, tradedToMs } = takers;
  if (haveSomethingToSee(keepers)) {
    await host.commit();
    decideKeepers(keepers);
  }
  await deliver(world, timeMs);
  const elapsedMs = timeMs - tradedToMs;
  takers.tradedToMs = timeMs;
  const { state } = host;
  for (const fill of unwindingFills({ venue, state, holders, volumeShare, elapsedMs })) {
    // A maker that cannot carry it any more is passed over.
    host.send('venue', fill, timeMs);
  }
  await host.commitIfDue();
  await trade(world, timeMs);
}

/** Bids arrive, up to a moment, and the venue answers what follows from them. */
async function deliver(world: World, untilMs: number): Promise<void> {
  const { host, takers } = world;
  if (takers === null) return;
  const lastMs = deliverBids(takers.keepers, untilMs, host.submit);
  if (lastMs === null) return;
  await host.commitIfDue();
  await trade(world, lastMs);
}

/** Every market with a funding rate pays at each full eight hours that lie behind. */
function accrueFunding(world: World, timeMs: number): void {
  const due = Math.floor(timeMs / FUNDING_INTERVAL_MS) * FUNDING_INTERVAL_MS;
  if (due <= world.fundedToMs) return;
  world.fundedToMs = due;
  for (const { market, terms } of world.venue.markets) {
    if (terms.fundingRate === null) continue;
    const fundingRate = ratio(terms.fundingRate);
    // A frozen market refuses, and pays again at the next interval.
    world.host.send('venue', { type: 'AccrueFunding', market, fundingRate }, timeMs);
  }
}

/**
 * Reports the last prices again, once per settling step, until no liquidation is active; answers
 * how many steps that took, at most `stepsMax`.
 */
export async function settle(
  world: World,
  stepsMax: number,
  onStep: (steps: number, timeMs: number) => void,
): Promise<number> {
  const { feed, host } = world;
  const reports = [...world.latest.values()];
  let steps = 0;
  for (; steps < stepsMax && host.state.liquidations.size > 0; steps += 1) {
    const timeMs = feed.toMs + steps * feed.settleStepMs;
    await step(world, { timeMs, reports });
    onStep(steps, timeMs);
  }
  return steps;
}
