/**
 * Goal: whatever accounts, prices and time do at the desks of a pool, units are conserved, claims
 * are covered, liquidations end or wait for somebody, and a restored pool goes on the same.
 * Method: random interleavings of all that can be sent, every record audited.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyRecord,
  audit,
  type Command,
  chunkCount,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type EventType,
  encodeChunk,
  encodeHead,
  liquidatableByScan,
  liquidationStep,
  restorePool,
} from '../../src/engine/index.ts';
import { amountOfSharesUp } from '../../src/risk/index.ts';
import {
  accountId,
  amount,
  assetId,
  engineTimeMs,
  gte,
  indexId,
  lte,
  marketId,
  money,
  portionDown,
  price,
  ratio,
  size,
  valueUp,
} from '../../src/units/index.ts';
import { type LendingPool, lendingPool } from './lending-pool.ts';

const ASSETS = ['USDC', 'ETH', 'BTC'].map(assetId);
const NAMES = ['ann', 'ben', 'cat', 'dan', 'eve'].map(accountId);
const MAKER = accountId('maker');
const HOUSE = accountId('house');
const ACCOUNTS = [...NAMES, HOUSE];
const BORROW_MAX = ['40000', '30', '3'].map(amount);
const DEBT_MIN = money('10');
const PERP = marketId('ETH-PERP');

/** Records that one command may lead to: far above what legs, debts and sources can add up to. */
const RECORDS_MAX = 400;

type Move =
  | { readonly kind: 'price'; readonly asset: number; readonly factor: number }
  | {
      readonly kind: 'capital';
      readonly what: 'Deposit' | 'Withdraw' | 'SupplyAsset' | 'RedeemSupply' | 'Borrow' | 'Repay';
      readonly account: number;
      readonly asset: number;
      /** In thousandths of what the account might plausibly move; null: all. */
      readonly part: number | null;
      /** What is borrowed is taken out of the pool, as far as margin allows. */
      readonly leaves: boolean;
    }
  | { readonly kind: 'trade'; readonly account: number; readonly lots: number }
  | { readonly kind: 'fund'; readonly units: number }
  | { readonly kind: 'collect'; readonly asset: number }
  | { readonly kind: 'gate'; readonly gate: 'takes' | 'close-outs'; readonly closed: boolean }
  | { readonly kind: 'sleep'; readonly hours: number };

const index = (length: number) => fc.integer({ min: 0, max: length - 1 });

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      asset: fc.integer({ min: 1, max: 2 }),
      factor: fc.double({ min: 0.6, max: 1.5, noNaN: true }),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('capital' as const),
      what: fc.constantFrom(
        ...(['Deposit', 'Withdraw', 'Withdraw', 'SupplyAsset', 'SupplyAsset'] as const),
        ...(['RedeemSupply', 'Borrow', 'Borrow', 'Borrow', 'Borrow', 'Repay'] as const),
      ),
      account: index(ACCOUNTS.length),
      asset: index(ASSETS.length),
      part: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: null }),
      leaves: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      account: index(NAMES.length),
      lots: fc.integer({ min: -5_000, max: 5_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fund' as const), units: index(5_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('collect' as const), asset: index(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('gate' as const),
      gate: fc.constantFrom('takes' as const, 'close-outs' as const),
      closed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), hours: index(2_000) }),
  },
);

type World = { readonly pool: LendingPool; readonly prices: number[] };

