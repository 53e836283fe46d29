/**
 * A large pool for benches: configured by commands, its accounts then put in place at once, because
 * a million of them would take longer to fill than everything that is measured. It is a pool that
 * could have come about: accounts come in pairs that stand against each other in every market, so
 * that entry values and contracts sum to zero, and its audit is asked before it is used.
 * @module
 */
import {
  audit,
  type Command,
  type MarketParameters,
  marketToChange,
  type PoolParameters,
  type PoolState,
} from 'plimsoll/engine';
import { fillValue } from 'plimsoll/risk';
import {
  type AccountId,
  abs,
  accountId,
  add,
  amount,
  assetId,
  durationMs,
  type EngineTimeMs,
  engineTimeMs,
  fromRaw,
  indexId,
  type Money,
  marketId,
  money,
  neg,
  price,
  type Ratio,
  ratio,
  rawOf,
  type Size,
  size,
  sub,
  ZERO_FUNDING_INDEX,
  ZERO_MONEY,
} from 'plimsoll/units';
import { type Draw, drawing } from './drawing.ts';

export type BenchPoolShape = {
  readonly accounts: number;
  readonly markets: number;
  /** Positions of each account, in as many markets. */
  readonly legs: number;
  readonly seed: number;
  /** Liquidations that one record may start. */
  readonly startsPerRecordMax: number;
};

/** Time at which the pool stands; prices are fresh then and stay so. */
export const BENCH_TIME: EngineTimeMs = engineTimeMs(1_600_000_000_000);
export const FEED = 'feed';
const [SETTLEMENT, COLLATERAL] = [assetId('USDC'), assetId('BTC')];
const COLLATERAL_INDEX = indexId('BTC');

export const benchMarket = (number: number) => marketId(`M${number}-PERP`);
const benchIndex = (number: number) => indexId(`M${number}`);
export const benchAccount = (number: number): AccountId => accountId(`account-${number}`);
/** Between 1 and about 40,000; the first market, the hottest, is the dearest. */
export const benchMark = (number: number): number =>
  Math.max(1, Math.round(40_000 / (1 + number * 7)));

const tiersOf = (fraction: string, steps: readonly string[]) =>
  steps.map((floor, at) => ({
    notionalFloor: money(floor),
    maintenanceMarginFraction: fromRaw<Ratio>(rawOf(ratio(fraction)) * BigInt(2 ** at)),
  }));

const poolParameters = (startsPerRecordMax: number): PoolParameters => ({
  settlementAsset: SETTLEMENT,
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
  startsPerRecordMax,
  settlementsPerRecordMax: 64,
  insuranceEventCap: null,
  collateralBuyer: null,
  fillBand: ratio('0.5'),
});

const marketParameters = (number: number): MarketParameters => ({
  market: benchMarket(number),
  kind: 'linear',
  index: benchIndex(number),
  tiers: tiersOf('0.005', ['0', '50000', '250000', '1000000']),
  initialMarginFraction: ratio('0.04'),
  openInterestLower: money('0'),
  openInterestUpper: money('0'),
  markBand: null,
  basisTimeConstantMs: durationMs(150_000),
  bookTimeConstantMs: durationMs(30_000),
  averageGapMsMax: durationMs(60_000),
  bookStalenessMsMax: durationMs(1_000_000_000),
  outsideSources: [],
  lot: size('0.001'),
  notionalMin: money('1'),
  expiryMs: null,
});

/** One price of one market, from its index and from its book. */
export function priceReport(number: number, at: string, timeMs: EngineTimeMs): Command {
  const value = price(at);
  const report = { index: benchIndex(number), source: FEED, price: value, timeMs };
  const book = { market: benchMarket(number), bid: value, ask: value, last: value, timeMs };
  return {
    type: 'ReportPrices',
    indexes: [{ ...report, confidence: null }],
    books: [book],
    outside: [],
  };
}

export function configuration({ markets, startsPerRecordMax }: BenchPoolShape): Command[] {
  const sources = [{ source: FEED, weight: ratio('1') }];
  const stalenessMsMax = durationMs(1_000_000_000);
  const rules = { sources, sourcesMin: 1, stalenessMsMax, confidenceMax: null, sourceBand: null };
  const index = (id: ReturnType<typeof indexId>): Command => {
    return { type: 'ConfigureIndex', parameters: { index: id, ...rules } };
  };
  const terms = { collateralHaircut: ratio('0.1'), concentrationFactor: null, amountMax: null };
  const parameters = { asset: COLLATERAL, index: COLLATERAL_INDEX, ...terms };
  const collateral = { index: COLLATERAL_INDEX, source: FEED, price: price('30000') };
  const report = { ...collateral, timeMs: BENCH_TIME, confidence: null };
  return [
    { type: 'ConfigurePool', parameters: poolParameters(startsPerRecordMax) },
    index(COLLATERAL_INDEX),
    { type: 'ConfigureAsset', parameters },
    { type: 'ReportPrices', indexes: [report], books: [], outside: [] },
    ...[...Array(markets).keys()].flatMap((number): Command[] => [
      index(benchIndex(number)),
      { type: 'ConfigureMarket', parameters: marketParameters(number) },
      priceReport(number, `${benchMark(number)}`, BENCH_TIME),
    ]),
  ];
}

