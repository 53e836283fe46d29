/**
 * What an uncertain price adds to initial margin.
 * @module
 */
import { confidenceMargin, medianConfidence } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { list, optional, record } from './shape.ts';

const SOURCES_MAX = 100;

const source = record('A live source of the price', {
  confidence: optional(ratio('Its confidence interval per unit of price; absent: none stated')),
  weight: ratio('How much it counts in the price', { atLeast: '0' }),
});

export const confidenceMarginCalc = calc({
  name: 'confidence-margin',
  summary: 'Growth of initial margin with the median confidence of the sources of a price.',
  source: 'Plimsoll',
  input: record('', {
    notional: money('Of the position, at the mark', { atLeast: '0' }),
    confidenceFactor: ratio('k', { atLeast: '0' }),
    sources: list('The live sources', source, { atMost: SOURCES_MAX }),
  }),
  outputs: { confidence: 'ratio', confidenceMargin: 'money' },
  compute: ({ notional, confidenceFactor: factor, sources }) => {
    const confidence = medianConfidence(sources);
    const added = confidenceMargin({ notional, confidence, factor });
    return answer({ confidence: shown(confidence), confidenceMargin: shown(added) });
  },
});
