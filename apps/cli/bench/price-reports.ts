/** Reports of one price each, as a venue streams them: judged, encoded, committed. @module */
import type { PoolRuntime } from 'plimsoll/runtime';
import { engineTimeMs, formatDecimal, fromRaw, type Price, rawOf } from 'plimsoll/units';
import { millisecondsSince } from './bench-figures.ts';
import { BENCH_TIME, priceReport } from './bench-pool.ts';
import { drawing } from './drawing.ts';

const PER_COMMIT = 1_024;
/** Parts per million that a price lies from its start at most: quiet, so that nobody is started. */
const DISTANCE = 100;

/** Microseconds per report; a tenth as many go before, to warm up. */
export async function priceReports(pool: PoolRuntime, count: number): Promise<number> {
  const start = pool.engine.state.markets.map(({ mark }) => rawOf(mark!));
  const draw = drawing(7);
  const warmUp = Math.floor(count / 10);
  let begun = process.hrtime.bigint();
  for (let number = 1; number <= warmUp + count; number += 1) {
    const market = number % start.length;
    const parts = BigInt(draw(2 * DISTANCE + 1) - DISTANCE);
    const at = fromRaw<Price>(start[market]! + (start[market]! * parts) / 1_000_000n);
    const time = engineTimeMs(BENCH_TIME + Math.floor(number / 10));
    const command = priceReport(market, formatDecimal(at), time);
    pool.submit({ source: 'oracle', sourceSeq: number, command, time });
    if (number % PER_COMMIT === 0) await pool.commit();
    if (number === warmUp) begun = process.hrtime.bigint();
  }
  await pool.commit();
  return (millisecondsSince(begun) * 1_000) / count;
}
