import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, price, type Size } from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';
import { minimaxLeverage } from './adl-minimax-leverage.ts';
import { type AdlSeats, exactSeats } from './adl-seats.ts';

const market: AdlMarket = { kind: 'linear', side: 1, markPrice: price('1') };

type Drawn = { readonly held: bigint; readonly cap: bigint; readonly equity: bigint };

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    held: fc.bigInt({ min: 1n, max: 30n }),
    spare: fc.bigInt({ min: 0n, max: 30n }),
    equity: fc.oneof(fc.bigInt({ min: 1n, max: 12n }), fc.bigInt({ min: 1n, max: 10n ** 20n })),
  })
  .map(({ held, spare, equity }) => ({ held, cap: spare < held ? held - spare : 0n, equity }));

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** Quantities from one lot to all that the caps hold. */
const worlds = fc
  .record({
    list: fc.array(drawn, { minLength: 1, maxLength: 6 }),
    part: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  })
  .filter(({ list }) => list.some(({ cap }) => cap > 0n))
  .map(({ list, part }) => ({
    list,
    quantity: 1n + (part % total(list.map(({ cap }) => cap))),
  }));

const seatsOf = (list: readonly Drawn[]): AdlSeats =>
  exactSeats(
    list.map(({ held, cap, equity }, index) => ({
      held,
      cap,
      candidate: {
        account: `a${index}`,
        size: fromRaw<Size>(held),
        equity: fromRaw<Money>(equity),
        unrealizedPnl: fromRaw<Money>(0n),
      },
    })),
  );

const solved = (list: readonly Drawn[], quantity: bigint) => {
  const { lots, level } = minimaxLeverage({ market, quantity, seats: seatsOf(list) });
  assert.ok(level !== null);
  return { lots, level };
};

/** Σ min(c, (q − n/d · E)₊), times d. */
function givenUp(list: readonly Drawn[], n: bigint, d: bigint): bigint {
  return total(
    list.map(({ held, cap, equity }) => {
      const above = held * d - n * equity;
      if (above <= 0n) return 0n;
      return above < cap * d ? above : cap * d;
    }),
  );
}

test('the level gives up exactly the quantity, and any higher level gives up less', () => {
  fc.assert(
    fc.property(worlds, ({ list, quantity }) => {
      const { numerator, denominator } = solved(list, quantity).level;
      assert.equal(givenUp(list, numerator, denominator), quantity * denominator);
      const fine = 10n ** 30n;
      const higher = givenUp(list, numerator * fine + 1n, denominator * fine);
      assert.ok(higher < quantity * denominator * fine);
    }),
    { numRuns: 500 },
  );
});

test('the whole lots keep to the caps, sum to the quantity and differ by less than one', () => {
  fc.assert(
    fc.property(worlds, ({ list, quantity }) => {
      const { lots, level } = solved(list, quantity);
      assert.equal(total(lots), quantity);
      for (const [index, seat] of list.entries()) {
        assert.ok(lots[index]! >= 0n && lots[index]! <= seat.cap);
        const exact = givenUp([seat], level.numerator, level.denominator);
        const moved = lots[index]! * level.denominator - exact;
        assert.ok(moved < level.denominator && -moved < level.denominator);
      }
    }),
    { numRuns: 500 },
  );
});

/** Maximum of (held − given) / equity over those who may give, as [numerator, denominator]. */
function highest(list: readonly Drawn[], given: readonly bigint[]): readonly [bigint, bigint] {
  let worst: readonly [bigint, bigint] = [0n, 1n];
  for (const [index, { held, cap, equity }] of list.entries()) {
    const left = held - given[index]!;
    if (cap > 0n && left * worst[1] > worst[0] * equity) worst = [left, equity];
  }
  return worst;
}

/** Every way to give up the quantity in whole lots within the caps. */
function* allocations(list: readonly Drawn[], quantity: bigint): Generator<bigint[]> {
  const [first, ...others] = list;
  if (first === undefined) {
    if (quantity === 0n) yield [];
    return;
  }
  for (let x = 0n; x <= first.cap && x <= quantity; x += 1n) {
    for (const rest of allocations(others, quantity - x)) yield [x, ...rest];
  }
}

test('no allocation in whole lots beats the level, and the chosen one is within a lot', () => {
  const small = fc
    .record({
      list: fc.array(
        fc.record({
          held: fc.bigInt({ min: 1n, max: 8n }),
          equity: fc.bigInt({ min: 1n, max: 6n }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      part: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    })
    .map(({ list, part }) => ({
      list: list.map(({ held, equity }) => ({ held, cap: held, equity })),
      quantity: 1n + (part % total(list.map(({ held }) => held))),
    }));
  fc.assert(
    fc.property(small, ({ list, quantity }) => {
      const { lots, level } = solved(list, quantity);
      // Nobody can do better than the real-valued level, and whole lots come within one of it.
      for (const other of allocations(list, quantity)) {
        const [left, equity] = highest(list, other);
        assert.ok(left * level.denominator >= level.numerator * equity);
      }
      for (const [index, { held, equity }] of list.entries()) {
        const left = held - lots[index]!;
        assert.ok((left - 1n) * level.denominator < level.numerator * equity || left === 0n);
      }
    }),
    { numRuns: 200 },
  );
});

test('more to give up always lowers the level', () => {
  fc.assert(
    fc.property(worlds, ({ list, quantity }) => {
      if (quantity === 1n) return;
      const less = solved(list, quantity - 1n).level;
      const more = solved(list, quantity).level;
      assert.ok(more.numerator * less.denominator < less.numerator * more.denominator);
    }),
    { numRuns: 300 },
  );
});

test('a quantity beyond the caps is a defect of the caller', () => {
  const list = [{ held: 3n, cap: 2n, equity: 1n }];
  const attempt = (quantity: bigint) => () =>
    minimaxLeverage({ market, quantity, seats: seatsOf(list) });
  assert.doesNotThrow(attempt(2n));
  assert.throws(attempt(3n), /ADL_QUANTITY/);
});
