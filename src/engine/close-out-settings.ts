/** How the pool closes accounts: what was configured, or what holds without. @module */
import { durationMs, ONE_RATIO, ZERO_RATIO } from '../units/index.ts';
import type { CloseOutParameters } from './schema/index.ts';
import type { PoolView } from './state.ts';

/** Holds as long as nothing was configured; the penalty is then the pool's flat one. */
const DEFAULTS: CloseOutParameters = {
  policy: 'least-impact',
  fixedShare: ONE_RATIO,
  orderStyle: 'immediate-or-cancel',
  repriceStep: ZERO_RATIO,
  reportGraceMs: durationMs(0),
  deferralMs: durationMs(1_000),
  penaltyPerShortfall: ZERO_RATIO,
  penaltyPerVolatility: ZERO_RATIO,
  penaltyPerThinness: ZERO_RATIO,
  penaltyFractionMax: ONE_RATIO,
  providerShare: ZERO_RATIO,
  provider: null,
};

export const closeOutSettings = (state: PoolView): CloseOutParameters =>
  state.closeOuts ?? DEFAULTS;
