import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, type Money, money, type Ratio, ratio } from '../units/index.ts';
import {
  insurancePenaltyFraction,
  liquidationPenalty,
  type PenaltyFractionInput,
  penaltyFraction,
} from './liquidation-penalty.ts';

const unit = '0.000000000000000001';

function penalty(notional: string, fraction: string, equity: string): string {
  return formatDecimal(
    liquidationPenalty({
      notional: money(notional),
      penaltyFraction: ratio(fraction),
      equity: money(equity),
    }),
  );
}

test('a fraction of the notional', () => {
  assert.equal(penalty('1000', '0.015', '500'), '15');
  assert.equal(penalty('1000', '0', '500'), '0');
  assert.equal(penalty('0', '0.015', '500'), '0');
});

test('never more than equity, and nothing from an account without', () => {
  assert.equal(penalty('1000', '0.015', '15'), '15');
  assert.equal(penalty('1000', '0.015', '14.999999999999999999'), '14.999999999999999999');
  assert.equal(penalty('1000', '0.015', unit), unit);
  assert.equal(penalty('1000', '0.015', '0'), '0');
  assert.equal(penalty('1000', '0.015', '-3'), '0');
});

test('rounded up', () => {
  assert.equal(penalty(unit, '0.01', '1'), unit);
  assert.equal(penalty('0.000000000000000101', '0.01', '1'), '0.000000000000000002');
});

test('contract violations of the penalty', () => {
  assert.throws(() => penalty('-1', '0.01', '1'), /NOTIONAL/);
  assert.throws(() => penalty('1', '-0.01', '1'), /PENALTY_FRACTION/);
});

const CALM: PenaltyFractionInput = {
  baseFraction: ratio('0.005'),
  perShortfall: ratio('0.01'),
  perVolatility: ratio('0.004'),
  perThinness: ratio('0.006'),
  maxFraction: ratio('0.02'),
  marginEquity: money('100'),
  maintenanceMargin: money('100'),
  realizedVolatility: ratio('0.04'),
  referenceVolatility: ratio('0.04'),
  depth: money('300'),
  referenceDepth: money('300'),
};

/** Fraction, and its parts by health, volatility and thinness. */
function fraction(changes: Partial<PenaltyFractionInput>): string[] {
  const { byHealth, byVolatility, byThinness, ...rest } = penaltyFraction({ ...CALM, ...changes });
  return [rest.penaltyFraction, byHealth, byVolatility, byThinness].map(formatDecimal);
}

test('a healthy account in a calm and deep market pays the base', () => {
  assert.deepEqual(fraction({}), ['0.005', '0', '0', '0']);
  assert.deepEqual(fraction({ marginEquity: money('900') }), ['0.005', '0', '0', '0']);
  assert.deepEqual(fraction({ realizedVolatility: ratio('0') }), ['0.005', '0', '0', '0']);
  assert.deepEqual(fraction({ depth: money('900') }), ['0.005', '0', '0', '0']);
});

test('each cause adds its own part', () => {
  assert.deepEqual(fraction({ marginEquity: money('40') }), ['0.011', '0.006', '0', '0']);
  assert.deepEqual(fraction({ realizedVolatility: ratio('0.1') }), ['0.011', '0', '0.006', '0']);
  assert.deepEqual(fraction({ depth: money('75') }), ['0.0095', '0', '0', '0.0045']);
  assert.deepEqual(
    fraction({
      marginEquity: money('40'),
      realizedVolatility: ratio('0.06'),
      depth: money('150'),
    }),
    ['0.016', '0.006', '0.002', '0.003'],
  );
});

test('an account without margin equity lacks all of it, and not more', () => {
  for (const marginEquity of ['0', '-1', '-5000']) {
    assert.deepEqual(fraction({ marginEquity: money(marginEquity) })[1], '0.01');
  }
  assert.deepEqual(fraction({ depth: money('0') })[3], '0.006');
});

test('a requirement of zero lacks nothing, and what is not known adds nothing', () => {
  const bare = { maintenanceMargin: money('0'), marginEquity: money('-1') };
  assert.deepEqual(fraction(bare), ['0.005', '0', '0', '0']);
  const wild = { realizedVolatility: ratio('9'), depth: money('0') };
  assert.deepEqual(
    fraction({ ...wild, referenceVolatility: null, referenceDepth: null }),
    fraction({}),
  );
  assert.deepEqual(fraction({ realizedVolatility: null, depth: null }), fraction({}));
  assert.deepEqual(
    fraction({ ...wild, referenceVolatility: ratio('0'), referenceDepth: money('-1') }),
    fraction({}),
  );
});

