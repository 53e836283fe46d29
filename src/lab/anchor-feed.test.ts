/** The bridge between anchors: exact where prices are published, reproducible in between. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import { formatDecimal } from '../units/index.ts';
import { anchorFeed } from './anchor-feed.ts';
import { LabFault } from './fault.ts';
import { type Scenario, timeMsOf } from './scenario.ts';

const fromMs = timeMsOf(CRASH.from);
const toMs = timeMsOf(CRASH.to);

function pathsOf(scenario: Scenario, seed: number, window = { fromMs, toMs }) {
  const feed = anchorFeed({ scenario, seed, ...window });
  const paths = new Map<string, Map<number, string>>();
  for (const { coin } of feed.coins) paths.set(coin, new Map());
  for (const { timeMs, reports } of feed.instants()) {
    for (const { coin, price } of reports) {
      paths.get(feed.coins[coin]!.coin)!.set(timeMs, formatDecimal(price));
    }
  }
  return paths;
}

describe('the bridge', () => {
  test('passes through every published price and stays between the extremes', () => {
    const paths = pathsOf(CRASH, 7);
    for (const { coin, anchors } of CRASH.markets) {
      const path = paths.get(coin)!;
      assert.equal(path.size, 120);
      for (const { at, price } of anchors) {
        if (timeMsOf(at) < toMs) assert.equal(path.get(timeMsOf(at)), price, `${coin} ${at}`);
      }
      const published = anchors.map(({ price }) => Number(price));
      for (const price of path.values()) {
        assert.ok(Number(price) >= Math.min(...published));
        assert.ok(Number(price) <= Math.max(...published));
      }
      assert.ok(new Set(path.values()).size > 60, 'it moves in between');
    }
  });

  test('is the same for the same seed, another for another, shared in part by all coins', () => {
    assert.deepEqual(pathsOf(CRASH, 7), pathsOf(CRASH, 7));
    assert.notDeepEqual(pathsOf(CRASH, 7), pathsOf(CRASH, 8));
    const together = { ...CRASH.defaultMarket, correlation: 1, dailyVolatility: 0.05 };
    const twins: Scenario = {
      ...CRASH,
      markets: ['AAA', 'BBB'].map((coin) => ({ ...together, ...CRASH.markets[0]!, coin })),
    };
    const paths = pathsOf(twins, 7);
    assert.deepEqual(paths.get('AAA'), paths.get('BBB'));
  });

  test('gives the same digits on every machine', () => {
    const path = [...pathsOf(CRASH, 20210519).get('BTC')!.values()];
    assert.deepEqual(path.slice(0, 5), ['42000', '41988.87', '41930.02', '41896.89', '41830']);
    assert.deepEqual(path.slice(-3), ['33666.52', '33750.87', '33871.63']);
  });

  test('does not depend on which part of it is visited', () => {
    const whole = pathsOf(CRASH, 7).get('ETH')!;
    const window = { fromMs: fromMs + 1_800_000, toMs: toMs - 600_000 };
    const part = pathsOf(CRASH, 7, window).get('ETH')!;
    assert.equal(part.size, 40);
    for (const [timeMs, price] of part) assert.equal(price, whole.get(timeMs));
  });

  test('refuses anchors out of order, times that are none, and empty windows', () => {
    const [market, ...others] = CRASH.markets;
    const swapped = { ...market!, anchors: market!.anchors.toReversed() };
    const disordered = { ...CRASH, markets: [swapped, ...others] };
    assert.throws(() => pathsOf(disordered, 1), /anchors of BTC are not in order/);
    assert.throws(() => timeMsOf('19 May 2021'), /expected a time in UTC such as/);
    assert.throws(() => timeMsOf('2021-05-19T12:00:00+02:00'), LabFault);
    const beyond = { fromMs, toMs: toMs + 1 };
    for (const window of [{ fromMs: toMs, toMs: fromMs }, beyond]) {
      assert.throws(() => pathsOf(CRASH, 1, window), /no such window in the scenario/);
    }
    assert.throws(() => pathsOf({ ...CRASH, markets: [] }, 1), /the scenario has no anchors/);
  });
});