/**
 * Puts the accounts in place, in a pool that its configuration has gone to.
 * @throws Error where the audit fails.
 */
export function populate(state: PoolState, shape: BenchPoolShape): void {
  const draw = drawing(shape.seed);
  for (let number = 0; number < shape.accounts; number += 2) addPair(state, number, shape, draw);
  const { problems } = audit(state);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

/** Four in ten are in the first market, all others anywhere. */
function marketsOf({ markets, legs }: BenchPoolShape, draw: Draw): number[] {
  const chosen = new Set<number>(draw(10) < 4 ? [0] : []);
  while (chosen.size < Math.min(legs, markets)) chosen.add(draw(markets));
  return [...chosen].sort((a, b) => a - b);
}

type Leg = {
  market: number;
  size: Size;
  entryValue: Money;
  fundingIndex: typeof ZERO_FUNDING_INDEX;
};

function addPair(state: PoolState, number: number, shape: BenchPoolShape, draw: Draw): void {
  const [one, other]: [Leg[], Leg[]] = [[], []];
  for (const market of marketsOf(shape, draw)) {
    const mark = benchMark(market);
    const notional = 10 ** (2 + draw(2_400) / 1_000);
    const lots = BigInt(Math.max(1, Math.round((notional / mark) * 1_000)));
    const held = fromRaw<Size>(lots * 10n ** 15n);
    const entry = fromRaw<ReturnType<typeof price>>(
      (rawOf(price(`${mark}`)) * BigInt(950 + draw(101))) / 1_000n,
    );
    const value = fillValue({ kind: 'linear', size: held, price: entry });
    const isLong = draw(2) === 1;
    const [long, short] = isLong ? [one, other] : [other, one];
    long.push({ market, size: held, entryValue: value, fundingIndex: ZERO_FUNDING_INDEX });
    short.push({
      market,
      size: neg(held),
      entryValue: neg(value),
      fundingIndex: ZERO_FUNDING_INDEX,
    });
    const sides = marketToChange(state, market);
    sides.longSize = add(sides.longSize, held);
    sides.shortSize = add(sides.shortSize, held);
  }
  addAccount(state, number, one, draw);
  addAccount(state, number + 1, other, draw);
}

/** Money for a leverage of 3 to 20 beyond what is already lost, and a little bitcoin. */
function addAccount(state: PoolState, number: number, positions: Leg[], draw: Draw): void {
  const id = benchAccount(number);
  const collateral = amount(`0.0${10 + draw(90)}`);
  let [notional, pnl] = [ZERO_MONEY, ZERO_MONEY];
  for (const { market, size: held, entryValue } of positions) {
    const at = { kind: 'linear', price: price(`${benchMark(market)}`) } as const;
    notional = add(notional, abs(fillValue({ ...at, size: held })));
    pnl = add(pnl, sub(fillValue({ ...at, size: held }), entryValue));
  }
  const backing = fromRaw<Money>(rawOf(notional) / BigInt(3 + draw(18)));
  const balance = sub(backing, pnl);
  state.numbers.accounts.set(id, state.accounts.length);
  state.accounts.push({
    id,
    owner: `owner-${number}`,
    parent: null,
    market: null,
    version: positions.length,
    balance,
    collaterals: [{ asset: 0, amount: collateral }],
    positions,
    debts: [],
    supplies: [],
    liquidation: null,
    riskRaisedMs: BENCH_TIME,
  });
  const asset = state.assets[0]!;
  asset.held = add(asset.held, collateral);
  asset.deposited = add(asset.deposited, collateral);
  // Derived structures take note of it as of any account that changed.
  state.changes.accounts.push(state.accounts.length - 1);
  state.balanceTotal = add(state.balanceTotal, balance);
  state.deposited = add(state.deposited, balance);
  for (const { entryValue } of positions) {
    state.entryValueTotal = add(state.entryValueTotal, entryValue);
  }
}
