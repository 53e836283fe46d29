/**
 * What must hold of every record whatever the rules in between say: the engine and the model could
 * share a mistake, these statements do not depend on how either computes.
 * @module
 */
import { pooledOf, surplusOf } from './desks.ts';
import { larger, magnitude, ONE, signOf, total } from './integers.ts';
import {
  type Account,
  type Desk,
  findAccount,
  findAsset,
  findDesk,
  findMarket,
  imbalance,
  type Ledger,
  longSize,
  type ModelEvent,
  type ModelEventOf,
  positionOf,
  shortSize,
} from './ledger.ts';
import { marginOf, unrealizedPnl } from './margin.ts';
import { layerEventProblem, layersProblem } from './oracle-layers.ts';

/** Units that the roundings of one record may move an account by. */
const DUST = 8n;

type Record = {
  readonly before: Ledger;
  readonly after: Ledger;
  readonly events: readonly ModelEvent[];
};

/** The first statement that a record breaks; null where all hold. */
export function brokenStatement(record: Record): string | null {
  const { after, events } = record;
  if (imbalance(after) !== 0n) return 'money was made or lost';
  if (after.insuranceFund < 0n || after.unallocatedLoss < 0n) return 'a fund is below zero';
  const owing = layersProblem(after);
  if (owing !== null) return owing;
  for (const { parameters, settlementPrice, settled } of after.markets) {
    const { market } = parameters;
    if (settlementPrice !== null && !settled) continue;
    if (longSize(after, market) !== shortSize(after, market)) return `${market}: long is not short`;
  }
  for (const desk of after.desks) {
    const broken = deskProblem(record, desk);
    if (broken !== null) return `the desk of ${desk.parameters.asset}: ${broken}`;
  }
  for (const event of events) {
    const broken = brokenBy(record, event);
    if (broken !== null) return `${event.type}: ${broken}`;
  }
  return null;
}

/** Claims never exceed what stands behind them, no unit is lost, and nothing ever shrinks. */
function deskProblem({ before, after }: Record, desk: Desk): string | null {
  const { asset } = desk.parameters;
  if (desk.cash < 0n) return 'it paid what it did not have';
  if (surplusOf(after, desk) < 0n) return 'more is lent to it than stands behind it';
  const was = findDesk(before, asset);
  const shrinks =
    was !== undefined && (was.debtIndex > desk.debtIndex || was.supplyIndex > desk.supplyIndex);
  if (shrinks) return 'an index fell';
  const known = findAsset(after, asset);
  if (known === undefined) return null;
  return pooledOf(after, asset) === known.deposited - known.withdrawn ? null : 'units were lost';
}

function brokenBy(record: Record, event: ModelEvent): string | null {
  switch (event.type) {
    case 'FillRecorded':
      return event.liquidation === null ? null : closeOutProblem(record, event);
    case 'PenaltyCharged':
      return penaltyProblem(record, event);
    case 'PositionsDeleveraged':
      return deleveragingProblem(record, event);
    case 'CollateralConverted':
      return conversionProblem(record, event);
    case 'DeficitCovered':
      return event.paid > event.deficit || event.paid < 0n ? 'paid more than the deficit' : null;
    case 'BadDebtSettled':
      return badDebtProblem(record, event);
    case 'LiquidationEnded':
      return endProblem(record, event);
    case 'CloseOutPlanned':
      return planProblem(record, event);
    case 'CloseOutOrderPlaced':
      return orderProblem(record, event);
    case 'ProviderPaid':
      return providerProblem(record, event);
    case 'BreakerTripped':
      return event.measured <= event.threshold ? 'nothing was out of the ordinary' : null;
    case 'Borrowed':
      return borrowingProblem(record, event);
    case 'Repaid':
      return repaymentProblem(record, event);
    case 'Withdrawn':
      return withdrawalProblem(record, event);
    default:
      return layerEventProblem(record, event);
  }
}

const sizeOf = (ledger: Ledger, account: string, market: string): bigint =>
  positionOf(findAccount(ledger, account)!, market)?.size ?? 0n;

