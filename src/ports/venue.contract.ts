/** What every venue does, run by the tests of each, also behind a bad connection. @module */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AccountId,
  abs,
  accountId,
  add,
  type EngineTimeMs,
  engineTimeMs,
  eq,
  floorTo,
  formatDecimal,
  gte,
  isNegative,
  isPositive,
  lt,
  type MarketId,
  marketId,
  type Price,
  price,
  type Size,
  size,
  sum,
  ZERO_SIZE,
} from '../units/index.ts';
import type { Venue, VenueFill, VenueOrder, VenueReport } from './venue.ts';
import { faultyVenue, seededUniform } from './venue-faults.contract.ts';

/** A venue with one market, empty at first, whose lot is 0.001 and whose prices have cents. */
export type VenueStage = {
  readonly venue: Venue;
  readonly market: MarketId;
  readonly now: () => EngineTimeMs;
  /** Lets time pass at the venue. */
  readonly pass: (milliseconds: number) => void;
  /** An account's own limit order, resting or hitting what rests; signed size. */
  readonly offer: (account: AccountId, signed: Size, at: Price) => void;
};

export type VenueUnderTest = { readonly open: () => VenueStage };

const LOT = size('0.001');
const MAKER = accountId('maker');
const OTHER = accountId('other-maker');
const ALICE = accountId('alice');

export function venueContract(name: string, under: VenueUnderTest): void {
  suiteOf(name, under.open);
  suiteOf(`${name} behind a bad connection`, () => {
    const stage = under.open();
    const faults = { uniform: seededUniform(7), late: 0.6, twice: 0.5 };
    return { ...stage, venue: faultyVenue(stage.venue, faults) };
  });
}

function suiteOf(name: string, open: () => VenueStage): void {
  fillingContract(name, open);
  restingContract(name, open);
  cancelingContract(name, open);
  identityContract(name, open);
  lawsContract(name, open);
}

type Terms = {
  readonly signed: string;
  readonly limit: string;
  readonly style?: VenueOrder['style'];
  readonly lifeMs?: number;
};

/** A stage together with all that was placed there and all that was heard from it. */
function witness(stage: VenueStage) {
  const placed = new Map<number, VenueOrder>();
  const heard = new Map<number, VenueReport>();
  const orderOf = (order: number, terms: Terms): VenueOrder => ({
    order,
    account: ALICE,
    market: stage.market,
    size: size(terms.signed),
    limitPrice: price(terms.limit),
    style: terms.style ?? 'immediate-or-cancel',
    expiresAtMs: engineTimeMs(stage.now() + (terms.lifeMs ?? 60_000)),
  });
  const place = (order: VenueOrder): void => {
    if (!placed.has(order.order)) placed.set(order.order, order);
    stage.venue.place(order);
  };
  /** All reports so far, each once, in the venue's order, checked against the laws. */
  const reports = (): VenueReport[] => {
    // However bad the connection, nothing is kept back for ever.
    for (let call = 0; call < 100; call += 1) {
      for (const report of stage.venue.reports()) {
        const before = heard.get(report.sequence);
        if (before !== undefined) assert.deepEqual(report, before, 'the same report twice');
        heard.set(report.sequence, report);
      }
    }
    const all = [...heard.values()].sort((a, b) => a.sequence - b.sequence);
    assertLaws(placed, all);
    return all;
  };
  return {
    ...stage,
    orderOf,
    place,
    order: (order: number, terms: Terms): void => place(orderOf(order, terms)),
    offered: (signed: string, at: string, account = MAKER): void =>
      stage.offer(account, size(signed), price(at)),
    /** Reports in few words. */
    story: (): string[] => reports().map(inWords),
    reports,
  };
}

const inWords = (report: VenueReport): string =>
  report.type === 'filled'
    ? `${report.order} ${formatDecimal(report.size)} at ${formatDecimal(report.price)}`
    : `${report.order} ${report.reason} ${formatDecimal(report.filled)}`;

/** What holds for all reports of a venue together, in the order of their numbers. */
function assertLaws(placed: ReadonlyMap<number, VenueOrder>, all: readonly VenueReport[]): void {
  const fills = new Map<number, VenueFill[]>();
  const done = new Set<number>();
  all.forEach((report, at) => {
    const order = placed.get(report.order);
    assert.equal(report.sequence, at + 1, 'numbers without gaps');
    assert.ok(order !== undefined, 'only of orders that were placed');
    assert.ok(!done.has(report.order), 'nothing after the end');
    const own = fills.get(report.order) ?? [];
    if (report.type === 'filled') {
      assertFill(order, report);
      fills.set(report.order, [...own, report]);
      return;
    }
    done.add(report.order);
    const filled = sum(own.map((fill) => fill.size));
    assert.ok(eq(report.filled, filled), 'what was filled in all is the sum of the fills');
    assert.ok(gte(abs(order.size), filled), 'never more than was asked for');
    const whole = isPositive(filled) && eq(filled, abs(order.size));
    assert.equal(report.reason === 'filled', whole);
  });
  const executions = all.filter(({ type }) => type === 'filled') as VenueFill[];
  const names = new Set(executions.map(({ order, execution }) => `${order} ${execution}`));
  assert.equal(names.size, executions.length, 'every trade of an order has a name of its own');
}

