/**
 * Liquidators, bidders and finders in any order, among moving prices, deposits, withdrawals, gates
 * and changing terms: money is conserved after every record, no limit is broken, every liquidation
 * ends though nobody comes, and a snapshot taken anywhere goes on to the same state.
 * @module
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
  dueWork,
  type Engine,
  type Event,
  type EventOf,
  encodeChunk,
  encodeHead,
  type JournalRecord,
  type PoolState,
  restorePool,
} from '../../src/engine/index.ts';
import { contractValueDown } from '../../src/risk/index.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  eq,
  formatDecimal,
  fromRaw,
  gte,
  isNegative,
  lte,
  type Money,
  marketId,
  money,
  neg,
  price,
  ratio,
  size,
  sub,
  sum,
} from '../../src/units/index.ts';
import { finders, LADDER, terms } from '../pools/direct-stage.ts';
import { type Driver, poolDriver } from '../pools/pool-driver.ts';
import { setGate } from '../pools/sample-guards.ts';

const SEED = Number(process.env['DIRECT_SEED'] ?? 1);
const RUNS = Number(process.env['DIRECT_RUNS'] ?? 150);

const TRADERS = ['alice', 'bob', 'carol', 'dave'] as const;
const KEEPERS = ['keeper', 'rival', 'second'] as const;
const PERP = marketId('BTC-PERP');
const COIN = marketId('BTCUSD');
const USDC = assetId('USDC');
const TERMS = {
  coolOffMs: durationMs(8_000),
  priorityWindowMs: durationMs(3_000),
  priorityExclusiveMs: durationMs(2_000),
} as const;

/** Longs and shorts of two kinds of contract; `second` belongs to Alice. */
function world(): Driver {
  const pool = poolDriver();
  pool.configure({ adlPolicy: 'queue' });
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.market('BTCUSD', { kind: 'inverse', lot: size('1'), notionalMin: money('0.01') });
  pool.take(LADDER);
  pool.price('BTC', '100', ['BTC-PERP', 'BTCUSD']);
  for (const name of TRADERS) pool.account(name, '300');
  const maker = pool.account('maker', '100000');
  for (const name of ['keeper', 'rival']) pool.account(name, '500');
  const own = { account: accountId('second'), owner: 'alice', parent: null, market: null };
  pool.take({ type: 'OpenAccount', ...own });
  pool.take({ type: 'Deposit', account: own.account, asset: USDC, amount: amount('500') });
  pool.take(terms(TERMS));
  pool.take(finders());
  const [alice, bob, carol, dave] = TRADERS.map((name) => accountId(name));
  pool.fill(alice!, maker, { market: 'BTC-PERP', size: '20', price: '100' });
  pool.fill(maker, bob!, { market: 'BTC-PERP', size: '22', price: '100' });
  pool.fill(carol!, maker, { market: 'BTCUSD', size: '100000', price: '100' });
  pool.fill(carol!, maker, { market: 'BTC-PERP', size: '5', price: '100' });
  pool.fill(maker, dave!, { market: 'BTCUSD', size: '220000', price: '100' });
  return pool;
}

const EXTREMES = [0n, 1n, -1n, 10n ** 35n, 10n ** 35n + 1n, 2n ** 127n - 1n, 1n - 2n ** 127n];

