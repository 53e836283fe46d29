/**
 * What a borrower may still take out.
 * @module
 */
import { maxBorrow } from 'plimsoll/risk';
import { assetLimits, collateralFields, debts, valueProblem } from './borrow-assets.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { price, ratio } from './quantity.ts';
import { checked, fallback, list, record } from './shape.ts';

const collateral = checked(
  record('A collateral asset', {
    ...collateralFields,
    loanToValue: ratio('Share of the value that may be borrowed', { atLeast: '0', atMost: '1' }),
  }),
  valueProblem,
);

export const maxBorrowCalc = calc({
  name: 'max-borrow',
  summary: 'Most that may be borrowed within the loan to value, beyond what is owed.',
  source: 'Aave v2 and v3, borrowing power',
  input: record('', {
    collaterals: list('What is held as collateral', collateral, assetLimits),
    debts: fallback({ ...debts, meaning: 'What is owed already; default nothing' }, []),
    debtPrice: price('Price of the asset to borrow', { above: '0' }),
  }),
  outputs: { maxBorrow: 'amount', maxBorrowValue: 'money' },
  compute: (input) => {
    const { maxBorrow: most, maxBorrowValue } = maxBorrow(input);
    return answer({ maxBorrow: shown(most), maxBorrowValue: shown(maxBorrowValue) });
  },
});
