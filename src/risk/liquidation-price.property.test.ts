import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Price, type Ratio, rawOf, type Size } from '../units/index.ts';
import { liquidationDistance, liquidationPrice } from './liquidation-price.ts';
import type { MarginTier } from './maintenance-margin.ts';
import {
  isLiquidatable,
  type MarginAccount,
  type MarginPosition,
  marginSummary,
} from './margin-summary.ts';

const WAD = 10n ** 18n;
const PRICE_MAX = 2n ** 127n - 1n;

const tierTables = fc
  .tuple(
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 23n }), { maxLength: 3 }),
    fc.array(fc.bigInt({ min: WAD / 1000n, max: WAD / 2n }), { minLength: 4, maxLength: 4 }),
  )
  .map(([steps, fractions]): MarginTier[] => {
    const floors = [0n, ...steps.sort((a, b) => (a < b ? -1 : 1))];
    const rising = fractions.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return floors.map((floor, index) => ({
      notionalFloor: fromRaw<Money>(floor),
      maintenanceMarginFraction: fromRaw<Ratio>(rising[index]!),
    }));
  });

const sizes = fc
  .tuple(fc.constantFrom(1n, -1n), fc.bigInt({ min: 1n, max: 10n ** 21n }))
  .map(([side, magnitude]) => fromRaw<Size>(side * magnitude));
const moneys = fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }).map((raw) => fromRaw<Money>(raw));

const positions: fc.Arbitrary<MarginPosition> = fc.record({
  kind: fc.constantFrom<'linear' | 'inverse'>('linear', 'inverse'),
  size: sizes,
  entryValue: moneys,
  markPrice: fc.bigInt({ min: 10n ** 15n, max: 10n ** 21n }).map((raw) => fromRaw<Price>(raw)),
  fundingPayment: fc.constant(fromRaw<Money>(0n)),
  initialMarginFraction: fc.constant(fromRaw<Ratio>(0n)),
  tiers: tierTables,
});

const accounts: fc.Arbitrary<MarginAccount> = fc.record({
  balance: moneys,
  collaterals: fc.constant([]),
  positions: fc.array(positions, { minLength: 1, maxLength: 3 }),
});

/**
 * Sign of the account's exact surplus with the first leg marked at a raw price: written with
 * fractions of bare integers, tier by tier, not with the code under test.
 */
function surplusSign({ positions: legs, ...rest }: MarginAccount, mark: bigint): -1 | 0 | 1 {
  const [leg, ...others] = legs as [MarginPosition, ...MarginPosition[]];
  const fixed = marginSummary({ ...rest, positions: others });
  const q = rawOf(leg.size);
  const [top, bottom] = leg.kind === 'linear' ? [q * mark, WAD] : [-q * WAD, mark];
  const notional = top < 0n ? -top : top;
  let required = 0n;
  leg.tiers.forEach((tier, index) => {
    const floor = rawOf(tier.notionalFloor) * bottom;
    const next = leg.tiers[index + 1];
    const ceiling = next === undefined ? notional : rawOf(next.notionalFloor) * bottom;
    const within = (notional < ceiling ? notional : ceiling) - floor;
    if (within > 0n) required += within * rawOf(tier.maintenanceMarginFraction);
  });
  const settled = rawOf(fixed.marginEquity) - rawOf(fixed.maintenanceMargin);
  const constant = settled - rawOf(leg.entryValue) + rawOf(leg.fundingPayment);
  const total = (constant * bottom + top) * WAD - required;
  return total < 0n ? -1 : total > 0n ? 1 : 0;
}

