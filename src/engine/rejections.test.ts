/**
 * Every rejection code of the pool itself is produced here, and each rejected command is shown to
 * change nothing (the driver's `refuse` compares the whole state before and after).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POOL, poolDriver, refusedCodes } from '../../test/pools/pool-driver.ts';
import {
  asset,
  bookReport,
  deposit,
  fill,
  indexReport,
  market,
  open,
  outsideReport,
  report,
  transfer,
  withdraw,
} from '../../test/pools/sample-commands.ts';
import { liquidity, setGate } from '../../test/pools/sample-guards.ts';
import {
  accountId,
  amount,
  assetId,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
  sub,
} from '../units/index.ts';
import {
  type Command,
  ENGINE_SOURCE,
  REJECTIONS,
  type RejectionCode,
  rejectionMessage,
} from './index.ts';

const USDC = assetId('USDC');
const BTC_PERP = marketId('BTC-PERP');
const alice = accountId('alice');
const maker = accountId('maker');
const nobody = accountId('nobody');
const nowhere = marketId('NOWHERE');
const engine = { source: ENGINE_SOURCE, sourceSeq: 0 };

/** One index, one perpetual at 100, Alice with 10 and a maker with 1000; no positions yet. */
function aliceAndMaker() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.account('alice', '10');
  pool.account('maker', '1000');
  return pool;
}

/** Alice is long 1 BTC at 100 with 10 of her own money; the maker is short it. */
function aliceLong1At100() {
  const pool = aliceAndMaker();
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  return pool;
}

/** The same, and a fall to 94.5 has put a close-out order on the book. */
function aliceInLiquidation() {
  const pool = aliceLong1At100();
  pool.price('BTC', '94.5', ['BTC-PERP']);
  const order = pool.engine.state.liquidations.get(1)?.order;
  assert.ok(order, 'a close-out order is open');
  return { pool, order };
}

test('DUPLICATE_COMMAND: the same source and number is recognised and named', () => {
  const pool = aliceAndMaker();
  const sender = { source: 'desk', sourceSeq: 7 };
  assert.equal(pool.attempt(deposit(), sender).code, null);
  const firstSeq = String(pool.records.length);
  const { details } = pool.refuse(deposit(), 'DUPLICATE_COMMAND', sender);
  assert.deepEqual(details.at(-1), { name: 'firstSeq', value: firstSeq });
  // What counts is the sender's number, not what the command says.
  pool.refuse({ type: 'Tick' }, 'DUPLICATE_COMMAND', sender);
  assert.equal(pool.attempt(deposit(), { ...sender, source: 'other-desk' }).code, null);
});

test('a refused command is forgotten: its number may be used again', () => {
  const pool = aliceAndMaker();
  const sender = { source: 'desk', sourceSeq: 1 };
  pool.refuse(deposit({ account: nobody }), 'ACCOUNT_UNKNOWN', sender);
  assert.equal(pool.attempt(deposit(), sender).code, null);
});

test('SOURCE_SEQUENCE_TOO_OLD: beyond the window a number cannot be told from a duplicate', () => {
  const pool = aliceAndMaker();
  const tick = (sourceSeq: number) =>
    pool.attempt({ type: 'Tick' }, { source: 'clock', sourceSeq });
  // The window holds 64 numbers: 2 to 65 once 65 were taken.
  for (let sourceSeq = 1; sourceSeq <= 65; sourceSeq += 1) assert.equal(tick(sourceSeq).code, null);
  pool.refuse({ type: 'Tick' }, 'SOURCE_SEQUENCE_TOO_OLD', { source: 'clock', sourceSeq: 1 });
  pool.refuse({ type: 'Tick' }, 'DUPLICATE_COMMAND', { source: 'clock', sourceSeq: 2 });
  assert.equal(tick(101).code, null, 'a gap is no problem');
  assert.equal(tick(100).code, null, 'nor is a number that comes late');
  pool.refuse({ type: 'Tick' }, 'DUPLICATE_COMMAND', { source: 'clock', sourceSeq: 100 });
});

test('INTERNAL_COMMAND: outsiders give no internal commands, and the engine only those', () => {
  const pool = aliceLong1At100();
  const internal: Command[] = [
    { type: 'StartLiquidations', accounts: [alice] },
    { type: 'StepLiquidation', liquidation: 1 },
    { type: 'SettleMarket', market: BTC_PERP },
  ];
  for (const command of internal) pool.refuse(command, 'INTERNAL_COMMAND');
  pool.refuse(deposit(), 'INTERNAL_COMMAND', engine);
});

