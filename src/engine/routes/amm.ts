/** The protocol's own market maker: takes what it has room for at once, or is no way. @module */
import { ammNext, ammOffer } from '../amm-close.ts';
import type { Route } from './route.ts';

export const AMM: Route = {
  offer: (state, moment) => {
    const next = ammNext(state, moment);
    return next.close === null ? null : ammOffer(next.plan);
  },
  progress: (state, moment) => {
    const next = ammNext(state, moment);
    if (next.close !== null) return 'act';
    // Gates open again by themselves, and when somebody opens them.
    return next.reason === 'gated' ? 'wait' : next.reason;
  },
};
