/**
 * Numbers that journals are written with. They are frozen here: a row may be added, never changed
 * or removed, and a number that was given up is never given again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  arbitraryCommandOf,
  arbitraryEventOf,
  commandTypes,
  eventTypes,
} from '../../../test/pools/arbitrary-records.ts';
import {
  adlPolicy,
  ammCurve,
  breakerReason,
  closeOutPolicy,
  contractKind,
  detection,
  directAccess,
  gate,
  impactModel,
  markMode,
  orderDoneReason,
  orderStyle,
  routeChoice,
  routeLeftReason,
  routeMethod,
} from './fields.ts';
import {
  auctionCurve,
  auctionedLot,
  auctionLot,
  auctionOutcome,
  auctionPhase,
  auctionResetReason,
  bidSettlement,
  Command,
  decode,
  Event,
  encode,
  lossBasis,
  Outcome,
  RECORD_VERSION,
  REJECTIONS,
  type Shape,
  transferPurpose,
} from './index.ts';

/** The number that an encoded union begins with. */
const codeOf = <T>(shape: Shape<T>, value: T): number => {
  const bytes = encode(shape, value);
  return bytes[0]! * 256 + bytes[1]!;
};
const sample = <T>(arbitrary: fc.Arbitrary<T>): T =>
  fc.sample(arbitrary, { seed: 1, numRuns: 1 })[0]!;

test('codes of commands', () => {
  const codes = commandTypes.map((type) => [
    type,
    codeOf(Command, sample(arbitraryCommandOf(type))),
  ]);
  assert.deepEqual(Object.fromEntries(codes), {
    ConfigurePool: 101,
    ConfigureIndex: 102,
    ConfigureAsset: 103,
    ConfigureMarket: 104,
    ConfigureCloseOuts: 105,
    ConfigureLiquidity: 106,
    ConfigureBreakers: 107,
    ConfigureLending: 109,
    ConfigureDirect: 111,
    ConfigureFinders: 112,
    ConfigureAuctions: 110,
    ConfigureRouting: 115,
    ConfigurePriceGuards: 116,
    LiquidateDirect: 331,
    BidPriority: 332,
    PointAtAccount: 333,
    RepayDirect: 334,
    NoticeAccounts: 405,
    ConfigureAmm: 113,
    ConfigureVault: 114,
    TradeWithAmm: 241,
    DepositVault: 242,
    RequestVaultExit: 243,
    RedeemVault: 244,
    ConfigureWaterfall: 117,
    ConfigureLossSharing: 118,
    ConfigureDeleveraging: 120,
    DepositTranche: 251,
    RequestTrancheExit: 252,
    RedeemTranche: 253,
    PayPremium: 406,
    ConfigureLinks: 119,
    TransferOut: 261,
    PledgeOut: 262,
    ReleasePledge: 263,
    TransferIn: 264,
    ConfirmTransfer: 265,
    ReturnTransfer: 266,
    SetGate: 108,
    OpenAccount: 201,
    Deposit: 202,
    Withdraw: 203,
    TransferCollateral: 204,
    FundInsurance: 205,
    SupplyAsset: 206,
    RedeemSupply: 207,
    Borrow: 208,
    Repay: 209,
    CollectReserve: 210,
    ReportPrices: 301,
    RecordFill: 302,
    FinishOrder: 303,
    AccrueFunding: 304,
    Tick: 305,
    ReportDepth: 306,
    PlaceBid: 321,
    StartLiquidations: 401,
    StepLiquidation: 402,
    SettleMarket: 403,
    AccrueInterest: 404,
  });
});

