/**
 * The accounts of a pool in flat arrays of floats, brought up to date where an account's version
 * moved. Answers which accounts are not beyond doubt healthy, fast enough to ask it at every
 * instant; the verdict on those is somebody else's.
 * @module
 */
import type { AccountView, PoolView } from '../engine/index.ts';
import { approximate } from '../units/index.ts';

export type AccountMirror = {
  /** Most positions and collaterals of one account that the arrays hold. */
  readonly stride: number;
  /** Version that is mirrored; −1 for none. */
  readonly versions: Int32Array;
  /** Legs per account: positions, then collaterals. */
  readonly legs: Uint8Array;
  /** Balance less entry values. */
  readonly bases: Float64Array;
  /** Market of a position; markets + asset of a collateral. */
  readonly kinds: Uint8Array;
  /** Signed size, or weighted amount. */
  readonly amounts: Float64Array;
  /** Index of its side at the last settlement. */
  readonly fundings: Float64Array;
};

/** Relative error that floating point may have made: many times what it can be. */
const DOUBT = 1e-10;

export function accountMirror(state: PoolView): AccountMirror {
  const accounts = state.accounts.length;
  const stride = state.markets.length + state.assets.length;
  return {
    stride,
    versions: new Int32Array(accounts).fill(-1),
    legs: new Uint8Array(accounts),
    bases: new Float64Array(accounts),
    kinds: new Uint8Array(accounts * stride),
    amounts: new Float64Array(accounts * stride),
    fundings: new Float64Array(accounts * stride),
  };
}

/** Accounts, by number, that floats cannot prove healthy; those in liquidation are left out. */
export function doubtfulAccounts(state: PoolView, mirror: AccountMirror): number[] {
  const prices = pricesOf(state);
  const doubtful: number[] = [];
  for (let number = 0; number < mirror.versions.length; number += 1) {
    const account = state.accounts[number]!;
    if (account.version !== mirror.versions[number]) reflect(state, mirror, number, account);
    if (account.liquidation !== null) continue;
    if (!isSurelyHealthy(mirror, number, prices)) doubtful.push(number);
  }
  return doubtful;
}

function reflect(
  state: PoolView,
  mirror: AccountMirror,
  number: number,
  account: AccountView,
): void {
  const { stride, kinds, amounts, fundings } = mirror;
  let at = number * stride;
  let base = approximate(account.balance);
  for (const position of account.positions) {
    base -= approximate(position.entryValue);
    kinds[at] = position.market;
    amounts[at] = approximate(position.size);
    fundings[at] = approximate(position.fundingIndex);
    at += 1;
  }
  for (const { asset, amount } of account.collaterals) {
    const { collateralHaircut, concentrationFactor } = state.assets[asset]!.parameters;
    const units = approximate(amount);
    const weight = 1 - approximate(collateralHaircut);
    const thin = concentrationFactor === null ? 0 : approximate(concentrationFactor);
    kinds[at] = state.markets.length + asset;
    amounts[at] = units * Math.min(weight, 1.1 / (1 + thin * Math.sqrt(units)));
    fundings[at] = 0;
    at += 1;
  }
  mirror.bases[number] = base;
  mirror.legs[number] = at - number * stride;
  mirror.versions[number] = account.version;
}

/** Prices and requirements, positions' markets first, then collateral assets. */
type Prices = {
  readonly price: Float64Array;
  readonly funding: Float64Array;
  readonly losses: Float64Array;
  /** Per market: floor, fraction and deduction of each tier, in turn. */
  readonly tiers: readonly Float64Array[];
};

function pricesOf(state: PoolView): Prices {
  const markets = state.markets.map(({ mark, parameters }) =>
    // Inverse contracts are left to the exact formulas: no number is certain.
    mark === null || parameters.kind !== 'linear' ? Number.NaN : approximate(mark),
  );
  const assets = state.assets.map(({ index }) => {
    const { price } = state.indexes[index]!;
    return price === null ? Number.NaN : approximate(price);
  });
  const tiers = state.markets.map(({ parameters }) => {
    const flat: number[] = [];
    let deduction = 0;
    let before = 0;
    for (const tier of parameters.tiers) {
      const floor = approximate(tier.notionalFloor);
      const fraction = approximate(tier.maintenanceMarginFraction);
      deduction += floor * (fraction - before);
      before = fraction;
      flat.push(floor, fraction, deduction);
    }
    return Float64Array.from(flat);
  });
  return {
    price: Float64Array.from([...markets, ...assets]),
    funding: Float64Array.from(state.markets, ({ fundingIndex }) => approximate(fundingIndex)),
    losses: Float64Array.from(state.markets, ({ lossIndex }) => approximate(lossIndex)),
    tiers,
  };
}

function isSurelyHealthy(mirror: AccountMirror, number: number, prices: Prices): boolean {
  const { stride, kinds, amounts, fundings } = mirror;
  const count = mirror.legs[number]!;
  let surplus = mirror.bases[number]!;
  // Nothing open: neither a position nor a borrow.
  if (count === 0) return surplus >= 0;
  let scale = Math.abs(surplus);
  const markets = prices.tiers.length;
  for (let at = number * stride, end = at + count; at < end; at += 1) {
    const kind = kinds[at]!;
    const value = amounts[at]! * prices.price[kind]!;
    surplus += value;
    scale += Math.abs(value);
    if (kind >= markets) continue;
    const size = amounts[at]!;
    const side = prices.funding[kind]! + Math.sign(size) * prices.losses[kind]!;
    const funding = size * (side - fundings[at]!);
    surplus -= funding + requirementOf(prices.tiers[kind]!, Math.abs(value));
    scale += Math.abs(funding);
  }
  // False for anything that is not a number.
  return surplus > DOUBT * scale;
}

function requirementOf(tiers: Float64Array, notional: number): number {
  let at = tiers.length - 3;
  while (at > 0 && tiers[at]! > notional) at -= 3;
  return notional * tiers[at + 1]! - tiers[at + 2]!;
}
