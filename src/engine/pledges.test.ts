/** Pledges across pools: who may have what, what is lost first, and what comes home. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lending } from '../../test/lending/lending-pool.ts';
import {
  alice,
  arrivalOf,
  bob,
  confirmOf,
  depositOf,
  ETH,
  linkedPools,
  linksOf,
  pledged,
  pledgeOf,
  releaseOf,
  returnOf,
  sent,
  transferOf,
  typesOf,
  USDC,
  withdrawalOf,
} from '../../test/links/linked-pools.ts';
import { type Driver, eventsOf, POOL } from '../../test/pools/pool-driver.ts';
import { setGate } from '../../test/pools/sample-guards.ts';
import { amm, vault } from '../../test/pools/sample-vault.ts';
import { accountId, amount, formatDecimal, ratio } from '../units/index.ts';
import { type Command, ownAmount, pledgesOf } from './index.ts';

const UNIT = '0.000000000000000001';
const balanceOf = (pool: Driver, account = alice) => formatDecimal(pool.accountOf(account).balance);
const linkOf = (pool: Driver, name: string) =>
  pool.engine.state.links!.links.find((link) => link.pool === name)!;
const inside = ({ engine }: Driver) =>
  `${formatDecimal(engine.state.deposited)} - ${formatDecimal(engine.state.withdrawn)}`;

/** What beta sends home of a pledge. */
const released = (beta: Driver, pledge: number) => {
  const event = sent(beta, releaseOf(pledge));
  return { event, text: formatDecimal(event.amount) };
};

test('a pledge secures the one account, counts for nothing in the other, and comes home', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  const number = pledged(pools, '300');
  assert.equal(balanceOf(alpha), '700');
  assert.equal(inside(alpha), '1000 - 300');
  assert.deepEqual(
    linkOf(alpha, 'beta').pledges.map((pledge) => [pledge.number, formatDecimal(pledge.amount)]),
    [[1, '300']],
  );
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '30', price: '100' });
  beta.refuse(releaseOf(number), 'INITIAL_MARGIN_NOT_MET');
  beta.fill(maker, bob, { market: 'BTC-PERP', size: '30', price: '100' });
  const { event } = released(beta, number);
  assert.equal(balanceOf(beta, bob), '0');
  assert.equal(inside(beta), '100300 - 0', 'on its way it is still a part of beta');
  alpha.take(arrivalOf('beta', event));
  assert.equal(balanceOf(alpha), '1000');
  assert.equal(inside(alpha), '1000 - 0');
  assert.deepEqual(linkOf(alpha, 'beta').pledges, []);
  beta.take(confirmOf(1, 'alpha'));
  assert.equal(inside(beta), '100300 - 300');
  beta.refuse(releaseOf(number), 'PLEDGE_NOT_HELD');
});

test('nobody takes a pledge out of the account that holds it, in whatever way', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  pledged(pools, '300');
  pledged(pools, '20', { asset: ETH });
  beta.take(depositOf(bob, '5'));
  beta.take({
    type: 'OpenAccount',
    account: accountId('bob-2'),
    owner: 'bob',
    parent: null,
    market: null,
  });
  const lends = (asset: typeof ETH): Command => ({
    type: 'ConfigureLending',
    parameters: lending(asset, { loanToValue: ratio(asset === USDC ? '1' : '0.75') }),
  });
  beta.take({
    type: 'ConfigurePool',
    parameters: { ...POOL, collateralBuyer: beta.account('house') },
  });
  beta.take(lends(USDC));
  beta.take(lends(ETH));
  const leaving = (asset: typeof ETH, text: string): Command[] => [
    withdrawalOf(bob, text, asset),
    {
      type: 'TransferCollateral',
      from: bob,
      to: accountId('bob-2'),
      asset,
      amount: amount(text),
    },
    transferOf(text, { asset, account: bob, toPool: 'alpha', toAccount: alice }),
    pledgeOf(text, { asset, account: bob, toPool: 'alpha', toAccount: alice }),
    { type: 'SupplyAsset', account: bob, asset, amount: amount(text) },
  ];
  for (const command of leaving(USDC, `5${UNIT.slice(1)}`)) {
    beta.refuse(command, 'BALANCE_INSUFFICIENT');
  }
  for (const command of leaving(ETH, UNIT)) beta.refuse(command, 'BALANCE_INSUFFICIENT');
  for (const [at] of leaving(USDC, '1').entries()) beta.take(leaving(USDC, '1')[at]!);
  assert.equal(balanceOf(beta, bob), '300');
  assert.equal(alpha.engine.state.links!.links[0]!.pledges.length, 2);
});

