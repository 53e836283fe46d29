/**
 * Published penalties, and limits on how much is closed at once, put to the formulas.
 * @module
 */
import {
  divDown,
  formatDecimal,
  type Money,
  money,
  mulDown,
  ratio,
  ratioDown,
  size,
  sub,
  sum,
} from '../../src/units/index.ts';
import { entryValueOf, field, output, printed, type Reading, type Values } from './venue-vector.ts';

const insurancePart: Reading = ({ inputs, expected }) => [
  {
    what: 'insurancePenaltyFraction',
    ours: output(
      'liquidation-penalty',
      {
        variant: 'margin-left',
        notional: entryValueOf(field(inputs, 'userBase'), field(inputs, 'oraclePrice')),
        maintenanceMarginFraction: field(inputs, 'marginRatio'),
        liquidationFraction: field(inputs, 'liquidatorFee'),
        marginShortage: field(inputs, 'marginShortage'),
        maxFraction: field(inputs, 'maxIfFee'),
      },
      'insurancePenaltyFraction',
    ),
    theirs: field(expected, 'ifFee'),
    rounding: 'exact',
  },
];

/** Of a notional of one; a slot is taken as a millisecond, as only the quotient counts. */
const rampShare: Reading = ({ inputs, expected }) => [
  {
    what: 'closableNotional of 1',
    ours: output(
      'throttle',
      {
        notional: '1',
        ramp: {
          elapsedMs: inputs['elapsedSlots'],
          durationMs: inputs['liquidationDurationSlots'],
          initialFraction: field(inputs, 'initialPct'),
        },
      },
      'closableNotional',
    ),
    theirs: field(expected, 'maxPct'),
    rounding: 'exact',
  },
];

const capacityOf = (inputs: Values): unknown =>
  output(
    'throttle',
    {
      variant: 'window-capacity',
      makerFee: field(inputs, 'makerFee'),
      takerFee: field(inputs, 'takerFee'),
      skewScale: field(inputs, 'skewScale'),
      multiplier: field(inputs, 'accumulationMultiplier'),
      windowMs: Number(inputs['windowSec']) * 1000,
    },
    'windowCapacity',
  );

const capacity: Reading = ({ inputs, expected }) => [
  {
    what: 'windowCapacity',
    ours: capacityOf(inputs),
    theirs: field(expected, 'maxInWindow'),
    rounding: 'exact',
  },
];

type Flagging = { readonly t: number; readonly acct: number; readonly size?: number };

/** What each account has left after each attempt, at a price of one throughout. */
function leftAfterEach(inputs: Values, flaggings: readonly Flagging[]): string[] {
  const held = new Map<number, Money>();
  const closed: { readonly t: number; readonly notional: Money }[] = [];
  return flaggings.map(({ t, acct, size: opened }) => {
    const notional = opened === undefined ? held.get(acct)! : money(printed(opened));
    const inWindow = closed.filter((earlier) => earlier.t > t - Number(inputs['windowSec']));
    const window = {
      capacity: capacityOf(inputs),
      price: '1',
      used: formatDecimal(sum(inWindow.map((earlier) => earlier.notional))),
    };
    const wanted = { notional: formatDecimal(notional), window };
    const closable = money(String(output('throttle', wanted, 'closableNotional')));
    closed.push({ t, notional: closable });
    held.set(acct, sub(notional, closable));
    return formatDecimal(held.get(acct)!);
  });
}

const rollingWindow: Reading = ({ inputs, expected }) => {
  const left = leftAfterEach(inputs, inputs['events'] as readonly Flagging[]);
  const theirs = expected['remainingAfterEach'] as readonly number[];
  return [
    {
      what: 'left after each attempt',
      ours: left.join(', '),
      theirs: theirs.map(printed).join(', '),
      rounding: 'exact',
    },
  ];
};

const usedUpWindow: Reading = ({ inputs, expected }) => {
  const first = { t: 0, acct: 1, size: Number(inputs['size']) };
  const left = leftAfterEach(inputs, [first, { t: 0, acct: 1 }]);
  return ['afterFirst', 'afterSecond'].map((name, index) => ({
    what: `left ${name}`,
    ours: left[index],
    theirs: field(expected, name),
    rounding: 'exact',
  }));
};

/** The throttle gives the debt to cover; collateral goes with it in proportion. */
const cappedCover: Reading = ({ inputs, expected }) => {
  const rate = ratio(field(inputs, 'rate'));
  const art = size(field(inputs, 'art'));
  const ink = size(field(inputs, 'ink'));
  const wanted = { notional: formatDecimal(mulDown(art, rate)) };
  const bounds = { cap: { limit: field(inputs, 'ilkHole') } };
  const tab = String(output('throttle', { ...wanted, ...bounds }, 'closableNotional'));
  const covered = divDown(size(tab), rate);
  const lot = mulDown(ink, ratioDown(covered, art));
  const ours = {
    tab,
    lot: formatDecimal(lot),
    inkLeft: formatDecimal(sub(ink, lot)),
    artLeft: formatDecimal(sub(art, covered)),
  };
  return Object.entries(ours).map(([what, value]) => ({
    what,
    ours: value,
    theirs: field(expected, what),
    rounding: 'exact',
  }));
};

export const throttleReadings: Readonly<Record<string, Reading>> = {
  dynamic_insurance_fee: insurancePart,
  partial_liquidation_throttle: rampShare,
  liquidation_window_capacity: capacity,
  liquidation_window_throttle: rollingWindow,
  liquidation_pd_override: usedUpWindow,
  liquidation_cap_partial: cappedCover,
};
