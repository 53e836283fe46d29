/** Breakers: what trips them, how they are released, and that they do not trip again at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Driver, eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  bookReport,
  indexReport,
  outsideReport,
  report,
} from '../../test/pools/sample-commands.ts';
import { breakers, depth, levels, liquidity } from '../../test/pools/sample-guards.ts';
import { durationMs, engineTimeMs, formatDecimal, marketId, price, ratio } from '../units/index.ts';
import type { BreakerParameters, Event } from './index.ts';

/** Every verdict on a breaker, in the order given: what happened, why, and how. */
const verdicts = (events: readonly Event[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'BreakerTripped') return [`tripped ${event.reason}`];
    if (event.type === 'BreakerReleased') return [`released ${event.reason} ${event.cause}`];
    return event.type === 'BreakerRearmed' ? [`rearmed ${event.reason}`] : [];
  });

/** One market at 100 with two sources, whose volatility is known as 4 % a day from 2,000 on. */
function market(changes: Partial<BreakerParameters>) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC', ['north', 'south']);
  pool.market('BTC-PERP');
  pool.take(liquidity());
  pool.take(breakers(changes));
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.wait(1_000);
  pool.price('BTC', '100', ['BTC-PERP']);
  const prices = (value: string) => pool.price('BTC', value, ['BTC-PERP']);
  /** What the second source says, beside 100 from the first. */
  const south = (value: string) =>
    pool.take(
      report({
        indexes: [
          indexReport(pool, { source: 'north' }),
          { ...indexReport(pool, { source: 'south' }), price: price(value) },
        ],
      }),
    );
  const alarms = () => pool.engine.state.markets[0]!.alarms;
  return { ...pool, prices, south, alarms };
}

/**
 * 8,640 ms are a ten-thousandth of a day: σ·√t = 0.04 · 0.01, and with k = 10 the threshold is
 * 0.004 wherever no more time has passed.
 */
const JUMP = { jumpDeviations: ratio('10'), holdMs: durationMs(8_640) } as const;

test('a mark that moves by exactly k deviations does not trip, one unit more does', () => {
  for (const [value, expected] of [
    ['100.4', []],
    ['99.6', []],
    ['100.4000000000000001', ['tripped price-jump']],
    ['99.5999999999999999', ['tripped price-jump']],
  ] as const) {
    const pool = market(JUMP);
    pool.wait(8_640);
    const events = pool.prices(value);
    assert.deepEqual(verdicts(events), expected, value);
    const [tripped] = eventsOf(events, 'BreakerTripped');
    if (tripped === undefined) continue;
    assert.equal(formatDecimal(tripped.threshold), '0.004');
    assert.equal(formatDecimal(tripped.measured), '0.004000000000000001');
    assert.equal(tripped.untilMs, pool.now() + 40_000);
    assert.deepEqual(tripped.gates, ['liquidations']);
  }
});

test('the same move is no jump where more time has passed, or the market was livelier', () => {
  const later = market(JUMP);
  later.wait(4 * 8_640);
  assert.deepEqual(verdicts(later.prices('100.8')), []);
  // The first jump raises realized volatility far above the configured one.
  const lively = market(JUMP);
  lively.wait(8_640);
  assert.deepEqual(verdicts(lively.prices('105')), ['tripped price-jump']);
  lively.wait(10_000);
  assert.deepEqual(verdicts(lively.prices('105')), ['released price-jump calm']);
  lively.wait(8_640);
  assert.deepEqual(verdicts(lively.prices('105.5')), []);
});

test('a jump is judged by reports alone: a tick neither trips nor releases, but limits', () => {
  const pool = market(JUMP);
  pool.wait(8_640);
  pool.prices('110');
  assert.deepEqual(verdicts(pool.pass(39_999)), []);
  assert.deepEqual(verdicts(pool.take(depth(pool))), []);
  assert.deepEqual(verdicts(pool.pass(1)), ['released price-jump time-limit']);
  assert.deepEqual(pool.alarms(), [{ reason: 'price-jump', trippedAtMs: 10_640, released: true }]);
  assert.deepEqual(verdicts(pool.pass(1)), []);
  assert.deepEqual(verdicts(pool.prices('110')), ['rearmed price-jump']);
  assert.deepEqual(pool.alarms(), []);
});

