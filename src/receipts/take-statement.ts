/** What others took over from the account off the book, and what that cost it. @module */
import type { EventOf, Json, PoolView } from '../engine/index.ts';
import { bankruptcyPrice, contractNotional, fillValue } from '../risk/index.ts';
import {
  type AccountId,
  add,
  formatDecimal,
  isNegative,
  type MarketId,
  type Money,
  neg,
  type Price,
  type Size,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { decimal } from './health-statement.ts';
import { type OwnEvent, type OwnEventOf, ofType } from './own-event.ts';
import type { StepFacts } from './receipt-facts.ts';

/** One position, or a part of it, on one way. */
export type Take = {
  readonly method: EventOf<'RouteLeft'>['method'];
  readonly by: string;
  readonly market: MarketId;
  /** Signed change of the account: + bought, − sold. */
  readonly size: Size;
  readonly markPrice: Price;
  /** What the contracts cost each; null where that is no price. */
  readonly price: Price | null;
  /** At the mark. */
  readonly notional: Money;
  /** What the account gave up against the mark. */
  readonly costAgainstMark: Money;
};

export const takesOf = (step: StepFacts, state: PoolView): Take[] =>
  step.events.flatMap((event) => takesIn(state, event));

function takesIn(state: PoolView, event: OwnEvent): Take[] {
  switch (event.type) {
    case 'LiquidatedDirectly':
      return [directTake(event)];
    case 'ClosedByAmm':
      return [ammTake(state, event)];
    case 'AccountTakenOver':
      return event.positions.map((part) => vaultTake(state, event.vault, part));
    case 'AuctionTaken':
      return auctionTakes(state, event);
    default:
      return [];
  }
}

/**
 * Positions pass at the mark. Of the only thing taken the payment beyond it is the cost; of a
 * portfolio it is for everything together, and in the balance.
 */
function auctionTakes(state: PoolView, event: OwnEventOf<'AuctionTaken'>): Take[] {
  const { bidder: by, positions, payment, lot } = event;
  const alone = lot === 'position';
  return positions.map(({ market, markPrice, change }) => {
    const { kind } = state.markets[state.numbers.markets.get(market)!]!.parameters;
    const { sizeDelta: size } = change;
    const notional = contractNotional({ kind, size, price: markPrice });
    const price = alone ? event.price : markPrice;
    const costAgainstMark = alone ? neg(payment) : ZERO_MONEY;
    return { method: 'auction', by, market, size, markPrice, price, notional, costAgainstMark };
  });
}

function directTake(event: OwnEventOf<'LiquidatedDirectly'>): Take {
  const { liquidator: by, market, markPrice, closeOutPrice: price, notional, bonus } = event;
  const { sizeDelta: size } = event.liquidated;
  const deal = { market, size, markPrice, price, notional, costAgainstMark: bonus };
  return { method: 'direct', by, ...deal };
}

/** At the price by the curve, and the fee. */
function ammTake(state: PoolView, event: OwnEventOf<'ClosedByAmm'>): Take {
  const { amm: by, market, markPrice, size, quote, fee } = event;
  const received = isNegative(size) ? sub(quote, fee) : neg(add(quote, fee));
  return { method: 'amm', by, ...ofValue(state, { market, markPrice, size, received }) };
}

/** What the account received for its position, its share of the equity given up. */
function vaultTake(
  state: PoolView,
  by: AccountId,
  part: OwnEventOf<'AccountTakenOver'>['positions'][number],
): Take {
  const { market, markPrice, liquidated, bankruptcyQuote: received } = part;
  const { sizeDelta: size } = liquidated;
  return { method: 'backstop', by, ...ofValue(state, { market, markPrice, size, received }) };
}

/** `received` for the contracts, negative where the account paid. */
function ofValue(
  state: PoolView,
  input: Pick<Take, 'market' | 'markPrice' | 'size'> & { readonly received: Money },
): Omit<Take, 'method' | 'by'> {
  const { market, markPrice, size, received } = input;
  const { kind } = state.markets[state.numbers.markets.get(market)!]!.parameters;
  const valued = { kind, size, price: markPrice };
  return {
    market,
    markPrice,
    size,
    price: bankruptcyPrice({ kind, sizeDelta: size, quote: received }),
    notional: contractNotional(valued),
    // What it gave away at the mark, less what it was paid for it.
    costAgainstMark: sub(neg(fillValue(valued)), received),
  };
}

export const takeStatement = (take: Take): Json => ({
  method: take.method,
  by: take.by,
  market: take.market,
  size: formatDecimal(take.size),
  markPrice: formatDecimal(take.markPrice),
  price: decimal(take.price),
  notional: formatDecimal(take.notional),
  costAgainstMark: formatDecimal(take.costAgainstMark),
});

export type PriorityPaid = Pick<
  EventOf<'PriorityAwarded'>,
  'payment' | 'accountProceeds' | 'insuranceContribution'
>;

/** What was paid for the right to be first. */
export const priorityPaid = (events: readonly OwnEvent[]): PriorityPaid[] =>
  ofType(events, 'PriorityAwarded');
