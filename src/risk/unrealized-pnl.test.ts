import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Money,
  money,
  neg,
  type Price,
  price,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import { type ContractKind, fillValue } from './contract-value.ts';
import { unrealizedPnl } from './unrealized-pnl.ts';

function pnl(kind: ContractKind, held: string, entryValue: string, mark: string): string {
  return formatDecimal(
    unrealizedPnl({
      kind,
      size: size(held),
      entryValue: money(entryValue),
      markPrice: price(mark),
    }),
  );
}

test('a linear long gains when the mark rises, a short when it falls', () => {
  assert.equal(pnl('linear', '2', '100000', '50100'), '200');
  assert.equal(pnl('linear', '2', '100000', '49900'), '-200');
  assert.equal(pnl('linear', '-2', '-100000', '49900'), '200');
  assert.equal(pnl('linear', '-2', '-100000', '50100'), '-200');
  assert.equal(pnl('linear', '0', '0', '50100'), '0');
});

test('an inverse contract pays in coin: 10000 quote units from 8000 to 10000 gain 0.25', () => {
  assert.equal(pnl('inverse', '10000', '-1.25', '10000'), '0.25');
  assert.equal(pnl('inverse', '-10000', '1.25', '10000'), '-0.25');
  assert.equal(pnl('inverse', '10000', '-1.25', '8000'), '0');
});

test('profit rounds down and loss rounds away from zero', () => {
  assert.equal(pnl('linear', '0.5', '0', '0.000000000000000001'), '0');
  assert.equal(pnl('linear', '-0.5', '0', '0.000000000000000001'), '-0.000000000000000001');
  assert.equal(pnl('inverse', '1', '0', '3'), '-0.333333333333333334');
  assert.equal(pnl('inverse', '-1', '0', '3'), '0.333333333333333333');
});

const WAD = 10n ** 18n;
const kinds = fc.constantFrom<ContractKind>('linear', 'inverse');
const sizes = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map((raw) => fromRaw<Size>(raw));
const prices = fc.bigInt({ min: 10n ** 12n, max: 10n ** 24n }).map((raw) => fromRaw<Price>(raw));
const values = fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }).map((raw) => fromRaw<Money>(raw));

test('property: the result is the exact PnL rounded down, by less than one unit', () => {
  fc.assert(
    fc.property(kinds, sizes, values, prices, (kind, held, entryValue, markPrice) => {
      const result = rawOf(unrealizedPnl({ kind, size: held, entryValue, markPrice }));
      const shifted = result + rawOf(entryValue);
      const [top, bottom] =
        kind === 'linear'
          ? [rawOf(held) * rawOf(markPrice), WAD]
          : [-rawOf(held) * WAD, rawOf(markPrice)];
      assert.ok(shifted * bottom <= top && (shifted + 1n) * bottom > top);
    }),
    { numRuns: 400 },
  );
});

test('property: the two sides of a contract sum to 0 or −1 unit, whatever the entry', () => {
  fc.assert(
    fc.property(kinds, sizes, values, prices, (kind, held, entryValue, markPrice) => {
      const mine = unrealizedPnl({ kind, size: held, entryValue, markPrice });
      const theirs = unrealizedPnl({
        kind,
        size: neg(held),
        entryValue: neg(entryValue),
        markPrice,
      });
      const total = rawOf(mine) + rawOf(theirs);
      assert.ok(total === 0n || total === -1n);
    }),
    { numRuns: 300 },
  );
});

test('property: a long never loses and a short never gains by a rise of the mark', () => {
  fc.assert(
    fc.property(kinds, sizes, prices, prices, (kind, held, a, b) => {
      const [low, high] = rawOf(a) < rawOf(b) ? [a, b] : [b, a];
      const before = unrealizedPnl({ kind, size: held, entryValue: money('0'), markPrice: low });
      const after = unrealizedPnl({ kind, size: held, entryValue: money('0'), markPrice: high });
      const gain = rawOf(after) - rawOf(before);
      assert.ok(rawOf(held) >= 0n ? gain >= 0n : gain <= 0n);
    }),
    { numRuns: 300 },
  );
});

test('property: a fresh fill has at most one unit of loss and no profit', () => {
  fc.assert(
    fc.property(kinds, sizes, prices, (kind, held, markPrice) => {
      const entryValue = fillValue({ kind, size: held, price: markPrice });
      const result = rawOf(unrealizedPnl({ kind, size: held, entryValue, markPrice }));
      assert.ok(result === 0n || result === -1n);
    }),
    { numRuns: 300 },
  );
});
