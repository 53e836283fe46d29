/**
 * The order in which a queue deleverages its candidates. Scores are exact quotients: a rounded
 * score would let ties be decided by rounding instead of by account id.
 * @module
 */
import {
  abs,
  add,
  cmpId,
  divideUp,
  fromRaw,
  isPositive,
  max,
  ONE_RATIO,
  type Ratio,
  rawOf,
  type Size,
  sub,
  sum,
  ZERO_MONEY,
  ZERO_SIZE,
} from '../units/index.ts';
import {
  type AdlCandidate,
  type AdlMarket,
  exactLeverage,
  exactNotional,
  legEquity,
} from './adl-candidate.ts';
import { cmpQuotient, type Quotient, quotientDown } from './exact-quotient.ts';

/** An account with what ranks it. */
export type AdlRanked = { readonly account: string; readonly score: Quotient };

/** A score to rank candidates by; higher is deleveraged first. */
export type AdlScore = (market: AdlMarket, candidate: AdlCandidate) => Quotient;

/**
 * |entry value| in units of 1e-18, at least one unit so that it may divide.
 * Without an entry value: mark value − PnL, the mark value signed as the position's own.
 */
function entryMagnitude(market: AdlMarket, candidate: AdlCandidate): Quotient {
  const entryValue = candidate.entryValue ?? null;
  if (entryValue !== null) {
    const raw = rawOf(abs(entryValue));
    return { numerator: raw === 0n ? 1n : raw, denominator: 1n };
  }
  const { numerator, denominator } = exactNotional(market, candidate.size);
  const credit = (market.side === 1) === (market.kind === 'linear') ? numerator : -numerator;
  const entry = credit - rawOf(candidate.unrealizedPnl) * denominator;
  if (entry === 0n) return { numerator: 1n, denominator: 1n };
  return { numerator: entry < 0n ? -entry : entry, denominator };
}

const product = (a: Quotient, b: Quotient): Quotient => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});

/** a / b for b > 0. */
const quotient = (a: Quotient, b: Quotient): Quotient => ({
  numerator: a.numerator * b.denominator,
  denominator: a.denominator * b.numerator,
});

/** The same, at least one unit where it is zero, so that it may divide. */
const positive = (a: Quotient): Quotient =>
  a.numerator > 0n ? a : { numerator: 1n, denominator: 1n };

const given = (score: Ratio): Quotient => ({
  numerator: rawOf(score),
  denominator: rawOf(ONE_RATIO),
});

/**
 * Score by profit and effective leverage.
 *
 *     PnL% · leverage where PnL ≥ 0, else PnL% / leverage
 *     PnL% = PnL / |entry value|,   leverage = |mark value| / (mark value − bankruptcy value)
 *
 * Mark value less bankruptcy value is the equity that stands behind the position (`legEquity`).
 * A zero divisor counts as one unit of 1e-18. A score given with the candidate overrides.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    The ranking that BitMEX published for auto-deleveraging
 */
export function queueScore(market: AdlMarket, candidate: AdlCandidate): Quotient {
  const override = candidate.score ?? null;
  if (override !== null) return given(override);
  const pnl: Quotient = { numerator: rawOf(candidate.unrealizedPnl), denominator: 1n };
  const pnlFraction = quotient(pnl, entryMagnitude(market, candidate));
  const notional = positive(exactNotional(market, candidate.size));
  const leverage = quotient(notional, positive(legEquity(candidate)));
  return pnl.numerator >= 0n ? product(pnlFraction, leverage) : quotient(pnlFraction, leverage);
}

/**
 * Score by price gain and account leverage.
 *
 *     (mark / entry) · (notional / equity) for longs, (entry / mark) · (…) for shorts
 *
 * Entry is the average entry price. An equity that is not positive counts as one unit of 1e-18.
 * A score given with the candidate overrides.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    The ranking that Hyperliquid documents; the mirror image for shorts is Plimsoll's
 */
export function queueNotionalScore(market: AdlMarket, candidate: AdlCandidate): Quotient {
  const override = candidate.score ?? null;
  if (override !== null) return given(override);
  const notional = positive(exactNotional(market, candidate.size));
  const entry = entryMagnitude(market, candidate);
  // The value of an inverse contract falls as the price rises: mark / entry = entry / mark value.
  const gainIsMarkOverEntry = (market.side === 1) === (market.kind === 'linear');
  const gain = gainIsMarkOverEntry ? quotient(notional, entry) : quotient(entry, notional);
  const equity = rawOf(max(candidate.equity, ZERO_MONEY));
  return product(gain, quotient(notional, positive({ numerator: equity, denominator: 1n })));
}

