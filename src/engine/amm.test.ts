/** The protocol's own market maker: what it takes of liquidations, and who may trade with it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import { AMM, amm, ladderOf, type Method, tradeWithAmm } from '../../test/pools/sample-vault.ts';
import {
  type AccountId,
  accountId,
  formatDecimal,
  indexId,
  marketId,
  money,
  price,
  ratio,
  rawOf,
  size,
} from '../units/index.ts';
import type { AmmParameters, Event, MarketParameters } from './index.ts';

const PERP = { market: 'BTC-PERP' };

type Stage = {
  readonly amm?: Partial<AmmParameters>;
  readonly market?: Partial<MarketParameters>;
  /** Capital of the market maker. */
  readonly capital?: string;
  readonly ladder?: readonly Method[];
};

/** Alice is long 1 at 100 with 10, in a pool whose ladder is the market maker alone. */
function stage(changes: Stage = {}) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', changes.market ?? {});
  pool.take(ladderOf(...(changes.ladder ?? ['amm'])));
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '50000');
  const house = pool.account('amm', changes.capital ?? '500');
  const carol = pool.account('carol', '1000');
  pool.take(amm(changes.amm ?? {}));
  pool.fill(alice, maker, { ...PERP, size: '1', price: '100' });
  const held = (account: AccountId) => {
    const position = pool.accountOf(account).positions[0];
    return position === undefined ? '0' : formatDecimal(position.size);
  };
  return { ...pool, alice, maker, house, carol, held, fall: () => fallTo(pool, '94.5') };
}

const fallTo = (pool: Pick<ReturnType<typeof poolDriver>, 'price'>, to: string): Event[] =>
  pool.price('BTC', to, ['BTC-PERP']);

const closeIn = (events: readonly Event[]) => eventsOf(events, 'ClosedByAmm')[0]!;
const leftIn = (events: readonly Event[]) =>
  eventsOf(events, 'RouteLeft').map((left) => left.reason);

/** floor(v · D² / (W · (W + v))) in units of 1e-18, for a seller and an inventory worth w ≥ 0. */
function soldFor(depth: string, inventory: bigint, sold: bigint): bigint {
  const d = rawOf(money(depth)) * 10n ** 18n;
  const w = d + inventory;
  return (sold * d * d) / (w * (w + sold)) / 10n ** 18n;
}

const worth = (contracts: string, at: string): bigint => rawOf(size(contracts)) * rawOf(price(at));

