/**
 * Who gives up how many lots in an auto-deleveraging. See docs/spec/engine.md, section
 * "Auto-deleveraging".
 * @module
 */
import {
  type Deal,
  type Deleveraging,
  type Fraction,
  type Holder,
  order,
  type Seat,
} from './deleverage-deal.ts';
import { leastHurt, proRata, riskWeight } from './deleverage-shares.ts';
import { exposureOf, lotsKeepingHedges } from './hedges.ts';
import { byText, floorDiv, larger, magnitude, ONE, smaller, total } from './integers.ts';
import type { Pool } from './ledger.ts';

type Policy = Pool['adlPolicy'];

/** Lots per holder: within the caps while they suffice, then beyond them by the same policy. */
export function lotsByPolicy(policy: Policy, input: Deleveraging): bigint[] {
  const { holders, lot, loading } = input;
  const limits = holders.map((holder) => lotsKeepingHedges(holder, input));
  const seats = holders.map((holder, at): Seat => {
    const held = holder.size / lot;
    const cap = smaller(capOf(holder, input) / lot, limits[at]!);
    return { holder, held, cap, weight: loading === null ? held : exposureOf(holder, input) };
  });
  const within = total(seats.map(({ cap }) => cap));
  const wanted = smaller(input.quantity / lot, total(limits));
  if (wanted <= within) return dealt(policy, { seats, wanted, input });
  const beyond = seats.map(({ holder, held, cap, weight }, at): Seat => {
    const left = weight - cap * weightOfLot(input);
    return { holder, held: held - cap, cap: limits[at]! - cap, weight: left };
  });
  const more = dealt(policy, { seats: beyond, wanted: wanted - within, input });
  return seats.map(({ cap }, at) => cap + more[at]!);
}

/** In the unit of weights. */
const weightOfLot = ({ loading, lot }: Deleveraging): bigint =>
  loading === null ? 1n : loading * lot;

/** What a holder may close without losing more than its profit or becoming less healthy. */
function capOf(holder: Holder, input: Deleveraging) {
  const { size, marginEquity, profit, required, legRequired } = holder;
  const { gap, quantity } = input;
  if (gap === 0n) return size;
  // The gap on the whole position against the leg's share of margin equity, multiplied out.
  if (gap * size * required > marginEquity * legRequired * quantity) return 0n;
  return smaller(size, floorDiv(larger(profit, 0n) * quantity, gap));
}

function dealt(policy: Policy, deal: Deal): bigint[] {
  if (deal.wanted === 0n) return deal.seats.map(() => 0n);
  switch (policy) {
    case 'queue':
      return inQueue(deal, score);
    case 'queue-notional':
      return inQueue(deal, notionalScore);
    case 'minimax-leverage':
      return levelled(deal);
    case 'min-max':
      return leastHurt(deal);
    case 'capped-pro-rata':
      return proRata(deal, ({ profit }) => larger(profit, 0n));
    case 'risk-aware-pro-rata':
      return proRata(deal, (holder) => riskWeight(holder, deal.input));
  }
}

/** Highest score first, whole positions; ties by account id. */
function inQueue(
  { seats, wanted, input }: Deal,
  scoreOf: (holder: Holder, input: Deleveraging) => Fraction,
): bigint[] {
  const ranked = seats.map((seat, at) => ({ at, seat, score: scoreOf(seat.holder, input) }));
  ranked.sort(
    (a, b) => order(b.score, a.score) || byText(a.seat.holder.account, b.seat.holder.account),
  );
  const lots = seats.map(() => 0n);
  let left = wanted;
  for (const { at, seat } of ranked) {
    lots[at] = smaller(seat.cap, left);
    left -= lots[at]!;
  }
  return lots;
}

/** Value of a position at the mark, unrounded. */
const notionalOf = (size: bigint, { kind, mark }: Deleveraging): Fraction =>
  kind === 'linear' ? { n: size * mark, d: ONE } : { n: size * ONE, d: mark };

/** PnL ÷ |entry value| times the leg's leverage where it is a gain, divided by it where not. */
function score(holder: Holder, input: Deleveraging): Fraction {
  const { profit, size, equity, required, legRequired } = holder;
  const entry = larger(magnitude(holder.entryValue), 1n);
  const notional = notionalOf(size, input);
  // The leg's share of equity; nothing counts as one unit, so that it can divide.
  const standing: Fraction =
    equity * legRequired > 0n ? { n: equity * legRequired, d: required } : { n: 1n, d: 1n };
  const leverage: Fraction = { n: notional.n * standing.d, d: notional.d * standing.n };
  return profit >= 0n
    ? { n: profit * leverage.n, d: entry * leverage.d }
    : { n: profit * leverage.d, d: entry * leverage.n };
}

