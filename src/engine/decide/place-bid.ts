/** Decision on a bid in a running auction. @module */
import {
  accountId,
  type EngineTimeMs,
  floorTo,
  formatDecimal,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lte,
  moneyOfSettlement,
  neg,
  ONE_RATIO,
  sub,
} from '../../units/index.ts';
import { afterInterest, interestOf } from '../accrued-desks.ts';
import {
  accountWith,
  auctionOffer,
  auctionTakeOf,
  BID_FOR,
  elapsedSince,
  type LotMoment,
  resetReason,
  type Take,
  takesClosed,
} from '../auctions/index.ts';
import { gateClosedForPool } from '../gates.ts';
import { isModerate, isModerateSum, MONEY_MAX_TEXT } from '../limits.ts';
import { ownAmount } from '../links.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import { riskMargin } from '../risk-margin.ts';
import type { AuctionOffer, Bid, CommandOf, Outcome } from '../schema/index.ts';
import { type AccountView, type AuctionView, type PoolView, poolParameters } from '../state.ts';
import { auctionTaken } from './auction-taken.ts';
import { type Bound, brokenBound, FRACTION_EXPECTED } from './bounds.ts';
import { rejected } from './outcome.ts';

type PlaceBid = CommandOf<'PlaceBid'>;

/** A running auction as a bid finds it. */
type OpenAuction = {
  readonly auction: AuctionView;
  readonly moment: LotMoment;
  readonly offer: AuctionOffer;
};

export function placeBid(before: PoolView, command: PlaceBid, time: EngineTimeMs): Outcome {
  const misshapen = shapeProblem(command.bid);
  if (misshapen !== null) return misshapen;
  // What is owed is what it has grown to by now: the desks that are repaid catch up first.
  const interest = interestFor(before, command.auction, time);
  const state = afterInterest(before, interest);
  const open = openAuction(state, command.auction, time);
  if (open === null) return rejected('AUCTION_NOT_OPEN', { auction: command.auction });
  const blocked =
    mismatch(command, open) ??
    bidderProblem(state, command, open) ??
    accountProblem(state, command, { open, time }) ??
    gateProblem(state, command, open) ??
    lotProblem(state, command.bid, open);
  if (blocked !== null) return blocked;
  const bidder = bidderOf(state, command);
  const { offer, moment } = open;
  const { take, refusal } = auctionTakeOf(state, moment, { offer, bid: command.bid, bidder });
  if (refusal !== null) return rejected(refusal.code, refusal.details);
  const unpaid = bidder === null ? outsideProblem(state, take) : fundsProblem(state, bidder, take);
  return unpaid ?? auctionTaken(state, { command, interest, ...open, take });
}

/** Of the desks that the account in liquidation owes or has lent to. */
function interestFor(state: PoolView, auction: number, time: EngineTimeMs) {
  const running = state.runningAuctions.get(auction);
  if (running === undefined) return [];
  return interestOf(state, state.accounts[state.liquidations.get(running)!.account]!, time);
}

/** What a bid says by itself, whatever it is for. */
function shapeProblem(bid: Bid): Outcome | null {
  const [most, least, limit] =
    bid.type === 'Collateral'
      ? [bid.amount, bid.amountMin, bid.limitPrice]
      : bid.type === 'Position'
        ? [bid.size, bid.sizeMin, bid.limitPrice]
        : [bid.fraction, bid.fractionMin, null];
  if (!isPositive(most)) return rejected('NOT_POSITIVE', { quantity: formatDecimal(most) });
  if (limit !== null && !isPositive(limit)) {
    return rejected('NOT_POSITIVE', { limitPrice: formatDecimal(limit) });
  }
  const isWithin = !isNegative(least) && lte(least, most);
  const bounds: Bound[] = [
    [isModerate(most), 'quantity', `at most ${MONEY_MAX_TEXT}`],
    [isWithin, 'least quantity', 'from 0 to the quantity'],
    [isModerate(limit ?? most), 'limitPrice', `at most ${MONEY_MAX_TEXT}`],
  ];
  if (bid.type === 'Portfolio') {
    bounds.push(
      [lte(bid.fraction, ONE_RATIO), 'fraction', FRACTION_EXPECTED],
      [isModerate(bid.paymentMax), 'paymentMax', `up to ${MONEY_MAX_TEXT}, of either sign`],
    );
  }
  return brokenBound(bounds);
}

/** Null where it was never started, has ended, or waits to be started again. */
function openAuction(state: PoolView, number: number, time: EngineTimeMs): OpenAuction | null {
  const running = state.runningAuctions.get(number);
  if (running === undefined) return null;
  const liquidation = state.liquidations.get(running)!;
  const auction = liquidation.auction!;
  const account = state.accounts[liquidation.account]!;
  const margin = accountMargin(state, account);
  const elapsedMs = elapsedSince(auction, time);
  const moment = { liquidation, account, margin, lot: auction, elapsedMs };
  if (resetReason(auction, moment, elapsedMs) !== null) return null;
  // Whoever became bankrupt is covered first, and offered anew.
  if (isNegative(margin.equity) && account.positions.length > 0) return null;
  const offer = auctionOffer(state, moment);
  return offer === null ? null : { auction, moment, offer };
}

