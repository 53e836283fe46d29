/** @module Maintenance and initial margin of one position. */
import {
  initialMargin,
  type MarginTier,
  maintenanceMargin,
  maintenanceMarginDetail,
  marginTierProblem,
  scaledInitialMarginFraction,
} from 'plimsoll/risk';
import { gt, isZero, ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { checked, fallback, list, optional, record, refused, type Shape } from './shape.ts';

const TIERS_MAX = 100;

const tier = record('A margin tier', {
  notionalFloor: money('Notional from which the tier applies; the first is 0', { atLeast: '0' }),
  maintenanceMarginFraction: ratio('Requirement per unit of notional above the floor', {
    above: '0',
    below: '1',
  }),
});

/** Margin tiers in rising order, as every formula wants them. */
export const tiers: Shape<readonly MarginTier[]> = checked(
  list('Margin tiers: floors rising from 0, fractions not falling', tier, {
    atLeast: 1,
    atMost: TIERS_MAX,
  }),
  marginTierProblem,
);

const notional = money('Unsigned notional at the mark', { atLeast: '0' });

export const maintenanceMarginCalc = calc({
  name: 'maintenance-margin',
  summary: 'Margin to keep a position, marginal over the tiers of its notional.',
  source: 'Plimsoll; the deduction form is common to exchange margin tables',
  input: record('', { tiers, notional }),
  outputs: {
    maintenanceMargin: 'money',
    maintenanceMarginFraction: 'ratio',
    deduction: 'money',
  },
  compute: (input) => {
    const detail = maintenanceMarginDetail(input);
    return answer({
      maintenanceMargin: shown(detail.maintenanceMargin),
      maintenanceMarginFraction: shown(detail.maintenanceMarginFraction),
      deduction: shown(detail.deduction),
    });
  },
});

const openInterest = (meaning: string) => fallback(money(meaning, { atLeast: '0' }), ZERO_MONEY);

export const initialMarginCalc = calc({
  name: 'initial-margin',
  summary: 'Margin to open a position; the fraction rises with the open interest of the market.',
  source: 'Plimsoll, after the open-interest scaling of dYdX v4 perpetuals',
  input: record('', {
    notional,
    initialMarginFraction: ratio('Fraction at low open interest', { atLeast: '0', atMost: '1' }),
    openInterestNotional: optional(money('Open interest of the market', { atLeast: '0' })),
    openInterestLower: openInterest('Open interest from which the fraction rises; 0 with upper 0'),
    openInterestUpper: openInterest('Open interest at which it reaches 1; above lower, or both 0'),
    tiers: optional({ ...tiers, meaning: 'If given, never below the maintenance margin' }),
  }),
  outputs: { initialMargin: 'money', initialMarginFraction: 'ratio' },
  compute: (input) => {
    const { openInterestLower, openInterestUpper, openInterestNotional } = input;
    const isScaled = !isZero(openInterestUpper) || !isZero(openInterestLower);
    if (isScaled && !gt(openInterestUpper, openInterestLower)) {
      return refused('openInterestUpper', 'expected more than openInterestLower, or both 0');
    }
    if (isScaled && openInterestNotional === null) {
      return refused('openInterestNotional', 'missing, expected money as the bounds are given');
    }
    const fraction = scaledInitialMarginFraction({
      ...input,
      openInterestNotional: openInterestNotional ?? ZERO_MONEY,
    });
    const required = initialMargin({
      notional: input.notional,
      initialMarginFraction: fraction,
      maintenanceMargin:
        input.tiers === null
          ? ZERO_MONEY
          : maintenanceMargin({ tiers: input.tiers, notional: input.notional }),
    });
    return answer({ initialMargin: shown(required), initialMarginFraction: shown(fraction) });
  },
});
