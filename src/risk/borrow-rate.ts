/**
 * The price of borrowing: a rate that rises with how much of a lending pool is lent out, gently
 * up to a kink and steeply beyond it, so that some cash is left for those who withdraw.
 * @module
 */
import {
  type Amount,
  assert,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  lt,
  lte,
  ONE_RATIO,
  type Ratio,
  rawOf,
  type Shares,
} from '../units/index.ts';

/** Rates per year, as fractions. */
export type RateCurve = {
  /** At utilization 0, ≥ 0. */
  readonly rateAtZero: Ratio;
  /** At the kink, ≥ rateAtZero. */
  readonly rateAtKink: Ratio;
  /** At utilization 1, ≥ rateAtKink. */
  readonly rateAtFull: Ratio;
  /** In (0, 1). */
  readonly kinkUtilization: Ratio;
};

export type UtilizationInput = {
  /** What the pool holds, ≥ 0. */
  readonly cash: Amount;
  /** All debts, ≥ 0. */
  readonly debtShares: Shares;
  /** Worth of a debt share, > 0. */
  readonly debtIndex: Ratio;
};

/**
 * Share of a lending pool that is lent out.
 *
 *     utilization = debt / (cash + debt),  debt = debtShares · debtIndex;  0 without a debt
 *
 * The reserve counts as cash: it is lent like the rest.
 *
 * Units     Amount, Shares × Ratio → Ratio, in [0, 1]
 * Rounding  Up, once, on the exact debt: a rate is never too low.
 * Asserts   cash, debtShares ≥ 0 · debtIndex > 0
 * Source    Compound v2 and Aave v2, utilization
 */
export function utilization({ cash, debtShares, debtIndex }: UtilizationInput): Ratio {
  assert(
    !isNegative(cash) && !isNegative(debtShares) && isPositive(debtIndex),
    'UTILIZATION',
    'expected cash and debt of at least 0 and a positive index',
  );
  const debt = rawOf(debtShares) * rawOf(debtIndex);
  if (debt === 0n) return fromRaw<Ratio>(0n);
  const whole = rawOf(cash) * EXACT_PER_RAW + debt;
  return fromRaw<Ratio>(divideUp(debt * EXACT_PER_RAW, whole));
}

/**
 * Borrow rate per year at a utilization.
 *
 *     U ≤ kink   rateAtZero + (rateAtKink − rateAtZero) · U / kink
 *     U > kink   rateAtKink + (rateAtFull − rateAtKink) · (U − kink) / (1 − kink)
 *
 * Units     Ratio → Ratio per year, ≥ 0
 * Rounding  Up, once: the claim of the depositors is never understated. Exact at 0, kink and 1.
 * Asserts   0 ≤ utilization ≤ 1 · 0 < kink < 1 · 0 ≤ rateAtZero ≤ rateAtKink ≤ rateAtFull
 * Source    Compound v2, jump rate model; Aave v2, interest rate strategy
 */
export function borrowRate({
  curve,
  utilization: used,
}: {
  readonly curve: RateCurve;
  readonly utilization: Ratio;
}): Ratio {
  const { rateAtZero, rateAtKink, rateAtFull, kinkUtilization } = curve;
  assert(
    !isNegative(used) && lte(used, ONE_RATIO),
    'BORROW_RATE',
    'expected a utilization in [0, 1]',
  );
  assert(
    isPositive(kinkUtilization) && lt(kinkUtilization, ONE_RATIO),
    'BORROW_RATE',
    'expected a kink in (0, 1)',
  );
  assert(
    !isNegative(rateAtZero) && lte(rateAtZero, rateAtKink) && lte(rateAtKink, rateAtFull),
    'BORROW_RATE',
    'expected rates of at least 0 that do not fall',
  );
  const kink = rawOf(kinkUtilization);
  const [low, high] = lte(used, kinkUtilization)
    ? [rateAtZero, rateAtKink]
    : [rateAtKink, rateAtFull];
  const [from, width] = lte(used, kinkUtilization) ? [0n, kink] : [kink, EXACT_PER_RAW - kink];
  const rise = (rawOf(high) - rawOf(low)) * (rawOf(used) - from);
  return fromRaw<Ratio>(rawOf(low) + divideUp(rise, width));
}
