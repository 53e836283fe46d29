/** The backstop vault: takes the whole account at once, or is no way. @module */
import { isDeep, vaultNext } from '../vault-takeover.ts';
import type { Route } from './route.ts';

export const BACKSTOP: Route = {
  offer: (state, moment) => {
    const { takeover } = vaultNext(state, moment);
    if (takeover === null) return null;
    const lastResort = !isDeep(moment.margin, state.vault!);
    // All that the account is still worth goes with it.
    return { notional: takeover.notional, priceCost: moment.margin.equity, lastResort };
  },
  progress: (state, moment) => {
    const next = vaultNext(state, moment);
    if (next.takeover !== null) return 'act';
    return next.reason === 'gated' ? 'wait' : next.reason;
  },
};
