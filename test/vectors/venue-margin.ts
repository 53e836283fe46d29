/**
 * Published margin requirements, put to the formulas.
 * @module
 */
import { formatDecimal, money, notionalDown, price, size, sub } from '../../src/units/index.ts';
import {
  calculated,
  field,
  flatTier,
  output,
  printed,
  type Reading,
  scaled,
} from './venue-vector.ts';

const difference = (a: unknown, b: unknown): string =>
  formatDecimal(sub(money(String(a)), money(String(b))));

const scaledInitialMargin: Reading = ({ inputs, expected }) => [
  {
    what: 'initialMargin',
    ours: output(
      'initial-margin',
      {
        notional: scaled(inputs['positionNotionalMicro'], 6),
        initialMarginFraction: scaled(inputs['baseImfPpm'], 6),
        openInterestNotional: scaled(inputs['openInterestNotionalMicro'], 6),
        openInterestLower: scaled(inputs['lowerCapMicro'], 6),
        openInterestUpper: scaled(inputs['upperCapMicro'], 6),
      },
      'initialMargin',
    ),
    theirs: scaled(expected['initialMarginMicro'], 6),
    rounding: 'up',
  },
];

/** An account with that equity and that requirement: one leg at a tenth, entered at the mark. */
const isLiquidatable: Reading = ({ inputs, expected }) => {
  const required = printed(inputs['maintenanceMargin']);
  const notional = `${required}0`;
  const leg = { market: 'BTC', size: '1', entryValue: notional, markPrice: notional };
  const { healthy } = calculated('account-health', {
    balance: field(inputs, 'netCollateral'),
    collaterals: [],
    positions: required === '0' ? [] : [{ ...leg, tiers: flatTier('0.1') }],
  });
  return [
    {
      what: 'liquidatable',
      ours: healthy === false,
      theirs: expected['liquidatable'],
      rounding: 'exact',
    },
  ];
};

const perpetualWithProfit: Reading = ({ inputs, expected }) => {
  const held = field(inputs, 'size');
  const entryValue = formatDecimal(notionalDown(size(held), price(field(inputs, 'entry'))));
  const { marginEquity, maintenanceMargin, freeMargin } = calculated('account-health', {
    balance: field(inputs, 'cash'),
    collaterals: [],
    positions: [
      {
        market: 'ETH',
        size: held,
        entryValue,
        markPrice: field(inputs, 'perpPrice'),
        initialMarginFraction: field(inputs, 'imReq'),
        tiers: flatTier(field(inputs, 'mmReq')),
      },
    ],
  });
  return [
    {
      what: 'marginEquity − maintenanceMargin',
      ours: difference(marginEquity, maintenanceMargin),
      theirs: field(expected, 'netMaintenanceMargin'),
      rounding: 'truncated',
    },
    {
      what: 'freeMargin',
      ours: freeMargin,
      theirs: field(expected, 'netInitialMargin'),
      rounding: 'truncated',
    },
  ];
};

const availableMargin: Reading = ({ inputs, expected }) => {
  const profits = inputs['pnls'] as readonly number[];
  const { marginEquity, healthy } = calculated('account-health', {
    balance: field(inputs, 'collateral'),
    collaterals: [],
    positions: profits.map((profit, index) => ({
      market: `market-${index}`,
      size: '1',
      entryValue: printed(10_000 - profit),
      markPrice: '10000',
      tiers: flatTier('0.01'),
    })),
  });
  const theirs = field(expected, 'availableMargin');
  return [
    { what: 'marginEquity', ours: marginEquity, theirs, rounding: 'exact' },
    {
      what: 'liquidatable',
      ours: healthy === false,
      theirs: expected['liquidatable'],
      rounding: 'exact',
    },
  ];
};

const sizeScaledWeights: Reading = ({ inputs, expected }) => {
  const holding = {
    amount: field(inputs, 'tokenAmount'),
    concentrationFactor: field(inputs, 'imfFactor'),
  };
  const haircut = difference('1', field(inputs, 'initialAssetWeight'));
  const baseWeight = field(inputs, 'initialLiabilityWeight');
  return [
    {
      what: 'collateral weight',
      ours: output('collateral-weight', { ...holding, haircut }, 'weight'),
      theirs: field(expected, 'assetWeight'),
      rounding: 'truncated',
    },
    {
      what: 'liability weight',
      ours: output('liability-weight', { ...holding, baseWeight }, 'weight'),
      theirs: field(expected, 'liabilityWeight'),
      rounding: 'truncated',
    },
  ];
};

