/** The decision on the terms of the waterfall. @module */
import {
  type DurationMs,
  type EngineTimeMs,
  gte,
  isPositive,
  lte,
  type Ratio,
  ratio,
  ZERO_RATIO,
} from '../../units/index.ts';
import { DURATION_MS_MAX, FACTOR_MAX } from '../limits.ts';
import type {
  CommandOf,
  Outcome,
  TrancheParameters,
  WaterfallParameters,
} from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { isOwed, premiumsOf } from '../waterfall.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
  isMoney,
  isPositiveMoney,
  MONEY_EXPECTED,
  POSITIVE_MONEY_EXPECTED,
} from './bounds.ts';
import { accepted, rejected } from './outcome.ts';

/** More would empty the fund into a tranche within days. */
const PREMIUM_RATE_MAX = ratio('10');
const TRANCHES_MAX = 64;
/** Shorter ones would fill the journal with premiums. */
const INTERVAL_MS_MIN = 1_000;
const isInterval = (value: DurationMs): boolean => isDuration(value) && value >= INTERVAL_MS_MIN;
const INTERVAL_EXPECTED = `from ${INTERVAL_MS_MIN} to ${DURATION_MS_MAX}`;
const EXPONENT_MAX = 4;
const isLeverage = (value: Ratio): boolean => gte(value, ZERO_RATIO) && lte(value, FACTOR_MAX);

export function configureWaterfall(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureWaterfall'>,
  time: EngineTimeMs,
): Outcome {
  const { marketCaps, tranches } = parameters;
  const broken = brokenBound(waterfallBounds(parameters));
  if (broken !== null) return broken;
  for (const { market } of marketCaps) {
    if (!state.numbers.markets.has(market)) return rejected('MARKET_UNKNOWN', { market });
  }
  const named = new Set(tranches.map(({ tranche }) => tranche));
  const before = state.waterfall?.tranches ?? [];
  const dropped = before.find(
    ({ tranche, capital }) =>
      !named.has(tranche) && (isPositive(capital) || isOwed(state, tranche)),
  );
  if (dropped !== undefined) return rejected('TRANCHE_IN_USE', { tranche: dropped.tranche });
  // What was earned on the old terms is paid on them.
  return accepted(...premiumsOf(state, before, time), { type: 'WaterfallConfigured', parameters });
}

const isDistinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

function waterfallBounds(waterfall: WaterfallParameters): readonly Bound[] {
  const { marketCaps, tranches, windowCap, adlRiskExponent, adlRiskThreshold } = waterfall;
  const capped = marketCaps.map(({ market }) => market);
  const named = tranches.map(({ tranche }) => tranche);
  return [
    [isMoney(waterfall.bufferMax), 'bufferMax', MONEY_EXPECTED],
    [isFraction(waterfall.bufferShare), 'bufferShare', FRACTION_EXPECTED],
    [isDuration(waterfall.windowMs), 'windowMs', DURATION_EXPECTED],
    [windowCap === null || isMoney(windowCap), 'windowCap', MONEY_EXPECTED],
    [isDistinct(capped), 'marketCaps', 'each market at most once'],
    [marketCaps.every(({ cap }) => isMoney(cap)), 'cap', MONEY_EXPECTED],
    [isInterval(waterfall.premiumIntervalMs), 'premiumIntervalMs', INTERVAL_EXPECTED],
    [adlRiskExponent <= EXPONENT_MAX, 'adlRiskExponent', `at most ${EXPONENT_MAX}`],
    [
      adlRiskThreshold === null || isLeverage(adlRiskThreshold),
      'adlRiskThreshold',
      'from 0 to 1000000',
    ],
    [isDistinct(named), 'tranches', 'each tranche at most once'],
    [named.length <= TRANCHES_MAX, 'tranches', `at most ${TRANCHES_MAX}`],
    ...tranches.flatMap(trancheBounds),
  ];
}

function trancheBounds(tranche: TrancheParameters): readonly Bound[] {
  const { premiumRate } = tranche;
  const fair = gte(premiumRate, ZERO_RATIO) && lte(premiumRate, PREMIUM_RATE_MAX);
  return [
    [isPositiveMoney(tranche.eventMax), 'eventMax', POSITIVE_MONEY_EXPECTED],
    [fair, 'premiumRate', 'from 0 to 10'],
    [isDelay(tranche.noticeMs), 'noticeMs', DELAY_EXPECTED],
    [isDuration(tranche.exitWindowMs), 'exitWindowMs', DURATION_EXPECTED],
  ];
}
