/** What a desk does with time, and what it takes to configure one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lending, lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  money,
  ratio,
} from '../units/index.ts';
import { accountMargin, type Command, type LendingParameters } from './index.ts';

const USDC = assetId('USDC');
const text = formatDecimal;
const YEAR_MS = 365 * 24 * 3_600_000;

/** Ben owes 8,000 of the 10,000 USDC that Ann has lent, at the kink: 10 % a year. */
function annAndBen(changes: Partial<LendingParameters> = {}) {
  const pool = lendingPool();
  pool.lend('ETH');
  pool.lend('USDC', { accrualIntervalMs: durationMs(YEAR_MS), ...changes });
  const ann = pool.account('ann', '10000');
  pool.supply(ann, 'USDC', null);
  const ben = pool.account('ben');
  pool.deposit(ben, 'ETH', '10');
  pool.borrow(ben, 'USDC', '8000');
  return { ...pool, ann, ben };
}

test('after a year at the kink a debt is a tenth larger, and a tenth of that stays', () => {
  const pool = annAndBen();
  const [accrued] = eventsOf(pool.pass(YEAR_MS), 'InterestAccrued');
  assert.equal(text(accrued!.utilization), '0.8');
  assert.equal(text(accrued!.borrowRate), '0.1');
  assert.equal(text(accrued!.debtIndexAfter), '1.1');
  assert.equal(text(accrued!.interest), '800');
  assert.equal(text(accrued!.supplyInterest), '720');
  assert.equal(text(accrued!.reserveInterest), '80');
  assert.equal(text(pool.desk('USDC').supplyIndex), '1.072');
});

test('interest is due after the interval and not a millisecond before', () => {
  const pool = annAndBen({ accrualIntervalMs: durationMs(60_000) });
  assert.equal(eventsOf(pool.pass(59_999), 'InterestAccrued').length, 0);
  assert.equal(eventsOf(pool.pass(1), 'InterestAccrued').length, 1);
  // Each command that comes to the desk accrues first: no time goes unpaid.
  pool.wait(17);
  const [accrued] = eventsOf(pool.supply(pool.ben, 'USDC', '1'), 'InterestAccrued');
  assert.equal(accrued!.untilMs - accrued!.fromMs, 17);
  assert.equal(eventsOf(pool.supply(pool.ben, 'USDC', '1'), 'InterestAccrued').length, 0);
});

test('a desk to which nobody owes has nothing to accrue, and starts with the first debt', () => {
  const pool = lendingPool();
  pool.lend('USDC');
  pool.supply(pool.house, 'USDC', '1000');
  assert.equal(eventsOf(pool.pass(YEAR_MS), 'InterestAccrued').length, 0);
  const ben = pool.account('ben');
  pool.deposit(ben, 'ETH', '1');
  const [accrued] = eventsOf(pool.borrow(ben, 'USDC', '100'), 'InterestAccrued');
  assert.equal(text(accrued!.interest), '0');
  assert.equal(pool.desk('USDC').accruedMs, pool.now());
  assert.equal(text(pool.desk('USDC').debtIndex), '1');
});

test('a debt is repaid to the last share, and the desk keeps what rounding left', () => {
  const pool = annAndBen();
  pool.pass(YEAR_MS / 3);
  pool.deposit(pool.ben, 'USDC', '1000');
  const [repaid] = eventsOf(pool.repay(pool.ben, 'USDC', null), 'Repaid');
  assert.ok(repaid!.amount > amount('8266') && repaid!.amount < amount('8267'));
  assert.deepEqual(pool.accountOf(pool.ben).debts, []);
  assert.equal(pool.desk('USDC').debtShares, 0n);
  pool.redeem(pool.ann, 'USDC', null);
  assert.deepEqual(pool.accountOf(pool.ann).supplies, []);
});

test('an offer beyond the debt takes what is owed', () => {
  const pool = annAndBen();
  const [repaid] = eventsOf(pool.repay(pool.ben, 'USDC', '9000'), 'Repaid');
  assert.equal(text(repaid!.amount), '8000');
  assert.equal(text(pool.accountOf(pool.ben).balance), '0');
});

test('a debt of dust grows too: a unit owes a second one at once', () => {
  const pool = annAndBen({ debtMin: money('0') });
  const eve = pool.account('eve', '1');
  const unit = '0.000000000000000001';
  pool.borrow(eve, 'USDC', unit);
  pool.pass(YEAR_MS);
  const [repaid] = eventsOf(pool.repay(eve, 'USDC', null), 'Repaid');
  assert.equal(text(repaid!.amount), '0.000000000000000002');
  assert.deepEqual(pool.accountOf(eve).debts, []);
  // A unit borrowed at an index of 1.1 is less than a share, and makes a whole one.
  pool.borrow(eve, 'USDC', unit);
  assert.equal(pool.accountOf(eve).debts[0]!.shares, 1n);
});

