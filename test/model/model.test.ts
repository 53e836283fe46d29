/**
 * The engine against the naive model on random sequences of commands: equal events field by field,
 * equal refusals, equal due work, equal states.
 * @module
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventType, REJECTIONS, type RejectionCode } from '../../src/engine/schema/index.ts';
import { CANARIES } from './canaries.ts';
import { casesUntilCaught, runCases } from './cases.ts';
import { BORROWER_FALLS, type Coverage, engineSubject } from './lockstep.ts';

const SEED = Number(process.env['MODEL_SEED'] ?? 1);
const CASES = Number(process.env['MODEL_CASES'] ?? 100);

/** Every event there is: the type makes it a compile error to forget one. */
const EVENTS: Readonly<Record<EventType, true>> = {
  PoolConfigured: true,
  IndexConfigured: true,
  AssetConfigured: true,
  MarketConfigured: true,
  CloseOutsConfigured: true,
  LiquidityConfigured: true,
  BreakersConfigured: true,
  LendingConfigured: true,
  AuctionsConfigured: true,
  RoutingConfigured: true,
  PriceGuardsConfigured: true,
  AmmConfigured: true,
  VaultConfigured: true,
  TradedWithAmm: true,
  VaultDeposited: true,
  VaultExitRequested: true,
  VaultRedeemed: true,
  WaterfallConfigured: true,
  LossSharingConfigured: true,
  LossSpread: true,
  DeleveragingConfigured: true,
  HedgesOverridden: true,
  TrancheDeposited: true,
  TrancheExitRequested: true,
  TrancheRedeemed: true,
  PremiumPaid: true,
  BufferFilled: true,
  BufferPaid: true,
  TranchePaid: true,
  BufferRepaid: true,
  TrancheRepaid: true,
  LinksConfigured: true,
  TransferSent: true,
  TransferReceived: true,
  TransferRefused: true,
  TransferConfirmed: true,
  TransferReturned: true,
  ClosedByAmm: true,
  AccountTakenOver: true,
  GateSet: true,
  AccountOpened: true,
  Deposited: true,
  Withdrawn: true,
  CollateralTransferred: true,
  InsuranceFunded: true,
  UnallocatedLossRepaid: true,
  AssetSupplied: true,
  SupplyRedeemed: true,
  Borrowed: true,
  Repaid: true,
  ReserveCollected: true,
  InterestAccrued: true,
  DebtRepaid: true,
  DebtAssumed: true,
  SupplyReleased: true,
  SupplyConverted: true,
  PricesUpdated: true,
  FillRecorded: true,
  OrderFinished: true,
  FundingAccrued: true,
  FundingResidueCollected: true,
  TimePassed: true,
  DepthReported: true,
  VolatilityMeasured: true,
  MarksGuarded: true,
  LiquidationStarted: true,
  CloseOutPlanned: true,
  CloseOutOrderPlaced: true,
  OrderCancelRequested: true,
  CloseOutDeferred: true,
  PenaltyCharged: true,
  ProviderPaid: true,
  TakeoverDecided: true,
  CollateralConverted: true,
  DeficitCovered: true,
  CoverRepaid: true,
  PositionsDeleveraged: true,
  BadDebtSettled: true,
  AuctionStarted: true,
  AuctionReset: true,
  AuctionTaken: true,
  AuctionEnded: true,
  RouteChosen: true,
  RouteLeft: true,
  OrderRouted: true,
  DirectConfigured: true,
  FindersConfigured: true,
  LiquidatedDirectly: true,
  DebtRepaidDirectly: true,
  PriorityOpened: true,
  PriorityBidPlaced: true,
  PriorityAwarded: true,
  AccountsNoticed: true,
  NoticesDropped: true,
  FinderNamed: true,
  LiquidationEnded: true,
  BreakerTripped: true,
  BreakerReleased: true,
  BreakerRearmed: true,
  SettlementPriceFixed: true,
  PositionsSettled: true,
  MarketSettled: true,
};

/** Ways for events of one type to differ that must all occur. */
const VARIANTS = [
  'takeover bankrupt',
  'takeover book-exhausted',
  'takeover steps-exhausted',
  'outcome restored',
  'outcome closed',
  'outcome bankrupt',
  'order filled',
  'order expired',
  'order rejected',
  'order canceled',
  'plan by least-impact',
  'plan by proportional',
  'plan by largest-first',
  'plan by fixed-share',
  'plan by everything',
  'plan that restores',
  'plan that falls short',
  'plan of several legs',
  'plan without room for a leg',
  'plan for orders of style limit',
  'taken back as restored',
  'taken back as repriced',
  'taken back as gate-closed',
  'tripped by price-jump',
  'tripped by sources-disagree',
  'tripped by depth-collapsed',
  'tripped by price-stale',
  'released as calm',
  'released as time-limit',
  'a stable price that moves',
  'a mark kept from moving so far',
  'deleveraging by minimax-leverage',
  'deleveraging by queue',
  'deleveraging by queue-notional',
  'deleveraging by capped-pro-rata',
  'deleveraging by risk-aware-pro-rata',
  'deleveraging by min-max',
  'deleveraging of several',
  'deleveraging that takes',
  'deleveraging at no price',
  'deleveraging with a residual',
  'bad debt paid by the fund',
  'bad debt socialized',
  'bad debt unallocated',
  'a premium of nothing',
  'a deposit into a tranche that gained',
  'a deposit into a tranche that lost',
  'an exit of part of a tranche',
  'an exit of all of a tranche',
  BORROWER_FALLS,
];

