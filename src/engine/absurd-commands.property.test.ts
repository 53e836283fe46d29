/**
 * Assertions cover only what our own code decided. Whatever numbers an outside party sends, in
 * whatever order, a command is accepted or rejected and the pool still balances: nothing throws.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bid, finders, LADDER, point, terms } from '../../test/pools/direct-stage.ts';
import { EXTREMES, exchanged } from '../../test/pools/exchanged-numbers.ts';
import { deleveraging } from '../../test/pools/loss-stage.ts';
import { type Driver, market, POOL, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  asset,
  bookReport,
  deposit,
  fill,
  indexReport,
  open,
  report,
  transfer,
  withdraw,
} from '../../test/pools/sample-commands.ts';
import {
  breakers,
  closeOuts,
  depth,
  levels,
  liquidity,
  priceGuards,
  setGate,
} from '../../test/pools/sample-guards.ts';
import {
  abs,
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  fromRaw,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { audit, type Command, type CommandType } from './index.ts';

const ETH = assetId('ETH');
const coin = { kind: 'inverse', lot: size('1'), notionalMin: money('0.001') } as const;

/** A pool of every kind of contract, with positions in each and collateral. */
function world(): Driver {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.market('BTCUSD', coin);
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(200_000) });
  pool.take(asset('ETH', { index: indexId('ETH') }));
  pool.price('ETH', '20');
  pool.price('BTC', '100', ['BTC-PERP', 'BTCUSD', 'BTC-DATED']);
  const alice = pool.account('alice', '100');
  const maker = pool.account('maker', '100000');
  const house = pool.account('house', '1000');
  pool.configure({ collateralBuyer: house });
  pool.take(deposit({ asset: ETH }));
  for (const name of ['BTC-PERP', 'BTC-DATED']) {
    pool.fill(alice, maker, { market: name, size: '1', price: '100' });
  }
  pool.fill(alice, maker, { market: 'BTCUSD', size: '100', price: '100' });
  return pool;
}

const prices = (pool: Driver, bitcoin: string, ether: string): Command => {
  const book = { bid: price(bitcoin), ask: price(bitcoin), last: price(bitcoin) };
  return report({
    indexes: [
      { ...indexReport(pool, {}), price: price(bitcoin) },
      { ...indexReport(pool, { index: 'ETH' }), price: price(ether) },
    ],
    books: ['BTC-PERP', 'BTCUSD'].map((name) => ({
      ...bookReport(pool, { market: name }),
      ...book,
    })),
  });
};

/** A close-out fill of whatever order is open, or a trade where none is. */
function closing(pool: Driver): Command {
  const [liquidation] = pool.engine.state.liquidations.values();
  const order = liquidation?.order;
  const trade = { buyer: accountId('maker'), seller: accountId('alice') };
  if (!order) return fill({ ...trade, price: price('90') });
  const sides = order.size < 0n ? trade : { buyer: trade.seller, seller: trade.buyer };
  const { parameters } = pool.engine.state.markets[order.market]!;
  const held = order.size < 0n ? fromRaw<typeof order.size>(0n - order.size) : order.size;
  const closes = { market: parameters.market, size: held, price: order.limitPrice };
  return fill({ ...sides, ...closes, order: order.order });
}

const penalties = {
  penaltyPerShortfall: ratio('0.1'),
  penaltyPerVolatility: ratio('0.1'),
  penaltyPerThinness: ratio('0.1'),
};

/** Every limit of a market's close-outs and positions. */
const limits = {
  depthShare: ratio('0.5'),
  windowNotionalMax: money('1000'),
  windowDepthMultiple: ratio('2'),
  openOrdersNotionalMax: money('1000'),
  rampMs: durationMs(1_000),
  rampInitialFraction: ratio('0.1'),
  openInterestMax: money('100000'),
};

/** Every reason to trip; what trips closes nothing that the rest of the test is about. */
const trips = {
  jumpDeviations: ratio('5'),
  sourceSpreadMax: ratio('0.1'),
  depthFloor: ratio('0.5'),
  staleTrips: true,
  gates: [],
};

/** Every guard of a market's prices. */
const guards = {
  stableTimeConstantMs: durationMs(5_000),
  deviationMax: ratio('0.5'),
  markStepPerSecond: ratio('0.5'),
  confidenceFactor: ratio('3'),
  tradingStalenessMsMax: durationMs(10_000),
};

/** Both linear markets that Alice is in, the one against the other or with it. */
const hedged = ['BTC-PERP', 'BTC-DATED'].map((name) => {
  return { market: marketId(name), loading: price('5') };
});

