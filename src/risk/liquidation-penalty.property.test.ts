import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import {
  insurancePenaltyFraction,
  liquidationPenalty,
  type PenaltyFractionInput,
  penaltyFraction,
} from './liquidation-penalty.ts';

const WAD = 10n ** 18n;
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 10n ** 27n }),
);
const equities = fc.oneof(
  amounts,
  amounts.map((raw) => -raw),
);
const fractions = fc.bigInt({ min: 0n, max: WAD });

const penaltyOf = (notional: bigint, fraction: bigint, equity: bigint): bigint =>
  rawOf(
    liquidationPenalty({
      notional: fromRaw<Money>(notional),
      penaltyFraction: fromRaw<Ratio>(fraction),
      equity: fromRaw<Money>(equity),
    }),
  );

test('the claim is rounded up by less than a unit, and equity bounds it', () => {
  let bounded = 0;
  fc.assert(
    fc.property(amounts, fractions, equities, (notional, fraction, equity) => {
      const penalty = penaltyOf(notional, fraction, equity);
      const available = equity > 0n ? equity : 0n;
      assert.ok(penalty >= 0n && penalty <= available, 'range');
      if (penalty === available) bounded += 1;
      // Short of the exact claim only where there is no more to take.
      const excess = penalty * WAD - notional * fraction;
      assert.ok(excess < WAD, 'above the claim');
      assert.ok(excess >= 0n || penalty === available, 'below the claim');
    }),
    { numRuns: 500 },
  );
  assert.ok(bounded > 20 && bounded < 480, `${bounded}`);
});

test('the penalty alone never makes an account bankrupt', () => {
  fc.assert(
    fc.property(amounts, fractions, equities, (notional, fraction, equity) => {
      const after = equity - penaltyOf(notional, fraction, equity);
      assert.equal(after < 0n, equity < 0n);
    }),
    { numRuns: 300 },
  );
});

test('more notional, a larger fraction or more equity never lowers the penalty', () => {
  fc.assert(
    fc.property(amounts, fractions, equities, amounts, (notional, fraction, equity, extra) => {
      const base = penaltyOf(notional, fraction, equity);
      assert.ok(penaltyOf(notional + extra, fraction, equity) >= base, 'notional');
      assert.ok(penaltyOf(notional, fraction + extra / 10n ** 9n, equity) >= base, 'fraction');
      assert.ok(penaltyOf(notional, fraction, equity + extra) >= base, 'equity');
    }),
    { numRuns: 300 },
  );
});

test('charging in parts takes at least as much, by less than a unit each', () => {
  fc.assert(
    fc.property(amounts, amounts, fractions, (a, b, fraction) => {
      const plenty = 10n ** 30n;
      const parts = penaltyOf(a, fraction, plenty) + penaltyOf(b, fraction, plenty);
      const extra = parts - penaltyOf(a + b, fraction, plenty);
      assert.ok(extra === 0n || extra === 1n, `${extra}`);
    }),
    { numRuns: 300 },
  );
});

const positives = fc.bigInt({ min: 1n, max: 10n ** 24n });
const orUnknown = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 4 });

type Circumstances = { readonly [K in keyof PenaltyFractionInput]: bigint | null };

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  baseFraction: fc.bigInt({ min: 0n, max: WAD / 100n }),
  perShortfall: fractions,
  perVolatility: fractions,
  perThinness: fractions,
  maxFraction: fractions,
  marginEquity: equities,
  maintenanceMargin: amounts,
  realizedVolatility: orUnknown(fractions),
  referenceVolatility: orUnknown(fractions.map((raw) => raw + 1n)),
  depth: orUnknown(amounts),
  referenceDepth: orUnknown(positives),
});

function fractionOf(given: Circumstances) {
  const entries = Object.entries(given).map(([name, raw]) => [
    name,
    raw === null ? null : fromRaw<Ratio>(raw),
  ]);
  const result = penaltyFraction(Object.fromEntries(entries));
  return {
    total: rawOf(result.penaltyFraction),
    health: rawOf(result.byHealth),
    volatility: rawOf(result.byVolatility),
    thinness: rawOf(result.byThinness),
  };
}