test('a debt is not repaid with a pledge', () => {
  const pools = linkedPools();
  const { beta } = pools;
  beta.take({ type: 'ConfigureLending', parameters: lending('USDC') });
  const lender = beta.account('lender', '1000');
  beta.take({ type: 'SupplyAsset', account: lender, asset: USDC, amount: null });
  pledged(pools, '100');
  beta.take(depositOf(bob, '50', ETH));
  beta.take({ type: 'Borrow', account: bob, asset: USDC, amount: amount('100') });
  beta.take(withdrawalOf(bob, '60'));
  const repays = (text: string): Command => ({
    type: 'Repay',
    account: bob,
    asset: USDC,
    amount: amount(text),
  });
  beta.refuse(repays(`40${UNIT.slice(1)}`), 'BALANCE_INSUFFICIENT');
  beta.take(repays('40'));
});

test('losses take what is the account’s own first, then the pledge that came last', () => {
  const pools = linkedPools();
  const { beta } = pools;
  pledged(pools, '100');
  pledged(pools, '50');
  beta.take(depositOf(bob, '30'));
  const maker = beta.account('maker', '100000');
  const lose = (text: string) => {
    beta.fill(bob, maker, { market: 'BTC-PERP', size: '1', price: text });
    beta.fill(maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  };
  lose('120');
  beta.refuse(withdrawalOf(bob, `10${UNIT.slice(1)}`), 'BALANCE_INSUFFICIENT');
  lose('125');
  assert.equal(balanceOf(beta, bob), '135');
  assert.equal(released(beta, 2).text, '35');
  lose('140');
  assert.equal(released(beta, 1).text, '60');
  assert.equal(balanceOf(beta, bob), '0');
});

test('an account shows what it has pledged, what it holds, and what of it is left', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  pledged(pools, '100');
  pledged(pools, '40', { asset: ETH });
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '1', price: '130' });
  beta.fill(maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  const shown = (pool: Driver, account: typeof bob) =>
    pledgesOf(pool.engine.state, pool.engine.state.numbers.accounts.get(account)!);
  const text = ({ amount: given }: { readonly amount: Parameters<typeof formatDecimal>[0] }) =>
    formatDecimal(given);
  assert.deepEqual(shown(alpha, alice).away.map(text), ['100', '40']);
  assert.deepEqual(shown(alpha, alice).held, []);
  assert.deepEqual(shown(beta, bob).away, []);
  const held = shown(beta, bob).held.map((pledge) => [
    pledge.pool,
    pledge.fromAccount,
    text(pledge),
    formatDecimal(pledge.left),
  ]);
  assert.deepEqual(held, [
    ['alpha', 'alice', '100', '70'],
    ['alpha', 'alice', '40', '40'],
  ]);
  const { state } = beta.engine;
  assert.equal(formatDecimal(ownAmount(state, beta.accountOf(bob), null)), '-30');
  assert.equal(formatDecimal(ownAmount(state, beta.accountOf(bob), 0)), '0');
});

test('what an account gains makes its pledges whole before it is its own', () => {
  const pools = linkedPools();
  const { beta } = pools;
  pledged(pools, '100');
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '1', price: '140' });
  beta.fill(maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  beta.take(depositOf(bob, '45'));
  assert.equal(balanceOf(beta, bob), '105');
  beta.refuse(withdrawalOf(bob, `5${UNIT.slice(1)}`), 'BALANCE_INSUFFICIENT');
  assert.equal(released(beta, 1).text, '100');
});

