/**
 * Times at which something changes by itself: a clock that lands exactly on them, or beside them,
 * finds what a random one never does.
 * @module
 */
import type { Ledger, MarketLedger, Waterfall } from './ledger.ts';
import type { Random } from './random.ts';
import { partOfWindow } from './window.ts';

/** One of the coming moments, or one millisecond off; null where nothing is coming. */
export function nextMoment(random: Random, ledger: Ledger, after: number): number | null {
  const { closeOuts, gates, liquidations, markets, waterfall } = ledger;
  const moments = [
    ...gates.map(({ untilMs }) => untilMs),
    ...markets.flatMap(marketMoments),
    ...(waterfall === null ? [] : layerMoments(waterfall)),
    ...liquidations.flatMap(({ notBeforeMs, order }) => {
      const ends = order === null ? [] : [order.expiresAtMs];
      return [notBeforeMs, ...ends, ...ends.map((end) => end + (closeOuts?.reportGraceMs ?? 0))];
    }),
  ].filter((moment) => moment !== null && moment > after + 1 && moment < after + 100_000);
  if (moments.length === 0) return null;
  return random.pick(moments)! + random.pick([-1, 0, 0, 0, 1]);
}

/** When premiums are due, exits begin and lapse, and what the fund paid is forgotten. */
function layerMoments({ parameters, window, marketWindows, tranches }: Waterfall): number[] {
  const { windowMs, premiumIntervalMs } = parameters;
  const parts = [...window, ...marketWindows.flatMap((entry) => entry.window)];
  return [
    ...parts.map(({ fromMs }) => fromMs + windowMs + partOfWindow(windowMs)),
    ...tranches.map(({ premiumMs }) => premiumMs + premiumIntervalMs),
    ...tranches.flatMap(({ providers }) =>
      providers.flatMap(({ exitMs, untilMs }) => [exitMs, untilMs]),
    ),
  ];
}

function marketMoments({
  liquidity,
  breakers,
  priceGuards,
  ...market
}: MarketLedger): (number | null)[] {
  const { depth, alarms, gates, window, parameters } = market;
  return [
    parameters.expiryMs,
    ...gates.map(({ untilMs }) => untilMs),
    ...alarms.flatMap(({ trippedAtMs }) =>
      breakers === null ? [] : [trippedAtMs + breakers.holdMs, trippedAtMs + breakers.limitMs],
    ),
    ...tradingMoments(market, priceGuards?.tradingStalenessMsMax ?? null),
    ...(depth === null ? [] : [depth.timeMs + (liquidity?.depthStalenessMsMax ?? 60_000)]),
    ...window.map(({ fromMs }) =>
      liquidity === null ? null : fromMs + liquidity.windowMs + Math.ceil(liquidity.windowMs / 16),
    ),
  ];
}

/** When a book or an outside mid grows too old for trading. */
function tradingMoments(
  { book, outside }: Pick<MarketLedger, 'book' | 'outside'>,
  limitMs: number | null,
): number[] {
  if (limitMs === null) return [];
  return [...(book === null ? [] : [book]), ...outside].map(({ timeMs }) => timeMs + limitMs);
}
