/** Dutch auctions: what is put up, what a bid takes and pays, and how an auction ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  alice,
  auctionOf,
  auctionTerms,
  ETH,
  fallenAuctionPool,
  indebtedAuctionPool,
  keeper,
  placeBid,
  sizeIn,
  types,
} from '../../test/routes/auction-pool.ts';
import {
  accountId,
  amount,
  assetId,
  formatDecimal,
  marketId,
  money,
  ratio,
  size,
} from '../units/index.ts';
import type { Event, EventOf } from './index.ts';

const only = <T extends Event['type']>(events: readonly Event[], type: T): EventOf<T> => {
  const found = eventsOf(events, type);
  assert.equal(found.length, 1, `expected one ${type}, found ${found.length}`);
  return found[0]!;
};

const outcomeOf = (events: readonly Event[]) => only(events, 'AuctionEnded').outcome;
const deposit = (text: string) =>
  ({ type: 'Deposit', account: alice, asset: assetId('USDC'), amount: amount(text) }) as const;

describe('an auction of a position', () => {
  test('starts as the way out that the ladder names, with all that it rests on', () => {
    const { fallen } = fallenAuctionPool();
    assert.deepEqual(types(fallen), [
      'PricesUpdated',
      'LiquidationStarted',
      'RouteChosen',
      'AuctionStarted',
    ]);
    const started = only(fallen, 'AuctionStarted');
    assert.equal(started.lot, 'position');
    assert.equal(started.phase, 'solvent');
    assert.equal(started.market, 'BTC-PERP');
    assert.equal(started.asset, null);
    assert.deepEqual(started.parameters, auctionTerms());
    // 200 − 0.42·x ≥ 1.25 · 4.2 · (50 − x): 12.9399…
    assert.deepEqual(started.offer, {
      type: 'Position',
      size: size('12.94'),
      markPrice: 84n * 10n ** 18n,
      notional: money('1086.96'),
      share: ratio('1.05'),
    });
    const { equity, marginEquity, maintenanceMargin } = started.health;
    assert.deepEqual(
      [equity, marginEquity, maintenanceMargin].map((value) => formatDecimal(value)),
      ['200', '200', '210'],
    );
  });

  test('asks for more than the mark at first, and sells what restores the account', () => {
    const pool = fallenAuctionPool();
    const events = pool.take(placeBid(pool, { type: 'Position', size: '50', limitPrice: '88.2' }));
    const taken = only(events, 'AuctionTaken');
    assert.equal(formatDecimal(taken.price!), '88.2');
    assert.equal(formatDecimal(taken.payment), '54.348', '5 % of 1,086.96');
    assert.equal(formatDecimal(sizeIn(pool, keeper)!), '12.94');
    assert.equal(formatDecimal(sizeIn(pool, alice)!), '37.06');
    const penalty = only(events, 'PenaltyCharged');
    assert.equal(formatDecimal(penalty.penalty), '5.4348');
    assert.deepEqual(types(events), [
      'AuctionTaken',
      'PenaltyCharged',
      'AuctionEnded',
      'RouteLeft',
      'LiquidationEnded',
    ]);
    assert.equal(outcomeOf(events), 'restored');
    const { balance } = pool.accountOf(keeper);
    assert.equal(formatDecimal(balance), '49945.652', 'the keeper paid the premium');
  });

  test('asks for less as time passes, and is filled at the limit and not beyond', () => {
    const pool = fallenAuctionPool();
    pool.wait(45_000);
    const at = (limitPrice: string) => placeBid(pool, { type: 'Position', size: '1', limitPrice });
    pool.refuse(at('81.89999999999999'), 'BID_LIMIT_NOT_MET');
    const taken = only(pool.take(at('81.9')), 'AuctionTaken');
    assert.equal(formatDecimal(taken.price!), '81.9');
    assert.equal(formatDecimal(taken.payment), '-2.1');
  });

  test('never goes beyond the bankruptcy quote: the account keeps its ratio', () => {
    const pool = fallenAuctionPool();
    pool.wait(200_000);
    // Asked is 71.7 % of the notional, but E/MM·ΔMM is all that the contracts may cost: 80 each.
    const low = placeBid(pool, { type: 'Position', size: '10', limitPrice: '79.99' });
    pool.refuse(low, 'BID_LIMIT_NOT_MET');
    const events = pool.take(placeBid(pool, { type: 'Position', size: '10', limitPrice: '80' }));
    const { after, price } = only(events, 'AuctionTaken');
    assert.equal(formatDecimal(price!), '80');
    assert.equal(formatDecimal(after.equity), '160');
    assert.equal(formatDecimal(after.maintenanceMargin), '168');
    assert.deepEqual(eventsOf(events, 'PenaltyCharged'), [], 'nothing is left for a penalty');
  });

  test('of a short asks for its mirror image', () => {
    const pool = fallenAuctionPool();
    const bob = pool.account('bob', '1000');
    pool.fill(keeper, bob, { market: 'ETH-PERP', size: '250', price: '20' });
    const started = only(pool.price('ETH', '23.2', ['ETH-PERP']), 'AuctionStarted');
    assert.equal(started.market, 'ETH-PERP');
    const carol = accountId(pool.account('carol', '10000'));
    const { version } = pool.accountOf(bob);
    const bid = (limitPrice: string) =>
      placeBid(
        pool,
        { type: 'Position', size: '1', limitPrice },
        {
          auction: 2,
          bidder: carol,
          accountVersion: version,
        },
      );
    // Whoever takes a short over is paid: at first 5 % less than the mark.
    pool.refuse(bid('22.04000000000001'), 'BID_LIMIT_NOT_MET');
    const taken = only(pool.take(bid('22.04')), 'AuctionTaken');
    assert.equal(formatDecimal(taken.price!), '22.04');
    assert.equal(formatDecimal(sizeIn(pool, carol, 1)!), '-1');
  });

  test('sold whole it ends in the same record, and so does the liquidation', () => {
    const pool = fallenAuctionPool();
    pool.wait(200_000);
    const all = placeBid(pool, { type: 'Position', size: '50', sizeMin: '50', limitPrice: '80' });
    const events = pool.take(all);
    assert.deepEqual(types(events), [
      'AuctionTaken',
      'AuctionEnded',
      'RouteLeft',
      'LiquidationEnded',
    ]);
    assert.equal(outcomeOf(events), 'sold');
    assert.equal(auctionOf(pool), null);
    assert.equal(formatDecimal(pool.accountOf(alice).balance), '0');
  });
});

describe('an auction ends', () => {
  test('without a bid after its last reset: the ladder moves on by itself', () => {
    const pool = fallenAuctionPool();
    assert.deepEqual(types(pool.pass(300_000)), ['TimePassed'], 'at the tail it still runs');
    const reset = only(pool.pass(1), 'AuctionReset');
    assert.equal(reset.reason, 'time');
    assert.equal(reset.resets, 1);
    assert.equal(auctionOf(pool)!.startedMs, pool.now());
    assert.deepEqual(types(pool.pass(300_000)), ['TimePassed']);
    const events = pool.pass(1);
    assert.deepEqual(types(events).slice(0, 4), [
      'TimePassed',
      'AuctionEnded',
      'RouteLeft',
      'TakeoverDecided',
    ]);
    assert.equal(outcomeOf(events), 'no-bids');
    assert.equal(only(events, 'RouteLeft').reason, 'no-taker');
    assert.equal(only(events, 'TakeoverDecided').reason, 'routes-exhausted');
    assert.ok(eventsOf(events, 'PositionsDeleveraged').length > 0);
  });

  test('zero bids during congestion: the next way is the book, in the same instant', () => {
    const pool = fallenAuctionPool({ routes: [{}, { method: 'book' }], terms: { resetsMax: 0 } });
    const events = pool.pass(300_001);
    assert.deepEqual(types(events), [
      'TimePassed',
      'AuctionEnded',
      'RouteLeft',
      'RouteChosen',
      'CloseOutPlanned',
      'CloseOutOrderPlaced',
    ]);
  });

  test('at the cusp it runs, below it the path starts again', () => {
    const pool = fallenAuctionPool({ terms: { cusp: ratio('0.9') } });
    assert.deepEqual(types(pool.pass(63_000)), ['TimePassed'], 'nine tenths of the first share');
    assert.equal(only(pool.pass(1), 'AuctionReset').reason, 'price');
  });

  test('when its owner deposits what is missing', () => {
    const pool = fallenAuctionPool();
    assert.deepEqual(types(pool.take(deposit('62.499999'))), ['Deposited'], 'release is 262.5');
    const events = pool.take(deposit('0.000001'));
    assert.deepEqual(types(events), ['Deposited', 'AuctionEnded', 'RouteLeft', 'LiquidationEnded']);
    assert.equal(outcomeOf(events), 'restored');
    assert.equal(formatDecimal(sizeIn(pool, alice)!), '50');
  });

  test('when the ladder runs out of patience', () => {
    const pool = fallenAuctionPool({ routes: [{ patienceMs: 60_000 as never }] });
    const events = pool.pass(60_000);
    assert.equal(outcomeOf(events), 'out-of-time');
    assert.equal(only(events, 'RouteLeft').reason, 'out-of-time');
  });

  test('when the account becomes bankrupt: the fund covers it and pays who takes over', () => {
    const pool = fallenAuctionPool();
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    const events = pool.price('BTC', '79', ['BTC-PERP']);
    assert.deepEqual(types(events), [
      'PricesUpdated',
      'AuctionEnded',
      'RouteLeft',
      'DeficitCovered',
      'RouteChosen',
      'AuctionStarted',
    ]);
    assert.equal(outcomeOf(events), 'superseded');
    assert.equal(only(events, 'AuctionStarted').phase, 'insolvent');
    pool.wait(50_000);
    const bid = (limitPrice: string) =>
      placeBid(pool, { type: 'Position', size: '50', limitPrice }, { auction: 2 });
    // Half of the requirement of 197.5 after half of the time: 98.75 for 50 contracts.
    pool.refuse(bid('77.024'), 'BID_LIMIT_NOT_MET');
    const taken = only(pool.take(bid('77.025')), 'AuctionTaken');
    assert.equal(formatDecimal(taken.payout), '98.75');
    assert.equal(formatDecimal(taken.payment), '0');
    assert.equal(formatDecimal(pool.engine.state.insuranceFund), '851.25', '1000 − 50 − 98.75');
    assert.equal(pool.engine.state.liquidations.size, 0);
  });

  test('and goes on where it becomes so again: a path that started anew would never pay', () => {
    const pool = fallenAuctionPool();
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    pool.price('BTC', '79', ['BTC-PERP']);
    const started = auctionOf(pool)!.startedMs;
    for (const at of ['78.9', '78.8', '78.7']) {
      pool.wait(20_000);
      assert.deepEqual(types(pool.price('BTC', at, ['BTC-PERP'])), [
        'PricesUpdated',
        'DeficitCovered',
      ]);
    }
    assert.equal(auctionOf(pool)!.startedMs, started);
    const bid = placeBid(pool, { type: 'Position', size: '50', limitPrice: '79' }, { auction: 2 });
    // Six tenths of the requirement of 196.75 after six tenths of the time.
    assert.equal(formatDecimal(only(pool.take(bid), 'AuctionTaken').payout), '118.05');
  });

  test('but not where the fund cannot make it good', () => {
    const pool = fallenAuctionPool({ pool: { insuranceEventCap: money('52') } });
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    pool.price('BTC', '79', ['BTC-PERP']);
    assert.deepEqual(types(pool.price('BTC', '78.96', ['BTC-PERP'])), [
      'PricesUpdated',
      'DeficitCovered',
    ]);
    const events = pool.price('BTC', '78.95', ['BTC-PERP']);
    assert.deepEqual(types(events).slice(0, 4), [
      'PricesUpdated',
      'AuctionEnded',
      'RouteLeft',
      'TakeoverDecided',
    ]);
    assert.equal(outcomeOf(events), 'superseded');
    assert.equal(only(events, 'RouteLeft').reason, 'bankrupt');
  });

  test('and the fund pays a bidder no more than it may', () => {
    const pool = fallenAuctionPool({ pool: { insuranceEventCap: money('60') } });
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    pool.price('BTC', '79', ['BTC-PERP']);
    pool.wait(100_000);
    const bid = placeBid(pool, { type: 'Position', size: '50', limitPrice: '79' }, { auction: 2 });
    assert.equal(formatDecimal(only(pool.take(bid), 'AuctionTaken').payout), '10', '60 less 50');
  });

  test('not while nobody may take: waiting for a gate is not declining', () => {
    const pool = fallenAuctionPool({ terms: { resetsMax: 0 } });
    pool.take(setGate({ market: marketId('BTC-PERP'), gate: 'takes', closed: true }));
    assert.deepEqual(types(pool.pass(400_000)), ['TimePassed']);
    const opened = setGate({ market: marketId('BTC-PERP'), gate: 'takes', closed: false });
    assert.equal(outcomeOf(pool.take(opened)), 'no-bids');
  });

  test('and none starts where nothing may be closed', () => {
    const pool = fallenAuctionPool({ terms: { resetsMax: 0 } });
    const market = marketId('BTC-PERP');
    pool.take(setGate({ market, gate: 'close-outs', closed: true }));
    pool.take(deposit('1000'));
    pool.price('BTC', '62', ['BTC-PERP']);
    assert.equal(auctionOf(pool), null);
    const events = pool.take(setGate({ market, gate: 'close-outs', closed: false }));
    assert.equal(only(events, 'AuctionStarted').market, 'BTC-PERP');
  });
});

describe('an auction of collateral', () => {
  test('sells what is owed and no more, and what is left stays with the account', () => {
    const pool = indebtedAuctionPool();
    const started = only(pool.fallen, 'AuctionStarted');
    assert.equal(started.lot, 'collateral');
    assert.equal(started.asset, 'ETH');
    assert.deepEqual(started.offer, {
      type: 'Collateral',
      amount: amount('10'),
      tab: money('150'),
      indexPrice: 18n * 10n ** 18n,
      price: 189n * 10n ** 17n,
    });
    pool.wait(30_000);
    const bid = placeBid(pool, { type: 'Collateral', amount: '10', limitPrice: '18' });
    const events = pool.take(bid);
    const taken = only(events, 'AuctionTaken');
    assert.equal(formatDecimal(taken.payment), '150');
    assert.equal(formatDecimal(taken.collaterals[0]!.amount), '8.333333333333333333');
    assert.deepEqual(types(events), [
      'AuctionTaken',
      'AuctionEnded',
      'RouteLeft',
      'LiquidationEnded',
    ]);
    const owner = pool.accountOf(alice);
    assert.equal(formatDecimal(owner.balance), '0');
    assert.equal(formatDecimal(owner.collaterals[0]!.amount), '1.666666666666666667');
    assert.equal(formatDecimal(pool.accountOf(keeper).balance), '850');
  });

  test('is never so cheap that what is held no longer covers what is owed', () => {
    const pool = indebtedAuctionPool();
    pool.wait(290_000);
    // Asked would be 56.7 %, but 150 are owed and 180 held: five sixths, 15 each.
    const low = placeBid(pool, { type: 'Collateral', amount: '1', limitPrice: '14.999' });
    pool.refuse(low, 'BID_LIMIT_NOT_MET');
    const all = placeBid(pool, { type: 'Collateral', amount: '10', limitPrice: '15.0001' });
    const events = pool.take(all);
    assert.equal(outcomeOf(events), 'sold');
    assert.equal(formatDecimal(pool.accountOf(alice).balance), '0');
  });

  test('goes on below that where it does not cover it, and the rest is bad debt', () => {
    const pool = indebtedAuctionPool();
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    pool.price('ETH', '10', ['ETH-PERP']);
    pool.wait(90_000);
    const events = pool.take(placeBid(pool, { type: 'Collateral', amount: '10', limitPrice: '9' }));
    assert.equal(formatDecimal(only(events, 'AuctionTaken').payment), '90');
    assert.deepEqual(types(events), [
      'AuctionTaken',
      'AuctionEnded',
      'RouteLeft',
      'BadDebtSettled',
      'LiquidationEnded',
    ]);
    assert.equal(formatDecimal(only(events, 'BadDebtSettled').badDebt), '60');
  });

  test('may be settled from outside: money comes in and the asset leaves in one record', () => {
    const pool = indebtedAuctionPool();
    const before = pool.engine.state.deposited;
    const bid = placeBid(
      pool,
      { type: 'Collateral', amount: '10', limitPrice: '18.9' },
      {
        bidder: 'desk-7',
        settlement: 'outside',
      },
    );
    const taken = only(pool.take(bid), 'AuctionTaken');
    const { deposited, assets } = pool.engine.state;
    assert.equal(deposited - before, taken.payment);
    assert.equal(assets[0]!.withdrawn, taken.collaterals[0]!.amount);
    assert.equal(assets[0]!.held, pool.accountOf(alice).collaterals[0]!.amount);
  });

  test('a bid that would leave dust to raise takes less instead', () => {
    const pool = indebtedAuctionPool();
    pool.wait(30_000);
    const bid = placeBid(pool, { type: 'Collateral', amount: '8', limitPrice: '18' });
    const taken = only(pool.take(bid), 'AuctionTaken');
    assert.equal(formatDecimal(taken.payment), '140', 'ten are left to raise, the least there is');
    assert.equal(auctionOf(pool), null, 'that much restored the account');
  });

  test('dust does not block bad-debt recognition: what nobody would come for', () => {
    const pool = indebtedAuctionPool({ terms: { resetsMax: 0 } });
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    pool.price('ETH', '0.9', ['ETH-PERP']);
    const events = pool.pass(300_001);
    assert.deepEqual(types(events), [
      'TimePassed',
      'AuctionEnded',
      'RouteLeft',
      'BadDebtSettled',
      'LiquidationEnded',
    ]);
    assert.equal(formatDecimal(pool.accountOf(alice).balance), '0');
    assert.equal(formatDecimal(pool.accountOf(alice).collaterals[0]!.amount), '10');
  });

  test('and collateral worth a slice is not given up: the account waits for a buyer', () => {
    const pool = indebtedAuctionPool({ terms: { resetsMax: 0 } });
    pool.price('ETH', '1', ['ETH-PERP']);
    const events = pool.pass(300_001);
    assert.deepEqual(types(events), ['TimePassed', 'AuctionEnded', 'RouteLeft']);
    assert.equal(pool.engine.state.liquidations.size, 1);
  });
});

describe('an auction of a portfolio slice', () => {
  const portfolio = { lot: 'portfolio' } as const;

  const sliced = () => fallenAuctionPool({ terms: portfolio });

  test('offers the largest part that restores the account', () => {
    const { fallen } = sliced();
    const { offer } = only(fallen, 'AuctionStarted');
    // B = 200 − 262.5; a slice brings all of 200 but for the penalty of 21: 62.5 / 241.5.
    assert.equal(
      offer.type === 'Portfolio' && formatDecimal(offer.fraction),
      '0.258799171842650104',
    );
  });

  test('passes whole lots of every position, at the mark, for the concession of its part', () => {
    const pool = sliced();
    pool.wait(90_000);
    const bid = placeBid(pool, { type: 'Portfolio', fraction: '0.1', paymentMax: '0' });
    const taken = only(pool.take(bid), 'AuctionTaken');
    assert.equal(formatDecimal(taken.positions[0]!.change.sizeDelta), '-5');
    // A tenth of 200, a tenth off.
    assert.equal(formatDecimal(taken.payment), '-2');
    assert.equal(formatDecimal(taken.reserved), '15.9', '18 less the penalty of 2.1');
    assert.equal(auctionOf(pool)!.takes, 1);
  });

  test('later slices do not share in the proceeds of earlier ones', () => {
    const pool = sliced();
    pool.wait(90_000);
    const slice = { type: 'Portfolio', fraction: '0.1', paymentMax: '0' } as const;
    pool.take(placeBid(pool, slice));
    const taken = only(pool.take(placeBid(pool, slice)), 'AuctionTaken');
    // Equity 195.9 of which 15.9 are proceeds: a tenth of a tenth of 180.
    assert.equal(formatDecimal(taken.payment), '-1.8');
  });

  test('starts again where prices have eaten what is not reserved', () => {
    const pool = sliced();
    pool.wait(90_000);
    pool.take(placeBid(pool, { type: 'Portfolio', fraction: '0.1', paymentMax: '0' }));
    const reset = only(pool.price('BTC', '79.95', ['BTC-PERP']), 'AuctionReset');
    assert.equal(reset.reason, 'proceeds');
    assert.equal(formatDecimal(auctionOf(pool)!.reserved), '0');
  });

  test('of an account with collateral sells its part of that too', () => {
    const pool = fallenAuctionPool({ terms: portfolio });
    pool.take({ type: 'Deposit', account: alice, asset: ETH, amount: amount('1') });
    pool.wait(30_000);
    const bid = placeBid(pool, { type: 'Portfolio', fraction: '0.1', paymentMax: '20' });
    const taken = only(pool.take(bid), 'AuctionTaken');
    assert.deepEqual(
      taken.collaterals.map((held) => formatDecimal(held.amount)),
      ['0.1'],
    );
    assert.equal(formatDecimal(taken.payment), '2', 'a tenth of an ETH at its full value');
  });

  test('of a covered account is taken whole, for a payout of the fund', () => {
    const pool = fallenAuctionPool({ terms: portfolio });
    pool.take({ type: 'FundInsurance', amount: money('1000') });
    const started = only(pool.price('BTC', '79', ['BTC-PERP']), 'AuctionStarted');
    assert.equal(started.offer.type === 'Portfolio' && started.offer.fraction, ratio('1'));
    pool.wait(100_000);
    const bid = placeBid(
      pool,
      { type: 'Portfolio', fraction: '1', paymentMax: '-197.5' },
      {
        auction: 2,
      },
    );
    const events = pool.take(bid);
    assert.equal(formatDecimal(only(events, 'AuctionTaken').payout), '197.5');
    assert.equal(outcomeOf(events), 'sold');
    assert.equal(formatDecimal(pool.accountOf(alice).balance), '0');
  });
});
