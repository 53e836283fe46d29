/**
 * A remaining loss spread over profits, over profits and then principal, or over the open
 * interest of a market.
 * @module
 */
import { lossIndexDelta, lossIndexPayment, principalLoss, socializedLoss } from 'plimsoll/risk';
import { abs, isNegative, isPositive, rawOf, sub, sum, ZERO_MONEY } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { isMoneyInRange, MONEY_IN_RANGE, money, size } from './quantity.ts';
import { id, list, record, refused, type ValueOf, variants } from './shape.ts';

const ACCOUNTS_MAX = 10_000;
const ONE = 10n ** 18n;

const loss = money('What is to be borne', { atLeast: '0' });
const account = id('Account; each once');
const limits = { atMost: ACCOUNTS_MAX, unique: 'account' } as const;

const profitFields = {
  loss,
  accounts: list(
    'Every account that may bear it',
    record('An account', { account, unrealizedPnl: money('Only a profit bears anything') }),
    limits,
  ),
};

const principalFields = {
  loss,
  accounts: list(
    'Every account that may bear it',
    record('An account', {
      account,
      unrealizedPnl: money('A profit bears first'),
      principal: money('What it holds without its profit; bears what profits cannot'),
    }),
    limits,
  ),
};

const openInterestFields = {
  loss,
  accounts: list(
    'Every position of the market but the bankrupt one',
    record('A position', { account, size: size('Signed; long and short pay alike') }),
    limits,
  ),
};

function byProfit(input: ValueOf<typeof profitFields>): CalcOutcome {
  const { allocations, unallocated } = socializedLoss(input);
  return answer({
    allocations: allocations.map(({ account: payer, amount }) => ({
      account: payer,
      amount: shown(amount),
    })),
    unallocated: shown(unallocated),
  });
}

function byPrincipal(input: ValueOf<typeof principalFields>): CalcOutcome {
  const { allocations, unallocated } = principalLoss(input);
  return answer({
    allocations: allocations.map(({ account: payer, amount, fromPrincipal }) => ({
      account: payer,
      amount: shown(amount),
      fromPrincipal: shown(fromPrincipal),
    })),
    unallocated: shown(unallocated),
  });
}

function byOpenInterest(input: ValueOf<typeof openInterestFields>): CalcOutcome {
  const { accounts, loss: borne } = input;
  const open = accounts.reduce((total, { size: held }) => total + rawOf(abs(held)), 0n);
  if (open === 0n) {
    const allocations = accounts.map((each) => ({ account: each.account, amount: '0' }));
    const output = { allocations, lossIndexDelta: null, surplus: '0', unallocated: shown(borne) };
    return answer(output);
  }
  if (!isMoneyInRange(open)) {
    return refused('accounts', `expected sizes of which the sum has ${MONEY_IN_RANGE}`);
  }
  if (!isMoneyInRange((rawOf(borne) * ONE) / open)) {
    return refused('loss', `expected a loss per unit of open size of ${MONEY_IN_RANGE}`);
  }
  const sizes = accounts.map((each) => each.size);
  const delta = lossIndexDelta({
    loss: borne,
    longSize: sum(sizes.filter(isPositive)),
    shortSize: abs(sum(sizes.filter(isNegative))),
  });
  const payments = sizes.map((held) => lossIndexPayment({ size: held, delta }));
  return answer({
    allocations: accounts.map((each, index) => ({
      account: each.account,
      amount: shown(payments[index]!),
    })),
    lossIndexDelta: shown(delta),
    surplus: shown(sub(sum(payments), borne)),
    unallocated: shown(ZERO_MONEY),
  });
}

export const socializedLossCalc = calc({
  name: 'socialized-loss',
  summary: 'A remaining loss taken from profits, opt-in from principal, or per unit of open size.',
  source: 'Plimsoll (profit); Drift v2, resolution of a perpetual bankruptcy (open-interest)',
  input: variants('Who bears it', {
    standard: 'profit',
    cases: {
      profit: profitFields,
      principal: principalFields,
      'open-interest': openInterestFields,
    },
  }),
  outputs: {
    'allocations[].account': 'id',
    'allocations[].amount': 'money',
    'allocations[].fromPrincipal': 'money, part of the amount; principal only',
    lossIndexDelta: 'money per unit of size | null; open-interest only',
    surplus: 'money, to the insurance fund; open-interest only',
    unallocated: 'money',
  },
  compute: (given) => {
    if (given.variant === 'profit') return byProfit(given.input);
    if (given.variant === 'principal') return byPrincipal(given.input);
    return byOpenInterest(given.input);
  },
});
