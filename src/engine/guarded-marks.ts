/**
 * Marks of guarded markets: how far one may move now, and the stable price that follows it. Off
 * unless configured; nothing here decides whether anybody is liquidated, but for the mark itself.
 * @module
 */
import { boundedMark, stablePriceNext } from '../risk/index.ts';
import { durationMs, type EngineTimeMs, eq, type Price } from '../units/index.ts';
import type { EventOf, MarkUpdate } from './schema/index.ts';
import type { MarketView } from './state.ts';

type GuardedMark = EventOf<'MarksGuarded'>['markets'][number];

/** A mark as the views of the market make it, moved from the previous one as far as it may be. */
export function steppedMark(market: MarketView, mark: Price, time: EngineTimeMs): Price {
  const stepPerSecond = market.priceGuards?.markStepPerSecond ?? null;
  const { markDecidedMs } = market;
  if (stepPerSecond === null || markDecidedMs === null) return mark;
  const elapsedMs = durationMs(time - markDecidedMs);
  return boundedMark({ mark, previousMark: market.mark, stepPerSecond, elapsedMs });
}

/**
 * What a live mark that was decided now means for its guards; null where nothing changes.
 * `unbound` is the mark as it would be without a bound on its step.
 */
export function guardedMark(
  market: MarketView,
  { markPrice, mode }: Pick<MarkUpdate, 'markPrice' | 'mode'>,
  decided: { readonly unbound: Price | null; readonly time: EngineTimeMs },
): GuardedMark | null {
  const { priceGuards, markDecidedMs } = market;
  if (priceGuards === null || markDecidedMs === null) return null;
  if (mode !== 'live' || markPrice === null) return null;
  const { unbound, time } = decided;
  const { stableTimeConstantMs } = priceGuards;
  const stablePrice =
    stableTimeConstantMs === null
      ? null
      : stablePriceNext({
          previous: market.stablePrice,
          heldMark: market.mode === 'live' ? market.mark : null,
          mark: markPrice,
          timeMs: time,
          timeConstantMs: stableTimeConstantMs,
        });
  const unboundMark = unbound === null || eq(unbound, markPrice) ? null : unbound;
  const same = stablePrice === market.stablePrice && time === markDecidedMs;
  if (same && unboundMark === null) return null;
  return { market: market.parameters.market, stablePrice, unboundMark };
}