test('POOL_NOT_CONFIGURED: before its parameters are known a pool takes nothing else', () => {
  const pool = poolDriver();
  pool.refuse({ type: 'Tick' }, 'POOL_NOT_CONFIGURED');
  pool.refuse(deposit(), 'POOL_NOT_CONFIGURED');
});

test('POOL_ALREADY_CONFIGURED: the settlement asset is chosen once', () => {
  const pool = aliceAndMaker();
  const parameters = { ...POOL, settlementAsset: assetId('BTC') };
  pool.refuse({ type: 'ConfigurePool', parameters }, 'POOL_ALREADY_CONFIGURED');
  pool.configure({ releaseRatio: ratio('1.5') });
});

test('INVALID_PARAMETER: fees, rates, accounts and batches', () => {
  const pool = aliceAndMaker();
  pool.refuse(fill({ buyerFee: money('-1') }), 'INVALID_PARAMETER');
  pool.refuse(fill({ sellerFee: money('-1') }), 'INVALID_PARAMETER');
  pool.refuse(open({ parent: alice }), 'INVALID_PARAMETER');
  pool.refuse(open({ market: BTC_PERP }), 'INVALID_PARAMETER');
  for (const rate of ['1.000000000000000001', '-1.000000000000000001']) {
    const fundingRate = ratio(rate);
    pool.refuse({ type: 'AccrueFunding', market: BTC_PERP, fundingRate }, 'INVALID_PARAMETER');
  }
  // At most four liquidations start per record; none, or one twice, is no batch at all.
  for (const accounts of [[], [alice, alice], ['a', 'b', 'c', 'd', 'e'].map(accountId)]) {
    pool.refuse({ type: 'StartLiquidations', accounts }, 'INVALID_PARAMETER', engine);
  }
});

test('NOT_POSITIVE: amounts, sizes and prices are above zero', () => {
  const pool = aliceAndMaker();
  for (const value of ['0', '-1']) {
    pool.refuse(deposit({ amount: amount(value) }), 'NOT_POSITIVE');
    pool.refuse(withdraw(value), 'NOT_POSITIVE');
    pool.refuse(transfer({ amount: amount(value) }), 'NOT_POSITIVE');
    pool.refuse({ type: 'FundInsurance', amount: money(value) }, 'NOT_POSITIVE');
    pool.refuse(fill({ size: size(value) }), 'NOT_POSITIVE');
    pool.refuse(fill({ price: price(value) }), 'NOT_POSITIVE');
    pool.refuse(report({ books: [bookReport(pool, { bid: value })] }), 'NOT_POSITIVE');
    pool.refuse(report({ outside: [outsideReport(pool, { price: value })] }), 'NOT_POSITIVE');
  }
});

test('ACCOUNT_EXISTS and ACCOUNT_UNKNOWN', () => {
  const pool = aliceAndMaker();
  pool.refuse(open({ account: alice }), 'ACCOUNT_EXISTS');
  pool.refuse(open({ parent: nobody, market: BTC_PERP }), 'ACCOUNT_UNKNOWN');
  pool.refuse(deposit({ account: nobody }), 'ACCOUNT_UNKNOWN');
  pool.refuse(transfer({ to: nobody }), 'ACCOUNT_UNKNOWN');
  pool.refuse(fill({ seller: nobody }), 'ACCOUNT_UNKNOWN');
  const parameters = { ...POOL, collateralBuyer: nobody };
  pool.refuse({ type: 'ConfigurePool', parameters }, 'ACCOUNT_UNKNOWN');
  pool.refuse({ type: 'StartLiquidations', accounts: [nobody] }, 'ACCOUNT_UNKNOWN', engine);
});

test('ACCOUNT_IN_LIQUIDATION: it neither trades nor pays out until the liquidation ends', () => {
  const { pool } = aliceInLiquidation();
  pool.take(open({ owner: 'alice' }));
  pool.refuse(withdraw('1'), 'ACCOUNT_IN_LIQUIDATION');
  pool.refuse(transfer({ to: accountId('child') }), 'ACCOUNT_IN_LIQUIDATION');
  pool.refuse(
    fill({ buyer: maker, seller: alice, price: price('94.5') }),
    'ACCOUNT_IN_LIQUIDATION',
  );
  pool.take(deposit());
});

test('PARENT_NOT_ELIGIBLE and OWNER_DIFFERS', () => {
  const pool = aliceAndMaker();
  const child = accountId('child');
  pool.refuse(open({ owner: 'bob', parent: alice, market: BTC_PERP }), 'OWNER_DIFFERS');
  pool.take(open({ parent: alice, market: BTC_PERP }));
  const grandchild = { account: accountId('grandchild'), parent: child, market: BTC_PERP };
  pool.refuse(open(grandchild), 'PARENT_NOT_ELIGIBLE');
  pool.refuse(transfer(), 'OWNER_DIFFERS');
  pool.refuse(transfer({ to: alice }), 'OWNER_DIFFERS');
  pool.take(transfer({ to: child }));
});

