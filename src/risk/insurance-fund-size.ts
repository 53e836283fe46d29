/**
 * How much an insurance fund should hold: as much as is worth its cost. A unit held costs the
 * carry rate, a unit of loss that nothing covers costs more; the fund is large enough where the
 * probability of needing one unit more is the quotient of the two.
 * @module
 */
import {
  assert,
  cmp,
  divideUp,
  fromRaw,
  gte,
  isNegative,
  isPositive,
  isQuantity,
  isZero,
  type Money,
  ONE_RATIO,
  type Ratio,
  rawOf,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { exponentialOf, normalUpperQuantile } from './normal-quantile.ts';

/** What is known of the losses of a period. */
export type LossDistribution =
  | {
      readonly type: 'samples';
      /** Losses seen, each ≥ 0, at least one. */
      readonly losses: readonly Money[];
    }
  | {
      readonly type: 'lognormal';
      /** Mean of the logarithm of a loss in money. */
      readonly logMean: Ratio;
      /** Standard deviation of the logarithm, ≥ 0. */
      readonly logDeviation: Ratio;
    };

export type InsuranceFundSizeInput = {
  readonly distribution: LossDistribution;
  /** r: cost of holding a unit over the period, ≥ 0. */
  readonly carryRate: Ratio;
  /** κ: cost of a unit of loss that is not covered, > 0. */
  readonly uncoveredCost: Ratio;
};

/**
 * The size at which one unit more would cost as much as it saves.
 *
 *     VaR of the losses at level 1 − r/κ;   0 where r ≥ κ
 *     samples    the order statistic ⌈n · (1 − r/κ)⌉, counted from the smallest
 *     lognormal  e^(logMean + logDeviation · z),   z the normal quantile of the level
 *
 * It minimises r · F + κ · E[(L − F)₊]. Null where no amount is enough: the carry is free and the
 * distribution has no largest loss, or the size is beyond the range of a quantity.
 *
 * Units     Ratio, Money → Money, ≥ 0
 * Rounding  Samples: none. Lognormal: up, a reserve is not understated; the exact value's own
 *           ceiling unless that value lies less than 1e-30 units below a whole number of them, and
 *           a unit more then.
 * Asserts   r ≥ 0 · κ > 0 · losses ≥ 0, at least one · logDeviation ≥ 0 · lognormal: r/κ not
 *           within 1e-30 of 0 or 1, unless it is
 * Cost      O(n log n)
 * Source    The newsvendor's critical quantile (Arrow, Harris and Marschak 1951)
 */
export function insuranceFundSize({
  distribution,
  carryRate,
  uncoveredCost,
}: InsuranceFundSizeInput): Money | null {
  assert(!isNegative(carryRate), 'FUND_SIZE', 'expected a carry rate of at least 0');
  assert(isPositive(uncoveredCost), 'FUND_SIZE', 'expected a positive cost of an uncovered loss');
  if (gte(carryRate, uncoveredCost)) return ZERO_MONEY;
  if (distribution.type === 'lognormal') {
    return lognormalQuantile(distribution, carryRate, uncoveredCost);
  }
  const ascending = [...distribution.losses].sort((a, b) => cmp(a, b));
  const [least] = ascending;
  assert(least !== undefined && !isNegative(least), 'FUND_SIZE', 'expected losses of at least 0');
  const covered = rawOf(sub(uncoveredCost, carryRate));
  const rank = divideUp(BigInt(ascending.length) * covered, rawOf(uncoveredCost));
  return ascending[Number(rank) - 1]!;
}

/** Beyond these exponents the result is below one unit, or beyond the range of a quantity. */
const EXPONENT_MIN = -64;
const EXPONENT_MAX = 64;
/** Binary digits after the point of an enclosure. */
const BITS = BigInt(256);

function lognormalQuantile(
  { logMean, logDeviation }: Extract<LossDistribution, { type: 'lognormal' }>,
  carryRate: Ratio,
  uncoveredCost: Ratio,
): Money | null {
  assert(!isNegative(logDeviation), 'FUND_SIZE', 'expected a log deviation of at least 0');
  const one = rawOf(ONE_RATIO);
  const spread = rawOf(logDeviation);
  // A fixed loss has a largest one; a spread one has none, whatever a unit of it costs.
  if (isZero(carryRate) && spread > 0n) return null;
  const z =
    spread === 0n
      ? { low: 0n, high: 0n }
      : normalUpperQuantile(rawOf(carryRate), rawOf(uncoveredCost));
  const shift = rawOf(logMean) << BITS;
  const low = (shift + spread * z.low) / one - 1n;
  const high = (shift + spread * z.high) / one + 1n;
  if (isZero(logMean) && z.low === 0n && z.high === 0n) return fromRaw<Money>(one);
  if (high < BigInt(EXPONENT_MIN) << BITS) return fromRaw<Money>(1n);
  if (low > BigInt(EXPONENT_MAX) << BITS) return null;
  const raw = divideUp(exponentialOf({ low, high }).high * one, 1n << BITS);
  return isQuantity(raw) ? fromRaw<Money>(raw) : null;
}
