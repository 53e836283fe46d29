import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount, formatDecimal, money, price } from '../units/index.ts';
import { type AuctionTakeInput, auctionTake } from './auction-take.ts';

const unit = '0.000000000000000001';
const BASE: AuctionTakeInput = {
  amount: amount('10'),
  lot: amount('40'),
  tab: money('110'),
  price: price('5'),
  tabMin: money('22'),
};

/** Slice, owed, lot left, tab left, whether it ends; or null. */
function take(changes: Partial<AuctionTakeInput>): string | null {
  const result = auctionTake({ ...BASE, ...changes });
  if (result === null) return null;
  const { slice, owed, lotLeft, tabLeft, ends } = result;
  return `${[slice, owed, lotLeft, tabLeft].map(formatDecimal).join(' ')}${ends ? ' ends' : ''}`;
}

test('what the bidder wants, at the price', () => {
  assert.equal(take({}), '10 50 30 60');
  assert.equal(take({ amount: amount('22') }), '22 110 18 0 ends');
});

test('no more than the sum needs', () => {
  assert.equal(take({ amount: amount('25') }), '22 110 18 0 ends');
  assert.equal(take({ amount: amount(`22.${unit.slice(2)}`) }), '22 110 18 0 ends');
  const vast = { amount: amount('100000000000000000000'), lot: amount('100000000000000000000') };
  const priced = take({ ...vast, price: price('100000000000000000000') });
  assert.equal(priced, '0.000000000000000001 110 99999999999999999999.999999999999999999 0 ends');
});

test('no more than the lot, and the auction ends although it raised too little', () => {
  assert.equal(take({ amount: amount('40'), price: price('2.5') }), '40 100 0 10 ends');
  assert.equal(take({ amount: amount('99'), price: price('2.5') }), '40 100 0 10 ends');
  const dust = { amount: amount('40'), price: price('2.749999999999999999') };
  assert.equal(take(dust), `40 109.99999999999999996 0 0.00000000000000004 ends`);
});

test('a take that would leave dust is made smaller', () => {
  assert.equal(take({ amount: amount('17.6') }), '17.6 88 22.4 22');
  assert.equal(take({ amount: amount('17.7') }), '17.6 88 22.4 22');
  assert.equal(take({ amount: amount('21.999999999999999999') }), '17.6 88 22.4 22');
  assert.equal(
    take({ amount: amount('21.999999999999999999'), tabMin: money('0') }),
    '21.999999999999999999 109.999999999999999995 18.000000000000000001 0.000000000000000005',
  );
});

test('only the whole may be taken where nothing smaller leaves enough', () => {
  const small = { tab: money('22') };
  assert.equal(take({ ...small, amount: amount('4.3') }), null);
  assert.equal(take({ ...small, amount: amount('4.4') }), '4.4 22 35.6 0 ends');
  const above = { tab: money(`22.${unit.slice(2)}`), amount: amount('4.3') };
  assert.equal(take(above), null, 'what could be taken is less than a unit');
  assert.equal(
    take({ tab: money('22.000000000000000005'), amount: amount('4.3') }),
    `${unit} 0.000000000000000005 39.999999999999999999 22`,
  );
});

test('the bidder pays up and receives down', () => {
  assert.equal(
    take({ amount: amount('3'), price: price('0.333333333333333333'), tabMin: money('0') }),
    '3 0.999999999999999999 37 109.000000000000000001',
  );
  assert.equal(
    take({ amount: amount(unit), price: price('0.3'), tabMin: money('0') }),
    `${unit} ${unit} 39.999999999999999999 109.999999999999999999`,
  );
  assert.equal(
    take({ amount: amount('40'), tab: money('10'), price: price('3') }),
    '3.333333333333333333 10 36.666666666666666667 0 ends',
  );
});

test('nobody pays for less than a unit', () => {
  assert.equal(
    take({ tab: money(unit), price: price('1') }),
    `${unit} ${unit} 39.999999999999999999 0 ends`,
  );
  assert.equal(take({ tab: money(unit), price: price(`1.${unit.slice(2)}`) }), null);
});

test('contract violations', () => {
  for (const changes of [
    { amount: amount('0') },
    { lot: amount('0') },
    { tab: money('0') },
    { price: price('0') },
    { tabMin: money(`-${unit}`) },
  ]) {
    assert.throws(() => take(changes), /AUCTION_TAKE/);
  }
});
