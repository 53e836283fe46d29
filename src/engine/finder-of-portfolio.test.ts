/** The finder of an account whose positions are sold together gets what it was promised, once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finders, point } from '../../test/pools/direct-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { emptyAuctionPool, placeBid } from '../../test/routes/auction-pool.ts';
import { eq, lte, money, sum } from '../units/index.ts';

/** Alice is long in two markets, and found by the keeper, who is promised at most 3. */
function foundPool() {
  const pool = emptyAuctionPool({ terms: { lot: 'portfolio' } });
  pool.take(finders({ maxReward: money('3'), flagReward: money('3') }));
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.account('keeper', '50000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  pool.fill(alice, maker, { market: 'ETH-PERP', size: '100', price: '20' });
  pool.price('BTC', '85', ['BTC-PERP']);
  const [named] = eventsOf(pool.take(point()), 'FinderNamed');
  return { ...pool, due: named!.due };
}

test('the penalties of all positions together pay the finder no more than is due', () => {
  const pool = foundPool();
  const bid = { type: 'Portfolio', fraction: '1', paymentMax: '10000' } as const;
  const events = pool.take(placeBid(pool, bid));
  const charged = eventsOf(events, 'PenaltyCharged');
  assert.equal(charged.length, 2);
  const rewards = charged.map(({ keeperReward }) => keeperReward);
  assert.ok(lte(sum(rewards), pool.due), 'more than was promised');
  // What two penalties would each have paid is more than is due: the second pays what is left.
  assert.ok(eq(sum(rewards), pool.due), 'less than the keeper’s share would have paid');
  for (const { penalty, keeperReward, insuranceContribution, burned } of charged) {
    assert.ok(eq(penalty, sum([keeperReward, insuranceContribution, burned])));
  }
});
