/**
 * Published asking prices, takes, slices and payouts of auctions, put to the formulas.
 * @module
 */
import {
  abs,
  formatDecimal,
  money,
  mulDown,
  mulUp,
  ratio,
  ratioDown,
} from '../../src/units/index.ts';
import {
  type Comparison,
  calculated,
  field,
  output,
  type Reading,
  scaled,
  type Values,
} from './venue-vector.ts';

const milliseconds = (inputs: Values, name: string): number => Number(inputs[name]) * 1000;

const exactly = (what: string, ours: unknown, theirs: unknown): Comparison => ({
  what,
  ours,
  theirs,
  rounding: 'exact',
});

/** The tolerance that the venue's own test states for its floating-point simulation. */
const SIMULATED = ratio('0.000000000001');

const simulated = (what: string, ours: unknown, theirs: string): Comparison => ({
  what,
  ours,
  theirs,
  rounding: 'within',
  tolerance: formatDecimal(mulUp(abs(money(theirs)), SIMULATED)),
});

/** Share of the value that is asked: it falls fast at first, then slowly. */
const shareAsked = (inputs: Values, path: Values): unknown =>
  output(
    'auction-price',
    {
      curve: 'two-phase',
      startPrice: field(path, 'startingMtMPct'),
      cutoff: field(path, 'fastCutoffPct'),
      fastMs: milliseconds(path, 'fastLengthSec'),
      slowMs: milliseconds(path, 'slowLengthSec'),
      elapsedMs: milliseconds(inputs, 'elapsedSec'),
    },
    'price',
  );

const discount: Reading = ({ inputs, expected }) => [
  exactly('price', shareAsked(inputs, inputs), field(expected, 'pctOfMtM')),
];

/** Only the buffer margin is stated: without a buffer it is the net maintenance value. */
const accountBy = (inputs: Values, reserved: string) => ({
  markToMarket: field(inputs, 'markToMarket'),
  netMaintenanceValue: field(inputs, 'bufferMargin'),
  bufferFraction: '0',
  reserved: field(inputs, reserved),
});

const atStart: Reading = ({ inputs, expected }) => {
  const asked = field(inputs, 'startingMtMPct');
  const whole = mulDown(money(field(inputs, 'markToMarket')), ratio(asked));
  const path = { curve: 'linear', startPrice: formatDecimal(whole), durationMs: 1 };
  const slice = { ...accountBy(inputs, 'reservedCash'), discount: asked };
  return [
    exactly(
      'price',
      output('auction-price', { ...path, elapsedMs: 0 }, 'price'),
      field(expected, 'bidPrice'),
    ),
    {
      what: 'maxFraction',
      ours: output('auction-max-fraction', slice, 'maxFraction'),
      theirs: scaled(expected['maxProportionFloorMilli'], 3),
      rounding: 'truncated',
    },
  ];
};

const bid: Reading = ({ inputs, expected }) => {
  const { maxFraction, sliceFraction, slicePrice } = calculated('auction-max-fraction', {
    ...accountBy(inputs, 'reservedCash'),
    discount: field(inputs, 'discount'),
    fraction: field(inputs, 'wantPct'),
  });
  const whole = ratioDown(money(String(slicePrice)), money(String(sliceFraction)));
  return [
    {
      what: 'slicePrice / sliceFraction',
      ours: formatDecimal(whole),
      theirs: field(expected, 'bidPrice'),
      rounding: 'nearest',
    },
    {
      what: 'sliceFraction',
      ours: sliceFraction,
      theirs: scaled(expected['finalPctFloorMilli'], 3),
      rounding: 'truncated',
    },
    {
      what: 'slicePrice',
      ours: slicePrice,
      theirs: field(expected, 'cashFromBidderFloor'),
      rounding: 'truncated',
    },
    exactly('the largest slice', sliceFraction === maxFraction, expected['auctionEnds']),
  ];
};

const portfolioBid: Reading = ({ inputs, expected }) => {
  const params = inputs['params'] as Values;
  const slice = calculated('auction-max-fraction', {
    markToMarket: field(inputs, 'markToMarket'),
    netMaintenanceValue: field(inputs, 'maintenanceMargin'),
    bufferFraction: field(params, 'bufferMarginPct'),
    discount: shareAsked(inputs, params),
    reserved: field(inputs, 'reservedCash'),
    fraction: field(inputs, 'wantPct'),
  });
  return [
    simulated('bufferMargin', slice['bufferMargin'], field(expected, 'bufferMargin')),
    simulated('maxFraction', slice['maxFraction'], field(expected, 'maxProportion')),
    simulated('sliceFraction', slice['sliceFraction'], field(expected, 'finalPct')),
    simulated('slicePrice', slice['slicePrice'], field(expected, 'cashFromBidder')),
  ];
};

