/**
 * Arbitrary commands, events and records, over the whole range of each field: lawful to encode,
 * not to decide. The tables are keyed by type, so that a new command or event without an
 * arbitrary does not compile.
 * @module
 */
import fc from 'fast-check';
import type {
  Command,
  CommandEnvelope,
  CommandOf,
  CommandType,
  Event,
  EventOf,
  EventType,
  JournalRecord,
  Rejection,
  RejectionCode,
} from '../../src/engine/index.ts';
import { REJECTIONS } from '../../src/engine/index.ts';
import { ammAndVaultCommands, ammAndVaultEvents } from './arbitrary-amm-and-vault.ts';
import { directCommands, directEvents } from './arbitrary-direct.ts';
import {
  account,
  asset,
  breakerReason,
  closeOutPolicy,
  counts,
  doneReason,
  gate,
  index,
  list,
  market,
  mode,
  name,
  oneOf,
  orderStyle,
  orNull,
  policy,
  record,
  time,
  wad,
  wads,
  whole,
} from './arbitrary-fields.ts';
import { linkCommands, linkEvents } from './arbitrary-links.ts';
import {
  assetParameters,
  auctionBid,
  auctionLot,
  auctionOffer,
  auctionParameters,
  auctionPhase,
  average,
  bookReport,
  breakerParameters,
  closeOutParameters,
  depthSides,
  indexParameters,
  indexReport,
  lendingParameters,
  liquidityParameters,
  marketParameters,
  outsideReport,
  poolParameters,
  positionChange,
  priceGuardParameters,
  routeChoice,
  routeMethod,
  routingParameters,
} from './arbitrary-parameters.ts';
import { waterfallCommands, waterfallEvents } from './arbitrary-waterfall.ts';

type Arbitrary<T> = fc.Arbitrary<T>;

const setGate = {
  market: orNull(market),
  gate,
  closed: fc.boolean(),
  untilMs: orNull(time),
  reason: name,
};
const opening = { account, owner: name, parent: orNull(account), market: orNull(market) };
const movement = { account, asset, amount: wad<never>() };
const someOrAll = { account, asset, amount: orNull(wad<never>()) };
const transfer = { from: account, to: account, asset, amount: wad<never>() };

/** What an arbitrary needs to say about a variant: everything but its type. */
type Fields<V> = V extends unknown ? Arbitrary<Omit<V, 'type'>> : never;

const typed = <T extends string, V>(type: T, fields: Arbitrary<V>) =>
  fields.map((value) => ({ type, ...value }));

const commandFields: { readonly [T in CommandType]: Fields<CommandOf<T>> } = {
  ConfigurePool: record({ parameters: poolParameters }),
  ConfigureIndex: record({ parameters: indexParameters }),
  ConfigureAsset: record({ parameters: assetParameters }),
  ConfigureMarket: record({ parameters: marketParameters }),
  ConfigureCloseOuts: record({ parameters: closeOutParameters }),
  ConfigureLiquidity: record({ parameters: liquidityParameters }),
  ConfigureBreakers: record({ parameters: breakerParameters }),
  ConfigureLending: record({ parameters: lendingParameters }),
  ConfigureAuctions: record({ parameters: auctionParameters }),
  ConfigureRouting: record({ parameters: routingParameters }),
  ...directCommands,
  ConfigurePriceGuards: record({ parameters: priceGuardParameters }),
  ...ammAndVaultCommands,
  ...waterfallCommands,
  ...linkCommands,
  SetGate: record(setGate),
  OpenAccount: record(opening),
  Deposit: record(movement),
  Withdraw: record(movement),
  TransferCollateral: record(transfer),
  FundInsurance: record(wads('amount')),
  SupplyAsset: record(someOrAll),
  RedeemSupply: record(someOrAll),
  Borrow: record(movement),
  Repay: record(someOrAll),
  CollectReserve: record({ asset }),
  ReportPrices: record({
    indexes: list(indexReport),
    books: list(bookReport),
    outside: list(outsideReport),
  }),
  RecordFill: record({
    market,
    buyer: account,
    seller: account,
    ...wads('size', 'price', 'buyerFee', 'sellerFee'),
    order: orNull(whole()),
  }),
  FinishOrder: record({ order: whole(), reason: doneReason }),
  AccrueFunding: record({ market, fundingRate: wad<never>() }),
  Tick: fc.constant({}),
  ReportDepth: record({ market, ...depthSides }),
  PlaceBid: record({
    auction: whole(),
    bidder: name,
    settlement: oneOf('account', 'outside'),
    accountVersion: orNull(whole()),
    bid: auctionBid,
  }),
  StartLiquidations: record({ accounts: list(account) }),
  StepLiquidation: record({ liquidation: whole() }),
  SettleMarket: record({ market }),
  AccrueInterest: record({ asset }),
};

