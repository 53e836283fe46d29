/**
 * What is wrong with a price, and what may still be done by it. Liquidating tolerates more than
 * opening risk, reducing tolerates more than liquidating, and nothing tolerates a price of zero.
 * @module
 */
import {
  abs,
  assert,
  cmpScaled,
  type DurationMs,
  gt,
  isPositive,
  type Price,
  type Ratio,
  sub,
} from '../units/index.ts';

/**
 * What can be wrong with a price, worst first.
 *
 * Units     None: words.
 * Rounding  None.
 */
export const PRICE_FAULTS = [
  'non-positive',
  'too-volatile',
  'too-uncertain',
  'stale-for-margin',
  'stale-for-trading',
] as const;

export type PriceFault = (typeof PRICE_FAULTS)[number];

export type PriceValidity = PriceFault | 'valid';

/** What prices are used for, the most tolerant first. */
export type PriceUse = 'reduceRisk' | 'liquidate' | 'increaseRisk' | 'withdraw';

/** What may still be done by a price that has a fault. */
const TOLERATED: { readonly [F in PriceFault]: readonly PriceUse[] } = {
  'non-positive': [],
  'too-volatile': ['reduceRisk', 'liquidate'],
  'too-uncertain': ['reduceRisk', 'liquidate'],
  'stale-for-margin': ['reduceRisk'],
  'stale-for-trading': ['reduceRisk', 'liquidate'],
};

export type StalenessFault = Extract<PriceFault, 'stale-for-margin' | 'stale-for-trading'>;

export type PriceStalenessInput = {
  readonly ageMs: DurationMs;
  /** Oldest price that margin may rest on. */
  readonly stalenessMsMax: DurationMs;
  /** Oldest price that risk may be opened on; null: as for margin. */
  readonly tradingStalenessMsMax?: DurationMs | null;
};

/**
 * How stale a price is; null where it is fresh.
 *
 * Units     ms are only compared; at its limit a price is still fresh.
 * Rounding  None.
 * Source    Plimsoll
 */
export function priceStaleness(input: PriceStalenessInput): StalenessFault | null {
  const { ageMs, stalenessMsMax, tradingStalenessMsMax = null } = input;
  if (ageMs > stalenessMsMax) return 'stale-for-margin';
  if (tradingStalenessMsMax === null || ageMs <= tradingStalenessMsMax) return null;
  return 'stale-for-trading';
}

export type PriceValidityInput = {
  /** Null: there never was one. */
  readonly price: Price | null;
  /** Slow average that the price is compared with; null: none. */
  readonly stablePrice?: Price | null;
  /** Largest distance from it, as a fraction of it; null: any. */
  readonly deviationMax?: Ratio | null;
  /** Half-width of its confidence interval per unit of price; null where unstated. */
  readonly confidence?: Ratio | null;
  /** Widest confidence interval; null: any. */
  readonly confidenceMax?: Ratio | null;
  readonly staleness?: StalenessFault | null;
  /** Faults that were found before and still stand: the alarms of breakers. */
  readonly standing?: readonly PriceFault[];
};

export type PriceVerdict = {
  /** The worst fault, or `valid`. */
  readonly validity: PriceValidity;
  /** All of them, worst first. */
  readonly faults: readonly PriceFault[];
  readonly allows: { readonly [U in PriceUse]: boolean };
};

/**
 * Validity of a price: its worst fault, and what may be done by it.
 *
 *     non-positive       price ≤ 0, or none
 *     too-volatile       |price / stablePrice − 1| > deviationMax
 *     too-uncertain      confidence > confidenceMax
 *     stale-for-margin   } as given
 *     stale-for-trading  }
 *
 *                        reduce risk   liquidate   increase risk   withdraw
 *     non-positive            –            –             –             –
 *     too-volatile           yes          yes            –             –
 *     too-uncertain          yes          yes            –             –
 *     stale-for-margin       yes           –             –             –
 *     stale-for-trading      yes          yes            –             –
 *     valid                  yes          yes           yes           yes
 *
 * A use is allowed where every fault tolerates it, not the worst alone: a price that is volatile
 * and stale at once liquidates nobody.
 *
 * Units     Price and Ratio are only compared.
 * Rounding  None: the quotient is multiplied out. At its limit a price is valid.
 * Asserts   stablePrice > 0
 * Source    Plimsoll, after the ordered validities of Drift
 */
export function priceValidity(input: PriceValidityInput): PriceVerdict {
  const { standing = [], staleness = null } = input;
  const found: Readonly<Record<PriceFault, boolean>> = {
    'non-positive': input.price === null || !isPositive(input.price),
    'too-volatile': isTooVolatile(input),
    'too-uncertain': isTooUncertain(input),
    'stale-for-margin': staleness === 'stale-for-margin',
    'stale-for-trading': staleness === 'stale-for-trading',
  };
  const faults = PRICE_FAULTS.filter((fault) => found[fault] || standing.includes(fault));
  const allowed = (use: PriceUse): boolean =>
    faults.every((fault) => TOLERATED[fault].includes(use));
  return {
    validity: faults[0] ?? 'valid',
    faults,
    allows: {
      reduceRisk: allowed('reduceRisk'),
      liquidate: allowed('liquidate'),
      increaseRisk: allowed('increaseRisk'),
      withdraw: allowed('withdraw'),
    },
  };
}

function isTooVolatile({
  price,
  stablePrice = null,
  deviationMax = null,
}: PriceValidityInput): boolean {
  if (price === null || stablePrice === null || deviationMax === null) return false;
  assert(isPositive(stablePrice), 'STABLE_PRICE', 'expected a stable price above 0');
  return cmpScaled(abs(sub(price, stablePrice)), stablePrice, deviationMax) > 0;
}

const isTooUncertain = ({ confidence = null, confidenceMax = null }: PriceValidityInput): boolean =>
  confidence !== null && confidenceMax !== null && gt(confidence, confidenceMax);
