import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  amount,
  approximate,
  DecimalError,
  formatDecimal,
  fromRaw,
  fundingIndex,
  type Money,
  money,
  numberOfShort,
  parseDecimal,
  price,
  ratio,
  rawOf,
  rawOfShort,
  shares,
  shortDecimal,
  size,
} from './index.ts';

test('decimal text is read exactly', () => {
  const cases: readonly [string, bigint][] = [
    ['0', 0n],
    ['-0', 0n],
    ['1', 10n ** 18n],
    ['-12.5', -125n * 10n ** 17n],
    ['0.000000000000000001', 1n],
    ['1.000', 10n ** 18n],
    ['0.00000712', 712n * 10n ** 10n],
    ['170141183460469231731.687303715884105727', 2n ** 127n - 1n],
    ['-170141183460469231731.687303715884105727', 1n - 2n ** 127n],
  ];
  for (const [text, raw] of cases) assert.equal(rawOf(money(text)), raw, text);
});

const malformed = [
  '',
  ' ',
  ' 1',
  '1 ',
  '1\n',
  '+1',
  '--1',
  '-',
  '.',
  '.5',
  '5.',
  '-.5',
  '01',
  '-01',
  '00',
  '1e5',
  '1E5',
  '1e-5',
  '0x10',
  '1,000',
  '1_000',
  '1.2.3',
  'NaN',
  'Infinity',
  '-Infinity',
  'null',
  'one',
  '١٢', // digits, but not ours
  '１',
  '1n',
  '1/2',
  '50%',
];

test('fifteen digits and sixteen, with and without a point and a sign, are read alike', () => {
  const digits = '987654321098765';
  for (const text of [digits, `${digits}4`, `1${digits}234`]) {
    const end = '0'.repeat(18);
    assert.equal(rawOf(money(text)), BigInt(text + end));
    assert.equal(rawOf(money(`-${text}`)), -BigInt(text + end));
    for (let point = 1; point < text.length; point += 1) {
      const [whole, fraction] = [text.slice(0, point), text.slice(point)];
      if (fraction.length > 18) continue;
      const raw = BigInt(whole + fraction + '0'.repeat(18 - fraction.length));
      assert.equal(rawOf(money(`${whole}.${fraction}`)), raw);
      assert.equal(rawOf(money(`-${whole}.${fraction}`)), -raw);
    }
  }
});

test('a short decimal is read where it stands in a text, and nothing else is', () => {
  const text = 'a,-1.50,007,.5,5.,-,1-2,1.2.3,1234567890123456, 1,';
  const read: number[] = [];
  let start = 0;
  for (const field of text.split(',')) {
    read.push(shortDecimal(text, start, start + field.length));
    start += field.length + 1;
  }
  assert.deepEqual(read, [Number.NaN, -(16 * 150 + 2), ...Array(9).fill(Number.NaN)]);
  assert.equal(shortDecimal('123', 1, 2), 16 * 2);
});

test('a packed decimal of up to 14 digits is its wad, and the number nearest to it', () => {
  for (const text of ['0', '-0', '-0.0', '0.0000000000001', '99999999999999', '9999999999999.9']) {
    for (const signed of text.startsWith('-') ? [text] : [text, `-${text}`]) {
      const packed = shortDecimal(signed, 0, signed.length);
      const [whole = '', fraction = ''] = signed.split('.');
      const raw = BigInt(whole + fraction.padEnd(18, '0'));
      assert.equal(rawOfShort(packed), raw, signed);
      assert.equal(numberOfShort(packed) || 0, Number(raw), signed);
    }
  }
  const places = fc.integer({ min: 0, max: 13 });
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 14n) + 1n, max: 10n ** 14n - 1n }),
      places,
      (all, after) => {
        const digits = (all < 0n ? -all : all).toString().padStart(after + 1, '0');
        const point = digits.length - after;
        const magnitude = digits.slice(0, point) + (after > 0 ? `.${digits.slice(point)}` : '');
        const text = all < 0n ? `-${magnitude}` : magnitude;
        const packed = shortDecimal(text, 0, text.length);
        const raw = all * 10n ** BigInt(18 - after);
        assert.equal(rawOfShort(packed), raw);
        assert.equal(numberOfShort(packed), Number(raw));
      },
    ),
  );
  assert.ok(Number.isNaN(shortDecimal('123456789012345', 0, 15)));
  assert.equal(rawOfShort(shortDecimal('12345678901234', 0, 14)), 12345678901234n * 10n ** 18n);
});

