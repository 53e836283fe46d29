/**
 * Which rung of the ladder a liquidation tries first: what each is expected to cost, and the
 * order in which trying them one after the other costs least.
 * @module
 */
import {
  assert,
  type DurationMs,
  divideUp,
  EXACT_PER_RAW,
  integerSqrtUp,
  isNegative,
  lte,
  type Money,
  mulUp,
  nearestQuantity,
  ONE_RATIO,
  type Ratio,
  rawOf,
} from '../units/index.ts';

export type Rung = {
  /** Close-out method, or the name of an outside venue; each once. */
  readonly method: string;
  /** By how much the expected price is worse than the mark, per unit of notional, in [0, 1]. */
  readonly concessionFraction: Ratio;
  /** Expected cost of moving the market, ≥ 0. */
  readonly impactCost: Money;
  /** In [0, 1]. */
  readonly feeFraction: Ratio;
  /** Time until it has filled or failed. */
  readonly delayMs: DurationMs;
  /** That it does not fill, in [0, 1]. */
  readonly failureProbability: Ratio;
};

export type RouteCostInput = {
  /** What is to be closed, ≥ 0. */
  readonly notional: Money;
  /** σ over a day, as a fraction of the price, ≥ 0. */
  readonly dailyVolatility: Ratio;
  /** What one deviation of the price counts for while waiting, ≥ 0. */
  readonly urgency: Ratio;
  /** What it costs when every rung has failed, ≥ 0. */
  readonly fallbackCost: Money;
  /** In the order that breaks ties. */
  readonly rungs: readonly Rung[];
};

export type RungCost = {
  readonly method: string;
  readonly concession: Money;
  readonly impactCost: Money;
  readonly fee: Money;
  /** What waiting for it is charged. */
  readonly delayCost: Money;
  /** Of trying it, and the fallback where it fails. */
  readonly expectedCost: Money;
  /** What a fill by it costs, with what the failed tries before it cost; null if it never fills. */
  readonly costPerFill: Money | null;
};

export type RouteCost = {
  /** In the order given. */
  readonly rungs: readonly RungCost[];
  /** The methods that are worth trying before the fallback, best first. */
  readonly ladder: readonly string[];
  /** Of the ladder, with the fallback at its end. */
  readonly expectedCost: Money;
  /** Mean time spent on the ladder. */
  readonly expectedDelayMs: number;
};

const DAY_MS = BigInt(24 * 60 * 60 * 1000);

/** A rung in plain integers: `tried` in units of 1e-36, probabilities in units of 1e-18. */
type Try = {
  readonly rung: Rung;
  /** (1 − p) · (concession + impact + fee) + delay cost. */
  readonly tried: bigint;
  /** p. */
  readonly fails: bigint;
  /** 1 − p. */
  readonly fills: bigint;
};

/**
 * Expected cost of each rung, and the ladder.
 *
 *     concession   = notional · concessionFraction          fee = notional · feeFraction
 *     delayCost    = urgency · σ · √(delay / day) · notional
 *     tried        = (1 − p) · (concession + impactCost + fee) + delayCost
 *     expectedCost = tried + p · fallbackCost
 *     costPerFill  = tried / (1 − p)
 *
 * Rungs are tried by rising cost per fill, those only where it is below the fallback's cost. With
 * failures independent of each other no other order and no other choice is expected to cost less:
 * swapping two neighbours changes the cost by tried_i + p_i · tried_j − tried_j − p_j · tried_i,
 * whose sign is that of the difference of the two costs per fill.
 *
 * Units     Money × Ratio → Money, ms
 * Rounding  The root up, then costs up, each once: none is understated. The order compares exact
 *           quotients of them, ties by the order given. A cost beyond the range of a quantity is
 *           the largest quantity. The mean delay up, to a millisecond, at most the largest safe
 *           integer.
 * Asserts   notional, σ, urgency, fallbackCost, impactCost ≥ 0 · fractions and p in [0, 1]
 * Source    Plimsoll; delay as the deviation of a random walk (Almgren and Chriss 2000)
 */
export function routeCost(input: RouteCostInput): RouteCost {
  const { notional, dailyVolatility, urgency, fallbackCost } = input;
  assert(
    ![notional, dailyVolatility, urgency, fallbackCost].some(isNegative),
    'ROUTE_COST',
    'expected a notional, a volatility, an urgency and a fallback cost of at least 0',
  );
  const costs = input.rungs.map((rung) => rungCost(input, rung));
  const worthTrying = costs
    .map(({ attempt }) => attempt)
    .filter(({ tried, fills }) => tried < rawOf(fallbackCost) * fills);
  const ladder = worthTrying.toSorted((a, b) => {
    const [left, right] = [a.tried * b.fills, b.tried * a.fills];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  return {
    rungs: costs.map(({ cost }) => cost),
    ladder: ladder.map(({ rung }) => rung.method),
    ...expectedOfLadder(ladder, rawOf(fallbackCost)),
  };
}

function rungCost(
  { notional, dailyVolatility, urgency, fallbackCost }: RouteCostInput,
  rung: Rung,
): { readonly cost: RungCost; readonly attempt: Try } {
  const fractions = [rung.concessionFraction, rung.feeFraction, rung.failureProbability];
  assert(
    fractions.every((fraction) => !isNegative(fraction) && lte(fraction, ONE_RATIO)),
    'ROUTE_COST',
    'expected fractions and a probability in [0, 1]',
  );
  assert(!isNegative(rung.impactCost), 'ROUTE_COST', 'expected an impact cost of at least 0');
  const concession = mulUp(notional, rung.concessionFraction);
  const fee = mulUp(notional, rung.feeFraction);
  const one = EXACT_PER_RAW;
  const rootOfDays = integerSqrtUp(divideUp(BigInt(rung.delayMs) * one * one, DAY_MS));
  const deviation = rawOf(urgency) * rawOf(dailyVolatility) * rootOfDays;
  const delayCost = nearestQuantity<Money>(divideUp(rawOf(notional) * deviation, one * one * one));
  const fails = rawOf(rung.failureProbability);
  const filled = rawOf(concession) + rawOf(rung.impactCost) + rawOf(fee);
  const tried = (one - fails) * filled + one * rawOf(delayCost);
  const fills = one - fails;
  return {
    cost: {
      method: rung.method,
      concession,
      impactCost: rung.impactCost,
      fee,
      delayCost,
      expectedCost: nearestQuantity<Money>(divideUp(tried + fails * rawOf(fallbackCost), one)),
      costPerFill: fills === 0n ? null : nearestQuantity<Money>(divideUp(tried, fills)),
    },
    attempt: { rung, tried, fails, fills },
  };
}

/** Σ over the ladder of the probability to reach a rung times what is spent on it, exactly. */
function expectedOfLadder(
  ladder: readonly Try[],
  fallback: bigint,
): Pick<RouteCost, 'expectedCost' | 'expectedDelayMs'> {
  const one = EXACT_PER_RAW;
  // From the end: the cost from a rung on is what trying it costs, and p of the cost thereafter.
  let cost = fallback;
  let delay = 0n;
  let scale = 1n;
  for (const { rung, tried, fails } of ladder.toReversed()) {
    cost = tried * scale + fails * cost;
    delay = BigInt(rung.delayMs) * scale * one + fails * delay;
    scale *= one;
  }
  return {
    expectedCost: nearestQuantity<Money>(divideUp(cost, scale)),
    expectedDelayMs: Math.min(Number(divideUp(delay, scale)), Number.MAX_SAFE_INTEGER),
  };
}
