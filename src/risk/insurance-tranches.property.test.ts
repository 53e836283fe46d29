import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  fromRaw,
  InvariantViolation,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import {
  type InsuranceTranche,
  trancheAllocation,
  tranchePremium,
  trancheProviderLosses,
} from './insurance-tranches.ts';

const layer = (
  tranche: string,
  attachment: string,
  detachment: string,
  available = '1000000',
): InsuranceTranche => ({
  tranche,
  attachment: money(attachment),
  detachment: money(detachment),
  available: money(available),
});

const paidOf = (loss: string, tranches: readonly InsuranceTranche[], lossBefore = '0') => {
  const result = trancheAllocation({
    loss: money(loss),
    lossBefore: money(lossBefore),
    tranches,
  });
  return [...result.allocations.map(({ paid }) => paid), result.uncovered];
};

const UNIT = '0.000000000000000001';

test('a tranche begins at its attachment and ends at its detachment', () => {
  const first = layer('first', '100', '300');
  assert.deepEqual(paidOf('100', [first]), [money('0'), money('100')]);
  assert.deepEqual(paidOf(`100${UNIT.slice(1)}`, [first]), [money(UNIT), money('100')]);
  assert.deepEqual(paidOf('300', [first]), [money('200'), money('100')]);
  assert.deepEqual(paidOf(`300${UNIT.slice(1)}`, [first]), [
    money('200'),
    money(`100${UNIT.slice(1)}`),
  ]);
});

test('losses go by attachment, not by the order of the list; equal attachments by id', () => {
  const tranches = [layer('senior', '100', '300'), layer('junior', '0', '100')];
  assert.deepEqual(paidOf('150', tranches), [money('50'), money('100'), money('0')]);
  const twins = [layer('b', '0', '100', '60'), layer('a', '0', '100', '70')];
  assert.deepEqual(paidOf('90', twins), [money('20'), money('70'), money('0')]);
});

test('a layer without capital stays uncovered; one that overlaps it steps in', () => {
  const junior = layer('junior', '0', '100', '40');
  assert.deepEqual(paidOf('150', [junior, layer('senior', '100', '300')]), [
    money('40'),
    money('50'),
    money('60'),
  ]);
  assert.deepEqual(paidOf('150', [junior, layer('spare', '20', '300')]), [
    money('40'),
    money('110'),
    money('0'),
  ]);
});

test('a gap between layers is nobody`s', () => {
  const tranches = [layer('low', '0', '10'), layer('high', '30', '50')];
  assert.deepEqual(paidOf('45', tranches), [money('10'), money('15'), money('20')]);
});

test('losses of the period before this one have used the layers up', () => {
  const tranches = [layer('low', '0', '10'), layer('high', '10', '50')];
  assert.deepEqual(paidOf('10', tranches, '5'), [money('5'), money('5'), money('0')]);
  assert.deepEqual(paidOf('10', tranches, '45'), [money('0'), money('5'), money('5')]);
});

test('an impossible layer or a negative loss is a defect of the caller', () => {
  assert.throws(() => paidOf('1', [layer('flat', '10', '10')]), InvariantViolation);
  assert.throws(() => paidOf('1', [layer('low', '-1', '10')]), InvariantViolation);
  assert.throws(() => paidOf('1', [layer('poor', '0', '10', '-1')]), InvariantViolation);
  assert.throws(() => paidOf('-1', []), InvariantViolation);
  assert.throws(() => paidOf('1', [], '-1'), InvariantViolation);
});

/** Small whole amounts, so that layers touch, overlap and coincide; some of a unit. */
const small = fc.bigInt({ min: 0n, max: 12n });
const layers = fc
  .array(
    fc.record({ attachment: small, width: fc.bigInt({ min: 1n, max: 8n }), available: small }),
    {
      maxLength: 6,
    },
  )
  .map((list) =>
    list.map(
      ({ attachment, width, available }, at): InsuranceTranche => ({
        tranche: `t${(at * 5) % 7}`,
        attachment: fromRaw<Money>(attachment),
        detachment: fromRaw<Money>(attachment + width),
        available: fromRaw<Money>(available),
      }),
    ),
  );

/** Unit by unit: each is paid by the first, by attachment and id, that covers it and still can. */
function unitByUnit(before: bigint, loss: bigint, tranches: readonly InsuranceTranche[]) {
  const order = [...tranches].sort((a, b) =>
    a.attachment === b.attachment
      ? a.tranche < b.tranche
        ? -1
        : 1
      : rawOf(a.attachment) < rawOf(b.attachment)
        ? -1
        : 1,
  );
  const units = new Set<bigint>();
  for (let unit = before; unit < before + loss; unit += 1n) units.add(unit);
  const paid = new Map(tranches.map(({ tranche }) => [tranche, 0n]));
  for (const each of order) {
    for (const unit of [...units].sort((a, b) => (a < b ? -1 : 1))) {
      if (unit < rawOf(each.attachment) || unit >= rawOf(each.detachment)) continue;
      if (paid.get(each.tranche)! === rawOf(each.available)) break;
      paid.set(each.tranche, paid.get(each.tranche)! + 1n);
      units.delete(unit);
    }
  }
  return [...tranches.map(({ tranche }) => paid.get(tranche)!), BigInt(units.size)];
}

