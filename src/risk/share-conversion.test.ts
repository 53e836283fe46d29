import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  type Ratio,
  ratio,
  rawOf,
  type Shares,
  shares,
} from '../units/index.ts';
import {
  amountOfSharesDown,
  amountOfSharesUp,
  debtRepayment,
  sharesOfAmountDown,
  sharesOfAmountUp,
} from './share-conversion.ts';

const WAD = 10n ** 18n;
const unit = '0.000000000000000001';

test('each conversion has both directions, and they agree where nothing is rounded', () => {
  const index = ratio('1.5');
  assert.equal(formatDecimal(amountOfSharesDown(shares('2'), index)), '3');
  assert.equal(formatDecimal(amountOfSharesUp(shares('2'), index)), '3');
  assert.equal(formatDecimal(sharesOfAmountDown(amount('3'), index)), '2');
  assert.equal(formatDecimal(sharesOfAmountUp(amount('3'), index)), '2');
  assert.equal(formatDecimal(amountOfSharesDown(shares(unit), index)), unit);
  assert.equal(formatDecimal(amountOfSharesUp(shares(unit), index)), '0.000000000000000002');
  assert.equal(formatDecimal(sharesOfAmountDown(amount(unit), index)), '0');
  assert.equal(formatDecimal(sharesOfAmountUp(amount(unit), index)), unit);
});

test('an index of zero prices nothing', () => {
  assert.throws(() => sharesOfAmountDown(amount('1'), ratio('0')), /SHARE_INDEX/);
  assert.throws(() => sharesOfAmountUp(amount('1'), ratio('0')), /SHARE_INDEX/);
});

function repaid(offer: string, held: string, index: string) {
  const result = debtRepayment({
    amount: amount(offer),
    debtShares: shares(held),
    debtIndex: ratio(index),
  });
  return [result.amountPaid, result.sharesRepaid, result.debtSharesLeft].map(formatDecimal);
}

test('a repayment takes shares away for their price, the last one included', () => {
  assert.deepEqual(repaid('3', '4', '1.5'), ['3', '2', '2']);
  assert.deepEqual(repaid('6', '4', '1.5'), ['6', '4', '0']);
  assert.deepEqual(repaid('100', '4', '1.5'), ['6', '4', '0']);
  assert.deepEqual(repaid('0', '4', '1.5'), ['0', '0', '4']);
  assert.deepEqual(repaid('5.999999999999999999', '4', '1.5').slice(1), [
    '3.999999999999999999',
    unit,
  ]);
  assert.deepEqual(repaid('0', '0', '1.5'), ['0', '0', '0']);
});

test('an offer below the price of a share costs nothing', () => {
  assert.deepEqual(repaid(unit, '4', '1.5'), ['0', '0', '4']);
  assert.deepEqual(repaid('0.000000000000000002', '4', '1.5'), [
    '0.000000000000000002',
    unit,
    '3.999999999999999999',
  ]);
  assert.deepEqual(repaid('0.000000000000000002', unit, '1.5'), [
    '0.000000000000000002',
    unit,
    '0',
  ]);
});

test('contract violations', () => {
  assert.throws(() => repaid('-1', '1', '1'), /DEBT_REPAYMENT/);
  assert.throws(() => repaid('1', '-1', '1'), /DEBT_REPAYMENT/);
  assert.throws(() => repaid('1', '2', '0'), /SHARE_INDEX/);
});

test('there and back never gains, and loses less than a share and a unit', () => {
  const numbers = fc.tuple(
    fc.bigInt({ min: 0n, max: 10n ** 24n }),
    fc.bigInt({ min: WAD / 1000n, max: 100n * WAD }),
  );
  fc.assert(
    fc.property(numbers, ([raw, at]) => {
      const index = fromRaw<Ratio>(at);
      const paidIn = fromRaw<Amount>(raw);
      const back = rawOf(amountOfSharesDown(sharesOfAmountDown(paidIn, index), index));
      assert.ok(back <= raw && raw - back <= at / WAD + 2n);
      const lent = rawOf(amountOfSharesUp(sharesOfAmountUp(paidIn, index), index));
      assert.ok(lent >= raw && lent - raw <= at / WAD + 2n);
    }),
    { numRuns: 500 },
  );
});

test('a repayment takes no more debt away than was paid, nor more than was offered', () => {
  const seen = { whole: 0, part: 0 };
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 21n }),
      fc.bigInt({ min: 0n, max: 10n ** 21n }),
      fc.bigInt({ min: 1000n, max: 5n * WAD }),
      (offer, held, index) => {
        const { amountPaid, sharesRepaid, debtSharesLeft } = debtRepayment({
          amount: fromRaw<Amount>(offer),
          debtShares: fromRaw<Shares>(held),
          debtIndex: fromRaw<Ratio>(index),
        });
        const [paid, gone, left] = [rawOf(amountPaid), rawOf(sharesRepaid), rawOf(debtSharesLeft)];
        assert.equal(gone + left, held);
        assert.ok(left >= 0n && paid >= 0n && paid <= offer);
        assert.ok(gone * index <= paid * WAD, 'debt vanished');
        assert.ok(gone * index > (paid - 1n) * WAD, 'overpaid by a unit or more');
        seen[left === 0n ? 'whole' : 'part'] += 1;
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(seen.whole > 100 && seen.part > 100, `${seen.whole}, ${seen.part}`);
});
