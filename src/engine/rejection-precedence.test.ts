/**
 * When a command breaks several rules, which rejection is given is part of the determinism
 * contract. Each list below is the documented order of `docs/rejections.md`: every pair of faults
 * is planted together, and the earlier one must be answered.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrivalOf,
  confirmOf,
  depositOf,
  linkedPools,
  pledged,
  releaseOf,
  sent,
  transferOf,
} from '../../test/links/linked-pools.ts';
import { type Driver, poolDriver } from '../../test/pools/pool-driver.ts';
import { priceGuards } from '../../test/pools/sample-guards.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import type { Command, CommandOf, CommandType, RejectionCode } from './index.ts';

const alice = accountId('alice');
const maker = accountId('maker');
const child = accountId('child');
const nobody = accountId('nobody');
const BTC_PERP = marketId('BTC-PERP');
const STALE_PERP = marketId('STALE-PERP');
const BTC_DATED = marketId('BTC-DATED');

/** A change that breaks one rule; changes of different fields can be planted together. */
type Fault<T extends CommandType> = readonly [RejectionCode, Partial<CommandOf<T>>];

/** The command with its fields exchanged: what is exchanged is of the same command. */
const planted = (lawful: object, changes: object): Command =>
  ({ ...lawful, ...changes }) as unknown as Command;

/**
 * Every pair of faults that touch different fields is answered with the earlier of the two, and
 * each fault alone with its own code.
 */
function assertOrder<T extends CommandType>(
  pool: Driver,
  lawful: CommandOf<T>,
  faults: readonly Fault<T>[],
): void {
  for (const [at, [code, changes]] of faults.entries()) {
    pool.refuse(planted(lawful, changes), code);
    for (const [, later] of faults.slice(at + 1)) {
      const overlap = Object.keys(later).some((field) => field in changes);
      if (!overlap) pool.refuse(planted(lawful, { ...later, ...changes }), code);
    }
  }
  assert.equal(pool.attempt(planted(lawful, {})).code, null, 'without a fault it is taken');
}

/**
 * Alice is long 1 BTC at 100 with 20, the maker short it, and a fall to 84 has put a close-out
 * order of Alice's on the book. STALE-PERP has a mark that is frozen, BTC-DATED has expired.
 */
function world() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('STALE');
  pool.market('BTC-PERP');
  pool.market('STALE-PERP', { index: indexId('STALE') });
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(30_000) });
  pool.price('STALE', '100', ['STALE-PERP']);
  pool.price('BTC', '100', ['BTC-PERP', 'BTC-DATED']);
  pool.account('alice', '20');
  pool.account('maker', '1000');
  const isolated = { account: child, owner: 'maker', parent: maker, market: BTC_PERP } as const;
  pool.take({ type: 'OpenAccount', ...isolated });
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.pass(61_000);
  pool.price('BTC', '84', ['BTC-PERP']);
  const order = pool.engine.state.liquidations.get(1)?.order;
  assert.ok(order);
  return { pool, order };
}

test('OpenAccount: shape, the account itself, its parent, its market', () => {
  const { pool } = world();
  const lawful = {
    type: 'OpenAccount',
    account: accountId('new'),
    owner: 'maker',
    parent: maker,
    market: BTC_PERP,
  } as const;
  assertOrder<'OpenAccount'>(pool, lawful, [
    ['INVALID_PARAMETER', { market: null }],
    ['ACCOUNT_EXISTS', { account: alice }],
    ['ACCOUNT_UNKNOWN', { parent: nobody }],
    ['PARENT_NOT_ELIGIBLE', { parent: child }],
    ['OWNER_DIFFERS', { owner: 'somebody' }],
    ['MARKET_UNKNOWN', { market: marketId('NOWHERE') }],
  ]);
});

test('Deposit: amount, account, asset', () => {
  const { pool } = world();
  const lawful = {
    type: 'Deposit',
    account: maker,
    asset: assetId('USDC'),
    amount: amount('1'),
  } as const;
  assertOrder<'Deposit'>(pool, lawful, [
    ['NOT_POSITIVE', { amount: amount('0') }],
    ['ACCOUNT_UNKNOWN', { account: nobody }],
    ['ASSET_UNKNOWN', { asset: assetId('DOGE') }],
  ]);
});

test('Withdraw: amount, account, asset, liquidation, balance', () => {
  const { pool } = world();
  const lawful = {
    type: 'Withdraw',
    account: maker,
    asset: assetId('USDC'),
    amount: amount('1'),
  } as const;
  assertOrder<'Withdraw'>(pool, lawful, [
    ['NOT_POSITIVE', { amount: amount('0') }],
    ['ACCOUNT_UNKNOWN', { account: nobody }],
    ['ASSET_UNKNOWN', { asset: assetId('DOGE') }],
    ['ACCOUNT_IN_LIQUIDATION', { account: alice }],
    ['BALANCE_INSUFFICIENT', { amount: amount('1001') }],
  ]);
});

