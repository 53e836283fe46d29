/**
 * What must be true of every plan of `closeOutLegs`, whatever the account and the policy.
 * @module
 */
import type { CloseOutPolicy } from '../../src/risk/index.ts';
import { rawOf } from '../../src/units/index.ts';
import { ceil, ONE, smaller } from './arithmetic.ts';
import {
  type Hedge,
  hedgesOf,
  Leg,
  type LegsCase,
  legsInput,
  POLICIES,
  surplus,
  worthwhile,
} from './legs-cases.ts';
import type { Subject } from './subject.ts';
import { check, type Tally } from './tally.ts';

type Plan = {
  readonly policy: CloseOutPolicy;
  readonly lots: readonly bigint[];
  readonly cost: bigint;
  readonly restores: boolean;
};

export function checkLegs(subject: Subject, tally: Tally, given: LegsCase): void {
  const legs = given.legs.map((leg) => new Leg(leg));
  const plans = POLICIES.map((policy) => checkPlan(subject, tally, { given, legs, policy }));
  checkCheapest(tally, given, legs, plans);
  checkHedges(tally, given, legs, plans[0]!);
}

type Question = {
  readonly given: LegsCase;
  readonly legs: readonly Leg[];
  readonly policy: CloseOutPolicy;
};

function checkPlan(subject: Subject, tally: Tally, question: Question): Plan {
  const { given, legs, policy } = question;
  const answer = subject.closeOutLegs(legsInput(given, policy));
  const sizes = answer.sizes.map(rawOf);
  const holds = (property: string, condition: boolean): void =>
    check(tally, `legs: ${property}`, {
      holds: condition,
      detail: () => `${policy} closed ${sizes.join(', ')}`,
    });
  const lots = sizes.map((size, at) => size / legs[at]!.given.lot);
  const inLots = legs.every(
    ({ given: { lot, closable } }, at) => sizes[at]! === lots[at]! * lot && lots[at]! <= closable,
  );
  holds('whole lots within what is closable', inLots && lots.every((each) => each >= 0n));
  const costs = answer.expectedCosts.map(rawOf);
  holds(
    'costs as reckoned by hand',
    legs.every((leg, at) => costs[at] === leg.cost(lots[at]!)),
  );
  const enough = surplus(given, legs, lots) >= 0n;
  holds('restores if and only if it says so', answer.restores === enough);
  const isLower = legs.every((leg, at) => leg.left(lots[at]!) <= leg.margin);
  holds('closed at the mark, E/MM does not fall', isLower);
  holds(
    'no dust is left but where a leg could not be begun otherwise',
    legs.every((leg, at) => !leavesDust(leg, lots[at]!) || isCornered(leg)),
  );
  const helps = [...legs.keys()].filter(
    (at) => lots[at]! > 0n && legs[at]!.reliefAtLimit(lots[at]!) > 0n,
  );
  holds('ordered is what lowers the deficit at its limit', sameSet(answer.order, helps));
  const gains = answer.order.map((at) => gainOf(given, legs[at]!, lots[at]!));
  holds(
    'the most helpful leg comes first',
    gains.every((gain, at) => !(gain > gains[at - 1]!)),
  );
  checkMinimal(tally, question, lots);
  const cost = costs.reduce((sum, each) => sum + each, 0n);
  return { policy, lots, cost, restores: enough };
}

const gainOf = ({ target }: LegsCase, leg: Leg, lots: bigint): bigint =>
  target * (leg.margin - leg.left(lots)) - leg.cost(lots) * ONE;

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && b.every((each) => a.includes(each));

function leavesDust(leg: Leg, lots: bigint): boolean {
  const { held, notionalMin } = leg.given;
  return lots > 0n && lots < held && leg.worth(held - lots) < notionalMin;
}

/** There is no room for the whole leg, and one lot of it already leaves dust. */
const isCornered = (leg: Leg): boolean => {
  const { held, closable, notionalMin } = leg.given;
  return closable < held && leg.worth(held - 1n) < notionalMin;
};

/** With one lot less of a leg it would not do, unless that lot cost what it released. */
function checkMinimal(tally: Tally, { given, legs, policy }: Question, lots: readonly bigint[]) {
  const dusty = legs.some((leg) => leg.given.notionalMin > 0n);
  const none = legs.map(() => 0n);
  if (dusty || policy === 'everything' || policy === 'fixed-share') return;
  const enough = surplus(given, legs, lots);
  if (enough < 0n || surplus(given, legs, none) >= 0n) return;
  for (const [at, some] of lots.entries()) {
    if (some === 0n) continue;
    const fewer = lots.map((each, place) => (place === at ? each - 1n : each));
    const left = surplus(given, legs, fewer);
    if (left < 0n) {
      check(tally, `legs: one lot less does not restore (${policy})`, {
        holds: true,
        detail: () => '',
      });
      continue;
    }
    // A kept hedge may need the lot more than the target does.
    if (policy === 'least-impact' && hedgesOf(legs).length > 0) continue;
    // Largest-first closes every leg but the last whole, and a leg that costs more than it
    // releases is in the way of the others until it is trimmed.
    if (policy === 'largest-first') continue;
    if (isShare({ given, legs, policy }) && mayCost(given, legs)) continue;
    check(tally, `legs: a lot too many cost as much as it released (${policy})`, {
      holds: left >= enough,
      detail: () => `${policy} closed ${lots.join(', ')} lots; of leg ${at} one fewer would do`,
    });
  }
}

