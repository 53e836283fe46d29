/**
 * The eager twin of the loss index: charges every position at every event, in exact fractions, and
 * remembers nothing but what each still owes. Written from the events alone, with whole numbers;
 * what the engine settles later has to be what was charged here, to the unit.
 * @module
 */
import assert from 'node:assert/strict';
import {
  type Event,
  type EventOf,
  marginPosition,
  type PoolView,
  type PositionChange,
} from '../../src/engine/index.ts';

/** In units of 1e-36: what it has to be paid, negative where it owes. */
type Held = { size: bigint; claim: bigint };

const ONE = 10n ** 18n;
const floorDiv = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

export type Reached = Map<string, number>;

export class EagerLosses {
  readonly #markets = new Map<string, Map<string, Held>>();
  readonly #residues = new Map<string, bigint>();
  #sharing = { basis: 'profits', notionalShareMax: 0n };
  readonly #reached: Reached;
  #spreads = 0;

  constructor(reached: Reached) {
    this.#reached = reached;
    this.see([
      {
        type: 'LossSharingConfigured',
        parameters: { basis: 'open-interest', notionalShareMax: ONE as never },
      },
    ]);
  }

  see(events: readonly Event[]): void {
    this.#spreads = 0;
    for (const event of events) this.#note(event);
  }

  #reach(what: string): void {
    this.#reached.set(what, (this.#reached.get(what) ?? 0) + 1);
  }

  #holders(market: string): Map<string, Held> {
    const known = this.#markets.get(market) ?? new Map<string, Held>();
    this.#markets.set(market, known);
    return known;
  }

  #addResidue(market: string, exact: bigint): void {
    this.#residues.set(market, (this.#residues.get(market) ?? 0n) + exact);
  }

  #note(event: Event): void {
    switch (event.type) {
      case 'LossSharingConfigured':
        this.#sharing = event.parameters as never;
        break;
      case 'FundingAccrued':
        for (const held of this.#holders(event.market).values()) {
          held.claim -= held.size * (event.fundingIndexAfter - event.fundingIndexBefore);
        }
        break;
      case 'FundingResidueCollected':
        this.#addResidue(event.market, -event.amount * ONE);
        break;
      case 'FillRecorded':
        for (const change of [event.buyer, event.seller]) this.#settle(event.market, change);
        break;
      case 'PositionsDeleveraged':
        for (const change of [
          event.liquidated,
          ...event.counterparties.map((entry) => entry.change),
        ]) {
          this.#settle(event.market, change);
        }
        break;
      case 'LossSpread':
        this.#spread(event);
        break;
      case 'BadDebtSettled':
        if (this.#spreads > 0 && event.unallocated > 0n) this.#reach('a part is left to nobody');
        if (this.#sharing.basis === 'profits') this.#reach('profits are the basis');
        break;
      default:
        break;
    }
  }

  /** Settled is the floor of what was charged so far; what the floor keeps back is a residue. */
  #settle(market: string, change: PositionChange): void {
    const holders = this.#holders(market);
    const held = holders.get(change.account) ?? { size: 0n, claim: 0n };
    assert.equal(change.fundingPayment, floorDiv(held.claim, ONE), `${change.account} paid`);
    this.#addResidue(market, held.claim - change.fundingPayment * ONE);
    const size = held.size + change.sizeDelta;
    if (held.size !== 0n && size !== 0n && size > 0n !== held.size > 0n) this.#reach('a flip');
    if (size === 0n) holders.delete(change.account);
    else holders.set(change.account, { size, claim: 0n });
  }

  #spread({ market, amount, markPrice, account }: EventOf<'LossSpread'>): void {
    this.#spreads += 1;
    if (this.#spreads > 1) this.#reach('one loss makes the next');
    const holders = this.#holders(market);
    assert.ok(!holders.has(account), 'the bankrupt position was charged');
    assert.equal(this.#sharing.basis, 'open-interest');
    const sizes = [...holders.values()].map(({ size }) => magnitude(size));
    const openInterest = sizes.reduce((sum, size) => sum + size, 0n);
    assert.ok(openInterest > 0n && amount > 0n);
    // Worth of one side up, twice; its share down.
    const half = openInterest / 2n;
    const inverse = market === 'BTC-INVERSE';
    const [value, unit] = inverse ? [half * ONE, markPrice] : [half * markPrice, ONE];
    const most = floorDiv(-2n * floorDiv(-value, unit) * this.#sharing.notionalShareMax, ONE);
    assert.ok(amount <= most, 'one loss took more than it may');
    const index = -floorDiv(-amount * ONE, openInterest);
    for (const held of holders.values()) held.claim -= magnitude(held.size) * index;
    const surplus = openInterest * index - amount * ONE;
    assert.ok(surplus >= 0n && surplus < openInterest, 'more was charged than rounding asks for');
    this.#addResidue(market, surplus);
    this.#reach(amount === most ? 'a loss is capped' : 'a loss is spread');
    this.#reach(`spread over ${market}`);
    if (surplus > 0n) this.#reach('a loss that does not divide');
  }

  /** What every account still owes, and every residue, are what the engine says. */
  compare(state: PoolView): void {
    for (const { id, positions } of state.accounts) {
      for (const position of positions) {
        const { parameters } = state.markets[position.market]!;
        const held = this.#holders(parameters.market).get(id)!;
        assert.equal(position.size, held.size);
        const { fundingPayment } = marginPosition(state, position);
        assert.equal(fundingPayment, floorDiv(held.claim, ONE), `${id} owes`);
      }
    }
    for (const { parameters, fundingResidue } of state.markets) {
      assert.equal(fundingResidue, this.#residues.get(parameters.market) ?? 0n);
    }
  }
}
