/**
 * The covariance that makes positions in other markets count, as `adl-allocation` reads it.
 * @module
 */
import { factorExposure, principalFactor } from 'plimsoll/risk';
import { neg, type Price, rawOf, type Size, ZERO_PRICE } from 'plimsoll/units';
import { score, size } from './quantity.ts';
import {
  accepted,
  checked,
  id,
  list,
  oneOf,
  optional,
  type Reading,
  record,
  refused,
  type ValueOf,
} from './shape.ts';

const MARKETS_MAX = 32;

const rowFields = {
  market: id('Its name; each once'),
  covariances: list('With each market, in the order of the rows', score('Price²'), {
    atLeast: 1,
    atMost: MARKETS_MAX,
  }),
};

type Row = ValueOf<typeof rowFields>;

function matrixProblem(rows: readonly Row[]): string | null {
  for (const [i, { market, covariances }] of rows.entries()) {
    if (covariances.length !== rows.length) {
      return `expected ${rows.length} covariances of ${market}, was ${covariances.length}`;
    }
    if (rawOf(covariances[i]!) < 0n) return `expected a variance of ${market} of at least 0`;
    for (const [j, value] of covariances.entries()) {
      const mirrored = rows[j]!.covariances[i];
      if (mirrored !== undefined && mirrored !== value) {
        return `expected the covariances of ${market} and ${rows[j]!.market} to be equal`;
      }
    }
  }
  return null;
}

export const otherPositions = optional(
  list(
    'Of the account in other markets; they count where a covariance is given',
    record('A position', {
      market: id('A row of the covariance'),
      size: size('Signed: + long, − short'),
    }),
    { atMost: MARKETS_MAX, unique: 'market' },
  ),
);

export const factorFields = {
  market: optional(id('Row of the covariance that the candidates are in')),
  covariance: optional(
    checked(
      list(
        'Covariance of price changes; leverage is to its largest factor',
        record('A row', rowFields),
        {
          atLeast: 1,
          atMost: MARKETS_MAX,
          unique: 'market',
        },
      ),
      matrixProblem,
    ),
  ),
  hedges: optional(
    oneOf('Whether hedges may be closed; "ignore": they may', ['ignore', 'protect']),
  ),
};

export type Factor = {
  /** Of the market of the candidates, > 0. */
  readonly factorLoading: Price;
  readonly loadings: readonly { readonly market: string; readonly loading: Price }[];
  /** Other exposure of a candidate. */
  readonly otherExposure: (
    positions: readonly { readonly market: string; readonly size: Size }[],
  ) => bigint;
};

type FactorInput = ValueOf<typeof factorFields> & {
  readonly kind: 'linear' | 'inverse';
  readonly candidates: readonly {
    readonly otherPositions: readonly { readonly market: string; readonly size: Size }[] | null;
  }[];
};

/** The factor of the input, with the sign that makes its loading of the market positive. */
export function factorOf(input: FactorInput): Reading<Factor | null> {
  const { covariance, market, kind, candidates } = input;
  if (covariance === null) {
    if (market !== null) return refused('covariance', 'missing, expected one as market is given');
    return accepted(null);
  }
  if (kind === 'inverse') return refused('covariance', 'expected none for inverse contracts');
  const names = covariance.map((row) => row.market);
  const own = market === null ? -1 : names.indexOf(market);
  if (own < 0) return refused('market', `expected one of ${names.join(', ')}`);
  const found = principalFactor(covariance.map((row) => row.covariances));
  if (found === null) {
    return refused('covariance', 'expected some variance, and no negative eigenvalue before it');
  }
  const signed = rawOf(found[own]!) < 0n ? found.map(neg) : found;
  if (rawOf(signed[own]!) === 0n) {
    return refused('market', `expected a market that moves with the others, ${market} does not`);
  }
  const problem = strangers({ candidates, names, own });
  if (problem !== null) return problem;
  const loadingOf = new Map(names.map((name, at) => [name, signed[at]!]));
  return accepted({
    factorLoading: signed[own]!,
    loadings: names.map((name, at) => ({ market: name, loading: signed[at]! })),
    otherExposure: (positions) =>
      factorExposure(
        positions.map((each) => {
          return { size: each.size, loading: loadingOf.get(each.market) ?? ZERO_PRICE };
        }),
      ),
  });
}

function strangers({
  candidates,
  names,
  own,
}: {
  readonly candidates: FactorInput['candidates'];
  readonly names: readonly string[];
  readonly own: number;
}) {
  const others = names.filter((_, at) => at !== own);
  for (const [i, candidate] of candidates.entries()) {
    for (const [j, { market }] of (candidate.otherPositions ?? []).entries()) {
      if (others.includes(market)) continue;
      const path = `candidates[${i}].otherPositions[${j}].market`;
      return refused(path, `expected another market of the covariance, was "${market}"`);
    }
  }
  return null;
}
