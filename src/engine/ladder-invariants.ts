/**
 * What must hold of closes by the protocol's own market maker and of the backstop vault: written
 * down a second time, apart from the decisions that have to keep it.
 * @module
 */
import { liquidationPenalty, type MarginSummary } from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  EXACT_PER_RAW,
  eq,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  neg,
  rawOf,
  sub,
  sum,
} from '../units/index.ts';
import { accountAfter } from './account-after.ts';
import { isCovered } from './liquidation-release.ts';
import { accountMargin } from './margin.ts';
import type { EventOf, PositionChange } from './schema/index.ts';
import {
  type AccountView,
  accountNumber,
  marketNumber,
  type PoolView,
  type PositionView,
  positionIn,
  type VaultView,
} from './state.ts';
import { keepsInitialMargin } from './taking-side.ts';
import { vaultAccount } from './vault.ts';

const surplus = ({ marginEquity, maintenanceMargin }: MarginSummary): Money =>
  sub(marginEquity, maintenanceMargin);

/** Entry value that a change took on: what it cost, without fee and funding. */
const worthOf = ({ entryValueDelta, realizedPnl }: PositionChange): Money =>
  sub(entryValueDelta, realizedPnl);

const opposite = (a: PositionChange, b: PositionChange): boolean =>
  isZero(add(a.sizeDelta, b.sizeDelta)) && isZero(add(worthOf(a), worthOf(b)));

/** A whole position, and nothing beyond it. */
const closesWhole = (position: PositionView | undefined, change: PositionChange): boolean =>
  position !== undefined && eq(change.sizeDelta, neg(position.size));

/** INV-4 and INV-15: the deficit falls at the price dealt at, and both sides stay sound. */
export function closedByAmm(state: PoolView, event: EventOf<'ClosedByAmm'>): void {
  const liquidation = state.liquidations.get(event.liquidation);
  assert(liquidation !== undefined, 'INV-3', 'no such liquidation runs');
  const account = state.accounts[liquidation.account]!;
  const market = marketNumber(state, event.market);
  const { liquidated, taker } = event;
  const held = positionIn(account, market);
  const within =
    held !== undefined &&
    isNegative(held.size) === isPositive(liquidated.sizeDelta) &&
    lte(abs(liquidated.sizeDelta), abs(held.size));
  assert(within, 'INV-3', 'the market maker took more than was held');
  assert(opposite(liquidated, taker), 'INV-15', 'the two sides of a deal differ');
  const before = accountMargin(state, account);
  const after = accountAfter(account, market, liquidated, state);
  const penalty = liquidationPenalty({
    notional: abs(worthOf(liquidated)),
    penaltyFraction: event.penaltyFraction,
    equity: sub(accountMargin(state, after).equity, liquidation.coverPaid),
  });
  const charged = accountMargin(state, { ...after, balance: sub(after.balance, penalty) });
  assert(gt(surplus(charged), surplus(before)), 'INV-4', 'the margin deficit did not fall');
  assert(!isNegative(charged.equity), 'INV-9', 'a deal with the market maker made a loss');
  const maker = state.accounts[accountNumber(state, event.amm)]!;
  assert(maker !== account && maker.liquidation === null, 'INV-15', 'no market maker for that');
  const sound = keepsInitialMargin(state, maker, { market, change: taker });
  assert(sound, 'INV-15', 'the market maker was left without its margin');
}

function vaultOf(state: PoolView): VaultView {
  assert(state.vault !== null, 'INV-16', 'there is no vault');
  return state.vault;
}

/** INV-16: at most the part of the vault that the money adds to it. */
export function vaultDeposited(state: PoolView, event: EventOf<'VaultDeposited'>): void {
  const vault = vaultOf(state);
  assertPriced(state, vault, event);
  const { amount, shares, equity, sharesTotal } = event;
  // The first shares are priced by the unit and the share of nobody.
  const nobodys = isZero(sharesTotal) ? 1n : 0n;
  const bought = rawOf(shares) * (rawOf(equity) + nobodys);
  const paid = rawOf(amount) * (rawOf(sharesTotal) + nobodys);
  assert(isPositive(shares) && bought <= paid, 'INV-16', 'shares were created');
}

