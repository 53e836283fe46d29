/**
 * At what terms liquidators may take over a leg of an account: how much of it, at which bonus.
 * The bonus grows as health falls and gives way where the account could not afford it.
 * @module
 */
import {
  closeOutSize,
  contractNotional,
  contractValueDown,
  liquidationBonus,
  maintenanceMargin,
} from '../risk/index.ts';
import {
  abs,
  add,
  ceilTo,
  fromRaw,
  gt,
  gte,
  lt,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  ONE_RATIO,
  quoteSizeUp,
  type Ratio,
  ratioDown,
  type Size,
  sign,
  sizeUp,
  sub,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import type { Leg } from './account-legs.ts';
import { legPenaltyFraction } from './leg-penalty.ts';
import { goesOnRestored, releaseEquity } from './liquidation-release.ts';
import { marginRatioOf } from './margin.ts';
import type { RouteMoment } from './routes/route.ts';
import type { DirectParameters } from './schema/index.ts';
import { type PoolView, poolParameters } from './state.ts';

/** What of a leg may be taken, and what that costs the account per unit of notional. */
export type DirectLeg = {
  readonly leg: Leg;
  readonly bonusFraction: Ratio;
  readonly penaltyFraction: Ratio;
  /** Contracts that may be taken at most. */
  readonly most: Size;
};

export function directLeg(
  state: PoolView,
  input: { readonly direct: DirectParameters; readonly moment: RouteMoment; readonly leg: Leg },
): DirectLeg {
  const { direct, moment, leg } = input;
  const bonusFraction = bonusFor(direct, moment);
  const penaltyFraction = legPenaltyFraction(state, leg.market, moment.margin);
  const costs = { bonusFraction, penaltyFraction };
  return { leg, ...costs, most: restoringSize(state, { moment, leg, ...costs }) };
}

/**
 * Per unit of notional at the mark, or of debt. Health is what stands behind the requirements and
 * the debts, per unit of them; who has neither is as healthy as can be.
 */
export function bonusFor(direct: DirectParameters, { margin }: RouteMoment): Ratio {
  const { minBonus, maxBonus, healthForMaxBonus } = direct;
  const health = marginRatioOf({
    marginEquity: add(margin.marginEquity, margin.weightedDebt),
    maintenanceMargin: add(margin.maintenanceMargin, margin.weightedDebt),
  });
  return liquidationBonus({
    model: 'linear',
    healthFactor: max(health ?? ONE_RATIO, ZERO_RATIO),
    minBonus,
    maxBonus,
    healthFactorForMaxBonus: healthForMaxBonus,
  }).bonus;
}

/**
 * Contracts whose takeover restores the account, up to a lot; the whole leg where no part of it
 * does, where dust would be left, or where the account is closed whole anyway.
 */
function restoringSize(
  state: PoolView,
  input: { readonly moment: RouteMoment } & Omit<DirectLeg, 'most'>,
): Size {
  const { moment, leg, bonusFraction, penaltyFraction } = input;
  const { margin, liquidation } = moment;
  const { kind, tiers, lot, notionalMin } = leg.market.parameters;
  const held = abs(leg.position.size);
  if (goesOnRestored(state, liquidation)) return held;
  // No bonus is paid beyond what the leg releases less its penalty: no dearer is it reckoned with.
  const affordable = sub(ratioDown(leg.maintenanceMargin, leg.notional), penaltyFraction);
  const { closeOutNotional, wholeTakeover } = closeOutSize({
    marginEquity: releaseEquity(state, margin),
    notional: leg.notional,
    tiers,
    targetRatio: poolParameters(state).releaseRatio,
    penaltyFraction,
    slippageFraction: max(min(bonusFraction, affordable), ZERO_RATIO),
    otherMaintenanceMargin: sub(margin.maintenanceMargin, leg.maintenanceMargin),
  });
  if (wholeTakeover) return held;
  const toSize = kind === 'linear' ? sizeUp : quoteSizeUp;
  const contracts = ceilTo(toSize(closeOutNotional, leg.markPrice), lot);
  if (gte(contracts, held)) return held;
  const left = { kind, size: sub(held, contracts), price: leg.markPrice };
  return lt(contractNotional(left), notionalMin) ? held : contracts;
}

/** A part of a leg as it changes hands. */
export type DirectTake = {
  /** Signed as the position. */
  readonly size: Size;
  /** At the mark. */
  readonly notional: Money;
  /** Requirement that the account no longer has. */
  readonly released: Money;
  readonly bonus: Money;
  /** What the liquidator pays for the contracts, negative where it is paid: the mark less bonus. */
  readonly value: Money;
};

/** Valuing a position in two parts may cost the account a unit. */
const ONE_UNIT = fromRaw<Money>(1n);

/**
 * The bonus is cut to what leaves the margin deficit no larger, penalty included, and to the
 * account's own equity; of what is left then, the penalty gets what it can.
 */
export function directTake(moment: RouteMoment, terms: DirectLeg, contracts: Size): DirectTake {
  const { leg, bonusFraction, penaltyFraction } = terms;
  const { kind, tiers } = leg.market.parameters;
  const price = leg.markPrice;
  const size = withSign(contracts, sign(leg.position.size));
  const notional = contractNotional({ kind, size, price });
  const left = contractNotional({ kind, size: sub(leg.position.size, size), price });
  const released = sub(leg.maintenanceMargin, maintenanceMargin({ tiers, notional: left }));
  const spare = sub(released, mulUp(notional, penaltyFraction));
  // What the fund has paid into the account is not its own to pay liquidators with.
  const own = sub(sub(moment.margin.equity, moment.liquidation.coverPaid), ONE_UNIT);
  const due = mulDown(notional, bonusFraction);
  const bonus = max(min(due, min(spare, own)), ZERO_MONEY);
  const value = sub(contractValueDown({ kind, size, price }), bonus);
  return { size, notional, released, bonus, value };
}

/** Why a size is not one to take: too much, too little, or with dust left over. */
export function isAdmissible(
  direct: DirectParameters,
  { leg, most }: DirectLeg,
  contracts: Size,
): boolean {
  if (gt(contracts, most)) return false;
  if (contracts === most) return true;
  const { kind, notionalMin } = leg.market.parameters;
  const price = leg.markPrice;
  const worth = contractNotional({ kind, size: contracts, price });
  const left = sub(abs(leg.position.size), contracts);
  return (
    gte(worth, direct.takeNotionalMin) &&
    gte(contractNotional({ kind, size: left, price }), notionalMin)
  );
}