/** Commands that are lawful, mostly, until a number in them is exchanged. */
const lawful: readonly ((pool: Driver) => Command)[] = [
  () => ({ type: 'ConfigurePool', parameters: { ...POOL, collateralBuyer: accountId('house') } }),
  ({ engine }) => ({ type: 'ConfigureIndex', parameters: engine.state.indexes[0]!.parameters }),
  () => asset('ETH', { index: indexId('ETH'), concentrationFactor: ratio('0.1') }),
  () => ({ type: 'ConfigureMarket', parameters: market('BTC-PERP', { markBand: ratio('0.1') }) }),
  () => ({ type: 'ConfigureMarket', parameters: market('BTCUSD', coin) }),
  () => open({ parent: accountId('alice'), market: marketId('BTC-PERP') }),
  () => deposit(),
  () => deposit({ asset: ETH }),
  () => deposit({ account: accountId('maker'), amount: amount('100000') }),
  () => withdraw('1'),
  () => transfer({ to: accountId('child'), asset: ETH }),
  () => ({ type: 'FundInsurance', amount: money('1') }),
  (pool) => prices(pool, '100', '20'),
  (pool) => prices(pool, '100', '20'),
  (pool) => prices(pool, '60', '10'),
  (pool) => prices(pool, '1000000', '0.000001'),
  () => fill(),
  () => fill({ market: marketId('BTCUSD'), size: size('10') }),
  () => fill({ buyer: accountId('maker'), seller: accountId('house'), size: size('5') }),
  closing,
  closing,
  () => ({ type: 'FinishOrder', order: 1, reason: 'rejected' }),
  () => ({ type: 'AccrueFunding', market: marketId('BTC-PERP'), fundingRate: ratio('0.01') }),
  () => ({ type: 'AccrueFunding', market: marketId('BTCUSD'), fundingRate: ratio('-1') }),
  () => ({ type: 'Tick' }),
  () => closeOuts({ ...penalties, repriceStep: ratio('0.1'), provider: accountId('house') }),
  () => liquidity(limits),
  () => liquidity({ ...limits, market: marketId('BTCUSD'), impactModel: 'linear' }),
  () => breakers(trips),
  () => breakers({ ...trips, market: marketId('BTCUSD') }),
  () => deleveraging('protect', hedged),
  () => deleveraging('ignore', hedged.slice(1)),
  () => priceGuards(guards),
  () => priceGuards({ ...guards, market: marketId('BTCUSD') }),
  (pool) => report({ indexes: [{ ...indexReport(pool, {}), confidence: ratio('0.01') }] }),
  () => setGate({ market: marketId('BTC-PERP'), gate: 'close-outs' }),
  (pool) => setGate({ gate: 'takes', untilMs: engineTimeMs(pool.now() + 500) }),
  (pool) => depth(pool),
  (pool) => depth(pool, { bids: levels('90 × 1000', '89 × 0.001'), asks: [] }),
  (pool) => depth(pool, { market: marketId('BTCUSD') }),
];

/** Alice's position, whole, by the maker or the house. */
function takeover({ engine }: Driver, liquidator: string): Command {
  const account = engine.state.accounts[engine.state.numbers.accounts.get(accountId('alice'))!]!;
  const [position] = account.positions;
  const number = position?.market ?? 0;
  return {
    type: 'LiquidateDirect',
    liquidator: accountId(liquidator),
    account: account.id,
    accountVersion: account.version,
    market: engine.state.markets[number]!.parameters.market,
    size: abs(position?.size ?? size('1')),
    limitPrice: price(position !== undefined && position.size < 0n ? '1' : '1000000'),
  };
}

/** The whole of direct liquidation, in a pool that may have a ladder by then or not. */
const directly: readonly ((pool: Driver) => Command)[] = [
  () => LADDER,
  () => terms({ minBonus: ratio('0.9'), maxBonus: ratio('0.9') }),
  () => terms({ priorityWindowMs: durationMs(500), priorityExclusiveMs: durationMs(500) }),
  () => finders({ noticeMs: durationMs(500) }),
  (pool) => takeover(pool, 'maker'),
  (pool) => takeover(pool, 'house'),
  (pool) => takeover(pool, 'house'),
  () => bid(accountId('house'), '5'),
  () => point({ finder: accountId('house') }),
];

const step = fc.record({
  which: fc.nat(lawful.length + directly.length - 1),
  twist: fc.option(fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) }), {
    nil: null,
    freq: 3,
  }),
  wait: fc.constantFrom(0, 1, 1_000, 70_000),
});

test('no command makes the engine throw, whatever its numbers', () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const pool = world();
      for (const { which, twist, wait } of steps) {
        pool.wait(wait);
        const command = [...lawful, ...directly][which]!(pool);
        const sent = twist === null ? command : exchanged(command, twist);
        const { code } = pool.attempt(sent);
        const outcome = `${sent.type} ${code === null ? 'accepted' : 'rejected'}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      assert.deepEqual(audit(pool.engine.state).problems, []);
    }),
    { numRuns: 250 },
  );
  const seen = (type: CommandType, end: string) => (outcomes.get(`${type} ${end}`) ?? 0) > 10;
  for (const type of [
    'Deposit',
    'ReportPrices',
    'RecordFill',
    'AccrueFunding',
    'ReportDepth',
    'ConfigureDeleveraging',
  ] as const) {
    assert.ok(seen(type, 'accepted') && seen(type, 'rejected'), `${type} was taken one way only`);
  }
});
