import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fromRaw,
  InvariantViolation,
  type Money,
  money,
  type Price,
  price,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import {
  type AdlIndex,
  adlIndexAfter,
  adlIndexSettlement,
  newAdlIndex,
  nextAdlEpoch,
} from './adl-index.ts';

const after = (index: AdlIndex, openSize: string, quantity: string, markPrice = '10') =>
  adlIndexAfter({
    index,
    openSize: size(openSize),
    quantity: size(quantity),
    markPrice: price(markPrice),
  });

const settled = (held: string, now: AdlIndex, side: 1 | -1 = 1, since: AdlIndex = newAdlIndex) =>
  adlIndexSettlement({ size: size(held), side, since, now });

test('everybody gives up the same share, at the mark of each event', () => {
  const first = after(newAdlIndex, '30', '10').index;
  assert.deepEqual(settled('3', first), {
    size: size('2'),
    closed: size('1'),
    proceeds: money('10'),
  });
  const second = after(first, '20', '10', '7').index;
  assert.deepEqual(settled('3', second), {
    size: size('1'),
    closed: size('2'),
    proceeds: money('17'),
  });
});

test('who came between two events gives up its share of the second alone', () => {
  const first = after(newAdlIndex, '30', '10').index;
  const second = after(first, '24', '12', '7').index;
  assert.deepEqual(settled('4', second, 1, first), {
    size: size('2'),
    closed: size('2'),
    proceeds: money('14'),
  });
});

test('a third of three units: down for a long`s money, up for a short`s', () => {
  const third = after(newAdlIndex, '3', '1', '0.000000000000000001').index;
  assert.equal(settled('1', third).size, fromRaw<Size>(666666666666666666n));
  assert.equal(settled('1', third, 1).proceeds, money('0'));
  assert.equal(settled('1', third, -1).proceeds, fromRaw<Money>(1n));
});

test('the whole side closed ends the epoch, and the next one begins whole', () => {
  const { index, isSpent } = after(newAdlIndex, '30', '30');
  assert.equal(isSpent, true);
  assert.deepEqual(settled('3', index), {
    size: size('0'),
    closed: size('3'),
    proceeds: money('30'),
  });
  const next = nextAdlEpoch(index);
  assert.deepEqual(next, { ...newAdlIndex, epoch: 1 });
  assert.throws(() => settled('3', next), InvariantViolation);
  assert.throws(() => after(index, '30', '1'), InvariantViolation);
});

test('an index is spent once less than 2^-128 is left, and not before', () => {
  let index = newAdlIndex;
  for (let event = 0; event < 128; event += 1) {
    const step = after(index, '2', '1');
    assert.equal(step.isSpent, false, `event ${event}`);
    index = step.index;
  }
  assert.equal(after(index, '2', '1').isSpent, true);
});

test('more than the side holds, or nothing, is a defect of the caller', () => {
  for (const [open, quantity, mark] of [
    ['10', '10.000000000000000001', '1'],
    ['10', '0', '1'],
    ['10', '1', '0'],
  ] as const) {
    assert.throws(() => after(newAdlIndex, open, quantity, mark), InvariantViolation);
  }
  const later = after(newAdlIndex, '30', '10').index;
  assert.throws(() => settled('3', newAdlIndex, 1, later), InvariantViolation);
  assert.throws(() => settled('0', later), InvariantViolation);
});

/** An exact fraction, for the twin that looks at every position at every event. */
type Fraction = readonly [numerator: bigint, denominator: bigint];
const floor = ([n, d]: Fraction): bigint => n / d;
const ceil = ([n, d]: Fraction): bigint => (n + d - 1n) / d;
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];

type Twin = { held: Fraction; earned: Fraction };
const WAD = 10n ** 18n;

const steps = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constant('event' as const),
      part: fc.bigInt({ min: 1n, max: 1000n }),
      mark: fc.bigInt({ min: 1n, max: 10n ** 22n }),
    }),
    fc.record({ what: fc.constant('touch' as const), who: fc.nat({ max: 5 }) }),
  ),
  { minLength: 1, maxLength: 12 },
);
const sizes = fc.array(
  fc.oneof(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 1n, max: 10n ** 24n })),
  { minLength: 1, maxLength: 6 },
);

test('lazy and eager agree to the unit, whatever is closed and whoever is touched when', () => {
  let touched = 0;
  fc.assert(
    fc.property(sizes, steps, fc.constantFrom<1 | -1>(1, -1), (list, script, side) => {
      let index = newAdlIndex;
      let open = list.reduce((a, b) => a + b, 0n);
      const lazy = list.map((raw) => ({ size: fromRaw<Size>(raw), since: newAdlIndex }));
      const eager: Twin[] = list.map((raw) => ({ held: [raw, 1n], earned: [0n, 1n] }));
      const touch = (who: number): void => {
        const own = lazy[who]!;
        if (rawOf(own.size) === 0n) return;
        const { size: left, closed, proceeds } = adlIndexSettlement({ ...own, side, now: index });
        const twin = eager[who]!;
        assert.equal(rawOf(left), floor(twin.held), 'size');
        const earned = side === 1 ? floor(twin.earned) : ceil(twin.earned);
        assert.equal(rawOf(proceeds), earned, 'proceeds');
        assert.equal(rawOf(left) + rawOf(closed), rawOf(own.size));
        lazy[who] = { size: left, since: index };
        eager[who] = { held: [rawOf(left), 1n], earned: [0n, 1n] };
        touched += 1;
      };
      for (const step of script) {
        if (step.what === 'touch') {
          touch(step.who % list.length);
          continue;
        }
        const closing = (open * step.part + 999n) / 1000n;
        const { index: next, isSpent } = adlIndexAfter({
          index,
          openSize: fromRaw<Size>(open),
          quantity: fromRaw<Size>(closing),
          markPrice: fromRaw<Price>(step.mark),
        });
        for (const twin of eager) {
          const [n, d] = twin.held;
          twin.earned = plus(twin.earned, [n * closing * step.mark, d * open * WAD]);
          twin.held = [n * (open - closing), d * open];
        }
        index = next;
        open -= closing;
        if (isSpent) break;
      }
      for (const [who] of list.entries()) touch(who);
      const held = lazy.reduce((total, each) => total + rawOf(each.size), 0n);
      // Dust: under a unit for each touch, and it stays with the side.
      assert.ok(held <= open, `${held} held of ${open}`);
      assert.ok(open - held <= BigInt(script.length + list.length));
    }),
    { numRuns: 400, seed: 21 },
  );
  assert.ok(touched > 1000, `${touched} touches`);
});