function assertFill(order: VenueOrder, fill: VenueFill): void {
  assert.ok(isPositive(fill.size));
  assert.ok(eq(floorTo(fill.size, LOT), fill.size), 'in lots');
  assert.ok(fill.timeMs < order.expiresAtMs, 'in time');
  assert.notEqual(fill.counterparty, order.account);
  const [high, low] = isNegative(order.size)
    ? [fill.price, order.limitPrice]
    : [order.limitPrice, fill.price];
  assert.ok(gte(high, low), 'never beyond the limit');
}

function fillingContract(name: string, open: () => VenueStage): void {
  test(`${name}: an order is filled by what is there, and ends`, () => {
    const { offered, order, reports, now } = witness(open());
    offered('2', '99');
    order(1, { signed: '-2', limit: '98' });
    const [fill, done, ...others] = reports();
    assert.ok(fill?.type === 'filled' && done?.type === 'done');
    assert.equal(inWords(fill), '1 2 at 99');
    assert.equal(fill.counterparty, MAKER);
    assert.equal(fill.timeMs, now());
    assert.equal(inWords(done), '1 filled 2');
    assert.deepEqual(others, []);
  });

  test(`${name}: the best price first, in parts, never beyond the limit`, () => {
    const { offered, order, story } = witness(open());
    offered('1', '97');
    offered('0.5', '99.5');
    offered('0.25', '98', OTHER);
    order(1, { signed: '-2', limit: '98' });
    assert.deepEqual(story(), ['1 0.5 at 99.5', '1 0.25 at 98', '1 expired 0.75']);
  });

  test(`${name}: a purchase is the mirror of a sale`, () => {
    const { offered, order, story } = witness(open());
    offered('-1', '103');
    offered('-0.5', '100.5');
    offered('-0.25', '102', OTHER);
    order(1, { signed: '2', limit: '102' });
    assert.deepEqual(story(), ['1 0.5 at 100.5', '1 0.25 at 102', '1 expired 0.75']);
  });

  test(`${name}: an immediate order never waits`, () => {
    const { offered, order, story } = witness(open());
    order(1, { signed: '-1', limit: '98' });
    assert.deepEqual(story(), ['1 expired 0']);
    offered('1', '99');
    assert.deepEqual(story(), ['1 expired 0']);
  });
}

function restingContract(name: string, open: () => VenueStage): void {
  test(`${name}: a limit order rests and is hit at its own price`, () => {
    const { offered, order, story, pass } = witness(open());
    offered('0.5', '99');
    order(1, { signed: '-2', limit: '98', style: 'limit' });
    assert.deepEqual(story(), ['1 0.5 at 99']);
    pass(10_000);
    offered('0.5', '97.99');
    assert.deepEqual(story(), ['1 0.5 at 99'], 'nobody sells below the limit');
    offered('0.7', '98.5', OTHER);
    offered('5', '98');
    assert.deepEqual(story(), ['1 0.5 at 99', '1 0.7 at 98', '1 0.8 at 98', '1 filled 2']);
  });

  test(`${name}: what rests ends at its time, not before and never after`, () => {
    const { offered, order, story, pass } = witness(open());
    order(1, { signed: '1', limit: '101', style: 'limit', lifeMs: 30_000 });
    pass(29_999);
    offered('-0.25', '101');
    assert.deepEqual(story(), ['1 0.25 at 101']);
    pass(1);
    offered('-0.25', '101');
    assert.deepEqual(story(), ['1 0.25 at 101', '1 expired 0.25']);
  });

  test(`${name}: who comes first is served first`, () => {
    const { offered, order, story } = witness(open());
    order(1, { signed: '-1', limit: '98', style: 'limit' });
    order(2, { signed: '-1', limit: '98', style: 'limit' });
    order(3, { signed: '-1', limit: '97.5', style: 'limit' });
    offered('1.5', '98');
    assert.deepEqual(story(), ['3 1 at 97.5', '3 filled 1', '1 0.5 at 98']);
    offered('1', '98');
    assert.deepEqual(story().slice(3), ['1 0.5 at 98', '1 filled 1', '2 0.5 at 98']);
  });
}

