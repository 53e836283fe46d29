/**
 * Accounts in liquidation that come to lack a little, and what helps them afterwards: so that the
 * layers beside the insurance fund pay, and are repaid in part or whole.
 * @module
 */
import { isCovered } from './cover.ts';
import { larger, magnitude, ONE, smaller } from './integers.ts';
import { findAccount, findMarket, type Ledger, type ModelCommand } from './ledger.ts';
import { marginOf } from './margin.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import { SETTLEMENT_ASSET } from './world.ts';

export function shortfallCommand(
  stage: Stage,
  random: Random,
  ledger: Ledger,
): ModelCommand | null {
  const lacking = ledger.liquidations.filter(({ account }) => {
    return marginOf(ledger, findAccount(ledger, account)!).equity < 0n;
  });
  if (lacking.length > 0 && random.chance(lacking.length > 1 ? 60 : 25)) {
    return leave(random, ledger);
  }
  const covered = ledger.liquidations.filter(isCovered);
  if (covered.length === 0) return overTheBrink(stage, random, ledger);
  // Somebody pays in: what was paid for the account can be repaid.
  const { account, coverPaid } = random.pick(covered);
  const amount = larger(1n, (coverPaid * random.quantity(0.1, random.pick([1, 3, 3]))) / ONE);
  return { type: 'Deposit', account, asset: SETTLEMENT_ASSET, amount };
}

/** Whether anybody may leave depends on what every layer could pay now. */
function leave(random: Random, { accounts }: Ledger): ModelCommand {
  const free = accounts.filter(({ balance, positions, debts }) => {
    return balance > 0n && positions.length + debts.length === 0;
  });
  const { id } = random.pick(free.length > 0 ? free : accounts);
  return { type: 'Withdraw', account: id, asset: SETTLEMENT_ASSET, amount: 1n };
}

/** The price at which an account lacks about as much as the buffer has, and the order's end. */
function overTheBrink(stage: Stage, random: Random, ledger: Ledger): ModelCommand | null {
  const near = ledger.liquidations.filter(({ order }) => order !== null && !order.canceling);
  if (near.length === 0) return null;
  const { account: id, order } = random.pick(near);
  const account = findAccount(ledger, id)!;
  const { equity } = marginOf(ledger, account);
  const position = account.positions.find(({ market }) => market === order!.market);
  if (equity < 0n || position === undefined) return null;
  const { parameters, mark } = findMarket(ledger, position.market)!;
  const buffer = ledger.waterfall!.buffer;
  const lacking = (larger(buffer, ONE / 10n) * random.quantity(0.05, random.pick([1, 1, 5]))) / ONE;
  const lost = equity + lacking;
  const contracts = magnitude(position.size);
  const against = position.size > 0n ? -1n : 1n;
  const moved =
    parameters.kind === 'linear'
      ? mark! + (against * lost * ONE) / contracts
      : (contracts * ONE) / larger(1n, (contracts * ONE) / mark! - against * lost);
  const price = smaller(larger(moved, mark! / 3n), 3n * mark!);
  stage.walk.set(parameters.index, price);
  if (random.chance(60)) stage.pending.push(leave(random, ledger));
  const reason = random.pick(['rejected', 'expired'] as const);
  stage.pending.push({ type: 'FinishOrder', order: order!.order, reason });
  return reportEverywhere(stage, ledger, { index: parameters.index, price });
}

/** Every source, book and outside venue says the same. */
function reportEverywhere(
  { time: timeMs }: Stage,
  { indexes, markets }: Ledger,
  { index, price }: { index: string; price: bigint },
): ModelCommand {
  const { sources } = indexes.find(({ parameters }) => parameters.index === index)!.parameters;
  const following = markets.filter(({ parameters }) => parameters.index === index);
  return {
    type: 'ReportPrices',
    indexes: sources.map(({ source }) => ({ index, source, price, timeMs, confidence: null })),
    books: following.map(({ parameters: { market } }) => {
      return { market, bid: price, ask: price, last: price, timeMs };
    }),
    outside: following.flatMap(({ parameters: { market, outsideSources } }) =>
      outsideSources.map(({ source }) => ({ market, source, price, timeMs })),
    ),
  };
}
