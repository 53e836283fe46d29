/**
 * What a liquidator gets beyond the debt that it repays.
 * @module
 */
import {
  type DiscountedSeizureInput,
  discountedSeizure,
  type LiquidationBonusInput,
  liquidationBonus,
} from 'plimsoll/risk';
import { gt } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { amount, price, ratio } from './quantity.ts';
import { optional, record, refused, variants } from './shape.ts';

const seizureFields = {
  seizure: optional(
    record('Debt repaid for collateral at the bonus; absent: the bonus alone', {
      debt: amount('Most of the debt that is repaid', { atLeast: '0' }),
      debtPrice: price('Per unit of debt', { above: '0' }),
      collateral: amount('All that may be seized', { atLeast: '0' }),
      collateralPrice: price('Per unit of collateral', { above: '0' }),
    }),
  ),
};

const bonus = (meaning: string) => ratio(meaning, { atLeast: '0' });

type Given = LiquidationBonusInput & {
  readonly seizure: Omit<DiscountedSeizureInput, 'discountFactor'> | null;
};

function offered(given: Given): CalcOutcome {
  if (given.model === 'linear' && gt(given.minBonus, given.maxBonus)) {
    return refused('minBonus', 'expected at most maxBonus');
  }
  const offer = liquidationBonus(given);
  const rates = { bonus: shown(offer.bonus), discountFactor: shown(offer.discountFactor) };
  if (given.seizure === null) return answer(rates);
  const { discountFactor } = offer;
  const { repaid, seized } = discountedSeizure({ ...given.seizure, discountFactor });
  return answer({ ...rates, repaid: shown(repaid), seized: shown(seized) });
}

export const liquidationBonusCalc = calc({
  name: 'liquidation-bonus',
  summary: "A liquidator's bonus per unit of value repaid, and what it may seize for a debt.",
  source: 'Euler v2 (discount-factor), Aave v4 (linear), Morpho Blue (incentive-factor)',
  input: variants('What the bonus follows', {
    key: 'model',
    cases: {
      'discount-factor': {
        ...seizureFields,
        healthScore: ratio('Collateral at its threshold over debt', { atLeast: '0' }),
        maxDiscount: ratio('Largest discount on collateral', { atLeast: '0', below: '1' }),
      },
      linear: {
        ...seizureFields,
        healthFactor: ratio('Health factor of the account', { atLeast: '0' }),
        minBonus: bonus('Bonus at a health factor of 1'),
        maxBonus: bonus('Largest bonus, at least minBonus'),
        healthFactorForMaxBonus: ratio('Up to here the bonus is the largest', {
          atLeast: '0',
          below: '1',
        }),
      },
      'incentive-factor': {
        ...seizureFields,
        lltv: ratio('Liquidation loan to value', { atLeast: '0', atMost: '1' }),
        cursor: ratio('How much of 1 − lltv is offered', { atLeast: '0', below: '1' }),
        maxFactor: ratio('Largest value received per unit repaid', { atLeast: '1' }),
      },
    },
  }),
  outputs: {
    bonus: 'ratio, value received beyond the value repaid',
    discountFactor: 'ratio, value repaid per unit received',
    repaid: 'amount of debt; with seizure only',
    seized: 'amount of collateral; with seizure only',
  },
  compute: ({ variant: model, input }) => offered({ ...input, model } as Given),
});
