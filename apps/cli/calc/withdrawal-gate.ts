/**
 * Whether anybody may take money out.
 * @module
 */
import { withdrawalGate } from 'plimsoll/risk';
import { ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money } from './quantity.ts';
import { fallback, id, list, record } from './shape.ts';

const ACCOUNTS_MAX = 1000;

const account = record('An account in liquidation', {
  account: id('Its name; each once'),
  equity: money('Its equity at the marks there are, signed'),
});

export const withdrawalGateCalc = calc({
  name: 'withdrawal-gate',
  summary: 'Claims on the insurance fund, and whether withdrawals wait because they exceed it.',
  source: 'Plimsoll; deficits as in the auctions of insolvent accounts of Derive',
  input: record('', {
    insuranceFund: money('What the fund holds', { atLeast: '0' }),
    unallocatedLoss: fallback(
      money('Losses that nobody could bear yet', { atLeast: '0' }),
      ZERO_MONEY,
    ),
    accounts: list('Every account in liquidation', account, {
      atMost: ACCOUNTS_MAX,
      unique: 'account',
    }),
  }),
  outputs: { claims: 'money', gated: 'boolean' },
  compute: ({ accounts, ...funds }) => {
    const equities = accounts.map(({ equity }) => equity);
    const { claims, gated } = withdrawalGate({ ...funds, equities });
    return answer({ claims: shown(claims), gated });
  },
});
