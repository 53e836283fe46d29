/**
 * Whole pools: a few accounts with positions in two markets, prices that move, close-out orders
 * that are filled at the mark, in part, or not at all. What a liquidation may do to anybody else,
 * and that it comes to an end, is checked record by record.
 * @module
 */
import {
  accountMargin,
  applyRecord,
  type Command,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type Event,
  type EventOf,
  type JournalRecord,
  type LiquidationView,
  liquidationStep,
} from '../../src/engine/index.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  fromRaw,
  indexId,
  marketId,
  money,
  type Price,
  type Ratio,
  ratio,
  rawOf,
  type Size,
} from '../../src/units/index.ts';
import { createRandom, type Random } from '../model/random.ts';
import { market, POOL } from '../pools/pool-driver.ts';
import { larger, ONE, smaller } from './arithmetic.ts';
import { POLICIES } from './legs-cases.ts';
import { SizingFailure } from './run-cases.ts';
import { Broken, check, type Tally } from './tally.ts';

const MARKETS = ['PERP', 'MINI', 'OTHER'] as const;
const INDEXES = ['BTC', 'BTC', 'ETH'] as const;
const ROUNDS_MAX = 200;
const MAKER = accountId('maker');

export type PoolRun = {
  readonly seed: number;
  readonly from?: number;
  readonly pools: number;
  /** What is due; a planted bug is a queue that answers otherwise. */
  readonly due?: DueWork;
  readonly onPool?: (done: number) => void;
};

type DueWork = (engine: Engine) => Command | null;

/** Every other liquidation is not tried as long as others run. */
export const starvingQueue: DueWork = (engine) => {
  const due = dueWork(engine);
  const starved = due?.type === 'StepLiquidation' && due.liquidation % 2 === 0;
  return starved && engine.state.liquidations.size > 1 ? null : due;
};

/** @throws SizingFailure at the first pool in which a property is broken. */
export function runPools({ seed, from = 0, pools, due = dueWork, onPool }: PoolRun): Tally {
  const tally: Tally = new Map();
  for (let number = from; number < from + pools; number += 1) {
    try {
      const state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0xc2b2ae35);
      runPool(createRandom(state), { tally, due });
    } catch (cause) {
      const text = cause instanceof Broken ? cause.message : `${(cause as Error).stack}`;
      const again = `npm run soak -- sizing --seed ${seed} --from ${number} --pools 1`;
      throw new SizingFailure(`${text}\nagain: ${again}`, { cause });
    }
    tally.set('cases: pool', (tally.get('cases: pool') ?? 0) + 1);
    onPool?.(number - from + 1);
  }
  return tally;
}

type Host = {
  readonly engine: Engine;
  readonly tally: Tally;
  readonly due: DueWork;
  readonly fairness: Fairness;
  seq: number;
  timeMs: number;
};

/** Tries of other liquidations while one that was ready was not tried, by both numbers. */
type Fairness = Map<number, Map<number, number>>;

function record(host: Host, source: string, command: Command): JournalRecord {
  const { engine } = host;
  host.seq += 1;
  const sourceSeq = source === ENGINE_SOURCE ? 0 : host.seq;
  const envelope = { source, sourceSeq, command };
  const time = engineTimeMs(host.timeMs);
  const outcome = decide(engine.state, envelope, time);
  const made: JournalRecord = { version: 1, seq: host.seq, time, envelope, outcome };
  applyRecord(engine, made);
  return made;
}

const eventsOf = ({ outcome }: JournalRecord): readonly Event[] =>
  outcome.type === 'Accepted' ? outcome.events : [];

/** Takes an outside command and all work that it makes due. */
function take(host: Host, command: Command): Event[] {
  const events = [...eventsOf(record(host, 'sizing', command))];
  for (let due = host.due(host.engine); due !== null; due = host.due(host.engine)) {
    const ready = due.type === 'StepLiquidation' ? readyOnes(host.engine) : [];
    if (due.type === 'StartLiquidations') checkStarts(host, due.accounts);
    const made = eventsOf(record(host, ENGINE_SOURCE, due));
    if (due.type === 'StepLiquidation') checkTurn(host, due.liquidation, ready, made);
    for (const event of made) checkEvent(host, event);
    events.push(...made);
  }
  return events;
}

