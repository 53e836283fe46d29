import assert from 'node:assert/strict';
import { test } from 'node:test';
import { market, POOL } from '../../test/pools/pool-driver.ts';
import { inMemoryJournal } from '../ports/index.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { type PoolRuntime, startPool, verifyJournal } from './index.ts';

const ids = { alice: accountId('alice'), maker: accountId('maker'), perp: marketId('BTC-PERP') };

/** Alice is long 1 at 100 with 10 of her own money, at time 1000. */
async function aliceLong(journal = inMemoryJournal()) {
  const pool = await startPool({ journal });
  let sourceSeq = 0;
  const send = (command: Parameters<PoolRuntime['submit']>[0]['command'], time = 1_000) => {
    sourceSeq += 1;
    return pool.submit({ source: 'host', sourceSeq, command, time: engineTimeMs(time) });
  };
  const at = price('100');
  send({ type: 'ConfigurePool', parameters: POOL });
  send({
    type: 'ConfigureIndex',
    parameters: {
      index: indexId('BTC'),
      sources: [{ source: 'feed', weight: ratio('1') }],
      sourcesMin: 1,
      stalenessMsMax: durationMs(60_000),
      confidenceMax: null,
      sourceBand: null,
    },
  });
  send({ type: 'ConfigureMarket', parameters: market('BTC-PERP') });
  const timeMs = engineTimeMs(1_000);
  send({
    type: 'ReportPrices',
    indexes: [{ index: indexId('BTC'), source: 'feed', price: at, timeMs, confidence: null }],
    books: [{ market: ids.perp, bid: at, ask: at, last: at, timeMs }],
    outside: [],
  });
  for (const [account, deposit] of [
    [ids.alice, '20'],
    [ids.maker, '1000'],
  ] as const) {
    send({ type: 'OpenAccount', account, owner: 'owner', parent: null, market: null });
    send({ type: 'Deposit', account, asset: assetId('USDC'), amount: amount(deposit) });
  }
  const fees = { buyerFee: money('0'), sellerFee: money('0'), order: null };
  const trade = { market: ids.perp, buyer: ids.alice, seller: ids.maker };
  send({ type: 'RecordFill', ...trade, size: size('1'), price: at, ...fees });
  return { pool, journal, send };
}

const WITHDRAW = {
  type: 'Withdraw',
  account: ids.alice,
  asset: assetId('USDC'),
  amount: amount('1'),
} as const;

test('a price within its limit needs no tick', async () => {
  const { pool, send } = await aliceLong();
  const before = pool.head().seq;
  assert.equal(send(WITHDRAW, 61_000)[0]!.outcome.type, 'Accepted');
  assert.equal(pool.head().seq, before + 1);
});

test('time alone makes a price too old for trading: the runtime ticks before the command', async () => {
  for (const [time, records, type] of [
    [6_000, 1, 'Accepted'],
    [6_001, 2, 'Rejected'],
  ] as const) {
    const { pool, journal, send } = await aliceLong();
    const parameters = {
      market: ids.perp,
      stableTimeConstantMs: null,
      deviationMax: null,
      markStepPerSecond: null,
      confidenceFactor: null,
      tradingStalenessMsMax: durationMs(5_000),
    };
    send({ type: 'ConfigurePriceGuards', parameters });
    const before = pool.head().seq;
    assert.equal(send(WITHDRAW, time)[0]!.outcome.type, type);
    assert.equal(pool.head().seq, before + records);
    assert.equal(pool.engine.state.markets[0]!.mode, 'live');
    await pool.seal();
    assert.deepEqual((await verifyJournal({ journal })).violations, []);
  }
});

test('time alone makes a price stale: the runtime ticks before the command', async () => {
  const { pool, journal, send } = await aliceLong();
  const before = pool.head().seq;
  const [record] = send(WITHDRAW, 61_001);
  assert.equal(record!.envelope.source, 'host', 'the first record is the command’s own');
  assert.equal(record!.outcome.type, 'Rejected');
  assert.equal(pool.head().seq, before + 2);
  assert.equal(pool.engine.state.markets[0]!.mode, 'frozen');
  await pool.seal();
  assert.deepEqual((await verifyJournal({ journal })).violations, []);
});
