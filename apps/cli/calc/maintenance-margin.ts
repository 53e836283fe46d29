/**
 * Margin to keep a position.
 * @module
 */
import { maintenanceMarginDetail } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { notional, tiers } from './margin-tiers.ts';
import { record } from './shape.ts';

export const maintenanceMarginCalc = calc({
  name: 'maintenance-margin',
  summary: 'Margin to keep a position, marginal over the tiers of its notional.',
  source: 'Plimsoll; the deduction form is common to exchange margin tables',
  input: record('', { tiers, notional }),
  outputs: {
    maintenanceMargin: 'money',
    maintenanceMarginFraction: 'ratio',
    deduction: 'money',
  },
  compute: (input) => {
    const detail = maintenanceMarginDetail(input);
    return answer({
      maintenanceMargin: shown(detail.maintenanceMargin),
      maintenanceMarginFraction: shown(detail.maintenanceMarginFraction),
      deduction: shown(detail.deduction),
    });
  },
});
