/**
 * Each invariant that is asserted in production, broken on purpose: a true event is falsified and
 * applied, and the assertion with the number of the invariant has to stop it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { bookReport, deposit, fill, indexReport } from '../../test/pools/sample-commands.ts';
import {
  accountId,
  add,
  fromRaw,
  InvariantViolation,
  money,
  neg,
  price,
  size,
  sub,
} from '../units/index.ts';
import {
  applyRecord,
  audit,
  type Command,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type EventOf,
  type EventType,
  type PoolState,
} from './index.ts';

/** Alice is long 1 BTC at 100 with 10, the maker short it, Bob long and Carol short another. */
function fourTraders() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  const bob = pool.account('bob', '1000');
  const carol = pool.account('carol', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(bob, carol, { market: 'BTC-PERP', size: '1', price: '100' });
  return { ...pool, alice, maker, bob, carol };
}

type Pool = ReturnType<typeof fourTraders>;

/** The index and the book of BTC at a price. */
const fall = (pool: Pool, to: string): Command => ({
  type: 'ReportPrices',
  indexes: [{ ...indexReport(pool, {}), price: price(to) }],
  books: [{ ...bookReport(pool), bid: price(to), ask: price(to), last: price(to) }],
  outside: [],
});

/** Bob sells 0.1 to Carol. */
const bobSells = (at = '100') =>
  fill({ buyer: accountId('carol'), seller: accountId('bob'), price: price(at) });

/**
 * Takes a command and the work it makes due, falsifies the first event of a type and answers the
 * code of the assertion that stops it; `null` where nothing does.
 */
function falsified<T extends EventType>(
  pool: Pool,
  command: Command,
  type: T,
  lie: (event: EventOf<T>) => Partial<EventOf<T>>,
): string | null {
  const { engine } = pool;
  let sender = { source: 'liar', sourceSeq: 1 };
  for (let next: Command | null = command; next !== null; next = dueWork(engine)) {
    const envelope = { ...sender, command: next };
    const outcome = decide(engine.state, envelope, pool.now());
    assert.ok(outcome.type === 'Accepted', `${next.type} was refused`);
    const events = [...outcome.events];
    const at = events.findIndex((event) => event.type === type);
    const record = { envelope, seq: pool.records.length + 1, time: pool.now() };
    if (at < 0) {
      applyRecord(engine, { ...record, outcome });
      sender = { source: ENGINE_SOURCE, sourceSeq: 0 };
      continue;
    }
    const truth = events[at] as EventOf<T>;
    // Comparing a changed event with each of a hundred kinds is more than the compiler takes on.
    const lied: unknown = { ...truth, ...lie(truth) };
    events[at] = lied as (typeof events)[number];
    try {
      applyRecord(engine, { ...record, outcome: { type: 'Accepted', events } });
      return null;
    } catch (error) {
      assert.ok(error instanceof InvariantViolation, String(error));
      return error.code;
    }
  }
  return assert.fail(`no ${type} came`);
}

const unit = fromRaw<ReturnType<typeof money>>(1n);

test('INV-1: a unit of money that comes from nowhere', () => {
  const lie = { insuranceContribution: money('0.1') };
  const pool = fourTraders();
  pool.price('BTC', '94.5', ['BTC-PERP']);
  const { alice, maker } = pool;
  const closing = fill({ buyer: maker, seller: alice, price: price('94.5'), order: 1 });
  assert.equal(
    falsified(pool, closing, 'PenaltyCharged', () => lie),
    'INV-1',
  );
  const value = (event: EventOf<'FillRecorded'>) => ({
    seller: { ...event.seller, realizedPnl: add(event.seller.realizedPnl, unit) },
  });
  assert.equal(falsified(fourTraders(), bobSells(), 'FillRecorded', value), 'INV-1');
});

test('INV-2: a fill whose two sides differ', () => {
  const lie = (event: EventOf<'FillRecorded'>) => ({
    buyer: { ...event.buyer, sizeDelta: size('0.2') },
  });
  assert.equal(falsified(fourTraders(), bobSells(), 'FillRecorded', lie), 'INV-2');
});

test('INV-3: a healthy account liquidated, an order that opens, a trade in liquidation', () => {
  const healthy = { marginEquity: money('100') };
  const pool = fourTraders();
  assert.equal(
    falsified(pool, fall(pool, '94.5'), 'LiquidationStarted', () => healthy),
    'INV-3',
  );
  const order = (lie: Partial<EventOf<'CloseOutOrderPlaced'>>) => {
    const other = fourTraders();
    return falsified(other, fall(other, '94.5'), 'CloseOutOrderPlaced', () => lie);
  };
  assert.equal(order({ size: size('0.1') }), 'INV-3', 'an order that buys more');
  assert.equal(order({ size: size('-1.001') }), 'INV-3', 'an order beyond the position');
  assert.equal(order({ liquidation: 7 }), 'INV-3', 'an order of no liquidation');
  assert.equal(order({}), null);
  const trading = fourTraders();
  trading.price('BTC', '94.5', ['BTC-PERP']);
  const lie = (event: EventOf<'FillRecorded'>) => ({
    seller: { ...event.seller, account: trading.alice },
  });
  assert.equal(falsified(trading, bobSells('94.5'), 'FillRecorded', lie), 'INV-3');
});

test('INV-4: a limit at which closing would only make it worse', () => {
  const pool = fourTraders();
  const lie = { limitPrice: price('90') };
  assert.equal(
    falsified(pool, fall(pool, '94.5'), 'CloseOutOrderPlaced', () => lie),
    'INV-4',
  );
});

