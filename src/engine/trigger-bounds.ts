/**
 * The bounds of one account's certificate. With surplus S = margin equity − maintenance margin,
 * each leg receives a share S_k of S by its exposure; the bound is the price up to which the leg
 * can lower the surplus by at most S_k, with every rounding on the safe side. A debt also has a
 * bound on the index by which it grows (`lending-bounds.ts`), a position one on the losses of its
 * market where open interest bears them.
 * @module
 */
import { contractNotional, type MarginSummary } from '../risk/index.ts';
import {
  abs,
  type FundingIndex,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  type Money,
  ONE_RATIO,
  type Price,
  portionDown,
  rawOf,
  type Size,
  sub,
  sum,
  valueUp,
  ZERO_MONEY,
} from '../units/index.ts';
import { claimBounds, debtExposure } from './lending-bounds.ts';
import { sharesByOpenInterest } from './loss-sharing.ts';
import { holdingsWithSupplies, marginCollateral, markOf } from './margin.ts';
import type { AccountView, MarketView, PoolView, PositionView } from './state.ts';
import { type Bound, boundOf, type Exposure } from './trigger-bound.ts';

/** Units that the roundings of one leg can move the surplus between two evaluations. */
const ROUNDING_PER_LEG = BigInt(8);

export function certificateBounds(
  state: PoolView,
  account: AccountView,
  margin: MarginSummary,
): Bound[] {
  const { collaterals, supplies } = account;
  const holdings = supplies.length === 0 ? collaterals : holdingsWithSupplies(state, account);
  const exposures = [
    ...account.positions.map((position) => positionExposure(state, position)),
    ...holdings.map((holding) => collateralExposure(state, holding)),
    ...account.debts.map((debt) => debtExposure(state, debt)),
  ];
  const reserve = fromRaw<Money>(ROUNDING_PER_LEG * BigInt(exposures.length + 1));
  const surplus = sub(sub(margin.marginEquity, margin.maintenanceMargin), reserve);
  const total = sum(exposures.map(({ exposure }) => exposure));
  const bounds = supplies.length === 0 ? [] : claimBounds(state, supplies, holdings);
  for (const { exposure, boundsAt } of exposures) {
    const spent = isNegative(surplus) || isZero(total);
    const share = spent ? ZERO_MONEY : portionDown(surplus, exposure, total);
    for (const bound of boundsAt(share)) if (bound !== null) bounds.push(bound);
  }
  return bounds;
}

function positionExposure(state: PoolView, position: PositionView): Exposure {
  const market = state.markets[position.market]!;
  const price = markOf(market);
  const { kind } = market.parameters;
  const exposure = contractNotional({ kind, size: position.size, price });
  const crossedBy = isNegative(position.size) ? 'rise' : 'fall';
  const boundAt = (share: Money): Bound | null => {
    const at = positionBound(market, position.size, price, share);
    return at === null ? null : { on: 'mark', number: position.market, crossedBy, at };
  };
  if (!sharesByOpenInterest(state)) return { exposure, boundsAt: (share) => [boundAt(share)] };
  const boundsAt = (share: Money): (Bound | null)[] => {
    const forLosses = fromRaw<Money>(rawOf(share) / LOSS_PARTS);
    return [lossBound(market, position, forLosses), boundAt(sub(share, forLosses))];
  };
  return { exposure, boundsAt };
}

/**
 * Parts of a position's share of which one is for losses that open interest bears. It decides how
 * often an account is looked at, never what is found.
 */
const LOSS_PARTS = BigInt(16);

/** Below one unit more than I + ⌊S / |q|⌋ the position has borne no more than S since index I. */
function lossBound(market: MarketView, { market: number, size }: PositionView, share: Money) {
  const most = (rawOf(share) * rawOf(ONE_RATIO)) / rawOf(abs(size));
  const at = boundOf<FundingIndex>(rawOf(market.lossIndex) + most + 1n);
  return at === null ? null : ({ on: 'loss', number, crossedBy: 'rise', at } as const);
}

/**
 * How far the mark may move against a position before equity lost plus requirement gained exceeds
 * the share. Where the adverse move also raises the notional (linear shorts, inverse longs), each
 * unit lost adds at most the highest tier's fraction of requirement; elsewhere the requirement
 * falls, which only helps.
 *
 *     linear long    P − S/q                     linear short   P + S / (q·(1 + μ))
 *     inverse long   P·q·(1+μ) / (q·(1+μ) + S·P) inverse short  P·q / (q − S·P), none if ≤ 0
 */
function positionBound(market: MarketView, size: Size, price: Price, share: Money): Price | null {
  const { kind, tiers } = market.parameters;
  const one = rawOf(ONE_RATIO);
  const grown = one + rawOf(tiers.at(-1)!.maintenanceMarginFraction);
  const [held, mark, slack] = [rawOf(abs(size)), rawOf(price), rawOf(share)];
  if (kind === 'linear') {
    if (isNegative(size)) return boundOf(mark + (slack * one * one) / (grown * held));
    return boundOf(mark - (slack * one) / held);
  }
  const cost = slack * mark;
  if (isNegative(size)) {
    const rest = held * one - cost;
    return rest > 0n ? boundOf((mark * held * one) / rest) : null;
  }
  const slope = held * grown;
  // One more than the floor: rounded toward the mark, so that it is looked at earlier.
  return boundOf((mark * slope) / (slope + cost) + 1n);
}

function collateralExposure(
  state: PoolView,
  holding: AccountView['collaterals'][number],
): Exposure {
  const { amount, price, weight } = marginCollateral(state, holding);
  const exposure = valueUp(amount, price);
  const number = state.assets[holding.asset]!.index;
  const boundAt = (share: Money): Bound | null => {
    if (isZero(weight) || !isPositive(price)) return null;
    // The whole amount is the safe slope where the weight is below one.
    const fall = (rawOf(share) * rawOf(ONE_RATIO)) / rawOf(amount);
    const at = boundOf<Price>(rawOf(price) - fall);
    return at === null ? null : { on: 'index', number, crossedBy: 'fall', at };
  };
  return { exposure, boundsAt: (share) => [boundAt(share)] };
}
