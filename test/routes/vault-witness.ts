/**
 * Watches a pool's market maker and vault record by record, with books of its own: what shares
 * there are and what they may be paid, in rationals, what was taken over lately, who asked to
 * leave when.
 * It knows the rules of docs/spec/{amm,vault}.md and none of the engine's arithmetic.
 * @module
 */
import assert from 'node:assert/strict';
import {
  type Event,
  type EventOf,
  emptyPool,
  evolve,
  forgetChanges,
  type JournalRecord,
  type PoolView,
} from '../../src/engine/index.ts';
import { type AccountId, engineTimeMs } from '../../src/units/index.ts';

const UNIT = 10n ** 18n;
/** Units of 1e-54: an amount times an index times a price. */
const FINE = 10n ** 36n;

type Taken = { readonly timeMs: number; readonly notional: bigint };
type Claim = { shares: bigint; exiting: bigint; earliest: number };

const accountOf = (state: PoolView, id: AccountId) =>
  state.accounts[state.numbers.accounts.get(id)!]!;

/** Of contracts at the mark, in units of 1e-54; of inverse ones down to such a unit. */
export function exactValue(state: PoolView, number: number, size: bigint): bigint {
  const { mark, parameters } = state.markets[number]!;
  return parameters.kind === 'linear' ? size * mark! * UNIT : (-size * FINE * UNIT) / mark!;
}

/** What an account is worth, exactly, in units of 1e-54. */
export function exactEquity(state: PoolView, id: AccountId): bigint {
  const account = accountOf(state, id);
  let total = account.balance * FINE;
  for (const { market: number, size, entryValue, fundingIndex } of account.positions) {
    const market = state.markets[number]!;
    const losses = size > 0n ? market.lossIndex : -market.lossIndex;
    const owed = size * (market.fundingIndex + losses - fundingIndex);
    total += exactValue(state, number, size) - owed * UNIT;
    total -= entryValue * FINE;
  }
  const priceOf = (asset: number | null): bigint =>
    asset === null ? UNIT : (state.indexes[state.assets[asset]!.index]!.price ?? 0n);
  for (const { asset, amount } of account.collaterals) total += amount * priceOf(asset) * UNIT;
  for (const { desk, shares } of account.supplies) {
    const { asset, supplyIndex } = state.desks[desk]!;
    total += shares * supplyIndex * priceOf(asset);
  }
  for (const { desk, shares } of account.debts) {
    const { asset, debtIndex } = state.desks[desk]!;
    total -= shares * debtIndex * priceOf(asset);
  }
  return total;
}

