/**
 * Where closing stops to help.
 * @module
 */
import { loanToValueFrontier, toxicFrontier } from 'plimsoll/risk';
import type { Ratio } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { variants } from './shape.ts';

const perpetualFields = {
  marginEquity: money('Margin equity of the account, signed'),
  maintenanceMargin: money('Maintenance margin of the account', { above: '0' }),
  maintenanceMarginFraction: ratio('μ of the leg that is closed', { atLeast: '0', atMost: '1' }),
  costFraction: ratio('Penalty and slippage per unit closed', { atLeast: '0', atMost: '1' }),
};

const seizureFields = {
  liquidationBonus: ratio('What the liquidator gets beyond the debt repaid', { atLeast: '0' }),
  seizedValue: money('Value of the collateral sold, c', { atLeast: '0' }),
};

const frontier = (ltvFrontier: Ratio) => answer({ ltvFrontier: shown(ltvFrontier) });

export const toxicFrontierCalc = calc({
  name: 'toxic-frontier',
  summary: 'Whether closing a little raises the margin ratio; or the loan to value where it stops.',
  source: 'Plimsoll; lending after Warmuz, Chaudhary and Pinna 2022, Toxic Liquidation Spirals',
  input: variants('What is closed, and where it is sold', {
    standard: 'perpetual',
    cases: {
      perpetual: perpetualFields,
      'lending-constant-product': {
        ...seizureFields,
        depth: money("Value of the pool's collateral, y", { above: '0' }),
      },
      'lending-linear': {
        ...seizureFields,
        slippagePerMoney: ratio('Slippage per unit of money sold, φ', { atLeast: '0' }),
      },
    },
  }),
  outputs: {
    improves: 'boolean; perpetual only',
    frontierCost: 'ratio | null beyond its range; perpetual only',
    ltvFrontier: 'ratio; lending only',
  },
  compute: (given) => {
    if (given.variant === 'perpetual') {
      const { improves, frontierCost } = toxicFrontier(given.input);
      return answer({ improves, frontierCost: shown(frontierCost) });
    }
    if (given.variant === 'lending-linear') {
      const { slippagePerMoney, ...seizure } = given.input;
      const market = { model: 'linear', slippagePerMoney } as const;
      return frontier(loanToValueFrontier({ ...seizure, market }));
    }
    const { depth, ...seizure } = given.input;
    return frontier(
      loanToValueFrontier({ ...seizure, market: { model: 'constant-product', depth } }),
    );
  },
});
