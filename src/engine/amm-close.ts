/**
 * What the protocol's own market maker takes next of an account in liquidation: of the legs that
 * the close-out policy would close at its prices the first that leaves both sides as they must be.
 * @module
 */
import {
  contractNotional,
  contractValueDown,
  liquidationPenalty,
  type MarginSummary,
  maintenanceMargin,
} from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  floorTo,
  fromRaw,
  gt,
  isNegative,
  isPositive,
  isZero,
  lt,
  type Money,
  max,
  mulUp,
  neg,
  type Ratio,
  ratioUp,
  rawOf,
  type Size,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import { accountAfter } from './account-after.ts';
import { closingSide, type Leg } from './account-legs.ts';
import { type AmmDeal, ammDeal, type DealingAmm, dealingAmm } from './amm.ts';
import {
  type CloseOutPlan,
  closeOutPlan,
  type LegTerms,
  type PlannedLeg,
} from './close-out-plan.ts';
import { isOpenForCloseOuts } from './close-out-room.ts';
import { isRestored } from './liquidation-release.ts';
import { accountMargin } from './margin.ts';
import { positionChange } from './position-change.ts';
import type { RouteMoment } from './routes/route.ts';
import type { PositionChange } from './schema/index.ts';
import type { AccountView, PoolView } from './state.ts';
import { keepsInitialMargin } from './taking-side.ts';

export type AmmClose = {
  readonly planned: PlannedLeg;
  readonly amm: DealingAmm;
  /** Signed change of the account's position. */
  readonly sizeDelta: Size;
  readonly deal: AmmDeal;
  readonly liquidated: PositionChange;
  readonly taker: PositionChange;
  /** Of the account afterwards, before the penalty. */
  readonly equity: Money;
};

export type AmmNext =
  | { readonly close: AmmClose; readonly plan: CloseOutPlan }
  | { readonly close: null; readonly reason: 'unavailable' | 'gated' | 'toxic' | 'no-room' };

const refused = (reason: 'unavailable' | 'gated' | 'toxic' | 'no-room'): AmmNext => ({
  close: null,
  reason,
});

export function ammNext(state: PoolView, moment: RouteMoment): AmmNext {
  const { account, liquidation, margin } = moment;
  const markets = account.positions.map(({ market }) => market);
  const dealing = markets.filter((market) => ammFor(state, account, market) !== null);
  if (dealing.length === 0) return refused('unavailable');
  const plan = closeOutPlan(state, liquidation, margin, termsFor(state, account));
  if (plan.toxic) return refused('toxic');
  for (const at of plan.closes.order) {
    const close = closeOf(state, moment, { plan, at });
    if (close !== null) return { close, plan };
  }
  if (dealing.some((market) => !isOpenForCloseOuts(state, market))) return refused('gated');
  const roomy = plan.legs.some(({ leg, closable }) => {
    return isZero(closable) && roomOf(state, account, leg) > 0n;
  });
  return refused(roomy ? 'toxic' : 'no-room');
}

/** Nobody takes the other side of its own position. */
function ammFor(state: PoolView, account: AccountView, market: number): DealingAmm | null {
  const amm = dealingAmm(state, market);
  return amm === null || amm.account === account ? null : amm;
}

/**
 * What there is to be had of every leg without making the account worse, at the cost per unit of
 * notional of having all of it: less of it costs no more per unit, so that no plan is too dear.
 */
const termsFor =
  (state: PoolView, account: AccountView): LegTerms =>
  (planned) => {
    const { leg } = planned;
    const { lot, tiers } = leg.market.parameters;
    const notionalOf = (contracts: Size): Money =>
      contractNotional({ kind: 'linear', size: contracts, price: leg.markPrice });
    const slippageOf = (closed: Size): Ratio =>
      isZero(closed)
        ? ZERO_RATIO
        : ratioUp(costOf(state, account, { planned, closed }), notionalOf(closed));
    const helps = (lots: bigint): boolean => {
      const closed = ofLots(lots, lot);
      const notional = notionalOf(sub(abs(leg.position.size), closed));
      const released = sub(leg.maintenanceMargin, maintenanceMargin({ tiers, notional }));
      const perUnit = add(slippageOf(closed), planned.penaltyFraction);
      return gt(released, mulUp(notionalOf(closed), perUnit));
    };
    const closable = ofLots(mostLots(roomOf(state, account, leg), helps), lot);
    return { closable, slippage: slippageOf(closable) };
  };

/** Lots that the market maker takes of a leg now. */
function roomOf(state: PoolView, account: AccountView, { position, market }: Leg): bigint {
  const amm = ammFor(state, account, position.market);
  if (amm === null || !isOpenForCloseOuts(state, position.market)) return 0n;
  const { size } = ammDeal(state, position.market, { amm, sizeDelta: neg(position.size) });
  return rawOf(floorTo(size, market.parameters.lot)) / rawOf(market.parameters.lot);
}

