/**
 * What must hold of the layers beside the insurance fund whatever the rules in between say. See
 * oracle.ts.
 * @module
 */
import type { Ledger, ModelEvent, ModelEventOf } from './ledger.ts';
import { findTranche, termsOf } from './waterfall.ts';

type Record = { readonly before: Ledger; readonly after: Ledger };

/** Layers never owe, and a tranche has capital only as long as somebody has shares of it. */
export function layersProblem({ waterfall }: Ledger): string | null {
  if (waterfall === null) return null;
  if (waterfall.buffer < 0n) return 'the buffer is below zero';
  for (const { tranche, capital, providers } of waterfall.tranches) {
    if (capital < 0n) return `${tranche} owes what it has not`;
    if (providers.length === 0 && capital > 0n) return `${tranche} belongs to nobody`;
    const unfair = providers.some(({ shares, exiting }) => shares <= 0n || exiting > shares);
    if (unfair) return `${tranche}: more is to leave than is there`;
  }
  return null;
}

export function layerEventProblem(record: Record, event: ModelEvent): string | null {
  switch (event.type) {
    case 'BufferPaid':
    case 'BufferRepaid':
    case 'BufferFilled':
    case 'CoverRepaid':
    case 'TrancheRepaid':
      return event.amount > 0n ? null : 'nothing was paid';
    case 'TranchePaid':
      return limitProblem(record, event);
    case 'TrancheDeposited':
    case 'TrancheRedeemed':
      return shareProblem(event);
    default:
      return null;
  }
}

/** Nobody comes cheaper, or leaves dearer, than what a share is worth to those who stay. */
function shareProblem(event: ModelEventOf<'TrancheDeposited' | 'TrancheRedeemed'>): string | null {
  const { amount, shares, capital, sharesTotal } = event;
  const paid = amount * sharesTotal;
  const worth = shares * capital;
  const fair = event.type === 'TrancheDeposited' ? worth <= paid : paid <= worth;
  return fair ? null : 'those who stay paid for it';
}

/** What a tranche pays for one liquidation in all, unless its limit was lowered since. */
function limitProblem(
  { before, after }: Record,
  { liquidation, tranche: id, amount }: ModelEventOf<'TranchePaid'>,
): string | null {
  if (amount <= 0n) return 'nothing was paid';
  const running = after.liquidations.find((entry) => entry.liquidation === liquidation)!;
  const { paid } = running.cover.tranches.find(({ tranche }) => tranche === id)!;
  const { eventMax } = termsOf(before.waterfall!, findTranche(before, id)!);
  return paid > eventMax ? `${id} paid ${paid} of at most ${eventMax}` : null;
}
