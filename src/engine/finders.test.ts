/** Finders: who points at an account is paid for it, and nobody showing up never blocks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directStage, finders, point } from '../../test/pools/direct-stage.ts';
import { eventsOf, POOL } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  money,
  ratio,
  sub,
} from '../units/index.ts';
import { ENGINE_SOURCE, type Event, type FinderParameters } from './index.ts';

const engine = { source: ENGINE_SOURCE, sourceSeq: 0 };
const usdc = assetId('USDC');

/** Alice falls below her margin at 83: noticed until 7,000. */
function noticed(changes: Partial<FinderParameters> = {}) {
  const stage = directStage({ finders: changes });
  const fallen = stage.fall('83');
  return { ...stage, fallen };
}

const balanceOf = (stage: ReturnType<typeof noticed>, id: AccountId) => stage.accountOf(id).balance;

const startedIn = (events: readonly Event[]) => eventsOf(events, 'LiquidationStarted').length;

describe('detection by finders', () => {
  test('notices first, and the engine starts by itself when nobody came', () => {
    const stage = noticed();
    assert.equal(startedIn(stage.fallen), 0);
    const [event] = eventsOf(stage.fallen, 'AccountsNoticed');
    assert.deepEqual(event, { type: 'AccountsNoticed', accounts: ['alice'], untilMs: 7_000 });
    assert.equal(startedIn(stage.pass(4_999)), 0);
    const events = stage.pass(1);
    assert.equal(startedIn(events), 1);
    assert.equal(stage.liquidation()!.finder, null);
    assert.equal(stage.engine.state.notices.size, 0);
  });

  test('starts at once where somebody points', () => {
    const stage = noticed();
    const events = stage.take(point());
    const types = ['LiquidationStarted', 'FinderNamed', 'RouteChosen'];
    assert.deepEqual(
      events.map(({ type }) => type),
      types,
    );
    assert.equal(stage.engine.state.notices.size, 0);
  });

  test('forgets a notice when the account has recovered, and gives a new one', () => {
    const stage = noticed();
    const events = stage.fall('85');
    assert.deepEqual(eventsOf(events, 'NoticesDropped')[0]!.accounts, ['alice']);
    stage.wait(60_000);
    const [again] = eventsOf(stage.fall('83'), 'AccountsNoticed');
    assert.equal(again!.untilMs, 67_000);
  });

  test('keeps a notice where the price is lost: neither started nor forgotten', () => {
    const stage = noticed();
    stage.take(setGate());
    assert.equal(startedIn(stage.pass(5_000)), 0);
    assert.equal(stage.engine.state.notices.size, 1);
    assert.equal(startedIn(stage.take(setGate({ closed: false }))), 1);
  });

  test('notices as many in one record as would be started, the worst first', () => {
    const stage = directStage({ finders: {}, pool: { startsPerRecordMax: 2 } });
    for (const [at, deposit] of ['20', '20.5', '19'].entries()) {
      const trader = stage.account(`trader-${at}`, deposit);
      stage.fill(trader, stage.maker, { market: 'BTC-PERP', size: '1', price: '100' });
    }
    const events = eventsOf(stage.fall('83'), 'AccountsNoticed');
    assert.deepEqual(
      events.map(({ accounts }) => accounts),
      [
        ['alice', 'trader-2'],
        ['trader-0', 'trader-1'],
      ],
    );
    const dropped = eventsOf(stage.fall('100'), 'NoticesDropped');
    assert.deepEqual(
      dropped.map(({ accounts }) => accounts),
      [
        ['alice', 'trader-0'],
        ['trader-1', 'trader-2'],
      ],
    );
  });

  test('ends with what is noticed when the engine detects by itself again', () => {
    const stage = noticed();
    const events = stage.take(finders({ detection: 'engine' }));
    assert.equal(startedIn(events), 1);
    assert.equal(stage.engine.state.notices.size, 0);
  });

  test('forgets who has nothing left that could be liquidated', () => {
    const stage = noticed();
    const events = stage.fill(stage.maker, stage.alice, {
      market: 'BTC-PERP',
      size: '50',
      price: '83',
    });
    assert.deepEqual(eventsOf(events, 'NoticesDropped')[0]!.accounts, ['alice']);
  });
});