test('Withdraw: prices before margin, margin before the gate', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.account('alice', '10');
  pool.account('maker', '1000');
  pool.account('bob', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(maker, accountId('bob'), { market: 'BTC-PERP', size: '1', price: '80' });
  // Alice's loss beyond her money is borne by nobody: withdrawals are gated from here on.
  pool.price('BTC', '80', ['BTC-PERP']);
  pool.fill(maker, accountId('bob'), { market: 'BTC-PERP', size: '1', price: '80' });
  const withdraw = (value: string) =>
    ({ type: 'Withdraw', account: maker, asset: assetId('USDC'), amount: amount(value) }) as const;
  pool.refuse(withdraw('1'), 'WITHDRAWALS_GATED');
  pool.refuse(withdraw('1015'), 'INITIAL_MARGIN_NOT_MET');
  pool.pass(60_001);
  pool.refuse(withdraw('1015'), 'PRICE_UNAVAILABLE');
  pool.refuse(withdraw('1021'), 'BALANCE_INSUFFICIENT');
});

test('TransferCollateral: amount, accounts, asset, owners, then as a withdrawal', () => {
  const { pool } = world();
  const lawful = {
    type: 'TransferCollateral',
    from: maker,
    to: child,
    asset: assetId('USDC'),
    amount: amount('1'),
  } as const;
  assertOrder<'TransferCollateral'>(pool, lawful, [
    ['NOT_POSITIVE', { amount: amount('0') }],
    ['ACCOUNT_UNKNOWN', { to: nobody }],
    ['ASSET_UNKNOWN', { asset: assetId('DOGE') }],
    ['OWNER_DIFFERS', { to: alice }],
    ['BALANCE_INSUFFICIENT', { amount: amount('1001') }],
  ]);
});

test('RecordFill: its shape, its market, its order, its parties, their margin', () => {
  const { pool, order } = world();
  pool.market('NEW-PERP');
  const lawful = {
    type: 'RecordFill',
    market: BTC_PERP,
    buyer: maker,
    seller: alice,
    size: size('0.001'),
    price: price('84'),
    buyerFee: money('0'),
    sellerFee: money('0'),
    order: order.order,
  } as const;
  assertOrder<'RecordFill'>(pool, lawful, [
    ['NOT_POSITIVE', { size: size('0') }],
    ['NOT_POSITIVE', { price: price('0') }],
    ['INVALID_PARAMETER', { sellerFee: money('-1') }],
    ['SELF_TRADE', { buyer: alice }],
    ['ACCOUNT_UNKNOWN', { buyer: nobody }],
    ['MARKET_UNKNOWN', { market: marketId('NOWHERE') }],
    ['MARKET_EXPIRED', { market: BTC_DATED }],
    ['PRICE_UNAVAILABLE', { market: marketId('NEW-PERP') }],
    ['PRICE_OUTSIDE_BAND', { price: price('30') }],
    ['SIZE_NOT_IN_LOTS', { size: size('0.0015') }],
    ['ORDER_NOT_OPEN', { order: 99 }],
    ['ORDER_MISMATCH', { sellerFee: money('1') }],
    ['ORDER_OVERFILLED', { size: size('100000') }],
    ['PRICE_BEYOND_LIMIT', { price: price('60') }],
  ]);
});

test('RecordFill without an order: liquidation, isolation, price, margin', () => {
  const { pool } = world();
  pool.market('OTHER-PERP');
  pool.price('BTC', '84', ['OTHER-PERP']);
  const lawful = {
    type: 'RecordFill',
    market: BTC_PERP,
    buyer: maker,
    seller: pool.account('bob', '1000'),
    size: size('0.001'),
    price: price('84'),
    buyerFee: money('0'),
    sellerFee: money('0'),
    order: null,
  } as const;
  assertOrder<'RecordFill'>(pool, lawful, [
    ['ACCOUNT_IN_LIQUIDATION', { buyer: alice }],
    ['MARKET_NOT_TRADABLE_BY_ACCOUNT', { seller: child, market: marketId('OTHER-PERP') }],
    ['PRICE_UNAVAILABLE', { market: STALE_PERP }],
    ['INITIAL_MARGIN_NOT_MET', { size: size('1000') }],
  ]);
});

test('Withdraw under guards: price before margin, margin before the claims on the fund', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  for (const name of ['BTC-PERP', 'LAG-PERP']) pool.market(name);
  pool.price('BTC', '100', ['BTC-PERP', 'LAG-PERP']);
  const [carol, bob] = [pool.account('carol', '100'), pool.account('bob', '110')];
  const desk = pool.account('desk', '100000');
  pool.fill(carol, desk, { market: 'LAG-PERP', size: '1', price: '100' });
  pool.fill(bob, desk, { market: 'BTC-PERP', size: '10', price: '100' });
  const hour = durationMs(3_600_000);
  const guards = { market: marketId('LAG-PERP'), stableTimeConstantMs: hour };
  pool.take(priceGuards({ ...guards, deviationMax: ratio('0.1') }));
  pool.price('BTC', '92', ['BTC-PERP']);
  pool.price('BTC', '60', ['BTC-PERP', 'LAG-PERP']);
  const withdraw = { type: 'Withdraw', account: carol, asset: assetId('USDC') } as const;
  const most = { ...withdraw, amount: amount('60') };
  pool.refuse(most, 'PRICE_UNAVAILABLE');
  pool.take(priceGuards(guards));
  pool.refuse(most, 'INITIAL_MARGIN_NOT_MET');
  pool.refuse({ ...withdraw, amount: amount('1') }, 'WITHDRAWALS_GATED');
});

