/**
 * Planted bugs: engines that answer almost right. Each must be told from the model within a
 * stated number of cases, or the comparison has gone blind.
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
import { engineTimeMs } from '../../src/units/index.ts';
import { CLOSE_OUT_CANARIES } from './close-out-canaries.ts';
import { GUARD_CANARIES } from './guard-canaries.ts';
import { byText } from './integers.ts';
import { LENDING_CANARIES } from './lending-canaries.ts';
import { altered, type Canary, decideRight, subjectWith } from './planted-bugs.ts';
import { WATERFALL_CANARIES } from './waterfall-canaries.ts';

export const CANARIES: readonly Canary[] = [
  ...CLOSE_OUT_CANARIES,
  ...GUARD_CANARIES,
  ...LENDING_CANARIES,
  ...WATERFALL_CANARIES,
  {
    name: 'a penalty is one unit too high',
    budget: 10,
    subject: altered((event) =>
      event.type === 'PenaltyCharged'
        ? {
            ...event,
            penalty: event.penalty + 1n,
            insuranceContribution: event.insuranceContribution + 1n,
          }
        : event,
    ),
  },
  {
    name: 'one of several liquidations is not started',
    budget: 20,
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        const several = due?.type === 'StartLiquidations' && due.accounts.length > 1;
        return several ? { ...due, accounts: due.accounts.slice(1) } : due;
      },
    }),
  },
  {
    name: 'a close-out is rounded down to the lot',
    budget: 20,
    subject: altered((event, { state }) => {
      if (event.type !== 'CloseOutOrderPlaced') return event;
      const market = state.markets.find(({ parameters }) => parameters.market === event.market)!;
      const lot = market.parameters.lot as bigint;
      const less = event.size > 0n ? event.size - lot : event.size + lot;
      return less === 0n ? event : { ...event, size: less };
    }),
  },
  {
    name: 'ties are given to the last account id',
    budget: 60,
    subject: subjectWith({ decides: decideWithIdsReversed }),
  },
  {
    name: 'a payer of funding gets the floor of what it owes',
    budget: 20,
    subject: altered((event) => {
      if (event.type !== 'FillRecorded' || event.buyer.fundingPayment >= 0n) return event;
      const { buyer } = event;
      const exact = buyer.fundingExact % 10n ** 18n !== 0n;
      const fundingPayment = buyer.fundingPayment + (exact ? 1n : 0n);
      return { ...event, buyer: { ...buyer, fundingPayment } };
    }),
  },
  {
    name: 'an order without a fill is not counted',
    budget: 20,
    subject: subjectWith({
      spoils: ({ state }, outcome) => {
        if (outcome.type === 'Rejected') return;
        for (const event of outcome.events) {
          if (event.type !== 'OrderFinished') continue;
          const liquidation = state.liquidations.get(event.liquidation);
          if (liquidation !== undefined) liquidation.attempts = 0;
        }
      },
    }),
  },
  {
    name: 'a frozen mark is taken for a live one',
    budget: 5,
    subject: altered((event) =>
      event.type === 'PricesUpdated'
        ? { ...event, marks: event.marks.map((mark) => ({ ...mark, mode: 'live' as const })) }
        : event,
    ),
  },
];

/**
 * Decides the engine's own commands on a pool whose account ids run the other way, and puts the
 * true ids back: everything stays as it is but the order of equals.
 */
function decideWithIdsReversed(engine: Engine, envelope: CommandEnvelope, time: number): Outcome {
  if (envelope.command.type !== 'StepLiquidation') return decideRight(engine, envelope, time);
  const { state } = engine;
  const ids = state.accounts.map(({ id }) => id).sort(byText);
  const reversed = new Map(ids.map((id, at) => [id as string, ids[ids.length - 1 - at]!]));
  const accounts = state.accounts.map((account) => {
    return { ...account, id: reversed.get(account.id)! };
  });
  const buyer = state.parameters?.collateralBuyer ?? null;
  const mirrored: PoolState = {
    ...state,
    accounts,
    parameters: {
      ...state.parameters!,
      collateralBuyer: buyer === null ? null : (reversed.get(buyer) ?? buyer),
    },
    numbers: {
      ...state.numbers,
      accounts: new Map(accounts.map(({ id }, number) => [id, number])),
    },
  };
  const outcome = decide(mirrored, envelope, engineTimeMs(time));
  return restored(outcome, reversed) as Outcome;
}

/** A copy of a value with every account id replaced; reversing twice restores. */
function restored(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => restored(entry, ids));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, restored(entry, ids)]),
  );
}
