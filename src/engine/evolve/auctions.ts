/** Effects of auction events. @module */
import { type Amount, accountId, add, neg, sub, ZERO_MONEY } from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, marketNumber, type PoolState } from '../state.ts';
import { payFromFund } from './fund-payment.ts';
import { addCollateral, applyPositionChange, credit } from './ledger.ts';
import { addDebt, addSupply } from './lending.ts';
import { running } from './liquidation.ts';

export function auctionStarted(state: PoolState, event: EventOf<'AuctionStarted'>): void {
  const liquidation = running(state, event.liquidation);
  const { auction, lot, phase, parameters } = event;
  liquidation.steps += 1;
  liquidation.auction = {
    auction,
    lot,
    phase,
    market: event.market === null ? null : marketNumber(state, event.market),
    asset: event.asset === null ? null : state.numbers.assets.get(event.asset)!,
    parameters,
    startedMs: state.timeMs,
    resets: 0,
    takes: 0,
    reserved: ZERO_MONEY,
  };
  state.nextAuction = auction + 1;
  state.runningAuctions.set(auction, event.liquidation);
}

export function auctionReset(state: PoolState, event: EventOf<'AuctionReset'>): void {
  const liquidation = running(state, event.liquidation);
  const auction = liquidation.auction!;
  liquidation.steps += 1;
  auction.startedMs = state.timeMs;
  auction.resets = event.resets;
  auction.reserved = ZERO_MONEY;
}

/** No step of the liquidation is counted: many small bids must not lead it past the auction. */
export function auctionTaken(state: PoolState, event: EventOf<'AuctionTaken'>): void {
  const liquidation = running(state, event.liquidation);
  const auction = liquidation.auction!;
  auction.takes += 1;
  auction.reserved = event.reserved;
  for (const { market, change, bidder } of event.positions) {
    const number = marketNumber(state, market);
    applyPositionChange(state, number, change);
    applyPositionChange(state, number, bidder);
  }
  const bidder =
    event.settlement === 'outside' ? null : accountNumber(state, accountId(event.bidder));
  for (const { asset, amount } of event.collaterals) {
    const number = state.numbers.assets.get(asset)!;
    addCollateral(state, liquidation.account, number, neg(amount));
    if (bidder !== null) addCollateral(state, bidder, number, amount);
    else withdrawOutside(state, number, amount);
  }
  if (bidder !== null) moveDeskShares(state, event, { from: liquidation.account, to: bidder });
  credit(state, liquidation.account, event.payment);
  payFromFund(state, liquidation, event.payout);
  // What the fund gives away for the account is its claim like what it has paid into it.
  liquidation.coverPaid = add(liquidation.coverPaid, event.payout);
  if (bidder !== null) credit(state, bidder, sub(event.payout, event.payment));
  else state.deposited = add(state.deposited, event.payment);
}

/** Debts and claims change hands; their desks owe and are owed as much as before. */
function moveDeskShares(
  state: PoolState,
  { debts, supplies }: EventOf<'AuctionTaken'>,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (const { asset, shares } of debts) {
    const desk = state.numbers.desks.get(asset)!;
    addDebt(state, desk, from, neg(shares));
    addDebt(state, desk, to, shares);
  }
  for (const { asset, shares } of supplies) {
    const desk = state.numbers.desks.get(asset)!;
    addSupply(state, desk, from, neg(shares));
    addSupply(state, desk, to, shares);
  }
}

/** Collateral that was sold to somebody outside leaves the pool. */
function withdrawOutside(state: PoolState, number: number, amount: Amount): void {
  const asset = state.assets[number]!;
  asset.withdrawn = add(asset.withdrawn, amount);
}

export function auctionEnded(state: PoolState, event: EventOf<'AuctionEnded'>): void {
  running(state, event.liquidation).auction = null;
  state.runningAuctions.delete(event.auction);
}
