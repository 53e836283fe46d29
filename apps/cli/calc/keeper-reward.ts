/**
 * What a keeper gets for a liquidation.
 * @module
 */
import { keeperReward } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { record } from './shape.ts';

const owed = (meaning: string) => money(meaning, { atLeast: '0' });

export const keeperRewardCalc = calc({
  name: 'keeper-reward',
  summary: "A keeper's reward between its cost, the margin at stake and the penalty.",
  source: 'Synthetix v3, keeper rewards; bound by the penalty and subsidy Plimsoll',
  input: record('', {
    flagReward: owed('Reward for finding the account, before cost'),
    executionCost: owed('What it costs the keeper to have its command accepted'),
    minReward: owed('Least gain beyond the cost'),
    minProfitFraction: ratio('Least gain beyond the cost, per unit of it', { atLeast: '0' }),
    marginEquity: money('Margin equity of the account, signed'),
    marginScale: ratio('Most that is paid per unit of margin equity', { atLeast: '0' }),
    maxReward: owed('Most that is paid'),
    penalty: owed('What the account was charged'),
  }),
  outputs: { keeperReward: 'money', subsidy: 'money, what the floor exceeds the penalty by' },
  compute: (input) => {
    const { keeperReward: reward, subsidy } = keeperReward(input);
    return answer({ keeperReward: shown(reward), subsidy: shown(subsidy) });
  },
});
