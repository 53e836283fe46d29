/** Decisions on the backstop vault: its terms, and what providers pay in and take out. @module */
import {
  type AccountId,
  type EngineTimeMs,
  formatDecimal,
  gt,
  isNegative,
  isPositive,
  isZero,
  lt,
  type Money,
  type Shares,
  settlementOfMoney,
  ZERO_SHARES,
} from '../../units/index.ts';
import { afterInterest } from '../accrued-desks.ts';
import { interestUntil } from '../interest.ts';
import { holdsPledge, NO_PLEDGE_EXPECTED } from '../links.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import { holdsDoubtfulPrice } from '../price-validity.ts';
import { boughtShares, exitTimes, worthOfShares } from '../provider-shares.ts';
import type { CommandOf, Outcome, VaultParameters } from '../schema/index.ts';
import { type AccountView, type PoolView, poolParameters, type VaultView } from '../state.ts';
import { isBare, unresolvedLoss, vaultAccount } from '../vault.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
  isMoney,
  isPositiveMoney,
  MONEY_EXPECTED,
  POSITIVE_MONEY_EXPECTED,
} from './bounds.ts';
import { releaseProblem, withdrawalsProblem } from './capital.ts';
import { accepted, rejected } from './outcome.ts';

export function configureVault(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureVault'>,
): Outcome {
  const { account } = parameters;
  const broken = brokenBound(vaultBounds(parameters));
  if (broken !== null) return broken;
  const number = state.numbers.accounts.get(account);
  if (number === undefined) return rejected('ACCOUNT_UNKNOWN', { account });
  if (state.accounts[number]!.parent !== null) {
    const expected = 'an account that is not isolated';
    return rejected('INVALID_PARAMETER', { parameter: 'account', expected });
  }
  if (holdsPledge(state, account)) {
    return rejected('INVALID_PARAMETER', { parameter: 'account', expected: NO_PLEDGE_EXPECTED });
  }
  const { vault } = state;
  if (vault !== null && vault.parameters.account !== account && isOwned(state, vault)) {
    return rejected('VAULT_IN_USE', { account: vault.parameters.account });
  }
  return accepted({ type: 'VaultConfigured', parameters });
}

/** There are shares of it, and something that they are shares of. */
const isOwned = (state: PoolView, vault: VaultView): boolean =>
  !isZero(vault.sharesTotal) && !isBare(vaultAccount(state, vault));

function vaultBounds(vault: VaultParameters): readonly Bound[] {
  return [
    [isMoney(vault.accountNotionalMax), 'accountNotionalMax', MONEY_EXPECTED],
    [isMoney(vault.marketNotionalMax), 'marketNotionalMax', MONEY_EXPECTED],
    [isDuration(vault.windowMs), 'windowMs', DURATION_EXPECTED],
    [isMoney(vault.windowNotionalMax), 'windowNotionalMax', MONEY_EXPECTED],
    [isDelay(vault.noticeMs), 'noticeMs', DELAY_EXPECTED],
    [isDuration(vault.exitWindowMs), 'exitWindowMs', DURATION_EXPECTED],
    [isFraction(vault.backstopFraction), 'backstopFraction', FRACTION_EXPECTED],
    [isPositiveMoney(vault.depositMin), 'depositMin', POSITIVE_MONEY_EXPECTED],
  ];
}

export function depositVault(
  state: PoolView,
  command: CommandOf<'DepositVault'>,
  time: EngineTimeMs,
): Outcome {
  const { provider, amount } = command;
  if (!isPositive(amount)) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  const party = partiesOf(state, provider);
  if (party.problem !== null) return party.problem;
  const { vault, holder } = party;
  const { depositMin } = vault.parameters;
  if (lt(amount, depositMin)) {
    const facts = { reason: 'below-minimum', depositMin: formatDecimal(depositMin) };
    return rejected('VAULT_DEPOSIT_REFUSED', facts);
  }
  const asset = poolParameters(state).settlementAsset;
  const blocked =
    releaseProblem(state, party.account, asset, settlementOfMoney(amount)) ??
    valueProblem(state, holder);
  if (blocked !== null) return blocked;
  const { equity, accrued } = worthAt(state, holder, time);
  const { sharesTotal } = vault;
  const priced = { equity, totalShares: sharesTotal, deposit: amount };
  const { shares, refusal } = boughtShares(priced);
  if (shares === null) return rejected('VAULT_DEPOSIT_REFUSED', { reason: refusal });
  const trade = { provider, vault: holder.id, amount, shares, equity, sharesTotal };
  return accepted(...accrued, { type: 'VaultDeposited', ...trade });
}

type Parties =
  | { readonly problem: Outcome }
  | {
      readonly problem: null;
      readonly vault: VaultView;
      /** The vault's own account. */
      readonly holder: AccountView;
      readonly account: AccountView;
      readonly number: number;
    };

