/**
 * A pool with as many accounts as one likes, put together directly: cross-margined positions over
 * many markets, linear and inverse, tiers, and one priced collateral asset. Seeded; the same
 * numbers on any machine.
 * @module
 */

import {
  accountMargin,
  applyRecord,
  type Command,
  createEngine,
  decide,
  type MarketParameters,
  type PoolParameters,
  type PoolState,
} from '../engine/index.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  formatDecimal,
  fromRaw,
  indexId,
  type Money,
  marketId,
  money,
  type Price,
  price,
  ratio,
  rawOf,
  type Size,
  size,
  ZERO_FUNDING_INDEX,
} from '../units/index.ts';

export type Book = {
  readonly accounts: number;
  readonly markets: number;
  readonly legs: number;
  readonly seed: number;
  /** One market in so many is inverse; 10 where it is not said. */
  readonly inverseEvery?: number;
};

const POOL: PoolParameters = {
  settlementAsset: assetId('USDC'),
  releaseRatio: ratio('1.25'),
  penaltyFraction: ratio('0.001'),
  keeperShare: ratio('0'),
  burnShare: ratio('0'),
  bankruptcyAdjustment: ratio('1'),
  spreadToMaintenanceMarginRatio: ratio('0.5'),
  orderTimeoutMs: durationMs(60_000),
  bookAttemptsMax: 3,
  closeOutStepsMax: 50,
  adlPolicy: 'minimax-leverage',
  adlFillsMax: 8,
  startsPerRecordMax: 256,
  settlementsPerRecordMax: 64,
  insuranceEventCap: null,
  collateralBuyer: null,
  fillBand: ratio('0.5'),
};

