/** How a liquidation ends. @module */
import { isCovered } from '../liquidation-release.ts';
import type { LiquidationStep } from '../liquidation-step.ts';
import type { EventOf } from '../schema/index.ts';

export function ended({
  account,
  margin,
  liquidation,
}: LiquidationStep): EventOf<'LiquidationEnded'> {
  const closed = account.positions.length === 0 && account.debts.length === 0;
  return {
    type: 'LiquidationEnded',
    liquidation: liquidation.liquidation,
    account: account.id,
    outcome: isCovered(liquidation) ? 'bankrupt' : closed ? 'closed' : 'restored',
    equity: margin.equity,
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
    steps: liquidation.steps,
  };
}
