/**
 * Breakers: what trips them, and what lets go of them. See docs/spec/breakers.md, section
 * "Breakers".
 * @module
 */
import { missingDepth } from './depth.ts';
import { soundSources } from './index-price.ts';
import {
  atMostLargest,
  ceilDiv,
  floorDiv,
  larger,
  magnitude,
  ONE,
  smaller,
  sqrtUp,
} from './integers.ts';
import {
  findIndex,
  findMarket,
  type Ledger,
  type MarketLedger,
  type ModelCommand,
  type ModelEvent,
  type Reason,
} from './ledger.ts';
import { DAY_MS, realizedVolatility } from './volatility.ts';

/** The command that is being answered, its time, and the pool as it was before. */
type Moment = { readonly time: number; readonly before: Ledger; readonly record: ModelCommand };
type Measure = { readonly measured: bigint; readonly threshold: bigint };

const REASONS: readonly Reason[] = [
  'price-jump',
  'sources-disagree',
  'depth-collapsed',
  'price-stale',
];
const CALM: Measure = { measured: 0n, threshold: 0n };

export function judgedBreakers(ledger: Ledger, moment: Moment): ModelEvent[] {
  return ledger.markets.flatMap((market) => {
    if (market.breakers === null || market.settlementPrice !== null) return [];
    return REASONS.flatMap((reason) => judged(ledger, market, { reason, moment }));
  });
}

function judged(
  ledger: Ledger,
  market: MarketLedger,
  { reason, moment }: { reason: Reason; moment: Moment },
): ModelEvent[] {
  const { gates, holdMs, limitMs, releaseShare } = market.breakers!;
  const { market: id } = market.parameters;
  const { time } = moment;
  const silent = reason === 'price-jump' && moment.record.type !== 'ReportPrices';
  const { measured, threshold } = measureOf(ledger, market, { reason, moment });
  const calm = !silent && measured <= floorDiv(threshold * releaseShare, ONE);
  const alarm = market.alarms.find((entry) => entry.reason === reason);
  if (alarm === undefined) {
    if (silent || measured <= threshold) return [];
    market.alarms.push({ reason, trippedAtMs: time, released: false });
    const untilMs = time + limitMs;
    return [{ type: 'BreakerTripped', market: id, reason, gates, measured, threshold, untilMs }];
  }
  const forget = (): void => {
    market.alarms = market.alarms.filter((entry) => entry !== alarm);
  };
  if (alarm.released) {
    if (!calm) return [];
    forget();
    return [{ type: 'BreakerRearmed', market: id, reason }];
  }
  if (time >= alarm.trippedAtMs + limitMs) {
    alarm.released = true;
    return [{ type: 'BreakerReleased', market: id, reason, cause: 'time-limit' }];
  }
  if (time < alarm.trippedAtMs + holdMs || !calm) return [];
  forget();
  return [{ type: 'BreakerReleased', market: id, reason, cause: 'calm' }];
}

function measureOf(
  ledger: Ledger,
  market: MarketLedger,
  { reason, moment }: { reason: Reason; moment: Moment },
): Measure {
  switch (reason) {
    case 'price-jump':
      return jump(market, moment);
    case 'sources-disagree':
      return disagreement(ledger, market, moment);
    case 'depth-collapsed':
      return collapse(market, moment);
    case 'price-stale':
      return staleness(ledger, market);
  }
}

/** The move of the mark against what the volatility before it makes likely in that time. */
function jump(market: MarketLedger, { before, time }: Moment): Measure {
  const was = findMarket(before, market.parameters.market)!;
  const { jumpDeviations, holdMs } = market.breakers!;
  const sigma = realizedVolatility(was);
  if (jumpDeviations === null || market.liquidity === null || sigma === null) return CALM;
  if (was.mode !== 'live' || market.mode !== 'live' || was.mark === market.mark) return CALM;
  const elapsed = time - was.variance!.timeMs;
  if (elapsed <= 0) return CALM;
  const span = BigInt(Math.max(elapsed, holdMs)) * ONE;
  const moved = magnitude(market.mark! - was.mark!);
  const volatility = larger(market.liquidity.dailyVolatility, sigma);
  const deviation = ceilDiv(volatility * sqrtUp(ceilDiv(span, DAY_MS)), ONE);
  return {
    measured: atMostLargest(floorDiv(moved * ONE, was.mark!)),
    threshold: ceilDiv(jumpDeviations * deviation, ONE),
  };
}

function disagreement(ledger: Ledger, market: MarketLedger, { time }: Moment): Measure {
  const { sourceSpreadMax } = market.breakers!;
  const index = findIndex(ledger, market.parameters.index)!;
  const prices = soundSources(index, time).map(({ price }) => price);
  if (sourceSpreadMax === null || prices.length < 2) return CALM;
  const lowest = prices.reduce(smaller);
  const apart = prices.reduce(larger) - lowest;
  return {
    measured: atMostLargest(floorDiv(apart * ONE, lowest)),
    threshold: sourceSpreadMax,
  };
}

/** A report of depth is judged by the average before it. */
function collapse(market: MarketLedger, { before, time, record }: Moment): Measure {
  const { depthFloor } = market.breakers!;
  const { market: id } = market.parameters;
  const own = record.type === 'ReportDepth' && record.market === id;
  const { depthAverage } = own ? findMarket(before, id)! : market;
  const missing = missingDepth(market, { time, average: depthAverage?.value ?? null });
  if (depthFloor === null || missing === null) return CALM;
  return { measured: missing, threshold: ONE - depthFloor };
}

function staleness(ledger: Ledger, market: MarketLedger): Measure {
  if (!market.breakers!.staleTrips || market.mark === null) return CALM;
  const usable = market.mode === 'live' && findIndex(ledger, market.parameters.index)!.live;
  return { measured: usable ? 0n : ONE, threshold: 0n };
}
