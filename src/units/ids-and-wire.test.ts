import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accountId,
  assert as assertContract,
  assetId,
  cmpId,
  durationMs,
  EXACT_PER_RAW,
  engineTimeMs,
  exactFunding,
  fromRaw,
  fundingIndex,
  InvariantViolation,
  indexId,
  isId,
  isQuantity,
  type Money,
  marketId,
  money,
  nearestQuantity,
  rawOf,
  rawOfExactDown,
  rawOfExactUp,
  seq,
  size,
} from './index.ts';

test('an id is 1 to 64 characters of a small alphabet, the first a letter or digit', () => {
  for (const text of ['a', '7', 'BTC-PERP', 'a/b:c.d_e-f', 'x'.repeat(64)]) {
    assert.ok(isId(text), text);
    for (const make of [accountId, marketId, assetId, indexId]) assert.equal(make(text), text);
  }
  for (const text of ['', '-a', '.a', ' a', 'a b', 'a\n', 'é', 'x'.repeat(65), 'a\u0000']) {
    assert.ok(!isId(text), JSON.stringify(text));
    assert.throws(() => accountId(text), InvariantViolation, JSON.stringify(text));
  }
});

test('every character is allowed or not in the first place and after it', () => {
  const [first, after] = [/^[A-Za-z0-9]$/, /^[A-Za-z0-9._:/-]$/];
  for (let code = 0; code < 0x200; code += 1) {
    const character = String.fromCharCode(code);
    assert.equal(isId(character), first.test(character), `${code} alone`);
    assert.equal(isId(`${character}a`), first.test(character), `${code} first`);
    assert.equal(isId(`a${character}`), after.test(character), `${code} last`);
    assert.equal(isId(`a${character}a`), after.test(character), `${code} between`);
  }
});

test('ids are ordered by code unit: capitals before small letters, 10 before 9', () => {
  const ordered = ['10', '9', 'A', 'B', 'Z', 'a', 'aa', 'b'];
  assert.deepEqual([...ordered].reverse().sort(cmpId), ordered);
  assert.equal(cmpId('a', 'a'), 0);
});

test('times, durations and sequence numbers are whole and not negative', () => {
  for (const make of [engineTimeMs, durationMs, seq]) {
    assert.equal(make(0), 0);
    assert.equal(make(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => make(wrong), /expected a non-negative safe integer, was/, String(wrong));
    }
  }
});

test('raw integers become quantities within the range', () => {
  const limit = 2n ** 127n;
  assert.equal(rawOf(fromRaw<Money>(5n)), 5n);
  assert.deepEqual([limit - 1n, limit, 1n - limit, -limit].map(isQuantity), [
    true,
    false,
    true,
    false,
  ]);
  assert.throws(() => fromRaw<Money>(limit), InvariantViolation);
  assert.deepEqual(
    [limit, -limit, 10n ** 60n, 7n].map((raw) => rawOf(nearestQuantity<Money>(raw))),
    [limit - 1n, 1n - limit, limit - 1n, 7n],
  );
});

test('funding is exact in units of 1e-36 and rounds to whole units of 1e-18', () => {
  const exact = exactFunding(size('-0.5'), fundingIndex('0.000000000000000003'));
  assert.equal(exact, (-15n * EXACT_PER_RAW) / 10n);
  assert.equal(rawOfExactDown(exact), -2n);
  assert.equal(rawOfExactUp(exact), -1n);
});

test('a broken contract carries the number of its invariant', () => {
  assertContract(true, 'INV-1', 'holds');
  assert.throws(
    () => assertContract(false, 'INV-5', 'the insurance fund was negative'),
    (error: unknown) =>
      error instanceof InvariantViolation &&
      error.code === 'INV-5' &&
      error.message === 'INV-5: the insurance fund was negative',
  );
  assert.equal(rawOf(money('0')), 0n);
});
