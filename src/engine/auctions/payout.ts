/** What the insurance fund pays to whoever takes over a covered account. @module */
import { insolventPayout } from '../../risk/index.ts';
import { type Money, min, type Ratio, sub, ZERO_MONEY } from '../../units/index.ts';
import type { PoolView } from '../state.ts';
import { insuranceCover } from '../waterfall.ts';
import type { LotMoment } from './lot.ts';

/**
 * More with time, up to the part of the requirement that the account's own margin does not meet,
 * within what the fund has and its cap allows.
 */
export function payoutOf(state: PoolView, moment: LotMoment, fraction: Ratio): Money {
  const { lot, liquidation, margin, elapsedMs } = moment;
  if (lot.phase === 'solvent') return ZERO_MONEY;
  const due = insolventPayout({
    markToMarket: margin.equity,
    netMaintenanceValue: min(
      sub(margin.marginEquity, margin.maintenanceMargin),
      min(margin.equity, ZERO_MONEY),
    ),
    elapsedMs,
    durationMs: lot.parameters.insolventMs,
    fraction,
  });
  return insuranceCover(state, liquidation, due);
}
