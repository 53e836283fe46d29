/**
 * Goal: what is told of a deleveraging is what it did. Method: every metric of every record is
 * worked out a second time from the accounts that the record found, by its definition, in whole
 * numbers and pair by pair; seed 20251012, because it is counted what was seen.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyRecord,
  createEngine,
  type EventOf,
  type JournalRecord,
  type PoolView,
} from '../../src/engine/index.ts';
import { type Deleveraging, lossesOf } from '../../src/receipts/index.ts';
import { money } from '../../src/units/index.ts';
import { policy } from '../pools/arbitrary-fields.ts';
import { twoMarkets } from '../pools/loss-stage.ts';
import { eventsOf } from '../pools/pool-driver.ts';
import { journalOf } from '../pools/recorded-journal.ts';

const ONE = 10n ** 18n;
const drawn = fc.record({
  adlPolicy: policy,
  adlFillsMax: fc.constantFrom(2, 8),
  fund: fc.constantFrom('0', '0', '2'),
  longs: fc.array(
    fc.record({
      contracts: fc.integer({ min: 1, max: 6 }),
      deposit: fc.integer({ min: 10, max: 14 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  shorts: fc.array(
    fc.record({
      contracts: fc.integer({ min: 1, max: 5 }),
      deposit: fc.integer({ min: 33, max: 300 }),
      entry: fc.integer({ min: 78, max: 110 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  mark: fc.integer({ min: 72, max: 88 }),
});

function crash({
  adlPolicy,
  adlFillsMax,
  fund,
  longs,
  shorts,
  mark,
}: typeof drawn extends fc.Arbitrary<infer T> ? T : never) {
  const pool = twoMarkets({ adlPolicy, adlFillsMax });
  if (fund !== '0') pool.take({ type: 'FundInsurance', amount: money(fund) });
  for (const [at, { contracts, deposit, entry }] of shorts.entries()) {
    const short = pool.account(`short-${at}`, String(deposit * contracts));
    const trade = { market: 'BTC-PERP', size: String(contracts), price: String(entry) };
    pool.fill(pool.maker, short, trade);
  }
  for (const [at, { contracts, deposit }] of longs.entries()) {
    const long = pool.account(`long-${at}`, String(deposit * contracts));
    const trade = { market: 'BTC-PERP', size: String(contracts), price: '100' };
    pool.fill(long, pool.maker, trade);
  }
  pool.price('BTC', String(mark), ['BTC-PERP']);
  return pool;
}

type Holder = { readonly size: bigint; readonly equity: bigint; readonly profit: bigint };
type Fate = Holder & { readonly closed: bigint; readonly taken: bigint };
type Fraction = readonly [numerator: bigint, denominator: bigint];

const ceil = ([a, b]: Fraction): bigint => (a + b - 1n) / b;
const exceeds = (a: Fraction, b: Fraction): boolean => a[0] * b[1] > b[0] * a[1];

/** Of one linear market at integer prices nothing is rounded before anything is taken. */
function holderOf(state: PoolView, at: number, market: number): Holder | null {
  const { balance, positions } = state.accounts[at]!;
  const own = positions.find((position) => position.market === market);
  if (own === undefined) return null;
  let equity: bigint = balance;
  for (const { market: number, size, entryValue } of positions) {
    equity += (size * state.markets[number]!.mark!) / ONE - entryValue;
  }
  const profit = (own.size * state.markets[market]!.mark!) / ONE - own.entryValue;
  return { size: own.size, equity, profit };
}

/** Everybody who could have been asked, with what became of it. */
function fates(state: PoolView, event: EventOf<'PositionsDeleveraged'>): Fate[] {
  const market = state.numbers.markets.get(event.market)!;
  const against = event.liquidated.sizeDelta;
  const found: { readonly fate: Fate; readonly running: boolean }[] = [];
  state.accounts.forEach(({ id, liquidation }, at) => {
    const holder = holderOf(state, at, market);
    // Whoever stands where the liquidated account's order would go, and owns something.
    if (holder === null || holder.size < 0n !== against < 0n || holder.equity <= 0n) return;
    const entry = event.counterparties.find(({ change }) => change.account === id);
    const closed = entry === undefined ? 0n : -entry.change.sizeDelta;
    const magnitude = (value: bigint) => (value < 0n ? -value : value);
    found.push({
      fate: {
        ...holder,
        size: magnitude(holder.size),
        closed: magnitude(closed),
        taken: entry?.taken ?? 0n,
      },
      running: liquidation !== null,
    });
  });
  const calm = found.filter(({ running }) => !running);
  return (calm.length > 0 ? calm : found).map(({ fate }) => fate);
}

const leverage = (size: bigint, equity: bigint, mark: bigint): Fraction => [
  size * mark,
  equity * ONE,
];

