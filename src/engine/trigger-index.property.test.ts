/**
 * Goal: the trigger index never misses and never invents. Method: random books and worlds; after
 * every outside command, before due work is drained, the set the index finds must equal the set
 * that an exact scan of all accounts finds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lending } from '../../test/lending/lending-pool.ts';
import { market, POOL } from '../../test/pools/pool-driver.ts';
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
} from '../units/index.ts';
import {
  applyRecord,
  type Command,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  liquidatableByScan,
} from './index.ts';
import { candidates, catchUp } from './trigger-index.ts';

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

type World = { readonly engine: Engine; time: number; seq: number; prices: number[] };

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
  for (const account of ACCOUNTS) {
    submit(world, { type: 'OpenAccount', account, owner: 'owner', parent: null, market: null });
    const deposit = { type: 'Deposit', account } as const;
    submit(world, { ...deposit, asset: assetId('USDC'), amount: amount('60') });
    submit(world, { ...deposit, asset: assetId('BTC'), amount: amount('0.7') });
  }
  return world;
}

/** A desk for every asset, at rates that matter within days, and a house that has lent to each. */
function openDesks(world: World): void {
  const account = HOUSE;
  submit(world, { type: 'OpenAccount', account, owner: 'house', parent: null, market: null });
  for (const asset of ASSETS) {
    const dear = {
      accrualIntervalMs: durationMs(10_000),
      rateAtKink: ratio('5'),
      rateAtFull: ratio('10'),
      debtMin: money('0.001'),
    };
    const weights = { liabilityWeight: ratio('1.3'), liabilityWeightInitial: ratio('1.35') };
    submit(world, {
      type: 'ConfigureLending',
      parameters: lending(asset, { ...dear, ...weights }),
    });
    submit(world, { type: 'Deposit', account, asset, amount: amount('1000') });
    submit(world, { type: 'SupplyAsset', account, asset, amount: amount('300') });
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

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
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
    weight: 1,
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
    // A unit of money is small beside a unit of an asset.
    const units = move.asset === 2 ? move.units / 40 : move.units / 2_000;
    const account = ACCOUNTS[move.account]!;
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

/** The two answers, before any work is drained. */
function bothAnswers({ engine }: World): { index: number[]; scan: number[] } {
  // The changes stay noted: due work, drained afterwards, takes them again.
  catchUp(engine.state, engine.triggers, engine.state.changes);
  const index = [...candidates(engine.state, engine.triggers)].sort((a, b) => a - b);
  return { index, scan: liquidatableByScan(engine.state) };
}

function drain(world: World): void {
  for (let due = dueWork(world.engine); due !== null; due = dueWork(world.engine)) {
    assert.ok(submit(world, due, ENGINE_SOURCE), `due work was refused: ${due.type}`);
  }
}

function run(moveList: readonly Move[], check: (world: World) => void): number {
  const world = newWorld();
  drain(world);
  let found = 0;
  for (const move of moveList) {
    world.time += 500;
    apply(world, move);
    check(world);
    found += bothAnswers(world).scan.length;
    drain(world);
    // Interest was accrued meanwhile: whoever it made liquidatable was found as well.
    assert.deepEqual(liquidatableByScan(world.engine.state), []);
  }
  return found;
}

test('the index finds exactly what a full scan finds, after every step', () => {
  let liquidatable = 0;
  fc.assert(
    fc.property(fc.array(moves, { minLength: 40, maxLength: 90 }), (moveList) => {
      liquidatable += run(moveList, (world) => {
        const { index, scan } = bothAnswers(world);
        assert.deepEqual(index, scan, `prices ${world.prices.join(', ')}`);
      });
    }),
    { numRuns: 200, seed: 20210519 },
  );
  assert.ok(liquidatable > 100, `only ${liquidatable} liquidatable accounts: the test is empty`);
});

test('canary: a bound moved away from the mark is caught', () => {
  const spoil = (world: World): void => {
    for (const watch of world.engine.triggers.marks) {
      // A thousandth too lenient: the account would be looked at too late.
      for (const heap of [watch.below, watch.above]) {
        heap.forEach((entry, at) => {
          const shifted = Number(formatDecimal(entry.bound)) * (heap === watch.below ? 0.97 : 1.03);
          heap[at] = { ...entry, bound: price(shifted.toFixed(12)) };
        });
      }
    }
  };
  const property = fc.property(fc.array(moves, { minLength: 20, maxLength: 60 }), (moveList) => {
    run(moveList, (world) => {
      const { index, scan } = bothAnswers(world);
      assert.deepEqual(index, scan);
      spoil(world);
    });
  });
  const result = fc.check(property, { numRuns: 150, seed: 20210519, endOnFailure: true });
  assert.ok(result.failed, 'the planted error was not caught');
});