/** Every account has a little of everything; desks start with what the maker lent. */
function newWorld(): World {
  const pool = lendingPool();
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('ETH', '2000', ['ETH-PERP']);
  pool.account('maker', '1000000');
  for (const asset of ['ETH', 'BTC']) pool.deposit(MAKER, asset, '30');
  ASSETS.forEach((asset, at) => {
    pool.lend(asset, {
      borrowMax: BORROW_MAX[at]!,
      debtMin: DEBT_MIN,
      rateAtFull: ratio('3'),
      ...(at === 1 && { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.9') }),
      ...(at === 2 && { liabilityWeight: ratio('1.1'), liabilityWeightInitial: ratio('1.2') }),
    });
    pool.supply(MAKER, asset, ['12000', '6', '0.6'][at]!);
  });
  for (const name of NAMES) {
    pool.account(name, '4000');
    pool.deposit(name, 'ETH', '3');
    pool.deposit(name, 'BTC', '0.2');
  }
  return { pool, prices: [1, 2000, 30_000] };
}

/** Amounts that are plausible for each asset. */
const SCALE = [15_000, 8, 0.5];

/** One command, or borrowing and taking as much of it out as margin allows. */
function commandsOf(world: World, move: Move): Command[] {
  const command = commandOf(world, move);
  if (command.type !== 'Borrow' || move.kind !== 'capital' || !move.leaves) return [command];
  const halves = [1, 2, 4, 8].map((parts): Command => {
    const part = portionDown(command.amount, money('1'), money(`${parts}`));
    return { ...command, type: 'Withdraw', amount: part };
  });
  return [command, ...halves];
}

function commandOf({ pool, prices }: World, move: Move): Command {
  switch (move.kind) {
    case 'price': {
      const moved = prices[move.asset]! * move.factor;
      prices[move.asset] = Math.min(Math.max(moved, 10), 200_000);
      return reported(pool, move.asset, prices[move.asset]!);
    }
    case 'capital': {
      const { what, part } = move;
      const whose = { account: ACCOUNTS[move.account]!, asset: ASSETS[move.asset]! };
      const some = amount((((part ?? 500) / 1_000) * SCALE[move.asset]!).toFixed(9));
      if (what === 'Deposit' || what === 'Withdraw' || what === 'Borrow') {
        return { type: what, ...whose, amount: some };
      }
      const all = part === null || what === 'SupplyAsset';
      return { type: what, ...whose, amount: all ? null : some };
    }
    case 'trade': {
      const trader = NAMES[move.account]!;
      const [buyer, seller] = move.lots > 0 ? [trader, MAKER] : [MAKER, trader];
      const contracts = Math.max(1, Math.abs(move.lots));
      return {
        type: 'RecordFill',
        market: PERP,
        buyer,
        seller,
        size: size((contracts / 1_000).toFixed(3)),
        price: price(prices[1]!.toFixed(6)),
        buyerFee: money('0'),
        sellerFee: money('0'),
        order: null,
      };
    }
    case 'fund':
      return { type: 'FundInsurance', amount: money(`${move.units + 1}`) };
    case 'collect':
      return { type: 'CollectReserve', asset: ASSETS[move.asset]! };
    case 'gate': {
      const { gate, closed } = move;
      return { type: 'SetGate', market: null, gate, closed, untilMs: null, reason: 'random' };
    }
    case 'sleep':
      pool.wait(move.hours * 3_600_000);
      return reported(pool, 1, prices[1]!);
  }
}

function reported(pool: LendingPool, asset: number, value: number): Command {
  const at = price(value.toFixed(6));
  const timeMs = pool.now();
  return {
    type: 'ReportPrices',
    indexes: [
      { index: indexId(`${ASSETS[asset]}`), source: 'feed', price: at, timeMs, confidence: null },
    ],
    books: asset === 1 ? [{ market: PERP, bid: at, ask: at, last: at, timeMs }] : [],
    outside: [],
  };
}

/** What holds after a command and all the work that it made due. */
function check({ pool }: World, command: Command, records: number): void {
  const { state } = pool.engine;
  assert.deepEqual(audit(state).problems, []);
  assert.ok(records <= RECORDS_MAX, `${records} records after ${command.type}`);
  assert.deepEqual(liquidatableByScan(state), []);
  for (const liquidation of state.liquidations.values()) {
    assert.equal(liquidationStep(state, liquidation).rung, 'wait');
  }
  if (command.type !== 'Borrow' && command.type !== 'Repay') return;
  const number = state.numbers.desks.get(command.asset)!;
  const { debtShares, debtIndex, asset } = state.desks[number]!;
  if (command.type === 'Borrow') {
    const total = amountOfSharesUp(debtShares, debtIndex);
    assert.ok(lte(total, BORROW_MAX[ASSETS.indexOf(command.asset)]!), 'more than borrowMax');
  }
  const own = pool.accountOf(command.account).debts.find(({ desk }) => desk === number);
  if (own === undefined) return;
  const at = asset === null ? price('1') : state.indexes[state.assets[asset]!.index]!.price!;
  assert.ok(gte(valueUp(amountOfSharesUp(own.shares, debtIndex), at), DEBT_MIN), 'a small debt');
}

const bytesOf = ({ state }: Engine): string[] => [
  Buffer.from(encodeHead(state)).toString('hex'),
  ...Array.from({ length: chunkCount(state) }, (_, at) =>
    Buffer.from(encodeChunk(state, at)).toString('hex'),
  ),
];

function restored({ state }: Engine): Engine {
  const chunks = Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at));
  const made = restorePool(encodeHead(state), chunks);
  assert.ok(made.ok);
  return createEngine(made.state);
}

/** The same commands on a pool that was restored from a snapshot: the same bytes. */
function assertSameAfter(engine: Engine, records: LendingPool['records']): void {
  for (const { envelope, time, outcome, seq } of records) {
    const due = dueWork(engine);
    if (envelope.source === ENGINE_SOURCE) assert.deepEqual(due, envelope.command);
    else assert.equal(due, null);
    assert.deepEqual(decide(engine.state, envelope, engineTimeMs(time)), outcome);
    applyRecord(engine, { envelope, outcome, seq, time });
  }
}

test('units are kept, claims are covered, and liquidations end', (t) => {
  const seen = new Map<EventType, number>();
  fc.assert(
    fc.property(fc.array(moves, { minLength: 30, maxLength: 80 }), (moveList) => {
      const world = newWorld();
      const { pool } = world;
      const middle = Math.floor(moveList.length / 2);
      let copy: Engine | null = null;
      let from = 0;
      for (const [at, move] of moveList.entries()) {
        for (const command of commandsOf(world, move)) {
          const before = pool.records.length;
          const { code, events } = pool.attempt(command);
          for (const { type } of events) seen.set(type, (seen.get(type) ?? 0) + 1);
          if (code === null) check(world, command, pool.records.length - before);
        }
        if (at !== middle) continue;
        copy = restored(pool.engine);
        from = pool.records.length;
      }
      assert.ok(copy !== null);
      assertSameAfter(copy, pool.records.slice(from));
      assert.deepEqual(bytesOf(copy), bytesOf(pool.engine));
    }),
    { numRuns: 120, seed: 20251010 },
  );
  const wanted: readonly EventType[] = [
    ...(['AssetSupplied', 'SupplyRedeemed', 'Borrowed', 'Repaid', 'InterestAccrued'] as const),
    ...(['ReserveCollected', 'DebtRepaid', 'DebtAssumed', 'SupplyReleased'] as const),
    ...(['SupplyConverted', 'CollateralConverted', 'BadDebtSettled', 'LiquidationEnded'] as const),
  ];
  t.diagnostic(wanted.map((type) => `${type} ${seen.get(type) ?? 0}`).join(', '));
  assert.deepEqual(
    wanted.filter((type) => !seen.has(type)),
    [],
    'random moves no longer lead to these',
  );
});
