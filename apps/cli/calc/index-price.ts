/**
 * Index price from several outside sources.
 * @module
 */
import { indexPrice } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { count, duration, price, ratio, timeMs } from './quantity.ts';
import { id, list, optional, record } from './shape.ts';

const SOURCES_MAX = 100;

const source = record('A source', {
  id: id('Name of the source; each once'),
  price: price('Its price; one that is not positive is rejected'),
  weight: ratio('How much it counts in the median', { atLeast: '0' }),
  timeMs: timeMs('When it observed the price'),
  confidence: optional(ratio('Its own confidence interval per unit of price', { atLeast: '0' })),
});

export const indexPriceCalc = calc({
  name: 'index-price',
  summary: 'Weighted median of the live sources; null where fewer than sourcesMin are live.',
  source: 'Plimsoll',
  input: record('', {
    nowMs: timeMs('Time at which the sources are judged'),
    sources: list('The sources', source, { atMost: SOURCES_MAX, unique: 'id' }),
    stalenessMsMax: duration('Oldest age of a live source'),
    confidenceMax: optional(
      ratio('Widest confidence interval of a live source; absent: any', { atLeast: '0' }),
    ),
    band: optional(
      ratio('Largest relative distance from the median of the others; absent: any', {
        atLeast: '0',
      }),
    ),
    sourcesMin: count('Fewest live sources that make a price', {
      atLeast: 1,
      atMost: SOURCES_MAX,
    }),
  }),
  outputs: {
    indexPrice: 'price | null',
    'live[]': 'id',
    'rejected[].id': 'id',
    'rejected[].reason':
      '"from-the-future" | "stale" | "non-positive" | "too-uncertain" | "outside-band"',
  },
  compute: (input) => {
    const result = indexPrice(input);
    return answer({
      indexPrice: shown(result.indexPrice),
      live: result.live,
      rejected: result.rejected,
    });
  },
});
