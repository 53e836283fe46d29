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
  const { leg, penalty, prices, liquidity } = draft;
  let reached = 0n;
  const tiers = leg.market.tiers.filter(({ notionalFloor }) => notionalFloor <= leg.notional);
  for (const { notionalFloor, maintenanceMarginFraction } of tiers.toReversed()) {
    const gain = floorDiv(price * maintenanceMarginFraction, ONE) - penalty;
    if (gain <= 0n) return reached;
    const room = leg.notional - notionalFloor;
    const reach = reachOf(draft, gain);
    // Beyond its reach a tier may still be worth closing whole: the limit bounds what it costs.
    const parts = liquidity?.impactModel === 'linear' ? 2n : 3n;
    const worthless = (gain - prices.slippage) * room * parts <= gain * (reach ?? 0n);
    if (reach !== null && reach < room && worthless) return larger(reached, reach);
    reached = room;
  }
  return reached;
}

/** Notional up to which one more unit costs less than it gains; null where that has no end. */
function reachOf({ liquidity }: Draft, gain: bigint): bigint | null {
  if (liquidity === null) return 0n;
  const base = baseOf(liquidity);
  const { dailyVolume } = liquidity;
  if (base === 0n) return null;
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

type Pair = { readonly minor: Side; readonly major: Side };

/** The two sides of every group that holds both, the smaller one first; ties: the shorts. */
const pairsOf = (drafts: readonly Draft[], lots: readonly bigint[]): Pair[] =>
  [...new Set(drafts.map(groupOf))].flatMap((group) => {
    const longs = sideOf(drafts, lots, { group, side: 1n });
    const shorts = sideOf(drafts, lots, { group, side: -1n });
    if (longs.legs.length === 0 || shorts.legs.length === 0) return [];
    const fewerLongs = longs.notional < shorts.notional;
    return [fewerLongs ? { minor: longs, major: shorts } : { minor: shorts, major: longs }];
  });

/** What of the larger side may be closed, when so much of the smaller one is. */
const mostOf = ({ minor, major }: Pair): bigint => minor.closed + major.notional - minor.notional;

/** Lots after no hedge is closed by more than what it hedges, and the other way round. */
export function hedgesKept(drafts: readonly Draft[], closes: readonly bigint[]): readonly bigint[] {
  return pairsOf(drafts, closes).reduce((lots, pair) => {
    const { minor, major } = pair;
    const scaled = ({ legs, closed }: Side, target: bigint): bigint[] =>
      lots.map((count, at) => (legs.includes(at) ? floorDiv(count * target, closed) : count));
    if (minor.closed > major.closed) return scaled(minor, major.closed);
    return major.closed > mostOf(pair) ? scaled(major, mostOf(pair)) : lots;
  }, closes);
}

/** Notional of hedges that are closed further on one side than on the other. */
export const openedBy = (drafts: readonly Draft[], closes: readonly bigint[]): bigint =>
  total(
    pairsOf(drafts, closes).map((pair) => {
      const { minor, major } = pair;
      return [minor.closed - major.closed, major.closed - mostOf(pair)].reduce(larger, 0n);
    }),
  );

/** There is a group that holds both longs and shorts. */
export const hasHedges = (drafts: readonly Draft[]): boolean =>
  pairsOf(
    drafts,
    drafts.map(() => 0n),
  ).length > 0;

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
