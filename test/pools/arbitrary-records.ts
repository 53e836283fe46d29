/**
 * Arbitrary values of every shape of the schema, over the whole range of each field: lawful to
 * encode, not to decide. The tables are keyed by type, so that a new command or event without an
 * arbitrary does not compile.
 * @module
 */
import fc from 'fast-check';
import type {
  AccountShape,
  Command,
  CommandEnvelope,
  CommandOf,
  CommandType,
  Event,
  EventOf,
  EventType,
  Infer,
  JournalRecord,
  PoolShape,
  PositionChange,
  Rejection,
  RejectionCode,
} from '../../src/engine/index.ts';
import { REJECTIONS } from '../../src/engine/index.ts';
import {
  type AccountId,
  type AssetId,
  type EngineTimeMs,
  fromRaw,
  type IndexId,
  type MarketId,
  type Wad,
} from '../../src/units/index.ts';

type Arbitrary<T> = fc.Arbitrary<T>;

/** A plain object, as the decoder makes them. */
const record = <M extends object>(model: { [K in keyof M]: Arbitrary<M[K]> }): Arbitrary<M> =>
  fc.record(model, { noNullPrototype: true }) as Arbitrary<M>;

const LARGEST = 2n ** 127n - 1n;

const wad = <U extends Wad>(): Arbitrary<U> =>
  fc
    .oneof(
      fc.bigInt({ min: -LARGEST, max: LARGEST }),
      fc.bigInt({ min: -3n, max: 3n }),
      fc.constantFrom(LARGEST, -LARGEST, 2n ** 64n, -(2n ** 64n), 2n ** 63n, 10n ** 18n),
    )
    .map((raw) => fromRaw<U>(raw));

const whole = <N extends number = number>(): Arbitrary<N> =>
  fc.oneof(
    fc.maxSafeNat(),
    fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  ) as Arbitrary<N>;

const id = <T extends string>(): Arbitrary<T> =>
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/) as Arbitrary<T>;

const list = <T>(entry: Arbitrary<T>): Arbitrary<T[]> => fc.array(entry, { maxLength: 3 });
const orNull = <T>(value: Arbitrary<T>): Arbitrary<T | null> => fc.option(value, { nil: null });

const name = id<string>();
const time = whole<EngineTimeMs>();
const account = id<AccountId>();
const market = id<MarketId>();
const asset = id<AssetId>();
const index = id<IndexId>();
const exactSum = fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n });
const mode = fc.constantFrom('live' as const, 'frozen' as const);
const policy = fc.constantFrom('minimax-leverage' as const, 'queue' as const);
const doneReason = fc.constantFrom('filled' as const, 'expired' as const, 'rejected' as const);

/** The same arbitrary under several names. */
const each = <K extends string, T>(value: Arbitrary<T>, ...names: readonly K[]) =>
  Object.fromEntries(names.map((field) => [field, value])) as Record<K, Arbitrary<T>>;
const wads = <K extends string>(...names: readonly K[]) => each(wad<never>(), ...names);
const counts = <K extends string>(...names: readonly K[]) => each(whole<never>(), ...names);

const poolParameters = record({
  settlementAsset: asset,
  ...wads('releaseRatio', 'penaltyFraction', 'keeperShare', 'burnShare', 'bankruptcyAdjustment'),
  ...wads('spreadToMaintenanceMarginRatio', 'fillBand'),
  ...counts('orderTimeoutMs', 'bookAttemptsMax', 'closeOutStepsMax', 'adlFillsMax'),
  ...counts('startsPerRecordMax', 'settlementsPerRecordMax'),
  adlPolicy: policy,
  insuranceEventCap: orNull(wad<never>()),
  collateralBuyer: orNull(account),
});

const weighedSource = record({ source: name, weight: wad<never>() });

const indexParameters = record({
  index,
  sources: list(weighedSource),
  ...counts('sourcesMin', 'stalenessMsMax'),
  confidenceMax: orNull(wad<never>()),
  sourceBand: orNull(wad<never>()),
});

const assetParameters = record({
  asset,
  index,
  collateralHaircut: wad<never>(),
  concentrationFactor: orNull(wad<never>()),
  amountMax: orNull(wad<never>()),
});

const marketParameters = record({
  market,
  kind: fc.constantFrom('linear' as const, 'inverse' as const),
  index,
  tiers: list(record(wads('notionalFloor', 'maintenanceMarginFraction'))),
  ...wads('initialMarginFraction', 'openInterestLower', 'openInterestUpper', 'lot', 'notionalMin'),
  markBand: orNull(wad<never>()),
  ...counts('basisTimeConstantMs', 'bookTimeConstantMs', 'averageGapMsMax', 'bookStalenessMsMax'),
  outsideSources: list(weighedSource),
  expiryMs: orNull(time),
});

