import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, shares } from '../units/index.ts';
import { vaultDeposit, vaultPayout, vaultSharePrice } from './vault-shares.ts';

const unit = '0.000000000000000001';

const bought = (equity: string, total: string, deposit: string) => {
  const result = vaultDeposit({
    equity: money(equity),
    totalShares: shares(total),
    deposit: money(deposit),
  });
  return result.refusal ?? formatDecimal(result.shares);
};
const paid = (equity: string, total: string, given: string) =>
  formatDecimal(
    vaultPayout({ equity: money(equity), totalShares: shares(total), shares: shares(given) }),
  );
const priceOf = (equity: string, total: string) => {
  const price = vaultSharePrice({ equity: money(equity), totalShares: shares(total) });
  return price === null ? null : formatDecimal(price);
};

test('the first deposit is one to one, and so are those while nothing was earned', () => {
  assert.equal(bought('0', '0', '1000'), '1000');
  assert.equal(bought('1000', '1000', '500'), '500');
  assert.equal(bought('0', '0', unit), unit);
});

test('later deposits buy shares at what a share is worth, rounded down', () => {
  assert.equal(bought('2000', '1000', '500'), '250');
  assert.equal(bought('500', '1000', '500'), '999.999999999999999999');
  assert.equal(bought('3', '2', '1'), '0.666666666666666666');
});

test('a deposit that rounding would take a billionth of is refused, not kept', () => {
  assert.equal(bought('1000', '1000', '0'), 'too-coarse');
  assert.equal(bought('0', '0', '0'), 'too-coarse');
  // 5 units of equity on 2 shares: a share costs 2 units.
  const [equity, total] = ['0.000000000000000005', '0.000000000000000002'];
  assert.equal(bought(equity, total, unit), 'too-coarse');
  assert.equal(bought(equity, total, '0.000000000000000002'), unit);
  assert.equal(bought(equity, total, '0.000000000000000003'), 'too-coarse');
  // A unit lost of a billion units and one, and of a billion less one.
  assert.equal(bought(equity, total, '0.000000001000000001'), '0.0000000005');
  assert.equal(bought(equity, total, '0.000000000999999999'), 'too-coarse');
  // Exactly a billionth: a share costs 3 units, and one unit of a billion is left.
  const dear = ['0.000000000000000008', '0.000000000000000002'] as const;
  assert.equal(bought(...dear, '0.000000001'), '0.000000000333333333');
  // What was left without an owner makes the one share there is dear: of nobody.
  assert.equal(bought('1000', '0', '1000'), 'too-coarse');
  assert.equal(bought('1000', '0', '1000.000000000000000001'), unit);
});

test('a vault with shares and without equity takes nothing; with a unit of it, it does', () => {
  assert.equal(bought('0', '1000', '500'), 'no-equity');
  assert.equal(bought('-1', '1000', '500'), 'no-equity');
  assert.equal(bought(`-${unit}`, '0', '500'), 'no-equity');
  assert.equal(bought(unit, '1000', unit), '500');
});

test('more shares than can be counted are refused', () => {
  assert.equal(bought(unit, '100000000000', '1000000000'), 'beyond-range');
});

test('the last provider leaves with all but the share of nobody', () => {
  assert.equal(paid('1000', '1000', '1000'), '1000');
  assert.equal(paid('2000', '1000', '1000'), '1999.999999999999999999');
  assert.equal(paid('500', '1000', '1000'), '500');
  assert.equal(paid('0.000000000000000003', unit, unit), '0.000000000000000002');
});

test('a payout is the part of the equity, rounded down', () => {
  assert.equal(paid('2000', '1000', '250'), '499.999999999999999999');
  assert.equal(paid('1000', '1000', '250'), '250');
  assert.equal(paid('100', '3', '1'), '33.333333333333333322');
  assert.equal(paid('100', '3', '0'), '0');
  assert.equal(paid('0', '1000', '1000'), '0');
  assert.equal(paid('-5', '1000', '1000'), '0');
});

test('what a share is worth, and that there is no price without equity', () => {
  assert.equal(priceOf('0', '0'), '1');
  assert.equal(priceOf('2000', '1000'), '1.999999999999999999');
  assert.equal(priceOf('500', '1000'), '0.5');
  assert.equal(priceOf('0', '1'), null);
  assert.equal(priceOf('-1', '0'), null);
  assert.equal(priceOf('1000', '0'), null, 'beyond the range of a ratio');
});

test('contract violations', () => {
  assert.throws(() => bought('1', '1', '-1'), /VAULT_SHARES/);
  assert.throws(() => bought('1', '-1', '1'), /VAULT_SHARES/);
  assert.throws(() => paid('1', '1', '1.000000000000000001'), /VAULT_SHARES/);
  assert.throws(() => paid('1', '1', `-${unit}`), /VAULT_SHARES/);
  assert.throws(() => priceOf('1', '-1'), /VAULT_SHARES/);
});