export const commandTypes = Object.keys(commandFields) as CommandType[];
export const arbitraryCommandOf = (type: CommandType): Arbitrary<Command> =>
  typed(type, commandFields[type] as Arbitrary<object>) as Arbitrary<Command>;
export const arbitraryCommand: Arbitrary<Command> = fc.oneof(
  ...commandTypes.map(arbitraryCommandOf),
);

const about = { liquidation: whole(), account };
const sums = wads('equity', 'marginEquity', 'maintenanceMargin');

const health = record(sums);
const aboutAuction = { ...about, auction: whole() };

const auctionEvents = {
  AuctionStarted: record({
    ...aboutAuction,
    lot: auctionLot,
    phase: auctionPhase,
    market: orNull(market),
    asset: orNull(asset),
    parameters: auctionParameters,
    offer: auctionOffer,
    health,
  }),
  AuctionReset: record({
    ...aboutAuction,
    reason: oneOf('time', 'price', 'proceeds'),
    ...counts('resets', 'elapsedMs'),
    offer: auctionOffer,
    health,
  }),
  AuctionTaken: record({
    ...aboutAuction,
    bidder: name,
    settlement: oneOf('account', 'outside'),
    bid: auctionBid,
    lot: auctionLot,
    phase: auctionPhase,
    ...counts('elapsedMs'),
    offer: auctionOffer,
    fraction: orNull(wad<never>()),
    positions: list(
      record({ market, ...wads('markPrice'), change: positionChange, bidder: positionChange }),
    ),
    collaterals: list(record({ asset, ...wads('amount', 'indexPrice') })),
    debts: list(record({ asset, ...wads('shares', 'amount', 'indexPrice') })),
    supplies: list(record({ asset, ...wads('shares', 'amount', 'indexPrice') })),
    ...wads('payment', 'payout', 'reserved'),
    price: orNull(wad<never>()),
    before: health,
    after: health,
  }),
  AuctionEnded: record({
    ...aboutAuction,
    outcome: oneOf('sold', 'restored', 'no-bids', 'superseded', 'out-of-time'),
    ...counts('takes', 'resets'),
  }),
} as const;

