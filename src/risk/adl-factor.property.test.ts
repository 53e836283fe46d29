import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fromRaw,
  InvariantViolation,
  type Money,
  type Price,
  price,
  ratio,
  rawOf,
  type Size,
  size,
  type Wad,
} from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { factorExposure, principalFactor } from './principal-factor.ts';

const wads = (...rows: string[][]): Wad[][] => rows.map((row) => row.map(ratio));

test('the factor of one market is its deviation; of two alike, half of each', () => {
  assert.deepEqual(principalFactor(wads(['9'])), [price('3')]);
  assert.deepEqual(principalFactor(wads(['4', '0'], ['0', '1'])), [price('2'), price('0')]);
  assert.deepEqual(principalFactor(wads(['1', '0'], ['0', '4'])), [price('0'), price('2')]);
  // Perfectly correlated: one factor explains all, each market loads with its own deviation.
  const both = principalFactor(wads(['4', '6'], ['6', '9']));
  assert.deepEqual(both, [price('2'), price('3')]);
  const opposed = principalFactor(wads(['4', '-6'], ['-6', '9']));
  assert.deepEqual(opposed?.map(rawOf), [-rawOf(price('2')), rawOf(price('3'))]);
});

test('equal eigenvalues: the market of the largest part, the first of equals', () => {
  assert.deepEqual(principalFactor(wads(['4', '0'], ['0', '4'])), [price('2'), price('0')]);
});

test('nothing that varies is no factor; nor is a matrix that no prices can have', () => {
  assert.equal(principalFactor(wads(['0', '0'], ['0', '0'])), null);
  assert.equal(principalFactor([]), null);
  const five = Array.from({ length: 5 }, (_, i) =>
    Array.from({ length: 5 }, (_, j) => (i === j ? '1' : '-1')),
  );
  assert.equal(principalFactor(wads(...five)), null);
  assert.throws(() => principalFactor(wads(['1', '2'], ['3', '4'])), InvariantViolation);
  assert.throws(() => principalFactor(wads(['1', '2'])), InvariantViolation);
});

test('the loadings are an eigenvector, and no direction has more variance', () => {
  const entry = fc.integer({ min: -20, max: 20 });
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((n) =>
      fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
    );
  fc.assert(
    fc.property(rows, (root) => {
      // R · Rᵀ is a covariance whatever R is.
      const matrix = root.map((a) =>
        root.map((b) => a.reduce((sum, value, at) => sum + value * b[at]!, 0)),
      );
      const raws = matrix.map((row) =>
        row.map((value) => fromRaw<Wad>(BigInt(value) * 10n ** 18n)),
      );
      const factor = principalFactor(raws);
      if (factor === null) return assert.ok(matrix.every((row) => row.every((v) => v === 0)));
      const v = factor.map((raw) => Number(rawOf(raw)) / 1e18);
      const lambda = v.reduce((sum, x) => sum + x * x, 0);
      const error = 1e-9 * (1 + lambda);
      for (const [i, row] of matrix.entries()) {
        const image = row.reduce((sum, value, j) => sum + value * v[j]!, 0);
        // Close eigenvalues blend: the image is then λ-times the vector to within their distance.
        assert.ok(Math.abs(image - lambda * v[i]!) <= error * (1 + Math.abs(v[i]!)));
      }
      for (const row of matrix) {
        const norm = row.reduce((sum, x) => sum + x * x, 0);
        const variance = row.reduce(
          (sum, x, i) => sum + x * matrix[i]!.reduce((t, value, j) => t + value * row[j]!, 0),
          0,
        );
        assert.ok(variance <= (lambda + error) * norm);
      }
    }),
    { numRuns: 150 },
  );
});

const WAD = 10n ** 18n;
const LOT = WAD / 10n;

type Draw = {
  readonly lots: bigint;
  readonly equity: bigint;
  readonly pnl: bigint;
  readonly other: bigint;
};

const draws: fc.Arbitrary<Draw> = fc.record({
  lots: fc.bigInt({ min: 1n, max: 50n }),
  equity: fc.bigInt({ min: -1n, max: 400n }),
  pnl: fc.bigInt({ min: -50n, max: 300n }),
  other: fc.bigInt({ min: -90n, max: 60n }),
});

