/**
 * The canonical encoding of every shape of the schema: it gives back what it was given, it has
 * one form per value, and no bytes whatever make the decoder throw.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  arbitraryCommandOf,
  arbitraryEnvelope,
  arbitraryEventOf,
  arbitraryRecord,
  arbitraryRejection,
  commandTypes,
  eventTypes,
} from '../../../test/pools/arbitrary-records.ts';
import { arbitraryAccount, arbitraryPool } from '../../../test/pools/arbitrary-state.ts';
import {
  AccountShape,
  Command,
  CommandEnvelope,
  type Decoded,
  decode,
  decodeRecord,
  Event,
  encode,
  flag,
  JournalRecord,
  list,
  PoolShape,
  Rejection,
  type Shape,
  take,
} from './index.ts';

type Case = readonly [name: string, shape: Shape<unknown>, value: fc.Arbitrary<unknown>];

const cases: Case[] = [
  ...commandTypes.map((type): Case => [type, Command as Shape<unknown>, arbitraryCommandOf(type)]),
  ...eventTypes.map((type): Case => [type, Event as Shape<unknown>, arbitraryEventOf(type)]),
  ['a rejection', Rejection as Shape<unknown>, arbitraryRejection],
  ['an envelope', CommandEnvelope as Shape<unknown>, arbitraryEnvelope],
  ['a record', JournalRecord as Shape<unknown>, arbitraryRecord],
  ['an account', AccountShape as Shape<unknown>, arbitraryAccount],
  ['a pool', PoolShape as Shape<unknown>, arbitraryPool],
];

/** What was read, told apart from the problem that kept it from being read. */
const decodedValue = <T>(decoded: Decoded<T>): T => {
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.problem);
  return decoded.value;
};

for (const [name, shape, value] of cases) {
  test(`${name} comes back from its bytes, which are all read`, () => {
    fc.assert(
      fc.property(value, (given) => {
        const bytes = encode(shape, given);
        const decoded = decode(shape, bytes);
        assert.deepEqual(decodedValue(decoded), given);
        assert.equal(decoded.ok && decoded.length, bytes.length);
        // The JSON view is what its name says.
        JSON.stringify(shape.json(given));
      }),
      { numRuns: 40 },
    );
  });
}

test('a value in the midst of others is read from its offset', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRecord, { minLength: 2, maxLength: 3 }), (records) => {
      const bytes = Buffer.concat(records.map((record) => encode(JournalRecord, record)));
      let offset = 0;
      for (const record of records) {
        const decoded = decodeRecord(bytes, offset);
        assert.deepEqual(decodedValue(decoded), record);
        offset += decoded.ok ? decoded.length : 0;
      }
      assert.equal(offset, bytes.length);
    }),
    { numRuns: 40 },
  );
});

/** Reads bytes that anybody may have written: a problem, or a value with exactly these bytes. */
function assertHonest(shape: Shape<unknown>, bytes: Uint8Array): boolean {
  const decoded = decode(shape, bytes);
  if (!decoded.ok) {
    assert.notEqual(decoded.problem, '');
    return false;
  }
  const again = encode(shape, decoded.value);
  assert.deepEqual(again, bytes.slice(0, decoded.length), 'two encodings of one value');
  return true;
}

test('bytes cut off anywhere are a problem, never a value and never an exception', () => {
  fc.assert(
    fc.property(arbitraryRecord, (record) => {
      const bytes = encode(JournalRecord, record);
      for (let length = 0; length < bytes.length; length += 1) {
        assert.equal(decodeRecord(bytes.subarray(0, length)).ok, false, `${length} bytes`);
      }
    }),
    { numRuns: 20 },
  );
});

test('one value has one encoding: changed bytes are another value or a problem', () => {
  let read = 0;
  fc.assert(
    fc.property(
      fc.oneof(arbitraryRecord, arbitraryRecord),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 2,
      }),
      (record, changes) => {
        const bytes = encode(JournalRecord, record);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        if (assertHonest(JournalRecord as Shape<unknown>, bytes)) read += 1;
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(read > 50, `only ${read} of 500 changed records could be read: the test is idle`);
});

test('canary: a decoder with two spellings of one value is caught', () => {
  const sloppy: Shape<boolean> = { ...flag, read: (reader) => take(reader, 1) >= 0 && true };
  const planted = list(sloppy) as Shape<unknown>;
  const bytes = fc.array(fc.nat(3)).map((all) => Uint8Array.from([0, 0, 0, all.length, ...all]));
  const caught = fc.check(fc.property(bytes, (given) => void assertHonest(planted, given)));
  assert.ok(caught.failed);
});

test('random bytes are read or refused by every shape, and never throw', () => {
  const shapes = [
    JournalRecord,
    CommandEnvelope,
    Command,
    Event,
    Rejection,
    AccountShape,
    PoolShape,
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const shape of shapes) assertHonest(shape as Shape<unknown>, bytes);
    }),
    { numRuns: 500 },
  );
});
