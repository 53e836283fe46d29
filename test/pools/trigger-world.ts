/**
 * Random worlds for the trigger index: twelve accounts that trade, borrow and lend, in three
 * markets and at three desks whose interest matters within days.
 * @module
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  accountMargin,
  applyRecord,
  type Command,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  liquidatableByScan,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  formatDecimal,
  indexId,
  type MarketId,
  marketId,
  money,
  price,
  ratio,
  size,
  sub,
} from '../../src/units/index.ts';
import { lending } from '../lending/lending-pool.ts';
import { market, POOL } from './pool-driver.ts';

const MARKETS = ['BTC-PERP', 'ETH-PERP', 'BTC-INVERSE'].map(marketId);
const INDEXES = ['BTC', 'ETH'].map(indexId);
const ASSETS = ['BTC', 'ETH', 'USDC'].map(assetId);
const HOUSE = accountId('house');
const ACCOUNTS = Array.from({ length: 12 }, (_, at) => accountId(`account-${at}`));
const TIERS = [
  { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.02') },
  { notionalFloor: money('500'), maintenanceMarginFraction: ratio('0.05') },
  { notionalFloor: money('3000'), maintenanceMarginFraction: ratio('0.2') },
];

export type World = { readonly engine: Engine; time: number; seq: number; prices: number[] };

function submit(world: World, command: Command, source = 'test'): boolean {
  world.seq += 1;
  const internal = source === ENGINE_SOURCE;
  const envelope = { source, sourceSeq: internal ? 0 : world.seq, command };
  const time = engineTimeMs(world.time);
  const outcome = decide(world.engine.state, envelope, time);
  applyRecord(world.engine, { seq: world.seq, time, envelope, outcome });
  return outcome.type === 'Accepted';
}

function newWorld(): World {
  const world: World = { engine: createEngine(), time: 1_000, seq: 0, prices: [100, 40] };
  submit(world, { type: 'ConfigurePool', parameters: { ...POOL, collateralBuyer: HOUSE } });
  for (const index of INDEXES) {
    const sources = [{ source: 'feed', weight: ratio('1') }];
    const stalenessMsMax = durationMs(30_000);
    const limits = { sourcesMin: 1, stalenessMsMax, confidenceMax: null, sourceBand: null };
    submit(world, { type: 'ConfigureIndex', parameters: { index, sources, ...limits } });
  }
  const haircut = { collateralHaircut: ratio('0.1'), amountMax: null };
  const concentrationFactor = ratio('0.3');
  for (const [at, index] of INDEXES.entries()) {
    const asset = { asset: ASSETS[at]!, index, ...haircut, concentrationFactor };
    submit(world, { type: 'ConfigureAsset', parameters: asset });
  }
  const ids = [INDEXES[0]!, INDEXES[1]!, INDEXES[0]!];
  MARKETS.forEach((id, at) => {
    const kind = at === 2 ? 'inverse' : 'linear';
    const changes = { index: ids[at]!, kind, tiers: TIERS, bookStalenessMsMax: 30_000 } as const;
    const parameters = market(id, { ...changes, bookStalenessMsMax: durationMs(30_000) });
    submit(world, { type: 'ConfigureMarket', parameters });
  });
  report(world, [0, 1]);
  openDesks(world);
  ACCOUNTS.forEach((account, at) => {
    submit(world, { type: 'OpenAccount', account, owner: 'owner', parent: null, market: null });
    const deposit = { type: 'Deposit', account } as const;
    submit(world, { ...deposit, asset: assetId('USDC'), amount: amount('60') });
    // The last have money alone: against it a debt has no other leg to share a surplus with.
    if (at >= 9) return;
    submit(world, { ...deposit, asset: assetId('BTC'), amount: amount('0.7') });
  });
  return world;
}

/** So little that what the accounts borrow makes it dear. */
const LENT = ['4', '8', '250'];