const starterFee: Reading = ({ inputs, expected }) => [
  {
    what: 'starterFee',
    ours: output(
      'auction-max-fraction',
      {
        markToMarket: field(inputs, 'markToMarket'),
        netMaintenanceValue: field(inputs, 'maintenanceMargin'),
        bufferFraction: field(inputs, 'bufferMarginPct'),
        discount: '1',
        reserved: '0',
        feeFraction: field(inputs, 'liquidatorFeeRate'),
      },
      'starterFee',
    ),
    theirs: field(expected, 'fee'),
    rounding: 'nearest',
  },
];

const insolventPayout: Reading = ({ inputs, expected }) => [
  exactly(
    'payout',
    output(
      'insolvent-payout',
      {
        markToMarket: field(inputs, 'markToMarket'),
        netMaintenanceValue: field(inputs, 'maintenanceMargin'),
        elapsedMs: milliseconds(inputs, 'elapsedSec'),
        durationMs: milliseconds(inputs, 'insolventLengthSec'),
        fraction: field(inputs, 'pct'),
      },
      'payout',
    ),
    field(expected, 'cashToBidder'),
  ),
];

const linearPath = (inputs: Values) => ({
  curve: 'linear',
  startPrice: field(inputs, 'top'),
  durationMs: milliseconds(inputs, 'tauSec'),
  elapsedMs: milliseconds(inputs, 'elapsedSec'),
});

const linear: Reading = ({ inputs, expected }) => [
  exactly('price', output('auction-price', linearPath(inputs), 'price'), field(expected, 'price')),
];

const exponential: Reading = ({ inputs, expected }) => [
  {
    what: 'price',
    ours: output(
      'auction-price',
      {
        curve: 'exponential',
        startPrice: field(inputs, 'top'),
        cut: inputs['cutPerSec'],
        elapsedMs: milliseconds(inputs, 'elapsedSec'),
      },
      'price',
    ),
    theirs: field(expected, 'price'),
    rounding: 'within',
    tolerance: field(expected, 'absTolerance'),
  },
];

const stairPrice = (inputs: Values): unknown =>
  output(
    'auction-price',
    {
      curve: 'stairstep',
      startPrice: field(inputs, 'top'),
      cut: field(inputs, 'cut'),
      stepMs: milliseconds(inputs, 'stepSec'),
      elapsedMs: milliseconds(inputs, 'elapsedSec'),
    },
    'price',
  );

const stairs: Reading = ({ inputs, expected }) => [
  exactly('price', stairPrice(inputs), field(expected, 'price')),
];

/** At a stated price, or at the one that the stairs have come down to. */
const take: Reading = ({ inputs, expected }) => {
  const taken = calculated('auction-take', {
    amount: field(inputs, 'amt'),
    lot: field(inputs, 'lot'),
    tab: field(inputs, 'tabDai'),
    price: inputs['price'] === undefined ? stairPrice(inputs) : field(inputs, 'price'),
    tabMin: inputs['chost'] === undefined ? '0' : field(inputs, 'chost'),
  });
  const both = [
    exactly('slice', taken['slice'], field(expected, 'slice')),
    exactly('ends', taken['ends'], expected['auctionEnds']),
  ];
  if (expected['paid'] !== undefined) {
    return [
      exactly('owed', taken['owed'], field(expected, 'paid')),
      ...both,
      exactly('lotLeft', taken['lotLeft'], field(expected, 'leftToOwner')),
    ];
  }
  return [
    {
      what: 'owed',
      ours: taken['owed'],
      theirs: field(expected, 'paidApprox'),
      rounding: 'within',
      tolerance: field(expected, 'paidAbsTol'),
    },
    ...both,
    exactly('tab is left', taken['tabLeft'] !== '0', expected['badDebtLeft']),
  ];
};

/** The price does not count: the path is any, the cusp none. */
const tail: Reading = ({ inputs, expected }) => [
  exactly(
    'needsReset',
    output(
      'auction-price',
      {
        curve: 'linear',
        startPrice: '1',
        durationMs: milliseconds(inputs, 'tailSec'),
        elapsedMs: milliseconds(inputs, 'elapsedSec'),
        tailMs: milliseconds(inputs, 'tailSec'),
      },
      'needsReset',
    ),
    expected['needsRedo'],
  ),
];

/** Only a share of the start price counts: that is one. */
const cusp: Reading = ({ inputs, expected }) => [
  exactly(
    'needsReset',
    output(
      'auction-price',
      { ...linearPath({ ...inputs, top: 1 }), cusp: field(inputs, 'cusp') },
      'needsReset',
    ),
    expected['needsRedo'],
  ),
];

export const auctionReadings: Readonly<Record<string, Reading>> = {
  solvent_dutch_auction_discount: discount,
  solvent_auction_start: atStart,
  solvent_auction_bid: bid,
  solvent_auction_portfolio_bid: portfolioBid,
  liquidation_flag_fee: starterFee,
  insolvent_auction_payout: insolventPayout,
  dutch_auction_linear: linear,
  dutch_auction_exponential: exponential,
  dutch_auction_stairstep: stairs,
  clip_take: take,
  auction_reset_tail: tail,
  auction_reset_cusp: cusp,
};
