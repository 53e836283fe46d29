/**
 * The simulated venue: order books around the index, in which makers, ordinary accounts of the
 * pool, quote what their margin allows. It takes requests one after the other, each only when it
 * is asked for reports: what an order did to its makers must be in the pool before the next one
 * meets them, because their margin moves with every fill.
 * @module
 */
import type { BookReport, Command, PoolView } from '../engine/index.ts';
import type { Venue, VenueReport } from '../ports/index.ts';
import { type AccountId, approximate, engineTimeMs, type MarketId } from '../units/index.ts';
import { depthOf } from './order-book.ts';
import { priceOfTicks, sizeOfLots, tickOf } from './order-book-scale.ts';
import type { LabMarket } from './pool-setup.ts';
import { dailyVolumeOf } from './pool-terms.ts';
import type { ScenarioVenue } from './scenario.ts';
import { moveBook, newBook, quotesOf, takeFromBook } from './venue-book.ts';
import { createMakers, type VenueMakers, type VenueMarket } from './venue-makers.ts';
import {
  type CloseOutTrade,
  createMatchingVenue,
  endCloseOut,
  enterCloseOut,
  type Incoming,
  type MatchingVenue,
  passTime,
  removeAllOwn,
  takeReports,
} from './venue-matching.ts';

export type LabVenue = {
  readonly markets: readonly VenueMarket[];
  readonly matching: MatchingVenue;
  readonly makers: VenueMakers;
  readonly requests: Requests;
  /** The venue as the order desk sees it. */
  readonly port: Venue;
  depthReportedMs: number;
};

/** What was asked for and not acted upon yet, in its order. */
type Requests = {
  readonly add: (act: () => void) => void;
  /** Acts on the oldest; false when there is none. */
  readonly actOnNext: () => boolean;
};

export type LabVenueInput = {
  readonly terms: ScenarioVenue;
  readonly markets: readonly LabMarket[];
  /** Per market. */
  readonly makersOf: readonly (readonly AccountId[])[];
  /** Open interest per market in money, at the start. */
  readonly openInterest: readonly number[];
  /** Where the makers' margin is read. */
  readonly state: PoolView;
};

export function createVenue(input: LabVenueInput): LabVenue {
  const markets = input.markets.map((market, number) => venueMarket(input, market, number));
  const byId = new Map(markets.map((market) => [market.market, market]));
  const hooks = {
    beforeTrade: (id: MarketId, incoming: Incoming) =>
      makers.prepare(matching, byId.get(id)!, incoming),
    afterTrade: (id: MarketId, trade: CloseOutTrade) => move(byId.get(id)!, trade),
  };
  const matching = createMatchingVenue(markets, hooks);
  const makers = createMakers(input.state);
  const requests = createRequests();
  return {
    markets,
    matching,
    makers,
    requests,
    port: portOf(matching, requests),
    depthReportedMs: Number.NEGATIVE_INFINITY,
  };
}

function venueMarket(
  { terms, makersOf, openInterest }: LabVenueInput,
  market: LabMarket,
  number: number,
): VenueMarket {
  const { dailyVolatility, tiers } = market.terms;
  const book = newBook({
    coefficient: terms.impactCoefficient,
    dailyVolatility,
    dailyVolume: dailyVolumeOf(market, openInterest[number]!),
    refillHalfLifeMs: terms.refillHalfLifeMs,
    volatilityTimeConstantMs: terms.volatilityTimeConstantMs,
    halfSpread: terms.halfSpread,
  });
  const requirement = Math.max(
    Number(market.terms.initialMarginFraction),
    Number(tiers.at(-1)!.maintenanceMarginFraction),
  );
  const tick = tickOf(approximate(market.startPrice));
  return {
    ...market,
    book,
    makers: makersOf[number]!,
    scale: { tick, lot: market.lot },
    grid: { tickSize: approximate(tick), lotSize: approximate(market.lot) },
    makerMargin: 1.1 * requirement,
    quotes: { buy: [], sell: [] },
    quoted: { buy: false, sell: false },
    turn: 0,
  };
}

