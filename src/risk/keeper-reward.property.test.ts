import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { keeperReward } from './keeper-reward.ts';

const WAD = 10n ** 18n;
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 100n * WAD }),
);

const inputs = fc.record({
  flag: amounts,
  cost: amounts,
  least: amounts,
  profit: fc.bigInt({ min: 0n, max: 2n * WAD }),
  margin: fc.bigInt({ min: -100n * WAD, max: 3000n * WAD }),
  scale: fc.bigInt({ min: 0n, max: WAD / 5n }),
  most: fc.bigInt({ min: 0n, max: 400n * WAD }),
  penalty: fc.bigInt({ min: 0n, max: 300n * WAD }),
});
type Given = typeof inputs extends fc.Arbitrary<infer T> ? T : never;

function rewardOf({ flag, cost, least, profit, margin, scale, most, penalty }: Given) {
  const result = keeperReward({
    flagReward: fromRaw<Money>(flag),
    executionCost: fromRaw<Money>(cost),
    minReward: fromRaw<Money>(least),
    minProfitFraction: fromRaw<Ratio>(profit),
    marginEquity: fromRaw<Money>(margin),
    marginScale: fromRaw<Ratio>(scale),
    maxReward: fromRaw<Money>(most),
    penalty: fromRaw<Money>(penalty),
  });
  return { reward: rawOf(result.keeperReward), subsidy: rawOf(result.subsidy) };
}

/** Floor of the keeper without rounding, times WAD. */
const exactFloor = ({ cost, least, profit }: Given): bigint => {
  const byAmount = (cost + least) * WAD;
  const byFraction = cost * (WAD + profit);
  return byAmount > byFraction ? byAmount : byFraction;
};

test('never above penalty, largest reward or the share of the margin; never below zero', () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const { reward, subsidy } = rewardOf(given);
      assert.ok(reward >= 0n && reward <= given.penalty && reward <= given.most, 'penalty, most');
      assert.ok(
        reward * WAD <= (given.margin > 0n ? given.margin * given.scale : 0n),
        'share of the margin',
      );
      assert.ok(subsidy >= 0n && reward + subsidy <= given.most, 'subsidy');
      assert.ok(
        (reward + subsidy) * WAD <= (given.margin > 0n ? given.margin * given.scale : 0n),
        'subsidy and margin',
      );
    }),
    { numRuns: 500 },
  );
});

test('with the subsidy the keeper has its floor, unless a cap is lower', () => {
  const bindings = { floor: 0, cap: 0, subsidized: 0 };
  fc.assert(
    fc.property(inputs, (given) => {
      const { reward, subsidy } = rewardOf(given);
      const received = reward + subsidy;
      const isCapped =
        received === given.most || (received + 1n) * WAD > max(given.margin, 0n) * given.scale;
      if (isCapped) bindings.cap += 1;
      else assert.ok((received + 1n) * WAD > exactFloor(given), 'floor');
      if (!isCapped && received * WAD <= exactFloor(given)) bindings.floor += 1;
      if (subsidy > 0n) {
        bindings.subsidized += 1;
        assert.equal(reward, given.penalty);
        // Not a unit beyond the floor.
        assert.ok(received * WAD <= exactFloor(given), 'beyond the floor');
      }
    }),
    { numRuns: 1000 },
  );
  for (const [name, count] of Object.entries(bindings)) {
    assert.ok(count > 30, `${name}: ${count}`);
  }
});

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

test('short of every bound it is the flag reward and the cost, or the floor', () => {
  let plain = 0;
  fc.assert(
    fc.property(inputs, (drawn) => {
      const unbounded = { margin: 10n ** 24n, scale: WAD, most: 10n ** 24n, penalty: 10n ** 24n };
      const given = { ...drawn, ...unbounded };
      const { reward, subsidy } = rewardOf(given);
      const byFraction = (given.cost * (WAD + given.profit)) / WAD;
      const expected = max(max(given.cost + given.least, byFraction), given.flag + given.cost);
      assert.deepEqual({ reward, subsidy }, { reward: expected, subsidy: 0n });
      if (reward === given.flag + given.cost) plain += 1;
    }),
    { numRuns: 300 },
  );
  assert.ok(plain > 30 && plain < 270, `${plain}`);
});

test('more to reward, more margin or more penalty never lowers the reward', () => {
  fc.assert(
    fc.property(inputs, amounts, (given, step) => {
      const { reward } = rewardOf(given);
      for (const name of ['flag', 'cost', 'least', 'margin', 'most', 'penalty'] as const) {
        assert.ok(rewardOf({ ...given, [name]: given[name] + step }).reward >= reward, name);
      }
    }),
    { numRuns: 300 },
  );
});