test('ASSET_UNKNOWN and ASSET_CAP_EXCEEDED', () => {
  const pool = aliceAndMaker();
  const ETH = assetId('ETH');
  pool.refuse(deposit({ asset: ETH }), 'ASSET_UNKNOWN');
  pool.refuse(withdraw('1', ETH), 'ASSET_UNKNOWN');
  pool.refuse(transfer({ asset: ETH }), 'ASSET_UNKNOWN');
  pool.take(asset('ETH', { amountMax: amount('2') }));
  pool.take(deposit({ asset: ETH, amount: amount('1.5') }));
  pool.refuse(
    deposit({ account: maker, asset: ETH, amount: amount('0.500000000000000001') }),
    'ASSET_CAP_EXCEEDED',
  );
  pool.take(deposit({ account: maker, asset: ETH, amount: amount('0.5') }));
});

test('BALANCE_INSUFFICIENT: of each asset at most what is held', () => {
  const pool = aliceAndMaker();
  pool.take(asset('ETH'));
  pool.refuse(withdraw('1', assetId('ETH')), 'BALANCE_INSUFFICIENT');
  pool.refuse(withdraw('10.000000000000000001'), 'BALANCE_INSUFFICIENT');
  pool.take(withdraw('10'));
});

test('INITIAL_MARGIN_NOT_MET: to take on risk or to pay out', () => {
  const pool = aliceLong1At100();
  // Alice has 10 and needs exactly 10 for her position.
  pool.refuse(withdraw('0.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  pool.refuse(fill({ size: size('0.001') }), 'INITIAL_MARGIN_NOT_MET');
  // Reducing at a price that costs more margin than it frees is refused as well.
  pool.refuse(
    fill({ buyer: maker, seller: alice, size: size('0.5'), price: price('89') }),
    'INITIAL_MARGIN_NOT_MET',
  );
  pool.take(fill({ buyer: maker, seller: alice, size: size('0.5'), price: price('90') }));
});

test('WITHDRAWALS_GATED: nobody leaves while a loss is unborne', () => {
  const pool = aliceLong1At100();
  const bob = pool.account('bob', '1000');
  pool.account('carol', '5');
  // The maker leaves its short to Bob at 80: at a mark of 80 nobody has any profit.
  pool.fill(maker, bob, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.price('BTC', '80', ['BTC-PERP']);
  const command = { type: 'Withdraw', account: accountId('carol'), asset: USDC } as const;
  const { details } = pool.refuse({ ...command, amount: amount('1') }, 'WITHDRAWALS_GATED');
  assert.deepEqual(details, [
    { name: 'claims', value: '10' },
    { name: 'fund', value: '0' },
  ]);
});

test('SELF_TRADE: an account cannot be both sides of a fill', () => {
  aliceAndMaker().refuse(fill({ seller: alice }), 'SELF_TRADE');
});

test('INDEX_UNKNOWN, SOURCE_UNKNOWN and MARKET_UNKNOWN', () => {
  const pool = aliceAndMaker();
  pool.refuse(asset('ETH', { index: indexId('ETH') }), 'INDEX_UNKNOWN');
  pool.refuse(market({ index: indexId('ETH') }), 'INDEX_UNKNOWN');
  pool.refuse(report({ indexes: [indexReport(pool, { index: 'ETH' })] }), 'INDEX_UNKNOWN');
  pool.refuse(report({ indexes: [indexReport(pool, { source: 'rumor' })] }), 'SOURCE_UNKNOWN');
  pool.refuse(report({ outside: [outsideReport(pool)] }), 'SOURCE_UNKNOWN');
  pool.refuse(report({ books: [bookReport(pool, { market: 'NOWHERE' })] }), 'MARKET_UNKNOWN');
  pool.refuse(report({ outside: [outsideReport(pool, { market: 'NOWHERE' })] }), 'MARKET_UNKNOWN');
  pool.refuse(open({ parent: alice, market: nowhere }), 'MARKET_UNKNOWN');
  pool.refuse(fill({ market: nowhere }), 'MARKET_UNKNOWN');
  const fundingRate = ratio('0.01');
  pool.refuse({ type: 'AccrueFunding', market: nowhere, fundingRate }, 'MARKET_UNKNOWN');
  pool.refuse({ type: 'SettleMarket', market: nowhere }, 'MARKET_UNKNOWN', engine);
});

test('MARKET_EXPIRED and SETTLEMENT_NOT_DUE: a dated future before and after its time', () => {
  const pool = aliceAndMaker();
  const BTC_DATED = marketId('BTC-DATED');
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(5_000) });
  pool.price('BTC', '100', ['BTC-DATED']);
  pool.take(fill({ market: BTC_DATED }));
  pool.refuse({ type: 'SettleMarket', market: BTC_DATED }, 'SETTLEMENT_NOT_DUE', engine);
  pool.wait(3_999);
  pool.take(fill({ market: BTC_DATED }));
  pool.wait(1);
  // Expired by the clock, although nobody has said so yet.
  pool.refuse(fill({ market: BTC_DATED }), 'MARKET_EXPIRED');
  pool.take({ type: 'Tick' });
  const fundingRate = ratio('0.01');
  pool.refuse({ type: 'AccrueFunding', market: BTC_DATED, fundingRate }, 'MARKET_EXPIRED');
  pool.refuse({ type: 'SettleMarket', market: BTC_DATED }, 'SETTLEMENT_NOT_DUE', engine);
  pool.refuse({ type: 'SettleMarket', market: BTC_PERP }, 'SETTLEMENT_NOT_DUE', engine);
});

test('MARKET_NOT_TRADABLE_BY_ACCOUNT: an isolated account trades its one market', () => {
  const pool = aliceAndMaker();
  const child = accountId('child');
  pool.market('BTC-2');
  pool.price('BTC', '100', ['BTC-2']);
  pool.take(open({ parent: alice, market: BTC_PERP }));
  pool.take(transfer({ to: child, amount: amount('5') }));
  pool.refuse(fill({ buyer: child, market: marketId('BTC-2') }), 'MARKET_NOT_TRADABLE_BY_ACCOUNT');
  pool.take(fill({ buyer: child }));
});

test('PRICE_UNAVAILABLE: without a live price no trade adds risk and nothing is paid out', () => {
  const pool = aliceLong1At100();
  pool.market('BTC-2');
  pool.refuse(fill({ market: marketId('BTC-2') }), 'PRICE_UNAVAILABLE');
  // After a minute without a report the index is stale and the mark is frozen.
  pool.pass(60_001);
  pool.refuse(fill(), 'PRICE_UNAVAILABLE');
  pool.refuse(withdraw('1'), 'PRICE_UNAVAILABLE');
  const fundingRate = ratio('0.01');
  pool.refuse({ type: 'AccrueFunding', market: BTC_PERP, fundingRate }, 'PRICE_UNAVAILABLE');
});

test('PRICE_OUTSIDE_BAND: a fill is at most half the mark away from it', () => {
  const pool = aliceAndMaker();
  pool.refuse(fill({ price: price('150.000000000000000001') }), 'PRICE_OUTSIDE_BAND');
  pool.refuse(fill({ price: price('49.999999999999999999') }), 'PRICE_OUTSIDE_BAND');
  pool.take(fill({ price: price('150') }));
});

test('REPORT_FROM_THE_FUTURE and REPORT_REPEATED', () => {
  const pool = aliceAndMaker();
  const outsideSources = [{ source: 'elsewhere', weight: ratio('1') }];
  pool.market('BTC-PERP', { outsideSources });
  pool.refuse(report({ indexes: [indexReport(pool, { later: 1 })] }), 'REPORT_FROM_THE_FUTURE');
  pool.refuse(report({ books: [bookReport(pool, { later: 1 })] }), 'REPORT_FROM_THE_FUTURE');
  pool.refuse(report({ outside: [outsideReport(pool, { later: 1 })] }), 'REPORT_FROM_THE_FUTURE');
  const twice = <T>(entry: T): T[] => [entry, entry];
  pool.refuse(report({ indexes: twice(indexReport(pool, {})) }), 'REPORT_REPEATED');
  pool.refuse(report({ books: twice(bookReport(pool)) }), 'REPORT_REPEATED');
  pool.refuse(report({ outside: twice(outsideReport(pool)) }), 'REPORT_REPEATED');
});

test('BOOK_CROSSED: a bid above the ask is no book', () => {
  const pool = aliceAndMaker();
  pool.refuse(
    report({ books: [bookReport(pool, { bid: '101.000000000000000001' })] }),
    'BOOK_CROSSED',
  );
  pool.take(report({ books: [bookReport(pool, { bid: '101' })] }));
});

test('SIZE_NOT_IN_LOTS: sizes are multiples of the lot', () => {
  const pool = aliceAndMaker();
  pool.refuse(fill({ size: size('0.0015') }), 'SIZE_NOT_IN_LOTS');
  pool.take(fill({ size: size('0.002') }));
});

test('MARKET_IN_USE: what contracts rest on cannot be exchanged under them', () => {
  const pool = aliceAndMaker();
  pool.index('ETH');
  pool.refuse(market({ kind: 'inverse' }), 'MARKET_IN_USE');
  pool.refuse(market({ index: indexId('ETH') }), 'MARKET_IN_USE');
  pool.refuse(market({ expiryMs: engineTimeMs(9_999) }), 'MARKET_IN_USE');
  pool.refuse(market({ lot: size('0.01') }), 'MARKET_IN_USE');
  pool.take(market({ initialMarginFraction: ratio('0.2') }));
});

test('the four ways in which a fill misses its close-out order', () => {
  const { pool, order } = aliceInLiquidation();
  const closing = {
    buyer: maker,
    seller: alice,
    price: order.limitPrice,
    size: size('0.001'),
    order: order.order,
  };
  pool.refuse(fill({ ...closing, order: 99 }), 'ORDER_NOT_OPEN');
  pool.refuse({ type: 'FinishOrder', order: 99, reason: 'filled' }, 'ORDER_NOT_OPEN');
  pool.refuse(fill({ ...closing, buyer: alice, seller: maker }), 'ORDER_MISMATCH');
  pool.refuse(fill({ ...closing, sellerFee: money('0.1') }), 'ORDER_MISMATCH');
  pool.refuse(fill({ ...closing, size: size('1') }), 'ORDER_OVERFILLED');
  const below = sub(order.limitPrice, price('0.000000000000000001'));
  pool.refuse(fill({ ...closing, price: below }), 'PRICE_BEYOND_LIMIT');
  pool.take(fill(closing));
});

test('ACCOUNT_NOT_LIQUIDATABLE and LIQUIDATION_NOT_DUE: the engine checks its own work', () => {
  const pool = aliceLong1At100();
  const start: Command = { type: 'StartLiquidations', accounts: [alice] };
  pool.refuse(start, 'ACCOUNT_NOT_LIQUIDATABLE', engine);
  pool.refuse({ type: 'StepLiquidation', liquidation: 1 }, 'LIQUIDATION_NOT_DUE', engine);
  const running = aliceInLiquidation();
  running.pool.refuse(start, 'ACCOUNT_NOT_LIQUIDATABLE', engine);
  // Its order is open: nothing is due until it is filled or expires.
  running.pool.refuse({ type: 'StepLiquidation', liquidation: 1 }, 'LIQUIDATION_NOT_DUE', engine);
});

test('OPEN_INTEREST_CAP_EXCEEDED: nobody opens more than a market may hold', () => {
  const pool = aliceLong1At100();
  pool.account('carol', '100');
  pool.take(liquidity({ openInterestMax: money('150') }));
  const opening = { buyer: accountId('carol'), price: price('100') };
  pool.refuse(fill({ ...opening, size: size('0.501') }), 'OPEN_INTEREST_CAP_EXCEEDED');
  pool.take(fill({ ...opening, size: size('0.5') }));
});

test('GATE_CLOSED: nobody takes on risk where nobody may be liquidated', () => {
  const pool = aliceLong1At100();
  pool.account('carol', '100');
  const terms = { seller: alice, price: price('100'), size: size('0.001') };
  pool.take(fill({ ...terms, buyer: accountId('carol') }));
  pool.take(setGate({ market: BTC_PERP, gate: 'liquidations' }));
  pool.refuse(fill({ ...terms, buyer: accountId('carol') }), 'GATE_CLOSED');
  // Who only gets rid of it may, against somebody who gets rid of it too.
  pool.take(fill({ ...terms, seller: accountId('carol'), buyer: maker }));
});

test('a rejection is printed as one line: number, slug and facts', () => {
  const { refuse } = aliceAndMaker();
  assert.equal(
    rejectionMessage(refuse(withdraw('11'), 'BALANCE_INSUFFICIENT')),
    '2008 BALANCE_INSUFFICIENT: account alice, asset USDC',
  );
  assert.equal(rejectionMessage({ code: 'SELF_TRADE', details: [] }), '2011 SELF_TRADE');
});

// Tests of one file run in the order in which they are written.
test('no rejection code is left out above', () => {
  // Each way out and each use of the pool produces its own in a file beside this one.
  const isElsewhere = (code: number) => code % 1000 > 20;
  const missing = Object.entries(REJECTIONS)
    .filter(([slug, code]) => !isElsewhere(code) && !refusedCodes.has(slug as RejectionCode))
    .map(([slug]) => slug);
  assert.deepEqual(missing, []);
});
