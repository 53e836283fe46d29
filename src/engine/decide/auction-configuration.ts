/** Decision on how Dutch auctions run. @module */
import { isNegative, isPositive, lt, lte, ONE_RATIO } from '../../units/index.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type { AuctionParameters, CommandOf, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
} from './bounds.ts';
import { accepted } from './outcome.ts';

/** More restarts than this only delay what comes after. */
const RESETS_MAX = 100;

export function configureAuctions(
  _state: PoolView,
  { parameters }: CommandOf<'ConfigureAuctions'>,
): Outcome {
  const broken = brokenBound([...pathBounds(parameters), ...lotBounds(parameters)]);
  return broken ?? accepted({ type: 'AuctionsConfigured', parameters });
}

/** Every one must hold, whichever curve is chosen: another may be chosen next. */
function pathBounds(path: AuctionParameters): readonly Bound[] {
  const { startPremium, endFraction, cut, cutoff, cusp, resetsMax } = path;
  return [
    [isFraction(startPremium), 'startPremium', FRACTION_EXPECTED],
    [isFraction(endFraction), 'endFraction', FRACTION_EXPECTED],
    [isDuration(path.durationMs), 'durationMs', DURATION_EXPECTED],
    [isPositive(cut) && lte(cut, ONE_RATIO), 'cut', 'above 0, up to 1'],
    [isDuration(path.stepMs), 'stepMs', DURATION_EXPECTED],
    [isFraction(cutoff), 'cutoff', FRACTION_EXPECTED],
    [isDelay(path.fastMs), 'fastMs', DELAY_EXPECTED],
    [isDuration(path.slowMs), 'slowMs', DURATION_EXPECTED],
    [isDuration(path.tailMs), 'tailMs', DURATION_EXPECTED],
    [!isNegative(cusp) && lt(cusp, ONE_RATIO), 'cusp', 'from 0, below 1'],
    [resetsMax <= RESETS_MAX, 'resetsMax', `at most ${RESETS_MAX}`],
  ];
}

function lotBounds({ sliceMin, bufferFraction, insolventMs }: AuctionParameters): readonly Bound[] {
  return [
    [!isNegative(sliceMin) && isModerate(sliceMin), 'sliceMin', `from 0 to ${MONEY_MAX_TEXT}`],
    [isFraction(bufferFraction), 'bufferFraction', FRACTION_EXPECTED],
    [isDuration(insolventMs), 'insolventMs', DURATION_EXPECTED],
  ];
}
