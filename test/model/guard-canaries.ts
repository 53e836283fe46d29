/**
 * Planted bugs in the rules of docs/spec/price-guards.md. See canaries.ts.
 * @module
 */
import {
  type Command,
  type CommandEnvelope,
  decide,
  dueWork,
  type Engine,
  type Outcome,
  type PoolState,
} from '../../src/engine/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import { type Canary, decideRight, subjectWith } from './planted-bugs.ts';

type MarketState = PoolState['markets'][number];

const JUDGED: readonly Command['type'][] = ['RecordFill', 'Withdraw', 'TransferCollateral'];
const PRICING: readonly Command['type'][] = ['ReportPrices', 'Tick'];

export const GUARD_CANARIES: readonly Canary[] = [
  {
    name: 'new profit may be used at once',
    budget: 60,
    subject: subjectWith({
      decides: decideWith(JUDGED, ({ priceGuards, ...market }) => {
        const guards = priceGuards === null ? null : { ...priceGuards, deviationMax: null };
        return { ...market, stablePrice: null, priceGuards: guards };
      }),
    }),
  },
  {
    name: 'a mark may lie anywhere beside the stable price',
    budget: 60,
    subject: subjectWith({ decides: decideWith(JUDGED, without('deviationMax')) }),
  },
  {
    name: 'an uncertain price requires no more margin',
    budget: 60,
    subject: subjectWith({ decides: decideWith(JUDGED, without('confidenceFactor')) }),
  },
  {
    name: 'a price may carry new risk until it is stale for margin',
    budget: 60,
    subject: subjectWith({ decides: decideWith(JUDGED, without('tradingStalenessMsMax')) }),
  },
  {
    name: 'the step of a mark is measured from the last record of any kind',
    budget: 20,
    subject: subjectWith({
      decides: (engine, envelope, time) =>
        decideWith(PRICING, (market) => {
          const since = market.markDecidedMs === null ? null : engine.state.timeMs;
          return { ...market, markDecidedMs: since };
        })(engine, envelope, time),
    }),
  },
  {
    name: 'the stable price moves toward a mark that was not live',
    budget: 40,
    subject: subjectWith({
      decides: decideWith(PRICING, (market) => {
        return market.stablePrice === null ? market : { ...market, mode: 'live' };
      }),
    }),
  },
  {
    name: 'a doubtful mark keeps accounts from being liquidated',
    budget: 60,
    subject: subjectWith({
      dueWorks: (engine) => {
        const due = dueWork(engine);
        if (due?.type !== 'StartLiquidations') return due;
        const { state } = engine;
        const sure = due.accounts.filter((id) => {
          const account = state.accounts[state.numbers.accounts.get(id)!]!;
          return account.positions.every(({ market }) => !isFar(state.markets[market]!));
        });
        return sure.length === 0 ? null : { ...due, accounts: sure };
      },
    }),
  },
  {
    name: 'deficits of running liquidations gate no withdrawal',
    budget: 150,
    subject: subjectWith({
      decides: (engine, envelope, time) => {
        if (envelope.command.type !== 'Withdraw') return decideRight(engine, envelope, time);
        const state = { ...engine.state, liquidations: new Map() };
        return decide(state, envelope, engineTimeMs(time));
      },
    }),
  },
];

/** More than one percent away from the stable price. */
function isFar({ mark, stablePrice }: MarketState): boolean {
  if (mark === null || stablePrice === null) return false;
  const distance = (mark as bigint) - stablePrice.value;
  return (distance < 0n ? -distance : distance) * 100n > (stablePrice.value as bigint);
}

type Guard = Exclude<keyof NonNullable<MarketState['priceGuards']>, 'market'>;

/** A market that lacks one of its guards. */
function without(guard: Guard) {
  return (market: MarketState): MarketState => {
    const { priceGuards } = market;
    return priceGuards === null
      ? market
      : { ...market, priceGuards: { ...priceGuards, [guard]: null } };
  };
}

/** Decides such commands as if every market were otherwise. */
function decideWith(
  commands: readonly Command['type'][],
  changed: (market: MarketState) => MarketState,
) {
  return (engine: Engine, envelope: CommandEnvelope, time: number): Outcome => {
    if (!commands.includes(envelope.command.type)) return decideRight(engine, envelope, time);
    const markets = engine.state.markets.map(changed);
    return decide({ ...engine.state, markets }, envelope, engineTimeMs(time));
  };
}
