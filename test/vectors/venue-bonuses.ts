/**
 * Published bonuses of liquidators, and what they seize, put to the formulas.
 * @module
 */
import {
  add,
  amount,
  formatDecimal,
  mulDown,
  ONE_RATIO,
  price,
  ratio,
  ratioDown,
  sub,
  valueDown,
} from '../../src/units/index.ts';
import { type Comparison, calculated, field, output, type Reading } from './venue-vector.ts';

/** Venues publish one plus the bonus. */
const onePlus = (bonus: unknown): string => formatDecimal(add(ONE_RATIO, ratio(String(bonus))));

/** The least bonus is stated as a part of the largest. */
const linear: Reading = ({ inputs, expected }) => {
  const maxBonus = sub(ratio(field(inputs, 'maxLiquidationBonus')), ONE_RATIO);
  const minBonus = mulDown(maxBonus, ratio(field(inputs, 'liquidationBonusFactor')));
  const full = inputs['healthFactorForMaxBonus'];
  const bonus = output(
    'liquidation-bonus',
    {
      model: 'linear',
      healthFactor: field(inputs, 'healthFactor'),
      minBonus: formatDecimal(minBonus),
      maxBonus: formatDecimal(maxBonus),
      // Where it is not stated, the health factor of the example makes no use of it.
      healthFactorForMaxBonus: full === undefined ? '0' : field(inputs, 'healthFactorForMaxBonus'),
    },
    'bonus',
  );
  const name = Object.keys(expected)[0]!;
  return [
    { what: '1 + bonus', ours: onePlus(bonus), theirs: field(expected, name), rounding: 'exact' },
  ];
};

const incentive: Reading = ({ inputs, expected }) => [
  {
    what: '1 + bonus',
    ours: onePlus(
      output(
        'liquidation-bonus',
        {
          model: 'incentive-factor',
          lltv: field(inputs, 'lltv'),
          cursor: field(inputs, 'cursor'),
          maxFactor: field(inputs, 'maxLif'),
        },
        'bonus',
      ),
    ),
    theirs: field(expected, 'lif'),
    rounding: 'nearest',
  },
];

/** What the debt leaves once all of the collateral is seized is nobody's but the pool's. */
const dynamicDiscount: Reading = ({ inputs, expected }) => {
  const held = valueDown(
    amount(field(inputs, 'collateralAmt')),
    price(field(inputs, 'collateralPrice')),
  );
  const debt = amount(field(inputs, 'debtAmt'));
  const owed = valueDown(debt, price(field(inputs, 'debtPrice')));
  const healthScore = ratioDown(mulDown(held, ratio(field(inputs, 'ltv'))), owed);
  const { repaid, seized } = calculated('liquidation-bonus', {
    model: 'discount-factor',
    healthScore: formatDecimal(healthScore),
    maxDiscount: field(inputs, 'maxDiscount'),
    seizure: {
      debt: field(inputs, 'debtAmt'),
      debtPrice: field(inputs, 'debtPrice'),
      collateral: field(inputs, 'collateralAmt'),
      collateralPrice: field(inputs, 'collateralPrice'),
    },
  });
  const isSoldOut = seized === field(inputs, 'collateralAmt');
  const left = isSoldOut ? formatDecimal(sub(debt, amount(String(repaid)))) : '0';
  const ours = {
    healthScore: formatDecimal(healthScore),
    maxRepay: repaid,
    maxYield: seized,
    socialisedDebt: left,
  };
  return Object.entries(ours).map(
    ([what, value]): Comparison => ({
      what,
      ours: value,
      theirs: field(expected, what),
      rounding: 'nearest',
    }),
  );
};

export const bonusReadings: Readonly<Record<string, Reading>> = {
  variable_liquidation_bonus: linear,
  liquidation_incentive_factor: incentive,
  dynamic_discount_liquidation: dynamicDiscount,
};
