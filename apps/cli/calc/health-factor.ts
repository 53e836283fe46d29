/**
 * How far a borrower is from liquidation.
 * @module
 */
import { healthFactor } from 'plimsoll/risk';
import { assetLimits, collateralFields, debts, valueProblem } from './borrow-assets.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { ratio } from './quantity.ts';
import { checked, list, record } from './shape.ts';

const collateral = checked(
  record('A collateral asset', {
    ...collateralFields,
    liquidationThreshold: ratio('Share of the value that stands behind debts', {
      atLeast: '0',
      atMost: '1',
    }),
  }),
  valueProblem,
);

export const healthFactorCalc = calc({
  name: 'health-factor',
  summary: 'Collateral that stands behind debts, per unit of debt; liquidatable below 1.',
  source: 'Aave v2 and v3, health factor',
  input: record('', {
    collaterals: list('What is held as collateral', collateral, assetLimits),
    debts,
  }),
  outputs: { healthFactor: 'ratio | "no-debt"' },
  compute: (input) => {
    const factor = healthFactor(input);
    return answer({ healthFactor: factor === 'no-debt' ? factor : shown(factor) });
  },
});
