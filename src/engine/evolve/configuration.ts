/** Effects of configuration events. @module */
import { settledWeight } from '../../risk/index.ts';
import { ZERO_AMOUNT, ZERO_FUNDING_INDEX, ZERO_MONEY, ZERO_SIZE } from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import {
  addMarket,
  type MarketState,
  marketNumber,
  marketToChange,
  type PoolState,
} from '../state.ts';
import { wakeAll } from './liquidation.ts';

export function poolConfigured(state: PoolState, event: EventOf<'PoolConfigured'>): void {
  state.parameters = event.parameters;
  // Release, penalty and limits may change what is due for every running liquidation.
  wakeAll(state);
}

export function indexConfigured(state: PoolState, event: EventOf<'IndexConfigured'>): void {
  const { parameters } = event;
  const number = state.numbers.indexes.get(parameters.index);
  if (number === undefined) {
    state.numbers.indexes.set(parameters.index, state.indexes.length);
    state.indexes.push({
      parameters,
      reports: parameters.sources.map(() => null),
      price: null,
      live: false,
    });
    return;
  }
  // Reports of sources that stay are kept; new sources start without one.
  const index = state.indexes[number]!;
  const before = index.parameters.sources.map(({ source }) => source);
  const reports = index.reports;
  index.reports = parameters.sources.map(({ source }) => reports[before.indexOf(source)] ?? null);
  index.parameters = parameters;
  state.pricesJudgedMs = null;
}

export function assetConfigured(state: PoolState, event: EventOf<'AssetConfigured'>): void {
  const { parameters } = event;
  const index = state.numbers.indexes.get(parameters.index)!;
  const number = state.numbers.assets.get(parameters.asset);
  if (number !== undefined) {
    const asset = state.assets[number]!;
    asset.parameters = parameters;
    asset.index = index;
    state.changes.assets.push(number);
    return;
  }
  state.numbers.assets.set(parameters.asset, state.assets.length);
  state.assets.push({
    parameters,
    index,
    held: ZERO_AMOUNT,
    deposited: ZERO_AMOUNT,
    withdrawn: ZERO_AMOUNT,
  });
}

export function marketConfigured(state: PoolState, event: EventOf<'MarketConfigured'>): void {
  const { parameters } = event;
  const index = state.numbers.indexes.get(parameters.index)!;
  const number = state.numbers.markets.get(parameters.market);
  if (number === undefined) {
    state.changes.markets.push(state.markets.length);
    addMarket(state, newMarket(parameters, index));
    return;
  }
  const market = marketToChange(state, number);
  const before = market.parameters.outsideSources.map(({ source }) => source);
  const outside = market.outside;
  market.outside = parameters.outsideSources.map(
    ({ source }) => outside[before.indexOf(source)] ?? null,
  );
  market.parameters = parameters;
  state.pricesJudgedMs = null;
  state.changes.markets.push(number);
}

function newMarket(
  parameters: EventOf<'MarketConfigured'>['parameters'],
  index: number,
): MarketState {
  return {
    parameters,
    liquidity: null,
    breakers: null,
    priceGuards: null,
    amm: null,
    index,
    book: null,
    outside: parameters.outsideSources.map(() => null),
    basisAverage: null,
    bookAverage: null,
    mark: null,
    mode: 'frozen',
    stablePrice: null,
    markDecidedMs: null,
    longSize: ZERO_SIZE,
    shortSize: ZERO_SIZE,
    fundingIndex: ZERO_FUNDING_INDEX,
    lossIndex: ZERO_FUNDING_INDEX,
    fundingUnsettled: 0n,
    fundingResidue: 0n,
    settlementPrice: null,
    settled: false,
    settlementCursor: 0,
    settlementClearing: ZERO_MONEY,
    depth: null,
    depthAverage: null,
    variance: null,
    alarms: [],
    gates: [],
    window: [],
    openOrdersSize: ZERO_SIZE,
  };
}

export function closeOutsConfigured(state: PoolState, event: EventOf<'CloseOutsConfigured'>): void {
  state.closeOuts = event.parameters;
  // Policy, penalty and grace may change what is due for every running liquidation.
  wakeAll(state);
}

/** Depth, averages and the rolling window are kept. */
export function liquidityConfigured(state: PoolState, event: EventOf<'LiquidityConfigured'>): void {
  const number = marketNumber(state, event.parameters.market);
  marketToChange(state, number).liquidity = event.parameters;
  state.changes.marks.push(number);
}

/** Alarms are kept; the gates that they close are those configured now. */
export function breakersConfigured(state: PoolState, event: EventOf<'BreakersConfigured'>): void {
  const number = marketNumber(state, event.parameters.market);
  marketToChange(state, number).breakers = event.parameters;
  state.changes.marks.push(number);
}

/**
 * A stable price keeps its value, with the weight of an average that has run for long at the new
 * time constant; a step is measured from now on, unless it was before.
 */
export function priceGuardsConfigured(
  state: PoolState,
  { parameters }: EventOf<'PriceGuardsConfigured'>,
): void {
  const market = marketToChange(state, marketNumber(state, parameters.market));
  const { stableTimeConstantMs, markStepPerSecond } = parameters;
  const { stablePrice } = market;
  market.priceGuards = parameters;
  market.stablePrice =
    stableTimeConstantMs === null || stablePrice === null
      ? null
      : { ...stablePrice, weightMs: settledWeight(stableTimeConstantMs) };
  const decides = stableTimeConstantMs !== null || markStepPerSecond !== null;
  market.markDecidedMs = decides ? (market.markDecidedMs ?? state.timeMs) : null;
}

/** Auctions that run go on as they were started; liquidations that wait for one may begin it. */
export function auctionsConfigured(state: PoolState, event: EventOf<'AuctionsConfigured'>): void {
  state.auctions = event.parameters;
  state.changes.liquidations.push(...state.liquidations.keys());
}

/** Every running liquidation may try every way of the new ladder. */
export function routingConfigured(state: PoolState, event: EventOf<'RoutingConfigured'>): void {
  state.routing = event.parameters;
  for (const [number, liquidation] of state.liquidations) {
    liquidation.tried = [];
    state.changes.liquidations.push(number);
  }
}
