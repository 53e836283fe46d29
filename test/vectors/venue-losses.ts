/**
 * Published insurance, deleveraging and socialized losses, put to the formulas.
 * @module
 */
import {
  add,
  divDown,
  formatDecimal,
  money,
  mulDown,
  neg,
  notionalDown,
  price,
  ratio,
  size,
  sub,
} from '../../src/units/index.ts';
import { calculated, field, flatTier, output, printed, type Reading } from './venue-vector.ts';

const minus = (a: string, b: string): string => formatDecimal(sub(money(a), money(b)));

/** The bankruptcy quote of the fill first, then what the fund gains or pays. */
const insuranceFundDelta: Reading = ({ inputs, expected }) => {
  const filled = field(inputs, 'fillBase');
  const sizeDelta = inputs['isBuy'] === true ? filled : formatDecimal(neg(size(filled)));
  const account = {
    balance: field(inputs, 'quoteBalanceUsd'),
    positions: [
      {
        market: 'BTC',
        size: field(inputs, 'positionBase'),
        markPrice: field(inputs, 'oracle'),
        tiers: flatTier(field(inputs, 'mmf')),
      },
    ],
    market: 'BTC',
    sizeDelta,
  };
  const proceeds = notionalDown(neg(size(sizeDelta)), price(field(inputs, 'fillPrice')));
  return [
    {
      what: 'insuranceFundDelta',
      ours: output(
        'insurance-fund-delta',
        {
          bankruptcyQuote: output('bankruptcy-price', account, 'bankruptcyQuote'),
          fillQuote: formatDecimal(proceeds),
          maxFeeFraction: field(inputs, 'maxLiquidationFee'),
        },
        'insuranceFundDelta',
      ),
      theirs: field(expected, 'insuranceFundDeltaUsd'),
      rounding: 'exact',
    },
  ];
};

const lossPerUnit: Reading = ({ inputs, expected }) => [
  {
    what: 'lossIndexDelta',
    ours: output(
      'socialized-loss',
      {
        variant: 'open-interest',
        loss: field(inputs, 'lossUsd'),
        accounts: [
          { account: 'long', size: field(inputs, 'baseLong') },
          { account: 'short', size: field(inputs, 'baseShort') },
        ],
      },
      'lossIndexDelta',
    ),
    theirs: field(expected, 'fundingRateDelta'),
    rounding: 'up',
  },
];

/** Nobody is in profit, and the pool has opted to let principal bear the rest. */
const principalHaircut: Reading = ({ inputs, expected }) => {
  const user = field(inputs, 'userPrincipal');
  const others = minus(field(inputs, 'sigmaPrincipal'), user);
  const { allocations, unallocated } = calculated('socialized-loss', {
    variant: 'principal',
    loss: minus(field(inputs, 'sigmaPrincipal'), field(inputs, 'sigmaCollateral')),
    accounts: [
      { account: 'user', unrealizedPnl: '0', principal: user },
      { account: 'others', unrealizedPnl: '0', principal: others },
    ],
  });
  const [{ amount }] = allocations as readonly [{ readonly amount: string }];
  return [
    {
      what: 'principal left to the user',
      ours: minus(user, amount),
      theirs: field(expected, 'userAfter'),
      rounding: 'exact',
    },
    {
      what: 'loss left',
      ours: unallocated,
      theirs: field(expected, 'deficitAfter'),
      rounding: 'exact',
    },
  ];
};

/** The account of the example: its equity is the balance and the profit, its margin the ratio. */
const balanceRank: Reading = ({ inputs, expected }) => {
  const balance = field(inputs, 'walletBalance');
  const profit = field(inputs, 'unrealizedProfit');
  const equity = formatDecimal(add(money(balance), money(profit)));
  const scoreWith = (maintenanceMargin: string) => {
    const { ranking } = calculated('adl-rank', {
      policy: 'queue-balance',
      markPrice: '1',
      candidates: [
        { account: 'holder', size: '1', equity, unrealizedPnl: profit, balance, maintenanceMargin },
      ],
    });
    return (ranking as readonly [{ readonly score: string }])[0].score;
  };
  const margin = mulDown(money(equity), ratio(field(inputs, 'marginRatio')));
  return [
    {
      what: 'profit per balance',
      ours: scoreWith(equity),
      theirs: field(expected, 'pnlPercent'),
      rounding: 'truncated',
    },
    {
      what: 'score',
      ours: scoreWith(formatDecimal(margin)),
      theirs: field(expected, 'leveragePnl'),
      rounding: 'truncated',
    },
  ];
};

