/**
 * Shares of the backstop vault.
 * @module
 */
import { vaultDeposit, vaultPayout, vaultSharePrice } from 'plimsoll/risk';
import { lte } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money, shares } from './quantity.ts';
import { refused, variants } from './shape.ts';

const vaultFields = {
  equity: money('What the vault is worth, signed'),
  totalShares: shares('All shares', { atLeast: '0' }),
};

export const vaultSharesCalc = calc({
  name: 'vault-shares',
  summary: 'Shares that a deposit into the backstop vault buys, or what shares are paid out.',
  source: 'Plimsoll; units of nobody as in ERC-4626 of OpenZeppelin',
  input: variants('Which way', {
    standard: 'deposit',
    cases: {
      deposit: { ...vaultFields, deposit: money('What is paid in', { atLeast: '0' }) },
      payout: { ...vaultFields, shares: shares('What is given back', { atLeast: '0' }) },
    },
  }),
  outputs: {
    shares: 'shares | null; deposit only',
    refusal: '"no-equity" | "too-coarse" | "beyond-range" | null; deposit only',
    payout: 'money; payout only',
    sharePrice: 'money per share before it | null without equity or beyond its range',
  },
  compute: (given) => {
    const sharePrice = shown(vaultSharePrice(given.input));
    if (given.variant === 'deposit') {
      const { shares: bought, refusal } = vaultDeposit(given.input);
      return answer({ shares: shown(bought), refusal, sharePrice });
    }
    if (!lte(given.input.shares, given.input.totalShares)) {
      return refused('shares', 'expected at most totalShares');
    }
    return answer({ payout: shown(vaultPayout(given.input)), sharePrice });
  },
});
