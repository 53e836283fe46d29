/**
 * Published liquidation, bankruptcy and fillable prices and sizes, put to the formulas.
 * @module
 */
import {
  ceilTo,
  divDown,
  formatDecimal,
  money,
  mulUp,
  neg,
  notionalDown,
  price,
  ratio,
  size,
  sub,
} from '../../src/units/index.ts';
import { field, flatTier, output, printed, type Reading, scaled } from './venue-vector.ts';

type Values = Readonly<Record<string, unknown>>;

/** An account as the dYdX tests state it: cash, positions by market, one fraction. */
function plainAccount(inputs: Values) {
  const oracle = inputs['oracle'] as Values;
  return {
    balance: field(inputs, 'quoteBalanceUsd'),
    positions: Object.entries(inputs['positions'] as Values).map(([market, held]) => ({
      market,
      size: printed(held),
      markPrice: printed(oracle[market]),
      tiers: flatTier(field(inputs, 'mmf')),
    })),
  };
}

const bankruptcyQuote: Reading = ({ inputs, expected }) => [
  {
    what: 'bankruptcyQuote',
    ours: output(
      'bankruptcy-price',
      {
        ...plainAccount(inputs),
        market: inputs['market'],
        sizeDelta: field(inputs, 'deltaBase'),
      },
      'bankruptcyQuote',
    ),
    theirs: field(expected, 'bankruptcyQuoteUsd'),
    rounding: 'exact',
  },
];

const bankruptcyQuoteRounding: Reading = ({ inputs, expected }) => [
  {
    what: 'bankruptcyQuote',
    ours: output(
      'bankruptcy-price',
      {
        balance: scaled(inputs['quoteBalanceMicroUsd'], 6),
        positions: [
          {
            market: 'BTC',
            size: printed((inputs['positionsBase'] as Values)['BTC']),
            markPrice: printed((inputs['oracle'] as Values)['BTC']),
            tiers: flatTier(field(inputs, 'mmf')),
          },
        ],
        market: 'BTC',
        sizeDelta: scaled(inputs['deltaBaseQuantums'], 8),
      },
      'bankruptcyQuote',
    ),
    theirs: scaled(expected['bankruptcyQuoteMicroUsd'], 6),
    rounding: 'up',
  },
];

const fillable: Reading = ({ inputs, expected }) => [
  {
    what: 'fillablePrice',
    ours: output(
      'fillable-price',
      {
        ...plainAccount(inputs),
        market: inputs['market'],
        bankruptcyAdjustment: field(inputs, 'bankruptcyAdjustment'),
        spreadToMaintenanceMarginRatio: field(inputs, 'spreadToMaintenanceMarginRatio'),
      },
      'fillablePrice',
    ),
    theirs: field(expected, 'fillablePrice'),
    rounding: 'exact',
  },
];

const signed = (held: string, isShort: boolean): string =>
  isShort ? formatDecimal(neg(size(held))) : held;

const entryValueOf = (held: string, at: string): string =>
  formatDecimal(notionalDown(size(held), price(at)));

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

/** One coin's worth of contracts with 1/leverage of a coin behind it. */
const inverseBankruptcy: Reading = ({ inputs, expected }) => {
  const entry = field(inputs, 'entry');
  const ours = output(
    'bankruptcy-price',
    {
      balance: formatDecimal(divDown(money('1'), ratio(field(inputs, 'leverage')))),
      positions: [
        {
          market: 'BTC',
          kind: 'inverse',
          size: entry,
          entryValue: '-1',
          markPrice: entry,
          tiers: flatTier('0.005'),
        },
      ],
      market: 'BTC',
      sizeDelta: signed(entry, true),
    },
    'bankruptcyPrice',
  );
  const atTick = formatDecimal(ceilTo(price(String(ours)), price(field(inputs, 'tick'))));
  return [
    {
      what: 'bankruptcyPrice',
      ours,
      theirs: field(expected, 'bankruptcyPrice'),
      rounding: 'nearest',
    },
    {
      what: 'bankruptcyPrice at the tick',
      ours: atTick,
      theirs: field(expected, 'rounded'),
      rounding: 'exact',
    },
  ];
};

const linearBankruptcy: Reading = ({ inputs, expected }) => {
  const held = field(inputs, 'size');
  const entry = field(inputs, 'entry');
  const balance = printed(Number(inputs['positionMargin']) + Number(inputs['walletBalance']));
  return [
    {
      what: 'bankruptcyPrice',
      ours: output(
        'bankruptcy-price',
        {
          balance,
          positions: [
            {
              market: 'BTC',
              size: held,
              entryValue: entryValueOf(held, entry),
              markPrice: entry,
              tiers: flatTier('0.005'),
            },
          ],
          market: 'BTC',
          sizeDelta: signed(held, true),
        },
        'bankruptcyPrice',
      ),
      theirs: field(expected, 'bankruptcyPrice'),
      rounding: 'exact',
    },
  ];
};

/** Ten units that lack the stated margin: what to close does not depend on how many they are. */
const partialSize: Reading = ({ inputs, expected }) => {
  const mark = field(inputs, 'oraclePrice');
  const fraction = field(inputs, 'marginRatio');
  const notional = entryValueOf('10', mark);
  const required = mulUp(money(notional), ratio(fraction));
  const closed = output(
    'close-out-size',
    {
      equity: formatDecimal(sub(required, money(field(inputs, 'marginShortage')))),
      notional,
      maintenanceMarginFraction: fraction,
      targetRatio: '1',
      penaltyFraction: field(inputs, 'liquidatorFee'),
      slippageFraction: field(inputs, 'insuranceFee'),
    },
    'closeOutNotional',
  );
  return [
    {
      what: 'closeOutNotional / mark',
      ours: formatDecimal(divDown(money(String(closed)), ratio(mark))),
      theirs: field(expected, 'baseAmount'),
      rounding: 'exact',
    },
  ];
};

export const liquidationReadings: Readonly<Record<string, Reading>> = {
  bankruptcy_price_quote: bankruptcyQuote,
  bankruptcy_price_quote_rounding: bankruptcyQuoteRounding,
  fillable_price: fillable,
  liquidation_price_usdm_isolated: usdmLiquidation,
  liquidation_price_usdm_crossmargin: usdmLiquidation,
  liquidation_price_gate_okx: feeInFraction,
  liquidation_price_bybit_linear: marginOnEntry,
  liquidation_price: isolatedExample,
  inverse_cross_bankruptcy_and_liquidation: inverseCross,
  inverse_bankruptcy_price: inverseBankruptcy,
  linear_bankruptcy_price: linearBankruptcy,
  partial_liquidation_size: partialSize,
};
