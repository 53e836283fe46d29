/** Transfers between pools: every refusal, both sides of every boundary, and what is remembered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alice,
  arrivalOf,
  bob,
  collateral,
  confirmOf,
  depositOf,
  ETH,
  linkedPools,
  linksOf,
  pricedPool,
  returnOf,
  sent,
  transferOf,
  typesOf,
} from '../../test/links/linked-pools.ts';
import { type Driver, eventsOf } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import { accountId, amount, assetId, formatDecimal, sub } from '../units/index.ts';
import { encodeHead, restorePool } from './index.ts';

const UNIT = amount('0.000000000000000001');
const nobody = accountId('nobody');

const balanceOf = (pool: Driver, account = alice) => formatDecimal(pool.accountOf(account).balance);
const ethOf = (pool: Driver, account = alice) =>
  formatDecimal(pool.accountOf(account).collaterals[0]?.amount ?? amount('0'));
const linkOf = (pool: Driver, name: string) =>
  pool.engine.state.links!.links.find((link) => link.pool === name)!;
/** What came in less what left, as the pool counts it. */
const inside = ({ engine }: Driver) =>
  formatDecimal(sub(engine.state.deposited, engine.state.withdrawn));

test('a transfer leaves one account, arrives at another, and is closed', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, transferOf('400'));
  assert.equal(balanceOf(alpha), '600');
  assert.equal(inside(alpha), '1000', 'on its way it is still a part of alpha');
  beta.take(arrivalOf('alpha', event));
  assert.equal(balanceOf(beta, bob), '400');
  assert.equal(inside(beta), '400');
  alpha.take(confirmOf(1));
  assert.equal(inside(alpha), '600');
  assert.deepEqual(linkOf(alpha, 'beta').outgoing, []);
});

test('collateral is transferred as money is, and counted by its own measure', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, transferOf('40', { asset: ETH }));
  assert.equal(ethOf(alpha), '60');
  beta.take(arrivalOf('alpha', event));
  assert.equal(ethOf(beta, bob), '40');
  alpha.take(confirmOf(1));
  assert.equal(formatDecimal(alpha.engine.state.assets[0]!.withdrawn), '40');
});

test('what is on its way counts against the cap of its asset until it has arrived', () => {
  const { alpha } = linkedPools();
  alpha.take(collateral({ amountMax: amount('100') }));
  sent(alpha, transferOf('40', { asset: ETH }));
  alpha.refuse(depositOf(alice, '0.000000000000000001', ETH), 'ASSET_CAP_EXCEEDED');
  alpha.take(confirmOf(1));
  alpha.take(depositOf(alice, '40', ETH));
  alpha.refuse(depositOf(alice, '0.000000000000000001', ETH), 'ASSET_CAP_EXCEEDED');
});

test('links: a name for good, others apart from it, each once, and 64 of them', () => {
  const pool = pricedPool();
  pool.refuse(transferOf('1', { account: nobody }), 'ACCOUNT_UNKNOWN');
  pool.refuse(linksOf('alpha', ['alpha']), 'INVALID_PARAMETER');
  pool.refuse(linksOf('alpha', ['beta', 'beta']), 'INVALID_PARAMETER');
  const many = Array.from({ length: 64 }, (_, at) => `pool-${at}`);
  pool.refuse(linksOf('alpha', [...many, 'one-more']), 'INVALID_PARAMETER');
  pool.take(linksOf('alpha', many));
  pool.refuse(linksOf('omega', many), 'INVALID_PARAMETER');
  pool.take(linksOf('alpha', []));
  pool.refuse(linksOf('alpha', ['one-more']), 'INVALID_PARAMETER');
  assert.equal(pool.engine.state.links!.links.length, 64, 'none is forgotten');
});

test('nothing is sent to a pool that is not linked, or not any more', () => {
  const { alpha } = linkedPools();
  alpha.refuse(transferOf('1', { toPool: 'omega' }), 'POOL_NOT_LINKED');
  alpha.take(linksOf('alpha', ['gamma']));
  alpha.refuse(transferOf('1'), 'POOL_NOT_LINKED');
  alpha.take(linksOf('alpha', ['beta']));
  assert.equal(sent(alpha, transferOf('1')).number, 1);
});

