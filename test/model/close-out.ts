/**
 * How much of which leg to close on the book, and at what limit. See docs/spec/engine.md, section
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
import { type Account, findMarket, type Ledger, type Liquidation } from './ledger.ts';
import { type Margin, maintenanceOf, markPriceOf, notionalUp, valueDown } from './margin.ts';

export type Leg = {
  readonly market: Market;
  /** Signed. */
  readonly size: bigint;
  readonly mark: bigint;
  readonly notional: bigint;
  readonly maintenance: bigint;
};

export type Plan = {
  readonly leg: Leg;
  /** Signed: + buys, − sells. */
  readonly sizeDelta: bigint;
  readonly limitPrice: bigint;
  readonly fillablePrice: bigint;
  readonly bankruptcyPrice: bigint | null;
  readonly reducesDeficit: boolean;
};

/** The legs of an account by falling notional, ties in the order of the markets. */
export function legsOf(ledger: Ledger, account: Account): Leg[] {
  const legs = account.positions.map(({ market: id, size }): Leg => {
    const market = findMarket(ledger, id)!.parameters;
    const mark = markPriceOf(ledger, id);
    const notional = notionalUp(market.kind, size, mark);
    return { market, size, mark, notional, maintenance: maintenanceOf(market.tiers, notional) };
  });
  const sorted: Leg[] = [];
  while (sorted.length < legs.length) {
    const left = legs.filter((leg) => !sorted.includes(leg));
    const most = left.map(({ notional }) => notional).reduce(larger);
    sorted.push(left.find(({ notional }) => notional === most)!);
  }
  return sorted;
}

