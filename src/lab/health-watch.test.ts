/** The watch finds what an engine forgets: here its due work is simply not done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import {
  applyRecord,
  type Command,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type JournalRecord,
} from '../engine/index.ts';
import {
  accountId,
  amount,
  assetId,
  engineTimeMs,
  indexId,
  marketId,
  price,
  ratio,
} from '../units/index.ts';
import { accountMirror, doubtfulAccounts } from './account-mirror.ts';
import { createHealthWatch } from './health-watch.ts';

/** Alice and Bob are long at ten times leverage, Carol holds a coin as collateral too. */
function lazyPool() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.take({
    type: 'ConfigureAsset',
    parameters: {
      asset: assetId('BTC'),
      index: indexId('BTC'),
      collateralHaircut: ratio('0.1'),
      concentrationFactor: ratio('0.01'),
      amountMax: null,
    },
  });
  const maker = pool.account('maker', '100000');
  const longs = ['alice', 'bob', 'carol'].map((name) => pool.account(name, '10'));
  const carol = accountId('carol');
  pool.take({ type: 'Deposit', account: carol, asset: assetId('BTC'), amount: amount('0.04') });
  for (const account of longs) {
    pool.fill(account, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  }
  const { engine, records } = pool;
  let seq = records.length;
  const apply = (source: string, sourceSeq: number, command: Command): JournalRecord => {
    seq += 1;
    const time = engineTimeMs(pool.now());
    const envelope = { source, sourceSeq, command };
    const outcome = decide(engine.state, envelope, time);
    assert.equal(outcome.type, 'Accepted');
    const record = { version: 1, seq, time, envelope, outcome };
    applyRecord(engine, record);
    return record;
  };
  /** Reports a price and leaves all due work undone. */
  const report = (value: string): JournalRecord => {
    const quote = { bid: price(value), ask: price(value), last: price(value) };
    const timeMs = engineTimeMs(pool.now());
    return apply('lazy', seq, {
      type: 'ReportPrices',
      indexes: [
        { index: indexId('BTC'), source: 'feed', price: price(value), timeMs, confidence: null },
      ],
      books: [{ market: marketId('BTC-PERP'), ...quote, timeMs }],
      outside: [],
    });
  };
  const work = (): JournalRecord => apply(ENGINE_SOURCE, 0, dueWork(engine)!);
  return { ...pool, report, work };
}

test('nobody is overdue in an engine that does its work', () => {
  const pool = lazyPool();
  const watch = createHealthWatch(pool.engine.state);
  watch.check(1);
  watch.observe([pool.report('94')], 2);
  watch.observe([pool.work()], 2);
  watch.check(2);
  assert.equal(watch.lagMax(2), 0);
});

test('a forgotten account is found, and its lag counts the outside records that passed', () => {
  const pool = lazyPool();
  const watch = createHealthWatch(pool.engine.state);
  pool.report('94');
  watch.check(10);
  assert.equal(watch.lagMax(10), 1, 'overdue already, though nothing came after');
  assert.equal(watch.lagMax(13), 4);
  watch.observe([pool.work()], 12);
  assert.equal(watch.lagMax(20), 2, 'started two outside records late');
});

test('who recovers before anybody noticed is no longer overdue', () => {
  const pool = lazyPool();
  const watch = createHealthWatch(pool.engine.state);
  pool.report('94');
  watch.check(10);
  pool.report('99');
  watch.check(11);
  assert.equal(watch.lagMax(11), 0);
});

test('floats leave in doubt only who stands at the edge, and never clear who is beyond it', () => {
  const { engine, report } = lazyPool();
  const mirror = accountMirror(engine.state);
  const doubtful = (): string[] =>
    doubtfulAccounts(engine.state, mirror).map((number) => engine.state.accounts[number]!.id);
  assert.deepEqual(doubtful(), []);
  // Margin equity equals the requirement for Alice and Bob at 90 / 0.95.
  report('94.736842105263157895');
  assert.deepEqual(doubtful(), ['alice', 'bob'], 'healthy by one unit: too close for floats');
  report('94.7');
  assert.deepEqual(doubtful(), ['alice', 'bob']);
  report('94.74');
  assert.deepEqual(doubtful(), []);
  report('91');
  assert.deepEqual(doubtful(), ['alice', 'bob', 'carol']);
});
