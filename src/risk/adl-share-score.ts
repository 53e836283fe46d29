/**
 * In which order the policies that take from everybody at once reach deepest: by the part of a
 * position that they close. Scores for a ranking (`adlRanking`), beside those of the queues.
 * @module
 */
import { isPositive, max, ONE_RATIO, type Price, rawOf, ZERO_MONEY } from '../units/index.ts';
import {
  type AdlCandidate,
  type AdlMarket,
  exactLeverage,
  exactNotional,
} from './adl-candidate.ts';
import { sidedExposure } from './adl-caps.ts';
import type { AdlFactorTerms, AdlRiskTerms } from './adl-policy.ts';
import type { AdlPolicyName } from './adl-policy-name.ts';
import { type AdlScore, leverageScore, queueNotionalScore, queueScore } from './adl-rank.ts';
import type { Quotient } from './exact-quotient.ts';

/**
 * Score by profit per unit of notional: what a share of all profits closes of a position.
 *
 *     max(PnL, 0) / notional
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    Plimsoll
 */
export function profitShareScore(market: AdlMarket, candidate: AdlCandidate): Quotient {
  const { numerator, denominator } = exactNotional(market, candidate.size);
  const profit = rawOf(max(candidate.unrealizedPnl, ZERO_MONEY));
  return { numerator: profit * denominator, denominator: numerator };
}

/**
 * The same weighed by leverage as `risk-aware-pro-rata` weighs it.
 *
 *     max(PnL, 0) / notional · ℓ · g(ℓ)
 *     g(ℓ) = ℓ^riskExponent,  or (ℓ − riskThreshold)₊ where a threshold is given
 *
 * An equity that is not positive scores 0: such an account is not asked.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    Plimsoll
 */
export function riskShareScore({ riskExponent = 1, riskThreshold = null }: AdlRiskTerms): AdlScore {
  return (market, candidate) => {
    if (!isPositive(candidate.equity)) return { numerator: 0n, denominator: 1n };
    const profit = profitShareScore(market, candidate);
    const leverage = exactLeverage(market, candidate.size, candidate.equity);
    const { numerator, denominator } = leverage;
    if (riskThreshold === null) {
      const power = BigInt(riskExponent + 1);
      return {
        numerator: profit.numerator * numerator ** power,
        denominator: profit.denominator * denominator ** power,
      };
    }
    const one = rawOf(ONE_RATIO);
    const above = numerator * one - rawOf(riskThreshold) * denominator;
    return {
      numerator: profit.numerator * numerator * (above > 0n ? above : 0n),
      denominator: profit.denominator * denominator * denominator * one,
    };
  };
}

/**
 * Score by leverage to a factor: the order in which `minimax-leverage` first touches candidates
 * whose other positions count. Below zero for who is hedged by the position.
 *
 *     F / equity,   F = v · |q| + side · (other exposure)
 *
 * An equity that is not positive counts as one unit of 1e-18.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    Plimsoll
 */
export function factorLeverageScore(factorLoading: Price): AdlScore {
  return ({ side }, candidate) => {
    const equity = isPositive(candidate.equity) ? rawOf(candidate.equity) : 1n;
    const numerator = sidedExposure(candidate, { side, factorLoading });
    return { numerator, denominator: equity * rawOf(ONE_RATIO) };
  };
}

/**
 * What a policy reaches first.
 *
 *     minimax-leverage                 notional / equity, or F / equity with a factor loading
 *     capped-pro-rata, min-max         profit / notional
 *     risk-aware-pro-rata              profit / notional · ℓ · g(ℓ)
 *     queue, queue-notional            their own scores
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    Plimsoll
 */
export function adlScoreOf(
  policy: AdlPolicyName,
  terms: AdlRiskTerms & AdlFactorTerms = {},
): AdlScore {
  const { factorLoading = null } = terms;
  switch (policy) {
    case 'minimax-leverage':
      return factorLoading === null ? leverageScore : factorLeverageScore(factorLoading);
    case 'capped-pro-rata':
    case 'min-max':
      return profitShareScore;
    case 'risk-aware-pro-rata':
      return riskShareScore(terms);
    case 'queue':
      return queueScore;
    case 'queue-notional':
      return queueNotionalScore;
  }
}
