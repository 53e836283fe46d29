/**
 * The legs of an account, and at what prices they can be closed. See docs/spec/engine.md, section
 * "The close-out order".
 * @module
 */
import {
  atMostLargest,
  ceilDiv,
  floorDiv,
  isInRange,
  larger,
  magnitude,
  ONE,
  smaller,
} from './integers.ts';
import type { Market, Pool } from './ledger.ts';
import { type Account, findMarket, type Ledger } from './ledger.ts';
import { type Margin, maintenanceOf, markPriceOf, notionalUp, valueDown } from './margin.ts';

export type Leg = {
  readonly market: Market;
  /** Signed. */
  readonly size: bigint;
  readonly mark: bigint;
  readonly notional: bigint;
  readonly maintenance: bigint;
};

/** The legs of an account in the order of the markets. */
export function legsOf(ledger: Ledger, account: Account): Leg[] {
  return account.positions.map(({ market: id, size }): Leg => {
    const market = findMarket(ledger, id)!.parameters;
    const mark = markPriceOf(ledger, id);
    const notional = notionalUp(market.kind, size, mark);
    return { market, size, mark, notional, maintenance: maintenanceOf(market.tiers, notional) };
  });
}

/** The leg with the largest notional, ties in the order of the markets. */
export function largestLeg(ledger: Ledger, account: Account): Leg | undefined {
  const legs = legsOf(ledger, account);
  return legs.find(({ notional }) => legs.every((other) => other.notional <= notional));
}

export type Prices = {
  readonly fillable: bigint;
  readonly bankruptcy: bigint | null;
  readonly limit: bigint;
  /** What closing at the limit costs against the mark, per unit of notional. */
  readonly slippage: bigint;
};

/** Where a leg can be closed, at a penalty per unit of notional. */
export function pricesOf(
  pool: Pool,
  leg: Leg,
  input: { margin: Margin; attempts: number; penalty: bigint },
): Prices {
  const { margin, attempts, penalty } = input;
  const { equity } = margin;
  const fillable = stagedPrice(pool, leg, { margin, attempts });
  const quote = bankruptcyQuote(leg, {
    sizeDelta: -leg.size,
    equity,
    released: leg.maintenance,
    required: margin.maintenanceMargin,
  });
  const bankruptcy = quotePrice(leg.market.kind, -leg.size, quote);
  const limit = limitPrice(leg, { fillable, bankruptcy, equity, penalty });
  return { fillable, bankruptcy, limit, slippage: slippageFraction(leg, { limit, penalty }) };
}

/** What health allows or, if that is further from the mark, what the attempts so far allow. */
function stagedPrice(
  pool: Pool,
  leg: Leg,
  { margin, attempts }: { margin: Margin; attempts: number },
): bigint {
  const required = margin.maintenanceMargin;
  const byHealth = fillablePrice(pool, leg, {
    whole: required * ONE,
    open: pool.bankruptcyAdjustment * (required - margin.marginEquity),
  });
  const left = BigInt(Math.max(0, pool.bookAttemptsMax - attempts - 1));
  const kept = floorDiv(required * left, BigInt(pool.bookAttemptsMax));
  const byAttempts = fillablePrice(pool, leg, { whole: required, open: required - kept });
  return leg.size > 0n ? smaller(byHealth, byAttempts) : larger(byHealth, byAttempts);
}

/** The mark moved against the account by a share of the leg's requirement, up to all of it. */
function fillablePrice(
  pool: Pool,
  { size, mark, market, maintenance }: Leg,
  { whole, open }: { whole: bigint; open: bigint },
): bigint {
  // The share of the spread as share / whole, clamped to [0, 1].
  const share = larger(0n, smaller(whole, open));
  // Spread in money, in units of 1e-18, as top / bottom.
  const top = share * pool.spreadToMaintenanceMarginRatio * maintenance;
  const bottom = whole * ONE;
  const held = magnitude(size);
  const divide = size > 0n ? ceilDiv : floorDiv;
  const against = size > 0n ? -1n : 1n;
  if (market.kind === 'linear') {
    // price = mark ∓ spread / held
    const price = divide(mark * held * bottom + against * top * ONE, held * bottom);
    return atMostLargest(larger(price, 1n));
  }
  // price = held / (held / mark ± spread)
  const coins = held * ONE * bottom - against * top * mark;
  const price = divide(held * ONE * bottom * mark, larger(coins, 1n));
  return atMostLargest(larger(price, 1n));
}

/** Proceeds of a change of size that leave equity ÷ maintenance margin where it is. */
export function bankruptcyQuote(
  { market, mark }: Leg,
  input: { sizeDelta: bigint; equity: bigint; released: bigint; required: bigint },
): bigint {
  const { sizeDelta, equity, released, required } = input;
  return market.kind === 'linear'
    ? ceilDiv(-sizeDelta * mark * required - equity * released * ONE, ONE * required)
    : ceilDiv(sizeDelta * ONE * required - equity * released * mark, mark * required);
}

/** The price that a quote amounts to, null where no positive price does. */
export function quotePrice(kind: Market['kind'], sizeDelta: bigint, quote: bigint): bigint | null {
  if (sizeDelta === 0n || quote === 0n) return null;
  const divide = sizeDelta < 0n ? ceilDiv : floorDiv;
  const price =
    kind === 'linear' ? divide(-quote * ONE, sizeDelta) : divide(sizeDelta * ONE, quote);
  return price > 0n && isInRange(price) ? price : null;
}

function limitPrice(
  { market, size, mark }: Leg,
  prices: { fillable: bigint; bankruptcy: bigint | null; equity: bigint; penalty: bigint },
): bigint {
  const { fillable, bankruptcy, equity, penalty } = prices;
  const solvent = (worst: bigint): bigint => {
    if (market.kind === 'linear') {
      return size > 0n
        ? atMostLargest(ceilDiv(worst * ONE, ONE - penalty))
        : floorDiv(worst * ONE, ONE + penalty);
    }
    return size > 0n
      ? ceilDiv(worst * (ONE + penalty), ONE)
      : floorDiv(worst * (ONE - penalty), ONE);
  };
  const guarded = equity > 0n && bankruptcy !== null;
  if (size > 0n) return smaller(mark, guarded ? larger(fillable, solvent(bankruptcy)) : fillable);
  return larger(mark, guarded ? smaller(fillable, solvent(bankruptcy)) : fillable);
}

/**
 * What closing at the limit costs against the mark, per unit of notional, rounded up: the worse
 * price, and the penalty on what the fill is worth more there.
 */
function slippageFraction(
  { market, size, mark, notional }: Leg,
  { limit, penalty }: { limit: bigint; penalty: bigint },
): bigint {
  const worse = valueDown(market.kind, size, mark) - valueDown(market.kind, size, limit);
  const growth = larger(0n, notionalUp(market.kind, size, limit) - notional);
  const cost = worse + ceilDiv(growth * penalty, ONE);
  return cost > 0n ? ceilDiv(cost * ONE, notional) : 0n;
}
