/** The backstop vault takes over accounts that owe desks, and that have lent to them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  depositVault,
  ladderOf,
  redeemVault,
  requestVaultExit,
  vault,
} from '../../test/pools/sample-vault.ts';
import { taken } from '../../test/pools/vault-stage.ts';
import {
  amount,
  assetId,
  durationMs,
  formatDecimal,
  indexId,
  money,
  shares,
} from '../units/index.ts';
import { accountMargin, type Event, type VaultParameters } from './index.ts';

const USDC = assetId('USDC');
const text = formatDecimal;

type Stage = {
  readonly vault?: Partial<VaultParameters>;
  readonly capital?: string;
  readonly lending?: Parameters<ReturnType<typeof lendingPool>['lend']>[1];
};

/** Desks of everything with 100,000 USDC, 90 ETH and 10 BTC; Carol's capital is the vault's. */
function desks({ vault: changes = {}, capital = '50000', lending = {} }: Stage = {}) {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, lending);
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('ETH', '2000', ['ETH-PERP']);
  const lender = pool.account('lender', '100000');
  pool.deposit(lender, 'ETH', '100');
  pool.deposit(lender, 'BTC', '10');
  for (const asset of ['USDC', 'BTC']) pool.supply(lender, asset, null);
  pool.supply(lender, 'ETH', '90');
  const maker = pool.account('maker', '500000');
  const holder = pool.account('vault');
  pool.account('carol', '100000');
  pool.take(ladderOf('backstop'));
  const wide = { accountNotionalMax: money('100000'), marketNotionalMax: money('100000') };
  pool.take(vault({ ...wide, windowNotionalMax: money('1000000'), ...changes }));
  pool.take(depositVault('carol', capital));
  const marginOf = (account: typeof holder) =>
    accountMargin(pool.engine.state, pool.accountOf(account));
  return { ...pool, lender, maker, holder, marginOf };
}

/** Bob owes 15,000 USDC and has lent 4 of his 10 ETH; at 1,800 he is liquidatable. */
function bobOwesMoney(input: Stage = {}) {
  const pool = desks(input);
  const bob = pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  pool.borrow(bob, 'USDC', '15000');
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('15000') });
  pool.supply(bob, 'ETH', '4');
  return { ...pool, bob };
}

const fallTo = (pool: Pick<ReturnType<typeof desks>, 'price'>, to: string): Event[] =>
  pool.price('ETH', to, ['ETH-PERP']);

/** Before anything is sold to the house; what the house leaves over may still go to the vault. */
const comesFirst = (events: readonly Event[]): boolean => {
  const first = events.findIndex(({ type }) => type === 'LiquidationStarted') + 1;
  return events[first]!.type === 'RouteChosen';
};

describe('an account without positions', () => {
  test('goes over with its debt, its claim and its collateral, share by share', () => {
    const pool = bobOwesMoney();
    const owed = pool.accountOf(pool.bob).debts[0]!.shares;
    const { debtShares, supplyShares, cash } = pool.desk('USDC');
    const events = fallTo(pool, '1800');
    const [takeover] = taken(events);
    // 10 ETH at 1,800, of which 4 lent, against 15,000; the debt counts in the notional.
    assert.equal(text(takeover!.equity), '3000');
    assert.equal(text(takeover!.notional), '15000');
    assert.deepEqual(takeover!.debts, [{ asset: 'USDC', shares: owed }]);
    assert.deepEqual(takeover!.supplies, [{ asset: 'ETH', shares: shares('4') }]);
    assert.deepEqual(takeover!.collaterals, [{ asset: 'ETH', amount: amount('6') }]);
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'closed');
    const { balance, collaterals, debts, supplies } = pool.accountOf(pool.bob);
    assert.deepEqual([balance, collaterals, debts, supplies], [0n, [], [], []]);
    const held = pool.accountOf(pool.holder);
    assert.equal(held.debts[0]!.shares, owed);
    assert.equal(held.supplies[0]!.shares, shares('4'));
    assert.equal(text(held.collaterals[0]!.amount), '6');
    // The desk does not notice: it is owed the same, by somebody else.
    const after = pool.desk('USDC');
    assert.deepEqual(
      [after.debtShares, after.supplyShares, after.cash],
      [debtShares, supplyShares, cash],
    );
    // Carol's shares are worth what Bob lost.
    assert.equal(text(pool.marginOf(pool.holder).equity), '53000');
  });

  test('is taken within the caps, in which its debt counts, to the unit', () => {
    const takes = (changes: Partial<VaultParameters>): boolean =>
      comesFirst(fallTo(bobOwesMoney({ vault: changes }), '1800'));
    for (const cap of ['accountNotionalMax', 'windowNotionalMax'] as const) {
      assert.equal(takes({ [cap]: money('15000') }), true, cap);
      assert.equal(takes({ [cap]: money('14999.999999999999999999') }), false, cap);
    }
  });

  test('leaves the vault with initial margin for the debt, exactly', () => {
    // 10 ETH at 1,800 and a loan to value of 0.75 bring 13,500: 1,500 are missing.
    const takes = (capital: string): boolean => {
      const changes = { depositMin: money('1') };
      return comesFirst(fallTo(bobOwesMoney({ capital, vault: changes }), '1800'));
    };
    assert.equal(takes('1500'), true);
    assert.equal(takes('1499.999999999999999999'), false);
  });

  test('goes to the house if the vault has no room', () => {
    const events = fallTo(bobOwesMoney({ vault: { accountNotionalMax: money('0') } }), '1800');
    assert.deepEqual(
      [taken(events).length, eventsOf(events, 'CollateralConverted').length],
      [0, 2],
    );
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
  });

  test('waits while the pool lets nothing be taken', () => {
    const pool = bobOwesMoney();
    pool.take(setGate({ gate: 'takes' }));
    const gated = fallTo(pool, '1800');
    assert.deepEqual([taken(gated), eventsOf(gated, 'LiquidationEnded')], [[], []]);
    assert.equal(taken(pool.take(setGate({ gate: 'takes', closed: false }))).length, 1);
  });
});

