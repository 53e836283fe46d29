/** What accounts that are open to liquidators offer, and the right to be first. @module */
import {
  directLeg,
  directTake,
  gateClosedForMarket,
  legsOf,
  type PoolView,
} from '../../engine/index.ts';
import {
  abs,
  approximate,
  isNegative,
  isPositive,
  money,
  type Price,
  price,
} from '../../units/index.ts';
import { significant } from '../decimal-text.ts';
import { partOf } from './auction-opportunity.ts';
import { type OfferMoment, type Opportunity, shareOf } from './opportunity.ts';

/** Position by position; none while the right to be first is being bid for. */
export function directOpportunities(state: PoolView, moment: OfferMoment): Opportunity[] {
  const { direct } = state;
  if (direct === null) return [];
  const { priority } = moment.liquidation;
  if (priority === null ? direct.priorityWindowMs > 0 : !priority.awarded) return [];
  const held = priority !== null && state.timeMs < priority.untilMs ? priority.winner : null;
  return legsOf(state, moment.account).flatMap((leg): Opportunity[] => {
    const { market } = leg.position;
    if (gateClosedForMarket(state, 'takes', market)) return [];
    const terms = directLeg(state, { direct, moment, leg });
    if (!isPositive(terms.most)) return [];
    const take = directTake(moment, terms, terms.most);
    // All of it as it is now: a bid may be sent when the account has changed.
    const { id, version } = moment.account;
    const isShort = isNegative(leg.position.size);
    const { lot, market: name } = leg.market.parameters;
    const markPrice = approximate(leg.markPrice);
    return [
      {
        kind: 'take',
        ...common(state, moment),
        reservedFor: held,
        notional: approximate(take.notional),
        profit: approximate(take.bonus),
        markets: [market],
        bid: ({ bidder, part, profitFraction }) => ({
          type: 'LiquidateDirect',
          liquidator: bidder,
          account: id,
          accountVersion: version,
          market: name,
          size: partOf(terms.most, lot, part),
          limitPrice: limitOf(markPrice, isShort, profitFraction),
        }),
      },
    ];
  });
}

const limitOf = (markPrice: number, isShort: boolean, profitFraction: number): Price => {
  const limit = isShort ? 1 + profitFraction : Math.max(1e-6, 1 - profitFraction);
  return price(significant(limit * markPrice, 9));
};

const common = (state: PoolView, { liquidation, account }: OfferMoment) => ({
  liquidation: liquidation.liquidation,
  offering: liquidation.liquidation,
  accountVersion: account.version,
  owner: account.owner,
  elapsed: shareOf(
    state.timeMs - liquidation.routeUntilMs + patienceOf(state, liquidation),
    patienceOf(state, liquidation),
  ),
});

const patienceOf = ({ routing }: PoolView, { route }: OfferMoment['liquidation']): number =>
  routing?.routes[route?.place ?? 0]?.patienceMs ?? 0;

/** While bids for the right to be first are taken: all bonuses of the account are in view. */
export function priorityOpportunity(state: PoolView, moment: OfferMoment): Opportunity[] {
  const { direct } = state;
  const { priority } = moment.liquidation;
  if (direct === null || priority === null || priority.awarded) return [];
  const takes = legsOf(state, moment.account).map((leg) => {
    const terms = directLeg(state, { direct, moment, leg });
    return directTake(moment, terms, terms.most);
  });
  const bonus = takes.reduce((sum, take) => sum + approximate(take.bonus), 0);
  const { liquidation } = moment.liquidation;
  return [
    {
      kind: 'priority',
      ...common(state, moment),
      reservedFor: null,
      notional: takes.reduce((sum, take) => sum + approximate(abs(take.notional)), 0),
      profit: bonus,
      markets: [],
      bid: ({ bidder, part }) => ({
        type: 'BidPriority',
        liquidation,
        bidder,
        amount: money(Math.max(0.01, part * bonus).toFixed(2)),
      }),
    },
  ];
}