const equityOf = (ledger: Ledger, account: string): bigint =>
  marginOf(ledger, findAccount(ledger, account)!).equity;

/** A close-out only ever reduces what the liquidated account holds. */
function closeOutProblem({ before, after }: Record, fill: ModelEventOf<'FillRecorded'>) {
  const liquidation = before.liquidations.find((entry) => entry.liquidation === fill.liquidation)!;
  const held = sizeOf(before, liquidation.account, fill.market);
  const left = sizeOf(after, liquidation.account, fill.market);
  const reduces = magnitude(left) < magnitude(held) && signOf(left) * signOf(held) >= 0n;
  return reduces ? null : `the close-out moved ${liquidation.account} from ${held} to ${left}`;
}

/** A penalty never takes what is not there, and its parts are the whole. */
function penaltyProblem({ after }: Record, event: ModelEventOf<'PenaltyCharged'>) {
  const { penalty, keeperReward, insuranceContribution, burned } = event;
  if (keeperReward + insuranceContribution + burned !== penalty)
    return 'the parts are not the whole';
  if (insuranceContribution < 0n || burned < 0n) return 'a part is below zero';
  const equity = equityOf(after, event.account);
  return equity < 0n ? `the penalty left an equity of ${equity}` : null;
}

/** Counterparties give up profit from this market alone, and stay solvent (INV-8). */
function deleveragingProblem(
  { before, after }: Record,
  event: ModelEventOf<'PositionsDeleveraged'>,
) {
  const { market, liquidated, counterparties, residualLoss } = event;
  const held = sizeOf(before, liquidated.account, market);
  if (signOf(held) * signOf(liquidated.sizeDelta) >= 0n) return 'nothing was closed';
  const closed = total(counterparties.map(({ change }) => change.sizeDelta));
  if (closed !== -liquidated.sizeDelta) return 'the sizes do not match';
  if (counterparties.length > before.pool!.adlFillsMax && !isPenniless(before, event)) {
    return 'more counterparties than a record may hold';
  }
  if (residualLoss < 0n) return 'the residual loss is below zero';
  for (const { change, taken } of counterparties) {
    const account = findAccount(before, change.account)!;
    const position = positionOf(account, market)!;
    const size = position.size + change.sizeDelta;
    if (signOf(size) * signOf(position.size) < 0n) return `${account.id} was turned around`;
    const profit = larger(unrealizedPnl(before, position), 0n);
    if (taken < 0n || taken > profit) return `${account.id} gave up ${taken} of ${profit}`;
    const was = marginOf(before, account);
    const is = marginOf(after, findAccount(after, account.id)!);
    if (is.equity < was.equity - taken - DUST) return `${account.id} lost more than was taken`;
    const solvent = was.equity > 0n;
    if (solvent && is.equity < 0n) return `${account.id} was left with ${is.equity}`;
  }
  return null;
}

const isPenniless = (before: Ledger, event: ModelEventOf<'PositionsDeleveraged'>): boolean =>
  event.counterparties.every(({ change }) => equityOf(before, change.account) <= 0n);

/** A conversion never lowers margin equity, and the buyer pays with what it has. */
function conversionProblem({ before, after }: Record, event: ModelEventOf<'CollateralConverted'>) {
  const seller = findAccount(before, event.account)!;
  const was = marginOf(before, seller).marginEquity;
  const is = marginOf(after, findAccount(after, event.account)!).marginEquity;
  if (is < was - DUST) return `margin equity fell from ${was} to ${is}`;
  if (findAccount(after, event.buyer)!.balance < 0n) return 'the buyer paid what it did not have';
  const value = (event.amount * event.indexPrice) / ONE;
  return event.proceeds > value ? 'the buyer paid more than the value' : null;
}