/** Closed at the bankruptcy price as the mark, so that only the order of the queue decides. */
const queueFill: Reading = ({ inputs, expected }) => {
  const longs = inputs['longs'] as Longs;
  const at = field(inputs, 'bankruptcyPrice');
  const result = calculated('adl-allocation', {
    policy: 'queue',
    side: 'long',
    quantity: field(inputs, 'liquidatedShortSize'),
    markPrice: at,
    closePrice: at,
    lot: '1',
    candidates: longs.map(([account, held, score]) => ({
      account: printed(account),
      size: printed(held),
      equity: '1000',
      unrealizedPnl: '0',
      score: printed(score),
    })),
  });
  const fills = result['fills'] as readonly { account: string; size: string; price: string }[];
  const theirFills = expected['fills'] as readonly (readonly [number, number])[];
  const last = fills.at(-1);
  const held = longs.find(([account]) => printed(account) === last?.account)?.[1];
  const remaining = expected['remaining'] as Readonly<Record<string, number>>;
  return [
    {
      what: 'fills',
      ours: fills.map((fill) => `${fill.account}: ${fill.size}`).join(', '),
      theirs: theirFills.map(([account, filled]) => `${account}: ${filled}`).join(', '),
      rounding: 'exact',
    },
    {
      what: 'left to the last',
      ours: minus(printed(held), String(last?.size)),
      theirs: printed(remaining[String(last?.account)]),
      rounding: 'exact',
    },
    { what: 'price', ours: last?.price, theirs: field(expected, 'price'), rounding: 'exact' },
    { what: 'fifths', ours: fifths(longs, at), theirs: theirFifths(expected), rounding: 'exact' },
  ];
};

type Longs = readonly (readonly [account: number, held: number, score: number])[];

/** The lights of the example count fifths as 0.2 to 1, and name no order. */
function fifths(longs: Longs, at: string): string {
  const { ranking } = calculated('adl-rank', {
    policy: 'queue',
    markPrice: at,
    candidates: longs.map(([account, held, score]) => ({
      account: printed(account),
      size: printed(held),
      equity: '1000',
      unrealizedPnl: '0',
      score: printed(score),
    })),
  });
  const places = ranking as readonly { readonly account: string; readonly fifth: number }[];
  return listed(places.map(({ account, fifth }) => [account, fifth]));
}

function theirFifths(expected: Readonly<Record<string, unknown>>): string {
  const shares = Object.entries(expected['quintiles'] as Readonly<Record<string, number>>);
  return listed(shares.map(([account, share]) => [account, Math.round(5 * share)]));
}

const listed = (pairs: readonly (readonly [account: string, fifth: number])[]): string =>
  pairs
    .map(([account, fifth]) => `${account}: ${fifth}`)
    .sort()
    .join(', ');

const rankIndex: Reading = ({ inputs, expected }) => {
  const mark = field(inputs, 'mark');
  const notional = field(inputs, 'notional');
  const held = formatDecimal(divDown(size(notional), ratio(mark)));
  const entryValue = formatDecimal(notionalDown(size(held), price(field(inputs, 'entry'))));
  const metrics = output(
    'adl-allocation',
    {
      policy: 'queue-notional',
      quantity: held,
      markPrice: mark,
      closePrice: mark,
      candidates: [
        {
          account: 'holder',
          size: held,
          equity: field(inputs, 'accountValue'),
          unrealizedPnl: minus(notional, entryValue),
          entryValue,
        },
      ],
    },
    'metrics',
  ) as { readonly ranking: readonly [{ readonly score: string }] };
  return [
    {
      what: 'score',
      ours: metrics.ranking[0].score,
      theirs: field(expected, 'index'),
      rounding: 'exact',
    },
  ];
};

/** Whatever is missing in accounts that are being auctioned, against the cash of the module. */
const withdrawBlock: Reading = ({ inputs, expected }) => {
  const missing = inputs['insolventMMs'] as readonly number[];
  const accounts = missing.map((margin, at) => {
    return { account: `insolvent-${at}`, equity: `-${printed(margin)}` };
  });
  const insuranceFund = field(inputs, 'securityModuleCash');
  return [
    {
      what: 'withdrawals gated',
      ours: output('withdrawal-gate', { insuranceFund, accounts }, 'gated'),
      theirs: expected['withdrawBlocked'],
      rounding: 'exact',
    },
  ];
};

export const lossReadings: Readonly<Record<string, Reading>> = {
  insurance_fund_delta: insuranceFundDelta,
  socialised_loss_per_base: lossPerUnit,
  pro_rata_global_haircut: principalHaircut,
  adl_queue_fill: queueFill,
  adl_rank_index: rankIndex,
  adl_leverage_pnl: balanceRank,
  withdraw_block: withdrawBlock,
};