/**
 * Everyone gives up what lies above one level of lots per unit of equity, at most the cap. The
 * level is found among the corners, where somebody starts to give or has given all, or on the
 * straight line between two of them.
 */
function levelled({ seats, wanted: lots, input }: Deal): bigint[] {
  const each = weightOfLot(input);
  const wanted = lots * each;
  const corners = seats.flatMap(({ holder, weight, cap }): Fraction[] => [
    { n: weight, d: holder.equity },
    { n: weight - cap * each, d: holder.equity },
  ]);
  corners.sort((a, b) => order(b, a));
  let above: Fraction | null = null;
  for (const corner of corners) {
    const given = givenAt(seats, corner, each);
    const enough = order(given, { n: wanted, d: 1n });
    if (enough < 0) {
      above = corner;
      continue;
    }
    const level =
      enough === 0 ? corner : between(seats, { above: above!, below: corner, wanted, each });
    return wholeLots(seats, { level, wanted: lots, each });
  }
  throw new Error('the model expected caps that hold the quantity');
}

/** How far the mark has moved for a position since entry, times notional per unit of equity. */
function notionalScore(holder: Holder, input: Deleveraging): Fraction {
  const { kind, mark, long } = input;
  const entry = larger(magnitude(holder.entryValue), 1n);
  // mark ÷ entry price: value at the mark ÷ entry value, the other way round for inverse contracts.
  const moved: Fraction =
    kind === 'linear'
      ? { n: holder.size * mark, d: ONE * entry }
      : { n: mark * entry, d: holder.size * ONE };
  const gained = long ? moved : { n: moved.d, d: moved.n };
  const { n, d } = notionalOf(holder.size, input);
  return { n: gained.n * n, d: gained.d * d * holder.equity };
}

/** What one seat gives up at a level, as a numerator over the level's denominator. */
const exactShare = ({ holder, weight, cap }: Seat, { n, d }: Fraction, each: bigint): bigint =>
  smaller(cap * each * d, larger(0n, weight * d - n * holder.equity));

const givenAt = (seats: readonly Seat[], level: Fraction, each: bigint): Fraction => ({
  n: total(seats.map((seat) => exactShare(seat, level, each))),
  d: level.d,
});

/** The level between two corners at which exactly the wanted lots are given up. */
function between(
  seats: readonly Seat[],
  {
    above,
    below,
    wanted,
    each,
  }: { above: Fraction; below: Fraction; wanted: bigint; each: bigint },
): Fraction {
  const little = givenAt(seats, above, each);
  const much = givenAt(seats, below, each);
  // level = above − (above − below) · (wanted − little) / (much − little)
  const reach: Fraction = { n: wanted * little.d - little.n, d: little.d };
  const span: Fraction = { n: much.n * little.d - little.n * much.d, d: much.d * little.d };
  const drop: Fraction = { n: above.n * below.d - below.n * above.d, d: above.d * below.d };
  const fallen: Fraction = { n: drop.n * reach.n * span.d, d: drop.d * reach.d * span.n };
  return { n: above.n * fallen.d - fallen.n * above.d, d: above.d * fallen.d };
}

/** Whole lots below the exact shares, then one more each by largest remainder, ties by id. */
function wholeLots(
  seats: readonly Seat[],
  { level, wanted, each }: { level: Fraction; wanted: bigint; each: bigint },
): bigint[] {
  const exact = seats.map((seat) => exactShare(seat, level, each));
  const lots = exact.map((share) => share / (level.d * each));
  const ranked = seats.map(({ holder }, at) => ({
    at,
    id: holder.account,
    rest: exact[at]! % (level.d * each),
  }));
  ranked.sort((a, b) => (a.rest === b.rest ? byText(a.id, b.id) : a.rest > b.rest ? -1 : 1));
  let left = wanted - total(lots);
  for (const { at, rest } of ranked) {
    if (left === 0n || rest === 0n) break;
    lots[at] = lots[at]! + 1n;
    left -= 1n;
  }
  return lots;
}
