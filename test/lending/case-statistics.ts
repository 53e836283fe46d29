/**
 * Sums and medians over cases, and what the records themselves say of the assumptions.
 * @module
 */
import { approximate } from '../../src/units/index.ts';
import type { BorrowEpisode } from './borrow-episodes.ts';
import type { Case } from './seizure-report.ts';

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
};

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

export type CaseSummary = {
  readonly cases: number;
  readonly realRepaid: number;
  readonly realSeized: number;
  readonly ourRepaid: number;
  readonly ourSeized: number;
  /** Share of the sum that ours is less; below 0: more. */
  readonly less: number;
  readonly medianLess: number;
  readonly medianHealth: number;
  /** Cases in which ours repays less than was repaid. */
  readonly lower: number;
  readonly whole: number;
};

export function summaryOf(cases: readonly Case[], target: number): CaseSummary {
  const ours = cases.map((each) => each.ours[target]!);
  const realRepaid = total(cases.map(({ real }) => real.repaid));
  const ourRepaid = total(ours.map(({ repaid }) => repaid));
  const lessEach = cases.map(({ real }, at) => 1 - ours[at]!.repaid / real.repaid);
  return {
    cases: cases.length,
    realRepaid,
    ourRepaid,
    realSeized: total(cases.map(({ real }) => real.seized)),
    ourSeized: total(ours.map(({ seized }) => seized)),
    less: 1 - ourRepaid / realRepaid,
    medianLess: median(lessEach),
    medianHealth: median(cases.map(({ health }) => health)),
    lower: lessEach.filter((less) => less > 0).length,
    whole: ours.filter(({ isWhole }) => isWhole).length,
  };
}

/** Cases by one of their labels, in the order of its first use. */
export function casesBy(cases: readonly Case[], label: 'pair' | 'month'): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const group = groups.get(each[label]) ?? [];
    group.push(each);
    groups.set(each[label], group);
  }
  return groups;
}

export type EpisodeFacts = {
  /** Episodes followed by another of the same account and pair within a day. */
  readonly again: number;
  /** Of those, the ones after which the next first step repaid half as much, to a thousandth. */
  readonly againByHalf: number;
  /** Episodes of accounts that were liquidated in another pair within the hour, before or after. */
  readonly otherPair: number;
  readonly ofSeveralSteps: number;
};

const HOUR_MS = 3_600_000;

export function episodeFacts(episodes: readonly BorrowEpisode[]): EpisodeFacts {
  const accounts = new Map<string, BorrowEpisode[]>();
  for (const episode of episodes) {
    const key = `${episode.first.pool} ${episode.first.account}`;
    const group = accounts.get(key) ?? [];
    group.push(episode);
    accounts.set(key, group);
  }
  let [again, againByHalf, otherPair] = [0, 0, 0];
  for (const [at, episode] of [...accounts.values()].flatMap((group) => [...group.entries()])) {
    const { first } = episode;
    const group = accounts.get(`${first.pool} ${first.account}`)!;
    const apart = (other: BorrowEpisode): number => Math.abs(other.first.atMs - first.atMs);
    const next = group.slice(at + 1).find((other) => isSamePair(other, episode));
    if (next !== undefined && apart(next) <= 24 * HOUR_MS) {
      again += 1;
      const share = approximate(next.first.repaid) / approximate(first.repaid);
      if (Math.abs(share - 0.5) <= 0.0005) againByHalf += 1;
    }
    const isOther = (other: BorrowEpisode) =>
      apart(other) <= HOUR_MS && !isSamePair(other, episode);
    if (group.some(isOther)) otherPair += 1;
  }
  const ofSeveralSteps = episodes.filter(({ steps }) => steps > 1).length;
  return { again, againByHalf, otherPair, ofSeveralSteps };
}

const isSamePair = (a: BorrowEpisode, b: BorrowEpisode): boolean =>
  a.first.collateralAsset === b.first.collateralAsset && a.first.debtAsset === b.first.debtAsset;