/** Their requirement grows with the size of the position against the skew; ours with tiers. */
const skewScaledMargin: Reading = ({ inputs, expected }) => [
  {
    what: 'initialMargin',
    ours: output(
      'initial-margin',
      {
        notional: field(inputs, 'price'),
        initialMarginFraction: field(inputs, 'minimumInitialMarginRatio'),
      },
      'initialMargin',
    ),
    theirs: field(expected, 'initialMargin'),
    rounding: 'exact',
  },
];

const sizeScaledInitialMargin: Reading = ({ inputs, expected }) => {
  const margin = calculated('initial-margin', {
    notional: field(inputs, 'positionBtc'),
    initialMarginFraction: field(inputs, 'baseIm'),
  });
  return [
    {
      what: 'initialMarginFraction',
      ours: margin['initialMarginFraction'],
      theirs: field(expected, 'imRate'),
      rounding: 'exact',
    },
    {
      what: 'initialMargin',
      ours: margin['initialMargin'],
      theirs: field(expected, 'imBtc'),
      rounding: 'exact',
    },
  ];
};

/** Half of the initial fraction at the largest leverage, to 18 digits. */
function maintenanceFraction(leverageMax: number): string {
  const raw = (10n ** 18n + BigInt(leverageMax)) / (2n * BigInt(leverageMax));
  return `0.${raw.toString().padStart(18, '0')}`;
}

const tieredMargin: Reading = ({ inputs, expected }) => {
  const tiers = inputs['tiers'] as readonly { lowerBound: number; maxLeverage: number }[];
  const margin = calculated('maintenance-margin', {
    tiers: tiers.map(({ lowerBound, maxLeverage }) => ({
      notionalFloor: printed(lowerBound),
      maintenanceMarginFraction: maintenanceFraction(maxLeverage),
    })),
    notional: field(inputs, 'notional'),
  });
  const pairs = [
    ['maintenanceMarginFraction', 'mmRate'],
    ['deduction', 'maintenanceDeduction'],
    ['maintenanceMargin', 'maintenanceMargin'],
  ] as const;
  return pairs.map(([what, theirs]) => ({
    what,
    ours: margin[what],
    theirs: field(expected, theirs),
    rounding: 'nearest',
  }));
};

/** Two tiers below it that leave the previous deduction: 40 · (0.025 − 0.011) = 0.56. */
const deductionRecursion: Reading = ({ inputs, expected }) => [
  {
    what: 'deduction',
    ours: output(
      'maintenance-margin',
      {
        tiers: [
          ...flatTier('0.011'),
          { notionalFloor: '40', maintenanceMarginFraction: field(inputs, 'mmrPrev') },
          {
            notionalFloor: field(inputs, 'bracketFloor'),
            maintenanceMarginFraction: field(inputs, 'mmrThis'),
          },
        ],
        notional: '60',
      },
      'deduction',
    ),
    theirs: field(expected, 'maintenanceAmount'),
    rounding: 'exact',
  },
];

const chosenLeverage: Reading = ({ inputs, expected }) => {
  const notional = field(inputs, 'notional');
  const chosen = inputs['chosenLeverage'] as readonly number[];
  const tiers = flatTier(maintenanceFraction(Number(inputs['assetMaxLeverage'])));
  const initial = expected['initialMargin'] as readonly number[];
  return [
    {
      what: 'maintenanceMargin',
      ours: output('maintenance-margin', { tiers, notional }, 'maintenanceMargin'),
      theirs: field(expected, 'maintenanceMargin'),
      rounding: 'exact',
    },
    ...chosen.map((leverage, index) => ({
      what: `initialMargin at ${leverage}×`,
      ours: output(
        'initial-margin',
        { notional, initialMarginFraction: printed(1 / leverage), tiers },
        'initialMargin',
      ),
      theirs: printed(initial[index]),
      rounding: 'exact' as const,
    })),
  ];
};

export const marginReadings: Readonly<Record<string, Reading>> = {
  open_interest_scaled_initial_margin: scaledInitialMargin,
  is_liquidatable: isLiquidatable,
  perp_margin_with_upnl: perpetualWithProfit,
  cross_margin_available: availableMargin,
  size_scaled_weights: sizeScaledWeights,
  skew_scaled_margin: skewScaledMargin,
  linear_size_scaled_initial_margin: sizeScaledInitialMargin,
  tiered_maintenance_margin: tieredMargin,
  maintenance_amount_recursion: deductionRecursion,
  maintenance_margin_independent_of_chosen_leverage: chosenLeverage,
};
