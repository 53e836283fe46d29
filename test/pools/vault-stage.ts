/** A pool whose only way out of a position is the backstop vault. @module */
import type { Event, VaultParameters } from '../../src/engine/index.ts';
import { assetId, formatDecimal } from '../../src/units/index.ts';
import { type Driver, eventsOf, poolDriver } from './pool-driver.ts';
import { depositVault, ladderOf, type Method, vault } from './sample-vault.ts';

export const PERP = { market: 'BTC-PERP' };
export const USDC = assetId('USDC');

type Stage = {
  readonly vault?: Partial<VaultParameters>;
  readonly ladder?: readonly Method[];
  /** What Carol pays in. */
  readonly capital?: string;
};

/** Alice is long 1 at 100 with 10; Carol's money stands behind the vault, the only way there is. */
export function stage({
  vault: changes = {},
  ladder = ['backstop'],
  capital = '1000',
}: Stage = {}) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(ladderOf(...ladder));
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '50000');
  const holder = pool.account('vault');
  const carol = pool.account('carol', '5000');
  const dave = pool.account('dave', '5000');
  pool.take(vault(changes));
  pool.take(depositVault('carol', capital));
  pool.fill(alice, maker, { ...PERP, size: '1', price: '100' });
  const balance = (account: typeof alice) => formatDecimal(pool.accountOf(account).balance);
  return { ...pool, alice, maker, holder, carol, dave, balance };
}

export const fallTo = (pool: Pick<Driver, 'price'>, to: string): Event[] =>
  pool.price('BTC', to, ['BTC-PERP']);
/** Time passes without making a price stale. */
export function passTo(pool: Driver, milliseconds: number, at = '100'): void {
  for (let left = milliseconds; left > 0; left -= 50_000) {
    pool.wait(Math.min(left, 50_000));
    fallTo(pool, at);
  }
}
export const taken = (events: readonly Event[]) => eventsOf(events, 'AccountTakenOver');
export const sharesOf = (pool: Driver) =>
  pool.engine.state.vault!.providers.map((provider) => formatDecimal(provider.shares));