test('a mark that was not live before does not jump', () => {
  const pool = market(JUMP);
  pool.pass(60_001);
  assert.equal(pool.engine.state.markets[0]!.mode, 'frozen');
  assert.deepEqual(verdicts(pool.prices('150')), []);
});

test('a move is weighed over the hold at least: a moment alone makes nothing far', () => {
  const pool = market(JUMP);
  pool.wait(1);
  assert.deepEqual(verdicts(pool.prices('100.4')), []);
  const beyond = market(JUMP);
  beyond.wait(1);
  assert.deepEqual(verdicts(beyond.prices('100.4000000000000001')), ['tripped price-jump']);
});

test('two marks of one moment show no speed', () => {
  const pool = market(JUMP);
  assert.deepEqual(verdicts(pool.prices('110')), []);
});

test('hysteresis: released after the hold, at a share of the threshold, not before', () => {
  const pool = market({ sourceSpreadMax: ratio('0.02') });
  assert.deepEqual(verdicts(pool.south('102')), [], 'at the threshold');
  assert.deepEqual(verdicts(pool.south('102.01')), ['tripped sources-disagree']);
  assert.deepEqual(verdicts(pool.south('100')), [], 'calm, but held');
  pool.wait(9_999);
  assert.deepEqual(verdicts(pool.south('100')), [], 'calm, but held');
  pool.wait(1);
  assert.deepEqual(verdicts(pool.south('101.0000000000000001')), [], 'above half of the threshold');
  assert.deepEqual(verdicts(pool.south('101')), ['released sources-disagree calm']);
  assert.deepEqual(pool.alarms(), []);
  assert.deepEqual(verdicts(pool.south('102.01')), ['tripped sources-disagree']);
});

test('after its time limit a breaker opens, and trips anew only once it was calm', () => {
  const pool = market({ sourceSpreadMax: ratio('0.02') });
  pool.south('103');
  pool.wait(39_999);
  assert.deepEqual(verdicts(pool.south('103')), []);
  pool.wait(1);
  assert.deepEqual(verdicts(pool.south('103')), ['released sources-disagree time-limit']);
  pool.wait(1_000);
  assert.deepEqual(verdicts(pool.south('110')), [], 'not armed');
  assert.deepEqual(verdicts(pool.south('101.5')), [], 'below the threshold is not calm');
  assert.deepEqual(verdicts(pool.south('101')), ['rearmed sources-disagree']);
  assert.deepEqual(verdicts(pool.south('110')), ['tripped sources-disagree']);
});

test('only good sources disagree: not stale ones, nor one alone', () => {
  const pool = market({ sourceSpreadMax: ratio('0.02') });
  pool.south('101');
  pool.wait(60_000);
  const north = () => [{ ...indexReport(pool, { source: 'north' }), price: price('200') }];
  // The other report is exactly as old as may be.
  assert.deepEqual(verdicts(pool.take(report({ indexes: north() }))), ['tripped sources-disagree']);
  pool.wait(10_000);
  assert.deepEqual(verdicts(pool.take(report({ indexes: north() }))), [
    'released sources-disagree calm',
  ]);
  const absurd = { ...indexReport(pool, { source: 'south' }), price: price('-1') };
  assert.deepEqual(verdicts(pool.take(report({ indexes: [absurd] }))), []);
});

test('depth has collapsed below its floor, against what was usual before the report', () => {
  const bids = (contracts: string) => ({ bids: levels(`99 × ${contracts}`) });
  const pool = market({ depthFloor: ratio('0.4') });
  assert.deepEqual(verdicts(pool.take(depth(pool, bids('0.001')))), [], 'nothing is usual yet');
  const steady = market({ depthFloor: ratio('0.4') });
  steady.take(depth(steady));
  steady.wait(20_000);
  assert.deepEqual(verdicts(steady.take(depth(steady, bids('2')))), [], 'at the floor');
  const fallen = market({ depthFloor: ratio('0.4') });
  fallen.take(depth(fallen));
  fallen.wait(20_000);
  const events = fallen.take(depth(fallen, bids('1.999')));
  assert.deepEqual(verdicts(events), ['tripped depth-collapsed']);
  const [tripped] = eventsOf(events, 'BreakerTripped');
  // 1 − 1.999/5, against 1 − 0.4.
  assert.equal(formatDecimal(tripped!.measured), '0.6002');
  assert.equal(formatDecimal(tripped!.threshold), '0.6');
  fallen.wait(10_000);
  assert.deepEqual(verdicts(fallen.take(depth(fallen))), ['released depth-collapsed calm']);
});

