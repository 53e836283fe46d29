/**
 * How far a mark may move in a time.
 * @module
 */
import { boundedMark } from 'plimsoll/risk';
import { eq } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { duration, price, ratio } from './quantity.ts';
import { optional, record } from './shape.ts';

export const markStepCalc = calc({
  name: 'mark-step',
  summary: 'A mark, no further from the one before than a step per second allows.',
  source: 'Plimsoll',
  input: record('', {
    mark: price('The mark without a bound', { above: '0' }),
    previousMark: optional(price('The mark before; absent: no bound', { above: '0' })),
    stepPerSecond: ratio('Largest move per second, as a fraction of the mark before', {
      above: '0',
    }),
    elapsedMs: duration('Since the mark before was decided'),
  }),
  outputs: { markPrice: 'price', bound: 'boolean' },
  compute: (input) => {
    const markPrice = boundedMark(input);
    return answer({ markPrice: shown(markPrice), bound: !eq(markPrice, input.mark) });
  },
});
