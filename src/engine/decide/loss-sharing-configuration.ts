/** The decision on who bears a loss that nothing else does. @module */
import { isPositive } from '../../units/index.ts';
import type { CommandOf, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { brokenBound, isFraction } from './bounds.ts';
import { accepted } from './outcome.ts';

export function configureLossSharing(
  _state: PoolView,
  { parameters }: CommandOf<'ConfigureLossSharing'>,
): Outcome {
  const { notionalShareMax: share } = parameters;
  const lawful = isPositive(share) && isFraction(share);
  const broken = brokenBound([[lawful, 'notionalShareMax', 'above 0, up to 1']]);
  return broken ?? accepted({ type: 'LossSharingConfigured', parameters });
}
