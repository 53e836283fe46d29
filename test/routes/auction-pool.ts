/**
 * A pool whose ladder is one auction: Alice is long 50 at 100 with 1,000, and a fall to 84 puts
 * what she holds up for auction; keepers with money wait for it.
 * @module
 */
import type { AuctionParameters, Bid, CommandOf, Event } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  indexId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { type Driver, poolDriver } from '../pools/pool-driver.ts';
import { asset } from '../pools/sample-commands.ts';

export const alice = accountId('alice');
export const keeper = accountId('keeper');
export const ETH = assetId('ETH');

/** 105 % of the value at first, a twentieth less every 30 s, down to half; twice five minutes. */
export const auctionTerms = (changes: Partial<AuctionParameters> = {}): AuctionParameters => ({
  lot: 'position',
  curve: 'linear',
  startPremium: ratio('0.05'),
  endFraction: ratio('0.5'),
  durationMs: durationMs(630_000),
  cut: ratio('0.99'),
  stepMs: durationMs(1_000),
  cutoff: ratio('0.8'),
  fastMs: durationMs(60_000),
  slowMs: durationMs(600_000),
  tailMs: durationMs(300_000),
  cusp: ratio('0.4'),
  resetsMax: 1,
  sliceMin: money('10'),
  bufferFraction: ratio('0'),
  insolventMs: durationMs(100_000),
  ...changes,
});

type Route = CommandOf<'ConfigureRouting'>['parameters']['routes'][number];

export const auctionRoute = (changes: Partial<Route> = {}): Route => ({
  method: 'auction',
  venue: null,
  feeFraction: ratio('0'),
  concessionFraction: ratio('0.02'),
  expectedMs: durationMs(60_000),
  failureProbability: ratio('0'),
  patienceMs: durationMs(3_600_000),
  ...changes,
});

export const auctionLadder = (
  ...routes: readonly Partial<Route>[]
): CommandOf<'ConfigureRouting'> => ({
  type: 'ConfigureRouting',
  parameters: {
    choice: 'ladder',
    routes: routes.map(auctionRoute),
    dailyVolatility: ratio('0.05'),
    waitingDeviations: ratio('1'),
  },
});

export type AuctionPool = Driver & {
  /** What the fall that starts the auction led to. */
  readonly fallen: readonly Event[];
};

type Setup = {
  readonly terms?: Partial<AuctionParameters>;
  readonly pool?: Parameters<Driver['configure']>[0];
  readonly routes?: readonly Partial<Route>[];
};

/** An index, a market, the ladder; nobody trades yet. Prices stay fresh for a day. */
export function emptyAuctionPool({ terms, pool: changes, routes = [{}] }: Setup = {}): Driver {
  const pool = poolDriver();
  pool.configure(changes);
  for (const name of ['BTC', 'ETH']) {
    pool.take({
      type: 'ConfigureIndex',
      parameters: {
        index: indexId(name),
        sources: [{ source: 'feed', weight: ratio('1') }],
        sourcesMin: 1,
        stalenessMsMax: durationMs(86_400_000),
        confidenceMax: null,
        sourceBand: null,
      },
    });
  }
  const fresh = { bookStalenessMsMax: durationMs(86_400_000) };
  pool.market('BTC-PERP', fresh);
  pool.market('ETH-PERP', { index: indexId('ETH'), ...fresh });
  pool.take(asset('ETH', { index: indexId('ETH'), collateralHaircut: ratio('0.2') }));
  pool.take({ type: 'ConfigureAuctions', parameters: auctionTerms(terms) });
  pool.take(auctionLadder(...routes));
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '20', ['ETH-PERP']);
  return pool;
}

/** Alice is long 50 BTC at 100 with 1,000, and liquidatable at 84: equity 200, required 210. */
export function fallenAuctionPool(setup: Setup = {}): AuctionPool {
  const pool = emptyAuctionPool(setup);
  const owner = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.account('keeper', '50000');
  pool.fill(owner, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  const fallen = pool.price('BTC', '84', ['BTC-PERP']);
  return { ...pool, fallen };
}

/**
 * Alice has lost 150 and holds 10 ETH: worth 200 of which 160 count, and at 18 each 180 and 144.
 * She is without a position, and owes more than her collateral counts for.
 */
export function indebtedAuctionPool(setup: Setup = {}): AuctionPool {
  const pool = emptyAuctionPool(setup);
  const owner = pool.account('alice');
  pool.take({ type: 'Deposit', account: owner, asset: ETH, amount: amount('10') });
  const maker = pool.account('maker', '50000');
  pool.account('keeper', '1000');
  pool.fill(owner, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  pool.fill(maker, owner, { market: 'BTC-PERP', size: '10', price: '85' });
  const fallen = pool.price('ETH', '18', ['ETH-PERP']);
  return { ...pool, fallen };
}

type Wanted =
  | { type: 'Collateral'; amount: string; amountMin?: string; limitPrice: string }
  | { type: 'Position'; size: string; sizeMin?: string; limitPrice: string }
  | { type: 'Portfolio'; fraction: string; fractionMin?: string; paymentMax: string };

const bidOf = (bid: Wanted): Bid => {
  switch (bid.type) {
    case 'Collateral':
      return {
        type: bid.type,
        amount: amount(bid.amount),
        amountMin: amount(bid.amountMin ?? '0'),
        limitPrice: price(bid.limitPrice),
      };
    case 'Position':
      return {
        type: bid.type,
        size: size(bid.size),
        sizeMin: size(bid.sizeMin ?? '0'),
        limitPrice: price(bid.limitPrice),
      };
    case 'Portfolio':
      return {
        type: bid.type,
        fraction: ratio(bid.fraction),
        fractionMin: ratio(bid.fractionMin ?? '0'),
        paymentMax: money(bid.paymentMax),
      };
  }
};

/** A bid of the keeper's in the first auction, on Alice's account as it is now. */
export const placeBid = (
  pool: Driver,
  bid: Wanted,
  changes: Partial<CommandOf<'PlaceBid'>> = {},
): CommandOf<'PlaceBid'> => ({
  type: 'PlaceBid',
  auction: 1,
  bidder: 'keeper',
  settlement: 'account',
  accountVersion: pool.accountOf(alice).version,
  bid: bidOf(bid),
  ...changes,
});

export const types = (events: readonly Event[]): string[] => events.map(({ type }) => type);

export const auctionOf = (pool: Driver) =>
  [...pool.engine.state.liquidations.values()].find(({ auction }) => auction !== null)?.auction ??
  null;

export const sizeIn = (pool: Driver, account: AccountId, market = 0) =>
  pool.accountOf(account).positions.find((position) => position.market === market)?.size;
