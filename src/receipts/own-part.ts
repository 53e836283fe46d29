/**
 * Which part of an event is the business of one account: its liquidation's own events whole, and
 * of events about many accounts only what they did to this one.
 * @module
 */
import type { Event, PositionChange } from '../engine/index.ts';
import type { AccountId, MarketId, Money } from '../units/index.ts';
import { asSeenBy, type OwnEvent } from './own-event.ts';

export type OwnChange = {
  readonly event: 'PositionsDeleveraged' | 'PositionsSettled';
  readonly market: MarketId;
  readonly change: PositionChange;
};

export type OwnPayment = {
  readonly event: 'VaultRedeemed' | 'PenaltyCharged';
  readonly amount: Money;
};

export type OwnPart =
  | { readonly event: OwnEvent }
  | { readonly change: OwnChange }
  | { readonly payment: OwnPayment }
  | null;

export type Watched = { readonly liquidation: number; readonly account: AccountId };

/** Null where the event is none of the account's business. */
export function ownPart(event: Event, watched: Watched): OwnPart {
  const { liquidation, account } = watched;
  if ('liquidation' in event && event.liquidation === liquidation) {
    return { event: asSeenBy(event, account) };
  }
  switch (event.type) {
    case 'RoutingConfigured':
      // Whatever ladder it is, every way of it may be tried from then on.
      return { event };
    case 'Deposited':
    case 'Withdrawn':
    case 'Repaid':
    case 'TransferSent':
    case 'TransferReceived':
    case 'TransferReturned':
      return event.account === account ? { event } : null;
    case 'CollateralTransferred':
      return event.from === account || event.to === account ? { event } : null;
    case 'ProviderPaid':
      return event.provider === account ? { event } : null;
    case 'ReserveCollected':
      return event.receiver === account ? { event } : null;
    case 'VaultRedeemed':
      return event.provider === account ? payment(event.type, event.amount) : null;
    case 'PenaltyCharged':
      // As the finder of another account: whose it was and what it paid is not its business.
      return event.keeper === account ? payment(event.type, event.keeperReward) : null;
    case 'PositionsDeleveraged':
      return part(event.type, event.market, account, event.counterparties);
    case 'PositionsSettled':
      return part(event.type, event.market, account, event.positions);
    default:
      return null;
  }
}

const payment = (event: OwnPayment['event'], amount: Money): OwnPart => ({
  payment: { event, amount },
});

function part(
  event: OwnChange['event'],
  market: MarketId,
  account: AccountId,
  entries: readonly { readonly change: PositionChange }[],
): OwnPart {
  const own = entries.find(({ change }) => change.account === account);
  return own === undefined ? null : { change: { event, market, change: own.change } };
}
