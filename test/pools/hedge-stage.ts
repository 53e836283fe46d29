/** Pools in which Alice is bankrupt when BTC falls to 70, and faces somebody who is hedged. */
import type { DeleveragingParameters, PoolParameters } from '../../src/engine/index.ts';
import { indexId, marketId, price } from '../../src/units/index.ts';
import { deleveraging, twoMarkets } from './loss-stage.ts';

export const loadings = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([market, loading]) => {
    return { market: marketId(market), loading: price(loading) };
  });

/** Hal's three short contracts weigh 15, his one of ETH stands against 9 of it. */
export const HALF_HEDGED = loadings({ 'BTC-PERP': '5', 'ETH-PERP': '9' });

/**
 * Alice, long 3 BTC at 100 with 30, faces Hal alone, who is long an ETH as well: at 70 she owes
 * 60, 20 a contract, and he has 120 where he came with 32. Then he may close 2 · 6 · 120 /
 * (5 · 120 + 6 · 20) = 2 contracts and is as exposed for what he has as before.
 */
export function halAlone(parameters: DeleveragingParameters | null, eth = '18') {
  const pool = twoMarkets();
  if (parameters !== null) pool.take({ type: 'ConfigureDeleveraging', parameters });
  const alice = pool.account('alice', '30');
  const hal = pool.account('hal', '32');
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '3', price: '100' });
  pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', eth, ['ETH-PERP']);
  return { ...pool, alice, hal };
}

export const crash = (pool: Pick<ReturnType<typeof twoMarkets>, 'price'>) =>
  pool.price('BTC', '70', ['BTC-PERP']);

/** Hal is hedged whole and first in the queue; Ned is as short, and has nothing else. */
export function halAndNed(
  parameters: DeleveragingParameters,
  changes: Partial<PoolParameters> = {},
) {
  const pool = twoMarkets({ adlPolicy: 'queue', ...changes });
  pool.take({ type: 'ConfigureDeleveraging', parameters });
  const alice = pool.account('alice', '40');
  const hal = pool.account('hal', '52');
  const ned = pool.account('ned', '300');
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '2', price: '100' });
  pool.fill(alice, ned, { market: 'BTC-PERP', size: '2', price: '100' });
  pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '10', price: '20' });
  return { ...pool, alice, hal, ned };
}

export const WHOLE = loadings({ 'BTC-PERP': '5', 'ETH-PERP': '1' });

/**
 * Hal is hedged whole; Lin is exposed, and in liquidation for her loss on SOL, which the factor
 * does not move.
 */
export function halAndLin() {
  const pool = twoMarkets({ adlPolicy: 'queue' });
  pool.index('SOL');
  pool.market('SOL-PERP', { index: indexId('SOL') });
  pool.price('SOL', '10', ['SOL-PERP']);
  pool.take(deleveraging('protect', WHOLE));
  const alice = pool.account('alice', '30');
  const hal = pool.account('hal', '52');
  // Lin's loss is on SOL, which the factor does not move.
  const lin = pool.account('lin', '60');
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '2', price: '100' });
  pool.fill(alice, lin, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '10', price: '20' });
  pool.fill(lin, pool.maker, { market: 'SOL-PERP', size: '40', price: '10' });
  pool.price('SOL', '9', ['SOL-PERP']);
  return { ...pool, alice, hal, lin };
}

/** The example of docs/adl.md: three shorts of two contracts each, of whom two are long of ETH. */
export function threeShorts(contracts: string, parameters: DeleveragingParameters) {
  const pool = twoMarkets({ adlPolicy: 'queue' });
  pool.take({ type: 'ConfigureDeleveraging', parameters });
  const alice = pool.account('alice', `${Number(contracts) * 10}`);
  const shorts = { hal: ['52', '10'], ivy: ['52', '6'], ned: ['300', null] } as const;
  for (const [name, [deposit, eth]] of Object.entries(shorts)) {
    const short = pool.account(name, deposit);
    pool.fill(pool.maker, short, { market: 'BTC-PERP', size: '2', price: '100' });
    if (eth !== null) pool.fill(short, pool.maker, { market: 'ETH-PERP', size: eth, price: '20' });
  }
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: contracts, price: '100' });
  return pool;
}