/** Every unit of bad debt has one bearer, and nobody pays more than its profit (INV-7, INV-9). */
function badDebtProblem({ before, after }: Record, event: ModelEventOf<'BadDebtSettled'>) {
  const { badDebt, insurancePaid, socialized, unallocated, account } = event;
  const borne = total(socialized.map(({ amount }) => amount));
  if (badDebt <= 0n) return 'there was no bad debt';
  if (insurancePaid + borne + unallocated !== badDebt) return 'the parts are not the whole';
  if (findAccount(after, account)!.balance !== 0n) return 'something is still owed';
  for (const { account: id, amount } of socialized) {
    const payer = findAccount(before, id)!;
    if (amount > profitOf(before, payer)) return `${id} paid more than its profit`;
    if (equityOf(after, id) < 0n) return `${id} was made bankrupt`;
  }
  return null;
}

const profitOf = (ledger: Ledger, account: Account): bigint =>
  total(account.positions.map((position) => unrealizedPnl(ledger, position)));

function endProblem({ after }: Record, event: ModelEventOf<'LiquidationEnded'>): string | null {
  const account = findAccount(after, event.account)!;
  if (account.liquidation !== null) return 'the account is still in liquidation';
  const { marginEquity, maintenanceMargin } = marginOf(after, account);
  const released = marginEquity * ONE >= maintenanceMargin * after.pool!.releaseRatio;
  return released ? null : 'the release margin is not met';
}

/** No leg is closed beyond its room, nor beyond what is held. */
function planProblem({ before }: Record, event: ModelEventOf<'CloseOutPlanned'>): string | null {
  for (const { market, closable, size, expectedCost } of event.legs) {
    const held = magnitude(sizeOf(before, event.account, market));
    if (size < 0n || size > closable) return `${market}: ${size} of ${closable} are closed`;
    if (closable > held) return `${market}: ${closable} of ${held} may be closed`;
    if (expectedCost < 0n) return `${market}: closing would pay`;
  }
  return event.legs.some(({ size }) => size > 0n) ? null : 'nothing is closed';
}

/** The order is one of the legs of the plan, on the side that closes, at an open gate. */
function orderProblem(
  { before, events }: Record,
  event: ModelEventOf<'CloseOutOrderPlaced'>,
): string | null {
  const plan = events.find((other) => other.type === 'CloseOutPlanned');
  const leg = plan?.legs.find(({ market }) => market === event.market);
  if (leg?.size !== magnitude(event.size)) return 'the order is not what was planned';
  const held = sizeOf(before, event.account, event.market);
  if (signOf(held) !== -signOf(event.size)) return 'the order does not close';
  const { size, limitPrice, markPrice } = event;
  const better = size < 0n ? limitPrice > markPrice : limitPrice < markPrice;
  return better ? 'the limit is better than the mark' : null;
}

/** The provider never gets more than the fund got of the same penalty. */
function providerProblem({ events }: Record, event: ModelEventOf<'ProviderPaid'>): string | null {
  const charged = events.find((other) => other.type === 'PenaltyCharged');
  const most = charged?.insuranceContribution ?? 0n;
  return event.amount <= 0n || event.amount > most ? `${event.amount} of ${most} was paid` : null;
}

/** Whoever borrows is within the loan to value afterwards, and owes at least what it got. */
function borrowingProblem({ after }: Record, event: ModelEventOf<'Borrowed'>): string | null {
  const { initialEquity, initialMargin } = marginOf(after, findAccount(after, event.account)!);
  if (initialEquity < initialMargin) return 'the loan to value is exceeded';
  const owed = event.shares * event.debtIndex;
  return owed < event.amount * ONE ? 'less is owed than was paid out' : null;
}

/** No more debt is taken away than was paid for. */
const repaymentProblem = (_record: Record, event: ModelEventOf<'Repaid'>): string | null =>
  event.shares * event.debtIndex > event.amount * ONE ? 'a debt was forgiven' : null;

function withdrawalProblem({ after }: Record, event: ModelEventOf<'Withdrawn'>): string | null {
  const account = findAccount(after, event.account)!;
  const { initialEquity, initialMargin } = marginOf(after, account);
  const unheld = account.positions.some(({ market }) => findMarket(after, market)!.mark === null);
  return initialEquity < initialMargin || unheld ? 'initial margin is not met' : null;
}