const liquidationEvents = {
  LiquidationStarted: record({ ...about, ...sums }),
  CloseOutOrderPlaced: record({
    ...about,
    ...sums,
    order: whole(),
    market,
    ...wads('size', 'limitPrice', 'markPrice', 'fillablePrice'),
    bankruptcyPrice: orNull(wad<never>()),
    expiresAtMs: time,
  }),
  PenaltyCharged: record({
    ...about,
    ...wads('notional', 'penalty', 'keeperReward', 'insuranceContribution', 'burned'),
    keeper: orNull(account),
  }),
  TakeoverDecided: record({
    ...about,
    reason: oneOf('bankrupt', 'book-exhausted', 'steps-exhausted', 'toxic', 'routes-exhausted'),
    equity: wad<never>(),
  }),
  CollateralConverted: record({
    ...about,
    buyer: account,
    asset,
    ...wads('amount', 'indexPrice', 'weight', 'proceeds'),
  }),
  DeficitCovered: record({ ...about, ...wads('deficit', 'paid') }),
  PositionsDeleveraged: record({
    liquidation: whole(),
    market,
    policy,
    ...wads('markPrice', 'bankruptcyQuote', 'residualLoss'),
    bankruptcyPrice: orNull(wad<never>()),
    liquidated: positionChange,
    counterparties: list(
      record({
        change: positionChange,
        price: orNull(wad<never>()),
        ...wads('value', 'taken'),
      }),
    ),
  }),
  BadDebtSettled: record({
    ...about,
    ...wads('badDebt', 'insurancePaid', 'unallocated'),
    socialized: list(record({ account, amount: wad<never>() })),
  }),
  CoverRepaid: record({ ...about, amount: wad<never>() }),
  CloseOutPlanned: record({
    ...about,
    policy: closeOutPolicy,
    orderStyle,
    penaltyFraction: wad<never>(),
    restores: fc.boolean(),
    legs: list(record({ market, ...wads('closable', 'size', 'expectedCost') })),
  }),
  OrderCancelRequested: record({
    liquidation: whole(),
    order: whole(),
    reason: oneOf('restored', 'repriced', 'gate-closed'),
  }),
  CloseOutDeferred: record({
    ...about,
    notBeforeMs: time,
    ...wads('marginEquity', 'maintenanceMargin'),
  }),
  ProviderPaid: record({ liquidation: whole(), provider: account, amount: wad<never>() }),
  RouteChosen: record({
    ...about,
    choice: routeChoice,
    routes: list(
      record({
        method: routeMethod,
        venue: orNull(name),
        expectedCost: orNull(wad<never>()),
        ...counts('expectedMs'),
      }),
    ),
    route: whole(),
    untilMs: time,
    ...wads('marginEquity', 'maintenanceMargin'),
  }),
  RouteLeft: record({
    ...about,
    route: whole(),
    method: routeMethod,
    venue: orNull(name),
    reason: oneOf(
      'restored',
      'bankrupt',
      'exhausted',
      'no-taker',
      'no-room',
      'out-of-time',
      'toxic',
      'unavailable',
    ),
  }),
  OrderRouted: record({ liquidation: whole(), order: whole(), venue: name }),
  LiquidationEnded: record({
    ...about,
    ...sums,
    outcome: oneOf('restored', 'closed', 'bankrupt'),
    steps: whole(),
  }),
} as const;

const atSupplyIndex = record({ account, asset, ...wads('amount', 'shares', 'supplyIndex') });
const atDebtIndex = record({ account, asset, ...wads('amount', 'shares', 'debtIndex') });
const debtClosed = { ...about, asset, ...wads('shares', 'amount', 'debtIndex', 'indexPrice') };
const claim = { ...about, asset, ...wads('shares', 'amount', 'supplyIndex') };

const lendingEvents = {
  AssetSupplied: atSupplyIndex,
  SupplyRedeemed: atSupplyIndex,
  Borrowed: atDebtIndex,
  Repaid: atDebtIndex,
  ReserveCollected: record({ asset, amount: wad<never>(), receiver: orNull(account) }),
  InterestAccrued: record({
    asset,
    fromMs: time,
    untilMs: time,
    ...wads('utilization', 'borrowRate', 'debtIndexBefore', 'debtIndexAfter'),
    ...wads('supplyIndexBefore', 'supplyIndexAfter'),
    ...wads('interest', 'supplyInterest', 'reserveInterest'),
  }),
  DebtRepaid: record({ ...debtClosed, payer: orNull(account), value: wad<never>() }),
  DebtAssumed: record({ ...debtClosed, debtor: account, value: wad<never>() }),
  SupplyReleased: record(claim),
  SupplyConverted: record({
    ...claim,
    buyer: account,
    ...wads('indexPrice', 'weight', 'proceeds'),
  }),
} as const;

