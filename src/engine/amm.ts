/** The protocol's own market maker, as it stands: its terms and what it deals at. @module */
import { type AmmQuoteInput, ammQuote, contractNotional } from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  isNegative,
  type Money,
  mulUp,
  neg,
  type Price,
  type Size,
  sizeDown,
  sub,
  ZERO_SIZE,
} from '../units/index.ts';
import { markOf, pricesValid } from './margin.ts';
import type { AmmParameters } from './schema/index.ts';
import { type AccountView, accountNumber, type PoolView, positionIn } from './state.ts';

/** It is there, and its account can take something. */
export type DealingAmm = { readonly parameters: AmmParameters; readonly account: AccountView };

/** Null where there is none, it is being liquidated, or a price that it rests on is not valid. */
export function dealingAmm(state: PoolView, market: number): DealingAmm | null {
  const { amm: parameters, mark, mode, settlementPrice } = state.markets[market]!;
  if (parameters === null || mark === null || mode !== 'live') return null;
  const account = state.accounts[accountNumber(state, parameters.account)]!;
  if (account.liquidation !== null || !pricesValid(state, account)) return null;
  return settlementPrice === null ? { parameters, account } : null;
}

export type AmmDeal = {
  /** What it takes, without sign; at most what was wanted. */
  readonly size: Size;
  /** Received by whoever sells, paid by whoever buys, ≥ 0; without the fee. */
  readonly quote: Money;
  readonly fee: Money;
  /** Entry value that whoever deals with it takes on, fee included. */
  readonly value: Money;
  readonly bound: 'none' | 'impact' | 'inventory';
  readonly marginalPriceBefore: Price | null;
  readonly marginalPriceAfter: Price | null;
};

/**
 * What it takes of a signed change of somebody's position. Its inventory is its account's position:
 * what it holds moves its price, by whatever it came to hold it.
 */
export function ammDeal(
  state: PoolView,
  market: number,
  { amm, sizeDelta }: { readonly amm: DealingAmm; readonly sizeDelta: Size },
): AmmDeal {
  const terms = quoteTerms(state, market, amm);
  const side = isNegative(sizeDelta) ? 'sell' : 'buy';
  const before = ammQuote({ ...terms, side, size: ZERO_SIZE });
  const { size, quote, bound, marginalPrice } = ammQuote({ ...terms, side, size: abs(sizeDelta) });
  const { markPrice } = terms;
  const notional = contractNotional({ kind: 'linear', size, price: markPrice });
  const fee = mulUp(notional, amm.parameters.feeFraction);
  return {
    size,
    quote,
    fee,
    value: side === 'sell' ? neg(sub(quote, fee)) : add(quote, fee),
    bound,
    marginalPriceBefore: before.marginalPrice,
    marginalPriceAfter: marginalPrice,
  };
}

function quoteTerms(
  state: PoolView,
  number: number,
  { parameters, account }: DealingAmm,
): Omit<AmmQuoteInput, 'side' | 'size'> {
  const { curve, depth, band, impactMax, inventoryMax } = parameters;
  const market = state.markets[number]!;
  assert(market.parameters.kind === 'linear', 'AMM', 'its curve is that of a linear contract');
  const markPrice = markOf(market);
  assert((band !== null) === (curve === 'concentrated'), 'AMM', 'a band without its curve');
  return {
    pool:
      band === null ? { curve: 'constant-product', depth } : { curve: 'concentrated', depth, band },
    markPrice,
    inventory: positionIn(account, number)?.size ?? ZERO_SIZE,
    inventoryMax: sizeDown(inventoryMax, markPrice),
    impactMax,
  };
}
