/**
 * Starting a liquidation and taking its steps, one record each. See docs/spec/engine.md, section
 * "Liquidation".
 * @module
 */

import { type Leg, largestLeg, type Prices } from './close-out.ts';
import { conversionOf, convert } from './conversion.ts';
import { deleverage } from './deleverage.ts';
import { costOf } from './draft.ts';
import { isAccountClosed, isMarketClosed } from './gates.ts';
import { byText, ceilDiv, floorDiv, larger, magnitude, ONE, smaller, total } from './integers.ts';
import {
  type Account,
  type Answer,
  findAccount,
  type Ledger,
  type Liquidation,
  type ModelCommandOf,
  type ModelEvent,
  type ModelEventOf,
  type OpenOrder,
} from './ledger.ts';
import { type Margin, marginOf, pricesValid, unrealizedPnl } from './margin.ts';
import { planOf, policyOf } from './plan.ts';
import { marginRatio, takeTurn } from './queue.ts';
import { endOf, finish } from './trading.ts';

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
      notBeforeMs: 0,
      startedMs: time,
      orderedMs: 0,
      ordered: [],
      turn: ledger.turn + 1,
      marginRatio: marginRatio({ marginEquity, maintenanceMargin }),
      penaltyFraction: 0n,
    });
    const sums = { equity, marginEquity, maintenanceMargin };
    events.push({ type: 'LiquidationStarted', liquidation, account: id, ...sums });
  }
  return events;
}

/** Something can be liquidated: a position or a debt. */
const isExposed = (account: Account): boolean =>
  account.positions.length > 0 || account.balance < 0n;

/** Below maintenance margin, exposed, not yet in liquidation, on valid prices, at an open gate. */
export function isLiquidatable(ledger: Ledger, account: Account): boolean {
  if (account.liquidation !== null || !isExposed(account)) return false;
  if (!pricesValid(ledger, account)) return false;
  if (isAccountClosed(ledger, 'liquidations', account)) return false;
  const { marginEquity, maintenanceMargin } = marginOf(ledger, account);
  return marginEquity < maintenanceMargin;
}

/** The ladder: what a running liquidation does next. */
type Rung =
  | 'wait'
  | 'expire-order'
  | 'cancel-restored'
  | 'cancel-gate-closed'
  | 'cancel-repriced'
  | 'end'
  | 'convert-collateral'
  | 'settle-bad-debt'
  | 'decide-takeover'
  | 'cover-deficit'
  | 'deleverage'
  | 'close-on-book';

export function rungOf(ledger: Ledger, liquidation: Liquidation): Rung {
  const { order, takeover } = liquidation;
  const account = findAccount(ledger, liquidation.account)!;
  if (order !== null) return rungOfOrder(ledger, liquidation, { order, account });
  if (ledger.time < liquidation.notBeforeMs || !pricesValid(ledger, account)) return 'wait';
  const margin = marginOf(ledger, account);
  const { equity } = margin;
  const released = isReleased(ledger, margin);
  const open = account.positions.length > 0;
  const convertible = conversionOf(ledger, account, liquidation.coverPaid) !== null;
  const owesFund = isCovered(liquidation) && liquidation.coverPaid > account.balance;
  if (!open && owesFund && account.collaterals.length > 0) {
    return convertible ? 'convert-collateral' : 'wait';
  }
  if (released && !open) return 'end';
  if (released && mayEndOpen(ledger, liquidation) && equity >= 0n) return 'end';
  if (!open) {
    if (account.collaterals.length === 0) return 'settle-bad-debt';
    return convertible ? 'convert-collateral' : 'wait';
  }
  const takesClosed = isMarketClosed(ledger, 'takes', largestLeg(ledger, account)!.market.market);
  if (equity < 0n) {
    if (convertible) return 'convert-collateral';
    if (coverOf(ledger, liquidation, -equity) > 0n) return 'cover-deficit';
    if (!takeover) return 'decide-takeover';
    return takesClosed ? 'wait' : 'deleverage';
  }
  if (takeover) return takesClosed ? 'wait' : 'deleverage';
  return isExhausted(ledger, liquidation) ? 'decide-takeover' : 'close-on-book';
}

