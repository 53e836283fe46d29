/** Nothing is decided on one venue's word, and the result says whose word it was. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Scenario } from './scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-venues-'));
after(() => rmSync(folder, { recursive: true }));

const MINUTE = 60_000;
const START = Date.parse(CRASH.from);

/** Bars of one venue: quiet at 100, but for the minutes in which it prints something else. */
function venue(name: string, prints: { readonly [minute: number]: number }): void {
  const lines = Array.from({ length: 30 }, (_, minute) => {
    const price = prints[minute] ?? 100;
    return `${START + minute * MINUTE},${price},${price},${price},${price},1`;
  });
  writeFileSync(
    join(folder, `${name}_BTCUSD_1m.csv`),
    `ts_ms,open,high,low,close,volume\n${lines.join('\n')}\n`,
  );
}

// At minute 10 one venue prints 60 alone; at minute 20 both fall to 80.
venue('one', { 10: 60, 11: 60, 20: 80, 21: 80, 22: 80 });
venue('other', { 20: 80, 21: 80, 22: 80 });

const breakers = {
  jumpDeviations: null,
  sourceSpreadMax: '0.05',
  depthFloor: null,
  staleTrips: true,
  gates: ['liquidations'],
  holdMs: 60_000,
  limitMs: 300_000,
  releaseShare: '0.5',
} as const;

const day = (indexes: Scenario['indexes'], guards: Scenario['breakers']): Promise<ReplayResult> =>
  replay({
    scenario: { ...CRASH, indexes, breakers: guards, collaterals: [] },
    prices: { directory: folder },
    accounts: 100,
    journal: inMemoryJournal(),
    healthCheckEvery: 1,
    now: () => 0,
  });

test('a lone print liquidates where one venue is enough', async () => {
  const result = await day({ sourcesMin: 1, stalenessSteps: 3, sourceBand: null }, null);
  const first = result.worstMoments.toSorted((a, b) => (a.at < b.at ? -1 : 1))[0]!;
  assert.equal(first.at, '2021-01-01T00:10:00.000Z');
  assert.ok(first.started > 10);
});

test('with two venues and a band nothing starts before both have fallen', async () => {
  const indexes = { sourcesMin: 2, stalenessSteps: 3, sourceBand: '0.1' };
  const result = await day(indexes, breakers);
  assert.ok(result.liquidations.started > 10);
  assert.ok(result.worstMoments.every(({ at }) => at >= '2021-01-01T00:20:00.000Z'));
  assert.deepEqual(
    result.priceEvidence.map(({ sources }) => sources),
    [2],
  );
  const told = result.breakers.map(({ reason, at, cause }) => [reason, at.slice(11, 19), cause]);
  assert.deepEqual(told, [
    ['sources-disagree', '00:10:00', 'calm'],
    ['price-stale', '00:10:00', 'calm'],
  ]);
  assert.equal(result.breakers[0]!.measured, '0.666666666666666666');
  assert.equal(result.lagSteps.max, 0);
});
