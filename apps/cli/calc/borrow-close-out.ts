/**
 * How much of a debt is closed, and what the liquidator gets for it.
 * @module
 */
import {
  borrowCloseOut,
  closeFactor,
  closeFactorCloseOut,
  collateralSeizure,
  deficitCloseOut,
} from 'plimsoll/risk';
import { rawOf, valueDown, ZERO_MONEY, ZERO_RATIO } from 'plimsoll/units';
import { valueProblem } from './borrow-assets.ts';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { AMOUNT_IN_RANGE, amount, isAmountInRange, money, price, ratio } from './quantity.ts';
import { fallback, optional, refused, type ValueOf, variants } from './shape.ts';

const ONE = 10n ** 18n;

const fraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

const priced = {
  debtPrice: price('Price of the debt that is repaid', { above: '0' }),
  liquidationBonus: ratio('What the liquidator gets beyond the debt repaid, per unit of it', {
    atLeast: '0',
  }),
};
const minLeftover = fallback(
  money('Least value of debt, and of collateral beside a debt, that may be left; default 0', {
    atLeast: '0',
  }),
  ZERO_MONEY,
);
const collateralValue = optional(
  money('Value of the collateral that is taken; absent: enough', { atLeast: '0' }),
);
const debtAmount = amount('Units owed of the debt that is repaid', { atLeast: '0' });

const targetFields = {
  ...priced,
  totalDebtValue: money('Value of all debts, D', { atLeast: '0' }),
  liquidationThreshold: fraction('Threshold of the collateral that is taken, LT'),
  healthFactor: ratio('HF, rounded down', { atLeast: '0' }),
  targetHealthFactor: ratio('T', { above: '0' }),
  debtAmount: optional({ ...debtAmount, meaning: `${debtAmount.meaning}; default D / debtPrice` }),
  collateralValue,
  minLeftover,
};
const factorFields = {
  ...priced,
  debtAmount,
  collateralValue: money('Value of the collateral that is taken', { atLeast: '0' }),
  minLeftover,
  healthFactor: ratio('HF, rounded down', { atLeast: '0' }),
  partialCloseFactor: ratio('Share while the account is not far gone', {
    above: '0',
    atMost: '1',
  }),
  fullCloseHealthFactor: fallback(
    ratio('At or below this health all is closed; default 0', { atLeast: '0' }),
    ZERO_RATIO,
  ),
  fullCloseValue: fallback(
    money('With less on either side all is closed; default 0', { atLeast: '0' }),
    ZERO_MONEY,
  ),
};
const deficitFields = {
  ...priced,
  marginDeficit: money('Requirement less margin equity'),
  collateralWeight: fraction('Share of its value that the collateral counts for'),
  liabilityWeight: ratio('Factor by which the debt counts', { atLeast: '1' }),
  insuranceFraction: fallback(
    fraction('Share of the repayment to the fund; default 0'),
    ZERO_RATIO,
  ),
  debtAmount,
  collateralValue,
  minLeftover,
};
const seizureFields = {
  ...priced,
  debtToRepay: amount('Units of the debt offered', { atLeast: '0' }),
  collateralAmount: amount('Units of the collateral there are', { atLeast: '0' }),
  collateralPrice: price('Price of the collateral', { above: '0' }),
  protocolFeeFraction: fallback(fraction('Share of the bonus that is kept; default 0'), ZERO_RATIO),
};

function byTarget(input: ValueOf<typeof targetFields>): CalcOutcome {
  const owed = (rawOf(input.totalDebtValue) * ONE) / rawOf(input.debtPrice);
  if (!isAmountInRange(owed)) {
    return refused('totalDebtValue', `expected a debt of ${AMOUNT_IN_RANGE}`);
  }
  return answer({ debtToRepay: shown(borrowCloseOut(input).debtToRepay) });
}

function byFactor(input: ValueOf<typeof factorFields>): CalcOutcome {
  const { debtAmount: owed, debtPrice, collateralValue: value, minLeftover: least } = input;
  const problem = valueProblem({ amount: owed, price: debtPrice });
  if (problem !== null) return refused('debtAmount', problem);
  const share = closeFactor({ ...input, debtValue: valueDown(owed, debtPrice) });
  const { debtToRepay } = closeFactorCloseOut({
    closeFactor: share,
    debtAmount: owed,
    debtPrice,
    liquidationBonus: input.liquidationBonus,
    collateralValue: value,
    minLeftover: least,
  });
  return answer({ closeFactor: shown(share), debtToRepay: shown(debtToRepay) });
}

function bySeizure(input: ValueOf<typeof seizureFields>): CalcOutcome {
  const { debtRepaid, seized, protocolFee, toLiquidator } = collateralSeizure(input);
  return answer({
    debtRepaid: shown(debtRepaid),
    seized: shown(seized),
    protocolFee: shown(protocolFee),
    toLiquidator: shown(toLiquidator),
  });
}

export const borrowCloseOutCalc = calc({
  name: 'borrow-close-out',
  summary: 'How much of a debt to repay, and the collateral that a repayment buys.',
  source:
    'Aave v4 (target-health), Aave v2 and v3 (close-factor, seizure), Drift v2 (margin-deficit); ' +
    'leftovers Aave v3.3',
  input: variants('What sizes it; seizure: what it buys', {
    standard: 'target-health',
    cases: {
      'target-health': targetFields,
      'close-factor': factorFields,
      'margin-deficit': deficitFields,
      seizure: seizureFields,
    },
  }),
  outputs: {
    debtToRepay: 'amount; not of a seizure',
    closeFactor: 'ratio; close-factor only',
    debtRepaid: 'amount; seizure only',
    seized: 'amount of the collateral; seizure only',
    protocolFee: 'amount of the collateral; seizure only',
    toLiquidator: 'amount of the collateral; seizure only',
  },
  compute: (given) => {
    if (given.variant === 'target-health') return byTarget(given.input);
    if (given.variant === 'close-factor') return byFactor(given.input);
    if (given.variant === 'seizure') return bySeizure(given.input);
    return answer({ debtToRepay: shown(deficitCloseOut(given.input).debtToRepay) });
  },
});
