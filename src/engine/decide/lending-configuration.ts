/** Decision on the terms at which an asset is lent. @module */

import type { EngineTimeMs } from '../../units/index.ts';
import {
  eq,
  gt,
  gte,
  isNegative,
  isPositive,
  lte,
  ONE_RATIO,
  type Ratio,
  ratio,
  sub,
} from '../../units/index.ts';
import { interestUntil } from '../interest.ts';
import { deskOf } from '../lending.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type { CommandOf, LendingParameters, Outcome } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDuration,
  isFraction,
  isOpenFraction,
} from './bounds.ts';
import { accepted, rejected } from './outcome.ts';

/** A thousand per cent: beyond it a rate or a weight is written in the wrong unit. */
const FACTOR_MAX_TEXT = '10';
const FACTOR_MAX: Ratio = ratio(FACTOR_MAX_TEXT);

export function configureLending(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureLending'>,
  time: EngineTimeMs,
): Outcome {
  const { asset } = parameters;
  const isSettlement = asset === poolParameters(state).settlementAsset;
  if (!isSettlement && !state.numbers.assets.has(asset)) {
    return rejected('ASSET_UNKNOWN', { asset });
  }
  const broken = brokenBound([
    ...rateBounds(parameters),
    ...liquidationBounds(parameters),
    ...weightBounds(state, parameters),
  ]);
  if (broken !== null) return broken;
  const configured = { type: 'LendingConfigured', parameters } as const;
  const desk = deskOf(state, asset)?.desk;
  const accrued = desk === undefined ? null : interestUntil(desk, time);
  return accrued === null ? accepted(configured) : accepted(accrued, configured);
}

function rateBounds(lending: LendingParameters): readonly Bound[] {
  const { rateAtZero, rateAtKink, rateAtFull, borrowMax, debtMin } = lending;
  return [
    [!isNegative(rateAtZero), 'rateAtZero', 'at least 0'],
    [gte(rateAtKink, rateAtZero), 'rateAtKink', 'at least rateAtZero'],
    [gte(rateAtFull, rateAtKink), 'rateAtFull', 'at least rateAtKink'],
    [lte(rateAtFull, FACTOR_MAX), 'rateAtFull', `at most ${FACTOR_MAX_TEXT}`],
    [isOpenFraction(lending.kinkUtilization), 'kinkUtilization', 'above 0 and below 1'],
    [isFraction(lending.reserveShare), 'reserveShare', FRACTION_EXPECTED],
    [isDuration(lending.accrualIntervalMs), 'accrualIntervalMs', DURATION_EXPECTED],
    [borrowMax === null || !isNegative(borrowMax), 'borrowMax', 'at least 0'],
    [!isNegative(debtMin) && isModerate(debtMin), 'debtMin', `from 0 to ${MONEY_MAX_TEXT}`],
  ];
}

function liquidationBounds(lending: LendingParameters): readonly Bound[] {
  const { closeFactor, closeFactorHealth, liquidationBonus } = lending;
  return [
    [isPositive(closeFactor) && lte(closeFactor, ONE_RATIO), 'closeFactor', 'above 0, up to 1'],
    [isFraction(closeFactorHealth), 'closeFactorHealth', FRACTION_EXPECTED],
    [isFraction(liquidationBonus), 'liquidationBonus', FRACTION_EXPECTED],
  ];
}

function weightBounds(state: PoolView, lending: LendingParameters): readonly Bound[] {
  const { asset, loanToValue, liabilityWeight, liabilityWeightInitial } = lending;
  const number = state.numbers.assets.get(asset);
  const highest =
    number === undefined
      ? ONE_RATIO
      : sub(ONE_RATIO, state.assets[number]!.parameters.collateralHaircut);
  return [
    [!isNegative(loanToValue), 'loanToValue', 'at least 0'],
    [
      number === undefined ? eq(loanToValue, ONE_RATIO) : !gt(loanToValue, highest),
      'loanToValue',
      number === undefined ? '1 for the settlement asset' : 'at most 1 - collateralHaircut',
    ],
    [gte(liabilityWeight, ONE_RATIO), 'liabilityWeight', 'at least 1'],
    [
      gte(liabilityWeightInitial, liabilityWeight),
      'liabilityWeightInitial',
      'at least liabilityWeight',
    ],
    [
      lte(liabilityWeightInitial, FACTOR_MAX),
      'liabilityWeightInitial',
      `at most ${FACTOR_MAX_TEXT}`,
    ],
    // Debts in it that nothing pays any more are assumed by the house: there must be one.
    [
      number === undefined || poolParameters(state).collateralBuyer !== null,
      'asset',
      'the settlement asset, or a pool with a collateralBuyer',
    ],
  ];
}

/** A house is needed as long as any asset but the settlement asset is lent. */
export const houseBound = (state: PoolView, collateralBuyer: string | null): Bound => [
  collateralBuyer !== null || state.desks.every(({ asset }) => asset === null),
  'collateralBuyer',
  'set while other assets than the settlement asset are lent',
];
