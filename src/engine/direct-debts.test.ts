/** Liquidators who repay a debt for its collateral: how much, for what, and who may. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { LADDER, terms } from '../../test/pools/direct-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  type Amount,
  accountId,
  add,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  fromRaw,
  gt,
  isNegative,
  lte,
  money,
  mulUp,
  ratio,
  sub,
  valueUp,
} from '../units/index.ts';
import { accountMargin, type CommandOf, type DirectParameters, type Event } from './index.ts';

const USDC = assetId('USDC');
const ETH = assetId('ETH');
const text = formatDecimal;

type Lending = Parameters<ReturnType<typeof lendingPool>['lend']>[1];

/** Bob owes 15,000 USDC against 10 ETH that count for 80 %: a health of one at 1,875. */
function stage(input: { lending?: Lending; direct?: Partial<DirectParameters> } = {}) {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, input.lending);
  const lender = pool.account('lender', '100000');
  pool.deposit(lender, 'ETH', '100');
  for (const asset of ['USDC', 'ETH']) pool.supply(lender, asset, null);
  const keeper = pool.account('keeper', '50000');
  pool.take(LADDER);
  pool.take(terms(input.direct));
  const bob = pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  pool.borrow(bob, 'USDC', '15000');
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('15000') });
  const command = (
    repay: string,
    changes: Partial<CommandOf<'RepayDirect'>> = {},
  ): CommandOf<'RepayDirect'> => ({
    type: 'RepayDirect',
    liquidator: keeper,
    account: bob,
    accountVersion: pool.accountOf(bob).version,
    debtAsset: USDC,
    repay: amount(repay),
    collateralAsset: ETH,
    seizeMin: amount('0'),
    ...changes,
  });
  /** Never taken: nobody could seize that much for it. */
  const most = (): string => {
    const { rejection } = pool.attempt(command('15000', { seizeMin: amount('1000000') }));
    if (rejection!.code === 'PRICE_BEYOND_LIMIT') return '15000';
    assert.equal(rejection!.code, 'TAKE_OUT_OF_RANGE');
    return rejection!.details.find(({ name }) => name === 'most')!.value;
  };
  const margin = () => accountMargin(pool.engine.state, pool.accountOf(bob));
  return { ...pool, lender, keeper, bob, command, most, margin };
}

const repaid = (events: readonly Event[]) => {
  const [event] = eventsOf(events, 'DebtRepaidDirectly');
  assert.ok(event !== undefined, 'nothing was repaid');
  return event;
};

