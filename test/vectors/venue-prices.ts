/**
 * Published mark prices, put to the formulas.
 * @module
 */
import { field, output, type Reading } from './venue-vector.ts';

const medianMark: Reading = ({ inputs, expected }) => [
  {
    what: 'markPrice',
    ours: output(
      'mark-price',
      {
        indexPrice: field(inputs, 'oracle'),
        basisEma: field(inputs, 'ema150sOfMidMinusOracle'),
        book: {
          bid: field(inputs, 'bestBid'),
          ask: field(inputs, 'bestAsk'),
          last: field(inputs, 'last'),
        },
        outside: [{ price: field(inputs, 'cexPerpMedian'), weight: '1' }],
      },
      'markPrice',
    ),
    theirs: field(expected, 'mark'),
    rounding: 'exact',
  },
];

const clampedMark: Reading = ({ inputs, expected }) => [
  {
    what: 'markPrice',
    ours: output(
      'mark-price',
      {
        variant: 'clamped-last',
        indexPrice: field(inputs, 'index'),
        bid: field(inputs, 'bid'),
        ask: field(inputs, 'ask'),
        lastPrice: field(inputs, 'last'),
        band: field(inputs, 'maxDev'),
      },
      'markPrice',
    ),
    theirs: field(expected, 'mark'),
    rounding: 'exact',
  },
];

export const priceReadings: Readonly<Record<string, Reading>> = {
  mark_price_median3: medianMark,
  mark_price_clamped_last: clampedMark,
};
