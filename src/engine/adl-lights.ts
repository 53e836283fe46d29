/**
 * How near the front of auto-deleveraging everybody stands, market by market and side by side: what
 * a venue shows its traders as lights. Reads a pool and changes nothing; no decision rests on it.
 * @module
 */
import {
  type AdlCandidate,
  type AdlPolicyName,
  adlRanking,
  adlScoreOf,
  displayedScore,
  exactLeverage,
  sidedExposure,
} from '../risk/index.ts';
import {
  type AccountId,
  isNegative,
  isPositive,
  type MarketId,
  type Money,
  type Price,
  type Ratio,
  type Size,
  sum,
} from '../units/index.ts';
import { counterpartyOf } from './adl-candidates.ts';
import { type Factor, factorOf } from './factor-terms.ts';
import { accountMargin, markOf, pricesValid } from './margin.ts';
import { type MarketView, type PoolView, poolParameters } from './state.ts';

/** One position, and how soon it would be asked. */
export type AdlLight = {
  readonly account: AccountId;
  /** Magnitude. */
  readonly size: Size;
  readonly unrealizedPnl: Money;
  /** Of the account. */
  readonly equity: Money;
  /** Notional per equity, down; null without equity, or beyond the range of a quantity. */
  readonly leverage: Ratio | null;
  /** From 1, who is asked first; null where it is asked only after everybody with a profit. */
  readonly rank: number | null;
  /** By the pool's policy, down; null without a rank, or beyond the range of a quantity. */
  readonly score: Ratio | null;
  /** Size of those who are asked before; null without a rank. */
  readonly sizeAhead: Size | null;
  /** 5 at the front to 1 at the end; 0 without a rank. */
  readonly lights: number;
};

export type AdlLightsOfSide = {
  readonly market: MarketId;
  readonly side: 'long' | 'short';
  readonly policy: AdlPolicyName;
  readonly markPrice: Price;
  /** Size of all who have a rank. */
  readonly rankedSize: Size;
  /** By rank; those without one last, by account number. */
  readonly positions: readonly AdlLight[];
};

type Standing = { readonly candidate: AdlCandidate<AccountId>; readonly isAsked: boolean };
type Sides = { readonly long: Standing[]; readonly short: Standing[] };

const LIGHTS = 6;

/**
 * Of every market both sides that hold something. Ranked is who would be asked for a part of a
 * bankrupt's loss: with equity, not in liquidation, at prices that are valid, and with a profit
 * here, which is no hedge where those are protected. The rest is closed only when those together
 * hold too little.
 *
 * Cost: all accounts once, and a sort per side.
 */
export function adlLights(state: PoolView): AdlLightsOfSide[] {
  const markets: readonly Sides[] = state.markets.map(() => ({ long: [], short: [] }));
  const factors = state.markets.map(({ parameters }) => factorOf(state, parameters.market));
  for (const account of state.accounts) {
    if (account.positions.length === 0) continue;
    const margin = accountMargin(state, account);
    const sound =
      isPositive(margin.equity) && account.liquidation === null && pricesValid(state, account);
    for (const position of account.positions) {
      const factor = factors[position.market]!;
      const candidate = counterpartyOf(state, { account, position, margin, factor });
      const side = isNegative(position.size) ? -1 : 1;
      const wins = isPositive(candidate.unrealizedPnl);
      const isAsked = sound && wins && !isKept(candidate, side, factor);
      const { long, short } = markets[position.market]!;
      (side === 1 ? long : short).push({ candidate, isAsked });
    }
  }
  return markets.flatMap((sides, number) => {
    const market = state.markets[number]!;
    const factor = factors[number]!;
    return (['long', 'short'] as const)
      .filter((side) => sides[side].length > 0)
      .map((side) => lightsOf(state, { market, factor, side, standings: sides[side] }));
  });
}

/** As a hedge of whatever else the account has, where hedges are protected. */
function isKept(candidate: AdlCandidate, side: 1 | -1, factor: Factor | null): boolean {
  if (factor === null || factor.terms.hedges !== 'protect') return false;
  return sidedExposure(candidate, { ...factor.terms, side }) <= 0n;
}

function lightsOf(
  state: PoolView,
  input: {
    readonly market: MarketView;
    readonly factor: Factor | null;
    readonly side: 'long' | 'short';
    readonly standings: readonly Standing[];
  },
): AdlLightsOfSide {
  const { market, factor, side, standings } = input;
  const { adlPolicy: policy } = poolParameters(state);
  const markPrice = markOf(market);
  const sided = {
    kind: market.parameters.kind,
    side: side === 'long' ? (1 as const) : (-1 as const),
    markPrice,
  };
  const asked = standings.filter(({ isAsked }) => isAsked).map(({ candidate }) => candidate);
  const terms = state.waterfall?.parameters;
  const risk =
    terms === undefined
      ? {}
      : { riskExponent: terms.adlRiskExponent, riskThreshold: terms.adlRiskThreshold };
  const byId = new Map(asked.map((candidate) => [candidate.account, candidate]));
  const shown = (candidate: AdlCandidate<AccountId>) => ({
    account: candidate.account,
    size: candidate.size,
    unrealizedPnl: candidate.unrealizedPnl,
    equity: candidate.equity,
    leverage: isPositive(candidate.equity)
      ? displayedScore(exactLeverage(sided, candidate.size, candidate.equity))
      : null,
  });
  const ranked = adlRanking({
    market: sided,
    scoreOf: adlScoreOf(policy, { ...risk, ...factor?.terms }),
    candidates: asked,
  }).map(({ account, score, sizeAhead, fifth }, at): AdlLight => {
    const place = { rank: at + 1, score: displayedScore(score), sizeAhead };
    return { ...shown(byId.get(account)!), ...place, lights: LIGHTS - fifth };
  });
  const dark = standings
    .filter(({ isAsked }) => !isAsked)
    .map(({ candidate }): AdlLight => {
      return { ...shown(candidate), rank: null, score: null, sizeAhead: null, lights: 0 };
    });
  return {
    market: market.parameters.market,
    side,
    policy,
    markPrice,
    rankedSize: sum(asked.map(({ size }) => size)),
    positions: [...ranked, ...dark],
  };
}
