/** Liquidations of accounts with debts: when they begin, how much they close, and who pays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LendingPool, lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  type AccountId,
  amount,
  assetId,
  formatDecimal,
  indexId,
  money,
  ratio,
  settlementOfMoney,
} from '../units/index.ts';
import { accountMargin, type Event, type EventType } from './index.ts';

const USDC = assetId('USDC');

const text = formatDecimal;

/** Prices from the only feed; time stands still. */
const priceOf = (pool: LendingPool, asset: string, value: string): Event[] =>
  pool.price(asset, value);

const typesOf = (events: readonly Event[]): EventType[] =>
  events.map(({ type }) => type).filter((type) => type !== 'PricesUpdated');

/** Both assets and money lent, 100,000 USDC, 100 ETH and 10 BTC at the desks. */
function desks(changes: Parameters<LendingPool['lend']>[1] = {}) {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, changes);
  const lender = pool.account('lender', '100000');
  pool.deposit(lender, 'ETH', '100');
  pool.deposit(lender, 'BTC', '10');
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.supply(lender, asset, null);
  return { ...pool, lender };
}

/** Bob owes 15,000 USDC against 10 ETH at 2,000 that count for 16,000, and holds no money. */
function bobOwesMoney(changes: Parameters<LendingPool['lend']>[1] = {}) {
  const pool = desks(changes);
  const bob = pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  pool.borrow(bob, 'USDC', '15000');
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('15000') });
  return { ...pool, bob };
}

const marginOf = (pool: LendingPool, account: AccountId) =>
  accountMargin(pool.engine.state, pool.accountOf(account));

test('a borrower is liquidated strictly below a health of one, by one unit', () => {
  const pool = bobOwesMoney();
  // 10 ETH at 1,875 with a weight of 0.8 stand behind exactly 15,000.
  assert.deepEqual(typesOf(priceOf(pool, 'ETH', '1875')), []);
  assert.equal(text(marginOf(pool, pool.bob).marginEquity), '0');
  const started = priceOf(pool, 'ETH', '1874.999999999999999999');
  assert.equal(eventsOf(started, 'LiquidationStarted').length, 1);
});

test('a debt is closed until its account has the release margin, and no further', () => {
  const pool = bobOwesMoney();
  const events = priceOf(pool, 'ETH', '1800');
  assert.deepEqual(typesOf(events), [
    'LiquidationStarted',
    'DebtRepaid',
    'CollateralConverted',
    'LiquidationEnded',
  ]);
  // Deficit 1.25 · 15,000 − 14,400 = 4,350; a unit repaid brings 1.25 − 0.8 · 1.05 = 0.41.
  const [repaid] = eventsOf(events, 'DebtRepaid');
  assert.equal(text(repaid!.amount).slice(0, 16), '10609.7560975609');
  const { marginEquity, weightedDebt } = marginOf(pool, pool.bob);
  const behind = Number(text(marginEquity)) + Number(text(weightedDebt));
  assert.ok(behind >= 1.25 * Number(text(weightedDebt)));
  assert.ok(behind < 1.25 * Number(text(weightedDebt)) + 1e-9);
  const [sale] = eventsOf(events, 'CollateralConverted');
  assert.ok(sale!.proceeds >= repaid!.amount);
  assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
});

test('the bonus of the house is never more than equity pays for', () => {
  const pool = bobOwesMoney({ liquidationBonus: ratio('0.25') });
  // At 1,510 the account has equity of 100 on a debt of 15,000.
  const events = priceOf(pool, 'ETH', '1510');
  const [sale] = eventsOf(events, 'CollateralConverted');
  const full = Number(text(sale!.amount)) * 1510;
  assert.ok(full - Number(text(sale!.proceeds)) <= 100.000001);
  assert.equal(pool.engine.state.unallocatedLoss, 0n);
  assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
  assert.deepEqual(pool.accountOf(pool.bob).debts, []);
});

test('what collateral does not cover is bad debt, and the desk is repaid', () => {
  const pool = bobOwesMoney();
  pool.take({ type: 'FundInsurance', amount: money('600') });
  const before = pool.desk('USDC').cash;
  const events = priceOf(pool, 'ETH', '1400');
  assert.deepEqual(typesOf(events), [
    'LiquidationStarted',
    'DebtRepaid',
    'CollateralConverted',
    'DebtRepaid',
    'BadDebtSettled',
    'LiquidationEnded',
  ]);
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(text(settled!.badDebt), '1000');
  assert.equal(text(settled!.insurancePaid), '600');
  assert.equal(text(settled!.unallocated), '400');
  assert.equal(text(pool.desk('USDC').cash), text(before).replace('85000', '100000'));
  assert.equal(pool.desk('USDC').debtShares, 0n);
});

/** Carol owes 10 ETH at 2,000 against 30,000 USDC: she is short of ETH. */
function carolOwesEther(changes: Parameters<LendingPool['lend']>[1] = {}) {
  const pool = desks(changes);
  const carol = pool.account('carol', '30000');
  pool.borrow(carol, 'ETH', '10');
  pool.take({ type: 'Withdraw', account: carol, asset: assetId('ETH'), amount: amount('10') });
  return { ...pool, carol };
}