/** What the roundings of an account's parts may come to; of an amount, at its price. */
function roundings(state: PoolView, id: AccountId): bigint {
  const { positions, collaterals, supplies, debts } = accountOf(state, id);
  const units = BigInt(2 * (positions.length + collaterals.length)) * FINE;
  return [...supplies, ...debts].reduce((total, { desk }) => {
    const { asset } = state.desks[desk]!;
    const price = asset === null ? UNIT : state.indexes[state.assets[asset]!.index]!.price!;
    return total + 2n * FINE + 2n * price * UNIT;
  }, units);
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** What the witness has seen so far. */
type Books = {
  readonly claims: Map<AccountId, Claim>;
  readonly seen: Map<string, number>;
  taken: Taken[];
  /** Shares of all providers together. */
  all: bigint;
};

function worth(
  books: Books,
  state: PoolView,
  event: EventOf<'VaultDeposited' | 'VaultRedeemed'>,
): bigint {
  const exact = exactEquity(state, event.vault);
  const apart = exact - event.equity * FINE;
  assert.ok(apart >= 0n && apart <= roundings(state, event.vault), 'the vault was misjudged');
  assert.equal(event.sharesTotal, books.all);
  return exact;
}

function deposited(books: Books, state: PoolView, event: EventOf<'VaultDeposited'>): void {
  const { provider, shares, amount } = event;
  const low = worth(books, state, event) - roundings(state, event.vault);
  assert.ok(shares > 0n && amount >= state.vault!.parameters.depositMin);
  // Nobody's part becomes smaller: E/S ≤ (E + amount)/(S + shares).
  if (books.all > 0n)
    assert.ok(shares * low <= amount * books.all * FINE, 'the others were diluted');
  const claim = books.claims.get(provider) ?? { shares: 0n, exiting: 0n, earliest: 0 };
  books.claims.set(provider, { ...claim, shares: claim.shares + shares });
  books.all += shares;
}

function requested(
  books: Books,
  state: PoolView,
  event: EventOf<'VaultExitRequested'>,
  time: number,
): void {
  const claim = books.claims.get(event.provider)!;
  assert.ok(event.shares <= claim.shares && event.shares >= 0n);
  const { noticeMs } = state.vault!.parameters;
  if (event.shares > claim.exiting) claim.earliest = time + noticeMs;
  claim.exiting = event.shares;
}

function redeemed(
  books: Books,
  state: PoolView,
  event: EventOf<'VaultRedeemed'>,
  time: number,
): void {
  const { provider, shares, amount } = event;
  const claim = books.claims.get(provider)!;
  const exact = worth(books, state, event);
  assert.ok(shares === claim.exiting && time >= claim.earliest, 'left without notice');
  // What it takes is at most its part of what there is, to the last fraction of a unit.
  const fair = exact <= 0n ? amount === 0n : amount * FINE * books.all <= exact * shares;
  assert.ok(fair && amount >= 0n, 'took more than its part');
  const low = exact - roundings(state, event.vault);
  if (low > 0n)
    assert.ok((amount + 2n) * FINE * (books.all + 1n) >= low * shares, 'was paid too little');
  books.claims.set(provider, { ...claim, shares: claim.shares - shares, exiting: 0n });
  books.all -= shares;
}

function takenOver(books: Books, state: PoolView, event: EventOf<'AccountTakenOver'>): void {
  const { vault, account, liquidation } = event;
  const { parameters } = state.vault!;
  const equity = exactEquity(state, account);
  assert.ok(equity >= 0n, 'the vault took a loss');
  assert.equal(state.liquidations.get(liquidation)!.coverPaid, 0n);
  const { windowMs, windowNotionalMax, accountNotionalMax, marketNotionalMax } = parameters;
  assert.ok(event.notional <= accountNotionalMax, 'the account was too large');
  const lately = books.taken.filter(({ timeMs }) => timeMs > state.timeMs - windowMs);
  const sum = lately.reduce<bigint>((total, entry) => total + entry.notional, event.notional);
  assert.ok(sum <= windowNotionalMax, 'more than the window allows');
  books.taken = [...lately, { timeMs: state.timeMs, notional: event.notional }];
  for (const { market, liquidated } of event.positions) {
    const number = state.numbers.markets.get(market)!;
    const held = accountOf(state, vault).positions.find((entry) => entry.market === number);
    const [before, after] = [held?.size ?? 0n, (held?.size ?? 0n) - liquidated.sizeDelta];
    const notional = magnitude(exactValue(state, number, after));
    const within = notional <= marketNotionalMax * FINE;
    assert.ok(within || magnitude(after) <= magnitude(before), 'more of a market than allowed');
  }
}

function dealt(state: PoolView, event: EventOf<'ClosedByAmm' | 'TradedWithAmm'>): void {
  const number = state.numbers.markets.get(event.market)!;
  const { amm, mark } = state.markets[number]!;
  const { impactMax, inventoryMax } = amm!;
  const held = accountOf(state, event.amm).positions.find((entry) => entry.market === number);
  const [before, after] = [held?.size ?? 0n, (held?.size ?? 0n) - event.size];
  const grows = magnitude(after) > magnitude(before) || before * after < 0n;
  if (grows) assert.ok(magnitude(after) * mark! <= inventoryMax * UNIT, 'too much inventory');
  // Never better than the mark, never beyond its impact: |quote/size| within [1 − i, 1 + i].
  const atMark = magnitude(event.size) * mark!;
  const quote = event.quote * UNIT;
  const paid = event.size < 0n ? event.quote - event.fee : event.quote + event.fee;
  const gain = event.size < 0n ? atMark - paid * UNIT : paid * UNIT - atMark;
  const equity = exactEquity(state, event.amm) + gain * UNIT;
  // A tenth of the notional is required of whoever does more than reduce.
  const required = (magnitude(after) * mark! * UNIT) / 10n;
  if (grows) assert.ok(equity >= required - 4n * FINE, 'the market maker lacks margin');
  if (event.size < 0n) {
    assert.ok(quote <= atMark && (event.quote + 1n) * UNIT * UNIT >= atMark * (UNIT - impactMax));
  } else {
    assert.ok(quote >= atMark && (event.quote - 1n) * UNIT * UNIT <= atMark * (UNIT + impactMax));
  }
}

/** What the event says, held against the state that it meets. */
function judge(books: Books, state: PoolView, event: Event, time: number): void {
  books.seen.set(event.type, (books.seen.get(event.type) ?? 0) + 1);
  if (event.type === 'VaultDeposited') deposited(books, state, event);
  if (event.type === 'VaultExitRequested') requested(books, state, event, time);
  if (event.type === 'VaultRedeemed') redeemed(books, state, event, time);
  if (event.type === 'AccountTakenOver') takenOver(books, state, event);
  if (event.type === 'ClosedByAmm' || event.type === 'TradedWithAmm') dealt(state, event);
}

/** What must be so after a record. */
function conclude(books: Books, state: PoolView, events: readonly Event[]): void {
  for (const event of events) {
    if (event.type !== 'AccountTakenOver') continue;
    const { balance, ...left } = accountOf(state, event.account);
    const lists = [left.positions, left.collaterals, left.debts, left.supplies];
    assert.ok(balance === 0n && lists.every(({ length }) => length === 0), 'something was left');
  }
  if (state.vault === null) return;
  const held = state.vault.providers.map(({ account, shares }) => {
    return [state.accounts[account]!.id, shares] as const;
  });
  const mine = [...books.claims].filter(([, claim]) => claim.shares > 0n);
  assert.deepEqual(
    new Map(held),
    new Map(mine.map(([id, claim]) => [id, claim.shares])),
    'shares were created or lost',
  );
  assert.equal(state.vault.sharesTotal, books.all);
}

/** Whoever else watches: the state that an event meets, and the one that it leaves. */
export type Watcher = {
  readonly before: (state: PoolView, event: Event, record: JournalRecord) => void;
  readonly after: (state: PoolView, event: Event, record: JournalRecord) => void;
};

/** Takes every record after it was applied elsewhere; answers how often each event has come. */
export function createWitness(other?: Watcher) {
  const state = emptyPool();
  const books: Books = { claims: new Map(), seen: new Map(), taken: [], all: 0n };

  /** Event by event: each is held against what the ones before it have left. */
  const watch = (record: JournalRecord): void => {
    const { outcome, time } = record;
    if (outcome.type === 'Rejected') return;
    state.timeMs = engineTimeMs(time);
    for (const event of outcome.events) {
      judge(books, state, event, time);
      other?.before(state, event, record);
      evolve(state, event);
      other?.after(state, event, record);
    }
    forgetChanges(state);
    conclude(books, state, outcome.events);
  };

  return { watch, seen: books.seen };
}
