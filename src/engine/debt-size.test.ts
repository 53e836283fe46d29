/** What money buys of a debt, however little its asset is worth. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { formatDecimal, fromRaw, type Money, money, price } from '../units/index.ts';
import { type Owed, owedOf, sharesBoughtBy } from './debt-size.ts';

/** Ten ETH, owed at 2,000 each. */
function tenEther(): Owed {
  const pool = lendingPool();
  pool.lend('ETH');
  const lender = pool.account('lender');
  pool.deposit(lender, 'ETH', '100');
  pool.supply(lender, 'ETH', null);
  const bob = pool.account('bob', '100000');
  pool.borrow(bob, 'ETH', '10');
  return owedOf(pool.engine.state, pool.accountOf(bob).debts[0]!);
}

const UNIT = fromRaw<Money>(1n);
const bought = (owed: Owed, paid: Money): string => formatDecimal(sharesBoughtBy(owed, paid));

test('all of it for what it is worth and for more, less for a unit less', () => {
  const owed = tenEther();
  assert.equal(bought(owed, money('20000')), '10');
  assert.equal(bought(owed, money('90000')), '10');
  const less = bought(owed, fromRaw<Money>(money('20000') - UNIT));
  assert.equal(less, '9.999999999999999999');
});

test('at a price of next to nothing money buys all of it, and at none as well', () => {
  const owed = tenEther();
  assert.equal(bought({ ...owed, price: fromRaw(2n) }, money('1000')), '10');
  assert.equal(bought({ ...owed, price: price('0') }, money('1000')), '10');
  // Ten ETH at two units are twenty units.
  assert.equal(bought({ ...owed, price: fromRaw(2n) }, fromRaw<Money>(19n)), '9.5');
});
