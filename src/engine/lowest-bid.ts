/** The bid that gives way where no more can be kept. @module */
import { lt, type Money } from '../units/index.ts';

/** Place of the lowest of some bids; ties fall to whoever opened its account last. */
export function lowestBid(bids: readonly { readonly amount: Money }[]): number {
  let lowest = 0;
  for (const [at, { amount }] of bids.entries()) {
    if (!lt(bids[lowest]!.amount, amount)) lowest = at;
  }
  return lowest;
}
