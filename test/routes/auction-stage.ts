/** The markets that auctions are tried in, and what a random history is made of. @module */
import type { Random } from '../model/random.ts';
import type { Driver } from '../pools/pool-driver.ts';

export type Listed = {
  readonly name: string;
  /** Number of the index. */
  readonly coin: 0 | 1;
  readonly inverse: boolean;
  readonly lot: bigint;
};

export const MARKETS: readonly Listed[] = [
  { name: 'BTC-PERP', coin: 0, inverse: false, lot: 10n ** 15n },
  { name: 'ETH-PERP', coin: 1, inverse: false, lot: 10n ** 15n },
  { name: 'BTCUSD', coin: 0, inverse: true, lot: 10n ** 18n },
];

export type World = {
  readonly pool: Driver;
  readonly random: Random;
  /** Of the two coins. */
  readonly prices: bigint[];
};
