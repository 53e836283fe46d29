/** Effects of events about losses that open interest takes on. @module */
import { EXACT_PER_RAW, exactFunding, rawOf, sub } from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, marketNumber, marketToChange, type PoolState } from '../state.ts';
import { credit } from './ledger.ts';
import { running, wakeAll } from './liquidation.ts';

export function lossSharingConfigured(
  state: PoolState,
  { parameters }: EventOf<'LossSharingConfigured'>,
): void {
  state.lossSharing = parameters;
  // Nobody has watched for losses on its positions so far.
  state.changes.markets.push(...state.markets.keys());
  wakeAll(state);
}

/**
 * The index alone moves, whoever holds how much. What it asks for beyond the loss, because it is
 * rounded up, is a residue of the market.
 */
export function lossSpread(state: PoolState, event: EventOf<'LossSpread'>): void {
  running(state, event.liquidation);
  const number = marketNumber(state, event.market);
  const market = marketToChange(state, number);
  const raised = sub(event.lossIndexAfter, market.lossIndex);
  market.lossIndex = event.lossIndexAfter;
  market.fundingResidue +=
    exactFunding(event.openInterest, raised) - rawOf(event.amount) * EXACT_PER_RAW;
  credit(state, accountNumber(state, event.account), event.amount);
  state.changes.losses.push(number);
}
