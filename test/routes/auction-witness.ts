/**
 * Watches auctions event by event with books of its own: what money and assets there must be, what
 * a bid allowed, what was asked, what accounts are worth and must have. It knows the rules of
 * docs/spec/auctions.md and docs/spec/engine.md and none of the engine's arithmetic.
 * @module
 */
import assert from 'node:assert/strict';
import type { Command, Event, EventOf, JournalRecord, PoolView } from '../../src/engine/index.ts';
import { accountId } from '../../src/units/index.ts';
import { type Books, booksOf, keepBooks } from './exact-books.ts';
import { exactMargin, FINE, magnitude, UNIT } from './exact-margin.ts';
import { exactEquity, exactValue, type Watcher } from './vault-witness.ts';

type Taken = EventOf<'AuctionTaken'>;
type PlaceBid = Extract<Command, { readonly type: 'PlaceBid' }>;

/** Units of 1e-18 that the roundings of one take may come to, at any of the prices. */
const FEW = 200_000n;

const accountOf = (state: PoolView, id: string) =>
  state.accounts[state.numbers.accounts.get(accountId(id))!]!;

/** A running auction as the witness has seen it start. */
type Seen = { readonly resetsMax: number; resets: number; takes: number };

type Memory = {
  readonly books: Books;
  readonly auctions: Map<number, Seen>;
  /** What the fund has paid into liquidations. */
  readonly covers: Map<number, bigint>;
  readonly counts: Map<string, number>;
  /** Of the take that was judged last. */
  before: { readonly equity: bigint; readonly missing: bigint; readonly required: bigint } | null;
};

const count = ({ counts }: Memory, what: string): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
};

/** Filled no more and no less than the bid says. */
function assertWithin(event: Taken): void {
  const { bid, positions, collaterals, fraction } = event;
  const [filled, least, most]: readonly bigint[] =
    bid.type === 'Collateral'
      ? [collaterals[0]!.amount, bid.amountMin, bid.amount]
      : bid.type === 'Position'
        ? [magnitude(positions[0]!.change.sizeDelta), bid.sizeMin, bid.size]
        : [fraction!, bid.fractionMin, bid.fraction];
  assert.ok(filled! >= least! && filled! <= most! && filled! > 0n, 'filled beyond the bid');
}

/** What the bidder pays in all is no worse than its limit, to a few units of rounding. */
function assertLimit(state: PoolView, event: Taken): void {
  const { bid } = event;
  const paid: bigint = event.payment - event.payout;
  if (bid.type === 'Portfolio') {
    assert.ok(paid * UNIT <= bid.paymentMax * event.fraction!, 'a portfolio cost too much');
    return;
  }
  if (bid.type === 'Collateral') {
    const { amount } = event.collaterals[0]!;
    assert.ok((paid - 1n) * UNIT < (amount + 1n) * bid.limitPrice, 'collateral cost too much');
    return;
  }
  const { market, change } = event.positions[0]!;
  const { mark, parameters } = state.markets[state.numbers.markets.get(market)!]!;
  const delta: bigint = change.sizeDelta;
  const [at, limit]: readonly bigint[] = [mark!, bid.limitPrice];
  const rounded = paid - 4n;
  const within =
    parameters.kind === 'linear'
      ? -delta * at! + rounded * UNIT <= -delta * limit!
      : delta * UNIT * limit! + rounded * at! * limit! <= delta * UNIT * at!;
  assert.ok(within, 'a position cost too much');
}

/** The share of what a lot is worth that is asked after so long, to a billionth. */
function askedShare(parameters: EventOf<'AuctionStarted'>['parameters'], elapsed: number): number {
  const part = (value: bigint): number => Number(value) / 1e18;
  const first = 1 + part(parameters.startPremium);
  const { durationMs, fastMs, slowMs, stepMs } = parameters;
  const cut = part(parameters.cut);
  const cutoff = Math.min(part(parameters.cutoff), first);
  const share = {
    linear: first * Math.max(0, 1 - elapsed / durationMs),
    exponential: first * cut ** (elapsed / 1000),
    stairstep: first * cut ** Math.floor(elapsed / stepMs),
    'two-phase':
      elapsed < fastMs
        ? first - ((first - cutoff) * elapsed) / fastMs
        : cutoff * Math.max(0, 1 - (elapsed - fastMs) / slowMs),
  }[parameters.curve];
  return Math.max(share, part(parameters.endFraction));
}