/** A desk for every asset, at rates that matter within days, and a house that has lent to each. */
function openDesks(world: World): void {
  const account = HOUSE;
  submit(world, { type: 'OpenAccount', account, owner: 'house', parent: null, market: null });
  for (const [at, asset] of ASSETS.entries()) {
    const dear = {
      accrualIntervalMs: durationMs(10_000),
      rateAtZero: ratio('0.5'),
      rateAtKink: ratio('5'),
      rateAtFull: ratio('10'),
      debtMin: money('0.001'),
    };
    const weights = {
      loanToValue: ratio(asset === ASSETS[2] ? '1' : '0.88'),
      liabilityWeight: ratio('1.3'),
      liabilityWeightInitial: ratio('1.31'),
    };
    submit(world, {
      type: 'ConfigureLending',
      parameters: lending(asset, { ...dear, ...weights }),
    });
    submit(world, { type: 'Deposit', account, asset, amount: amount('1000') });
    submit(world, { type: 'SupplyAsset', account, asset, amount: amount(LENT[at]!) });
  }
}

/** Reports the current price of some indexes and of the books of their markets. */
function report(world: World, which: readonly number[]): void {
  const timeMs = engineTimeMs(world.time);
  const at = (index: number) => price(world.prices[index]!.toFixed(6));
  submit(world, {
    type: 'ReportPrices',
    indexes: which.map((n) => {
      return { index: INDEXES[n]!, source: 'feed', price: at(n), timeMs, confidence: null };
    }),
    books: MARKETS.flatMap((id, n) => {
      const index = n === 1 ? 1 : 0;
      if (!which.includes(index)) return [];
      return [{ market: id, bid: at(index), ask: at(index), last: at(index), timeMs }];
    }),
    outside: [],
  });
}

type Move =
  | { readonly kind: 'price'; readonly which: number; readonly factor: number }
  | { readonly kind: 'crash'; readonly factor: number }
  | {
      readonly kind: 'trade';
      readonly pair: readonly [number, number];
      readonly market: number;
      readonly lots: number;
    }
  | { readonly kind: 'funding'; readonly market: number; readonly rate: number }
  | { readonly kind: 'withdraw'; readonly account: number; readonly units: number }
  | { readonly kind: 'tiers'; readonly market: number; readonly floor: number }
  | { readonly kind: 'guards'; readonly market: number; readonly step: number | null }
  | {
      readonly kind: 'lend';
      readonly what: 'SupplyAsset' | 'RedeemSupply' | 'Borrow' | 'Repay';
      readonly account: number;
      readonly asset: number;
      readonly units: number;
      /** What was borrowed is taken out of the pool. */
      readonly leaves: boolean;
    }
  | { readonly kind: 'sleep'; readonly days: number }
  | { readonly kind: 'wait'; readonly ms: number };

export const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      which: fc.integer({ min: 0, max: 1 }),
      factor: fc.double({ min: 0.9, max: 1.12, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      factor: fc.double({ min: 0.7, max: 1.4, noNaN: true }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      // The others only borrow and lend.
      pair: fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })),
      market: fc.integer({ min: 0, max: 2 }),
      lots: fc.integer({ min: 1, max: 9000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('funding' as const),
      market: fc.integer({ min: 0, max: 2 }),
      rate: fc.integer({ min: -30, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('withdraw' as const),
      account: fc.integer({ min: 0, max: 11 }),
      units: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tiers' as const),
      market: fc.integer({ min: 0, max: 2 }),
      floor: fc.integer({ min: 100, max: 900 }),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('lend' as const),
      what: fc.constantFrom(
        'SupplyAsset',
        'SupplyAsset',
        'RedeemSupply',
        'Borrow',
        'Borrow',
        'Repay',
      ),
      account: fc.integer({ min: 4, max: 11 }),
      asset: fc.integer({ min: 0, max: 2 }),
      units: fc.integer({ min: 1, max: 4_000 }),
      leaves: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('sleep' as const),
      days: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('guards' as const),
      market: fc.integer({ min: 0, max: 2 }),
      step: fc.option(fc.integer({ min: 1, max: 400 }), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 40_000 }),
    }),
  },
);

type MoveOf<K extends Move['kind']> = Extract<Move, { readonly kind: K }>;

