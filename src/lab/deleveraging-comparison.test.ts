/** One small crash with a poor fund under every deleveraging policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRASH as LARGE_CRASH } from '../../test/pools/sample-scenario.ts';
import { money, sum } from '../units/index.ts';
import { compareDeleveraging } from './deleveraging-comparison.ts';
import type { Scenario } from './scenario.ts';

const CRASH: Scenario = {
  ...LARGE_CRASH,
  accounts: 80,
  to: '2021-01-01T00:45:00Z',
  pool: { ...LARGE_CRASH.pool, insuranceToOpenInterest: 0.0001 },
};

const POLICIES = ['minimax-leverage', 'capped-pro-rata', 'min-max', 'queue'] as const;

test('one world, every loss borne, and nobody gives up more than is needed', async () => {
  const asked = { scenario: CRASH, policies: POLICIES, healthCheckEvery: 4, now: () => 0 };
  const { comparison, results } = await compareDeleveraging(asked);
  const { policies: rows } = comparison;
  assert.deepEqual(
    rows.map(({ policy }) => policy),
    [...POLICIES],
  );
  for (const [at, row] of rows.entries()) {
    assert.equal(row.conservationImbalance, '0', row.policy);
    assert.equal(row.lossLedgerSum, '0', row.policy);
    assert.equal(row.overshoot, '0', row.policy);
    assert.ok(row.records > 0, `${row.policy} deleveraged nobody`);
    // What the journal tells is what the run counted.
    const borne = [row.insuranceFund, row.deleveraged, row.socialized, row.unallocated];
    assert.equal(sum(borne.map((text) => money(text))), money(row.badDebt), row.policy);
    assert.equal(results[at]!.adl.events, row.records, row.policy);
  }
  assert.equal(new Set(rows.map(({ stateHash }) => stateHash)).size, rows.length);
});

test('the same twice', async () => {
  const asked = { scenario: CRASH, policies: ['queue'] as const, now: () => 0 };
  const [once, twice] = [await compareDeleveraging(asked), await compareDeleveraging(asked)];
  assert.deepEqual(once.comparison, twice.comparison);
});
