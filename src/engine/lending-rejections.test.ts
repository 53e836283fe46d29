/** Every refusal of lending, at both sides of its boundary where it has one, and their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type lending, lendingPool } from '../../test/lending/lending-pool.ts';
import { refusedCodes } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import { accountId, amount, assetId, marketId, ratio } from '../units/index.ts';
import { type Command, ENGINE_SOURCE, REJECTIONS, type RejectionCode } from './index.ts';

const bob = accountId('bob');
const USDC = assetId('USDC');
const BTC = assetId('BTC');

type Kind = 'SupplyAsset' | 'RedeemSupply' | 'Borrow' | 'Repay';

const command = (type: Kind, text: string | null, changes: object = {}): Command =>
  ({
    type,
    account: bob,
    asset: USDC,
    amount: text === null ? null : amount(text),
    ...changes,
  }) as Command;

/** Bob holds 10 ETH at 2,000, of which 15,000 may be borrowed; the desk has 12,000 USDC. */
function bobAndDesk(changes: Parameters<typeof lending>[1] = {}) {
  const pool = lendingPool();
  pool.lend('USDC', changes);
  pool.lend('ETH');
  const lender = pool.account('lender', '12000');
  pool.supply(lender, 'USDC', null);
  pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  return { ...pool, lender };
}

test('nothing is asked of a desk that is not there, for nobody, or for nothing', () => {
  const { refuse } = bobAndDesk();
  for (const type of ['SupplyAsset', 'RedeemSupply', 'Borrow', 'Repay'] as const) {
    refuse(command(type, '0', { account: accountId('nobody'), asset: BTC }), 'NOT_POSITIVE');
    refuse(command(type, '-1'), 'NOT_POSITIVE');
    refuse(command(type, '1', { account: accountId('nobody'), asset: BTC }), 'ACCOUNT_UNKNOWN');
    refuse(command(type, '1', { asset: BTC }), 'LENDING_UNKNOWN');
  }
  refuse({ type: 'CollectReserve', asset: BTC }, 'LENDING_UNKNOWN');
  refuse({ type: 'CollectReserve', asset: USDC }, 'AMOUNT_TOO_SMALL');
});

test('lending takes what is held and no more, and buys at least a share', () => {
  const pool = bobAndDesk();
  pool.refuse(command('SupplyAsset', null), 'BALANCE_INSUFFICIENT');
  pool.deposit(bob, 'USDC', '5');
  pool.refuse(command('SupplyAsset', '5.000000000000000001'), 'BALANCE_INSUFFICIENT');
  pool.take(command('SupplyAsset', '4'));
  pool.borrow(bob, 'USDC', '10000');
  pool.pass(100_000_000);
  // A share is worth more than a unit by now.
  pool.refuse(command('SupplyAsset', '0.000000000000000001'), 'AMOUNT_TOO_SMALL');
  pool.take(command('SupplyAsset', '0.000000000000000002'));
});

test('taking back takes what was lent and no more, as far as there is cash', () => {
  const pool = bobAndDesk();
  const { lender } = pool;
  const back = (text: string | null) => command('RedeemSupply', text, { account: lender });
  pool.refuse(command('RedeemSupply', null), 'SUPPLY_INSUFFICIENT');
  pool.refuse(back('12000.000000000000000001'), 'SUPPLY_INSUFFICIENT');
  pool.borrow(bob, 'USDC', '2000');
  pool.refuse(back(null), 'DESK_CASH_INSUFFICIENT');
  pool.refuse(back('10000.000000000000000001'), 'DESK_CASH_INSUFFICIENT');
  pool.take(back('10000'));
});

test('isolated positions neither borrow nor lend', () => {
  const pool = bobAndDesk();
  pool.market('ETH-PERP', { index: pool.engine.state.indexes[0]!.parameters.index });
  const isolated = accountId('bob-isolated');
  const market = marketId('ETH-PERP');
  pool.take({ type: 'OpenAccount', account: isolated, owner: 'bob', parent: bob, market });
  pool.refuse(command('Borrow', '20', { account: isolated }), 'ACCOUNT_ISOLATED');
  pool.deposit(isolated, 'USDC', '5');
  pool.refuse(command('SupplyAsset', '5', { account: isolated }), 'ACCOUNT_ISOLATED');
});

