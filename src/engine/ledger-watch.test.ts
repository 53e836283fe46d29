/**
 * The watch over the markets' money against summing all of it up: after every change of every
 * figure the two say the same, and an imbalance that one finds the other finds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import {
  type FundingIndex,
  fromRaw,
  InvariantViolation,
  type Money,
  type Price,
  type Size,
} from '../units/index.ts';
import { assertInvariants, type PoolState } from './index.ts';
import { createLedgerWatch, moneyInMarkets } from './ledger-watch.ts';
import { type MarketState, marketToChange } from './state.ts';

const MARKETS = ['BTC', 'ETH', 'SOL'];

function threeMarkets(): PoolState {
  const pool = poolDriver();
  pool.configure();
  for (const name of MARKETS) {
    pool.index(name);
    pool.market(`${name}-PERP`);
    pool.price(name, '100', [`${name}-PERP`]);
  }
  const [one, other] = [pool.account('one', '1000'), pool.account('other', '1000')];
  for (const name of MARKETS)
    pool.fill(one, other, { market: `${name}-PERP`, size: '1', price: '100' });
  return pool.engine.state;
}

/** Each way in which a market's figures can change. */
const CHANGES: readonly ((market: MarketState, by: bigint) => void)[] = [
  (market, by) => {
    market.longSize = fromRaw<Size>(BigInt(market.longSize) + by);
  },
  (market, by) => {
    market.shortSize = fromRaw<Size>(BigInt(market.shortSize) + by);
  },
  (market, by) => {
    market.fundingIndex = fromRaw<FundingIndex>(BigInt(market.fundingIndex) + by);
  },
  (market, by) => {
    market.fundingUnsettled += by;
  },
  (market, by) => {
    market.fundingResidue += by;
  },
  (market, by) => {
    market.settlementClearing = fromRaw<Money>(BigInt(market.settlementClearing) + by);
  },
];

test('whatever changes in a market, the watch comes to what summing everything up comes to', () => {
  const state = threeMarkets();
  const watch = createLedgerWatch();
  const step = fc.record({
    market: fc.nat({ max: MARKETS.length - 1 }),
    change: fc.nat({ max: CHANGES.length - 1 }),
    by: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      for (const { market, change, by } of steps)
        CHANGES[change]!(marketToChange(state, market), by);
      const all = moneyInMarkets(state, createLedgerWatch(), () => {});
      assert.equal(
        moneyInMarkets(state, watch, () => {}),
        all,
      );
      state.touchedMarkets = [];
    }),
    { numRuns: 500 },
  );
});

/**
 * What stops a pool whose last market was changed after the watch had seen it; null: nothing. Where
 * nobody says that it was changed, that is seen when its turn comes.
 */
function stoppedBy(change: (market: MarketState) => void, isSaid = true): string | null {
  const state = threeMarkets();
  const watch = createLedgerWatch();
  assertInvariants(state, watch);
  state.touchedMarkets = [];
  change(marketToChange(state, MARKETS.length - 1));
  if (!isSaid) state.touchedMarkets = [];
  try {
    const records = isSaid ? 1 : MARKETS.length;
    for (let record = 0; record < records; record += 1) assertInvariants(state, watch);
    return null;
  } catch (error) {
    assert.ok(error instanceof InvariantViolation);
    return error.code;
  }
}

test('one unit in any figure of a market that was balanced before is found', () => {
  const [, , , unsettled, residue, clearing] = CHANGES;
  for (const change of [unsettled!, residue!, clearing!]) {
    assert.equal(
      stoppedBy((market) => change(market, 1n)),
      'INV-1',
    );
    assert.equal(
      stoppedBy((market) => change(market, -1n)),
      'INV-1',
    );
    const unsaid = stoppedBy((market) => change(market, 1n), false);
    assert.equal(unsaid, 'INV-1', 'in its turn');
  }
  const [longer, shorter] = CHANGES;
  assert.equal(
    stoppedBy((market) => longer!(market, 1n)),
    'INV-2',
  );
  assert.equal(
    stoppedBy((market) => shorter!(market, 1n)),
    'INV-2',
  );
  assert.equal(
    stoppedBy(() => {}),
    null,
  );
});

test('sides that differ while a market settles are looked at again once it has', () => {
  const state = threeMarkets();
  const watch = createLedgerWatch();
  const market = marketToChange(state, 0);
  market.settlementPrice = fromRaw<Price>(1n);
  market.longSize = fromRaw<Size>(BigInt(market.longSize) + 1n);
  assertInvariants(state, watch);
  market.settled = true;
  assert.throws(() => assertInvariants(state, watch), /INV-2/);
});
