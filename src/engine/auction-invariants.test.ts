/** INV-17, broken on purpose: a true take is falsified, and has to be stopped. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Driver } from '../../test/pools/pool-driver.ts';
import {
  fallenAuctionPool,
  indebtedAuctionPool,
  placeBid,
} from '../../test/routes/auction-pool.ts';
import {
  add,
  amount,
  fromRaw,
  InvariantViolation,
  type Money,
  money,
  price,
  ratio,
  type Size,
  size,
} from '../units/index.ts';
import { applyRecord, type CommandOf, decide, type EventOf } from './index.ts';

type Taken = EventOf<'AuctionTaken'>;
type Lie = (event: Taken) => Partial<Taken>;

/** Code of the assertion that stops a falsified take; null where nothing does. */
function falsified(pool: Driver, command: CommandOf<'PlaceBid'>, lie: Lie): string | null {
  const envelope = { source: 'liar', sourceSeq: 1, command };
  const outcome = decide(pool.engine.state, envelope, pool.now());
  assert.ok(outcome.type === 'Accepted', 'the bid was refused');
  const events = outcome.events.map((event) =>
    event.type === 'AuctionTaken' ? { ...event, ...lie(event) } : event,
  );
  const record = { envelope, seq: pool.records.length + 1, time: pool.now() };
  try {
    applyRecord(pool.engine, { ...record, outcome: { type: 'Accepted', events } });
    return null;
  } catch (error) {
    assert.ok(error instanceof InvariantViolation, String(error));
    return error.code;
  }
}

const unit = fromRaw<Money>(1n);
const lot = fromRaw<Size>(10n ** 15n);

const onPosition = (lie: Lie): string | null => {
  const pool = fallenAuctionPool();
  pool.wait(200_000);
  const bid = { type: 'Position', size: '10', limitPrice: '80' } as const;
  return falsified(pool, placeBid(pool, bid), lie);
};

const onCollateral = (lie: Lie): string | null => {
  const pool = indebtedAuctionPool();
  pool.wait(200_000);
  const bid = { type: 'Collateral', amount: '5', limitPrice: '15.0001' } as const;
  return falsified(pool, placeBid(pool, bid), lie);
};

const onCovered = (lie: Lie): string | null => {
  const pool = fallenAuctionPool({ terms: { lot: 'portfolio' } });
  pool.take({ type: 'FundInsurance', amount: money('100') });
  pool.price('BTC', '79', ['BTC-PERP']);
  pool.wait(100_000);
  const bid = { type: 'Portfolio', fraction: '1', paymentMax: '0' } as const;
  return falsified(pool, placeBid(pool, bid, { auction: 2 }), lie);
};

type Position = Taken['positions'][number];
const changed = (event: Taken, change: Partial<Position['change']>, bidder: object = {}) => {
  const [position] = event.positions as [Position];
  return {
    positions: [
      {
        ...position,
        change: { ...position.change, ...change },
        bidder: { ...position.bidder, ...bidder },
      },
    ],
  };
};

describe('INV-17', () => {
  test('nothing stops the truth', () => {
    for (const on of [onPosition, onCollateral, onCovered])
      assert.equal(
        on(() => ({})),
        null,
      );
  });

  const lies: readonly (readonly [string, () => string | null, string])[] = [
    ['an auction that does not run', () => onPosition(() => ({ auction: 7 })), 'INV-17'],
    ['a bid of the account itself', () => onPosition(() => ({ bidder: 'alice' })), 'INV-17'],
    [
      'contracts that come from nowhere',
      () => onPosition((e) => changed(e, {}, { sizeDelta: add(size('10'), lot) })),
      'INV-17',
    ],
    [
      'a unit that the bidder does not pay',
      () =>
        onPosition((e) => {
          const { entryValueDelta } = e.positions[0]!.bidder;
          return changed(e, {}, { entryValueDelta: add(entryValueDelta, unit) });
        }),
      'INV-17',
    ],
    [
      'a position that passes off the mark',
      () =>
        onPosition((e) => {
          const { change, bidder } = e.positions[0]!;
          const more = { realizedPnl: add(change.realizedPnl, unit) };
          return changed(e, more, { entryValueDelta: add(bidder.entryValueDelta, unit) });
        }),
      'INV-17',
    ],
    [
      'more than is held',
      () => onPosition((e) => changed(e, { sizeDelta: size('-51') }, { sizeDelta: size('51') })),
      'INV-17',
    ],
    [
      'a unit beyond the bankruptcy quote',
      () =>
        onPosition((e) => ({
          payment: add(e.payment, fromRaw<Money>(-1n)),
          after: {
            ...e.after,
            equity: add(e.after.equity, fromRaw<Money>(-1n)),
            marginEquity: add(e.after.marginEquity, fromRaw<Money>(-1n)),
          },
        })),
      'INV-17',
    ],
    [
      'another margin than the account has',
      () => onPosition((e) => ({ after: { ...e.after, equity: add(e.after.equity, unit) } })),
      'INV-17',
    ],
    [
      'a fill beyond the limit price',
      () =>
        onPosition((e) => ({
          bid: { ...e.bid, limitPrice: price('79.99') } as Taken['bid'],
        })),
      'INV-17',
    ],
    [
      'more collateral than is held',
      () =>
        onCollateral((e) => ({
          collaterals: [{ ...e.collaterals[0]!, amount: amount('10.1') }],
        })),
      'INV-17',
    ],
    [
      'collateral beyond the limit price',
      () =>
        onCollateral((e) => ({
          bid: { ...e.bid, limitPrice: price('14.99') } as Taken['bid'],
        })),
      'INV-17',
    ],
    [
      'more than a slice was asked for',
      () => onCovered((e) => ({ bid: { ...e.bid, fraction: ratio('0.9') } as Taken['bid'] })),
      'INV-17',
    ],
    [
      'a payout that the fund may not pay',
      () => onCovered(() => ({ payout: money('51') })),
      'INV-6',
    ],
    ['a payout for who was not covered', () => onPosition(() => ({ payout: unit })), 'INV-9'],
  ];
  for (const [name, falsify, code] of lies) {
    test(`${name} is stopped`, () => {
      assert.equal(falsify(), code);
    });
  }
});
