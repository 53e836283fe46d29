/** The population is what the scenario says: sizes, leverage, two sides in balance, deposits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import { approximate, marketId, price, size } from '../units/index.ts';
import { depositsOf, openInterestOf } from './deposits.ts';
import { type PricedMarket, populationOf } from './population.ts';
import { termsOf } from './scenario.ts';

const COINS = [
  ['BTC', '42000', '0.00001'],
  ['ETH', '3000', '0.0001'],
  ['DOGE', '0.5', '1'],
] as const;

const MARKETS: readonly PricedMarket[] = COINS.map(([coin, at, lot]) => ({
  coin,
  market: marketId(`${coin}-PERP`),
  terms: termsOf(CRASH, coin),
  lot: size(lot),
  startPrice: price(at),
  mark: Number(at),
  lotSize: approximate(size(lot)),
}));

const ACCOUNTS = 4_000;
const options = { scenario: CRASH, accounts: ACCOUNTS, seed: 3, markets: MARKETS };
const population = populationOf(options);
const { traders, trades, makers, makersOf } = population;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const notionalOf = ({ legs }: (typeof traders)[number]): number =>
  sum(
    legs.map(
      ({ market, lots }) => Math.abs(lots) * MARKETS[market]!.lotSize * MARKETS[market]!.mark,
    ),
  );

describe('traders', () => {
  test('are as many as asked for, isolated ones included, and the same for the same seed', () => {
    assert.equal(traders.length, ACCOUNTS);
    assert.equal(new Set(traders.map(({ account }) => account)).size, ACCOUNTS);
    assert.deepEqual(populationOf(options), population);
    assert.notDeepEqual(populationOf({ ...options, seed: 4 }).trades, trades);
  });

  test('hold one to three distinct markets; isolated ones a single one below a parent', () => {
    const cross = new Set(traders.filter((t) => t.isolated === null).map((t) => t.account));
    assert.equal(cross.size, ACCOUNTS * 0.9);
    for (const { isolated, legs, owner } of traders) {
      assert.ok(legs.length >= 1 && legs.length <= 3);
      assert.equal(new Set(legs.map(({ market }) => market)).size, legs.length);
      assert.ok(legs.every(({ lots }) => Number.isSafeInteger(lots) && lots !== 0));
      if (isolated === null) continue;
      assert.equal(legs.length, 1);
      assert.equal(isolated.market, legs[0]!.market);
      assert.ok(cross.has(isolated.parent));
      assert.equal(owner, isolated.parent);
    }
  });

  test('have a leverage around the median and sizes with a heavy tail', () => {
    const leverages = traders.map(({ leverage }) => leverage).sort((a, b) => a - b);
    assert.ok(leverages[0]! >= 2 && leverages.at(-1)! <= 50);
    assert.ok(Math.abs(leverages[ACCOUNTS / 2]! - 8) < 0.8);
    const notionals = traders.map(notionalOf).sort((a, b) => b - a);
    const share = sum(notionals.slice(0, ACCOUNTS / 100)) / sum(notionals);
    assert.ok(share > 0.15, `the largest hundredth holds ${share}`);
  });
});

describe('trades', () => {
  test('give every trader exactly the positions it wants, and makers the difference', () => {
    const held = new Map<string, number>();
    const move = (account: string, market: number, lots: number): void => {
      const key = `${account} ${market}`;
      held.set(key, (held.get(key) ?? 0) + lots);
    };
    for (const { market, buyer, seller, lots } of trades) {
      assert.ok(lots > 0 && buyer !== seller);
      move(buyer, market, lots);
      move(seller, market, -lots);
    }
    for (const { account, legs } of traders) {
      for (const { market, lots } of legs) {
        assert.equal(held.get(`${account} ${market}`), lots);
        held.delete(`${account} ${market}`);
      }
    }
    for (const key of held.keys()) {
      const [account, market] = key.split(' ') as [string, string];
      assert.ok(makersOf[Number(market)]!.includes(account), `${key} is a maker of the market`);
    }
    const longs = openInterestOf(population, MARKETS);
    assert.ok(longs.every((notional) => notional > 0));
  });

  test('happened at prices of the past, within the fill band', () => {
    const moves = trades.map(({ market, price: at }) => at / MARKETS[market]!.mark - 1);
    assert.ok(moves.every((move) => Math.abs(move) <= 0.8 * 0.3 + 1e-12));
    const mean = sum(moves) / moves.length;
    assert.ok(Math.abs(mean - CRASH.population.entryDrift) < 0.005);
    assert.ok(moves.filter((move) => move < 0).length > moves.length / 10);
  });
});

describe('deposits', () => {
  const collaterals = [{ asset: 'BTC', price: 42_000, haircut: 0.1 }];
  const deposits = depositsOf(population, { ...options, collaterals });

  test('are made by everybody, some of them partly in coins', () => {
    const settlement = deposits.filter(({ asset }) => asset === 'USDC');
    assert.equal(settlement.length, ACCOUNTS + makers.length);
    assert.ok(deposits.every(({ amount }) => Number(amount) > 0));
    const mixed = deposits.length - settlement.length;
    assert.ok(Math.abs(mixed / (ACCOUNTS * 0.9) - CRASH.population.collateralShare) < 0.03);
  });
});
