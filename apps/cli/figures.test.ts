import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { count, price } from './figures.ts';

const countReference = new Intl.NumberFormat('en-US');
const priceReference = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });

test('counts are written as the locale writes them', () => {
  const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true }));
  for (const value of [0, -0, 999, 1000, 999_999, 1_000_000, -1234, 0.5, 2 ** 53]) {
    assert.equal(count(value), countReference.format(value));
  }
  fc.assert(
    fc.property(numbers, (value) => assert.equal(count(value), countReference.format(value))),
  );
});

test('prices below a thousand are rounded to five digits as the locale rounds them', () => {
  for (const text of ['0', '-0', '1', '12.5', '999.99', '999.994', '999.995', '0.0000001']) {
    assert.equal(price(text), priceReference.format(Number(text)), text);
  }
  assert.equal(price('104.999999'), '105');
  assert.equal(price('999.996'), '1,000');
  // Ties included: up to nine digits of which the sixth is often the last, and a five.
  const digits = fc.oneof(
    fc.nat(999_999_999),
    fc.nat(99_999).map((kept) => kept * 10 + 5),
  );
  fc.assert(
    fc.property(digits, fc.integer({ min: 3, max: 12 }), fc.boolean(), (n, places, isNegative) => {
      const text = `${isNegative ? '-' : ''}${n}e-${places}`;
      const value = Number(text);
      if (value < 1000) assert.equal(price(text), priceReference.format(value), text);
    }),
    { numRuns: 5000 },
  );
});
