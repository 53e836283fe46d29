import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type FundingIndex,
  formatDecimal,
  fromRaw,
  fundingIndex,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import { fundingPayment } from './funding-payment.ts';

function payment(held: string, before: string, after: string): string {
  return formatDecimal(
    fundingPayment({
      size: size(held),
      fundingIndexBefore: fundingIndex(before),
      fundingIndexAfter: fundingIndex(after),
    }),
  );
}

test('a rising index makes longs pay and shorts receive; a falling one the reverse', () => {
  assert.equal(payment('2', '10', '10.5'), '-1');
  assert.equal(payment('-2', '10', '10.5'), '1');
  assert.equal(payment('2', '10', '9.5'), '1');
  assert.equal(payment('-2', '10', '9.5'), '-1');
  assert.equal(payment('2', '10', '10'), '0');
  assert.equal(payment('0', '10', '11'), '0');
  assert.equal(payment('2', '-0.25', '0.25'), '-1');
});

test('the payer pays the ceiling, the receiver gets the floor', () => {
  assert.equal(payment('0.5', '0', '0.000000000000000001'), '-0.000000000000000001');
  assert.equal(payment('-0.5', '0', '0.000000000000000001'), '0');
  assert.equal(payment('0.5', '0', '-0.000000000000000001'), '0');
});

const WAD = 10n ** 18n;
const sizes = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const indices = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n });

function rawPayment(held: bigint, before: bigint, after: bigint): bigint {
  return rawOf(
    fundingPayment({
      size: fromRaw<Size>(held),
      fundingIndexBefore: fromRaw<FundingIndex>(before),
      fundingIndexAfter: fromRaw<FundingIndex>(after),
    }),
  );
}

test('property: the payment is −size · Δ rounded down, by less than one unit', () => {
  fc.assert(
    fc.property(sizes, indices, indices, (held, before, after) => {
      const exact = -held * (after - before);
      const rounded = rawPayment(held, before, after) * WAD;
      assert.ok(rounded <= exact && exact - rounded < WAD);
    }),
    { numRuns: 300 },
  );
});

test('property: a balanced market pays out at most what it takes in, less one unit each', () => {
  fc.assert(
    fc.property(
      fc.array(sizes, { minLength: 1, maxLength: 8 }),
      indices,
      indices,
      (held, before, after) => {
        const all = [...held, -held.reduce((a, b) => a + b, 0n)];
        const residue = -all.reduce((total, each) => total + rawPayment(each, before, after), 0n);
        assert.ok(residue >= 0n && residue < BigInt(all.length));
      },
    ),
    { numRuns: 300 },
  );
});

test('property: settling in two steps never pays the account more', () => {
  fc.assert(
    fc.property(sizes, indices, indices, indices, (held, a, b, c) => {
      const once = rawPayment(held, a, c);
      const twice = rawPayment(held, a, b) + rawPayment(held, b, c);
      assert.ok(twice <= once && once - twice <= 1n);
    }),
    { numRuns: 300 },
  );
});
