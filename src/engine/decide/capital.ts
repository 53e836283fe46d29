/** Decisions about accounts and capital. @module */
import { type MarginSummary, withdrawalGate } from '../../risk/index.ts';
import {
  type AccountId,
  type Amount,
  type AssetId,
  add,
  formatDecimal,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lt,
  min,
  moneyOfSettlement,
  neg,
  sub,
} from '../../units/index.ts';
import { gateClosedForPool } from '../gates.ts';
import { claimedAmount, reckonedAmount } from '../lending.ts';
import { isModerateSum, isReckonableAmount, MONEY_MAX_TEXT } from '../limits.ts';
import { ownAmount } from '../links.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import { holdsDoubtfulPrice, worstPrice } from '../price-validity.ts';
import { riskMargin } from '../risk-margin.ts';
import type { CommandOf, Outcome } from '../schema/index.ts';
import type { AccountView, PoolView } from '../state.ts';
import { poolParameters } from '../state.ts';
import { isVaultOfProviders } from '../vault.ts';
import { coverable } from '../waterfall.ts';
import { accepted, rejected } from './outcome.ts';

export function openAccount(state: PoolView, command: CommandOf<'OpenAccount'>): Outcome {
  const { account, owner, parent, market } = command;
  if ((parent === null) !== (market === null)) {
    return rejected('INVALID_PARAMETER', {
      parameter: 'parent and market',
      expected: 'both (an isolated position) or neither',
    });
  }
  if (state.numbers.accounts.has(account)) return rejected('ACCOUNT_EXISTS', { account });
  if (parent !== null) {
    const number = state.numbers.accounts.get(parent);
    if (number === undefined) return rejected('ACCOUNT_UNKNOWN', { account: parent });
    if (state.accounts[number]!.parent !== null) return rejected('PARENT_NOT_ELIGIBLE', { parent });
    if (state.accounts[number]!.owner !== owner) return rejected('OWNER_DIFFERS', { owner });
  }
  if (market !== null && !state.numbers.markets.has(market)) {
    return rejected('MARKET_UNKNOWN', { market });
  }
  return accepted({ type: 'AccountOpened', account, owner, parent, market });
}

/** What every movement of an asset requires first; null when all of it holds. */
export function movementProblem(
  state: PoolView,
  accounts: readonly AccountId[],
  asset: AssetId,
  amount: Amount,
): Outcome | null {
  if (!isPositive(amount)) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  for (const account of accounts) {
    if (!state.numbers.accounts.has(account)) return rejected('ACCOUNT_UNKNOWN', { account });
  }
  const known = asset === poolParameters(state).settlementAsset || state.numbers.assets.has(asset);
  return known ? null : rejected('ASSET_UNKNOWN', { asset });
}

export const accountOf = (state: PoolView, id: AccountId): AccountView =>
  state.accounts[state.numbers.accounts.get(id)!]!;

export function deposit(state: PoolView, command: CommandOf<'Deposit'>): Outcome {
  const { account, asset, amount } = command;
  const problem = depositProblem(state, { account, asset, amount });
  return problem ?? accepted({ type: 'Deposited', account, asset, amount });
}

type Movement = {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
};

/** Why an account may not be given `amount` of an asset from outside; null when it may. */
export function depositProblem(
  state: PoolView,
  { account, asset, amount }: Movement,
): Outcome | null {
  const problem = movementProblem(state, [account], asset, amount);
  if (problem !== null) return problem;
  const amountMax = brokenCap(state, asset, amount);
  if (amountMax !== null) return rejected('ASSET_CAP_EXCEEDED', { asset, amountMax });
  // Liquidation waits for the price of every asset held: one without a price would be a shield.
  return isPriced(state, asset) ? null : rejected('PRICE_UNAVAILABLE', { asset });
}

function isPriced(state: PoolView, asset: AssetId): boolean {
  const number = state.numbers.assets.get(asset);
  return number === undefined || state.indexes[state.assets[number]!.index]!.live;
}

/** The cap that the pool's holding of an asset would exceed with `amount` more; null if none. */
function brokenCap(state: PoolView, asset: AssetId, amount: Amount): string | null {
  const number = state.numbers.assets.get(asset);
  if (number === undefined) {
    return isModerateSum(state.deposited, moneyOfSettlement(amount)) ? null : MONEY_MAX_TEXT;
  }
  const { deposited: before, parameters, index } = state.assets[number]!;
  if (!isModerateSum(before, amount)) return MONEY_MAX_TEXT;
  const after = add(claimedAmount(state, number), amount);
  const cap = parameters.amountMax;
  if (cap !== null && gt(after, cap)) return formatDecimal(cap);
  const { price } = state.indexes[index]!;
  return price === null || isReckonableAmount(add(reckonedAmount(state, number), amount), price)
    ? null
    : MONEY_MAX_TEXT;
}

/** What providers have a claim to leaves by redemption alone. */
export function vaultProblem(state: PoolView, account: AccountView): Outcome | null {
  if (!isVaultOfProviders(state, account)) return null;
  return rejected('VAULT_IN_USE', { account: account.id });
}

