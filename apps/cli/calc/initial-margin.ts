/**
 * Margin to open a position.
 * @module
 */
import { initialMargin, maintenanceMargin, scaledInitialMarginFraction } from 'plimsoll/risk';
import { gt, isZero, ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { notional, tiers } from './margin-tiers.ts';
import { money, ratio } from './quantity.ts';
import { fallback, optional, record, refused } from './shape.ts';

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
