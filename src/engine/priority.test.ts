/** Bids for the right to liquidate first: who wins, what is paid to whom, and what it is worth. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bid, directStage, terms } from '../../test/pools/direct-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  marketId,
  money,
  ratio,
  sub,
} from '../units/index.ts';
import type { DirectParameters } from './index.ts';

const WINDOW: Partial<DirectParameters> = {
  priorityWindowMs: durationMs(4_000),
  priorityExclusiveMs: durationMs(2_000),
};

/** Alice's window opens at 2,000 and ends at 6,000. */
function auctioned(changes: Partial<DirectParameters> = {}) {
  const stage = directStage({ terms: { ...WINDOW, ...changes } });
  const opened = eventsOf(stage.fall('83'), 'PriorityOpened');
  const award = () => {
    stage.wait(6_000 - stage.now());
    const [event] = eventsOf(stage.take({ type: 'Tick' }), 'PriorityAwarded');
    assert.ok(event !== undefined, 'the right was not awarded');
    return event;
  };
  const balance = (id: AccountId) => stage.accountOf(id).balance;
  return { ...stage, opened, award, balance };
}

describe('a window', () => {
  test('opens as soon as the way is chosen, and ends by the clock', () => {
    const stage = auctioned();
    assert.deepEqual(
      stage.opened.map(({ untilMs }) => Number(untilMs)),
      [6_000],
    );
    assert.deepEqual(eventsOf(stage.pass(3_999), 'PriorityAwarded'), []);
    assert.equal(eventsOf(stage.pass(1), 'PriorityAwarded').length, 1);
  });

  test('does not open without one in the terms, nor while nothing may be taken', () => {
    assert.deepEqual(auctioned({ priorityWindowMs: durationMs(0) }).opened, []);
    const stage = directStage({ terms: WINDOW });
    stage.take(terms({ ...WINDOW, coolOffMs: durationMs(0) }));
    stage.fall('83');
    stage.take(setGate({ gate: 'takes' }));
    stage.wait(4_000);
    assert.deepEqual(eventsOf(stage.fall('83'), 'PriorityAwarded'), [], 'the award waits');
    stage.refuse(bid(stage.keeper, '5'), 'PRIORITY_NOT_OFFERED');
    const events = stage.take(setGate({ gate: 'takes', closed: false }));
    assert.equal(eventsOf(events, 'PriorityAwarded').length, 1);
  });

  test('keeps everybody from taking while it is open, the permitted too', () => {
    const stage = auctioned();
    stage.refuse(stage.takeover('10'), 'PRIORITY_HELD');
    stage.take(bid(stage.keeper, '5'));
    stage.refuse(stage.takeover('10'), 'PRIORITY_HELD');
  });

  test('without a bid leaves the way open to all at once', () => {
    const stage = auctioned();
    const event = stage.award();
    assert.equal(event.winner, null);
    assert.deepEqual([event.bids, formatDecimal(event.payment)], [[], '0']);
    stage.take(stage.takeover('10', { liquidator: stage.rival }));
  });

  test('ends unpaid where the account needs nobody any more', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '5'));
    const before = stage.balance(stage.keeper);
    const events = stage.fall('90');
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'restored');
    assert.equal(eventsOf(events, 'PriorityAwarded').length, 0);
    assert.equal(stage.balance(stage.keeper), before);
    stage.refuse(bid(stage.keeper, '6'), 'PRIORITY_NOT_OFFERED');
  });

  test('opens again for a way that is chosen again, and old bids are forgotten', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '5'));
    stage.take({ type: 'FundInsurance', amount: money('1000') });
    const events = stage.fall('79.5');
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'bankrupt');
    assert.equal(eventsOf(events, 'PriorityOpened').length, 1);
    assert.deepEqual(stage.liquidation()!.priority!.bids, []);
  });
});

describe('the right', () => {
  test('goes to the highest bid, which is paid at once and shared exactly', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '7.000000000000000001'));
    stage.take(bid(stage.rival, '7'));
    const [fund, keeper, rival, alice] = [
      stage.engine.state.insuranceFund,
      stage.balance(stage.keeper),
      stage.balance(stage.rival),
      stage.balance(stage.alice),
    ];
    const event = stage.award();
    assert.equal(event.winner, 'keeper');
    assert.equal(formatDecimal(event.accountProceeds), '5.25');
    assert.equal(formatDecimal(event.insuranceContribution), '1.750000000000000001');
    assert.equal(sub(keeper, stage.balance(stage.keeper)), event.payment);
    assert.equal(stage.balance(stage.rival), rival);
    assert.equal(sub(stage.balance(stage.alice), alice), event.accountProceeds);
    assert.equal(sub(stage.engine.state.insuranceFund, fund), event.insuranceContribution);
    assert.equal(event.untilMs, 8_000);
  });

  test('falls to the lower id where bids are equal, whoever came first', () => {
    for (const order of [
      ['rival', 'keeper'],
      ['keeper', 'rival'],
    ] as const) {
      const stage = auctioned();
      for (const name of order) stage.take(bid(accountId(name), '7'));
      assert.equal(stage.award().winner, 'keeper');
    }
  });

  test('passes over who can no longer pay', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '100'));
    stage.take(bid(stage.rival, '7'));
    const usdc = assetId('USDC');
    const all = amount('9900.000000000000000001');
    stage.take({ type: 'Withdraw', account: stage.keeper, asset: usdc, amount: all });
    const event = stage.award();
    assert.equal(event.winner, 'rival');
    assert.deepEqual(
      event.bids.map(({ bidder, payable }) => [bidder, payable]),
      [
        ['keeper', false],
        ['rival', true],
      ],
    );
  });

  test('is the winner’s alone for a time, then everybody’s: who withholds loses its money', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '5'));
    stage.award();
    const other = () => stage.takeover('3', { liquidator: stage.rival });
    stage.refuse(other(), 'PRIORITY_HELD');
    stage.wait(1_999);
    stage.refuse(other(), 'PRIORITY_HELD');
    stage.wait(1);
    stage.take(other());
    stage.take(stage.takeover('3'));
    assert.equal(formatDecimal(stage.balance(stage.keeper)), '9995');
  });

  test('lets the winner take before the others', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '5'));
    stage.award();
    stage.take(stage.takeover('3'));
  });

  test('may restore the account by its price alone', () => {
    const stage = auctioned({ priorityAccountShare: ratio('1') });
    stage.take(bid(stage.keeper, '200'));
    stage.wait(4_000);
    const events = stage.take({ type: 'Tick' });
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
  });
});

