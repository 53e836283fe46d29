import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, ratio, rawOf, size } from '../units/index.ts';
import { type AmmPool, ammQuote } from './amm-quote.ts';

const unit = '0.000000000000000001';
const FULL: AmmPool = { curve: 'constant-product', depth: money('1000') };
/** √(1 − 0.36) = 0.8: a depth of 1000 within the band is one of 5000 without. */
const BAND: AmmPool = { curve: 'concentrated', depth: money('1000'), band: ratio('0.36') };

type Given = {
  readonly pool?: AmmPool;
  readonly mark?: string;
  readonly inventory?: string;
  readonly inventoryMax?: string;
  readonly impactMax?: string;
  readonly side?: 'buy' | 'sell';
  readonly size?: string;
};

function quoted(given: Given = {}) {
  const result = ammQuote({
    pool: given.pool ?? FULL,
    markPrice: price(given.mark ?? '100'),
    inventory: size(given.inventory ?? '0'),
    inventoryMax: size(given.inventoryMax ?? '1000'),
    impactMax: ratio(given.impactMax ?? '0.999'),
    side: given.side ?? 'sell',
    size: size(given.size ?? '2.5'),
  });
  const { averagePrice, marginalPrice, ...rest } = result;
  return {
    size: formatDecimal(rest.size),
    quote: formatDecimal(rest.quote),
    average: averagePrice === null ? null : formatDecimal(averagePrice),
    marginal: marginalPrice === null ? null : formatDecimal(marginalPrice),
    after: formatDecimal(rest.inventoryAfter),
    bound: rest.bound,
  };
}

test('a sale into a pool without inventory', () => {
  // 250 · 1000 / 1250 = 200, and the next unit at 100 · (1000 / 1250)².
  assert.deepEqual(quoted(), {
    size: '2.5',
    quote: '200',
    average: '80',
    marginal: '64',
    after: '2.5',
    bound: 'none',
  });
});

test('a purchase from a pool without inventory', () => {
  // 200 · 1000 / 800 = 250, and the next unit at 100 · (1000 / 800)².
  assert.deepEqual(quoted({ side: 'buy', size: '2' }), {
    size: '2',
    quote: '250',
    average: '125',
    marginal: '156.25',
    after: '-2',
    bound: 'none',
  });
});

test('an order in two parts is what it is in one', () => {
  const first = quoted({ size: '1' });
  const second = quoted({ size: '1.5', inventory: '1' });
  assert.equal(first.quote, '90.90909090909090909');
  assert.equal(second.quote, '109.090909090909090909');
  assert.equal(second.marginal, quoted().marginal);
});

test('inventory skews the price against more of it', () => {
  assert.equal(quoted({ inventory: '2.5', size: '0' }).marginal, '64');
  assert.equal(quoted({ inventory: '-2', side: 'buy', size: '0' }).marginal, '156.25');
});

test('what brings the inventory back deals at the mark, and no better', () => {
  const back = quoted({ inventory: '-2', size: '2' });
  assert.deepEqual([back.quote, back.average, back.marginal], ['200', '100', '100']);
  const through = quoted({ inventory: '-2', size: '4.5' });
  assert.deepEqual([through.quote, through.marginal], ['400', '64']);
  const bought = quoted({ inventory: '2.5', size: '2.5', side: 'buy' });
  assert.deepEqual([bought.quote, bought.marginal], ['250', '100']);
  assert.equal(quoted({ inventory: '2.5', size: '4.5', side: 'buy' }).quote, '500');
});

test('a pool whose short inventory outgrew its depth still buys back at the mark', () => {
  const given = { inventory: '-11', inventoryMax: '5' };
  const back = quoted({ ...given, size: '3' });
  assert.deepEqual([back.size, back.quote, back.marginal, back.after], ['3', '300', '100', '-8']);
  // It sells nothing more: there is no price.
  const more = quoted({ ...given, side: 'buy', size: '1', inventoryMax: '20' });
  assert.deepEqual(more, {
    size: '0',
    quote: '0',
    average: null,
    marginal: null,
    after: '-11',
    bound: 'impact',
  });
});

test('the impact bound is met exactly and never passed', () => {
  // 36 % below the mark is W' = 1250.
  assert.deepEqual(quoted({ impactMax: '0.36', size: '2.5' }).bound, 'none');
  const bounded = quoted({ impactMax: '0.36', size: `2.5${unit.slice(3)}` });
  assert.deepEqual([bounded.size, bounded.marginal, bounded.bound], ['2.5', '64', 'impact']);
  assert.equal(
    quoted({ impactMax: '0.359999999999999999', size: '3' }).size,
    '2.49999999999999999',
  );
  // 56.25 % above it is W' = 800.
  const bought = quoted({ impactMax: '0.5625', size: '3', side: 'buy' });
  assert.deepEqual([bought.size, bought.marginal, bought.bound], ['2', '156.25', 'impact']);
  assert.equal(quoted({ impactMax: '0', size: '1' }).size, '0');
  assert.equal(quoted({ impactMax: '0', size: '3', inventory: '-2' }).size, '2');
});

