/**
 * What a bidder is paid for taking over a portfolio that nobody would buy: the worse of nothing
 * and its value at first, then ever more, until it covers the margin that the portfolio needs.
 * @module
 */
import {
  assert,
  type DurationMs,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  lte,
  type Money,
  min,
  ONE_RATIO,
  type Ratio,
  rawOf,
  ZERO_MONEY,
} from '../units/index.ts';

export type InsolventPayoutInput = {
  /** Value of the portfolio at the marks, signed. */
  readonly markToMarket: Money;
  /** Margin equity less maintenance margin, at most 0 and at most markToMarket. */
  readonly netMaintenanceValue: Money;
  /** Since the insolvent phase started. */
  readonly elapsedMs: DurationMs;
  /** Until the payout is at its largest, > 0. */
  readonly durationMs: DurationMs;
  /** Share of the portfolio that the bidder takes over, in [0, 1]. */
  readonly fraction: Ratio;
};

/**
 * Payout to the bidder in the insolvent phase of an auction.
 *
 *     m₀ = min(MtM, 0)
 *     payout = −p · (m₀ + (M − m₀) · min(t / T, 1))
 *
 * Units     Money, ms, Ratio → Money, in [−p · m₀, −p · M]
 * Rounding  Down, once: whoever bears the loss never pays more than is offered.
 * Asserts   netMaintenanceValue ≤ m₀ · T > 0 · 0 ≤ p ≤ 1
 * Source    Derive v2, DutchAuction.sol
 */
export function insolventPayout({
  markToMarket,
  netMaintenanceValue,
  elapsedMs,
  durationMs,
  fraction,
}: InsolventPayoutInput): Money {
  const start = min(markToMarket, ZERO_MONEY);
  assert(
    lte(netMaintenanceValue, start),
    'INSOLVENT_PAYOUT',
    'expected a net maintenance value of at most 0 and at most the mark to market',
  );
  assert(durationMs > 0, 'INSOLVENT_PAYOUT', 'expected a duration above 0');
  assert(
    !isNegative(fraction) && lte(fraction, ONE_RATIO),
    'INSOLVENT_PAYOUT',
    'expected a fraction in [0, 1]',
  );
  const whole = BigInt(durationMs);
  const elapsed = elapsedMs < durationMs ? BigInt(elapsedMs) : whole;
  const fallen = rawOf(start) * (whole - elapsed) + rawOf(netMaintenanceValue) * elapsed;
  return fromRaw<Money>(divideDown(-fallen * rawOf(fraction), whole * EXACT_PER_RAW));
}
