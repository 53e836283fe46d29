/**
 * Shares of the backstop vault. Equity rises and falls with what the vault takes over; a share is
 * a part of it, and neither buying nor selling shares moves what the others' are worth down.
 *
 * One unit of equity and one share that belong to nobody are added to every quotient. They give
 * the first deposit its price of one without a case of its own, and whoever owns the only share
 * and makes it dear by a gift gives half of the gift to nobody. Enough deposits that round away
 * most of a dear share would still bring that back, so a deposit that would lose more than a
 * billionth of itself is refused: the gift is lost and nobody is robbed. A wad unit is 1e-18 of
 * money: what belongs to nobody is dust.
 * @module
 */
import {
  assert,
  divideDown,
  fromRaw,
  isNegative,
  isQuantity,
  isZero,
  lte,
  type Money,
  ONE_RATIO,
  type Ratio,
  ratio,
  rawOf,
  type Shares,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { quotientDown } from './exact-quotient.ts';

/** The unit of equity and the share that belong to nobody. */
const NOBODYS = 1n;

/** Most that a deposit may lose to rounding, as a share of it. */
const ROUNDING_MAX = ratio('0.000000001');

export type Vault = {
  /** What the vault is worth, signed. */
  readonly equity: Money;
  /** ≥ 0. */
  readonly totalShares: Shares;
};

/** Why a vault takes no deposit. */
export type VaultRefusal = 'no-equity' | 'too-coarse' | 'beyond-range';

export type VaultDeposit =
  | { readonly shares: Shares; readonly refusal: null }
  | { readonly shares: null; readonly refusal: VaultRefusal };

/**
 * Shares for a deposit.
 *
 *     shares = deposit · (totalShares + 1 unit) / (equity + 1 unit)
 *
 * A vault that has shares and no equity has no price: new money would pay for old losses. A vault
 * without either takes the first deposit one to one. Refused as well is a deposit of which the
 * rounding would take more than a billionth, as it does where a share is dear and the deposit
 * small, and one that buys more shares than can be counted.
 *
 * Units     Money, Shares → Shares > 0, or a refusal
 * Rounding  Down: whoever comes in does not dilute the others. What that costs is compared
 *           exactly.
 * Asserts   deposit, totalShares ≥ 0
 * Source    Plimsoll; units of nobody as in ERC-4626 of OpenZeppelin
 */
export function vaultDeposit({
  equity,
  totalShares,
  deposit,
}: Vault & { readonly deposit: Money }): VaultDeposit {
  assert(
    !isNegative(deposit) && !isNegative(totalShares),
    'VAULT_SHARES',
    'expected a deposit and shares of at least 0',
  );
  if (isNegative(equity) || (isZero(equity) && !isZero(totalShares))) {
    return { shares: null, refusal: 'no-equity' };
  }
  const parts = rawOf(deposit) * (rawOf(totalShares) + NOBODYS);
  const bought = divideDown(parts, rawOf(equity) + NOBODYS);
  const paidFor = bought * (rawOf(equity) + NOBODYS) * rawOf(ONE_RATIO);
  if (bought === 0n || paidFor < parts * rawOf(sub(ONE_RATIO, ROUNDING_MAX))) {
    return { shares: null, refusal: 'too-coarse' };
  }
  if (!isQuantity(bought + rawOf(totalShares))) return { shares: null, refusal: 'beyond-range' };
  return { shares: fromRaw<Shares>(bought), refusal: null };
}

/**
 * What shares are paid out.
 *
 *     payout = shares · (equity + 1 unit) / (totalShares + 1 unit);  0 without equity
 *
 * The last provider leaves with all but the share of nobody: at most a unit more than what one
 * unit of shares is worth stays behind.
 *
 * Units     Money, Shares → Money, in [0, equity]
 * Rounding  Down: whoever leaves takes nothing of the others.
 * Asserts   0 ≤ shares ≤ totalShares
 * Source    Plimsoll; units of nobody as in ERC-4626 of OpenZeppelin
 */
export function vaultPayout({
  equity,
  totalShares,
  shares,
}: Vault & { readonly shares: Shares }): Money {
  assert(
    !isNegative(shares) && lte(shares, totalShares),
    'VAULT_SHARES',
    'expected shares of at least 0 and at most all of them',
  );
  if (lte(equity, ZERO_MONEY)) return ZERO_MONEY;
  const parts = rawOf(shares) * (rawOf(equity) + NOBODYS);
  return fromRaw<Money>(divideDown(parts, rawOf(totalShares) + NOBODYS));
}

/**
 * What one share is worth, for display, or null where there is no price.
 *
 *     sharePrice = (equity + 1 unit) / (totalShares + 1 unit)
 *
 * Units     Money ÷ Shares → Ratio (money per share), > 0
 * Rounding  Down: a provider is not shown more than it would be paid.
 * Asserts   totalShares ≥ 0
 * Source    Plimsoll
 */
export function vaultSharePrice({ equity, totalShares }: Vault): Ratio | null {
  assert(!isNegative(totalShares), 'VAULT_SHARES', 'expected shares of at least 0');
  if (isNegative(equity) || (isZero(equity) && !isZero(totalShares))) return null;
  return quotientDown({
    numerator: rawOf(equity) + NOBODYS,
    denominator: rawOf(totalShares) + NOBODYS,
  });
}
