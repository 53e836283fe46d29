/**
 * Planted bugs about desks, debts and claims: each lies within what the engine's own invariants
 * let pass.
 * @module
 */
import {
  type CommandEnvelope,
  decide,
  dueWork,
  type Engine,
  type Outcome,
  type PoolState,
} from '../../src/engine/index.ts';
import { engineTimeMs, ONE_RATIO } from '../../src/units/index.ts';
import { ONE } from './integers.ts';
import { altered, type Canary, decideRight, subjectWith } from './planted-bugs.ts';

export const LENDING_CANARIES: readonly Canary[] = [
  {
    name: 'a share of the interest is rounded down once too often',
    budget: 20,
    subject: altered((event) => {
      if (event.type !== 'InterestAccrued') return event;
      if (event.supplyIndexAfter === event.supplyIndexBefore) return event;
      return { ...event, supplyIndexAfter: event.supplyIndexAfter - 1n };
    }),
  },
  {
    name: 'a loan is made for the floor of its shares',
    budget: 20,
    subject: altered((event) => {
      if (event.type !== 'Borrowed') return event;
      const isExact = event.shares * event.debtIndex === event.amount * ONE;
      return isExact ? event : { ...event, shares: event.shares - 1n };
    }),
  },
  {
    name: 'a repayment costs one unit less',
    budget: 30,
    subject: altered((event) =>
      event.type === 'Repaid' ? { ...event, amount: event.amount - 1n } : event,
    ),
  },
  {
    name: 'interest starts anew instead of going on',
    budget: 20,
    subject: altered((event) =>
      event.type === 'InterestAccrued' && event.debtIndexAfter > event.debtIndexBefore
        ? { ...event, debtIndexAfter: event.debtIndexBefore + 1n }
        : event,
    ),
  },
  {
    name: 'new risk is judged without the loan to value',
    budget: 100,
    always: 'lending',
    subject: onDesks((desk) => ({ ...desk, loanToValue: ONE_RATIO })),
  },
  {
    name: 'new risk is judged by the weight of old debts',
    budget: 60,
    always: 'lending',
    subject: onDesks((desk) => ({ ...desk, liabilityWeightInitial: desk.liabilityWeight })),
  },
  {
    name: 'what was lent does not count for new risk',
    budget: 20,
    subject: onState((state) => ({
      ...state,
      accounts: state.accounts.map((account) => ({ ...account, supplies: [] })),
    })),
  },
  {
    name: 'interest is accrued only when somebody comes',
    budget: 20,
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        return due?.type === 'AccrueInterest' ? null : due;
      },
    }),
  },
  {
    name: 'whoever owes without a position is not found',
    budget: 60,
    always: 'lending',
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        if (due?.type !== 'StartLiquidations') return due;
        const { numbers, accounts } = engine.state;
        const owes = (id: (typeof due.accounts)[number]): boolean => {
          const { debts, positions } = accounts[numbers.accounts.get(id)!]!;
          return debts.length > 0 && positions.length === 0;
        };
        return due.accounts.some(owes) ? null : due;
      },
    }),
  },
];

type Terms = PoolState['desks'][number]['parameters'];

/** Decides what takes on risk, or takes something out, on a pool seen otherwise than it is. */
function onState(seen: (state: PoolState) => PoolState) {
  return subjectWith({
    decides: (engine: Engine, envelope: CommandEnvelope, time: number): Outcome => {
      const { type } = envelope.command;
      if (type !== 'Borrow' && type !== 'Withdraw' && type !== 'RecordFill') {
        return decideRight(engine, envelope, time);
      }
      return decide(seen(engine.state), envelope, engineTimeMs(time));
    },
  });
}

function onDesks(terms: (parameters: Terms) => Terms) {
  return onState((state) => ({
    ...state,
    desks: state.desks.map((desk) => ({ ...desk, parameters: terms(desk.parameters) })),
  }));
}
