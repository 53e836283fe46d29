import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../engine/index.ts';
import { canonicalJson } from './canonical-json.ts';

test('keys are in the order of their code units, at every depth, without blanks', () => {
  const value = { b: [{ z: null, a: true }], B: '1.5', a: 7, é: '', 10: 'x', 9: 'y' };
  const expected = '{"10":"x","9":"y","B":"1.5","a":7,"b":[{"a":true,"z":null}],"é":""}';
  assert.equal(canonicalJson(value), expected);
});

test('a number that is not whole, or is −0, has no canonical form', () => {
  for (const value of [0.5, Number.NaN, -0, 2 ** 53, Number.POSITIVE_INFINITY]) {
    assert.throws(() => canonicalJson({ value }), { code: 'JSON' });
  }
});

test('read back and written again it is the same, whatever order the keys came in', () => {
  const leaf = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      const back = JSON.parse(text) as Json;
      assert.equal(canonicalJson(back), text);
      assert.equal(canonicalJson(reversed(back)), text);
    }),
  );
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, entry]) => [key, reversed(entry as Json)]));
}