/** The vault and whoever deals with it; the vault is no provider of its own. */
function partiesOf(state: PoolView, provider: AccountId): Parties {
  const { vault } = state;
  if (vault === null) return { problem: rejected('VAULT_UNKNOWN') };
  const number = state.numbers.accounts.get(provider);
  if (number === undefined) return { problem: rejected('ACCOUNT_UNKNOWN', { account: provider }) };
  const holder = vaultAccount(state, vault);
  const account = state.accounts[number]!;
  if (account === holder) return { problem: rejected('SELF_TRADE', { account: provider }) };
  return { problem: null, vault, holder, account, number };
}

/** What the vault is worth once the interest of its desks is accrued up to a time. */
function worthAt(state: PoolView, holder: AccountView, time: EngineTimeMs) {
  const numbers = new Set([...holder.debts, ...holder.supplies].map(({ desk }) => desk));
  const accrued = [...numbers].flatMap((desk) => interestUntil(state.desks[desk]!, time) ?? []);
  const pool = afterInterest(state, accrued);
  return { equity: accountMargin(pool, holder).equity, accrued, pool };
}

/** Why nobody can say what the vault is worth; null if its account says it. */
function valueProblem(state: PoolView, holder: AccountView): Outcome | null {
  if (holder.liquidation !== null) {
    return rejected('ACCOUNT_IN_LIQUIDATION', { account: holder.id });
  }
  if (pricesValid(state, holder) && !holdsDoubtfulPrice(state, holder)) return null;
  return rejected('PRICE_UNAVAILABLE', { account: holder.id });
}

const claimOf = (vault: VaultView, account: number) =>
  vault.providers.find((provider) => provider.account === account);

export function requestVaultExit(
  state: PoolView,
  { provider, shares }: CommandOf<'RequestVaultExit'>,
  time: EngineTimeMs,
): Outcome {
  if (isNegative(shares)) return rejected('NOT_POSITIVE', { shares: formatDecimal(shares) });
  const party = partiesOf(state, provider);
  if (party.problem !== null) return party.problem;
  const { vault, number } = party;
  const claim = claimOf(vault, number);
  const held: Shares = claim?.shares ?? ZERO_SHARES;
  if (claim === undefined || gt(shares, held)) {
    return rejected('VAULT_SHARES_INSUFFICIENT', { held: formatDecimal(held) });
  }
  const times = exitTimes(claim, { shares, time, ...vault.parameters });
  return accepted({ type: 'VaultExitRequested', provider, shares, ...times });
}

export function redeemVault(
  state: PoolView,
  { provider }: CommandOf<'RedeemVault'>,
  time: EngineTimeMs,
): Outcome {
  const party = partiesOf(state, provider);
  if (party.problem !== null) return party.problem;
  const { vault, holder, number } = party;
  const claim = claimOf(vault, number);
  if (claim === undefined || isZero(claim.exiting) || time < claim.exitMs || time > claim.untilMs) {
    const facts: Record<string, number> =
      claim === undefined || isZero(claim.exiting)
        ? {}
        : { exitMs: claim.exitMs, untilMs: claim.untilMs };
    return rejected('VAULT_EXIT_NOT_DUE', facts);
  }
  const blocked = exitProblem(state) ?? valueProblem(state, holder);
  if (blocked !== null) return blocked;
  const { equity, accrued, pool } = worthAt(state, holder, time);
  const { sharesTotal } = vault;
  const { exiting: shares } = claim;
  const amount = worthOfShares({ equity, totalShares: sharesTotal, shares });
  const unpayable = isZero(amount) ? null : payoutProblem(pool, holder, amount);
  if (unpayable !== null) return unpayable;
  const trade = { provider, vault: holder.id, amount, shares, equity, sharesTotal };
  return accepted(...accrued, { type: 'VaultRedeemed', ...trade });
}

/** Nobody leaves while there is a loss that is not borne: it would be left to the others. */
export function exitProblem(state: PoolView): Outcome | null {
  const gated = withdrawalsProblem(state);
  if (gated !== null) return gated;
  const loss = unresolvedLoss(state);
  if (loss === null) return null;
  if ('gate' in loss) return rejected('WITHDRAWALS_GATED', { gate: loss.gate });
  const { liquidation, margin } = loss;
  return rejected('WITHDRAWALS_GATED', { liquidation, equity: formatDecimal(margin.equity) });
}

/** The vault pays what it has, and keeps its initial margin. */
const payoutProblem = (state: PoolView, holder: AccountView, amount: Money): Outcome | null =>
  releaseProblem(state, holder, poolParameters(state).settlementAsset, settlementOfMoney(amount));
