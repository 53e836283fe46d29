/**
 * The bounds of debts and claims in a certificate. A debt moves with two coordinates, the price
 * of its asset and the index of its desk, and gets a bound on each: while neither is reached the
 * debt has used up no more than its share. So an accrual looks only at those whose interest has
 * come to matter, and not at everybody who owes.
 * @module
 */
import { amountOfSharesUp } from '../risk/index.ts';
import {
  add,
  fromRaw,
  lt,
  type Money,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  sub,
  valueUp,
} from '../units/index.ts';
import { marginCollateral, marginDebt } from './margin.ts';
import type { AccountView, PoolView } from './state.ts';
import { type Bound, boundOf, type Exposure } from './trigger-bound.ts';

type Shares = AccountView['debts'][number];

/**
 * Parts of a debt's share of which one is for its interest: a price moves by so much more in a
 * day than a debt grows. It decides how often an account is looked at, never what is found.
 */
const INTEREST_PARTS = BigInt(64);

/**
 * A debt of n shares at index I, price P and weight w counts ⌈⌈n·I⌉·P·w⌉. With S₁ + S₂ its share:
 *
 *     A = ⌈n·I⌉    A' = A + ⌊S₁ / (P·w)⌋, at most 2·A    bound of the index  ⌊A' / n⌋ + 1 unit
 *                                                        bound of the price  P + ⌊S₂ / (A'·w)⌋
 *
 * Below the first the debt is at most A', so at P it counts at most S₁ more; and below the second
 * A' counts at most S₂ more than at P. A debt in the settlement asset has no price to watch.
 */
export function debtExposure(state: PoolView, debt: Shares): Exposure {
  const { asset } = state.desks[debt.desk]!;
  const { amount, price, weight } = marginDebt(state, debt);
  const value = valueUp(amount, price);
  const grownBy = (share: bigint): bigint => {
    const slope = rawOf(price) * rawOf(weight);
    const rise = slope === 0n ? 0n : (share * ONE * ONE) / slope;
    return rawOf(amount) + (rise < rawOf(amount) ? rise : rawOf(amount));
  };
  const indexBound = (grown: bigint): Bound | null => {
    const at = boundOf<Ratio>((grown * ONE) / rawOf(debt.shares) + 1n);
    return at === null ? null : { on: 'debt', number: debt.desk, crossedBy: 'rise', at };
  };
  if (asset === null) {
    const exposure = fromRaw<Money>(rawOf(value) / INTEREST_PARTS + 1n);
    return { exposure, boundsAt: (share) => [indexBound(grownBy(rawOf(share)))] };
  }
  const priceBound = (share: bigint, grown: bigint): Bound | null => {
    const rise = (share * ONE * ONE) / (grown * rawOf(weight));
    const at = boundOf<Price>(rawOf(price) + rise);
    const { index: number } = state.assets[asset]!;
    return at === null ? null : { on: 'index', number, crossedBy: 'rise', at };
  };
  const boundsAt = (share: Money): (Bound | null)[] => {
    const forInterest = rawOf(share) / INTEREST_PARTS;
    const grown = grownBy(forInterest);
    return [indexBound(grown), priceBound(rawOf(share) - forInterest, grown)];
  };
  return { exposure: value, boundsAt };
}

const ONE = rawOf(ONE_RATIO);
const ONE_UNIT = fromRaw<Ratio>(1n);

/**
 * A claim only grows, and with a fixed weight more of an asset never counts for less, at whatever
 * price: there is nothing to watch. Where the weight falls with the size of the holding more of
 * it does not count for less either, but the weight is rounded, and a whole holding times one
 * unit of weight may be more than what the claim has grown by. Then every growth is looked at;
 * unless the weight would still be the full one if the claim were worth twice as much.
 */
export function claimBounds(
  state: PoolView,
  claims: readonly Shares[],
  holdings: readonly Parameters<typeof marginCollateral>[1][],
): Bound[] {
  return claims.flatMap(({ desk, shares }) => {
    const { asset, supplyIndex } = state.desks[desk]!;
    if (asset === null) return [];
    const { concentrationFactor, collateralHaircut } = state.assets[asset]!.parameters;
    if (concentrationFactor === null) return [];
    const { amount } = holdings.find((holding) => holding.asset === asset)!;
    // ⌊2·x⌋ is at most ⌊x⌋ + ⌈x⌉.
    const doubled = add(amount, amountOfSharesUp(shares, supplyIndex));
    const { weight } = marginCollateral(state, { asset, amount: doubled });
    const falls = lt(weight, sub(ONE_RATIO, collateralHaircut));
    const at = falls ? add(supplyIndex, ONE_UNIT) : add(supplyIndex, supplyIndex);
    return [{ on: 'supply', number: desk, crossedBy: 'rise', at }] satisfies Bound[];
  });
}
