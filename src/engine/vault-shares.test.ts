/** Shares of the backstop vault: how they are bought, what they bear, how they leave. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Driver, eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { transfer } from '../../test/pools/sample-commands.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import {
  depositVault,
  type Method,
  redeemVault,
  requestVaultExit,
  VAULT,
  vault,
} from '../../test/pools/sample-vault.ts';
import { fallTo, PERP, passTo, sharesOf, stage, USDC } from '../../test/pools/vault-stage.ts';
import {
  accountId,
  amount,
  durationMs,
  formatDecimal,
  marketId,
  money,
  ratio,
  rawOf,
} from '../units/index.ts';
import type { EventOf } from './index.ts';

describe('shares', () => {
  test('are bought at what the vault is worth, and the last leave with all of it', () => {
    const pool = stage();
    fallTo(pool, '93');
    passTo(pool, 1, '97');
    // 1000 and a long at 90 marked at 97: 1007, so 1007 buy 1000 shares to a unit or two.
    const [bought] = eventsOf(pool.take(depositVault('dave', '1007')), 'VaultDeposited');
    assert.equal(formatDecimal(bought!.equity), '1007');
    assert.equal(formatDecimal(bought!.shares), '1000');
    pool.fill(pool.maker, pool.holder, { ...PERP, size: '1', price: '97' });
    for (const provider of ['carol', 'dave']) {
      pool.take(requestVaultExit(provider, '1000'));
    }
    passTo(pool, 60_000, '97');
    const [first] = eventsOf(pool.take(redeemVault('dave')), 'VaultRedeemed');
    assert.equal(formatDecimal(first!.amount), '1006.999999999999999999');
    const [last] = eventsOf(pool.take(redeemVault('carol')), 'VaultRedeemed');
    assert.equal(formatDecimal(last!.amount), '1007');
    assert.equal(pool.balance(pool.holder), '0.000000000000000001');
    assert.deepEqual(pool.engine.state.vault!.providers, []);
  });

  test('are listed by account, whoever came first', () => {
    const pool = stage();
    pool.take(depositVault('maker', '200'));
    pool.take(depositVault('dave', '300'));
    assert.deepEqual(sharesOf(pool), ['200', '1000', '300']);
    pool.take(depositVault('maker', '10'));
    assert.deepEqual(sharesOf(pool), ['210', '1000', '300']);
  });

  test('bear losses until they have left', () => {
    const pool = stage();
    pool.take(requestVaultExit('carol', '500'));
    fallTo(pool, '93');
    passTo(pool, 60_000, '63');
    const [redeemed] = eventsOf(pool.take(redeemVault('carol')), 'VaultRedeemed');
    // 1000 − (90 − 63), half of it.
    assert.equal(formatDecimal(redeemed!.equity), '973');
    assert.equal(formatDecimal(redeemed!.amount), '486.5');
  });

  test('pay no more than their part where a share is worth less than one, exactly', () => {
    const pool = stage();
    pool.fill(pool.holder, pool.maker, { ...PERP, size: '9', price: '100' });
    passTo(pool, 1, '47');
    for (const claim of ['900.000000000000000005', '0.000000000000000001', '0.7']) {
      pool.take(requestVaultExit('carol', claim));
      passTo(pool, 60_000, '47');
      const [{ amount, shares, equity, sharesTotal }] = eventsOf(
        pool.take(redeemVault('carol')),
        'VaultRedeemed',
      ) as [EventOf<'VaultRedeemed'>];
      assert.ok(rawOf(amount) * rawOf(sharesTotal) <= rawOf(shares) * rawOf(equity));
      assert.ok((rawOf(amount) + 1n) * rawOf(sharesTotal) > rawOf(shares) * rawOf(equity));
    }
  });

  test('nobody gains by making a share dear before others come in', () => {
    const pool = stage({ capital: '10', vault: { depositMin: money('0.000000000000000001') } });
    pool.take(requestVaultExit('carol', '9.999999999999999999'));
    passTo(pool, 60_000);
    pool.take(redeemVault('carol'));
    assert.deepEqual(sharesOf(pool), ['0.000000000000000001']);
    pool.take({ type: 'Deposit', account: pool.holder, asset: USDC, amount: amount('100') });
    for (const amount of ['30', '70', '5000']) {
      const { details } = pool.refuse(depositVault('dave', amount), 'VAULT_DEPOSIT_REFUSED');
      assert.equal(details[0]!.value, 'too-coarse');
    }
  });
});

describe('DepositVault', () => {
  test('is refused in the documented order', () => {
    const bare = poolDriver();
    bare.configure();
    bare.refuse(depositVault('nobody', '0'), 'NOT_POSITIVE');
    bare.refuse(depositVault('nobody', '1'), 'VAULT_UNKNOWN');
    const pool = stage();
    pool.refuse(depositVault('nobody', '1'), 'ACCOUNT_UNKNOWN');
    pool.refuse(depositVault('vault', '1'), 'SELF_TRADE');
    const { details } = pool.refuse(depositVault('alice', '9.99'), 'VAULT_DEPOSIT_REFUSED');
    assert.equal(details[0]!.value, 'below-minimum');
    pool.refuse(depositVault('alice', '11'), 'BALANCE_INSUFFICIENT');
    pool.refuse(depositVault('alice', '10'), 'INITIAL_MARGIN_NOT_MET');
    pool.take(depositVault('dave', '10'));
  });

  test('is refused while nobody can say what the vault is worth, or it is worth nothing', () => {
    const stale = stage();
    stale.fill(stale.holder, stale.maker, { ...PERP, size: '1', price: '100' });
    stale.pass(60_001);
    stale.refuse(depositVault('dave', '10'), 'PRICE_UNAVAILABLE');
    const broken = stage({ capital: '100', ladder: ['book'] });
    broken.fill(broken.holder, broken.maker, { ...PERP, size: '9', price: '100' });
    fallTo(broken, '92');
    broken.refuse(depositVault('dave', '10'), 'ACCOUNT_IN_LIQUIDATION');
    const gone = stage({ capital: '100' });
    gone.fill(gone.holder, gone.maker, { ...PERP, size: '9', price: '100' });
    fallTo(gone, '80');
    assert.equal(gone.balance(gone.holder), '0');
    const { details } = gone.refuse(depositVault('dave', '10'), 'VAULT_DEPOSIT_REFUSED');
    assert.equal(details[0]!.value, 'no-equity');
  });
});

describe('leaving', () => {
  test('takes notice, and is possible from then on until the window closes', () => {
    const pool = stage();
    pool.refuse(redeemVault('carol'), 'VAULT_EXIT_NOT_DUE');
    const [requested] = eventsOf(pool.take(requestVaultExit('carol', '100')), 'VaultExitRequested');
    assert.equal(requested!.exitMs, pool.now() + 60_000);
    assert.equal(requested!.untilMs, pool.now() + 120_000);
    pool.wait(59_999);
    pool.refuse(redeemVault('carol'), 'VAULT_EXIT_NOT_DUE');
    pool.wait(1);
    fallTo(pool, '100');
    pool.take(redeemVault('carol'));
    pool.refuse(redeemVault('carol'), 'VAULT_EXIT_NOT_DUE');
    pool.take(requestVaultExit('carol', '100'));
    pool.wait(120_000);
    fallTo(pool, '100');
    pool.take(redeemVault('carol'));
    pool.take(requestVaultExit('carol', '100'));
    pool.wait(120_001);
    fallTo(pool, '100');
    pool.refuse(redeemVault('carol'), 'VAULT_EXIT_NOT_DUE');
  });

  test('with fewer shares needs no new notice, with more it does', () => {
    const pool = stage();
    pool.take(requestVaultExit('carol', '100'));
    pool.wait(60_000);
    const less = eventsOf(pool.take(requestVaultExit('carol', '40')), 'VaultExitRequested')[0]!;
    assert.equal(less.exitMs, pool.now());
    fallTo(pool, '100');
    const [redeemed] = eventsOf(pool.take(redeemVault('carol')), 'VaultRedeemed');
    assert.equal(formatDecimal(redeemed!.shares), '40');
    pool.take(requestVaultExit('carol', '100'));
    pool.wait(60_000);
    const more = requestVaultExit('carol', '100.000000000000000001');
    assert.equal(eventsOf(pool.take(more), 'VaultExitRequested')[0]!.exitMs, pool.now() + 60_000);
    const none = eventsOf(pool.take(requestVaultExit('carol', '0')), 'VaultExitRequested')[0]!;
    assert.equal(formatDecimal(none.shares), '0');
    passTo(pool, 60_000);
    pool.refuse(redeemVault('carol'), 'VAULT_EXIT_NOT_DUE');
  });

  test('nobody asks for more than it has', () => {
    const pool = stage();
    pool.refuse(requestVaultExit('carol', '-1'), 'NOT_POSITIVE');
    pool.refuse(requestVaultExit('nobody', '1'), 'ACCOUNT_UNKNOWN');
    pool.refuse(requestVaultExit('vault', '1'), 'SELF_TRADE');
    pool.refuse(requestVaultExit('carol', '1000.000000000000000001'), 'VAULT_SHARES_INSUFFICIENT');
    pool.refuse(requestVaultExit('dave', '0'), 'VAULT_SHARES_INSUFFICIENT');
    pool.take(requestVaultExit('carol', '1000'));
    const bare = poolDriver();
    bare.configure();
    bare.refuse(requestVaultExit('carol', '1'), 'VAULT_UNKNOWN');
    bare.refuse(redeemVault('carol'), 'VAULT_UNKNOWN');
  });

  test('is refused while a loss is not borne, or may be hidden', () => {
    const ready = (ladder: readonly Method[] = ['book']) => {
      const pool = stage({ ladder });
      pool.take(requestVaultExit('carol', '100'));
      passTo(pool, 60_000);
      return pool;
    };
    const gate = (pool: Driver) =>
      pool.refuse(redeemVault('carol'), 'WITHDRAWALS_GATED').details[0]!;
    const unallocated = ready();
    // Nobody has a profit left that could bear what Alice's fall costs.
    unallocated.fill(unallocated.maker, unallocated.dave, { ...PERP, size: '1', price: '80' });
    fallTo(unallocated, '80');
    assert.equal(gate(unallocated).name, 'claims');
    const closed = ready();
    closed.take(setGate({ gate: 'withdrawals' }));
    assert.equal(gate(closed).value, 'withdrawals');
    const hidden = ready();
    hidden.take(setGate({ market: marketId('BTC-PERP'), gate: 'liquidations' }));
    assert.equal(gate(hidden).value, 'liquidations');
    const running = ready();
    // The fund could pay for all of it, but for no more than a tenth of one liquidation.
    running.configure({ insuranceEventCap: money('0.1') });
    running.take({ type: 'FundInsurance', amount: money('100') });
    running.take(setGate({ gate: 'takes' }));
    fallTo(running, '89');
    assert.deepEqual(gate(running), { name: 'liquidation', value: '1' });
    const solvent = ready();
    fallTo(solvent, '94');
    solvent.take(redeemVault('carol'));
  });

  test('is refused where the vault cannot pay, or not keep its margin, or has no price', () => {
    const pool = stage({ vault: { exitWindowMs: durationMs(120_000) } });
    pool.fill(pool.holder, pool.maker, { ...PERP, size: '90', price: '100' });
    pool.take(requestVaultExit('carol', '100.000000000000000001'));
    passTo(pool, 60_000);
    pool.refuse(redeemVault('carol'), 'INITIAL_MARGIN_NOT_MET');
    pool.take(requestVaultExit('carol', '100'));
    pool.take(redeemVault('carol'));
    passTo(pool, 1, '120');
    pool.take(requestVaultExit('carol', '900'));
    passTo(pool, 60_000, '120');
    // 900 and 1,800 that is not realized.
    pool.refuse(redeemVault('carol'), 'BALANCE_INSUFFICIENT');
    pool.take(requestVaultExit('carol', '100'));
    pool.pass(60_001);
    pool.refuse(redeemVault('carol'), 'PRICE_UNAVAILABLE');
    const broken = stage({ capital: '100', ladder: ['book'] });
    broken.fill(broken.holder, broken.maker, { ...PERP, size: '9', price: '100' });
    broken.take(requestVaultExit('carol', '100'));
    passTo(broken, 60_000);
    fallTo(broken, '92');
    broken.refuse(redeemVault('carol'), 'ACCOUNT_IN_LIQUIDATION');
  });
});

describe('the account of the vault', () => {
  test('pays nothing out but by redemption, as long as there are shares', () => {
    const pool = stage();
    const out = {
      type: 'Withdraw',
      account: pool.holder,
      asset: USDC,
      amount: amount('1'),
    } as const;
    pool.refuse(out, 'VAULT_IN_USE');
    pool.take({
      type: 'OpenAccount',
      account: accountId('own'),
      owner: 'vault',
      parent: null,
      market: null,
    });
    pool.refuse(transfer({ from: pool.holder, to: accountId('own') }), 'VAULT_IN_USE');
    pool.take(requestVaultExit('carol', '1000'));
    passTo(pool, 60_000);
    pool.take(redeemVault('carol'));
    pool.take({ type: 'Deposit', account: pool.holder, asset: USDC, amount: amount('1') });
    pool.take(out);
  });

  test('changes only where nobody loses by it; the shares of a worthless vault are void', () => {
    const pool = stage({ capital: '100' });
    const other = pool.account('other');
    pool.refuse(vault({ account: other }), 'VAULT_IN_USE');
    pool.take(vault({ noticeMs: durationMs(0) }));
    pool.fill(pool.holder, pool.maker, { ...PERP, size: '9', price: '100' });
    fallTo(pool, '80');
    assert.equal(pool.balance(pool.holder), '0');
    pool.take(vault({ account: other }));
    assert.deepEqual(sharesOf(pool), []);
    pool.take(depositVault('dave', '50'));
    assert.deepEqual(sharesOf(pool), ['50']);
  });
});

test('ConfigureVault: bounds on both sides, then the account', () => {
  const pool = stage();
  const beyond = '100000000000000000.000000000000000001';
  const child = accountId('child');
  const isolated = { owner: 'maker', parent: pool.maker, market: marketId('BTC-PERP') };
  pool.take({ type: 'OpenAccount', account: child, ...isolated });
  for (const broken of [
    { accountNotionalMax: money('-1') },
    { accountNotionalMax: money(beyond) },
    { marketNotionalMax: money('-1') },
    { marketNotionalMax: money(beyond) },
    { windowNotionalMax: money('-1') },
    { windowNotionalMax: money(beyond) },
    { windowMs: durationMs(0) },
    { windowMs: durationMs(1_000_000_000_000_001) },
    { noticeMs: durationMs(1_000_000_000_000_001) },
    { exitWindowMs: durationMs(0) },
    { exitWindowMs: durationMs(1_000_000_000_000_001) },
    { backstopFraction: ratio('-0.000000000000000001') },
    { backstopFraction: ratio('1.000000000000000001') },
    { depositMin: money('0') },
    { depositMin: money(beyond), account: accountId('nobody') },
    { account: child },
  ]) {
    pool.refuse(vault(broken), 'INVALID_PARAMETER');
  }
  pool.refuse(vault({ account: accountId('nobody') }), 'ACCOUNT_UNKNOWN');
  for (const sound of [
    {
      accountNotionalMax: money('0'),
      marketNotionalMax: money('0'),
      windowNotionalMax: money('0'),
    },
    { windowMs: durationMs(1), noticeMs: durationMs(0), exitWindowMs: durationMs(1) },
    { backstopFraction: ratio('0') },
    { backstopFraction: ratio('1') },
    { depositMin: money('0.000000000000000001') },
  ]) {
    pool.take(vault(sound));
  }
  pool.take(vault());
  assert.deepEqual(pool.engine.state.vault!.parameters, VAULT);
});