test('the most bounds the sum, and each part that is shown', () => {
  const wild = { realizedVolatility: ratio('1'), depth: money('0'), marginEquity: money('0') };
  assert.deepEqual(fraction(wild), ['0.02', '0.01', '0.02', '0.006']);
  assert.deepEqual(fraction({ maxFraction: ratio('0.004') }), ['0.004', '0', '0', '0']);
  const beyond = { realizedVolatility: ratio('1000000'), referenceVolatility: ratio(unit) };
  assert.deepEqual(fraction(beyond), ['0.02', '0', '0.02', '0']);
});

test('every step of the fraction is rounded up', () => {
  const third = { marginEquity: money('2'), maintenanceMargin: money('3') };
  assert.equal(fraction(third)[1], '0.003333333333333334');
  // 5/3 of the reference: 0.666666666666666667 above it, times 0.004.
  const faster = { realizedVolatility: ratio('0.05'), referenceVolatility: ratio('0.03') };
  assert.equal(fraction(faster)[2], '0.002666666666666667');
  assert.equal(fraction({ depth: money('200') })[3], '0.002000000000000001');
});

test('contract violations of the fraction', () => {
  for (const name of [
    'baseFraction',
    'perShortfall',
    'perVolatility',
    'perThinness',
    'maxFraction',
    'maintenanceMargin',
    'realizedVolatility',
    'depth',
  ]) {
    assert.throws(() => fraction({ [name]: ratio('-0.1') }), /PENALTY_FRACTION/, name);
  }
});

/** Drift: 10 units at 100, a fraction of 0.05, a fee of 0.01, at most 0.05. */
function insurance(changes: {
  liquidationFraction?: Ratio;
  marginShortage?: Money;
  maxFraction?: Ratio;
  equity?: Money | null;
  notional?: Money;
}): string {
  const result = insurancePenaltyFraction({
    maintenanceMarginFraction: ratio('0.05'),
    liquidationFraction: ratio('0.01'),
    marginShortage: money('20'),
    notional: money('1000'),
    maxFraction: ratio('0.05'),
    ...changes,
  });
  return formatDecimal(result);
}

test('insurance gets 95 % of the margin that is left, up to the most', () => {
  assert.equal(insurance({}), '0.019');
  assert.equal(insurance({ liquidationFraction: ratio('0.1') }), '0');
  assert.equal(insurance({ marginShortage: money('40') }), '0');
  assert.equal(insurance({ marginShortage: money('0'), maxFraction: ratio('0.03') }), '0.03');
  assert.equal(insurance({ marginShortage: money('0') }), '0.038');
});

test('both penalties together leave no negative equity', () => {
  assert.equal(insurance({ equity: money('29') }), '0.019');
  assert.equal(insurance({ equity: money('28.5') }), '0.0185');
  assert.equal(insurance({ equity: money('10') }), '0');
  assert.equal(insurance({ equity: money('4') }), '0');
  assert.equal(insurance({ equity: money('-4') }), '0');
  assert.equal(insurance({ equity: null }), '0.019');
});

test('what is beyond the range of a ratio is compared, not divided', () => {
  const tiny = { notional: money(unit) };
  assert.equal(insurance({ ...tiny, marginShortage: money('10000000000000000') }), '0');
  const rich = { marginShortage: money('0'), equity: money('10000000000000000') };
  assert.equal(insurance({ ...tiny, ...rich }), '0.038');
});

test('the part of insurance is rounded down', () => {
  // 0.05 − 0.01 − 0.006666666666666667 = 0.033333333333333333, times 0.95.
  const third = { marginShortage: money('20'), notional: money('3000') };
  assert.equal(insurance(third), '0.031666666666666666');
  assert.equal(insurance({ ...third, equity: money('100') }), '0.023333333333333333');
});

test('contract violations of the part of insurance', () => {
  assert.throws(() => insurance({ liquidationFraction: ratio('-0.1') }), /PENALTY_FRACTION/);
  assert.throws(() => insurance({ maxFraction: ratio('-0.1') }), /PENALTY_FRACTION/);
  assert.throws(() => insurance({ marginShortage: money('-1') }), /PENALTY_FRACTION/);
  assert.throws(() => insurance({ notional: money('0') }), /NOTIONAL/);
});
