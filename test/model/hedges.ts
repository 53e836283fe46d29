/**
 * How positions in other markets count in an auto-deleveraging. See docs/spec/engine.md, section
 * "Auto-deleveraging".
 * @module
 */
import { areDistinct } from './configuration.ts';
import type { Deleveraging, Holder } from './deleverage-deal.ts';
import { magnitude, total } from './integers.ts';
import {
  type Account,
  type Answer,
  findMarket,
  type Ledger,
  type Loadings,
  type ModelCommandOf,
} from './ledger.ts';
import { isModerate } from './limits.ts';

const isSound = ({ hedges, loadings }: Loadings): boolean =>
  areDistinct(loadings.map(({ market }) => market)) &&
  loadings.every(({ loading }) => loading > 0n && isModerate(loading)) &&
  (hedges === 'ignore' || loadings.length > 0);

export function configureDeleveraging(
  ledger: Ledger,
  { parameters }: ModelCommandOf<'ConfigureDeleveraging'>,
): Answer {
  if (!isSound(parameters)) return 'INVALID_PARAMETER';
  const named = parameters.loadings.map(({ market }) => findMarket(ledger, market));
  if (named.includes(undefined)) return 'MARKET_UNKNOWN';
  if (named.some((market) => market!.parameters.kind === 'inverse')) return 'INVALID_PARAMETER';
  ledger.deleveraging = parameters;
  return [{ type: 'DeleveragingConfigured', parameters }];
}

/** What a unit of a market moves by with the factor; null where it stands alone. */
export const loadingOf = ({ deleveraging }: Ledger, market: string): bigint | null =>
  deleveraging?.loadings.find((entry) => entry.market === market)?.loading ?? null;

/** Of everything an account holds but for one market, signed, in units of 1e-36. */
export const exposureElsewhere = (ledger: Ledger, account: Account, market: string): bigint =>
  total(
    account.positions
      .filter((position) => position.market !== market)
      .map((position) => (loadingOf(ledger, position.market) ?? 0n) * position.size),
  );

/** Exposure on the side of the leg. */
export const exposureOf = ({ size, elsewhere }: Holder, { loading, long }: Deleveraging) =>
  (loading ?? 0n) * size + (long ? elsewhere : -elsewhere);

/**
 * Most lots after which a holder is no more exposed for what it has. From none up to there every
 * number is lawful, and none is beyond: found by halving.
 */
export function lotsKeepingHedges(holder: Holder, input: Deleveraging): bigint {
  const { loading, protect, lot, gap, quantity } = input;
  const held = holder.size / lot;
  if (loading === null || !protect) return held;
  const before = exposureOf(holder, input);
  if (before <= 0n) return 0n;
  const isLawful = (lots: bigint): boolean => {
    const after = magnitude(before - loading * lots * lot);
    const left = holder.equity * quantity - gap * lots * lot;
    return after * holder.equity * quantity <= before * left;
  };
  let lawful = 0n;
  let beyond = held + 1n;
  while (beyond - lawful > 1n) {
    const middle = (lawful + beyond) / 2n;
    if (isLawful(middle)) lawful = middle;
    else beyond = middle;
  }
  return lawful;
}