test('what a failure costs the pledger is the pledge, and no more', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  pledged(pools, '100');
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  const before = balanceOf(alpha);
  // Bankrupt by 100: there is no fund, the maker's profit bears it.
  beta.price('BTC', '80', ['BTC-PERP']);
  for (let at = 0; at < 5; at += 1) beta.pass(61_000);
  beta.price('BTC', '80', ['BTC-PERP']);
  assert.equal(beta.accountOf(bob).liquidation, null);
  assert.equal(balanceOf(beta, bob), '0');
  assert.equal(balanceOf(alpha), before);
  const { event, text } = released(beta, 1);
  assert.equal(text, '0');
  alpha.take(arrivalOf('beta', event));
  beta.take(confirmOf(1, 'alpha'));
  assert.equal(balanceOf(alpha), before);
  assert.equal(inside(alpha), '1000 - 100');
  assert.deepEqual([linkOf(alpha, 'beta').pledges, linkOf(beta, 'alpha').held], [[], []]);
});

test('nothing is given back while the account is in liquidation, even of nothing', () => {
  const pools = linkedPools();
  const { beta } = pools;
  pledged(pools, '100');
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  beta.price('BTC', '94', ['BTC-PERP']);
  beta.refuse(releaseOf(1), 'ACCOUNT_IN_LIQUIDATION');
});

test('a pledge is released by the rules of a withdrawal; of nothing left, at any time', () => {
  const pools = linkedPools();
  const { beta } = pools;
  beta.refuse(releaseOf(1, 'omega'), 'POOL_NOT_LINKED');
  beta.refuse(releaseOf(1), 'PLEDGE_NOT_HELD');
  pledged(pools, '20', { asset: ETH });
  pledged(pools, '30');
  beta.pass(60_001);
  beta.refuse(releaseOf(1), 'PRICE_UNAVAILABLE');
  beta.take(setGate({ gate: 'withdrawals' }));
  beta.refuse(releaseOf(1), 'PRICE_UNAVAILABLE');
  beta.price('BTC', '100', ['BTC-PERP']);
  beta.price('ETH', '10');
  beta.refuse(releaseOf(1), 'WITHDRAWALS_GATED');
  const maker = beta.account('maker', '100000');
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '1', price: '130' });
  beta.fill(maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  assert.equal(released(beta, 2).text, '0');
  beta.take(setGate({ gate: 'withdrawals', closed: false }));
  beta.take(linksOf('beta', []));
  assert.equal(released(beta, 1).text, '20', 'a pool that is linked no more gets back its own');
});

test('a release proves that its pledge had arrived, confirmed or not', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, pledgeOf('100'));
  beta.take(arrivalOf('alpha', event));
  const home = arrivalOf('beta', released(beta, 1).event);
  assert.deepEqual(typesOf(alpha.take(home)), ['TransferConfirmed', 'TransferReceived']);
  assert.equal(balanceOf(alpha), '1000');
  assert.equal(inside(alpha), '1000 - 0');
  alpha.refuse(confirmOf(1), 'TRANSFER_NOT_OPEN');
  alpha.refuse(home, 'TRANSFER_ALREADY_RECEIVED');
});

test('no more comes home than was pledged, in no other asset and to nobody else', () => {
  const answers = (changes: object) => {
    const pools = linkedPools();
    pledged(pools, '100');
    const home = arrivalOf('beta', released(pools.beta, 1).event);
    const [answer] = pools.alpha.take({ ...home, ...changes });
    return answer!.type === 'TransferRefused' ? answer!.reason : answer!.type;
  };
  assert.equal(answers({}), 'TransferReceived');
  assert.equal(answers({ amount: amount(`100${UNIT.slice(1)}`) }), 'PLEDGE_NOT_HELD');
  assert.equal(answers({ asset: ETH }), 'PLEDGE_NOT_HELD');
  assert.equal(answers({ account: accountId('mallory') }), 'PLEDGE_NOT_HELD');
  assert.equal(answers({ pledge: 2 }), 'PLEDGE_NOT_HELD');
});

test('a release that is refused leaves its amount to the account that held it', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  pledged(pools, '100');
  const home = { ...arrivalOf('beta', released(beta, 1).event), pledge: 7 };
  alpha.take(home);
  beta.take(returnOf(1, 'alpha'));
  assert.equal(balanceOf(beta, bob), '100');
  beta.take(withdrawalOf(bob, '100'));
});

