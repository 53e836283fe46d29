/** What risk may be taken on by, and what the guards of prices never touch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { fill, transfer, withdraw } from '../../test/pools/sample-commands.ts';
import { priceGuards } from '../../test/pools/sample-guards.ts';
import {
  accountId,
  amount,
  durationMs,
  engineTimeMs,
  formatDecimal,
  marketId,
  price,
  type Ratio,
  ratio,
  size,
} from '../units/index.ts';
import { type Command, type Event, pricesAreCurrent } from './index.ts';
import { accountMargin } from './margin.ts';
import { marketPriceValidity } from './price-validity.ts';
import { riskMargin } from './risk-margin.ts';

const PERP = 'BTC-PERP';
const HOUR = durationMs(3_600_000);
const BTC_PERP = marketId(PERP);

/** Alice has 50 and is long 1 at 100, the maker short; initial margin is a tenth. */
function world(expiryMs: number | null = null) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market(PERP, { expiryMs: expiryMs === null ? null : engineTimeMs(expiryMs) });
  pool.price('BTC', '100', [PERP]);
  const alice = pool.account('alice', '50');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: PERP, size: '1', price: '100' });
  const prices = (value: string): Event[] => pool.price('BTC', value, [PERP]);
  const market = () => pool.engine.state.markets[0]!;
  const stable = (): string => formatDecimal(market().stablePrice!.value);
  return { ...pool, alice, maker, prices, market, stable };
}

type World = ReturnType<typeof world>;

/** Guards, and a first decision under them. */
function guarded(changes: Parameters<typeof priceGuards>[0]): World {
  const pool = world();
  pool.take(priceGuards(changes));
  pool.prices('100');
  return pool;
}

/** The report of a price with the confidence that its source states, and of the book. */
function confident(pool: World, value: string, confidence: Ratio | null): Event[] {
  const at = price(value);
  const [book, report] = [
    { bid: at, ask: at, last: at },
    { price: at, confidence },
  ];
  const timeMs = engineTimeMs(pool.now());
  const { index } = pool.engine.state.indexes[0]!.parameters;
  return pool.take({
    type: 'ReportPrices',
    indexes: [{ index, source: 'feed', timeMs, ...report }],
    books: [{ market: BTC_PERP, timeMs, ...book }],
    outside: [],
  });
}

const buysMore: Command = fill({ size: size('0.1'), price: price('100') });

test('without guards nothing is kept, decided or compared', () => {
  const pool = world();
  const events = pool.prices('120');
  assert.deepEqual(eventsOf(events, 'MarksGuarded'), []);
  const { priceGuards: none, stablePrice, markDecidedMs } = pool.market();
  assert.deepEqual([none, stablePrice, markDecidedMs], [null, null, null]);
  const alice = pool.accountOf(pool.alice);
  assert.deepEqual(riskMargin(pool.engine.state, alice), accountMargin(pool.engine.state, alice));
});

test('the stable price follows the mark that stood, not the one that is decided', () => {
  const pool = guarded({ stableTimeConstantMs: durationMs(1_000) });
  pool.wait(55_000);
  const [event] = eventsOf(pool.prices('150'), 'MarksGuarded');
  assert.equal(pool.stable(), '100', 'an hour of 100 says nothing of 150');
  assert.deepEqual(event!.markets, [
    { market: BTC_PERP, stablePrice: pool.market().stablePrice, unboundMark: null },
  ]);
  pool.wait(500);
  pool.prices('150');
  // w = 1000·e^(−55) + 1000, then w·e^(−0.5) + 500; the step is 500/w of the way.
  assert.equal(pool.stable().slice(0, 8), '122.5931');
  pool.wait(55_000);
  pool.prices('90');
  assert.equal(pool.stable().slice(0, 6), '150');
});

test('the stable price begins as an old average at the mark that was live', () => {
  const pool = world();
  pool.take(priceGuards({ stableTimeConstantMs: HOUR }));
  assert.equal(pool.market().stablePrice, null);
  pool.prices('150');
  assert.equal(pool.stable(), '100');
  assert.equal(formatDecimal(pool.market().stablePrice!.weightMs), '3600000');
  pool.wait(1_000);
  pool.prices('150');
  const step = Number(pool.stable()) - 100;
  assert.ok(step > 0.01 && step < 0.02, `a second of an hour moved it by ${step}`);
});

test('time without a live mark counts for nothing', () => {
  const pool = guarded({ stableTimeConstantMs: durationMs(1_000) });
  pool.prices('150');
  pool.pass(60_001);
  assert.equal(pool.market().mode, 'frozen');
  pool.wait(100_000);
  pool.prices('150');
  assert.equal(pool.stable(), '100');
  pool.wait(500);
  pool.prices('150');
  assert.notEqual(pool.stable(), '100');
});

