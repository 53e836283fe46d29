/** The order book: examples, its laws, and a naive book that must agree with it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatDecimal, price, size } from '../units/index.ts';
import {
  type BookOrder,
  type BookSide,
  bestTicks,
  depthOf,
  emptyOrderBook,
  enterOrder,
  type OrderBook,
  oppositeSide,
  reduceOrder,
  removeOrder,
  restingOrders,
} from './order-book.ts';
import { limitTicks, priceOfTicks, sizeOfLots, tickOf, wholeLots } from './order-book-scale.ts';

type Order = BookOrder<string>;
const orderOf = (number: number, side: BookSide, ticks: number, lots: number): Order => {
  return { number, owner: `owner ${number}`, side, ticks, lots };
};

describe('an order book', () => {
  test('trades the best price first, at one price the oldest, at the price that rested', () => {
    const book = emptyOrderBook<string>();
    for (const order of [
      orderOf(1, 'buy', 98, 5),
      orderOf(2, 'buy', 99, 3),
      orderOf(3, 'buy', 99, 4),
      orderOf(4, 'buy', 97, 9),
    ]) {
      assert.deepEqual(enterOrder(book, order, true), { trades: [], left: order.lots });
    }
    const { trades, left } = enterOrder(book, orderOf(5, 'sell', 98, 20), false);
    assert.deepEqual(
      trades.map(({ resting, ticks, lots }) => [resting.number, ticks, lots]),
      [
        [2, 99, 3],
        [3, 99, 4],
        [1, 98, 5],
      ],
    );
    assert.equal(left, 8);
    assert.equal(bestTicks(book, 'sell'), null, 'what may not wait is gone');
    assert.deepEqual(depthOf(book, 'buy', 8), [{ ticks: 97, lots: 9 }]);
  });

  test('keeps the place of an order that is filled or reduced in part', () => {
    const book = emptyOrderBook<string>();
    for (const number of [1, 2]) enterOrder(book, orderOf(number, 'sell', 100, 10), true);
    enterOrder(book, orderOf(3, 'buy', 100, 4), true);
    assert.equal(reduceOrder(book, 1, 5), 5);
    const { trades } = enterOrder(book, orderOf(4, 'buy', 101, 2), true);
    assert.deepEqual(
      trades.map(({ resting, lots }) => [resting.number, lots]),
      [
        [1, 1],
        [2, 1],
      ],
    );
    assert.equal(reduceOrder(book, 1, 1), 0);
    assert.equal(removeOrder(book, 2), 9);
    assert.equal(removeOrder(book, 2), 0);
    assert.deepEqual(book, emptyOrderBook<string>(), 'no empty level is left behind');
  });

  test('rests what is left of an order that may wait, behind those of its price', () => {
    const book = emptyOrderBook<string>();
    enterOrder(book, orderOf(1, 'sell', 100, 2), true);
    enterOrder(book, orderOf(2, 'buy', 99, 1), true);
    enterOrder(book, orderOf(3, 'buy', 100, 5), true);
    enterOrder(book, orderOf(4, 'buy', 99, 1), true);
    assert.deepEqual(depthOf(book, 'buy', 1), [{ ticks: 100, lots: 3 }]);
    assert.deepEqual(
      [...restingOrders(book, 'buy')].map(({ number }) => number),
      [3, 2, 4],
    );
  });

  test('refuses what is not whole, not positive, or there already', () => {
    const book = emptyOrderBook<string>();
    enterOrder(book, orderOf(1, 'buy', 5, 5), true);
    for (const broken of [
      orderOf(2, 'buy', 0, 1),
      orderOf(2, 'buy', 1.5, 1),
      orderOf(2, 'buy', 1, 0),
      orderOf(2, 'buy', 1, Number.NaN),
      orderOf(1, 'buy', 1, 1),
    ]) {
      assert.throws(() => enterOrder(book, broken, true), /BOOK/);
    }
  });
});

/** The same book as one unsorted list that is searched anew for every trade. */
function naiveBook() {
  let resting: Order[] = [];
  const best = (side: BookSide): Order | undefined => {
    const sign = side === 'buy' ? -1 : 1;
    // Sorting is stable: at one price the older order stays first.
    const [first] = resting
      .filter((order) => order.side === side)
      .sort((a, b) => sign * (a.ticks - b.ticks));
    return first;
  };
  return {
    best,
    list: () => resting,
    enter: (order: Order, mayRest: boolean): (readonly [number, number, number])[] => {
      const trades: (readonly [number, number, number])[] = [];
      let { lots } = order;
      for (;;) {
        const other = best(oppositeSide(order.side));
        const meets =
          other !== undefined &&
          (order.side === 'buy' ? other.ticks <= order.ticks : other.ticks >= order.ticks);
        if (lots === 0 || !meets) break;
        const traded = Math.min(lots, other.lots);
        trades.push([other.number, other.ticks, traded]);
        other.lots -= traded;
        lots -= traded;
        resting = resting.filter((candidate) => candidate.lots > 0);
      }
      if (lots > 0 && mayRest) resting.push({ ...order, lots });
      return trades;
    },
    reduce: (number: number, lots: number): void => {
      const order = resting.find((candidate) => candidate.number === number);
      if (order !== undefined) order.lots -= Math.min(order.lots, lots);
      resting = resting.filter((candidate) => candidate.lots > 0);
    },
  };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('enter' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      ticks: fc.integer({ min: 1, max: 12 }),
      lots: fc.integer({ min: 1, max: 9 }),
      mayRest: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('reduce' as const),
      number: fc.nat({ max: 60 }),
      lots: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

/** Lots at levels, queues and orders agree; the best prices do not cross. */
function assertSound(book: OrderBook<string>): void {
  let count = 0;
  for (const side of ['buy', 'sell'] as const) {
    const levels = book.levels[side];
    levels.forEach((level, at) => {
      const sum = level.queue.reduce((total, { lots }) => total + lots, 0);
      assert.equal(level.lots, sum);
      assert.ok(level.queue.length > 0 && level.queue.every(({ lots }) => lots > 0));
      const next = levels[at + 1];
      if (next === undefined) return;
      assert.ok(side === 'buy' ? level.ticks < next.ticks : level.ticks > next.ticks);
    });
    for (const order of restingOrders(book, side)) {
      assert.equal(book.orders.get(order.number), order);
      count += 1;
    }
  }
  assert.equal(book.orders.size, count);
  const [bid, ask] = [bestTicks(book, 'buy'), bestTicks(book, 'sell')];
  assert.ok(bid === null || ask === null || bid < ask, 'a book never stays crossed');
}

test('the book agrees with a naive one, step by step, and loses no lot', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const book = emptyOrderBook<string>();
      const naive = naiveBook();
      let entered = 0;
      let gone = 0;
      steps.forEach((action, number) => {
        if (action.type === 'reduce') {
          gone += reduceOrder(book, action.number, action.lots);
          naive.reduce(action.number, action.lots);
        } else {
          const order = orderOf(number, action.side, action.ticks, action.lots);
          const { trades, left } = enterOrder(book, order, action.mayRest);
          const expected = naive.enter({ ...order }, action.mayRest);
          assert.deepEqual(
            trades.map(({ resting, ticks, lots }) => [resting.number, ticks, lots]),
            expected,
          );
          const traded = trades.reduce((sum, { lots }) => sum + lots, 0);
          assert.equal(traded + left, action.lots);
          entered += action.lots;
          gone += 2 * traded + (action.mayRest ? 0 : left);
        }
        assertSound(book);
        const held = [...book.orders.values()];
        assert.equal(held.reduce((sum, { lots }) => sum + lots, 0) + gone, entered);
        const byNumber = (a: Order, b: Order): number => a.number - b.number;
        assert.deepEqual(held.sort(byNumber), [...naive.list()].sort(byNumber));
      });
    }),
    { numRuns: 400 },
  );
});

