/**
 * A price that makes many accounts liquidatable at once, until all their starts are durable.
 * @module
 */
import type { PoolView } from 'plimsoll/engine';
import { accountMargin } from 'plimsoll/engine';
import type { PoolRuntime } from 'plimsoll/runtime';
import { formatDecimal, fromRaw, isNegative, type Price, rawOf } from 'plimsoll/units';
import { millisecondsSince } from './bench-figures.ts';
import { priceReport } from './bench-pool.ts';

export type BurstRun = {
  readonly started: number;
  /** From the price to the last start applied. */
  readonly decideMs: number;
  readonly commitMs: number;
  readonly totalMs: number;
};

/** Surplus of each account that is long the first market, with its contracts. */
function longs(state: PoolView): { readonly surplus: number; readonly held: number }[] {
  return state.accounts.flatMap((account) => {
    const first = account.positions[0]!;
    if (first.market !== 0 || isNegative(first.size)) return [];
    const { marginEquity, maintenanceMargin } = accountMargin(state, account);
    const surplus = Number(rawOf(marginEquity) - rawOf(maintenanceMargin)) / 1e18;
    return [{ surplus, held: Number(rawOf(first.size)) / 1e18 }];
  });
}

/** A mark of the first market at which about so many accounts are below their requirement. */
function priceThatBreaks(state: PoolView, accounts: number): Price {
  // The requirement falls with the price too, by a hundredth of it or so: not worth the trouble.
  const falls = longs(state)
    .map(({ surplus, held }) => surplus / held)
    .sort((a, b) => a - b);
  const fall = falls[Math.min(accounts, falls.length - 1)]!;
  const mark = rawOf(state.markets[0]!.mark!);
  if (fall * 1e18 >= Number(mark)) throw new Error('too few accounts for so many liquidations');
  return fromRaw<Price>(mark - BigInt(Math.round(fall * 1e6)) * 10n ** 12n);
}

/** Only for a pool that takes one record of due work at a time. */
export async function burst(pool: PoolRuntime, accounts: number): Promise<BurstRun> {
  const { state } = pool.engine;
  const { time } = pool.head();
  const at = priceThatBreaks(state, accounts);
  const before = state.liquidations.size;
  const command = priceReport(0, formatDecimal(at), time);
  const start = process.hrtime.bigint();
  const [, due] = pool.submit({ source: 'burst', sourceSeq: 1, command, time });
  const decideMs = millisecondsSince(start);
  await pool.commit();
  const totalMs = millisecondsSince(start);
  const started = state.liquidations.size - before;
  if (due?.envelope.command.type !== 'StartLiquidations') throw new Error('nobody was started');
  return { started, decideMs, commitMs: totalMs - decideMs, totalMs };
}
