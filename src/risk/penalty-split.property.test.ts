import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { penaltySplit } from './penalty-split.ts';

const WAD = 10n ** 18n;
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 10n ** 27n }),
);

type Shares = { readonly keeper: bigint; readonly provider: bigint; readonly burn: bigint };

/** Any three shares of at most one together, the sum of exactly one often enough. */
const shares: fc.Arbitrary<Shares> = fc
  .tuple(fc.bigInt({ min: 0n, max: WAD }), fc.bigInt({ min: 0n, max: WAD }), fc.boolean())
  .chain(([a, b, isWhole]) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const rest = WAD - high;
    const burn = isWhole ? fc.constant(rest) : fc.bigInt({ min: 0n, max: rest });
    return burn.map((last) => ({ keeper: low, provider: high - low, burn: last }));
  });

function splitOf(penalty: bigint, given: Shares, foundBy: 'keeper' | 'engine') {
  const split = penaltySplit({
    penalty: fromRaw<Money>(penalty),
    keeperShare: fromRaw<Ratio>(given.keeper),
    providerShare: fromRaw<Ratio>(given.provider),
    burnShare: fromRaw<Ratio>(given.burn),
    foundBy,
  });
  return {
    keeper: rawOf(split.keeperReward),
    provider: rawOf(split.providerReward),
    insurance: rawOf(split.insuranceContribution),
    burned: rawOf(split.burned),
  };
}

test('the parts sum to the penalty; all but that of insurance are rounded down', () => {
  fc.assert(
    fc.property(amounts, shares, (penalty, given) => {
      const { keeper, provider, insurance, burned } = splitOf(penalty, given, 'keeper');
      assert.equal(keeper + provider + insurance + burned, penalty);
      for (const [part, share] of [
        [keeper, given.keeper],
        [provider, given.provider],
        [burned, given.burn],
      ] as const) {
        const lost = penalty * share - part * WAD;
        assert.ok(lost >= 0n && lost < WAD, 'rounding of a part');
      }
      const others = given.keeper + given.provider + given.burn;
      const gained = insurance * WAD - penalty * (WAD - others);
      assert.ok(gained >= 0n && gained < 3n * WAD, 'rounding of the rest');
    }),
    { numRuns: 500 },
  );
});

test('who found the account moves the reward between keeper and fund, and nothing else', () => {
  fc.assert(
    fc.property(amounts, shares, (penalty, given) => {
      const found = splitOf(penalty, given, 'keeper');
      const own = splitOf(penalty, given, 'engine');
      assert.equal(own.keeper, 0n);
      assert.equal(own.provider, found.provider);
      assert.equal(own.burned, found.burned);
      assert.equal(own.insurance, found.insurance + found.keeper);
    }),
    { numRuns: 300 },
  );
});
