/** Liquidators who take over at a bonus: at which terms, who may, and what protects the account. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directStage, terms } from '../../test/pools/direct-stage.ts';
import { eventsOf, plainValue } from '../../test/pools/pool-driver.ts';
import { closeOuts, setGate } from '../../test/pools/sample-guards.ts';
import {
  accountId,
  add,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  eq,
  formatDecimal,
  fromRaw,
  gt,
  isNegative,
  lt,
  marketId,
  money,
  mulUp,
  type Price,
  price,
  ratio,
  rawOf,
  type Size,
  size,
  sub,
} from '../units/index.ts';
import type { Event } from './index.ts';

type Stage = ReturnType<typeof directStage>;

const taken = (events: readonly Event[]) => {
  const [event] = eventsOf(events, 'LiquidatedDirectly');
  assert.ok(event !== undefined, 'nothing was taken over');
  return event;
};

/** What the refusal of an impossible size says may be taken at most. */
function most(stage: Stage): string {
  const { rejection } = stage.attempt(stage.takeover('50000'));
  assert.equal(rejection?.code, 'TAKE_OUT_OF_RANGE');
  return rejection.details.find(({ name }) => name === 'most')!.value;
}

const lots = (contracts: string, more: number): string =>
  formatDecimal(add(size(contracts), fromRaw<Size>(BigInt(more) * rawOf(size('0.001')))));