/** Nothing was given for less than was asked of a solvent account. */
function assertAsked(state: PoolView, event: Taken): void {
  const liquidation = state.liquidations.get(event.liquidation)!;
  const auction = liquidation.auction!;
  const asked = askedShare(auction.parameters, event.elapsedMs);
  const { lot, phase, payment } = event;
  const insolvent = phase === 'insolvent' && lot !== 'collateral';
  const share = insolvent ? 1 : lot === 'portfolio' ? Math.min(asked, 1) : asked;
  const exact = BigInt(Math.round(share * 1e12)) * 10n ** 6n;
  const slack = (of: bigint): bigint => magnitude(of) / 10n ** 11n + FEW;
  if (lot === 'collateral') {
    const { amount, indexPrice } = event.collaterals[0]!;
    const worth = (amount * indexPrice) / UNIT;
    assert.ok(payment >= (worth * exact) / UNIT - slack(worth), 'collateral was given away');
    return;
  }
  if (lot === 'position') {
    const { market, change } = event.positions[0]!;
    const number = state.numbers.markets.get(market)!;
    const notional = magnitude(exactValue(state, number, change.sizeDelta)) / FINE;
    const due = (notional * (exact - UNIT)) / UNIT;
    assert.ok(payment >= due - slack(notional), 'a position was given away');
    return;
  }
  const worthOf = (list: Taken['debts'] | Taken['collaterals']): bigint =>
    list.reduce((sum, { amount, indexPrice }) => sum + (amount * indexPrice) / UNIT, 0n);
  const worth = worthOf(event.collaterals) + worthOf(event.supplies) - worthOf(event.debts);
  const sold = exactEquity(state, accountOf(state, event.account).id) / FINE - auction.reserved;
  const part = sold > 0n ? (sold * event.fraction!) / UNIT : 0n;
  const conceded = insolvent ? 0n : (part * (UNIT - exact)) / UNIT;
  assert.ok(payment >= worth - conceded - slack(part), 'a portfolio was given away');
}

/** The bid was meant for the account as it is, by somebody else, who can pay. */
function assertBidder(state: PoolView, event: Taken, bid: PlaceBid): void {
  const account = accountOf(state, event.account);
  assert.deepEqual(event.bid, bid.bid);
  assert.equal(event.bidder, bid.bidder);
  const bound = bid.accountVersion === null || bid.accountVersion === account.version;
  assert.ok(bound, 'a bid on a changed account was filled');
  assert.notEqual(event.bidder, event.account);
  if (event.settlement === 'outside') {
    assert.equal(event.lot, 'collateral');
    return;
  }
  const bidder = accountOf(state, event.bidder);
  assert.notEqual(bidder.owner, account.owner, 'an owner bought from itself');
  const paid: bigint = event.payment - event.payout;
  assert.ok(paid <= 0n || paid <= bidder.balance, 'a bidder paid with money that it has not');
}

/** The account passes on at the mark, and is no worse off than its own terms allow. */
function assertAccount(memory: Memory, state: PoolView, event: Taken): void {
  const was = memory.before!;
  const { id } = accountOf(state, event.account);
  const equity = exactEquity(state, id);
  const { maintenance, weighted } = exactMargin(state, id);
  const missing = maintenance - weighted;
  const few = FEW * FINE;
  if (event.lot === 'collateral') {
    const cover = (memory.covers.get(event.liquidation) ?? 0n) * FINE;
    const loss = was.equity >= cover && equity + few < cover;
    assert.ok(!loss, 'a sale of collateral made a loss for others');
    return;
  }
  assert.ok(equity + few >= 0n, 'a take left an account bankrupt');
  assert.ok(missing <= was.missing + few, 'a take enlarged the margin deficit');
  const kept = (equity + few) * was.required >= was.equity * maintenance;
  assert.ok(kept, 'a take went beyond the bankruptcy quote');
}

function assertCarried(state: PoolView, event: Taken): void {
  if (event.settlement === 'outside') return;
  const { initial, initialEquity } = exactMargin(state, accountOf(state, event.bidder).id);
  assert.ok(initialEquity + FEW * FINE >= initial, 'a bidder cannot carry what it took');
}

