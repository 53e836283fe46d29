import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  fromRaw,
  type Money,
  type Price,
  type Ratio,
  rawOf,
  type Size,
} from '../units/index.ts';
import type { MarginTier } from './maintenance-margin.ts';
import { type MarginAccount, type MarginPosition, marginSummary } from './margin-summary.ts';

const WAD = 10n ** 18n;
const signedMoney = fc
  .bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
  .map((raw) => fromRaw<Money>(raw));
const fractions = fc.bigInt({ min: 1n, max: WAD - 1n }).map((raw) => fromRaw<Ratio>(raw));
const prices = fc.bigInt({ min: 10n ** 14n, max: 10n ** 23n }).map((raw) => fromRaw<Price>(raw));

const tierTables = fc
  .tuple(fractions, fractions, fc.bigInt({ min: 1n, max: 10n ** 25n }))
  .map(([a, b, floor]): MarginTier[] => {
    const [low, high] = rawOf(a) < rawOf(b) ? [a, b] : [b, a];
    return [
      { notionalFloor: fromRaw<Money>(0n), maintenanceMarginFraction: low },
      { notionalFloor: fromRaw<Money>(floor), maintenanceMarginFraction: high },
    ];
  });

const positions: fc.Arbitrary<MarginPosition> = fc.record({
  kind: fc.constantFrom<'linear' | 'inverse'>('linear', 'inverse'),
  size: fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }).map((raw) => fromRaw<Size>(raw)),
  entryValue: signedMoney,
  markPrice: prices,
  fundingPayment: signedMoney,
  initialMarginFraction: fractions,
  tiers: tierTables,
});

const collaterals = fc.record({
  amount: fc.bigInt({ min: 0n, max: 10n ** 23n }).map((raw) => fromRaw<Amount>(raw)),
  price: prices,
  weight: fractions,
});

const accounts: fc.Arbitrary<MarginAccount> = fc.record({
  balance: signedMoney,
  collaterals: fc.array(collaterals, { maxLength: 3 }),
  positions: fc.array(positions, { maxLength: 4 }),
});

type Rational = { readonly top: bigint; readonly bottom: bigint };
const plus = (a: Rational, b: Rational): Rational => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
const whole = (raw: bigint): Rational => ({ top: raw, bottom: 1n });

/** Raw units, exactly; none of the code under test. */
function exactSums(account: MarginAccount) {
  let settled = whole(rawOf(account.balance));
  let maintenance = whole(0n);
  for (const { kind, size, entryValue, markPrice, fundingPayment, tiers } of account.positions) {
    const [q, p] = [rawOf(size), rawOf(markPrice)];
    const value: Rational =
      kind === 'linear' ? { top: q * p, bottom: WAD } : { top: -q * WAD, bottom: p };
    settled = plus(settled, plus(value, whole(rawOf(fundingPayment) - rawOf(entryValue))));
    const n: Rational = { top: value.top < 0n ? -value.top : value.top, bottom: value.bottom };
    const [first, second] = tiers as [MarginTier, MarginTier];
    const [low, high] = [first, second].map((t) => rawOf(t.maintenanceMarginFraction)) as [
      bigint,
      bigint,
    ];
    const floor = rawOf(second.notionalFloor);
    const above = n.top - floor * n.bottom;
    const top = n.top * low + (above > 0n ? above * (high - low) : 0n);
    maintenance = plus(maintenance, { top, bottom: n.bottom * WAD });
  }
  let [equity, marginEquity] = [settled, settled];
  for (const { amount, price, weight } of account.collaterals) {
    const product = rawOf(amount) * rawOf(price);
    equity = plus(equity, { top: product, bottom: WAD });
    marginEquity = plus(marginEquity, { top: product * rawOf(weight), bottom: WAD * WAD });
  }
  return { equity, marginEquity, maintenance };
}

/** rounded ≤ exact < rounded + units */
function isJustBelow(rounded: Money, exact: Rational, units: number): boolean {
  const gap = exact.top - rawOf(rounded) * exact.bottom;
  return gap >= 0n && gap <= BigInt(units) * exact.bottom;
}

/** rounded − units < exact ≤ rounded */
function isJustAbove(rounded: Money, exact: Rational, units: number): boolean {
  const gap = rawOf(rounded) * exact.bottom - exact.top;
  return gap >= 0n && gap <= BigInt(units) * exact.bottom;
}

test('equities are never overstated and requirements never understated, by a unit per part', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const summary = marginSummary(account);
      const exact = exactSums(account);
      const parts = account.positions.length + account.collaterals.length;
      assert.ok(isJustBelow(summary.equity, exact.equity, parts));
      assert.ok(isJustBelow(summary.marginEquity, exact.marginEquity, parts));
      // Notional and requirement are both rounded up, once each.
      const units = 2 * account.positions.length;
      assert.ok(isJustAbove(summary.maintenanceMargin, exact.maintenance, units));
    }),
    { numRuns: 300 },
  );
});

test('margin equity never exceeds equity, nor maintenance margin initial margin', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const summary = marginSummary(account);
      assert.ok(rawOf(summary.marginEquity) <= rawOf(summary.equity));
      assert.ok(rawOf(summary.maintenanceMargin) <= rawOf(summary.initialMargin));
    }),
    { numRuns: 200 },
  );
});

test('the sums do not depend on the order of positions and collaterals', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const reversed = {
        ...account,
        collaterals: account.collaterals.toReversed(),
        positions: account.positions.toReversed(),
      };
      assert.deepEqual(marginSummary(reversed), marginSummary(account));
    }),
    { numRuns: 200 },
  );
});

test('two accounts summed apart equal their parts summed together', () => {
  fc.assert(
    fc.property(accounts, accounts, (a, b) => {
      const [first, second] = [marginSummary(a), marginSummary(b)];
      const together = marginSummary({
        balance: fromRaw<Money>(rawOf(a.balance) + rawOf(b.balance)),
        collaterals: [...a.collaterals, ...b.collaterals],
        positions: [...a.positions, ...b.positions],
      });
      for (const key of ['equity', 'marginEquity', 'maintenanceMargin', 'initialMargin'] as const) {
        assert.equal(rawOf(together[key]), rawOf(first[key]) + rawOf(second[key]));
      }
    }),
    { numRuns: 200 },
  );
});

test('a trade at the mark between two accounts never creates equity', () => {
  fc.assert(
    fc.property(positions, (position) => {
      const flipped: MarginPosition = {
        ...position,
        size: fromRaw<Size>(-rawOf(position.size)),
        entryValue: fromRaw<Money>(-rawOf(position.entryValue)),
        fundingPayment: fromRaw<Money>(-rawOf(position.fundingPayment)),
      };
      const sides = [position, flipped].map((each) =>
        marginSummary({ balance: fromRaw<Money>(0n), collaterals: [], positions: [each] }),
      );
      const total = rawOf(sides[0]!.equity) + rawOf(sides[1]!.equity);
      assert.ok(total === 0n || total === -1n);
      assert.equal(sides[0]!.maintenanceMargin, sides[1]!.maintenanceMargin);
      assert.equal(sides[0]!.initialMargin, sides[1]!.initialMargin);
    }),
    { numRuns: 200 },
  );
});