/** The healthy price next to the boundary by bisection, or null when there is no boundary. */
function searchedPrice(account: MarginAccount): bigint | null {
  const long = rawOf(account.positions[0]!.size) > 0n;
  const isHealthy = (mark: bigint) => surplusSign(account, mark) >= 0;
  let [bad, good] = long ? [1n, PRICE_MAX] : [PRICE_MAX, 1n];
  if (!isHealthy(good)) return null;
  if (isHealthy(bad)) {
    // Only the smallest price of all can be both the end of the range and the boundary.
    return long && surplusAtZeroIsNegative(account) ? 1n : null;
  }
  while (bad - good > 1n || good - bad > 1n) {
    const middle = (bad + good) / 2n;
    if (isHealthy(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** A long's surplus below the smallest price: its notional vanishes (linear) or explodes. */
function surplusAtZeroIsNegative({ positions: legs, ...rest }: MarginAccount): boolean {
  const [leg, ...others] = legs as [MarginPosition, ...MarginPosition[]];
  if (leg.kind === 'inverse') return true;
  const fixed = marginSummary({ ...rest, positions: others });
  const settled = rawOf(fixed.marginEquity) - rawOf(fixed.maintenanceMargin);
  return settled - rawOf(leg.entryValue) + rawOf(leg.fundingPayment) < 0n;
}

test('the price is the exact boundary, long rounded up and short down, found by a search', () => {
  let found = 0;
  fc.assert(
    fc.property(accounts, (account) => {
      const result = liquidationPrice({ account, positionIndex: 0 });
      const searched = searchedPrice(account);
      assert.equal(result === null ? null : rawOf(result), searched);
      if (result !== null) found += 1;
    }),
    { numRuns: 400 },
  );
  assert.ok(found > 40, `only ${found} accounts had a liquidation price`);
});

function markedAt(account: MarginAccount, mark: bigint): MarginAccount {
  const [leg, ...others] = account.positions as [MarginPosition, ...MarginPosition[]];
  return { ...account, positions: [{ ...leg, markPrice: fromRaw<Price>(mark) }, ...others] };
}

/** Integer surplus that decides, at a mark of the first leg. */
function decidedSurplus(account: MarginAccount, mark: bigint): bigint {
  const summary = marginSummary(markedAt(account, mark));
  const surplus = rawOf(summary.marginEquity) - rawOf(summary.maintenanceMargin);
  assert.equal(isLiquidatable({ ...summary, exposed: true }), surplus < 0n);
  return surplus;
}

test('one unit beyond the price the account is liquidatable; at it, it lacks 3 at most', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const result = liquidationPrice({ account, positionIndex: 0 });
      if (result === null) return;
      const mark = rawOf(result);
      // Far marks put the values of the account itself out of range.
      if (mark > 10n ** 26n || mark < 10n ** 9n) return;
      const beyond = rawOf(account.positions[0]!.size) > 0n ? mark - 1n : mark + 1n;
      assert.ok(decidedSurplus(account, beyond) < 0n);
      assert.ok(decidedSurplus(account, mark) >= -3n);
    }),
    { numRuns: 400 },
  );
});

test('with a slope above the rounding, the decision flips within one unit of price', () => {
  const large = accounts.map((account) => ({
    ...account,
    positions: account.positions.map((leg) => ({
      ...leg,
      kind: 'linear' as const,
      size: fromRaw<Size>(
        rawOf(leg.size) < 0n ? rawOf(leg.size) - 10n * WAD : rawOf(leg.size) + 10n * WAD,
      ),
    })),
  }));
  fc.assert(
    fc.property(large, (account) => {
      const result = liquidationPrice({ account, positionIndex: 0 });
      if (result === null || rawOf(result) < 2n) return;
      const long = rawOf(account.positions[0]!.size) > 0n;
      const [beyond, before] = long ? [-1n, 1n] : [1n, -1n];
      assert.ok(decidedSurplus(account, rawOf(result) + beyond) < 0n);
      assert.ok(decidedSurplus(account, rawOf(result) + before) >= 0n);
    }),
    { numRuns: 300 },
  );
});

test('the present mark of the leg does not matter: its rounded value cancels exactly', () => {
  fc.assert(
    fc.property(accounts, fc.bigInt({ min: 10n ** 15n, max: 10n ** 21n }), (account, mark) => {
      const a = liquidationPrice({ account, positionIndex: 0 });
      const b = liquidationPrice({ account: markedAt(account, mark), positionIndex: 0 });
      assert.equal(a, b);
    }),
    { numRuns: 300 },
  );
});

test('more balance moves the price away from the position', () => {
  fc.assert(
    fc.property(accounts, fc.bigInt({ min: 1n, max: 10n ** 22n }), (account, extra) => {
      const a = liquidationPrice({ account, positionIndex: 0 });
      const richer = { ...account, balance: fromRaw<Money>(rawOf(account.balance) + extra) };
      const b = liquidationPrice({ account: richer, positionIndex: 0 });
      if (a === null || b === null) return;
      const long = rawOf(account.positions[0]!.size) > 0n;
      assert.ok(long ? rawOf(b) <= rawOf(a) : rawOf(b) >= rawOf(a));
    }),
    { numRuns: 300 },
  );
});

test('the distance is the exact one rounded down', () => {
  const prices = fc.bigInt({ min: 10n ** 6n, max: 10n ** 24n });
  fc.assert(
    fc.property(prices, prices, (boundary, mark) => {
      const result = liquidationDistance({
        liquidationPrice: fromRaw<Price>(boundary),
        markPrice: fromRaw<Price>(mark),
      });
      const gap = boundary > mark ? boundary - mark : mark - boundary;
      assert.equal(rawOf(result), (gap * WAD) / mark);
    }),
    { numRuns: 200 },
  );
});
