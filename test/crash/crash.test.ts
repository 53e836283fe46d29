/**
 * Goal: nothing acknowledged is ever lost. Method: SIGKILL at seeded moments, a few here; the long
 * run is `npm run soak -- crash`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashRuns } from './crash-harness.ts';

test('killed at any moment a replay recovers to a prefix with all it acknowledged', async () => {
  const report = await crashRuns({ kills: 4, seed: 1 });
  assert.deepEqual(report.problems, []);
  assert.ok(report.midway >= 2, `only ${report.midway} kills hit a running replay`);
});

test('canary: an acknowledgement before the commit is caught', async () => {
  const report = await crashRuns({ kills: 2, seed: 2, lie: true });
  assert.notDeepEqual(report.problems, []);
});
