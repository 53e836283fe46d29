/** @module Funding of a position, and what passes between a fill and the insurance fund. */
import { fundingPayment, insuranceFundDelta } from 'plimsoll/risk';
import { exactFunding, rawOfExactDown, sub } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { fundingIndex, isMoneyInRange, MONEY_IN_RANGE, money, ratio, size } from './quantity.ts';
import { record, refused } from './shape.ts';

export const fundingPaymentCalc = calc({
  name: 'funding-payment',
  summary: 'Funding of a position between two values of the index, + received, − paid.',
  source: 'Plimsoll; an index of cumulative funding as in Perpetual Protocol and dYdX',
  input: record('', {
    size: size('+ long, − short'),
    fundingIndexBefore: fundingIndex('Index when the position was last settled'),
    fundingIndexAfter: fundingIndex('Index now; rising means that longs pay'),
  }),
  outputs: { payment: 'money, + received' },
  compute: (input) => {
    const change = sub(input.fundingIndexAfter, input.fundingIndexBefore);
    if (!isMoneyInRange(rawOfExactDown(exactFunding(input.size, change)))) {
      const text = 'size · (fundingIndexAfter − fundingIndexBefore)';
      return refused('size', `expected ${text} of ${MONEY_IN_RANGE}`);
    }
    return answer({ payment: shown(fundingPayment(input)) });
  },
});

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
