/** The positions of an account as legs: each with its mark, notional and requirement. @module */
import { contractNotional, maintenanceMargin } from '../risk/index.ts';
import { cmp, isNegative, type Money, type Price, type Size } from '../units/index.ts';
import { markOf } from './margin.ts';
import type { AccountView, MarketView, PoolView, PositionView } from './state.ts';

/** One position of an account at its mark. */
export type Leg = {
  readonly position: PositionView;
  readonly market: MarketView;
  readonly markPrice: Price;
  readonly notional: Money;
  readonly maintenanceMargin: Money;
};

/** The sign of what closes a position: a short is bought, a long is sold. */
export const closingSide = (size: Size): 1 | -1 => (isNegative(size) ? 1 : -1);

/** In the order of markets. */
export function legsOf(state: PoolView, account: AccountView): Leg[] {
  return account.positions.map((position) => {
    const market = state.markets[position.market]!;
    const markPrice = markOf(market);
    const { kind, tiers } = market.parameters;
    const notional = contractNotional({ kind, size: position.size, price: markPrice });
    const required = maintenanceMargin({ tiers, notional });
    return { position, market, markPrice, notional, maintenanceMargin: required };
  });
}

/** Largest notional first, ties by market number. */
export const legsBySize = (state: PoolView, account: AccountView): Leg[] =>
  legsOf(state, account).sort(
    (a, b) => cmp(b.notional, a.notional) || a.position.market - b.position.market,
  );
