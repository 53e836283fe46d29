import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  add,
  durationMs,
  fromRaw,
  type Ratio,
  ratio,
  rawOf,
  type Shares,
  shares,
  sub,
  ZERO_AMOUNT,
  ZERO_SHARES,
} from '../units/index.ts';
import { interestAccrued } from './borrow-interest.ts';
import {
  amountOfSharesDown,
  amountOfSharesUp,
  debtRepayment,
  sharesOfAmountDown,
  sharesOfAmountUp,
} from './share-conversion.ts';

const WAD = 10n ** 18n;

type Pool = {
  cash: Amount;
  debtShares: Shares;
  debtIndex: Ratio;
  supplyShares: Shares;
  supplyIndex: Ratio;
};

const curves = fc
  .tuple(
    fc.array(fc.bigInt({ min: 0n, max: 4n * WAD }), { minLength: 3, maxLength: 3 }),
    fc.bigInt({ min: 1n, max: WAD - 1n }),
    fc.bigInt({ min: 0n, max: WAD }),
  )
  .map(([rates, kink, reserve]) => {
    const [low, middle, high] = rates.sort((a, b) => (a < b ? -1 : 1));
    return {
      reserveShare: fromRaw<Ratio>(reserve),
      curve: {
        rateAtZero: fromRaw<Ratio>(low!),
        rateAtKink: fromRaw<Ratio>(middle!),
        rateAtFull: fromRaw<Ratio>(high!),
        kinkUtilization: fromRaw<Ratio>(kink),
      },
    };
  });

