/** The generator against published sequences and an independent implementation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal, paretoWithin } from './distributions.ts';
import { portableExp, portableLn } from './portable-math.ts';
import { randomFromState, randomStream, splitMix64 } from './random.ts';

test('splitmix64 gives the published sequence of seed 1234567', () => {
  const next = splitMix64(1234567n);
  assert.deepEqual(
    [next(), next(), next(), next(), next()],
    [
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ],
  );
});

test('xoshiro256** gives the sequence published for the state 1, 2, 3, 4', () => {
  const random = randomFromState([1n, 2n, 3n, 4n]);
  const drawn = Array.from({ length: 10 }, () => {
    const { high, low } = random.bits();
    return (BigInt(high) << 32n) | BigInt(low);
  });
  assert.deepEqual(drawn, [
    11520n,
    0n,
    1509978240n,
    1215971899390074240n,
    1216172134540287360n,
    607988272756665600n,
    16172922978634559625n,
    8476171486693032832n,
    10595114339597558777n,
    2904607092377533576n,
  ]);
});

test('xoshiro256** agrees with its definition in 64-bit integers over a long run', () => {
  const mask = (1n << 64n) - 1n;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (64n - k))) & mask;
  const seed = splitMix64(42n);
  const s = [seed(), seed(), seed(), seed()] as [bigint, bigint, bigint, bigint];
  const random = randomFromState(s);
  const words = [...s];
  for (let n = 0; n < 2_000; n += 1) {
    const expected = (rotl((words[1]! * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (words[1]! << 17n) & mask;
    words[2]! ^= words[0]!;
    words[3]! ^= words[1]!;
    words[1]! ^= words[2]!;
    words[0]! ^= words[3]!;
    words[2]! ^= shifted;
    words[3] = rotl(words[3]!, 45n);
    const { high, low } = random.bits();
    assert.equal((BigInt(high) << 32n) | BigInt(low), expected);
  }
});

test('streams of different labels differ, the same label repeats', () => {
  const first = randomStream(1, 'a').uniform();
  assert.equal(randomStream(1, 'a').uniform(), first);
  assert.notEqual(randomStream(1, 'b').uniform(), first);
  assert.notEqual(randomStream(2, 'a').uniform(), first);
});

test('exponential and logarithm are within 1e-14 of the built-in ones, exact at 0 and 1', () => {
  assert.equal(portableExp(0), 1);
  assert.equal(portableLn(1), 0);
  for (let x = -20; x <= 20; x += 0.37) {
    assert.ok(Math.abs(portableExp(x) / Math.exp(x) - 1) < 1e-14);
    assert.ok(Math.abs(portableLn(Math.exp(x)) - x) < 1e-13);
  }
});

test('deviates have the moments they should have', () => {
  const random = randomStream(7, 'moments');
  const n = 20_000;
  let sum = 0;
  let squares = 0;
  for (let draw = 0; draw < n; draw += 1) {
    const z = normal(random);
    sum += z;
    squares += z * z;
  }
  assert.ok(Math.abs(sum / n) < 0.03);
  assert.ok(Math.abs(squares / n - 1) < 0.05);
  let above = 0;
  for (let draw = 0; draw < n; draw += 1) {
    const x = paretoWithin(random, { low: 1, high: 1_000, tail: 1 });
    assert.ok(x >= 1 && x <= 1_000);
    if (x > 10) above += 1;
  }
  assert.ok(Math.abs(above / n - 0.1) < 0.02, 'a tenth lies beyond ten times the minimum');
});
