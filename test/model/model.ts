/**
 * A second engine, written from docs/spec to be compared with the first: everything is
 * copied, scanned and recomputed for every command, and nothing is clever. It shares the shapes
 * of commands and events with the library, and no arithmetic.
 * @module
 */

import type { RejectionCode } from '../../src/engine/schema/index.ts';
import { deposit, fundInsurance, openAccount, transferCollateral, withdraw } from './capital.ts';
import {
  configureBreakers,
  configureCloseOuts,
  configureLiquidity,
} from './close-out-configuration.ts';
import { configureAsset, configureIndex, configureMarket, configurePool } from './configuration.ts';
import { reportDepth } from './depth-reports.ts';
import { isInterestDue } from './desks.ts';
import { setGate } from './gates.ts';
import { configureDeleveraging } from './hedges.ts';
import { byText } from './integers.ts';
import { rungOf } from './ladder.ts';
import {
  type Answer,
  emptyLedger,
  type Ledger,
  type ModelCommand,
  type ModelEvent,
} from './ledger.ts';
import {
  accrueInterest,
  borrow,
  collectReserve,
  configureLending,
  redeemSupply,
  repay,
  supplyAsset,
} from './lending.ts';
import { isLiquidatable, startLiquidations, stepLiquidation } from './liquidation.ts';
import { marginOf } from './margin.ts';
import { configurePriceGuards } from './price-guards.ts';
import { reportPrices, tick } from './prices.ts';
import { inQueue } from './queue.ts';
import { isSettlementDue, settleMarket } from './settlement.ts';
import { accrueFunding, finishOrder, recordFill } from './trading.ts';
import { depositTranche, redeemTranche, requestTrancheExit } from './tranches.ts';
import { configureWaterfall, isPremiumDue, payPremium } from './waterfall.ts';

export type ModelEnvelope = {
  readonly source: string;
  readonly sourceSeq: number;
  readonly command: ModelCommand;
};

export type ModelOutcome =
  | { readonly type: 'Accepted'; readonly events: readonly ModelEvent[] }
  | { readonly type: 'Rejected'; readonly code: RejectionCode };

export type Model = {
  /** Decides a command and, if it is accepted, takes over what it leads to. */
  readonly apply: (envelope: ModelEnvelope, time: number) => ModelOutcome;
  /** What must be done before anything from outside; null when nothing is due. */
  readonly dueWork: () => ModelCommand | null;
  readonly ledger: () => Ledger;
};

const ENGINE = 'engine';
/** Accepted commands by which a source is remembered. */
const REMEMBERED = 64;

export function createModel(): Model {
  let ledger = emptyLedger();
  return {
    apply: (envelope, time) => {
      const draft = structuredClone(ledger);
      const answer = answerTo(draft, envelope, { time, before: ledger });
      if (typeof answer === 'string') return { type: 'Rejected', code: answer };
      draft.time = time;
      remember(draft, envelope);
      ledger = draft;
      return { type: 'Accepted', events: answer };
    },
    dueWork: () => dueWork(ledger),
    ledger: () => ledger,
  };
}

type Moment = { readonly time: number; readonly before: Ledger };

function answerTo(ledger: Ledger, envelope: ModelEnvelope, moment: Moment): Answer {
  const { source, sourceSeq, command } = envelope;
  const own = source === ENGINE;
  if (!own) {
    const accepted = ledger.sources.find((entry) => entry.source === source)?.accepted ?? [];
    if (accepted.includes(sourceSeq)) return 'DUPLICATE_COMMAND';
    const full = accepted.length === REMEMBERED;
    if (full && sourceSeq <= Math.min(...accepted)) return 'SOURCE_SEQUENCE_TOO_OLD';
  }
  const internal =
    command.type === 'StartLiquidations' ||
    command.type === 'StepLiquidation' ||
    command.type === 'SettleMarket' ||
    command.type === 'AccrueInterest' ||
    command.type === 'PayPremium';
  if (internal !== own) return 'INTERNAL_COMMAND';
  if (ledger.pool === null && command.type !== 'ConfigurePool') return 'POOL_NOT_CONFIGURED';
  return answerToCommand(ledger, command, moment);
}

