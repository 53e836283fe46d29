/**
 * What is left of a loss after every other layer, taken from the profits of the winners. Only
 * profit is touched, and what profits cannot bear stays a recorded, unallocated loss; unless a
 * pool has opted to let principal bear the rest.
 * @module
 */
import {
  add,
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
  const { amounts, left } = shared(loss, profits, byAccount(accounts));
  return {
    allocations: accounts.map(({ account }, index) => ({ account, amount: amounts[index]! })),
    unallocated: left,
  };
}

/** Indices in order of account id. */
function byAccount(accounts: readonly { readonly account: string }[]): number[] {
  const order = accounts.map((_, index) => index);
  return order.sort((a, b) => cmpId(accounts[a]!.account, accounts[b]!.account));
}

/** A loss over what each can bear, in proportion to it, and what is left of the loss. */
function shared(
  loss: Money,
  bearable: readonly Money[],
  order: readonly number[],
): { readonly amounts: readonly Money[]; readonly left: Money } {
  const allocated = min(loss, sum(bearable));
  return { amounts: prorate(allocated, bearable, order), left: sub(loss, allocated) };
}

export type PrincipalLossInput<Id extends string> = {
  /** What is to be borne, ≥ 0. */
  readonly loss: Money;
  /** Every account that may bear it, at most once each. */
  readonly accounts: readonly {
    readonly account: Id;
    /** Signed; only a positive one bears anything. */
    readonly unrealizedPnl: Money;
    /** What the account holds without its profit, signed; only a positive one bears anything. */
    readonly principal: Money;
  }[];
};

export type PrincipalLoss<Id extends string> = {
  /** All accounts in input order; amounts ≥ 0, that of the principal within the whole. */
  readonly allocations: readonly {
    readonly account: Id;
    readonly amount: Money;
    readonly fromPrincipal: Money;
  }[];
  /** What profits and principal together could not bear, ≥ 0. */
  readonly unallocated: Money;
};

/**
 * A loss spread over unrealized profits and, only where they are used up, over principal.
 *
 *     from profits    as `socializedLoss`
 *     from principal  h = min(L', Σ max(principal, 0)) / Σ max(principal, 0),   L' what is left
 *
 * A policy that a pool must opt into: it takes money that was deposited.
 *
 * Units     Money → Money, ≥ 0
 * Rounding  As `socializedLoss`, for each of the two: amounts and the unallocated rest sum to the
 *           loss exactly, and no account pays more than its profit and its principal.
 * Asserts   loss ≥ 0
 * Cost      O(n log n)
 * Source    Plimsoll; the haircut of principal as in percolator's model of a crisis
 */
export function principalLoss<Id extends string>(input: PrincipalLossInput<Id>): PrincipalLoss<Id> {
  const { allocations, unallocated } = socializedLoss(input);
  const principals = input.accounts.map(({ principal }) => max(principal, ZERO_MONEY));
  const { amounts, left } = shared(unallocated, principals, byAccount(input.accounts));
  return {
    allocations: allocations.map(({ account, amount }, index) => ({
      account,
      amount: add(amount, amounts[index]!),
      fromPrincipal: amounts[index]!,
    })),
    unallocated: left,
  };
}
