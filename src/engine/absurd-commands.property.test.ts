/**
 * Assertions cover only what our own code decided. Whatever numbers an outside party sends, in
 * whatever order, a command is accepted or rejected and the pool still balances: nothing throws.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryCommandOf, commandTypes } from '../../test/pools/arbitrary-records.ts';
import { type Driver, poolDriver } from '../../test/pools/pool-driver.ts';
import { asset } from '../../test/pools/sample-commands.ts';
import { engineTimeMs, fromRaw, indexId, money, size, type Wad } from '../units/index.ts';
import { audit, type Command } from './index.ts';

/** Names that exist in the pool, by the field that they may stand in. */
const known: { readonly [field: string]: readonly string[] } = {
  account: ['alice', 'maker', 'child', 'new'],
  buyer: ['alice', 'maker', 'child', 'house'],
  seller: ['maker', 'alice', 'house'],
  from: ['alice', 'maker'],
  to: ['child', 'maker'],
  parent: ['alice'],
  collateralBuyer: ['house'],
  market: ['BTC-PERP', 'BTCUSD', 'BTC-DATED'],
  asset: ['USDC', 'ETH'],
  settlementAsset: ['USDC'],
  index: ['BTC', 'ETH'],
  source: ['feed'],
};

/** A number from 0 up that an object decides, so that a shrunk command keeps its names. */
const spread = (values: readonly string[], salt: number): string => values[salt % values.length]!;

/** The same command about accounts, markets and assets that exist, and of the present. */
function aboutThePool(value: unknown, salt: number, now: number): unknown {
  if (Array.isArray(value)) return value.map((entry, at) => aboutThePool(entry, salt + at, now));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([field, inner]): [string, unknown] => {
    if (typeof inner === 'string' && known[field]) return [field, spread(known[field], salt)];
    if (field === 'owner') return [field, 'alice'];
    if (field === 'timeMs') return [field, now];
    return [field, aboutThePool(inner, salt, now)];
  });
  return Object.fromEntries(entries);
}

/** Quantities made moderate now and then, so that extreme ones meet a pool that is in use. */
function moderated(value: unknown, divisor: bigint): unknown {
  if (typeof value === 'bigint') return fromRaw<Wad>(value / divisor);
  if (Array.isArray(value)) return value.map((entry) => moderated(entry, divisor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, moderated(inner, divisor)]),
  );
}

const OUTSIDE = commandTypes.filter(
  (type) => !['StartLiquidations', 'StepLiquidation', 'SettleMarket'].includes(type),
);

const absurd = fc.record({
  command: fc.oneof(...OUTSIDE.map(arbitraryCommandOf)),
  divisor: fc.constantFrom(1n, 1n, 10n ** 9n, 10n ** 18n),
  salt: fc.nat(11),
  wait: fc.constantFrom(0, 1, 1_000, 70_000),
});

/** A pool of every kind of contract, with positions in each. */
function world(): Driver {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  const coin = { lot: size('1'), notionalMin: money('0.001') };
  pool.market('BTCUSD', { kind: 'inverse', ...coin });
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(500_000) });
  pool.take(asset('ETH', { index: indexId('ETH') }));
  pool.price('ETH', '20');
  pool.price('BTC', '100', ['BTC-PERP', 'BTCUSD', 'BTC-DATED']);
  const alice = pool.account('alice', '100');
  const maker = pool.account('maker', '100000');
  pool.account('house', '1000');
  for (const market of ['BTC-PERP', 'BTC-DATED']) {
    pool.fill(alice, maker, { market, size: '1', price: '100' });
  }
  pool.fill(alice, maker, { market: 'BTCUSD', size: '100', price: '100' });
  return pool;
}

test('no command makes the engine throw, whatever its numbers', () => {
  const taken = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(absurd, { minLength: 1, maxLength: 25 }), (commands) => {
      const pool = world();
      for (const { command, divisor, salt, wait } of commands) {
        pool.wait(wait);
        const own = aboutThePool(moderated(command, divisor), salt, pool.now()) as Command;
        const { code } = pool.attempt(own);
        const outcome = `${own.type} ${code === null ? 'accepted' : 'rejected'}`;
        taken.set(outcome, (taken.get(outcome) ?? 0) + 1);
      }
      assert.deepEqual(audit(pool.engine.state).problems, []);
    }),
    { numRuns: 400 },
  );
  for (const type of OUTSIDE.filter((name) => name !== 'FinishOrder')) {
    assert.ok((taken.get(`${type} accepted`) ?? 0) > 0, `${type} was never accepted`);
  }
});