/**
 * Score by profit per balance and maintenance ratio.
 *
 *     max(PnL, 0) / max(balance, 1) · MM / E
 *
 * MM is the maintenance margin of the account, 0 where none is stated. An equity that is not
 * positive counts as one unit of 1e-18. A score given with the candidate overrides.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    The ranking that Binance's support describes for auto-deleveraging
 */
export function queueBalanceScore(_market: AdlMarket, candidate: AdlCandidate): Quotient {
  const override = candidate.score ?? null;
  if (override !== null) return given(override);
  const { equity, unrealizedPnl } = candidate;
  const balance = rawOf(candidate.balance ?? sub(equity, unrealizedPnl));
  const one = rawOf(ONE_RATIO);
  const gain = {
    numerator: rawOf(max(unrealizedPnl, ZERO_MONEY)),
    denominator: balance > one ? balance : one,
  };
  const margin = {
    numerator: rawOf(candidate.maintenanceMargin ?? ZERO_MONEY),
    denominator: 1n,
  };
  const own = positive({ numerator: rawOf(max(equity, ZERO_MONEY)), denominator: 1n });
  return product(gain, quotient(margin, own));
}

/**
 * Score by leverage: the order in which `minimax-leverage` first touches its candidates.
 *
 *     notional / equity
 *
 * An equity that is not positive counts as one unit of 1e-18.
 *
 * Units     dimensionless, exact
 * Rounding  None: it orders candidates.
 * Source    Plimsoll
 */
export function leverageScore(market: AdlMarket, candidate: AdlCandidate): Quotient {
  const { size, equity } = candidate;
  return exactLeverage(market, size, isPositive(equity) ? equity : fromRaw(1n));
}

/**
 * The order of deleveraging: higher score first, ties by account id.
 *
 * Units     none
 * Rounding  None: scores are cross-multiplied.
 * Source    Plimsoll
 */
export function cmpAdlRank(a: AdlRanked, b: AdlRanked): -1 | 0 | 1 {
  const byScore = cmpQuotient(b.score, a.score);
  return byScore === 0 ? cmpId(a.account, b.account) : byScore;
}

/**
 * A score as it is shown; null where it exceeds the range of a quantity.
 *
 * Units     Ratio
 * Rounding  Down. Display only: ranks are decided by the exact score.
 * Source    Plimsoll
 */
export function displayedScore(score: Quotient): Ratio | null {
  return quotientDown(score);
}

/** How near the front of the deleveraging an account stands. */
export type AdlPlace<Id extends string = string> = {
  readonly account: Id;
  readonly score: Quotient;
  /** Size that is ranked before it: what may be closed without touching it. */
  readonly sizeAhead: Size;
  /** Fifth of all ranked size in which its own ends, from 1 at the front to 5. */
  readonly fifth: number;
};

export type AdlRankingInput<Id extends string = string> = {
  readonly market: AdlMarket;
  readonly scoreOf: AdlScore;
  readonly candidates: readonly AdlCandidate<Id>[];
};

const FIFTHS = BigInt(5);

/**
 * Where each candidate stands before a deleveraging; those without positive equity do not.
 *
 *     fifth = ⌈5 · (size ahead + own size) / Σ size⌉
 *
 * Units     Size, 1 to 5
 * Rounding  The fifth up: an account is not shown nearer to the front than it stands.
 * Cost      O(n log n)
 * Source    The lights that BitMEX shows to traders
 */
export function adlRanking<Id extends string>(input: AdlRankingInput<Id>): AdlPlace<Id>[] {
  const { market, scoreOf, candidates } = input;
  const ranked = candidates
    .filter(({ equity }) => isPositive(equity))
    .map((each) => ({ account: each.account, size: each.size, score: scoreOf(market, each) }))
    .sort(cmpAdlRank);
  const total = rawOf(sum(ranked.map(({ size }) => size)));
  let sizeAhead = ZERO_SIZE;
  return ranked.map(({ account, size, score }) => {
    const ends = add(sizeAhead, size);
    const fifth = Number(divideUp(FIFTHS * rawOf(ends), total));
    const place = { account, score, sizeAhead, fifth };
    sizeAhead = ends;
    return place;
  });
}