describe('a finder', () => {
  /** Sells Alice's position to the keeper's rival in one take. */
  const close = (stage: ReturnType<typeof noticed>): Event[] =>
    stage.take(stage.takeover('37.298', { liquidator: stage.rival }));

  test('is paid out of the penalties: its cost, and the reward for the flag', () => {
    const stage = noticed();
    const [named] = eventsOf(stage.take(point()), 'FinderNamed');
    // max(0.5 + 1, 0.5 · 1.5, 2 + 0.5), of a penalty of 15.47867 whose keeper's share is 40 %.
    assert.equal(formatDecimal(named!.due), '2.5');
    const before = balanceOf(stage, stage.keeper);
    const [charged] = eventsOf(close(stage), 'PenaltyCharged');
    assert.equal(charged!.keeper, 'keeper');
    assert.equal(formatDecimal(charged!.keeperReward), '2.5');
    assert.equal(formatDecimal(sub(balanceOf(stage, stage.keeper), before)), '2.5');
    assert.equal(formatDecimal(charged!.insuranceContribution), '11.430803');
  });

  test('is paid once, over as many penalties as it takes', () => {
    const stage = noticed();
    stage.take(point());
    const rewards = ['2', '2', '5', '2'].map((contracts) => {
      const events = stage.take(stage.takeover(contracts, { liquidator: stage.rival }));
      return formatDecimal(eventsOf(events, 'PenaltyCharged')[0]!.keeperReward);
    });
    assert.deepEqual(rewards, ['0.332', '0.332', '0.83', '0.332']);
    const rest = stage.take(stage.takeover('20', { liquidator: stage.rival }));
    const [charged] = eventsOf(rest, 'PenaltyCharged');
    assert.equal(formatDecimal(charged!.keeperReward), '0.674');
  });

  test('gets no more than margin and terms allow, and nothing from who has no margin', () => {
    const due = (changes: Partial<FinderParameters>, at = '83') => {
      const stage = directStage({ finders: changes });
      stage.fall(at);
      return formatDecimal(eventsOf(stage.take(point()), 'FinderNamed')[0]!.due);
    };
    assert.equal(due({ maxReward: money('2.25') }), '2.25');
    assert.equal(due({ marginScale: ratio('0.01') }), '1.5');
    assert.equal(due({ minProfitFraction: ratio('9') }), '5');
    assert.equal(due({ minReward: money('8') }), '8.5');
    assert.equal(due({}, '79'), '0');
  });

  test('gets nothing where the keeper has no share', () => {
    const stage = noticed();
    stage.configure({ keeperShare: ratio('0') });
    stage.take(point());
    const [charged] = eventsOf(close(stage), 'PenaltyCharged');
    assert.equal(charged!.keeper, null);
  });

  test('is refused where there is nothing to find', () => {
    const stage = directStage({ finders: {} });
    stage.refuse(point({ cost: money('-0.000000000000000001') }), 'INVALID_PARAMETER');
    stage.refuse(point({ cost: money('10.000000000000000001') }), 'INVALID_PARAMETER');
    stage.refuse(point({ witness: 0 }), 'INVALID_PARAMETER');
    stage.refuse(point({ finder: accountId('nobody') }), 'ACCOUNT_UNKNOWN');
    stage.refuse(point({ account: accountId('nobody') }), 'ACCOUNT_UNKNOWN');
    stage.refuse(point({ finder: stage.alice }), 'OWN_ACCOUNT');
    stage.refuse(point(), 'ACCOUNT_NOT_LIQUIDATABLE');
    stage.fall('83');
    stage.take(setGate());
    stage.refuse(point(), 'GATE_CLOSED');
    stage.take(setGate({ closed: false }));
    stage.pass(61_000);
    assert.equal(stage.liquidation(), undefined, 'without a price nobody is started');
    stage.refuse(point(), 'PRICE_UNAVAILABLE');
    stage.take({ type: 'Deposit', account: stage.alice, asset: usdc, amount: amount('1') });
    stage.fall('83');
    stage.refuse(point(), 'ACCOUNT_IN_LIQUIDATION');
  });

  test('is refused under detection by the engine, which is always first', () => {
    const stage = directStage();
    const free = point({ cost: money('0') });
    stage.refuse(point(), 'INVALID_PARAMETER');
    stage.refuse(free, 'ACCOUNT_NOT_LIQUIDATABLE');
    stage.fall('83');
    stage.refuse(free, 'ACCOUNT_IN_LIQUIDATION');
  });
});

test('the engine checks its own notices', () => {
  const stage = noticed();
  const { alice, keeper } = stage;
  const notice = (accounts: AccountId[], recovered: AccountId[] = []) =>
    ({ type: 'NoticeAccounts', accounts, recovered }) as const;
  stage.refuse(notice([]), 'INVALID_PARAMETER', engine);
  stage.refuse(notice([alice, alice]), 'INVALID_PARAMETER', engine);
  stage.refuse(notice([accountId('nobody')]), 'ACCOUNT_UNKNOWN', engine);
  stage.refuse(notice([alice]), 'ACCOUNT_NOT_LIQUIDATABLE', engine);
  stage.refuse(notice([keeper]), 'ACCOUNT_NOT_LIQUIDATABLE', engine);
  stage.refuse(notice([], [alice]), 'ACCOUNT_NOT_LIQUIDATABLE', engine);
  stage.refuse(notice([alice]), 'INTERNAL_COMMAND');
  const start = { type: 'StartLiquidations', accounts: [alice] } as const;
  stage.refuse(start, 'ACCOUNT_NOT_LIQUIDATABLE', engine);
});

test('ConfigureFinders refuses what no terms can be', () => {
  const stage = directStage();
  const below = '-0.000000000000000001';
  for (const changes of [
    { noticeMs: durationMs(0) },
    { flagReward: money(below) },
    { minReward: money(below) },
    { minProfitFraction: ratio('1000000.1') },
    { costMax: money('100000000000000000.1') },
    { marginScale: ratio(below) },
    { maxReward: money(below) },
  ]) {
    const rejection = stage.refuse(finders(changes), 'INVALID_PARAMETER');
    assert.equal(rejection.details[0]!.value, Object.keys(changes)[0]);
  }
  assert.ok(POOL.keeperShare > ratio('0'));
});
