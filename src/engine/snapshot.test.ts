import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, plainValue, poolDriver } from '../../test/pools/pool-driver.ts';
import { asset, deposit } from '../../test/pools/sample-commands.ts';
import { assetId, engineTimeMs, indexId, marketId, ratio } from '../units/index.ts';
import {
  applyRecord,
  type Command,
  chunkCount,
  chunkVersion,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  encodeChunk,
  encodeHead,
  type PoolView,
  restorePool,
} from './index.ts';

/** A pool in the middle of things: an open order, collateral, funding owed, a stale index. */
function busyPool() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC', ['feed', 'other-feed']);
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(100_000) });
  pool.take(asset('ETH', { index: indexId('ETH') }));
  pool.price('ETH', '20');
  pool.wait(50_000);
  pool.price('BTC', '100', ['BTC-PERP', 'BTC-DATED']);
  const alice = pool.account('alice', '10');
  const bob = pool.account('bob', '50');
  const maker = pool.account('maker', '1000');
  pool.take(deposit({ account: bob, asset: assetId('ETH') }));
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(bob, maker, { market: 'BTC-DATED', size: '0.333', price: '100' });
  const market = marketId('BTC-PERP');
  pool.take({ type: 'AccrueFunding', market, fundingRate: ratio('0.000000000000000001') });
  pool.price('BTC', '94.5', ['BTC-PERP']);
  pool.wait(20_000);
  pool.take({ type: 'Tick' });
  const { order } = pool.engine.state.liquidations.get(1)!;
  assert.ok(order !== null && !pool.engine.state.indexes[1]!.live);
  return { ...pool, order };
}

const chunksOf = (state: PoolView): Uint8Array[] =>
  Array.from({ length: chunkCount(state) }, (_, chunk) => encodeChunk(state, chunk));

function restored(state: PoolView): Engine {
  const result = restorePool(encodeHead(state), chunksOf(state));
  assert.ok(result.ok, result.ok ? '' : result.problem);
  return createEngine(result.state);
}

/** One command and the work it makes due, at a time; answers the outcomes as text. */
function drive(engine: Engine, command: Command, time: number): string[] {
  const outcomes: string[] = [];
  let next: Command | null = command;
  let source = 'later';
  while (next !== null) {
    const sourceSeq = source === 'later' ? time : 0;
    const envelope = { source, sourceSeq, command: next };
    const at = engineTimeMs(time);
    const outcome = decide(engine.state, envelope, at);
    applyRecord(engine, { envelope, outcome, seq: 1_000, time: at });
    outcomes.push(JSON.stringify([next.type, outcome], plainValue));
    next = dueWork(engine);
    source = ENGINE_SOURCE;
  }
  return outcomes;
}

test('what is restored is what was encoded, lookups included', () => {
  const { engine } = busyPool();
  const again = restored(engine.state);
  // When prices were judged is no part of it: the first judgement after a start is of everything.
  assert.deepEqual(again.state, { ...engine.state, pricesJudgedMs: null });
  assert.deepEqual(encodeHead(again.state), encodeHead(engine.state));
});

test('a restored pool goes on exactly as the one that never stopped: INV-10', () => {
  const { engine, order } = busyPool();
  const again = restored(engine.state);
  const price = (value: string): Command => ({
    type: 'ReportPrices',
    indexes: ['feed', 'other-feed'].map((source) => ({
      index: indexId('BTC'),
      source,
      price: ratio(value) as never,
      timeMs: engineTimeMs(71_000),
      confidence: null,
    })),
    books: [],
    outside: [],
  });
  const later: [Command, number][] = [
    [{ type: 'Tick' }, 71_000],
    [price('93'), 72_000],
    [{ type: 'FinishOrder', order: order.order, reason: 'rejected' }, 72_001],
    [{ type: 'Tick' }, 73_000],
    [price('60'), 74_000],
    [{ type: 'Tick' }, 100_000],
  ];
  const types = new Set<string>();
  for (const [command, time] of later) {
    const went = drive(engine, command, time);
    assert.deepEqual(drive(again, command, time), went);
    for (const outcome of went) types.add(JSON.parse(outcome)[0]);
  }
  assert.ok(types.has('StepLiquidation') && types.has('SettleMarket'), [...types].join());
  assert.deepEqual(encodeHead(again.state), encodeHead(engine.state));
  assert.deepEqual(chunksOf(again.state), chunksOf(engine.state));
});

test('a source that was heard before the snapshot is still recognised after it', () => {
  const { engine } = busyPool();
  const again = restored(engine.state);
  const envelope = { source: 'test', sourceSeq: 1, command: { type: 'Tick' } } as const;
  const outcome = decide(again.state, envelope, engineTimeMs(80_000));
  assert.ok(outcome.type === 'Rejected' && outcome.rejection.code === 'DUPLICATE_COMMAND');
});

test('accounts are encoded in chunks of 256, and a chunk changes version with its accounts', () => {
  const pool = poolDriver();
  pool.configure();
  assert.equal(chunkCount(pool.engine.state), 0);
  for (let number = 0; number < 257; number += 1) pool.account(`account-${number}`);
  assert.equal(chunkCount(pool.engine.state), 2);
  const before = [0, 1].map((chunk) => chunkVersion(pool.engine.state, chunk));
  pool.take(deposit({ account: pool.engine.state.accounts[256]!.id }));
  const after = [0, 1].map((chunk) => chunkVersion(pool.engine.state, chunk));
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.deepEqual(restored(pool.engine.state).state, pool.engine.state);
});

test('a damaged snapshot is a problem that says where, never an exception', () => {
  const { engine } = busyPool();
  const head = encodeHead(engine.state);
  const [chunk] = chunksOf(engine.state) as [Uint8Array];
  const problemOf = (...given: Parameters<typeof restorePool>) => {
    const result = restorePool(...given);
    return result.ok ? 'none' : result.problem;
  };
  assert.match(problemOf(head.subarray(0, 100), [chunk]), /^snapshot head: expected/);
  assert.match(problemOf(head, [chunk.subarray(0, 100)]), /^snapshot chunk 0: expected/);
  assert.equal(problemOf(head, []), 'snapshot: expected 3 accounts, found 0');
  const sixAccounts = encodeHead({
    ...engine.state,
    accounts: [...engine.state.accounts, ...engine.state.accounts],
  });
  assert.equal(problemOf(sixAccounts, [chunk, chunk]), 'snapshot: two accounts share an id');
  for (let at = 0; at < head.length; at += 1) {
    const damaged = head.slice();
    damaged[at]! ^= 0x41;
    restorePool(damaged, [chunk]);
  }
});

test('the busy pool is as busy as it says', () => {
  const { records } = busyPool();
  const events = records.flatMap(({ outcome }) =>
    outcome.type === 'Accepted' ? outcome.events : [],
  );
  assert.equal(eventsOf(events, 'CloseOutOrderPlaced').length, 1);
  assert.equal(eventsOf(events, 'FundingAccrued').length, 1);
});
