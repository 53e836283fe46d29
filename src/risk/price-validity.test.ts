import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, price, ratio } from '../units/index.ts';
import { PRICE_FAULTS, type PriceFault, priceStaleness, priceValidity } from './price-validity.ts';

const sound = {
  price: price('100'),
  stablePrice: price('100'),
  deviationMax: ratio('0.1'),
  confidence: ratio('0.01'),
  confidenceMax: ratio('0.02'),
};

test('a sound price is valid, and allows everything', () => {
  assert.deepEqual(priceValidity(sound), {
    validity: 'valid',
    faults: [],
    allows: { reduceRisk: true, liquidate: true, increaseRisk: true, withdraw: true },
  });
});

test('a price that never was is as bad as one of zero', () => {
  for (const none of [null, price('0'), price('-1')]) {
    const { validity, allows } = priceValidity({ price: none });
    assert.equal(validity, 'non-positive');
    assert.deepEqual(new Set(Object.values(allows)), new Set([false]));
  }
});

test('no fault allows new risk, and none but the worst bars the way out', () => {
  for (const fault of PRICE_FAULTS) {
    const { validity, faults, allows } = priceValidity({ ...sound, standing: [fault] });
    assert.deepEqual([validity, faults], [fault, [fault]]);
    assert.deepEqual([allows.increaseRisk, allows.withdraw], [false, false]);
    assert.equal(allows.reduceRisk, fault !== 'non-positive');
  }
});

test('liquidation tolerates doubt and age for trading, not a price that margin may not rest on', () => {
  const liquidates = (fault: PriceFault): boolean =>
    priceValidity({ ...sound, standing: [fault] }).allows.liquidate;
  assert.deepEqual(PRICE_FAULTS.filter(liquidates), [
    'too-volatile',
    'too-uncertain',
    'stale-for-trading',
  ]);
});

test('the worst fault is named, and every fault counts', () => {
  const { validity, faults, allows } = priceValidity({
    ...sound,
    price: price('50'),
    confidence: ratio('1'),
    staleness: 'stale-for-margin',
    standing: ['too-volatile'],
  });
  assert.equal(validity, 'too-volatile');
  assert.deepEqual(faults, ['too-volatile', 'too-uncertain', 'stale-for-margin']);
  assert.equal(allows.liquidate, false, 'the lesser fault bars what the worse one tolerates');
});

test('what is not compared finds nothing', () => {
  for (const changes of [{ stablePrice: null }, { deviationMax: null }]) {
    assert.equal(priceValidity({ ...sound, price: price('1'), ...changes }).validity, 'valid');
  }
  for (const changes of [{ confidence: null }, { confidenceMax: null }]) {
    const { validity } = priceValidity({ ...sound, confidence: ratio('9'), ...changes });
    assert.equal(validity, 'valid');
  }
});

test('age is judged against the limit for margin first', () => {
  const [stalenessMsMax, tradingStalenessMsMax] = [durationMs(60), durationMs(5)];
  const at = (ageMs: number, trading: typeof stalenessMsMax | null = tradingStalenessMsMax) =>
    priceStaleness({ ageMs: durationMs(ageMs), stalenessMsMax, tradingStalenessMsMax: trading });
  assert.deepEqual(
    [at(5), at(6), at(60), at(61)],
    [null, 'stale-for-trading', 'stale-for-trading', 'stale-for-margin'],
  );
  assert.deepEqual([at(60, null), at(61, null)], [null, 'stale-for-margin']);
});