test('a changed time constant keeps the stable price, none forgets it', () => {
  const pool = guarded({ stableTimeConstantMs: durationMs(1_000) });
  pool.prices('150');
  pool.take(priceGuards({ stableTimeConstantMs: HOUR }));
  assert.equal(pool.stable(), '100');
  assert.equal(formatDecimal(pool.market().stablePrice!.weightMs), '3600000');
  pool.take(priceGuards({ confidenceFactor: ratio('1') }));
  assert.deepEqual([pool.market().stablePrice, pool.market().markDecidedMs], [null, null]);
  assert.deepEqual(eventsOf(pool.prices('150'), 'MarksGuarded'), []);
});

test('new profit is not paid out before the stable price confirms it', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR });
  pool.prices('120');
  // 50 of its own less a tenth of 120; the profit of 20 counts for nothing yet.
  pool.refuse(withdraw('38.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  const toOther: Command = transfer({ to: accountId('other'), amount: amount('38.1') });
  pool.take({ type: 'OpenAccount', account: accountId('other'), owner: 'alice', ...ALONE });
  pool.refuse(toOther, 'INITIAL_MARGIN_NOT_MET');
  pool.take(withdraw('38'));
  pool.refuse(withdraw('0.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  pool.take(priceGuards());
  pool.take(withdraw('12'));
});

const ALONE = { parent: null, market: null } as const;

test('new profit carries no new risk either, and reducing needs none', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR });
  pool.prices('120');
  pool.take(withdraw('38'));
  const more = { size: size('0.001'), price: price('120') };
  pool.refuse(fill(more), 'INITIAL_MARGIN_NOT_MET');
  pool.take(fill({ ...more, buyer: pool.maker, seller: pool.alice }));
  // What was realized is the account's own.
  pool.take(withdraw('0.02'));
});

test('profit that is withheld cannot be given away by a bad fill', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR });
  pool.prices('120');
  pool.take(withdraw('38'));
  pool.prices('200');
  // Closing 0.01 releases 0.2 of initial margin, and 20 below the mark costs as much: valued at the
  // stable price alone she could sell at 80 and be no worse off.
  const sold = { buyer: pool.maker, seller: pool.alice, size: size('0.01') };
  pool.refuse(fill({ ...sold, price: price('179.99') }), 'INITIAL_MARGIN_NOT_MET');
  pool.take(fill({ ...sold, price: price('180') }));
});

test('a short profits at the higher of the two prices', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR });
  pool.prices('80');
  const held = (id: World['alice']) => {
    const account = pool.accountOf(id);
    const { initialEquity } = riskMargin(pool.engine.state, account);
    return formatDecimal(initialEquity);
  };
  assert.equal(held(pool.maker), '1000', 'a profit of 20 is withheld');
  assert.equal(held(pool.alice), '30', 'a loss of 20 counts at once');
});

test('a loss that is made good is none, and a position opened at the mark has none', () => {
  const pool = guarded({ stableTimeConstantMs: durationMs(1) });
  pool.prices('80');
  pool.wait(1_000);
  pool.prices('80');
  pool.prices('96');
  assert.equal(pool.stable(), '80');
  const { state } = pool.engine;
  assert.equal(formatDecimal(riskMargin(state, pool.accountOf(pool.alice)).initialEquity), '46');
  const bob = pool.account('bob', '20');
  pool.fill(bob, pool.maker, { market: PERP, size: '2', price: '96' });
  assert.equal(formatDecimal(riskMargin(state, pool.accountOf(bob)).initialEquity), '20');
});

test('a mark too far from the stable price carries no new risk', () => {
  const deviationMax = ratio('0.1');
  for (const [value, code] of [
    ['110', null],
    ['110.000001', 'PRICE_UNAVAILABLE'],
    ['90', null],
    ['89.999999', 'PRICE_UNAVAILABLE'],
  ] as const) {
    const pool = guarded({ stableTimeConstantMs: HOUR, deviationMax });
    pool.prices(value);
    const { code: bought } = pool.attempt(fill({ size: size('0.001'), price: price(value) }));
    assert.equal(bought, code, `a fill at ${value}`);
    assert.equal(pool.attempt(withdraw('1')).code, code, `a withdrawal at ${value}`);
    const sold = { buyer: pool.maker, seller: pool.alice, size: size('0.1') };
    assert.equal(pool.attempt(fill({ ...sold, price: price(value) })).code, null);
  }
});

