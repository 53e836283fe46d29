/** INV-19 broken on purpose: each lie about capital between pools has to be stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alice,
  arrivalOf,
  bob,
  confirmOf,
  ETH,
  linkedPools,
  pledged,
  pledgeOf,
  releaseOf,
  returnOf,
  sent,
  transferOf,
  withdrawalOf,
} from '../../test/links/linked-pools.ts';
import { type Lie, less, more, toldOtherwise, truly } from '../../test/links/told-otherwise.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { accountId, amount } from '../units/index.ts';
import { audit, type Command } from './index.ts';

const numbered =
  (number: number): Lie =>
  () => ({ number });

/** What is sent by alpha while it has sent one transfer before. */
function sending(command: Command, lie: Lie): string | null {
  const { alpha } = linkedPools();
  sent(alpha, transferOf('1'));
  return toldOtherwise(alpha, command, lie);
}

test('a transfer out of its turn, of nothing, or of more than there is, is stopped', () => {
  assert.equal(sending(transferOf('5'), truly), null);
  assert.equal(sending(transferOf('5'), numbered(1)), 'INV-19');
  assert.equal(sending(transferOf('5'), numbered(3)), 'INV-19');
  assert.equal(
    sending(transferOf('5'), () => ({ toPool: 'omega' })),
    'INV-19',
  );
  assert.equal(
    sending(transferOf('5'), () => ({ amount: amount('0') })),
    'INV-19',
  );
  assert.equal(sending(transferOf('999'), truly), null);
  assert.equal(sending(transferOf('999'), more), 'INV-19');
  assert.equal(sending(pledgeOf('100', { asset: ETH }), more), 'INV-19');
});

test('what is received or refused twice, or too early, is stopped', () => {
  const receiving = (lie: Lie, changes = {}): string | null => {
    const { alpha, beta } = linkedPools();
    beta.take(arrivalOf('alpha', sent(alpha, transferOf('1'))));
    return toldOtherwise(beta, arrivalOf('alpha', sent(alpha, transferOf('2', changes))), lie);
  };
  const refused = { toAccount: accountId('nobody') };
  assert.equal(receiving(truly), null);
  assert.equal(receiving(truly, refused), null);
  for (const changes of [{}, refused]) {
    assert.equal(receiving(numbered(1), changes), 'INV-19');
    assert.equal(receiving(numbered(3), changes), 'INV-19');
  }
});

test('a transfer that is closed otherwise than it was sent is stopped', () => {
  const closing = (answer: (number: number) => Command, lie: Lie): string | null => {
    const { alpha } = linkedPools();
    sent(alpha, transferOf('5'));
    sent(alpha, transferOf('5', { asset: ETH }));
    return toldOtherwise(alpha, answer(1), lie);
  };
  for (const answer of [confirmOf, returnOf]) {
    assert.equal(closing(answer, truly), null);
    assert.equal(closing(answer, more), 'INV-19');
    assert.equal(closing(answer, less), 'INV-19');
    assert.equal(closing(answer, numbered(2)), 'INV-19');
    assert.equal(closing(answer, numbered(3)), 'INV-19');
    assert.equal(
      closing(answer, () => ({ account: bob })),
      'INV-19',
      'the name of another account',
    );
    assert.equal(
      closing(answer, () => ({ asset: ETH })),
      'INV-19',
    );
    assert.equal(
      closing(answer, () => ({ purpose: 'pledge' })),
      'INV-19',
    );
    assert.equal(
      closing(answer, () => ({ toAccount: alice })),
      'INV-19',
    );
  }
});

test('a pledge that leaves the account that holds it otherwise than for home is stopped', () => {
  const leaving = (command: Command, lie: Lie): string | null => {
    const pools = linkedPools();
    pledged(pools, '50');
    pledged(pools, '10', { asset: ETH });
    pools.beta.account('bob-2', '1');
    const own = { account: bob, amount: amount('3') };
    pools.beta.take({ type: 'Deposit', ...own, asset: transferOf('1').asset });
    pools.beta.take({ type: 'Deposit', ...own, asset: ETH });
    return toldOtherwise(pools.beta, command, lie);
  };
  const home = { account: bob, toPool: 'alpha', toAccount: alice };
  for (const command of [
    withdrawalOf(bob, '3'),
    withdrawalOf(bob, '3', ETH),
    transferOf('3', home),
    pledgeOf('3', { ...home, asset: ETH }),
  ]) {
    assert.equal(leaving(command, truly), null, command.type);
    assert.equal(leaving(command, more), 'INV-19', command.type);
  }
});

test('a pledge that is released for another amount, to another or twice is stopped', () => {
  const releasing = (lie: Lie): string | null => {
    const pools = linkedPools();
    pledged(pools, '50');
    pledged(pools, '20');
    return toldOtherwise(pools.beta, releaseOf(2), lie);
  };
  assert.equal(releasing(truly), null);
  assert.equal(releasing(more), 'INV-19');
  assert.equal(releasing(less), 'INV-19');
  assert.equal(
    releasing(() => ({ pledge: 1 })),
    'INV-19',
  );
  assert.equal(
    releasing(() => ({ pledge: 3 })),
    'INV-19',
  );
  assert.equal(
    releasing(() => ({ toAccount: bob })),
    'INV-19',
  );
});

test('no more comes home than was pledged', () => {
  const coming = (lie: Lie): string | null => {
    const pools = linkedPools();
    pools.alpha.account('amy', '1');
    pledged(pools, '50');
    const home = arrivalOf('beta', sent(pools.beta, releaseOf(1)));
    return toldOtherwise(pools.alpha, home, lie);
  };
  assert.equal(coming(truly), null);
  assert.equal(coming(more), 'INV-19');
  assert.equal(
    coming(() => ({ asset: ETH })),
    'INV-19',
  );
  assert.equal(
    coming(() => ({ account: accountId('amy') })),
    'INV-19',
  );
  assert.equal(
    coming(() => ({ pledge: 2 })),
    'INV-19',
  );
});

test('the audit finds a list that is out of order, and an amount below zero', () => {
  const problems = (damage: (pool: Driver) => void): readonly string[] => {
    const pools = linkedPools();
    pledged(pools, '50');
    for (const text of ['5', '6']) sent(pools.alpha, transferOf(text));
    damage(pools.alpha);
    return audit(pools.alpha.engine.state).problems.filter((text) => text.startsWith('INV-19'));
  };
  const links = (pool: Driver) => pool.engine.state.links!.links as never as Link[];
  type Link = {
    pool: string;
    sent: number;
    outgoing: { amount: bigint }[];
    refused: number[];
  };
  assert.deepEqual(
    problems(() => {}),
    [],
  );
  const damages: readonly ((pool: Driver) => void)[] = [
    (pool) => links(pool).reverse(),
    (pool) => links(pool)[0]!.outgoing.reverse(),
    (pool) => links(pool)[0]!.refused.push(7),
    (pool) => {
      links(pool)[0]!.sent = 1;
    },
  ];
  for (const damage of damages) assert.equal(problems(damage).length, 1);
});
