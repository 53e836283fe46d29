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
  hedgeCap,
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
  rawOf,
  type Size,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';
import { counterpartyOf } from './adl-candidates.ts';
import { type Factor, factorOf } from './factor-terms.ts';
import { accountMargin, markOf, pricesValid } from './margin.ts';
import { type MarketView, type PoolView, poolParameters } from './state.ts';

/**
 * Why a position is closed only once protection of hedges is given up: it is a hedge of all the
 * rest of its account, or less of it than one lot is not.
 */
export type AdlProtection = 'hedge' | 'less-than-a-lot';

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
  /** From 1, who is asked first; null where it is asked only after everybody who has one. */
  readonly rank: number | null;
  /** By the pool's policy, down; null without a rank, or beyond the range of a quantity. */
  readonly score: Ratio | null;
  /** Size of those who are asked before; null without a rank. */
  readonly sizeAhead: Size | null;
  /** 5 at the front to 1 at the end; 0 without a rank. */
  readonly lights: number;
  /** Null where it may be closed in part at least, and where nobody would ask it yet. */
  readonly protection: AdlProtection | null;
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

type Standing = {
  readonly candidate: AdlCandidate<AccountId>;
  readonly isAsked: boolean;
  readonly protection: AdlProtection | null;
};
type Sides = { readonly long: Standing[]; readonly short: Standing[] };

const LIGHTS = 6;

/**
 * Of every market both sides that hold something. Ranked is who would be asked for a part of a
 * bankrupt's loss: with equity, not in liquidation, at prices that are valid, and with a profit
 * here, of which a lot at least may be closed where hedges are protected. The rest is closed only
 * when those together hold too little.
 *
 * Cost: all accounts once, and a sort per side.
 */
export function adlLights(state: PoolView): AdlLightsOfSide[] {
  const markets: readonly Sides[] = state.markets.map(() => ({ long: [], short: [] }));
  const factors = state.markets.map(({ parameters }) => factorOf(state, parameters.market));
  for (const account of state.accounts) {
    if (account.positions.length === 0) continue;
    const margin = accountMargin(state, account);
    const confirmed = isPositive(margin.equity) && pricesValid(state, account);
    for (const position of account.positions) {
      const factor = factors[position.market]!;
      const candidate = counterpartyOf(state, { account, position, margin, factor });
      const side = isNegative(position.size) ? -1 : 1;
      const { lot } = state.markets[position.market]!.parameters;
      const protection = confirmed ? protectionOf(candidate, { side, factor, lot }) : null;
      const wins = confirmed && isPositive(candidate.unrealizedPnl);
      const isAsked = wins && account.liquidation === null && protection === null;
      const { long, short } = markets[position.market]!;
      (side === 1 ? long : short).push({ candidate, isAsked, protection });
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

/** At the mark, where most may be closed: a gap leaves less. */
function protectionOf(
  candidate: AdlCandidate,
  at: { readonly side: 1 | -1; readonly factor: Factor | null; readonly lot: Size },
): AdlProtection | null {
  const { side, factor, lot } = at;
  if (factor === null || factor.terms.hedges !== 'protect') return null;
  const { factorLoading } = factor.terms;
  if (sidedExposure(candidate, { side, factorLoading }) <= 0n) return 'hedge';
  const atMark = { side, factorLoading, gap: ZERO_MONEY, quantity: candidate.size };
  return hedgeCap(candidate, atMark) < rawOf(lot) ? 'less-than-a-lot' : null;
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
    const lights = LIGHTS - fifth;
    return { ...shown(byId.get(account)!), ...place, lights, protection: null };
  });
  const dark = standings
    .filter(({ isAsked }) => !isAsked)
    .map(({ candidate, protection }): AdlLight => {
      const nowhere = { rank: null, score: null, sizeAhead: null, lights: 0 };
      return { ...shown(candidate), ...nowhere, protection };
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
