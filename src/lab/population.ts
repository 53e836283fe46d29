/**
 * A seeded population of traders with positions and collateral, and the makers who hold what the
 * traders' two sides do not have in common. What is drawn, and from what, is said in the
 * scenario; every position comes from trades between two accounts at a price of the past, so
 * open interest matches by construction and entry values differ from the price of today.
 * @module
 */
import { lognormalWithin, normal, paretoWithin, shuffle, weightedIndex } from './distributions.ts';
import type { LabMarket } from './pool-setup.ts';
import { type Random, randomStream } from './random.ts';
import type { Scenario, ScenarioPopulation } from './scenario.ts';

/** A market with the prices of today, as the population sees it. */
export type PricedMarket = LabMarket & { readonly mark: number; readonly lotSize: number };

export type Trader = {
  readonly account: string;
  readonly owner: string;
  /** Set for an isolated position: its cross-margined parent and its only market. */
  readonly isolated: { readonly parent: string; readonly market: number } | null;
  /** Notional over equity that was drawn; profits carried from the past may lower it. */
  readonly leverage: number;
  /** Wanted positions in whole lots, signed. */
  readonly legs: readonly Leg[];
};

export type Leg = { readonly market: number; readonly lots: number };

/** A trade of the past: `lots` at a price, both sides accounts of the pool. */
export type Trade = {
  readonly market: number;
  readonly buyer: string;
  readonly seller: string;
  readonly lots: number;
  readonly price: number;
};

export type Population = {
  readonly traders: readonly Trader[];
  readonly makers: readonly string[];
  /** Who makes each market, in the order of markets. */
  readonly makersOf: readonly (readonly string[])[];
  readonly trades: readonly Trade[];
};

export type PopulationOptions = {
  readonly scenario: Scenario;
  readonly accounts: number;
  readonly seed: number;
  readonly markets: readonly PricedMarket[];
};

const numbered = (prefix: string, number: number): string =>
  `${prefix}:${String(number + 1).padStart(6, '0')}`;

export const makerName = (number: number): string => numbered('maker', number);

export function populationOf(options: PopulationOptions): Population {
  const { scenario, accounts, seed } = options;
  const isolatedCount = Math.floor(accounts * scenario.population.isolatedShare);
  const crossCount = accounts - isolatedCount;
  const random = randomStream(seed, 'traders');
  const traders: Trader[] = [];
  for (let number = 0; number < accounts; number += 1) {
    if (number < crossCount) {
      const account = numbered('trader', number);
      traders.push(drawnTrader(random, options, { account, owner: account, parent: null }));
    } else {
      const parent = numbered('trader', random.below(crossCount));
      const account = numbered('isolated', number - crossCount);
      traders.push(drawnTrader(random, options, { account, owner: parent, parent }));
    }
  }
  const makers = Array.from({ length: scenario.venue.makers }, (_, number) => makerName(number));
  const makersOf = options.markets.map(({ coin }) => marketMakers(makers, seed, coin));
  return { traders, makers, makersOf, trades: tradesOf(traders, makersOf, options) };
}

/** Makers per market, as a share of all. */
const MAKERS_SHARE = 0.25;

/**
 * A quarter of all makers, drawn for each market: one frozen price stops its own makers from
 * taking risk, but never those of every market.
 */
function marketMakers(makers: readonly string[], seed: number, coin: string): readonly string[] {
  const count = Math.min(makers.length, Math.max(2, Math.ceil(makers.length * MAKERS_SHARE)));
  return shuffle(randomStream(seed, `makers:${coin}`), [...makers]).slice(0, count);
}

type Identity = {
  readonly account: string;
  readonly owner: string;
  readonly parent: string | null;
};

