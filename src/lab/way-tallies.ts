/**
 * By which way accounts left their positions: how often each was chosen and why it was left, how
 * much was closed there, and what that cost the accounts against the mark. Exact.
 * @module
 */
import type { Event, EventOf, RouteParameters } from '../engine/index.ts';
import { type ContractKind, contractNotional } from '../risk/index.ts';
import {
  type Amount,
  add,
  isNegative,
  type MarketId,
  type Money,
  type Price,
  type Size,
  sub,
  sum,
  valueUp,
  ZERO_MONEY,
} from '../units/index.ts';

/** A way out of the ladder, or what comes after it. */
export type Way = RouteParameters['method'] | 'deleveraging';

export type WayTally = {
  chosen: number;
  /** How often it was left for each reason. */
  readonly left: Map<EventOf<'RouteLeft'>['reason'], number>;
  closeOuts: number;
  notional: Money;
  /** Worth at the mark less what was received, penalties aside. */
  cost: Money;
};

export type WayTallies = Map<Way, WayTally>;

export function wayTally(ways: WayTallies, way: Way): WayTally {
  const known = ways.get(way);
  if (known !== undefined) return known;
  const fresh = {
    chosen: 0,
    left: new Map(),
    closeOuts: 0,
    notional: ZERO_MONEY,
    cost: ZERO_MONEY,
  };
  ways.set(way, fresh);
  return fresh;
}

export function foldRoute(ways: WayTallies, event: Event): void {
  if (event.type === 'RouteChosen') {
    wayTally(ways, event.routes[event.route]!.method).chosen += 1;
  } else if (event.type === 'RouteLeft') {
    const { left } = wayTally(ways, event.method);
    left.set(event.reason, (left.get(event.reason) ?? 0) + 1);
  }
}

/** What one event closed off the book. */
export type Closed = { readonly way: Way; readonly notional: Money; readonly cost: Money };

type Kinds = ReadonlyMap<MarketId, ContractKind>;

/** Null for events that close nothing, and for fills on the book, whose mark is their order's. */
export function closedBy(event: Event, kinds: Kinds): Closed | null {
  switch (event.type) {
    case 'ClosedByAmm':
      return closedByAmm(event);
    case 'AuctionTaken':
      return closedByAuction(event, kinds);
    case 'LiquidatedDirectly':
      return { way: 'direct', notional: event.notional, cost: event.bonus };
    case 'AccountTakenOver':
      // All that the account was still worth went with it.
      return { way: 'backstop', notional: event.notional, cost: event.equity };
    case 'PositionsDeleveraged':
      return deleveraged(event, kinds);
    default:
      return null;
  }
}

const atMark = (kinds: Kinds, market: MarketId, size: Size, price: Price): Money =>
  contractNotional({ kind: kinds.get(market)!, size, price });

function closedByAmm({ size, quote, fee, markPrice }: EventOf<'ClosedByAmm'>): Closed {
  const notional = contractNotional({ kind: 'linear', size, price: markPrice });
  const away = isNegative(size) ? sub(notional, quote) : sub(quote, notional);
  return { way: 'amm', notional, cost: add(away, fee) };
}

function closedByAuction(event: EventOf<'AuctionTaken'>, kinds: Kinds): Closed {
  const positions = event.positions.map(({ market, change, markPrice }) =>
    atMark(kinds, market, change.sizeDelta, markPrice),
  );
  const held = [...event.collaterals, ...event.supplies].map(worth);
  const owed = sum(event.debts.map(worth));
  // Positions pass at the mark: what the account gives up is in the payment.
  return {
    way: 'auction',
    notional: add(sum(positions), sum(held)),
    cost: sub(sub(sum(held), owed), event.payment),
  };
}

const worth = ({
  amount,
  indexPrice,
}: {
  readonly amount: Amount;
  readonly indexPrice: Price;
}): Money => valueUp(amount, indexPrice);

/** Never at worse than the mark: what the account cannot pay is others' loss, not its cost. */
function deleveraged(event: EventOf<'PositionsDeleveraged'>, kinds: Kinds): Closed {
  const { market, liquidated, markPrice } = event;
  const notional = atMark(kinds, market, liquidated.sizeDelta, markPrice);
  return { way: 'deleveraging', notional, cost: ZERO_MONEY };
}
