import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Money,
  money,
  price,
  type Ratio,
  ratio,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import { adlMetrics, giniCoefficient } from './adl-metrics.ts';

const WAD = 10n ** 18n;
const market = { kind: 'linear', side: 1, markPrice: price('100') } as const;

type Row = readonly [quantity: string, equity: string, pnl: string, closed: string, taken: string];

const metrics = (rows: readonly Row[], budget = '0') =>
  adlMetrics({
    market,
    budget: money(budget),
    candidates: rows.map(([quantity, equity, pnl], index) => ({
      account: `a${index}`,
      size: size(quantity),
      equity: money(equity),
      unrealizedPnl: money(pnl),
    })),
    closed: rows.map(([, , , closed]) => size(closed)),
    taken: rows.map(([, , , , taken]) => money(taken)),
  });

const shown = (value: Ratio | null): string | null =>
  value === null ? null : formatDecimal(value);

test('the largest and the distribution of profit haircuts count those in profit only', () => {
  const { profitHaircutMax, profitHaircutGini } = metrics([
    ['10', '100', '40', '5', '10'],
    ['10', '100', '40', '5', '30'],
    ['10', '100', '-5', '5', '0'],
  ]);
  assert.equal(shown(profitHaircutMax), '0.75');
  // Shares ¼ and ¾: (1·¾ − 1·¼) / (2 · 1)
  assert.equal(shown(profitHaircutGini), '0.25');
});

test('shares of profits are those of their owners behind somebody reduced without a profit', () => {
  const { profitHaircutMax, profitHaircutGini } = metrics([
    ['10', '100', '-5', '5', '0'],
    ['10', '100', '40', '0', '0'],
    ['10', '100', '40', '5', '20'],
  ]);
  assert.equal(shown(profitHaircutMax), '0.5');
  assert.equal(shown(profitHaircutGini), '0.5');
});

test('Gini: none, equal, one of many', () => {
  assert.equal(shown(giniCoefficient([])), '0');
  assert.equal(shown(giniCoefficient([ratio('0'), ratio('0')])), '0');
  assert.equal(shown(giniCoefficient([ratio('0.3'), ratio('0.3'), ratio('0.3')])), '0');
  assert.equal(shown(giniCoefficient(['0', '1', '0', '0'].map(ratio))), '0.75');
});

test('overshoot is what was taken beyond the budget', () => {
  const rows: Row[] = [['10', '100', '40', '5', '10']];
  assert.equal(formatDecimal(metrics(rows, '10').overshoot), '0');
  assert.equal(formatDecimal(metrics(rows, '11').overshoot), '0');
  assert.equal(formatDecimal(metrics(rows, '9').overshoot), '1');
});

test('leverage before and after, with equity after what was taken', () => {
  const found = metrics([
    ['10', '100', '40', '5', '20'],
    ['10', '200', '40', '0', '0'],
  ]);
  assert.equal(shown(found.leverageMaxBefore), '10');
  assert.equal(shown(found.leverageMaxAfter), '6.25', '500 / 80');
  const closed = metrics([['10', '100', '100', '10', '100']]);
  assert.equal(shown(closed.leverageMaxAfter), '0', 'nothing left, whatever the equity');
});

test('inversions are pairs that changed places; ties are none', () => {
  const first: Row = ['10', '100', '0', '0', '0'];
  const second: Row = ['8', '100', '0', '0', '0'];
  const cut = (row: Row, closed: string): Row => [row[0], row[1], row[2], closed, '0'];
  assert.equal(metrics([first, second]).orderInversions, 0);
  assert.equal(metrics([cut(first, '2'), second]).orderInversions, 0, 'equal after');
  assert.equal(metrics([cut(first, '3'), second]).orderInversions, 1);
  assert.equal(metrics([second, cut(first, '3')]).orderInversions, 1);
  assert.equal(metrics([cut(first, '3'), first]).orderInversions, 0, 'equal before');
  assert.equal(metrics([]).orderInversions, 0);
});

test('inversions by merging are those found by comparing all pairs', () => {
  const rows = fc.array(
    fc.record({
      quantity: fc.bigInt({ min: 1n, max: 12n }),
      equity: fc.bigInt({ min: 1n, max: 6n }),
      closed: fc.bigInt({ min: 0n, max: 12n }),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(rows, (drawn) => {
      const all = drawn.map(({ quantity, equity, closed }) => ({
        quantity,
        equity,
        left: closed < quantity ? quantity - closed : 0n,
      }));
      let pairs = 0;
      for (const a of all) {
        for (const b of all) {
          const higherBefore = a.quantity * b.equity > b.quantity * a.equity;
          if (higherBefore && a.left * b.equity < b.left * a.equity) pairs += 1;
        }
      }
      const found = adlMetrics({
        market,
        budget: fromRaw<Money>(0n),
        candidates: all.map(({ quantity, equity }, index) => ({
          account: `a${index}`,
          size: fromRaw<Size>(quantity * WAD),
          equity: fromRaw<Money>(equity * WAD),
          unrealizedPnl: fromRaw<Money>(0n),
        })),
        closed: all.map(({ quantity, left }) => fromRaw<Size>((quantity - left) * WAD)),
        taken: all.map(() => fromRaw<Money>(0n)),
      });
      assert.equal(found.orderInversions, pairs);
    }),
    { numRuns: 300 },
  );
});

test('Gini is the mean difference of all pairs, rounded down', () => {
  const lists = fc.array(fc.bigInt({ min: 0n, max: WAD }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lists, (values) => {
      const n = BigInt(values.length);
      const sum = values.reduce((a, b) => a + b, 0n);
      if (sum === 0n) return;
      let differences = 0n;
      for (const a of values) for (const b of values) differences += a > b ? a - b : b - a;
      const found = giniCoefficient(values.map((raw) => fromRaw<Ratio>(raw)));
      assert.equal(rawOf(found), (differences * WAD) / (2n * n * sum));
    }),
    { numRuns: 300 },
  );
});
