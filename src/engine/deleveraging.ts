/**
 * Against whom the largest leg of an account in takeover is closed, how much of it, and at what
 * cost. Hedges are protected as long as those who are asked can close a fair part of it without
 * losing one; then they are not, so that a bankrupt position always ends, and soon.
 * @module
 */
import {
  type AdlFactorTerms,
  bankruptcyQuote,
  contractNotional,
  fillValue,
  hedgeCap,
  type MarginSummary,
  maintenanceMargin,
} from '../risk/index.ts';
import {
  abs,
  add,
  isNegative,
  type Money,
  max,
  min,
  neg,
  rawOf,
  type Size,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
} from '../units/index.ts';
import { closingSide, type Leg } from './account-legs.ts';
import { type Counterparty, opposing } from './adl-candidates.ts';
import { factorOf } from './factor-terms.ts';
import { type AccountView, type PoolView, poolParameters } from './state.ts';

export type Deleveraging = {
  readonly candidates: readonly Counterparty[];
  /** Of the leg, or all that the candidates hold where that is less; magnitude. */
  readonly quantity: Size;
  /** Proceeds at which closing so much consumes its share of a negative equity. */
  readonly quote: Money;
  /** What they lose by it against the mark; none for an account with equity. */
  readonly gap: Money;
  /** How their other positions count; empty where the market stands alone. */
  readonly factor: AdlFactorTerms;
  /**
   * By the policy; by the policy although it costs hedges; or at the mark and for nothing, from
   * accounts without equity, or at prices that cannot be relied on.
   */
  readonly manner: 'policy' | 'overriding-hedges' | 'forced';
};

type Closing = {
  readonly account: AccountView;
  readonly leg: Leg;
  readonly margin: MarginSummary;
};

/**
 * Asked are solvent accounts that are not in liquidation; then solvent ones that are; then the
 * same two without protection of hedges, where there was one; last, whoever is left. Sizes in a
 * market sum to zero, so together they always hold enough.
 */
export function plannedDeleveraging(state: PoolView, closing: Closing): Deleveraging {
  const { account, leg } = closing;
  const { sound, inLiquidation, others } = opposing(state, account, leg);
  const factor: AdlFactorTerms = factorOf(state, leg.market.parameters.market)?.terms ?? {};
  const solvent = [sound, inLiquidation]
    .filter((candidates) => candidates.length > 0)
    .map((candidates) => termsOf(closing, { candidates, factor, manner: 'policy' }));
  const first = solvent[0];
  if (first === undefined) {
    const candidates = others.slice(0, poolParameters(state).adlFillsMax);
    return termsOf(closing, { candidates, factor, manner: 'forced' });
  }
  if (factor.hedges !== 'protect') return first;
  const keeping = solvent.find((terms) => closesKeepingHedges(terms, leg));
  const ignoring = { ...factor, hedges: 'ignore' } as const;
  return keeping ?? { ...first, factor: ignoring, manner: 'overriding-hedges' };
}

function termsOf(
  { leg, margin }: Closing,
  whom: Pick<Deleveraging, 'candidates' | 'factor' | 'manner'>,
): Deleveraging {
  const { size } = leg.position;
  const quantity = min(abs(size), sum(whom.candidates.map((candidate) => candidate.size)));
  return {
    ...whom,
    quantity,
    ...costOf(leg, withSign(quantity, closingSide(size)), margin),
  };
}

/** What closing `sizeDelta` of a leg has to bring, and what of that the mark does not. */
export function costOf(
  leg: Leg,
  sizeDelta: Size,
  margin: MarginSummary,
): Pick<Deleveraging, 'quote' | 'gap'> {
  const { kind, tiers } = leg.market.parameters;
  const { markPrice } = leg;
  const left = add(leg.position.size, sizeDelta);
  const notionalLeft = contractNotional({ kind, size: left, price: markPrice });
  const quote = bankruptcyQuote({
    kind,
    sizeDelta,
    markPrice,
    equity: min(margin.equity, ZERO_MONEY),
    maintenanceMarginReleased: sub(
      leg.maintenanceMargin,
      maintenanceMargin({ tiers, notional: notionalLeft }),
    ),
    maintenanceMargin: margin.maintenanceMargin,
  });
  const atMark = neg(fillValue({ kind, size: sizeDelta, price: markPrice }));
  const gap = isNegative(margin.equity) ? max(sub(quote, atMark), ZERO_MONEY) : ZERO_MONEY;
  return { quote, gap };
}

/**
 * One in so many lots that are to be closed has to be closed without losing a hedge. Fewer would
 * make no end: two accounts that hedge with each other's markets make room by turns, leg by leg.
 */
export const HEDGED_LOTS_SHARE = 8;

/** Whether enough can be closed by people no more exposed for what they have than before. */
function closesKeepingHedges(terms: Deleveraging, leg: Leg): boolean {
  const { candidates, factor, quantity, gap } = terms;
  const { factorLoading = null } = factor;
  if (factorLoading === null) return true;
  const side = closingSide(leg.position.size);
  const lot = rawOf(leg.market.parameters.lot);
  let lots = 0n;
  for (const candidate of candidates) {
    lots += hedgeCap(candidate, { side, factorLoading, quantity, gap }) / lot;
  }
  return lots > 0n && lots * BigInt(HEDGED_LOTS_SHARE) >= rawOf(quantity) / lot;
}
