/**
 * Published numbers about borrowing, put to the formulas.
 * @module
 */
import { divDown, formatDecimal, ONE_RATIO, ratio, sub } from '../../src/units/index.ts';
import { calculated, field, output, type Reading } from './venue-vector.ts';

/** A multiplier of 1.05 is a bonus of 0.05. */
const bonusOf = (multiplier: string): string => formatDecimal(sub(ratio(multiplier), ONE_RATIO));

const targetHealth: Reading = ({ inputs, expected }) => [
  {
    what: 'debtToRepay',
    ours: output(
      'borrow-close-out',
      {
        totalDebtValue: field(inputs, 'totalDebtValue'),
        debtPrice: field(inputs, 'debtPrice'),
        liquidationThreshold: field(inputs, 'collateralFactor'),
        liquidationBonus: bonusOf(field(inputs, 'liquidationBonus')),
        healthFactor: field(inputs, 'healthFactor'),
        targetHealthFactor: field(inputs, 'targetHealthFactor'),
      },
      'debtToRepay',
    ),
    theirs: field(expected, 'debtToLiquidate'),
    rounding: 'exact',
  },
];

/** Half, as the notes say; the debt in units of one dollar. */
const closeFactor: Reading = ({ inputs, expected }) => [
  {
    what: 'closeFactor',
    ours: output(
      'borrow-close-out',
      {
        variant: 'close-factor',
        debtAmount: field(inputs, 'debtReserveUsd'),
        debtPrice: '1',
        liquidationBonus: '0',
        collateralValue: field(inputs, 'collateralReserveUsd'),
        healthFactor: field(inputs, 'healthFactor'),
        partialCloseFactor: '0.5',
        fullCloseHealthFactor: field(inputs, 'hfThreshold'),
        fullCloseValue: field(inputs, 'minBaseThresholdUsd'),
      },
      'closeFactor',
    ),
    theirs: field(expected, 'closeFactorOfTotalDebt'),
    rounding: 'exact',
  },
];

const seizure: Reading = ({ inputs, expected }) => {
  const ours = calculated('borrow-close-out', {
    variant: 'seizure',
    debtToRepay: field(inputs, 'debtToCover'),
    debtPrice: field(inputs, 'debtPrice'),
    collateralAmount: field(inputs, 'borrowerCollateral'),
    collateralPrice: field(inputs, 'collateralPrice'),
    liquidationBonus: bonusOf(field(inputs, 'liquidationBonus')),
    protocolFeeFraction: field(inputs, 'protocolFeePct'),
  });
  const names = { seized: 'totalSeized', protocolFee: 'protocolFee', toLiquidator: 'toLiquidator' };
  return Object.entries(names).map(([name, published]) => ({
    what: name,
    ours: ours[name],
    theirs: field(expected, published),
    rounding: 'exact',
  }));
};

/** The collateral goes at its multiplier over that of the debt. */
const liabilityTransfer: Reading = ({ inputs, expected }) => {
  const multiplier = divDown(
    ratio(field(inputs, 'assetLiqMultiplier')),
    ratio(field(inputs, 'liabilityLiqMultiplier')),
  );
  return [
    {
      what: 'debtToRepay',
      ours: output(
        'borrow-close-out',
        {
          variant: 'margin-deficit',
          marginDeficit: field(inputs, 'marginShortage'),
          collateralWeight: field(inputs, 'assetWeight'),
          liabilityWeight: field(inputs, 'liabilityWeight'),
          insuranceFraction: field(inputs, 'ifFee'),
          debtAmount: '1000',
          debtPrice: field(inputs, 'liabilityPrice'),
          liquidationBonus: formatDecimal(sub(multiplier, ONE_RATIO)),
        },
        'debtToRepay',
      ),
      theirs: field(expected, 'liabilityTransfer'),
      rounding: 'exact',
    },
  ];
};

const borrowable: Reading = ({ inputs, expected }) => [
  {
    what: 'maxBorrow',
    ours: output(
      'max-borrow',
      {
        collaterals: [
          {
            amount: field(inputs, 'tokenBalance'),
            price: field(inputs, 'oraclePrice'),
            loanToValue: field(inputs, 'ltv'),
          },
        ],
        debtPrice: '1',
      },
      'maxBorrow',
    ),
    theirs: field(expected, 'borrowable'),
    rounding: 'exact',
  },
];

export const lendingReadings: Readonly<Record<string, Reading>> = {
  debt_to_target_health_factor: targetHealth,
  close_factor: closeFactor,
  collateral_seize_with_protocol_fee: seizure,
  spot_liability_transfer_size: liabilityTransfer,
  portfolio_margin_borrowable: borrowable,
};