describe('the terms', () => {
  // Equity 1,000 − 50·(100 − price) over maintenance margin 2.5·price.
  for (const [at, bonus] of [
    ['84.2', '0.000190023752969121'],
    ['83', '0.02216867469879518'],
    ['82', '0.04'],
    ['81', '0.04'],
  ] as const) {
    test(`offer a bonus of ${bonus} at ${at}: from zero on as health falls`, () => {
      const stage = directStage();
      stage.fall(at);
      const event = taken(stage.take(stage.takeover(most(stage))));
      assert.equal(formatDecimal(event.bonusFraction), bonus);
    });
  }

  test('sell exactly what restores the account, and not a lot more', () => {
    const stage = directStage();
    stage.fall('83');
    const whole = most(stage);
    assert.equal(whole, '37.298');
    const less = stage.attempt(stage.takeover(lots(whole, -1)));
    assert.equal(eventsOf(less.events, 'LiquidationEnded').length, 0, 'a lot less is not enough');
    const other = directStage();
    other.fall('83');
    other.refuse(other.takeover(lots(whole, 1)), 'TAKE_OUT_OF_RANGE');
    const events = other.take(other.takeover(whole));
    const types = ['LiquidatedDirectly', 'PenaltyCharged', 'RouteLeft', 'LiquidationEnded'];
    assert.deepEqual(
      events.map(({ type }) => type),
      types,
    );
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'restored');
  });

  test('charge the penalty on top of the bonus, at the mark', () => {
    const stage = directStage();
    stage.fall('83');
    const events = stage.take(stage.takeover('10'));
    const [charged] = eventsOf(events, 'PenaltyCharged');
    assert.equal(formatDecimal(charged!.penalty), '4.15');
    const event = taken(events);
    assert.equal(formatDecimal(event.notional), '830');
    assert.equal(
      formatDecimal(sub(event.before.equity, event.after.equity)),
      '18.3999999999999994',
    );
    assert.ok(eq(sub(event.before.equity, event.after.equity), event.bonus));
  });

  test('give way where the leg would release less than it costs', () => {
    const stage = directStage({ terms: { minBonus: ratio('0.9'), maxBonus: ratio('0.9') } });
    stage.fall('84.2');
    const event = taken(stage.take(stage.takeover('2')));
    // 5 % of 168.4 is released, half a per cent of it is the penalty.
    assert.equal(formatDecimal(event.bonus), '7.578');
    const before = sub(event.before.maintenanceMargin, event.before.marginEquity);
    const after = sub(event.after.maintenanceMargin, event.after.marginEquity);
    assert.ok(!gt(add(after, money('0.842')), before), 'the deficit grew');
  });

  test('never leave a solvent account bankrupt: the penalty gets what the bonus leaves', () => {
    const stage = directStage({ terms: { minBonus: ratio('0.9'), maxBonus: ratio('0.9') } });
    stage.fall('80.1');
    // Equity 5; releasing 200.25 would pay for far more.
    const events = stage.take(stage.takeover('50'));
    assert.equal(formatDecimal(taken(events).bonus), '4.999999999999999999');
    const [charged] = eventsOf(events, 'PenaltyCharged');
    assert.equal(formatDecimal(charged!.penalty), '0.000000000000000001');
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'closed');
    assert.equal(eventsOf(events, 'DeficitCovered').length, 0);
  });

  test('pay no bonus out of what the fund has paid into the account', () => {
    const stage = directStage();
    stage.take({ type: 'FundInsurance', amount: money('1000') });
    const fallen = stage.fall('79');
    assert.equal(eventsOf(fallen, 'DeficitCovered').length, 1);
    const events = stage.take(stage.takeover('50'));
    assert.equal(formatDecimal(taken(events).bonus), '0');
    assert.equal(eventsOf(events, 'PenaltyCharged').length, 0);
  });

  test('hold for shorts alike: bought back above the mark', () => {
    const stage = directStage();
    const bob = stage.account('bob', '1000');
    stage.fill(stage.maker, bob, { market: 'BTC-PERP', size: '50', price: '100' });
    stage.pass(1_000);
    stage.fall('115');
    const change = { account: bob, accountVersion: stage.accountOf(bob).version };
    stage.refuse(
      stage.takeover('5', { ...change, limitPrice: price('119') }),
      'PRICE_BEYOND_LIMIT',
    );
    const event = taken(stage.take(stage.takeover('5', { ...change, limitPrice: price('115') })));
    assert.equal(formatDecimal(event.taken.sizeDelta), '-5');
    // Equity 250 over a requirement of 287.5.
    assert.ok(gt(event.closeOutPrice!, price('115')) && lt(event.closeOutPrice!, price('117')));
    assert.equal(formatDecimal(event.notional), '575');
  });

  test('hold for inverse contracts alike', () => {
    const stage = directStage();
    stage.market('BTCUSD', { kind: 'inverse', lot: size('1'), notionalMin: money('0.001') });
    stage.price('BTC', '100', ['BTC-PERP', 'BTCUSD']);
    const bob = stage.account('bob', '1');
    stage.fill(bob, stage.maker, { market: 'BTCUSD', size: '900', price: '100' });
    stage.pass(1_000);
    stage.price('BTC', '94', ['BTC-PERP', 'BTCUSD']);
    const { version } = stage.accountOf(bob);
    const about = { account: bob, accountVersion: version, market: marketId('BTCUSD') };
    const wanted = stage.takeover('5000', { ...about, limitPrice: price('94') });
    const { rejection } = stage.attempt(wanted);
    const whole = rejection!.details.find(({ name }) => name === 'most')!.value;
    const events = stage.take(stage.takeover(whole, { ...about, limitPrice: price('94') }));
    const event = taken(events);
    assert.ok(lt(event.closeOutPrice!, price('94')) && gt(event.bonus, money('0')));
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
  });
});

