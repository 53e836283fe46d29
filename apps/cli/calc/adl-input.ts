/**
 * Candidates of an auto-deleveraging as the formulas about them read them.
 * @module
 */
import type { AdlCandidate } from 'plimsoll/risk';
import { abs, gt, isNegative, isPositive, isZero } from 'plimsoll/units';
import { count, money, ratio, score, size } from './quantity.ts';
import {
  accepted,
  checked,
  fallback,
  id,
  list,
  oneOf,
  optional,
  type Reading,
  refused,
  type Shape,
  type ValueOf,
} from './shape.ts';

export const CANDIDATES_MAX = 10_000;

const margin = (meaning: string) => optional(money(meaning, { atLeast: '0' }));

export const candidateFields = {
  account: id('Account; each once'),
  size: checked(size('Of its position; signed, or a magnitude where side is given'), (value) =>
    isZero(value) ? 'expected a size other than 0, was "0"' : null,
  ),
  equity: money('Of the account at the mark, signed; not eligible unless above 0'),
  unrealizedPnl: money('Of the position, signed'),
  maintenanceMargin: margin('Of the account; absent: the position stands alone'),
  legMaintenanceMargin: margin('Of the position, at most that of the account'),
  entryValue: optional(money('Of the position, signed; absent: from the unrealized PnL')),
  score: optional(score('Replaces the computed score of a queue')),
};

/** Terms of `risk-aware-pro-rata`. */
export const riskFields = {
  riskExponent: fallback(
    count('Power of leverage in risk-aware-pro-rata; default 1', { atLeast: 0, atMost: 4 }),
    1,
  ),
  riskThreshold: optional(
    ratio('Leverage up to which risk-aware-pro-rata takes nothing; replaces the exponent', {
      atLeast: '0',
    }),
  ),
};

type Candidate = ValueOf<typeof candidateFields>;

/** The rules between two fields of a candidate. */
const inOrder = (candidate: Candidate & Pick<AdlCandidate, 'marginEquity'>): string | null => {
  const { equity, marginEquity = null, maintenanceMargin, legMaintenanceMargin } = candidate;
  if (marginEquity !== null && gt(marginEquity, equity)) {
    return 'expected marginEquity of at most equity';
  }
  if (maintenanceMargin === null || legMaintenanceMargin === null) return null;
  return gt(legMaintenanceMargin, maintenanceMargin)
    ? 'expected legMaintenanceMargin of at most maintenanceMargin'
    : null;
};

export const adlCandidates = <T extends Candidate>(candidate: Shape<T>): Shape<readonly T[]> =>
  list('Positions of the other side, not in liquidation', checked(candidate, inOrder), {
    atMost: CANDIDATES_MAX,
    unique: 'account',
  });

export const candidateSide = optional(
  oneOf('Side of the candidates; absent: their sign', ['long', 'short']),
);

/** Side of the candidates: as stated, else their common sign; long where there are none. */
export function sideOf({
  side,
  candidates,
}: {
  readonly side: 'long' | 'short' | null;
  readonly candidates: readonly Pick<Candidate, 'size'>[];
}): Reading<1 | -1> {
  const long = candidates.findIndex((each) => isPositive(each.size));
  const short = candidates.findIndex((each) => isNegative(each.size));
  if (long >= 0 && short >= 0) {
    return refused(
      `candidates[${Math.max(long, short)}].size`,
      'expected the sign of the candidates before it: candidates are on one side',
    );
  }
  if (side === null) return accepted(short >= 0 ? -1 : 1);
  if (side === 'long' && short >= 0) {
    return refused(`candidates[${short}].size`, 'expected a size above 0, as side is "long"');
  }
  return accepted(side === 'long' ? 1 : -1);
}

/** As the formulas take them: sizes are magnitudes. */
export const magnitudes = <T extends Candidate>(candidates: readonly T[]): AdlCandidate[] =>
  candidates.map((each) => ({ ...each, size: abs(each.size) }));