test('the house assumes a debt in another asset, or repays it with what it holds', () => {
  for (const holds of [false, true]) {
    const weights = { liabilityWeight: ratio('1.1'), liabilityWeightInitial: ratio('1.1') };
    const pool = carolOwesEther(weights);
    if (holds) pool.deposit(pool.house, 'ETH', '10');
    // 30,000 stand against 11 ETH.
    assert.deepEqual(typesOf(priceOf(pool, 'ETH', '2727.272727272727272727')), []);
    const events = priceOf(pool, 'ETH', '2727.272727272727272728');
    const closed = holds ? 'DebtRepaid' : 'DebtAssumed';
    assert.deepEqual(typesOf(events), ['LiquidationStarted', closed, 'LiquidationEnded']);
    const [part] = eventsOf(events, closed);
    // Deficit 7,500; money paid for a unit of debt brings 1.25 · 1.1 − 1.
    assert.equal(text(part!.value).slice(0, 12), '20000.000000');
    assert.equal(text(part!.amount).slice(0, 12), '7.3333333333');
    assert.equal(pool.accountOf(pool.house).debts.length, holds ? 0 : 1);
    assert.equal(pool.engine.state.unallocatedLoss, 0n);
  }
});

test('a debt that outgrew its account is assumed all the same: the pool bears the loss', () => {
  const pool = carolOwesEther();
  const events = priceOf(pool, 'ETH', '4000');
  assert.deepEqual(typesOf(events), [
    'LiquidationStarted',
    'DebtAssumed',
    'DebtAssumed',
    'BadDebtSettled',
    'LiquidationEnded',
  ]);
  assert.equal(text(eventsOf(events, 'BadDebtSettled')[0]!.badDebt), '10000');
  assert.equal(text(pool.accountOf(pool.house).balance), '1040000');
});

test('what is held of the owed asset repays first, then what was lent of it', () => {
  const pool = desks();
  const dave = pool.account('dave', '10000');
  pool.borrow(dave, 'ETH', '8');
  pool.supply(dave, 'ETH', '4');
  pool.take({ type: 'Withdraw', account: dave, asset: USDC, amount: amount('5900') });
  const events = priceOf(pool, 'ETH', '2600');
  const kinds = typesOf(events);
  assert.deepEqual(kinds.slice(0, 4), [
    'LiquidationStarted',
    'DebtRepaid',
    'SupplyReleased',
    'DebtRepaid',
  ]);
  assert.equal(kinds.at(-1), 'LiquidationEnded');
  assert.equal(
    eventsOf(events, 'DebtRepaid').every(({ payer }) => payer === null),
    true,
  );
});

test('a claim on a desk without cash is set off, or bought by the house', () => {
  const pool = desks();
  const erin = pool.account('erin', '50000');
  pool.supply(erin, 'USDC', null);
  pool.borrow(erin, 'ETH', '20');
  pool.take({ type: 'Withdraw', account: erin, asset: assetId('ETH'), amount: amount('20') });
  // The rest of the money is lent out.
  const frank = pool.account('frank');
  pool.deposit(frank, 'BTC', '10');
  pool.borrow(frank, 'USDC', '150000');
  assert.equal(pool.desk('USDC').cash, 0n);
  const events = priceOf(pool, 'ETH', '2600');
  const kinds = typesOf(events);
  assert.ok(kinds.includes('SupplyConverted'));
  assert.ok(kinds.includes('DebtAssumed'));
  assert.equal(kinds.at(-1), 'LiquidationEnded');
  assert.equal(pool.accountOf(pool.house).supplies.length, 1);
});

test('a claim waits for the cash of its desk where the house has no money', () => {
  const pool = bobOwesMoney();
  pool.supply(pool.bob, 'ETH', null);
  const carol = pool.account('carol', '400000');
  pool.borrow(carol, 'ETH', '110');
  assert.equal(pool.desk('ETH').cash, 0n);
  const all = settlementOfMoney(pool.accountOf(pool.house).balance);
  pool.take({ type: 'Withdraw', account: pool.house, asset: USDC, amount: all });
  assert.deepEqual(typesOf(priceOf(pool, 'ETH', '1800')), ['LiquidationStarted']);
  const part = eventsOf(pool.repay(carol, 'ETH', '4'), 'SupplyReleased');
  assert.equal(text(part[0]!.amount), '4');
  const rest = eventsOf(pool.repay(carol, 'ETH', '20'), 'SupplyReleased');
  assert.equal(text(rest[0]!.amount), '6');
  const kinds = typesOf(pool.deposit(pool.house, 'USDC', '50000'));
  assert.equal(kinds.at(-1), 'LiquidationEnded');
});