/** Why `amount` of an asset may not leave an account; null when it may. */
export function releaseProblem(
  state: PoolView,
  account: AccountView,
  asset: AssetId,
  amount: Amount,
): Outcome | null {
  if (account.liquidation !== null) {
    return rejected('ACCOUNT_IN_LIQUIDATION', { account: account.id });
  }
  const own = ownAmount(state, account, state.numbers.assets.get(asset) ?? null);
  if (lt(own, amount)) return rejected('BALANCE_INSUFFICIENT', { account: account.id, asset });
  return remainderProblem(state, account, asset, amount);
}

/** Why the rest would not carry the account if `amount` of an asset left it; null if it would. */
export function remainderProblem(
  state: PoolView,
  account: AccountView,
  asset: AssetId,
  amount: Amount,
): Outcome | null {
  if (!pricesValid(state, account) || holdsDoubtfulPrice(state, account)) {
    const markets = account.positions.map(({ market }) => market);
    return rejected('PRICE_UNAVAILABLE', { account: account.id, ...worstPrice(state, markets) });
  }
  const after = marginWithout(state, account, asset, amount);
  if (gte(after.initialEquity, after.initialMargin)) return null;
  return rejected('INITIAL_MARGIN_NOT_MET', {
    account: account.id,
    initialEquity: formatDecimal(after.initialEquity),
    initialMargin: formatDecimal(after.initialMargin),
  });
}

function marginWithout(
  state: PoolView,
  account: AccountView,
  asset: AssetId,
  amount: Amount,
): MarginSummary {
  const number = state.numbers.assets.get(asset);
  if (number === undefined) {
    const balance = sub(account.balance, moneyOfSettlement(amount));
    return riskMargin(state, { ...account, balance });
  }
  const collaterals = account.collaterals.map((holding) =>
    holding.asset === number ? { asset: number, amount: sub(holding.amount, amount) } : holding,
  );
  return riskMargin(state, { ...account, collaterals });
}

export function withdraw(state: PoolView, command: CommandOf<'Withdraw'>): Outcome {
  const { account, asset, amount } = command;
  const problem =
    movementProblem(state, [account], asset, amount) ?? withdrawalProblem(state, command);
  return problem ?? accepted({ type: 'Withdrawn', account, asset, amount });
}

/** Why what an account holds of a known asset may not leave the pool; null when it may. */
export function withdrawalProblem(
  state: PoolView,
  { account, asset, amount }: Movement,
): Outcome | null {
  const holder = accountOf(state, account);
  return (
    vaultProblem(state, holder) ??
    releaseProblem(state, holder, asset, amount) ??
    withdrawalsProblem(state)
  );
}

/** Why nobody's money may leave now; null if it may. */
export function withdrawalsProblem(state: PoolView): Outcome | null {
  const { gated, claims, fund } = openClaims(state);
  if (gated) {
    const facts = { claims: formatDecimal(claims), fund: formatDecimal(fund) };
    return rejected('WITHDRAWALS_GATED', facts);
  }
  if (gateClosedForPool(state, 'withdrawals')) {
    return rejected('WITHDRAWALS_GATED', { gate: 'withdrawals' });
  }
  return null;
}

/**
 * What the fund is called upon for: unborne losses, and the deficits of running liquidations at
 * the marks there are, valid or not. Cost: one evaluation per running liquidation.
 */
function openClaims(state: PoolView) {
  const { unallocatedLoss, liquidations } = state;
  const equities = [...liquidations.values()].map(({ account }) => {
    return accountMargin(state, state.accounts[account]!).equity;
  });
  const deficits = equities.filter(isNegative).map(neg);
  const fund = add(state.insuranceFund, coverable(state, deficits));
  return { ...withdrawalGate({ insuranceFund: fund, unallocatedLoss, equities }), fund };
}

export function transferCollateral(
  state: PoolView,
  command: CommandOf<'TransferCollateral'>,
): Outcome {
  const { from, to, asset, amount } = command;
  const problem = movementProblem(state, [from, to], asset, amount);
  if (problem !== null) return problem;
  const sender = accountOf(state, from);
  if (sender.owner !== accountOf(state, to).owner || from === to) {
    return rejected('OWNER_DIFFERS', { from, to });
  }
  const blocked = vaultProblem(state, sender) ?? releaseProblem(state, sender, asset, amount);
  return blocked ?? accepted({ type: 'CollateralTransferred', from, to, asset, amount });
}

export function fundInsurance(state: PoolView, command: CommandOf<'FundInsurance'>): Outcome {
  const { amount } = command;
  if (!isPositive(amount)) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  if (!isModerateSum(state.deposited, amount)) {
    const asset = poolParameters(state).settlementAsset;
    return rejected('ASSET_CAP_EXCEEDED', { asset, amountMax: MONEY_MAX_TEXT });
  }
  const funded = { type: 'InsuranceFunded', amount } as const;
  const repaid = min(state.unallocatedLoss, add(state.insuranceFund, amount));
  if (isZero(repaid)) return accepted(funded);
  return accepted(funded, { type: 'UnallocatedLossRepaid', amount: repaid });
}
