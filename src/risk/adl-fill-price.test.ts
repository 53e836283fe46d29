import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, size } from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';
import { adlFillPrice } from './adl-fill-price.ts';

function shown(market: Omit<AdlMarket, 'markPrice'>, quantity: string, taken: string) {
  const found = adlFillPrice(
    { ...market, markPrice: price('100') },
    { size: size(quantity), taken: money(taken) },
  );
  return found === null ? null : formatDecimal(found);
}

const linearLong = { kind: 'linear', side: 1 } as const;
const linearShort = { kind: 'linear', side: -1 } as const;
const inverseLong = { kind: 'inverse', side: 1 } as const;
const inverseShort = { kind: 'inverse', side: -1 } as const;

test('nothing taken closes at the mark', () => {
  for (const market of [linearLong, linearShort, inverseLong, inverseShort]) {
    assert.equal(shown(market, '3', '0'), '100');
  }
});

test('a long closes below, a short above, rounded toward the mark', () => {
  assert.equal(shown(linearLong, '4', '20'), '95');
  assert.equal(shown(linearShort, '4', '20'), '105');
  assert.equal(shown(linearLong, '3', '20'), '93.333333333333333334');
  assert.equal(shown(linearShort, '3', '20'), '106.666666666666666666');
});

test('inverse contracts: what is taken comes off the value in coin', () => {
  // 1 / (1/100 + 1/400) and 1 / (1/100 − 1/500)
  assert.equal(shown(inverseLong, '4', '0.01'), '80');
  assert.equal(shown(inverseShort, '5', '0.01'), '125');
  assert.equal(shown(inverseLong, '4', '0.02'), '66.666666666666666667');
  assert.equal(shown(inverseShort, '7', '0.01'), '116.666666666666666666');
});

test('no positive price expresses that the whole value or more was taken', () => {
  assert.equal(shown(linearLong, '2', '199.999999999999999998'), '0.000000000000000001');
  assert.equal(shown(linearLong, '2', '200'), null);
  assert.equal(shown(linearLong, '2', '201'), null);
  assert.equal(shown(inverseShort, '2', '0.019999999999999999'), '2000000000000000000');
  assert.equal(shown(inverseShort, '2', '0.02'), null);
  assert.equal(shown(inverseShort, '2', '0.021'), null);
});
