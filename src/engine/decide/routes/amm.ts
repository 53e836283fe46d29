/** A step with the protocol's own market maker. @module */
import { abs, assert } from '../../../units/index.ts';
import { ammNext } from '../../amm-close.ts';
import type { RouteMoment } from '../../routes/index.ts';
import type { Event } from '../../schema/index.ts';
import type { PoolView } from '../../state.ts';
import { penaltyEvents } from '../penalty.ts';

export function stepWithAmm(state: PoolView, moment: RouteMoment): Event[] {
  const { close } = ammNext(state, moment);
  assert(close !== null, 'ROUTING', 'the market maker has room');
  const { liquidation, account, margin } = moment;
  const { planned, amm, deal, sizeDelta, liquidated, taker, equity } = close;
  const { penaltyFraction, leg } = planned;
  const closed: Event = {
    type: 'ClosedByAmm',
    liquidation: liquidation.liquidation,
    account: account.id,
    market: leg.market.parameters.market,
    amm: amm.account.id,
    markPrice: leg.markPrice,
    size: sizeDelta,
    quote: deal.quote,
    fee: deal.fee,
    marginalPriceBefore: deal.marginalPriceBefore,
    marginalPriceAfter: deal.marginalPriceAfter,
    penaltyFraction,
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
    liquidated,
    taker,
  };
  const notional = abs(deal.value);
  const input = { closeOut: liquidation, notional, penaltyFraction, equity };
  return [closed, ...penaltyEvents(state, input)];
}
