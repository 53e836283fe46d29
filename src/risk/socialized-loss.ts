/**
 * What is left of a loss after every other layer, taken from the profits of the winners. Only
 * profit is touched; what profits cannot bear stays a recorded, unallocated loss.
 * @module
 */
import {
  assert,
  cmpId,
  isNegative,
  type Money,
  max,
  min,
  prorate,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';

export type SocializedLossInput<Id extends string> = {
  /** What is to be borne, ≥ 0. */
  readonly loss: Money;
  /** Every account that may bear it, at most once each. */
  readonly accounts: readonly {
    readonly account: Id;
    /** Signed; only a positive one bears anything. */
    readonly unrealizedPnl: Money;
  }[];
};

export type SocializedLoss<Id extends string> = {
  /** All accounts in input order; amounts ≥ 0. */
  readonly allocations: readonly { readonly account: Id; readonly amount: Money }[];
  /** What profits could not bear, ≥ 0. */
  readonly unallocated: Money;
};

/**
 * A loss spread over unrealized profits, each account losing the same share of its own.
 *
 *     h = min(L, Π) / Π,   Π = Σ max(PnL_i, 0),   amount_i = h · max(PnL_i, 0)
 *
 * L is the loss and h the profit haircut (0 where there is no profit).
 *
 * Units     Money → Money, ≥ 0
 * Rounding  Down each, then the units that remain one each in order of account id: the amounts
 *           and the unallocated rest sum to the loss exactly. No account pays more than its
 *           profit: with h < 1 an exact share lies below the profit, so its ceiling does not
 *           exceed it, and with h = 1 nothing remains to be given away.
 * Asserts   loss ≥ 0
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function socializedLoss<Id extends string>(
  input: SocializedLossInput<Id>,
): SocializedLoss<Id> {
  const { loss, accounts } = input;
  assert(!isNegative(loss), 'SOCIALIZED_LOSS', 'expected a loss of at least 0');
  const profits = accounts.map(({ unrealizedPnl }) => max(unrealizedPnl, ZERO_MONEY));
  const allocated = min(loss, sum(profits));
  const byId = accounts.map((_, index) => index);
  byId.sort((a, b) => cmpId(accounts[a]!.account, accounts[b]!.account));
  const amounts = prorate(allocated, profits, byId);
  return {
    allocations: accounts.map(({ account }, index) => ({ account, amount: amounts[index]! })),
    unallocated: sub(loss, allocated),
  };
}
