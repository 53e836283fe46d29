/**
 * What each account of a population must bring so that it stands at its leverage today and meets
 * initial margin after every one of its trades, in whatever order they are recorded.
 * @module
 */
import type { Population, PricedMarket } from './population.ts';
import { type Random, randomStream } from './random.ts';
import type { MarketTerms, Scenario } from './scenario.ts';

/** An asset that accounts may bring, at today's price. */
export type PricedCollateral = {
  readonly asset: string;
  readonly price: number;
  readonly haircut: number;
};

export type Deposit = { readonly account: string; readonly asset: string; readonly amount: string };

export type DepositOptions = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly markets: readonly PricedMarket[];
  readonly collaterals: readonly PricedCollateral[];
};

/** Margin above the initial requirement that everybody starts with at least. */
const CUSHION = 1.05;

type Standing = {
  notional: number;
  initialMargin: number;
  /** Unrealized gains and losses on the trades of the past, both ≥ 0. */
  gains: number;
  losses: number;
};

/** Notional of all longs, per market. */
export function openInterestOf(
  population: Population,
  markets: readonly PricedMarket[],
): readonly number[] {
  const longs = markets.map(() => 0);
  for (const positions of netLots(population).values()) {
    for (const [number, lots] of positions) {
      const { mark, lotSize } = markets[number]!;
      if (lots > 0) longs[number]! += lots * lotSize * mark;
    }
  }
  return longs;
}

function netLots(population: Population): Map<string, Map<number, number>> {
  const net = new Map<string, Map<number, number>>();
  const move = (account: string, market: number, lots: number): void => {
    const positions = net.get(account) ?? new Map<number, number>();
    positions.set(market, (positions.get(market) ?? 0) + lots);
    net.set(account, positions);
  };
  for (const { market, buyer, seller, lots } of population.trades) {
    move(buyer, market, lots);
    move(seller, market, -lots);
  }
  return net;
}

export function depositsOf(population: Population, options: DepositOptions): Deposit[] {
  const { scenario, seed } = options;
  const standings = standingsOf(population, options.markets);
  const random = randomStream(seed, 'deposits');
  const deposits: Deposit[] = [];
  for (const { account, leverage, isolated } of population.traders) {
    const { notional, initialMargin, gains, losses } = standings.get(account)!;
    const floor = CUSHION * initialMargin;
    const equity = Math.max(notional / leverage, floor);
    const needed = Math.max(equity - gains + losses, floor + losses);
    deposits.push(...inAssets(random, account, needed, isolated === null, options));
  }
  const openInterest = openInterestOf(population, options.markets).reduce((a, b) => a + b, 0);
  const each = (scenario.venue.makerEquityToOpenInterest * openInterest) / population.makers.length;
  for (const account of population.makers) {
    const own = standings.get(account);
    const least = own === undefined ? 0 : CUSHION * own.initialMargin + own.losses;
    const amount = cents(Math.max(each, least));
    deposits.push({ account, asset: scenario.pool.settlementAsset, amount });
  }
  return deposits;
}

/** Some cross-margined accounts bring part of what they need in coins. */
function inAssets(
  random: Random,
  account: string,
  needed: number,
  cross: boolean,
  { scenario, collaterals }: DepositOptions,
): Deposit[] {
  const settlement = scenario.pool.settlementAsset;
  const drawn = random.uniform();
  const part = 0.3 + 0.7 * random.uniform();
  const which = random.below(Math.max(1, collaterals.length));
  const mixed = cross && collaterals.length > 0 && drawn < scenario.population.collateralShare;
  if (!mixed) return [{ account, asset: settlement, amount: cents(needed) }];
  const { asset, price, haircut } = collaterals[which]!;
  const coins = ((part * needed) / (price * (1 - haircut))).toFixed(8);
  const deposits: Deposit[] = [{ account, asset: settlement, amount: cents((1 - part) * needed) }];
  if (Number(coins) > 0) deposits.push({ account, asset, amount: coins });
  return deposits;
}

/** Up to the next cent, and a cent more for what the coins were rounded by. */
const cents = (value: number): string => ((Math.ceil(value * 100) + 1) / 100).toFixed(2);

function standingsOf(
  population: Population,
  markets: readonly PricedMarket[],
): Map<string, Standing> {
  const standings = new Map<string, Standing>();
  const of = (account: string): Standing => {
    const known = standings.get(account);
    if (known !== undefined) return known;
    const fresh = { notional: 0, initialMargin: 0, gains: 0, losses: 0 };
    standings.set(account, fresh);
    return fresh;
  };
  for (const { market, buyer, seller, lots, price } of population.trades) {
    const { mark, lotSize } = markets[market]!;
    const gain = lots * lotSize * (mark - price);
    for (const [account, own] of [
      [buyer, gain],
      [seller, -gain],
    ] as const) {
      const standing = of(account);
      if (own > 0) standing.gains += own;
      else standing.losses -= own;
    }
  }
  for (const [account, positions] of netLots(population)) {
    const standing = of(account);
    for (const [number, lots] of positions) {
      const { mark, lotSize, terms } = markets[number]!;
      const notional = Math.abs(lots) * lotSize * mark;
      standing.notional += notional;
      standing.initialMargin += initialMarginOf(terms, notional);
    }
  }
  return standings;
}

/** The engine's requirement in floating point; the cushion covers the difference. */
function initialMarginOf(terms: MarketTerms, notional: number): number {
  let maintenance = 0;
  for (const [at, tier] of terms.tiers.entries()) {
    const floor = Number(tier.notionalFloor);
    const end = Number(terms.tiers[at + 1]?.notionalFloor ?? Number.POSITIVE_INFINITY);
    const inside = Math.max(0, Math.min(notional, end) - floor);
    maintenance += inside * Number(tier.maintenanceMarginFraction);
  }
  return Math.max(notional * Number(terms.initialMarginFraction), maintenance);
}
