/**
 * The lab's only randomness: xoshiro256** (Blackman and Vigna), seeded by splitmix64, in 32-bit
 * halves so that a draw allocates nothing. Streams are named, so that drawing more in one place
 * moves nothing in another.
 * @module
 */

/** A stream of random numbers; each call draws once. */
export type Random = {
  /** The next 64 bits, high and low half. */
  readonly bits: () => { readonly high: number; readonly low: number };
  /** Uniform in [0, 1), a multiple of 2^-53. */
  readonly uniform: () => number;
  /** A whole number in [0, bound). */
  readonly below: (bound: number) => number;
};

const MASK_64 = (1n << 64n) - 1n;

/** The splitmix64 sequence from a 64-bit seed. */
export function splitMix64(seed: bigint): () => bigint {
  let state = seed & MASK_64;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  };
}

/** FNV-1a over the characters of a label, 64 bits. */
export function hash64(label: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < label.length; at += 1) {
    hash = ((hash ^ BigInt(label.charCodeAt(at))) * 0x100000001b3n) & MASK_64;
  }
  return hash;
}

/** The stream of a seed that belongs to a label. */
export function randomStream(seed: number, label: string): Random {
  const next = splitMix64(BigInt(seed) ^ hash64(label));
  return randomFromState([next(), next(), next(), next()]);
}

/** xoshiro256** from four 64-bit words, not all zero. */
export function randomFromState(words: readonly [bigint, bigint, bigint, bigint]): Random {
  // High and low halves of s0, s1, s2, s3.
  const s = new Int32Array(8);
  for (const [at, word] of words.entries()) {
    s[2 * at] = Number(BigInt.asIntN(32, word >> 32n));
    s[2 * at + 1] = Number(BigInt.asIntN(32, word));
  }
  let high = 0;
  let low = 0;

  const advance = (): void => {
    starStar(s[2]!, s[3]!);
    // t = s1 << 17
    const tHigh = (s[2]! << 17) | (s[3]! >>> 15);
    const tLow = s[3]! << 17;
    s[4]! ^= s[0]!;
    s[5]! ^= s[1]!;
    s[6]! ^= s[2]!;
    s[7]! ^= s[3]!;
    s[2]! ^= s[4]!;
    s[3]! ^= s[5]!;
    s[0]! ^= s[6]!;
    s[1]! ^= s[7]!;
    s[4]! ^= tHigh;
    s[5]! ^= tLow;
    // s3 = rotl(s3, 45): halves swap, then rotate by 13.
    const h = s[7]!;
    const l = s[6]!;
    s[6] = (h << 13) | (l >>> 19);
    s[7] = (l << 13) | (h >>> 19);
  };

  /** rotl(word · 5, 7) · 9, into `high` and `low`. */
  const starStar = (wordHigh: number, wordLow: number): void => {
    timesPowerPlusOne(wordHigh, wordLow, 2);
    const h = (high << 7) | (low >>> 25);
    const l = (low << 7) | (high >>> 25);
    timesPowerPlusOne(h, l, 3);
  };

  /** word · (2^shift + 1) modulo 2^64, into `high` and `low`. */
  const timesPowerPlusOne = (wordHigh: number, wordLow: number, shift: number): void => {
    const shiftedHigh = (wordHigh << shift) | (wordLow >>> (32 - shift));
    const sum = ((wordLow << shift) >>> 0) + (wordLow >>> 0);
    low = sum | 0;
    high = (shiftedHigh + wordHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
  };

  const uniform = (): number => {
    advance();
    // The upper 53 bits, as usual for generators whose low bits are the weaker ones.
    return ((high >>> 0) * 0x200000 + (low >>> 11)) / 0x20000000000000;
  };

  return {
    bits: () => {
      advance();
      return { high: high >>> 0, low: low >>> 0 };
    },
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
  };
}

/** One bit that depends on all arguments and on nothing else, for draws without an order. */
export function coin(seed: number, label: string, at: number): boolean {
  const next = splitMix64(BigInt(seed) ^ hash64(label) ^ (BigInt(at) << 1n));
  return (next() & 1n) === 1n;
}
