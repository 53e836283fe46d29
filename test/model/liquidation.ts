/**
 * Starting a liquidation and taking its steps, one record each. See docs/spec/engine.md, section
 * "Liquidation".
 * @module
 */

import { largestLeg } from './close-out.ts';
import { closeOnBook, takeBack, takeOver } from './close-out-orders.ts';
import { convert } from './conversion.ts';
import { coverDeficit, fundCoverOf, isCovered, payFromFund, repayCover } from './cover.ts';
import { deleverage } from './deleverage.ts';
import { isAccountClosed } from './gates.ts';
import { byText, floorDiv, smaller, total } from './integers.ts';
import { rungOf } from './ladder.ts';
import {
  type Account,
  type Answer,
  findAccount,
  type Ledger,
  type Liquidation,
  type ModelCommandOf,
  type ModelEvent,
} from './ledger.ts';
import { type Margin, marginOf, pricesValid, unrealizedPnl } from './margin.ts';
import { marginRatio } from './queue.ts';
import { finish } from './trading.ts';

export function startLiquidations(
  ledger: Ledger,
  { accounts }: ModelCommandOf<'StartLiquidations'>,
  time: number,
): Answer {
  const repeated = new Set(accounts).size !== accounts.length;
  const limit = ledger.pool!.startsPerRecordMax;
  if (accounts.length === 0 || accounts.length > limit || repeated) return 'INVALID_PARAMETER';
  const events: ModelEvent[] = [];
  for (const id of accounts) {
    const account = findAccount(ledger, id);
    if (account === undefined) return 'ACCOUNT_UNKNOWN';
    if (!isLiquidatable(ledger, account)) return 'ACCOUNT_NOT_LIQUIDATABLE';
    const { equity, marginEquity, maintenanceMargin } = marginOf(ledger, account);
    const liquidation = ledger.nextLiquidation;
    ledger.nextLiquidation += 1;
    account.liquidation = liquidation;
    ledger.liquidations.push({
      liquidation,
      account: id,
      order: null,
      steps: 0,
      attempts: 0,
      takeover: false,
      coverPaid: 0n,
      cover: { buffer: 0n, tranches: [] },
      lossMarket: ledger.waterfall === null ? null : largestMarket(ledger, account),
      notBeforeMs: 0,
      startedMs: time,
      orderedMs: 0,
      ordered: [],
      turn: ledger.turn + 1,
      marginRatio: marginRatio({ marginEquity, maintenanceMargin }),
      penaltyFraction: 0n,
      orderStyle: 'immediate-or-cancel',
    });
    const sums = { equity, marginEquity, maintenanceMargin };
    events.push({ type: 'LiquidationStarted', liquidation, account: id, ...sums });
  }
  return events;
}

const largestMarket = (ledger: Ledger, account: Account): string | null =>
  largestLeg(ledger, account)?.market.market ?? null;

/** Something can be liquidated: a position or a debt. */
const isExposed = ({ positions, balance, debts }: Account): boolean =>
  positions.length > 0 || balance < 0n || debts.length > 0;

/** Below maintenance margin, exposed, not yet in liquidation, on valid prices, at an open gate. */
export function isLiquidatable(ledger: Ledger, account: Account): boolean {
  if (account.liquidation !== null || !isExposed(account)) return false;
  if (!pricesValid(ledger, account)) return false;
  if (isAccountClosed(ledger, 'liquidations', account)) return false;
  const { marginEquity, maintenanceMargin } = marginOf(ledger, account);
  return marginEquity < maintenanceMargin;
}

