/** The guard against owners who liquidate themselves for the bonus. @module */
import type { AccountView, PoolView } from './state.ts';

/**
 * The account raised its own risk so short a time ago that its owner may have brought it to where
 * it is on purpose: it is not open to liquidators, and every other way is.
 */
export function coolsOff(pool: PoolView, account: AccountView, timeMs: number): boolean {
  const cooledMs = cooledAtMs(pool, account);
  return cooledMs !== null && timeMs < cooledMs;
}

/** The first moment at which it does not cool any more; null where it never did. */
export function cooledAtMs({ direct }: PoolView, { riskRaisedMs }: AccountView): number | null {
  return direct === null || riskRaisedMs === null ? null : riskRaisedMs + direct.coolOffMs;
}
