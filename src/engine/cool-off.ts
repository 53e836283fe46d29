/** The guard against owners who liquidate themselves for the bonus. @module */
import type { AccountView, PoolView } from './state.ts';

/**
 * The account raised its own risk so short a time ago that its owner may have brought it to where
 * it is on purpose: it is not open to liquidators, and every other way is.
 */
export function coolsOff(
  { direct }: PoolView,
  { riskRaisedMs }: AccountView,
  timeMs: number,
): boolean {
  return direct !== null && riskRaisedMs !== null && timeMs < riskRaisedMs + direct.coolOffMs;
}
