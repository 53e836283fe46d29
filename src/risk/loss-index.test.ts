import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fromRaw,
  gte,
  InvariantViolation,
  type Money,
  money,
  price,
  type Size,
  size,
  sum,
} from '../units/index.ts';
import { lossIndexDelta, lossIndexPayment } from './loss-index.ts';

test('both sides pay the same for each unit of size', () => {
  const delta = lossIndexDelta({ loss: money('100'), longSize: size('7'), shortSize: size('4') });
  assert.equal(delta, price('9.090909090909090910'), 'up: 100 / 11 has no end');
  assert.equal(lossIndexPayment({ size: size('7'), delta }), money('63.63636363636363637'));
  assert.equal(lossIndexPayment({ size: size('-4'), delta }), money('36.36363636363636364'));
});

test('no loss moves nothing; without open interest nobody can pay', () => {
  const open = { longSize: size('1'), shortSize: size('0') };
  assert.equal(lossIndexDelta({ ...open, loss: money('0') }), price('0'));
  assert.equal(lossIndexDelta({ ...open, loss: money('3') }), price('3'));
  const closed = { loss: money('1'), longSize: size('0'), shortSize: size('0') };
  assert.throws(() => lossIndexDelta(closed), InvariantViolation);
  assert.throws(() => lossIndexDelta({ ...open, loss: money('-1') }), InvariantViolation);
});

test('the payments cover the loss, and exceed it by less than their roundings', () => {
  const sizes = fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }));
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 26n }), sizes, (rawLoss, rawSizes) => {
      // At least one whole unit is open: a loss per unit has to be a representable price.
      const held = [10n ** 18n, ...rawSizes].map((raw) => fromRaw<Size>(raw));
      const long = held.reduce((total, raw) => (raw > 0n ? total + raw : total), 0n);
      const short = held.reduce((total, raw) => (raw < 0n ? total - raw : total), 0n);
      const loss = fromRaw<Money>(rawLoss);
      const delta = lossIndexDelta({
        loss,
        longSize: fromRaw<Size>(long),
        shortSize: fromRaw<Size>(short),
      });
      const paid = sum(held.map((each) => lossIndexPayment({ size: each, delta })));
      assert.ok(gte(paid, loss));
      // One unit of the index on all sizes, one unit of money for each position.
      const slack = (long + short) / 10n ** 18n + 1n + BigInt(held.length);
      assert.ok(paid - loss <= slack, `${paid - loss} units above the loss`);
    }),
  );
});