/** A step with how far it goes: as a share, or an odd number of units. */
const steps = fc.record({
  kind: fc.constantFrom('accrue', 'supply', 'redeem', 'borrow', 'repay', 'repayAll'),
  portion: fc.bigInt({ min: 0n, max: WAD }),
  units: fc.bigInt({ min: 0n, max: 7n }),
  isDust: fc.boolean(),
  elapsedMs: fc.oneof(
    fc.constantFrom(0, 1, 250, 86_400_000, 31_536_000_000),
    fc.integer({ min: 0, max: 100_000_000 }),
  ),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;
type Curve = typeof curves extends fc.Arbitrary<infer T> ? T : never;

const portionOf = (whole: bigint, { portion, units, isDust }: Step): bigint => {
  const part = isDust ? units : (whole * portion) / WAD;
  return part < whole ? part : whole;
};

function accrue(pool: Pool, { elapsedMs }: Step, curve: Curve): void {
  const before = { ...pool };
  const after = interestAccrued({ ...pool, ...curve, elapsedMs: durationMs(elapsedMs) });
  pool.debtIndex = after.debtIndexAfter;
  pool.supplyIndex = after.supplyIndexAfter;
  assert.ok(pool.debtIndex >= before.debtIndex && pool.supplyIndex >= before.supplyIndex);
  assert.equal(
    rawOf(after.supplyInterest) + rawOf(after.reserveInterest),
    rawOf(after.interest),
    'the interest is split exactly',
  );
  assert.ok(after.reserveInterest >= 0n);
}

/** One step as a lending pool takes it. */
function take(pool: Pool, step: Step, curve: Curve): void {
  if (step.kind === 'accrue') {
    accrue(pool, step, curve);
    return;
  }
  if (step.kind === 'supply') {
    const paid = fromRaw<Amount>(portionOf(1000n * WAD, step));
    pool.cash = add(pool.cash, paid);
    pool.supplyShares = add(pool.supplyShares, sharesOfAmountDown(paid, pool.supplyIndex));
    return;
  }
  if (step.kind === 'redeem') {
    const given = fromRaw<Shares>(portionOf(rawOf(pool.supplyShares), step));
    const payout = amountOfSharesDown(given, pool.supplyIndex);
    if (payout > pool.cash) return;
    pool.cash = sub(pool.cash, payout);
    pool.supplyShares = sub(pool.supplyShares, given);
    return;
  }
  if (step.kind === 'borrow') {
    const lent = fromRaw<Amount>(portionOf(rawOf(pool.cash), step));
    pool.cash = sub(pool.cash, lent);
    pool.debtShares = add(pool.debtShares, sharesOfAmountUp(lent, pool.debtIndex));
    return;
  }
  const owed = amountOfSharesUp(pool.debtShares, pool.debtIndex);
  const offer = step.kind === 'repayAll' ? owed : fromRaw<Amount>(portionOf(rawOf(owed), step));
  const repaid = debtRepayment({ ...pool, amount: offer });
  pool.cash = add(pool.cash, repaid.amountPaid);
  pool.debtShares = repaid.debtSharesLeft;
  if (step.kind === 'repayAll') assert.equal(rawOf(pool.debtShares), 0n);
}

/** What stands behind the deposits less the deposits, in units of 1e-36. */
const surplus = ({ cash, debtShares, debtIndex, supplyShares, supplyIndex }: Pool): bigint =>
  rawOf(cash) * WAD +
  rawOf(debtShares) * rawOf(debtIndex) -
  rawOf(supplyShares) * rawOf(supplyIndex);

test('deposits never exceed cash and debts, after any history', () => {
  const reached = { lent: 0, grown: 0, steps: 0 };
  fc.assert(
    fc.property(curves, fc.array(steps, { minLength: 20, maxLength: 80 }), (curve, history) => {
      const pool: Pool = {
        cash: ZERO_AMOUNT,
        debtShares: ZERO_SHARES,
        debtIndex: ratio('1'),
        supplyShares: ZERO_SHARES,
        supplyIndex: ratio('1'),
      };
      for (const step of history) {
        const before = surplus(pool);
        take(pool, step, curve);
        assert.ok(surplus(pool) >= before, `${step.kind} took from those who stay`);
        assert.ok(pool.cash >= 0n && pool.debtShares >= 0n && pool.supplyShares >= 0n);
        reached.steps += 1;
        if (pool.debtShares > 0n) reached.lent += 1;
      }
      assert.ok(surplus(pool) >= 0n);
      if (pool.supplyIndex > WAD) reached.grown += 1;
    }),
    { numRuns: 250, seed: 20210519 },
  );
  // Histories that mean something: about a third of the steps find a debt, give or take chance.
  assert.ok(reached.lent > reached.steps / 4, `${reached.lent} of ${reached.steps}`);
  assert.ok(reached.grown > 80, `${reached.grown}`);
});

test('when every debt is repaid, every depositor can leave', () => {
  fc.assert(
    fc.property(curves, fc.array(steps, { minLength: 20, maxLength: 60 }), (curve, history) => {
      const pool: Pool = {
        cash: ZERO_AMOUNT,
        debtShares: ZERO_SHARES,
        debtIndex: ratio('1'),
        supplyShares: ZERO_SHARES,
        supplyIndex: ratio('1'),
      };
      for (const step of history) take(pool, step, curve);
      const last = { portion: WAD, units: 0n, isDust: false, elapsedMs: 0 };
      take(pool, { ...last, kind: 'repayAll' }, curve);
      assert.ok(amountOfSharesDown(pool.supplyShares, pool.supplyIndex) <= pool.cash);
      take(pool, { ...last, kind: 'redeem' }, curve);
      assert.equal(rawOf(pool.supplyShares), 0n);
    }),
    { numRuns: 150, seed: 20210519 },
  );
});

test('many small stretches charge no less than one long one at the same rate', () => {
  const flat = ratio('0.5');
  const curve = {
    rateAtZero: flat,
    rateAtKink: flat,
    rateAtFull: flat,
    kinkUtilization: ratio('0.5'),
  };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50_000_000 }), { minLength: 2, maxLength: 20 }),
      fc.bigInt({ min: WAD, max: 3n * WAD }),
      (parts, index) => {
        const at = (debtIndex: Ratio, elapsed: number) =>
          interestAccrued({
            cash: ZERO_AMOUNT,
            debtShares: shares('1000'),
            debtIndex,
            supplyShares: ZERO_SHARES,
            supplyIndex: ratio('1'),
            reserveShare: ratio('0'),
            curve,
            elapsedMs: durationMs(elapsed),
          }).debtIndexAfter;
        const whole = at(
          fromRaw<Ratio>(index),
          parts.reduce((total, part) => total + part, 0),
        );
        const stepped = parts.reduce(at, fromRaw<Ratio>(index));
        assert.ok(stepped >= whole);
      },
    ),
    { numRuns: 200, seed: 20210519 },
  );
});