function judged(memory: Memory, state: PoolView, event: Taken, { envelope }: JournalRecord): void {
  const { command } = envelope;
  assert.ok(command.type === 'PlaceBid', 'a take that nobody bid for');
  assertBidder(state, event, command);
  assertWithin(event);
  assertLimit(state, event);
  assertAsked(state, event);
  const { id } = accountOf(state, event.account);
  const { maintenance, weighted } = exactMargin(state, id);
  const equity = exactEquity(state, id);
  memory.before = { equity, missing: maintenance - weighted, required: maintenance };
  memory.auctions.get(event.auction)!.takes += 1;
  const { curve } = state.liquidations.get(event.liquidation)!.auction!.parameters;
  count(memory, `take of ${event.lot}, ${event.phase}`);
  count(memory, `take on a ${curve} curve`);
  if (event.settlement === 'outside') count(memory, 'take from outside');
  if (event.payout > 0n) count(memory, `payout for a ${event.lot}`);
  if (event.debts.length > 0) count(memory, 'slice with a debt');
  if (event.supplies.length > 0) count(memory, 'slice with a claim');
  if (event.positions.length > 1) count(memory, 'slice of several markets');
  const inverse = event.positions.some(({ market }) => market === 'BTCUSD');
  if (inverse) count(memory, `inverse ${event.lot}`);
}

/** What the fund has paid for a liquidation, and that it may. */
function covered(memory: Memory, state: PoolView, liquidation: number, paid: bigint): void {
  const total = (memory.covers.get(liquidation) ?? 0n) + paid;
  memory.covers.set(liquidation, total);
  const cap = state.parameters!.insuranceEventCap;
  assert.ok(cap === null || paid <= 0n || total <= cap, 'the fund paid more than its cap');
}

/** Whatever the fund paid, to the account or to who took it over, is its claim on the account. */
function assertCover({ covers }: Memory, state: PoolView, event: Event): void {
  if (!('liquidation' in event) || event.liquidation === null) return;
  const liquidation = state.liquidations.get(event.liquidation);
  if (liquidation === undefined) return;
  assert.equal(liquidation.coverPaid, covers.get(event.liquidation) ?? 0n, 'the fund lost count');
}

function followed(memory: Memory, state: PoolView, event: Event): void {
  switch (event.type) {
    case 'AuctionStarted': {
      const { resetsMax } = event.parameters;
      memory.auctions.set(event.auction, { resetsMax, resets: 0, takes: 0 });
      return;
    }
    case 'AuctionReset': {
      const auction = memory.auctions.get(event.auction)!;
      auction.resets += 1;
      assert.equal(event.resets, auction.resets);
      assert.ok(auction.resets <= auction.resetsMax, 'an auction started too often');
      count(memory, `reset for ${event.reason}`);
      return;
    }
    case 'AuctionEnded': {
      const { resets, takes } = memory.auctions.get(event.auction)!;
      assert.deepEqual([event.resets, event.takes], [resets, takes]);
      memory.auctions.delete(event.auction);
      count(memory, `auction ended ${event.outcome}`);
      return;
    }
    case 'DeficitCovered':
      covered(memory, state, event.liquidation, event.paid);
      return;
    case 'CoverRepaid':
      covered(memory, state, event.liquidation, -event.amount);
      return;
    case 'AuctionTaken':
      covered(memory, state, event.liquidation, event.payout);
      return;
    default:
      return;
  }
}

/** Books that watch; how often what has come is counted in `counts`. */
export function auctionWatcher(counts: Map<string, number>): Watcher {
  const memory: Memory = {
    books: booksOf(),
    auctions: new Map(),
    covers: new Map(),
    counts,
    before: null,
  };
  return {
    before: (state, event, record) => {
      if (event.type === 'AuctionTaken') judged(memory, state, event, record);
      followed(memory, state, event);
    },
    after: (state, event) => {
      if (event.type === 'AuctionTaken') {
        assertAccount(memory, state, event);
        assertCarried(state, event);
      }
      assertCover(memory, state, event);
      keepBooks(memory.books, state, event);
      assert.equal(state.runningAuctions.size, memory.auctions.size);
    },
  };
}
