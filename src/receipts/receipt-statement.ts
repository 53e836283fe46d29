/**
 * A receipt as it is read: its facts, and beside them all that follows from them. A function of
 * the facts alone, so that whoever holds a receipt can work it out again.
 * @module
 */
import type { Json, PoolState } from '../engine/index.ts';
import { assert } from '../units/index.ts';
import { healthStatement } from './health-statement.ts';
import { isoTime, timeFields } from './iso-time.ts';
import { ofType } from './own-event.ts';
import { poolOf } from './pool-of-moment.ts';
import { priceStatement } from './price-statement.ts';
import { ReceiptFacts, type Terms } from './receipt-facts.ts';
import { type StepWithPool, totalsStatement } from './receipt-totals.ts';
import { stepStatement } from './step-statement.ts';
import { type Told, takenAsTold } from './taken-as-told.ts';

export type Statement = { readonly [key: string]: Json };

/** Every step with the pool that its record found. */
export function stepsWithPools(facts: ReceiptFacts): StepWithPool[] {
  let { terms } = facts;
  return facts.steps.map((step) => {
    terms = step.terms ?? terms;
    return { step, state: poolOf(terms, step.before, facts) };
  });
}

/** What of every step is taken as told by the receipt alone. */
export const toldSteps = (facts: ReceiptFacts): { readonly seq: number; readonly told: Told[] }[] =>
  stepsWithPools(facts).map(({ step, state }) => {
    return { seq: step.seq, told: takenAsTold(state, step, facts) };
  });

/** The pool as the last step left it. */
export function poolAfter(facts: ReceiptFacts): PoolState {
  const last = (found: Terms, terms: Terms | null): Terms => terms ?? found;
  const told = facts.steps.map((step) => step.terms).reduce(last, facts.terms);
  return poolOf(facts.termsAfter ?? told!, facts.after, facts);
}

export function statementOf(facts: ReceiptFacts): Statement {
  const steps = stepsWithPools(facts);
  const first = steps[0];
  assert(first !== undefined, 'RECEIPT', 'a receipt without a step');
  const last = steps.at(-1)!.step;
  const ended = ofType(last.events, 'LiquidationEnded')[0] ?? null;
  return {
    ...(ReceiptFacts.json(facts) as Statement),
    ended: ended !== null,
    outcome: ended?.outcome ?? null,
    start: place(first.step),
    end: ended === null ? null : place(last),
    prices: priceStatement(first.state),
    healthBefore: healthStatement(first.state),
    steps: steps.map(({ step, state }) => stepStatement(state, step, facts)),
    timeAfter: isoTime(facts.after.timeMs),
    healthAfter: healthStatement(poolAfter(facts)),
    totals: totalsStatement(facts, steps),
  };
}

const place = ({ seq, timeMs }: { readonly seq: number; readonly timeMs: number }): Statement => ({
  seq,
  ...timeFields(timeMs),
});
