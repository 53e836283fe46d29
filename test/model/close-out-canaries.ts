/**
 * Planted bugs in the rules of docs/spec/close-outs.md and docs/spec/breakers.md. See canaries.ts.
 * @module
 */
import {
  type CommandEnvelope,
  decide,
  dueWork,
  type Engine,
  liquidationStep,
  type Outcome,
  type PoolState,
} from '../../src/engine/index.ts';
import { durationMs, engineTimeMs } from '../../src/units/index.ts';
import { ONE } from './integers.ts';
import { altered, type Canary, decideRight, subjectWith } from './planted-bugs.ts';

type Settings = NonNullable<PoolState['markets'][number]['liquidity']>;

export const CLOSE_OUT_CANARIES: readonly Canary[] = [
  {
    name: 'a leg ignores its room',
    budget: 30,
    subject: subjectWith({
      decides: decideUnder((liquidity) => ({
        ...liquidity,
        depthShare: null,
        windowNotionalMax: null,
        windowDepthMultiple: null,
        openOrdersNotionalMax: null,
        rampMs: durationMs(0),
      })),
    }),
  },
  {
    name: 'legs that hedge each other are closed as if they did not',
    // One case in some two hundred tells it.
    seed: 19,
    budget: 200,
    subject: subjectWith({
      decides: decideUnder((liquidity) => {
        return { ...liquidity, hedgeGroup: liquidity.market as string as Settings['hedgeGroup'] };
      }),
    }),
  },
  {
    name: 'the oldest liquidation is always tried first',
    budget: 60,
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        if (due?.type !== 'StepLiquidation') return due;
        const { state } = engine;
        for (const [number, running] of state.liquidations) {
          if (liquidationStep(state, running).rung === 'wait') continue;
          return { ...due, liquidation: number };
        }
        return due;
      },
    }),
  },
  {
    name: 'a breaker that has calmed down is not released',
    budget: 40,
    subject: subjectWith({
      decides: (engine, envelope, time) => {
        const outcome = decideRight(engine, envelope, time);
        if (outcome.type === 'Rejected') return outcome;
        const events = outcome.events.filter((event) => {
          return event.type !== 'BreakerReleased' || event.cause !== 'calm';
        });
        return { type: 'Accepted', events };
      },
    }),
  },
  {
    name: 'a penalty is rounded down',
    budget: 20,
    subject: altered((event, { state }) => {
      if (event.type !== 'PenaltyCharged') return event;
      const running = [...state.liquidations.values()].find(
        ({ liquidation }) => liquidation === event.liquidation,
      )!;
      const exact = event.notional * (running.penaltyFraction as bigint);
      const down = exact / ONE;
      if (down * ONE === exact || event.penalty !== down + 1n) return event;
      const insuranceContribution = event.insuranceContribution - 1n;
      return insuranceContribution < 0n
        ? event
        : { ...event, penalty: down, insuranceContribution };
    }),
  },
];

/** Decides a step of a liquidation as if every market's liquidity were configured otherwise. */
function decideUnder(changed: (liquidity: Settings) => Settings) {
  return (engine: Engine, envelope: CommandEnvelope, time: number): Outcome => {
    if (envelope.command.type !== 'StepLiquidation') return decideRight(engine, envelope, time);
    const { state } = engine;
    const markets = state.markets.map((market) => {
      const { liquidity } = market;
      return { ...market, liquidity: liquidity === null ? null : changed(liquidity) };
    });
    return decide({ ...state, markets }, envelope, engineTimeMs(time));
  };
}
