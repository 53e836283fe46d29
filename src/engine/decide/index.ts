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
  ENGINE_SOURCE,
  type Outcome,
} from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { accrueFunding } from './accrue-funding.ts';
import { accrueInterest, collectReserve } from './accrue-interest.ts';
import { bidPriority } from './bid-priority.ts';
import { deposit, fundInsurance, openAccount, transferCollateral, withdraw } from './capital.ts';
import {
  configureBreakers,
  configureCloseOuts,
  configureLiquidity,
} from './close-out-configuration.ts';
import { configureAsset, configureIndex, configureMarket, configurePool } from './configuration.ts';
import { configureDirect, configureFinders } from './direct-configuration.ts';
import { borrow, redeemSupply, repay, supplyAsset } from './lending.ts';
import { configureLending } from './lending-configuration.ts';
import { liquidateDirect } from './liquidate-direct.ts';
import { rejected } from './outcome.ts';
import { pointAtAccount } from './point-at-account.ts';
import { finishOrder, recordFill } from './record-fill.ts';
import { reportDepth } from './report-depth.ts';
import { reportPrices, tick } from './report-prices.ts';
import { configureRouting } from './routing-configuration.ts';
import { setGate } from './set-gate.ts';
import { settleMarket } from './settle-market.ts';
import { noticeAccounts, startLiquidations } from './start-liquidations.ts';
import { stepLiquidation } from './step-liquidation.ts';

const INTERNAL = new Set<Command['type']>([
  'StartLiquidations',
  'StepLiquidation',
  'SettleMarket',
  'AccrueInterest',
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

function decideCommand(state: PoolView, command: Command, time: EngineTimeMs): Outcome {
  switch (command.type) {
    case 'ConfigurePool':
      return configurePool(state, command);
    case 'ConfigureIndex':
      return configureIndex(state, command);
    case 'ConfigureAsset':
      return configureAsset(state, command);
    case 'ConfigureMarket':
      return configureMarket(state, command);
    case 'ConfigureCloseOuts':
      return configureCloseOuts(state, command);
    case 'ConfigureLiquidity':
      return configureLiquidity(state, command);
    case 'ConfigureBreakers':
      return configureBreakers(state, command);
    case 'ConfigureRouting':
      return configureRouting(state, command);
    case 'ConfigureLending':
      return configureLending(state, command, time);
    case 'ConfigureDirect':
      return configureDirect(state, command);
    case 'ConfigureFinders':
      return configureFinders(state, command);
    case 'SetGate':
      return setGate(state, command, time);
    case 'OpenAccount':
      return openAccount(state, command);
    case 'Deposit':
      return deposit(state, command);
    case 'Withdraw':
      return withdraw(state, command);
    case 'TransferCollateral':
      return transferCollateral(state, command);
    case 'FundInsurance':
      return fundInsurance(state, command);
    case 'SupplyAsset':
      return supplyAsset(state, command, time);
    case 'RedeemSupply':
      return redeemSupply(state, command, time);
    case 'Borrow':
      return borrow(state, command, time);
    case 'Repay':
      return repay(state, command, time);
    case 'CollectReserve':
      return collectReserve(state, command, time);
    case 'ReportPrices':
      return reportPrices(state, command, time);
    case 'RecordFill':
      return recordFill(state, command, time);
    case 'FinishOrder':
      return finishOrder(state, command);
    case 'AccrueFunding':
      return accrueFunding(state, command);
    case 'Tick':
      return tick(state, time);
    case 'ReportDepth':
      return reportDepth(state, command, time);
    case 'LiquidateDirect':
      return liquidateDirect(state, command, time);
    case 'BidPriority':
      return bidPriority(state, command, time);
    case 'PointAtAccount':
      return pointAtAccount(state, command);
    case 'NoticeAccounts':
      return noticeAccounts(state, command, time);
    case 'StartLiquidations':
      return startLiquidations(state, command);
    case 'StepLiquidation':
      return stepLiquidation(state, command, time);
    case 'SettleMarket':
      return settleMarket(state, command, time);
    case 'AccrueInterest':
      return accrueInterest(state, command, time);
  }
}
