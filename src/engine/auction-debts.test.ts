/** Auctions of accounts that owe to desks, or have lent to them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { auctionLadder, auctionTerms, types } from '../../test/routes/auction-pool.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  formatDecimal,
  money,
  price,
  ratio,
  rawOf,
} from '../units/index.ts';
import type { AuctionParameters, Bid, CommandOf, Event, LendingParameters } from './index.ts';

const bob = accountId('bob');
const keeper = accountId('keeper');

type Pool = ReturnType<typeof lendingPool>;

/** Desks for money, ETH and BTC with plenty in them; the ladder is one auction. */
function desksPool(
  terms: Partial<AuctionParameters> = {},
  desks: { readonly [asset: string]: Partial<LendingParameters> } = {},
): Pool {
  const pool = lendingPool();
  const lender = pool.account('lender', '200000');
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, desks[asset]);
  pool.deposit(lender, 'ETH', '1000');
  pool.deposit(lender, 'BTC', '100');
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.supply(lender, asset, null);
  pool.account('keeper', '100000');
  pool.account('bob');
  const base = { startPremium: ratio('0'), ...terms };
  pool.take({ type: 'ConfigureAuctions', parameters: auctionTerms(base) });
  pool.take(auctionLadder({}));
  return pool;
}

/** Borrowed and gone. */
function spent(pool: Pool, asset: string, text: string): void {
  pool.borrow(bob, asset, text);
  const out = { account: bob, asset: assetId(asset), amount: amount(text) };
  pool.take({ type: 'Withdraw', ...out });
}

const bidOf = (bid: Bid, bidder: AccountId = keeper): CommandOf<'PlaceBid'> => ({
  type: 'PlaceBid',
  auction: 1,
  bidder,
  settlement: 'account',
  accountVersion: null,
  bid,
});

/** As much as is offered, at whatever price. */
const everything: Bid = {
  type: 'Collateral',
  amount: amount('1000'),
  amountMin: amount('0'),
  limitPrice: price('100000'),
};

const tabOf = (events: readonly Event[]): string => {
  const { offer } = eventsOf(events, 'AuctionStarted')[0]!;
  assert.ok(offer.type === 'Collateral');
  return formatDecimal(offer.tab);
};

const health = (events: readonly Event[]) => {
  const { marginEquity } = eventsOf(events, 'LiquidationEnded')[0]!;
  return marginEquity;
};

describe('an auction of collateral for debts', () => {
  test('sells no more than restores the account, since what it raises repays debts at once', () => {
    const pool = desksPool();
    pool.deposit(bob, 'ETH', '10');
    spent(pool, 'USDC', '15000');
    // 14,960 count against 15,000; 3,790 lack of 18,750. A unit raised is worth 1.25 − 0.8.
    const tab = tabOf(pool.price('ETH', '1870'));
    assert.equal(tab.slice(0, 18), '8422.2222222222222');
    const events = pool.take(bidOf(everything));
    assert.deepEqual(types(events), [
      'AuctionTaken',
      'AuctionEnded',
      'DebtRepaid',
      'RouteLeft',
      'LiquidationEnded',
    ]);
    const [debt] = pool.accountOf(bob).debts;
    assert.equal(formatDecimal(debt!.shares).slice(0, 16), '6577.77777777777');
    // A quarter more than is owed counts, and but a few units more than that.
    const spare = health(events) - money('1644.444444444444444');
    assert.ok(spare >= 0n && spare < 10_000n, `${spare}`);
  });

  test('where less than the weight is asked, as long as the debt counts for more', () => {
    const weights = { liabilityWeight: ratio('1.2'), liabilityWeightInitial: ratio('1.2') };
    const pool = desksPool({}, { USDC: weights });
    pool.deposit(bob, 'ETH', '10');
    spent(pool, 'USDC', '12000');
    // 14,320 count, 18,000 should: at 75 % a unit raised is worth 1.5 and costs 0.8/0.75:
    // 8,492.31, and the interest of two and a half minutes.
    pool.price('ETH', '1790');
    pool.pass(157_500);
    const events = pool.take(bidOf(everything));
    const [taken] = eventsOf(events, 'AuctionTaken');
    assert.equal(formatDecimal(taken!.price!), '1342.5');
    assert.equal(formatDecimal(taken!.payment).slice(0, 12), '8492.3092482');
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
    assert.equal(eventsOf(events, 'AuctionStarted').length, 0, 'nothing was missing');
  });

  test('leaves no dust of a debt: what would be less than the least there is', () => {
    for (const [debtMin, tab] of [
      ['6577', '8422.222222222'],
      ['6578', '15000'],
    ] as const) {
      const pool = desksPool({}, { USDC: { debtMin: money(debtMin) } });
      pool.deposit(bob, 'ETH', '10');
      spent(pool, 'USDC', '15000');
      assert.equal(tabOf(pool.price('ETH', '1870')).slice(0, 14), tab);
      const events = pool.take(bidOf(everything));
      assert.equal(eventsOf(events, 'AuctionStarted').length, 0, 'nothing was missing');
      const [debt] = pool.accountOf(bob).debts;
      assert.ok(debt!.shares >= rawOf(money(debtMin)), 'dust was left');
    }
  });

  test('of another asset, by way of the house', () => {
    const pool = desksPool();
    pool.deposit(bob, 'ETH', '10');
    spent(pool, 'BTC', '0.5');
    const tab = tabOf(pool.price('ETH', '1870'));
    assert.equal(tab.slice(0, 13), '8422.22222222');
    const events = pool.take(bidOf(everything));
    assert.deepEqual(types(events).slice(0, 3), ['AuctionTaken', 'AuctionEnded', 'DebtAssumed']);
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
    assert.equal(eventsOf(events, 'AuctionStarted').length, 0);
    const left = pool.accountOf(bob).debts[0]!.shares;
    assert.equal(formatDecimal(left).slice(0, 10), '0.21925925');
  });

  test('one debt after the other, each for as much as it counts', () => {
    const pool = desksPool(
      {},
      { BTC: { liabilityWeight: ratio('1.2'), liabilityWeightInitial: ratio('1.2') } },
    );
    pool.deposit(bob, 'ETH', '10');
    spent(pool, 'USDC', '3000');
    spent(pool, 'BTC', '0.3');
    // 13,120 count for 3,000 and 1.2 · 9,000 = 10,800. Of 17,250 lack 4,130: the first debt brings
    // 3,000 · 0.45 = 1,350, the rest of 2,780 takes 2,780/0.7 of the second.
    const tab = tabOf(pool.price('ETH', '1640'));
    assert.equal(tab.slice(0, 12), '6971.4285714');
    const events = pool.take(bidOf(everything));
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
    assert.equal(eventsOf(events, 'AuctionStarted').length, 0, 'nothing was missing');
  });

  test('and what nobody can repay is kept, with the money: that much more is sold', () => {
    // Whose account is the house has no house: 3,790 lack, and money is worth 1 instead of 0.8.
    const pool = desksPool();
    pool.deposit(bob, 'ETH', '10');
    spent(pool, 'BTC', '0.5');
    pool.configure({ collateralBuyer: bob });
    assert.equal(tabOf(pool.price('ETH', '1870')), '15000', '3,790/0.2 is more than is owed');
    const dearer = desksPool({ startPremium: ratio('1') });
    dearer.deposit(bob, 'ETH', '10');
    spent(dearer, 'BTC', '0.5');
    dearer.configure({ collateralBuyer: bob });
    // At twice the value a unit raised costs 0.4.
    assert.equal(tabOf(dearer.price('ETH', '1870')).slice(0, 13), '6316.66666666');
  });
});