const TIERS = [
  { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.004') },
  { notionalFloor: money('50000'), maintenanceMarginFraction: ratio('0.005') },
  { notionalFloor: money('250000'), maintenanceMarginFraction: ratio('0.01') },
  { notionalFloor: money('1000000'), maintenanceMarginFraction: ratio('0.025') },
];

/** The last of so many markets is inverse. */
const isInverse = ({ inverseEvery = 10 }: Book, market: number): boolean =>
  market % inverseEvery === inverseEvery - 1;

const START_MS = 1_000;
const COLLATERAL = assetId('COIN');

/** mulberry32: 32 bits of state, enough for a bench. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function marketParameters(book: Book, number: number): MarketParameters {
  return {
    market: marketOf(number),
    kind: isInverse(book, number) ? 'inverse' : 'linear',
    index: indexOf(number),
    tiers: TIERS,
    initialMarginFraction: ratio('0.02'),
    openInterestLower: money('0'),
    openInterestUpper: money('0'),
    markBand: null,
    basisTimeConstantMs: durationMs(150_000),
    bookTimeConstantMs: durationMs(30_000),
    averageGapMsMax: durationMs(60_000),
    bookStalenessMsMax: durationMs(1e12),
    outsideSources: [],
    lot: size('0.000001'),
    notionalMin: money('1'),
    expiryMs: null,
  };
}

/** Configuration and first prices, through the engine's own decisions. */
function configured(book: Book): PoolState {
  const engine = createEngine();
  let seq = 0;
  const take = (command: Command): void => {
    seq += 1;
    const envelope = { source: 'bench', sourceSeq: seq, command };
    const time = engineTimeMs(START_MS);
    const outcome = decide(engine.state, envelope, time);
    if (outcome.type === 'Rejected') throw new Error(`${command.type}: ${outcome.rejection.code}`);
    applyRecord(engine, { seq, time, envelope, outcome });
  };
  take({ type: 'ConfigurePool', parameters: POOL });
  const numbers = Array.from({ length: book.markets }, (_, number) => number);
  for (const number of numbers) {
    const index = indexOf(number);
    const sources = [{ source: 'feed', weight: ratio('1') }];
    const limits = { confidenceMax: null, sourceBand: null, sourcesMin: 1 };
    const stalenessMsMax = durationMs(1e12);
    take({ type: 'ConfigureIndex', parameters: { index, sources, stalenessMsMax, ...limits } });
    take({ type: 'ConfigureMarket', parameters: marketParameters(book, number) });
  }
  const index = indexOf(0);
  const collateralHaircut = ratio('0.1');
  const none = { concentrationFactor: null, amountMax: null };
  take({
    type: 'ConfigureAsset',
    parameters: { asset: COLLATERAL, index, collateralHaircut, ...none },
  });
  take(report(numbers.map((number) => [number, startPrice(number)])));
  return engine.state;
}

const startPrice = (market: number): Price => price(`${100 + 37 * market}`);

/** A report of index and book of some markets. */
function report(prices: readonly (readonly [number, Price])[]): Command {
  const timeMs = engineTimeMs(START_MS);
  return {
    type: 'ReportPrices',
    indexes: prices.map(([number, at]) => {
      return { index: indexOf(number), source: 'feed', price: at, timeMs, confidence: null };
    }),
    books: prices.map(([number, at]) => {
      return { market: marketOf(number), bid: at, ask: at, last: at, timeMs };
    }),
    outside: [],
  };
}

const marketOf = (number: number) => marketId(`M${number}-PERP`);
const indexOf = (number: number) => indexId(`M${number}`);

/** Half of all legs in the first few markets, like the volume of coins. */
function pickMarket(random: () => number, markets: number): number {
  return Math.min(markets - 1, Math.floor(markets * random() ** 2.2));
}

type AccountState = PoolState['accounts'][number];

function account(book: Book, number: number, random: () => number): AccountState {
  const held = new Set<number>();
  const legs = Math.min(book.legs, book.markets);
  while (held.size < legs) held.add(pickMarket(random, book.markets));
  const scale = 10 ** (2 + 3.5 * random());
  const positions = [...held]
    .sort((a, b) => a - b)
    .map((market) => {
      const at = 100 + 37 * market;
      const notional = scale * (0.2 + random());
      const contracts = isInverse(book, market) ? notional * at : notional / at;
      const side = random() < 0.55 ? 1 : -1;
      const held = rawSize(side * contracts);
      return {
        market,
        size: held,
        entryValue: entryOf(book, market, held),
        fundingIndex: ZERO_FUNDING_INDEX,
      };
    });
  const coins = random() < 0.5 ? [{ asset: 0, amount: amount((scale / 1_000).toFixed(6)) }] : [];
  return {
    id: accountId(`account-${number}`),
    owner: 'owner',
    parent: null,
    market: null,
    version: 1,
    balance: money('0'),
    collaterals: coins,
    positions,
    debts: [],
    supplies: [],
    liquidation: null,
    riskRaisedMs: null,
  };
}

const rawSize = (contracts: number): Size => size(contracts.toFixed(6));

/** Entered at the start price: profit and loss begin at zero, up to a unit. */
function entryOf(book: Book, market: number, held: Size): Money {
  const one = 10n ** 18n;
  const at = rawOf(startPrice(market));
  const value = isInverse(book, market) ? -(rawOf(held) * one) / at : (rawOf(held) * at) / one;
  return fromRaw<Money>(value);
}

/**
 * The pool. Every account has so much more than it must hold as its distance says: from a fiftieth
 * of its notional to twice all of it, evenly by order of magnitude.
 */
export function largeBook(book: Book, progress: (done: number) => void = () => {}): PoolState {
  const state = configured(book);
  const random = uniform(book.seed);
  for (let number = 0; number < book.accounts; number += 1) {
    const made = account(book, number, random);
    const margin = accountMargin(state, made);
    const distance = 2 * 10 ** (-2 * random());
    const notional = Number(formatDecimal(margin.maintenanceMargin)) / 0.006;
    const lacking = Number(rawOf(margin.maintenanceMargin) - rawOf(margin.marginEquity)) / 1e18;
    made.balance = money((lacking + notional * distance).toFixed(9));
    state.accounts.push(made);
    state.numbers.accounts.set(made.id, number);
    if (number % 100_000 === 99_999) progress(number + 1);
  }
  return state;
}
