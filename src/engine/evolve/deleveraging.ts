/** Effects of events about how positions in other markets count in a deleveraging. @module */
import type { EventOf } from '../schema/index.ts';
import type { PoolState } from '../state.ts';
import { running } from './liquidation.ts';

export function deleveragingConfigured(
  state: PoolState,
  { parameters }: EventOf<'DeleveragingConfigured'>,
): void {
  state.deleveraging = parameters;
}

/** It says why; what is closed is in the event that follows. */
export function hedgesOverridden(state: PoolState, event: EventOf<'HedgesOverridden'>): void {
  running(state, event.liquidation);
}