test('everything else is refused, with what was expected and what was found', () => {
  for (const text of malformed) {
    const expected = {
      name: 'DecimalError',
      message: `expected a decimal number such as "-12.5", was "${text}"`,
    };
    for (const read of [money, price, size, amount, ratio, fundingIndex, shares]) {
      assert.throws(() => read(text), expected, JSON.stringify(text));
    }
  }
});

test('a digit too many is an error, never rounded', () => {
  const nineteen = '1.0000000000000000000';
  assert.throws(() => money(nineteen), {
    message: `expected at most 18 digits after the point, was "${nineteen}"`,
  });
  assert.ok(parseDecimal('1.000000000000000000').ok);
});

test('a number too large is an error, on both sides of the limit', () => {
  const limit = '170141183460469231731.687303715884105728';
  for (const text of [limit, `-${limit}`, '1'.padEnd(40, '0'), '9'.repeat(39)]) {
    assert.throws(() => money(text), {
      message: `expected a magnitude below 2^127 / 1e18, was "${text}"`,
    });
  }
  // A long text is quoted in part, and costs no more than its length.
  const long = '9'.repeat(100_000);
  assert.throws(
    () => money(long),
    (error: Error) => error.message.length < 120,
  );
});

test('untrusted text is read without an exception', () => {
  assert.deepEqual(parseDecimal('1.5'), { ok: true, value: 15n * 10n ** 17n });
  const refused = parseDecimal('1.5x');
  assert.ok(!refused.ok && refused.reason.includes('"1.5x"'));
  assert.ok(new DecimalError('x') instanceof Error);
});

test('the shortest exact text: no exponent, no trailing zeros, no negative zero', () => {
  for (const text of ['0', '1', '-1', '0.5', '-0.000000000000000001', '1000000', '0.00000712']) {
    assert.equal(formatDecimal(money(text)), text);
  }
  assert.equal(formatDecimal(money('-0.000')), '0');
  assert.equal(formatDecimal(money('10.500')), '10.5');
});

const anyMoney = fc
  .bigInt({ min: 1n - 2n ** 127n, max: 2n ** 127n - 1n })
  .map((raw) => fromRaw<Money>(raw));

test('text and back is the same quantity, and no text is longer than it has to be', () => {
  fc.assert(
    fc.property(anyMoney, (value) => {
      const text = formatDecimal(value);
      assert.equal(money(text), value);
      assert.match(text, /^-?(0|[1-9][0-9]*)(\.[0-9]{0,17}[1-9])?$/);
    }),
  );
});

test('any text is read as a quantity that prints as the same number, or refused', () => {
  const digit = fc.constantFrom(...'0123456789.-eE+ nx');
  const texts = fc.oneof(
    fc.string(),
    fc.array(digit, { maxLength: 24 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseDecimal(text);
      if (!parsed.ok) return;
      assert.match(text, /^-?[0-9]+(\.[0-9]{1,18})?$/);
      assert.equal(Number(formatDecimal(fromRaw<Money>(parsed.value))), Number(text) + 0);
    }),
    { numRuns: 1000 },
  );
});

test('a float near the value is for displays only', () => {
  assert.equal(approximate(money('-12.5')), -12.5);
  assert.ok(Math.abs(approximate(money('0.1')) - 0.1) < 1e-16);
});
