/**
 * The next close-out of an account on the book: which leg, how much of it, at what limit.
 * Largest leg first among those whose close-out alone restores the account; where none does,
 * the largest leg whole.
 * @module
 */
import {
  bankruptcyPrice,
  bankruptcyQuote,
  closeOutLimitPrice,
  closeOutSize,
  contractNotional,
  contractValueDown,
  fillablePrice,
  type MarginSummary,
  maintenanceMargin,
} from '../risk/index.ts';
import {
  abs,
  add,
  ceilTo,
  cmp,
  fromRaw,
  gt,
  isNegative,
  isZero,
  lt,
  type Money,
  max,
  min,
  mulUp,
  neg,
  ONE_RATIO,
  type Price,
  portionDown,
  quoteSizeUp,
  type Ratio,
  ratioUp,
  type Size,
  sign,
  sizeUp,
  sub,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import { isCovered } from './liquidation-step.ts';
import { markOf } from './margin.ts';
import {
  type AccountView,
  type LiquidationView,
  type MarketView,
  type PoolView,
  type PositionView,
  poolParameters,
} from './state.ts';

/** One leg of an account with the prices at which it may be closed. */
export type Leg = {
  readonly position: PositionView;
  readonly market: MarketView;
  readonly markPrice: Price;
  readonly notional: Money;
  readonly maintenanceMargin: Money;
};

export type CloseOutPlan = {
  readonly leg: Leg;
  /** Signed: + buys, − sells. */
  readonly sizeDelta: Size;
  readonly limitPrice: Price;
  readonly fillablePrice: Price;
  readonly bankruptcyPrice: Price | null;
  /** At its limit price, penalty included, the close-out would reduce the margin deficit. */
  readonly reducesDeficit: boolean;
};

/** The account's legs, largest notional first, ties by market number. */
export function legsBySize(state: PoolView, account: AccountView): Leg[] {
  const legs = account.positions.map((position) => {
    const market = state.markets[position.market]!;
    const markPrice = markOf(market);
    const { kind, tiers } = market.parameters;
    const notional = contractNotional({ kind, size: position.size, price: markPrice });
    const required = maintenanceMargin({ tiers, notional });
    return { position, market, markPrice, notional, maintenanceMargin: required };
  });
  return legs.sort((a, b) => cmp(b.notional, a.notional) || a.position.market - b.position.market);
}

/** Plans one close-out for an account with positions; `margin` is the account's own. */
export function closeOutPlan(
  state: PoolView,
  liquidation: LiquidationView,
  margin: MarginSummary,
): CloseOutPlan {
  const account = state.accounts[liquidation.account]!;
  const plans = legsBySize(state, account).map((leg) => {
    const limit = limitOf(state, leg, margin, liquidation.attempts);
    const held = abs(leg.position.size);
    const whole = { size: held, whole: true };
    const covered = isCovered(liquidation);
    return { limit, sized: covered ? whole : sizedLeg(state, leg, margin, limit.slippage) };
  });
  const sufficient = plans.find(({ sized }) => !sized.whole) ?? plans[0]!;
  const { limit, sized } = sufficient;
  return {
    leg: limit.leg,
    sizeDelta: withSign(sized.size, sign(limit.leg.position.size) > 0 ? -1 : 1),
    limitPrice: limit.limitPrice,
    fillablePrice: limit.fillablePrice,
    bankruptcyPrice: limit.bankruptcyPrice,
    reducesDeficit: reducesDeficit(state, limit.leg, sized.size, limit.slippage),
  };
}

type LegLimit = {
  readonly leg: Leg;
  readonly fillablePrice: Price;
  readonly bankruptcyPrice: Price | null;
  readonly limitPrice: Price;
  /** What closing at the limit costs against the mark, per unit of notional at the mark. */
  readonly slippage: Ratio;
};

function limitOf(state: PoolView, leg: Leg, margin: MarginSummary, attempts: number): LegLimit {
  const pool = poolParameters(state);
  const { size } = leg.position;
  const { kind } = leg.market.parameters;
  const fillable = stagedFillablePrice(state, leg, margin, attempts);
  const sizeDelta = neg(size);
  const quote = bankruptcyQuote({
    kind,
    sizeDelta,
    markPrice: leg.markPrice,
    equity: margin.equity,
    maintenanceMarginReleased: leg.maintenanceMargin,
    maintenanceMargin: margin.maintenanceMargin,
  });
  const bankruptcy = bankruptcyPrice({ kind, sizeDelta, quote });
  const limitPrice = closeOutLimitPrice({
    kind,
    size,
    markPrice: leg.markPrice,
    fillablePrice: fillable,
    bankruptcyPrice: bankruptcy,
    equity: margin.equity,
    penaltyFraction: pool.penaltyFraction,
  });
  const atMark = contractValueDown({ kind, size, price: leg.markPrice });
  const atLimit = contractValueDown({ kind, size, price: limitPrice });
  // The penalty is charged on the fill: where the limit is worth more than the mark, it grows too.
  const growth = sub(contractNotional({ kind, size, price: limitPrice }), leg.notional);
  const penaltyGrowth = mulUp(max(growth, ZERO_MONEY), pool.penaltyFraction);
  const cost = add(sub(atMark, atLimit), penaltyGrowth);
  const slippage = gt(cost, ZERO_MONEY) ? ratioUp(cost, leg.notional) : ZERO_RATIO;
  return { leg, fillablePrice: fillable, bankruptcyPrice: bankruptcy, limitPrice, slippage };
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

/** How much of a leg to close; `whole` where even all of it would not restore the account. */
function sizedLeg(
  state: PoolView,
  leg: Leg,
  margin: MarginSummary,
  slippageFraction: Ratio,
): { readonly size: Size; readonly whole: boolean } {
  const pool = poolParameters(state);
  const held = abs(leg.position.size);
  const { closeOutNotional, wholeTakeover } = closeOutSize({
    marginEquity: margin.marginEquity,
    notional: leg.notional,
    tiers: leg.market.parameters.tiers,
    targetRatio: pool.releaseRatio,
    penaltyFraction: pool.penaltyFraction,
    slippageFraction,
    otherMaintenanceMargin: sub(margin.maintenanceMargin, leg.maintenanceMargin),
  });
  if (wholeTakeover) return { size: held, whole: true };
  return { size: inLots(leg, closeOutNotional), whole: false };
}

/** Notional to contracts: up to a lot, at most the position, no dust left behind. */
function inLots(leg: Leg, notional: Money): Size {
  const { kind, lot, notionalMin } = leg.market.parameters;
  const held = abs(leg.position.size);
  const toSize = kind === 'linear' ? sizeUp : quoteSizeUp;
  const size = min(ceilTo(toSize(notional, leg.markPrice), lot), held);
  const closed = isZero(size) ? min(lot, held) : size;
  const left = sub(held, closed);
  const leftNotional = contractNotional({ kind, size: left, price: leg.markPrice });
  return isZero(left) || lt(leftNotional, notionalMin) ? held : closed;
}

/** INV-4: what the close-out releases in requirement exceeds what it costs at its limit. */
function reducesDeficit(state: PoolView, leg: Leg, size: Size, slippage: Ratio): boolean {
  const { kind, tiers } = leg.market.parameters;
  const left = sub(abs(leg.position.size), size);
  const leftNotional = contractNotional({ kind, size: left, price: leg.markPrice });
  const released = sub(leg.maintenanceMargin, maintenanceMargin({ tiers, notional: leftNotional }));
  const costFraction = add(poolParameters(state).penaltyFraction, slippage);
  const cost = mulUp(contractNotional({ kind, size, price: leg.markPrice }), costFraction);
  return gt(released, cost);
}
