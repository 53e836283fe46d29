/** One hash over all parameters in force: equal hashes mean the same rules. @module */
import { createHash } from 'node:crypto';
import {
  AmmParameters,
  AssetParameters,
  AuctionParameters,
  BreakerParameters,
  CloseOutParameters,
  DeleveragingParameters,
  DirectParameters,
  encode,
  FinderParameters,
  IndexParameters,
  LendingParameters,
  LinkParameters,
  LiquidityParameters,
  LossSharingParameters,
  list,
  MarketParameters,
  nullable,
  PoolParameters,
  type PoolView,
  PriceGuardParameters,
  RoutingParameters,
  record,
  VaultParameters,
  WaterfallParameters,
} from '../engine/index.ts';

const Configuration = record({
  pool: PoolParameters,
  closeOuts: nullable(CloseOutParameters),
  routing: nullable(RoutingParameters),
  direct: nullable(DirectParameters),
  finders: nullable(FinderParameters),
  vault: nullable(VaultParameters),
  waterfall: nullable(WaterfallParameters),
  links: nullable(LinkParameters),
  lossSharing: nullable(LossSharingParameters),
  deleveraging: nullable(DeleveragingParameters),
  auctions: nullable(AuctionParameters),
  indexes: list(IndexParameters),
  assets: list(AssetParameters),
  desks: list(LendingParameters),
  markets: list(
    record({
      parameters: MarketParameters,
      liquidity: nullable(LiquidityParameters),
      breakers: nullable(BreakerParameters),
      priceGuards: nullable(PriceGuardParameters),
      amm: nullable(AmmParameters),
    }),
  ),
});

/** SHA-256 in hex; null while the pool is not configured. */
export function configurationHash(state: PoolView): string | null {
  const { parameters: pool, closeOuts, routing, direct, finders, vault, waterfall } = state;
  const { links, lossSharing, deleveraging, auctions, indexes, assets, desks, markets } = state;
  if (pool === null) return null;
  const bytes = encode(Configuration, {
    pool,
    closeOuts,
    routing,
    direct,
    finders,
    vault: vault?.parameters ?? null,
    waterfall: waterfall?.parameters ?? null,
    links: links && linkParameters(links),
    lossSharing,
    deleveraging,
    auctions,
    indexes: indexes.map(({ parameters }) => parameters),
    assets: assets.map(({ parameters }) => parameters),
    desks: desks.map(({ parameters }) => parameters),
    markets: markets.map(({ parameters, liquidity, breakers, priceGuards, amm }) => {
      return { parameters, liquidity, breakers, priceGuards, amm };
    }),
  });
  return createHash('sha256').update(bytes).digest('hex');
}

const linkParameters = ({ pool, links }: NonNullable<PoolView['links']>): LinkParameters => ({
  pool,
  others: links.filter(({ open }) => open).map((link) => link.pool),
});