const EVENT_CODES = {
  PoolConfigured: 101,
  IndexConfigured: 102,
  AssetConfigured: 103,
  MarketConfigured: 104,
  CloseOutsConfigured: 105,
  LiquidityConfigured: 106,
  BreakersConfigured: 107,
  LendingConfigured: 109,
  AuctionsConfigured: 110,
  DirectConfigured: 111,
  FindersConfigured: 112,
  RoutingConfigured: 115,
  PriceGuardsConfigured: 116,
  AmmConfigured: 113,
  VaultConfigured: 114,
  TradedWithAmm: 241,
  VaultDeposited: 242,
  VaultExitRequested: 243,
  VaultRedeemed: 244,
  WaterfallConfigured: 117,
  LossSharingConfigured: 118,
  LossSpread: 496,
  DeleveragingConfigured: 120,
  HedgesOverridden: 415,
  TrancheDeposited: 251,
  TrancheExitRequested: 252,
  TrancheRedeemed: 253,
  PremiumPaid: 254,
  BufferFilled: 491,
  BufferPaid: 492,
  TranchePaid: 493,
  BufferRepaid: 494,
  TrancheRepaid: 495,
  LinksConfigured: 119,
  TransferSent: 261,
  TransferReceived: 262,
  TransferRefused: 263,
  TransferConfirmed: 264,
  TransferReturned: 265,
  ClosedByAmm: 471,
  AccountTakenOver: 472,
  LiquidatedDirectly: 461,
  PriorityOpened: 462,
  PriorityAwarded: 463,
  AccountsNoticed: 464,
  FinderNamed: 465,
  PriorityBidPlaced: 466,
  NoticesDropped: 467,
  DebtRepaidDirectly: 468,
  GateSet: 108,
  AccountOpened: 201,
  Deposited: 202,
  Withdrawn: 203,
  CollateralTransferred: 204,
  InsuranceFunded: 205,
  UnallocatedLossRepaid: 206,
  AssetSupplied: 211,
  SupplyRedeemed: 212,
  Borrowed: 213,
  Repaid: 214,
  ReserveCollected: 215,
  PricesUpdated: 301,
  FillRecorded: 302,
  OrderFinished: 303,
  FundingAccrued: 304,
  FundingResidueCollected: 305,
  TimePassed: 306,
  DepthReported: 307,
  VolatilityMeasured: 308,
  InterestAccrued: 309,
  MarksGuarded: 310,
  LiquidationStarted: 401,
  CloseOutOrderPlaced: 402,
  PenaltyCharged: 403,
  TakeoverDecided: 404,
  CollateralConverted: 405,
  DeficitCovered: 406,
  PositionsDeleveraged: 407,
  BadDebtSettled: 408,
  LiquidationEnded: 409,
  CoverRepaid: 410,
  CloseOutPlanned: 411,
  OrderCancelRequested: 412,
  CloseOutDeferred: 413,
  ProviderPaid: 414,
  DebtRepaid: 441,
  DebtAssumed: 442,
  SupplyReleased: 443,
  SupplyConverted: 444,
  AuctionStarted: 451,
  AuctionReset: 452,
  AuctionTaken: 453,
  AuctionEnded: 454,
  RouteChosen: 481,
  RouteLeft: 482,
  OrderRouted: 483,
  SettlementPriceFixed: 501,
  PositionsSettled: 502,
  MarketSettled: 503,
  BreakerTripped: 601,
  BreakerReleased: 602,
  BreakerRearmed: 603,
};

test('codes of events', () => {
  const codes = eventTypes.map((type) => [type, codeOf(Event, sample(arbitraryEventOf(type)))]);
  assert.deepEqual(Object.fromEntries(codes), EVENT_CODES);
});

test('codes of outcomes and the version of the record', () => {
  assert.equal(RECORD_VERSION, 1);
  assert.equal(codeOf(Outcome, { type: 'Accepted', events: [] }), 1);
  const rejection = { code: 'SELF_TRADE', details: [] } as const;
  assert.equal(codeOf(Outcome, { type: 'Rejected', rejection }), 2);
});

/** 1xxx to 3xxx: the command, accounts, markets. */
const GENERAL_REJECTIONS = {
  DUPLICATE_COMMAND: 1001,
  SOURCE_SEQUENCE_TOO_OLD: 1002,
  INTERNAL_COMMAND: 1003,
  POOL_NOT_CONFIGURED: 1004,
  POOL_ALREADY_CONFIGURED: 1005,
  INVALID_PARAMETER: 1006,
  NOT_POSITIVE: 1007,
  ACCOUNT_EXISTS: 2001,
  ACCOUNT_UNKNOWN: 2002,
  ACCOUNT_IN_LIQUIDATION: 2003,
  PARENT_NOT_ELIGIBLE: 2004,
  OWNER_DIFFERS: 2005,
  ASSET_UNKNOWN: 2006,
  ASSET_CAP_EXCEEDED: 2007,
  BALANCE_INSUFFICIENT: 2008,
  INITIAL_MARGIN_NOT_MET: 2009,
  WITHDRAWALS_GATED: 2010,
  SELF_TRADE: 2011,
  LENDING_UNKNOWN: 2021,
  ACCOUNT_ISOLATED: 2022,
  DESK_CASH_INSUFFICIENT: 2023,
  BORROW_CAP_EXCEEDED: 2024,
  DEBT_TOO_SMALL: 2025,
  NOTHING_OWED: 2026,
  SUPPLY_INSUFFICIENT: 2027,
  AMOUNT_TOO_SMALL: 2028,
  INTEREST_NOT_DUE: 2029,
  INDEX_UNKNOWN: 3001,
  SOURCE_UNKNOWN: 3002,
  MARKET_UNKNOWN: 3003,
  MARKET_EXPIRED: 3004,
  MARKET_NOT_TRADABLE_BY_ACCOUNT: 3005,
  PRICE_UNAVAILABLE: 3006,
  PRICE_OUTSIDE_BAND: 3007,
  REPORT_FROM_THE_FUTURE: 3008,
  REPORT_REPEATED: 3009,
  BOOK_CROSSED: 3010,
  SIZE_NOT_IN_LOTS: 3011,
  MARKET_IN_USE: 3012,
  OPEN_INTEREST_CAP_EXCEEDED: 3013,
  GATE_CLOSED: 3014,
};

