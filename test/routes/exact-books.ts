/**
 * Money and assets counted by hand: what came in less what went out is what is there, to the unit,
 * after every event; and nobody changes whom no event names.
 * @module
 */
import assert from 'node:assert/strict';
import type { Event, PoolView } from '../../src/engine/index.ts';

const UNIT = 10n ** 18n;

export type Books = {
  /** Money that came in less what went out. */
  money: bigint;
  readonly assets: Map<string, bigint>;
  /** Every account as it was after the event before. */
  readonly accounts: Map<string, string>;
};

export const booksOf = (): Books => ({ money: 0n, assets: new Map(), accounts: new Map() });

const SETTLEMENT = 'USDC';

function moved(books: Books, asset: string, amount: bigint): void {
  if (asset === SETTLEMENT) books.money += amount;
  else books.assets.set(asset, (books.assets.get(asset) ?? 0n) + amount);
}

/** What comes into the pool or leaves it. */
function enter(books: Books, event: Event): void {
  if (event.type === 'Deposited') moved(books, event.asset, event.amount);
  if (event.type === 'Withdrawn') moved(books, event.asset, -event.amount);
  if (event.type === 'InsuranceFunded') books.money += event.amount;
  if (event.type === 'AuctionTaken' && event.settlement === 'outside') {
    books.money += event.payment;
    for (const { asset, amount } of event.collaterals) moved(books, asset, -amount);
  }
}

/** All money of the pool in units of 1e-36, out of every place where there can be some. */
function moneyOf(state: PoolView): bigint {
  let money = state.insuranceFund + state.fees + state.burned - state.unallocatedLoss;
  let fine = 0n;
  for (const { balance, positions } of state.accounts) {
    money += balance;
    for (const { market, size, entryValue, fundingIndex } of positions) {
      money -= entryValue;
      const { fundingIndex: funding, lossIndex: losses } = state.markets[market]!;
      fine -= size * (funding + (size > 0n ? losses : -losses) - fundingIndex);
    }
  }
  for (const { asset, cash } of state.desks) if (asset === null) money += cash;
  for (const { fundingResidue, settlementClearing } of state.markets) {
    fine += fundingResidue;
    money += settlementClearing;
  }
  return money * UNIT + fine;
}

function assetsOf(state: PoolView): Map<string, bigint> {
  const found = new Map<string, bigint>();
  const add = (number: number, amount: bigint): void => {
    const { asset } = state.assets[number]!.parameters;
    found.set(asset, (found.get(asset) ?? 0n) + amount);
  };
  for (const { collaterals } of state.accounts) {
    for (const { asset, amount } of collaterals) add(asset, amount);
  }
  for (const { asset, cash } of state.desks) if (asset !== null) add(asset, cash);
  return found;
}

/** Contracts of every market sum to zero, and shares of desks to what the desks say. */
function assertMatched(state: PoolView): void {
  const sizes = state.markets.map(() => 0n);
  const owed = state.desks.map(() => 0n);
  const lent = state.desks.map(() => 0n);
  for (const { positions, debts, supplies } of state.accounts) {
    for (const { market, size } of positions) sizes[market]! += size;
    for (const { desk, shares } of debts) owed[desk]! += shares;
    for (const { desk, shares } of supplies) lent[desk]! += shares;
  }
  assert.ok(
    sizes.every((size) => size === 0n),
    'contracts were made or lost',
  );
  state.desks.forEach(({ debtShares, supplyShares }, at) => {
    assert.deepEqual([owed[at], lent[at]], [debtShares, supplyShares], 'shares of a desk');
  });
}

type Account = PoolView['accounts'][number];

function printOf({ balance, collaterals, positions, debts, supplies }: Account): string {
  const shares = [...debts, { desk: '|', shares: '' }, ...supplies];
  return [
    balance,
    ...collaterals.map(({ asset, amount }) => `${asset}:${amount}`),
    ...positions.map(({ market, size, entryValue }) => `${market}=${size}/${entryValue}`),
    ...shares.map((each) => `${each.desk};${each.shares}`),
  ].join(' ');
}

function names(value: unknown, found: Set<string>): Set<string> {
  if (typeof value === 'string') found.add(value);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) names(inner, found);
  }
  return found;
}

/** Whose holdings changed is named by the event. */
function assertNamed(books: Books, state: PoolView, event: Event): void {
  let named: Set<string> | null = null;
  for (const account of state.accounts) {
    const print = printOf(account);
    const before = books.accounts.get(account.id);
    if (print === before) continue;
    books.accounts.set(account.id, print);
    named ??= names(event, new Set());
    assert.ok(named.has(account.id), `${event.type} changed ${account.id}, whom it does not name`);
  }
}

/** After an event was applied. */
export function keepBooks(books: Books, state: PoolView, event: Event): void {
  enter(books, event);
  assert.equal(moneyOf(state), books.money * UNIT, `${event.type} made or lost money`);
  for (const [asset, amount] of assetsOf(state)) {
    assert.equal(amount, books.assets.get(asset) ?? 0n, `${event.type} made or lost ${asset}`);
  }
  assertMatched(state);
  assertNamed(books, state, event);
}
