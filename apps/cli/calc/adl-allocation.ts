/**
 * Who closes against a bankrupt position, how much of it and at what price.
 * @module
 */
import {
  ADL_POLICY_NAMES,
  type AdlAllocation,
  type AdlCandidate,
  type AdlMarket,
  type AdlPolicyName,
  type AdlScore,
  adlAllocation,
  adlGap,
  cmpAdlRank,
  displayedScore,
  queueNotionalScore,
  queueScore,
} from 'plimsoll/risk';
import { isPositive, size as sizeOf } from 'plimsoll/units';
import { type Factor, factorFields, factorOf, otherPositions } from './adl-factor.ts';
import {
  adlCandidates,
  CANDIDATES_MAX,
  candidateFields,
  candidateSide,
  magnitudes,
  riskFields,
  sideOf,
} from './adl-input.ts';
import { answer, calc, type Json, shown } from './calc-definition.ts';
import { contractKind, notionalProblem } from './contract-input.ts';
import { count, money, price, size } from './quantity.ts';
import { fallback, oneOf, optional, record, refused } from './shape.ts';

const fields = {
  policy: oneOf('Who gives up how much', ADL_POLICY_NAMES),
  kind: contractKind,
  side: candidateSide,
  quantity: size('Size of the bankrupt position to close', { above: '0' }),
  markPrice: price('Mark before the deleveraging', { above: '0' }),
  closePrice: price('Price at which the bankrupt position closes', { above: '0' }),
  candidates: adlCandidates(
    record('A candidate', {
      ...candidateFields,
      marginEquity: optional(money('Part of the equity that counts towards margin; absent: all')),
      otherPositions,
    }),
  ),
  lot: fallback(
    size('Fills are multiples of it; default 0.000000000000000001', { above: '0' }),
    sizeOf('0.000000000000000001'),
  ),
  fillsMax: optional(
    count('Most fills; of more the largest stay, ties by account', {
      atLeast: 1,
      atMost: CANDIDATES_MAX,
    }),
  ),
  ...riskFields,
  ...factorFields,
};

const SCORES: Readonly<Record<AdlPolicyName, AdlScore | null>> = {
  'minimax-leverage': null,
  'capped-pro-rata': null,
  'risk-aware-pro-rata': null,
  'min-max': null,
  queue: queueScore,
  'queue-notional': queueNotionalScore,
};

/** Eligible candidates in the order in which a queue takes them; null for other policies. */
function ranking(
  policy: AdlPolicyName,
  market: AdlMarket,
  candidates: readonly AdlCandidate[],
): Json {
  const scoreOf = SCORES[policy];
  if (scoreOf === null) return null;
  return candidates
    .filter(({ equity }) => isPositive(equity))
    .map((each) => ({ account: each.account, score: scoreOf(market, each) }))
    .sort(cmpAdlRank)
    .map((ranked) => ({ account: ranked.account, score: shown(displayedScore(ranked.score)) }));
}

/** Loadings of the factor; null without a covariance. */
const shownFactor = (factor: Factor | null): Json =>
  factor === null
    ? null
    : factor.loadings.map(({ market, loading }) => ({ market, loading: shown(loading) }));

const shownAllocation = (
  result: AdlAllocation,
  { ranked, factor }: { readonly ranked: Json; readonly factor: Factor | null },
): Json => ({
  fills: result.fills.map((fill) => ({
    account: fill.account,
    size: shown(fill.size),
    price: shown(fill.price),
    taken: shown(fill.taken),
  })),
  eta: shown(result.eta),
  residualLoss: shown(result.residualLoss),
  unfilled: shown(result.unfilled),
  metrics: {
    budget: shown(result.metrics.budget),
    overshoot: shown(result.metrics.overshoot),
    profitHaircutMax: shown(result.metrics.profitHaircutMax),
    profitHaircutGini: shown(result.metrics.profitHaircutGini),
    orderInversions: result.metrics.orderInversions,
    leverageMaxBefore: shown(result.metrics.leverageMaxBefore),
    leverageMaxAfter: shown(result.metrics.leverageMaxAfter),
    ranking: ranked,
    factor: shownFactor(factor),
  },
});

export const adlAllocationCalc = calc({
  name: 'adl-allocation',
  summary: 'Fills of an auto-deleveraging against a bankrupt position, and the loss they leave.',
  source: 'Plimsoll (minimax-leverage); queues as published by BitMEX and Hyperliquid',
  input: record('', fields),
  outputs: {
    'fills[].account': 'id',
    'fills[].size': 'size, magnitude',
    'fills[].price': 'price | null',
    'fills[].taken': 'money',
    eta: 'ratio | null',
    residualLoss: 'money',
    unfilled: 'size',
    'metrics.budget': 'money',
    'metrics.overshoot': 'money',
    'metrics.profitHaircutMax': 'ratio',
    'metrics.profitHaircutGini': 'ratio',
    'metrics.orderInversions': 'count',
    'metrics.leverageMaxBefore': 'ratio | null',
    'metrics.leverageMaxAfter': 'ratio | null',
    'metrics.ranking[].account': 'id',
    'metrics.ranking[].score': 'ratio | null',
    'metrics.factor[].market': 'id',
    'metrics.factor[].loading': 'price per standard deviation of the factor, signed',
  },
  compute: (input) => {
    const { policy, kind, quantity, markPrice, closePrice, lot, riskExponent, riskThreshold } =
      input;
    const side = sideOf(input);
    if (!side.ok) return side;
    for (const at of [markPrice, closePrice]) {
      const problem = notionalProblem({ kind, size: quantity, price: at });
      if (problem !== null) return refused('quantity', problem);
    }
    const market = { kind, side: side.value, markPrice };
    const factor = factorOf(input);
    if (!factor.ok) return factor;
    const candidates = magnitudes(input.candidates).map((each, at) => {
      const others = input.candidates[at]!.otherPositions ?? [];
      return { ...each, otherExposure: factor.value?.otherExposure(others) ?? null };
    });
    const gap = adlGap({ ...market, quantity, closePrice });
    const result = adlAllocation({
      ...market,
      policy,
      quantity,
      gap,
      lot,
      fillsMax: input.fillsMax,
      candidates,
      riskExponent,
      riskThreshold,
      factorLoading: factor.value?.factorLoading ?? null,
      hedges: input.hedges ?? 'ignore',
    });
    const ranked = ranking(policy, market, candidates);
    return answer(shownAllocation(result, { ranked, factor: factor.value }));
  },
});
