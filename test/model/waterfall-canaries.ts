/**
 * Planted bugs in the rules of docs/spec/waterfall.md: each lies within what the engine's own
 * invariants let pass.
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
import { altered, type Canary, decideRight, subjectWith } from './planted-bugs.ts';

type Layers = NonNullable<PoolState['waterfall']>;
type CommandType = CommandEnvelope['command']['type'];

/** In cases with layers, and no others. */
const layered = (canary: Omit<Canary, 'always'>): Canary => ({ ...canary, always: 'layers' });

export const WATERFALL_CANARIES: readonly Canary[] = [
  layered({
    name: 'what only tranches pay counts as a step',
    budget: 60,
    subject: subjectWith({
      spoils: ({ state }, outcome) => {
        if (outcome.type === 'Rejected') return;
        if (outcome.events.some(({ type }) => type === 'DeficitCovered')) return;
        for (const event of outcome.events) {
          if (event.type === 'TranchePaid') state.liquidations.get(event.liquidation)!.steps += 1;
        }
      },
    }),
  }),
  layered({
    name: 'the buffer is filled with one unit less than its share',
    budget: 60,
    subject: altered((event) =>
      event.type === 'BufferFilled' ? { ...event, amount: event.amount - 1n } : event,
    ),
  }),
  layered({
    name: 'what the fund paid is not counted in its window',
    budget: 60,
    subject: subjectWith({
      spoils: ({ state }) => {
        if (state.waterfall !== null) state.waterfall.window = [];
      },
    }),
  }),
  layered({
    name: 'no loss counts for a market',
    budget: 20,
    subject: subjectWith({
      spoils: ({ state }) => {
        for (const running of state.liquidations.values()) running.lossMarket = null;
      },
    }),
  }),
  layered({
    name: 'a premium is rounded up',
    budget: 20,
    subject: altered((event) =>
      event.type === 'PremiumPaid' && event.amount > 0n
        ? { ...event, amount: event.amount + 1n }
        : event,
    ),
  }),
  layered({
    name: 'premiums are paid only when somebody comes or leaves',
    budget: 20,
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        return due?.type === 'PayPremium' ? null : due;
      },
    }),
  }),
  layered({
    name: 'a deposit is preceded by a premium that was paid already',
    budget: 20,
    subject: onLayers('DepositTranche', (layers) => ({
      ...layers,
      tranches: layers.tranches.map((tranche) => ({ ...tranche, premiumMs: engineTimeMs(0) })),
    })),
  }),
  layered({
    name: 'providers leave while a loss is on its way',
    budget: 150,
    subject: onState('RedeemTranche', (state) => ({ ...state, liquidations: new Map() })),
  }),
  layered({
    name: 'whoever withdraws does not see what stands beside the fund',
    budget: 200,
    subject: onState('Withdraw', (state) => ({ ...state, waterfall: null })),
  }),
  layered({
    name: 'a threshold of leverage is ignored in deleveraging',
    budget: 150,
    subject: onLayers('StepLiquidation', (layers) => {
      return { ...layers, parameters: { ...layers.parameters, adlRiskThreshold: null } };
    }),
  }),
];

/** Decides one type of command on a pool seen otherwise than it is. */
function onState(type: CommandType, seen: (state: PoolState) => PoolState) {
  return subjectWith({
    decides: (engine: Engine, envelope: CommandEnvelope, time: number): Outcome =>
      envelope.command.type === type
        ? decide(seen(engine.state), envelope, engineTimeMs(time))
        : decideRight(engine, envelope, time),
  });
}

function onLayers(type: CommandType, seen: (layers: Layers) => Layers) {
  return onState(type, (state) => {
    const { waterfall } = state;
    return { ...state, waterfall: waterfall === null ? null : seen(waterfall) };
  });
}