/** What one step draws: who acts on whom, and how much. */
const step = fc.record({
  act: fc.nat(99),
  who: fc.nat(2),
  whom: fc.nat(3),
  part: fc.integer({ min: 1, max: 100 }),
  /** By how many tenths the price moves. */
  move: fc.integer({ min: -25, max: 25 }),
  /** A number that no market has, in place of a lawful one. */
  extreme: fc.option(fc.constantFrom(...EXTREMES), { nil: null, freq: 12 }),
  wait: fc.constantFrom(0, 0, 1, 500, 500, 2_000, 3_000, 3_000, 20_000, 70_000, 600_000),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const prices = (pool: Driver, at: string): Command => ({
  type: 'ReportPrices',
  indexes: [
    {
      index: pool.engine.state.indexes[0]!.parameters.index,
      source: 'feed',
      price: price(at),
      timeMs: pool.now(),
      confidence: null,
    },
  ],
  books: [PERP, COIN].map((market) => {
    const same = price(at);
    return { market, bid: same, ask: same, last: same, timeMs: pool.now() };
  }),
  outside: [],
});

/** The price walks between where everybody long and everybody short is bankrupt. */
function moved(pool: Driver, move: number): string {
  const now = Number(formatDecimal(pool.engine.state.markets[0]!.mark!));
  return Math.min(115, Math.max(85, now + move / 10)).toFixed(1);
}

/** A take of a part of what may be taken, as far as anything may. */
function take(pool: Driver, { who, whom, part }: Step): Command {
  const running = [...pool.engine.state.liquidations.values()];
  const liquidation = running[whom % Math.max(1, running.length)];
  const account = liquidation
    ? pool.engine.state.accounts[liquidation.account]!
    : pool.accountOf(accountId(TRADERS[whom]!));
  const position = account.positions[part % Math.max(1, account.positions.length)];
  const market = position === undefined ? PERP : position.market === 0 ? PERP : COIN;
  const lot = market === PERP ? 1_000 : 1;
  const held = Math.abs(Number(formatDecimal(position?.size ?? size('1'))));
  const contracts = Math.max(1, Math.floor((held * part * lot) / 100)) / lot;
  const short = position !== undefined && isNegative(position.size);
  return {
    type: 'LiquidateDirect',
    liquidator: accountId(KEEPERS[who]!),
    account: account.id,
    accountVersion: account.version - (part % 17 === 0 ? 1 : 0),
    market,
    size: size(contracts.toFixed(3)),
    limitPrice: price(short === (part % 7 === 0) ? '120' : '80'),
  };
}

function commandOf(pool: Driver, drawn: Step): Command {
  const { act, who, whom, part, move } = drawn;
  const keeper = accountId(KEEPERS[who]!);
  const trader = accountId(TRADERS[whom]!);
  const quantity = amount(`${part}`);
  const running = [...pool.engine.state.liquidations.values()];
  const offered = running.filter(({ priority }) => priority !== null && !priority.awarded);
  const { liquidation } = offered[0] ?? running[0] ?? { liquidation: 1 };
  // Most draws are spent on what can be done now, some on what cannot.
  if (act < 36 && (running.length > 0 || act < 4)) return take(pool, drawn);
  if (act < 52) return prices(pool, moved(pool, move));
  if (act < 60) return { type: 'Tick' };
  if (act < 62 || (act < 72 && offered.length > 0)) {
    return { type: 'BidPriority', liquidation, bidder: keeper, amount: money(`${part}`) };
  }
  if (act < 74 || (act < 82 && pool.engine.state.notices.size > 0)) {
    const cost = money(part % 9 === 0 ? '11' : '1');
    return { type: 'PointAtAccount', finder: keeper, account: trader, cost, witness: null };
  }
  if (act < 78) return prices(pool, moved(pool, move));
  if (act < 85) return { type: 'Deposit', account: trader, asset: USDC, amount: quantity };
  if (act < 89) return { type: 'Withdraw', account: keeper, asset: USDC, amount: quantity };
  if (act < 91) return { type: 'Withdraw', account: trader, asset: USDC, amount: quantity };
  if (act < 93) return setGate({ gate: part % 2 === 0 ? 'takes' : 'close-outs' });
  if (act < 95) return setGate({ gate: part % 2 === 0 ? 'takes' : 'close-outs', closed: false });
  if (act < 97) return terms({ ...TERMS, maxBonus: ratio(part % 2 === 0 ? '0.9' : '0.03') });
  if (act < 98) return terms({ coolOffMs: durationMs(part % 2 === 0 ? 0 : 8_000) });
  if (act < 99) return finders({ detection: part % 2 === 0 ? 'engine' : 'finders' });
  return { type: 'FundInsurance', amount: money(`${part}`) };
}

/** The command with one of its numbers exchanged: whatever it is, an answer must come back. */
function exchanged(command: Command, extreme: bigint | null, part: number): Command {
  if (extreme === null) return command;
  const number = fromRaw<never>(extreme);
  switch (command.type) {
    case 'LiquidateDirect':
      return { ...command, [part % 2 === 0 ? 'size' : 'limitPrice']: number };
    case 'BidPriority':
      return { ...command, amount: number };
    case 'PointAtAccount':
      return { ...command, cost: number };
    case 'ConfigureDirect': {
      const field = part % 2 === 0 ? 'takeNotionalMin' : 'priorityMin';
      return { ...command, parameters: { ...command.parameters, [field]: number } };
    }
    case 'ConfigureFinders': {
      const field = part % 3 === 0 ? 'marginScale' : part % 3 === 1 ? 'maxReward' : 'costMax';
      return { ...command, parameters: { ...command.parameters, [field]: number } };
    }
    default:
      return command;
  }
}

/** What must hold of every take, said once more from the outside. */
function checkTake(state: PoolState, command: Command, event: EventOf<'LiquidatedDirectly'>): void {
  assert.equal(command.type, 'LiquidateDirect');
  if (command.type !== 'LiquidateDirect') return;
  const { kind } = state.markets[event.market === PERP ? 0 : 1]!.parameters;
  const { sizeDelta } = event.taken;
  assert.ok(eq(sizeDelta, neg(event.liquidated.sizeDelta)), 'something was left on the way');
  const atLimit = contractValueDown({ kind, size: sizeDelta, price: command.limitPrice });
  const atMark = contractValueDown({ kind, size: sizeDelta, price: event.markPrice });
  assert.ok(lte(sub(atMark, event.bonus), atLimit), 'a take went beyond its limit');
  assert.ok(!isNegative(event.bonus), 'a liquidator paid for the right to liquidate');
  assert.ok(!isNegative(event.after.equity) || !isNegative(neg(event.before.equity)), 'bankrupted');
  const deficit = ({ maintenanceMargin, marginEquity }: typeof event.before): Money =>
    sub(maintenanceMargin, marginEquity);
  const rounding = money('0.000000000000000004');
  const grown = sub(deficit(event.after), deficit(event.before));
  assert.ok(lte(grown, rounding), 'the margin deficit grew');
  assert.notEqual(event.liquidator, event.account);
  assert.ok(event.account !== 'alice' || event.liquidator !== 'second', 'an owner paid itself');
}

type Seen = Map<string, number>;

/** What liquidations have paid their finders, and what was promised. */
type Finders = Map<number, { readonly due: Money; paid: Money }>;

function checkEvents(
  pool: Driver,
  events: readonly Event[],
  input: { readonly command: Command; readonly seen: Seen; readonly found: Finders },
): void {
  for (const event of events) {
    input.seen.set(event.type, (input.seen.get(event.type) ?? 0) + 1);
    if (event.type === 'LiquidatedDirectly') checkTake(pool.engine.state, input.command, event);
    if (event.type === 'FinderNamed') {
      input.found.set(event.liquidation, { due: event.due, paid: money('0') });
    }
    if (event.type === 'PenaltyCharged' && event.keeper !== null) {
      const finder = input.found.get(event.liquidation)!;
      finder.paid = sum([finder.paid, event.keeperReward]);
      assert.ok(lte(finder.paid, finder.due), 'a finder was paid more than promised');
      assert.ok(lte(event.keeperReward, event.penalty), 'a reward exceeded its penalty');
    }
    if (event.type === 'PriorityAwarded') {
      const payable = event.bids.filter((bid) => bid.payable).map((bid) => bid.amount);
      assert.ok(
        payable.every((bid) => gte(event.payment, bid)),
        'a higher bid was passed over',
      );
      const parts = sum([event.accountProceeds, event.insuranceContribution]);
      assert.ok(eq(parts, event.payment), 'a bid was not passed on exactly');
    }
  }
}

const bytesOf = (state: PoolState): string =>
  Buffer.concat([
    encodeHead(state),
    ...Array.from({ length: chunkCount(state) }, (_, chunk) => encodeChunk(state, chunk)),
  ]).toString('hex');

function restored(state: PoolState): Engine {
  const chunks = Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at));
  const found = restorePool(encodeHead(state), chunks);
  assert.ok(found.ok);
  return createEngine(found.state);
}

