import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, price, ratio, type Size } from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';
import type { AdlPolicy } from './adl-policy.ts';
import { cappedProRata, minMaxHaircut, riskAwareProRata } from './adl-pro-rata.ts';
import { type AdlSeat, exactSeats } from './adl-seats.ts';

const market: AdlMarket = { kind: 'linear', side: 1, markPrice: price('1') };
const WAD = 10n ** 18n;

type Drawn = {
  readonly held: bigint;
  readonly cap: bigint;
  readonly pnl: bigint;
  readonly equity: bigint;
};

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    held: fc.bigInt({ min: 1n, max: 12n }),
    spare: fc.bigInt({ min: 0n, max: 12n }),
    pnl: fc.oneof(fc.bigInt({ min: -3n, max: 9n }), fc.bigInt({ min: 1n, max: 10n ** 20n })),
    equity: fc.bigInt({ min: 1n, max: 10n ** 20n }),
  })
  .map(({ held, spare, ...rest }) => ({ held, cap: spare < held ? held - spare : 0n, ...rest }));

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

const worlds = fc
  .record({
    list: fc.array(drawn, { minLength: 1, maxLength: 5 }),
    part: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  })
  .filter(({ list }) => list.some(({ cap }) => cap > 0n))
  .map(({ list, part }) => ({ list, quantity: 1n + (part % total(list.map(({ cap }) => cap))) }));

const seatsOf = (list: readonly Drawn[]): AdlSeat[] =>
  list.map(({ held, cap, pnl, equity }, index) => ({
    held,
    cap,
    candidate: {
      account: `a${index}`,
      size: fromRaw<Size>(held * WAD),
      equity: fromRaw<Money>(equity),
      unrealizedPnl: fromRaw<Money>(pnl),
    },
  }));

const POLICIES: Readonly<Record<string, AdlPolicy>> = {
  'capped-pro-rata': cappedProRata,
  'risk-aware-pro-rata': riskAwareProRata,
  'min-max': minMaxHaircut,
};

for (const [name, policy] of Object.entries(POLICIES)) {
  describe(name, () => {
    test('lots are whole, within the caps, and sum to the quantity', () => {
      fc.assert(
        fc.property(worlds, ({ list, quantity }) => {
          const { lots } = policy({ market, quantity, seats: exactSeats(seatsOf(list)) });
          assert.equal(total(lots), quantity);
          for (const [at, { cap }] of list.entries()) {
            assert.ok(lots[at]! >= 0n && lots[at]! <= cap);
          }
        }),
        { numRuns: 400 },
      );
    });

    test('who has no profit gives up nothing while a profit can', () => {
      fc.assert(
        fc.property(worlds, ({ list, quantity }) => {
          const { lots } = policy({ market, quantity, seats: exactSeats(seatsOf(list)) });
          const profits = total(list.map(({ cap, pnl }) => (pnl > 0n ? cap : 0n)));
          if (profits < quantity) return;
          for (const [at, { pnl }] of list.entries()) if (pnl <= 0n) assert.equal(lots[at], 0n);
        }),
        { numRuns: 400 },
      );
    });

    test('does not depend on the order of the seats', () => {
      fc.assert(
        fc.property(worlds, ({ list, quantity }) => {
          const seats = seatsOf(list);
          const straight = policy({ market, quantity, seats: exactSeats(seats) }).lots;
          const back = exactSeats(seats.toReversed());
          const turned = policy({ market, quantity, seats: back }).lots;
          assert.deepEqual(turned.toReversed(), straight);
        }),
        { numRuns: 200 },
      );
    });
  });
}

test('capped pro rata: below the caps, shares are those of the profits to less than a lot', () => {
  fc.assert(
    fc.property(worlds, ({ list, quantity }) => {
      const { lots } = cappedProRata({ market, quantity, seats: exactSeats(seatsOf(list)) });
      const open = list.map((each, at) => ({ ...each, lots: lots[at]! }));
      for (const a of open) {
        for (const b of open) {
          if (a.pnl <= 0n || b.pnl <= 0n || b.lots === b.cap) continue;
          // Whoever could give more gives no less per unit of profit, rounding aside.
          assert.ok((a.lots - 1n) * b.pnl < (b.lots + 1n) * a.pnl || a.lots === 0n);
        }
      }
    }),
    { numRuns: 400 },
  );
});

/** Every way to give `quantity` lots within the caps. */
function* ways(caps: readonly bigint[], quantity: bigint): Generator<bigint[]> {
  const [cap, ...rest] = caps;
  if (cap === undefined) {
    if (quantity === 0n) yield [];
    return;
  }
  for (let lots = 0n; lots <= cap && lots <= quantity; lots += 1n) {
    for (const others of ways(rest, quantity - lots)) yield [lots, ...others];
  }
}

test('min-max: no other way in whole lots has a smaller largest haircut (by trying all)', () => {
  const profits = fc.bigInt({ min: 1n, max: 40n });
  const small = fc
    .record({
      list: fc.array(fc.record({ cap: fc.bigInt({ min: 1n, max: 9n }), pnl: profits }), {
        minLength: 1,
        maxLength: 4,
      }),
      part: fc.bigInt({ min: 0n, max: 100n }),
    })
    .map(({ list, part }) => {
      const all = list.map((each) => ({ ...each, held: each.cap, equity: 100n }));
      return { list: all, quantity: 1n + (part % total(all.map(({ cap }) => cap))) };
    });
  fc.assert(
    fc.property(small, ({ list, quantity }) => {
      const { lots } = minMaxHaircut({ market, quantity, seats: exactSeats(seatsOf(list)) });
      const product = list.reduce((all, { pnl }) => all * pnl, 1n);
      const worst = (given: readonly bigint[]) =>
        list.reduce((top, { pnl }, at) => {
          const haircut = (given[at]! * product) / pnl;
          return haircut > top ? haircut : top;
        }, 0n);
      const mine = worst(lots);
      const caps = list.map(({ cap }) => cap);
      for (const other of ways(caps, quantity)) assert.ok(worst(other) >= mine);
    }),
    { numRuns: 300 },
  );
});

describe('risk-aware pro rata', () => {
  const one = (changes: Partial<Drawn>): Drawn => ({
    held: 100n,
    cap: 100n,
    pnl: 10n * WAD,
    equity: 100n * WAD,
    ...changes,
  });

  test('the same profit at twice the leverage gives up four times as much, by default', () => {
    const seats = exactSeats(seatsOf([one({}), one({ equity: 50n * WAD })]));
    const { lots } = riskAwareProRata({ market, quantity: 50n, seats });
    assert.deepEqual(lots, [10n, 40n]);
  });

  test('exponent 0 counts leverage once', () => {
    const seats = exactSeats(seatsOf([one({}), one({ equity: 50n * WAD })]));
    const { lots } = riskAwareProRata({ market, quantity: 30n, seats, riskExponent: 0 });
    assert.deepEqual(lots, [10n, 20n]);
  });

  test('nothing is taken at or below the threshold while somebody is above it', () => {
    const seats = exactSeats(seatsOf([one({}), one({ equity: 50n * WAD })]));
    const at = (threshold: string) =>
      riskAwareProRata({ market, quantity: 30n, seats, riskThreshold: ratio(threshold) }).lots;
    assert.deepEqual(at('1'), [0n, 30n]);
    assert.ok(at('0.999999')[0]! >= 0n);
    assert.deepEqual(at('2'), [15n, 15n], 'nobody is above it: by what is held');
  });
});