function answerToCommand(ledger: Ledger, command: ModelCommand, moment: Moment): Answer {
  const { time } = moment;
  switch (command.type) {
    case 'ConfigurePool':
      return configurePool(ledger, command);
    case 'ConfigureIndex':
      return configureIndex(ledger, command);
    case 'ConfigureAsset':
      return configureAsset(ledger, command);
    case 'ConfigureMarket':
      return configureMarket(ledger, command);
    case 'ConfigureCloseOuts':
      return configureCloseOuts(ledger, command);
    case 'ConfigureLiquidity':
      return configureLiquidity(ledger, command);
    case 'ConfigureBreakers':
      return configureBreakers(ledger, command);
    case 'ConfigurePriceGuards':
      return configurePriceGuards(ledger, command, time);
    case 'SetGate':
      return setGate(ledger, command, time);
    case 'OpenAccount':
      return openAccount(ledger, command);
    case 'Deposit':
      return deposit(ledger, command);
    case 'Withdraw':
      return withdraw(ledger, command);
    case 'TransferCollateral':
      return transferCollateral(ledger, command);
    case 'FundInsurance':
      return fundInsurance(ledger, command);
    case 'ReportPrices':
      return reportPrices(ledger, command, moment);
    case 'RecordFill':
      return recordFill(ledger, command, moment);
    case 'FinishOrder':
      return finishOrder(ledger, command, time);
    case 'AccrueFunding':
      return accrueFunding(ledger, command);
    case 'Tick':
      return tick(ledger, moment);
    case 'ReportDepth':
      return reportDepth(ledger, command, moment);
    case 'ConfigureLending':
      return configureLending(ledger, command, time);
    case 'SupplyAsset':
      return supplyAsset(ledger, command, time);
    case 'RedeemSupply':
      return redeemSupply(ledger, command, time);
    case 'Borrow':
      return borrow(ledger, command, time);
    case 'Repay':
      return repay(ledger, command, time);
    case 'CollectReserve':
      return collectReserve(ledger, command, time);
    case 'AccrueInterest':
      return accrueInterest(ledger, command, time);
    case 'StartLiquidations':
      return startLiquidations(ledger, command, time);
    case 'StepLiquidation':
      return stepLiquidation(ledger, command, time);
    case 'SettleMarket':
      return settleMarket(ledger, command, time);
    default:
      return answerOfLayers(ledger, command, time);
  }
}

/** Commands to the layers beside the insurance fund. */
function answerOfLayers(ledger: Ledger, command: ModelCommand, time: number): Answer {
  switch (command.type) {
    case 'ConfigureWaterfall':
      return configureWaterfall(ledger, command, time);
    case 'DepositTranche':
      return depositTranche(ledger, command, time);
    case 'RequestTrancheExit':
      return requestTrancheExit(ledger, command, time);
    case 'RedeemTranche':
      return redeemTranche(ledger, command, time);
    case 'ConfigureDeleveraging':
      return configureDeleveraging(ledger, command);
    case 'PayPremium':
      return payPremium(ledger, command, time);
    // The ladder is tried by histories of its own: test/routes.
    default:
      throw new Error(`the model knows no ${command.type}`);
  }
}

/** Keeps the highest numbers accepted from a source. */
function remember(ledger: Ledger, { source, sourceSeq }: ModelEnvelope): void {
  if (source === ENGINE) return;
  const entry = ledger.sources.find((known) => known.source === source);
  const accepted = [...(entry?.accepted ?? []), sourceSeq].sort((a, b) => a - b);
  const kept = accepted.slice(-REMEMBERED);
  if (entry === undefined) ledger.sources.push({ source, accepted: kept });
  else entry.accepted = kept;
}

function dueWork(ledger: Ledger): ModelCommand | null {
  if (ledger.pool === null) return null;
  const found = ledger.accounts
    .filter((account) => isLiquidatable(ledger, account))
    .map((account) => {
      const { maintenanceMargin, marginEquity } = marginOf(ledger, account);
      return { id: account.id, deficit: maintenanceMargin - marginEquity };
    })
    .sort((a, b) => (a.deficit === b.deficit ? byText(a.id, b.id) : a.deficit > b.deficit ? -1 : 1))
    .map(({ id }) => id);
  if (found.length > 0) {
    return { type: 'StartLiquidations', accounts: found.slice(0, ledger.pool.startsPerRecordMax) };
  }
  const behind = ledger.desks.find((desk) => isInterestDue(ledger, desk));
  if (behind !== undefined) return { type: 'AccrueInterest', asset: behind.parameters.asset };
  const unpaid = ledger.waterfall?.tranches.find((tranche) => isPremiumDue(ledger, tranche));
  if (unpaid !== undefined) return { type: 'PayPremium', tranche: unpaid.tranche };
  const expired = ledger.markets.find((market) => isSettlementDue(ledger, market, ledger.time));
  if (expired !== undefined) return { type: 'SettleMarket', market: expired.parameters.market };
  const due = inQueue(ledger.liquidations).find((entry) => rungOf(ledger, entry) !== 'wait');
  return due === undefined ? null : { type: 'StepLiquidation', liquidation: due.liquidation };
}
