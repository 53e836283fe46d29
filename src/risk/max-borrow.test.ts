import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { maxBorrow } from './max-borrow.ts';

const WAD = 10n ** 18n;

type Held = readonly [units: string, at: string, loanToValue: string];
type Owed = readonly [units: string, at: string];

function shown(collaterals: readonly Held[], debts: readonly Owed[], debtPrice: string) {
  const result = maxBorrow({
    collaterals: collaterals.map(([units, at, share]) => ({
      amount: amount(units),
      price: price(at),
      loanToValue: ratio(share),
    })),
    debts: debts.map(([units, at]) => ({ amount: amount(units), price: price(at) })),
    debtPrice: price(debtPrice),
  });
  return [formatDecimal(result.maxBorrow), formatDecimal(result.maxBorrowValue)];
}

test('half of what is held, in units of what is borrowed', () => {
  assert.deepEqual(shown([['10000', '40', '0.5']], [], '1'), ['200000', '200000']);
  assert.deepEqual(shown([['10000', '40', '0.5']], [], '2000'), ['100', '200000']);
});

test('less what is owed; nothing at or beyond the limit', () => {
  const held = [
    ['10', '100', '0.5'],
    ['100', '1', '0.9'],
  ] as const;
  assert.deepEqual(shown(held, [['80', '1']], '2'), ['255', '510']);
  assert.deepEqual(shown(held, [['590', '1']], '2'), ['0', '0']);
  assert.deepEqual(shown(held, [['591', '1']], '2'), ['0', '0']);
  const last = [['589.999999999999999999', '1']] as const;
  assert.deepEqual(shown(held, last, '1'), ['0.000000000000000001', '0.000000000000000001']);
});

test('nothing held, nothing to borrow', () => {
  assert.deepEqual(shown([], [], '1'), ['0', '0']);
  assert.deepEqual(shown([['1', '1', '0']], [], '1'), ['0', '0']);
});

test('rounded down, the units from the exact value and not from the rounded one', () => {
  assert.deepEqual(shown([['1', '1', '1']], [], '3'), ['0.333333333333333333', '1']);
  const dust = [['0.000000001', '0.000000001', '0.9']] as const;
  assert.deepEqual(shown(dust, [], '0.5'), ['0.000000000000000001', '0']);
});

test('beyond the range of a quantity it is the largest quantity', () => {
  const [most] = shown([['1000000000000', '1000000', '1']], [], '0.000000000000000001');
  assert.equal(most, formatDecimal(fromRaw<Amount>(2n ** 127n - 1n)));
});

test('contract violations', () => {
  assert.throws(() => shown([], [], '0'), /MAX_BORROW/);
  assert.throws(() => shown([['-1', '1', '0.5']], [], '1'), /HEALTH_FACTOR/);
  assert.throws(() => shown([['1', '1', '1.1']], [], '1'), /HEALTH_FACTOR/);
  assert.throws(() => shown([], [['1', '0']], '1'), /HEALTH_FACTOR/);
});

const amounts = fc.bigInt({ min: 0n, max: 10n ** 24n });
const prices = fc.bigInt({ min: 1n, max: 10n ** 22n });

test('after borrowing it the debts are within the loan to value; a unit more is not', () => {
  let roomy = 0;
  fc.assert(
    fc.property(
      fc.tuple(amounts, prices, fc.bigInt({ min: 0n, max: WAD })),
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), prices),
      prices,
      ([units, at, share], [owed, owedAt], debtPrice) => {
        const limit = units * at * share;
        const room = limit - owed * owedAt * WAD;
        const result = maxBorrow({
          collaterals: [
            {
              amount: fromRaw<Amount>(units),
              price: fromRaw<Price>(at),
              loanToValue: fromRaw<Ratio>(share),
            },
          ],
          debts: [{ amount: fromRaw<Amount>(owed), price: fromRaw<Price>(owedAt) }],
          debtPrice: fromRaw<Price>(debtPrice),
        });
        const most = rawOf(result.maxBorrow);
        if (room < 0n) {
          assert.equal(most, 0n);
          return;
        }
        if (most === 2n ** 127n - 1n) return;
        assert.ok(most * debtPrice * WAD <= room, 'too much');
        assert.ok((most + 1n) * debtPrice * WAD > room, 'too little');
        roomy += 1;
      },
    ),
    { numRuns: 400, seed: 20210519 },
  );
  assert.ok(roomy > 150, `${roomy}`);
});