test('the layers pay what paying unit by unit pays', () => {
  fc.assert(
    fc.property(small, small, layers, (before, loss, tranches) => {
      const { allocations, uncovered } = trancheAllocation({
        loss: fromRaw<Money>(loss),
        lossBefore: fromRaw<Money>(before),
        tranches,
      });
      const ours = [...allocations.map(({ paid }) => rawOf(paid)), rawOf(uncovered)];
      assert.deepEqual(ours, unitByUnit(before, loss, tranches));
      assert.equal(
        ours.reduce((a, b) => a + b, 0n),
        loss,
      );
    }),
    { numRuns: 1000 },
  );
});

test('one loss in two parts costs every tranche the same, with the capital that is left', () => {
  // Only where no layer overlaps another: there each unit has one tranche that answers for it.
  const disjoint = fc
    .array(fc.record({ gap: small, width: fc.bigInt({ min: 1n, max: 8n }) }), { maxLength: 5 })
    .map((list) => {
      let at = 0n;
      return list.map(({ gap, width }, index): InsuranceTranche => {
        const attachment = at + gap;
        at = attachment + width;
        return {
          tranche: `t${index}`,
          attachment: fromRaw<Money>(attachment),
          detachment: fromRaw<Money>(at),
          available: fromRaw<Money>(width),
        };
      });
    });
  fc.assert(
    fc.property(small, small, disjoint, (first, second, tranches) => {
      const whole = trancheAllocation({ loss: fromRaw<Money>(first + second), tranches });
      const one = trancheAllocation({ loss: fromRaw<Money>(first), tranches });
      const left = tranches.map((each, at) => ({
        ...each,
        available: fromRaw<Money>(rawOf(each.available) - rawOf(one.allocations[at]!.paid)),
      }));
      const two = trancheAllocation({
        loss: fromRaw<Money>(second),
        lossBefore: fromRaw<Money>(first),
        tranches: left,
      });
      for (const [at, { paid }] of whole.allocations.entries()) {
        const parts = rawOf(one.allocations[at]!.paid) + rawOf(two.allocations[at]!.paid);
        assert.equal(rawOf(paid), parts);
      }
    }),
    { numRuns: 500 },
  );
});

const capitals = fc.array(
  fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 10n ** 24n })),
  { minLength: 1, maxLength: 8 },
);

test('providers bear what their tranche pays, each its share to the unit', () => {
  fc.assert(
    fc.property(capitals, fc.bigInt({ min: 0n, max: 10n ** 6n }), (list, part) => {
      const capital = list.reduce((a, b) => a + b, 0n);
      const paid = (capital * part) / 10n ** 6n;
      const providers = list.map((own, at) => ({
        provider: `p${(at * 3) % 8}`,
        capital: fromRaw<Money>(own),
      }));
      const losses = trancheProviderLosses({ paid: fromRaw<Money>(paid), providers }).map(rawOf);
      assert.equal(
        losses.reduce((a, b) => a + b, 0n),
        paid,
      );
      for (const [at, loss] of losses.entries()) {
        const own = list[at]!;
        assert.ok(loss >= 0n && loss <= own);
        if (capital === 0n) continue;
        const apart = loss * capital - paid * own;
        assert.ok(apart < capital && apart > -capital, 'a whole unit away from the exact share');
      }
    }),
    { numRuns: 500 },
  );
});

test('units left over go to the largest remainders, ties by provider', () => {
  const providers = ['b', 'a', 'c'].map((provider) => ({ provider, capital: money('10') }));
  const losses = trancheProviderLosses({ paid: fromRaw<Money>(2n), providers });
  assert.deepEqual(losses.map(rawOf), [1n, 1n, 0n]);
  assert.throws(
    () => trancheProviderLosses({ paid: fromRaw<Money>(1n), providers: [] }),
    InvariantViolation,
  );
});

const YEAR = 365 * 24 * 60 * 60 * 1000;

test('a premium is the rate of a year, by the part of it that has passed, rounded down', () => {
  const capital = money('1000');
  const premiumRate = ratio('0.08');
  const after = (ms: number) => tranchePremium({ capital, premiumRate, elapsedMs: durationMs(ms) });
  assert.equal(after(YEAR), money('80'));
  assert.equal(after(0), money('0'));
  assert.equal(after(1), money('0.000000002536783358'));
  assert.throws(
    () => tranchePremium({ capital: money('-1'), premiumRate, elapsedMs: durationMs(1) }),
    InvariantViolation,
  );
  assert.throws(
    () => tranchePremium({ capital, premiumRate: ratio('-1'), elapsedMs: durationMs(1) }),
    InvariantViolation,
  );
});

test('accruing in parts never pays more, and a unit less for each part at most', () => {
  const raw = fc.bigInt({ min: 0n, max: 10n ** 24n });
  const parts = fc.array(fc.integer({ min: 0, max: YEAR }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(raw, fc.bigInt({ min: 0n, max: 10n ** 18n }), parts, (capital, rate, list) => {
      const premium = (ms: number) =>
        rawOf(
          tranchePremium({
            capital: fromRaw<Money>(capital),
            premiumRate: fromRaw<Ratio>(rate),
            elapsedMs: durationMs(ms),
          }),
        );
      const once = premium(list.reduce((a, b) => a + b, 0));
      const split = list.reduce((total, ms) => total + premium(ms), 0n);
      assert.ok(split <= once && once - split < BigInt(list.length));
    }),
    { numRuns: 500 },
  );
});
