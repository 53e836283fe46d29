/**
 * Whatever numbers arrive under the names of other pools, true or not, in whatever order: a command
 * is accepted or rejected, no assertion is tripped, and the pool balances. A host that lies can
 * bring in money as it could by a deposit, and no more than that.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  alice,
  bob,
  confirmOf,
  depositOf,
  ETH,
  linksOf,
  pledgeOf,
  pricedPool,
  releaseOf,
  returnOf,
  transferOf,
  USDC,
  withdrawalOf,
} from '../../test/links/linked-pools.ts';
import { EXTREMES, exchanged } from '../../test/pools/exchanged-numbers.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { fill } from '../../test/pools/sample-commands.ts';
import { accountId, amount, price, size } from '../units/index.ts';
import { audit, type Command, type CommandOf, encodeHead, restorePool } from './index.ts';

const MAKER = accountId('maker');

function world(): Driver {
  const pool = pricedPool();
  pool.take(linksOf('alpha', ['beta', 'gamma']));
  for (const [name, money] of [
    ['alice', '1000'],
    ['bob', '200'],
    ['maker', '100000'],
  ]) {
    pool.account(name!, money);
  }
  pool.take(depositOf(alice, '100', ETH));
  return pool;
}

const linkOf = ({ engine }: Driver, pool: string) =>
  engine.state.links!.links.find((link) => link.pool === pool)!;

/** The next that this pool would take from another. */
function arriving(
  pool: Driver,
  fromPool: 'beta' | 'gamma',
  changes: Partial<CommandOf<'TransferIn'>> = {},
): Command {
  return {
    type: 'TransferIn',
    fromPool,
    number: linkOf(pool, fromPool).received + 1,
    purpose: 'transfer',
    pledge: null,
    fromAccount: alice,
    account: bob,
    asset: USDC,
    amount: amount('25'),
    ...changes,
  };
}

/** A pledge of Alice's, or one that she may never have given, comes home. */
function homecoming(pool: Driver): Command {
  const { outgoing, pledges } = linkOf(pool, 'beta');
  const [pledge] = [...pledges, ...outgoing.filter(({ purpose }) => purpose === 'pledge')];
  const asset = pledge === undefined || pledge.asset === null ? USDC : ETH;
  return arriving(pool, 'beta', {
    purpose: 'release',
    pledge: pledge?.number ?? 1,
    account: alice,
    asset,
    amount: pledge?.amount ?? amount('1'),
  });
}

const oldest = (pool: Driver): number => linkOf(pool, 'beta').outgoing[0]?.number ?? 1;
const held = (pool: Driver): number => linkOf(pool, 'beta').held[0]?.number ?? 1;

const COMMANDS: readonly ((pool: Driver) => Command)[] = [
  () => transferOf('3'),
  () => transferOf('1', { asset: ETH }),
  () => pledgeOf('30'),
  () => pledgeOf('5', { asset: ETH }),
  () => transferOf('10', { account: bob, toPool: 'gamma', toAccount: alice }),
  (pool) => confirmOf(oldest(pool)),
  (pool) => returnOf(oldest(pool)),
  (pool) => arriving(pool, 'beta'),
  (pool) => arriving(pool, 'gamma', { asset: ETH }),
  (pool) => arriving(pool, 'beta', { purpose: 'pledge' }),
  (pool) => arriving(pool, 'beta', { purpose: 'pledge', asset: ETH }),
  homecoming,
  homecoming,
  (pool) => releaseOf(held(pool), 'beta'),
  () => withdrawalOf(bob, '50'),
  () => linksOf('alpha', ['beta']),
  () => linksOf('alpha', ['beta', 'gamma']),
  () => trade('20'),
  () => trade('-30'),
];

/** Bob buys, or sells where the size is negative, somewhat dear. */
const trade = (text: string): Command => {
  const buys = !text.startsWith('-');
  const [buyer, seller] = buys ? [bob, MAKER] : [MAKER, bob];
  return fill({ buyer, seller, size: size(text.replace('-', '')), price: price('103') });
};

const step = fc.record({
  which: fc.nat(COMMANDS.length),
  at: fc.integer({ min: 80, max: 120 }),
  twist: fc.option(fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) }), {
    nil: null,
    freq: 3,
  }),
});

test('no number that comes under the name of another pool makes the engine throw', () => {
  const accepted = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const pool = world();
      for (const { which, at, twist } of steps) {
        pool.wait(1);
        const make = COMMANDS[which];
        if (make === undefined) {
          pool.price('BTC', `${at}`, ['BTC-PERP']);
          continue;
        }
        const command = make(pool);
        const sent = twist === null ? command : exchanged(command, twist);
        const { code, events } = pool.attempt(sent);
        const name = events[0]?.type ?? 'nothing';
        if (code === null) accepted.set(name, (accepted.get(name) ?? 0) + 1);
      }
      const { state } = pool.engine;
      assert.deepEqual(audit(state).problems, []);
      const restored = restorePool(encodeHead({ ...state, accounts: [] }), []);
      assert.ok(restored.ok);
      assert.deepEqual(restored.state.links, state.links);
    }),
    { numRuns: 150 },
  );
  for (const type of [
    'TransferSent',
    'TransferReceived',
    'TransferRefused',
    'TransferConfirmed',
    'TransferReturned',
    'LinksConfigured',
  ]) {
    assert.ok((accepted.get(type) ?? 0) > 10, `${type}: ${accepted.get(type)}`);
  }
});