test('borrowing stops at the cash, at the cap, at the loan to value and at the least debt', () => {
  const cash = bobAndDesk();
  cash.refuse(command('Borrow', '12000.000000000000000001'), 'DESK_CASH_INSUFFICIENT');
  cash.take(command('Borrow', '12000'));

  const capped = bobAndDesk({ borrowMax: amount('11000') });
  capped.refuse(command('Borrow', '11000.000000000000000001'), 'BORROW_CAP_EXCEEDED');
  capped.take(command('Borrow', '11000'));

  const margin = bobAndDesk();
  margin.deposit(margin.lender, 'USDC', '9000');
  margin.supply(margin.lender, 'USDC', '9000');
  margin.take(command('Borrow', '10'));
  margin.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('10') });
  margin.take(command('Borrow', '14000'));
  margin.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('14000') });
  // What is borrowed is held, too: only what leaves lowers what is free.
  margin.take(command('Borrow', '2000'));
  const leave = (text: string): Command => {
    return { type: 'Withdraw', account: bob, asset: USDC, amount: amount(text) };
  };
  margin.refuse(leave('990.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  margin.take(leave('990'));

  const small = bobAndDesk();
  small.refuse(command('Borrow', '9.999999999999999999'), 'DEBT_TOO_SMALL');
  small.take(command('Borrow', '10'));
});

test('a debt that counts for more than it brings is refused at its boundary', () => {
  const pool = bobAndDesk({ liabilityWeightInitial: ratio('3') });
  // 15,000 + x >= 3x up to 7,500.
  pool.refuse(command('Borrow', '7500.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  pool.take(command('Borrow', '7500'));
});

test('a debt is repaid out of what is held, and left at nothing or at its least', () => {
  const pool = bobAndDesk();
  pool.refuse(command('Repay', null), 'NOTHING_OWED');
  pool.borrow(bob, 'USDC', '100');
  pool.refuse(command('Repay', '90.000000000000000001'), 'DEBT_TOO_SMALL');
  pool.take(command('Repay', '90'));
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('9') });
  pool.refuse(command('Repay', null), 'BALANCE_INSUFFICIENT');
  pool.refuse(command('Repay', '1.000000000000000001'), 'BALANCE_INSUFFICIENT');
  pool.pass(100_000_000);
  // A share owes more than a unit by now: one unit takes away none.
  pool.refuse(command('Repay', '0.000000000000000001'), 'AMOUNT_TOO_SMALL');
});

test('nobody borrows by a price that is gone, or where nobody may be liquidated', () => {
  const pool = bobAndDesk();
  pool.take(setGate({ market: null, gate: 'liquidations' }));
  pool.refuse(command('Borrow', '100'), 'GATE_CLOSED');
  pool.wait(2_000_000_000_000);
  pool.take({ type: 'Tick' });
  pool.refuse(command('Borrow', '100'), 'PRICE_UNAVAILABLE');
});

test('interest is accrued by the engine, and not before it is due', () => {
  const pool = bobAndDesk();
  const accrue: Command = { type: 'AccrueInterest', asset: USDC };
  const engine = { source: ENGINE_SOURCE, sourceSeq: 0 };
  pool.refuse(accrue, 'INTERNAL_COMMAND');
  pool.refuse({ type: 'AccrueInterest', asset: BTC }, 'LENDING_UNKNOWN', engine);
  pool.refuse(accrue, 'INTEREST_NOT_DUE', engine);
});

// Tests of one file run in the order in which they are written.
test('no refusal of lending is left out above', () => {
  const own = Object.entries(REJECTIONS).filter(([, code]) => code > 2020 && code < 2030);
  const missing = own.filter(([slug]) => !refusedCodes.has(slug as RejectionCode));
  assert.deepEqual(missing, []);
});