/** The plan is the same share of every leg: for least-impact only where its own rule fails. */
const isShare = ({ given, legs, policy }: Question): boolean =>
  policy === 'proportional' || surplus(given, legs, worthwhile(given, legs, [])) < 0n;

/** Some part of some leg may cost more than it releases. */
const mayCost = ({ target }: LegsCase, legs: readonly Leg[]): boolean =>
  legs.some(({ given: { tiers, penalty, slippage } }) => {
    // The last unit within the limit may cost up to twice the average.
    return target * tiers[0]!.fraction <= (penalty + 2n * slippage) * ONE;
  });

/** Where only cost decides, no other policy that restores is cheaper than least-impact. */
function checkCheapest(
  tally: Tally,
  given: LegsCase,
  legs: readonly Leg[],
  plans: readonly Plan[],
): void {
  const own = plans[0]!;
  const plain = legs.every((leg) => leg.isConvex && leg.given.notionalMin === 0n);
  if (
    !plain ||
    hedgesOf(legs).length > 0 ||
    surplus(
      given,
      legs,
      legs.map(() => 0n),
    ) >= 0n
  )
    return;
  const room = resolution(given, legs, own.lots);
  for (const { policy, cost, restores, lots } of plans.slice(1)) {
    if (!restores) continue;
    const worth = lots.reduce((sum, each, at) => sum + legs[at]!.worth(each), 0n);
    if (!own.restores) {
      // It gives up only where the most that can be reached is within rounding of the target.
      const over = surplus(given, legs, lots);
      check(tally, 'legs: restores whenever another policy does', {
        holds: over < given.target * lotMargin(legs) + worth * 10n ** 9n,
        detail: () => `least-impact does not, ${policy} does with ${lots.join(', ')}`,
      });
    } else if (room !== null) {
      check(tally, 'legs: no other policy restores for less', {
        holds: own.cost <= cost + room,
        detail: () => `least-impact costs ${own.cost}, ${policy} ${cost}; ${room} allowed`,
      });
    }
  }
}

const lotMargin = (legs: readonly Leg[]): bigint =>
  legs.reduce((sum, leg) => sum + ceil(leg.worth(1n) * leg.given.tiers.at(-1)!.fraction, ONE), 0n);

/**
 * What least-impact may cost above the optimum: a step of the price ν and a lot of every leg,
 * (κ/4096 · released + ν · lots) / (1 − ν/κ); null where ν is so near κ that it says nothing.
 */
function resolution(given: LegsCase, legs: readonly Leg[], lots: readonly bigint[]) {
  const { target } = given;
  const step = target / 4096n;
  // The least price of the grid at which the marginal rule closes at least as much of every leg.
  let [low, high] = [-1n, 4096n];
  const reaches = (at: bigint): boolean =>
    legs.every((leg, place) => leg.lotsAt((target * at) / 4096n) + 1n >= lots[place]!);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  const price = smaller(target, (target * (high + 1n)) / 4096n);
  if (price * 20n > target * 19n) return null;
  const released = legs.reduce((sum, leg, at) => sum + leg.margin - leg.left(lots[at]!), 0n);
  const room = (step * (released + lotMargin(legs)) + price * lotMargin(legs)) / ONE;
  // Whole lots: of every leg one may be more, or less, than the amount without lots.
  const lot = legs.reduce((sum, leg) => sum + leg.costAtLimit(1n), 0n);
  const rounding = legs.reduce((sum, leg) => sum + leg.notional, 0n) / 10n ** 9n;
  return (room * target) / (target - price) + lot + rounding + 1000n;
}

/** With hedges kept no group ends up more exposed, to a lot of each leg. */
function checkHedges(tally: Tally, given: LegsCase, legs: readonly Leg[], plan: Plan): void {
  const hedges = hedgesOf(legs);
  const dusty = legs.some((leg) => leg.given.notionalMin > 0n);
  if (hedges.length === 0 || dusty) return;
  if (
    surplus(
      given,
      legs,
      legs.map(() => 0n),
    ) >= 0n
  )
    return;
  const kept = surplus(given, legs, worthwhile(given, legs, hedges)) >= 0n;
  if (!kept) return;
  for (const hedge of hedges) {
    check(tally, 'legs: a hedge is kept where that restores', {
      holds: isKept(legs, hedge, plan.lots),
      detail: () => `closed ${plan.lots.join(', ')} lots`,
    });
  }
}

function isKept(legs: readonly Leg[], { small, large }: Hedge, lots: readonly bigint[]): boolean {
  const after = (side: readonly number[]): bigint =>
    side.reduce((sum, at) => sum + legs[at]!.worth(legs[at]!.given.held - lots[at]!), 0n);
  const before = (side: readonly number[]): bigint =>
    side.reduce((sum, at) => sum + legs[at]!.notional, 0n);
  const net = after(large) - after(small);
  const room = [...small, ...large].reduce((sum, at) => sum + 2n * legs[at]!.worth(1n), 8n);
  return net >= -room && net <= before(large) - before(small) + room;
}