test('without a buyer a liquidation waits, and goes on when one has money', () => {
  const pool = bobOwesMoney();
  const all = pool.accountOf(pool.house).balance;
  pool.take({ type: 'Withdraw', account: pool.house, asset: USDC, amount: settlementOfMoney(all) });
  assert.deepEqual(typesOf(priceOf(pool, 'ETH', '1800')), ['LiquidationStarted']);
  pool.refuse(
    { type: 'Borrow', account: pool.bob, asset: USDC, amount: amount('100') },
    'ACCOUNT_IN_LIQUIDATION',
  );
  pool.refuse(
    { type: 'RedeemSupply', account: pool.bob, asset: USDC, amount: null },
    'ACCOUNT_IN_LIQUIDATION',
  );
  const events = pool.deposit(pool.house, 'USDC', '50000');
  assert.equal(eventsOf(events, 'LiquidationEnded').length, 1);
});

test('repaying or depositing ends it without a sale', () => {
  const pool = bobOwesMoney();
  const all = pool.accountOf(pool.house).balance;
  pool.take({ type: 'Withdraw', account: pool.house, asset: USDC, amount: settlementOfMoney(all) });
  priceOf(pool, 'ETH', '1800');
  pool.deposit(pool.bob, 'ETH', '2');
  assert.notEqual(pool.accountOf(pool.bob).liquidation, null);
  const events = pool.deposit(pool.bob, 'ETH', '1.1');
  assert.equal(eventsOf(events, 'LiquidationEnded').length, 1);
  assert.equal(text(pool.accountOf(pool.bob).collaterals[0]!.amount), '13.1');
});

test('a close factor bounds what is sold at once; what is far gone is closed whole', () => {
  const half = { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.95') };
  const pool = bobOwesMoney(half);
  const events = priceOf(pool, 'ETH', '1800');
  assert.deepEqual(typesOf(events), [
    'LiquidationStarted',
    'DebtRepaid',
    'CollateralConverted',
    'CloseOutDeferred',
  ]);
  assert.equal(text(eventsOf(events, 'DebtRepaid')[0]!.amount), '7500');
  const later = pool.pass(1_000);
  assert.ok(typesOf(later).includes('InterestAccrued'));
  assert.equal(typesOf(later).at(-1), 'LiquidationEnded');

  const gone = bobOwesMoney(half);
  const whole = priceOf(gone, 'ETH', '1700');
  assert.ok(!typesOf(whole).includes('CloseOutDeferred'));
});

test('no debt is left that is worth less than the least one', () => {
  const pool = bobOwesMoney({ debtMin: money('5000') });
  const events = priceOf(pool, 'ETH', '1800');
  assert.equal(text(eventsOf(events, 'DebtRepaid')[0]!.amount), '15000');
  assert.deepEqual(pool.accountOf(pool.bob).debts, []);
});

test('a position is closed before a debt, under one margin equity', () => {
  const pool = desks();
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('ETH', '2000', ['ETH-PERP']);
  const gina = pool.account('gina');
  const maker = pool.account('maker', '100000');
  pool.deposit(gina, 'BTC', '1');
  pool.borrow(gina, 'USDC', '20000');
  pool.take({ type: 'Withdraw', account: gina, asset: USDC, amount: amount('20000') });
  pool.fill(gina, maker, { market: 'ETH-PERP', size: '1', price: '2000' });
  assert.equal(text(marginOf(pool, gina).maintenanceMargin), '100');
  // 27,000·p − 20,000 ≥ 100: healthy down to 22,333.33 for BTC.
  assert.deepEqual(typesOf(pool.price('BTC', '22333.333333333333333334')), []);
  const events = pool.price('BTC', '22333.333333333333333333');
  assert.deepEqual(typesOf(events).slice(0, 3), [
    'LiquidationStarted',
    'CloseOutPlanned',
    'CloseOutOrderPlaced',
  ]);
  const order = eventsOf(events, 'CloseOutOrderPlaced')[0]!;
  assert.equal(text(order.size), '-1');
  const filled = pool.fill(maker, gina, {
    market: 'ETH-PERP',
    size: '1',
    price: '2000',
    order: order.order,
  });
  const kinds = typesOf(filled);
  assert.ok(kinds.indexOf('DebtRepaid') > kinds.indexOf('FillRecorded'));
  assert.equal(kinds.at(-1), 'LiquidationEnded');
});

test('the index that grew with interest makes an account liquidatable by itself', () => {
  const pool = bobOwesMoney();
  priceOf(pool, 'ETH', '1876');
  let started: Event[] = [];
  for (let hour = 0; hour < 40_000 && started.length === 0; hour += 24) {
    started = eventsOf(pool.pass(24 * 3_600_000), 'LiquidationStarted');
  }
  assert.equal(started.length, 1);
  assert.ok(pool.desk('USDC').debtIndex > ratio('1'));
});

test('nothing is taken while a gate of the pool is closed', () => {
  for (const gate of ['takes', 'close-outs'] as const) {
    const pool = bobOwesMoney();
    const set = (closed: boolean) =>
      pool.take({ type: 'SetGate', market: null, gate, closed, untilMs: null, reason: 'test' });
    set(true);
    assert.deepEqual(typesOf(priceOf(pool, 'ETH', '1800')), ['LiquidationStarted']);
    assert.equal(typesOf(set(false)).at(-1), 'LiquidationEnded');
  }
});
