/** A step on a book: the pool's own, or that of an outside venue. @module */
import { assert, type EngineTimeMs } from '../../../units/index.ts';
import type { RouteMoment } from '../../routes/index.ts';
import type { Event, RouteParameters } from '../../schema/index.ts';
import type { PoolView } from '../../state.ts';
import { closeOnBook } from '../close-on-book.ts';

type Input = { readonly time: EngineTimeMs; readonly parameters: RouteParameters };

/** Closing costs more than it releases: this way makes the account worse, another may not. */
function leftAsToxic({ liquidation, account }: RouteMoment): Event {
  assert(liquidation.route !== null, 'ROUTING', 'no way had been chosen');
  const { place: route, method, venue } = liquidation.route;
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  return { type: 'RouteLeft', ...whose, route, method, venue, reason: 'toxic' };
}

export function stepOnBook(state: PoolView, moment: RouteMoment, input: Input): Event[] {
  const events = closeOnBook(state, moment, input.time);
  const toxic = events.some(({ type }) => type === 'TakeoverDecided');
  return toxic ? [leftAsToxic(moment)] : events;
}

/** The same order, sent elsewhere. */
export function stepOutside(state: PoolView, moment: RouteMoment, input: Input): Event[] {
  const events = stepOnBook(state, moment, input);
  const { venue } = input.parameters;
  const placed = events.find((event) => event.type === 'CloseOutOrderPlaced');
  if (placed?.type !== 'CloseOutOrderPlaced') return events;
  assert(venue !== null, 'ROUTING', 'an outside way without a venue');
  const { liquidation, order } = placed;
  return [...events, { type: 'OrderRouted', liquidation, order, venue }];
}
