/**
 * The next close-out of an account on the book: what its policy would close of every leg, within
 * the room of each market, and the one order that is placed now, at what limit.
 * @module
 */
import {
  bankruptcyPrice,
  bankruptcyQuote,
  type CloseOutLeg,
  type CloseOutLegs,
  type CloseOutPolicy,
  closeOutLegs,
  closeOutLimitPrice,
  contractNotional,
  contractValueDown,
  fillablePrice,
  type MarginSummary,
} from '../risk/index.ts';
import {
  add,
  fromRaw,
  gt,
  isNegative,
  type Money,
  max,
  min,
  mulUp,
  neg,
  ONE_RATIO,
  type Price,
  portionDown,
  type Ratio,
  ratioUp,
  type Size,
  sub,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
  ZERO_SIZE,
} from '../units/index.ts';
import { type Leg, legsOf } from './account-legs.ts';
import { closableSize } from './close-out-room.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { legPenaltyFraction } from './leg-penalty.ts';
import { isCovered, releaseEquity } from './liquidation-release.ts';
import { type LiquidationView, type PoolView, poolParameters } from './state.ts';

/** A leg with the limit price of its close-out and what the market has room for. */
export type PlannedLeg = {
  readonly leg: Leg;
  readonly penaltyFraction: Ratio;
  readonly fillablePrice: Price;
  readonly bankruptcyPrice: Price | null;
  readonly limitPrice: Price;
  /** What closing at the limit costs against the mark, per unit of notional at the mark. */
  readonly slippage: Ratio;
  readonly closable: Size;
};

export type CloseOutPlan = {
  readonly policy: CloseOutPolicy;
  /** The account's legs in the order of markets. */
  readonly legs: readonly PlannedLeg[];
  /** What the policy closes of each. */
  readonly closes: CloseOutLegs;
  /** Markets whose legs had an order at this very moment, and wait for the others. */
  readonly waiting: readonly number[];
  /** The leg that is ordered now; null where none should be or none has room. */
  readonly next: { readonly planned: PlannedLeg; readonly sizeDelta: Size } | null;
  /** What could be closed would cost more than it releases, even whole legs. */
  readonly toxic: boolean;
};

/** How much of a leg somebody else than a book takes, and at what cost at most. */
export type LegTerms = (planned: PlannedLeg) => Pick<PlannedLeg, 'closable' | 'slippage'>;

/** Plans one close-out for an account with positions; `margin` is the account's own. */
export function closeOutPlan(
  state: PoolView,
  liquidation: LiquidationView,
  margin: MarginSummary,
  terms?: LegTerms,
): CloseOutPlan {
  const settings = closeOutSettings(state);
  const policy = isCovered(liquidation) ? 'everything' : settings.policy;
  return planUnder(state, { liquidation, margin, policy, terms });
}

/** The plan that a policy would make at this moment, whatever the pool's own policy is. */
export function planUnder(
  state: PoolView,
  input: {
    readonly liquidation: LiquidationView;
    readonly margin: MarginSummary;
    readonly policy: CloseOutPolicy;
    /** Markets that wait, whatever the policy; absent: as the policy has it. */
    readonly waiting?: readonly number[];
    /** Without: those of the book. */
    readonly terms?: LegTerms | undefined;
  },
): CloseOutPlan {
  const { liquidation, margin, policy, terms } = input;
  const account = state.accounts[liquidation.account]!;
  const legs = legsOf(state, account)
    .map((leg) => plannedLeg(state, leg, { liquidation, margin }))
    .map((planned) => (terms === undefined ? planned : { ...planned, ...terms(planned) }));
  const { closes, waiting } = closesOf(state, input, legs);
  const at = closes.order[0];
  const planned = at === undefined ? null : legs[at]!;
  const direction = planned !== null && isNegative(planned.leg.position.size) ? 1 : -1;
  return {
    policy,
    legs,
    closes,
    waiting,
    next: planned && { planned, sizeDelta: withSign(closes.sizes[at!]!, direction) },
    toxic: closes.toxic,
  };
}

/** Notional at the mark of what a plan closes of each leg, in the order of its legs. */
export const plannedNotionals = ({ legs, closes }: CloseOutPlan): readonly Money[] =>
  legs.map(({ leg }, at) => {
    const { kind } = leg.market.parameters;
    return contractNotional({ kind, size: closes.sizes[at]!, price: leg.markPrice });
  });

/**
 * Orders go out one by one, and after each everything is planned anew. Legs that were ordered at
 * this very moment have had their part: what is left is for the others, where they suffice.
 */
function closesOf(
  state: PoolView,
  input: Parameters<typeof planUnder>[1],
  legs: readonly PlannedLeg[],
): Pick<CloseOutPlan, 'closes' | 'waiting'> {
  const { liquidation, margin, policy } = input;
  const closesWithout = (waiting: readonly number[]): CloseOutLegs =>
    closeOutLegs({
      policy,
      fixedShare: closeOutSettings(state).fixedShare,
      marginEquity: releaseEquity(state, margin),
      targetRatio: poolParameters(state).releaseRatio,
      legs: legs.map((planned) => {
        const waits = waiting.includes(planned.leg.position.market);
        return closeOutLeg(waits ? { ...planned, closable: ZERO_SIZE } : planned);
      }),
    });
  if (input.waiting !== undefined) {
    return { closes: closesWithout(input.waiting), waiting: input.waiting };
  }
  const spreads = policy === 'least-impact' || policy === 'proportional';
  const ordered = liquidation.orderedMs === state.timeMs ? liquidation.ordered : [];
  if (spreads && ordered.length > 0) {
    const closes = closesWithout(ordered);
    if (closes.restores) return { closes, waiting: ordered };
  }
  return { closes: closesWithout([]), waiting: [] };
}