describe('a close-out by the market maker', () => {
  test('closes the least lots that restore the account at the quote, fee and penalty paid', () => {
    const pool = stage();
    const events = pool.fall();
    const close = closeIn(events);
    const restores = (lots: bigint): boolean => {
      // Everything in units of 1e-18, of 1,000 lots of 0.001 at 94.5.
      const value = (lots * rawOf(price('94.5'))) / 1000n;
      const quote = soldFor('10000', 0n, lots * rawOf(size('0.001')) * rawOf(price('94.5')));
      const received = quote - value / 1000n;
      const penalty = -((-received * 5n) / 1000n);
      const penaltyUp = (received * 5n) % 1000n === 0n ? penalty : penalty + 1n;
      const equity = rawOf(money('4.5')) - value + received - penaltyUp;
      const required = ((1000n - lots) * rawOf(price('94.5')) * 5n) / 100_000n;
      return equity * 4n >= required * 5n;
    };
    const lots = -rawOf(close.size) / rawOf(size('0.001'));
    assert.equal(lots, 276n);
    assert.ok(restores(lots) && !restores(lots - 1n));
    assert.equal(rawOf(close.quote), soldFor('10000', 0n, worth('0.276', '94.5')));
    assert.equal(formatDecimal(close.fee), '0.026082');
    assert.deepEqual(leftIn(events), ['restored']);
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
    assert.equal(pool.held(pool.house), '0.276');
  });

  test('at the next turn starts where the last one left the price', () => {
    const pool = stage();
    const first = closeIn(pool.fall());
    const bob = pool.account('bob', '5');
    pool.fill(bob, pool.maker, { ...PERP, size: '0.5', price: '94.5' });
    pool.price('BTC', '88.9', ['BTC-PERP']);
    const again = pool.records
      .flatMap(({ outcome }) => (outcome.type === 'Accepted' ? outcome.events : []))
      .filter((event) => event.type === 'ClosedByAmm')
      .at(-1)!;
    assert.notEqual(again.liquidation, first.liquidation);
    assert.ok(again.marginalPriceBefore! < price('88.9'), 'it holds something by now');
    assert.ok(again.marginalPriceAfter! < again.marginalPriceBefore!);
  });

  test('buys back a short dearer than the mark', () => {
    const pool = stage();
    const bob = pool.account('bob', '10');
    pool.fill(pool.maker, bob, { ...PERP, size: '1', price: '100' });
    const close = closeIn(pool.price('BTC', '105', ['BTC-PERP']));
    assert.equal(close.account, 'bob');
    assert.ok(rawOf(close.size) > 0n);
    assert.ok(close.quote * 10n ** 18n > worth(formatDecimal(close.size), '105'));
  });

  test('goes no further than its impact, and leaves the rest to what comes next', () => {
    // (D / W)² ≥ 1 − impact, D = 1000: W ≤ 1000.500375…, so at most 0.005294… of 94.5: 5 lots.
    const tight = { depth: money('1000'), impactMax: ratio('0.001') };
    const pool = stage({ amm: tight });
    const events = pool.fall();
    assert.equal(formatDecimal(closeIn(events).size), '-0.005');
    assert.deepEqual(leftIn(events), ['no-room']);
    assert.equal(eventsOf(events, 'TakeoverDecided')[0]!.reason, 'routes-exhausted');
  });

  test('holds no more than its inventory may be worth', () => {
    for (const [inventoryMax, taken] of [
      ['9.45', '-0.1'],
      ['9.449999', '-0.099'],
    ] as const) {
      const pool = stage({ amm: { inventoryMax: money(inventoryMax) } });
      assert.equal(formatDecimal(closeIn(pool.fall()).size), taken);
    }
    const none = stage({ amm: { inventoryMax: money('0.0944') } });
    const events = none.fall();
    assert.deepEqual(eventsOf(events, 'ClosedByAmm'), []);
    assert.deepEqual(eventsOf(events, 'RouteChosen'), [], 'less than a lot is no way');
  });

  test('keeps its own initial margin', () => {
    const poor = stage({ capital: '1' });
    const taken = closeIn(poor.fall());
    const contracts = Number(formatDecimal(taken.size));
    assert.ok(contracts < -0.1 && contracts > -0.12, `${contracts} of at most 1 / 9.45, and gains`);
    assert.deepEqual(eventsOf(stage({ capital: '0.000001' }).fall(), 'ClosedByAmm'), []);
  });

  test('leaves no dust: closes it all, or leaves at least the smallest notional', () => {
    const whole = stage({ market: { notionalMin: money('69') } });
    assert.equal(formatDecimal(closeIn(whole.fall()).size), '-1');
    const part = stage({
      market: { notionalMin: money('80') },
      amm: { inventoryMax: money('50') },
    });
    // 80 / 94.5 = 0.846…: at most 0.153 may go.
    assert.equal(formatDecimal(closeIn(part.fall()).size), '-0.153');
    const small = stage({
      market: { notionalMin: money('95') },
      amm: { inventoryMax: money('50') },
    });
    assert.deepEqual(eventsOf(small.fall(), 'ClosedByAmm'), []);
  });

  test('is no way where it would cost more than it releases', () => {
    // Requirement released: 5 %; penalty half a percent.
    const dear = stage({ amm: { feeFraction: ratio('0.046') } });
    assert.deepEqual(eventsOf(dear.fall(), 'ClosedByAmm'), []);
    const cheap = stage({ amm: { feeFraction: ratio('0.04') } }).fall();
    // As much as helps, and no more: at half of the leg the impact alone is half a percent.
    assert.equal(eventsOf(cheap, 'ClosedByAmm').length, 1);
    assert.deepEqual(leftIn(cheap), ['toxic']);
  });

  test('waits while a gate is closed, and goes on when it opens', () => {
    for (const gate of ['takes', 'close-outs'] as const) {
      const pool = stage({ amm: { inventoryMax: money('9.45') } });
      pool.take(setGate({ gate }));
      assert.deepEqual(
        pool.fall().map(({ type }) => type),
        ['PricesUpdated', 'LiquidationStarted'],
      );
      const opened = pool.take(setGate({ gate, closed: false }));
      assert.equal(formatDecimal(closeIn(opened).size), '-0.1');
    }
  });

  test('waits on its way too, until its patience is at an end', () => {
    const pool = stage({ ladder: ['book', 'amm'] });
    pool.fall();
    const expire = () => {
      const { order } = pool.engine.state.liquidations.get(1)!;
      return pool.take({ type: 'FinishOrder', order: order!.order, reason: 'rejected' });
    };
    for (const _ of [1, 2]) {
      expire();
      pool.pass(1);
    }
    pool.take(setGate({ gate: 'takes' }));
    expire();
    pool.pass(1);
    assert.equal(pool.engine.state.liquidations.get(1)!.route, null, 'left, and nothing is open');
    const opened = pool.take(setGate({ gate: 'takes', closed: false }));
    assert.equal(eventsOf(opened, 'ClosedByAmm').length, 1);
  });

  test('is no way while it is in liquidation, or depends on a price that is not valid', () => {
    const pool = stage();
    pool.index('ETH');
    pool.market('ETH-PERP', { index: indexId('ETH') });
    pool.price('ETH', '10', ['ETH-PERP']);
    pool.fill(pool.house, pool.maker, { market: 'ETH-PERP', size: '1', price: '10' });
    pool.pass(30_000);
    fallTo(pool, '100');
    pool.pass(30_001);
    const events = pool.fall();
    assert.equal(pool.engine.state.markets[1]!.mode, 'frozen');
    assert.deepEqual(eventsOf(events, 'ClosedByAmm'), []);
    assert.equal(eventsOf(events, 'TakeoverDecided').length, 1);
  });

  test('closes the leg that there is a market maker for', () => {
    const pool = stage();
    pool.index('ETH');
    pool.market('ETH-PERP', { index: indexId('ETH') });
    pool.price('ETH', '100', ['ETH-PERP']);
    pool.take({ type: 'Deposit', account: pool.alice, asset: POOL_ASSET, amount: TWENTY });
    pool.fill(pool.alice, pool.maker, { market: 'ETH-PERP', size: '2', price: '100' });
    const close = closeIn(pool.price('ETH', '90', ['ETH-PERP']));
    assert.equal(close.market, 'BTC-PERP');
  });

  test('concentrated, is deeper within its band and deals nowhere else', () => {
    const wide = closeIn(stage({ amm: { depth: money('100') } }).fall());
    // D = 100 / (1 − √0.98): 9,950 against 100.
    const narrow = { curve: 'concentrated', band: ratio('0.02'), depth: money('100') } as const;
    const events = stage({ amm: narrow }).fall();
    const deep = closeIn(events);
    assert.ok(-rawOf(deep.size) > -rawOf(wide.size) * 15n, 'much deeper');
    assert.ok(deep.marginalPriceAfter! >= price('92.61'), 'never below the mark less the band');
    assert.deepEqual(leftIn(events), ['restored']);
  });
});

