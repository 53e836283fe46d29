/**
 * Published bankruptcy and fillable prices and close-out sizes, put to the formulas.
 * @module
 */
import {
  ceilTo,
  divDown,
  formatDecimal,
  money,
  mulUp,
  price,
  ratio,
  ratioDown,
  sub,
} from '../../src/units/index.ts';
import {
  entryValueOf,
  field,
  flatTier,
  output,
  printed,
  type Reading,
  scaled,
  signed,
  type Values,
} from './venue-vector.ts';

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

/** A share of a position, sent first; when the next may follow is not stated. */
const fixedShareFirst: Reading = ({ inputs, expected }) => {
  const notional = field(inputs, 'positionUsd');
  const closed = output(
    'close-out-legs',
    {
      policy: 'fixed-share',
      fixedShare: field(inputs, 'pct'),
      marginEquity: '0',
      targetRatio: '1',
      legs: [
        {
          market: 'BTC',
          size: notional,
          markPrice: '1',
          tiers: flatTier('0.05'),
          penaltyFraction: '0',
          slippageFraction: '0',
        },
      ],
    },
    'totalNotional',
  );
  return [
    {
      what: 'closed / notional',
      ours: formatDecimal(ratioDown(money(String(closed)), money(notional))),
      theirs: field(expected, 'orderPct'),
      rounding: 'exact',
    },
  ];
};

export const closingReadings: Readonly<Record<string, Reading>> = {
  bankruptcy_price_quote: bankruptcyQuote,
  bankruptcy_price_quote_rounding: bankruptcyQuoteRounding,
  fillable_price: fillable,
  inverse_bankruptcy_price: inverseBankruptcy,
  linear_bankruptcy_price: linearBankruptcy,
  partial_liquidation_size: partialSize,
  partial_liquidation_rule: fixedShareFirst,
};
