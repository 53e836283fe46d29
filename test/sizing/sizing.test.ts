/**
 * A bounded run of `npm run soak -- sizing`, and every planted bug caught by it.
 * @module
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPools, starvingQueue } from './pool-cases.ts';
import { runSizing, SizingFailure } from './run-cases.ts';
import { PLANTS, riskSubject } from './subject.ts';

const SEED = Number(process.env['SIZING_SEED'] ?? 1);
const CASES = Number(process.env['SIZING_CASES'] ?? 6000);
const POOLS = Number(process.env['SIZING_POOLS'] ?? 40);
/** Cases within which a planted bug must be caught. */
const BUDGET = 3000;
/** How many properties and kinds of cases there are to reach. */
const REACHED = { cases: 29, pools: 8 };
/** Exceptions to a property: rare, and each checked to be one. */
const RARE = /cost as much as it released|restores whenever another/;

test('no generated close-out breaks a property, and each property is put to the test', () => {
  const tally = runSizing({ subject: riskSubject, seed: SEED, cases: CASES });
  const reached = [...tally].filter(([property]) => !RARE.test(property));
  for (const [property, count] of reached) assert.ok(count * 100 > CASES, `${property}: ${count}`);
  assert.equal(reached.length, REACHED.cases, [...tally.keys()].sort().join('\n'));
});

test('no pool breaks a property, and each property is put to the test', () => {
  const tally = runPools({ seed: SEED, pools: POOLS });
  for (const [property, count] of tally) assert.ok(count >= POOLS, `${property}: ${count}`);
  assert.equal(tally.size, REACHED.pools, [...tally.keys()].sort().join('\n'));
});

for (const [name, subject] of Object.entries(PLANTS)) {
  test(`planted: ${name}`, () => {
    const attempt = () => runSizing({ subject, seed: SEED, cases: BUDGET });
    assert.throws(attempt, SizingFailure);
  });
}

test('planted: a queue that starves every other liquidation', () => {
  const attempt = () => runPools({ seed: SEED, pools: 20, due: starvingQueue });
  assert.throws(attempt, /is tried within two rounds|no liquidation is left/);
});

test('a failure says how to run it again', () => {
  const subject = PLANTS['a unit too little is closed'];
  assert.ok(subject !== undefined, 'the plant is known');
  const attempt = () => runSizing({ subject, seed: 7, from: 60, cases: 30 });
  assert.throws(attempt, /again: npm run soak -- sizing --seed 7 --from [678]\d --cases 1$/);
});
