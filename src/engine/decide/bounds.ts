/** Bounds of parameters, and the refusal of one that lies outside. @module */
import {
  type DurationMs,
  gte,
  isNegative,
  isPositive,
  lt,
  lte,
  type Money,
  ONE_RATIO,
  type Ratio,
  ratio,
  ZERO_RATIO,
} from '../../units/index.ts';
import { DURATION_MS_MAX, FACTOR_MAX, isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type { Outcome } from '../schema/index.ts';
import { rejected } from './outcome.ts';

/** A named condition that a parameter must satisfy. */
export type Bound = readonly [holds: boolean, parameter: string, expected: string];

export function brokenBound(bounds: readonly Bound[]): Outcome | null {
  const broken = bounds.find(([holds]) => !holds);
  if (broken === undefined) return null;
  return rejected('INVALID_PARAMETER', { parameter: broken[1], expected: broken[2] });
}

export const isFraction = (value: Ratio): boolean =>
  gte(value, ZERO_RATIO) && lte(value, ONE_RATIO);
export const FRACTION_EXPECTED = 'from 0 to 1';
export const isDuration = (value: DurationMs): boolean => value > 0 && value <= DURATION_MS_MAX;
export const DURATION_EXPECTED = `above 0, up to ${DURATION_MS_MAX}`;
export const isDelay = (value: DurationMs): boolean => value >= 0 && value <= DURATION_MS_MAX;
export const DELAY_EXPECTED = `from 0 to ${DURATION_MS_MAX}`;
export const isMoney = (value: Money): boolean => !isNegative(value) && isModerate(value);
export const MONEY_EXPECTED = `from 0 to ${MONEY_MAX_TEXT}`;
export const isPositiveMoney = (value: Money): boolean => isPositive(value) && isModerate(value);
export const POSITIVE_MONEY_EXPECTED = `above 0, up to ${MONEY_MAX_TEXT}`;
export const isWeighted = ({ weight }: { readonly weight: Ratio }): boolean =>
  isPositive(weight) && lte(weight, FACTOR_MAX);
export const WEIGHTS_EXPECTED = 'weights above 0, up to 1000000';
export const isOpenFraction = (value: Ratio): boolean => isPositive(value) && lt(value, ONE_RATIO);

/** Beyond these a coefficient, a volatility or a volume is written in the wrong unit. */
export const MODEL_MAX_TEXT = '1000';
export const MODEL_MAX = ratio(MODEL_MAX_TEXT);
const VOLATILITY_MIN_TEXT = '0.000001';
const VOLATILITY_MIN = ratio(VOLATILITY_MIN_TEXT);
export const isVolatility = (value: Ratio): boolean =>
  gte(value, VOLATILITY_MIN) && lte(value, MODEL_MAX);
export const VOLATILITY_EXPECTED = `from ${VOLATILITY_MIN_TEXT} to ${MODEL_MAX_TEXT}`;
