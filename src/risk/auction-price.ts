/**
 * What a Dutch auction asks at a moment: high at first, then lower until somebody takes it. The
 * start may be a price, or the share of a portfolio's value that is asked.
 * @module
 */
import {
  add,
  assert,
  cmpScaled,
  type DurationMs,
  decayStepsUp,
  decayUp,
  fromRaw,
  isNegative,
  isPositive,
  lte,
  max,
  ONE_RATIO,
  type Price,
  portionUp,
  type Ratio,
  sub,
  type Wad,
} from '../units/index.ts';

/** How the asking price falls. */
export type AuctionCurve<U extends Wad = Price> =
  | {
      readonly curve: 'linear';
      /** Until it is 0, > 0. */
      readonly durationMs: DurationMs;
    }
  | {
      readonly curve: 'exponential';
      /** What is left after each second, in (0, 1]. */
      readonly cut: Ratio;
    }
  | {
      readonly curve: 'stairstep';
      /** What is left after each step, in (0, 1]. */
      readonly cut: Ratio;
      /** > 0. */
      readonly stepMs: DurationMs;
    }
  | {
      readonly curve: 'two-phase';
      /** Where the fast phase ends, in [0, startPrice]. */
      readonly cutoff: U;
      /** From the start to the cutoff; 0: begins at the cutoff. */
      readonly fastMs: DurationMs;
      /** From the cutoff to 0, > 0. */
      readonly slowMs: DurationMs;
    };

export type AuctionPriceInput<U extends Wad = Price> = AuctionCurve<U> & {
  /** > 0. */
  readonly startPrice: U;
  /** Never below this, in [0, startPrice]; absent or null: 0. */
  readonly endPrice?: U | null;
  /** Since the auction started. */
  readonly elapsedMs: DurationMs;
};

/**
 * Asking price of a Dutch auction, t after its start.
 *
 *     linear       start · (τ − t) / τ, 0 from τ on
 *     exponential  start · cut^(t in seconds)
 *     stairstep    start · cut^⌊t / step⌋
 *     two-phase    start → cutoff over fast, then cutoff → 0 over slow, both in a line
 *     price = max(endPrice, that)
 *
 * Units     Price (or Ratio, a share of a value), ms → the same, in [endPrice, startPrice]
 * Rounding  Up, once: the bidder never pays less than the curve asks. A power is computed to
 *           144 digits from above (`units/decay.ts`): exact where the exact price is a whole number
 *           of units, and never below it. The price never rises with time.
 * Asserts   startPrice > 0 · 0 ≤ endPrice, cutoff ≤ startPrice · 0 < cut ≤ 1 · durations > 0
 *           (fastMs ≥ 0)
 * Source    MakerDAO Liquidations 2.0, abaci.sol (the first three); Derive v2, DutchAuction.sol
 *           (two-phase)
 */
export function auctionPrice<U extends Wad = Price>(input: AuctionPriceInput<U>): U {
  const { startPrice } = input;
  const floor = input.endPrice ?? fromRaw<U>(0n);
  assert(isPositive(startPrice), 'AUCTION_PRICE', 'expected a start price above 0');
  assert(
    !isNegative(floor) && lte<U>(floor, startPrice),
    'AUCTION_PRICE',
    'expected an end price in [0, startPrice]',
  );
  return max<U>(floor, asked(input));
}

function asked<U extends Wad>(input: AuctionPriceInput<U>): U {
  const { startPrice, elapsedMs } = input;
  if (input.curve === 'linear') {
    assert(input.durationMs > 0, 'AUCTION_PRICE', 'expected a duration above 0');
    return onLine({
      from: startPrice,
      to: fromRaw<U>(0n),
      elapsedMs,
      durationMs: input.durationMs,
    });
  }
  if (input.curve === 'two-phase') return askedInPhases(input);
  assert(
    isPositive(input.cut) && lte(input.cut, ONE_RATIO),
    'AUCTION_PRICE',
    'expected a cut in (0, 1]',
  );
  if (input.curve === 'exponential') return decayUp(startPrice, input.cut, elapsedMs);
  assert(input.stepMs > 0, 'AUCTION_PRICE', 'expected steps longer than 0');
  // Exact: a quotient of safe integers is never rounded up to a whole number.
  return decayStepsUp(startPrice, input.cut, Math.floor(elapsedMs / input.stepMs));
}

type TwoPhase<U extends Wad> = Extract<AuctionPriceInput<U>, { readonly curve: 'two-phase' }>;

function askedInPhases<U extends Wad>(input: TwoPhase<U>): U {
  const { startPrice, cutoff, fastMs, slowMs, elapsedMs } = input;
  assert(
    !isNegative(cutoff) && lte<U>(cutoff, startPrice),
    'AUCTION_PRICE',
    'expected a cutoff in [0, startPrice]',
  );
  assert(slowMs > 0, 'AUCTION_PRICE', 'expected a slow phase longer than 0');
  if (elapsedMs < fastMs) {
    return onLine({ from: startPrice, to: cutoff, elapsedMs, durationMs: fastMs });
  }
  const elapsedInSlow = elapsedMs - fastMs;
  return onLine({
    from: cutoff,
    to: fromRaw<U>(0n),
    elapsedMs: elapsedInSlow,
    durationMs: slowMs,
  });
}

/** From one value to a lower one in a line, and there from then on; rounded up. */
function onLine<U extends Wad>({
  from,
  to,
  elapsedMs,
  durationMs,
}: {
  readonly from: U;
  readonly to: NoInfer<U>;
  readonly elapsedMs: number;
  readonly durationMs: number;
}): U {
  if (elapsedMs >= durationMs) return to;
  const left = fromRaw<Ratio>(BigInt(durationMs - elapsedMs));
  return add<U>(to, portionUp(sub<U>(from, to), left, fromRaw<Ratio>(BigInt(durationMs))));
}

export type AuctionResetInput<U extends Wad = Price> = {
  /** Since the auction started, or was last reset. */
  readonly elapsedMs: DurationMs;
  /** Longest that one price path lasts; absent or null: without end. */
  readonly tailMs?: DurationMs | null;
  /** Asking price now, ≥ 0. */
  readonly price: U;
  /** > 0. */
  readonly startPrice: NoInfer<U>;
  /** Share of the start price below which the path is over, in [0, 1]. */
  readonly cusp: Ratio;
};

/**
 * Whether a price path has run too long or too low, so that nobody may take before it is reset
 * to a start price of that moment.
 *
 *     elapsed > tail  or  price / startPrice < cusp
 *
 * Units     Price (or Ratio), ms → boolean; at the tail and at the cusp still false
 * Rounding  None: integers are cross-multiplied.
 * Asserts   price ≥ 0 · startPrice > 0 · 0 ≤ cusp ≤ 1
 * Source    MakerDAO Liquidations 2.0, clip.sol, status
 */
export function auctionNeedsReset<U extends Wad = Price>({
  elapsedMs,
  tailMs = null,
  price,
  startPrice,
  cusp,
}: AuctionResetInput<U>): boolean {
  assert(
    isPositive(startPrice) && !isNegative(price),
    'AUCTION_RESET',
    'expected a start price above 0 and a price of at least 0',
  );
  assert(!isNegative(cusp) && lte(cusp, ONE_RATIO), 'AUCTION_RESET', 'expected a cusp in [0, 1]');
  const isOver = tailMs !== null && elapsedMs > tailMs;
  return isOver || cmpScaled<U>(price, startPrice, cusp) < 0;
}