test('at full utilization borrowing is dearest and nobody gets out until somebody repays', () => {
  const pool = annAndBen();
  pool.borrow(pool.ben, 'USDC', '2000');
  assert.equal(pool.desk('USDC').cash, 0n);
  const back: Command = { type: 'RedeemSupply', account: pool.ann, asset: USDC, amount: null };
  pool.refuse(back, 'DESK_CASH_INSUFFICIENT');
  const [accrued] = eventsOf(pool.pass(YEAR_MS), 'InterestAccrued');
  assert.equal(text(accrued!.utilization), '1');
  assert.equal(text(accrued!.borrowRate), '1');
  pool.deposit(pool.ben, 'USDC', '10000');
  pool.repay(pool.ben, 'USDC', null);
  pool.take(back);
  assert.equal(text(pool.accountOf(pool.ann).balance), '19000');
});

test('what a desk has kept goes to the fund, in money, and to the house, in kind', () => {
  const pool = annAndBen();
  pool.supply(pool.ben, 'ETH', '5');
  pool.borrow(pool.ann, 'ETH', '2');
  pool.pass(YEAR_MS);
  const fund = pool.engine.state.insuranceFund;
  const [inMoney] = eventsOf(
    pool.take({ type: 'CollectReserve', asset: USDC }),
    'ReserveCollected',
  );
  assert.equal(inMoney!.receiver, null);
  assert.equal(text(inMoney!.amount), '80');
  assert.equal(pool.engine.state.insuranceFund - fund, money('80'));
  const kept: Command = { type: 'CollectReserve', asset: assetId('ETH') };
  const [inKind] = eventsOf(pool.take(kept), 'ReserveCollected');
  assert.equal(inKind!.receiver, pool.house);
  assert.equal(pool.accountOf(pool.house).collaterals[0]!.amount, inKind!.amount);
  pool.refuse(kept, 'AMOUNT_TOO_SMALL');
});

test('a fund that a reserve fills repays losses that nobody could bear', () => {
  const pool = annAndBen();
  pool.take({ type: 'Withdraw', account: pool.ben, asset: USDC, amount: amount('8000') });
  pool.pass(YEAR_MS);
  pool.price('ETH', '800');
  // 8,800 owed against 8,000; what collateral pays for is rounded to whole shares.
  assert.equal(text(pool.engine.state.unallocatedLoss), '800.000000000000000001');
  const events = pool.take({ type: 'CollectReserve', asset: USDC });
  // The unit that rounding took from the account is what the desk has kept besides.
  const repaid = text(eventsOf(events, 'UnallocatedLossRepaid')[0]!.amount);
  assert.equal(repaid, '80.000000000000000001');
});

test('what is lent counts as what is held, in one concentration with it', () => {
  const pool = lendingPool();
  pool.take({
    type: 'ConfigureAsset',
    parameters: {
      ...pool.engine.state.assets[0]!.parameters,
      concentrationFactor: ratio('0.1'),
    },
  });
  pool.lend('ETH');
  const ann = pool.account('ann');
  pool.deposit(ann, 'ETH', '100');
  const held = accountMargin(pool.engine.state, pool.accountOf(ann));
  // 1.1 / (1 + 0.1 · 10) = 0.55; the loan to value caps what it counts for initially no further.
  assert.equal(text(held.marginEquity), '110000');
  assert.equal(text(held.initialEquity), '110000');
  pool.supply(ann, 'ETH', '60');
  assert.deepEqual(accountMargin(pool.engine.state, pool.accountOf(ann)), held);
  pool.supply(ann, 'ETH', null);
  assert.deepEqual(accountMargin(pool.engine.state, pool.accountOf(ann)), held);
});

test('the cap of an asset counts what its desk holds', () => {
  const pool = lendingPool();
  pool.lend('ETH');
  const parameters = { ...pool.engine.state.assets[0]!.parameters, amountMax: amount('10') };
  pool.take({ type: 'ConfigureAsset', parameters });
  const ann = pool.account('ann');
  pool.deposit(ann, 'ETH', '10');
  pool.supply(ann, 'ETH', '9');
  const more: Command = {
    type: 'Deposit',
    account: ann,
    asset: assetId('ETH'),
    amount: amount('0.000000000000000001'),
  };
  pool.refuse(more, 'ASSET_CAP_EXCEEDED');
  pool.take({ type: 'Withdraw', account: ann, asset: assetId('ETH'), amount: amount('1') });
  pool.deposit(ann, 'ETH', '1');
});