function closeOutLeg(planned: PlannedLeg): CloseOutLeg {
  const { leg, penaltyFraction, slippage, closable } = planned;
  const { parameters, liquidity } = leg.market;
  return {
    kind: parameters.kind,
    size: leg.position.size,
    markPrice: leg.markPrice,
    lot: parameters.lot,
    tiers: parameters.tiers,
    penaltyFraction,
    slippageFraction: slippage,
    impact: liquidity && {
      model: liquidity.impactModel,
      coefficient: liquidity.impactCoefficient,
      volatility: liquidity.dailyVolatility,
      volume: liquidity.dailyVolume,
    },
    closable,
    notionalMin: parameters.notionalMin,
    hedgeGroup: liquidity?.hedgeGroup ?? `index:${parameters.index}`,
  };
}

function plannedLeg(
  state: PoolView,
  leg: Leg,
  account: { readonly liquidation: LiquidationView; readonly margin: MarginSummary },
): PlannedLeg {
  const { liquidation, margin } = account;
  const { market, markPrice, notional, position } = leg;
  const penaltyFraction = legPenaltyFraction(state, market, margin);
  const fillable = stagedFillablePrice(state, leg, margin, liquidation.attempts);
  const bankruptcy = wholeBankruptcyPrice(leg, margin);
  const limitPrice = closeOutLimitPrice({
    kind: market.parameters.kind,
    size: position.size,
    markPrice,
    fillablePrice: fillable,
    bankruptcyPrice: bankruptcy,
    equity: margin.equity,
    penaltyFraction,
  });
  const closable = closableSize(state, {
    liquidation,
    market,
    marketNumber: position.market,
    size: position.size,
    markPrice,
    notional,
  });
  return {
    leg,
    penaltyFraction,
    fillablePrice: fillable,
    bankruptcyPrice: bankruptcy,
    limitPrice,
    slippage: slippageTo(limitPrice, leg, penaltyFraction),
    closable,
  };
}

/** Bankruptcy price of closing the whole leg. */
function wholeBankruptcyPrice(leg: Leg, margin: MarginSummary): Price | null {
  const { kind } = leg.market.parameters;
  const sizeDelta = neg(leg.position.size);
  const quote = bankruptcyQuote({
    kind,
    sizeDelta,
    markPrice: leg.markPrice,
    equity: margin.equity,
    maintenanceMarginReleased: leg.maintenanceMargin,
    maintenanceMargin: margin.maintenanceMargin,
  });
  return bankruptcyPrice({ kind, sizeDelta, quote });
}

/** What closing a leg at the limit costs against the mark, per unit of notional at the mark. */
function slippageTo(limitPrice: Price, leg: Leg, penaltyFraction: Ratio): Ratio {
  const { size } = leg.position;
  const { kind } = leg.market.parameters;
  const atMark = contractValueDown({ kind, size, price: leg.markPrice });
  const atLimit = contractValueDown({ kind, size, price: limitPrice });
  // The penalty is charged on the fill: where the limit is worth more than the mark, it grows too.
  const growth = sub(contractNotional({ kind, size, price: limitPrice }), leg.notional);
  const penaltyGrowth = mulUp(max(growth, ZERO_MONEY), penaltyFraction);
  const cost = add(sub(atMark, atLimit), penaltyGrowth);
  return gt(cost, ZERO_MONEY) ? ratioUp(cost, leg.notional) : ZERO_RATIO;
}

/**
 * The fillable price, opened further with every order that found no taker: at the mark's very
 * edge of health nobody would ever trade, and the last attempt offers the whole spread.
 */
function stagedFillablePrice(
  state: PoolView,
  leg: Leg,
  margin: MarginSummary,
  attempts: number,
): Price {
  const pool = poolParameters(state);
  const { size } = leg.position;
  const common = {
    kind: leg.market.parameters.kind,
    size,
    markPrice: leg.markPrice,
    maintenanceMargin: margin.maintenanceMargin,
    legMaintenanceMargin: leg.maintenanceMargin,
    spreadToMaintenanceMarginRatio: pool.spreadToMaintenanceMarginRatio,
  };
  const byHealth = fillablePrice({
    ...common,
    marginEquity: margin.marginEquity,
    bankruptcyAdjustment: pool.bankruptcyAdjustment,
  });
  const left = Math.max(0, pool.bookAttemptsMax - attempts - 1);
  const byAttempts = fillablePrice({
    ...common,
    marginEquity: portionDown(
      margin.maintenanceMargin,
      fromRaw<Ratio>(BigInt(left)),
      fromRaw<Ratio>(BigInt(pool.bookAttemptsMax)),
    ),
    bankruptcyAdjustment: ONE_RATIO,
  });
  return isNegative(size) ? max(byHealth, byAttempts) : min(byHealth, byAttempts);
}
