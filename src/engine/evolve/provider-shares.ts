/** What providers hold of common capital: the backstop vault, or an insurance tranche. @module */
import {
  add,
  assert,
  engineTimeMs,
  isZero,
  type Shares,
  sub,
  ZERO_SHARES,
} from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import type { VaultState } from '../state.ts';

type CommonCapital = Pick<VaultState, 'providers' | 'sharesTotal'>;

/** Changes what a provider holds; whoever holds nothing is no provider. */
export function addShares(capital: CommonCapital, account: number, delta: Shares): void {
  const at = capital.providers.findIndex((provider) => provider.account >= account);
  const insertAt = at < 0 ? capital.providers.length : at;
  const before = capital.providers[insertAt];
  const held = before?.account === account ? before : undefined;
  const none = { shares: ZERO_SHARES, exiting: ZERO_SHARES };
  const noTime = { exitMs: engineTimeMs(0), untilMs: engineTimeMs(0) };
  const entry = held ?? { account, ...none, ...noTime };
  const shares = add(entry.shares, delta);
  const replacement = isZero(shares) ? [] : [{ ...entry, shares }];
  capital.providers.splice(insertAt, held === undefined ? 0 : 1, ...replacement);
  capital.sharesTotal = add(capital.sharesTotal, delta);
}

function claimOf({ providers }: CommonCapital, account: number): VaultState['providers'][number] {
  const claim = providers.find((provider) => provider.account === account);
  assert(claim !== undefined, 'PROVIDER', 'the account is no provider');
  return claim;
}

type ExitRequest = Pick<EventOf<'VaultExitRequested'>, 'shares' | 'exitMs' | 'untilMs'>;

export function noteExit(capital: CommonCapital, account: number, request: ExitRequest): void {
  const claim = claimOf(capital, account);
  claim.exiting = request.shares;
  claim.exitMs = request.exitMs;
  claim.untilMs = request.untilMs;
}

/** The shares that were to leave have left. */
export function removeExited(capital: CommonCapital, account: number, shares: Shares): void {
  const claim = claimOf(capital, account);
  claim.exiting = sub(claim.exiting, shares);
  addShares(capital, account, sub(ZERO_SHARES, shares));
}
