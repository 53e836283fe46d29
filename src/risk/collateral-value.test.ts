import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import {
  collateralValueDown,
  collateralWeight,
  marginCollateralValueDown,
} from './collateral-value.ts';
import { liabilityWeight } from './liability-weight.ts';

const weight = (haircut: string, factor: string | null, units: string): string =>
  formatDecimal(
    collateralWeight({
      haircut: ratio(haircut),
      concentration: factor === null ? null : { factor: ratio(factor) },
      amount: amount(units),
    }),
  );

test('the weight is one less the haircut', () => {
  assert.equal(weight('0.1', null, '1000'), '0.9');
  assert.equal(weight('0', null, '0'), '1');
  assert.equal(weight('1', null, '5'), '0');
  const bare = collateralWeight({ haircut: ratio('0.1'), amount: amount('1000') });
  assert.equal(formatDecimal(bare), '0.9');
});

test('Drift: a concentrated holding weighs less, a concentrated debt more', () => {
  assert.equal(weight('0.1', '0', '1000'), '0.9');
  assert.equal(weight('0.1', '0.1', '1000').slice(0, 6), '0.2642');
  const debt = liabilityWeight({
    baseWeight: ratio('1.1'),
    concentration: { factor: ratio('0.1') },
    amount: amount('1000'),
  });
  assert.equal(formatDecimal(debt).slice(0, 6), '4.0422');
});

test('the smaller term decides, on both sides of their crossing', () => {
  // 1.1 / (1 + 0.1 · √units) = 0.55 at 100 units.
  assert.equal(weight('0.45', '0.1', '100'), '0.55');
  assert.equal(weight('0.45', '0.1', '99'), '0.55');
  assert.equal(weight('0.44', '0.1', '100'), '0.55');
  assert.ok(weight('0.45', '0.1', '101') < '0.55');
  assert.equal(weight('0', '0.1', '0'), '1');
});

test('a debt keeps its base weight until the second term passes it', () => {
  const at = (units: string) =>
    formatDecimal(
      liabilityWeight({
        baseWeight: ratio('1.25'),
        concentration: { factor: ratio('0.05') },
        amount: amount(units),
      }),
    );
  assert.equal(at('24'), '1.25');
  assert.equal(at('25'), '1.25');
  assert.equal(at('36'), '1.3');
  assert.equal(
    formatDecimal(liabilityWeight({ baseWeight: ratio('1.25'), amount: amount('36') })),
    '1.25',
  );
});

test('values round down, the weighted one only once', () => {
  const dust = { amount: amount('0.000000000000000003'), price: price('0.5') };
  assert.equal(formatDecimal(collateralValueDown(dust)), '0.000000000000000001');
  assert.equal(
    formatDecimal(marginCollateralValueDown({ ...dust, weight: ratio('0.9') })),
    '0.000000000000000001',
  );
  assert.equal(formatDecimal(marginCollateralValueDown({ ...dust, weight: ratio('0.6') })), '0');
  const two = { amount: amount('2'), price: price('1500.5') };
  assert.equal(formatDecimal(collateralValueDown(two)), '3001');
  assert.equal(
    formatDecimal(marginCollateralValueDown({ ...two, weight: ratio('0.95') })),
    '2850.95',
  );
});

test('negative amounts and haircuts beyond [0, 1] are defects', () => {
  const owed = { amount: amount('-1'), price: price('1'), weight: ratio('0.5') };
  assert.throws(() => marginCollateralValueDown(owed), /COLLATERAL_AMOUNT/);
  assert.throws(() => weight('0.1', '0.1', '-1'), /COLLATERAL_AMOUNT/);
  assert.throws(() => weight('1.1', null, '1'), /COLLATERAL_HAIRCUT/);
  assert.throws(() => weight('-0.1', null, '1'), /COLLATERAL_HAIRCUT/);
  assert.throws(() => weight('0.1', '-0.1', '1'), /CONCENTRATION/);
});

const WAD = 10n ** 18n;
const fractions = fc.bigInt({ min: 0n, max: WAD });
/** Small holdings too: only there does the direction of a step show in the last unit. */
const units = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 26n }),
  fc.bigInt({ min: 10n ** 17n, max: 10n ** 19n }),
);
const prices = fc.bigInt({ min: 1n, max: 10n ** 24n });

test('property: the weighted value is the exact product rounded down, at most all of it', () => {
  fc.assert(
    fc.property(units, prices, fractions, (held, quoted, share) => {
      const input = { amount: fromRaw<Amount>(held), price: fromRaw<Price>(quoted) };
      const weighted = rawOf(
        marginCollateralValueDown({ ...input, weight: fromRaw<Ratio>(share) }),
      );
      assert.equal(weighted, (held * quoted * share) / (WAD * WAD));
      const full = rawOf(collateralValueDown(input));
      assert.equal(full, (held * quoted) / WAD);
      assert.ok(weighted <= full);
    }),
    { numRuns: 300 },
  );
});

test('property: the concentrated weight never exceeds the exact one and is close to it', () => {
  fc.assert(
    fc.property(fractions, fractions, units, units, (haircut, factor, held, more) => {
      const at = (raw: bigint) =>
        rawOf(
          collateralWeight({
            haircut: fromRaw<Ratio>(haircut),
            concentration: { factor: fromRaw<Ratio>(factor) },
            amount: fromRaw<Amount>(raw),
          }),
        );
      const low = at(held);
      assert.ok(low >= 0n && low <= WAD - haircut);
      assert.ok(at(held + more) <= low);
      // w ≤ 1.1 / (1 + c·√u)  ⇔  c·√u · w ≤ 1.1 − w, compared by squares; likewise w + 3 units.
      const exceeds = (w: bigint): boolean => {
        const rest = (11n * WAD) / 10n - w;
        return rest < 0n || factor * factor * w * w * held > rest * rest * WAD ** 3n;
      };
      assert.equal(exceeds(low), false);
      assert.ok(low === WAD - haircut || exceeds(low + 3n));
    }),
    { numRuns: 300 },
  );
});

test('property: a liability weight is at least its base and rises with the debt', () => {
  fc.assert(
    fc.property(fractions, fractions, units, units, (extra, factor, owed, more) => {
      const at = (raw: bigint) =>
        rawOf(
          liabilityWeight({
            baseWeight: fromRaw<Ratio>(WAD + extra),
            concentration: { factor: fromRaw<Ratio>(factor) },
            amount: fromRaw<Amount>(raw),
          }),
        );
      assert.ok(at(owed) >= WAD + extra);
      assert.ok(at(owed + more) >= at(owed));
      // w ≥ 0.8·base + c·√u, by squares: (w − 0.8·base)² ≥ c²·u.
      const rest = 10n * at(owed) - 8n * (WAD + extra);
      assert.ok(rest * rest * WAD >= 100n * (factor * factor * owed));
    }),
    { numRuns: 200 },
  );
});
