/**
 * Events as one account may see them: whole where they are its own business alone; of a trade, a
 * take or a deleveraging, what the others gave and took, but not what they made of it.
 * @module
 */
import {
  adlPolicy,
  Event,
  type EventOf,
  type Infer,
  id,
  type Json,
  list,
  nullable,
  oneOf,
  PositionChange,
  record,
  type Shape,
  wad,
  whole,
} from '../engine/index.ts';
import {
  type AccountId,
  accountId,
  assert,
  isPositive,
  type MarketId,
  type Money,
  neg,
  type Price,
  type Size,
  ZERO_MONEY,
  ZERO_SIZE,
} from '../units/index.ts';

const money = wad<Money>();
const price = wad<Price>();
const size = wad<Size>();
const account = id<AccountId>();
const market = id<MarketId>();
const count = whole<number>();

const OwnFill = record({
  type: oneOf('FillRecorded'),
  market,
  price,
  /** Entry value that the buyer took on and the seller gave. */
  value: money,
  order: nullable(count),
  liquidation: nullable(count),
  counterparty: account,
  change: PositionChange,
});

const OwnDeleveraging = record({
  type: oneOf('PositionsDeleveraged'),
  liquidation: count,
  market,
  policy: adlPolicy,
  markPrice: price,
  bankruptcyPrice: nullable(price),
  bankruptcyQuote: money,
  liquidated: PositionChange,
  counterparties: list(
    record({ account, sizeDelta: size, price: nullable(price), value: money, taken: money }),
  ),
  residualLoss: money,
});

type Whole = Exclude<Event, EventOf<'FillRecorded'> | EventOf<'PositionsDeleveraged'>>;
export type OwnEvent = Whole | Infer<typeof OwnFill> | Infer<typeof OwnDeleveraging>;

const isWhole = (event: OwnEvent): event is Whole =>
  event.type !== 'FillRecorded' && event.type !== 'PositionsDeleveraged';

const NOT_ENCODED = 'receipts are JSON: their events have no binary form';

/** Told apart by their type, as events are; a view of JSON only. */
export const OwnEvent: Shape<OwnEvent> = {
  write: () => {
    assert(false, 'RECEIPT', NOT_ENCODED);
  },
  read: () => {
    assert(false, 'RECEIPT', NOT_ENCODED);
  },
  json: (event) => {
    if (isWhole(event)) return othersSides(Event.json(event), event.type, withoutLedger);
    return event.type === 'FillRecorded' ? OwnFill.json(event) : OwnDeleveraging.json(event);
  },
  fromJson: (reader, view) => {
    const type = (view as { readonly type?: Json } | null)?.type;
    if (type === 'FillRecorded') return OwnFill.fromJson(reader, view);
    if (type === 'PositionsDeleveraged') return OwnDeleveraging.fromJson(reader, view);
    const whole = othersSides(view as Json, type, withBareLedger);
    return asTold(Event.fromJson(reader, whole) as Whole);
  },
};

/** Of events that are told whole but for it: the field with the other side's position. */
const OTHERS_SIDE: { readonly [type: string]: string } = {
  LiquidatedDirectly: 'taken',
  ClosedByAmm: 'taker',
  AccountTakenOver: 'taker',
  AuctionTaken: 'bidder',
};

type JsonObject = { readonly [key: string]: Json };

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Changes the others' sides of an event: its own field, and that of each of its positions. */
function othersSides(json: Json, type: Json | undefined, change: (side: JsonObject) => Json): Json {
  const field = typeof type === 'string' ? OTHERS_SIDE[type] : undefined;
  if (field === undefined || !isObject(json)) return json;
  const changed = (entry: JsonObject): JsonObject => {
    const side = entry[field];
    return isObject(side) ? { ...entry, [field]: change(side) } : entry;
  };
  const { positions } = json;
  const own = changed(json);
  if (!Array.isArray(positions)) return own;
  return { ...own, positions: positions.map((part) => (isObject(part) ? changed(part) : part)) };
}

const withoutLedger = ({ account: other, sizeDelta }: JsonObject): Json => ({
  account: other!,
  sizeDelta: sizeDelta!,
});

const withBareLedger = (side: JsonObject): Json => {
  const { account: other, sizeDelta } = side;
  return { ...BARE, account: other!, sizeDelta: sizeDelta! };
};

/** Others' sides without what they made of it. */
function asTold(event: Whole): Whole {
  switch (event.type) {
    case 'LiquidatedDirectly':
      return { ...event, taken: bareOf(event.taken) };
    case 'ClosedByAmm':
      return { ...event, taker: bareOf(event.taker) };
    case 'AccountTakenOver': {
      const positions = event.positions.map((part) => ({ ...part, taker: bareOf(part.taker) }));
      return { ...event, positions };
    }
    case 'AuctionTaken': {
      const positions = event.positions.map((part) => ({ ...part, bidder: bareOf(part.bidder) }));
      return { ...event, positions };
    }
    default:
      return event;
  }
}

/** The account's view of an event that is about it. */
export function asSeenBy(event: Event, own: AccountId): OwnEvent {
  if (event.type === 'FillRecorded') {
    const { buyer, seller, ...trade } = event;
    const [change, other] = buyer.account === own ? [buyer, seller] : [seller, buyer];
    return { ...trade, change, counterparty: other.account };
  }
  if (event.type !== 'PositionsDeleveraged') return asTold(event);
  const counterparties = event.counterparties.map(({ change, ...gave }) => {
    return { account: change.account, sizeDelta: change.sizeDelta, ...gave };
  });
  return { ...event, counterparties };
}

/** What the other side of a trade did as far as its counterparty knows: the size. */
const bareChange = (other: AccountId, sizeDelta: Size): PositionChange => ({
  account: other,
  sizeDelta,
  entryValueDelta: ZERO_MONEY,
  realizedPnl: ZERO_MONEY,
  fundingPayment: ZERO_MONEY,
  fundingExact: 0n,
  fee: ZERO_MONEY,
});

const bareOf = ({ account: other, sizeDelta }: PositionChange): PositionChange =>
  bareChange(other, sizeDelta);

/** What is not told of the other side: nothing as far as the account can know. */
const BARE = PositionChange.json(bareChange(accountId('nobody'), ZERO_SIZE)) as JsonObject;

/** An event with the same effect on the account; others' sides are bare. */
export function effectOf(event: OwnEvent): Event {
  if (isWhole(event)) return event;
  if (event.type === 'FillRecorded') {
    const { change, counterparty, ...trade } = event;
    const other = bareChange(counterparty, neg(change.sizeDelta));
    const bought = isPositive(change.sizeDelta);
    return { ...trade, buyer: bought ? change : other, seller: bought ? other : change };
  }
  const counterparties = event.counterparties.map(({ account: other, sizeDelta, ...gave }) => {
    return { change: bareChange(other, sizeDelta), ...gave };
  });
  return { ...event, counterparties };
}

export type OwnEventOf<T extends OwnEvent['type']> = Extract<OwnEvent, { readonly type: T }>;

export const ofType = <T extends OwnEvent['type']>(
  events: readonly OwnEvent[],
  type: T,
): OwnEventOf<T>[] => events.filter((event): event is OwnEventOf<T> => event.type === type);