test('a transfer is refused as a withdrawal would be, and in the same order', () => {
  const { alpha } = linkedPools();
  alpha.refuse(transferOf('0', { account: nobody }), 'NOT_POSITIVE');
  alpha.refuse(transferOf('1', { account: nobody, asset: assetId('XYZ') }), 'ACCOUNT_UNKNOWN');
  alpha.refuse(transferOf('1', { asset: assetId('XYZ'), toPool: 'omega' }), 'ASSET_UNKNOWN');
  alpha.refuse(transferOf('1001', { toPool: 'omega' }), 'POOL_NOT_LINKED');
  alpha.refuse(transferOf('1000.000000000000000001'), 'BALANCE_INSUFFICIENT');
  const maker = alpha.account('maker', '100000');
  alpha.fill(alice, maker, { market: 'BTC-PERP', size: '100', price: '100' });
  // 900 of ETH count, 1,000 are required.
  alpha.refuse(transferOf('900.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  alpha.take(setGate({ gate: 'withdrawals' }));
  alpha.refuse(transferOf('900.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  alpha.refuse(transferOf('900'), 'WITHDRAWALS_GATED');
  alpha.take(setGate({ gate: 'withdrawals', closed: false }));
  alpha.pass(60_001);
  alpha.refuse(transferOf('900'), 'PRICE_UNAVAILABLE');
  alpha.price('BTC', '100', ['BTC-PERP']);
  alpha.price('ETH', '10');
  assert.equal(sent(alpha, transferOf('900')).number, 1);
});

test('an account in liquidation sends nothing, and takes what is sent to it', () => {
  const { alpha, beta } = linkedPools();
  const maker = beta.account('maker', '100000');
  beta.take(depositOf(bob, '100'));
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  beta.price('BTC', '94', ['BTC-PERP']);
  assert.notEqual(beta.accountOf(bob).liquidation, null);
  const home = { account: bob, toPool: 'alpha', toAccount: alice };
  beta.refuse(transferOf('1', home), 'ACCOUNT_IN_LIQUIDATION');
  const events = beta.take(arrivalOf('alpha', sent(alpha, transferOf('100'))));
  assert.equal(typesOf(events)[0], 'TransferReceived');
  assert.equal(balanceOf(beta, bob), '200');
});

test('what was received is not received again, and what is early waits for its turn', () => {
  const { alpha, beta } = linkedPools();
  const [first, second, third] = ['1', '2', '3'].map((text) => sent(alpha, transferOf(text)));
  beta.refuse(arrivalOf('alpha', second!), 'TRANSFER_OUT_OF_ORDER');
  beta.take(arrivalOf('alpha', first!));
  beta.refuse(arrivalOf('alpha', first!), 'TRANSFER_ALREADY_RECEIVED');
  beta.refuse(arrivalOf('alpha', third!), 'TRANSFER_OUT_OF_ORDER');
  beta.take(arrivalOf('alpha', second!));
  beta.take(arrivalOf('alpha', third!));
  beta.refuse(arrivalOf('alpha', first!), 'TRANSFER_ALREADY_RECEIVED');
  assert.equal(balanceOf(beta, bob), '6');
});

test('a refusal is for good: what is sent again is told so, whatever has changed', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, transferOf('5', { toAccount: accountId('carol') }));
  const refusal = beta.take(arrivalOf('alpha', event));
  assert.deepEqual(typesOf(refusal), ['TransferRefused']);
  assert.equal(eventsOf(refusal, 'TransferRefused')[0]!.reason, 'ACCOUNT_UNKNOWN');
  beta.account('carol');
  beta.refuse(arrivalOf('alpha', event), 'TRANSFER_ALREADY_REFUSED');
  assert.equal(balanceOf(alpha), '995');
  alpha.take(returnOf(1));
  assert.equal(balanceOf(alpha), '1000');
  assert.equal(inside(alpha), '1000');
  assert.equal(inside(beta), '0');
  alpha.refuse(returnOf(1), 'TRANSFER_NOT_OPEN');
  alpha.refuse(confirmOf(1), 'TRANSFER_NOT_OPEN');
});

test('what a deposit would be refused for is what a transfer is refused for', () => {
  const reasonOf = (change: (beta: Driver) => void, asset = ETH): string => {
    const { alpha, beta } = linkedPools();
    change(beta);
    const event = sent(alpha, transferOf('10', { asset }));
    const [answer] = eventsOf(beta.take(arrivalOf('alpha', event)), 'TransferRefused');
    return answer?.reason ?? 'received';
  };
  assert.equal(
    reasonOf((beta) => beta.pass(60_001)),
    'PRICE_UNAVAILABLE',
  );
  const capped = (most: string) =>
    reasonOf((beta) => beta.take(collateral({ amountMax: amount(most) })));
  assert.equal(capped('9.999999999999999999'), 'ASSET_CAP_EXCEEDED');
  assert.equal(capped('10'), 'received');
  assert.equal(
    reasonOf((beta) => beta.take(linksOf('beta', []))),
    'POOL_NOT_LINKED',
  );
  const { alpha, beta } = linkedPools();
  const event = { ...sent(alpha, transferOf('10')), asset: assetId('XYZ') };
  const [answer] = eventsOf(beta.take(arrivalOf('alpha', event)), 'TransferRefused');
  assert.equal(answer!.reason, 'ASSET_UNKNOWN');
});

test('what no pool sends is not answered at all', () => {
  const { alpha, beta } = linkedPools();
  const lawful = arrivalOf('alpha', sent(alpha, transferOf('10')));
  beta.refuse({ ...lawful, amount: amount('0'), fromPool: 'omega' }, 'NOT_POSITIVE');
  beta.refuse({ ...lawful, pledge: 1, fromPool: 'omega' }, 'INVALID_PARAMETER');
  beta.refuse({ ...lawful, purpose: 'release' }, 'INVALID_PARAMETER');
  const less = { purpose: 'release', pledge: 1, amount: sub(amount('0'), UNIT) } as const;
  beta.refuse({ ...lawful, ...less }, 'NOT_POSITIVE');
  beta.refuse({ ...lawful, number: 0, fromPool: 'omega' }, 'INVALID_PARAMETER');
  beta.refuse({ ...lawful, number: 2, fromPool: 'omega' }, 'POOL_NOT_LINKED');
  beta.take(lawful);
});

test('an answer closes what is open, and nothing else', () => {
  const { alpha } = linkedPools();
  alpha.refuse(confirmOf(1, 'omega'), 'POOL_NOT_LINKED');
  alpha.refuse(returnOf(1, 'omega'), 'POOL_NOT_LINKED');
  alpha.refuse(confirmOf(1), 'TRANSFER_NOT_OPEN');
  sent(alpha, transferOf('1'));
  alpha.refuse(confirmOf(1, 'gamma'), 'TRANSFER_NOT_OPEN');
  alpha.refuse(returnOf(2), 'TRANSFER_NOT_OPEN');
  alpha.take(confirmOf(1));
});

test('64 numbers from the oldest unanswered transfer on, whatever was answered between', () => {
  const { alpha } = linkedPools();
  for (let number = 1; number <= 64; number += 1) sent(alpha, transferOf('1'));
  alpha.refuse(transferOf('1'), 'LINK_FULL');
  for (let number = 2; number <= 64; number += 1) alpha.take(confirmOf(number));
  alpha.refuse(transferOf('5000'), 'LINK_FULL');
  sent(alpha, transferOf('1', { toPool: 'gamma' }));
  alpha.take(returnOf(1));
  assert.equal(sent(alpha, transferOf('1')).number, 65);
});

test('a refusal is remembered as long as the other pool may have it open', () => {
  const { alpha, beta } = linkedPools();
  const first = arrivalOf('alpha', sent(alpha, transferOf('1', { toAccount: nobody })));
  beta.take(first);
  alpha.take(returnOf(1));
  for (let number = 2; number <= 64; number += 1) {
    beta.take(arrivalOf('alpha', sent(alpha, transferOf('1'))));
    alpha.take(confirmOf(number));
  }
  beta.refuse(first, 'TRANSFER_ALREADY_REFUSED');
  beta.take(arrivalOf('alpha', sent(alpha, transferOf('1'))));
  assert.deepEqual(linkOf(beta, 'alpha').refused, []);
  // It cannot be open any more where it came from: what this says is of no consequence there.
  beta.refuse(first, 'TRANSFER_ALREADY_RECEIVED');
  alpha.refuse(confirmOf(1), 'TRANSFER_NOT_OPEN');
});

test('a transfer raises the risk of the account that sends it, and of no other', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, transferOf('1'));
  assert.equal(alpha.accountOf(alice).riskRaisedMs, alpha.now());
  beta.take(arrivalOf('alpha', event));
  assert.equal(beta.accountOf(bob).riskRaisedMs, null);
});

test('links survive a snapshot, sorted by name', () => {
  const { alpha } = linkedPools();
  alpha.take(linksOf('alpha', ['zeta', 'beta']));
  sent(alpha, transferOf('1'));
  sent(alpha, transferOf('2', { asset: ETH, toPool: 'zeta' }));
  const names = alpha.engine.state.links!.links.map(({ pool, open }) => [pool, open]);
  assert.deepEqual(names, [
    ['beta', true],
    ['gamma', false],
    ['zeta', true],
  ]);
  const head = encodeHead({ ...alpha.engine.state, accounts: [] });
  const restored = restorePool(head, []);
  assert.ok(restored.ok);
  assert.deepEqual(restored.state.links, alpha.engine.state.links);
});
