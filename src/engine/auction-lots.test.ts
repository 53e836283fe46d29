/**
 * What auctions put up beyond one linear position of one account: inverse contracts, debts and
 * claims in slices, and every curve by which the share that is asked may fall.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lending } from '../../test/lending/lending-pool.ts';
import { type Driver, eventsOf } from '../../test/pools/pool-driver.ts';
import {
  alice,
  ETH,
  emptyAuctionPool,
  fallenAuctionPool,
  keeper,
  placeBid,
  sizeIn,
  types,
} from '../../test/routes/auction-pool.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  marketId,
  money,
  ratio,
  size,
} from '../units/index.ts';
import type { AuctionParameters, Event, EventOf } from './index.ts';

const USDC = assetId('USDC');

const taken = (events: readonly Event[]): EventOf<'AuctionTaken'> => {
  const [found] = eventsOf(events, 'AuctionTaken');
  assert.ok(found !== undefined, 'nothing was taken');
  return found;
};

/** Alice has 5,000 inverse contracts of one quote unit at 100, for 10; those are worth 50. */
function inversePool(side: 'long' | 'short', terms: Partial<AuctionParameters> = {}): Driver {
  const pool = emptyAuctionPool({ terms });
  const fresh = { bookStalenessMsMax: durationMs(86_400_000) };
  const kind = { kind: 'inverse', lot: size('1'), notionalMin: money('0.01') } as const;
  pool.market('BTCUSD', { ...kind, ...fresh });
  pool.price('BTC', '100', ['BTCUSD', 'BTC-PERP']);
  const owner = pool.account('alice', '10');
  const maker = pool.account('maker', '5000');
  pool.account('keeper', '5000');
  const [buyer, seller] = side === 'long' ? [owner, maker] : [maker, owner];
  pool.fill(buyer, seller, { market: 'BTCUSD', size: '5000', price: '100' });
  return pool;
}

const INVERSE = 2;

describe('an auction of inverse contracts', () => {
  const terms = { sliceMin: money('0.1') };

  test('of a long: what restores it, at a dearer price than the mark at first', () => {
    const pool = inversePool('long', terms);
    // Worth 57.471… at 87: equity 2.5287, required 2.8736, released at 3.5920. A contract sold
    // releases 0.0625 of its value and costs a penalty of 0.005: 18.4917 · 87 contracts.
    const [started] = eventsOf(pool.price('BTC', '87', ['BTCUSD', 'BTC-PERP']), 'AuctionStarted');
    assert.ok(started?.offer.type === 'Position');
    assert.equal(formatDecimal(started.offer.size), '1609');
    const bid = (limitPrice: string) =>
      placeBid(pool, { type: 'Position', size: '1609', limitPrice });
    // Five percent of their value on top makes each dearer: 87/0.95.
    pool.refuse(bid('91.5789473684210'), 'BID_LIMIT_NOT_MET');
    const event = taken(pool.take(bid('91.5789473684211')));
    assert.equal(formatDecimal(event.payment).slice(0, 11), '0.924712643');
    assert.equal(formatDecimal(event.price!).slice(0, 12), '91.578947368');
    assert.equal(formatDecimal(sizeIn(pool, keeper, INVERSE)!), '1609');
    assert.equal(pool.engine.state.liquidations.size, 0, 'that much restored the account');
  });

  test('of a short: the mirror image', () => {
    const pool = inversePool('short', terms);
    // Sold for 50, bought back for 5,000/118 = 42.37: 10 − 7.63 left, where 2.12 are required.
    const [started] = eventsOf(pool.price('BTC', '120', ['BTCUSD', 'BTC-PERP']), 'AuctionStarted');
    assert.ok(started?.offer.type === 'Position');
    const bid = (limitPrice: string) =>
      placeBid(pool, { type: 'Position', size: '600', limitPrice });
    // Whoever takes it is paid five percent less: 120/1.05.
    pool.refuse(bid('114.28571428571429'), 'BID_LIMIT_NOT_MET');
    const event = taken(pool.take(bid('114.28571428571428')));
    assert.equal(formatDecimal(event.payment), '0.25');
    assert.equal(formatDecimal(sizeIn(pool, keeper, INVERSE)!), '-600');
  });

  test('of a slice beside linear ones: the same part of each, each at its mark', () => {
    const pool = inversePool('long', { ...terms, lot: 'portfolio' });
    pool.fill(alice, accountId('maker'), { market: 'BTC-PERP', size: '0.1', price: '100' });
    pool.price('BTC', '88', ['BTCUSD', 'BTC-PERP']);
    pool.wait(30_000);
    const bid = placeBid(pool, { type: 'Portfolio', fraction: '0.1', paymentMax: '0' });
    const { positions, payment, before, after } = taken(pool.take(bid));
    const changes = positions.map(({ change, bidder }) =>
      [change.sizeDelta, bidder.sizeDelta].map((contracts) => formatDecimal(contracts)),
    );
    assert.deepEqual(changes, [
      ['-0.01', '0.01'],
      ['-500', '500'],
    ]);
    assert.equal(formatDecimal(payment), '0', 'nothing is conceded at the full value');
    const lost = before.equity - after.equity;
    assert.ok(lost >= 0n && lost < 3n, 'positions pass at the mark');
  });
});

