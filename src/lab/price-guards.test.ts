/** A scenario may say what prices must satisfy: a step lets the mark fall only so far at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Scenario, ScenarioPriceGuards } from './scenario.ts';

const OFF: ScenarioPriceGuards = {
  stableTimeConstantMs: null,
  deviationMax: null,
  markStepPerSecond: null,
  confidenceFactor: null,
  tradingStalenessMsMax: null,
};

const day = (priceGuards?: ScenarioPriceGuards): Promise<ReplayResult> => {
  const scenario: Scenario = { ...CRASH, ...(priceGuards && { priceGuards }) };
  const journal = inMemoryJournal();
  return replay({ scenario, accounts: 100, journal, healthCheckEvery: 1, now: () => 0 });
};

const first = ({ worstMoments }: ReplayResult): string =>
  worstMoments.toSorted((a, b) => (a.at < b.at ? -1 : 1))[0]!.at;

test('a bound on the step of the mark holds it back in a crash', async () => {
  const plain = await day();
  assert.deepEqual([plain.hasPriceGuards, plain.heldMarks], [false, []]);
  // 1.5 % a minute, where prices lose more than a third in half an hour.
  const bound = await day({ ...OFF, markStepPerSecond: '0.00025' });
  assert.equal(bound.hasPriceGuards, true);
  assert.ok(bound.heldMarks.length > 0);
  for (const { records, furthest, furthestAt } of bound.heldMarks) {
    assert.ok(records > 0 && Number(furthest) > 0);
    assert.ok(furthestAt > CRASH.from && furthestAt < CRASH.to.replace('01:00', '04:00'));
  }
  assert.ok(first(bound) >= first(plain));
  for (const { conservationImbalance, unhealthyAtEnd, lagSteps, lossLedgerSum } of [plain, bound]) {
    assert.deepEqual(
      [conservationImbalance, unhealthyAtEnd, lagSteps.max, lossLedgerSum],
      ['0', 0, 0, '0'],
    );
  }
});

test('the other guards leave every mark as it is', async () => {
  const plain = await day();
  const guarded = await day({
    ...OFF,
    stableTimeConstantMs: 600_000,
    deviationMax: '0.1',
    confidenceFactor: '1',
    tradingStalenessMsMax: 60_000,
  });
  assert.deepEqual([guarded.hasPriceGuards, guarded.heldMarks], [true, []]);
  assert.deepEqual(guarded.marketPrices, plain.marketPrices);
  assert.equal(guarded.lagSteps.max, 0);
});