test('a pledge comes home whatever has become of the cap, the price and the link', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  pledged(pools, '40', { asset: ETH });
  const { event } = released(beta, 1);
  alpha.take(linksOf('alpha', []));
  alpha.pass(60_001);
  assert.deepEqual(typesOf(alpha.take(arrivalOf('beta', event))), ['TransferReceived']);
});

test('what is pledged counts against the cap: it may come home any time', () => {
  const pools = linkedPools();
  const { alpha } = pools;
  const { parameters } = alpha.engine.state.assets[0]!;
  alpha.take({ type: 'ConfigureAsset', parameters: { ...parameters, amountMax: amount('100') } });
  pledged(pools, '40', { asset: ETH });
  alpha.refuse(depositOf(alice, UNIT, ETH), 'ASSET_CAP_EXCEEDED');
});

test('a refused pledge comes back and may be given anew', () => {
  const { alpha, beta } = linkedPools();
  const event = sent(alpha, pledgeOf('10', { toAccount: accountId('nobody') }));
  const [answer] = beta.take(arrivalOf('alpha', event));
  assert.equal(answer!.type, 'TransferRefused');
  alpha.take(returnOf(1));
  assert.equal(balanceOf(alpha), '1000');
  assert.deepEqual(linkOf(alpha, 'beta').pledges, []);
});

test('accounts in which others have a part take no pledges, and none becomes one with one', () => {
  const roles: readonly (readonly [string, (account: typeof bob) => Command])[] = [
    [
      'collateralBuyer',
      (account) => ({
        type: 'ConfigurePool',
        parameters: { ...POOL, collateralBuyer: account },
      }),
    ],
    ['vault', (account) => vault({ account })],
    ['amm', (account) => amm({ account })],
  ];
  for (const [name, role] of roles) {
    const { alpha, beta } = linkedPools();
    beta.take(role(bob));
    const [answer] = beta.take(arrivalOf('alpha', sent(alpha, pledgeOf('1'))));
    assert.ok(answer!.type === 'TransferRefused', name);
    assert.equal(answer!.reason, 'PLEDGE_NOT_TAKEN');
    const pools = linkedPools();
    pledged(pools, '1');
    pools.beta.refuse(role(bob), 'INVALID_PARAMETER');
  }
});

test('256 pledges of one pool to another, with those on their way', () => {
  const pools = linkedPools();
  const { alpha, beta } = pools;
  for (let count = 0; count < 255; count += 1) pledged(pools, '1');
  const last = sent(alpha, pledgeOf('1'));
  alpha.refuse(pledgeOf('1'), 'LINK_FULL');
  assert.equal(sent(alpha, transferOf('1')).number, 257, 'a transfer is none');
  beta.take(arrivalOf('alpha', last));
  alpha.take(confirmOf(256));
  alpha.refuse(pledgeOf('1'), 'LINK_FULL');
  alpha.take(arrivalOf('beta', released(beta, 9).event));
  assert.equal(sent(alpha, pledgeOf('1')).number, 258);
});

test('a pool holds 256 pledges of another, however many that claims to have given', () => {
  const { alpha, beta } = linkedPools();
  const pledge = arrivalOf('alpha', sent(alpha, pledgeOf('1')));
  const answers = Array.from({ length: 257 }, (_, at) => {
    const [answer] = beta.take({ ...pledge, number: at + 1 });
    return answer!.type === 'TransferRefused' ? answer!.reason : answer!.type;
  });
  assert.deepEqual(answers.slice(-2), ['TransferReceived', 'LINK_FULL']);
  beta.take({ ...pledge, number: 258, purpose: 'transfer' });
  assert.equal(balanceOf(beta, bob), '257');
});

test('the purpose of what is sent is told by the command alone', () => {
  const { alpha } = linkedPools();
  assert.equal(sent(alpha, transferOf('1')).purpose, 'transfer');
  assert.equal(sent(alpha, pledgeOf('1')).purpose, 'pledge');
  const events = alpha.take(pledgeOf('1'));
  assert.equal(eventsOf(events, 'TransferSent')[0]!.pledge, null);
});