/** 4xxx: liquidation and the ways out. */
const LIQUIDATION_REJECTIONS = {
  ORDER_NOT_OPEN: 4001,
  ORDER_MISMATCH: 4002,
  ORDER_OVERFILLED: 4003,
  PRICE_BEYOND_LIMIT: 4004,
  ACCOUNT_NOT_LIQUIDATABLE: 4005,
  LIQUIDATION_NOT_DUE: 4006,
  SETTLEMENT_NOT_DUE: 4007,
  AUCTION_NOT_OPEN: 4021,
  BID_MISMATCH: 4022,
  BIDDER_NOT_ELIGIBLE: 4023,
  BID_ON_CHANGED_ACCOUNT: 4024,
  BID_BEYOND_OFFER: 4025,
  BID_IS_DUST: 4026,
  BID_LIMIT_NOT_MET: 4027,
  BID_NOT_FUNDED: 4028,
  NOT_OPEN_TO_LIQUIDATORS: 4031,
  LIQUIDATOR_NOT_PERMITTED: 4032,
  OWN_ACCOUNT: 4033,
  COOLING_OFF: 4034,
  PRIORITY_HELD: 4035,
  ACCOUNT_CHANGED: 4036,
  TAKE_OUT_OF_RANGE: 4037,
  PRIORITY_NOT_OFFERED: 4038,
  PRIORITY_BID_TOO_LOW: 4039,
  AMM_UNAVAILABLE: 4041,
  VAULT_UNKNOWN: 4042,
  VAULT_IN_USE: 4043,
  VAULT_DEPOSIT_REFUSED: 4044,
  VAULT_SHARES_INSUFFICIENT: 4045,
  VAULT_EXIT_NOT_DUE: 4046,
  TRANCHE_UNKNOWN: 4051,
  TRANCHE_IN_USE: 4052,
  TRANCHE_DEPOSIT_REFUSED: 4053,
  TRANCHE_SHARES_INSUFFICIENT: 4054,
  TRANCHE_EXIT_NOT_DUE: 4055,
  PREMIUM_NOT_DUE: 4056,
  POOL_NOT_LINKED: 4061,
  TRANSFER_ALREADY_RECEIVED: 4062,
  TRANSFER_ALREADY_REFUSED: 4063,
  TRANSFER_OUT_OF_ORDER: 4064,
  TRANSFER_NOT_OPEN: 4065,
  PLEDGE_NOT_HELD: 4066,
  PLEDGE_NOT_TAKEN: 4067,
  LINK_FULL: 4068,
};

test('numbers of rejections', () => {
  assert.deepEqual(REJECTIONS, { ...GENERAL_REJECTIONS, ...LIQUIDATION_REJECTIONS });
});

