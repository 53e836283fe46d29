/**
 * What is wrong with a price, and what may be done by it.
 * @module
 */
import { PRICE_FAULTS, priceStaleness, priceValidity } from 'plimsoll/risk';
import { answer, calc } from './calc-definition.ts';
import { duration, price, ratio } from './quantity.ts';
import { optional, record, refused } from './shape.ts';

const FAULTS = PRICE_FAULTS.map((fault) => `"${fault}"`).join(' | ');

export const priceValidityCalc = calc({
  name: 'price-validity',
  summary: 'The worst that is wrong with a price, all that is, and what may be done by it.',
  source: 'Plimsoll, after the ordered validities of Drift',
  input: record('', {
    price: price('The price; one of zero or less is good for nothing'),
    stablePrice: optional(price('Its slow average', { above: '0' })),
    deviationMax: optional(
      ratio('Largest distance from the average, as a fraction of it', { atLeast: '0' }),
    ),
    confidence: optional(ratio('Its confidence interval per unit of price', { atLeast: '0' })),
    confidenceMax: optional(ratio('Widest confidence interval', { atLeast: '0' })),
    ageMs: duration('Age of the price'),
    stalenessMsMax: duration('Oldest price that margin may rest on'),
    tradingStalenessMsMax: optional(
      duration('Oldest price that risk may be opened on; absent: as for margin'),
    ),
  }),
  outputs: {
    validity: `${FAULTS} | "valid"`,
    'faults[]': FAULTS,
    'allows.reduceRisk': 'boolean',
    'allows.liquidate': 'boolean',
    'allows.increaseRisk': 'boolean',
    'allows.withdraw': 'boolean',
  },
  compute: (input) => {
    const { tradingStalenessMsMax, stalenessMsMax } = input;
    if (tradingStalenessMsMax !== null && tradingStalenessMsMax > stalenessMsMax) {
      return refused('tradingStalenessMsMax', 'expected at most stalenessMsMax');
    }
    const { validity, faults, allows } = priceValidity({
      ...input,
      staleness: priceStaleness(input),
    });
    return answer({ validity, faults, allows });
  },
});