/** Follows the records from where it was restored, asking for the same due work. */
function follow(engine: Engine, records: readonly JournalRecord[]): void {
  for (const record of records) {
    if (record.envelope.source === 'engine') {
      assert.deepEqual(
        dueWork(engine),
        record.envelope.command,
        'due work differs after restoring',
      );
    }
    applyRecord(engine, {
      ...record,
      time: record.time as Parameters<typeof applyRecord>[1]['time'],
    });
  }
}

/** Prices stand still and nobody comes: whatever runs must end by the clock alone. */
function endsByItself(pool: Driver): void {
  for (const gate of ['takes', 'close-outs'] as const) pool.take(setGate({ gate, closed: false }));
  pool.take(prices(pool, '100'));
  for (let round = 0; round < 24 && pool.engine.state.liquidations.size > 0; round += 1) {
    pool.wait(round % 2 === 0 ? 59_000 : 600_000);
    pool.take(prices(pool, '100'));
  }
  const left = [...pool.engine.state.liquidations.values()];
  assert.deepEqual(left, [], 'a liquidation did not end');
  assert.equal(pool.engine.state.notices.size, 0, 'an account stayed noticed');
}

test('any order of takes, bids and words of finders keeps every rule', () => {
  const seen: Seen = new Map();
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 60 }),
      fc.nat(59),
      fc.boolean(),
      (steps, cut, falls) => {
        const pool = world();
        const found: Finders = new Map();
        pool.wait(falls ? 8_000 : 500);
        pool.take(prices(pool, falls ? '89.6' : '108.1'));
        let copy: { readonly engine: Engine; readonly from: number } | null = null;
        for (const [at, drawn] of steps.entries()) {
          if (at === cut) copy = { engine: restored(pool.engine.state), from: pool.records.length };
          if (drawn.act < 60) pool.wait(drawn.wait);
          const command = exchanged(commandOf(pool, drawn), drawn.extreme, drawn.part);
          const { events, code } = pool.attempt(command);
          checkEvents(pool, events, { command, seen, found });
          const outcome = `${command.type} ${code ?? 'accepted'}`;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
          assert.deepEqual(audit(pool.engine.state).problems, []);
        }
        endsByItself(pool);
        if (copy === null) return;
        follow(copy.engine, pool.records.slice(copy.from));
        assert.equal(bytesOf(copy.engine.state), bytesOf(pool.engine.state));
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
  for (const type of [
    'LiquidatedDirectly',
    'PriorityOpened',
    'PriorityBidPlaced',
    'PriorityAwarded',
    'AccountsNoticed',
    'NoticesDropped',
    'FinderNamed',
    'LiquidateDirect ACCOUNT_CHANGED',
    'LiquidateDirect COOLING_OFF',
    'LiquidateDirect OWN_ACCOUNT',
    'LiquidateDirect PRIORITY_HELD',
    'LiquidateDirect PRICE_BEYOND_LIMIT',
    'LiquidateDirect TAKE_OUT_OF_RANGE',
  ]) {
    assert.ok((seen.get(type) ?? 0) > 0, `${type} never happened`);
  }
});
