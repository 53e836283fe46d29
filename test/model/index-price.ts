/**
 * From what the sources of an index say to its price. See docs/spec/engine.md, section "Prices".
 * @module
 */
import { floorDiv, magnitude, ONE, smaller } from './integers.ts';
import type { IndexLedger } from './ledger.ts';
import { isModerate } from './limits.ts';

type Weighted = { readonly price: bigint; readonly weight: bigint };
/** A source whose report counts by itself. */
export type Sound = Weighted & { readonly source: string; readonly confidence: bigint | null };

/** Sources whose report counts, before they are compared with each other. */
export function soundSources({ parameters, reports }: IndexLedger, time: number): Sound[] {
  const { stalenessMsMax, confidenceMax } = parameters;
  return parameters.sources.flatMap(({ source, weight }) => {
    const report = reports.find((entry) => entry.source === source)?.report;
    if (report === undefined || report.price <= 0n || !isModerate(report.price)) return [];
    if (report.timeMs > time || time - report.timeMs > stalenessMsMax) return [];
    const { confidence, price } = report;
    if (confidence !== null && confidenceMax !== null && confidence > confidenceMax) return [];
    return [{ source, price, weight, confidence }];
  });
}

/** Those that also agree with the others. */
export function liveSources(index: IndexLedger, time: number): Sound[] {
  const { sourceBand } = index.parameters;
  const sound = soundSources(index, time);
  return sound.filter((candidate) => {
    if (sourceBand === null) return true;
    const middle = middlePrices(sound.filter((other) => other !== candidate));
    if (middle === null) return true;
    // |price − m| ≤ band · m with m = (lower + upper) / 2, multiplied out.
    const twice = middle.lower + middle.upper;
    return magnitude(2n * candidate.price - twice) * ONE <= twice * sourceBand;
  });
}

export function judgedIndex(
  index: IndexLedger,
  time: number,
): { readonly price: bigint | null; readonly sourcesLive: number } {
  const live = liveSources(index, time);
  const { sourcesMin } = index.parameters;
  const price = live.length < sourcesMin ? null : weightedMedian(live);
  return { price, sourcesLive: live.length };
}

/** The prices at which the cumulative weight first reaches, and first exceeds, half. */
function middlePrices(
  values: readonly Weighted[],
): { readonly lower: bigint; readonly upper: bigint } | null {
  const whole = values.reduce((sum, { weight }) => sum + weight, 0n);
  const upTo = (price: bigint): bigint =>
    values.reduce((sum, entry) => (entry.price <= price ? sum + entry.weight : sum), 0n);
  const reaching = values.filter(({ price }) => 2n * upTo(price) >= whole);
  const exceeding = values.filter(({ price }) => 2n * upTo(price) > whole);
  if (exceeding.length === 0) return null;
  const least = (list: readonly Weighted[]): bigint =>
    list.map(({ price }) => price).reduce(smaller);
  return { lower: least(reaching), upper: least(exceeding) };
}

export function weightedMedian(values: readonly Weighted[]): bigint | null {
  const middle = middlePrices(values);
  return middle === null ? null : floorDiv(middle.lower + middle.upper, 2n);
}
