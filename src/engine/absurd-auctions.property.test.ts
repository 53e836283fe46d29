/**
 * While an auction runs, whatever numbers bidders, operators and price sources send: a command is
 * accepted or rejected, no assertion is tripped, the pool balances, and the auction still ends.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lending } from '../../test/lending/lending-pool.ts';
import { EXTREMES, exchanged, type Twist } from '../../test/pools/exchanged-numbers.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import {
  alice,
  auctionOf,
  auctionTerms,
  ETH,
  emptyAuctionPool,
  placeBid,
} from '../../test/routes/auction-pool.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  indexId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { type AuctionParameters, audit, type Command, type CommandOf } from './index.ts';

const USDC = assetId('USDC');

/** Alice has linear and inverse positions, collateral, a claim and a debt, or a debt alone. */
function world(terms: Partial<AuctionParameters>, borrowsOnly: boolean): Driver {
  const pool = emptyAuctionPool({ terms });
  const house = pool.account('house', '10000');
  pool.configure({ collateralBuyer: house });
  const coin = { kind: 'inverse', lot: size('1'), notionalMin: money('0.01') } as const;
  pool.market('BTCUSD', { ...coin, bookStalenessMsMax: durationMs(86_400_000) });
  pool.price('BTC', '100', ['BTC-PERP', 'BTCUSD']);
  for (const name of ['USDC', 'ETH']) {
    pool.take({ type: 'ConfigureLending', parameters: lending(name) });
  }
  const owner = pool.account('alice', '600');
  const maker = pool.account('maker', '50000');
  pool.account('keeper', '50000');
  pool.take({ type: 'FundInsurance', amount: money('500') });
  pool.take({ type: 'SupplyAsset', account: maker, asset: USDC, amount: amount('2000') });
  pool.take({ type: 'Deposit', account: owner, asset: ETH, amount: amount('20') });
  pool.take({ type: 'SupplyAsset', account: owner, asset: ETH, amount: amount('5') });
  pool.take({ type: 'Borrow', account: owner, asset: USDC, amount: amount('200') });
  if (borrowsOnly) {
    const spent = { type: 'Withdraw', account: owner, asset: USDC } as const;
    pool.take({ ...spent, amount: amount('800') });
    pool.price('ETH', '11', ['ETH-PERP']);
  } else {
    pool.fill(owner, maker, { market: 'BTC-PERP', size: '30', price: '100' });
    pool.fill(owner, maker, { market: 'BTCUSD', size: '100000', price: '100' });
    pool.price('BTC', '79', ['BTC-PERP', 'BTCUSD']);
  }
  assert.ok(auctionOf(pool) !== null, 'no auction to send numbers to');
  return pool;
}

/** A bid of the kind that is asked for, of much or little; from outside now and then. */
function bid(pool: Driver, part: number): CommandOf<'PlaceBid'> {
  const auction = auctionOf(pool);
  const number = auction?.auction ?? 1;
  const outside = { bidder: 'desk', settlement: 'outside' } as const;
  const changes = { auction: number, ...(part % 4 === 0 ? outside : {}) };
  if (auction === null || auction.lot === 'collateral') {
    const wanted = { type: 'Collateral', amount: `${part / 5}`, limitPrice: '100' } as const;
    return placeBid(pool, wanted, changes);
  }
  const whole = { ...changes, bidder: 'keeper', settlement: 'account' } as const;
  if (auction.lot === 'portfolio') {
    const fraction = `${part / 100}`;
    return placeBid(pool, { type: 'Portfolio', fraction, paymentMax: '100000' }, whole);
  }
  const contracts = `${auction.market === 2 ? part * 900 : part / 4}`;
  return placeBid(pool, { type: 'Position', size: contracts, limitPrice: '200' }, whole);
}

const prices = (pool: Driver, part: number): Command => ({
  type: 'ReportPrices',
  indexes: ['BTC', 'ETH'].map((name) => {
    const at = price(name === 'BTC' ? `${75 + part / 10}` : `${9 + part / 10}`);
    return {
      index: indexId(name),
      source: 'feed',
      price: at,
      timeMs: pool.now(),
      confidence: null,
    };
  }),
  books: pool.engine.state.markets.map(({ parameters: { market } }) => {
    const at = price(market === 'ETH-PERP' ? '11' : `${75 + part / 10}`);
    return { market, bid: at, ask: at, last: at, timeMs: pool.now() };
  }),
  outside: [],
});

