import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, rawOf, type Shares } from '../units/index.ts';
import { vaultDeposit, vaultPayout } from './vault-shares.ts';

const WAD = 10n ** 18n;
const PROVIDERS = 4;
const BILLION = 10n ** 9n;

type Pot = { equity: bigint; total: bigint };

const vaultOf = ({ equity, total }: Pot) => ({
  equity: fromRaw<Money>(equity),
  totalShares: fromRaw<Shares>(total),
});
const sharesFor = (pot: Pot, paid: bigint): bigint | null => {
  const { shares } = vaultDeposit({ ...vaultOf(pot), deposit: fromRaw<Money>(paid) });
  return shares === null ? null : rawOf(shares);
};
const payoutOf = (pot: Pot, given: bigint): bigint =>
  rawOf(vaultPayout({ ...vaultOf(pot), shares: fromRaw<Shares>(given) }));

const steps = fc.record({
  kind: fc.constantFrom('deposit', 'withdraw', 'leave', 'gain', 'loss'),
  who: fc.integer({ min: 0, max: PROVIDERS - 1 }),
  portion: fc.bigInt({ min: 1n, max: WAD }),
  units: fc.oneof(
    fc.bigInt({ min: 1n, max: 9n }),
    fc.bigInt({ min: 1n, max: 10n ** 22n }),
    fc.bigInt({ min: 10n ** 18n, max: 10n ** 22n }),
  ),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** One step of a vault; true if it changed shares. */
function take(pot: Pot, held: bigint[], { kind, who, portion, units }: Step): boolean {
  if (kind === 'gain') {
    pot.equity += units;
    return false;
  }
  if (kind === 'loss') {
    pot.equity -= ((pot.equity > 0n ? pot.equity : 0n) * portion) / WAD;
    return false;
  }
  if (kind === 'deposit') {
    const bought = sharesFor(pot, units);
    if (bought === null) return false;
    pot.equity += units;
    pot.total += bought;
    held[who]! += bought;
    return true;
  }
  const given = kind === 'leave' ? held[who]! : (held[who]! * portion) / WAD;
  pot.equity -= payoutOf(pot, given);
  pot.total -= given;
  held[who]! -= given;
  return given > 0n;
}

test('coming and going never lowers what a share of the others is worth', () => {
  const reached = { changed: 0, dear: 0 };
  fc.assert(
    fc.property(fc.array(steps, { minLength: 10, maxLength: 60 }), (history) => {
      const pot: Pot = { equity: 0n, total: 0n };
      const held = Array.from({ length: PROVIDERS }, () => 0n);
      for (const step of history) {
        const before = { ...pot };
        const mine = held[step.who]!;
        const isChanged = take(pot, held, step);
        assert.equal(
          held.reduce((sum, each) => sum + each, 0n),
          pot.total,
        );
        assert.ok(pot.equity >= 0n);
        if (!isChanged) continue;
        reached.changed += 1;
        // (E' + 1) / (T' + 1) ≥ (E + 1) / (T + 1)
        const [price, was] = [pot.equity + 1n, before.equity + 1n];
        assert.ok(price * (before.total + 1n) >= was * (pot.total + 1n), step.kind);
        if (was > before.total + 1n) reached.dear += 1;
        // Whoever moved lost less than a share of its own and a unit, and gained nothing.
        const moved = held[step.who]! - mine;
        const paid = pot.equity - before.equity;
        const worth = (paid - 1n) * (before.total + 1n) - (moved + 1n) * was;
        assert.ok(worth < 0n, `${step.kind} cost more than a share and a unit`);
        assert.ok(moved * was <= paid * (before.total + 1n), `${step.kind} gained`);
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(reached.changed > 800 && reached.dear > 300, JSON.stringify(reached));
});

test('when all have left, what stays is less than a share and a unit each', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 5, maxLength: 40 }), (history) => {
      const pot: Pot = { equity: 0n, total: 0n };
      const held = Array.from({ length: PROVIDERS }, () => 0n);
      for (const step of history) take(pot, held, step);
      if (pot.total === 0n) return;
      const share = (pot.equity + 1n) / (pot.total + 1n) + 1n;
      for (const who of held.keys()) {
        take(pot, held, { kind: 'leave', who, portion: WAD, units: 1n });
      }
      assert.equal(pot.total, 0n);
      assert.ok(pot.equity <= share + BigInt(PROVIDERS), `${pot.equity} with a share of ${share}`);
    }),
    { numRuns: 400 },
  );
});

test('the sum of payouts in any order is at most what the pot holds', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 24n }),
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 22n }), { minLength: 1, maxLength: 6 }),
      (equity, parts) => {
        const total = parts.reduce((sum, part) => sum + part, 0n);
        const all = parts.reduce((sum, part) => sum + payoutOf({ equity, total }, part), 0n);
        assert.ok(all <= equity);
      },
    ),
    { numRuns: 400 },
  );
});

test('making a share dear by a gift brings back a billionth of what others pay in, at most', () => {
  const attacks = fc.record({
    stake: fc.oneof(fc.bigInt({ min: 1n, max: 10n }), fc.bigInt({ min: 1n, max: 10n ** 21n })),
    gift: fc.oneof(fc.bigInt({ min: 1n, max: 100n }), fc.bigInt({ min: 1n, max: 10n ** 22n })),
    // Deposits in shares and a fraction of one, to lose as much to rounding as they can.
    victims: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 10n }), fc.boolean()), {
      minLength: 1,
      maxLength: 8,
    }),
  });
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(attacks, ({ stake, gift, victims }) => {
      const pot: Pot = { equity: stake, total: sharesFor({ equity: 0n, total: 0n }, stake)! };
      const mine = pot.total;
      pot.equity += gift;
      let paidIn = 0n;
      for (const [count, isWorst] of victims) {
        const exact = (count * (pot.equity + 1n)) / (pot.total + 1n);
        const paid = isWorst && exact > 1n ? exact - 1n : exact;
        const bought = sharesFor(pot, paid);
        seen[bought === null ? 'refused' : 'taken'] += 1;
        if (bought === null) continue;
        pot.equity += paid;
        pot.total += bought;
        paidIn += paid;
        assert.ok(payoutOf(pot, bought) + 1n >= paid - paid / BILLION - 1n, 'robbed');
      }
      assert.ok(payoutOf(pot, mine) <= stake + gift + paidIn / BILLION, 'the attack paid');
    }),
    { numRuns: 1500 },
  );
  assert.ok(seen.taken > 500 && seen.refused > 500, JSON.stringify(seen));
});

test('a deposit loses at most the worth of a share and a unit to rounding', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 24n }),
      fc.bigInt({ min: 1n, max: 10n ** 24n }),
      fc.bigInt({ min: 1n, max: 10n ** 24n }),
      (equity, total, paid) => {
        const pot = { equity, total };
        const bought = sharesFor(pot, paid);
        if (bought === null) return;
        pot.equity += paid;
        pot.total += bought;
        const back = payoutOf(pot, bought);
        assert.ok(back <= paid);
        assert.ok(paid - back <= (equity + 1n) / (total + 1n) + 2n, `${paid} gave ${back}`);
      },
    ),
    { numRuns: 600 },
  );
});