const POOL_ASSET = 'USDC' as Extract<Event, { type: 'Deposited' }>['asset'];
const TWENTY = (20n * 10n ** 18n) as unknown as Extract<Event, { type: 'Deposited' }>['amount'];

describe('ConfigureAmm', () => {
  test('refuses what lies outside its bounds and takes the bounds themselves', () => {
    const pool = stage();
    const concentrated = { curve: 'concentrated', band: ratio('0.1') } as const;
    for (const broken of [
      { depth: money('0') },
      { depth: money('100000000000000000.000000000000000001') },
      { band: ratio('0.1') },
      { ...concentrated, band: null },
      { ...concentrated, band: ratio('0') },
      { ...concentrated, band: ratio('1') },
      { impactMax: ratio('-0.000000000000000001') },
      { impactMax: ratio('1') },
      { inventoryMax: money('-0.000000000000000001') },
      { inventoryMax: money('100000000000000000.000000000000000001') },
      { feeFraction: ratio('-0.000000000000000001') },
      { feeFraction: ratio('1.000000000000000001') },
    ]) {
      pool.refuse(amm(broken), 'INVALID_PARAMETER');
    }
    for (const sound of [
      { depth: money('0.000000000000000001') },
      { ...concentrated, band: ratio('0.000000000000000001') },
      { ...concentrated, band: ratio('0.999999999999999999') },
      { impactMax: ratio('0') },
      { impactMax: ratio('0.999999999999999999') },
      { inventoryMax: money('0') },
      { inventoryMax: money('100000000000000000') },
      { feeFraction: ratio('1') },
    ]) {
      pool.take(amm(sound));
    }
  });

  test('refuses unknown markets and accounts, inverse contracts, other isolated accounts', () => {
    const pool = stage();
    pool.market('BTCUSD', { kind: 'inverse', lot: size('1') });
    const child = accountId('child');
    const isolated = { account: child, owner: 'maker', parent: pool.maker } as const;
    pool.take({ type: 'OpenAccount', ...isolated, market: marketId('BTCUSD') });
    pool.refuse(amm({ market: marketId('NOWHERE'), depth: money('0') }), 'MARKET_UNKNOWN');
    pool.refuse(amm({ market: marketId('BTCUSD') }), 'INVALID_PARAMETER');
    pool.refuse(amm({ account: accountId('nobody'), depth: money('0') }), 'INVALID_PARAMETER');
    pool.refuse(amm({ account: accountId('nobody') }), 'ACCOUNT_UNKNOWN');
    pool.refuse(amm({ account: child }), 'MARKET_NOT_TRADABLE_BY_ACCOUNT');
  });
});

