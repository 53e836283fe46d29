import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type RouteCostInput, type Rung, routeCost } from './route-cost.ts';

const WAD = 10n ** 18n;
const DAY_MS = 24 * 60 * 60 * 1000;
const unit = '0.000000000000000001';

const rung = (method: string, change: Partial<Rung> = {}): Rung => ({
  method,
  concessionFraction: ratio('0'),
  impactCost: money('0'),
  feeFraction: ratio('0'),
  delayMs: durationMs(0),
  failureProbability: ratio('0'),
  ...change,
});
const BASE = {
  notional: money('10000'),
  dailyVolatility: ratio('0.04'),
  urgency: ratio('1'),
  fallbackCost: money('1000'),
};
const costed = (rungs: readonly Rung[], change: Partial<RouteCostInput> = {}) => {
  const result = routeCost({ ...BASE, ...change, rungs });
  return {
    ...result,
    rungs: result.rungs.map(({ method, costPerFill, ...costs }) => ({
      method,
      concession: formatDecimal(costs.concession),
      impactCost: formatDecimal(costs.impactCost),
      fee: formatDecimal(costs.fee),
      delayCost: formatDecimal(costs.delayCost),
      expectedCost: formatDecimal(costs.expectedCost),
      costPerFill: costPerFill === null ? null : formatDecimal(costPerFill),
    })),
    expectedCost: formatDecimal(result.expectedCost),
  };
};

const BOOK = rung('book', {
  concessionFraction: ratio('0.001'),
  impactCost: money('25'),
  feeFraction: ratio('0.0005'),
  delayMs: durationMs(DAY_MS / 100),
  failureProbability: ratio('0.2'),
});

test('price, impact and fee where it fills, waiting always, the fallback where it does not', () => {
  // 0.8 · (10 + 25 + 5) + 40 of waiting = 72, and a fifth of 1000.
  assert.deepEqual(costed([BOOK]), {
    rungs: [
      {
        method: 'book',
        concession: '10',
        impactCost: '25',
        fee: '5',
        delayCost: '40',
        expectedCost: '272',
        costPerFill: '90',
      },
    ],
    ladder: ['book'],
    expectedCost: '272',
    expectedDelayMs: DAY_MS / 100,
  });
});

test('waiting costs deviations of the price, by urgency', () => {
  const waiting = (delayMs: number, urgency: string) =>
    costed([rung('auction', { delayMs: durationMs(delayMs) })], { urgency: ratio(urgency) })
      .rungs[0]!.delayCost;
  assert.equal(waiting(DAY_MS, '1'), '400');
  assert.equal(waiting(DAY_MS * 4, '1'), '800');
  assert.equal(waiting(DAY_MS / 4, '0.5'), '100');
  assert.equal(waiting(0, '1'), '0');
  assert.equal(waiting(DAY_MS, '0'), '0');
  // The root of a third is 0.577350269189625764…, rounded up.
  assert.equal(waiting(DAY_MS / 3, '1'), '230.940107675850306');
});

test('the ladder goes by cost per fill, with the order given for ties', () => {
  const cheap = rung('amm', { impactCost: money('50') });
  const risky = rung('direct', { impactCost: money('40'), failureProbability: ratio('0.5') });
  const dear = rung('auction', { impactCost: money('60') });
  assert.deepEqual(costed([dear, cheap, risky]).ladder, ['direct', 'amm', 'auction']);
  const tie = rung('book', { impactCost: money('50') });
  assert.deepEqual(costed([tie, cheap]).ladder, ['book', 'amm']);
  assert.deepEqual(costed([cheap, tie]).ladder, ['amm', 'book']);
  const less = rung('book', { impactCost: money(`49.${'9'.repeat(18)}`) });
  assert.deepEqual(costed([cheap, less]).ladder, ['book', 'amm']);
});

test('a failing rung hands on to the next, the last to the fallback', () => {
  const first = rung('book', {
    impactCost: money('10'),
    failureProbability: ratio('0.5'),
    delayMs: durationMs(1000),
  });
  const second = rung('auction', {
    impactCost: money('100'),
    failureProbability: ratio('0.25'),
    delayMs: durationMs(2001),
  });
  const { ladder, expectedCost, expectedDelayMs } = costed([second, first], {
    dailyVolatility: ratio('0'),
  });
  assert.deepEqual(ladder, ['book', 'auction']);
  // 5 + ½ · (75 + ¼ · 1000), and 1000 + ½ · 2001 ms, rounded up.
  assert.deepEqual([expectedCost, expectedDelayMs], ['167.5', 2001]);
});