function mismatch(
  { bid, settlement, auction }: PlaceBid,
  { auction: { lot } }: OpenAuction,
): Outcome | null {
  const outsidePosition = settlement === 'outside' && lot !== 'collateral';
  if (bid.type === BID_FOR[lot] && !outsidePosition) return null;
  return rejected('BID_MISMATCH', { auction, lot });
}

const bidderOf = (state: PoolView, { bidder, settlement }: PlaceBid): AccountView | null => {
  if (settlement === 'outside') return null;
  const number = state.numbers.accounts.get(accountId(bidder));
  return number === undefined ? null : state.accounts[number]!;
};

function bidderProblem(
  state: PoolView,
  command: PlaceBid,
  { moment }: OpenAuction,
): Outcome | null {
  const { bidder: id, settlement } = command;
  const { owner } = moment.account;
  const bidder = bidderOf(state, command);
  if (bidder === null && settlement === 'account') {
    return rejected('ACCOUNT_UNKNOWN', { account: id });
  }
  // Nobody buys back at a discount what it did not pay the margin for.
  if ((bidder?.owner ?? id) === owner) return rejected('BIDDER_NOT_ELIGIBLE', { account: id });
  if (bidder === null) return null;
  if (bidder.liquidation !== null) return rejected('ACCOUNT_IN_LIQUIDATION', { account: id });
  const only = bidder.market;
  if (only === null) return null;
  // An isolated position stands for itself: it owes nobody and lends nothing.
  const { debts, supplies } = moment.account;
  const lends = moment.lot.lot === 'portfolio' && debts.length + supplies.length > 0;
  if (lends) return rejected('ACCOUNT_ISOLATED', { account: id });
  const strange = soldMarkets(moment).find((market) => market !== only);
  if (strange === undefined) return null;
  const { market } = state.markets[strange]!.parameters;
  return rejected('MARKET_NOT_TRADABLE_BY_ACCOUNT', { account: id, market });
}

/** Markets of the positions that the lot holds. */
function soldMarkets({ account, lot }: LotMoment): readonly number[] {
  if (lot.lot === 'collateral') return [];
  return lot.market === null ? account.positions.map(({ market }) => market) : [lot.market];
}

function accountProblem(
  state: PoolView,
  command: PlaceBid,
  { open, time }: { readonly open: OpenAuction; readonly time: EngineTimeMs },
): Outcome | null {
  const { account } = open.moment;
  const { accountVersion } = command;
  if (accountVersion !== null && accountVersion !== account.version) {
    const found = { expected: accountVersion, found: account.version };
    return rejected('BID_ON_CHANGED_ACCOUNT', { account: account.id, ...found });
  }
  for (const number of soldMarkets(open.moment)) {
    const { market, expiryMs } = state.markets[number]!.parameters;
    if (expiryMs !== null && time >= expiryMs) return rejected('MARKET_EXPIRED', { market });
  }
  const bidder = bidderOf(state, command);
  for (const each of bidder === null ? [account] : [account, bidder]) {
    if (!pricesValid(state, each)) return rejected('PRICE_UNAVAILABLE', { account: each.id });
  }
  return null;
}

function gateProblem(
  state: PoolView,
  { settlement }: PlaceBid,
  { moment }: OpenAuction,
): Outcome | null {
  if (takesClosed(state, moment, moment.lot)) return rejected('GATE_CLOSED', { gate: 'takes' });
  if (settlement === 'outside' && gateClosedForPool(state, 'withdrawals')) {
    return rejected('WITHDRAWALS_GATED', { gate: 'withdrawals' });
  }
  return null;
}

function lotProblem(state: PoolView, bid: Bid, { auction }: OpenAuction): Outcome | null {
  if (bid.type !== 'Position' || auction.market === null) return null;
  const { lot } = state.markets[auction.market]!.parameters;
  for (const size of [bid.size, bid.sizeMin]) {
    if (isZero(sub(size, floorTo(size, lot)))) continue;
    return rejected('SIZE_NOT_IN_LOTS', { size: formatDecimal(size), lot: formatDecimal(lot) });
  }
  return null;
}

/** What somebody outside brings enters the pool with the same event. */
function outsideProblem(state: PoolView, { payment }: Take): Outcome | null {
  if (isModerateSum(state.deposited, payment)) return null;
  const asset = poolParameters(state).settlementAsset;
  return rejected('ASSET_CAP_EXCEEDED', { asset, amountMax: MONEY_MAX_TEXT });
}

/** The bidder pays out of what it has, and can carry what it takes. */
function fundsProblem(state: PoolView, bidder: AccountView, take: Take): Outcome | null {
  const paid = sub(take.payment, take.payout);
  const balance = moneyOfSettlement(ownAmount(state, bidder, null));
  if (isPositive(paid) && gt(paid, balance)) {
    const facts = { payment: formatDecimal(paid), balance: formatDecimal(balance) };
    return rejected('BID_NOT_FUNDED', { account: bidder.id, ...facts });
  }
  const after = riskMargin(
    state,
    accountWith(state, bidder, {
      ...take.given,
      direction: 'receives',
      changes: take.given.positions.map(({ market }, place) => {
        return { market, change: take.received[place]! };
      }),
      received: neg(paid),
    }),
  );
  if (gte(after.initialEquity, after.initialMargin)) return null;
  return rejected('INITIAL_MARGIN_NOT_MET', {
    account: bidder.id,
    marginEquity: formatDecimal(after.initialEquity),
    initialMargin: formatDecimal(after.initialMargin),
  });
}