function drawnTrader(
  random: Random,
  { scenario, markets }: PopulationOptions,
  { account, owner, parent }: Identity,
): Trader {
  const { population } = scenario;
  const { min, max } = population.leverage;
  const leverage = lognormalWithin(random, population.leverage, { low: min, high: max });
  const { notional: range } = population;
  const notional = paretoWithin(random, { low: range.min, high: range.max, tail: range.tail });
  const count = parent === null ? 1 + weightedIndex(random, population.marketsPerAccount) : 1;
  const chosen = chosenMarkets(random, markets, count);
  const long = random.uniform() < population.longShare;
  const legs = splitOverMarkets(random, { population, markets, chosen, notional, long });
  const isolated = parent === null ? null : { parent, market: legs[0]!.market };
  return { account, owner, isolated, leverage, legs };
}

/** Distinct markets by popularity. */
function chosenMarkets(random: Random, markets: readonly PricedMarket[], count: number): number[] {
  const weights = markets.map(({ terms }) => terms.popularity);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, markets.length)) {
    const market = weightedIndex(random, weights);
    weights[market] = 0;
    chosen.push(market);
  }
  return chosen;
}

type Split = {
  readonly population: ScenarioPopulation;
  readonly markets: readonly PricedMarket[];
  readonly chosen: readonly number[];
  readonly notional: number;
  readonly long: boolean;
};

/** One leg per chosen market, of at least one lot, mostly in the account's own direction. */
function splitOverMarkets(random: Random, split: Split): Leg[] {
  const weights = split.chosen.map(() => 0.2 + random.uniform());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return split.chosen.map((market, at) => {
    const { mark, lotSize } = split.markets[market]!;
    const notional = (split.notional * weights[at]!) / total;
    const lots = Math.max(1, Math.round(notional / (mark * lotSize)));
    const follows = at === 0 || random.uniform() < split.population.sameDirection;
    return { market, lots: split.long === follows ? lots : -lots };
  });
}

/** Trades that give everybody the legs they want: longs meet shorts, makers take the rest. */
function tradesOf(
  traders: readonly Trader[],
  makersOf: readonly (readonly string[])[],
  options: PopulationOptions,
): Trade[] {
  const random = randomStream(options.seed, 'trades');
  return options.markets.flatMap((market, number) => {
    const buyers: Side[] = [];
    const sellers: Side[] = [];
    for (const { account, legs } of traders) {
      const leg = legs.find((candidate) => candidate.market === number);
      if (leg === undefined) continue;
      const side = leg.lots > 0 ? buyers : sellers;
      side.push({ account, lots: Math.abs(leg.lots) });
    }
    shuffle(random, buyers);
    shuffle(random, sellers);
    const makers = makersOf[number]!;
    return matched(random, { market, number, buyers, sellers, makers, options });
  });
}

type Side = { readonly account: string; lots: number };

function matched(
  random: Random,
  input: {
    readonly market: PricedMarket;
    readonly number: number;
    readonly buyers: Side[];
    readonly sellers: Side[];
    readonly makers: readonly string[];
    readonly options: PopulationOptions;
  },
): Trade[] {
  const { market, number, buyers, sellers, makers, options } = input;
  const trades: Trade[] = [];
  const maker = (): Side => {
    return { account: makers[random.below(makers.length)]!, lots: Number.POSITIVE_INFINITY };
  };
  let buyer = buyers.pop();
  let seller = sellers.pop();
  while (buyer !== undefined || seller !== undefined) {
    const from = seller ?? maker();
    const to = buyer ?? maker();
    const lots = Math.min(from.lots, to.lots);
    const price = pastPrice(random, market.mark, options.scenario);
    trades.push({ market: number, buyer: to.account, seller: from.account, lots, price });
    from.lots -= lots;
    to.lots -= lots;
    if (buyer !== undefined && buyer.lots === 0) buyer = buyers.pop();
    if (seller !== undefined && seller.lots === 0) seller = sellers.pop();
  }
  return trades;
}

/** Share of the fill band that prices of the past stay within. */
const BAND_USED = 0.8;

function pastPrice(random: Random, mark: number, { population, pool }: Scenario): number {
  const band = BAND_USED * Number(pool.fillBand);
  const drawn = population.entryDrift + population.entryDeviation * normal(random);
  return mark * (1 + Math.min(Math.max(drawn, -band), band));
}