function assertMetrics(
  told: Deleveraging,
  state: PoolView,
  event: EventOf<'PositionsDeleveraged'>,
): void {
  const mark: bigint = event.markPrice;
  const all = fates(state, event);
  assert.equal(told.candidates, all.length);
  assert.equal(told.asked, event.counterparties.length);
  const taken = all.reduce((sum, fate) => sum + fate.taken, 0n);
  assert.equal(told.taken, taken);
  const number = state.liquidations.get(event.liquidation)!.account;
  const bankrupt = holderOf(state, number, state.numbers.markets.get(event.market)!)!;
  const closed = all.reduce((sum, fate) => sum + fate.closed, 0n);
  assert.equal(told.closed, closed);
  // What it lacks, for the part that was closed.
  const held = bankrupt.size < 0n ? -bankrupt.size : bankrupt.size;
  const lacked = bankrupt.equity < 0n ? (-bankrupt.equity * closed) / held : 0n;
  const apart = (told.metrics.budget as bigint) - lacked;
  assert.ok(apart >= 0n && apart <= 2n, `needed ${told.metrics.budget}, expected ${lacked}`);
  // To the unit, whether the record asks all of them or as many as it may.
  assert.equal(taken + (told.residualLoss as bigint), told.metrics.budget);
  assert.equal(told.metrics.overshoot, 0n);

  const winners = all.filter(({ profit }) => profit > 0n);
  const shares = winners.map((fate) => ceil([fate.taken * ONE, fate.profit]));
  const largest = shares.reduce((a, b) => (b > a ? b : a), 0n);
  assert.equal(told.metrics.profitHaircutMax, largest);
  const total = shares.reduce((sum, share) => sum + share, 0n);
  let differences = 0n;
  for (const a of shares) for (const b of shares) differences += a > b ? a - b : b - a;
  const gini = total === 0n ? 0n : (differences * ONE) / (2n * BigInt(shares.length) * total);
  assert.equal(told.metrics.profitHaircutGini, gini);

  const before = all.map(({ size, equity }) => leverage(size, equity, mark));
  const after = all.map((fate) =>
    leverage(fate.size - fate.closed, fate.equity - fate.taken, mark),
  );
  let turned = 0;
  for (let a = 0; a < all.length; a += 1) {
    for (let b = 0; b < all.length; b += 1) {
      if (exceeds(before[b]!, before[a]!) && exceeds(after[a]!, after[b]!)) turned += 1;
    }
  }
  assert.equal(told.metrics.orderInversions, turned);
  const highest = (of: readonly Fraction[]) =>
    ceil(((top) => [top[0] * ONE, top[1]] as const)(of.reduce((a, b) => (exceeds(b, a) ? b : a))));
  assert.equal(told.metrics.leverageMaxBefore, highest(before));
  assert.equal(told.metrics.leverageMaxAfter, highest(after));
}

/** Every deleveraging with the pool that its record found. */
function* deleveragings(records: readonly JournalRecord[]) {
  const engine = createEngine();
  for (const record of records) {
    if (record.outcome.type === 'Accepted') {
      for (const event of eventsOf(record.outcome.events, 'PositionsDeleveraged')) {
        yield { seq: record.seq, event, state: engine.state };
      }
    }
    applyRecord(engine, record);
  }
}

test('every metric of every deleveraging is what its definition says', async () => {
  const seen = { records: 0, partial: 0, residual: 0, turned: 0, uneven: 0 };
  await fc.assert(
    fc.asyncProperty(drawn, async (given) => {
      const pool = crash(given);
      const { journal } = await journalOf(pool.records, pool.engine.state);
      const told = new Map<number, Deleveraging>();
      for await (const { seq, deleveraging } of lossesOf(journal)) {
        if (deleveraging !== null) told.set(seq, deleveraging);
      }
      for (const { seq, event, state } of deleveragings(pool.records)) {
        const own = told.get(seq)!;
        assertMetrics(own, state, event);
        told.delete(seq);
        seen.records += 1;
        seen.partial += own.asked < own.candidates ? 1 : 0;
        seen.residual += own.residualLoss > 0n ? 1 : 0;
        seen.turned += own.metrics.orderInversions > 0 ? 1 : 0;
        seen.uneven += own.metrics.profitHaircutGini > 0n ? 1 : 0;
      }
      assert.equal(told.size, 0, 'something was told that did not happen');
    }),
    { numRuns: 60, seed: 20251012 },
  );
  const { records, partial, residual, turned, uneven } = seen;
  const enough = records > 60 && partial > 20 && residual > 5 && turned > 5 && uneven > 20;
  assert.ok(enough, JSON.stringify(seen));
});