describe('TradeWithAmm', () => {
  test('sells on the curve, up to the limit exactly', () => {
    const pool = stage();
    // 1 at 100: 100 · D² / (D · (D − 100)) = 101.0101… up, and a fee of 0.1.
    const asked = '101.110101010101010102';
    const within = tradeWithAmm({ limitPrice: price(asked) });
    pool.refuse(
      tradeWithAmm({ limitPrice: price('101.110101010101010101') }),
      'PRICE_BEYOND_LIMIT',
    );
    const [traded] = eventsOf(pool.take(within), 'TradedWithAmm');
    assert.equal(formatDecimal(traded!.quote), '101.010101010101010102');
    assert.equal(formatDecimal(traded!.fee), '0.1');
    assert.equal(formatDecimal(traded!.trader.entryValueDelta), asked);
    assert.equal(pool.held(pool.house), '-1');
  });

  test('buys on the curve, down to the limit exactly', () => {
    const pool = stage();
    const sells = (limitPrice: string) =>
      tradeWithAmm({ size: size('-1'), limitPrice: price(limitPrice) });
    // floor(100 · D² / (D · (D + 100))) = 99.0099… less the fee of 0.1.
    pool.refuse(sells('98.909900990099009901'), 'PRICE_BEYOND_LIMIT');
    pool.take(sells('98.9099009900990099'));
    assert.equal(pool.held(pool.carol), '-1');
  });

  test('gets rid of its inventory at the mark, and never pays more', () => {
    const pool = stage();
    pool.fall();
    const buys = tradeWithAmm({ size: size('0.276'), limitPrice: price('94.5945') });
    const [traded] = eventsOf(pool.take(buys), 'TradedWithAmm');
    assert.equal(formatDecimal(traded!.quote), '26.082');
    assert.equal(pool.held(pool.house), '0');
  });

  test('is refused in the documented order', () => {
    const pool = stage();
    pool.market('ETH-PERP');
    const nowhere = marketId('NOWHERE');
    const nobody = accountId('nobody');
    const zero = size('0');
    pool.refuse(tradeWithAmm({ size: zero, market: nowhere }), 'NOT_POSITIVE');
    pool.refuse(tradeWithAmm({ limitPrice: price('0'), market: nowhere }), 'NOT_POSITIVE');
    pool.refuse(tradeWithAmm({ market: nowhere, account: nobody }), 'MARKET_UNKNOWN');
    const without = { market: marketId('ETH-PERP'), account: nobody };
    pool.refuse(tradeWithAmm(without), 'AMM_UNAVAILABLE');
    pool.refuse(tradeWithAmm({ account: pool.house, size: size('0.0001') }), 'SELF_TRADE');
    pool.refuse(tradeWithAmm({ account: nobody, size: size('0.0001') }), 'ACCOUNT_UNKNOWN');
    pool.refuse(tradeWithAmm({ size: size('0.0001') }), 'SIZE_NOT_IN_LOTS');
    const [tenth, much] = [price('10'), size('1000')];
    pool.refuse(tradeWithAmm({ size: much, limitPrice: tenth }), 'AMM_UNAVAILABLE');
    const poor = pool.account('poor', '5');
    pool.refuse(tradeWithAmm({ account: poor, limitPrice: tenth }), 'PRICE_BEYOND_LIMIT');
    pool.refuse(tradeWithAmm({ account: poor }), 'INITIAL_MARGIN_NOT_MET');
    pool.take(tradeWithAmm());
  });

  test('takes its bounds to the lot, and its own margin', () => {
    const pool = stage({
      amm: { inventoryMax: money('200'), impactMax: ratio('0.05') },
      capital: '10',
    });
    const sells = (lots: string) => tradeWithAmm({ size: size(lots), limitPrice: price('1') });
    pool.refuse(sells('-2.001'), 'AMM_UNAVAILABLE');
    pool.take(sells('-1'));
    const { details } = pool.refuse(sells('-0.5'), 'INITIAL_MARGIN_NOT_MET');
    assert.equal(details[0]!.value, 'amm');
  });

  test('is no way out of a liquidation, and no trade against one', () => {
    const pool = stage({ ladder: ['book'] });
    pool.fall();
    const leaves = { account: pool.alice, size: size('-1'), limitPrice: price('1') };
    pool.refuse(tradeWithAmm(leaves), 'ACCOUNT_IN_LIQUIDATION');
    const risky = stage({ capital: '100', ladder: ['book'], amm: { inventoryMax: money('1') } });
    risky.fill(risky.house, risky.maker, { ...PERP, size: '9', price: '100' });
    fallTo(risky, '93');
    assert.notEqual(risky.accountOf(risky.house).liquidation, null);
    risky.refuse(tradeWithAmm({ size: size('1') }), 'AMM_UNAVAILABLE');
  });
});

test('the parameters of the sample are those that the pool keeps', () => {
  const pool = stage();
  assert.deepEqual(pool.engine.state.markets[0]!.amm, AMM);
});
