/** The result of a replay as plain data: money as decimal strings. @module */

import type { CloseOutPolicy } from '../risk/index.ts';
import { add, cmp, formatDecimal, type Money, neg } from '../units/index.ts';
import type { IgnoredFile } from './bar-files.ts';
import type { WaterfallResult } from './layer-tallies.ts';
import { lossLedgerSum } from './loss-ledger.ts';
import type { MechanismResult } from './mechanism-result.ts';
import type { BreakerStory, Moment, Statistics } from './statistics.ts';
import type { Way, WayTally } from './way-tallies.ts';

export type ReplayResult = {
  readonly scenario: string;
  /** Which legs were closed, and how much of them. */
  readonly policy: CloseOutPolicy;
  readonly title: string;
  readonly seed: number;
  /** Margin accounts of traders; `accountsInPool` adds makers and the house. */
  readonly accounts: number;
  readonly accountsInPool: number;
  readonly markets: number;
  readonly window: { readonly from: string; readonly to: string };
  /** Visited instants of the window, and steps after it until no liquidation was active. */
  readonly ticks: number;
  readonly settleSteps: number;
  readonly records: number;
  readonly rejections: number;
  /** Both sides counted once, at the start. */
  readonly openInterest: string;
  readonly liquidations: {
    readonly started: number;
    readonly ended: number;
    readonly closeOuts: number;
    readonly partial: number;
    readonly full: number;
    readonly accounts: number;
    /** Liquidated accounts that were restored and still held positions after the last time. */
    readonly survivors: number;
    /** Liquidated accounts whose last liquidation left a loss to others. */
    readonly bankruptcies: number;
    /** Steps for which no market had room, and orders that were taken back. */
    readonly deferrals: number;
    readonly cancels: number;
    readonly byLeverage: readonly LeverageGroup[];
    /** Still running at the end, by what they wait for. */
    readonly running: readonly RunningLiquidations[];
  };
  /** From the start of a liquidation to its end, of those that ended; null where none did. */
  readonly durationMs: { readonly mean: number; readonly p95: number } | null;
  readonly notionalClosed: string;
  /** By which ways out, in the order in which they were first taken. */
  readonly ways: readonly WayResult[];
  /** What became of the capital behind them; null where the book is the only one. */
  readonly mechanisms: MechanismResult | null;
  /** What close-outs on the book fetched less than the mark they were ordered at. */
  readonly impactCost: string;
  /** Liquidations by the fewest live sources behind a price of their account at the start. */
  readonly priceEvidence: readonly { readonly sources: number; readonly liquidations: number }[];
  /** Some market has breakers: that none tripped means something. */
  readonly hasBreakers: boolean;
  readonly breakers: readonly BreakerTrip[];
  /** Guards that prices must satisfy are on: that none held a mark back means something. */
  readonly hasPriceGuards: boolean;
  readonly heldMarks: readonly HeldMarkResult[];
  readonly penalties: Readonly<Record<'total' | 'keeper' | 'insurance' | 'burned', string>>;
  readonly insuranceFund: Readonly<Record<'start' | 'low' | 'end', string>>;
  /** Loss beyond the equity of the accounts that made it. */
  readonly badDebt: string;
  readonly adl: {
    readonly events: number;
    readonly accounts: number;
    readonly notional: string;
    /** Events that closed hedges although they are protected. */
    readonly hedgesOverridden: number;
  };
  /** Put on the open interest of the markets that losses came from. */
  readonly openInterestLoss: string;
  readonly socializedLoss: string;
  readonly unallocatedLoss: string;
  /** Who bore the bad debt; the rows sum to zero with it. */
  readonly whoPaid: readonly { readonly who: string; readonly amount: string }[];
  readonly lossLedgerSum: string;
  /** What the layers beside the fund received and paid; null without any. */
  readonly waterfall: WaterfallResult | null;
  readonly conservationImbalance: string;
  /** What the accounts that were ever liquidated are worth at the end. */
  readonly equityOfLiquidated: string;
  /** The same of all traders, liquidated or not. */
  readonly equityOfTraders: string;
  /** Accounts below maintenance margin that valid prices would let be closed. */
  readonly unhealthyAtEnd: number;
  /** The same where a price they depend on is not valid: nothing may be decided on it. */
  readonly blockedAtEnd: number;
  readonly lagSteps: { readonly max: number };
  readonly marketPrices: readonly MarketPrices[];
  readonly worstMoments: readonly WorstMoment[];
  readonly ignored: readonly IgnoredFile[];
  readonly stateHash: string;
  readonly chainHash: string;
  readonly elapsedMs: number;
};

/** One way out of a position. */
export type WayResult = {
  readonly way: Way;
  /** By how many liquidations, and how often it was left for which reason. */
  readonly chosen: number;
  readonly left: Readonly<Record<string, number>>;
  readonly closeOuts: number;
  readonly notional: string;
  /** What the accounts received less than the mark, penalties aside. */
  readonly cost: string;
};

/** Liquidations that wait for the same thing at the end. */
export type RunningLiquidations = {
  /** Markets without a live price, or none: then it is somebody outside they wait for. */
  readonly withoutPrice: readonly string[];
  readonly liquidations: number;
  /** What the fund has paid into them and may get back. */
  readonly fundCover: string;
};

/** Traders whose leverage at the start lay in [from, to). */
export type LeverageGroup = {
  readonly from: number;
  readonly to: number;
  readonly accounts: number;
  readonly liquidated: number;
};

export type MarketPrices = {
  readonly market: string;
  readonly start: string;
  readonly low: string;
  readonly lowAt: string;
  readonly high: string;
  readonly end: string;
};

