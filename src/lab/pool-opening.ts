/**
 * Brings a pool from nothing to the start of a scenario: configuration, a first price report,
 * accounts, capital, and the trades of the past.
 * @module
 */
import { accountMargin, type Command, type PoolView } from '../engine/index.ts';
import {
  accountId,
  amount,
  approximate,
  assetId,
  engineTimeMs,
  fromRaw,
  indexId,
  money,
  price,
  rawOf,
  type Size,
} from '../units/index.ts';
import { significant } from './decimal-text.ts';
import { type Deposit, depositsOf, openInterestOf, type PricedCollateral } from './deposits.ts';
import { mechanismCommands } from './mechanism-setup.ts';
import type { PoolHost } from './pool-host.ts';
import {
  COLLATERAL_BUYER,
  type LabMarket,
  labMarkets,
  setupCommands,
  usableCollaterals,
} from './pool-setup.ts';
import { termCommands } from './pool-terms.ts';
import {
  type Population,
  type PricedMarket,
  populationOf,
  type Trade,
  type Trader,
} from './population.ts';
import type { PriceFeed } from './price-feed.ts';
import type { Scenario } from './scenario.ts';
import { createVenue, type LabVenue } from './venue.ts';
import { waterfallCommands } from './waterfall-setup.ts';

export type Opening = {
  readonly population: Population;
  readonly venue: LabVenue;
  /** In money, both sides counted once. */
  readonly openInterest: number;
  /** What each trader really starts with, by account: notional over margin equity. */
  readonly leverage: ReadonlyMap<string, number>;
};

export type OpeningOptions = {
  readonly host: PoolHost;
  readonly scenario: Scenario;
  readonly feed: PriceFeed;
  readonly accounts: number;
  readonly seed: number;
  /** Called now and then with the share that is done. */
  readonly onProgress: (done: number) => void;
};

const NO_FEE = money('0');
const COMMANDS_PER_COMMIT = 512;

export async function openPool(options: OpeningOptions): Promise<Opening> {
  const { host, scenario, feed, accounts, seed, onProgress } = options;
  // The pool is opened a moment before the window, at the prices known by then.
  const timeMs = feed.fromMs - 1;
  const markets = labMarkets(scenario, feed);
  for (const command of setupCommands(scenario, feed, markets)) {
    host.require('operator', command, timeMs);
  }
  host.require('oracle', openingReport(feed, markets, timeMs), timeMs);
  const priced = pricedMarkets(host.state, markets);
  const collaterals = pricedCollaterals(host.state, scenario, feed);
  const population = populationOf({ scenario, accounts, seed, markets: priced });
  const openInterest = openInterestOf(population, priced);
  const total = openInterest.reduce((sum, value) => sum + value, 0);
  const deposits = depositsOf(population, { scenario, seed, markets: priced, collaterals });
  const commands = [
    ...accountCommands(scenario, population, priced, total),
    ...deposits.map(depositCommand),
  ];
  const trades = population.trades.length;
  const all = commands.length + trades;
  const take = async (command: Command, at: number): Promise<void> => {
    host.require(command.type === 'RecordFill' ? 'venue' : 'operator', command, timeMs);
    if (at % COMMANDS_PER_COMMIT !== 0) return;
    await host.commit();
    onProgress(at / all);
  };
  let at = 0;
  for (const command of commands) {
    at += 1;
    await take(command, at);
  }
  for (const trade of population.trades) {
    at += 1;
    await take(tradeCommand(priced, trade), at);
  }
  const terms = termCommands(scenario, markets, openInterest);
  const mechanisms = mechanismCommands(scenario, markets, openInterest);
  const layers = waterfallCommands(scenario, markets, openInterest);
  for (const command of [...terms, ...mechanisms, ...layers]) {
    host.require('operator', command, timeMs);
  }
  await host.commit();
  const makersOf = population.makersOf.map((makers) => makers.map(accountId));
  const { state } = host;
  const venue = createVenue({ terms: scenario.venue, markets, makersOf, openInterest, state });
  return { population, venue, openInterest: total, leverage: leverageOf(host.state, population) };
}

