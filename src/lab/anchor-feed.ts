/**
 * A price feed from a scenario's anchors: a Brownian bridge in the logarithm of the price passes
 * through every published price, with noise that coins share in part. Bit-reproducible: the seed
 * decides, and only exactly specified arithmetic is used.
 * @module
 */
import { approximate, clamp, max, min, type Price, price } from '../units/index.ts';
import { significant } from './decimal-text.ts';
import { normal } from './distributions.ts';
import { LabFault } from './fault.ts';
import { portableExp, portableLn } from './portable-math.ts';
import { type Instant, mergedInstants, type PriceFeed, type PricePoint } from './price-feed.ts';
import { randomStream } from './random.ts';
import { type Scenario, type ScenarioMarket, termsOf, timeMsOf } from './scenario.ts';

const DAY_MS = 86_400_000;
export const ANCHOR_SOURCE = 'anchors';

type Knot = { readonly timeMs: number; readonly price: Price };

export type AnchorFeedOptions = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/** @throws LabFault when a market has no anchors around the window, or the window is empty. */
export function anchorFeed({ scenario, seed, fromMs, toMs }: AnchorFeedOptions): PriceFeed {
  const { stepMs } = scenario;
  // Anchors say nothing about the time outside the scenario: nothing is made up there.
  const toldFromMs = timeMsOf(scenario.from);
  const toldToMs = timeMsOf(scenario.to);
  if (fromMs >= toMs || fromMs < toldFromMs || toMs > toldToMs) {
    const span = `${new Date(toldFromMs).toISOString()} to ${new Date(toldToMs).toISOString()}`;
    throw new LabFault('WINDOW_EMPTY', {
      message: 'no such window in the scenario',
      expected: `a window from an earlier to a later time within ${span}`,
      found: `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`,
    });
  }
  const markets = scenario.markets.filter(({ anchors }) => anchors.length > 0);
  const times = { startMs: toldFromMs, endMs: toldToMs, stepMs };
  const shared = sharedNoise(seed, times);
  const paths = markets.map((market) => bridged(scenario, market, { seed, shared, times }));
  if (paths.length === 0) {
    throw new LabFault('NO_PRICES', {
      message: 'the scenario has no anchors',
      expected: 'a market with published prices, or a folder of price files',
      found: 'none',
    });
  }
  const inside = (timeMs: number): boolean => timeMs >= fromMs && timeMs < toMs;
  const instants = (): Iterable<Instant> =>
    mergedInstants(
      paths.map((path, coin) => ({
        coin,
        source: ANCHOR_SOURCE,
        points: path.filter(({ timeMs }) => inside(timeMs)).values(),
      })),
    );
  return {
    coins: markets.map(({ coin }, number) => {
      const first = paths[number]!.find(({ timeMs }) => timeMs >= fromMs)!;
      const start = [{ source: ANCHOR_SOURCE, price: first.price }];
      return { coin, sources: [ANCHOR_SOURCE], stepMs, start };
    }),
    fromMs,
    toMs,
    settleStepMs: stepMs,
    instantsExpected: (toMs - fromMs) / stepMs,
    ignored: [],
    instants,
  };
}

type Times = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

/** One standard normal per step, common to all coins. */
function sharedNoise(seed: number, { startMs, endMs, stepMs }: Times): readonly number[] {
  const random = randomStream(seed, 'bridge');
  const steps = Math.ceil((endMs - startMs) / stepMs) + 1;
  return Array.from({ length: steps }, () => normal(random));
}

type Bridge = { readonly seed: number; readonly shared: readonly number[]; readonly times: Times };

function bridged(scenario: Scenario, market: ScenarioMarket, bridge: Bridge): PricePoint[] {
  const { startMs, endMs, stepMs } = bridge.times;
  const knots = knotsOf(market, bridge.times);
  const { dailyVolatility, correlation } = termsOf(scenario, market.coin);
  const own = Math.sqrt(1 - correlation * correlation);
  const deviation = dailyVolatility * Math.sqrt(stepMs / DAY_MS);
  const random = randomStream(bridge.seed, `bridge:${market.coin}`);
  const bounds = {
    low: knots.reduce((low, knot) => min(low, knot.price), knots[0]!.price),
    high: knots.reduce((high, knot) => max(high, knot.price), knots[0]!.price),
  };
  const noiseAt = (step: number): number =>
    deviation * (correlation * (bridge.shared[step] ?? 0) + own * normal(random));

  const path: PricePoint[] = [];
  for (let at = 1; at < knots.length; at += 1) {
    const from = knots[at - 1]!;
    const to = knots[at]!;
    const first = Math.ceil((from.timeMs - startMs) / stepMs);
    const last = Math.ceil((to.timeMs - startMs) / stepMs);
    path.push(...segment(from, to, { first, last, bridge, noiseAt, bounds }));
  }
  const final = knots.at(-1)!;
  if (final.timeMs < endMs) path.push({ timeMs: final.timeMs, price: final.price });
  return path;
}

type Segment = {
  /** Steps [first, last) belong to the segment. */
  readonly first: number;
  readonly last: number;
  readonly bridge: Bridge;
  readonly noiseAt: (step: number) => number;
  readonly bounds: { readonly low: Price; readonly high: Price };
};

/** From one published price to the next: exact at the first, noise tied down at both ends. */
function segment(from: Knot, to: Knot, { first, last, bridge, noiseAt, bounds }: Segment) {
  const { startMs, stepMs } = bridge.times;
  const points: PricePoint[] = [];
  const walk: number[] = [0];
  for (let step = first; step < last; step += 1) walk.push(walk.at(-1)! + noiseAt(step));
  const start = portableLn(approximate(from.price));
  const rise = portableLn(approximate(to.price)) - start;
  const total = walk.at(-1)!;
  const steps = last - first;
  for (let step = 0; step < steps; step += 1) {
    const timeMs = startMs + (first + step) * stepMs;
    const share = (timeMs - from.timeMs) / (to.timeMs - from.timeMs);
    const tied = walk[step]! - (step / steps) * total;
    const log = start + share * rise + tied;
    const drawn = clamp(price(significant(portableExp(log))), bounds.low, bounds.high);
    points.push({ timeMs, price: timeMs === from.timeMs ? from.price : drawn });
  }
  return points;
}

/** Anchors ascending in time, held level from the window's start and to its end. */
function knotsOf(market: ScenarioMarket, { startMs, endMs }: Times): readonly Knot[] {
  const knots = market.anchors.map(({ at, price: text }) => ({
    timeMs: timeMsOf(at),
    price: price(text),
  }));
  for (const [at, knot] of knots.entries()) {
    if (at === 0 || knot.timeMs > knots[at - 1]!.timeMs) continue;
    throw new LabFault('SCENARIO_INVALID', {
      message: `anchors of ${market.coin} are not in order`,
      expected: 'each anchor later than the one before',
      found: market.anchors[at]!.at,
    });
  }
  const first = knots[0]!;
  const last = knots.at(-1)!;
  const before = first.timeMs > startMs ? [{ ...first, timeMs: startMs }] : [];
  const after = last.timeMs < endMs ? [{ ...last, timeMs: endMs }] : [];
  return [...before, ...knots, ...after];
}
