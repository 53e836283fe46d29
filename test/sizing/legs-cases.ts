/**
 * Accounts of one to four legs, and what a plan for them is worth, reckoned by hand.
 * @module
 */
import type { CloseOutLegsInput, CloseOutPolicy } from '../../src/risk/index.ts';
import { fromRaw, type Money, type Price, type Ratio, type Size } from '../../src/units/index.ts';
import type { Random } from '../model/random.ts';
import {
  ceil,
  floor,
  type Impact,
  impactCost,
  larger,
  ONE,
  requirement,
  scaleOf,
  smaller,
  type Tier,
} from './arithmetic.ts';
import { drawnImpact, drawnTiers, impactInput, magnitude, tiersInput } from './size-cases.ts';

export const POLICIES: readonly CloseOutPolicy[] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

/** Sizes in lots; `side` 1 is long. */
export type LegCase = {
  readonly inverse: boolean;
  readonly side: 1 | -1;
  readonly held: bigint;
  readonly lot: bigint;
  readonly mark: bigint;
  readonly tiers: readonly Tier[];
  readonly penalty: bigint;
  readonly slippage: bigint;
  readonly impact: Impact | null;
  readonly closable: bigint;
  readonly notionalMin: bigint;
  readonly group: string;
};

export type LegsCase = {
  readonly equity: bigint;
  readonly target: bigint;
  readonly fixedShare: bigint;
  readonly legs: readonly LegCase[];
};

const magnitudeOfLots = (random: Random): bigint => {
  const kind = random.below(10);
  if (kind < 2) return BigInt(random.between(1, 9));
  return BigInt(random.between(10, kind < 6 ? 1_000 : 1_000_000));
};

function legCase(random: Random, at: number): LegCase {
  const inverse = random.chance(15);
  const held = magnitudeOfLots(random);
  const lot = random.pick([10n ** 12n, 10n ** 15n, 10n ** 16n, ONE, 100n * ONE]);
  const worth = magnitude(random, 2, 6);
  const size = held * lot;
  const mark = larger(1n, inverse ? (size * ONE) / worth : (worth * ONE) / size);
  const room = random.below(10);
  return {
    inverse,
    side: random.chance(50) ? 1 : -1,
    held,
    lot,
    mark,
    tiers: drawnTiers(random, worth),
    penalty: random.chance(30) ? 0n : random.quantity(0, 0.006),
    slippage: random.chance(15) ? 0n : random.quantity(0, 0.03),
    impact: random.chance(60) ? drawnImpact(random, worth) : null,
    closable: room < 7 ? held : room < 9 ? BigInt(random.below(Number(held) + 1)) : 0n,
    notionalMin: random.chance(60) ? 0n : random.quantity(0, Number(worth / ONE) * 1.2),
    group: random.chance(50) ? random.pick(['left', 'right']) : `own-${at}`,
  };
}

export function legsCase(random: Random): LegsCase {
  const count = random.pick([1, 1, 2, 2, 2, 2, 3, 3, 4]);
  const legs = Array.from({ length: count }, (_, at) => legCase(random, at));
  const kept = arranged(random, legs);
  const required = kept.reduce((total, leg) => total + new Leg(leg).margin, 0n);
  return {
    equity: (required * random.quantity(random.chance(20) ? -0.02 : 0.4, 1.3)) / ONE,
    target: random.quantity(1, 1.4),
    fixedShare: random.quantity(0.01, 1),
    legs: kept,
  };
}

/** Some cases by cost alone, some with hedges and nothing else in the way, some with everything. */
function arranged(random: Random, legs: readonly LegCase[]): readonly LegCase[] {
  const kind = random.below(100);
  if (kind < 40) return legs.map((leg, at) => ({ ...leg, notionalMin: 0n, group: `own-${at}` }));
  if (kind < 70) {
    return legs.map((leg, at) => {
      const side = at % 2 === 0 ? 1 : -1;
      return { ...leg, notionalMin: 0n, side, group: 'left' } as const;
    });
  }
  return legs;
}

export const legsInput = (given: LegsCase, policy: CloseOutPolicy): CloseOutLegsInput => ({
  policy,
  fixedShare: fromRaw<Ratio>(given.fixedShare),
  marginEquity: fromRaw<Money>(given.equity),
  targetRatio: fromRaw<Ratio>(given.target),
  legs: given.legs.map((leg) => ({
    kind: leg.inverse ? 'inverse' : 'linear',
    size: fromRaw<Size>(BigInt(leg.side) * leg.held * leg.lot),
    markPrice: fromRaw<Price>(leg.mark),
    lot: fromRaw<Size>(leg.lot),
    tiers: tiersInput(leg.tiers),
    penaltyFraction: fromRaw<Ratio>(leg.penalty),
    slippageFraction: fromRaw<Ratio>(leg.slippage),
    impact: leg.impact === null ? null : impactInput(leg.impact),
    closable: fromRaw<Size>(leg.closable * leg.lot),
    notionalMin: fromRaw<Money>(leg.notionalMin),
    hedgeGroup: leg.group,
  })),
});

/** A leg as the properties look at it. */
export class Leg {
  readonly given: LegCase;
  readonly notional: bigint;
  readonly margin: bigint;

