import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, formatDecimal, type Price, price, ratio } from '../units/index.ts';
import { type AuctionCurve, auctionNeedsReset, auctionPrice } from './auction-price.ts';

const unit = '0.000000000000000001';
const ms = durationMs;

type Path = AuctionCurve & { readonly startPrice: Price; readonly endPrice?: Price | null };

/** Prices at these times. */
const prices = (path: Path, times: readonly number[]): string[] =>
  times.map((time) => formatDecimal(auctionPrice({ ...path, elapsedMs: ms(time) })));

const linear = { curve: 'linear', startPrice: price('1000'), durationMs: ms(3_600_000) } as const;

test('linear: to nothing over its duration', () => {
  assert.deepEqual(prices(linear, [0, 720_000, 3_599_999, 3_600_000, 3_600_001]), [
    '1000',
    '800',
    '0.000277777777777778',
    '0',
    '0',
  ]);
});

test('never below the end price', () => {
  const floored = { ...linear, endPrice: price('250') };
  assert.deepEqual(prices(floored, [2_699_999, 2_700_000, 2_700_001, 9_000_000]), [
    '250.000277777777777778',
    '250',
    '250',
    '250',
  ]);
  assert.deepEqual(prices({ ...linear, endPrice: price('1000') }, [0, 1]), ['1000', '1000']);
  assert.deepEqual(prices({ ...linear, endPrice: null }, [3_600_000]), ['0']);
});

test('exponential: any millisecond, exact where the number is', () => {
  const halves = { curve: 'exponential', startPrice: price('4000'), cut: ratio('0.25') } as const;
  assert.deepEqual(prices(halves, [0, 1, 500, 999, 1000, 1001, 100_000]), [
    '4000',
    '3994.458664404115695495',
    '2000',
    '1001.387255711334529084',
    '1000',
    '998.614666101028923874',
    unit,
  ]);
  assert.deepEqual(prices({ ...halves, cut: ratio('1') }, [0, 1, 10 ** 9]), [
    '4000',
    '4000',
    '4000',
  ]);
});

test('stairstep: falls at the step, not a millisecond before', () => {
  const stairs = {
    curve: 'stairstep',
    startPrice: price('100'),
    cut: ratio('0.9'),
    stepMs: ms(5000),
  } as const;
  assert.deepEqual(prices(stairs, [0, 4999, 5000, 9999, 10_000]), ['100', '100', '90', '90', '81']);
  const long = { ...stairs, stepMs: ms(2 ** 53 - 1) };
  assert.deepEqual(prices(long, [2 ** 53 - 2, 2 ** 53 - 1]), ['100', '90']);
});

test('two phases: fast to the cutoff, slowly to nothing', () => {
  const phases = {
    curve: 'two-phase',
    startPrice: price('0.96'),
    cutoff: price('0.8'),
    fastMs: ms(300_000),
    slowMs: ms(7_200_000),
  } as const;
  assert.deepEqual(
    prices(phases, [0, 150_000, 299_999, 300_000, 300_001, 6_780_000, 7_499_999, 7_500_000]),
    [
      '0.96',
      '0.88',
      '0.800000533333333334',
      '0.8',
      '0.799999888888888889',
      '0.08',
      '0.000000111111111112',
      '0',
    ],
  );
  assert.deepEqual(prices({ ...phases, fastMs: ms(0) }, [0, 3_600_000]), ['0.8', '0.4']);
  const flat = { ...phases, cutoff: price('0.96') };
  assert.deepEqual(prices(flat, [0, 299_999, 300_000]), ['0.96', '0.96', '0.96']);
  assert.deepEqual(prices({ ...phases, cutoff: price('0') }, [150_000, 300_000]), ['0.48', '0']);
});

test('a curve of shares is priced alike', () => {
  const input = { curve: 'linear', startPrice: ratio('1'), durationMs: ms(4) } as const;
  assert.equal(formatDecimal(auctionPrice({ ...input, elapsedMs: ms(1) })), '0.75');
});

const reset = (changes: Partial<Parameters<typeof auctionNeedsReset>[0]>) =>
  auctionNeedsReset({
    ...{ elapsedMs: ms(0), tailMs: ms(3_600_000), price: price('500') },
    ...{ startPrice: price('1000'), cusp: ratio('0.5') },
    ...changes,
  });

test('reset after the tail and below the cusp, not at them', () => {
  assert.equal(reset({ elapsedMs: ms(3_600_000) }), false);
  assert.equal(reset({ elapsedMs: ms(3_600_001) }), true);
  assert.equal(reset({ elapsedMs: ms(3_600_001), tailMs: null }), false);
  assert.equal(reset({ price: price('499.999999999999999999') }), true);
  assert.equal(reset({ price: price('0'), cusp: ratio('0') }), false);
  assert.equal(reset({ price: price('0'), cusp: ratio(unit) }), true);
  assert.equal(reset({ cusp: ratio('0.500000000000000001') }), true);
});

test('contract violations', () => {
  const refuses = (path: Path) => assert.throws(() => prices(path, [0]), /AUCTION_PRICE/);
  refuses({ ...linear, startPrice: price('0') });
  refuses({ ...linear, endPrice: price('-1') });
  refuses({ ...linear, endPrice: price(`1000.${unit.slice(2)}`) });
  refuses({ ...linear, durationMs: ms(0) });
  const stairs = { curve: 'stairstep', startPrice: price('1'), stepMs: ms(1) } as const;
  for (const cut of ['0', '-1', `1.${unit.slice(2)}`]) {
    refuses({ ...stairs, cut: ratio(cut) });
  }
  refuses({ ...stairs, cut: ratio('1'), stepMs: ms(0) });
  const phases = { curve: 'two-phase', startPrice: price('1'), fastMs: ms(1) } as const;
  for (const [cutoff, slow] of [
    ['1.1', 1],
    ['-0.1', 1],
    ['1', 0],
  ] as const) {
    refuses({ ...phases, cutoff: price(cutoff), slowMs: ms(slow) });
  }
  assert.throws(() => reset({ startPrice: price('0') }), /AUCTION_RESET/);
  assert.throws(() => reset({ price: price('-1') }), /AUCTION_RESET/);
  assert.throws(() => reset({ cusp: ratio('1.1') }), /AUCTION_RESET/);
  assert.throws(() => reset({ cusp: ratio('-0.1') }), /AUCTION_RESET/);
});
