/**
 * `decide(state, envelope, time)`: what a command leads to. Pure: it reads the state and answers
 * with events or a rejection; when several rejections apply, the first in the order documented
 * in `docs/rejections.md` is the one given.
 * @module
 */
import type { EngineTimeMs } from '../../units/index.ts';
import { SOURCE_WINDOW } from '../evolve/index.ts';
import {
  type Command,
  type CommandEnvelope,
  type CommandOf,
  type CommandType,
  ENGINE_SOURCE,
  type Outcome,
} from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { accrueFunding } from './accrue-funding.ts';
import { accrueInterest, collectReserve } from './accrue-interest.ts';
import { configureAmm, tradeWithAmm } from './amm.ts';
import { configureAuctions } from './auction-configuration.ts';
import { bidPriority } from './bid-priority.ts';
import { deposit, fundInsurance, openAccount, transferCollateral, withdraw } from './capital.ts';
import {
  configureBreakers,
  configureCloseOuts,
  configureLiquidity,
} from './close-out-configuration.ts';
import { configureAsset, configureIndex, configureMarket, configurePool } from './configuration.ts';
import { configureDeleveraging } from './deleveraging-configuration.ts';
import { configureDirect, configureFinders } from './direct-configuration.ts';
import { borrow, redeemSupply, repay, supplyAsset } from './lending.ts';
import { configureLending } from './lending-configuration.ts';
import { liquidateDirect } from './liquidate-direct.ts';
import { configureLossSharing } from './loss-sharing-configuration.ts';
import { rejected } from './outcome.ts';
import { placeBid } from './place-bid.ts';
import { pointAtAccount } from './point-at-account.ts';
import { configurePriceGuards } from './price-guard-configuration.ts';
import { finishOrder, recordFill } from './record-fill.ts';
import { repayDirect } from './repay-direct.ts';
import { reportDepth } from './report-depth.ts';
import { reportPrices, tick } from './report-prices.ts';
import { configureRouting } from './routing-configuration.ts';
import { setGate } from './set-gate.ts';
import { settleMarket } from './settle-market.ts';
import { noticeAccounts, startLiquidations } from './start-liquidations.ts';
import { stepLiquidation } from './step-liquidation.ts';
import { depositTranche, payPremium, redeemTranche, requestTrancheExit } from './tranches.ts';
import { transferIn } from './transfer-in.ts';
import {
  configureLinks,
  confirmTransfer,
  pledgeOut,
  releasePledge,
  returnTransfer,
  transferOut,
} from './transfers.ts';
import { configureVault, depositVault, redeemVault, requestVaultExit } from './vault.ts';
import { configureWaterfall } from './waterfall-configuration.ts';

const INTERNAL = new Set<Command['type']>([
  'StartLiquidations',
  'StepLiquidation',
  'SettleMarket',
  'AccrueInterest',
  'PayPremium',
  'NoticeAccounts',
]);

export function decide(state: PoolView, envelope: CommandEnvelope, time: EngineTimeMs): Outcome {
  const { command } = envelope;
  const internal = envelope.source === ENGINE_SOURCE;
  if (!internal) {
    const duplicate = duplicateOf(state, envelope);
    if (duplicate !== null) return duplicate;
  }
  if (INTERNAL.has(command.type) !== internal) {
    return rejected('INTERNAL_COMMAND', { source: envelope.source, command: command.type });
  }
  const configures = command.type === 'ConfigurePool';
  if (!configures && state.parameters === null) {
    return rejected('POOL_NOT_CONFIGURED', { command: command.type });
  }
  return decideCommand(state, command, time);
}

/** A command of this source and number was accepted before, or cannot be told from one. */
function duplicateOf(state: PoolView, envelope: CommandEnvelope): Outcome | null {
  const { source, sourceSeq } = envelope;
  const recent = state.sources.get(source)?.recent ?? [];
  const before = recent.find((entry) => entry.sourceSeq === sourceSeq);
  if (before !== undefined) {
    return rejected('DUPLICATE_COMMAND', { source, sourceSeq, firstSeq: before.seq });
  }
  const oldest = recent[0]?.sourceSeq ?? 0;
  if (recent.length < SOURCE_WINDOW || sourceSeq > oldest) return null;
  return rejected('SOURCE_SEQUENCE_TOO_OLD', { source, sourceSeq, oldest });
}

type Deciding = {
  readonly [T in CommandType]: (
    state: PoolView,
    command: CommandOf<T>,
    time: EngineTimeMs,
  ) => Outcome;
};

const DECIDING: Deciding = {
  ConfigurePool: configurePool,
  ConfigureIndex: configureIndex,
  ConfigureAsset: configureAsset,
  ConfigureMarket: configureMarket,
  ConfigureCloseOuts: configureCloseOuts,
  ConfigureLiquidity: configureLiquidity,
  ConfigureBreakers: configureBreakers,
  ConfigureRouting: configureRouting,
  ConfigurePriceGuards: configurePriceGuards,
  ConfigureAmm: configureAmm,
  ConfigureVault: configureVault,
  ConfigureWaterfall: configureWaterfall,
  ConfigureLossSharing: configureLossSharing,
  ConfigureDeleveraging: configureDeleveraging,
  ConfigureLending: configureLending,
  ConfigureAuctions: configureAuctions,
  ConfigureDirect: configureDirect,
  ConfigureFinders: configureFinders,
  SetGate: setGate,
  OpenAccount: openAccount,
  Deposit: deposit,
  Withdraw: withdraw,
  TransferCollateral: transferCollateral,
  FundInsurance: fundInsurance,
  SupplyAsset: supplyAsset,
  RedeemSupply: redeemSupply,
  Borrow: borrow,
  Repay: repay,
  CollectReserve: collectReserve,
  TradeWithAmm: tradeWithAmm,
  DepositVault: depositVault,
  RequestVaultExit: requestVaultExit,
  RedeemVault: redeemVault,
  DepositTranche: depositTranche,
  RequestTrancheExit: requestTrancheExit,
  RedeemTranche: redeemTranche,
  ConfigureLinks: configureLinks,
  TransferOut: transferOut,
  PledgeOut: pledgeOut,
  ReleasePledge: releasePledge,
  TransferIn: transferIn,
  ConfirmTransfer: confirmTransfer,
  ReturnTransfer: returnTransfer,
  ReportPrices: reportPrices,
  RecordFill: recordFill,
  FinishOrder: finishOrder,
  AccrueFunding: accrueFunding,
  Tick: (state, _command, time) => tick(state, time),
  ReportDepth: reportDepth,
  PlaceBid: placeBid,
  LiquidateDirect: liquidateDirect,
  RepayDirect: repayDirect,
  BidPriority: bidPriority,
  PointAtAccount: pointAtAccount,
  NoticeAccounts: noticeAccounts,
  StartLiquidations: startLiquidations,
  StepLiquidation: stepLiquidation,
  SettleMarket: settleMarket,
  AccrueInterest: accrueInterest,
  PayPremium: payPremium,
};

function decideCommand(state: PoolView, command: Command, time: EngineTimeMs): Outcome {
  const decided = DECIDING[command.type] as (
    state: PoolView,
    command: Command,
    time: EngineTimeMs,
  ) => Outcome;
  return decided(state, command, time);
}