  constructor(given: LegCase) {
    this.given = given;
    this.notional = this.worth(given.held);
    this.margin = this.left(0n);
  }

  worth(lots: bigint): bigint {
    const { inverse, lot, mark } = this.given;
    return inverse ? ceil(lots * lot * ONE, mark) : ceil(lots * lot * mark, ONE);
  }

  left(lots: bigint): bigint {
    return requirement(this.given.tiers, this.worth(this.given.held - lots));
  }

  cost(lots: bigint): bigint {
    if (lots === 0n) return 0n;
    const { penalty, slippage, impact } = this.given;
    const notional = this.worth(lots);
    const atLimit = ceil(notional * slippage, ONE);
    const moved = impact === null ? atLimit : smaller(atLimit, impactCost(impact, notional));
    return ceil(notional * penalty, ONE) + moved;
  }

  costAtLimit(lots: bigint): bigint {
    const { penalty, slippage } = this.given;
    return ceil(this.worth(lots) * (penalty + slippage), ONE);
  }

  /** Filled at the limit, penalty included, it lowers the deficit by this. */
  reliefAtLimit(lots: bigint): bigint {
    return this.margin - this.left(lots) - this.costAtLimit(lots);
  }

  /** The limit nowhere bounds the impact: the cost of closing is convex. */
  get isConvex(): boolean {
    const { impact, slippage } = this.given;
    if (impact === null) return true;
    return impactCost(impact, this.notional) < ceil(this.notional * slippage, ONE);
  }

  /** Lots worth closing where a unit of requirement is worth so much. */
  lotsAt(price: bigint): bigint {
    const { tiers, held, closable, inverse, mark, lot, penalty, slippage } = this.given;
    let closed = 0n;
    for (const tier of tiers.toReversed()) {
      if (tier.floor > this.notional) continue;
      const worth = floor(price * tier.fraction, ONE) - penalty;
      if (worth <= 0n) break;
      const room = this.notional - tier.floor;
      const reach = this.reach(worth);
      const parts = this.given.impact?.model === 'linear' ? 2n : 3n;
      const pays = reach === null || (worth - slippage) * room * parts > worth * reach;
      if (!pays && reach < room) {
        closed = larger(closed, reach);
        break;
      }
      closed = room;
    }
    const size = inverse ? floor(closed * mark, ONE) : floor(closed * ONE, mark);
    return smaller(closed === this.notional ? held : size / lot, closable);
  }

  reach(worth: bigint): bigint | null {
    const { impact } = this.given;
    if (impact === null) return 0n;
    const scale = scaleOf(impact);
    if (scale === 0n) return null;
    return impact.model === 'linear'
      ? (impact.volume * worth) / scale
      : (impact.volume * worth * worth) / (scale * scale);
  }
}

/** E − Σ cost − κ · Σ MM(left), in units of 1e-36. */
export function surplus(given: LegsCase, legs: readonly Leg[], lots: readonly bigint[]): bigint {
  let held = given.equity;
  let left = 0n;
  for (let at = 0; at < legs.length; at += 1) {
    held -= legs[at]!.cost(lots[at]!);
    left += legs[at]!.left(lots[at]!);
  }
  return held * ONE - given.target * left;
}

export type Hedge = { readonly small: readonly number[]; readonly large: readonly number[] };

/** Groups that hold longs and shorts; the side with less notional first, shorts on a tie. */
export function hedgesOf(legs: readonly Leg[]): Hedge[] {
  const places = [...legs.keys()];
  const total = (side: readonly number[]): bigint =>
    side.reduce((sum, at) => sum + legs[at]!.notional, 0n);
  return [...new Set(legs.map(({ given }) => given.group))].flatMap((group) => {
    const longs = places.filter((at) => legs[at]!.given.group === group && isLong(legs[at]!));
    const shorts = places.filter((at) => legs[at]!.given.group === group && !isLong(legs[at]!));
    if (longs.length === 0 || shorts.length === 0) return [];
    const longer = total(longs) >= total(shorts);
    return [longer ? { small: shorts, large: longs } : { small: longs, large: shorts }];
  });
}

const isLong = ({ given }: Leg): boolean => given.side === 1;

/** What the marginal rule closes at the highest price, hedges kept: the most that is worthwhile. */
export function worthwhile(given: LegsCase, legs: readonly Leg[], hedges: readonly Hedge[]) {
  const lots = legs.map((leg) => leg.lotsAt(given.target));
  const share = (at: number): bigint => floor(legs[at]!.notional * lots[at]!, legs[at]!.given.held);
  const closed = (side: readonly number[]): bigint => side.reduce((sum, at) => sum + share(at), 0n);
  const total = (side: readonly number[]): bigint =>
    side.reduce((sum, at) => sum + legs[at]!.notional, 0n);
  for (const { small, large } of hedges) {
    const net = total(large) - total(small);
    const [less, more] = [closed(small), closed(large)];
    if (less > more) for (const at of small) lots[at] = (lots[at]! * more) / less;
    else if (more > less + net) {
      for (const at of large) lots[at] = (lots[at]! * (less + net)) / more;
    }
  }
  return lots;
}
