/** How positions in other markets count when somebody is deleveraged in one. @module */
import { type AdlFactorTerms, factorExposure } from '../risk/index.ts';
import type { MarketId, Price } from '../units/index.ts';
import type { AccountView, PoolView } from './state.ts';

export type Factor = {
  /** Of the market that is deleveraged. */
  readonly terms: AdlFactorTerms & { readonly factorLoading: Price };
  /** Of an account to the factor, but for what it has in that market; exact. */
  readonly otherExposure: (account: AccountView) => bigint;
};

/** Null where the market stands alone. */
export function factorOf({ deleveraging, markets }: PoolView, market: MarketId): Factor | null {
  if (deleveraging === null) return null;
  const { hedges, loadings } = deleveraging;
  const loadingOf = new Map(loadings.map((entry) => [entry.market, entry.loading]));
  const factorLoading = loadingOf.get(market);
  if (factorLoading === undefined) return null;
  const otherExposure = ({ positions }: AccountView): bigint =>
    factorExposure(
      positions.flatMap((position) => {
        const other = markets[position.market]!.parameters.market;
        const loading = loadingOf.get(other);
        return other === market || loading === undefined ? [] : [{ loading, size: position.size }];
      }),
    );
  return { terms: { factorLoading, hedges }, otherExposure };
}
