/** The rolling window lets no more pass than it holds, whenever one looks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineTimeMs, fromRaw, type Money, min, money, sub } from '../units/index.ts';
import { windowUsed, windowWith } from './rolling-window.ts';
import type { MarketView } from './state.ts';

type Window = MarketView['window'];

const used = (window: Window, windowMs: number, timeMs: number): Money =>
  windowUsed({ window } as MarketView, windowMs, timeMs);

test('whoever takes what is left never takes more than the capacity in any window', () => {
  const capacity = money('100');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.record({ wait: fc.nat(200), wish: fc.bigInt(1n, 80n) }), { maxLength: 60 }),
      (windowMs, attempts) => {
        let window: Window = [];
        let timeMs = 1_000;
        const taken: { readonly timeMs: number; readonly notional: bigint }[] = [];
        for (const { wait, wish } of attempts) {
          timeMs += wait;
          const room = sub(capacity, used(window, windowMs, timeMs));
          const notional = min(room, fromRaw<Money>(wish * 10n ** 18n));
          if (notional <= 0n) continue;
          window = windowWith(window, { windowMs, timeMs: engineTimeMs(timeMs), notional });
          taken.push({ timeMs, notional });
        }
        for (const { timeMs: end } of taken) {
          const inside = taken.filter(({ timeMs: at }) => at > end - windowMs && at <= end);
          const total = inside.reduce((sum, { notional }) => sum + notional, 0n);
          assert.ok(total <= capacity, `${total} within ${windowMs} ms before ${end}`);
        }
        assert.ok(window.length <= 18, `${window.length} parts`);
      },
    ),
  );
});

test('all of it is free again once the window and a part of it have passed', () => {
  const close = { windowMs: 160, timeMs: engineTimeMs(1_005), notional: money('7') };
  const window = windowWith([], close);
  assert.deepEqual(window, [{ fromMs: 1_000, notional: money('7') }]);
  assert.equal(used(window, 160, 1_169), money('7'));
  assert.equal(used(window, 160, 1_170), money('0'));
});

test('parts stay in order when the window is configured anew', () => {
  const wide = windowWith([], {
    windowMs: 16_000,
    timeMs: engineTimeMs(5_999),
    notional: money('1'),
  });
  const next = windowWith(wide, {
    windowMs: 64_000,
    timeMs: engineTimeMs(6_001),
    notional: money('2'),
  });
  assert.deepEqual(next, [{ fromMs: 5_000, notional: money('3') }]);
});