describe('a take', () => {
  test('is bound to a limit, to the unit', () => {
    const offered = taken(fallen().take(fallen().takeover('10'))).closeOutPrice!;
    const below = sub(offered, fromRaw<Price>(1n));
    const stage = fallen();
    stage.refuse(stage.takeover('10', { limitPrice: below }), 'PRICE_BEYOND_LIMIT');
    stage.take(stage.takeover('10', { limitPrice: offered }));
  });

  test('is worth a minimum, or all that may be taken: nobody is taken apart lot by lot', () => {
    const stage = fallen();
    stage.refuse(stage.takeover('1.204'), 'TAKE_OUT_OF_RANGE');
    stage.take(stage.takeover('1.205'));
    const dear = fallen({ terms: { takeNotionalMin: money('1000000') } });
    dear.refuse(dear.takeover('37.297'), 'TAKE_OUT_OF_RANGE');
    dear.take(dear.takeover('37.298'));
  });

  test('leaves no dust', () => {
    const stage = fallen();
    stage.market('BTC-PERP', { notionalMin: money('1054.266') });
    assert.equal(most(stage), '37.298');
    stage.market('BTC-PERP', { notionalMin: money('1054.267') });
    assert.equal(most(stage), '50');
    stage.refuse(stage.takeover('37.299'), 'TAKE_OUT_OF_RANGE');
    stage.take(stage.takeover('37.297'));
  });

  test('may be of everything where the policy closes everything', () => {
    const stage = fallen();
    stage.take(closeOuts({ policy: 'everything' }));
    assert.equal(most(stage), '50');
  });

  test('needs the initial margin of what is taken on, and reduces below it', () => {
    const stage = fallen();
    const poor = stage.account('poor', '60');
    stage.refuse(stage.takeover('10', { liquidator: poor }), 'INITIAL_MARGIN_NOT_MET');
    stage.take(stage.takeover('9', { liquidator: poor }));
    const short = stage.account('short', '100');
    stage.fill(stage.maker, short, { market: 'BTC-PERP', size: '10', price: '83' });
    stage.fall('83.5');
    const events = stage.take(stage.takeover('10', { liquidator: short }));
    assert.equal(formatDecimal(taken(events).taken.sizeDelta), '10');
    assert.deepEqual(stage.accountOf(short).positions, []);
  });

  test('takes no step from the liquidation, and does not move the time that it has', () => {
    const stage = fallen();
    const { steps, routeUntilMs } = stage.liquidation()!;
    stage.wait(1_000);
    stage.take(stage.takeover('2'));
    stage.take(stage.takeover('2'));
    assert.deepEqual(
      [stage.liquidation()!.steps, stage.liquidation()!.routeUntilMs],
      [steps, routeUntilMs],
    );
  });
});

/** Alice at 83: 150 of 207.5, open to liquidators. */
function fallen(input: Parameters<typeof directStage>[0] = {}): Stage {
  const stage = directStage(input);
  stage.fall('83');
  assert.equal(stage.liquidation()?.route?.method, 'direct');
  return stage;
}

