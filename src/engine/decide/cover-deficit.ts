/** What is paid into an account without equity, and what it gives back in the end. @module */
import {
  add,
  type EngineTimeMs,
  isNegative,
  isPositive,
  isZero,
  type Money,
  max,
  min,
  sub,
  ZERO_MONEY,
  ZERO_SHARES,
} from '../../units/index.ts';
import type { LiquidationStep } from '../liquidation-step.ts';
import type { Event } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { coverOf, deficitOf, fundPaid, premiumsOf, trancheOf } from '../waterfall.ts';

/** The buffer, the fund, the tranches: each in an event of its own, if it pays anything. */
export function deficitCovered(
  state: PoolView,
  step: LiquidationStep,
  time: EngineTimeMs,
): Event[] {
  const { account, margin } = step;
  const { liquidation } = step.liquidation;
  const lacking = deficitOf(account, margin.equity);
  const { buffer, fund, tranches } = coverOf(state, step.liquidation, lacking);
  const paid = { liquidation, account: account.id };
  const events: Event[] = [];
  if (isPositive(buffer)) events.push({ type: 'BufferPaid', ...paid, amount: buffer });
  if (isPositive(fund)) {
    const deficit = sub(lacking, buffer);
    events.push({ type: 'DeficitCovered', ...paid, deficit, paid: fund });
  }
  for (const { tranche, amount } of tranches) {
    events.push({ type: 'TranchePaid', ...paid, tranche, amount });
  }
  const insuranceFund = sub(state.insuranceFund, fund);
  return [...events, ...earnedBy(state, { events, insuranceFund, time })];
}

/** Whose capital moves has earned on what it was until now; the fund has paid its part by then. */
function earnedBy(
  state: PoolView,
  moved: {
    readonly events: readonly Event[];
    readonly insuranceFund: Money;
    readonly time: EngineTimeMs;
  },
): Event[] {
  const { waterfall } = state;
  const { events, insuranceFund, time } = moved;
  const names = new Set(events.flatMap((event) => ('tranche' in event ? [event.tranche] : [])));
  const tranches = waterfall?.tranches.filter(({ tranche }) => names.has(tranche)) ?? [];
  return premiumsOf({ waterfall, insuranceFund }, tranches, time);
}

/** What a covered account has left over goes back: who paid last is repaid first. */
export function coverRepaid(state: PoolView, step: LiquidationStep, time: EngineTimeMs): Event[] {
  const { account, margin, liquidation } = step;
  if (account.positions.length > 0 || isNegative(margin.equity)) return [];
  let left = min(liquidation.coverPaid, max(account.balance, ZERO_MONEY));
  const repaid = { liquidation: liquidation.liquidation, account: account.id };
  const events: Event[] = [];
  const part = (owed: Money): Money => {
    const amount = min(left, owed);
    left = sub(left, amount);
    return amount;
  };
  let orphaned = ZERO_MONEY;
  for (const { tranche, paid } of liquidation.cover.tranches.toReversed()) {
    const amount = part(paid);
    if (isZero(amount)) continue;
    const owned = !isZero(trancheOf(state, tranche)?.sharesTotal ?? ZERO_SHARES);
    // Of a tranche that nobody has a share of any more the fund takes the place.
    if (owned) events.push({ type: 'TrancheRepaid', ...repaid, tranche, amount });
    else orphaned = add(orphaned, amount);
  }
  const fund = add(part(fundPaid(liquidation)), orphaned);
  if (isPositive(fund)) events.push({ type: 'CoverRepaid', ...repaid, amount: fund });
  const buffer = part(liquidation.cover.buffer);
  if (isPositive(buffer)) events.push({ type: 'BufferRepaid', ...repaid, amount: buffer });
  const insuranceFund = add(state.insuranceFund, fund);
  return [...events, ...earnedBy(state, { events, insuranceFund, time })];
}