export function stepLiquidation(
  ledger: Ledger,
  command: ModelCommandOf<'StepLiquidation'>,
  time: number,
): Answer {
  const liquidation = ledger.liquidations.find(
    (entry) => entry.liquidation === command.liquidation,
  );
  if (liquidation === undefined) return 'LIQUIDATION_NOT_DUE';
  const account = findAccount(ledger, liquidation.account)!;
  const margin = marginOf(ledger, account);
  const rung = rungOf(ledger, liquidation);
  if (rung === 'wait') return 'LIQUIDATION_NOT_DUE';
  if (rung === 'expire-order') return [finish(liquidation, 'expired', time)];
  if (rung === 'cancel-restored') return [takeBack(liquidation, 'restored')];
  if (rung === 'cancel-gate-closed') return [takeBack(liquidation, 'gate-closed')];
  if (rung === 'cancel-repriced') return [takeBack(liquidation, 'repriced')];
  if (rung === 'end') {
    const closed = account.positions.length === 0;
    const outcome = isCovered(liquidation) ? 'bankrupt' : closed ? 'closed' : 'restored';
    const repaid = repayCover(ledger, liquidation, { account, time });
    return [...repaid, end(ledger, liquidation, { outcome, margin })];
  }
  if (rung === 'cover-deficit') return coverDeficit(ledger, liquidation, { account, time });
  liquidation.steps += 1;
  if (rung === 'close-on-book') return closeOnBook(ledger, liquidation, { account, margin, time });
  if (rung === 'convert-collateral') return [convert(ledger, liquidation, account)];
  if (rung === 'deleverage') return deleverage(ledger, liquidation, { account, margin });
  if (rung === 'settle-bad-debt') return settleBadDebt(ledger, liquidation, { account, time });
  const exhausted =
    liquidation.attempts >= ledger.pool!.bookAttemptsMax ? 'book-exhausted' : 'steps-exhausted';
  const reason = margin.equity < 0n ? 'bankrupt' : exhausted;
  return [takeOver(liquidation, { reason, margin })];
}

function end(
  ledger: Ledger,
  liquidation: Liquidation,
  input: {
    outcome: 'restored' | 'closed' | 'bankrupt';
    margin: Omit<Margin, 'initialEquity' | 'initialMargin'>;
  },
): ModelEvent {
  const { outcome, margin } = input;
  ledger.liquidations = ledger.liquidations.filter((entry) => entry !== liquidation);
  findAccount(ledger, liquidation.account)!.liquidation = null;
  return {
    type: 'LiquidationEnded',
    liquidation: liquidation.liquidation,
    account: liquidation.account,
    outcome,
    equity: margin.equity,
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
    steps: liquidation.steps,
  };
}

/** A debt without positions or collateral: the fund, then profits pro rata, then nobody. */
function settleBadDebt(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, time }: { account: Account; time: number },
): ModelEvent[] {
  const badDebt = -account.balance;
  const insurancePaid = fundCoverOf(ledger, liquidation, badDebt);
  payFromFund(ledger, liquidation, { amount: insurancePaid, time });
  const loss = badDebt - insurancePaid;
  const winners = ledger.accounts.flatMap((winner) => {
    if (winner.liquidation !== null || winner.positions.length === 0) return [];
    if (!pricesValid(ledger, winner)) return [];
    const gains = total(winner.positions.map((position) => unrealizedPnl(ledger, position)));
    const profit = smaller(gains, marginOf(ledger, winner).equity);
    return profit > 0n ? [{ winner, profit }] : [];
  });
  const profits = total(winners.map(({ profit }) => profit));
  const borne = smaller(loss, profits);
  const shares = winners.map(({ winner, profit }) => ({
    account: winner.id,
    amount: floorDiv(borne * profit, profits),
  }));
  let units = borne - total(shares.map(({ amount }) => amount));
  const byId = shares.toSorted((a, b) => byText(a.account, b.account));
  for (const share of byId) {
    if (units === 0n) break;
    share.amount += 1n;
    units -= 1n;
  }
  const socialized = shares.filter(({ amount }) => amount > 0n);
  for (const { account: id, amount } of socialized) findAccount(ledger, id)!.balance -= amount;
  account.balance = 0n;
  ledger.unallocatedLoss += loss - borne;
  const nothing = { equity: 0n, marginEquity: 0n, maintenanceMargin: 0n };
  return [
    {
      type: 'BadDebtSettled',
      liquidation: liquidation.liquidation,
      account: account.id,
      badDebt,
      insurancePaid,
      socialized,
      unallocated: loss - borne,
    },
    end(ledger, liquidation, { outcome: 'bankrupt', margin: nothing }),
  ];
}
