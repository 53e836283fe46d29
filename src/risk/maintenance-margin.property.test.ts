import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { add, fromRaw, lte, type Money, money, type Ratio, rawOf, sub } from '../units/index.ts';
import {
  type MarginTier,
  maintenanceMargin,
  maintenanceMarginDetail,
  marginTierProblem,
} from './maintenance-margin.ts';

const WAD = 10n ** 18n;
const rawMoney = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 10n ** 27n }),
);
const notionals = rawMoney.map((raw) => fromRaw<Money>(raw));

const tierTables = fc
  .tuple(
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 26n }), { maxLength: 5 }),
    fc.array(fc.bigInt({ min: 1n, max: WAD - 1n }), { minLength: 6, maxLength: 6 }),
  )
  .map(([steps, fractions]): MarginTier[] => {
    const floors = [0n, ...steps.sort((a, b) => (a < b ? -1 : 1))];
    const rising = fractions.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return floors.map((floor, index) => ({
      notionalFloor: fromRaw<Money>(floor),
      maintenanceMarginFraction: fromRaw<Ratio>(rising[index]!),
    }));
  });

/** N · μ_i − d_i in units of 1e-36, by the textbook recursion. */
function exactRequirement(tiers: MarginTier[], notional: bigint): bigint {
  let deduction = 0n;
  let active = 0;
  tiers.forEach((tier, index) => {
    if (index === 0 || rawOf(tier.notionalFloor) > notional) return;
    const step =
      rawOf(tier.maintenanceMarginFraction) - rawOf(tiers[index - 1]!.maintenanceMarginFraction);
    deduction += rawOf(tier.notionalFloor) * step;
    active = index;
  });
  return notional * rawOf(tiers[active]!.maintenanceMarginFraction) - deduction;
}

test('the requirement is the exact N · μ − d rounded up, by less than one unit', () => {
  fc.assert(
    fc.property(tierTables, notionals, (tiers, notional) => {
      assert.equal(marginTierProblem(tiers), null);
      const rounded = rawOf(maintenanceMargin({ tiers, notional })) * WAD;
      const exact = exactRequirement(tiers, rawOf(notional));
      assert.ok(rounded >= exact && rounded - exact < WAD);
    }),
    { numRuns: 500 },
  );
});

test('detail agrees with the requirement; the deduction is rounded down', () => {
  fc.assert(
    fc.property(tierTables, notionals, (tiers, notional) => {
      const detail = maintenanceMarginDetail({ tiers, notional });
      assert.equal(detail.maintenanceMargin, maintenanceMargin({ tiers, notional }));
      const fraction = rawOf(detail.maintenanceMarginFraction);
      const exact = rawOf(notional) * fraction - exactRequirement(tiers, rawOf(notional));
      const rounded = rawOf(detail.deduction) * WAD;
      assert.ok(rounded <= exact && exact - rounded < WAD);
    }),
    { numRuns: 300 },
  );
});

test('more notional never requires less, and never requires more than itself', () => {
  fc.assert(
    fc.property(tierTables, notionals, notionals, (tiers, notional, extra) => {
      const small = maintenanceMargin({ tiers, notional });
      const large = maintenanceMargin({ tiers, notional: add(notional, extra) });
      assert.ok(lte(small, large));
      assert.ok(lte(sub(large, small), add(extra, fromRaw<Money>(1n))));
      assert.ok(lte(small, notional));
    }),
    { numRuns: 300 },
  );
});

test('splitting a position over two accounts never requires more, up to rounding', () => {
  fc.assert(
    fc.property(tierTables, notionals, notionals, (tiers, a, b) => {
      const together = maintenanceMargin({ tiers, notional: add(a, b) });
      const apart = add(
        maintenanceMargin({ tiers, notional: a }),
        maintenanceMargin({ tiers, notional: b }),
      );
      assert.ok(lte(apart, add(together, fromRaw<Money>(1n))));
    }),
    { numRuns: 300 },
  );
});

test('a tier that repeats the fraction below it changes nothing', () => {
  fc.assert(
    fc.property(tierTables, notionals, fc.bigInt({ min: 1n, max: WAD }), (tiers, notional, gap) => {
      const last = tiers.at(-1)!;
      const repeated = { ...last, notionalFloor: fromRaw<Money>(rawOf(last.notionalFloor) + gap) };
      assert.equal(
        maintenanceMargin({ tiers: [...tiers, repeated], notional }),
        maintenanceMargin({ tiers, notional }),
      );
    }),
    { numRuns: 200 },
  );
});

test('the requirement scales with money', () => {
  fc.assert(
    fc.property(tierTables, notionals, fc.bigInt({ min: 2n, max: 9n }), (tiers, notional, k) => {
      const scaled = tiers.map((tier) => ({
        ...tier,
        notionalFloor: fromRaw<Money>(rawOf(tier.notionalFloor) * k),
      }));
      const once = rawOf(maintenanceMargin({ tiers, notional })) * k;
      const large = maintenanceMargin({
        tiers: scaled,
        notional: fromRaw<Money>(rawOf(notional) * k),
      });
      assert.ok(rawOf(large) <= once && once - rawOf(large) < k);
    }),
    { numRuns: 200 },
  );
});

test('no notional requires nothing', () => {
  fc.assert(
    fc.property(tierTables, (tiers) => {
      assert.equal(maintenanceMargin({ tiers, notional: money('0') }), money('0'));
    }),
    { numRuns: 50 },
  );
});