function cancelingContract(name: string, open: () => VenueStage): void {
  test(`${name}: a canceled order keeps its fills and gets no more`, () => {
    const { offered, order, story, venue } = witness(open());
    offered('0.5', '99');
    order(1, { signed: '-2', limit: '98', style: 'limit' });
    assert.deepEqual(story(), ['1 0.5 at 99']);
    venue.cancel(1);
    assert.deepEqual(story(), ['1 0.5 at 99', '1 canceled 0.5']);
    offered('5', '99');
    assert.equal(story().length, 2);
  });

  test(`${name}: canceling what is unknown or has ended changes nothing`, () => {
    const { offered, order, story, venue } = witness(open());
    offered('1', '99');
    order(1, { signed: '-1', limit: '98' });
    order(2, { signed: '-1', limit: '98' });
    const before = story();
    for (const number of [1, 2, 77]) venue.cancel(number);
    assert.deepEqual(story(), before);
  });

  test(`${name}: an account in liquidation loses its own orders, not its close-outs`, () => {
    const { offered, order, story, venue } = witness(open());
    offered('1', '99');
    offered('1', '98.5', OTHER);
    offered('-1', '103');
    order(1, { signed: '-0.25', limit: '104', style: 'limit' });
    venue.cancelAll(MAKER);
    venue.cancelAll(MAKER);
    venue.cancelAll(ALICE);
    order(2, { signed: '-1.5', limit: '98' });
    order(3, { signed: '1', limit: '103.5' });
    offered('0.25', '104', OTHER);
    const expected = [
      '2 1 at 98.5',
      '2 expired 1',
      '3 expired 0',
      '1 0.25 at 104',
      '1 filled 0.25',
    ];
    assert.deepEqual(story(), expected);
  });
}

function identityContract(name: string, open: () => VenueStage): void {
  test(`${name}: an order that is placed again is the same order`, () => {
    const { offered, orderOf, place, story } = witness(open());
    const resting = orderOf(1, { signed: '-1', limit: '98', style: 'limit' });
    place(resting);
    place(resting);
    offered('3', '98');
    assert.deepEqual(story(), ['1 1 at 98', '1 filled 1']);
    place(resting);
    place({ ...resting, size: size('-2') });
    assert.deepEqual(story(), ['1 1 at 98', '1 filled 1'], 'also after its end');
  });

  test(`${name}: an order that makes no sense is rejected`, () => {
    const { offered, orderOf, place, reports, story } = witness(open());
    offered('5', '99');
    const sound = orderOf(1, { signed: '-1', limit: '98' });
    const broken: readonly Partial<VenueOrder>[] = [
      { size: size('-1.0005') },
      { size: ZERO_SIZE },
      { market: marketId('NOBODY-KNOWS') },
      { limitPrice: price('0') },
      { limitPrice: price('-1') },
    ];
    for (const [at, part] of broken.entries()) place({ ...sound, order: at + 1, ...part });
    for (const report of reports()) {
      assert.ok(report.type === 'done' && report.reason === 'rejected');
    }
    assert.equal(reports().length, broken.length);
    place({ ...sound, order: 9 });
    assert.deepEqual(story().slice(broken.length), ['9 1 at 99', '9 filled 1']);
  });

  test(`${name}: an order whose time is over when it comes is not filled`, () => {
    const { offered, orderOf, place, story, pass } = witness(open());
    offered('5', '99');
    const late = orderOf(1, { signed: '-1', limit: '98', style: 'limit', lifeMs: 500 });
    pass(500);
    place(late);
    assert.deepEqual(story(), ['1 expired 0']);
  });
}

function lawsContract(name: string, open: () => VenueStage): void {
  test(`${name}: whatever is asked for, the laws hold and every order ends once`, () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const stage = witness(open());
      const uniform = seededUniform(seed);
      const count = wildTrading(stage, uniform);
      stage.pass(200_000);
      const ended = stage.reports().filter(({ type }) => type === 'done');
      assert.equal(ended.length, count, `seed ${seed}`);
      const filled = ended.map((report) => (report.type === 'done' ? report.filled : ZERO_SIZE));
      assert.ok(lt(ZERO_SIZE, filled.reduce(add, ZERO_SIZE)), 'something was traded');
    }
  });
}

/** Random orders, offers, cancels and pauses; answers how many orders were placed. */
function wildTrading(stage: ReturnType<typeof witness>, uniform: () => number): number {
  const around = (): string => (100 + Math.floor(uniform() * 40 - 20) / 10).toFixed(2);
  const signed = (): string => {
    const lots = 1 + Math.floor(uniform() * 3_000);
    return `${uniform() < 0.5 ? '-' : ''}${(lots / 1_000).toFixed(3)}`;
  };
  let orders = 0;
  for (let step = 0; step < 120; step += 1) {
    const dice = uniform();
    if (dice < 0.4) {
      orders += 1;
      const style = uniform() < 0.5 ? 'limit' : 'immediate-or-cancel';
      const lifeMs = 1 + Math.floor(uniform() * 60_000);
      stage.order(orders, { signed: signed(), limit: around(), style, lifeMs });
    } else if (dice < 0.8) {
      stage.offered(signed(), around(), uniform() < 0.5 ? MAKER : OTHER);
    } else if (dice < 0.9) {
      stage.pass(Math.floor(uniform() * 10_000));
    } else if (dice < 0.95) {
      stage.venue.cancel(1 + Math.floor(uniform() * (orders + 1)));
    } else {
      stage.venue.cancelAll(uniform() < 0.5 ? MAKER : ALICE);
    }
  }
  return orders;
}
