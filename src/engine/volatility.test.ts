import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { liquidity } from '../../test/pools/sample-guards.ts';
import { durationMs, formatDecimal, marketId, price, type Ratio, ratio } from '../units/index.ts';
import { realizedVolatility } from './volatility.ts';

const DAY_MS = 86_400_000;
const outsidePrice = price('104');

function market() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.market('BTC-MINI');
  pool.price('BTC', '100', ['BTC-PERP', 'BTC-MINI']);
  const prices = (value: string) => pool.price('BTC', value, ['BTC-PERP', 'BTC-MINI']);
  const volatility = () => realizedVolatility(pool.engine.state.markets[0]!);
  return { ...pool, prices, volatility };
}

test('volatility is measured where liquidity is configured, from the ordinary one on', () => {
  const pool = market();
  pool.wait(1_000);
  assert.deepEqual(eventsOf(pool.prices('101'), 'VolatilityMeasured'), []);
  assert.equal(pool.volatility(), null);
  pool.take(liquidity({ market: marketId('BTC-MINI') }));
  pool.take(liquidity());
  pool.wait(1_000);
  const [first] = eventsOf(pool.prices('102'), 'VolatilityMeasured');
  const variance = { value: ratio('0.0016'), weightMs: ratio('1'), timeMs: pool.now() };
  assert.deepEqual(first!.markets, [
    { market: 'BTC-PERP', variance },
    { market: 'BTC-MINI', variance },
  ]);
  assert.equal(formatDecimal(pool.volatility()!), '0.04');
});

test('a second report of the same moment moves the mark, not the variance', () => {
  const pool = market();
  pool.take(liquidity());
  pool.wait(1_000);
  pool.prices('100');
  assert.deepEqual(eventsOf(pool.prices('100.1'), 'VolatilityMeasured'), []);
});

test('one step by hand: the move per day, weighed as averages are', () => {
  const pool = market();
  // Time constant 1 ms: after 2 ms the weight is e^(−2) + 1.
  pool.take(liquidity({ volatilityTimeConstantMs: durationMs(1) }));
  pool.wait(1_000);
  pool.prices('100');
  pool.wait(2);
  const [measured] = eventsOf(pool.prices('100.01'), 'VolatilityMeasured');
  const { variance } = measured!.markets[0]!;
  const weight = Math.exp(-2) + 1;
  const sample = (0.0001 ** 2 * DAY_MS) / 2;
  const expected = 0.0016 + (sample - 0.0016) / weight;
  assert.ok(Math.abs(Number(formatDecimal(variance.weightMs)) - weight) < 1e-12);
  assert.ok(Math.abs(Number(formatDecimal(variance.value)) - expected) < 1e-12);
  const root: Ratio = pool.volatility()!;
  assert.ok(Math.abs(Number(formatDecimal(root)) - Math.sqrt(expected)) < 1e-12);
});

test('a mark that froze in between is no sample, and a frozen one no first variance', () => {
  const pool = market();
  pool.take(liquidity());
  const frozen = pool.pass(60_001);
  assert.deepEqual(eventsOf(frozen, 'VolatilityMeasured'), []);
  assert.equal(pool.volatility(), null);
  pool.prices('100');
  assert.equal(formatDecimal(pool.volatility()!), '0.04');
  pool.pass(60_001);
  assert.deepEqual(eventsOf(pool.prices('200'), 'VolatilityMeasured'), []);
  pool.wait(1_000);
  assert.equal(eventsOf(pool.prices('200'), 'VolatilityMeasured').length, 1);
});

test('a tick that moves a live mark moves the variance', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', {
    outsideSources: [{ source: 'elsewhere', weight: ratio('1') }],
    bookStalenessMsMax: durationMs(30_000),
  });
  pool.take(liquidity());
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.wait(10_000);
  // The index and the outside mid go on; the book at 100 grows stale and leaves the median.
  const at = pool.now();
  const events = pool.take({
    type: 'ReportPrices',
    indexes: [
      {
        index: pool.engine.state.indexes[0]!.parameters.index,
        source: 'feed',
        price: pool.engine.state.markets[0]!.mark!,
        timeMs: at,
        confidence: null,
      },
    ],
    books: [],
    outside: [
      {
        market: marketId('BTC-PERP'),
        source: 'elsewhere',
        price: outsidePrice,
        timeMs: at,
      },
    ],
  });
  assert.equal(eventsOf(events, 'VolatilityMeasured').length, 0, 'the median has not moved');
  const before = pool.engine.state.markets[0]!.mark!;
  const ticked = pool.pass(20_001);
  assert.notEqual(pool.engine.state.markets[0]!.mark, before);
  assert.equal(eventsOf(ticked, 'VolatilityMeasured').length, 1);
});
