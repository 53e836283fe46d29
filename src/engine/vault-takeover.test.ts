/** The accounts that the backstop vault takes over, and those that it does not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { asset, deposit } from '../../test/pools/sample-commands.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import { redeemVault, requestVaultExit } from '../../test/pools/sample-vault.ts';
import { fallTo, PERP, passTo, stage, taken, USDC } from '../../test/pools/vault-stage.ts';
import { amount, assetId, formatDecimal, indexId, marketId, money, ratio } from '../units/index.ts';
import type { VaultParameters } from './index.ts';

const ETH = assetId('ETH');

describe('a takeover', () => {
  test('leaves the account with nothing and the vault with all that it was worth', () => {
    const pool = stage();
    const events = fallTo(pool, '93');
    const [takeover] = taken(events);
    assert.equal(formatDecimal(takeover!.equity), '3');
    assert.equal(formatDecimal(takeover!.positions[0]!.bankruptcyQuote), '90');
    assert.equal(formatDecimal(takeover!.balance), '0');
    assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'closed');
    assert.deepEqual(eventsOf(events, 'PenaltyCharged'), []);
    const { balance, positions, collaterals } = pool.accountOf(pool.alice);
    assert.deepEqual([balance, positions, collaterals], [0n, [], []]);
    const held = pool.accountOf(pool.holder);
    assert.equal(formatDecimal(held.positions[0]!.entryValue), '90');
    assert.equal(formatDecimal(held.balance), '1000');
  });

  test('nets with what the vault has, and moves collateral, debt and funding as they are', () => {
    const pool = stage();
    pool.index('ETH');
    pool.take(asset('ETH', { index: indexId('ETH'), collateralHaircut: ratio('0.5') }));
    pool.price('ETH', '20', []);
    pool.take(deposit({ account: pool.alice, asset: ETH, amount: amount('0.5') }));
    pool.take({ type: 'Withdraw', account: pool.alice, asset: USDC, amount: amount('5') });
    pool.fill(pool.maker, pool.holder, { ...PERP, size: '0.4', price: '100' });
    pool.take({ type: 'AccrueFunding', market: marketId('BTC-PERP'), fundingRate: ratio('0.001') });
    // Equity 5 + 10 − 6 − 0.1, margin equity 5 less: −0.1... below 4.7 in any case.
    const [takeover] = taken(fallTo(pool, '94'));
    assert.equal(formatDecimal(takeover!.equity), '8.9');
    assert.equal(formatDecimal(takeover!.marginEquity), '3.9');
    // Everything at 94 − 8.9: the collateral counts in full, so a balance of −10 is left.
    assert.equal(formatDecimal(takeover!.positions[0]!.bankruptcyQuote), '85.1');
    assert.equal(formatDecimal(takeover!.balance), '-10');
    assert.deepEqual(takeover!.collaterals, [{ asset: 'ETH', amount: amount('0.5') }]);
    const held = pool.accountOf(pool.holder);
    assert.equal(formatDecimal(held.positions[0]!.size), '0.6');
    assert.equal(formatDecimal(held.collaterals[0]!.amount), '0.5');
    // 1000 + 0.04 of funding + 0.4 · (100 − 85.1) − 10.
    assert.equal(formatDecimal(held.balance), '996');
    assert.deepEqual(pool.accountOf(pool.alice).collaterals, []);
  });

  test('comes before other ways only where the account is deep, strictly', () => {
    // Two thirds of 4.7 at 94 − 0.… : equity E at P is P − 90, requirement P/20.
    // E < ⅔ · P/20 ⇔ P < 90 · 30/29 = 93.1034….
    const ladder = ['backstop', 'book'] as const;
    const [deep] = eventsOf(fallTo(stage({ ladder }), '93.1034'), 'RouteChosen');
    assert.equal(deep!.route, 0);
    const [shallow] = eventsOf(fallTo(stage({ ladder }), '93.1035'), 'RouteChosen');
    assert.equal(shallow!.route, 1);
    assert.notEqual(shallow!.routes[0]!.expectedCost, null, 'it was open, as a last resort');
  });

  test('comes at its turn, when the other ways have come to nothing', () => {
    const pool = stage({ ladder: ['book', 'backstop'] });
    fallTo(pool, '94.5');
    const expire = () => {
      const { order } = pool.engine.state.liquidations.get(1)!;
      pool.take({ type: 'FinishOrder', order: order!.order, reason: 'rejected' });
      return pool.pass(1);
    };
    expire();
    expire();
    const events = expire();
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'exhausted');
    assert.equal(taken(events).length, 1);
  });

  test('is refused beyond the cap of an account, of a market, of the window: to the unit', () => {
    // Alice's notional is 93.
    const outcomes = (changes: Partial<VaultParameters>) => {
      const events = fallTo(stage({ vault: changes }), '93');
      return [taken(events).length, eventsOf(events, 'TakeoverDecided').length];
    };
    const below = money('92.999999999999999999');
    for (const cap of ['accountNotionalMax', 'marketNotionalMax', 'windowNotionalMax'] as const) {
      assert.deepEqual(outcomes({ [cap]: money('93') }), [1, 0], `${cap} at its bound`);
      assert.deepEqual(outcomes({ [cap]: below }), [0, 1], `${cap} a unit below`);
    }
  });

  test('beyond the cap of a market still takes what makes its position smaller', () => {
    const pool = stage({ vault: { marketNotionalMax: money('0') } });
    pool.fill(pool.maker, pool.holder, { ...PERP, size: '0.5', price: '100' });
    assert.equal(taken(fallTo(pool, '93')).length, 1, '−0.5 becomes 0.5');
    const turned = stage({ vault: { marketNotionalMax: money('0') } });
    turned.fill(turned.maker, turned.holder, { ...PERP, size: '0.499', price: '100' });
    assert.equal(taken(fallTo(turned, '93')).length, 0, '−0.499 would become 0.501');
  });

  test('counts in the window until the window has passed', () => {
    const takesBob = (milliseconds: number): boolean => {
      const pool = stage({ vault: { windowNotionalMax: money('150') } });
      assert.equal(taken(fallTo(pool, '93')).length, 1);
      passTo(pool, milliseconds, '93');
      const bob = pool.account('bob', '10');
      pool.fill(bob, pool.maker, { ...PERP, size: '1', price: '93' });
      return taken(fallTo(pool, '86')).length === 1;
    };
    // Counted from the start of the part of 10 s that it fell in, at 0, until that part has left.
    assert.equal(takesBob(168_000), false);
    assert.equal(takesBob(169_000), true);
  });

  test('leaves the vault with its own initial margin, exactly', () => {
    // 93 of notional requires 9.3, the account brings 3.
    const takes = (capital: string) =>
      taken(fallTo(stage({ capital, vault: { depositMin: money('1') } }), '93')).length;
    assert.equal(takes('6.3'), 1);
    assert.equal(takes('6.299999999999999999'), 0);
  });

  test('never takes a loss, nor the money of the fund', () => {
    assert.equal(taken(fallTo(stage(), '90')).length, 1, 'equity of nothing is no loss');
    const bankrupt = fallTo(stage(), '89.999');
    assert.equal(taken(bankrupt).length, 0);
    assert.equal(eventsOf(bankrupt, 'TakeoverDecided')[0]!.reason, 'bankrupt');
    const covered = stage();
    covered.take({ type: 'FundInsurance', amount: money('100') });
    const events = fallTo(covered, '89');
    assert.equal(eventsOf(events, 'DeficitCovered').length, 1);
    assert.equal(taken(events).length, 0);
  });

  test('waits for a closed gate, and is no way with a price that is not valid', () => {
    const gated = stage();
    gated.take(setGate({ gate: 'takes' }));
    const closed = fallTo(gated, '93');
    assert.deepEqual([taken(closed), eventsOf(closed, 'TakeoverDecided')], [[], []]);
    assert.equal(taken(gated.take(setGate({ gate: 'takes', closed: false }))).length, 1);
    const stale = stage();
    stale.index('ETH');
    stale.market('ETH-PERP', { index: indexId('ETH') });
    stale.price('ETH', '10', ['ETH-PERP']);
    stale.fill(stale.holder, stale.maker, { market: 'ETH-PERP', size: '1', price: '10' });
    passTo(stale, 60_001);
    assert.equal(taken(fallTo(stale, '93')).length, 0);
  });

  test('the vault itself is liquidated like anybody, and takes nothing meanwhile', () => {
    const pool = stage({ capital: '100' });
    pool.fill(pool.holder, pool.maker, { ...PERP, size: '9', price: '100' });
    const events = fallTo(pool, '92');
    assert.equal(eventsOf(events, 'LiquidationStarted').length, 2);
    assert.equal(taken(events).length, 0);
    assert.equal(pool.accountOf(pool.holder).positions.length, 0);
    // 100 − 9 · 8 less the penalty is what Carol's shares are worth.
    pool.take(requestVaultExit('carol', '100'));
    passTo(pool, 60_000, '92');
    const [redeemed] = eventsOf(pool.take(redeemVault('carol')), 'VaultRedeemed');
    assert.equal(formatDecimal(redeemed!.amount), '23.86');
  });
});