test('INV-5: a fund that pays what it does not have', () => {
  const pool = fourTraders();
  const command: Command = { type: 'FundInsurance', amount: money('1') };
  assert.equal(
    falsified(pool, command, 'InsuranceFunded', () => ({ amount: money('-1') })),
    'INV-5',
  );
});

/** Alice is bankrupt at 80 with 10; the fund has 100. */
function funded() {
  const pool = fourTraders();
  pool.take({ type: 'FundInsurance', amount: money('100') });
  return pool;
}

test('INV-6: winners or everyone pay before the fund', () => {
  const covered = funded();
  const less = (event: EventOf<'DeficitCovered'>) => ({ paid: sub(event.paid, unit) });
  assert.equal(falsified(covered, fall(covered, '80'), 'DeficitCovered', less), 'INV-6');
  // The winners' bill is presented while the fund still has money: it was given after the fact.
  const late = fourTraders();
  const bill = (event: EventOf<'PositionsDeleveraged'>) => {
    late.engine.state.insuranceFund = money('1');
    return event;
  };
  assert.equal(falsified(late, fall(late, '80'), 'PositionsDeleveraged', bill), 'INV-6');
  const unasked = nobodyWon();
  const alone = (event: EventOf<'BadDebtSettled'>) => {
    unasked.engine.state.insuranceFund = money('1');
    return event;
  };
  assert.equal(falsified(unasked, fall(unasked, '80'), 'BadDebtSettled', alone), 'INV-6');
});

/** Who faces Alice came in at 80 and has no profit there: her loss of 10 is bad debt. */
function nobodyWon() {
  const pool = fourTraders();
  const fresh = pool.account('fresh', '1000');
  const trade = { market: 'BTC-PERP', size: '1', price: '80' };
  pool.fill(pool.maker, fresh, trade);
  pool.fill(pool.carol, pool.account('fresher', '1000'), trade);
  return pool;
}

test('INV-7: a loss that is not borne to the last unit', () => {
  const pool = nobodyWon();
  const less = (event: EventOf<'BadDebtSettled'>) => ({
    unallocated: sub(event.unallocated, unit),
  });
  assert.equal(falsified(pool, fall(pool, '80'), 'BadDebtSettled', less), 'INV-7');
});

test('INV-8: a counterparty that gives up more than it won, or closes more than it has', () => {
  const bill = (
    change: (one: EventOf<'PositionsDeleveraged'>['counterparties'][number]) => object,
  ) => {
    const pool = fourTraders();
    return falsified(pool, fall(pool, '80'), 'PositionsDeleveraged', (event) => ({
      counterparties: event.counterparties.map((one) => ({ ...one, ...change(one) })),
    }));
  };
  assert.equal(
    bill(() => ({ taken: money('20.1') })),
    'INV-8',
  );
  assert.equal(
    bill(() => ({ taken: money('-1') })),
    'INV-8',
  );
  assert.equal(
    bill(({ change }) => ({ change: { ...change, sizeDelta: size('1.001') } })),
    'INV-8',
  );
});

test('INV-9: somebody pays although nothing is owed, or more than is owed', () => {
  const pool = fourTraders();
  const more = (event: EventOf<'PositionsDeleveraged'>) => ({
    counterparties: event.counterparties.map((one) => ({ ...one, taken: money('6') })),
  });
  assert.equal(falsified(pool, fall(pool, '80'), 'PositionsDeleveraged', more), 'INV-9');
  const nothing = nobodyWon();
  const none = { badDebt: money('0'), unallocated: money('0') };
  assert.equal(
    falsified(nothing, fall(nothing, '80'), 'BadDebtSettled', () => none),
    'INV-9',
  );
});

test('INV-12: an order after the steps are used up', () => {
  const pool = fourTraders();
  const late = (event: EventOf<'CloseOutOrderPlaced'>) => {
    pool.engine.state.liquidations.get(event.liquidation)!.steps = 50;
    return event;
  };
  assert.equal(falsified(pool, fall(pool, '94.5'), 'CloseOutOrderPlaced', late), 'INV-12');
});

test('the audit finds what running totals would repeat: each account is counted again', () => {
  const damage: [RegExp, (state: PoolState) => object][] = [
    [
      /INV-1: the total of balances/,
      ({ accounts: [alice] }) => Object.assign(alice!, { balance: money('11') }),
    ],
    [
      /INV-1: entry values/,
      ({ accounts: [alice] }) => Object.assign(alice!.positions[0]!, { entryValue: money('1') }),
    ],
    [
      /INV-2: totals of BTC-PERP/,
      ({ accounts: [alice] }) => Object.assign(alice!.positions[0]!, { size: size('2') }),
    ],
    [
      /INV-2: sides of BTC-PERP differ/,
      ({ markets: [market] }) => Object.assign(market!, { longSize: size('7') }),
    ],
    [/INV-1: .* units of 1e-36/, (state) => Object.assign(state, { fees: money('1') })],
  ];
  for (const [expected, change] of damage) {
    const { engine } = fourTraders();
    assert.deepEqual(audit(engine.state).problems, []);
    change(engine.state);
    assert.match(audit(engine.state).problems.join('\n'), expected);
  }
  const { engine } = fourTraders();
  engine.state.balanceTotal = add(engine.state.balanceTotal, neg(unit));
  assert.throws(() => falsifyNothing(engine), { code: 'INV-1' });
});

/** An honest deposit, on a state that no longer balances. */
function falsifyNothing(engine: Pool['engine']): void {
  const envelope = { source: 'test', sourceSeq: 99, command: deposit() };
  const time = engine.state.timeMs;
  applyRecord(engine, { envelope, outcome: decide(engine.state, envelope, time), seq: 1, time });
}
