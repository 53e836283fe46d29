/** Decisions on the terms of direct liquidation, and on what finders are paid. @module */
import { gte, isNegative, lt, lte, type Money, ONE_RATIO, type Ratio } from '../../units/index.ts';
import { FACTOR_MAX, isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type { CommandOf, DirectParameters, FinderParameters, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
} from './bounds.ts';
import { accepted, rejected } from './outcome.ts';

/** More than that are not permitted one by one: the way is then open to all. */
const LIQUIDATORS_MAX = 256;

const isMoney = (value: Money): boolean => !isNegative(value) && isModerate(value);
const MONEY_EXPECTED = `from 0 to ${MONEY_MAX_TEXT}`;
const isBelowOne = (value: Ratio): boolean => !isNegative(value) && lt(value, ONE_RATIO);
const BELOW_ONE_EXPECTED = 'from 0, below 1';
const isFactor = (value: Ratio): boolean => !isNegative(value) && lte(value, FACTOR_MAX);
const FACTOR_EXPECTED = 'from 0 to 1000000';

export function configureDirect(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureDirect'>,
): Outcome {
  const broken = brokenBound([...accessBounds(parameters), ...termBounds(parameters)]);
  if (broken !== null) return broken;
  const unknown = parameters.liquidators.find((id) => !state.numbers.accounts.has(id));
  if (unknown !== undefined) return rejected('ACCOUNT_UNKNOWN', { account: unknown });
  return accepted({ type: 'DirectConfigured', parameters });
}

function accessBounds({ access, liquidators }: DirectParameters): readonly Bound[] {
  const named = liquidators.length;
  return [
    [named <= LIQUIDATORS_MAX, 'liquidators', `at most ${LIQUIDATORS_MAX}`],
    [new Set(liquidators).size === named, 'liquidators', 'each once'],
    [(access === 'permissioned') === named > 0, 'liquidators', 'some if permissioned, else none'],
  ];
}

function termBounds(direct: DirectParameters): readonly Bound[] {
  const { minBonus, maxBonus, healthForMaxBonus, priorityAccountShare: share } = direct;
  return [
    [isBelowOne(minBonus), 'minBonus', BELOW_ONE_EXPECTED],
    [isBelowOne(maxBonus), 'maxBonus', BELOW_ONE_EXPECTED],
    [gte(maxBonus, minBonus), 'maxBonus', 'at least minBonus'],
    [isBelowOne(healthForMaxBonus), 'healthForMaxBonus', BELOW_ONE_EXPECTED],
    [isDelay(direct.coolOffMs), 'coolOffMs', DELAY_EXPECTED],
    [isMoney(direct.takeNotionalMin), 'takeNotionalMin', MONEY_EXPECTED],
    [isDelay(direct.priorityWindowMs), 'priorityWindowMs', DELAY_EXPECTED],
    [isDelay(direct.priorityExclusiveMs), 'priorityExclusiveMs', DELAY_EXPECTED],
    [isMoney(direct.priorityMin), 'priorityMin', MONEY_EXPECTED],
    [isFraction(share), 'priorityAccountShare', FRACTION_EXPECTED],
  ];
}

export function configureFinders(
  _state: PoolView,
  { parameters }: CommandOf<'ConfigureFinders'>,
): Outcome {
  const broken = brokenBound(finderBounds(parameters));
  return broken ?? accepted({ type: 'FindersConfigured', parameters });
}

function finderBounds(finders: FinderParameters): readonly Bound[] {
  const { minProfitFraction, marginScale } = finders;
  return [
    [isDuration(finders.noticeMs), 'noticeMs', DURATION_EXPECTED],
    [isMoney(finders.flagReward), 'flagReward', MONEY_EXPECTED],
    [isMoney(finders.minReward), 'minReward', MONEY_EXPECTED],
    [isFactor(minProfitFraction), 'minProfitFraction', FACTOR_EXPECTED],
    [isMoney(finders.costMax), 'costMax', MONEY_EXPECTED],
    [isFactor(marginScale), 'marginScale', FACTOR_EXPECTED],
    [isMoney(finders.maxReward), 'maxReward', MONEY_EXPECTED],
  ];
}
