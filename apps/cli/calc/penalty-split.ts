/**
 * Who receives a liquidation penalty.
 * @module
 */
import { penaltySplit } from 'plimsoll/risk';
import { gt, ONE_RATIO, sum, ZERO_RATIO } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { fallback, oneOf, record, refused } from './shape.ts';

const share = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

export const penaltySplitCalc = calc({
  name: 'penalty-split',
  summary: 'Split of a penalty between keeper, providers, insurance and burn; sums exactly.',
  source: 'Plimsoll',
  input: record('', {
    penalty: money('What the account was charged', { atLeast: '0' }),
    keeperShare: share('Share of a keeper who found the account'),
    providerShare: fallback(share('Share of providers of capital; default 0'), ZERO_RATIO),
    burnShare: fallback(share('Share that is burned; default 0'), ZERO_RATIO),
    foundBy: oneOf('Who noticed first; the engine gets no reward', ['keeper', 'engine']),
  }),
  outputs: {
    keeperReward: 'money',
    providerReward: 'money',
    insuranceContribution: 'money',
    burned: 'money',
  },
  compute: (input) => {
    if (gt(sum([input.keeperShare, input.providerShare, input.burnShare]), ONE_RATIO)) {
      return refused(
        'keeperShare',
        'expected keeperShare + providerShare + burnShare of at most 1',
      );
    }
    const split = penaltySplit(input);
    return answer({
      keeperReward: shown(split.keeperReward),
      providerReward: shown(split.providerReward),
      insuranceContribution: shown(split.insuranceContribution),
      burned: shown(split.burned),
    });
  },
});