describe('refused is', () => {
  const nobody = accountId('nobody');

  test('what makes no sense', () => {
    const stage = fallen();
    stage.refuse(stage.takeover('0'), 'NOT_POSITIVE');
    stage.refuse(stage.takeover('10', { limitPrice: price('0') }), 'NOT_POSITIVE');
    const beyond = '100000000000000000.1';
    stage.refuse(stage.takeover(beyond), 'INVALID_PARAMETER');
    stage.refuse(stage.takeover('10', { limitPrice: price(beyond) }), 'INVALID_PARAMETER');
    const dear = price('10000000000000000.1');
    stage.refuse(stage.takeover('10', { limitPrice: dear }), 'INVALID_PARAMETER');
    stage.refuse(stage.takeover('10', { liquidator: nobody }), 'ACCOUNT_UNKNOWN');
    stage.refuse(stage.takeover('10', { account: nobody }), 'ACCOUNT_UNKNOWN');
    stage.refuse(stage.takeover('10', { market: marketId('NOWHERE') }), 'MARKET_UNKNOWN');
    stage.refuse(stage.takeover('1.2345'), 'SIZE_NOT_IN_LOTS');
    stage.market('BTC-MINI');
    stage.refuse(stage.takeover('10', { market: marketId('BTC-MINI') }), 'TAKE_OUT_OF_RANGE');
  });

  test('a take from who is healthy, in no liquidation, or on another way', () => {
    const healthy = directStage();
    healthy.refuse(healthy.takeover('10'), 'NOT_OPEN_TO_LIQUIDATORS');
    const stage = fallen();
    stage.wait(600_000);
    stage.fall('83');
    assert.equal(stage.liquidation()!.route!.method, 'book');
    stage.refuse(stage.takeover('10'), 'NOT_OPEN_TO_LIQUIDATORS');
  });

  test('who has no permission', () => {
    const stage = directStage();
    const permitted = { access: 'permissioned', liquidators: [stage.rival] } as const;
    stage.take(terms(permitted));
    stage.fall('83');
    stage.refuse(stage.takeover('10'), 'LIQUIDATOR_NOT_PERMITTED');
    stage.take(stage.takeover('10', { liquidator: stage.rival }));
  });

  test('an owner who liquidates itself, by whichever of its accounts', () => {
    const stage = fallen();
    const second = accountId('second');
    stage.take({
      type: 'OpenAccount',
      account: second,
      owner: 'alice',
      parent: null,
      market: null,
    });
    stage.refuse(stage.takeover('10', { liquidator: second }), 'OWN_ACCOUNT');
    stage.refuse(stage.takeover('10', { liquidator: stage.alice }), 'OWN_ACCOUNT');
  });

  test('a take from an account that was another when the liquidator looked', () => {
    const stage = fallen();
    const seen = stage.accountOf(stage.alice).version;
    const { alice } = stage;
    stage.take({ type: 'Deposit', account: alice, asset: assetId('USDC'), amount: amount('1') });
    const rejection = stage.refuse(
      stage.takeover('10', { accountVersion: seen }),
      'ACCOUNT_CHANGED',
    );
    const version = rejection.details.find(({ name }) => name === 'version')!.value;
    stage.take(stage.takeover('10', { accountVersion: Number(version) }));
  });

  test('a liquidator that is in liquidation, or isolated elsewhere', () => {
    const stage = directStage();
    const weak = stage.account('weak', '20.5');
    stage.fill(weak, stage.maker, { market: 'BTC-PERP', size: '1', price: '100' });
    stage.market('BTC-MINI');
    stage.price('BTC', '83', ['BTC-PERP', 'BTC-MINI']);
    const isolated = accountId('isolated');
    const parent = stage.keeper;
    const mini = marketId('BTC-MINI');
    stage.take({ type: 'OpenAccount', account: isolated, owner: 'keeper', parent, market: mini });
    stage.refuse(stage.takeover('10', { liquidator: isolated }), 'MARKET_NOT_TRADABLE_BY_ACCOUNT');
    stage.refuse(stage.takeover('10', { liquidator: weak }), 'ACCOUNT_IN_LIQUIDATION');
  });

  test('a take at a price that is not good enough to liquidate by', () => {
    const stage = fallen();
    stage.pass(61_000);
    stage.refuse(stage.takeover('10'), 'PRICE_UNAVAILABLE');
    stage.fall('83');
    stage.take(stage.takeover('10'));
  });

  test('a take in a market that has expired', () => {
    const stage = directStage();
    stage.market('BTC-DATED', { expiryMs: engineTimeMs(3_000) });
    stage.price('BTC', '100', ['BTC-PERP', 'BTC-DATED']);
    stage.fall('83');
    stage.wait(1_000);
    stage.refuse(stage.takeover('10', { market: marketId('BTC-DATED') }), 'MARKET_EXPIRED');
  });

  test('a take where the gate is closed', () => {
    const stage = fallen();
    stage.take(setGate({ gate: 'takes' }));
    stage.refuse(stage.takeover('10'), 'GATE_CLOSED');
    stage.take(setGate({ gate: 'takes', closed: false }));
    stage.take(setGate({ gate: 'close-outs' }));
    stage.take(stage.takeover('10'));
  });
});