/** Profits carried from the past make it lower than what was drawn, for some. */
function leverageOf(state: PoolView, { traders }: Population): Map<string, number> {
  const leverage = new Map<string, number>();
  for (const { account: name } of traders) {
    const account = state.accounts[state.numbers.accounts.get(accountId(name))!]!;
    const notional = account.positions.reduce((sum, { market, size }) => {
      const { mark } = state.markets[market]!;
      return sum + (mark === null ? 0 : Math.abs(approximate(size)) * approximate(mark));
    }, 0);
    leverage.set(name, notional / approximate(accountMargin(state, account).marginEquity));
  }
  return leverage;
}

/** What was known of every coin before the window, as index reports and quiet books. */
function openingReport(feed: PriceFeed, markets: readonly LabMarket[], timeMs: number): Command {
  const time = engineTimeMs(timeMs);
  return {
    type: 'ReportPrices',
    indexes: feed.coins.flatMap(({ coin, start }) =>
      start.map((known) => ({
        index: indexId(coin),
        source: known.source,
        price: known.price,
        timeMs: time,
        confidence: null,
      })),
    ),
    books: markets.map(({ market, startPrice }) => {
      return { market, bid: startPrice, ask: startPrice, last: startPrice, timeMs: time };
    }),
    outside: [],
  };
}

function pricedMarkets(state: PoolView, markets: readonly LabMarket[]): PricedMarket[] {
  return markets.map((market, number) => {
    const mark = approximate(state.markets[number]!.mark ?? market.startPrice);
    return { ...market, mark, lotSize: approximate(market.lot) };
  });
}

function pricedCollaterals(
  state: PoolView,
  scenario: Scenario,
  feed: PriceFeed,
): PricedCollateral[] {
  return usableCollaterals(scenario, feed).map(({ asset, collateralHaircut }) => {
    const index = state.indexes.find(({ parameters }) => parameters.index === asset)!;
    return { asset, price: approximate(index.price!), haircut: Number(collateralHaircut) };
  });
}

/** Everybody opens an account; the house and the insurance fund receive their capital. */
function accountCommands(
  scenario: Scenario,
  { traders, makers }: Population,
  markets: readonly PricedMarket[],
  openInterest: number,
): Command[] {
  const { pool, venue } = scenario;
  const capital = (multiple: number): string => (multiple * openInterest).toFixed(2);
  const insurance = capital(pool.insuranceToOpenInterest);
  const buyer = capital(venue.collateralBuyerToOpenInterest);
  const asset = pool.settlementAsset;
  return [
    opened({ account: COLLATERAL_BUYER, owner: 'house', isolated: null }, markets),
    ...traders.map((trader) => opened(trader, markets)),
    ...makers.map((maker) => opened({ account: maker, owner: maker, isolated: null }, markets)),
    ...(Number(buyer) > 0
      ? [depositCommand({ account: COLLATERAL_BUYER, asset, amount: buyer })]
      : []),
    ...(Number(insurance) > 0
      ? [{ type: 'FundInsurance', amount: money(insurance) } as const]
      : []),
  ];
}

function opened(
  { account, owner, isolated }: Pick<Trader, 'account' | 'owner' | 'isolated'>,
  markets: readonly PricedMarket[],
): Command {
  return {
    type: 'OpenAccount',
    account: accountId(account),
    owner,
    parent: isolated === null ? null : accountId(isolated.parent),
    market: isolated === null ? null : markets[isolated.market]!.market,
  };
}

function depositCommand(deposit: Deposit): Command {
  return {
    type: 'Deposit',
    account: accountId(deposit.account),
    asset: assetId(deposit.asset),
    amount: amount(deposit.amount),
  };
}

function tradeCommand(markets: readonly PricedMarket[], trade: Trade): Command {
  const { market, lot } = markets[trade.market]!;
  return {
    type: 'RecordFill',
    market,
    buyer: accountId(trade.buyer),
    seller: accountId(trade.seller),
    size: fromRaw<Size>(rawOf(lot) * BigInt(trade.lots)),
    price: price(significant(trade.price)),
    buyerFee: NO_FEE,
    sellerFee: NO_FEE,
    order: null,
  };
}