/** Liquidations that could place an order or be put off now. */
const readyOnes = ({ state }: Engine): number[] =>
  [...state.liquidations].flatMap(([number, liquidation]) =>
    liquidationStep(state, liquidation).rung === 'close-on-book' ? [number] : [],
  );

/** Nobody is tried a third time while another that was ready all along was not tried once. */
function checkTurn(host: Host, tried: number, ready: readonly number[], made: readonly Event[]) {
  const isTry = made.some(({ type }) => type === 'CloseOutPlanned' || type === 'CloseOutDeferred');
  for (const number of [...host.fairness.keys()]) {
    if (!ready.includes(number)) host.fairness.delete(number);
  }
  if (!isTry) return;
  host.fairness.delete(tried);
  for (const waiting of ready) {
    if (waiting === tried) continue;
    const tries = host.fairness.get(waiting) ?? new Map<number, number>();
    const count = (tries.get(tried) ?? 0) + 1;
    host.fairness.set(waiting, tries.set(tried, count));
    check(host.tally, 'pool: every ready liquidation is tried within two rounds', {
      holds: count <= 2,
      detail: () => `${tried} was tried ${count} times while ${waiting} waited`,
    });
  }
}

/** Reckoned on the state before the record: the account is below its requirement. */
function checkStarts({ engine: { state }, tally }: Host, accounts: readonly string[]): void {
  for (const id of accounts) {
    const account = state.accounts[state.numbers.accounts.get(id as never)!]!;
    const { marginEquity, maintenanceMargin } = accountMargin(state, account);
    check(tally, 'pool: no healthy account is touched', {
      holds: marginEquity < maintenanceMargin && account.liquidation === null,
      detail: () => `${id} holds ${marginEquity} of ${maintenanceMargin}`,
    });
  }
}

function checkEvent(host: Host, event: Event): void {
  const { tally } = host;
  if (event.type === 'LiquidationEnded') {
    check(tally, 'pool: a liquidation ends within its steps', {
      holds: event.steps <= POOL.closeOutStepsMax + 4 * MARKETS.length + 10,
      detail: () => `${event.account} took ${event.steps} steps`,
    });
  }
  if (event.type === 'CloseOutOrderPlaced') {
    const { state } = host.engine;
    const liquidation = state.liquidations.get(event.liquidation)!;
    const number = state.numbers.markets.get(event.market)!;
    const held = state.accounts[liquidation.account]!.positions.find(
      (position) => position.market === number,
    );
    const size = rawOf(held?.size ?? fromRaw<Size>(0n));
    const order = rawOf(event.size);
    check(tally, 'pool: an order only reduces', {
      holds: order * size < 0n && larger(order, -order) <= larger(size, -size),
      detail: () => `order ${order} for a position of ${size}`,
    });
  }
}

/** A fill at the mark: nobody else is made liquidatable, and the account's deficit falls. */
function fillAtMark(host: Host, order: EventOf<'CloseOutOrderPlaced'>, part: bigint): Event[] {
  const { engine, tally } = host;
  const { state } = engine;
  const live = [...state.liquidations.values()].find(
    ({ order: open }) => open?.order === order.order,
  );
  if (live === undefined) return [];
  const before = deficit(engine, live);
  const sells = rawOf(order.size) < 0n;
  const size = fromRaw<Size>(larger(part, -part));
  const at = state.markets[state.numbers.markets.get(order.market)!]!;
  const made = take(host, {
    type: 'RecordFill',
    market: order.market,
    buyer: sells ? MAKER : order.account,
    seller: sells ? order.account : MAKER,
    size,
    price: at.mark!,
    buyerFee: money('0'),
    sellerFee: money('0'),
    order: order.order,
  });
  if (!made.some(({ type }) => type === 'FillRecorded')) return made;
  const started = made.filter(({ type }) => type === 'LiquidationStarted');
  check(tally, 'pool: a fill at the mark makes nobody else liquidatable', {
    holds: started.length === 0,
    detail: () => `${started.length} liquidations were started by a fill at the mark`,
  });
  if (engine.state.liquidations.has(order.liquidation)) {
    check(tally, 'pool: the deficit does not grow by a fill at the mark', {
      // The value of what was closed and of what is left round by a unit each.
      holds: deficit(engine, live) <= before + 4n,
      detail: () => `${order.account}: from ${before} to ${deficit(engine, live)}`,
    });
  }
  return made;
}

