/**
 * The plan of `close-out-legs` against the cheapest closes there are: the optimum of the convex
 * programme, solved in exact fractions without lots or steps (`vectors/generate`). The plan may
 * cost no less, and no more than a step of the price of margin and a lot are worth.
 * @module
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Json, runCalc } from '../../apps/cli/calc/index.ts';
import { root } from '../../scripts/ensure-ready.mjs';
import { ratio, rawOf } from '../../src/units/index.ts';

type Case = {
  readonly title: string;
  readonly input: Readonly<Record<string, Json>> & { readonly legs: readonly Json[] };
  readonly expected: {
    readonly totalCost: string;
    readonly tolerance: string;
    readonly closes: readonly string[];
  };
};
type Plan = {
  readonly legs: readonly { readonly notional: string }[];
  readonly restores: boolean;
  readonly totalCost: string;
};

const path = join(root, 'vectors/optimum/close-out-legs.json');
const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(path, 'utf8'));
const raw = (text: string): bigint => rawOf(ratio(text));

function planOf(input: Case['input'], policy = 'least-impact'): Plan {
  const outcome = runCalc('close-out-legs', JSON.stringify({ ...input, policy }));
  assert.ok(outcome.ok, 'the input was refused');
  return outcome.output as unknown as Plan;
}

test('least-impact costs what the optimum costs, up to the stated resolution', () => {
  for (const { title, input, expected } of cases) {
    const plan = planOf(input);
    const excess = raw(plan.totalCost) - raw(expected.totalCost);
    const tolerance = raw(expected.tolerance);
    assert.equal(plan.restores, true, `${title}: not restored`);
    // A lot less than the optimum never restores: below it lies only the rounding of a close.
    assert.ok(excess >= -(10n ** 7n), `${title}: ${-excess} units below the optimum`);
    assert.ok(excess <= tolerance, `${title}: ${excess} units above, ${tolerance} allowed`);
    assert.ok(tolerance * 200n <= raw(expected.totalCost), `${title}: the tolerance says little`);
  }
});

test('the other policies restore as well, never cheaper, and often dearer', () => {
  let dearer = 0;
  for (const { title, input, expected } of cases) {
    for (const policy of ['proportional', 'largest-first', 'everything']) {
      const plan = planOf(input, policy);
      if (!plan.restores) continue;
      const excess = raw(plan.totalCost) - raw(expected.totalCost);
      assert.ok(excess >= -(10n ** 7n), `${title}: ${policy} ${-excess} units below the optimum`);
      if (excess * 20n > raw(expected.totalCost)) dearer += 1;
    }
  }
  assert.ok(dearer > cases.length, `${dearer} plans were more than 5 % dearer`);
});

test('the cases reach legs that stay open, are closed partly, and are closed whole', () => {
  const seen = { open: 0, partly: 0, whole: 0 };
  for (const { input, expected } of cases) {
    const everything = planOf(input, 'everything').legs;
    for (const [at, close] of expected.closes.entries()) {
      const whole = raw(close) >= raw(everything[at]!.notional) - 1n;
      seen[whole ? 'whole' : raw(close) === 0n ? 'open' : 'partly'] += 1;
    }
  }
  const all = seen.open > 20 && seen.partly > 20 && seen.whole > 20;
  assert.ok(all, JSON.stringify(seen));
});