test('AccrueFunding: market, rate, expiry, price', () => {
  const { pool } = world();
  const lawful = { type: 'AccrueFunding', market: BTC_PERP, fundingRate: ratio('0.01') } as const;
  assertOrder<'AccrueFunding'>(pool, lawful, [
    ['MARKET_UNKNOWN', { market: marketId('NOWHERE') }],
    ['INVALID_PARAMETER', { fundingRate: ratio('2') }],
    ['MARKET_EXPIRED', { market: BTC_DATED }],
    ['PRICE_UNAVAILABLE', { market: STALE_PERP }],
  ]);
});

/** Alpha of two linked pools: its link to gamma is full, Dora's account there is in liquidation. */
function linkedWorld() {
  const { alpha, beta } = linkedPools();
  for (let count = 0; count < 64; count += 1) sent(alpha, transferOf('1', { toPool: 'gamma' }));
  const dora = alpha.account('dora', '100');
  const many = alpha.account('maker', '100000');
  alpha.fill(dora, many, { market: 'BTC-PERP', size: '10', price: '100' });
  alpha.price('BTC', '94', ['BTC-PERP']);
  assert.notEqual(alpha.accountOf(dora).liquidation, null);
  return { alpha, beta, dora };
}

test('TransferOut and PledgeOut: amount, account, asset, link, then as a withdrawal', () => {
  const { alpha, dora } = linkedWorld();
  const { type: _, ...lawful } = transferOf('1');
  for (const type of ['TransferOut', 'PledgeOut'] as const) {
    assertOrder<typeof type>(alpha, { type, ...lawful }, [
      ['NOT_POSITIVE', { amount: amount('0') }],
      ['ACCOUNT_UNKNOWN', { account: nobody }],
      ['ASSET_UNKNOWN', { asset: assetId('XYZ') }],
      ['POOL_NOT_LINKED', { toPool: 'omega' }],
      ['LINK_FULL', { toPool: 'gamma' }],
      ['ACCOUNT_IN_LIQUIDATION', { account: dora }],
      ['BALANCE_INSUFFICIENT', { amount: amount('1001') }],
    ]);
  }
});

test('TransferIn: what no pool sends, the link, what was answered, and its turn', () => {
  const { alpha, beta } = linkedWorld();
  beta.take(arrivalOf('alpha', sent(alpha, transferOf('1'))));
  beta.take(arrivalOf('alpha', sent(alpha, transferOf('1', { toAccount: nobody }))));
  assertOrder<'TransferIn'>(beta, arrivalOf('alpha', sent(alpha, transferOf('1'))), [
    ['NOT_POSITIVE', { amount: amount('0') }],
    ['INVALID_PARAMETER', { pledge: 1 }],
    ['POOL_NOT_LINKED', { fromPool: 'omega' }],
    ['TRANSFER_ALREADY_REFUSED', { number: 2 }],
    ['TRANSFER_ALREADY_RECEIVED', { number: 1 }],
    ['TRANSFER_OUT_OF_ORDER', { number: 9 }],
  ]);
});

test('ConfirmTransfer, ReturnTransfer, ReleasePledge: the link, then what is open or held', () => {
  const { alpha } = linkedWorld();
  sent(alpha, transferOf('1'));
  sent(alpha, transferOf('1'));
  for (const [number, type] of ['ConfirmTransfer', 'ReturnTransfer'].entries()) {
    assertOrder<'ConfirmTransfer'>(alpha, { ...confirmOf(number + 1), type: type as never }, [
      ['POOL_NOT_LINKED', { toPool: 'omega' }],
      ['TRANSFER_NOT_OPEN', { number: 9 }],
    ]);
  }
  const pools = linkedPools();
  pledged(pools, '1');
  pools.beta.take(depositOf(accountId('bob'), '64'));
  const home = { account: accountId('bob'), toPool: 'alpha', toAccount: alice };
  for (let count = 0; count < 64; count += 1) sent(pools.beta, transferOf('1', home));
  pools.beta.refuse(releaseOf(2), 'PLEDGE_NOT_HELD');
  pools.beta.refuse(releaseOf(1), 'LINK_FULL');
  pools.beta.take(confirmOf(1, 'alpha'));
  assertOrder<'ReleasePledge'>(pools.beta, releaseOf(1), [
    ['POOL_NOT_LINKED', { fromPool: 'omega' }],
    ['PLEDGE_NOT_HELD', { pledge: 9 }],
  ]);
});
