/**
 * What was really repaid and seized beside what target-health sizing would have, case by case.
 * Every case is decided in exact arithmetic; its values in dollars are floats, for statistics.
 * @module
 */
import { approximate, type Ratio, ratio, sub, valueDown } from '../../src/units/index.ts';
import { type BorrowEpisode, borrowEpisodes } from './borrow-episodes.ts';
import type { RecordedLiquidation, RecordedMarket } from './recorded-liquidations.ts';
import {
  ASSUMPTIONS,
  type Assumption,
  collateralUnder,
  healthOf,
  isWholeAnyway,
  resized,
  stateOf,
} from './resizing.ts';
import { type UsableLiquidation, usableLiquidation } from './usable-prices.ts';

export const TARGETS: readonly Ratio[] = [ratio('1.05'), ratio('1.25')];

/** One episode under one assumption; values in dollars. */
export type Case = {
  readonly pair: string;
  readonly month: string;
  readonly health: number;
  readonly real: { readonly repaid: number; readonly seized: number };
  readonly ours: readonly {
    readonly repaid: number;
    readonly seized: number;
    readonly isWhole: boolean;
  }[];
};

export type SeizureReport = {
  readonly records: number;
  readonly usable: readonly UsableLiquidation[];
  readonly unusable: ReadonlyMap<string, number>;
  /** Assets of the collateral whose prices give back no bonus, most first. */
  readonly worstAssets: readonly (readonly [asset: string, count: number])[];
  readonly episodes: readonly BorrowEpisode[];
  readonly cases: ReadonlyMap<Assumption, readonly Case[]>;
  /** Cases in which no part of the debt reaches the target, by target. */
  readonly wholeAnyway: readonly number[];
};

export function seizureReport(
  market: RecordedMarket,
  thresholdLess: Ratio = ratio('0'),
): SeizureReport {
  const usable: UsableLiquidation[] = [];
  const unusable = new Map<string, number>();
  const assets = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string, by = 1) =>
    counts.set(key, (counts.get(key) ?? 0) + by);
  for (const [asset, records] of market.withoutParameters) {
    count(unusable, `${asset} has no parameters`, records);
  }
  for (const record of market.liquidations) {
    const read = usableLiquidation(record);
    if (typeof read !== 'string') {
      usable.push({ ...read, liquidationThreshold: sub(read.liquidationThreshold, thresholdLess) });
      continue;
    }
    count(unusable, read);
    if (read === 'the prices give back no bonus') count(assets, record.collateralAsset);
  }
  const episodes = borrowEpisodes(usable);
  const records = usable.length + [...unusable.values()].reduce((total, each) => total + each, 0);
  return {
    records,
    usable,
    unusable,
    worstAssets: [...assets].sort(([, a], [, b]) => b - a),
    episodes,
    cases: new Map(ASSUMPTIONS.map((assumption) => [assumption, casesOf(episodes, assumption)])),
    wholeAnyway: TARGETS.map(
      (target) => episodes.filter(({ first }) => isWholeAnyway(first, target)).length,
    ),
  };
}

function casesOf(episodes: readonly BorrowEpisode[], assumption: Assumption): Case[] {
  return episodes.flatMap((episode) => {
    const collateral = collateralUnder(episode, assumption);
    if (collateral === null) return [];
    const state = stateOf(episode, collateral);
    const { collateralPrice, debtPrice, dollarsPerEther } = episode.first;
    const dollars = ({ repaid, seized }: Pick<BorrowEpisode, 'repaid' | 'seized'>) => ({
      repaid: approximate(valueDown(repaid, debtPrice)) * dollarsPerEther,
      seized: approximate(valueDown(seized, collateralPrice)) * dollarsPerEther,
    });
    const ours = TARGETS.map((target) => {
      const close = resized(state, target);
      return { ...dollars(close), isWhole: close.isWhole };
    });
    return [{ ...labelsOf(episode.first), health: healthOf(state), real: dollars(episode), ours }];
  });
}

const labelsOf = ({ collateralAsset, debtAsset, atMs }: RecordedLiquidation) => ({
  pair: `${collateralAsset} for ${debtAsset}`,
  month: new Date(atMs).toISOString().slice(0, 7),
});