export function planOf(
  ledger: Ledger,
  account: Account,
  { margin, liquidation }: { margin: Margin; liquidation: Liquidation },
): Plan {
  const pool = ledger.pool!;
  const { attempts, coverPaid } = liquidation;
  const drafts = legsOf(ledger, account).map((leg) => {
    const fillable = stagedPrice(pool, leg, { margin, attempts });
    const quote = bankruptcyQuote(leg, {
      sizeDelta: -leg.size,
      equity: margin.equity,
      released: leg.maintenance,
      required: margin.maintenanceMargin,
    });
    const bankruptcy = quotePrice(leg.market.kind, -leg.size, quote);
    const limit = limitPrice(pool, leg, { fillable, bankruptcy, equity: margin.equity });
    const slippage = slippageFraction(pool, leg, limit);
    // Who was paid for by the fund closes everything.
    const notional = coverPaid > 0n ? null : notionalToClose(pool, leg, { margin, slippage });
    const size = notional === null ? magnitude(leg.size) : inLots(leg, notional);
    return { leg, fillable, bankruptcy, limit, slippage, size, suffices: notional !== null };
  });
  const chosen = drafts.find(({ suffices }) => suffices) ?? drafts[0]!;
  const { leg, size, slippage } = chosen;
  return {
    leg,
    sizeDelta: leg.size > 0n ? -size : size,
    limitPrice: chosen.limit,
    fillablePrice: chosen.fillable,
    bankruptcyPrice: chosen.bankruptcy,
    reducesDeficit: reducesDeficit(pool, leg, { size, slippage }),
  };
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
  { penaltyFraction }: Pool,
  { market, size, mark }: Leg,
  prices: { fillable: bigint; bankruptcy: bigint | null; equity: bigint },
): bigint {
  const { fillable, bankruptcy, equity } = prices;
  const solvent = (worst: bigint): bigint => {
    if (market.kind === 'linear') {
      return size > 0n
        ? atMostLargest(ceilDiv(worst * ONE, ONE - penaltyFraction))
        : floorDiv(worst * ONE, ONE + penaltyFraction);
    }
    return size > 0n
      ? ceilDiv(worst * (ONE + penaltyFraction), ONE)
      : floorDiv(worst * (ONE - penaltyFraction), ONE);
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
  { penaltyFraction }: Pool,
  { market, size, mark, notional }: Leg,
  limit: bigint,
): bigint {
  const worse = valueDown(market.kind, size, mark) - valueDown(market.kind, size, limit);
  const growth = larger(0n, notionalUp(market.kind, size, limit) - notional);
  const cost = worse + ceilDiv(growth * penaltyFraction, ONE);
  return cost > 0n ? ceilDiv(cost * ONE, notional) : 0n;
}

/** Requirements that the search for a close-out looks at before it takes the safe one. */
const REQUIREMENTS_MAX = 64;

/** The least notional to close that restores the account; null where none does. */
function notionalToClose(
  pool: Pool,
  leg: Leg,
  { margin, slippage }: { margin: Margin; slippage: bigint },
): bigint | null {
  const { notional, market, maintenance } = leg;
  const others = margin.maintenanceMargin - maintenance;
  const cost = pool.penaltyFraction + slippage;
  const requirement = (closed: bigint): bigint => maintenanceOf(market.tiers, notional - closed);
  /** Surplus over the target after closing that much, in units of 1e-36. */
  const surplus = (closed: bigint): bigint =>
    margin.marginEquity * ONE - cost * closed - pool.releaseRatio * (others + requirement(closed));
  if (surplus(0n) >= 0n) return 0n;
  const smooth = (closed: bigint): bigint =>
    smoothSurplus(pool, leg, { margin, others, cost, closed });

  const least = leastReaching(leg, smooth, 0n);
  if (least !== null) {
    const seen = new Set<bigint>();
    for (let closed = least; closed <= notional; closed += 1n) {
      seen.add(requirement(closed));
      if (seen.size > REQUIREMENTS_MAX) break;
      if (surplus(closed) >= 0n) return closed;
    }
  }
  const safe = leastReaching(leg, smooth, pool.releaseRatio * ONE);
  for (const closed of [safe, notional]) {
    if (closed !== null && surplus(closed) >= 0n) return closed;
  }
  return null;
}

/** The surplus with the requirement not rounded, in units of 1e-54. */
function smoothSurplus(
  pool: Pool,
  { notional, market }: Leg,
  input: { margin: Margin; others: bigint; cost: bigint; closed: bigint },
): bigint {
  const { margin, others, cost, closed } = input;
  let required = others * ONE;
  for (const [at, { notionalFloor, maintenanceMarginFraction }] of market.tiers.entries()) {
    const end = market.tiers[at + 1]?.notionalFloor ?? notional;
    const top = smaller(notional - closed, end);
    if (top > notionalFloor) required += (top - notionalFloor) * maintenanceMarginFraction;
  }
  return (margin.marginEquity * ONE - cost * closed) * ONE - pool.releaseRatio * required;
}

/**
 * The least close-out whose smooth surplus reaches a reserve. The surplus rises, then falls, with
 * its highest point where a tier begins: bisection up to there.
 */
function leastReaching(
  { notional, market }: Leg,
  smooth: (closed: bigint) => bigint,
  reserve: bigint,
): bigint | null {
  const corners = [0n, notional];
  for (const { notionalFloor } of market.tiers) {
    if (notionalFloor <= notional) corners.push(notional - notionalFloor);
  }
  const highest = corners.map(smooth).reduce(larger);
  if (highest < reserve) return null;
  let high = corners.filter((corner) => smooth(corner) === highest).reduce(smaller);
  let low = 0n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (smooth(middle) >= reserve) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** Notional in contracts: up to a lot, at most the position, and no dust left behind. */
function inLots({ market, size, mark }: Leg, notional: bigint): bigint {
  const { kind, lot, notionalMin } = market;
  const held = magnitude(size);
  const exact = kind === 'linear' ? ceilDiv(notional * ONE, mark) : ceilDiv(notional * mark, ONE);
  const closed = smaller(held, larger(lot, ceilDiv(exact, lot) * lot));
  const left = held - closed;
  return left === 0n || notionalUp(kind, left, mark) < notionalMin ? held : closed;
}

/** What the close-out releases in requirement exceeds what it costs at its limit. */
function reducesDeficit(
  pool: Pool,
  { market, size, mark, maintenance }: Leg,
  { size: closed, slippage }: { size: bigint; slippage: bigint },
): boolean {
  const left = notionalUp(market.kind, magnitude(size) - closed, mark);
  const released = maintenance - maintenanceOf(market.tiers, left);
  const traded = notionalUp(market.kind, closed, mark);
  return released > ceilDiv(traded * (pool.penaltyFraction + slippage), ONE);
}