describe('the grid', () => {
  test('has eleven digits of the price of today, as far as a price has digits', () => {
    const ticks = [42_849.78, 0.47574, 1, 9.99, 0.000_007_12, 3e-12].map(tickOf);
    assert.deepEqual(ticks.map(formatDecimal), [
      '0.000001',
      '0.00000000001',
      '0.0000000001',
      '0.0000000001',
      '0.0000000000000001',
      '0.000000000000000001',
    ]);
    assert.equal(formatDecimal(tickOf(5e12)), '100');
  });

  test('converts whole ticks and lots without loss, and never improves on a limit', () => {
    const scale = { tick: price('0.01'), lot: size('0.001') };
    assert.equal(formatDecimal(priceOfTicks(scale, 4_284_978)), '42849.78');
    assert.equal(formatDecimal(sizeOfLots(scale, 1_500)), '1.5');
    assert.equal(limitTicks(scale, 'sell', price('99.991')), 10_000);
    assert.equal(limitTicks(scale, 'buy', price('99.999')), 9_999);
    assert.equal(limitTicks(scale, 'sell', price('99.99')), 9_999);
    assert.equal(limitTicks(scale, 'buy', price('99.99')), 9_999);
    assert.equal(wholeLots(scale, size('-1.5')), 1_500);
    assert.equal(wholeLots(scale, size('1.5005')), null);
    assert.equal(wholeLots(scale, size('99999999999999999')), null);
  });
});