const lawful: readonly ((pool: Driver, part: number) => Command)[] = [
  bid,
  bid,
  bid,
  bid,
  (_, part) => ({
    type: 'ConfigureAuctions',
    parameters: auctionTerms({ lot: part % 2 === 0 ? 'portfolio' : 'position' }),
  }),
  (_, part) => ({ type: 'Deposit', account: alice, asset: USDC, amount: amount(`${part}`) }),
  (_, part) => ({ type: 'Repay', account: alice, asset: USDC, amount: amount(`${part}`) }),
  prices,
  (pool, part) => ({
    type: 'ConfigureAsset',
    parameters: {
      ...pool.engine.state.assets[0]!.parameters,
      concentrationFactor: part % 2 === 0 ? ratio('0.01') : null,
    },
  }),
  () => ({ type: 'Tick' }),
];

const twist = fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) });

const step = fc.record({
  which: fc.nat(lawful.length - 1),
  part: fc.integer({ min: 1, max: 100 }),
  /** One number exchanged, or two, or none. */
  twists: fc.array(twist, { maxLength: 2 }),
  wait: fc.constantFrom(0, 0, 1, 5_000, 40_000, 400_000),
});

const CURVES = ['linear', 'exponential', 'stairstep', 'two-phase'] as const;

const terms = fc.record({
  lot: fc.constantFrom('position' as const, 'portfolio' as const),
  curve: fc.constantFrom(...CURVES),
  // From the start on next to nothing may be asked, or more than everything.
  startPremium: fc.constantFrom(ratio('0'), ratio('0.05'), ratio('1')),
  endFraction: fc.constantFrom(ratio('0'), ratio('0.000000000000000001'), ratio('1')),
  cut: fc.constantFrom(ratio('0.000000000000000001'), ratio('0.9'), ratio('1')),
  sliceMin: fc.constantFrom(money('0'), money('10'), money('100000000000000000')),
  bufferFraction: fc.constantFrom(ratio('0'), ratio('1')),
  cusp: fc.constantFrom(ratio('0'), ratio('0.999999999999999999')),
  resetsMax: fc.constantFrom(0, 100),
});

const sentOf = (command: Command, twists: readonly Twist[]): Command =>
  twists.reduce((sent, each) => exchanged(sent, each), command);

test('no number makes an auction throw, and every auction ends', () => {
  let [filled, refused] = [0, 0];
  fc.assert(
    fc.property(
      terms,
      fc.boolean(),
      fc.array(step, { minLength: 5, maxLength: 25 }),
      (drawn, borrowsOnly, steps) => {
        const pool = world(drawn, borrowsOnly);
        for (const { which, part, twists, wait } of steps) {
          pool.wait(wait);
          const sent = sentOf(lawful[which]!(pool, part), twists);
          const { code } = pool.attempt(sent);
          if (sent.type === 'PlaceBid' && code === null) filled += 1;
          if (sent.type === 'PlaceBid' && code !== null) refused += 1;
        }
        assert.deepEqual(audit(pool.engine.state).problems, []);
        // With prices to go by it ends, at the latest when the ladder runs out of patience.
        for (let at = 0; at < 24 && auctionOf(pool) !== null; at += 1) {
          pool.wait(300_001);
          pool.attempt(prices(pool, 50));
        }
        assert.equal(auctionOf(pool), null, 'an auction did not end');
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(filled > 50 && refused > 50, `${filled} bids were filled, ${refused} refused`);
});

test('collateral for which next to nothing is asked still ends an auction', () => {
  const pool = world({ curve: 'exponential', cut: ratio('0.000000000000000001') }, true);
  pool.wait(60_000);
  const left = pool.accountOf(alice).collaterals[0]!.amount;
  const whole = { type: 'Collateral', amount: formatDecimal(left), limitPrice: '100' } as const;
  pool.attempt(placeBid(pool, whole, { bidder: accountId('keeper') }));
  assert.deepEqual(audit(pool.engine.state).problems, []);
});
