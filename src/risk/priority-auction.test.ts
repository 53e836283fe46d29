import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type PriorityBid, priorityAuction } from './priority-auction.ts';

const unit = '0.000000000000000001';

const bid = (bidder: string, paid: string): PriorityBid => ({ bidder, bid: money(paid) });

/** Winner, payment, what the account gets, what the fund gets. */
function outcome(
  bids: readonly PriorityBid[],
  { bidMin = '0', accountShare = '0.6' }: { bidMin?: string; accountShare?: string } = {},
): (string | null)[] {
  const result = priorityAuction({
    bids,
    bidMin: money(bidMin),
    accountShare: ratio(accountShare),
  });
  const { winner, payment, accountProceeds, insuranceContribution } = result;
  return [winner, ...[payment, accountProceeds, insuranceContribution].map(formatDecimal)];
}

test('the highest wins and pays what it bid', () => {
  assert.deepEqual(outcome([bid('a', '5'), bid('b', '10'), bid('c', '7')]), ['b', '10', '6', '4']);
  assert.deepEqual(outcome([bid('a', '10'), bid('b', '10.000000000000000001')])[0], 'b');
});

test('ties go to the lowest id by code unit, whatever the order', () => {
  const tied = [bid('b', '3'), bid('B', '3'), bid('a10', '3'), bid('a9', '3')];
  assert.equal(outcome(tied)[0], 'B');
  assert.equal(outcome(tied.toReversed())[0], 'B');
  assert.equal(outcome(tied.filter(({ bidder }) => bidder !== 'B'))[0], 'a10');
});

test('bids of nothing and below the least are none', () => {
  const none = [null, '0', '0', '0'];
  assert.deepEqual(outcome([]), none);
  assert.deepEqual(outcome([bid('a', '0')]), none);
  assert.deepEqual(outcome([bid('a', unit)]), ['a', unit, '0', unit]);
  assert.deepEqual(outcome([bid('a', '0.999999999999999999')], { bidMin: '1' }), none);
  assert.deepEqual(outcome([bid('a', '1')], { bidMin: '1' }), ['a', '1', '0.6', '0.4']);
});

test('all to the account, or all to the fund', () => {
  assert.deepEqual(outcome([bid('a', '9')], { accountShare: '1' }), ['a', '9', '9', '0']);
  assert.deepEqual(outcome([bid('a', '9')], { accountShare: '0' }), ['a', '9', '0', '9']);
  const third = outcome([bid('a', '10')], { accountShare: '0.333333333333333333' });
  assert.deepEqual(third, ['a', '10', '3.33333333333333333', '6.66666666666666667']);
});

test('contract violations', () => {
  assert.throws(() => outcome([bid('a', '-1')]), /PRIORITY_AUCTION/);
  assert.throws(() => outcome([bid('a', '1'), bid('a', '2')]), /PRIORITY_AUCTION/);
  assert.throws(() => outcome([], { bidMin: '-1' }), /PRIORITY_AUCTION/);
  assert.throws(() => outcome([], { accountShare: '-0.1' }), /PRIORITY_AUCTION/);
  assert.throws(() => outcome([], { accountShare: `1.${unit.slice(2)}` }), /PRIORITY_AUCTION/);
});

const WAD = 10n ** 18n;
const bidLists = fc.uniqueArray(
  fc.record({
    bidder: fc.constantFrom('a', 'b', 'c', 'A', 'Z', 'a1', 'a10', 'x.y'),
    raw: fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 10n ** 27n })),
  }),
  { selector: ({ bidder }) => bidder },
);

test('nobody who bid enough bid more, and the two parts sum to the payment', () => {
  fc.assert(
    fc.property(
      bidLists,
      fc.bigInt({ min: 0n, max: 3n }),
      fc.bigInt({ min: 0n, max: WAD }),
      (drawn, bidMin, share) => {
        const bids = drawn.map(({ bidder, raw }) => ({ bidder, bid: fromRaw<Money>(raw) }));
        const terms = { bidMin: fromRaw<Money>(bidMin), accountShare: fromRaw<Ratio>(share) };
        const result = priorityAuction({ bids, ...terms });
        const { winner, payment, accountProceeds, insuranceContribution } = result;
        assert.deepEqual(priorityAuction({ bids: bids.toReversed(), ...terms }), result);
        assert.equal(rawOf(accountProceeds) + rawOf(insuranceContribution), rawOf(payment));
        const lost = rawOf(payment) * share - rawOf(accountProceeds) * WAD;
        assert.ok(lost >= 0n && lost < WAD);
        const enough = drawn.filter(({ raw }) => raw > 0n && raw >= bidMin);
        assert.equal(winner === null, enough.length === 0);
        for (const { bidder, raw } of enough) {
          assert.ok(raw < rawOf(payment) || (raw === rawOf(payment) && winner! <= bidder));
        }
      },
    ),
    { numRuns: 300 },
  );
});
