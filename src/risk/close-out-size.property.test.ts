import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { type CloseOutSizeInput, closeOutSize, restoresTarget } from './close-out-size.ts';

const WAD = 10n ** 18n;
const PERCENT = WAD / 100n;

/** The problem in raw integers: money in units of 1e-18, fractions in parts of WAD. */
type Problem = {
  readonly equity: bigint;
  readonly notional: bigint;
  readonly tiers: readonly { readonly floor: bigint; readonly fraction: bigint }[];
  readonly target: bigint;
  readonly cost: bigint;
  readonly others: bigint;
  readonly lot: bigint | null;
};

function inputOf(problem: Problem): CloseOutSizeInput {
  const penalty = problem.cost / 3n;
  return {
    marginEquity: fromRaw<Money>(problem.equity),
    notional: fromRaw<Money>(problem.notional),
    tiers: problem.tiers.map(({ floor, fraction }) => ({
      notionalFloor: fromRaw<Money>(floor),
      maintenanceMarginFraction: fromRaw<Ratio>(fraction),
    })),
    targetRatio: fromRaw<Ratio>(problem.target),
    penaltyFraction: fromRaw<Ratio>(penalty),
    slippageFraction: fromRaw<Ratio>(problem.cost - penalty),
    otherMaintenanceMargin: fromRaw<Money>(problem.others),
    lotNotional: problem.lot === null ? null : fromRaw<Money>(problem.lot),
  };
}

function solve(problem: Problem): { readonly closed: bigint; readonly takeover: boolean } {
  const { closeOutNotional, wholeTakeover } = closeOutSize(inputOf(problem));
  return { closed: rawOf(closeOutNotional), takeover: wholeTakeover };
}

/** Requirement in units of 1e-36, slice by slice of the notional. */
function exactRequirement({ tiers }: Problem, notional: bigint): bigint {
  let total = 0n;
  for (const [index, { floor, fraction }] of tiers.entries()) {
    const top = tiers[index + 1]?.floor ?? notional;
    const slice = (top < notional ? top : notional) - floor;
    if (slice > 0n) total += slice * fraction;
  }
  return total;
}

/** G(x) in units of 1e-36, the requirement rounded up to a unit. */
function surplus(problem: Problem, closed: bigint): bigint {
  const required = (exactRequirement(problem, problem.notional - closed) + WAD - 1n) / WAD;
  const { equity, cost, target, others } = problem;
  return equity * WAD - cost * closed - target * (others + required);
}

/** The first admissible size that restores, found by trying all of them. */
function scanned(problem: Problem): { readonly closed: bigint; readonly takeover: boolean } {
  const { notional, lot } = problem;
  if (surplus(problem, 0n) >= 0n) return { closed: 0n, takeover: false };
  const step = lot ?? 1n;
  for (let x = lot === null ? 0n : step; x < notional; x += step) {
    if (notional - x < step) break;
    if (surplus(problem, x) >= 0n) return { closed: x, takeover: false };
  }
  return { closed: notional, takeover: surplus(problem, notional) < 0n };
}

const bigints = (min: bigint, max: bigint) => fc.bigInt({ min, max });

function problems(scale: bigint, unit: bigint): fc.Arbitrary<Problem> {
  return fc
    .record({
      notional: bigints(0n, 300n * scale),
      steps: fc.uniqueArray(bigints(1n, 250n * scale), { maxLength: 3 }),
      fractions: fc.array(bigints(PERCENT / unit, (30n * PERCENT) / unit), {
        minLength: 4,
        maxLength: 4,
      }),
      target: bigints(WAD / unit, (2n * WAD) / unit),
      cost: bigints(0n, (15n * PERCENT) / unit),
      others: fc.oneof(fc.constant(0n), bigints(0n, 20n * scale)),
      equity: bigints(-5n * scale, 90n * scale),
      lot: fc.option(bigints(1n, 60n * scale), { nil: null }),
    })
    .map(({ steps, fractions, target, cost, ...rest }) => {
      const floors = [0n, ...steps.sort((a, b) => (a < b ? -1 : 1))];
      const rising = fractions.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const tiers = floors.map((floor, index) => ({ floor, fraction: rising[index]! * unit }));
      return { ...rest, tiers, target: target * unit, cost: cost * unit };
    });
}

/** Few units of money, whole percents: every size can be tried. */
const small = problems(1n, PERCENT);
/** Money up to 300 with 18 digits, any fractions. */
const large = problems(WAD, 1n);

/** Closing frees clearly more or clearly less than it costs, in every tier. */
const isClear = ({ tiers, target, cost }: Problem): boolean =>
  tiers.every(({ fraction }) => {
    const freed = target * fraction;
    const gap = freed - cost * WAD;
    return (gap < 0n ? -gap : gap) * 40n > freed;
  });

