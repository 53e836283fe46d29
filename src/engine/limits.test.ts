import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  asset,
  bookReport,
  deposit,
  fill,
  indexReport,
  outsideReport,
  report,
} from '../../test/pools/sample-commands.ts';
import {
  accountId,
  amount,
  assetId,
  formatDecimal,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { isModerate, isModerateSum, isReckonable, MONEY_MAX, MONEY_MAX_TEXT } from './limits.ts';

const ETH = assetId('ETH');
const most = '100000000000000000';
const more = '100000000000000000.000000000000000001';

/** Alice is long 10 BTC at 100 with 1000, the maker short them. */
function aliceLong10() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(asset('ETH'));
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '1000000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  return { ...pool, alice, maker };
}

test('the limit, on both sides, and never by overflow', () => {
  assert.equal(formatDecimal(MONEY_MAX), most);
  assert.equal(MONEY_MAX_TEXT, most);
  assert.ok(isModerate(money(most)) && isModerate(money(`-${most}`)));
  assert.ok(!isModerate(money(more)) && !isModerate(money(`-${more}`)));
  assert.ok(isModerateSum(money(most), money('0')));
  assert.ok(!isModerateSum(money(most), money('0.000000000000000001')));
  const largest = money('170141183460469231731.687303715884105727');
  assert.ok(!isModerateSum(largest, largest));
  assert.ok(isReckonable('linear', size('1000'), price('100000000000000')));
  assert.ok(!isReckonable('linear', size('1000'), price('100000000000000.000000000000000001')));
  assert.ok(isReckonable('inverse', size('1'), price('0.00000000000000001')));
  assert.ok(!isReckonable('inverse', size('1'), price('0.000000000000000009')));
  assert.ok(!isReckonable('inverse', size('1'), price('0')));
});

test('money and assets come in up to the limit, counted over the life of the pool', () => {
  const pool = aliceLong10();
  const room = '99999999999998999000';
  pool.refuse(deposit({ amount: amount(room) }), 'ASSET_CAP_EXCEEDED');
  pool.take(deposit({ amount: amount('99999999998999000') }));
  pool.refuse(deposit({ amount: amount('0.000000000000000001') }), 'ASSET_CAP_EXCEEDED');
  pool.refuse(
    { type: 'FundInsurance', amount: money('0.000000000000000001') },
    'ASSET_CAP_EXCEEDED',
  );
  // An asset at a price of 100: a hundredth of the units.
  pool.refuse(deposit({ asset: ETH, amount: amount('1000000000000001') }), 'ASSET_CAP_EXCEEDED');
  pool.take(deposit({ asset: ETH, amount: amount('1000000000000000') }));
});

test('open interest, fees and funding have the same limit', () => {
  const pool = aliceLong10();
  const trade = { buyer: accountId('maker'), seller: accountId('alice') };
  pool.refuse(fill({ size: size('1000000000000000') }), 'INVALID_PARAMETER');
  pool.refuse(fill({ size: size('170000000000000000000') }), 'INVALID_PARAMETER');
  pool.refuse(fill({ ...trade, buyerFee: money(more) }), 'INVALID_PARAMETER');
  pool.market('BTC-NEW');
  pool.wait(1);
  const accrual = { type: 'AccrueFunding', market: marketId('BTC-NEW') } as const;
  pool.price('BTC', '6000000000000000', ['BTC-NEW']);
  for (let times = 0; times < 16; times += 1) pool.take({ ...accrual, fundingRate: ratio('-1') });
  pool.refuse({ ...accrual, fundingRate: ratio('-1') }, 'INVALID_PARAMETER');
});

test('a price at which nothing could be valued is no price: the market freezes', () => {
  const pool = aliceLong10();
  pool.wait(1);
  // Ten contracts at more than 10^16 are worth more than 10^17.
  const update = pool.price('BTC', '10000000000000000.000000000000000001', ['BTC-PERP']);
  assert.deepEqual(eventsOf(update, 'LiquidationStarted'), []);
  const [market] = pool.engine.state.markets;
  assert.deepEqual([market!.mode, formatDecimal(market!.mark!)], ['frozen', '100']);
  pool.wait(1);
  pool.price('BTC', '101', ['BTC-PERP']);
  assert.deepEqual([market!.mode, formatDecimal(market!.mark!)], ['live', '101']);
});

test('an index that would overvalue collateral is stale until a better report', () => {
  const pool = aliceLong10();
  pool.take(deposit({ asset: ETH, amount: amount('1000') }));
  const absurd = { ...indexReport(pool, {}), price: price('100000000000000.000000000000000001') };
  pool.take(report({ indexes: [absurd] }));
  assert.equal(pool.engine.state.indexes[0]!.live, false);
  pool.take(report({ indexes: [indexReport(pool, {})] }));
  assert.equal(pool.engine.state.indexes[0]!.live, true);
});

test('books and outside prices beyond the limit are refused', () => {
  const pool = aliceLong10();
  const high = { bid: price('1'), ask: price(more), last: price('1') };
  pool.refuse(report({ books: [{ ...bookReport(pool), ...high }] }), 'INVALID_PARAMETER');
  pool.refuse(report({ outside: [outsideReport(pool, { price: more })] }), 'INVALID_PARAMETER');
});