describe('the way', () => {
  test('is not open where nothing may be taken', () => {
    for (const gate of ['close-outs', 'takes'] as const) {
      const shut = directStage();
      shut.take(setGate({ gate }));
      assert.deepEqual(eventsOf(shut.fall('83'), 'RouteChosen'), []);
      // Nor is the book: the account waits, and is not deleveraged for having waited.
      assert.deepEqual([shut.liquidation()!.route, shut.liquidation()!.takeover], [null, false]);
      const opened = shut.take(setGate({ gate, closed: false }));
      assert.equal(eventsOf(opened, 'RouteChosen')[0]!.route, 0);
    }
  });

  test('costs what liquidators and the penalty would take', () => {
    const stage = directStage();
    const [chosen] = eventsOf(stage.fall('83'), 'RouteChosen');
    const events = stage.take(stage.takeover('37.298'));
    const [charged] = eventsOf(events, 'PenaltyCharged');
    const cost = add(taken(events).bonus, charged!.penalty);
    assert.ok(eq(chosen!.routes[0]!.expectedCost!, cost));
  });

  test('ends by itself when nobody shows up: the ladder moves on', () => {
    const stage = fallen();
    stage.wait(599_999);
    assert.deepEqual(eventsOf(stage.fall('83'), 'RouteLeft'), []);
    stage.wait(1);
    const events = stage.fall('83');
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'out-of-time');
    assert.equal(eventsOf(events, 'RouteChosen')[0]!.route, 1);
    assert.equal(eventsOf(events, 'CloseOutOrderPlaced').length, 1);
  });

  test('ends when the account is bankrupt', () => {
    const stage = fallen();
    assert.equal(eventsOf(stage.fall('79'), 'RouteLeft')[0]!.reason, 'bankrupt');
  });
});

describe('who raised its own risk', () => {
  test('is not open to liquidators until it has cooled, and to every other way at once', () => {
    // The trade was at 1,000, the fall is at 2,000.
    const hot = directStage({ terms: { coolOffMs: durationMs(1_001) } });
    const [chosen] = eventsOf(hot.fall('83'), 'RouteChosen');
    assert.deepEqual([chosen!.route, chosen!.routes[0]!.expectedCost], [1, null]);
    assert.equal(hot.liquidation()!.route!.method, 'book');
    hot.refuse(hot.takeover('10'), 'COOLING_OFF');
    const cool = directStage({ terms: { coolOffMs: durationMs(1_000) } });
    cool.fall('83');
    cool.take(cool.takeover('10'));
  });

  test('gets nothing out of a second identity', () => {
    const stage = directStage({ terms: { coolOffMs: durationMs(60_000) } });
    stage.wait(59_000);
    stage.price('BTC', '90', ['BTC-PERP']);
    // 500 are left, 225 are required: all that may be taken out to come close to the edge.
    const { alice } = stage;
    stage.take({ type: 'Withdraw', account: alice, asset: assetId('USDC'), amount: amount('50') });
    stage.fall('84.9');
    assert.notEqual(stage.liquidation(), undefined);
    stage.refuse(stage.takeover('10', { liquidator: stage.rival }), 'COOLING_OFF');
    // And even without the guard the bonus at the edge starts at zero.
    const bare = directStage();
    bare.fall('84.21');
    const event = taken(bare.take(bare.takeover(most(bare))));
    assert.ok(lt(event.bonus, mulUp(event.notional, ratio('0.00001'))));
  });

  const raised = (stage: Stage, id = stage.alice) => stage.accountOf(id).riskRaisedMs;
  const usdc = { asset: assetId('USDC'), amount: amount('1') };
  const child = accountId('child');

  for (const [what, expected, act] of [
    ['a deposit', 1_000, (s: Stage) => s.take({ type: 'Deposit', account: s.alice, ...usdc })],
    ['a withdrawal', 2_000, (s: Stage) => s.take({ type: 'Withdraw', account: s.alice, ...usdc })],
    ['a reduction', 1_000, (s: Stage) => trade(s, s.maker, s.alice, '1')],
    ['an increase', 2_000, (s: Stage) => trade(s, s.alice, s.maker, '1')],
    ['a turn', 2_000, (s: Stage) => trade(s, s.maker, s.alice, '51')],
    [
      'a transfer',
      2_000,
      (s: Stage) => {
        s.take({ type: 'OpenAccount', account: child, owner: 'alice', parent: null, market: null });
        s.take({ type: 'TransferCollateral', from: s.alice, to: child, ...usdc });
        assert.equal(raised(s, child), null);
      },
    ],
  ] as const) {
    test(`${what}: risk was last raised at ${expected}`, () => {
      const stage = directStage();
      act(stage);
      assert.equal(raised(stage), expected);
    });
  }

  function trade(stage: Stage, buyer: Stage['alice'], seller: Stage['alice'], contracts: string) {
    stage.fill(buyer, seller, { market: 'BTC-PERP', size: contracts, price: '100' });
  }

  test('is the liquidator too, of its own account', () => {
    const stage = fallen();
    stage.take(stage.takeover('10'));
    assert.equal(raised(stage, stage.keeper), 2_000);
    assert.equal(raised(stage), 1_000);
  });
});