describe('a debt', () => {
  test('waits for liquidators, who get collateral at a bonus that grows as health falls', () => {
    for (const [at, bonus] of [
      // Health 14,400 of 15,000, 13,600 of 15,000.
      ['1800', '0.0032'],
      ['1700', '0.007466666666666666'],
    ] as const) {
      const pool = stage();
      assert.equal(eventsOf(pool.price('ETH', at), 'RouteChosen')[0]!.route, 0);
      const event = repaid(pool.take(pool.command('1000')));
      assert.equal(text(event.bonusFraction), bonus);
      assert.equal(text(event.bonus), bonus);
      const worth = valueUp(event.seized, event.collateralPrice);
      const due = mulUp(valueUp(event.amount, event.debtPrice), add(ratio('1'), event.bonus));
      assert.ok(lte(worth, due) && lte(sub(due, worth), money('0.0000000000001')));
    }
  });

  test('is repaid until the account has the release margin, and no unit further', () => {
    const pool = stage();
    pool.price('ETH', '1800');
    const whole = pool.most();
    // 1.25 · 15,000 − 14,400 lacks; a unit repaid brings 1.25 − 0.8 · 1.0032.
    assert.equal(whole.slice(0, 9), '9721.9738');
    const more = text(add(amount(whole), fromRaw<Amount>(1n)));
    pool.refuse(pool.command(more), 'TAKE_OUT_OF_RANGE');
    const events = pool.take(pool.command(whole));
    const types = ['DebtRepaidDirectly', 'RouteLeft', 'LiquidationEnded'];
    assert.deepEqual(
      events.map(({ type }) => type),
      types,
    );
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
    const { marginEquity, weightedDebt } = pool.margin();
    assert.ok(Number(text(marginEquity)) / Number(text(weightedDebt)) < 0.2500001);
  });

  test('moves what it says between both accounts and the desk', () => {
    const pool = stage();
    pool.price('ETH', '1800');
    const { cash } = pool.desk('USDC');
    const event = repaid(pool.take(pool.command('1000')));
    assert.equal(text(sub(pool.desk('USDC').cash, cash)), '1000');
    assert.equal(text(pool.accountOf(pool.keeper).balance), '49000');
    const [eth] = pool.accountOf(pool.keeper).collaterals;
    assert.equal(eth!.amount, event.seized);
    assert.equal(text(add(pool.accountOf(pool.bob).collaterals[0]!.amount, event.seized)), '10');
    assert.equal(pool.accountOf(pool.keeper).riskRaisedMs, pool.now());
    assert.deepEqual(pool.margin().equity, event.after.equity);
  });

  test('gives no bonus beyond what equity pays for', () => {
    const dear = { minBonus: ratio('0.9'), maxBonus: ratio('0.9') };
    const pool = stage({ direct: dear });
    pool.price('ETH', '1874');
    // At 1,874 equity is 3,740 of a debt of 15,000: less than the haircut's quarter.
    const event = repaid(pool.take(pool.command('1000')));
    assert.equal(text(event.bonus).slice(0, 8), '0.249333');
    const edge = stage({ direct: dear });
    edge.price('ETH', '1510');
    const events = edge.take(edge.command(edge.most()));
    assert.ok(!isNegative(repaid(events).after.equity), 'a solvent account was bankrupted');
    assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
  });

  test('gives the haircut at most where equity is plenty', () => {
    const pool = stage({ direct: { minBonus: ratio('0.9'), maxBonus: ratio('0.9') } });
    pool.deposit(pool.bob, 'BTC', '1');
    pool.borrow(pool.bob, 'USDC', '20000');
    pool.take({ type: 'Withdraw', account: pool.bob, asset: USDC, amount: amount('20000') });
    // 10 ETH for 7,600 and 1 BTC for 27,000 behind 35,000, and equity of 39,500 − 35,000.
    pool.price('ETH', '950');
    const before = pool.margin();
    const btc = { collateralAsset: assetId('BTC') };
    const event = repaid(pool.take(pool.command('1000', btc)));
    assert.equal(text(event.bonus), '0.111111111111111111');
    assert.ok(!gt(before.marginEquity, add(pool.margin().marginEquity, money('0.000001'))));
  });

  test('may be repaid in part within the close factor, and all of it when health is low', () => {
    const pool = stage({
      lending: { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.95') },
    });
    pool.price('ETH', '1800');
    assert.equal(pool.most(), '7500');
    const low = stage({ lending: { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.97') } });
    low.price('ETH', '1800');
    assert.equal(low.most().slice(0, 4), '9721');
  });

  test('has grown by its interest when it is repaid', () => {
    const pool = stage();
    pool.price('ETH', '1800');
    pool.wait(300_000);
    const events = pool.take(pool.command('1000'));
    assert.equal(events[0]!.type, 'InterestAccrued');
    assert.ok(gt(repaid(events).debtIndex, ratio('1')));
  });

  test('is closed by way of the house when nobody shows up', () => {
    const pool = stage();
    pool.price('ETH', '1800');
    const events = pool.pass(600_000);
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'out-of-time');
    assert.equal(eventsOf(events, 'DebtRepaid').length, 1);
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
  });

  test('is not repaid directly while it cools, but by way of the house', () => {
    const pool = stage({ direct: { coolOffMs: durationMs(1_000) } });
    const events = pool.price('ETH', '1800');
    assert.equal(eventsOf(events, 'RouteChosen').length, 0);
    assert.equal(eventsOf(events, 'DebtRepaid').length, 1);
  });

  test('of a bankrupt account is nobody’s to repay: the way is left at once', () => {
    const pool = stage();
    pool.price('ETH', '1800');
    const events = pool.price('ETH', '1400');
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'bankrupt');
    assert.deepEqual(pool.accountOf(pool.bob).debts, []);
  });
});

describe('a repayment is refused', () => {
  const open = (input: Parameters<typeof stage>[0] = {}) => {
    const pool = stage(input);
    pool.price('ETH', '1800');
    return pool;
  };

  test('that makes no sense', () => {
    const pool = open();
    pool.refuse(pool.command('0'), 'NOT_POSITIVE');
    const beyond = amount('100000000000000000.1');
    pool.refuse(pool.command('1', { repay: beyond }), 'INVALID_PARAMETER');
    pool.refuse(pool.command('1', { seizeMin: beyond }), 'INVALID_PARAMETER');
    pool.refuse(pool.command('1', { seizeMin: amount('-1') }), 'INVALID_PARAMETER');
    pool.refuse(pool.command('1', { liquidator: accountId('nobody') }), 'ACCOUNT_UNKNOWN');
    pool.refuse(pool.command('1', { debtAsset: assetId('DOGE') }), 'LENDING_UNKNOWN');
    pool.refuse(pool.command('1', { collateralAsset: assetId('DOGE') }), 'ASSET_UNKNOWN');
    pool.refuse(pool.command('1', { collateralAsset: USDC }), 'ASSET_UNKNOWN');
    pool.refuse(pool.command('100', { debtAsset: ETH }), 'NOTHING_OWED');
    pool.refuse(pool.command('100', { collateralAsset: assetId('BTC') }), 'TAKE_OUT_OF_RANGE');
  });

  test('from who may not, of who is not open', () => {
    const pool = open();
    const second = accountId('second');
    pool.take({ type: 'OpenAccount', account: second, owner: 'bob', parent: null, market: null });
    pool.refuse(pool.command('1000', { liquidator: second }), 'OWN_ACCOUNT');
    pool.refuse(pool.command('1000', { account: pool.lender }), 'NOT_OPEN_TO_LIQUIDATORS');
    const { version } = pool.accountOf(pool.bob);
    pool.refuse(pool.command('1000', { accountVersion: version - 1 }), 'ACCOUNT_CHANGED');
    pool.take(setGate({ gate: 'takes' }));
    pool.refuse(pool.command('1000'), 'GATE_CLOSED');
  });

  test('while the right to be first is for sale', () => {
    const pool = open({ direct: { priorityWindowMs: durationMs(1_000) } });
    pool.refuse(pool.command('1000'), 'PRIORITY_HELD');
  });

  test('below the minimum, and with dust left over', () => {
    const pool = open();
    pool.refuse(pool.command('99.999999999999999999'), 'TAKE_OUT_OF_RANGE');
    pool.take(pool.command('100'));
    const dusty = open({ lending: { debtMin: money('6000') } });
    dusty.refuse(dusty.command('9500'), 'TAKE_OUT_OF_RANGE');
    dusty.take(dusty.command('9000'));
  });

  test('for less collateral than asked for, to the unit', () => {
    const first = open();
    const offered = repaid(first.take(first.command('1000'))).seized;
    const pool = open();
    const more = add(offered, fromRaw<Amount>(1n));
    pool.refuse(pool.command('1000', { seizeMin: more }), 'PRICE_BEYOND_LIMIT');
    pool.take(pool.command('1000', { seizeMin: offered }));
  });

  test('without the money, or the margin to hold what is seized', () => {
    const pool = open();
    const poor = pool.account('poor', '999.999999999999999999');
    pool.refuse(pool.command('1000', { liquidator: poor }), 'BALANCE_INSUFFICIENT');
    const owing = pool.account('owing', '2000');
    pool.borrow(owing, 'ETH', '1');
    pool.take({ type: 'Withdraw', account: owing, asset: ETH, amount: amount('1') });
    // 2,000 against an ETH that it owes: what it would seize counts for three quarters.
    pool.refuse(pool.command('2000', { liquidator: owing }), 'INITIAL_MARGIN_NOT_MET');
  });

  test('while there are positions: those are taken over first', () => {
    const pool = stage();
    pool.market('ETH-PERP', { index: pool.engine.state.assets[0]!.parameters.index });
    pool.price('ETH', '2000', ['ETH-PERP']);
    pool.deposit(pool.bob, 'USDC', '300');
    pool.fill(pool.bob, pool.lender, { market: 'ETH-PERP', size: '0.5', price: '2000' });
    pool.price('ETH', '1800', ['ETH-PERP']);
    assert.equal(pool.engine.state.liquidations.get(1)?.route?.method, 'direct');
    pool.refuse(pool.command('1000'), 'TAKE_OUT_OF_RANGE');
  });
});
