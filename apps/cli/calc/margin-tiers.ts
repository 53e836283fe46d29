/**
 * Margin tiers and notional, as the formulas of margin take them.
 * @module
 */
import { type MarginTier, marginTierProblem } from 'plimsoll/risk';
import { money, ratio } from './quantity.ts';
import { checked, list, record, type Shape } from './shape.ts';

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

/** What a requirement is computed on. */
export const notional = money('Unsigned notional at the mark', { atLeast: '0' });
