/** Every way in which a bid is refused, at both sides of its boundary, and in which order. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsOf, refusedCodes } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  alice,
  auctionTerms,
  emptyAuctionPool,
  fallenAuctionPool,
  indebtedAuctionPool,
  keeper,
  placeBid,
  sizeIn,
} from '../../test/routes/auction-pool.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  formatDecimal,
  indexId,
  marketId,
  money,
  type Ratio,
  ratio,
} from '../units/index.ts';
import type { AuctionParameters } from './index.ts';
import { REJECTIONS, type RejectionCode } from './index.ts';

const position = { type: 'Position', size: '1', limitPrice: '100' } as const;
const collateral = { type: 'Collateral', amount: '1', limitPrice: '100' } as const;
const portfolio = { type: 'Portfolio', fraction: '0.1', paymentMax: '1000' } as const;

describe('ConfigureAuctions', () => {
  const cases: readonly (readonly [keyof AuctionParameters, unknown, unknown])[] = [
    ['startPremium', ratio('1'), ratio('1.000000000000000001')],
    ['startPremium', ratio('0'), ratio('-0.000000000000000001')],
    ['endFraction', ratio('1'), ratio('1.000000000000000001')],
    ['durationMs', durationMs(1), durationMs(0)],
    ['cut', ratio('0.000000000000000001'), ratio('0')],
    ['cut', ratio('1'), ratio('1.000000000000000001')],
    ['stepMs', durationMs(1), durationMs(0)],
    ['cutoff', ratio('1'), ratio('1.000000000000000001')],
    ['fastMs', durationMs(0), durationMs(1_000_000_000_000_001)],
    ['slowMs', durationMs(1), durationMs(0)],
    ['tailMs', durationMs(1), durationMs(0)],
    ['cusp', ratio('0.999999999999999999'), ratio('1')],
    ['cusp', ratio('0'), ratio('-0.000000000000000001')],
    ['resetsMax', 100, 101],
    ['sliceMin', money('0'), money('-0.000000000000000001')],
    ['sliceMin', money('100000000000000000'), money('100000000000000001')],
    ['bufferFraction', ratio('1'), ratio('1.000000000000000001')],
    ['insolventMs', durationMs(1), durationMs(0)],
  ];
  for (const [parameter, good, bad] of cases) {
    test(`bounds ${parameter}: ${good} is taken, ${bad} is not`, () => {
      const pool = emptyAuctionPool();
      const configured = (value: unknown) =>
        ({
          type: 'ConfigureAuctions',
          parameters: auctionTerms({ [parameter]: value }),
        }) as const;
      const { details } = pool.refuse(configured(bad), 'INVALID_PARAMETER');
      assert.equal(details[0]!.value, parameter);
      pool.take(configured(good));
    });
  }

  test('a running auction keeps the terms it was started under', () => {
    const pool = fallenAuctionPool();
    const before = placeBid(pool, { ...position, limitPrice: '88.2' });
    pool.take({
      type: 'ConfigureAuctions',
      parameters: auctionTerms({ startPremium: ratio('0.5') }),
    });
    pool.take(before);
  });
});

describe('a bid is refused', () => {
  test('NOT_POSITIVE: empty, or at no price', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, { ...position, size: '0' }), 'NOT_POSITIVE');
    pool.refuse(placeBid(pool, { ...position, limitPrice: '0' }), 'NOT_POSITIVE');
    pool.refuse(placeBid(pool, { ...portfolio, fraction: '0' }), 'NOT_POSITIVE');
    pool.refuse(placeBid(pool, { ...collateral, amount: '-1' }), 'NOT_POSITIVE');
  });

  test('INVALID_PARAMETER: more than a pool reckons with, or least above most', () => {
    const pool = fallenAuctionPool();
    for (const bid of [
      { ...position, size: '100000000000000001' },
      { ...position, limitPrice: '100000000000000001' },
      { ...position, sizeMin: '1.001' },
      { ...position, sizeMin: '-0.001' },
      { ...portfolio, fraction: '1.000000000000000001' },
      { ...portfolio, paymentMax: '-100000000000000001' },
    ]) {
      pool.refuse(placeBid(pool, bid), 'INVALID_PARAMETER');
    }
  });

  test('AUCTION_NOT_OPEN: never started, over, or waiting to start again', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, position, { auction: 2 }), 'AUCTION_NOT_OPEN');
    pool.wait(300_001);
    pool.refuse(placeBid(pool, position), 'AUCTION_NOT_OPEN');
    pool.pass(0);
    pool.take(placeBid(pool, position));
    const usdc = assetId('USDC');
    pool.take({ type: 'Deposit', account: alice, asset: usdc, amount: amount('1000') });
    pool.refuse(placeBid(pool, position), 'AUCTION_NOT_OPEN');
  });

  test('BID_MISMATCH: of another kind than the lot, or from outside for a position', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, collateral), 'BID_MISMATCH');
    pool.refuse(placeBid(pool, portfolio), 'BID_MISMATCH');
    pool.refuse(placeBid(pool, position, { settlement: 'outside' }), 'BID_MISMATCH');
    const indebted = indebtedAuctionPool();
    indebted.refuse(placeBid(indebted, position), 'BID_MISMATCH');
  });

  test('BIDDER_NOT_ELIGIBLE: the account itself, and whatever else its owner controls', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, position, { bidder: 'alice' }), 'BIDDER_NOT_ELIGIBLE');
    const other = accountId('alice-2');
    pool.take({ type: 'OpenAccount', account: other, owner: 'alice', parent: null, market: null });
    pool.refuse(placeBid(pool, position, { bidder: other }), 'BIDDER_NOT_ELIGIBLE');
    const indebted = indebtedAuctionPool();
    const outside = { bidder: 'alice', settlement: 'outside' } as const;
    indebted.refuse(placeBid(indebted, collateral, outside), 'BIDDER_NOT_ELIGIBLE');
  });

  test('ACCOUNT_UNKNOWN, ACCOUNT_IN_LIQUIDATION, MARKET_NOT_TRADABLE_BY_ACCOUNT', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, position, { bidder: 'nobody' }), 'ACCOUNT_UNKNOWN');
    const bob = pool.account('bob', '1000');
    pool.fill(bob, keeper, { market: 'ETH-PERP', size: '250', price: '20' });
    const ether = accountId('ether');
    const isolated = { account: ether, owner: 'keeper', parent: keeper };
    pool.take({ type: 'OpenAccount', ...isolated, market: marketId('ETH-PERP') });
    const strange = placeBid(pool, position, { bidder: ether });
    pool.refuse(strange, 'MARKET_NOT_TRADABLE_BY_ACCOUNT');
    pool.price('ETH', '16.8', ['ETH-PERP']);
    pool.refuse(placeBid(pool, position, { bidder: bob }), 'ACCOUNT_IN_LIQUIDATION');
  });

  // Historic failures: a late bid on a changed account, a bidder overpaying after a change.
  test('BID_ON_CHANGED_ACCOUNT: late bid, bidder overpaying after a change', () => {
    const pool = fallenAuctionPool();
    const late = placeBid(pool, position);
    pool.take({ type: 'Deposit', account: alice, asset: assetId('USDC'), amount: amount('1') });
    pool.refuse(late, 'BID_ON_CHANGED_ACCOUNT');
    // A bid that relies on its limit alone is not bound to a version.
    pool.take({ ...late, accountVersion: null });
    // And what it took has changed the account for everybody else.
    pool.refuse(
      placeBid(pool, position, { accountVersion: late.accountVersion! + 1 }),
      'BID_ON_CHANGED_ACCOUNT',
    );
  });

  test('MARKET_EXPIRED: at and after the expiry of what is auctioned', () => {
    const pool = emptyAuctionPool();
    const expiryMs = engineTimeMs(100_000);
    pool.market('BTC-DATED', { expiryMs, bookStalenessMsMax: durationMs(86_400_000) });
    pool.price('BTC', '100', ['BTC-DATED']);
    const owner = pool.account('alice', '1000');
    const maker = pool.account('maker', '50000');
    pool.account('keeper', '50000');
    pool.fill(owner, maker, { market: 'BTC-DATED', size: '50', price: '100' });
    pool.price('BTC', '84', ['BTC-DATED']);
    pool.wait(98_999);
    pool.take(placeBid(pool, position));
    pool.wait(1);
    pool.refuse(placeBid(pool, position), 'MARKET_EXPIRED');
  });

  test('PRICE_UNAVAILABLE: a price of the account or of the bidder is not valid', () => {
    const pool = fallenAuctionPool();
    pool.take({
      type: 'ConfigureIndex',
      parameters: {
        index: indexId('DOGE'),
        sources: [{ source: 'feed', weight: ratio('1') }],
        sourcesMin: 1,
        stalenessMsMax: durationMs(1_000),
        confidenceMax: null,
        sourceBand: null,
      },
    });
    pool.take({
      type: 'ConfigureAsset',
      parameters: {
        asset: assetId('DOGE'),
        index: indexId('DOGE'),
        collateralHaircut: ratio('0.5'),
        concentrationFactor: null,
        amountMax: null,
      },
    });
    pool.price('DOGE', '1');
    pool.take({ type: 'Deposit', account: keeper, asset: assetId('DOGE'), amount: amount('1') });
    pool.pass(1_000);
    pool.take(placeBid(pool, position));
    pool.pass(1);
    pool.refuse(placeBid(pool, position), 'PRICE_UNAVAILABLE');
  });

  test('GATE_CLOSED: nothing is taken where gate takes is closed', () => {
    const pool = fallenAuctionPool();
    pool.take(setGate({ market: marketId('ETH-PERP'), gate: 'takes' }));
    pool.take(placeBid(pool, position));
    pool.take(setGate({ market: marketId('BTC-PERP'), gate: 'takes' }));
    pool.refuse(placeBid(pool, position), 'GATE_CLOSED');
  });

  test('WITHDRAWALS_GATED: nothing leaves the pool where nothing may', () => {
    const pool = indebtedAuctionPool();
    pool.take(setGate({ market: null, gate: 'withdrawals' }));
    const outside = { settlement: 'outside' } as const;
    pool.refuse(placeBid(pool, collateral, outside), 'WITHDRAWALS_GATED');
    pool.take(placeBid(pool, collateral));
  });

  test('SIZE_NOT_IN_LOTS', () => {
    const pool = fallenAuctionPool();
    pool.refuse(placeBid(pool, { ...position, size: '1.0001' }), 'SIZE_NOT_IN_LOTS');
    pool.refuse(placeBid(pool, { ...position, sizeMin: '0.0001' }), 'SIZE_NOT_IN_LOTS');
    pool.take(placeBid(pool, { ...position, size: '1.001' }));
  });

  test('BID_BEYOND_OFFER: more at least than is offered', () => {
    const pool = fallenAuctionPool();
    const least = (sizeMin: string) =>
      placeBid(pool, { ...position, size: '50', sizeMin, limitPrice: '88.2' });
    pool.refuse(least('12.941'), 'BID_BEYOND_OFFER');
    pool.take(least('12.94'));
    const sliced = fallenAuctionPool({ terms: { lot: 'portfolio' } });
    const part = (fractionMin: string) =>
      placeBid(sliced, { ...portfolio, fraction: '1', fractionMin });
    sliced.refuse(part('0.258799171842650105'), 'BID_BEYOND_OFFER');
    sliced.take(part('0.258799171842650104'));
    const indebted = indebtedAuctionPool();
    const amountMin = (text: string) =>
      placeBid(indebted, { ...collateral, amount: '10', amountMin: text });
    // 150 at 18.9 each.
    indebted.refuse(amountMin('7.936507936507936508'), 'BID_BEYOND_OFFER');
    indebted.take(amountMin('7.936507936507936507'));
  });

  test('BID_IS_DUST: a bid that leaves dust in the auction, or takes dust', () => {
    const pool = fallenAuctionPool();
    // 12.94 are offered, and the smallest slice of 10 is 0.12 at 84.
    pool.refuse(placeBid(pool, { ...position, size: '0.119' }), 'BID_IS_DUST');
    const nearlyAll = { ...position, size: '12.93' };
    pool.refuse(placeBid(pool, { ...nearlyAll, sizeMin: '12.93' }), 'BID_IS_DUST');
    pool.take(placeBid(pool, nearlyAll));
    assert.equal(formatDecimal(sizeIn(pool, keeper)!), '12.82', 'enough is left for another bid');
    const indebted = indebtedAuctionPool();
    indebted.price('ETH', '10', ['ETH-PERP']);
    // Worth 100 against 150 owed: what is left of the lot must be worth 10.
    indebted.refuse(placeBid(indebted, { ...collateral, amount: '9.01' }), 'BID_IS_DUST');
    indebted.refuse(placeBid(indebted, { ...collateral, amount: '0.95' }), 'BID_IS_DUST');
    indebted.take(placeBid(indebted, { ...collateral, amount: '9' }));
  });

  test('a take is never dust where it is the last', () => {
    const pool = indebtedAuctionPool({ terms: { sliceMin: money('1000') } });
    pool.refuse(placeBid(pool, { ...collateral, amount: '5' }), 'BID_IS_DUST');
    const events = pool.take(placeBid(pool, { ...collateral, amount: '10' }));
    assert.equal(eventsOf(events, 'AuctionEnded')[0]!.outcome, 'sold');
  });

  test('BID_LIMIT_NOT_MET: at the limit it is filled, a unit beyond it is not', () => {
    const indebted = indebtedAuctionPool();
    const limit = (limitPrice: string) => placeBid(indebted, { ...collateral, limitPrice });
    indebted.refuse(limit('18.899999999999999999'), 'BID_LIMIT_NOT_MET');
    indebted.take(limit('18.9'));
    const sliced = fallenAuctionPool({ terms: { lot: 'portfolio' } });
    sliced.wait(90_000);
    // A tenth of 200 at 90 %: two are paid to the bidder, twenty for all.
    const payment = (paymentMax: string) => placeBid(sliced, { ...portfolio, paymentMax });
    sliced.refuse(payment('-20.00000000000000001'), 'BID_LIMIT_NOT_MET');
    sliced.take(payment('-20'));
  });

  test('BID_NOT_FUNDED: zero-cash bid', () => {
    const pool = indebtedAuctionPool();
    const poor = pool.account('poor', '18.899999999999999999');
    const bid = () => placeBid(pool, collateral, { bidder: poor });
    pool.refuse(bid(), 'BID_NOT_FUNDED');
    const broke = pool.account('broke');
    pool.refuse(placeBid(pool, collateral, { bidder: broke }), 'BID_NOT_FUNDED');
    const unit = amount('0.000000000000000001');
    pool.take({ type: 'Deposit', account: poor, asset: assetId('USDC'), amount: unit });
    pool.take(bid());
    assert.equal(formatDecimal(pool.accountOf(poor).balance), '0');
    assert.deepEqual(pool.accountOf(poor).collaterals, [{ asset: 0, amount: amount('1') }]);
  });

  test('INITIAL_MARGIN_NOT_MET: who takes over must carry it', () => {
    const pool = fallenAuctionPool();
    pool.wait(30_000);
    // Ten contracts at the mark of 84 require 84.
    const poor = pool.account('poor', '83.999999999999999999');
    const bid = () => placeBid(pool, { ...position, size: '10' }, { bidder: poor });
    pool.refuse(bid(), 'INITIAL_MARGIN_NOT_MET');
    const unit = amount('0.000000000000000001');
    pool.take({ type: 'Deposit', account: poor, asset: assetId('USDC'), amount: unit });
    pool.take(bid());
  });

  test('ASSET_CAP_EXCEEDED: from outside comes no more than a pool reckons with', () => {
    const pool = indebtedAuctionPool();
    const deposited = pool.engine.state.deposited;
    const room = formatDecimal((money('100000000000000000') - deposited) as never as Ratio);
    pool.account('rich', room);
    const outside = { settlement: 'outside' } as const;
    pool.refuse(placeBid(pool, collateral, outside), 'ASSET_CAP_EXCEEDED');
  });

  test('in the documented order', () => {
    const pool = fallenAuctionPool();
    const version = pool.accountOf(alice).version;
    const stale = { accountVersion: version + 1 };
    const own = { bidder: 'alice' };
    const dust = { ...position, size: '0.01', limitPrice: '1' };
    pool.refuse(placeBid(pool, { ...position, size: '0' }, { auction: 9 }), 'NOT_POSITIVE');
    pool.refuse(placeBid(pool, collateral, { auction: 9 }), 'AUCTION_NOT_OPEN');
    pool.refuse(placeBid(pool, collateral, own), 'BID_MISMATCH');
    pool.refuse(placeBid(pool, position, { ...own, ...stale }), 'BIDDER_NOT_ELIGIBLE');
    pool.take(setGate({ market: marketId('BTC-PERP'), gate: 'takes' }));
    pool.refuse(placeBid(pool, dust, stale), 'BID_ON_CHANGED_ACCOUNT');
    pool.refuse(placeBid(pool, { ...dust, size: '0.0001' }), 'GATE_CLOSED');
    pool.take(setGate({ market: marketId('BTC-PERP'), gate: 'takes', closed: false }));
    pool.refuse(placeBid(pool, { ...dust, size: '0.0001' }), 'SIZE_NOT_IN_LOTS');
    const least = { ...position, size: '50', sizeMin: '50', limitPrice: '1' };
    pool.refuse(placeBid(pool, least), 'BID_BEYOND_OFFER');
    pool.refuse(placeBid(pool, dust), 'BID_IS_DUST');
    const poor = pool.account('poor', '1');
    const lower = { ...position, limitPrice: '1' };
    pool.refuse(placeBid(pool, lower, { bidder: poor }), 'BID_LIMIT_NOT_MET');
    pool.refuse(placeBid(pool, position, { bidder: poor }), 'BID_NOT_FUNDED');
  });
});

test('no code of auctions is left out above', () => {
  const missing = Object.entries(REJECTIONS)
    .filter(
      ([slug, code]) => code > 4020 && code < 4030 && !refusedCodes.has(slug as RejectionCode),
    )
    .map(([slug]) => slug);
  assert.deepEqual(missing, []);
});
