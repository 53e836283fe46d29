import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import {
  type AuctionMaxFractionInput,
  type AuctionStarterFeeInput,
  auctionMaxFraction,
  auctionStarterFee,
  type SolventSlicePriceInput,
  solventSlicePrice,
} from './auction-max-fraction.ts';

const unit = '0.000000000000000001';
const BASE: AuctionMaxFractionInput = {
  markToMarket: money('300'),
  netMaintenanceValue: money('-100'),
  bufferFraction: ratio('0.1'),
  discount: ratio('1'),
  reserved: money('0'),
};

/** Buffer margin and largest fraction. */
function largest(changes: Partial<AuctionMaxFractionInput>): string[] {
  const { bufferMargin, maxFraction } = auctionMaxFraction({ ...BASE, ...changes });
  return [bufferMargin, maxFraction].map(formatDecimal);
}

test('the slice that restores the buffer', () => {
  assert.deepEqual(largest({}), ['-140', '0.318181818181818182']);
  assert.deepEqual(largest({ discount: ratio('0.9') }), ['-140', '0.341463414634146342']);
  assert.deepEqual(largest({ bufferFraction: ratio('0') }), ['-100', '0.25']);
});

test('proceeds that are not sold again restore as well, where the rest is sold below value', () => {
  const half = { discount: ratio('0.5') };
  assert.deepEqual(largest(half), ['-140', '0.482758620689655173']);
  assert.deepEqual(largest({ ...half, reserved: money('20') }), ['-140', '0.466666666666666667']);
  assert.deepEqual(largest({ reserved: money('20') }), ['-140', '0.318181818181818182']);
});

test('everything, where a slice brings nothing', () => {
  assert.deepEqual(largest({ discount: ratio('0') }), ['-140', '1']);
  const dust = { netMaintenanceValue: money(`-${unit}`), bufferFraction: ratio('0') };
  assert.deepEqual(largest({ ...dust, discount: ratio('0') }), [`-${unit}`, '1']);
});

test('nothing at the buffer and above, a little just below', () => {
  const at = (netMaintenanceValue: string) =>
    largest({
      ...{ markToMarket: money('1'), netMaintenanceValue: money(netMaintenanceValue) },
      bufferFraction: ratio('1'),
    });
  assert.deepEqual(at('0.5'), ['0', '0']);
  assert.deepEqual(at('0.500000000000000001'), ['0.000000000000000002', '0']);
  assert.deepEqual(at('0.499999999999999999'), ['-0.000000000000000002', '0.000000000000000002']);
});

test('the fraction follows from the exact buffer margin, which is shown rounded down', () => {
  const changes = {
    ...{ markToMarket: money('1'), bufferFraction: ratio(unit) },
    netMaintenanceValue: money('0.000000000000000000'),
  };
  assert.deepEqual(largest(changes), [`-${unit}`, unit]);
  assert.deepEqual(largest({ ...changes, bufferFraction: ratio('0') }), ['0', '0']);
});

const SLICE: SolventSlicePriceInput = {
  fraction: ratio('0.5'),
  discount: ratio('0.9'),
  markToMarket: money('300'),
  reserved: money('20'),
};
const priceOf = (changes: Partial<SolventSlicePriceInput>): string =>
  formatDecimal(solventSlicePrice({ ...SLICE, ...changes }));

test('a slice costs its share of what is not reserved, at the discount, rounded up', () => {
  assert.equal(priceOf({}), '126');
  assert.equal(priceOf({ reserved: money('0') }), '135');
  assert.equal(priceOf({ fraction: ratio('0') }), '0');
  assert.equal(priceOf({ discount: ratio('0') }), '0');
  const one = { markToMarket: money(unit), reserved: money('0') };
  assert.equal(priceOf(one), unit);
  assert.equal(priceOf({ ...one, fraction: ratio('1'), discount: ratio('1') }), unit);
});

const FEE: AuctionStarterFeeInput = {
  markToMarket: money('300'),
  netMaintenanceValue: money('-100'),
  bufferFraction: ratio('0.1'),
  feeFraction: ratio('0.02'),
};
const fee = (changes: Partial<AuctionStarterFeeInput>): string =>
  formatDecimal(auctionStarterFee({ ...FEE, ...changes }));

test('the starter is paid by what has to be sold, rounded down', () => {
  assert.equal(fee({}), '1.90909090909090909');
  assert.equal(fee({ bufferFraction: ratio('0') }), '1.5');
  assert.equal(fee({ feeFraction: ratio('0') }), '0');
});

test('no fee where nothing has to be sold, or nothing is worth anything', () => {
  assert.equal(fee({ netMaintenanceValue: money('300') }), '0');
  const poor = { netMaintenanceValue: money('-100') };
  assert.equal(fee({ ...poor, markToMarket: money('0') }), '0');
  assert.equal(fee({ ...poor, markToMarket: money('-50') }), '0');
  assert.equal(fee({ ...poor, markToMarket: money('0.000000000000000099') }), unit);
});

test('contract violations', () => {
  for (const changes of [
    { markToMarket: money('0'), netMaintenanceValue: money('-1') },
    { netMaintenanceValue: money(`300.${unit.slice(2)}`) },
    { bufferFraction: ratio(`-${unit}`) },
  ]) {
    assert.throws(() => largest(changes), /AUCTION_ACCOUNT/);
  }
  for (const changes of [
    { discount: ratio(`-${unit}`) },
    { discount: ratio(`1.${unit.slice(2)}`) },
    { reserved: money(`-${unit}`) },
  ]) {
    assert.throws(() => largest(changes), /AUCTION_MAX_FRACTION/);
  }
  for (const changes of [
    { fraction: ratio(`1.${unit.slice(2)}`) },
    { fraction: ratio('-1') },
    { discount: ratio('1.1') },
    { discount: ratio('-0.1') },
    { reserved: money('-1') },
    { reserved: money('300') },
  ]) {
    assert.throws(() => priceOf(changes), /SOLVENT_SLICE/);
  }
  assert.throws(() => fee({ feeFraction: ratio('1.1') }), /STARTER_FEE/);
  assert.throws(() => fee({ feeFraction: ratio('-0.1') }), /STARTER_FEE/);
  assert.throws(() => fee({ bufferFraction: ratio('-0.1') }), /AUCTION_ACCOUNT/);
});