test('places of words', () => {
  /** Where each word stands; nothing may stand behind the last. */
  const places = <T extends string>(shape: Shape<T>, words: readonly T[]) => {
    assert.equal(decode(shape, Uint8Array.of(words.length)).ok, false, `after ${words.at(-1)}`);
    return words.map((word) => encode(shape, word)[0]);
  };
  assert.deepEqual(places(contractKind, ['linear', 'inverse']), [0, 1]);
  const proRata = ['capped-pro-rata', 'risk-aware-pro-rata', 'min-max'] as const;
  const sharing = ['minimax-leverage', 'queue', 'queue-notional', ...proRata] as const;
  assert.deepEqual(places(adlPolicy, sharing), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(places(lossBasis, ['profits', 'open-interest']), [0, 1]);
  assert.deepEqual(places(markMode, ['live', 'frozen']), [0, 1]);
  const doneReasons = ['filled', 'expired', 'rejected', 'canceled'] as const;
  assert.deepEqual(places(orderDoneReason, doneReasons), [0, 1, 2, 3]);
  assert.deepEqual(places(orderStyle, ['immediate-or-cancel', 'limit']), [0, 1]);
  const policies = [
    'least-impact',
    'proportional',
    'largest-first',
    'fixed-share',
    'everything',
  ] as const;
  assert.deepEqual(places(closeOutPolicy, policies), [0, 1, 2, 3, 4]);
  assert.deepEqual(places(impactModel, ['square-root', 'linear']), [0, 1]);
  const gates = ['liquidations', 'close-outs', 'takes', 'withdrawals'] as const;
  assert.deepEqual(places(gate, gates), [0, 1, 2, 3]);
  const reasons = ['price-jump', 'sources-disagree', 'depth-collapsed', 'price-stale'] as const;
  assert.deepEqual(places(breakerReason, reasons), [0, 1, 2, 3]);
  const methods = ['book', 'outside', 'amm', 'auction', 'direct', 'backstop'] as const;
  assert.deepEqual(places(routeMethod, methods), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(places(ammCurve, ['constant-product', 'concentrated']), [0, 1]);
  assert.deepEqual(places(routeChoice, ['ladder', 'cheapest']), [0, 1]);
  assert.deepEqual(places(directAccess, ['open', 'permissioned']), [0, 1]);
  assert.deepEqual(places(detection, ['engine', 'finders']), [0, 1]);
  const curves = ['linear', 'exponential', 'stairstep', 'two-phase'] as const;
  assert.deepEqual(places(auctionCurve, curves), [0, 1, 2, 3]);
  assert.deepEqual(places(auctionedLot, ['position', 'portfolio']), [0, 1]);
  assert.deepEqual(places(auctionLot, ['collateral', 'position', 'portfolio']), [0, 1, 2]);
  assert.deepEqual(places(auctionPhase, ['solvent', 'insolvent']), [0, 1]);
  assert.deepEqual(places(auctionResetReason, ['time', 'price', 'proceeds']), [0, 1, 2]);
  assert.deepEqual(places(bidSettlement, ['account', 'outside']), [0, 1]);
  assert.deepEqual(places(transferPurpose, ['transfer', 'pledge', 'release']), [0, 1, 2]);
  const outcomes = ['sold', 'restored', 'no-bids', 'superseded', 'out-of-time'] as const;
  assert.deepEqual(places(auctionOutcome, outcomes), [0, 1, 2, 3, 4]);
  const left = [
    'restored',
    'bankrupt',
    'exhausted',
    'no-taker',
    'no-room',
    'out-of-time',
    'toxic',
    'unavailable',
  ] as const;
  assert.deepEqual(places(routeLeftReason, left), [0, 1, 2, 3, 4, 5, 6, 7]);
});

/**
 * The byte by which the encodings of two events differ, at the same place in both. A byte higher
 * than that of every word is none.
 */
function placeOf(event: Event, field: string, words: readonly string[]): number[] {
  const encodings = words.map((word) => encode(Event, { ...event, [field]: word } as Event));
  const first = encodings[0]!;
  const at = first.findIndex((byte, index) => byte !== encodings[1]![index]);
  const places = encodings.map((bytes) => bytes[at]!);
  const next = Uint8Array.from(first);
  next[at] = words.length;
  assert.equal(decode(Event, next).ok, false, `after ${words.at(-1)}`);
  return places;
}

test('places of words that only events use', () => {
  const takeover = sample(arbitraryEventOf('TakeoverDecided'));
  const reasons = ['bankrupt', 'book-exhausted', 'steps-exhausted', 'toxic', 'routes-exhausted'];
  assert.deepEqual(placeOf(takeover, 'reason', reasons), [0, 1, 2, 3, 4]);
  const ended = sample(arbitraryEventOf('LiquidationEnded'));
  assert.deepEqual(placeOf(ended, 'outcome', ['restored', 'closed', 'bankrupt']), [0, 1, 2]);
  const cancel = sample(arbitraryEventOf('OrderCancelRequested'));
  const causes = ['restored', 'repriced', 'gate-closed'];
  assert.deepEqual(placeOf(cancel, 'reason', causes), [0, 1, 2]);
  const released = sample(arbitraryEventOf('BreakerReleased'));
  assert.deepEqual(placeOf(released, 'cause', ['calm', 'time-limit']), [0, 1]);
});