test('what costs as much as the fallback is not worth trying', () => {
  const at = (cost: string) => costed([rung('book', { impactCost: money(cost) })]);
  assert.deepEqual(at('1000').ladder, []);
  assert.deepEqual([at('1000').expectedCost, at('1000').expectedDelayMs], ['1000', 0]);
  assert.deepEqual(at('999.999999999999999999').ladder, ['book']);
  const never = costed([rung('book', { failureProbability: ratio('1') })]);
  assert.deepEqual([never.ladder, never.rungs[0]!.costPerFill], [[], null]);
  assert.equal(never.rungs[0]!.expectedCost, '1000');
  assert.deepEqual(costed([]), { rungs: [], ladder: [], expectedCost: '1000', expectedDelayMs: 0 });
});

test('costs are rounded up', () => {
  const [dust] = costed(
    [rung('book', { concessionFraction: ratio('0.1'), feeFraction: ratio('0.1') })],
    {
      notional: money(unit),
    },
  ).rungs;
  assert.deepEqual([dust!.concession, dust!.fee], [unit, unit]);
  const third = rung('book', { impactCost: money('1'), failureProbability: ratio('0.7') });
  assert.equal(
    costed([{ ...third, delayMs: durationMs(DAY_MS) }]).rungs[0]!.costPerFill,
    `1334.${'3'.repeat(17)}4`,
  );
});

test('costs beyond the range of a quantity are the largest quantity', () => {
  const huge = costed([rung('book', { delayMs: durationMs(Number.MAX_SAFE_INTEGER) })], {
    notional: money('10000000000000000'),
    dailyVolatility: ratio('1000000'),
    urgency: ratio('1000000'),
  });
  assert.equal(huge.rungs[0]!.delayCost, formatDecimal(fromRaw<Money>(2n ** 127n - 1n)));
});

test('contract violations', () => {
  const minus = ratio(`-${unit}`);
  for (const wrong of [
    { notional: money('-1') },
    { dailyVolatility: minus },
    { urgency: minus },
    { fallbackCost: money('-1') },
  ]) {
    assert.throws(() => costed([], wrong), /ROUTE_COST/);
  }
  for (const wrong of [
    { concessionFraction: minus },
    { concessionFraction: ratio('1.1') },
    { feeFraction: minus },
    { feeFraction: ratio('1.1') },
    { failureProbability: minus },
    { failureProbability: ratio('1.1') },
    { impactCost: money('-1') },
  ]) {
    assert.throws(() => costed([rung('book', wrong)]), /ROUTE_COST/);
  }
});

const rungs = fc.record({
  impactCost: fc.bigInt({ min: 0n, max: 10n ** 21n }).map((raw) => fromRaw<Money>(raw)),
  delayMs: fc.integer({ min: 0, max: 10_000_000 }).map(durationMs),
  failureProbability: fc
    .oneof(fc.bigInt({ min: 0n, max: WAD }), fc.constantFrom(0n, WAD))
    .map((raw) => fromRaw<Ratio>(raw)),
});

/** Every choice of rungs in every order. */
function* ladders(methods: readonly string[]): Generator<readonly string[]> {
  yield [];
  for (const method of methods) {
    const others = methods.filter((other) => other !== method);
    for (const rest of ladders(others)) yield [method, ...rest];
  }
}

test('no other choice of rungs and no other order is expected to cost less', () => {
  let reordered = 0;
  fc.assert(
    fc.property(fc.array(rungs, { maxLength: 4 }), (given) => {
      const named = given.map((each, index) => rung(`m${index}`, each));
      const result = routeCost({ ...BASE, rungs: named });
      const tries = new Map(
        named.map((each, index) => {
          const { concession, impactCost, fee, delayCost } = result.rungs[index]!;
          const fails = rawOf(each.failureProbability);
          const filled = rawOf(concession) + rawOf(impactCost) + rawOf(fee);
          return [each.method, { fails, tried: (WAD - fails) * filled + WAD * rawOf(delayCost) }];
        }),
      );
      /** In units of WAD^-n of a raw unit, n the number of all rungs. */
      const costOf = (ladder: readonly string[]): bigint => {
        let [total, reach] = [0n, WAD ** BigInt(named.length)];
        for (const method of ladder) {
          const { fails, tried } = tries.get(method)!;
          total += (reach / WAD) * tried;
          reach = (reach / WAD) * fails;
        }
        return total + reach * rawOf(BASE.fallbackCost);
      };
      const chosen = costOf(result.ladder);
      for (const other of ladders(named.map(({ method }) => method))) {
        // Each division of the reach may lose a unit of it: some 1e-50 of the cost.
        assert.ok(chosen <= costOf(other) + 10n ** 45n, `${result.ladder} against ${other}`);
      }
      if (result.ladder.join() !== [...result.ladder].sort().join()) reordered += 1;
    }),
    { numRuns: 200, seed: 20210519 },
  );
  // The order matters in a fifth to a third of the cases.
  assert.ok(reordered > 15, `${reordered}`);
});
