/** Decisions on insurance tranches: what providers pay in and take out, and premiums. @module */
import {
  type AccountId,
  add,
  type EngineTimeMs,
  eq,
  formatDecimal,
  gt,
  isNegative,
  isPositive,
  isZero,
  type Shares,
  settlementOfMoney,
  ZERO_MONEY,
  ZERO_SHARES,
} from '../../units/index.ts';
import { boughtShares, exitTimes, worthOfShares } from '../provider-shares.ts';
import type { CommandOf, Event, Outcome } from '../schema/index.ts';
import { type AccountView, type PoolView, poolParameters, type TrancheView } from '../state.ts';
import { isOwed, premiumDue, premiumUntil, trancheOf, trancheTerms } from '../waterfall.ts';
import { releaseProblem, vaultProblem } from './capital.ts';
import { accepted, rejected } from './outcome.ts';
import { exitProblem } from './vault.ts';

type Parties =
  | { readonly problem: Outcome }
  | {
      readonly problem: null;
      readonly tranche: TrancheView;
      readonly account: AccountView;
      /** What the provider holds of the tranche, if anything. */
      readonly claim: TrancheView['providers'][number] | undefined;
    };

function partiesOf(state: PoolView, id: string, provider: AccountId): Parties {
  const tranche = trancheOf(state, id);
  if (tranche === undefined) return { problem: rejected('TRANCHE_UNKNOWN', { tranche: id }) };
  const number = state.numbers.accounts.get(provider);
  if (number === undefined) return { problem: rejected('ACCOUNT_UNKNOWN', { account: provider }) };
  const claim = tranche.providers.find(({ account }) => account === number);
  return { problem: null, tranche, account: state.accounts[number]!, claim };
}

export function depositTranche(
  state: PoolView,
  command: CommandOf<'DepositTranche'>,
  time: EngineTimeMs,
): Outcome {
  const { tranche: id, provider, amount } = command;
  if (!isPositive(amount)) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  const party = partiesOf(state, id, provider);
  if (party.problem !== null) return party.problem;
  const { tranche, account } = party;
  const asset = poolParameters(state).settlementAsset;
  const blocked =
    vaultProblem(state, account) ??
    releaseProblem(state, account, asset, settlementOfMoney(amount));
  if (blocked !== null) return blocked;
  // Whoever came now would have a part in what is given back to those who paid.
  if (isOwed(state, id)) return rejected('TRANCHE_DEPOSIT_REFUSED', { reason: 'covering' });
  const { premium, capital } = settledUntil(state, tranche, time);
  const { sharesTotal } = tranche;
  const priced = { equity: capital, totalShares: sharesTotal, deposit: amount };
  const { shares, refusal } = boughtShares(priced);
  if (shares === null) return rejected('TRANCHE_DEPOSIT_REFUSED', { reason: refusal });
  const trade = { provider, tranche: id, amount, shares, capital, sharesTotal };
  return accepted(...premium, { type: 'TrancheDeposited', ...trade });
}

/** Whoever comes has no part in what others earned, and whoever leaves has its own. */
function settledUntil(state: PoolView, tranche: TrancheView, time: EngineTimeMs) {
  const premium = premiumUntil(state, tranche, time);
  const capital = add(tranche.capital, premium?.amount ?? ZERO_MONEY);
  const events: Event[] = premium === null ? [] : [premium];
  return { premium: events, capital };
}

export function requestTrancheExit(
  state: PoolView,
  { tranche: id, provider, shares }: CommandOf<'RequestTrancheExit'>,
  time: EngineTimeMs,
): Outcome {
  if (isNegative(shares)) return rejected('NOT_POSITIVE', { shares: formatDecimal(shares) });
  const party = partiesOf(state, id, provider);
  if (party.problem !== null) return party.problem;
  const { claim } = party;
  const held: Shares = claim?.shares ?? ZERO_SHARES;
  if (claim === undefined || gt(shares, held)) {
    return rejected('TRANCHE_SHARES_INSUFFICIENT', { held: formatDecimal(held) });
  }
  const terms = trancheTerms(state.waterfall!.parameters, id);
  const times = exitTimes(claim, { shares, time, ...terms });
  return accepted({ type: 'TrancheExitRequested', provider, tranche: id, shares, ...times });
}

export function redeemTranche(
  state: PoolView,
  { tranche: id, provider }: CommandOf<'RedeemTranche'>,
  time: EngineTimeMs,
): Outcome {
  const party = partiesOf(state, id, provider);
  if (party.problem !== null) return party.problem;
  const { tranche, claim } = party;
  if (claim === undefined || isZero(claim.exiting)) return rejected('TRANCHE_EXIT_NOT_DUE');
  const { exiting: shares, exitMs, untilMs } = claim;
  if (time < exitMs || time > untilMs) return rejected('TRANCHE_EXIT_NOT_DUE', { exitMs, untilMs });
  const covering = isOwed(state, id) ? rejected('WITHDRAWALS_GATED', { tranche: id }) : null;
  const blocked = exitProblem(state) ?? covering;
  if (blocked !== null) return blocked;
  const { premium, capital } = settledUntil(state, tranche, time);
  const { sharesTotal } = tranche;
  // Nobody stays behind whom a share of nobody would have to protect.
  const last = eq(shares, sharesTotal);
  const priced = { equity: capital, totalShares: sharesTotal, shares };
  const amount = last ? capital : worthOfShares(priced);
  const trade = { provider, tranche: id, amount, shares, capital, sharesTotal };
  return accepted(...premium, { type: 'TrancheRedeemed', ...trade });
}

export function payPremium(
  state: PoolView,
  { tranche: id }: CommandOf<'PayPremium'>,
  time: EngineTimeMs,
): Outcome {
  const tranche = trancheOf(state, id);
  if (tranche === undefined) return rejected('TRANCHE_UNKNOWN', { tranche: id });
  const premium = premiumDue(state, tranche) ? premiumUntil(state, tranche, time) : null;
  return premium === null ? rejected('PREMIUM_NOT_DUE', { tranche: id }) : accepted(premium);
}
