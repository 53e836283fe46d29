import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Amount, fromRaw, type Money, type Price, type Ratio, rawOf } from '../units/index.ts';
import { borrowCloseOut, deficitCloseOut } from './borrow-close-out.ts';
import { collateralSeizure } from './collateral-seizure.ts';
import { healthFactor, isBelowHealth } from './health-factor.ts';

const WAD = 10n ** 18n;
const ratios = (low: bigint, high: bigint) => fc.bigInt({ min: low, max: high });
const ceil = (n: bigint, d: bigint) => (n + d - 1n) / d;

/** One collateral and one debt, unhealthy more often than not. */
const accounts = fc.record({
  held: fc.bigInt({ min: 1n, max: 10n ** 22n }),
  heldAt: fc.bigInt({ min: 10n ** 15n, max: 10n ** 21n }),
  debtAt: fc.bigInt({ min: 10n ** 15n, max: 10n ** 21n }),
  threshold: ratios(WAD / 2n, (WAD * 95n) / 100n),
  bonus: ratios(0n, WAD / 5n),
  /** Debt as a share of what the threshold allows. */
  used: ratios((WAD * 95n) / 100n, (WAD * 5n) / 4n),
  target: ratios(WAD, (WAD * 6n) / 5n),
  least: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 10n ** 20n })),
});
type Given = typeof accounts extends fc.Arbitrary<infer T> ? T : never;

/** What happens to an account that is closed out by the formulas one after the other. */
function closed(given: Given) {
  const { held, heldAt, debtAt, threshold, bonus, used, target, least } = given;
  const owed = (held * heldAt * threshold * used) / (debtAt * WAD * WAD);
  if (owed === 0n) return null;
  const debtPrice = fromRaw<Price>(debtAt);
  const collateralPrice = fromRaw<Price>(heldAt);
  const accountWith = (collateral: bigint, debt: bigint) => ({
    collaterals: [
      {
        amount: fromRaw<Amount>(collateral),
        price: collateralPrice,
        liquidationThreshold: fromRaw<Ratio>(threshold),
      },
    ],
    debts: [{ amount: fromRaw<Amount>(debt), price: debtPrice }],
  });
  const before = accountWith(held, owed);
  const health = healthFactor(before) as Ratio;
  const closeOut = borrowCloseOut({
    totalDebtValue: fromRaw<Money>(ceil(owed * debtAt, WAD)),
    debtPrice,
    liquidationThreshold: fromRaw<Ratio>(threshold),
    liquidationBonus: fromRaw<Ratio>(bonus),
    healthFactor: health,
    targetHealthFactor: fromRaw<Ratio>(target),
    debtAmount: fromRaw<Amount>(owed),
    collateralValue: fromRaw<Money>(ceil(held * heldAt, WAD)),
    minLeftover: fromRaw<Money>(least),
  });
  const seizure = collateralSeizure({
    debtToRepay: closeOut.debtToRepay,
    debtPrice,
    collateralAmount: fromRaw<Amount>(held),
    collateralPrice,
    liquidationBonus: fromRaw<Ratio>(bonus),
  });
  const debtLeft = owed - rawOf(seizure.debtRepaid);
  const heldLeft = held - rawOf(seizure.seized);
  return { owed, health, closeOut, seizure, debtLeft, heldLeft, accountWith };
}

test('after a close-out the target is met, or the debt or the collateral is gone', () => {
  const seen = { met: 0, closed: 0, exhausted: 0, healthy: 0 };
  fc.assert(
    fc.property(accounts, (given) => {
      const result = closed(given);
      if (result === null) return;
      const { health, closeOut, debtLeft, heldLeft, accountWith } = result;
      if (rawOf(health) >= given.target) {
        assert.equal(rawOf(closeOut.debtToRepay), 0n);
        seen.healthy += 1;
        return;
      }
      if (debtLeft === 0n) seen.closed += 1;
      else if (heldLeft === 0n) seen.exhausted += 1;
      else {
        const left = accountWith(heldLeft, debtLeft);
        assert.equal(isBelowHealth({ ...left, level: fromRaw<Ratio>(given.target) }), false);
        seen.met += 1;
      }
    }),
    { numRuns: 1000, seed: 20210519 },
  );
  for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 40, `${outcome} ${count}`);
});

test('no dust of debt is left beside collateral, and none of collateral beside debt', () => {
  fc.assert(
    fc.property(accounts, (given) => {
      const result = closed(given);
      if (result === null) return;
      const { closeOut, debtLeft, heldLeft, health } = result;
      if (rawOf(health) >= given.target) return;
      if (debtLeft === 0n || heldLeft === 0n) return;
      assert.ok(debtLeft * given.debtAt >= given.least * WAD, 'debt');
      // The seizure rounds down: what is left is at least what the bounds looked at.
      assert.ok(heldLeft * given.heldAt + WAD >= given.least * WAD, 'collateral');
      assert.equal(closeOut.takesAllCollateral, false);
    }),
    { numRuns: 1000, seed: 20210519 },
  );
});

test('what takes all collateral leaves no unit of it', () => {
  let seen = 0;
  fc.assert(
    fc.property(accounts, (given) => {
      const result = closed(given);
      if (result === null || !result.closeOut.takesAllCollateral) return;
      assert.equal(result.heldLeft, 0n);
      seen += 1;
    }),
    { numRuns: 1000, seed: 20210519 },
  );
  assert.ok(seen > 100, `${seen}`);
});

