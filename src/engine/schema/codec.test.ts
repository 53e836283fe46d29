import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commandTypes, eventTypes } from '../../../test/pools/arbitrary-records.ts';
import {
  formatDecimal,
  fromRaw,
  InvariantViolation,
  type Money,
  money,
} from '../../units/index.ts';
import { byteReader } from './bytes.ts';
import {
  decode,
  encode,
  exactSum,
  flag,
  id,
  type Json,
  list,
  nullable,
  oneOf,
  record,
  type Shape,
  text,
  union,
  variant,
  wad,
  whole,
} from './codec.ts';
import { decodeRecord, encodeRecord, JournalRecord } from './record.ts';
import { Rejection } from './rejections.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = <T>(shape: Shape<T>, value: T): string => hexOf(encode(shape, value));

/** The problem that bytes have as a value of a shape. */
function problemOf<T>(shape: Shape<T>, bytes: string): string {
  const decoded = decode(shape, bytesOf(bytes));
  assert.equal(decoded.ok, false, `${bytes} was read`);
  return decoded.ok ? '' : decoded.problem;
}

const largest = 2n ** 127n - 1n;

test('a quantity is sixteen bytes of two’s complement', () => {
  const shape = wad<Money>();
  assert.equal(hex(shape, money('0')), '00'.repeat(16));
  assert.equal(hex(shape, fromRaw<Money>(1n)), `${'00'.repeat(15)}01`);
  assert.equal(hex(shape, fromRaw<Money>(-1n)), 'ff'.repeat(16));
  assert.equal(hex(shape, money('1')), '00000000000000000de0b6b3a7640000');
  assert.equal(hex(shape, fromRaw<Money>(-(2n ** 64n))), `${'ff'.repeat(8)}${'00'.repeat(8)}`);
  assert.equal(hex(shape, fromRaw<Money>(largest)), `7f${'ff'.repeat(15)}`);
  assert.equal(hex(shape, fromRaw<Money>(-largest)), `80${'00'.repeat(14)}01`);
});

test('a quantity is written and read the same on both sides of every word', () => {
  const edges = [0n, 2n ** 32n, 2n ** 63n, 2n ** 64n, 2n ** 96n, 2n ** 126n, 2n ** 127n - 2n];
  for (const raw of edges.flatMap((edge) => [edge - 1n, edge, edge + 1n])) {
    for (const value of [raw, -raw]) {
      const twos = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
      assert.equal(hex(wad<Money>(), fromRaw<Money>(value)), twos);
      const decoded = decode(wad<Money>(), bytesOf(twos));
      assert.equal(decoded.ok && decoded.value, value);
    }
  }
});

test('the one pattern of sixteen bytes that is no quantity is a problem, not a defect', () => {
  assert.equal(
    problemOf(wad<Money>(), `80${'00'.repeat(15)}`),
    'expected a quantity above -2^127 at byte 16',
  );
});

test('an exact sum is thirty-two bytes of two’s complement', () => {
  assert.equal(hex(exactSum, -1n), 'ff'.repeat(32));
  assert.equal(hex(exactSum, 2n ** 255n - 1n), `7f${'ff'.repeat(31)}`);
  const lowest = decode(exactSum, bytesOf(`80${'00'.repeat(31)}`));
  assert.equal(lowest.ok && lowest.value, -(2n ** 255n));
  assert.throws(() => encode(exactSum, 2n ** 255n), InvariantViolation);
});

test('a whole number is eight bytes and at most 2^53 − 1', () => {
  assert.equal(hex(whole(), 0), '00'.repeat(8));
  assert.equal(hex(whole(), 2 ** 32), '0000000100000000');
  assert.equal(hex(whole(), Number.MAX_SAFE_INTEGER), '001fffffffffffff');
  const problem = 'expected a whole number below 2^53 at byte 8';
  assert.equal(problemOf(whole(), '0020000000000000'), problem);
  for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => encode(whole(), wrong), InvariantViolation, String(wrong));
  }
});

test('text is printable ASCII with its length before it', () => {
  assert.equal(hex(text, ''), '0000');
  assert.equal(hex(text, 'a ~'), '000361207e');
  for (const wrong of ['\n', 'é', '\x7f', '€']) {
    assert.throws(() => encode(text, wrong), InvariantViolation, JSON.stringify(wrong));
  }
  assert.equal(problemOf(text, '00010a'), 'expected ASCII text at byte 3');
  assert.equal(problemOf(text, '00017f'), 'expected ASCII text at byte 3');
  assert.equal(problemOf(text, '000361'), 'expected 3 more bytes, found 1 at byte 2');
  const longest = 'x'.repeat(65_535);
  const decoded = decode(text, encode(text, longest));
  assert.ok(decoded.ok && decoded.value === longest);
  assert.throws(() => encode(text, `${longest}x`), InvariantViolation);
});

test('texts of every length are read as they were written', () => {
  const letters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join('');
  for (const length of [0, 1, 2, 63, 64, 65, 66, 127, 128, 129, 500]) {
    const written = letters.repeat(6).slice(0, length);
    const decoded = decode(text, encode(text, written));
    assert.equal(decoded.ok && decoded.value, written);
  }
});

test('an id that is none is a problem to read, and a defect to write', () => {
  assert.equal(hex(id(), 'BTC-PERP'), '00084254432d50455250');
  assert.equal(problemOf(id(), '0000'), 'expected an id, was "" at byte 2');
  assert.equal(problemOf(id(), '00012d'), 'expected an id, was "-" at byte 3');
  for (const wrong of ['', '-a', 'a b', 'x'.repeat(65)]) {
    assert.throws(() => encode(id(), wrong), InvariantViolation, wrong);
  }
});

