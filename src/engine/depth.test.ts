import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Driver, eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { depth, levels, liquidity } from '../../test/pools/sample-guards.ts';
import {
  durationMs,
  engineTimeMs,
  formatDecimal,
  marketId,
  money,
  price,
  size,
} from '../units/index.ts';
import { freshDepth, sideNotional, thinnerSide } from './depth.ts';
import type { CommandOf } from './index.ts';

function market() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  return pool;
}

const own = (pool: Driver) => pool.engine.state.markets[0]!;
const averageOf = (pool: Driver): string => formatDecimal(own(pool).depthAverage!.value);
const fresh = (pool: Driver): boolean => freshDepth(pool.engine.state, own(pool)) !== null;

test('the thinner side is what counts, each level rounded down', () => {
  const sides = {
    bids: levels('99 × 2', '98 × 1'),
    asks: levels('100.000000000000000001 × 0.5', '101 × 0.5'),
  };
  assert.equal(formatDecimal(sideNotional('linear', sides.bids)), '296');
  assert.equal(formatDecimal(sideNotional('linear', sides.asks)), '100.5');
  assert.equal(formatDecimal(thinnerSide('linear', sides)), '100.5');
  assert.equal(formatDecimal(thinnerSide('linear', { ...sides, bids: [] })), '0');
  // Inverse: dollars over their price, in coin.
  assert.equal(
    formatDecimal(sideNotional('inverse', levels('3 × 1', '4 × 1'))),
    '0.583333333333333333',
  );
});

test('a report replaces the depth that is held; its average moves by the thinner side', () => {
  const pool = market();
  pool.take(liquidity({ depthTimeConstantMs: durationMs(1_000) }));
  const [first] = eventsOf(pool.take(depth(pool)), 'DepthReported');
  assert.equal(formatDecimal(first!.average.value), '495');
  pool.wait(1_000);
  const asks = levels('101 × 1', '102 × 1');
  const [second] = eventsOf(pool.take(depth(pool, { asks })), 'DepthReported');
  // Δt = τ = the largest gap: w = e^(−1) + 1000, v = 495 + (203 − 495) · 1000 / w.
  const expected = 495 + ((203 - 495) * 1_000) / (Math.exp(-1) + 1_000);
  assert.ok(Math.abs(Number(averageOf(pool)) - expected) < 1e-9, averageOf(pool));
  assert.deepEqual(second!.average, own(pool).depthAverage);
  assert.deepEqual(own(pool).depth, { bids: levels('99 × 5'), asks, timeMs: pool.now() });
});

test('one late report counts for no more than the time constant', () => {
  const pool = market();
  pool.take(liquidity({ depthTimeConstantMs: durationMs(1_000) }));
  pool.take(depth(pool));
  pool.wait(100_000);
  pool.take(depth(pool, { bids: [] }));
  assert.equal(formatDecimal(own(pool).depthAverage!.weightMs), '1000');
  assert.equal(averageOf(pool), '0');
});

test('a second report of one moment replaces the depth and leaves the average', () => {
  const pool = market();
  pool.take(depth(pool));
  pool.take(depth(pool, { bids: levels('99 × 1') }));
  assert.equal(averageOf(pool), '495');
  assert.deepEqual(own(pool).depth!.bids, levels('99 × 1'));
});

test('depth is fresh up to its largest age, by the pool’s time', () => {
  const pool = market();
  assert.equal(fresh(pool), false, 'never reported');
  pool.take(depth(pool));
  pool.pass(60_000);
  assert.equal(fresh(pool), true);
  pool.take(liquidity());
  assert.equal(fresh(pool), false, 'configured: 30 seconds');
  pool.take(liquidity({ depthStalenessMsMax: durationMs(60_000) }));
  assert.equal(fresh(pool), true, 'a change keeps depth');
  pool.pass(1);
  assert.equal(fresh(pool), false);
});

test('without configured liquidity the average moves with a minute', () => {
  const pool = market();
  pool.take(depth(pool));
  pool.wait(60_000);
  pool.take(depth(pool, { bids: [] }));
  const expected = 495 - (495 * 60_000) / (Math.exp(-1) + 60_000);
  assert.ok(Math.abs(Number(averageOf(pool)) - expected) < 1e-9, averageOf(pool));
});

test('refusals of ReportDepth, in their order', () => {
  const pool = market();
  pool.take(depth(pool));
  pool.wait(1_000);
  const ladder = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ price: price(`${90 - at}`), size: size('1') }));
  type Fault = readonly [
    code: 'MARKET_UNKNOWN' | 'NOT_POSITIVE' | 'INVALID_PARAMETER' | 'BOOK_CROSSED',
    parameter: string | null,
    changes: Partial<CommandOf<'ReportDepth'>>,
  ];
  const faults: Fault[] = [
    ['MARKET_UNKNOWN', null, { market: marketId('NOWHERE') }],
    ['INVALID_PARAMETER', 'depth', { asks: ladder(17).toReversed() }],
    ['NOT_POSITIVE', null, { bids: levels('99 × 0') }],
    ['NOT_POSITIVE', null, { bids: levels('200 × 1', '0 × 1') }],
    ['INVALID_PARAMETER', 'depth', { bids: levels('200 × 1000000000000000', '99 × 1') }],
    ['INVALID_PARAMETER', 'depth', { bids: levels('0.1 × 100000000000000001') }],
    ['INVALID_PARAMETER', 'depth', { bids: levels('150 × 1', '150 × 1') }],
    ['INVALID_PARAMETER', 'depth', { asks: levels('120 × 1', '119 × 1'), bids: [] }],
    ['BOOK_CROSSED', null, { bids: levels('101.000000000000000001 × 1') }],
    ['INVALID_PARAMETER', 'timeMs', { timeMs: engineTimeMs(999) }],
  ];
  for (const [at, [code, parameter, changes]] of faults.entries()) {
    for (const [, , later] of faults.slice(at)) {
      const overlaps = Object.keys(later).some((field) => field in changes);
      if (overlaps && later !== changes) continue;
      const { details } = pool.refuse(depth(pool, { ...later, ...changes }), code);
      if (parameter !== null) assert.equal(details[0]!.value, parameter);
    }
  }
  const future = { timeMs: engineTimeMs(pool.now() + 1) };
  pool.refuse(depth(pool, future), 'REPORT_FROM_THE_FUTURE');
  pool.refuse(depth(pool, { ...future, bids: levels('102 × 1') }), 'BOOK_CROSSED');
  // At the bounds it is taken: sixteen levels, bid and ask equal, as old as what is held.
  const sixteen = ladder(16);
  const bounds = { bids: sixteen, asks: [{ ...sixteen[0]! }], timeMs: engineTimeMs(1_000) };
  pool.take(depth(pool, bounds));
  pool.take(depth(pool, { bids: levels('100 × 1000000000000000') }));
});

test('the largest depth of an inverse contract is measured in coin', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', { kind: 'inverse', lot: size('1'), notionalMin: money('0.001') });
  const dear = { bids: [], asks: levels('0.000000000000000001 × 1') };
  pool.refuse(depth(pool, dear), 'INVALID_PARAMETER');
  pool.take(depth(pool, { bids: [], asks: levels('0.00000000000000001 × 1') }));
});

test('a market that has its settlement price needs no more depth', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', { expiryMs: engineTimeMs(2_000) });
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.wait(500);
  pool.take(depth(pool));
  pool.pass(500);
  pool.refuse(depth(pool), 'MARKET_EXPIRED');
});
