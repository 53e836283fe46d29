import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { fill } from '../../test/pools/sample-commands.ts';
import { liquidity } from '../../test/pools/sample-guards.ts';
import { accountId, money, price, rawOf, size } from '../units/index.ts';

/** Alice is long 1 at 100, the maker short it; Carol holds nothing. */
function world() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '1000');
  const carol = pool.account('carol', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const prices = (value: string) => pool.price('BTC', value, ['BTC-PERP']);
  return { ...pool, prices, alice, maker, carol };
}

test('open interest beyond its cap only changes hands', () => {
  const pool = world();
  const { maker, alice, carol } = pool;
  // One contract is open in BTC-PERP, worth 100; the cap leaves room for half of one more.
  pool.take(liquidity({ openInterestMax: money('150') }));
  pool.refuse(
    fill({ buyer: carol, seller: maker, size: size('0.501') }),
    'OPEN_INTEREST_CAP_EXCEEDED',
  );
  pool.take(fill({ buyer: carol, seller: maker, size: size('0.5') }));
  // At a higher mark more is open than the cap allows: nobody has to close, but nobody may open.
  pool.prices('110');
  const at = { price: price('110') };
  const more = { size: size('0.001'), ...at };
  const refused = pool.refuse(
    fill({ buyer: carol, seller: maker, ...more }),
    'OPEN_INTEREST_CAP_EXCEEDED',
  );
  assert.deepEqual(
    refused.details.map(({ value }) => value),
    ['BTC-PERP', '165.11', '150'],
  );
  pool.refuse(
    fill({ buyer: maker, seller: carol, size: size('4'), ...at }),
    'OPEN_INTEREST_CAP_EXCEEDED',
  );
  pool.take(fill({ buyer: carol, seller: alice, size: size('0.2'), ...at }));
  pool.take(fill({ buyer: maker, seller: alice, size: size('0.3'), ...at }));
  // The lot is looked at first.
  pool.refuse(
    fill({ buyer: carol, seller: maker, size: size('0.5001'), ...at }),
    'SIZE_NOT_IN_LOTS',
  );
  pool.take(liquidity());
  pool.take(fill({ buyer: carol, seller: maker, size: size('0.5'), ...at }));
});

const NAMES = ['alice', 'maker', 'carol'] as const;

test('property: a fill is refused exactly where it would open more than the cap allows', () => {
  const trade = fc.record({
    parties: fc.shuffledSubarray([...NAMES], { minLength: 2, maxLength: 2 }),
    tenths: fc.integer({ min: 1, max: 12 }),
  });
  const seen = { refused: 0, opened: 0, beyond: 0 };
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 12 }), (trades) => {
      const [capped, free] = [world(), world()];
      for (const pool of [capped, free]) pool.prices('160');
      capped.take(liquidity({ openInterestMax: money('150') }));
      const longs = () => rawOf(free.engine.state.markets[0]!.longSize);
      for (const { parties, tenths } of trades) {
        const [buyer, seller] = [accountId(parties[0]!), accountId(parties[1]!)];
        const terms = { size: size(`${tenths / 10}`), price: price('160') };
        // The pool without a cap goes ahead, and back where the other one refuses.
        const before = longs();
        free.take(fill({ ...terms, buyer, seller }));
        const more = longs() > before;
        const above = longs() * 160n > rawOf(money('150'));
        const { code } = capped.attempt(fill({ ...terms, buyer, seller }));
        assert.equal(code, more && above ? 'OPEN_INTEREST_CAP_EXCEEDED' : null);
        if (code !== null) free.take(fill({ ...terms, buyer: seller, seller: buyer }));
        seen.refused += code === null ? 0 : 1;
        seen.opened += more && !above ? 1 : 0;
        seen.beyond += above && !more ? 1 : 0;
      }
    }),
    { numRuns: 100 },
  );
  const reached = Object.values(seen).every((count) => count > 10);
  assert.ok(reached, JSON.stringify(seen));
});