const PLAY: { readonly [K in Move['kind']]: (world: World, move: MoveOf<K>) => void } = {
  price: (world, { which, factor }) => {
    world.prices[which]! *= factor;
    report(world, [which]);
  },
  crash: (world, { factor }) => {
    world.prices = world.prices.map((value) => value * factor);
    report(world, [0, 1]);
  },
  trade: (world, move) => trade(world, ACCOUNTS[move.pair[0]]!, ACCOUNTS[move.pair[1]]!, move),
  funding: (world, move) => {
    const fundingRate = ratio((move.rate / 1000).toFixed(3));
    submit(world, { type: 'AccrueFunding', market: MARKETS[move.market]!, fundingRate });
  },
  withdraw: (world, move) => {
    const account = ACCOUNTS[move.account]!;
    const asset = assetId('USDC');
    submit(world, { type: 'Withdraw', account, asset, amount: amount(`${move.units}`) });
  },
  tiers: (world, move) => {
    const before = world.engine.state.markets[move.market]!.parameters;
    const tiers = [TIERS[0]!, { ...TIERS[1]!, notionalFloor: money(`${move.floor}`) }, TIERS[2]!];
    submit(world, { type: 'ConfigureMarket', parameters: { ...before, tiers } });
  },
  guards: (world, { market: number, step }) => {
    const parameters = {
      market: MARKETS[number]!,
      stableTimeConstantMs: durationMs(10_000),
      deviationMax: ratio('0.02'),
      markStepPerSecond: step === null ? null : ratio((step / 1000).toFixed(3)),
      confidenceFactor: ratio('1'),
      tradingStalenessMsMax: durationMs(5_000),
    };
    submit(world, { type: 'ConfigurePriceGuards', parameters });
  },
  lend: (world, move) => {
    const account = ACCOUNTS[move.account]!;
    const units = move.what === 'Borrow' ? loan(world, move) : unitsOf(move);
    const what = { account, asset: ASSETS[move.asset]!, amount: amount(units.toFixed(6)) };
    // Whoever lends lends all there is: what is lent has to be watched by itself.
    if (move.what === 'SupplyAsset') submit(world, { type: move.what, ...what, amount: null });
    else submit(world, { type: move.what, ...what });
    if (move.leaves && move.what === 'Borrow') submit(world, { type: 'Withdraw', ...what });
  },
  sleep: (world, { days }) => {
    world.time += days * 24 * 3_600_000;
    report(world, [0, 1]);
  },
  wait: (world, { ms }) => {
    world.time += ms;
    submit(world, { type: 'Tick' });
  },
};

/** A unit of money is small beside a unit of an asset. */
const unitsOf = ({ asset, units }: MoveOf<'lend'>): number =>
  asset === 2 ? units / 40 : units / 2_000;

/** Most of what the account may borrow: the less is left the nearer are its bounds. */
function loan(world: World, { account, asset, units }: MoveOf<'lend'>): number {
  const { state } = world.engine;
  const { initialEquity, initialMargin } = accountMargin(
    state,
    state.accounts[state.numbers.accounts.get(ACCOUNTS[account]!)!]!,
  );
  const free = Number(formatDecimal(sub(initialEquity, initialMargin)));
  const most = free / (world.prices[asset] ?? 1) / 1.31;
  return Math.max(most * Math.sqrt(units / 4_000), 0.000001);
}

function apply(world: World, move: Move): void {
  (PLAY[move.kind] as (world: World, move: Move) => void)(world, move);
}

function trade(
  world: World,
  buyer: AccountId,
  seller: AccountId,
  move: { readonly market: number; readonly lots: number },
): void {
  const id: MarketId = MARKETS[move.market]!;
  const { mark } = world.engine.state.markets[move.market]!;
  if (mark === null) return;
  const contracts = move.market === 2 ? size(`${move.lots}`) : size((move.lots / 1000).toFixed(3));
  const fees = { buyerFee: money('0'), sellerFee: money('0'), order: null };
  submit(world, {
    type: 'RecordFill',
    market: id,
    buyer,
    seller,
    size: contracts,
    price: mark,
    ...fees,
  });
}

type Watching = {
  /** After every move, before what it makes due. */
  readonly moved: (world: World) => void;
  /** After every accrual of interest that was due. */
  readonly accrued: (world: World) => void;
};

function drain(world: World, accrued: Watching['accrued']): void {
  for (let due = dueWork(world.engine); due !== null; due = dueWork(world.engine)) {
    assert.ok(submit(world, due, ENGINE_SOURCE), `due work was refused: ${due.type}`);
    if (due.type === 'AccrueInterest') accrued(world);
  }
}

/** One world from its beginning; whoever is liquidatable is found before the next move. */
export function run(moveList: readonly Move[], { moved, accrued }: Watching): void {
  const world = newWorld();
  drain(world, accrued);
  for (const move of moveList) {
    world.time += 500;
    apply(world, move);
    moved(world);
    drain(world, accrued);
    assert.deepEqual(liquidatableByScan(world.engine.state), []);
  }
}
