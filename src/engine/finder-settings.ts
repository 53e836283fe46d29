/** What finding an account is worth: what was configured, or nothing. @module */
import { durationMs, ZERO_MONEY, ZERO_RATIO } from '../units/index.ts';
import type { FinderParameters } from './schema/index.ts';
import type { PoolView } from './state.ts';

/** Holds as long as nothing was configured: the engine finds every account itself. */
const DEFAULTS: FinderParameters = {
  detection: 'engine',
  noticeMs: durationMs(1),
  flagReward: ZERO_MONEY,
  minReward: ZERO_MONEY,
  minProfitFraction: ZERO_RATIO,
  costMax: ZERO_MONEY,
  marginScale: ZERO_RATIO,
  maxReward: ZERO_MONEY,
};

export const finderSettings = (state: PoolView): FinderParameters => state.finders ?? DEFAULTS;
