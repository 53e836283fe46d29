/** The matching venue keeps the contract of venues; what it keeps apart, it keeps apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { venueContract } from '../ports/contracts.ts';
import type { VenueOrder } from '../ports/index.ts';
import {
  accountId,
  engineTimeMs,
  formatDecimal,
  isNegative,
  marketId,
  price,
  size,
} from '../units/index.ts';
import { depthOf } from './order-book.ts';
import { limitTicks, wholeLots } from './order-book-scale.ts';
import {
  createMatchingVenue,
  endCloseOut,
  enterCloseOut,
  enterOwn,
  type MatchingVenue,
  passTime,
  removeAllOwn,
  takeReports,
} from './venue-matching.ts';

const MARKET = marketId('BTC-PERP');
const SCALE = { tick: price('0.01'), lot: size('0.001') };
const START_MS = 1_000_000;

function openVenue(): MatchingVenue {
  const venue = createMatchingVenue([{ market: MARKET, scale: SCALE }]);
  passTime(venue, engineTimeMs(START_MS));
  return venue;
}

venueContract('matching venue', {
  open: () => {
    const venue = openVenue();
    return {
      venue: {
        place: (order) => enterCloseOut(venue, order),
        cancel: (order) => endCloseOut(venue, order, 'canceled'),
        cancelAll: (account) => removeAllOwn(venue, account),
        reports: () => takeReports(venue),
      },
      market: MARKET,
      now: () => venue.timeMs,
      pass: (milliseconds) => passTime(venue, engineTimeMs(venue.timeMs + milliseconds)),
      offer: (account, signed, at) => {
        const side = isNegative(signed) ? 'sell' : 'buy';
        const lots = wholeLots(SCALE, signed)!;
        enterOwn(venue, MARKET, { account, side, ticks: limitTicks(SCALE, side, at), lots });
      },
    };
  },
});

const closeOut = (order: number, account: string, signed: string, limit: string): VenueOrder => ({
  order,
  account: accountId(account),
  market: MARKET,
  size: size(signed),
  limitPrice: price(limit),
  style: 'limit',
  expiresAtMs: engineTimeMs(START_MS + 60_000),
});

const storyOf = (venue: MatchingVenue): string[] =>
  takeReports(venue).map((report) =>
    report.type === 'filled'
      ? `${report.order} ${formatDecimal(report.size)} with ${report.counterparty}`
      : `${report.order} ${report.reason}`,
  );

test('two close-outs never trade with each other: the one that rests in the way ends', () => {
  const venue = openVenue();
  enterCloseOut(venue, closeOut(1, 'alice', '-1', '99'));
  enterCloseOut(venue, closeOut(2, 'bob', '-1', '98'));
  enterCloseOut(venue, closeOut(3, 'carol', '0.5', '98.5'));
  assert.deepEqual(storyOf(venue), ['2 expired'], 'who is out of reach stays');
  assert.deepEqual([...venue.open.keys()], [1, 3]);
});

test('a close-out that meets enough before another one leaves it alone', () => {
  const venue = openVenue();
  const maker = accountId('maker');
  enterOwn(venue, MARKET, { account: maker, side: 'sell', ticks: 9_800, lots: 500 });
  enterCloseOut(venue, closeOut(1, 'alice', '-1', '98'));
  enterCloseOut(venue, closeOut(2, 'carol', '0.5', '98'));
  assert.deepEqual(storyOf(venue), ['2 0.5 with maker', '2 filled']);
  assert.ok(venue.open.has(1));
});

test('an account does not trade with itself: its own order makes way for its close-out', () => {
  const venue = openVenue();
  const [alice, maker] = [accountId('alice'), accountId('maker')];
  enterOwn(venue, MARKET, { account: alice, side: 'buy', ticks: 9_950, lots: 700 });
  enterOwn(venue, MARKET, { account: maker, side: 'buy', ticks: 9_900, lots: 300 });
  enterCloseOut(venue, closeOut(1, 'alice', '-1', '99'));
  assert.deepEqual(storyOf(venue), ['1 0.3 with maker']);
  const { book } = venue.markets.get(MARKET)!;
  assert.deepEqual(depthOf(book, 'buy', 9), []);
  assert.deepEqual(depthOf(book, 'sell', 9), [{ ticks: 9_900, lots: 700 }]);
});
