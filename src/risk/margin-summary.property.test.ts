import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  add,
  fromRaw,
  type Money,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  type Size,
  sub,
  sum,
} from '../units/index.ts';
import { collateralValueDown, marginCollateralValueDown } from './collateral-value.ts';
import { contractNotional } from './contract-value.ts';
import { debtValueUp, marginDebtValueUp } from './debt-value.ts';
import { initialMargin } from './initial-margin.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';
import {
  type MarginAccount,
  type MarginDebt,
  type MarginPosition,
  type MarginSummary,
  marginSummary,
} from './margin-summary.ts';
import { unrealizedPnl } from './unrealized-pnl.ts';

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

const collateralFields = {
  amount: fc.bigInt({ min: 0n, max: 10n ** 23n }).map((raw) => fromRaw<Amount>(raw)),
  price: prices,
  weight: fractions,
};
const collaterals = fc.record(collateralFields);

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

/** Part by part, each by its own formula and rounded by itself: what the sums must come to. */
function summaryByParts({ balance, collaterals, positions, debts }: MarginAccount): MarginSummary {
  const settled = positions.map((position) =>
    add(unrealizedPnl(position), position.fundingPayment),
  );
  const required = positions.map(({ kind, size, markPrice: price, tiers }) =>
    maintenanceMargin({ tiers, notional: contractNotional({ kind, size, price }) }),
  );
  const initially = positions.map(({ kind, size, markPrice: price, ...position }, at) =>
    initialMargin({
      notional: contractNotional({ kind, size, price }),
      initialMarginFraction: position.initialMarginFraction,
      maintenanceMargin: required[at]!,
    }),
  );
  const owed = debts ?? [];
  const weightedDebt = sum(owed.map(marginDebtValueUp));
  const equityWith = (held: readonly Money[], owing: Money): Money =>
    sub(sum([balance, ...settled, ...held]), owing);
  return {
    equity: equityWith(collaterals.map(collateralValueDown), sum(owed.map(debtValueUp))),
    marginEquity: equityWith(collaterals.map(marginCollateralValueDown), weightedDebt),
    initialEquity: equityWith(
      collaterals.map((held) =>
        marginCollateralValueDown({ ...held, weight: held.initialWeight ?? held.weight }),
      ),
      sum(owed.map((debt) => marginDebtValueUp({ ...debt, weight: debt.initialWeight }))),
    ),
    maintenanceMargin: sum(required),
    initialMargin: sum(initially),
    weightedDebt,
  };
}

const debts: fc.Arbitrary<MarginDebt> = fc
  .record({
    amount: fc.bigInt({ min: 0n, max: 10n ** 23n }).map((raw) => fromRaw<Amount>(raw)),
    price: prices,
    weight: fractions,
    initialWeight: fractions,
  })
  .map(({ weight, initialWeight, ...debt }) => ({
    ...debt,
    weight: add(ONE_RATIO, weight),
    initialWeight: add(add(ONE_RATIO, weight), initialWeight),
  }));

/** Whole numbers too: there the value of a position has no remainder and its roundings meet. */
const roundPositions = fc
  .record({ held: fc.integer({ min: -50, max: 50 }), mark: fc.integer({ min: 1, max: 900 }) })
  .chain(({ held, mark }) =>
    positions.map((position) => ({
      ...position,
      size: fromRaw<Size>(BigInt(held) * WAD),
      markPrice: fromRaw<Price>(BigInt(mark) * WAD),
    })),
  );

test('the sums are those of their parts, each rounded by its own formula', () => {
  const weighted = fc.record({ ...collateralFields, initialWeight: fractions });
  const everything: fc.Arbitrary<MarginAccount> = fc.record({
    balance: signedMoney,
    collaterals: fc.array(fc.oneof(collaterals, weighted), { maxLength: 3 }),
    positions: fc.array(fc.oneof(positions, roundPositions), { maxLength: 4 }),
    debts: fc.array(debts, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(everything, (account) => {
      assert.deepEqual(marginSummary(account), summaryByParts(account));
    }),
    { numRuns: 1_000 },
  );
});