function deficit({ state }: Engine, { account }: LiquidationView): bigint {
  const { marginEquity, maintenanceMargin } = accountMargin(state, state.accounts[account]!);
  return rawOf(maintenanceMargin) - rawOf(marginEquity);
}

function runPool(random: Random, { tally, due }: Pick<Host, 'tally' | 'due'>): void {
  const host: Host = {
    engine: createEngine(),
    tally,
    due,
    fairness: new Map(),
    seq: 0,
    timeMs: 1_700_000_000_000,
  };
  for (const command of configuration(random)) take(host, command);
  const prices = [random.quantity(20_000, 60_000), random.quantity(1_000, 4_000)] as const;
  take(host, report(host, prices));
  for (const command of population(random, prices)) take(host, command);
  const orders: EventOf<'CloseOutOrderPlaced'>[] = [];
  const collect = (events: readonly Event[]): void => {
    for (const event of events) if (event.type === 'CloseOutOrderPlaced') orders.push(event);
  };
  // The first rounds go one way, so that those of one side fall together.
  const trend = random.quantity(0.01, 0.04) * (random.chance(50) ? 1n : -1n);
  let moved = prices;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    host.timeMs += random.pick([1, 1_000, 20_000, 61_000]);
    const shock = random.quantity(0.985, 1.015) + (round < 4 ? trend : 0n);
    moved = [(moved[0] * shock) / ONE, (moved[1] * random.quantity(0.96, 1.04)) / ONE];
    collect(take(host, report(host, moved)));
    if (round > 3 && host.engine.state.liquidations.size === 0) break;
    answerOrders(host, random, orders, collect);
  }
  const left = host.engine.state.liquidations.size;
  check(tally, 'pool: no liquidation is left after a while', {
    holds: left === 0,
    detail: () => `${left} liquidations run after ${ROUNDS_MAX} rounds`,
  });
}

/** Most orders are filled whole or in part; some are given back, some run out of time. */
function answerOrders(
  host: Host,
  random: Random,
  orders: EventOf<'CloseOutOrderPlaced'>[],
  collect: (events: readonly Event[]) => void,
): void {
  for (let answers = 0; orders.length > 0 && answers < 40; answers += 1) {
    const order = orders.shift()!;
    const kind = random.below(10);
    const lot = 10n ** 15n;
    const size = rawOf(order.size);
    const part = kind < 6 ? size : (size / 2n / lot) * lot;
    if (kind === 9) continue;
    if (kind < 8 && part !== 0n) collect(fillAtMark(host, order, smallerMagnitude(part, size)));
    collect(take(host, { type: 'FinishOrder', order: order.order, reason: 'expired' }));
    host.timeMs += 1;
    collect(take(host, { type: 'Tick' }));
  }
}

const smallerMagnitude = (a: bigint, b: bigint): bigint =>
  smaller(larger(a, -a), larger(b, -b)) === larger(a, -a) ? a : b;

