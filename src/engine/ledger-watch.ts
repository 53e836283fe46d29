/**
 * What the markets contribute to INV-1, summed up again only where a figure has changed. After a
 * record those markets are compared that it wrote to, and one more, each in its turn: a change that
 * nobody meant is found within as many accepted records as there are markets, if not by an audit.
 * Derived: never encoded.
 * @module
 */
import {
  EXACT_PER_RAW,
  exactFunding,
  type FundingIndex,
  type Money,
  neg,
  type Price,
  rawOf,
  type Size,
} from '../units/index.ts';
import { sideIndex } from './side-index.ts';
import type { MarketView, PoolView } from './state.ts';

/** The figures of a market that money or the balance of its sides depends on. */
type MarketFigures = {
  readonly longSize: Size;
  readonly shortSize: Size;
  readonly fundingIndex: FundingIndex;
  readonly lossIndex: FundingIndex;
  readonly fundingUnsettled: bigint;
  readonly fundingResidue: bigint;
  readonly settlementClearing: Money;
  readonly settlementPrice: Price | null;
  readonly settled: boolean;
};

export type LedgerWatch = {
  /** Per market, its figures when they were last looked at and what they came to. */
  readonly seen: { readonly figures: MarketFigures; readonly exact: bigint }[];
  /** All of them together. */
  exact: bigint;
  /** The market whose turn it is. */
  turn: number;
};

export const createLedgerWatch = (): LedgerWatch => ({ seen: [], exact: 0n, turn: 0 });

/**
 * Money in all markets, in units of 1e-36: funding that was accrued but not settled, what rounding
 * kept of it, and what a settlement has taken in and not yet paid out. `changed` is called for
 * each market that was looked at and has a figure that is not what it was.
 */
export function moneyInMarkets(
  { markets, touchedMarkets }: PoolView,
  watch: LedgerWatch,
  changed: (market: MarketView) => void,
): bigint {
  const look = (number: number): void => {
    const market = markets[number]!;
    const before = watch.seen[number];
    if (before !== undefined && isUnchanged(market, before.figures)) return;
    changed(market);
    const exact = exactMoneyIn(market);
    watch.exact += exact - (before?.exact ?? 0n);
    watch.seen[number] = { figures: figuresOf(market), exact };
  };
  // A watch that was just made, or a market that was: nothing is known of it.
  while (watch.seen.length < markets.length) look(watch.seen.length);
  for (const number of touchedMarkets) look(number);
  if (markets.length > 0) {
    watch.turn = (watch.turn + 1) % markets.length;
    look(watch.turn);
  }
  return watch.exact;
}

const isUnchanged = (market: MarketView, seen: MarketFigures): boolean =>
  market.longSize === seen.longSize &&
  market.shortSize === seen.shortSize &&
  market.fundingIndex === seen.fundingIndex &&
  market.lossIndex === seen.lossIndex &&
  market.fundingUnsettled === seen.fundingUnsettled &&
  market.fundingResidue === seen.fundingResidue &&
  market.settlementClearing === seen.settlementClearing &&
  market.settlementPrice === seen.settlementPrice &&
  market.settled === seen.settled;

function figuresOf(market: MarketView): MarketFigures {
  const { longSize, shortSize, fundingIndex, lossIndex } = market;
  const { fundingUnsettled, fundingResidue, settlementClearing, settlementPrice, settled } = market;
  const funding = { fundingIndex, lossIndex, fundingUnsettled, fundingResidue };
  return { longSize, shortSize, ...funding, settlementClearing, settlementPrice, settled };
}

const exactMoneyIn = (market: MarketView): bigint =>
  rawOf(market.settlementClearing) * EXACT_PER_RAW +
  unsettledFunding(market) +
  market.fundingResidue;

/** Σ −size · (index of its side − that index at its last settlement), exactly. */
function unsettledFunding(market: MarketView): bigint {
  const { longSize, shortSize, fundingUnsettled } = market;
  const indexed = (size: Size): bigint => exactFunding(size, sideIndex(market, size));
  return fundingUnsettled - indexed(longSize) - indexed(neg(shortSize));
}
