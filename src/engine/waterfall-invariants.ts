/**
 * What must hold of the buffer and the tranches of the waterfall: written down a second time,
 * apart from the decisions that have to keep it.
 * @module
 */
import {
  add,
  assert,
  eq,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  min,
  neg,
  rawOf,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { accountOf, runningOf } from './invariant-subjects.ts';
import { accountMargin } from './margin.ts';
import type { EventOf } from './schema/index.ts';
import type { LiquidationView, PoolView, TrancheView, WaterfallView } from './state.ts';
import { insuranceCover } from './waterfall.ts';

function waterfallOf({ waterfall }: PoolView): WaterfallView {
  assert(waterfall !== null, 'INV-18', 'a layer paid that there is not');
  return waterfall;
}

function trancheOf(state: PoolView, id: string): TrancheView {
  const tranche = waterfallOf(state).tranches.find((own) => own.tranche === id);
  assert(tranche !== undefined, 'INV-18', 'a tranche paid that there is not');
  return tranche;
}

/** What the account lacks now: of its equity, or of its balance once that alone is left. */
function lackOf(state: PoolView, liquidation: LiquidationView): Money {
  const account = accountOf(state, liquidation);
  const { equity } = accountMargin(state, account);
  const bare = account.positions.length + account.debts.length === 0;
  const lack = neg(bare ? min(account.balance, equity) : equity);
  assert(isPositive(lack), 'INV-9', 'a layer paid for an account that lacks nothing');
  return lack;
}

/** INV-18: the buffer is first, and pays all that it can. */
export function bufferPaid(state: PoolView, event: EventOf<'BufferPaid'>): void {
  const lack = lackOf(state, runningOf(state, event.liquidation));
  const payable = min(lack, waterfallOf(state).buffer);
  const paid = isPositive(event.amount) && eq(event.amount, payable);
  assert(paid, 'INV-6', 'the buffer paid otherwise than it could');
}

/** The buffer is empty, and so is the fund or what it may still pay. */
export function assertFundIsNext(state: PoolView): void {
  const spent = isZero(state.waterfall?.buffer ?? ZERO_MONEY);
  assert(spent, 'INV-6', 'the fund paid while the buffer still could');
}

/** INV-18: after the fund, after the tranches before it, within its own limit and capital. */
export function tranchePaid(state: PoolView, event: EventOf<'TranchePaid'>): void {
  const liquidation = runningOf(state, event.liquidation);
  const lack = lackOf(state, liquidation);
  assertFundIsNext(state);
  const fund = insuranceCover(state, liquidation, lack);
  assert(isZero(fund), 'INV-6', 'a tranche paid while the fund still could');
  const { tranches, parameters } = waterfallOf(state);
  const payable = ({ tranche, capital }: TrancheView): Money => {
    const { eventMax } = parameters.tranches.find((own) => own.tranche === tranche)!;
    const before = liquidation.cover.tranches.find((own) => own.tranche === tranche);
    return min(min(capital, sub(eventMax, before?.paid ?? ZERO_MONEY)), lack);
  };
  const at = tranches.findIndex((own) => own.tranche === event.tranche);
  assert(at >= 0, 'INV-18', 'a tranche paid that there is not');
  const early = tranches.slice(0, at).every((own) => !isPositive(payable(own)));
  assert(early, 'INV-6', 'a tranche paid before another that still could');
  const paid = isPositive(event.amount) && eq(event.amount, payable(tranches[at]!));
  assert(paid, 'INV-6', 'a tranche paid otherwise than it could');
}

/** INV-18: nobody is repaid more than it paid, nor what the account does not have. */
function assertRepaid(
  state: PoolView,
  repaid: { readonly liquidation: number; readonly amount: Money },
  owed: Money,
): void {
  const { balance } = accountOf(state, runningOf(state, repaid.liquidation));
  const { amount } = repaid;
  const lawful = isPositive(amount) && lte(amount, owed) && lte(amount, balance);
  assert(lawful, 'INV-9', 'a layer took back more than it paid, or than there is');
}

export function bufferRepaid(state: PoolView, event: EventOf<'BufferRepaid'>): void {
  const { cover, coverPaid } = runningOf(state, event.liquidation);
  assert(eq(coverPaid, cover.buffer), 'INV-6', 'the buffer was repaid before who paid after it');
  assertRepaid(state, event, cover.buffer);
}

export function trancheRepaid(state: PoolView, event: EventOf<'TrancheRepaid'>): void {
  const { cover } = runningOf(state, event.liquidation);
  const at = cover.tranches.findIndex(({ tranche }) => tranche === event.tranche);
  assertRepaid(state, event, cover.tranches[at]?.paid ?? ZERO_MONEY);
  const later = cover.tranches.slice(at + 1).filter(({ tranche }) => isOwned(state, tranche));
  const first = later.every(({ paid }) => isZero(paid));
  assert(first, 'INV-6', 'a tranche was repaid before one that had paid after it');
}

/** Somebody has a share of it. */
const isOwned = ({ waterfall }: PoolView, name: string): boolean =>
  waterfall?.tranches.some(
    ({ tranche, sharesTotal }) => tranche === name && !isZero(sharesTotal),
  ) ?? false;

/** INV-18: a premium comes out of the fund and is no more than that has. */
export function premiumPaid(state: PoolView, event: EventOf<'PremiumPaid'>): void {
  trancheOf(state, event.tranche);
  const lawful = !isNegative(event.amount) && lte(event.amount, state.insuranceFund);
  assert(lawful, 'INV-18', 'a premium was more than the fund has');
}

export function bufferFilled(state: PoolView, event: EventOf<'BufferFilled'>): void {
  const { buffer, parameters } = waterfallOf(state);
  const lawful = isPositive(event.amount) && lte(event.amount, state.insuranceFund);
  assert(lawful, 'INV-18', 'the buffer was filled with what the fund does not have');
  const within = lte(add(buffer, event.amount), parameters.bufferMax);
  assert(within, 'INV-18', 'the buffer was filled beyond its size');
}

type ShareTrade = Omit<EventOf<'TrancheDeposited'>, 'type'>;

/** INV-18: who comes buys at most its part, who leaves is paid at most its part. */
export function trancheDeposited(state: PoolView, event: ShareTrade): void {
  const { capital, sharesTotal, shares, amount } = checkedTrade(state, event);
  const fair = shares * capital <= sharesTotal * amount || sharesTotal === 0n;
  assert(shares > 0n && fair, 'INV-18', 'a deposit bought more than its part of a tranche');
}

export function trancheRedeemed(state: PoolView, event: ShareTrade): void {
  const { capital, sharesTotal, shares, amount } = checkedTrade(state, event);
  const fair = amount * sharesTotal <= capital * shares && shares <= sharesTotal;
  assert(fair, 'INV-18', 'an exit was paid more than its part of a tranche');
}

function checkedTrade(state: PoolView, event: ShareTrade) {
  const { capital, sharesTotal } = trancheOf(state, event.tranche);
  const told = eq(event.capital, capital) && eq(event.sharesTotal, sharesTotal);
  assert(told, 'INV-18', 'shares were traded at another price than the tranche has');
  return {
    capital: rawOf(capital),
    sharesTotal: rawOf(sharesTotal),
    shares: rawOf(event.shares),
    amount: rawOf(event.amount),
  };
}