test('without dust to clear, a unit of debt less would miss the target', () => {
  let tight = 0;
  fc.assert(
    fc.property(accounts, (given) => {
      const { threshold, bonus, target } = given;
      const debtValue = given.held;
      const health = (target * given.used) / ((WAD * 5n) / 4n);
      const lost = (WAD + bonus) * threshold;
      const debtToRepay = rawOf(
        borrowCloseOut({
          totalDebtValue: fromRaw<Money>(debtValue),
          debtPrice: fromRaw<Price>(given.debtAt),
          liquidationThreshold: fromRaw<Ratio>(threshold),
          liquidationBonus: fromRaw<Ratio>(bonus),
          healthFactor: fromRaw<Ratio>(health),
          targetHealthFactor: fromRaw<Ratio>(target),
        }).debtToRepay,
      );
      const whole = ceil(debtValue * WAD, given.debtAt);
      // backing − x·p·(1 + bonus)·LT ≥ T·(D − x·p), in units of 1e-72.
      const isEnough = (repaid: bigint) =>
        debtValue * health * WAD * WAD - repaid * given.debtAt * lost >=
        target * WAD * (debtValue * WAD - repaid * given.debtAt);
      if (debtToRepay < whole) {
        assert.ok(isEnough(debtToRepay), 'too little');
        if (debtToRepay > 0n) assert.ok(!isEnough(debtToRepay - 1n), 'too much');
        tight += 1;
      }
    }),
    { numRuns: 600, seed: 20210519 },
  );
  assert.ok(tight > 200, `${tight}`);
});

test('the liquidator never gets more than it paid for, however prices divide', () => {
  const seizures = fc.record({
    repay: fc.bigInt({ min: 0n, max: 10n ** 22n }),
    held: fc.bigInt({ min: 0n, max: 10n ** 21n }),
    debtAt: fc.bigInt({ min: 1n, max: 10n ** 21n }),
    heldAt: fc.bigInt({ min: 1n, max: 10n ** 21n }),
    bonus: ratios(0n, WAD),
    fee: ratios(0n, WAD),
  });
  const seen = { all: 0, part: 0 };
  fc.assert(
    fc.property(seizures, ({ repay, held, debtAt, heldAt, bonus, fee }) => {
      const result = collateralSeizure({
        debtToRepay: fromRaw<Amount>(repay),
        debtPrice: fromRaw<Price>(debtAt),
        collateralAmount: fromRaw<Amount>(held),
        collateralPrice: fromRaw<Price>(heldAt),
        liquidationBonus: fromRaw<Ratio>(bonus),
        protocolFeeFraction: fromRaw<Ratio>(fee),
      });
      const [repaid, seized] = [rawOf(result.debtRepaid), rawOf(result.seized)];
      assert.ok(repaid >= 0n && repaid <= repay && seized >= 0n && seized <= held);
      assert.ok(seized * heldAt * WAD <= repaid * debtAt * (WAD + bonus), 'overpaid');
      // Nor does it lose more than a unit of either side.
      const short = repaid * debtAt * (WAD + bonus) - seized * heldAt * WAD;
      assert.ok(short < heldAt * WAD || short < debtAt * (WAD + bonus), 'underpaid');
      assert.equal(rawOf(result.protocolFee) + rawOf(result.toLiquidator), seized);
      assert.ok(rawOf(result.protocolFee) >= 0n && rawOf(result.toLiquidator) >= 0n);
      seen[seized === held ? 'all' : 'part'] += 1;
    }),
    { numRuns: 600, seed: 20210519 },
  );
  assert.ok(seen.all > 100 && seen.part > 100, `${seen.all}, ${seen.part}`);
});

test('a deficit is made up, and a unit of debt less would not', () => {
  const deficits = fc.record({
    deficit: fc.bigInt({ min: 1n, max: 10n ** 21n }),
    debtAt: fc.bigInt({ min: 10n ** 15n, max: 10n ** 21n }),
    weight: ratios(0n, WAD),
    liability: ratios(WAD, 2n * WAD),
    insurance: ratios(0n, WAD / 10n),
    bonus: ratios(0n, WAD / 5n),
  });
  const owed = 10n ** 25n;
  let parts = 0;
  fc.assert(
    fc.property(deficits, (given) => {
      const repaid = rawOf(
        deficitCloseOut({
          marginDeficit: fromRaw<Money>(given.deficit),
          collateralWeight: fromRaw<Ratio>(given.weight),
          liabilityWeight: fromRaw<Ratio>(given.liability),
          insuranceFraction: fromRaw<Ratio>(given.insurance),
          debtAmount: fromRaw<Amount>(owed),
          debtPrice: fromRaw<Price>(given.debtAt),
          liquidationBonus: fromRaw<Ratio>(given.bonus),
        }).debtToRepay,
      );
      const gain = given.liability * (WAD - given.insurance) - given.weight * (WAD + given.bonus);
      const isEnough = (x: bigint) => x * given.debtAt * gain >= given.deficit * WAD ** 3n;
      if (gain <= 0n) assert.equal(repaid, owed);
      else if (repaid < owed) {
        assert.ok(isEnough(repaid) && !isEnough(repaid - 1n));
        parts += 1;
      }
    }),
    { numRuns: 500, seed: 20210519 },
  );
  assert.ok(parts > 150, `${parts}`);
});
