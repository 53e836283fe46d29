/**
 * Who would be deleveraged first, and how much stands before everybody.
 * @module
 */
import {
  ADL_POLICY_NAMES,
  adlRanking,
  adlScoreOf,
  displayedScore,
  queueBalanceScore,
} from 'plimsoll/risk';
import { abs, rawOf } from 'plimsoll/units';
import {
  adlCandidates,
  candidateFields,
  candidateSide,
  magnitudes,
  riskFields,
  sideOf,
} from './adl-input.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { contractKind, notionalProblem } from './contract-input.ts';
import { AMOUNT_IN_RANGE, isAmountInRange, money, price } from './quantity.ts';
import { oneOf, optional, record, refused } from './shape.ts';

const candidate = record('A candidate', {
  ...candidateFields,
  balance: optional(money('Of the account without any unrealized PnL; absent: equity less PnL')),
});

export const adlRankCalc = calc({
  name: 'adl-rank',
  summary: 'The order in which candidates would be deleveraged, and what stands before each.',
  source: 'Plimsoll; queues as published by BitMEX, Hyperliquid and Binance; lights as BitMEX',
  input: record('', {
    policy: oneOf('What ranks', [...ADL_POLICY_NAMES, 'queue-balance']),
    kind: contractKind,
    side: candidateSide,
    markPrice: price('Mark before the deleveraging', { above: '0' }),
    candidates: adlCandidates(candidate),
    ...riskFields,
  }),
  outputs: {
    'ranking[].account': 'id; eligible candidates alone, the first to be deleveraged first',
    'ranking[].score': 'ratio | null beyond its range',
    'ranking[].sizeAhead': 'size, magnitude',
    'ranking[].fifth': 'count from 1, the front, to 5',
  },
  compute: (input) => {
    const { policy, kind, markPrice, riskExponent, riskThreshold } = input;
    const side = sideOf(input);
    if (!side.ok) return side;
    const total = input.candidates.reduce((sum, each) => sum + rawOf(abs(each.size)), 0n);
    if (!isAmountInRange(total)) {
      return refused('candidates', `expected sizes of which the sum is ${AMOUNT_IN_RANGE}`);
    }
    for (const [at, each] of input.candidates.entries()) {
      const problem = notionalProblem({ kind, size: each.size, price: markPrice });
      if (problem !== null) return refused(`candidates[${at}].size`, problem);
    }
    const ranking = adlRanking({
      market: { kind, side: side.value, markPrice },
      scoreOf:
        policy === 'queue-balance'
          ? queueBalanceScore
          : adlScoreOf(policy, { riskExponent, riskThreshold }),
      candidates: magnitudes(input.candidates),
    });
    return answer({
      ranking: ranking.map(({ account, score, sizeAhead, fifth }) => ({
        account,
        score: shown(displayedScore(score)),
        sizeAhead: shown(sizeAhead),
        fifth,
      })),
    });
  },
});
