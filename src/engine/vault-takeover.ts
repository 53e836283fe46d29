/**
 * A whole account for the backstop vault: every position at its bankruptcy quote, every other
 * thing as it is. The vault receives what the account is still worth, and its risk.
 * @module
 */
import { bankruptcyQuote, contractNotional, type MarginSummary } from '../risk/index.ts';
import {
  abs,
  add,
  cmpScaled,
  gt,
  gte,
  isNegative,
  lte,
  type Money,
  neg,
  valueUp,
  ZERO_MONEY,
  ZERO_PRICE,
  ZERO_SIZE,
} from '../units/index.ts';
import { accountAfter } from './account-after.ts';
import { type Leg, legsOf } from './account-legs.ts';
import { isOpenForCloseOuts } from './close-out-room.ts';
import { gateClosedForPool } from './gates.ts';
import { debtAmount, deskPrice, withShares } from './lending.ts';
import { isCovered } from './liquidation-release.ts';
import { pricesValid } from './margin.ts';
import { positionChange } from './position-change.ts';
import { riskMargin } from './risk-margin.ts';
import { saturatingSum, windowUsed } from './rolling-window.ts';
import type { RouteMoment } from './routes/route.ts';
import type { PositionChange } from './schema/index.ts';
import { type AccountView, type PoolView, positionIn, type VaultView } from './state.ts';
import { vaultAccount } from './vault.ts';

export type TakenLeg = {
  readonly leg: Leg;
  readonly bankruptcyQuote: Money;
  readonly liquidated: PositionChange;
  readonly taker: PositionChange;
};

export type VaultTakeover = {
  readonly vault: AccountView;
  readonly notional: Money;
  readonly legs: readonly TakenLeg[];
  /** What is left of the account's balance once its positions are gone, signed. */
  readonly balance: Money;
};

export type VaultNext =
  | { readonly takeover: VaultTakeover }
  | { readonly takeover: null; readonly reason: 'unavailable' | 'gated' | 'no-room' };

const refused = (reason: 'unavailable' | 'gated' | 'no-room'): VaultNext => ({
  takeover: null,
  reason,
});

export function vaultNext(state: PoolView, moment: RouteMoment): VaultNext {
  const { account, margin, liquidation } = moment;
  const { vault } = state;
  // The vault bears no loss, and the fund's money is not for it.
  if (vault === null || isNegative(margin.equity) || isCovered(liquidation)) {
    return refused('unavailable');
  }
  const taker = vaultAccount(state, vault);
  if (taker === account || taker.liquidation !== null) return refused('unavailable');
  if (isGated(state, account)) return refused('gated');
  if (account.positions.length === 0 && account.debts.length === 0) return refused('unavailable');
  const legs = legsOf(state, account);
  const owed = account.debts.map((debt) => debtValue(state, debt));
  const notional = saturatingSum([...legs.map((leg) => leg.notional), ...owed]);
  if (!pricesValid(state, taker) || !withinCaps(state, { vault, taker, legs, notional })) {
    return refused('no-room');
  }
  const takeover = takeoverOf(state, { account, taker, legs, margin, notional });
  return keepsMargin(state, account, takeover) ? { takeover } : refused('no-room');
}

/** Something of the account may not be closed or taken now. */
const isGated = (state: PoolView, { positions }: AccountView): boolean =>
  gateClosedForPool(state, 'close-outs') ||
  gateClosedForPool(state, 'takes') ||
  positions.some(({ market }) => !isOpenForCloseOuts(state, market));

/** Deep enough that no other way need be tried first. */
export const isDeep = ({ marginEquity, maintenanceMargin }: MarginSummary, vault: VaultView) =>
  cmpScaled(marginEquity, maintenanceMargin, vault.parameters.backstopFraction) < 0;

function withinCaps(
  state: PoolView,
  input: {
    readonly vault: VaultView;
    readonly taker: AccountView;
    readonly legs: readonly Leg[];
    readonly notional: Money;
  },
): boolean {
  const { vault, taker, legs, notional } = input;
  const { accountNotionalMax, marketNotionalMax, windowMs, windowNotionalMax } = vault.parameters;
  if (gt(notional, accountNotionalMax)) return false;
  const used = windowUsed(vault, windowMs, state.timeMs);
  if (gt(saturatingSum([used, notional]), windowNotionalMax)) return false;
  return legs.every(({ position, market, markPrice }) => {
    const { kind } = market.parameters;
    const before = positionIn(taker, position.market)?.size ?? ZERO_SIZE;
    const after = add(before, position.size);
    // Whatever makes the vault's own position smaller is welcome.
    if (lte(abs(after), abs(before))) return true;
    return lte(contractNotional({ kind, size: after, price: markPrice }), marketNotionalMax);
  });
}

function takeoverOf(
  state: PoolView,
  input: {
    readonly account: AccountView;
    readonly taker: AccountView;
    readonly legs: readonly Leg[];
    readonly margin: MarginSummary;
    readonly notional: Money;
  },
): VaultTakeover {
  const { account, taker, legs, margin, notional } = input;
  const taken = legs.map((leg): TakenLeg => {
    const { size, market } = leg.position;
    const quote = bankruptcyQuote({
      kind: leg.market.parameters.kind,
      sizeDelta: neg(size),
      markPrice: leg.markPrice,
      equity: margin.equity,
      maintenanceMarginReleased: leg.maintenanceMargin,
      maintenanceMargin: margin.maintenanceMargin,
    });
    const common = { market, fee: ZERO_MONEY };
    const left = { account, sizeDelta: neg(size), value: neg(quote) };
    return {
      leg,
      bankruptcyQuote: quote,
      liquidated: positionChange(state, { ...common, ...left }),
      taker: positionChange(state, { ...common, account: taker, sizeDelta: size, value: quote }),
    };
  });
  const balance = taken.reduce(
    (left, { liquidated }) => add(left, add(liquidated.realizedPnl, liquidated.fundingPayment)),
    account.balance,
  );
  return { vault: taker, notional, legs: taken, balance };
}

/** The vault meets its own initial margin with all that it takes. */
function keepsMargin(state: PoolView, account: AccountView, takeover: VaultTakeover): boolean {
  const { vault, legs, balance } = takeover;
  let after = vault;
  for (const { leg, taker } of legs) after = accountAfter(after, leg.position.market, taker, state);
  after = {
    ...after,
    balance: add(after.balance, balance),
    collaterals: together(after.collaterals, account.collaterals),
    debts: sharesTogether(after.debts, account.debts),
    supplies: sharesTogether(after.supplies, account.supplies),
  };
  const { initialEquity, initialMargin } = riskMargin(state, after);
  return gte(initialEquity, initialMargin);
}

const sharesTogether = (own: AccountView['debts'], others: AccountView['debts']) =>
  others.reduce((list, { desk, shares }) => withShares(list, desk, shares), own);

/** What a debt to a desk is worth, up. */
const debtValue = (state: PoolView, debt: AccountView['debts'][number]): Money =>
  valueUp(debtAmount(state, debt), deskPrice(state, state.desks[debt.desk]!) ?? ZERO_PRICE);

type Holdings = AccountView['collaterals'];

/** What two accounts hold, as one would hold it. */
function together(own: Holdings, others: Holdings): Holdings {
  const added = own.map((holding) => {
    const other = others.find(({ asset }) => asset === holding.asset);
    return other === undefined
      ? holding
      : { ...holding, amount: add(holding.amount, other.amount) };
  });
  const fresh = others.filter(({ asset }) => !own.some((holding) => holding.asset === asset));
  return [...added, ...fresh];
}