/** Dora is long 5 ETH at 2,000, owes 3,000 USDC, and has lent 1 of her 4 ETH. */
function doraHasAll(input: Stage = {}) {
  const pool = desks(input);
  const dora = pool.account('dora');
  pool.deposit(dora, 'ETH', '4');
  pool.borrow(dora, 'USDC', '3000');
  pool.take({ type: 'Withdraw', account: dora, asset: USDC, amount: amount('3000') });
  pool.supply(dora, 'ETH', '1');
  pool.fill(dora, pool.maker, { market: 'ETH-PERP', size: '5', price: '2000' });
  return { ...pool, dora };
}

describe('an account with positions, debts and claims', () => {
  test('goes over as one, its equity with its risk', () => {
    const pool = doraHasAll();
    // At 1,600: 6,400 of ETH, −2,000 of the position, −3,000 owed.
    const events = fallTo(pool, '1600');
    const [takeover] = taken(events);
    assert.equal(text(takeover!.equity), '1400');
    assert.equal(text(takeover!.marginEquity), '120');
    assert.equal(text(takeover!.maintenanceMargin), '400');
    assert.equal(text(takeover!.notional), '11000');
    // All of the equity goes with the only position: 8,000 less 1,400.
    assert.equal(text(takeover!.positions[0]!.bankruptcyQuote), '6600');
    // What it was paid less than it owed for the position: the holdings and the debt go in kind.
    assert.equal(text(takeover!.balance), '-3400');
    assert.deepEqual(pool.accountOf(pool.dora).debts, []);
    const held = pool.accountOf(pool.holder);
    assert.equal(text(held.positions[0]!.entryValue), '6600');
    assert.deepEqual([held.debts.length, held.supplies.length], [1, 1]);
    assert.equal(text(pool.marginOf(pool.holder).equity), '51400');
  });

  test('is only taken where the vault has initial margin for all of it', () => {
    // 4 · 1,600 · 0.75 − 2,000 − 3,000 = −200, against 800 of initial margin.
    const takes = (capital: string): boolean => {
      const changes = { depositMin: money('1') };
      const events = fallTo(doraHasAll({ capital, vault: changes }), '1600');
      return eventsOf(events, 'PositionsDeleveraged').length === 0;
    };
    assert.equal(takes('1000'), true);
    assert.equal(takes('999.999999999999999999'), false);
  });
});

describe('the vault, from then on', () => {
  test('pays the interest, is paid it, and may close both as anybody may', () => {
    const pool = bobOwesMoney();
    fallTo(pool, '1800');
    const before = pool.marginOf(pool.holder).equity;
    pool.pass(360 * 86_400_000);
    const after = pool.marginOf(pool.holder).equity;
    assert.ok(after < before, 'a debt in a year');
    pool.repay(pool.holder, 'USDC', null);
    pool.redeem(pool.holder, 'ETH', null);
    const held = pool.accountOf(pool.holder);
    assert.deepEqual([held.debts, held.supplies], [[], []]);
    assert.equal(text(held.collaterals[0]!.amount), '10');
  });

  test('may owe a desk and have lent to it at once', () => {
    const pool = bobOwesMoney({ capital: '80000' });
    pool.supply(pool.holder, 'USDC', '20000');
    const [takeover] = taken(fallTo(pool, '1800'));
    assert.notEqual(takeover, undefined);
    const { debts, supplies } = pool.accountOf(pool.holder);
    assert.deepEqual([debts.length, supplies.length], [1, 2]);
    assert.equal(text(pool.marginOf(pool.holder).equity), '83000');
  });

  test('is liquidated like anybody if it falls with what it took', () => {
    const pool = bobOwesMoney({ capital: '1600' });
    fallTo(pool, '1800');
    pool.take({ type: 'FundInsurance', amount: money('10000') });
    const events = fallTo(pool, '1300');
    const [started] = eventsOf(events, 'LiquidationStarted');
    assert.equal(started!.account, 'vault');
    assert.equal(taken(events).length, 0, 'it does not take itself over');
    assert.deepEqual(pool.accountOf(pool.holder).debts, []);
    // 1,600 and 13,000 do not pay for 15,000.
    assert.equal(eventsOf(events, 'BadDebtSettled').length, 1);
  });

  test('pays out shares after the interest of its debts, and never below initial margin', () => {
    const pool = bobOwesMoney({ vault: { noticeMs: durationMs(0) } });
    fallTo(pool, '1800');
    pool.take(requestVaultExit('carol', '1000'));
    pool.wait(60_000);
    const events = pool.take(redeemVault('carol'));
    const [redeemed] = eventsOf(events, 'VaultRedeemed');
    const accrued = eventsOf(events, 'InterestAccrued').map(({ asset }) => asset);
    assert.deepEqual(accrued, ['USDC', 'ETH']);
    // 53,000 for 50,000 shares, less a minute of interest.
    const paid = Number(text(redeemed!.amount));
    assert.ok(paid < 1060 && paid > 1059.99, `${paid}`);
    // 48,940 are left of the money and 48,230 would be paid, but with what it holds at its loan to
    // value, 13,500, and what it owes, 15,000, no more than 47,440 may go.
    pool.take(requestVaultExit('carol', '45500'));
    pool.refuse(redeemVault('carol'), 'INITIAL_MARGIN_NOT_MET');
  });
});
