/**
 * What running liquidations offer at a moment, as anybody can work it out from the published
 * records: in auctions, to liquidators, and for the right to be the first of them.
 * @module
 */
import { accountMargin, type PoolView, pricesValid } from '../../engine/index.ts';
import { isNegative } from '../../units/index.ts';
import { auctionOpportunity } from './auction-opportunity.ts';
import { directOpportunities, priorityOpportunity } from './direct-opportunity.ts';
import type { Opportunity } from './opportunity.ts';

/** In the order of liquidations. */
export function opportunities(state: PoolView): readonly Opportunity[] {
  const found: Opportunity[] = [];
  for (const liquidation of state.liquidations.values()) {
    const { method } = liquidation.route ?? { method: null };
    if (method !== 'auction' && method !== 'direct') continue;
    const account = state.accounts[liquidation.account]!;
    if (!pricesValid(state, account)) continue;
    const moment = { liquidation, account, margin: accountMargin(state, account) };
    // Whoever is bankrupt is covered first, and offered anew.
    if (account.positions.length > 0 && isNegative(moment.margin.equity)) continue;
    if (method === 'auction') found.push(...auctionOpportunity(state, moment));
    else found.push(...priorityOpportunity(state, moment), ...directOpportunities(state, moment));
  }
  return found;
}
