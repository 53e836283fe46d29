/**
 * Breakers: when a market's prices or its book look wrong, its gates close until they look right
 * again. Each reason to trip compares what it measures with a threshold. Hysteresis: it stays
 * tripped for a while and is released only well below the threshold; it opens at the latest after
 * its time limit, and does not trip again before it was calm.
 * @module
 */
import { volatilityOver } from '../risk/index.ts';
import {
  abs,
  cmp,
  divideDown,
  durationMs,
  type EngineTimeMs,
  EXACT_PER_RAW,
  engineTimeMs,
  eq,
  gt,
  isPositive,
  lt,
  lte,
  type Money,
  max,
  mulDown,
  mulUp,
  nearestQuantity,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratioDown,
  rawOf,
  sub,
  ZERO_RATIO,
} from '../units/index.ts';
import { isFreshDepth, thinnerSide } from './depth.ts';
import { sourcePrices } from './pricing.ts';
import type { BreakerParameters, Event, EventOf } from './schema/index.ts';
import type { MarketView, PoolView } from './state.ts';
import { realizedVolatility } from './volatility.ts';

/** What a record brought, beside the state before it. */
export type JudgedRecord = {
  readonly by: 'ReportPrices' | 'Tick' | 'ReportDepth';
  readonly time: EngineTimeMs;
  readonly prices: EventOf<'PricesUpdated'> | null;
  readonly depth: EventOf<'DepthReported'> | null;
};

type Reason = EventOf<'BreakerTripped'>['reason'];

type Measure = { readonly measured: Ratio; readonly threshold: Ratio };

/** A measure; or nothing to measure, which is calm; or no judgement by such a record. */
type Finding = Measure | 'calm' | 'not-judged';

type Judged = {
  readonly state: PoolView;
  readonly record: JudgedRecord;
  readonly market: MarketView;
  readonly breakers: BreakerParameters;
};

/** In the order in which they are judged. */
const REASONS: readonly (readonly [Reason, (judged: Judged) => Finding])[] = [
  ['price-jump', priceJump],
  ['sources-disagree', sourcesDisagree],
  ['depth-collapsed', depthCollapsed],
  ['price-stale', priceStale],
];

/** Breakers that trip, are released or armed again by a record, market by market. */
export function breakerEvents(state: PoolView, record: JudgedRecord): readonly Event[] {
  return state.markets.flatMap((market) => {
    const { breakers, settlementPrice } = market;
    if (breakers === null || settlementPrice !== null) return [];
    const judged = { state, record, market, breakers };
    return REASONS.flatMap(([reason, findingOf]) => verdict(judged, reason, findingOf(judged)));
  });
}

function verdict(
  { record: { time }, market, breakers }: Judged,
  reason: Reason,
  finding: Finding,
): readonly Event[] {
  const { gates, holdMs, limitMs, releaseShare } = breakers;
  const { market: id } = market.parameters;
  const alarm = market.alarms.find((entry) => entry.reason === reason);
  if (alarm === undefined) {
    if (typeof finding === 'string' || !gt(finding.measured, finding.threshold)) return [];
    const untilMs = engineTimeMs(time + limitMs);
    return [{ type: 'BreakerTripped', market: id, reason, gates, ...finding, untilMs }];
  }
  if (!alarm.released && time >= alarm.trippedAtMs + limitMs) {
    return [{ type: 'BreakerReleased', market: id, reason, cause: 'time-limit' }];
  }
  if (!isCalm(finding, releaseShare)) return [];
  if (alarm.released) return [{ type: 'BreakerRearmed', market: id, reason }];
  if (time < alarm.trippedAtMs + holdMs) return [];
  return [{ type: 'BreakerReleased', market: id, reason, cause: 'calm' }];
}

/** What tripped the breaker has come down to a share of the threshold. */
const isCalm = (finding: Finding, releaseShare: Ratio): boolean =>
  typeof finding === 'string'
    ? finding === 'calm'
    : lte(finding.measured, mulDown(finding.threshold, releaseShare));

/** The distance of two prices as a fraction of b, rounded down, within the range of a ratio. */
function distanceDown(a: Price, b: Price): Ratio {
  const distance = rawOf(abs(sub(a, b)));
  return nearestQuantity<Ratio>(divideDown(distance * EXACT_PER_RAW, rawOf(b)));
}

