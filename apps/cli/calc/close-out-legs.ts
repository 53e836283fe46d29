/**
 * Which legs to close, and how much of each.
 * @module
 */
import { type CloseOutLeg, closeOutLegs, contractNotional } from 'plimsoll/risk';
import {
  abs,
  floorTo,
  gt,
  isZero,
  ratio as ratioOf,
  size as sizeOf,
  sum,
  ZERO_MONEY,
} from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { contractKind, notionalProblem } from './contract-input.ts';
import { impact } from './impact-model.ts';
import { tiers } from './margin-tiers.ts';
import { money, price, ratio, size } from './quantity.ts';
import { checked, fallback, id, list, oneOf, optional, record, type ValueOf } from './shape.ts';

const LEGS_MAX = 100;
const LOT = '0.000000000000000001';

const costFraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

const legFields = {
  market: id('Market; each once'),
  kind: contractKind,
  size: checked(size('+ long, − short; whole lots'), (value) =>
    isZero(value) ? 'expected a size other than 0, was "0"' : null,
  ),
  markPrice: price('Mark price', { above: '0' }),
  lot: fallback(size(`Sizes are multiples of it; default ${LOT}`, { above: '0' }), sizeOf(LOT)),
  tiers,
  penaltyFraction: costFraction('Penalty per unit of notional closed'),
  slippageFraction: costFraction('Mark to limit price per unit: what closing costs at most'),
  impact: optional(impact),
  closable: optional(size('Room in the market, whole lots; absent: all', { atLeast: '0' })),
  notionalMin: fallback(
    money('A smaller remainder is closed with the rest; default 0', { atLeast: '0' }),
    ZERO_MONEY,
  ),
  hedgeGroup: optional(id('Legs of one group hedge each other; absent: its own market')),
};
type LegInput = ValueOf<typeof legFields>;

function legProblem(leg: LegInput): string | null {
  const { lot, closable } = leg;
  const broken = (part: LegInput['size']): boolean => floorTo(part, lot) !== part;
  if (broken(leg.size)) return 'expected a size in whole lots';
  if (closable !== null && broken(closable)) return 'expected closable in whole lots';
  if (closable !== null && gt(closable, abs(leg.size)))
    return 'expected closable of at most |size|';
  return notionalProblem({ ...leg, price: leg.markPrice });
}

const closeOutLeg = (leg: LegInput): CloseOutLeg => ({
  ...leg,
  closable: leg.closable ?? abs(leg.size),
  hedgeGroup: leg.hedgeGroup ?? leg.market,
});

export const closeOutLegsCalc = calc({
  name: 'close-out-legs',
  summary: 'Which legs of a cross-margined account to close, and how much, to restore it.',
  source: 'Plimsoll',
  input: record('', {
    policy: fallback(
      oneOf('Default least-impact: the cheapest closes that restore', [
        'least-impact',
        'proportional',
        'largest-first',
        'fixed-share',
        'everything',
      ]),
      'least-impact',
    ),
    fixedShare: fallback(
      ratio('Of the largest leg, under fixed-share; default 0.25', { above: '0', atMost: '1' }),
      ratioOf('0.25'),
    ),
    marginEquity: money('Collateral after haircuts, signed'),
    targetRatio: ratio('Margin equity to reach per unit of maintenance margin', { above: '0' }),
    legs: list(
      'All positions; their order breaks ties',
      checked(record('A position', legFields), legProblem),
      {
        atMost: LEGS_MAX,
        unique: 'market',
      },
    ),
  }),
  outputs: {
    'legs[].market': 'id',
    'legs[].size': 'size to close, magnitude',
    'legs[].notional': 'money',
    'legs[].expectedCost': 'money',
    restores: 'boolean',
    'order[]': 'id; legs worth closing, the most helpful first',
    totalCost: 'money',
    totalNotional: 'money',
  },
  compute: ({ legs, ...rest }) => {
    const plan = closeOutLegs({ ...rest, legs: legs.map(closeOutLeg) });
    const notionals = legs.map(({ kind, markPrice }, at) =>
      contractNotional({ kind, size: plan.sizes[at]!, price: markPrice }),
    );
    return answer({
      legs: legs.map(({ market }, at) => ({
        market,
        size: shown(plan.sizes[at]!),
        notional: shown(notionals[at]!),
        expectedCost: shown(plan.expectedCosts[at]!),
      })),
      restores: plan.restores,
      order: plan.order.map((at) => legs[at]!.market),
      totalCost: shown(sum(plan.expectedCosts)),
      totalNotional: shown(sum(notionals)),
    });
  },
});