test('the bounds of lending, each at both of its sides', () => {
  const pool = lendingPool();
  const set = (asset: string, changes: Partial<LendingParameters>): Command => {
    return { type: 'ConfigureLending', parameters: lending(asset, changes) };
  };
  const sides: readonly (readonly [Partial<LendingParameters>, Partial<LendingParameters>])[] = [
    [{ loanToValue: ratio('0.8') }, { loanToValue: ratio('0.800000000000000001') }],
    [{ loanToValue: ratio('0') }, { loanToValue: ratio('-0.000000000000000001') }],
    [{ liabilityWeight: ratio('1') }, { liabilityWeight: ratio('0.999999999999999999') }],
    [
      { liabilityWeight: ratio('1.2'), liabilityWeightInitial: ratio('1.2') },
      { liabilityWeight: ratio('1.2'), liabilityWeightInitial: ratio('1.199999999999999999') },
    ],
    [{ liabilityWeightInitial: ratio('10') }, { liabilityWeightInitial: ratio('10.1') }],
    [{ rateAtZero: ratio('0') }, { rateAtZero: ratio('-0.1') }],
    [{ rateAtKink: ratio('0') }, { rateAtZero: ratio('0.2'), rateAtKink: ratio('0.1') }],
    [{ rateAtFull: ratio('10') }, { rateAtFull: ratio('10.000000000000000001') }],
    [{ rateAtFull: ratio('0.1') }, { rateAtFull: ratio('0.09') }],
    [{ kinkUtilization: ratio('0.999') }, { kinkUtilization: ratio('1') }],
    [{ kinkUtilization: ratio('0.001') }, { kinkUtilization: ratio('0') }],
    [{ reserveShare: ratio('1') }, { reserveShare: ratio('1.1') }],
    [{ accrualIntervalMs: durationMs(1) }, { accrualIntervalMs: durationMs(0) }],
    [{ borrowMax: amount('0') }, { borrowMax: amount('-1') }],
    [{ debtMin: money('0') }, { debtMin: money('-1') }],
    [{ closeFactor: ratio('1') }, { closeFactor: ratio('1.1') }],
    [{ closeFactor: ratio('0.1') }, { closeFactor: ratio('0') }],
    [{ closeFactorHealth: ratio('1') }, { closeFactorHealth: ratio('1.1') }],
    [{ liquidationBonus: ratio('1') }, { liquidationBonus: ratio('1.1') }],
  ];
  for (const [good, bad] of sides) {
    pool.take(set('ETH', good));
    pool.refuse(set('ETH', bad), 'INVALID_PARAMETER');
  }
  pool.refuse(set('DOGE', {}), 'ASSET_UNKNOWN');
  pool.refuse(set('USDC', { loanToValue: ratio('0.999') }), 'INVALID_PARAMETER');
  pool.take(set('USDC', {}));
});

test('whoever lends other assets keeps a house, and a house is opened before it is needed', () => {
  const pool = lendingPool({ collateralBuyer: null });
  const eth: Command = { type: 'ConfigureLending', parameters: lending('ETH') };
  pool.refuse(eth, 'INVALID_PARAMETER');
  pool.lend('USDC');
  pool.configure({ collateralBuyer: accountId('house') });
  pool.take(eth);
  const { parameters } = pool.engine.state;
  const without: Command = {
    type: 'ConfigurePool',
    parameters: { ...parameters!, collateralBuyer: null },
  };
  pool.refuse(without, 'INVALID_PARAMETER');
});

test('new terms hold from now on: what was earned before is earned by the old ones', () => {
  const pool = annAndBen();
  pool.wait(YEAR_MS);
  const dear = { rateAtZero: ratio('5'), rateAtKink: ratio('5'), rateAtFull: ratio('5') };
  const events = pool.lend('USDC', dear);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['InterestAccrued', 'LendingConfigured'],
  );
  assert.equal(text(pool.desk('USDC').debtIndex), '1.1');
});

test('a sleep beyond a century, and a debt beyond all reckoning, earn no more', () => {
  const pool = annAndBen();
  pool.pass(200 * YEAR_MS);
  // A hundred years of simple interest at the kink.
  assert.equal(text(pool.desk('USDC').debtIndex), '11');
  for (let times = 0; times < 40; times += 1) pool.pass(100 * YEAR_MS);
  const { debtIndex, debtShares, accruedMs } = pool.desk('USDC');
  assert.ok(debtIndex <= ratio('1000000000'));
  assert.equal(debtShares, amount('8000') as bigint);
  assert.equal(accruedMs, pool.now());
});
