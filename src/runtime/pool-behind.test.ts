/** Pools that are behind with their due work: whose fault a failed submission is, and options. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordRun } from '../../test/pools/recorded-run.ts';
import type { Command, PoolState } from '../engine/index.ts';
import { type FaultCode, inMemoryJournal, isFault } from '../ports/index.ts';
import { add, type EngineTimeMs, InvariantViolation, money } from '../units/index.ts';
import { type PoolOptions, type PoolRuntime, startPool } from './index.ts';

const TICK: Command = { type: 'Tick' };
const MALFORMED = { type: 'Deposit' } as unknown as Command;
const fault = (code: FaultCode) => (error: unknown) => isFault(error, code);

const tell = (pool: PoolRuntime, command: Command, time: number = pool.head().time) =>
  pool.submit({
    source: 'host',
    sourceSeq: pool.head().seq + 1,
    command,
    time: time as EngineTimeMs,
  });

/** A pool in which liquidations were started and not one step of them was taken. */
async function poolBehind(): Promise<PoolRuntime> {
  const { submissions } = await recordRun({ pool: { journal: inMemoryJournal() } });
  const pool = await startPool({ journal: inMemoryJournal(), dueRecordsMax: 1 });
  for (const submission of submissions) {
    const [, due] = pool.submit(submission);
    if (due?.envelope.command.type === 'StartLiquidations') return pool;
  }
  return assert.fail('no liquidation was started');
}

/** Money out of nowhere: whatever is applied next breaks the sum. */
const breakSum = (pool: PoolRuntime): void => {
  const state = pool.engine.state as PoolState;
  state.insuranceFund = add(state.insuranceFund, money('1'));
};

test('a time that is none is its sender’s fault, however far behind a pool is', async () => {
  const pool = await poolBehind();
  const before = pool.head();
  const { time } = before;
  for (const wrong of [1e300, time + 0.5, -1, Number.NaN, Number.MAX_SAFE_INTEGER + 1, '5']) {
    assert.throws(() => tell(pool, TICK, wrong as number), fault('COMMAND_MALFORMED'), `${wrong}`);
    assert.deepEqual(pool.head(), before, 'no work was taken for it');
  }
  assert.ok(tell(pool, TICK, time).length > 0);
  assert.equal((await pool.seal()).status, 'sealed');
});

test('a command without shape is its sender’s fault, and work before it stays done', async () => {
  for (const wrong of [MALFORMED, null, undefined, 'Tick', {}] as Command[]) {
    const pool = await poolBehind();
    const before = pool.head().seq;
    assert.throws(() => tell(pool, wrong), fault('COMMAND_MALFORMED'));
    assert.ok(pool.head().seq > before);
    const after = pool.head();
    assert.throws(() => tell(pool, wrong, after.time + 1), fault('COMMAND_MALFORMED'));
    assert.deepEqual(pool.head(), after);
    assert.equal(tell(pool, TICK)[0]!.seq, after.seq + 1);
    assert.equal((await pool.seal()).status, 'sealed');
  }
});

test('a defect in the work that was due is ours, whatever was sent', async () => {
  for (const command of [MALFORMED, TICK]) {
    const pool = await poolBehind();
    const head = pool.head();
    breakSum(pool);
    assert.throws(() => tell(pool, command), InvariantViolation);
    assert.deepEqual(pool.head(), head);
    assert.throws(() => tell(pool, TICK), fault('POOL_QUARANTINED'));
    assert.equal(await pool.commit(), head.seq);
  }
});

test('a defect in the tick that tells the time is ours, whatever was sent', async () => {
  const { pool } = await recordRun({ pool: { journal: inMemoryJournal() }, ticks: 2 });
  breakSum(pool);
  // So late that every price is stale by then.
  assert.throws(() => tell(pool, MALFORMED, pool.head().time + 1e9), InvariantViolation);
  assert.throws(() => tell(pool, TICK), fault('POOL_QUARANTINED'));
});

test('limits are whole numbers from one on', async () => {
  const limits = ['batchRecordsMax', 'stateHashEveryRuns', 'dueRecordsMax', 'snapshotsKept'];
  for (const limit of limits) {
    for (const wrong of [Number.NaN, -1, 0, 1.5, Number.POSITIVE_INFINITY, '7']) {
      const options = { journal: inMemoryJournal(), [limit]: wrong } as PoolOptions;
      await assert.rejects(startPool(options), (error) => {
        assert.ok(error instanceof RangeError);
        return error.message === `${limit} must be a whole number from 1 on, not ${wrong}`;
      });
      assert.equal(await options.journal.manifest(), null, 'nothing was begun');
    }
    for (const right of [1, Number.MAX_SAFE_INTEGER, undefined]) {
      await startPool({ journal: inMemoryJournal(), [limit]: right });
    }
  }
});
