/**
 * Published liquidation prices, put to the formulas.
 * @module
 */
import { divDown, formatDecimal, money, mulUp, neg, ratio, sub } from '../../src/units/index.ts';
import {
  entryValueOf,
  field,
  flatTier,
  output,
  type Reading,
  signed,
  type Values,
} from './venue-vector.ts';

/** Two tiers of which the upper has that fraction and that deduction, from a low floor. */
function tiersWithDeduction(fraction: string, deduction: string) {
  const lower = formatDecimal(divDown(ratio(fraction), ratio('2')));
  const floor = formatDecimal(divDown(money(deduction), ratio(lower)));
  return [...flatTier(lower), { notionalFloor: floor, maintenanceMarginFraction: fraction }];
}

function usdmLeg(market: string, leg: Values) {
  return {
    market,
    size: field(leg, 'q'),
    entryValue: entryValueOf(field(leg, 'q'), field(leg, 'ep')),
    markPrice: field(leg, 'mark'),
    tiers: tiersWithDeduction(field(leg, 'mmr'), field(leg, 'cum')),
  };
}

/** A position that stands alone; with a wallet and a maintenance amount as Binance states them. */
function isolatedLeg(inputs: Values) {
  const entry = field(inputs, 'entry');
  const held = signed(field(inputs, 'amount'), inputs['isShort'] === true);
  return { market: 'ETH', size: held, entryValue: entryValueOf(held, entry), markPrice: entry };
}

const usdmLiquidation: Reading = ({ inputs, expected }) => {
  const isWorkedExample = inputs['position'] !== undefined;
  const other = inputs['other'] as Values | null | undefined;
  const positions = isWorkedExample
    ? [usdmLeg('ETH', inputs['position'] as Values), ...(other ? [usdmLeg('BTC', other)] : [])]
    : [
        {
          ...isolatedLeg(inputs),
          tiers: tiersWithDeduction(field(inputs, 'mmr'), field(inputs, 'maintenanceAmount')),
        },
      ];
  return [
    {
      what: 'liquidationPrice',
      ours: output(
        'liquidation-price',
        { balance: field(inputs, 'walletBalance'), positions, market: 'ETH' },
        'liquidationPrice',
      ),
      theirs: field(expected, 'liquidationPrice'),
      rounding: 'nearest',
    },
  ];
};

const feeInFraction: Reading = ({ inputs, expected }) => {
  const fraction = mulUp(ratio('1'), ratio(field(inputs, 'mmr')));
  const withFee = formatDecimal(sub(fraction, neg(ratio(field(inputs, 'takerFee')))));
  const position = { ...isolatedLeg(inputs), tiers: flatTier(withFee) };
  return [
    {
      what: 'liquidationPrice',
      ours: output(
        'liquidation-price',
        { balance: field(inputs, 'margin'), positions: [position], market: 'ETH' },
        'liquidationPrice',
      ),
      theirs: field(expected, 'liquidationPrice'),
      rounding: 'nearest',
    },
  ];
};

/** Their requirement is a fraction of the entry value; ours of the value at the mark. Exact. */
const marginOnEntry: Reading = ({ inputs, expected }) => {
  const position = { ...isolatedLeg(inputs), tiers: flatTier(field(inputs, 'mmr')) };
  const entryValue = money(entryValueOf(field(inputs, 'amount'), field(inputs, 'entry')));
  const balance = formatDecimal(divDown(entryValue, ratio(field(inputs, 'leverage'))));
  return [
    {
      what: 'liquidationPrice',
      ours: output(
        'liquidation-price',
        { balance, positions: [position], market: 'ETH' },
        'liquidationPrice',
      ),
      theirs: field(expected, 'liquidationPrice'),
      rounding: 'exact',
    },
  ];
};

const isolatedExample: Reading = ({ inputs, expected }) => {
  const mark = field(inputs, 'price');
  const held = field(inputs, 'positionSize');
  const position = {
    market: 'ETH',
    size: held,
    entryValue: entryValueOf(held, mark),
    markPrice: mark,
    tiers: flatTier(field(inputs, 'l')),
  };
  return [
    {
      what: 'liquidationPrice',
      ours: output(
        'liquidation-price',
        { balance: field(inputs, 'isolatedMargin'), positions: [position], market: 'ETH' },
        'liquidationPrice',
      ),
      theirs: field(expected, 'liqPrice'),
      rounding: 'nearest',
    },
  ];
};

/** Entered at the mark: 10,000 contracts at 8,000 cost 1.25 coins. */
const inverseCross: Reading = ({ inputs, expected }) => {
  const held = field(inputs, 'contracts');
  const account = {
    balance: field(inputs, 'accountBalanceBtc'),
    positions: [
      {
        market: 'BTC',
        kind: 'inverse',
        size: held,
        entryValue: '-1.25',
        markPrice: field(inputs, 'entry'),
        tiers: flatTier(field(inputs, 'mmr')),
      },
    ],
    market: 'BTC',
  };
  const sizeDelta = signed(held, true);
  return [
    {
      what: 'bankruptcyPrice',
      ours: output('bankruptcy-price', { ...account, sizeDelta }, 'bankruptcyPrice'),
      theirs: field(expected, 'bankruptcyPrice'),
      rounding: 'nearest',
    },
    {
      what: 'liquidationPrice',
      ours: output('liquidation-price', account, 'liquidationPrice'),
      theirs: field(expected, 'liquidationPrice'),
      rounding: 'nearest',
    },
  ];
};

export const liquidationReadings: Readonly<Record<string, Reading>> = {
  liquidation_price_usdm_isolated: usdmLiquidation,
  liquidation_price_usdm_crossmargin: usdmLiquidation,
  liquidation_price_gate_okx: feeInFraction,
  liquidation_price_bybit_linear: marginOnEntry,
  liquidation_price: isolatedExample,
  inverse_cross_bankruptcy_and_liquidation: inverseCross,
};
