/** One hash over all parameters in force: equal hashes mean the same rules. @module */
import { createHash } from 'node:crypto';
import {
  AssetParameters,
  encode,
  IndexParameters,
  list,
  MarketParameters,
  PoolParameters,
  type PoolView,
  record,
} from '../engine/index.ts';

const Configuration = record({
  pool: PoolParameters,
  indexes: list(IndexParameters),
  assets: list(AssetParameters),
  markets: list(MarketParameters),
});

/** SHA-256 in hex; null while the pool is not configured. */
export function configurationHash(state: PoolView): string | null {
  const { parameters: pool, indexes, assets, markets } = state;
  if (pool === null) return null;
  const bytes = encode(Configuration, {
    pool,
    indexes: indexes.map(({ parameters }) => parameters),
    assets: assets.map(({ parameters }) => parameters),
    markets: markets.map(({ parameters }) => parameters),
  });
  return createHash('sha256').update(bytes).digest('hex');
}