/** Thousands come at once in a crash: taking one must not move all others up by a place. */
function createRequests(): Requests {
  const acts: (() => void)[] = [];
  let next = 0;
  return {
    add: (act) => {
      acts.push(act);
    },
    actOnNext: () => {
      const act = acts[next];
      if (act === undefined) return false;
      next += 1;
      if (next === acts.length) {
        acts.length = 0;
        next = 0;
      }
      act();
      return true;
    },
  };
}

function portOf(matching: MatchingVenue, { add, actOnNext }: Requests): Venue {
  return {
    place: (order) => add(() => enterCloseOut(matching, order)),
    cancel: (order) => add(() => endCloseOut(matching, order, 'canceled')),
    cancelAll: (account) => add(() => removeAllOwn(matching, account)),
    reports: () => {
      let reports: readonly VenueReport[] = takeReports(matching);
      while (reports.length === 0 && actOnNext()) reports = takeReports(matching);
      return reports;
    },
  };
}

/** A close-out moves the curve by what it traded, at the reference price, until it is refilled. */
function move({ book, grid }: VenueMarket, { side, ticks, lots }: CloseOutTrade): void {
  const money = lots * grid.lotSize * book.reference!;
  takeFromBook(book, side === 'buy' ? money : -money, ticks * grid.tickSize);
}

/**
 * Lets time pass: close-outs expire, and every book with a known reference price moves to it. The
 * makers' old quotes are void; where close-outs rest they quote anew at once, otherwise when
 * somebody comes.
 */
export function moveVenue(
  venue: LabVenue,
  timeMs: number,
  references: readonly (number | null)[],
): void {
  const { makers, markets, matching, requests } = venue;
  passTime(matching, engineTimeMs(timeMs));
  makers.withdraw(matching, markets);
  for (const [number, market] of markets.entries()) {
    const reference = references[number] ?? null;
    if (reference === null) continue;
    moveBook(market.book, timeMs, reference);
  }
  const resting = new Set([...matching.open.values()].map(({ market }) => market.market));
  for (const market of markets) {
    if (!resting.has(market.market)) continue;
    for (const side of ['buy', 'sell'] as const) {
      requests.add(() => makers.quote(matching, market, side));
    }
  }
}

/** What every book quotes now; books without a reference price are silent. */
export function bookReports({ markets }: LabVenue, timeMs: number): BookReport[] {
  return markets.flatMap(({ book, grid, market, scale }) => {
    if (book.reference === null) return [];
    const { bid, ask, last } = quotesOf(book);
    const quote = {
      market,
      bid: priceOfTicks(scale, Math.max(1, Math.floor(bid / grid.tickSize))),
      ask: priceOfTicks(scale, Math.max(1, Math.ceil(ask / grid.tickSize))),
      last: priceOfTicks(scale, Math.max(1, Math.round(last / grid.tickSize))),
    };
    return [{ ...quote, timeMs: engineTimeMs(timeMs) }];
  });
}

/** Levels per side that a venue shows. */
const DEPTH_LEVELS = 8;
/** A venue shows its depth as often as a market-data feed of minutes. */
const DEPTH_EVERY_MS = 60_000;

/** The depth of every book that the pool keeps track of, once a minute. */
export function* depthReports(
  venue: LabVenue,
  timeMs: number,
  state: PoolView,
): Generator<Command> {
  if (timeMs - venue.depthReportedMs < DEPTH_EVERY_MS) return;
  venue.depthReportedMs = timeMs;
  for (const market of venue.markets) {
    const number = state.numbers.markets.get(market.market)!;
    if (market.book.reference === null || state.markets[number]!.liquidity === null) continue;
    const { book } = venue.matching.markets.get(market.market)!;
    const [bids, asks] = (['buy', 'sell'] as const).map((side) => {
      venue.makers.quote(venue.matching, market, side);
      return depthOf(book, side, DEPTH_LEVELS).map(({ ticks, lots }) => {
        return { price: priceOfTicks(market.scale, ticks), size: sizeOfLots(market.scale, lots) };
      });
    });
    const time = engineTimeMs(timeMs);
    yield { type: 'ReportDepth', market: market.market, timeMs: time, bids: bids!, asks: asks! };
  }
}
