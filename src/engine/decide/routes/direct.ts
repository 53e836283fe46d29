/** What the engine itself does where an account is open to liquidators. @module */
import { priorityAuction } from '../../../risk/index.ts';
import { assert, type EngineTimeMs, engineTimeMs } from '../../../units/index.ts';
import type { RouteMoment } from '../../routes/index.ts';
import type { DirectParameters, Event, EventOf } from '../../schema/index.ts';
import type { PoolView } from '../../state.ts';
import { mayPay } from '../bid-priority.ts';

export function stepDirect(
  state: PoolView,
  moment: RouteMoment,
  { time }: { readonly time: EngineTimeMs },
): Event[] {
  const { direct } = state;
  const { liquidation, account } = moment;
  assert(direct !== null, 'ROUTING', 'liquidators without terms');
  if (liquidation.priority !== null) return [priorityAwarded(state, moment, { direct, time })];
  const untilMs = engineTimeMs(time + direct.priorityWindowMs);
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  return [{ type: 'PriorityOpened', ...whose, untilMs }];
}

/** Whoever cannot pay any more is passed over; without a winner the way is open to all at once. */
function priorityAwarded(
  state: PoolView,
  { liquidation, account }: RouteMoment,
  { direct, time }: { readonly direct: DirectParameters; readonly time: EngineTimeMs },
): EventOf<'PriorityAwarded'> {
  assert(liquidation.priority !== null, 'ROUTING', 'an award without a window');
  const bids = liquidation.priority.bids.map(({ bidder, amount }) => {
    const payer = state.accounts[bidder]!;
    return { bidder: payer.id, amount, payable: mayPay(state, payer, amount) };
  });
  const award = priorityAuction({
    bids: bids.filter(({ payable }) => payable).map(({ bidder, amount: bid }) => ({ bidder, bid })),
    bidMin: direct.priorityMin,
    accountShare: direct.priorityAccountShare,
  });
  const { payment, accountProceeds, insuranceContribution } = award;
  const winner = bids.find(({ bidder }) => bidder === award.winner)?.bidder ?? null;
  return {
    type: 'PriorityAwarded',
    liquidation: liquidation.liquidation,
    account: account.id,
    bids,
    winner,
    payment,
    accountProceeds,
    insuranceContribution,
    untilMs: engineTimeMs(winner === null ? time : time + direct.priorityExclusiveMs),
  };
}
