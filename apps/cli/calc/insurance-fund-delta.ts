/**
 * What passes between a fill and the insurance fund.
 * @module
 */
import { insuranceFundDelta } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { record } from './shape.ts';

export const insuranceFundDeltaCalc = calc({
  name: 'insurance-fund-delta',
  summary: 'What the insurance fund gains (+) or pays (−) for a fill against its bankruptcy quote.',
  source: 'dYdX v4, GetLiquidationInsuranceFundDelta',
  input: record('', {
    bankruptcyQuote: money('Proceeds that would consume the share of equity, + received'),
    fillQuote: money('Proceeds of the fill, + received'),
    maxFeeFraction: ratio('Most that the fund keeps per unit of |fillQuote|', {
      atLeast: '0',
      atMost: '1',
    }),
  }),
  outputs: { insuranceFundDelta: 'money, + gained' },
  compute: (input) => answer({ insuranceFundDelta: shown(insuranceFundDelta(input)) }),
});