test('the impact bound holds to the last unit where a unit of size is one of value', () => {
  const one = 10n ** 36n;
  const given = {
    pool: { curve: 'constant-product', depth: money('1') },
    mark: unit,
    inventoryMax: '1000000000000000000',
    size: '1000000000000000000',
  } as const;
  // (D / W')² ≤ 1.1, and not with a unit less.
  const bought = rawOf(size(quoted({ ...given, side: 'buy', impactMax: '0.1' }).size));
  const low = one - bought;
  assert.ok(low ** 2n * 11n >= one ** 2n * 10n && (low - 1n) ** 2n * 11n < one ** 2n * 10n);
  // (D / W')² ≥ 0.9, and not with a unit more.
  const high = one + rawOf(size(quoted({ ...given, impactMax: '0.1' }).size));
  assert.ok(high ** 2n * 9n <= one ** 2n * 10n && (high + 1n) ** 2n * 9n > one ** 2n * 10n);
});

test('the inventory bound is met exactly and never passed', () => {
  assert.equal(quoted({ inventoryMax: '2.5' }).bound, 'none');
  const bounded = quoted({ inventoryMax: '2' });
  assert.deepEqual([bounded.size, bounded.after, bounded.bound], ['2', '2', 'inventory']);
  const shrinking = quoted({ inventory: '2.5', inventoryMax: '1', side: 'buy', size: '9' });
  assert.deepEqual([shrinking.size, shrinking.after], ['3.5', '-1']);
  const beyond = quoted({ inventory: '2.5', inventoryMax: '1' });
  assert.deepEqual([beyond.size, beyond.after, beyond.bound], ['0', '2.5', 'inventory']);
});

test('nothing wanted, nothing quoted', () => {
  const none = quoted({ size: '0' });
  assert.deepEqual(
    [none.quote, none.average, none.marginal, none.bound],
    ['0', null, '100', 'none'],
  );
});

test('the concentrated pool is as deep within its band as a deeper one', () => {
  const deep: AmmPool = { curve: 'constant-product', depth: money('5000') };
  for (const side of ['buy', 'sell'] as const) {
    assert.deepEqual(quoted({ pool: BAND, side }), quoted({ pool: deep, side }));
  }
});

test('and ends with it: its money at the lower end, its size at the upper', () => {
  const emptied = quoted({ pool: BAND, size: '100' });
  assert.deepEqual(emptied, {
    size: '12.5',
    quote: '1000',
    average: '80',
    marginal: '64',
    after: '12.5',
    bound: 'impact',
  });
  const sold = quoted({ pool: BAND, size: '100', side: 'buy' });
  assert.deepEqual([sold.size, sold.quote, sold.marginal], ['10', '1250', '156.25']);
  assert.equal(quoted({ pool: BAND, size: '100', impactMax: '0.19' }).size, '5.555555555555555555');
  assert.equal(quoted({ pool: BAND, size: '1', inventory: '12.5' }).size, '0');
});

test('every rounding favours the pool', () => {
  const sale = quoted({ size: '1', mark: '300' });
  // 300 · 1000 / 1300 = 230.769…
  assert.deepEqual([sale.quote, sale.average], ['230.76923076923076923', '230.76923076923076923']);
  const purchase = quoted({ size: '1', mark: '250', side: 'buy' });
  assert.equal(purchase.quote, '333.333333333333333334');
  assert.equal(quoted({ size: unit, mark: '0.5' }).quote, '0');
  assert.equal(quoted({ size: unit, mark: '0.5', side: 'buy' }).quote, unit);
});

test('contract violations', () => {
  const wrong: readonly Given[] = [
    { pool: { curve: 'constant-product', depth: money('0') } },
    { pool: { curve: 'concentrated', depth: money('1'), band: ratio('0') } },
    { pool: { curve: 'concentrated', depth: money('1'), band: ratio('1') } },
    { mark: '0' },
    { impactMax: '-0.1' },
    { impactMax: '1' },
    { size: '-1' },
    { inventoryMax: '-1' },
  ];
  for (const given of wrong) assert.throws(() => quoted(given), /AMM_QUOTE/);
});