/**
 * How far the mark has moved, against k times the move that volatility makes usual in that time.
 * Only what was reported moves a mark or shows that it stands still.
 */
function priceJump({ record, market, breakers }: Judged): Finding {
  const { jumpDeviations } = breakers;
  if (record.by !== 'ReportPrices') return 'not-judged';
  const { mark: before, liquidity, variance } = market;
  if (jumpDeviations === null || liquidity === null || variance === null) return 'calm';
  const now = liveMarkAfter(record, market);
  if (before === null || now === null || market.mode !== 'live') return 'calm';
  const sinceMs = record.time - variance.timeMs;
  if (eq(now, before) || sinceMs === 0) return 'calm';
  // Between two prints a moment apart any move is far: what counts is what the pause is for.
  const elapsedMs = durationMs(Math.max(sinceMs, breakers.holdMs));
  const realized = realizedVolatility(market) ?? ZERO_RATIO;
  const volatility = max(liquidity.dailyVolatility, realized);
  const measured = distanceDown(now, before);
  return { measured, threshold: mulUp(volatilityOver({ volatility, elapsedMs }), jumpDeviations) };
}

/** The market's mark after the record; null if it is not live. */
function liveMarkAfter({ prices }: JudgedRecord, market: MarketView): Price | null {
  const update = prices?.marks.find((entry) => entry.market === market.parameters.market);
  if (update === undefined) return market.mode === 'live' ? market.mark : null;
  return update.mode === 'live' ? update.markPrice : null;
}

/** The highest of the good sources above the lowest; one source alone does not disagree. */
function sourcesDisagree({ state, record, market, breakers }: Judged): Finding {
  const { sourceSpreadMax } = breakers;
  if (sourceSpreadMax === null) return 'calm';
  const reports = record.prices?.indexReports ?? [];
  const rising = sourcePrices(state, market.index, reports, record.time).toSorted(cmp);
  const [lowest, highest] = [rising[0], rising.at(-1)];
  if (lowest === undefined || highest === undefined || rising.length === 1) return 'calm';
  return { measured: distanceDown(highest, lowest), threshold: sourceSpreadMax };
}

/** How much of the usual depth is missing. A report is compared with what was usual before it. */
function depthCollapsed({ record, market, breakers }: Judged): Finding {
  const { depthFloor } = breakers;
  const own = record.depth?.market === market.parameters.market ? record.depth : null;
  const depth = own ?? market.depth;
  const usual = market.depthAverage?.value ?? null;
  if (depthFloor === null || depth === null || usual === null || !isPositive(usual)) return 'calm';
  if (!isFreshDepth(market, depth, record.time)) return 'calm';
  const measured = missingShare(thinnerSide(market.parameters.kind, depth), usual);
  return { measured, threshold: sub(ONE_RATIO, depthFloor) };
}

/** max(0, 1 − depth / usual), rounded up. */
const missingShare = (depth: Money, usual: Money): Ratio =>
  lt(depth, usual) ? sub(ONE_RATIO, ratioDown(depth, usual)) : ZERO_RATIO;

/** 1 where the mark is not live or its index has no price: the breaker trips above 0. */
function priceStale({ state, record, market, breakers }: Judged): Finding {
  if (!breakers.staleTrips || !hasMarkAfter(record, market)) return 'calm';
  const { index } = state.indexes[market.index]!.parameters;
  const update = record.prices?.indexes.find((entry) => entry.index === index);
  const priced =
    update === undefined ? state.indexes[market.index]!.live : update.indexPrice !== null;
  const isLive = priced && liveMarkAfter(record, market) !== null;
  return { measured: isLive ? ZERO_RATIO : ONE_RATIO, threshold: ZERO_RATIO };
}

/** The market has had a mark, live or frozen, by the end of the record. */
const hasMarkAfter = ({ prices }: JudgedRecord, market: MarketView): boolean =>
  market.mark !== null ||
  prices?.marks.some(
    ({ market: id, markPrice }) => id === market.parameters.market && markPrice !== null,
  ) === true;
