import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, size } from '../units/index.ts';
import { bankruptcyPrice, bankruptcyQuote } from './bankruptcy-price.ts';
import type { ContractKind } from './contract-value.ts';

type Close = {
  readonly kind?: ContractKind;
  readonly delta: string;
  readonly mark: string;
  readonly equity: string;
  readonly released: string;
  readonly required: string;
};

function quoteOf({ kind = 'linear', delta, mark, equity, released, required }: Close) {
  return bankruptcyQuote({
    kind,
    sizeDelta: size(delta),
    markPrice: price(mark),
    equity: money(equity),
    maintenanceMarginReleased: money(released),
    maintenanceMargin: money(required),
  });
}

const quoteText = (close: Close): string => formatDecimal(quoteOf(close));

function priceText(close: Close): string | null {
  const { kind = 'linear', delta } = close;
  const found = bankruptcyPrice({ kind, sizeDelta: size(delta), quote: quoteOf(close) });
  return found === null ? null : formatDecimal(found);
}

const btcLong = { delta: '-0.1', mark: '50000', released: '500', required: '500' };

test('dYdX: quotes of its own tests', () => {
  assert.equal(quoteText({ ...btcLong, equity: '499' }), '4501');
  assert.equal(quoteText({ ...btcLong, delta: '-0.05', released: '250', equity: '0' }), '2500');
  assert.equal(quoteText({ ...btcLong, delta: '0.1', equity: '-100' }), '-4900');
  const ethOfTwoLegs = { delta: '0.1', mark: '3000', released: '30', required: '50' };
  assert.equal(quoteText({ ...ethOfTwoLegs, equity: '10' }), '-306');
});

test('dYdX: the exact quote of 2775.11 micro-dollars is rounded up, here in units of 1e-18', () => {
  const part = {
    delta: '-0.00021347',
    mark: '50000',
    equity: '49987',
    released: '1.06735',
    required: '5000',
  };
  assert.equal(quoteText(part), '0.00277511');
});

test('Bybit: a long with wallet and position margin', () => {
  const long = { delta: '-100', mark: '500', equity: '1100', released: '500', required: '500' };
  assert.equal(priceText(long), '489');
});

test('Bybit: an inverse long at 50 times leverage', () => {
  const long = {
    kind: 'inverse' as const,
    delta: '-7890.08',
    mark: '7890.08',
    equity: '0.02',
    released: '0.005',
    required: '0.005',
  };
  assert.equal(quoteText(long), '-1.02');
  assert.equal(priceText(long), '7735.372549019607843138');
});

test('an inverse short: 1/p = 1/P + E/q', () => {
  const short = {
    kind: 'inverse' as const,
    delta: '10000',
    mark: '10000',
    equity: '0.2',
    released: '0.01',
    required: '0.01',
  };
  assert.equal(quoteText(short), '0.8');
  assert.equal(priceText(short), '12500');
});

test('at equity zero the bankruptcy price is the mark; below zero it lies beyond', () => {
  const at = (equity: string) => priceText({ ...btcLong, equity });
  assert.equal(at('0'), '50000');
  assert.equal(at('-0.000000000000000001'), '50000.00000000000000001');
  assert.equal(at('0.000000000000000001'), '49999.99999999999999999');
});

test('rounding: the quote up, the price against the liquidator', () => {
  const third = { delta: '-3', mark: '1', equity: '1', released: '1', required: '3' };
  assert.equal(quoteText(third), '2.666666666666666667');
  assert.equal(priceText(third), '0.888888888888888889');
  const mirrored = { ...third, delta: '3' };
  assert.equal(quoteText(mirrored), '-3.333333333333333333');
  assert.equal(priceText(mirrored), '1.111111111111111111');
  // Half a unit of value less no equity: one unit, not none.
  const unit = '0.000000000000000001';
  assert.equal(quoteText({ ...third, delta: `-${unit}`, mark: '0.5', equity: '0' }), unit);
});

test('no positive price: the long may be given away', () => {
  const at = (equity: string) => priceText({ ...btcLong, equity });
  assert.equal(at('4999.999999999999999999'), '0.00000000000000001');
  assert.equal(at('5000'), null);
  assert.equal(at('5001'), null);
});

test('no positive price: the short cannot be bought back even for nothing', () => {
  const at = (equity: string) => priceText({ ...btcLong, delta: '0.1', equity });
  assert.equal(at('-4999.999999999999999999'), '0.00000000000000001');
  assert.equal(at('-5000'), null);
  assert.equal(at('-5001'), null);
});

test('an inverse leg: the short may be given away, the long cannot close at any price', () => {
  const leg = { kind: 'inverse' as const, mark: '10', released: '1', required: '1' };
  assert.equal(priceText({ ...leg, delta: '10', equity: '0.5' }), '20');
  assert.equal(priceText({ ...leg, delta: '10', equity: '1' }), null);
  assert.equal(priceText({ ...leg, delta: '10', equity: '2' }), null);
  assert.equal(priceText({ ...leg, delta: '-10', equity: '-0.5' }), '20');
  assert.equal(priceText({ ...leg, delta: '-10', equity: '-1' }), null);
  assert.equal(priceText({ ...leg, delta: '-10', equity: '-2' }), null);
});

test('a price that cannot be represented is null', () => {
  const linear = bankruptcyPrice({
    kind: 'linear',
    sizeDelta: size('-0.000000000000000001'),
    quote: money('1000'),
  });
  assert.equal(linear, null);
  const nothing = { kind: 'linear' as const, sizeDelta: size('-1'), quote: money('0') };
  assert.equal(bankruptcyPrice(nothing), null);
  assert.equal(bankruptcyPrice({ ...nothing, sizeDelta: size('0'), quote: money('1') }), null);
  // A short's price that rounds down to zero.
  const dust = { sizeDelta: size('2'), quote: money('-0.000000000000000001') };
  assert.equal(bankruptcyPrice({ kind: 'linear', ...dust }), null);
});

test('contract violations', () => {
  assert.throws(() => quoteOf({ ...btcLong, equity: '1', required: '0' }), /not positive/);
  assert.throws(() => quoteOf({ ...btcLong, equity: '1', released: '-1' }), /negative/);
  assert.throws(() => quoteOf({ ...btcLong, equity: '1', mark: '0' }), /not positive/);
});