/** While an order is open: it expires, or there is a reason to take it back. */
function rungOfOrder(
  ledger: Ledger,
  liquidation: Liquidation,
  { order, account }: { order: OpenOrder; account: Account },
): Rung {
  if (ledger.time >= endOf(ledger, order.expiresAtMs)) return 'expire-order';
  if (order.canceling || !pricesValid(ledger, account)) return 'wait';
  const margin = marginOf(ledger, account);
  if (mayEndOpen(ledger, liquidation) && isReleased(ledger, margin)) return 'cancel-restored';
  const closed = (['close-outs', 'takes'] as const).some((gate) => {
    return isMarketClosed(ledger, gate, order.market);
  });
  if (closed) return 'cancel-gate-closed';
  const step = ledger.closeOuts?.repriceStep ?? 0n;
  const [was, is] = [liquidation.marginRatio, marginRatio(margin)];
  const fallen = was !== null && is !== null && is < was - ceilDiv(magnitude(was) * step, ONE);
  return step > 0n && fallen ? 'cancel-repriced' : 'wait';
}

const isReleased = (ledger: Ledger, { marginEquity, maintenanceMargin }: Margin): boolean =>
  marginEquity * ONE >= maintenanceMargin * ledger.pool!.releaseRatio;

/** A liquidation may end with positions left. */
const mayEndOpen = (ledger: Ledger, liquidation: Liquidation): boolean =>
  !isCovered(liquidation) && policyOf(ledger) !== 'everything';

/** The fund has paid for the account: all of it closes. */
const isCovered = ({ coverPaid }: Liquidation): boolean => coverPaid > 0n;

function isExhausted(ledger: Ledger, { attempts, steps }: Liquidation): boolean {
  return attempts >= ledger.pool!.bookAttemptsMax || steps >= ledger.pool!.closeOutStepsMax;
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
    const repaid = repayCover(ledger, liquidation, account);
    return [...repaid, end(ledger, liquidation, { outcome, margin })];
  }
  liquidation.steps += 1;
  if (rung === 'close-on-book') return closeOnBook(ledger, liquidation, { account, margin, time });
  if (rung === 'convert-collateral') return [convert(ledger, liquidation, account)];
  if (rung === 'deleverage') return deleverage(ledger, liquidation, { account, margin });
  if (rung === 'settle-bad-debt') return settleBadDebt(ledger, liquidation, account);
  if (rung === 'cover-deficit') {
    const deficit = -margin.equity;
    const paid = payFromFund(ledger, liquidation, deficit);
    liquidation.coverPaid += paid;
    account.balance += paid;
    const number = liquidation.liquidation;
    return [{ type: 'DeficitCovered', liquidation: number, account: account.id, deficit, paid }];
  }
  const exhausted =
    liquidation.attempts >= ledger.pool!.bookAttemptsMax ? 'book-exhausted' : 'steps-exhausted';
  const reason = margin.equity < 0n ? 'bankrupt' : exhausted;
  return [takeOver(liquidation, { reason, margin })];
}

function end(
  ledger: Ledger,
  liquidation: Liquidation,
  input: { outcome: 'restored' | 'closed' | 'bankrupt'; margin: Omit<Margin, 'initialMargin'> },
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

function takeOver(
  liquidation: Liquidation,
  input: { reason: ModelEventOf<'TakeoverDecided'>['reason']; margin: Margin },
): ModelEvent {
  const { reason, margin } = input;
  liquidation.takeover = true;
  return {
    type: 'TakeoverDecided',
    liquidation: liquidation.liquidation,
    account: liquidation.account,
    reason,
    equity: margin.equity,
  };
}

/** Asks the venue for an order; what comes of it is reported. */
function takeBack(
  liquidation: Liquidation,
  reason: ModelEventOf<'OrderCancelRequested'>['reason'],
): ModelEvent {
  const order = liquidation.order!;
  order.canceling = true;
  const { liquidation: number } = liquidation;
  return { type: 'OrderCancelRequested', liquidation: number, order: order.order, reason };
}

function closeOnBook(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, margin, time }: { account: Account; margin: Margin; time: number },
): ModelEvent[] {
  const plan = planOf(ledger, account, { margin, liquidation });
  if (plan === null) return [defer(ledger, liquidation, { margin, time })];
  if (plan.ordered === null) return [takeOver(liquidation, { reason: 'toxic', margin })];
  const { leg, penalty } = plan.drafts[plan.ordered]!;
  liquidation.penaltyFraction = penalty;
  const planned: ModelEvent = {
    type: 'CloseOutPlanned',
    liquidation: liquidation.liquidation,
    account: account.id,
    policy: plan.policy,
    orderStyle: ledger.closeOuts?.orderStyle ?? 'immediate-or-cancel',
    penaltyFraction: penalty,
    restores: plan.restores,
    legs: plan.drafts.map((draft, at) => {
      const lots = plan.closes[at]!;
      const { market, lot } = draft.leg.market;
      const closable = draft.closable * lot;
      return { market, closable, size: lots * lot, expectedCost: costOf(draft, lots) };
    }),
  };
  const size = plan.closes[plan.ordered]! * leg.market.lot;
  const sizeDelta = leg.size > 0n ? -size : size;
  const { prices } = plan.drafts[plan.ordered]!;
  return [planned, place(ledger, liquidation, { leg, sizeDelta, prices, margin, time })];
}