const indexReport = record({
  index,
  source: name,
  price: wad<never>(),
  timeMs: time,
  confidence: orNull(wad<never>()),
});
const bookReport = record({ market, ...wads('bid', 'ask', 'last'), timeMs: time });
const outsideReport = record({ market, source: name, price: wad<never>(), timeMs: time });
const opening = { account, owner: name, parent: orNull(account), market: orNull(market) };
const movement = { account, asset, amount: wad<never>() };
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
  OpenAccount: record(opening),
  Deposit: record(movement),
  Withdraw: record(movement),
  TransferCollateral: record(transfer),
  FundInsurance: record(wads('amount')),
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
  StartLiquidations: record({ accounts: list(account) }),
  StepLiquidation: record({ liquidation: whole() }),
  SettleMarket: record({ market }),
};

export const commandTypes = Object.keys(commandFields) as CommandType[];
export const arbitraryCommandOf = (type: CommandType): Arbitrary<Command> =>
  typed(type, commandFields[type] as Arbitrary<object>) as Arbitrary<Command>;
export const arbitraryCommand: Arbitrary<Command> = fc.oneof(
  ...commandTypes.map(arbitraryCommandOf),
);

const average = record({ ...wads('value', 'weightMs'), timeMs: time });

const positionChange: Arbitrary<PositionChange> = record({
  account,
  ...wads('sizeDelta', 'entryValueDelta', 'realizedPnl', 'fundingPayment', 'fee'),
  fundingExact: exactSum,
});

const about = { liquidation: whole(), account };
const sums = wads('equity', 'marginEquity', 'maintenanceMargin');

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
    reason: fc.constantFrom('bankrupt', 'book-exhausted', 'steps-exhausted', 'toxic'),
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
  LiquidationEnded: record({
    ...about,
    ...sums,
    outcome: fc.constantFrom('restored', 'closed', 'bankrupt'),
    steps: whole(),
  }),
} as const;

const eventFields: { readonly [T in EventType]: Fields<EventOf<T>> } = {
  PoolConfigured: record({ parameters: poolParameters }),
  IndexConfigured: record({ parameters: indexParameters }),
  AssetConfigured: record({ parameters: assetParameters }),
  MarketConfigured: record({ parameters: marketParameters }),
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
  ...liquidationEvents,
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

export const arbitraryAccount: Arbitrary<AccountShape> = record({
  id: account,
  owner: name,
  parent: orNull(whole()),
  market: orNull(whole()),
  version: whole(),
  balance: wad<never>(),
  collaterals: list(record({ asset: whole(), amount: wad<never>() })),
  positions: list(record({ market: whole(), ...wads('size', 'entryValue', 'fundingIndex') })),
  liquidation: orNull(whole()),
});

const indexState = record({
  parameters: indexParameters,
  reports: list(
    orNull(record({ price: wad<never>(), timeMs: time, confidence: orNull(wad<never>()) })),
  ),
  price: orNull(wad<never>()),
  live: fc.boolean(),
});

const marketState = record({
  parameters: marketParameters,
  ...counts('index', 'settlementCursor'),
  book: orNull(record({ ...wads('bid', 'ask', 'last'), timeMs: time })),
  outside: list(orNull(record({ price: wad<never>(), timeMs: time }))),
  basisAverage: orNull(average),
  bookAverage: orNull(average),
  mark: orNull(wad<never>()),
  mode,
  ...wads('longSize', 'shortSize', 'fundingIndex', 'settlementClearing'),
  fundingUnsettled: exactSum,
  fundingResidue: exactSum,
  settlementPrice: orNull(wad<never>()),
  settled: fc.boolean(),
});

const liquidationState = record({
  ...counts('liquidation', 'account', 'steps', 'attempts', 'notBeforeMs'),
  order: orNull(
    record({
      ...counts('order', 'market', 'expiresAtMs'),
      ...wads('size', 'filled', 'limitPrice'),
    }),
  ),
  takeover: fc.boolean(),
  coverPaid: wad<never>(),
});

export const arbitraryPool: Arbitrary<Infer<typeof PoolShape>> = record({
  timeMs: time,
  parameters: orNull(poolParameters),
  indexes: list(indexState),
  assets: list(
    record({
      parameters: assetParameters,
      index: whole(),
      ...wads('held', 'deposited', 'withdrawn'),
    }),
  ),
  markets: list(marketState),
  liquidations: list(liquidationState),
  sources: list(record({ source: name, recent: list(record(counts('sourceSeq', 'seq'))) })),
  ...counts('accountCount', 'nextLiquidation', 'nextOrder'),
  ...wads('insuranceFund', 'fees', 'burned', 'unallocatedLoss', 'deposited', 'withdrawn'),
  ...wads('balanceTotal', 'entryValueTotal'),
});
