/**
 * How much an insurance fund should hold.
 * @module
 */
import { insuranceFundSize, type LossDistribution } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { list, oneOf, optional, record, refused } from './shape.ts';

const LOSSES_MAX = 100_000;

export const insuranceFundSizeCalc = calc({
  name: 'insurance-fund-size',
  summary: 'Size of a fund at which one unit more costs what it saves: a quantile of the losses.',
  source: 'The critical quantile of the newsvendor (Arrow, Harris and Marschak 1951)',
  input: record('', {
    losses: optional(
      list('Losses seen in periods of equal length', money('A loss', { atLeast: '0' }), {
        atLeast: 1,
        atMost: LOSSES_MAX,
      }),
    ),
    distribution: optional(
      record('A law instead of losses seen', {
        type: oneOf('Which law', ['lognormal']),
        logMean: ratio('Mean of the logarithm of a loss in money'),
        logDeviation: ratio('Standard deviation of the logarithm', { atLeast: '0' }),
      }),
    ),
    carryRate: ratio('Cost of holding a unit over the period', { atLeast: '0' }),
    uncoveredCost: ratio('Cost of a unit of loss that nothing covers', { above: '0' }),
  }),
  outputs: { fundSize: 'money | null where no amount is enough, or beyond its range' },
  compute: ({ losses, distribution, ...costs }) => {
    if ((losses === null) === (distribution === null)) {
      return refused('losses', 'expected either losses or a distribution');
    }
    const law: LossDistribution = distribution ?? ({ type: 'samples', losses: losses! } as const);
    return answer({ fundSize: shown(insuranceFundSize({ distribution: law, ...costs })) });
  },
});
