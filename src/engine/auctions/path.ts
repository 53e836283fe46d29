/**
 * The price path of an auction: the share of what its lot is worth that is asked after so long,
 * and when the path is over. What a lot is worth is taken at the latest prices, so that a path
 * never asks for less, or more, because prices have moved since it started.
 * @module
 */
import { type AuctionCurve, auctionNeedsReset, auctionPrice } from '../../risk/index.ts';
import { add, type DurationMs, durationMs, ONE_RATIO, type Ratio } from '../../units/index.ts';
import type { AuctionParameters, EventOf } from '../schema/index.ts';
import type { AuctionView } from '../state.ts';

/** The share asked at first. */
const firstShare = ({ startPremium }: AuctionParameters): Ratio => add(ONE_RATIO, startPremium);

function curveOf(parameters: AuctionParameters): AuctionCurve<Ratio> {
  const { curve, durationMs, cut, stepMs, cutoff, fastMs, slowMs } = parameters;
  switch (curve) {
    case 'linear':
      return { curve, durationMs };
    case 'exponential':
      return { curve, cut };
    case 'stairstep':
      return { curve, cut, stepMs };
    case 'two-phase':
      return { curve, cutoff, fastMs, slowMs };
  }
}

/** Share of what the lot is worth that is asked so long after the start of the path. */
export const askedShare = (parameters: AuctionParameters, elapsedMs: DurationMs): Ratio =>
  auctionPrice<Ratio>({
    ...curveOf(parameters),
    startPrice: firstShare(parameters),
    endPrice: parameters.endFraction,
    elapsedMs,
  });

export const elapsedSince = (auction: Pick<AuctionView, 'startedMs'>, timeMs: number): DurationMs =>
  durationMs(timeMs - auction.startedMs);

/** Longest time that one path of an auction lasts. */
export const pathMs = ({
  phase,
  parameters,
}: Pick<AuctionView, 'phase' | 'parameters'>): DurationMs =>
  phase === 'insolvent'
    ? durationMs(Math.max(parameters.tailMs, parameters.insolventMs))
    : parameters.tailMs;

/**
 * Why the path is over, or null while it runs. Where the fund pays the bidder nothing is asked,
 * and only time ends the path.
 */
export function pathOver(
  auction: Pick<AuctionView, 'phase' | 'parameters'>,
  elapsedMs: DurationMs,
): EventOf<'AuctionReset'>['reason'] | null {
  if (elapsedMs > pathMs(auction)) return 'time';
  const { parameters, phase } = auction;
  if (phase === 'insolvent') return null;
  const low = auctionNeedsReset<Ratio>({
    elapsedMs,
    price: askedShare(parameters, elapsedMs),
    startPrice: firstShare(parameters),
    cusp: parameters.cusp,
  });
  return low ? 'price' : null;
}
