/** Goal: what a shape writes as JSON it reads back, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryRecord } from '../../../test/pools/arbitrary-records.ts';
import { type Money, money } from '../../units/index.ts';
import {
  exactSum,
  flag,
  fromJson,
  id,
  list,
  nullable,
  oneOf,
  record,
  text,
  union,
  variant,
  wad,
  whole,
} from './codec.ts';
import { JournalRecord } from './record.ts';

test('every record is read back from its JSON view, through text too', () => {
  fc.assert(
    fc.property(arbitraryRecord, (value) => {
      const view: unknown = JSON.parse(JSON.stringify(JournalRecord.json(value)));
      assert.deepEqual(fromJson(JournalRecord, view), { ok: true, value });
    }),
    { numRuns: 300 },
  );
});

const Sample = record({
  amount: wad<Money>(),
  exact: exactSum,
  count: whole(),
  name: id(),
  words: text,
  yes: flag,
  side: oneOf('buy', 'sell'),
  maybe: nullable(whole()),
  many: list(wad<Money>()),
  either: union({ A: variant(1, { at: whole() }), B: variant(2, {}) }),
});

const GOOD = {
  amount: '-1.5',
  exact: '-12',
  count: 3,
  name: 'alice',
  words: 'two words',
  yes: true,
  side: 'sell',
  maybe: null,
  many: ['1', '2.5'],
  either: { type: 'A', at: 7 },
};

test('fields that a shape does not name are passed over', () => {
  const read = fromJson(Sample, { ...GOOD, other: 1 });
  assert.equal(read.ok, true);
  if (read.ok) assert.deepEqual(read.value.many, [money('1'), money('2.5')]);
});

const BAD: readonly (readonly [what: string, view: unknown, problem: RegExp])[] = [
  ['a number for a quantity', { ...GOOD, amount: 1.5 }, /^amount: expected a decimal/],
  ['a longer form of a quantity', { ...GOOD, amount: '1.50' }, /^amount: .*"1\.50"/],
  ['minus zero', { ...GOOD, amount: '-0' }, /^amount/],
  ['too many digits', { ...GOOD, amount: '0.1234567890123456789' }, /^amount/],
  ['a quantity beyond range', { ...GOOD, amount: '9'.repeat(40) }, /^amount/],
  ['a sum beyond 256 bits', { ...GOOD, exact: `1${'0'.repeat(77)}` }, /^exact/],
  ['a sum with a leading zero', { ...GOOD, exact: '012' }, /^exact/],
  ['a negative count', { ...GOOD, count: -1 }, /^count/],
  ['a broken count', { ...GOOD, count: 1.5 }, /^count/],
  ['an id with a blank', { ...GOOD, name: 'al ice' }, /^name/],
  ['text with a line break', { ...GOOD, words: 'a\nb' }, /^words/],
  ['a number for a flag', { ...GOOD, yes: 1 }, /^yes: expected true or false, was 1/],
  ['an unknown word', { ...GOOD, side: 'hold' }, /^side: expected one of buy, sell/],
  ['an absent field', { ...GOOD, maybe: undefined }, /^maybe: .*was absent/],
  ['an object for a list', { ...GOOD, many: {} }, /^many: expected a list/],
  ['a bad entry', { ...GOOD, many: ['1', 'x', 'y'] }, /^many\[1\]: .*"x"/],
  ['an unknown variant', { ...GOOD, either: { type: 'C' } }, /^either\.type: expected the name/],
  ['a variant that every object has', { ...GOOD, either: { type: 'toString' } }, /^either\.type/],
  ['a bad field of a variant', { ...GOOD, either: { type: 'A' } }, /^either\.at: .*absent/],
  ['a list for an object', [GOOD], /^expected an object, was a list/],
  ['nothing', null, /^expected an object, was null/],
];

for (const [what, view, problem] of BAD) {
  test(`${what} is refused at its place`, () => {
    const read = fromJson(Sample, view);
    assert.equal(read.ok, false);
    if (!read.ok) assert.match(read.problem, problem);
  });
}