/** A breaker from tripping to release; what it measured against what it allowed. */
export type BreakerTrip = {
  readonly market: string;
  readonly reason: string;
  readonly measured: string;
  readonly threshold: string;
  readonly at: string;
  readonly releasedAt: string | null;
  readonly cause: string | null;
};

/** A market whose mark a guard let move only so far at a time. */
export type HeldMarkResult = {
  readonly market: string;
  /** Records that left the mark behind what was reported. */
  readonly records: number;
  /** The furthest that it was behind, per unit of the mark. */
  readonly furthest: string;
  readonly furthestAt: string;
};

export type WorstMoment = {
  readonly at: string;
  readonly started: number;
  readonly closeOuts: number;
  readonly notionalClosed: string;
  readonly badDebt: string;
};

const WORST_MOMENTS = 5;

export const utc = (timeMs: number): string => new Date(timeMs).toISOString();

/** The part of a result that the statistics know. */
export function statisticsView(statistics: Statistics, insuranceStart: Money) {
  const { losses, penalties } = statistics;
  const badDebt = neg(losses.bankruptAccounts);
  return {
    records: statistics.records,
    rejections: statistics.rejections,
    durationMs: durationView(statistics.lastedMs),
    notionalClosed: formatDecimal(statistics.notionalClosed),
    ways: [...statistics.ways].map(wayResultOf),
    impactCost: formatDecimal(statistics.impactCost),
    breakers: statistics.breakers.map(breakerTripOf),
    heldMarks: [...statistics.heldMarks.held].map(([market, { records, ...held }]) => {
      const furthest = formatDecimal(held.furthest);
      return { market, records, furthest, furthestAt: utc(held.furthestMs) };
    }),
    penalties: {
      total: formatDecimal(penalties.total),
      keeper: formatDecimal(penalties.keeper),
      insurance: formatDecimal(penalties.insurance),
      burned: formatDecimal(penalties.burned),
    },
    insuranceFund: {
      start: formatDecimal(insuranceStart),
      low: formatDecimal(statistics.insuranceLow),
      end: formatDecimal(statistics.insuranceFund),
    },
    badDebt: formatDecimal(badDebt),
    adl: {
      events: statistics.adlCloseOuts,
      accounts: statistics.adlAccounts.size,
      notional: formatDecimal(statistics.adlNotional),
      hedgesOverridden: statistics.hedgesOverridden,
    },
    openInterestLoss: formatDecimal(losses.openInterest),
    socializedLoss: formatDecimal(losses.socialized),
    unallocatedLoss: formatDecimal(losses.unallocated),
    whoPaid: [
      { who: 'bankrupt accounts', amount: formatDecimal(losses.bankruptAccounts) },
      { who: 'liquidity buffer', amount: formatDecimal(losses.buffer) },
      { who: 'insurance fund', amount: formatDecimal(losses.insuranceFund) },
      { who: 'insurance tranches', amount: formatDecimal(losses.tranches) },
      { who: 'deleveraged profits', amount: formatDecimal(losses.deleveraged) },
      { who: 'open interest', amount: formatDecimal(losses.openInterest) },
      { who: 'socialized profits', amount: formatDecimal(losses.socialized) },
      { who: 'nobody yet', amount: formatDecimal(losses.unallocated) },
    ],
    lossLedgerSum: formatDecimal(lossLedgerSum(losses)),
    marketPrices: marketPricesOf(statistics),
    worstMoments: worstMomentsOf(statistics),
  };
}

/** The mean, and what 95 of 100 do not exceed, to the millisecond. */
function durationView(lastedMs: readonly number[]): ReplayResult['durationMs'] {
  if (lastedMs.length === 0) return null;
  const sorted = [...lastedMs].sort((a, b) => a - b);
  const total = sorted.reduce((sum, lasted) => sum + lasted, 0);
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
  return { mean: Math.round(total / sorted.length), p95 };
}

const wayResultOf = ([way, tally]: readonly [Way, WayTally]): WayResult => ({
  way,
  chosen: tally.chosen,
  left: Object.fromEntries([...tally.left].sort(([a], [b]) => (a < b ? -1 : 1))),
  closeOuts: tally.closeOuts,
  notional: formatDecimal(tally.notional),
  cost: formatDecimal(tally.cost),
});

const breakerTripOf = (story: BreakerStory): BreakerTrip => ({
  market: story.market,
  reason: story.reason,
  measured: formatDecimal(story.measured),
  threshold: formatDecimal(story.threshold),
  at: utc(story.trippedMs),
  releasedAt: story.releasedMs === null ? null : utc(story.releasedMs),
  cause: story.cause,
});

function marketPricesOf({ prices }: Statistics): MarketPrices[] {
  return [...prices].map(([market, { start, low, lowMs, high, end }]) => ({
    market,
    start: formatDecimal(start),
    low: formatDecimal(low),
    lowAt: utc(lowMs),
    high: formatDecimal(high),
    end: formatDecimal(end),
  }));
}

function worstMomentsOf({ moments }: Statistics): WorstMoment[] {
  const weight = ({ notionalClosed, badDebt }: Moment): Money => add(notionalClosed, badDebt);
  const sorted = [...moments.values()].sort((a, b) => cmp(weight(b), weight(a)));
  return sorted.slice(0, WORST_MOMENTS).map((moment) => ({
    at: utc(moment.timeMs),
    started: moment.started,
    closeOuts: moment.closeOuts,
    notionalClosed: formatDecimal(moment.notionalClosed),
    badDebt: formatDecimal(moment.badDebt),
  }));
}
