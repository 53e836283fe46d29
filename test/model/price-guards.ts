/**
 * What prices must satisfy before risk is taken on by them. See docs/spec/price-guards.md.
 * @module
 */
import { nextAverage } from './average.ts';
import { judgedIndex, liveSources, type Sound } from './index-price.ts';
import { floorDiv, larger, magnitude, ONE, smaller } from './integers.ts';
import {
  type Account,
  type Answer,
  type Average,
  findIndex,
  findMarket,
  type Guards,
  type Ledger,
  type MarketLedger,
  type ModelCommandOf,
  type ModelEventOf,
  type Position,
} from './ledger.ts';
import { isDuration, isReckonable, isWeight, valuesHoldings, valuesPositions } from './limits.ts';
import { type Margin, marginOf, markPriceOf, notionalUp, valueDown } from './margin.ts';
import { judgedMark } from './mark.ts';

type GuardedMark = ModelEventOf<'MarksGuarded'>['markets'][number];

export function configurePriceGuards(
  ledger: Ledger,
  { parameters }: ModelCommandOf<'ConfigurePriceGuards'>,
  time: number,
): Answer {
  const market = findMarket(ledger, parameters.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  const { stableTimeConstantMs, markStepPerSecond } = parameters;
  if (!isSound(ledger, market, parameters)) return 'INVALID_PARAMETER';
  market.priceGuards = parameters;
  const { stablePrice } = market;
  market.stablePrice =
    stableTimeConstantMs === null || stablePrice === null
      ? null
      : { ...stablePrice, weightMs: BigInt(stableTimeConstantMs) * ONE };
  if (stableTimeConstantMs === null && markStepPerSecond === null) market.markDecidedMs = null;
  else if (market.markDecidedMs === null) market.markDecidedMs = time;
  return [{ type: 'PriceGuardsConfigured', parameters }];
}

function isSound(ledger: Ledger, { parameters }: MarketLedger, guards: Guards): boolean {
  const { stableTimeConstantMs, deviationMax, tradingStalenessMsMax } = guards;
  const { stalenessMsMax } = findIndex(ledger, parameters.index)!.parameters;
  const oldest = Math.max(stalenessMsMax, parameters.bookStalenessMsMax);
  const isFactor = (value: bigint | null): boolean => value === null || isWeight(value);
  return (
    (stableTimeConstantMs === null || isDuration(stableTimeConstantMs)) &&
    isFactor(deviationMax) &&
    (deviationMax === null || stableTimeConstantMs !== null) &&
    isFactor(guards.markStepPerSecond) &&
    isFactor(guards.confidenceFactor) &&
    (tradingStalenessMsMax === null ||
      (tradingStalenessMsMax > 0 && tradingStalenessMsMax <= oldest))
  );
}

/** The mark that the views make, no further from the one before than time allows. */
export function stepped(market: MarketLedger, decided: bigint, time: number): bigint {
  const step = market.priceGuards?.markStepPerSecond ?? null;
  const { mark, markDecidedMs } = market;
  if (step === null || mark === null || markDecidedMs === null) return decided;
  const allowed = floorDiv(mark * step * BigInt(time - markDecidedMs), 1_000n * ONE);
  return smaller(larger(decided, mark - allowed), mark + allowed);
}

/** Takes note of a mark that was decided; `was` is the market before, `decided` the views' mark. */
export function guardMark(
  market: MarketLedger,
  { was, decided, time }: { was: MarketLedger; decided: bigint | null; time: number },
): GuardedMark | null {
  const { markDecidedMs, priceGuards, parameters } = was;
  if (markDecidedMs === null || market.mode === 'frozen') return null;
  const mark = market.mark!;
  const tau = priceGuards!.stableTimeConstantMs;
  const stablePrice = tau === null ? null : nextStable(was, { mark, time, tau });
  const unboundMark = decided === mark ? null : decided;
  const moved = JSON.stringify(stablePrice, text) !== JSON.stringify(was.stablePrice, text);
  if (!moved && markDecidedMs === time && unboundMark === null) return null;
  market.stablePrice = stablePrice;
  market.markDecidedMs = time;
  return { market: parameters.market, stablePrice, unboundMark };
}

const text = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function nextStable(
  was: MarketLedger,
  { mark, time, tau }: { mark: bigint; time: number; tau: number },
): Average {
  const { stablePrice } = was;
  const held = was.mode === 'live' ? was.mark : null;
  if (stablePrice === null) {
    return { value: held ?? mark, weightMs: BigInt(tau) * ONE, timeMs: time };
  }
  if (held === null) return { ...stablePrice, timeMs: time };
  const sample = { value: held, timeMs: time, timeConstantMs: tau, gapMsMax: tau };
  return nextAverage(stablePrice, sample);
}

/** Further from the stable price than the market's guards allow. */
export function isTooFar({ priceGuards, mark, stablePrice, settlementPrice }: MarketLedger) {
  const most = priceGuards?.deviationMax ?? null;
  if (most === null || mark === null || stablePrice === null) return false;
  if (settlementPrice !== null) return false;
  return magnitude(mark - stablePrice.value) * ONE > most * stablePrice.value;
}

/** With every limit of age lowered to that for trading the mark would be frozen. */
export function isStaleForTrading(ledger: Ledger, market: MarketLedger): boolean {
  const limit = market.priceGuards?.tradingStalenessMsMax ?? null;
  if (limit === null || market.settlementPrice !== null) return false;
  const index = findIndex(ledger, market.parameters.index)!;
  const stalenessMsMax = Math.min(limit, index.parameters.stalenessMsMax);
  const bookStalenessMsMax = Math.min(limit, market.parameters.bookStalenessMsMax);
  const stricter = { ...index, parameters: { ...index.parameters, stalenessMsMax } };
  const { price: found } = judgedIndex(stricter, ledger.time);
  const valued = found !== null && valuesHoldings(ledger, index.parameters.index, found);
  const parameters = { ...market.parameters, bookStalenessMsMax };
  const { mark, mode } = judgedMark({ ...market, parameters }, valued ? found : null, ledger.time);
  if (mode === 'frozen' || mark === null) return true;
  return !valuesPositions(ledger, market.parameters, stepped(market, mark, ledger.time));
}

/** An account's sums as whoever adds risk, or takes something out, has them. */
export function marginForRisk(ledger: Ledger, account: Account, book: Ledger = ledger): Margin {
  const margin = marginOf(ledger, account, book);
  let { initialEquity, initialMargin } = margin;
  for (const position of account.positions) {
    const market = findMarket(ledger, position.market)!;
    if (market.settlementPrice !== null) continue;
    initialEquity -= withheld(ledger, market, position);
    initialMargin += uncertainty(ledger, market, position);
  }
  return { ...margin, initialEquity, initialMargin };
}

/** Profit at the mark that is none, or less, at the stable price. */
function withheld(ledger: Ledger, market: MarketLedger, position: Position): bigint {
  const { stablePrice } = market;
  if (stablePrice === null) return 0n;
  const { size, entryValue } = position;
  const { kind } = market.parameters;
  const mark = markPriceOf(ledger, position.market);
  const profit = valueDown(kind, size, mark) - entryValue;
  if (profit <= 0n) return 0n;
  const stable = stablePrice.value;
  if (!isReckonable(kind, magnitude(size), stable)) return profit;
  const worse = size > 0n ? smaller(mark, stable) : larger(mark, stable);
  return profit - larger(0n, valueDown(kind, size, worse) - entryValue);
}

function uncertainty(ledger: Ledger, market: MarketLedger, { size }: Position): bigint {
  const factor = market.priceGuards?.confidenceFactor ?? null;
  if (factor === null) return 0n;
  const { kind, market: id, index } = market.parameters;
  const notional = notionalUp(kind, size, markPriceOf(ledger, id));
  const confidence = confidenceOf(liveSources(findIndex(ledger, index)!, ledger.time));
  const exact = factor * confidence * notional;
  return smaller(-floorDiv(-exact, ONE * ONE), notional);
}

/** The least confidence that more than half of the weight does not exceed. */
function confidenceOf(sources: readonly Sound[]): bigint {
  const whole = sources.reduce((sum, { weight }) => sum + weight, 0n);
  const stated = sources.map(({ confidence }) => larger(confidence ?? 0n, 0n));
  const holds = (most: bigint): boolean => {
    const within = sources.filter((_, at) => stated[at]! <= most);
    return 2n * within.reduce((sum, { weight }) => sum + weight, 0n) > whole;
  };
  const enough = stated.filter(holds);
  return enough.length === 0 ? 0n : enough.reduce(smaller);
}