function configuration(random: Random): Command[] {
  const shares = { windowMs: durationMs(60_000), depthStalenessMsMax: durationMs(60_000) };
  return [
    { type: 'ConfigurePool', parameters: { ...POOL, startsPerRecordMax: random.between(1, 4) } },
    ...['BTC', 'ETH'].map(
      (index): Command => ({
        type: 'ConfigureIndex',
        parameters: {
          index: indexId(index),
          sources: [{ source: 'feed', weight: ratio('1') }],
          sourcesMin: 1,
          stalenessMsMax: durationMs(180_000),
          confidenceMax: null,
          sourceBand: null,
        },
      }),
    ),
    ...MARKETS.map(
      (id, at): Command => ({
        type: 'ConfigureMarket',
        parameters: market(id, {
          index: indexId(INDEXES[at]!),
          bookStalenessMsMax: durationMs(180_000),
        }),
      }),
    ),
    { type: 'FundInsurance', amount: money('5000') },
    ...(random.chance(80) ? [closeOuts(random)] : []),
    ...MARKETS.filter(() => random.chance(60)).map(
      (id): Command => ({
        type: 'ConfigureLiquidity',
        parameters: {
          market: marketId(id),
          impactModel: random.pick(['square-root', 'linear']),
          impactCoefficient: fromRaw<Ratio>(random.quantity(0.5, 1.5)),
          dailyVolatility: fromRaw<Ratio>(random.quantity(0.01, 0.08)),
          dailyVolume: fromRaw(random.quantity(1e5, 1e8)),
          volatilityTimeConstantMs: durationMs(600_000),
          depthTimeConstantMs: durationMs(60_000),
          depthShare: null,
          ...shares,
          windowNotionalMax: random.chance(50) ? fromRaw(random.quantity(50_000, 500_000)) : null,
          windowDepthMultiple: null,
          openOrdersNotionalMax: random.chance(30) ? fromRaw(random.quantity(3e4, 3e5)) : null,
          rampMs: durationMs(random.pick([0, 0, 30_000])),
          rampInitialFraction: ratio('0.3'),
          smallNotional: money('1000'),
          hedgeGroup: null,
          openInterestMax: null,
        },
      }),
    ),
  ];
}

const closeOuts = (random: Random): Command => ({
  type: 'ConfigureCloseOuts',
  parameters: {
    policy: random.pick(POLICIES),
    fixedShare: fromRaw<Ratio>(random.quantity(0.1, 1)),
    orderStyle: random.pick(['immediate-or-cancel', 'limit']),
    repriceStep: ratio('0'),
    reportGraceMs: durationMs(0),
    deferralMs: durationMs(1_000),
    penaltyPerShortfall: fromRaw<Ratio>(random.quantity(0, 0.005)),
    penaltyPerVolatility: ratio('0'),
    penaltyPerThinness: ratio('0'),
    penaltyFractionMax: ratio('0.01'),
    providerShare: ratio('0'),
    provider: null,
  },
});

function report(host: Host, [first, second]: readonly [bigint, bigint]): Command {
  const timeMs = engineTimeMs(host.timeMs);
  const at = (place: number): Price => fromRaw<Price>(place === 2 ? second : first);
  return {
    type: 'ReportPrices',
    indexes: [
      { index: indexId('BTC'), source: 'feed', price: at(0), timeMs, confidence: null },
      { index: indexId('ETH'), source: 'feed', price: at(2), timeMs, confidence: null },
    ],
    books: MARKETS.map((id, place) => {
      return { market: marketId(id), bid: at(place), ask: at(place), last: at(place), timeMs };
    }),
    outside: [],
  };
}

/** A maker who can take anything, and accounts of leverage 4 to 9, hedged or not. */
function population(random: Random, prices: readonly [bigint, bigint]): Command[] {
  const open = (name: string, deposit: bigint): Command[] => {
    const account = accountId(name);
    const owner = { owner: name, parent: null, market: null };
    return [
      { type: 'OpenAccount', account, ...owner },
      { type: 'Deposit', account, asset: assetId('USDC'), amount: fromRaw(deposit) },
    ];
  };
  const names = Array.from({ length: random.between(3, 9) }, (_, at) => `trader-${at}`);
  return [
    ...open('maker', rawOf(amount('1000000000'))),
    ...names.flatMap((name) => {
      const legs = MARKETS.filter(() => random.chance(55));
      const chosen = legs.length === 0 ? [MARKETS[0]] : legs;
      let worth = 0n;
      const fills = chosen.map((id): Command => {
        const mark = id === 'OTHER' ? prices[1] : prices[0];
        const size = BigInt(random.between(100, 20_000)) * 10n ** (id === 'OTHER' ? 16n : 15n);
        worth += (size * mark) / ONE;
        const buys = random.chance(60);
        return {
          type: 'RecordFill',
          market: marketId(id),
          buyer: buys ? accountId(name) : MAKER,
          seller: buys ? MAKER : accountId(name),
          size: fromRaw<Size>(size),
          price: fromRaw<Price>(mark),
          buyerFee: money('0'),
          sellerFee: money('0'),
          order: null,
        };
      });
      const deposit = (worth * 100n) / BigInt(random.between(650, 980));
      return [...open(name, deposit), ...fills];
    }),
  ];
}
