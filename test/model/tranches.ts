/**
 * Capital of outside providers: how it comes, gives notice and leaves. See docs/spec/waterfall.md,
 * section "Tranches".
 * @module
 */

import { claimsExceedCover, release } from './capital.ts';
import { isAnyGateClosed, isPoolClosed } from './gates.ts';
import { floorDiv, isInRange, smaller, total } from './integers.ts';
import {
  type Answer,
  findAccount,
  type Ledger,
  type ModelCommandOf,
  type Tranche,
} from './ledger.ts';
import { marginOf } from './margin.ts';
import { findTranche, mayBeRepaid, payPremiumOf, termsOf } from './waterfall.ts';

type Provider = Tranche['providers'][number];

export const sharesOfAll = ({ providers }: Tranche): bigint =>
  total(providers.map(({ shares }) => shares));

const providerOf = ({ providers }: Tranche, id: string): Provider | undefined =>
  providers.find(({ account }) => account === id);

/** What an amount buys: null where there is no fair number of shares for it. */
function boughtShares(amount: bigint, { capital, all }: { capital: bigint; all: bigint }) {
  if (capital === 0n && all > 0n) return null;
  const bought = floorDiv(amount * (all + 1n), capital + 1n);
  const most = capital > all && all > 0n ? floorDiv(all * amount, capital) : bought;
  const shares = smaller(bought, most);
  const billion = 10n ** 9n;
  const lost = bought * (capital + 1n) * billion < amount * (all + 1n) * (billion - 1n);
  return shares === 0n || lost || !isInRange(all + shares) || !isInRange(bought) ? null : shares;
}

export function depositTranche(
  ledger: Ledger,
  { tranche: id, provider, amount }: ModelCommandOf<'DepositTranche'>,
  time: number,
): Answer {
  if (amount <= 0n) return 'NOT_POSITIVE';
  const tranche = findTranche(ledger, id);
  if (tranche === undefined) return 'TRANCHE_UNKNOWN';
  const account = findAccount(ledger, provider);
  if (account === undefined) return 'ACCOUNT_UNKNOWN';
  const released = release(ledger, account, ledger.pool!.settlementAsset, amount);
  if (typeof released === 'string') return released;
  const covering = mayBeRepaid(ledger, id);
  const premium = payPremiumOf(ledger, tranche, { capital: tranche.capital, time });
  const { capital } = tranche;
  const sharesTotal = sharesOfAll(tranche);
  const shares = boughtShares(amount, { capital, all: sharesTotal });
  if (covering || shares === null) return 'TRANCHE_DEPOSIT_REFUSED';
  tranche.capital += amount;
  const known = providerOf(tranche, provider);
  if (known === undefined) {
    const claim = { account: provider, shares, exiting: 0n, exitMs: 0, untilMs: 0 };
    const claims = [...tranche.providers, claim];
    tranche.providers = ledger.accounts.flatMap(({ id: opened }) =>
      claims.filter((entry) => entry.account === opened),
    );
  } else {
    known.shares += shares;
  }
  const trade = { provider, tranche: id, amount, shares, capital, sharesTotal };
  return [...premium, { type: 'TrancheDeposited', ...trade }];
}

export function requestTrancheExit(
  ledger: Ledger,
  { tranche: id, provider, shares }: ModelCommandOf<'RequestTrancheExit'>,
  time: number,
): Answer {
  if (shares < 0n) return 'NOT_POSITIVE';
  const tranche = findTranche(ledger, id);
  if (tranche === undefined) return 'TRANCHE_UNKNOWN';
  if (findAccount(ledger, provider) === undefined) return 'ACCOUNT_UNKNOWN';
  const claim = providerOf(tranche, provider);
  if (claim === undefined || shares > claim.shares) return 'TRANCHE_SHARES_INSUFFICIENT';
  const stays = shares <= claim.exiting && time <= claim.untilMs;
  if (!stays) {
    const { noticeMs, exitWindowMs } = termsOf(ledger.waterfall!, tranche);
    claim.exitMs = time + noticeMs;
    claim.untilMs = claim.exitMs + exitWindowMs;
  }
  claim.exiting = shares;
  const { exitMs, untilMs } = claim;
  return [{ type: 'TrancheExitRequested', provider, tranche: id, shares, exitMs, untilMs }];
}

/** Nobody leaves while a loss may be on its way. */
function isExitClosed(ledger: Ledger, id: string): boolean {
  const losing = ledger.liquidations.some(
    ({ account }) => marginOf(ledger, findAccount(ledger, account)!).equity < 0n,
  );
  return (
    isPoolClosed(ledger, 'withdrawals') ||
    claimsExceedCover(ledger) ||
    isAnyGateClosed(ledger, 'liquidations') ||
    losing ||
    mayBeRepaid(ledger, id)
  );
}

export function redeemTranche(
  ledger: Ledger,
  { tranche: id, provider }: ModelCommandOf<'RedeemTranche'>,
  time: number,
): Answer {
  const tranche = findTranche(ledger, id);
  if (tranche === undefined) return 'TRANCHE_UNKNOWN';
  const account = findAccount(ledger, provider);
  if (account === undefined) return 'ACCOUNT_UNKNOWN';
  const claim = providerOf(tranche, provider);
  const due = claim !== undefined && claim.exiting > 0n;
  if (!due || time < claim.exitMs || time > claim.untilMs) return 'TRANCHE_EXIT_NOT_DUE';
  if (isExitClosed(ledger, id)) return 'WITHDRAWALS_GATED';
  const premium = payPremiumOf(ledger, tranche, { capital: tranche.capital, time });
  const { capital } = tranche;
  const sharesTotal = sharesOfAll(tranche);
  const shares = claim.exiting;
  const amount = paidFor(shares, { capital, all: sharesTotal });
  tranche.capital -= amount;
  account.balance += amount;
  claim.shares -= shares;
  claim.exiting = 0n;
  tranche.providers = tranche.providers.filter((entry) => entry.shares > 0n);
  const trade = { provider, tranche: id, amount, shares, capital, sharesTotal };
  return [...premium, { type: 'TrancheRedeemed', ...trade }];
}

/** Whoever leaves last takes all of it, others what is not worth more than their part. */
function paidFor(shares: bigint, { capital, all }: { capital: bigint; all: bigint }): bigint {
  if (shares === all) return capital;
  const virtual = floorDiv(shares * (capital + 1n), all + 1n);
  return smaller(virtual, floorDiv(shares * capital, all));
}