describe('a bid', () => {
  test('may be raised, never lowered or repeated', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '5'));
    stage.refuse(bid(stage.keeper, '5'), 'PRIORITY_BID_TOO_LOW');
    stage.refuse(bid(stage.keeper, '4.9'), 'PRIORITY_BID_TOO_LOW');
    stage.take(bid(stage.keeper, '5.000000000000000001'));
    assert.equal(stage.liquidation()!.priority!.bids.length, 1);
  });

  test('is at least the lowest, and above zero', () => {
    const stage = auctioned();
    stage.refuse(bid(stage.keeper, '0'), 'NOT_POSITIVE');
    stage.refuse(bid(stage.keeper, '0.999999999999999999'), 'PRIORITY_BID_TOO_LOW');
    stage.take(bid(stage.keeper, '1'));
    stage.refuse(bid(stage.keeper, '100000000000000000.1'), 'INVALID_PARAMETER');
  });

  test('needs the money, the margin and good prices', () => {
    const stage = auctioned();
    stage.take(bid(stage.keeper, '10000'));
    stage.refuse(bid(stage.rival, '10000.000000000000000001'), 'BALANCE_INSUFFICIENT');
    stage.fill(stage.rival, stage.maker, { market: 'BTC-PERP', size: '100', price: '83' });
    stage.refuse(bid(stage.rival, '9171'), 'INITIAL_MARGIN_NOT_MET');
    stage.take(bid(stage.rival, '9170'));
    stage.refuse(bid(accountId('nobody'), '5'), 'ACCOUNT_UNKNOWN');
  });

  test('comes from whoever may liquidate', () => {
    const stage = auctioned();
    const second = accountId('second');
    const own = { type: 'OpenAccount', account: second, owner: 'alice' } as const;
    stage.take({ ...own, parent: null, market: null });
    stage.refuse(bid(second, '5'), 'OWN_ACCOUNT');
    stage.take(terms({ ...WINDOW, access: 'permissioned', liquidators: [stage.rival] }));
    stage.refuse(bid(stage.keeper, '5'), 'LIQUIDATOR_NOT_PERMITTED');
    stage.take(bid(stage.rival, '5'));
  });

  test('comes in time: at the end of the window it is too late, awarded or not', () => {
    const stage = auctioned();
    stage.wait(3_999);
    stage.take(bid(stage.keeper, '5'));
    stage.wait(1);
    stage.refuse(bid(stage.rival, '6'), 'PRIORITY_NOT_OFFERED');
    stage.award();
    stage.refuse(bid(stage.rival, '6'), 'PRIORITY_NOT_OFFERED');
    stage.refuse({ ...bid(stage.rival, '6'), liquidation: 99 }, 'PRIORITY_NOT_OFFERED');
  });

  test('is kept among the 64 highest: small ones keep nobody out', () => {
    const stage = auctioned();
    for (let at = 0; at < 64; at += 1) stage.take(bid(stage.account(`dust-${at}`, '10'), '1'));
    stage.refuse(bid(stage.keeper, '1'), 'PRIORITY_BID_TOO_LOW');
    stage.take(bid(accountId('dust-3'), '2'));
    stage.take(bid(stage.keeper, '1.5'));
    const { bids } = stage.liquidation()!.priority!;
    assert.equal(bids.length, 64);
    const lost = stage.engine.state.numbers.accounts.get(accountId('dust-63'))!;
    assert.ok(!bids.some(({ bidder }) => bidder === lost), 'the last of the lowest gave way');
    assert.equal(stage.award().winner, 'dust-3');
  });
});

test('new terms hold for a window that is open: it ends when it was said to end', () => {
  const stage = auctioned();
  stage.take(bid(stage.keeper, '5'));
  stage.take(terms());
  stage.refuse(stage.takeover('10', { market: marketId('BTC-PERP') }), 'PRIORITY_HELD');
  const event = stage.award();
  assert.equal(event.winner, 'keeper');
  assert.equal(event.untilMs, 6_000, 'no time alone is left under the new terms');
});
