/**
 * Quantities of the input: decimal strings with a unit and bounds, and whole numbers of
 * milliseconds or things. JSON numbers are refused for quantities: they are binary fractions,
 * and 0.1 would already be another number than the one that was written.
 *
 * Every dimension has a largest magnitude. It lies far above any market and far enough below
 * the range of the fixed-point scale that sums over the longest list accepted stay in range:
 * what passes here cannot trip an assertion of the formulas.
 * @module
 */
import {
  type Amount,
  type DurationMs,
  durationMs,
  type EngineTimeMs,
  engineTimeMs,
  type FundingIndex,
  fromRaw,
  type Money,
  type Price,
  parseDecimal,
  type Ratio,
  ratio as ratioOf,
  rawOf,
  type Shares,
  type Size,
  type Wad,
} from 'plimsoll/units';
import { found } from './found.ts';
import { accepted, mismatch, type Reading, refused, type Shape, scalar } from './shape.ts';

/** Bounds as decimal strings; without any, either sign up to the dimension's magnitude. */
type Bounds = {
  readonly above?: string;
  readonly atLeast?: string;
  readonly below?: string;
  readonly atMost?: string;
};

/** The raw integer of a bound that is declared here; never of input. */
const rawOfBound = (text: string): bigint => rawOf(ratioOf(text));

const MONEY_MAX = '10000000000000000';
const PRICE_MAX = '1000000000000000';
const SIZE_MAX = '1000000000000000000';
const RATIO_MAX = '1000000';

/** Beyond every dimension's magnitude. */
const HIGHEST = '100000000000000000000';
const LOWEST = `-${HIGHEST}`;

const moneyMax = rawOfBound(MONEY_MAX);

/** True when a raw amount of money, exact or computed, may stand in a formula. */
export const isMoneyInRange = (raw: bigint): boolean => raw <= moneyMax && raw >= -moneyMax;

const amountMax = rawOfBound(SIZE_MAX);

/** True when a raw amount of an asset that was computed may stand in an output. */
export const isAmountInRange = (raw: bigint): boolean => raw <= amountMax && raw >= -amountMax;

/** Completes "expected …" for what `isAmountInRange` refuses. */
export const AMOUNT_IN_RANGE = `at most ${SIZE_MAX} units`;

/** Completes "expected …" for what `isMoneyInRange` refuses. */
export const MONEY_IN_RANGE = `a magnitude of at most ${MONEY_MAX}`;

function boundsText({ above, atLeast, below, atMost }: Bounds): string {
  const low = above !== undefined ? `above ${above}` : atLeast !== undefined ? `≥ ${atLeast}` : '';
  const high = below !== undefined ? `below ${below}` : atMost !== undefined ? `≤ ${atMost}` : '';
  return [low, high].filter((text) => text !== '').join(' and ');
}

/** True for a raw integer within the bounds; what is not bounded has no end. */
function withinBounds({ above, atLeast, below, atMost }: Bounds): (raw: bigint) => boolean {
  const floor = above !== undefined ? rawOfBound(above) + 1n : rawOfBound(atLeast ?? LOWEST);
  const ceiling = below !== undefined ? rawOfBound(below) - 1n : rawOfBound(atMost ?? HIGHEST);
  return (raw) => raw >= floor && raw <= ceiling;
}

function dimension<U extends Wad>(unit: string, noun: string, magnitudeMax: string) {
  const largest = rawOfBound(magnitudeMax);
  return (meaning: string, bounds: Bounds = {}): Shape<U> => {
    const limits = boundsText(bounds);
    const isWithin = withinBounds(bounds);
    const expected = `${noun}${limits === '' ? '' : ` ${limits}`} as a decimal string`;
    const read = (value: unknown, path: string): Reading<U> => {
      if (typeof value === 'number') {
        return refused(
          path,
          `expected ${expected}, was ${found(value)}; write it in quotes: "${value}"`,
        );
      }
      if (typeof value !== 'string') return mismatch({ expected }, value, path);
      const parsed = parseDecimal(value);
      if (!parsed.ok) return refused(path, `${parsed.reason}; expected ${expected}`);
      if (parsed.value > largest || parsed.value < -largest) {
        const text = `${noun} of magnitude ≤ ${magnitudeMax} as a decimal string`;
        return mismatch({ expected: text }, value, path);
      }
      if (!isWithin(parsed.value)) return mismatch({ expected }, value, path);
      return accepted(fromRaw<U>(parsed.value));
    };
    const shown = limits === '' ? unit : `${unit} ${limits}`;
    return { unit: shown, expected, meaning, required: true, fields: [], read };
  };
}

export const money = dimension<Money>('money', 'money', MONEY_MAX);
export const price = dimension<Price>('price', 'a price', PRICE_MAX);
export const size = dimension<Size>('size', 'a size', SIZE_MAX);
export const amount = dimension<Amount>('amount', 'an amount', SIZE_MAX);
export const shares = dimension<Shares>('shares', 'shares', SIZE_MAX);
export const ratio = dimension<Ratio>('ratio', 'a ratio', RATIO_MAX);
/** A rank score has no natural size; it is only compared. */
export const score = dimension<Ratio>('ratio', 'a score', SIZE_MAX);
export const fundingIndex = dimension<FundingIndex>('funding index', 'an index', PRICE_MAX);

/** A whole number, as a JSON number or as its decimal string. */
function wholeNumber(value: unknown): number | null {
  const isText = typeof value === 'string' && /^(0|[1-9][0-9]{0,15})$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Milliseconds since the Unix epoch. */
export const timeMs = (meaning: string): Shape<EngineTimeMs> =>
  scalar({
    unit: 'ms',
    expected: 'whole milliseconds since the epoch, at least 0',
    meaning,
    parse: (value) => {
      const number = wholeNumber(value);
      return number === null ? null : engineTimeMs(number);
    },
  });

/** A length of time in milliseconds. */
export const duration = (
  meaning: string,
  { atLeast = 0 }: { readonly atLeast?: number } = {},
): Shape<DurationMs> =>
  scalar({
    unit: 'ms',
    expected: `whole milliseconds, at least ${atLeast}`,
    meaning,
    parse: (value) => {
      const number = wholeNumber(value);
      return number === null || number < atLeast ? null : durationMs(number);
    },
  });

export const count = (
  meaning: string,
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
): Shape<number> =>
  scalar({
    unit: 'count',
    expected: `a whole number from ${atLeast} to ${atMost}`,
    meaning,
    parse: (value) => {
      const number = wholeNumber(value);
      return number === null || number < atLeast || number > atMost ? null : number;
    },
  });
