/** What one provider holds of common capital: of the backstop vault, or of a tranche. @module */
import { record } from './codec.ts';
import { count, shares, time } from './fields.ts';

export const ProviderClaim = record({
  account: count,
  /** Above zero. */
  shares,
  /** Part of them that is to leave; it bears losses until it has left. */
  exiting: shares,
  exitMs: time,
  untilMs: time,
});