/** Both sides agree on who is to be liquidated among those who owe or lend; there a run ends. */
const DEBTS_LIQUIDATED: readonly EventType[] = [
  'DebtRepaid',
  'DebtAssumed',
  'SupplyReleased',
  'SupplyConverted',
];
const DIRECT_EVENTS: readonly EventType[] = [
  'DirectConfigured',
  'FindersConfigured',
  'LiquidatedDirectly',
  'DebtRepaidDirectly',
  'PriorityOpened',
  'PriorityBidPlaced',
  'PriorityAwarded',
  'AccountsNoticed',
  'NoticesDropped',
  'FinderNamed',
];

const DIRECT_CODES: readonly RejectionCode[] = [
  'NOT_OPEN_TO_LIQUIDATORS',
  'LIQUIDATOR_NOT_PERMITTED',
  'OWN_ACCOUNT',
  'COOLING_OFF',
  'PRIORITY_HELD',
  'ACCOUNT_CHANGED',
  'TAKE_OUT_OF_RANGE',
  'PRIORITY_NOT_OFFERED',
  'PRIORITY_BID_TOO_LOW',
];

/** What random commands do not lead to, each with its reason. */
const LOSS_SHARING = ['event LossSharingConfigured', 'event LossSpread'];

const AMM_AND_VAULT = [
  'event AmmConfigured',
  'event VaultConfigured',
  'event TradedWithAmm',
  'event VaultDeposited',
  'event VaultExitRequested',
  'event VaultRedeemed',
  'event ClosedByAmm',
  'event AccountTakenOver',
  'code AMM_UNAVAILABLE',
  'code VAULT_UNKNOWN',
  'code VAULT_IN_USE',
  'code VAULT_DEPOSIT_REFUSED',
  'code VAULT_SHARES_INSUFFICIENT',
  'code VAULT_EXIT_NOT_DUE',
];

const LINKS = [
  'event LinksConfigured',
  'event TransferSent',
  'event TransferReceived',
  'event TransferRefused',
  'event TransferConfirmed',
  'event TransferReturned',
  'code POOL_NOT_LINKED',
  'code TRANSFER_ALREADY_RECEIVED',
  'code TRANSFER_ALREADY_REFUSED',
  'code TRANSFER_OUT_OF_ORDER',
  'code TRANSFER_NOT_OPEN',
  'code PLEDGE_NOT_HELD',
  'code PLEDGE_NOT_TAKEN',
  'code LINK_FULL',
];

const UNREACHED: ReadonlyMap<string, string> = new Map<string, string>([
  ...DEBTS_LIQUIDATED.map(
    (type) => [`event ${type}`, 'the model liquidates no debts: see test/lending'] as const,
  ),
  ...[
    'event AuctionsConfigured',
    'event AuctionStarted',
    'event AuctionReset',
    'event AuctionTaken',
    'event AuctionEnded',
    'code AUCTION_NOT_OPEN',
    'code BID_MISMATCH',
    'code BIDDER_NOT_ELIGIBLE',
    'code BID_ON_CHANGED_ACCOUNT',
    'code BID_BEYOND_OFFER',
    'code BID_IS_DUST',
    'code BID_LIMIT_NOT_MET',
    'code BID_NOT_FUNDED',
  ].map((name) => [name, 'the model knows no auctions: see test/routes'] as const),
  ...['RoutingConfigured', 'RouteChosen', 'RouteLeft', 'OrderRouted'].map(
    (type) => [`event ${type}`, 'the model knows the book alone: see test/routes'] as const,
  ),
  ...DIRECT_EVENTS.map(
    (type) => [`event ${type}`, 'see test/routes/direct.property.test.ts'] as const,
  ),
  ...DIRECT_CODES.map((code) => [`code ${code}`, 'see src/engine/direct.test.ts'] as const),
  ...LINKS.map((name) => [name, 'see test/links/links.property.test.ts'] as const),
  ...LOSS_SHARING.map(
    (name) => [name, 'see test/waterfall/loss-sharing.property.test.ts'] as const,
  ),
  ...AMM_AND_VAULT.map((name) => [name, 'see test/routes/amm-and-vault.property.test.ts'] as const),
]);

test('engine and model agree on random sequences of commands', (t) => {
  const coverage: Coverage = new Map();
  const { records } = runCases({ seed: SEED, cases: CASES, subject: engineSubject, coverage });
  t.diagnostic(`seed ${SEED}: ${CASES} cases, ${records} records, no difference`);
  const codes = Object.keys(REJECTIONS) as RejectionCode[];
  const expected = [
    ...Object.keys(EVENTS).map((type) => `event ${type}`),
    ...codes.map((code) => `code ${code}`),
    ...VARIANTS,
  ];
  const missing = expected.filter((name) => !coverage.has(name) && !UNREACHED.has(name));
  assert.deepEqual(missing, [], 'random commands no longer lead to these');
  const excused = [...UNREACHED.keys()].filter((name) => coverage.has(name));
  assert.deepEqual(excused, [], 'random commands do lead to these');
});

for (const { name, budget, seed = SEED, always, subject } of CANARIES) {
  test(`canary: ${name}`, (t) => {
    const caught = casesUntilCaught(subject, { seed, budget, always: always ?? null });
    t.diagnostic(`caught in case ${caught} of at most ${budget}`);
    assert.notEqual(caught, null, `not caught in ${budget} cases`);
  });
}
