import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationMs, fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { trancheAllocation, tranchePremium } from './tranche-allocation.ts';

type Layer = {
  readonly attachment: bigint;
  readonly width: bigint;
  readonly available: bigint;
};

// Small numbers, so that layers touch, overlap and leave gaps, and a unit can be told by itself.
const small = (max: bigint) => fc.bigInt({ min: 0n, max });
const layer = fc.record({
  attachment: small(20n),
  width: fc.bigInt({ min: 1n, max: 15n }),
  available: small(15n),
});
const layers = fc.array(layer, { maxLength: 6 });
const scales = fc.constantFrom(1n, 7n, 10n ** 18n);

function allocate(loss: bigint, lossBefore: bigint, given: readonly Layer[], scale = 1n) {
  const raw = (value: bigint) => fromRaw<Money>(value * scale);
  const { allocations, uncovered } = trancheAllocation({
    loss: raw(loss),
    lossBefore: raw(lossBefore),
    tranches: given.map(({ attachment, width, available }, index) => ({
      tranche: `t${index}`,
      attachment: raw(attachment),
      detachment: raw(attachment + width),
      available: raw(available),
    })),
  });
  return { amounts: allocations.map(({ amount }) => rawOf(amount)), uncovered: rawOf(uncovered) };
}

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** Unit by unit: the first tranche by attachment and id that holds the unit and has capital. */
function unitByUnit(loss: bigint, lossBefore: bigint, given: readonly Layer[]) {
  const amounts = given.map(() => 0n);
  const order = given.map((_, index) => index);
  order.sort((a, b) => Number(given[a]!.attachment - given[b]!.attachment) || a - b);
  let uncovered = 0n;
  for (let at = lossBefore; at < lossBefore + loss; at += 1n) {
    const payer = order.find((index) => {
      const { attachment, width, available } = given[index]!;
      return attachment <= at && at < attachment + width && amounts[index]! < available;
    });
    if (payer === undefined) uncovered += 1n;
    else amounts[payer]! += 1n;
  }
  return { amounts, uncovered };
}

test('every unit of a loss is borne by the first tranche that contains it and can pay', () => {
  fc.assert(
    fc.property(small(40n), small(25n), layers, (loss, lossBefore, given) => {
      assert.deepEqual(allocate(loss, lossBefore, given), unitByUnit(loss, lossBefore, given));
    }),
    { numRuns: 1000 },
  );
});

test('amounts and uncovered sum to the loss, within capital and layer, at any scale', () => {
  fc.assert(
    fc.property(small(60n), small(25n), layers, scales, (loss, before, given, scale) => {
      const { amounts, uncovered } = allocate(loss, before, given, scale);
      assert.equal(total(amounts) + uncovered, loss * scale);
      assert.ok(uncovered >= 0n);
      for (const [index, amount] of amounts.entries()) {
        const { width, available } = given[index]!;
        assert.ok(amount >= 0n && amount <= width * scale && amount <= available * scale);
      }
      const unscaled = allocate(loss, before, given);
      assert.deepEqual(
        amounts,
        unscaled.amounts.map((amount) => amount * scale),
      );
    }),
    { numRuns: 500 },
  );
});

test('a loss that comes in two parts costs each tranche what it costs at once', () => {
  fc.assert(
    fc.property(small(30n), small(30n), small(10n), layers, (first, second, before, given) => {
      const once = allocate(first + second, before, given);
      const early = allocate(first, before, given);
      const left = given.map((each, index) => ({
        ...each,
        available: each.available - early.amounts[index]!,
      }));
      const late = allocate(second, before + first, left);
      assert.deepEqual(
        early.amounts.map((amount, index) => amount + late.amounts[index]!),
        once.amounts,
      );
    }),
    { numRuns: 500 },
  );
});

test('premiums of parts of a stretch fall short of the whole by less than a unit each', () => {
  const stretch = fc.integer({ min: 0, max: 400_000_000_000 });
  const raws = fc.bigInt({ min: 0n, max: 10n ** 27n });
  const rates = fc.bigInt({ min: 0n, max: 10n ** 18n });
  fc.assert(
    fc.property(
      raws,
      rates,
      fc.array(stretch, { minLength: 1, maxLength: 5 }),
      (raw, rate, parts) => {
        const earned = (elapsedMs: number) =>
          rawOf(
            tranchePremium({
              capital: fromRaw<Money>(raw),
              premiumRate: fromRaw<Ratio>(rate),
              elapsedMs: durationMs(elapsedMs),
            }),
          );
        const whole = earned(parts.reduce((a, b) => a + b, 0));
        const paid = total(parts.map(earned));
        assert.ok(paid <= whole && whole - paid < BigInt(parts.length));
      },
    ),
    { numRuns: 500 },
  );
});
