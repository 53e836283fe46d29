/**
 * Policies of auto-deleveraging that share lots out by a weight. See docs/spec/engine.md, section
 * "Auto-deleveraging".
 * @module
 */
import {
  type Deal,
  type Deleveraging,
  type Fraction,
  type Holder,
  order,
} from './deleverage-deal.ts';
import { byText, floorDiv, isInRange, larger, ONE, smaller, total } from './integers.ts';

type WeightOf = (holder: Holder) => bigint;

/** Profit times leverage, times a power of that or what it exceeds the threshold by. */
export function riskWeight(holder: Holder, input: Deleveraging): bigint {
  const { kind, mark, riskExponent, riskThreshold } = input;
  const { size, equity, profit } = holder;
  const [n, d] = kind === 'linear' ? [size * mark, equity] : [size * ONE * ONE, mark * equity];
  const exact = floorDiv(n, d);
  // More than a quantity holds is reckoned in whole units.
  const leverage = isInRange(exact) ? exact : floorDiv(exact, ONE) * ONE;
  const weight = larger(profit, 0n) * leverage;
  if (riskThreshold !== null) return weight * larger(0n, leverage - riskThreshold);
  let power = ONE;
  for (let times = 0; times < riskExponent; times += 1) power = floorDiv(power * leverage, ONE);
  return weight * power;
}

/** By weight up to the caps; what nobody with a weight can give, by what is held. */
export function proRata(deal: Deal, weightOf: WeightOf): bigint[] {
  return shared(deal, { weightOf, rounded: byLargestRemainder });
}

/** Lot by lot to whoever has then lost the least share of its profit; ties by account id. */
export function leastHurt(deal: Deal): bigint[] {
  const weightOf: WeightOf = ({ profit }) => larger(profit, 0n);
  return shared(deal, { weightOf, rounded: (part, exact) => lotByLot(part, exact, weightOf) });
}

type Rounded = (deal: Deal, exact: readonly Fraction[]) => bigint[];

function shared(
  { seats, wanted, input }: Deal,
  { weightOf, rounded }: { weightOf: WeightOf; rounded: Rounded },
): bigint[] {
  const weighed = seats.filter(({ holder }) => weightOf(holder) > 0n);
  const others = seats.filter((seat) => !weighed.includes(seat));
  const bearable = smaller(wanted, total(weighed.map(({ cap }) => cap)));
  const byWeight = { seats: weighed, wanted: bearable, input };
  const byHeld = { seats: others, wanted: wanted - bearable, input };
  const weights = weighed.map(({ holder }) => weightOf(holder));
  const held = others.map((seat) => seat.held);
  const lots = new Map([
    ...paired(weighed, rounded(byWeight, filled(byWeight, weights))),
    ...paired(others, byLargestRemainder(byHeld, filled(byHeld, held))),
  ]);
  return seats.map((seat) => lots.get(seat)!);
}

const paired = <K>(keys: readonly K[], values: readonly bigint[]): [K, bigint][] =>
  keys.map((key, at) => [key, values[at]!]);

/** Exact shares in proportion to weights: caps are reached round by round until the rest fits. */
function filled({ seats, wanted }: Deal, weights: readonly bigint[]): Fraction[] {
  const full = new Set<number>();
  for (;;) {
    const open = [...seats.keys()].filter((at) => !full.has(at));
    const left = wanted - total([...full].map((at) => seats[at]!.cap));
    const sum = total(open.map((at) => weights[at]!));
    const reached = open.filter((at) => left * weights[at]! >= seats[at]!.cap * sum);
    for (const at of reached) full.add(at);
    if (reached.length > 0) continue;
    return seats.map(({ cap }, at) =>
      full.has(at) ? { n: cap, d: 1n } : { n: left * weights[at]!, d: sum },
    );
  }
}

function byLargestRemainder({ seats, wanted }: Deal, exact: readonly Fraction[]): bigint[] {
  const lots = exact.map(({ n, d }) => n / d);
  const ranked = seats.map(({ holder }, at) => {
    const { n, d } = exact[at]!;
    return { at, id: holder.account, rest: { n: n % d, d } };
  });
  ranked.sort((a, b) => order(b.rest, a.rest) || byText(a.id, b.id));
  let left = wanted - total(lots);
  for (const { at, rest } of ranked) {
    if (left === 0n || rest.n === 0n) break;
    lots[at] = lots[at]! + 1n;
    left -= 1n;
  }
  return lots;
}

/** Whole parts of the exact shares come first in any case; the rest goes one by one. */
function lotByLot(
  { seats, wanted }: Deal,
  exact: readonly Fraction[],
  weightOf: WeightOf,
): bigint[] {
  const lots = exact.map(({ n, d }) => n / d);
  for (let left = wanted - total(lots); left > 0n; left -= 1n) {
    const open = [...seats.keys()].filter((at) => lots[at]! < seats[at]!.cap);
    const hurt = (at: number): Fraction => {
      return { n: lots[at]! + 1n, d: weightOf(seats[at]!.holder) };
    };
    const id = (at: number): string => seats[at]!.holder.account;
    open.sort((a, b) => order(hurt(a), hurt(b)) || byText(id(a), id(b)));
    lots[open[0]!] = lots[open[0]!]! + 1n;
  }
  return lots;
}