test('the refusal says what is wrong with which price', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR, deviationMax: ratio('0.1') });
  pool.prices('150');
  const { details } = pool.refuse(withdraw('1'), 'PRICE_UNAVAILABLE');
  assert.deepEqual(details.slice(1), [
    { name: 'market', value: PERP },
    { name: 'validity', value: 'too-volatile' },
  ]);
});

test('a mark far from the stable price liquidates all the same, and its close-outs fill', () => {
  const pool = guarded({ stableTimeConstantMs: HOUR, deviationMax: ratio('0.1') });
  const [started] = eventsOf(pool.prices('52'), 'LiquidationStarted');
  assert.equal(started!.account, pool.alice);
  const { order } = [...pool.engine.state.liquidations.values()][0]!;
  const filled = fill({
    buyer: pool.maker,
    seller: pool.alice,
    size: size(formatDecimal(order!.size).replace('-', '')),
    price: price('52'),
    order: order!.order,
  });
  assert.equal(eventsOf(pool.take(filled), 'FillRecorded').length, 1);
});

test('a mark moves no further than its step allows, toward what it would be', () => {
  const pool = guarded({ markStepPerSecond: ratio('0.01') });
  pool.wait(500);
  const [held] = eventsOf(pool.prices('90'), 'MarksGuarded');
  assert.equal(formatDecimal(pool.market().mark!), '99.5');
  assert.equal(formatDecimal(held!.markets[0]!.unboundMark!), '90');
  assert.equal(held!.markets[0]!.stablePrice, null);
  pool.prices('90');
  assert.equal(formatDecimal(pool.market().mark!), '99.5', 'no time, no move');
  pool.pass(1_000);
  assert.equal(formatDecimal(pool.market().mark!), '98.505', 'a tick goes on');
  pool.pass(50_000);
  assert.equal(formatDecimal(pool.market().mark!), '90');
});

test('at its bound a mark is what it would be, a unit further it is not', () => {
  for (const [value, mark, bound] of [
    ['101', '101', true],
    ['101.000000000000000001', '101', false],
    ['99', '99', true],
    ['98.999999999999999999', '99', false],
  ] as const) {
    const pool = guarded({ markStepPerSecond: ratio('0.01') });
    pool.wait(1_000);
    const [event] = eventsOf(pool.prices(value), 'MarksGuarded');
    assert.equal(formatDecimal(pool.market().mark!), mark);
    assert.equal(event!.markets[0]!.unboundMark === null, bound, value);
  }
});

test('a step is rounded toward the previous mark, and a first mark knows none', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market(PERP);
  pool.take(priceGuards({ markStepPerSecond: ratio('0.000000000000000001') }));
  pool.price('BTC', '1', [PERP]);
  const mark = () => formatDecimal(pool.engine.state.markets[0]!.mark!);
  assert.equal(mark(), '1');
  pool.wait(999);
  pool.price('BTC', '2', [PERP]);
  assert.equal(mark(), '1');
  pool.wait(1_000);
  pool.price('BTC', '2', [PERP]);
  assert.equal(mark(), '1.000000000000000001');
});

test('records of other kinds do not use up the time that a mark may move in', () => {
  const pool = guarded({ markStepPerSecond: ratio('0.01') });
  for (let count = 0; count < 4; count += 1) {
    pool.wait(250);
    pool.take({ type: 'FundInsurance', amount: 1n as never });
  }
  pool.prices('90');
  assert.equal(formatDecimal(pool.market().mark!), '99');
});