function place(
  ledger: Ledger,
  liquidation: Liquidation,
  input: { leg: Leg; sizeDelta: bigint; prices: Prices; margin: Margin; time: number },
): ModelEvent {
  const { leg, sizeDelta: size, prices, margin, time } = input;
  const { equity, marginEquity, maintenanceMargin } = margin;
  const { market } = leg.market;
  const { limit: limitPrice } = prices;
  const order = ledger.nextOrder;
  const expiresAtMs = time + ledger.pool!.orderTimeoutMs;
  ledger.nextOrder += 1;
  liquidation.order = {
    order,
    market,
    size,
    filled: 0n,
    limitPrice,
    expiresAtMs,
    canceling: false,
  };
  if (liquidation.orderedMs !== time) liquidation.ordered = [];
  liquidation.orderedMs = time;
  liquidation.ordered.push(market);
  takeTurn(ledger, liquidation, margin);
  return {
    type: 'CloseOutOrderPlaced',
    liquidation: liquidation.liquidation,
    order,
    account: liquidation.account,
    market,
    size,
    limitPrice,
    expiresAtMs,
    markPrice: leg.mark,
    fillablePrice: prices.fillable,
    bankruptcyPrice: prices.bankruptcy,
    equity,
    marginEquity,
    maintenanceMargin,
  };
}

const DEFAULT_DEFERRAL_MS = 1_000;

/** Nothing may be closed now: the account is tried again later. */
function defer(
  ledger: Ledger,
  liquidation: Liquidation,
  { margin, time }: { margin: Margin; time: number },
): ModelEvent {
  const { marginEquity, maintenanceMargin } = margin;
  const notBeforeMs = time + (ledger.closeOuts?.deferralMs ?? DEFAULT_DEFERRAL_MS);
  liquidation.notBeforeMs = notBeforeMs;
  takeTurn(ledger, liquidation, margin);
  return {
    type: 'CloseOutDeferred',
    liquidation: liquidation.liquidation,
    account: liquidation.account,
    notBeforeMs,
    marginEquity,
    maintenanceMargin,
  };
}

/** What the insurance fund may still give for this liquidation. */
function coverOf(ledger: Ledger, { coverPaid }: Liquidation, wanted: bigint): bigint {
  const cap = ledger.pool!.insuranceEventCap;
  const affordable = smaller(wanted, ledger.insuranceFund);
  return cap === null ? affordable : smaller(affordable, larger(cap - coverPaid, 0n));
}

function payFromFund(ledger: Ledger, liquidation: Liquidation, wanted: bigint): bigint {
  const paid = coverOf(ledger, liquidation, wanted);
  ledger.insuranceFund -= paid;
  return paid;
}

/** What a covered account has left when all is closed goes back to the fund first. */
function repayCover(ledger: Ledger, liquidation: Liquidation, account: Account): ModelEvent[] {
  const amount = smaller(liquidation.coverPaid, larger(account.balance, 0n));
  if (amount === 0n || account.positions.length > 0) return [];
  if (marginOf(ledger, account).equity < 0n) return [];
  account.balance -= amount;
  ledger.insuranceFund += amount;
  const { liquidation: number } = liquidation;
  return [{ type: 'CoverRepaid', liquidation: number, account: account.id, amount }];
}

/** A debt without positions or collateral: the fund, then profits pro rata, then nobody. */
function settleBadDebt(ledger: Ledger, liquidation: Liquidation, account: Account): ModelEvent[] {
  const badDebt = -account.balance;
  const insurancePaid = payFromFund(ledger, liquidation, badDebt);
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
