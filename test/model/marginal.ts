/**
 * How much of each leg is worth closing at a price of margin, and what hedges each other. See
 * docs/spec/close-outs.md, section "The plan".
 * @module
 */
import type { Draft } from './draft.ts';
import { ceilDiv, floorDiv, larger, ONE, smaller, total } from './integers.ts';
import type { Liquidity } from './ledger.ts';

/** Lots of a leg at which one more would cost more than it releases at that price. */
export function marginalLots(draft: Draft, price: bigint): bigint {
  const { leg, held, closable } = draft;
  const { kind, lot } = leg.market;
  const worth = marginalNotional(draft, price);
  if (worth === leg.notional) return closable;
  const contracts =
    kind === 'linear' ? floorDiv(worth * ONE, leg.mark) : floorDiv(worth * leg.mark, ONE);
  return smaller(smaller(contracts / lot, held), closable);
}

function marginalNotional(draft: Draft, price: bigint): bigint {
  const { leg, penalty } = draft;
  let reached = 0n;
  const tiers = leg.market.tiers.filter(({ notionalFloor }) => notionalFloor <= leg.notional);
  for (const { notionalFloor, maintenanceMarginFraction } of tiers.toReversed()) {
    const gain = floorDiv(price * maintenanceMarginFraction, ONE) - penalty;
    if (gain <= 0n) return reached;
    const room = leg.notional - notionalFloor;
    const reach = reachOf(draft, gain);
    if (reach === 'nothing') return reached;
    reached = larger(reached, reach === 'anything' ? room : smaller(reach, room));
    if (reach !== 'anything' && reach < room) return reached;
  }
  return reached;
}

/** Notional up to which one more unit costs less than it gains. */
function reachOf({ liquidity, prices }: Draft, gain: bigint): bigint | 'anything' | 'nothing' {
  if (liquidity === null) return gain > prices.slippage ? 'anything' : 'nothing';
  const base = baseOf(liquidity);
  const { dailyVolume } = liquidity;
  if (base === 0n) return 'anything';
  return liquidity.impactModel === 'square-root'
    ? floorDiv(gain * gain * dailyVolume, base * base)
    : floorDiv(gain * dailyVolume, base);
}

const baseOf = ({ impactCoefficient, dailyVolatility }: Liquidity): bigint =>
  ceilDiv(impactCoefficient * dailyVolatility, ONE);

const groupOf = ({ liquidity, leg }: Draft): string =>
  liquidity?.hedgeGroup ?? `index:${leg.market.index}`;

type Side = {
  readonly notional: bigint;
  readonly closed: bigint;
  readonly legs: readonly number[];
};

/** Lots after no hedge is closed by more than what it hedges, and the other way round. */
export function hedgesKept(drafts: readonly Draft[], closes: readonly bigint[]): readonly bigint[] {
  return [...new Set(drafts.map(groupOf))].reduce((lots, group) => {
    const longs = sideOf(drafts, lots, { group, side: 1n });
    const shorts = sideOf(drafts, lots, { group, side: -1n });
    if (longs.legs.length === 0 || shorts.legs.length === 0) return lots;
    const [minor, major] = longs.notional < shorts.notional ? [longs, shorts] : [shorts, longs];
    const scaled = ({ legs, closed }: Side, target: bigint): bigint[] =>
      lots.map((count, at) => (legs.includes(at) ? floorDiv(count * target, closed) : count));
    if (minor.closed > major.closed) return scaled(minor, major.closed);
    const most = minor.closed + major.notional - minor.notional;
    return major.closed > most ? scaled(major, most) : lots;
  }, closes);
}

/** There is a group that holds both longs and shorts. */
export const hasHedges = (drafts: readonly Draft[]): boolean =>
  drafts.some((draft) =>
    drafts.some((other) => {
      return groupOf(draft) === groupOf(other) && draft.leg.size > 0n && other.leg.size < 0n;
    }),
  );

function sideOf(
  drafts: readonly Draft[],
  lots: readonly bigint[],
  { group, side }: { group: string; side: bigint },
): Side {
  const legs = [...drafts.keys()].filter((at) => {
    return groupOf(drafts[at]!) === group && drafts[at]!.leg.size * side > 0n;
  });
  const notionals = legs.map((at) => drafts[at]!.leg.notional);
  const closed = legs.map((at) => {
    const { leg, held } = drafts[at]!;
    return floorDiv(leg.notional * lots[at]!, held);
  });
  return { legs, notional: total(notionals), closed: total(closed) };
}
