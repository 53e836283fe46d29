import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, rawOf } from '../units/index.ts';
import { socializedLoss } from './socialized-loss.ts';

const amounts = fc.oneof(
  fc.bigInt({ min: -3n, max: 9n }),
  fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }),
);
const losses = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 10n ** 27n }));
const profitLists = fc.array(amounts, { maxLength: 9 });

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
const profitOf = (pnl: bigint): bigint => (pnl > 0n ? pnl : 0n);

function allocate(loss: bigint, pnls: readonly bigint[], ids = pnls.map((_, i) => `a${i}`)) {
  const { allocations, unallocated } = socializedLoss({
    loss: fromRaw<Money>(loss),
    accounts: pnls.map((pnl, index) => ({
      account: ids[index]!,
      unrealizedPnl: fromRaw<Money>(pnl),
    })),
  });
  return {
    ids: allocations.map(({ account }) => account),
    amounts: allocations.map(({ amount }) => rawOf(amount)),
    unallocated: rawOf(unallocated),
  };
}

test('allocated and unallocated sum to the loss; the latter is what exceeds all profits', () => {
  fc.assert(
    fc.property(losses, profitLists, (loss, pnls) => {
      const result = allocate(loss, pnls);
      const profits = total(pnls.map(profitOf));
      assert.equal(total(result.amounts) + result.unallocated, loss);
      assert.equal(result.unallocated, loss > profits ? loss - profits : 0n);
    }),
    { numRuns: 500 },
  );
});

test('every account is listed in input order and none pays more than its profit', () => {
  fc.assert(
    fc.property(losses, profitLists, (loss, pnls) => {
      const result = allocate(loss, pnls);
      assert.deepEqual(
        result.ids,
        pnls.map((_, index) => `a${index}`),
      );
      for (const [index, amount] of result.amounts.entries()) {
        assert.ok(amount >= 0n && amount <= profitOf(pnls[index]!));
      }
    }),
    { numRuns: 500 },
  );
});

test('an amount is the floor of the exact share, or one unit more for the first by id', () => {
  fc.assert(
    fc.property(losses, profitLists, (loss, pnls) => {
      const profits = total(pnls.map(profitOf));
      if (profits === 0n) return;
      const borne = loss < profits ? loss : profits;
      const { amounts: given } = allocate(loss, pnls);
      const extras: bigint[] = [];
      for (const [index, amount] of given.entries()) {
        if (profitOf(pnls[index]!) === 0n) continue;
        extras.push(amount - (borne * profitOf(pnls[index]!)) / profits);
      }
      // Ids are in input order here: ones come first, then zeros.
      const ones = extras.filter((extra) => extra === 1n).length;
      assert.deepEqual(
        extras,
        extras.map((_, index) => (index < ones ? 1n : 0n)),
      );
    }),
    { numRuns: 500 },
  );
});

test('the order of the accounts does not change what each pays', () => {
  fc.assert(
    fc.property(losses, profitLists, (loss, pnls) => {
      const ids = pnls.map((_, index) => `a${index}`);
      const once = allocate(loss, pnls, ids);
      const again = allocate(loss, pnls.toReversed(), ids.toReversed());
      assert.deepEqual(again.amounts.toReversed(), once.amounts);
    }),
    { numRuns: 300 },
  );
});

test('a larger loss costs no account less, up to one unit', () => {
  fc.assert(
    fc.property(losses, losses, profitLists, (loss, more, pnls) => {
      const small = allocate(loss, pnls).amounts;
      const large = allocate(loss + more, pnls).amounts;
      for (const [index, amount] of small.entries()) assert.ok(large[index]! + 1n >= amount);
    }),
    { numRuns: 300 },
  );
});
