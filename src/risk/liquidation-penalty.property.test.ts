import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { liquidationPenalty, penaltySplit } from './liquidation-penalty.ts';

const WAD = 10n ** 18n;
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 10n ** 27n }),
);
const equities = fc.oneof(
  amounts,
  amounts.map((raw) => -raw),
);
const fractions = fc.bigInt({ min: 0n, max: WAD });

const penaltyOf = (notional: bigint, fraction: bigint, equity: bigint): bigint =>
  rawOf(
    liquidationPenalty({
      notional: fromRaw<Money>(notional),
      penaltyFraction: fromRaw<Ratio>(fraction),
      equity: fromRaw<Money>(equity),
    }),
  );

test('the claim is rounded up by less than a unit, and equity bounds it', () => {
  let bounded = 0;
  fc.assert(
    fc.property(amounts, fractions, equities, (notional, fraction, equity) => {
      const penalty = penaltyOf(notional, fraction, equity);
      const available = equity > 0n ? equity : 0n;
      assert.ok(penalty >= 0n && penalty <= available);
      if (penalty === available) bounded += 1;
      // Short of the exact claim only where there is no more to take.
      const excess = penalty * WAD - notional * fraction;
      assert.ok(excess < WAD);
      assert.ok(excess >= 0n || penalty === available);
    }),
    { numRuns: 500 },
  );
  assert.ok(bounded > 20 && bounded < 480);
});

test('the penalty alone never makes an account bankrupt', () => {
  fc.assert(
    fc.property(amounts, fractions, equities, (notional, fraction, equity) => {
      const after = equity - penaltyOf(notional, fraction, equity);
      assert.equal(after < 0n, equity < 0n);
    }),
    { numRuns: 300 },
  );
});

test('more notional, a larger fraction or more equity never lowers the penalty', () => {
  fc.assert(
    fc.property(amounts, fractions, equities, amounts, (notional, fraction, equity, extra) => {
      const base = penaltyOf(notional, fraction, equity);
      assert.ok(penaltyOf(notional + extra, fraction, equity) >= base);
      assert.ok(penaltyOf(notional, fraction + extra / 10n ** 9n, equity) >= base);
      assert.ok(penaltyOf(notional, fraction, equity + extra) >= base);
    }),
    { numRuns: 300 },
  );
});

test('charging in parts takes at least as much, by less than a unit each', () => {
  fc.assert(
    fc.property(amounts, amounts, fractions, (a, b, fraction) => {
      const plenty = 10n ** 30n;
      const parts = penaltyOf(a, fraction, plenty) + penaltyOf(b, fraction, plenty);
      const extra = parts - penaltyOf(a + b, fraction, plenty);
      assert.ok(extra === 0n || extra === 1n);
    }),
    { numRuns: 300 },
  );
});

const shares = fc.tuple(fractions, fractions).filter(([keeper, burn]) => keeper + burn <= WAD);

function splitOf(penalty: bigint, [keeper, burn]: [bigint, bigint], foundBy: 'keeper' | 'engine') {
  const split = penaltySplit({
    penalty: fromRaw<Money>(penalty),
    keeperShare: fromRaw<Ratio>(keeper),
    burnShare: fromRaw<Ratio>(burn),
    foundBy,
  });
  return {
    reward: rawOf(split.keeperReward),
    insurance: rawOf(split.insuranceContribution),
    burned: rawOf(split.burned),
  };
}

test('the parts sum to the penalty; reward and burn are rounded down, not the rest', () => {
  fc.assert(
    fc.property(amounts, shares, (penalty, [keeper, burn]) => {
      const { reward, insurance, burned } = splitOf(penalty, [keeper, burn], 'keeper');
      assert.equal(reward + insurance + burned, penalty);
      for (const [part, share] of [
        [reward, keeper],
        [burned, burn],
      ] as const) {
        const lost = penalty * share - part * WAD;
        assert.ok(lost >= 0n && lost < WAD);
      }
      const gained = insurance * WAD - penalty * (WAD - keeper - burn);
      assert.ok(gained >= 0n && gained < 2n * WAD);
    }),
    { numRuns: 500 },
  );
});

test('who found the account moves the reward between keeper and fund, and nothing else', () => {
  fc.assert(
    fc.property(amounts, shares, (penalty, pair) => {
      const found = splitOf(penalty, pair, 'keeper');
      const own = splitOf(penalty, pair, 'engine');
      assert.equal(own.reward, 0n);
      assert.equal(own.burned, found.burned);
      assert.equal(own.insurance, found.insurance + found.reward);
    }),
    { numRuns: 300 },
  );
});