describe('ConfigureDirect refuses', () => {
  const stage = directStage();
  const invalid = (changes: Parameters<typeof terms>[0]) =>
    stage.refuse(terms(changes), 'INVALID_PARAMETER').details[0]!.value;

  test('what no terms can be', () => {
    const keeper = stage.keeper;
    assert.equal(invalid({ liquidators: [keeper] }), 'liquidators');
    assert.equal(invalid({ access: 'permissioned' }), 'liquidators');
    const twice = { access: 'permissioned', liquidators: [keeper, keeper] } as const;
    assert.equal(invalid(twice), 'liquidators');
    const many = Array.from({ length: 257 }, (_, at) => accountId(`k${at}`));
    assert.equal(invalid({ access: 'permissioned', liquidators: many }), 'liquidators');
    assert.equal(invalid({ minBonus: ratio('-0.000000000000000001') }), 'minBonus');
    assert.equal(invalid({ minBonus: ratio('0.05') }), 'maxBonus');
    assert.equal(invalid({ maxBonus: ratio('1') }), 'maxBonus');
    assert.equal(invalid({ healthForMaxBonus: ratio('1') }), 'healthForMaxBonus');
    assert.equal(invalid({ coolOffMs: durationMs(1_000_000_000_000_001) }), 'coolOffMs');
    assert.equal(invalid({ takeNotionalMin: money('-1') }), 'takeNotionalMin');
    assert.equal(invalid({ priorityMin: money('-1') }), 'priorityMin');
    assert.equal(invalid({ priorityAccountShare: ratio('1.1') }), 'priorityAccountShare');
    const unknown = { access: 'permissioned', liquidators: [accountId('nobody')] } as const;
    stage.refuse(terms(unknown), 'ACCOUNT_UNKNOWN');
  });

  test('nothing at the edges', () => {
    const edge = { minBonus: ratio('0.04'), healthForMaxBonus: ratio('0.999999999999999999') };
    stage.take(terms({ ...edge, priorityAccountShare: ratio('1') }));
    stage.take(terms({ access: 'permissioned', liquidators: [stage.keeper] }));
  });
});

test('new terms hold for whoever waits for liquidators already', () => {
  const stage = fallen();
  stage.take(terms({ coolOffMs: durationMs(10_000) }));
  // The account cools under the new terms: it goes on to the book.
  assert.equal(stage.liquidation()!.route!.method, 'book');
  const dear = fallen();
  dear.take(terms({ minBonus: ratio('0.03'), maxBonus: ratio('0.03') }));
  const events = dear.take(dear.takeover('10'));
  assert.equal(formatDecimal(taken(events).bonusFraction), '0.03');
  assert.ok(!isNegative(taken(events).after.equity));
  assert.ok(JSON.stringify(events, plainValue).includes('LiquidatedDirectly'));
});
