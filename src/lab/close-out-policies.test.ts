/** The same crash under every close-out policy: all keep the books, no two the same accounts. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import { inMemoryJournal } from '../ports/index.ts';
import type { CloseOutPolicy } from '../risk/index.ts';
import { replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Scenario } from './scenario.ts';

const POLICIES: readonly CloseOutPolicy[] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

const liquidity: Scenario['liquidity'] = {
  impactModel: 'square-root',
  impactCoefficient: '1',
  volatilityTimeConstantMs: 600_000,
  depthTimeConstantMs: 600_000,
  depthStalenessMsMax: 120_000,
  depthShare: '0.5',
  windowMs: 60_000,
  windowVolumeShare: null,
  windowDepthMultiple: null,
  openOrdersVolumeShare: null,
  rampMs: 0,
  rampInitialFraction: '1',
  smallNotional: '0',
  hedgeGroup: null,
  openInterestMultiple: null,
};

const run = (scenario: Scenario, policy: CloseOutPolicy): Promise<ReplayResult> =>
  replay({ scenario, policy, journal: inMemoryJournal(), healthCheckEvery: 1, now: () => 0 });

describe('policies', () => {
  const results = new Map<CloseOutPolicy, ReplayResult>();
  before(async () => {
    for (const policy of POLICIES) results.set(policy, await run({ ...CRASH, liquidity }, policy));
  });

  for (const policy of POLICIES) {
    test(`${policy} keeps the books and ends`, () => {
      const result = results.get(policy)!;
      assert.equal(result.policy, policy);
      assert.equal(result.conservationImbalance, '0');
      assert.equal(result.lossLedgerSum, '0');
      assert.equal(result.unhealthyAtEnd, 0);
      assert.equal(result.lagSteps.max, 0);
      assert.equal(result.liquidations.ended, result.liquidations.started);
      assert.ok(Number(result.impactCost) > 0);
    });
  }

  test('everything keeps no position, the others end many liquidations with some', () => {
    for (const [policy, { liquidations }] of results) {
      if (policy === 'everything') assert.equal(liquidations.partial, 0);
      else assert.ok(liquidations.partial > 50, policy);
    }
  });

  test('no two do the same', () => {
    assert.equal(new Set([...results.values()].map(({ stateHash }) => stateHash)).size, 5);
  });
});

test('a window that holds little puts close-outs off, and spares the market', async () => {
  // The fund is large enough for what waiting costs: nothing is deleveraged for want of money.
  const scenario = { ...CRASH, pool: { ...CRASH.pool, insuranceToOpenInterest: 0.05 } };
  const wide = { ...liquidity, depthShare: null };
  const free = await run({ ...scenario, liquidity: wide }, 'least-impact');
  const narrow = { ...wide, windowVolumeShare: 0.001 };
  const paced = await run({ ...scenario, liquidity: narrow }, 'least-impact');
  assert.equal(free.liquidations.deferrals, 0);
  assert.ok(paced.liquidations.deferrals > 100);
  assert.equal(paced.conservationImbalance, '0');
  assert.ok(Number(paced.impactCost) < Number(free.impactCost) / 2);
  assert.ok(Number(paced.badDebt) > Number(free.badDebt), 'waiting has its price');
});