/** What closing so much costs against the mark; the penalty on what is dealt beyond it included. */
function costOf(
  state: PoolView,
  account: AccountView,
  { planned, closed }: { readonly planned: PlannedLeg; readonly closed: Size },
): Money {
  const { leg, penaltyFraction } = planned;
  const { market, size } = leg.position;
  const amm = ammFor(state, account, market);
  assert(amm !== null, 'AMM', 'there is a market maker to deal with');
  const sizeDelta = withSign(closed, closingSide(size));
  const { value } = ammDeal(state, market, { amm, sizeDelta });
  const contracts = { kind: 'linear', size: sizeDelta, price: leg.markPrice } as const;
  const beyond = max(sub(abs(value), contractNotional(contracts)), ZERO_MONEY);
  const cost = sub(value, contractValueDown(contracts));
  return max(add(cost, mulUp(beyond, penaltyFraction)), ZERO_MONEY);
}

type Dealing = { readonly planned: PlannedLeg; readonly amm: DealingAmm };

/**
 * What is closed of one leg of a plan. At the quote, which is known, less may restore the account
 * than at the cost that was planned with; and less may be what both sides can bear.
 */
function closeOf(
  state: PoolView,
  moment: RouteMoment,
  { plan, at }: { readonly plan: CloseOutPlan; readonly at: number },
): AmmClose | null {
  const planned = plan.legs[at]!;
  const amm = ammFor(state, moment.account, planned.leg.position.market);
  if (amm === null) return null;
  const leg = { planned, amm };
  const { lot } = planned.leg.market.parameters;
  const whole = rawOf(plan.closes.sizes[at]!) / rawOf(lot);
  const tried = (lots: bigint) => attempt(state, moment, { ...leg, size: ofLots(lots, lot) });
  let lots = whole;
  if (plan.policy !== 'everything' && plan.policy !== 'fixed-share' && tried(whole).restores) {
    const least = leastLots(whole, (fewer) => tried(fewer).restores);
    if (!leavesDust(planned, ofLots(least, lot))) lots = least;
  }
  lots = mostLots(lots, (fewer) => tried(fewer).lawful);
  lots = mostLots(lots, (fewer) => !leavesDust(planned, ofLots(fewer, lot)));
  if (lots === 0n) return null;
  const { close, lawful } = tried(lots);
  return lawful ? close : null;
}

const ofLots = (lots: bigint, lot: Size): Size => fromRaw<Size>(lots * rawOf(lot));

type Attempt = {
  readonly close: AmmClose;
  /** The market maker keeps its margin; the account its equity, and its deficit falls. */
  readonly lawful: boolean;
  readonly restores: boolean;
};

function attempt(state: PoolView, moment: RouteMoment, input: Dealing & { size: Size }): Attempt {
  const { planned, amm, size } = input;
  const { account, liquidation, margin } = moment;
  const { position } = planned.leg;
  const { market } = position;
  const sizeDelta = withSign(size, closingSide(position.size));
  const deal = ammDeal(state, market, { amm, sizeDelta });
  const { value } = deal;
  const nothing = { market, fee: ZERO_MONEY };
  const liquidated = positionChange(state, { ...nothing, account, sizeDelta, value });
  const other = { account: amm.account, sizeDelta: neg(sizeDelta), value: neg(value) };
  const taker = positionChange(state, { ...nothing, ...other });
  const after = accountAfter(account, market, liquidated, state);
  const { equity } = accountMargin(state, after);
  const penalty = liquidationPenalty({
    notional: abs(value),
    penaltyFraction: planned.penaltyFraction,
    equity: sub(equity, liquidation.coverPaid),
  });
  const charged = accountMargin(state, { ...after, balance: sub(after.balance, penalty) });
  return {
    close: { planned, amm, sizeDelta, deal, liquidated, taker, equity },
    lawful:
      !isNegative(charged.equity) &&
      gt(surplus(charged), surplus(margin)) &&
      keepsInitialMargin(state, amm.account, { market, change: taker }),
    restores: isRestored(state, charged),
  };
}

const surplus = ({ marginEquity, maintenanceMargin }: MarginSummary): Money =>
  sub(marginEquity, maintenanceMargin);

/** Something is left, and it is worth less than the smallest notional. */
function leavesDust({ leg }: PlannedLeg, closed: Size): boolean {
  const left = sub(abs(leg.position.size), closed);
  if (!isPositive(left)) return false;
  const notional = contractNotional({ kind: 'linear', size: left, price: leg.markPrice });
  return lt(notional, leg.market.parameters.notionalMin);
}

/** The least lots, from 1 to `most`, that satisfy, where `most` does: by bisection. */
function leastLots(most: bigint, holds: (lots: bigint) => boolean): bigint {
  let [low, high] = [0n, most];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** `most` if it satisfies; else lots that do where one more does not, by bisection; 0 for none. */
function mostLots(most: bigint, holds: (lots: bigint) => boolean): bigint {
  if (most === 0n || holds(most)) return most;
  let [low, high] = [0n, most];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Notional at the mark of all that a plan closes, and what that is expected to cost. */
export function ammOffer({ legs, closes }: CloseOutPlan) {
  const notionals = legs.map(({ leg }, at) =>
    contractNotional({
      kind: leg.market.parameters.kind,
      size: closes.sizes[at]!,
      price: leg.markPrice,
    }),
  );
  return { notional: sum(notionals), priceCost: sum(closes.expectedCosts) };
}
