/**
 * Goal: the trigger index never misses and never invents. Method: random books and worlds; after
 * every outside command, before due work is drained, and after every accrual of interest, the set
 * the index finds must equal the set that an exact scan of all accounts finds. Seeded, because
 * what was reached is counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { moves, run, type World } from '../../test/pools/trigger-world.ts';
import { liquidatableByScan } from './index.ts';
import { candidates, catchUp } from './triggers/index.ts';
import { BOUND, FLOATS } from './triggers/legs.ts';

/** The two answers, before any work is drained. */
function bothAnswers({ engine }: World): { index: number[]; scan: number[] } {
  // The changes stay noted: due work, drained afterwards, takes them again.
  catchUp(engine.state, engine.triggers, engine.state.changes);
  const index = [...candidates(engine.state, engine.triggers)].sort((a, b) => a - b);
  return { index, scan: liquidatableByScan(engine.state) };
}

/** What the worlds came to, so that the test cannot be empty. */
const reached = { liquidatable: 0, borrowers: 0, lenders: 0, byInterest: 0 };

function assertSameAnswers(world: World): number[] {
  const { index, scan } = bothAnswers(world);
  assert.deepEqual(index, scan, `prices ${world.prices.join(', ')}`);
  return scan;
}

test('the index finds exactly what a full scan finds, after every step', () => {
  fc.assert(
    fc.property(fc.array(moves, { minLength: 40, maxLength: 90 }), (moveList) => {
      run(moveList, {
        moved: (world) => {
          for (const number of assertSameAnswers(world)) {
            const { debts, positions, supplies } = world.engine.state.accounts[number]!;
            reached.liquidatable += 1;
            if (debts.length > 0 && positions.length === 0) reached.borrowers += 1;
            if (supplies.length > 0) reached.lenders += 1;
          }
        },
        // Interest may make somebody liquidatable by itself, between two prices.
        accrued: (world) => {
          reached.byInterest += assertSameAnswers(world).length;
        },
      });
    }),
    { numRuns: 160, seed: 20210519 },
  );
  const { liquidatable, borrowers, lenders, byInterest } = reached;
  const enough = liquidatable > 250 && borrowers > 50 && lenders > 30 && byInterest > 50;
  assert.ok(enough, `the worlds are too quiet: ${JSON.stringify(reached)}`);
});

test('canary: a bound moved away from the mark is caught', () => {
  const spoil = ({ engine }: World): void => {
    const { floats, used } = engine.triggers.legs;
    // Three hundredths too lenient: the account would be looked at too late.
    for (let at = BOUND; at < used * FLOATS; at += FLOATS) {
      floats[at]! -= 0.03 * Math.abs(floats[at]!);
    }
  };
  const property = fc.property(fc.array(moves, { minLength: 20, maxLength: 60 }), (moveList) => {
    run(moveList, {
      moved: (world) => {
        const { index, scan } = bothAnswers(world);
        assert.deepEqual(index, scan);
        spoil(world);
      },
      accrued: () => {},
    });
  });
  const result = fc.check(property, { numRuns: 150, seed: 20210519, endOnFailure: true });
  assert.ok(result.failed, 'the planted error was not caught');
});