test('an uncertain price requires more of whoever adds risk, and liquidates nobody', () => {
  const pool = guarded({ confidenceFactor: ratio('2') });
  confident(pool, '100', ratio('0.01'));
  // A tenth of 100, and 2 · 0.01 of it.
  pool.refuse(withdraw('38.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  pool.take(withdraw('38'));
  const events = confident(pool, '100', ratio('0.4'));
  assert.deepEqual(eventsOf(events, 'LiquidationStarted'), []);
  const { state } = pool.engine;
  const account = pool.accountOf(pool.alice);
  assert.equal(formatDecimal(riskMargin(state, account).initialMargin), '90');
  assert.equal(formatDecimal(accountMargin(state, account).initialMargin), '10');
  confident(pool, '100', ratio('3'));
  assert.equal(formatDecimal(riskMargin(state, account).initialMargin), '110', 'at most all of it');
  confident(pool, '100', ratio('-3'));
  assert.equal(formatDecimal(riskMargin(state, account).initialMargin), '10', 'at least nothing');
  confident(pool, '100', null);
  assert.equal(formatDecimal(riskMargin(state, account).initialMargin), '10');
});

test('what is too old for trading still liquidates', () => {
  const pool = guarded({ tradingStalenessMsMax: durationMs(5_000) });
  pool.pass(5_000);
  pool.take(withdraw('1'));
  pool.pass(1);
  const { details } = pool.refuse(withdraw('1'), 'PRICE_UNAVAILABLE');
  assert.equal(details.at(-1)!.value, 'stale-for-trading');
  pool.refuse(buysMore, 'PRICE_UNAVAILABLE');
  pool.take(fill({ buyer: pool.maker, seller: pool.alice }));
  const accrue = { type: 'AccrueFunding', market: BTC_PERP, fundingRate: ratio('0.51') } as const;
  assert.equal(eventsOf(pool.take(accrue), 'LiquidationStarted').length, 1);
});

test('one fresh view is not enough for trading, as it is not for a mark', () => {
  const pool = guarded({ tradingStalenessMsMax: durationMs(5_000) });
  pool.wait(5_001);
  pool.price('BTC', '100');
  const verdict = () => marketPriceValidity(pool.engine.state, 0);
  assert.equal(verdict().validity, 'stale-for-trading');
  pool.prices('100');
  assert.deepEqual(verdict().faults, []);
});

test('time alone that makes a price too old for trading is told', () => {
  const pool = guarded({ tradingStalenessMsMax: durationMs(5_000) });
  const current = (later: number) =>
    pricesAreCurrent(pool.engine.state, engineTimeMs(pool.now() + later));
  assert.deepEqual([current(5_000), current(5_001)], [true, false]);
  pool.pass(5_001);
  assert.deepEqual([current(0), current(1_000)], [true, true]);
});

test('a settlement price is final: no guard looks at it', () => {
  const pool = world(50_000);
  const short = durationMs(1_000);
  pool.take(
    priceGuards({
      stableTimeConstantMs: HOUR,
      deviationMax: ratio('0.01'),
      confidenceFactor: ratio('1'),
      tradingStalenessMsMax: short,
    }),
  );
  pool.take({ type: 'SetGate', market: null, gate: 'takes', ...CLOSED });
  pool.prices('100');
  pool.wait(49_000);
  const [fixed] = eventsOf(pool.prices('140'), 'SettlementPriceFixed');
  assert.equal(formatDecimal(fixed!.settlementPrice), '140');
  pool.wait(10_000);
  pool.take(withdraw('90'));
});

const CLOSED = { closed: true, untilMs: null, reason: 'a test' } as const;

test('bounds of the guards, each refused just outside and taken at the bound', () => {
  const pool = world();
  pool.refuse(priceGuards({ market: marketId('NONE') }), 'MARKET_UNKNOWN');
  const most = ratio('1000000');
  const beyond = ratio('1000000.000000000000000001');
  const stable = { stableTimeConstantMs: durationMs(1) };
  for (const [changes, parameter] of [
    [{ stableTimeConstantMs: durationMs(0) }, 'stableTimeConstantMs'],
    [{ stableTimeConstantMs: durationMs(10 ** 15 + 1) }, 'stableTimeConstantMs'],
    [{ ...stable, deviationMax: ratio('0') }, 'deviationMax'],
    [{ ...stable, deviationMax: beyond }, 'deviationMax'],
    [{ deviationMax: most }, 'deviationMax'],
    [{ markStepPerSecond: ratio('0') }, 'markStepPerSecond'],
    [{ markStepPerSecond: beyond }, 'markStepPerSecond'],
    [{ confidenceFactor: ratio('0') }, 'confidenceFactor'],
    [{ confidenceFactor: beyond }, 'confidenceFactor'],
    [{ tradingStalenessMsMax: durationMs(0) }, 'tradingStalenessMsMax'],
    [{ tradingStalenessMsMax: durationMs(60_001) }, 'tradingStalenessMsMax'],
  ] as const) {
    const { details } = pool.refuse(priceGuards(changes), 'INVALID_PARAMETER');
    assert.equal(details[0]!.value, parameter);
  }
  const tiny = ratio('0.000000000000000001');
  for (const changes of [
    { stableTimeConstantMs: durationMs(10 ** 15), deviationMax: most },
    { ...stable, deviationMax: tiny },
    { markStepPerSecond: most },
    { markStepPerSecond: tiny },
    { confidenceFactor: most },
    { confidenceFactor: tiny },
    { tradingStalenessMsMax: durationMs(60_000) },
    { tradingStalenessMsMax: durationMs(1) },
  ]) {
    pool.take(priceGuards(changes));
  }
});