describe('the share that is asked falls', () => {
  /** What one contract of 84 costs after so long. */
  const priceAfter = (terms: Partial<AuctionParameters>, waitMs: number): string => {
    const pool = fallenAuctionPool({ terms });
    pool.wait(waitMs);
    const bid = placeBid(pool, { type: 'Position', size: '1', limitPrice: '100' });
    return formatDecimal(taken(pool.take(bid)).price!);
  };

  test('exponentially, second by second and in between', () => {
    const terms = { curve: 'exponential', cut: ratio('0.99') } as const;
    assert.equal(priceAfter(terms, 0), '88.2');
    // 84 · 1.05 · 0.99⁵.
    assert.equal(priceAfter(terms, 5_000), '83.87732240118');
    const between = priceAfter(terms, 5_500);
    assert.ok(between < '83.87732240118' && between > '83.03', between);
  });

  test('in steps, flat between them', () => {
    const terms = { curve: 'stairstep', cut: ratio('0.99'), stepMs: durationMs(2_000) } as const;
    assert.equal(priceAfter(terms, 1_999), '88.2');
    assert.equal(priceAfter(terms, 2_000), '87.318');
    assert.equal(priceAfter(terms, 10_000), '83.87732240118');
    assert.equal(priceAfter(terms, 11_999), '83.87732240118');
  });

  test('fast at first, and slowly from the cutoff on', () => {
    const cutoff = { curve: 'two-phase', cutoff: ratio('0.99') } as const;
    const terms = { ...cutoff, fastMs: durationMs(10_000), slowMs: durationMs(990_000) };
    assert.equal(priceAfter(terms, 5_000), '85.68', '102 %, half of the way to 99 %');
    assert.equal(priceAfter(terms, 10_000), '83.16');
    assert.equal(priceAfter(terms, 20_000), '82.32', '98 %: a hundredth in ten seconds');
  });
});

/** Amounts stay round. */
const INTEREST_FREE = { rateAtZero: ratio('0'), rateAtKink: ratio('0'), rateAtFull: ratio('0') };

/** Alice is long 50 at 100, has lent 10 ETH worth 200 and owes 100; at 80 she is liquidatable. */
function lendingAccount(): Driver {
  const pool = emptyAuctionPool({ terms: { lot: 'portfolio' } });
  const house = pool.account('house', '10000');
  pool.configure({ collateralBuyer: house });
  for (const name of ['USDC', 'ETH']) {
    pool.take({ type: 'ConfigureLending', parameters: lending(name, INTEREST_FREE) });
  }
  const owner = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.account('keeper', '50000');
  pool.take({ type: 'SupplyAsset', account: maker, asset: USDC, amount: amount('1000') });
  pool.take({ type: 'Deposit', account: owner, asset: ETH, amount: amount('10') });
  pool.take({ type: 'SupplyAsset', account: owner, asset: ETH, amount: null });
  pool.take({ type: 'Borrow', account: owner, asset: USDC, amount: amount('100') });
  pool.fill(owner, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  pool.price('BTC', '80', ['BTC-PERP']);
  pool.wait(30_000);
  return pool;
}

describe('a slice of an account that lends and borrows', () => {
  const part = { type: 'Portfolio', fraction: '0.1', paymentMax: '1000' } as const;

  test('takes its part of debts and claims, and pays what they are worth', () => {
    const pool = lendingAccount();
    const { debts, supplies, payment } = taken(pool.take(placeBid(pool, part)));
    assert.deepEqual(
      [debts, supplies].map((list) =>
        list.map(({ asset, shares }) => [asset, formatDecimal(shares)]),
      ),
      [[['USDC', '10']], [['ETH', '1']]],
    );
    assert.equal(formatDecimal(payment), '10', 'a claim worth 20 less a debt of 10');
    const bidder = pool.accountOf(keeper);
    assert.equal(formatDecimal(bidder.debts[0]!.shares), '10');
    assert.equal(formatDecimal(bidder.supplies[0]!.shares), '1');
    assert.equal(formatDecimal(pool.accountOf(alice).debts[0]!.shares), '90');
    assert.equal(formatDecimal(pool.accountOf(alice).supplies[0]!.shares), '9');
  });

  test('takes a debt whole of which less than the desk lends would be left', () => {
    const pool = lendingAccount();
    pool.take({
      type: 'ConfigureLending',
      parameters: lending('USDC', { ...INTEREST_FREE, debtMin: money('91') }),
    });
    const { debts, payment } = taken(pool.take(placeBid(pool, part)));
    assert.equal(formatDecimal(debts[0]!.shares), '100');
    assert.equal(formatDecimal(payment), '-80', 'a claim of 20 less a debt of 100');
  });

  test('as it has grown to by then: the desks of the account catch up first', () => {
    const pool = lendingAccount();
    pool.take({ type: 'ConfigureLending', parameters: lending('USDC') });
    pool.wait(30_000);
    const events = pool.take(placeBid(pool, part));
    const order = ['InterestAccrued', 'InterestAccrued', 'AuctionTaken'];
    assert.deepEqual(types(events).slice(0, 3), order, 'both its desks');
    const [debt] = taken(events).debts;
    assert.ok(debt!.amount > debt!.shares, 'a debt without the interest of half a minute');
  });

  // An isolated position stands for itself: it owes nobody and lends nothing.
  test('ACCOUNT_ISOLATED: goes to no isolated account, and without them it does', () => {
    const isolated = (pool: Driver) => {
      const account = accountId('btc');
      const market = marketId('BTC-PERP');
      pool.take({ type: 'OpenAccount', account, owner: 'keeper', parent: keeper, market });
      pool.take({ type: 'Deposit', account, asset: USDC, amount: amount('1000') });
      return account;
    };
    const pool = lendingAccount();
    pool.refuse(placeBid(pool, part, { bidder: isolated(pool) }), 'ACCOUNT_ISOLATED');
    const plain = fallenAuctionPool({ terms: { lot: 'portfolio' } });
    plain.take(placeBid(plain, part, { bidder: isolated(plain) }));
  });
});
