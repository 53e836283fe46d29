/** What the open interest of a market takes on of a loss that nobody else bears. @module */
import { contractNotional, lossIndexDelta } from '../risk/index.ts';
import {
  abs,
  add,
  type FundingIndex,
  fromRaw,
  isPositive,
  isZero,
  type Money,
  min,
  mulDown,
  type Price,
  rawOf,
} from '../units/index.ts';
import { isModerate, isReckonable } from './limits.ts';
import { markOf } from './margin.ts';
import type { EventOf } from './schema/index.ts';
import type { LiquidationView, MarketView, PoolView } from './state.ts';

/** A loss goes to open interest before profits are asked. */
export const sharesByOpenInterest = ({ lossSharing }: PoolView): boolean =>
  lossSharing?.basis === 'open-interest';

/** What all positions of one side together could owe is money that the pool reckons with. */
export function isOwable(
  { longSize }: Pick<MarketView, 'longSize'>,
  funding: FundingIndex,
  loss: FundingIndex,
): boolean {
  const index = fromRaw<Price>(rawOf(abs(funding)) + rawOf(loss));
  return isModerate(index) && isReckonable('linear', longSize, index);
}

type Spread = Omit<EventOf<'LossSpread'>, 'type' | 'liquidation' | 'account'>;

/**
 * The part of a loss that goes to the open interest of the liquidation's market; null where there
 * is none: no market, nobody in it, or a market that is being settled, where some have left.
 */
export function lossToSpread(
  state: PoolView,
  { lossMarket }: LiquidationView,
  loss: Money,
): Spread | null {
  const { lossSharing } = state;
  if (lossSharing === null || !sharesByOpenInterest(state) || lossMarket === null) return null;
  const market = state.markets[lossMarket]!;
  const { longSize, settlementPrice } = market;
  if (settlementPrice !== null || isZero(longSize)) return null;
  const amount = min(loss, mostToSpread(market, lossSharing.notionalShareMax));
  if (!isPositive(amount)) return null;
  // For every long there is a short.
  const delta = lossIndexDelta({ loss: amount, longSize, shortSize: longSize });
  const lossIndexAfter = add(market.lossIndex, fromRaw<FundingIndex>(rawOf(delta)));
  if (!isOwable(market, market.fundingIndex, lossIndexAfter)) return null;
  return {
    market: market.parameters.market,
    amount,
    openInterest: add(longSize, longSize),
    markPrice: markOf(market),
    lossIndexBefore: market.lossIndex,
    lossIndexAfter,
  };
}

/** The share of the notional of all open interest at the mark, down. */
export function mostToSpread(
  market: MarketView,
  share: NonNullable<PoolView['lossSharing']>['notionalShareMax'],
): Money {
  const { kind } = market.parameters;
  const notional = contractNotional({ kind, size: market.longSize, price: markOf(market) });
  return mulDown(add(notional, notional), share);
}