/** INV-16: at most the shares' part of the vault, after the notice, and never on credit. */
export function vaultRedeemed(state: PoolView, event: EventOf<'VaultRedeemed'>): void {
  const vault = vaultOf(state);
  assertPriced(state, vault, event);
  const { amount, shares, equity, sharesTotal } = event;
  const part = rawOf(shares) * rawOf(equity);
  const fair = isZero(amount) || rawOf(amount) * rawOf(sharesTotal) <= part;
  assert(fair && !isNegative(amount), 'INV-16', 'more was paid than the shares are worth');
  const number = accountNumber(state, event.provider);
  const claim = vault.providers.find(({ account }) => account === number);
  const noticed = claim !== undefined && state.timeMs >= claim.exitMs;
  assert(noticed && lte(shares, claim.exiting), 'INV-16', 'shares left without notice');
  const holder = vaultAccount(state, vault);
  assert(lte(amount, holder.balance) || isZero(amount), 'INV-16', 'the vault paid on credit');
}

function assertPriced(
  state: PoolView,
  vault: VaultView,
  event: Pick<EventOf<'VaultRedeemed'>, 'vault' | 'equity' | 'sharesTotal'>,
): void {
  const holder = vaultAccount(state, vault);
  const same = eq(event.sharesTotal, vault.sharesTotal) && event.vault === holder.id;
  const worth = eq(event.equity, accountMargin(state, holder).equity);
  assert(same && worth, 'INV-16', 'shares were traded at another price than the vault has');
}

/** INV-9 and INV-16: all of a solvent account, within the caps, and the vault stays sound. */
export function accountTakenOver(state: PoolView, event: EventOf<'AccountTakenOver'>): void {
  const vault = vaultOf(state);
  const liquidation = state.liquidations.get(event.liquidation);
  assert(liquidation !== undefined, 'INV-3', 'no such liquidation runs');
  const account = state.accounts[liquidation.account]!;
  const holder = vaultAccount(state, vault);
  const apart = account !== holder && holder.liquidation === null && event.vault === holder.id;
  assert(apart, 'INV-16', 'no vault for that');
  const { equity } = accountMargin(state, account);
  assert(!isNegative(equity), 'INV-9', 'the vault took over a loss');
  assert(!isCovered(liquidation), 'INV-9', "the vault took over the fund's money");
  assertEverything(state, account, event);
  assertCaps(state, vault, event);
}

function assertEverything(
  state: PoolView,
  account: AccountView,
  event: EventOf<'AccountTakenOver'>,
): void {
  const whole = event.positions.every(
    ({ market, liquidated, taker }) =>
      closesWhole(positionIn(account, marketNumber(state, market)), liquidated) &&
      opposite(liquidated, taker),
  );
  const { positions, collaterals, debts, supplies } = account;
  const all =
    event.positions.length === positions.length &&
    event.collaterals.length === collaterals.length &&
    collaterals.every(({ amount }, at) => eq(amount, event.collaterals[at]!.amount)) &&
    event.debts.length === debts.length &&
    debts.every(({ shares }, at) => eq(shares, event.debts[at]!.shares)) &&
    event.supplies.length === supplies.length &&
    supplies.every(({ shares }, at) => eq(shares, event.supplies[at]!.shares));
  assert(whole && all, 'INV-16', 'a takeover left something behind');
  const realized = sum(
    event.positions.map(({ liquidated }) => add(liquidated.realizedPnl, liquidated.fundingPayment)),
  );
  const left = sub(add(account.balance, realized), event.balance);
  assert(isZero(left), 'INV-16', 'a takeover left a balance behind');
}

function assertCaps(state: PoolView, vault: VaultView, event: EventOf<'AccountTakenOver'>): void {
  const { accountNotionalMax, windowNotionalMax, marketNotionalMax } = vault.parameters;
  assert(lte(event.notional, accountNotionalMax), 'INV-16', 'the account was too large');
  assert(lte(event.notional, windowNotionalMax), 'INV-16', 'the window was too small');
  const holder = vaultAccount(state, vault);
  for (const { market: id, taker, markPrice } of event.positions) {
    const market = marketNumber(state, id);
    const before = positionIn(holder, market);
    const after = before === undefined ? taker.sizeDelta : add(before.size, taker.sizeDelta);
    if (before !== undefined && gte(abs(before.size), abs(after))) continue;
    const { kind } = state.markets[market]!.parameters;
    const [size, price, cap] = [rawOf(abs(after)), rawOf(markPrice), rawOf(marketNotionalMax)];
    const worth =
      kind === 'linear' ? size * price <= cap * EXACT_PER_RAW : size * EXACT_PER_RAW <= cap * price;
    assert(worth, 'INV-16', 'a takeover went beyond what the vault holds of a market');
  }
}
