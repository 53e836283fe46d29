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

const HEDGED: Scenario = {
  ...CRASH,
  // Who is short of one coin is long of another.
  population: { ...CRASH.population, sameDirection: 0.1, marketsPerAccount: [10, 50, 40] },
  waterfall: {
    bufferToOpenInterest: 0,
    bufferShare: '0',
    windowMs: 3_600_000,
    windowToOpenInterest: null,
    marketToOpenInterest: null,
    premiumIntervalMs: 600_000,
    adlRiskExponent: 1,
    adlRiskThreshold: null,
    tranches: [],
    lossSharing: null,
  },
};

const protecting = (scenario: Scenario): Scenario => ({
  ...scenario,
  waterfall: {
    ...scenario.waterfall!,
    deleveraging: {
      hedges: 'protect',
      loadings: [
        { coin: 'BTC', loadingToPrice: 1 },
        { coin: 'ETH', loadingToPrice: 1.4 },
        { coin: 'DOGE', loadingToPrice: 2 },
        // Without a price in this world it is left out.
        { coin: 'SHIB', loadingToPrice: 3 },
      ],
    },
  },
});

test('hedges protected: the same world, others are closed, every loss is borne', async () => {
  const asked = { policies: ['queue'] as const, healthCheckEvery: 4, now: () => 0 };
  const bare = await compareDeleveraging({ ...asked, scenario: HEDGED });
  const kept = await compareDeleveraging({ ...asked, scenario: protecting(HEDGED) });
  const [without] = bare.comparison.policies;
  const [row] = kept.comparison.policies;
  assert.equal(kept.comparison.openInterest, bare.comparison.openInterest);
  assert.equal(without!.hedgesOverridden, 0);
  assert.ok(row!.hedgesOverridden > 0 && row!.hedgesOverridden < row!.records);
  assert.notEqual(row!.accounts, without!.accounts);
  for (const { conservationImbalance, lossLedgerSum, overshoot } of [without!, row!]) {
    assert.deepEqual([conservationImbalance, lossLedgerSum, overshoot], ['0', '0', '0']);
  }
});

test('the same twice', async () => {
  const asked = { scenario: CRASH, policies: ['queue'] as const, now: () => 0 };
  const [once, twice] = [await compareDeleveraging(asked), await compareDeleveraging(asked)];
  assert.deepEqual(once.comparison, twice.comparison);
});