const worlds = fc
  .record({
    side: fc.constantFrom<1 | -1>(1, -1),
    lots: fc.bigInt({ min: 1n, max: 150n }),
    gap: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 200n })),
    hedges: fc.constantFrom<'ignore' | 'protect'>('ignore', 'protect'),
    policy: fc.constantFrom<AdlAllocationInput['policy']>(
      'minimax-leverage',
      'minimax-leverage',
      'queue',
      'capped-pro-rata',
      'min-max',
    ),
    list: fc.array(draws, { minLength: 1, maxLength: 7 }),
  })
  .map(({ side, lots, gap, hedges, policy, list }): AdlAllocationInput => {
    const factorLoading = price('2');
    return {
      policy,
      kind: 'linear',
      side,
      markPrice: price('10'),
      quantity: fromRaw<Size>(lots * LOT),
      gap: fromRaw<Money>(gap * WAD),
      lot: fromRaw<Size>(LOT),
      factorLoading,
      hedges,
      candidates: list.map(
        (draw, at): AdlCandidate => ({
          account: `a${(at * 5) % 7}`,
          size: fromRaw<Size>(draw.lots * LOT),
          equity: fromRaw<Money>(draw.equity * WAD),
          unrealizedPnl: fromRaw<Money>(draw.pnl * WAD),
          otherExposure: factorExposure([
            { loading: factorLoading, size: fromRaw<Size>(BigInt(side) * draw.other * LOT) },
          ]),
        }),
      ),
    };
  });

const V = 2n;
/** Exposure to the factor on the side of the candidates, in lots of the market. */
const exposureOf = ({ side }: AdlAllocationInput, candidate: AdlCandidate): bigint => {
  const other = (BigInt(side) * (candidate.otherExposure ?? 0n)) / (V * WAD * LOT);
  return rawOf(candidate.size) / LOT + other;
};
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

test('hedges protected: nobody`s factor leverage rises, under any policy', () => {
  let closed = 0;
  let left = 0;
  fc.assert(
    fc.property(worlds, (drawn) => {
      const input = { ...drawn, hedges: 'protect' as const };
      const { fills, unfilled } = adlAllocation(input);
      if (rawOf(unfilled) > 0n) left += 1;
      for (const { account, size: taken, taken: money } of fills) {
        closed += 1;
        const candidate = input.candidates.find((each) => each.account === account)!;
        const before = exposureOf(input, candidate);
        const after = before - rawOf(taken) / LOT;
        const equityAfter = rawOf(candidate.equity) - rawOf(money);
        assert.ok(before > 0n, 'a leg that hedges the rest was closed');
        // |after| / (E − taken) ≤ |before| / E
        assert.ok(magnitude(after) * rawOf(candidate.equity) <= before * equityAfter);
      }
    }),
    { numRuns: 600, seed: 11 },
  );
  assert.ok(closed > 300 && left > 50, `${closed} fills, ${left} with a rest`);
});

test('minimax: none is cut below eta by a lot, and none above it keeps a lot to give', () => {
  let negative = 0;
  fc.assert(
    fc.property(worlds, (drawn) => {
      const input = { ...drawn, policy: 'minimax-leverage' as const, gap: fromRaw<Money>(0n) };
      const { fills, eta } = adlAllocation(input);
      if (eta === null) return;
      if (rawOf(eta) < 0n) negative += 1;
      // eta is rounded up by less than a unit of 1e-18.
      const level = rawOf(eta);
      for (const candidate of input.candidates) {
        if (rawOf(candidate.equity) <= 0n) continue;
        const fill = fills.find(({ account }) => account === candidate.account);
        const given = fill === undefined ? 0n : rawOf(fill.size) / LOT;
        const before = exposureOf(input, candidate);
        // In units of 1e-36: v · lot per lot against eta · E.
        const lot = V * LOT * WAD;
        const floor = level * rawOf(candidate.equity);
        const slack = rawOf(candidate.equity);
        if (given > 0n) assert.ok((before - given + 1n) * lot > floor - slack, 'over-corrected');
        const isWhole = given === rawOf(candidate.size) / LOT;
        if (!isWhole && input.hedges === 'ignore') {
          assert.ok((before - given - 1n) * lot < floor, 'more was left than the level');
        }
      }
    }),
    { numRuns: 600, seed: 12 },
  );
  assert.ok(negative > 20, `${negative} went into hedges`);
});

test('with nothing held elsewhere, the factor form is the single market`s', () => {
  fc.assert(
    fc.property(worlds, (drawn) => {
      const alone = drawn.candidates.map((each) => ({ ...each, otherExposure: null }));
      const factor = adlAllocation({ ...drawn, candidates: alone });
      const { factorLoading: _, ...rest } = drawn;
      const single = adlAllocation({ ...rest, candidates: alone });
      if (drawn.hedges === 'protect' && rawOf(drawn.gap) > 0n) return;
      assert.deepEqual(factor.fills, single.fills);
      assert.deepEqual(factor.metrics, single.metrics);
    }),
    { numRuns: 300 },
  );
});

test('a loading that is not positive, or an inverse contract, is a defect of the caller', () => {
  const input: AdlAllocationInput = {
    policy: 'minimax-leverage',
    kind: 'linear',
    side: 1,
    markPrice: price('10'),
    quantity: size('1'),
    gap: fromRaw<Money>(0n),
    lot: size('1'),
    factorLoading: price('1'),
    candidates: [],
  };
  adlAllocation(input);
  for (const bad of [
    { ...input, factorLoading: fromRaw<Price>(0n) },
    { ...input, kind: 'inverse' as const },
  ]) {
    assert.throws(() => adlAllocation(bad), InvariantViolation);
  }
});
