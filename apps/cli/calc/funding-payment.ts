/**
 * Funding of a position.
 * @module
 */
import { fundingPayment } from 'plimsoll/risk';
import { exactFunding, rawOfExactDown, sub } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { fundingIndex, isMoneyInRange, MONEY_IN_RANGE, size } from './quantity.ts';
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