test('depth that has grown stale says nothing, and keeps nothing closed', () => {
  const pool = market({ depthFloor: ratio('0.4') });
  pool.take(depth(pool));
  pool.wait(20_000);
  pool.take(depth(pool, { bids: [] }));
  assert.equal(pool.alarms().length, 1);
  assert.deepEqual(verdicts(pool.pass(30_000)), []);
  assert.deepEqual(verdicts(pool.pass(1)), ['released depth-collapsed calm']);
});

test('a mark that is not live trips, and is good again when it is', () => {
  const pool = market({ staleTrips: true });
  assert.deepEqual(verdicts(pool.pass(60_000)), []);
  const events = pool.pass(1);
  assert.deepEqual(verdicts(events), ['tripped price-stale']);
  assert.equal(formatDecimal(eventsOf(events, 'BreakerTripped')[0]!.measured), '1');
  assert.deepEqual(verdicts(pool.prices('100')), []);
  pool.wait(10_000);
  assert.deepEqual(verdicts(pool.prices('100')), ['released price-stale calm']);
  const unborn = poolDriver();
  unborn.configure();
  unborn.index('BTC');
  unborn.market('BTC-PERP');
  unborn.take(breakers({ staleTrips: true }));
  assert.deepEqual(verdicts(unborn.pass(1)), []);
});

test('an index without a price is stale, though books alone keep the mark live', () => {
  const outside = (pool: Driver) => [outsideReport(pool)];
  const pool = market({ staleTrips: true });
  pool.market('BTC-PERP', { outsideSources: [{ source: 'elsewhere', weight: ratio('1') }] });
  pool.wait(60_000);
  pool.take(report({ books: [bookReport(pool)], outside: outside(pool) }));
  const events = pool.pass(1);
  assert.equal(pool.engine.state.markets[0]!.mode, 'live');
  assert.equal(pool.engine.state.indexes[0]!.live, false);
  assert.deepEqual(verdicts(events), ['tripped price-stale']);
});

test('a market that has its settlement price is judged no more', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC', ['north', 'south']);
  pool.market('BTC-PERP', { expiryMs: engineTimeMs(2_000) });
  pool.take(breakers({ sourceSpreadMax: ratio('0.02') }));
  pool.price('BTC', '100', ['BTC-PERP']);
  const apart = () =>
    report({ indexes: [{ ...indexReport(pool, { source: 'south' }), price: price('110') }] });
  pool.wait(999);
  assert.deepEqual(verdicts(pool.take(apart())), ['tripped sources-disagree']);
  pool.pass(1);
  assert.equal(pool.engine.state.markets[0]!.settled, true);
  assert.deepEqual(verdicts(pool.pass(40_000)), []);
});

test('several reasons trip in one record, in order; markets judge their own', () => {
  const pool = market({ ...JUMP, sourceSpreadMax: ratio('0.02') });
  pool.market('BTC-MINI');
  pool.take(breakers({ market: marketId('BTC-MINI'), sourceSpreadMax: ratio('0.5') }));
  pool.wait(8_640);
  const north = { ...indexReport(pool, { source: 'north' }), price: price('160') };
  const book = { bid: price('160'), ask: price('160'), last: price('160'), timeMs: pool.now() };
  const both = report({ indexes: [north], books: [{ ...book, market: marketId('BTC-PERP') }] });
  const tripped = eventsOf(pool.take(both), 'BreakerTripped');
  assert.deepEqual(
    tripped.map(({ market: id, reason }) => `${id} ${reason}`),
    ['BTC-PERP price-jump', 'BTC-PERP sources-disagree', 'BTC-MINI sources-disagree'],
  );
});

test('a breaker that was turned off is calm; its alarm is kept until then', () => {
  const pool = market({ sourceSpreadMax: ratio('0.02') });
  pool.south('103');
  pool.take(breakers({ holdMs: durationMs(5_000) }));
  assert.equal(pool.alarms().length, 1);
  assert.deepEqual(verdicts(pool.pass(4_999)), []);
  assert.deepEqual(verdicts(pool.pass(1)), ['released sources-disagree calm']);
});