test('the fraction is the sum of base and parts, at least the base and at most the most', () => {
  let bounded = 0;
  fc.assert(
    fc.property(circumstances, (given) => {
      const { total, health, volatility, thinness } = fractionOf(given);
      const most = given.maxFraction!;
      const whole = given.baseFraction! + health + volatility + thinness;
      assert.equal(total, whole < most ? whole : most);
      for (const part of [health, volatility, thinness])
        assert.ok(part >= 0n && part <= most, 'range of a part');
      if (whole > most) bounded += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(bounded > 50 && bounded < 450, `${bounded}`);
});

/** Never below a / b, and less than a unit of the quotient and one of the product above. */
function assertRoundedUp(part: bigint, factor: bigint, [a, b]: readonly [bigint, bigint]) {
  assert.ok(part * WAD * b >= factor * WAD * a, 'rounded down');
  assert.ok((part - 1n) * WAD * b < factor * (WAD * a + b), 'too high');
}

test('each part is its exact value, rounded up by less than two units', () => {
  const most = 10n ** 36n;
  let seen = 0;
  fc.assert(
    fc.property(circumstances, (drawn) => {
      const given = { ...drawn, maxFraction: most };
      const { health, volatility, thinness } = fractionOf(given);
      const { marginEquity, maintenanceMargin, depth, referenceDepth } = given;
      const { realizedVolatility: realized, referenceVolatility: reference } = given;
      const held = marginEquity! > 0n ? marginEquity! : 0n;
      const isShort = held < maintenanceMargin!;
      if (!isShort) assert.equal(health, 0n);
      else {
        const missing = [maintenanceMargin! - held, maintenanceMargin!] as const;
        assertRoundedUp(health, given.perShortfall!, missing);
      }
      if (depth === null || referenceDepth === null || depth >= referenceDepth) {
        assert.equal(thinness, 0n);
      } else {
        assertRoundedUp(thinness, given.perThinness!, [referenceDepth - depth, referenceDepth]);
      }
      if (realized === null || reference === null || realized <= reference) {
        assert.equal(volatility, 0n);
      } else {
        assertRoundedUp(volatility, given.perVolatility!, [realized - reference, reference]);
        if (isShort) seen += 1;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen > 20, `${seen}`);
});

test('more shortfall, more volatility or a thinner book never lowers the fraction', () => {
  let raised = 0;
  fc.assert(
    fc.property(circumstances, positives, (given, step) => {
      const { total } = fractionOf(given);
      const { marginEquity, realizedVolatility, depth } = given;
      const worse: Circumstances[] = [{ ...given, marginEquity: marginEquity! - step }];
      worse.push({ ...given, maintenanceMargin: given.maintenanceMargin! + step });
      if (realizedVolatility !== null) {
        worse.push({ ...given, realizedVolatility: realizedVolatility + step / 10n ** 4n });
      }
      if (depth !== null) worse.push({ ...given, depth: depth > step ? depth - step : 0n });
      for (const circumstance of worse) {
        const then = fractionOf(circumstance).total;
        assert.ok(then >= total, 'lowered');
        if (then > total) raised += 1;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(raised > 100, `${raised}`);
});

/** Amounts on the scale of the notional, so that each bound decides often enough. */
const positions = fc
  .record({
    fraction: fractions,
    taken: fc.bigInt({ min: 0n, max: WAD / 20n }),
    shortage: fc.bigInt({ min: 0n, max: WAD / 2n }),
    notional: positives,
    most: fractions,
    equity: fc.bigInt({ min: -WAD / 10n, max: WAD / 2n }),
  })
  .map(({ shortage, notional, equity, ...rest }) => ({
    ...rest,
    notional,
    shortage: (shortage * notional) / WAD,
    equity: (equity * notional) / WAD,
  }));
type Position = typeof positions extends fc.Arbitrary<infer T> ? T : never;

function insuranceOf({ fraction, taken, shortage, notional, most }: Position, equity?: bigint) {
  return rawOf(
    insurancePenaltyFraction({
      maintenanceMarginFraction: fromRaw<Ratio>(fraction),
      liquidationFraction: fromRaw<Ratio>(taken),
      marginShortage: fromRaw<Money>(shortage),
      notional: fromRaw<Money>(notional),
      maxFraction: fromRaw<Ratio>(most),
      equity: equity === undefined ? null : fromRaw<Money>(equity),
    }),
  );
}

test('liquidation and insurance together never take more than equity', () => {
  let charged = 0;
  fc.assert(
    fc.property(positions, (position) => {
      const insured = insuranceOf(position, position.equity);
      assert.ok(insured >= 0n && insured <= position.most, 'range');
      assert.ok(insured <= insuranceOf(position), 'more by equity');
      if (insured === 0n) return;
      charged += 1;
      const total = position.notional * (position.taken + insured);
      assert.ok(total <= position.equity * WAD, 'more than equity');
    }),
    { numRuns: 1000 },
  );
  assert.ok(charged > 200, `${charged}`);
});

test('95 % of what margin is left after the shortage, rounded down by less than two units', () => {
  let inside = 0;
  fc.assert(
    fc.property(positions, (position) => {
      const { fraction, taken, shortage, notional, most } = position;
      const insured = insuranceOf(position);
      // 0.95 · (μ − f − shortage / notional), times 20 · WAD · notional to stay in integers.
      const left = 19n * ((fraction - taken) * notional - shortage * WAD);
      const scale = 20n * notional;
      assert.ok(insured === 0n || insured * scale <= left, 'rounded up');
      if (insured === most) return;
      if (left > 0n) {
        assert.ok((insured + 2n) * scale > left, 'too low');
        inside += 1;
      } else {
        assert.equal(insured, 0n);
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(inside > 200, `${inside}`);
});