test('the same as trying every size', () => {
  const seen = { none: 0, some: 0, takeover: 0 };
  fc.assert(
    fc.property(small, (problem) => {
      fc.pre(isClear(problem));
      const found = solve(problem);
      assert.deepEqual(found, scanned(problem));
      seen[found.takeover ? 'takeover' : found.closed === 0n ? 'none' : 'some'] += 1;
    }),
    { numRuns: 1500 },
  );
  assert.ok(seen.none > 50 && seen.some > 50 && seen.takeover > 50);
});

test('the exact test agrees with the formula', () => {
  const both = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.oneof(small, large), bigints(0n, WAD), (problem, share) => {
      const closed = (problem.notional * share) / WAD;
      const closeOutNotional = fromRaw<Money>(closed);
      const restores = restoresTarget({ ...inputOf(problem), closeOutNotional });
      assert.equal(restores, surplus(problem, closed) >= 0n);
      both[restores ? 'yes' : 'no'] += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(both.yes > 50 && both.no > 50);
});

test('what is found suffices; nothing smaller does', () => {
  fc.assert(
    fc.property(large, fc.array(bigints(0n, WAD), { maxLength: 20 }), (problem, shares) => {
      fc.pre(isClear(problem));
      const unbounded = { ...problem, lot: null };
      const { closed, takeover } = solve(unbounded);
      if (!takeover) assert.ok(surplus(unbounded, closed) >= 0n);
      const smaller = [
        ...shares.map((share) => (closed * share) / WAD),
        ...Array.from({ length: 300 }, (_, index) => closed - 1n - BigInt(index)),
      ];
      for (const x of smaller) {
        if (x >= 0n && x < closed) assert.ok(surplus(unbounded, x) < 0n);
      }
    }),
    { numRuns: 300 },
  );
});

test('with lots: whole lots, or the whole position; one lot less does not suffice', () => {
  let lots = 0;
  fc.assert(
    fc.property(large, bigints(WAD / 10n, 60n * WAD), (problem, lot) => {
      fc.pre(isClear(problem));
      const inLots = { ...problem, lot };
      const { closed, takeover } = solve(inLots);
      if (takeover) return;
      assert.ok(surplus(inLots, closed) >= 0n);
      if (closed === problem.notional) return;
      lots += 1;
      assert.equal(closed % lot, 0n);
      assert.ok(problem.notional - closed >= lot || closed === 0n);
      for (let x = closed - lot; x >= 0n; x -= lot) assert.ok(surplus(inLots, x) < 0n);
    }),
    { numRuns: 500 },
  );
  assert.ok(lots > 50);
});

test('a takeover means that no size restores', () => {
  let takeovers = 0;
  fc.assert(
    fc.property(large, (problem) => {
      const unbounded = { ...problem, lot: null };
      if (!solve(unbounded).takeover) return;
      takeovers += 1;
      // G without rounding is straight between these points, and rounding only lowers it.
      const { tiers, notional, equity, cost, target, others } = unbounded;
      const corners = [0n, notional, ...tiers.map(({ floor }) => notional - floor)];
      for (const x of corners.filter((each) => each >= 0n)) {
        const required = exactRequirement(unbounded, notional - x);
        const exact = (equity * WAD - cost * x - target * others) * WAD - target * required;
        // Less than one unit of requirement: such a surplus is lost by rounding it up.
        assert.ok(exact < target * WAD);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(takeovers > 50);
});

test('even where closing hardly pays, what is returned restores', () => {
  fc.assert(
    fc.property(large, bigints(-(10n ** 6n), 10n ** 6n), (problem, gap) => {
      const freed = (problem.target * problem.tiers.at(-1)!.fraction) / WAD;
      const close = { ...problem, lot: null, cost: freed + gap < 0n ? 0n : freed + gap };
      const { closed, takeover } = solve(close);
      if (!takeover) assert.ok(surplus(close, closed) >= 0n);
    }),
    { numRuns: 300 },
  );
});

test('more equity never closes more; a higher target, cost or other requirement never less', () => {
  fc.assert(
    fc.property(large, bigints(1n, 20n * WAD), (problem, extra) => {
      fc.pre(isClear(problem));
      const unbounded = { ...problem, lot: null };
      const base = solve(unbounded);
      const rank = ({ closed, takeover }: ReturnType<typeof solve>): bigint =>
        takeover ? problem.notional + 1n : closed;
      const harder: Problem[] = [
        { ...unbounded, equity: unbounded.equity - extra },
        { ...unbounded, others: unbounded.others + extra },
        { ...unbounded, target: unbounded.target + extra / 100n },
        { ...unbounded, cost: unbounded.cost + extra / 1000n },
      ];
      for (const each of harder.filter(isClear)) assert.ok(rank(solve(each)) >= rank(base));
    }),
    { numRuns: 300 },
  );
});

test('scale: k times the account closes k times as much, up to rounding', () => {
  fc.assert(
    fc.property(large, bigints(2n, 9n), (problem, k) => {
      fc.pre(isClear(problem));
      const once = solve({ ...problem, lot: null });
      const times = solve({
        ...problem,
        lot: null,
        equity: problem.equity * k,
        notional: problem.notional * k,
        others: problem.others * k,
        tiers: problem.tiers.map(({ floor, fraction }) => ({ floor: floor * k, fraction })),
      });
      // A surplus of less than a unit may be lost by rounding in one and not in the other.
      if (once.takeover !== times.takeover) return;
      const gap = once.closed * k - times.closed;
      // Rounding the requirement costs at most a unit of it, here worth up to 4 000 units of size.
      assert.ok(gap > -10_000n && gap < 10_000n * k);
    }),
    { numRuns: 300 },
  );
});

type Impact = {
  readonly model: 'square-root' | 'linear';
  readonly coefficient: bigint;
  readonly volatility: bigint;
  readonly volume: bigint;
};

const impacts: fc.Arbitrary<Impact> = fc.record({
  model: fc.constantFrom<Impact['model']>('square-root', 'linear'),
  coefficient: bigints(WAD / 10n, 2n * WAD),
  volatility: bigints(WAD / 1000n, WAD / 2n),
  volume: bigints(WAD, 10_000n * WAD),
});

const curvedInput = (problem: Problem, impact: Impact): CloseOutSizeInput => ({
  ...inputOf(problem),
  impact: {
    model: impact.model,
    coefficient: fromRaw<Ratio>(impact.coefficient),
    volatility: fromRaw<Ratio>(impact.volatility),
    volume: fromRaw<Money>(impact.volume),
  },
});

const ceil = (n: bigint, d: bigint): bigint => (n + d - 1n) / d;

/** C(x), rounded up at each step; the root by counting bits down from the highest. */
function impactOf({ model, coefficient, volatility, volume }: Impact, closed: bigint): bigint {
  const scale = ceil(coefficient * volatility, WAD);
  const share = ceil(closed * WAD, volume);
  let root = 0n;
  for (let bit = 1n << 80n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** 2n <= share * WAD) root += bit;
  }
  if (root * root < share * WAD) root += 1n;
  const isRoot = model === 'square-root';
  const peak = ceil(scale * (isRoot ? root : share), WAD);
  const average = isRoot ? ceil(2n * peak, 3n) : ceil(peak, 2n);
  return ceil(closed * average, WAD);
}

const curvedSurplus = (problem: Problem, impact: Impact, closed: bigint): bigint =>
  surplus(problem, closed) - impactOf(impact, closed) * WAD;

test('with an impact: it suffices; a unit or lot less does not, nor does a sample of less', () => {
  const seen = { none: 0, some: 0, takeover: 0 };
  const shares = fc.array(bigints(0n, WAD), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(large, impacts, shares, (problem, impact, parts) => {
      const input = curvedInput(problem, impact);
      const result = closeOutSize(input);
      const closed = rawOf(result.closeOutNotional);
      seen[result.wholeTakeover ? 'takeover' : closed === 0n ? 'none' : 'some'] += 1;
      const closeOutNotional = result.closeOutNotional;
      const isEnough = curvedSurplus(problem, impact, closed) >= 0n;
      assert.equal(restoresTarget({ ...input, closeOutNotional }), isEnough);
      assert.equal(isEnough, !result.wholeTakeover);
      const lot = problem.lot ?? 1n;
      const whole = closed === problem.notional;
      const lots = whole ? (closed > lot ? (closed - lot) / lot : 0n) : closed / lot - 1n;
      // The rounding of C is worth less than a hundred millionth of what is closed.
      const noise = (closed / 10n ** 8n + 10n) * WAD;
      for (const part of [WAD, ...parts]) {
        const smaller = ((lots * part) / WAD) * lot;
        if (smaller < 0n || smaller >= closed) continue;
        const missing = curvedSurplus(problem, impact, smaller);
        const isNext = smaller === lots * lot && !whole;
        assert.ok(missing < (isNext ? 0n : noise), `${smaller} would do`);
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(seen.none > 10 && seen.some > 10 && seen.takeover > 10, JSON.stringify(seen));
});

test('a market that moves further never has less closed', () => {
  fc.assert(
    fc.property(large, impacts, bigints(1n, WAD), (problem, impact, extra) => {
      const unbounded = { ...problem, lot: null };
      const rank = (each: Impact): bigint => {
        const found = closeOutSize(curvedInput(unbounded, each));
        return found.wholeTakeover ? problem.notional + 1n : rawOf(found.closeOutNotional);
      };
      const further = { ...impact, volatility: impact.volatility + extra };
      const noise = problem.notional / 10n ** 6n + 10n;
      assert.ok(rank(further) >= rank(impact) - noise, 'a harder market, and less was closed');
    }),
    { numRuns: 300 },
  );
});