test('flags, words and absent values have one spelling', () => {
  assert.equal(hex(flag, true), '01');
  assert.equal(problemOf(flag, '02'), 'expected a flag of 0 or 1 at byte 1');
  assert.equal(problemOf(nullable(flag), '0201'), 'expected a flag of 0 or 1 at byte 1');
  assert.equal(hex(nullable(flag), null), '00');
  assert.equal(hex(nullable(flag), false), '0100');
  const word = oneOf('book', 'auction');
  assert.equal(hex(word, 'auction'), '01');
  assert.equal(problemOf(word, '02'), 'expected one of book, auction at byte 1');
  assert.throws(() => encode(word, 'other' as 'book'), InvariantViolation);
});

test('records are their fields in order, whatever the order of the object', () => {
  const shape = record({ b: flag, a: whole() });
  assert.equal(hex(shape, { a: 1, b: true }), '010000000000000001');
});

test('a union is the code of its variant and its fields', () => {
  const shape = union({ Deposit: variant(202, { amount: wad<Money>() }), Tick: variant(305, {}) });
  assert.equal(hex(shape, { type: 'Tick' }), '0131');
  assert.equal(problemOf(shape, '0132'), 'no variant has the code 306 at byte 2');
  assert.throws(() => encode(shape, { type: 'Tock' } as never), InvariantViolation);
  assert.throws(
    () => union({ One: variant(1, {}), Other: variant(1, {}) }),
    /two variants share a code/,
  );
});

test('lists of any length are read whole', () => {
  for (const length of [0, 1, 2, 3, 17, 18, 300]) {
    const written = Array.from({ length }, (_, at) => at);
    const decoded = decode(list(whole()), encode(list(whole()), written));
    assert.deepEqual(decoded.ok && decoded.value, written);
  }
});

test('a count that promises more than there is allocates nothing for it', () => {
  const shape = list(list(whole()));
  const before = process.memoryUsage().heapUsed;
  assert.match(problemOf(shape, 'ffffffff'), /expected 4 more bytes, found 0/);
  assert.match(problemOf(shape, `ffffffff${'ffffffff'.repeat(50)}`), /expected/);
  assert.match(problemOf(text, 'ffff'), /expected 65535 more bytes, found 0/);
  assert.ok(process.memoryUsage().heapUsed - before < 10_000_000);
});

test('a reader that met a problem stays with the first one and reads no further', () => {
  const reader = byteReader(bytesOf('02ff'));
  flag.read(reader);
  const { problem, offset } = reader;
  assert.equal(whole().read(reader), 0);
  assert.deepEqual([reader.problem, reader.offset], [problem, offset]);
});

test('a rejection is its number and its facts', () => {
  const bytes = hex(Rejection, { code: 'SELF_TRADE', details: [] });
  assert.equal(bytes, '07db00000000');
  assert.match(problemOf(Rejection, '000000000000'), /no rejection has the code 0/);
});

test('a record of another version is refused, never skipped', () => {
  const made: JournalRecord = {
    version: 1,
    seq: 1,
    time: 0 as never,
    envelope: { source: 'clock', sourceSeq: 1, command: { type: 'Tick' } },
    outcome: { type: 'Accepted', events: [{ type: 'TimePassed' }] },
  };
  const next = decodeRecord(encodeRecord({ ...made, version: 2 }));
  assert.deepEqual(next, { ok: false, problem: 'expected record version 1, found 2' });
  assert.ok(decodeRecord(encodeRecord(made)).ok);
});

test('the JSON view shows quantities as decimal text', () => {
  const shape = record({ amount: wad<Money>(), exact: exactSum, none: nullable(flag) });
  const value = { amount: money('-0.5'), exact: 5n * 10n ** 35n, none: null };
  assert.deepEqual(shape.json(value), {
    amount: '-0.5',
    exact: '500000000000000000000000000000000000',
    none: null,
  });
});

type Golden = {
  readonly cases: readonly {
    readonly title: string;
    readonly input: Json;
    readonly expected: { readonly bytes: string };
  }[];
};

const path = new URL('../../../vectors/codec/records.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(path, 'utf8'));

for (const { title, input, expected } of golden.cases) {
  test(`golden bytes: ${title}`, () => {
    const decoded = decodeRecord(bytesOf(expected.bytes));
    assert.ok(decoded.ok, decoded.ok ? '' : decoded.problem);
    assert.equal(decoded.length, expected.bytes.length / 2);
    assert.deepEqual(JournalRecord.json(decoded.value), input);
    assert.equal(hexOf(encodeRecord(decoded.value)), expected.bytes);
  });
}

test('there are golden bytes of every command and event, and of the largest quantity', () => {
  const frozen = golden.cases.map(({ expected }) => {
    const decoded = decodeRecord(bytesOf(expected.bytes));
    assert.ok(decoded.ok);
    const { envelope, outcome } = decoded.value;
    const events = outcome.type === 'Accepted' ? outcome.events : [];
    return { command: envelope.command.type, events: events.map(({ type }) => type) };
  });
  const commands = new Set(frozen.map(({ command }) => command));
  const events = new Set(frozen.flatMap((written) => written.events));
  assert.deepEqual([...commands].sort(), [...commandTypes].sort());
  assert.deepEqual([...events].sort(), [...eventTypes].sort());
  const shown = formatDecimal(fromRaw<Money>(largest));
  assert.ok(golden.cases.some(({ input }) => JSON.stringify(input).includes(`"-${shown}"`)));
});