const eventFields: { readonly [T in EventType]: Fields<EventOf<T>> } = {
  PoolConfigured: record({ parameters: poolParameters }),
  IndexConfigured: record({ parameters: indexParameters }),
  AssetConfigured: record({ parameters: assetParameters }),
  MarketConfigured: record({ parameters: marketParameters }),
  CloseOutsConfigured: record({ parameters: closeOutParameters }),
  LiquidityConfigured: record({ parameters: liquidityParameters }),
  BreakersConfigured: record({ parameters: breakerParameters }),
  LendingConfigured: record({ parameters: lendingParameters }),
  AuctionsConfigured: record({ parameters: auctionParameters }),
  RoutingConfigured: record({ parameters: routingParameters }),
  ...directEvents,
  PriceGuardsConfigured: record({ parameters: priceGuardParameters }),
  ...ammAndVaultEvents,
  ...waterfallEvents,
  ...linkEvents,
  GateSet: record(setGate),
  AccountOpened: record(opening),
  Deposited: record(movement),
  Withdrawn: record(movement),
  CollateralTransferred: record(transfer),
  InsuranceFunded: record(wads('amount')),
  UnallocatedLossRepaid: record(wads('amount')),
  PricesUpdated: record({
    indexReports: list(indexReport),
    bookReports: list(bookReport),
    outsideReports: list(outsideReport),
    indexes: list(record({ index, indexPrice: orNull(wad<never>()), sourcesLive: whole() })),
    marks: list(
      record({
        market,
        markPrice: orNull(wad<never>()),
        mode,
        indexPrice: orNull(wad<never>()),
        basisAverage: orNull(average),
        bookAverage: orNull(average),
      }),
    ),
  }),
  FillRecorded: record({
    market,
    ...wads('price', 'value'),
    buyer: positionChange,
    seller: positionChange,
    order: orNull(whole()),
    liquidation: orNull(whole()),
  }),
  OrderFinished: record({
    order: whole(),
    liquidation: whole(),
    reason: doneReason,
    unfilled: wad<never>(),
  }),
  FundingAccrued: record({
    market,
    ...wads('fundingRate', 'markPrice', 'fundingIndexBefore', 'fundingIndexAfter'),
  }),
  FundingResidueCollected: record({ market, amount: wad<never>() }),
  TimePassed: fc.constant({}),
  DepthReported: record({ market, ...depthSides, average }),
  VolatilityMeasured: record({ markets: list(record({ market, variance: average })) }),
  MarksGuarded: record({
    markets: list(
      record({ market, stablePrice: orNull(average), unboundMark: orNull(wad<never>()) }),
    ),
  }),
  ...liquidationEvents,
  ...lendingEvents,
  ...auctionEvents,
  BreakerTripped: record({
    market,
    reason: breakerReason,
    gates: list(gate),
    ...wads('measured', 'threshold'),
    untilMs: time,
  }),
  BreakerReleased: record({
    market,
    reason: breakerReason,
    cause: oneOf('calm', 'time-limit'),
  }),
  BreakerRearmed: record({ market, reason: breakerReason }),
  SettlementPriceFixed: record({ market, settlementPrice: wad<never>() }),
  PositionsSettled: record({
    market,
    settlementPrice: wad<never>(),
    positions: list(record({ change: positionChange, value: wad<never>() })),
    nextAccount: whole(),
  }),
  MarketSettled: record({ market, residue: wad<never>() }),
};

export const eventTypes = Object.keys(eventFields) as EventType[];
export const arbitraryEventOf = (type: EventType): Arbitrary<Event> =>
  typed(type, eventFields[type] as Arbitrary<object>) as Arbitrary<Event>;
export const arbitraryEvent: Arbitrary<Event> = fc.oneof(...eventTypes.map(arbitraryEventOf));

const printableText = fc.stringMatching(/^[ -~]{0,120}$/);

export const arbitraryRejection: Arbitrary<Rejection> = record({
  code: fc.constantFrom(...(Object.keys(REJECTIONS) as RejectionCode[])),
  details: list(record({ name: printableText, value: printableText })),
});

export const arbitraryEnvelope: Arbitrary<CommandEnvelope> = record({
  source: name,
  sourceSeq: whole(),
  command: arbitraryCommand,
});

export const arbitraryRecord: Arbitrary<JournalRecord> = record({
  version: fc.constant(1),
  seq: whole(),
  time,
  envelope: arbitraryEnvelope,
  outcome: fc.oneof(
    record({ type: fc.constant('Accepted' as const), events: list(arbitraryEvent) }),
    record({ type: fc.constant('Rejected' as const), rejection: arbitraryRejection }),
  ),
});
