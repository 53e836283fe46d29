/**
 * `evolve(state, event)`: the only place where state changes. Total: it never refuses, because
 * every event was decided on exactly this state.
 * @module
 */
import type { EngineTimeMs } from '../../units/index.ts';
import {
  type CommandEnvelope,
  ENGINE_SOURCE,
  type Event,
  type EventOf,
  type EventType,
} from '../schema/index.ts';
import type { PoolState } from '../state.ts';
import * as amm from './amm.ts';
import * as auctions from './auctions.ts';
import * as capital from './capital.ts';
import * as configuration from './configuration.ts';
import * as deleveraging from './deleveraging.ts';
import * as direct from './direct.ts';
import * as guards from './guards.ts';
import * as lending from './lending.ts';
import * as liquidation from './liquidation.ts';
import * as losses from './loss-sharing.ts';
import * as market from './market-activity.ts';
import * as transfers from './transfers.ts';
import * as vault from './vault.ts';
import * as waterfall from './waterfall.ts';

/** Accepted commands that each source is remembered by, to recognise duplicates. */
export const SOURCE_WINDOW = 64;

const EVOLVERS: { readonly [T in EventType]: (state: PoolState, event: EventOf<T>) => void } = {
  PoolConfigured: configuration.poolConfigured,
  IndexConfigured: configuration.indexConfigured,
  AssetConfigured: configuration.assetConfigured,
  MarketConfigured: configuration.marketConfigured,
  CloseOutsConfigured: configuration.closeOutsConfigured,
  LiquidityConfigured: configuration.liquidityConfigured,
  BreakersConfigured: configuration.breakersConfigured,
  LendingConfigured: lending.lendingConfigured,
  GateSet: guards.gateSet,
  AuctionsConfigured: configuration.auctionsConfigured,
  RoutingConfigured: configuration.routingConfigured,
  PriceGuardsConfigured: configuration.priceGuardsConfigured,
  AmmConfigured: amm.ammConfigured,
  VaultConfigured: vault.vaultConfigured,
  WaterfallConfigured: waterfall.waterfallConfigured,
  LossSharingConfigured: losses.lossSharingConfigured,
  DeleveragingConfigured: deleveraging.deleveragingConfigured,
  AccountOpened: capital.accountOpened,
  Deposited: capital.deposited,
  Withdrawn: capital.withdrawn,
  CollateralTransferred: capital.collateralTransferred,
  InsuranceFunded: capital.insuranceFunded,
  UnallocatedLossRepaid: capital.unallocatedLossRepaid,
  AssetSupplied: lending.assetSupplied,
  SupplyRedeemed: lending.supplyRedeemed,
  Borrowed: lending.borrowed,
  Repaid: lending.repaid,
  ReserveCollected: lending.reserveCollected,
  InterestAccrued: lending.interestAccrued,
  DebtRepaid: lending.debtRepaid,
  DebtAssumed: lending.debtAssumed,
  DebtRepaidDirectly: lending.debtRepaidDirectly,
  SupplyReleased: lending.supplyReleased,
  SupplyConverted: lending.supplyConverted,
  TradedWithAmm: amm.tradedWithAmm,
  VaultDeposited: vault.vaultDeposited,
  VaultExitRequested: vault.vaultExitRequested,
  VaultRedeemed: vault.vaultRedeemed,
  TrancheDeposited: waterfall.trancheDeposited,
  TrancheExitRequested: waterfall.trancheExitRequested,
  TrancheRedeemed: waterfall.trancheRedeemed,
  PremiumPaid: waterfall.premiumPaid,
  BufferFilled: waterfall.bufferFilled,
  BufferPaid: waterfall.bufferPaid,
  TranchePaid: waterfall.tranchePaid,
  BufferRepaid: waterfall.bufferRepaid,
  TrancheRepaid: waterfall.trancheRepaid,
  LinksConfigured: transfers.linksConfigured,
  TransferSent: transfers.transferSent,
  TransferReceived: transfers.transferReceived,
  TransferRefused: transfers.transferRefused,
  TransferConfirmed: transfers.transferConfirmed,
  TransferReturned: transfers.transferReturned,
  LossSpread: losses.lossSpread,
  PricesUpdated: market.pricesUpdated,
  FillRecorded: market.fillRecorded,
  OrderFinished: market.orderFinished,
  FundingAccrued: market.fundingAccrued,
  FundingResidueCollected: market.fundingResidueCollected,
  DepthReported: market.depthReported,
  VolatilityMeasured: market.volatilityMeasured,
  MarksGuarded: market.marksGuarded,
  BreakerTripped: guards.breakerTripped,
  BreakerReleased: guards.breakerReleased,
  BreakerRearmed: guards.breakerRearmed,
  SettlementPriceFixed: market.settlementPriceFixed,
  PositionsSettled: market.positionsSettled,
  MarketSettled: market.marketSettled,
  LiquidationStarted: liquidation.liquidationStarted,
  CloseOutOrderPlaced: liquidation.closeOutOrderPlaced,
  PenaltyCharged: liquidation.penaltyCharged,
  TakeoverDecided: liquidation.takeoverDecided,
  CollateralConverted: liquidation.collateralConverted,
  DeficitCovered: liquidation.deficitCovered,
  CoverRepaid: liquidation.coverRepaid,
  HedgesOverridden: deleveraging.hedgesOverridden,
  PositionsDeleveraged: liquidation.positionsDeleveraged,
  BadDebtSettled: liquidation.badDebtSettled,
  CloseOutPlanned: liquidation.closeOutPlanned,
  OrderCancelRequested: liquidation.orderCancelRequested,
  CloseOutDeferred: liquidation.closeOutDeferred,
  ProviderPaid: liquidation.providerPaid,
  LiquidationEnded: liquidation.liquidationEnded,
  AuctionStarted: auctions.auctionStarted,
  AuctionReset: auctions.auctionReset,
  AuctionTaken: auctions.auctionTaken,
  AuctionEnded: auctions.auctionEnded,
  RouteChosen: liquidation.routeChosen,
  RouteLeft: liquidation.routeLeft,
  OrderRouted: liquidation.orderRouted,
  DirectConfigured: direct.directConfigured,
  FindersConfigured: direct.findersConfigured,
  LiquidatedDirectly: direct.liquidatedDirectly,
  PriorityOpened: direct.priorityOpened,
  PriorityBidPlaced: direct.priorityBidPlaced,
  PriorityAwarded: direct.priorityAwarded,
  AccountsNoticed: direct.accountsNoticed,
  NoticesDropped: direct.noticesDropped,
  FinderNamed: direct.finderNamed,
  ClosedByAmm: amm.closedByAmm,
  AccountTakenOver: vault.accountTakenOver,
  // A tick judges every price; time itself moves with every accepted record, see `advance`.
  TimePassed: market.pricesJudged,
};

export function evolve(state: PoolState, event: Event): void {
  const evolver = EVOLVERS[event.type] as (state: PoolState, event: Event) => void;
  evolver(state, event);
}

/** Moves the pool to the time of an accepted record and remembers its sender. */
export function advance(
  state: PoolState,
  accepted: {
    readonly envelope: CommandEnvelope;
    readonly seq: number;
    readonly time: EngineTimeMs;
  },
): void {
  const { envelope, seq, time } = accepted;
  if (time > state.timeMs) state.changes.time = true;
  state.timeMs = time;
  if (envelope.source === ENGINE_SOURCE) return;
  let source = state.sources.get(envelope.source);
  if (source === undefined) {
    source = { source: envelope.source, recent: [] };
    state.sources.set(envelope.source, source);
  }
  const { recent } = source;
  let at = recent.length;
  while (at > 0 && recent[at - 1]!.sourceSeq > envelope.sourceSeq) at -= 1;
  recent.splice(at, 0, { sourceSeq: envelope.sourceSeq, seq });
  if (recent.length > SOURCE_WINDOW) recent.shift();
}
