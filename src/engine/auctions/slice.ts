/**
 * A part of an account on its way to a bidder: positions pass at the mark, all else at what it is
 * worth. What is paid on top of that, by whom, is the business of the kind of lot.
 * @module
 */
import {
  amountOfSharesDown,
  amountOfSharesUp,
  contractValueDown,
  type MarginSummary,
} from '../../risk/index.ts';
import {
  type Amount,
  add,
  isZero,
  type Money,
  max,
  neg,
  type Price,
  portionUp,
  type Size,
  sub,
  sum,
  valueDown,
  valueUp,
  type Wad,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_PRICE,
} from '../../units/index.ts';
import { accountAfter } from '../account-after.ts';
import { type DeskSharesView, deskPrice, withShares } from '../lending.ts';
import { accountMargin, marginCollateral, markOf } from '../margin.ts';
import { positionChange } from '../position-change.ts';
import type { PositionChange } from '../schema/index.ts';
import type { AccountView, PoolView } from '../state.ts';

export type Slice = {
  readonly positions: readonly {
    readonly market: number;
    /** Signed change of the account: a long becomes smaller by a negative one. */
    readonly sizeDelta: Size;
  }[];
  readonly collaterals: readonly { readonly asset: number; readonly amount: Amount }[];
  readonly debts: readonly DeskSharesView[];
  readonly supplies: readonly DeskSharesView[];
};

export type GivenPosition = {
  readonly market: number;
  readonly markPrice: Price;
  readonly change: PositionChange;
};

export type GivenCollateral = {
  readonly asset: number;
  readonly amount: Amount;
  readonly indexPrice: Price;
};

/** Shares of a desk, what they are worth in its asset, and that at which price. */
export type GivenShares = DeskSharesView & {
  readonly amount: Amount;
  readonly indexPrice: Price;
};

/** A slice as it leaves the account, valued. */
export type Given = {
  readonly positions: readonly GivenPosition[];
  readonly collaterals: readonly GivenCollateral[];
  readonly debts: readonly GivenShares[];
  readonly supplies: readonly GivenShares[];
};

export const NOTHING: Slice & Given = { positions: [], collaterals: [], debts: [], supplies: [] };

/** What the account gives at the mark; a unit of rounding is the bidder's. */
const accountValue = (state: PoolView, market: number, sizeDelta: Size): Money =>
  contractValueDown({
    kind: state.markets[market]!.parameters.kind,
    size: sizeDelta,
    price: markOf(state.markets[market]!),
  });

export const given = (state: PoolView, account: AccountView, slice: Slice): Given => ({
  positions: slice.positions.map(({ market, sizeDelta }) => ({
    market,
    markPrice: markOf(state.markets[market]!),
    change: positionChange(state, {
      account,
      market,
      sizeDelta,
      value: accountValue(state, market, sizeDelta),
      fee: ZERO_MONEY,
    }),
  })),
  collaterals: slice.collaterals.map((holding) => ({
    ...holding,
    indexPrice: marginCollateral(state, holding).price,
  })),
  // The bidder is let off no more than a debt is at least, and pays what a claim is at most.
  debts: slice.debts.map((owed) =>
    givenShares(state, owed, amountOfSharesDown(owed.shares, state.desks[owed.desk]!.debtIndex)),
  ),
  supplies: slice.supplies.map((lent) =>
    givenShares(state, lent, amountOfSharesUp(lent.shares, state.desks[lent.desk]!.supplyIndex)),
  ),
});

const givenShares = (state: PoolView, of: DeskSharesView, amount: Amount): GivenShares => ({
  ...of,
  amount,
  indexPrice: deskPrice(state, state.desks[of.desk]!) ?? ZERO_PRICE,
});

/** The positions of a slice as they reach the bidder: the exact opposite of what was given. */
export const receivedPositions = (
  state: PoolView,
  bidder: AccountView,
  { positions }: Slice,
): PositionChange[] =>
  positions.map(({ market, sizeDelta }) =>
    positionChange(state, {
      account: bidder,
      market,
      sizeDelta: neg(sizeDelta),
      value: neg(accountValue(state, market, sizeDelta)),
      fee: ZERO_MONEY,
    }),
  );

/** Full value of collateral and claims less debts: units of rounding are the bidder's. */
export const worthOf = ({ collaterals, debts, supplies }: Omit<Given, 'positions'>): Money => {
  const held = [...collaterals, ...supplies].map((each) => valueUp(each.amount, each.indexPrice));
  return sub(sum(held), sum(debts.map((each) => valueDown(each.amount, each.indexPrice))));
};

type Direction = 'gives' | 'receives';

/** An account after a slice and money have reached or left it. */
export function accountWith(
  state: PoolView,
  account: AccountView,
  moved: Omit<Given, 'positions'> & {
    readonly direction: Direction;
    readonly changes: readonly { readonly market: number; readonly change: PositionChange }[];
    readonly received: Money;
  },
): AccountView {
  const signed = <U extends Wad>(value: U): U => (moved.direction === 'gives' ? neg(value) : value);
  let after = account;
  for (const { market, change } of moved.changes) {
    after = accountAfter(after, market, change, state);
  }
  let { collaterals, debts, supplies } = after;
  for (const { asset, amount } of moved.collaterals) {
    const held = collaterals.find((holding) => holding.asset === asset)?.amount ?? ZERO_AMOUNT;
    const left = add(held, signed(amount));
    const others = collaterals.filter((holding) => holding.asset !== asset);
    collaterals = isZero(left) ? others : [...others, { asset, amount: left }];
  }
  for (const { desk, shares } of moved.debts) debts = withShares(debts, desk, signed(shares));
  for (const { desk, shares } of moved.supplies) {
    supplies = withShares(supplies, desk, signed(shares));
  }
  return { ...after, collaterals, debts, supplies, balance: add(after.balance, moved.received) };
}

/** The account's margin once it has given a slice for a payment. */
export const marginAfter = (
  state: PoolView,
  account: AccountView,
  { payment, ...slice }: Given & { readonly payment: Money },
): MarginSummary =>
  accountMargin(
    state,
    accountWith(state, account, {
      ...slice,
      direction: 'gives',
      changes: slice.positions,
      received: payment,
    }),
  );

const marginDeficit = ({ maintenanceMargin, marginEquity }: MarginSummary): Money =>
  sub(maintenanceMargin, marginEquity);

/**
 * The least that an account which is not bankrupt must be paid for a slice of its positions: its
 * margin deficit is no larger afterwards, and its equity covers as much of the requirement as
 * before, which is the bankruptcy quote. `unpaid` is its margin if it were paid nothing.
 */
export const leastPayment = (before: MarginSummary, unpaid: MarginSummary): Money =>
  max(
    sub(marginDeficit(unpaid), marginDeficit(before)),
    sub(
      portionUp(before.equity, unpaid.maintenanceMargin, before.maintenanceMargin),
      unpaid.equity,
    ),
  );
