/**
 * Seeded randomness for generators of worlds and commands: a 32-bit counter-based integer
 * generator, the same on every machine.
 * @module
 */

export type Random = {
  /** A whole number from 0 to below the bound. */
  readonly below: (bound: number) => number;
  /** A whole number from low to high, both included. */
  readonly between: (low: number, high: number) => number;
  readonly chance: (percent: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** A quantity between two decimals with all 18 digits in use. */
  readonly quantity: (low: number, high: number) => bigint;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number): number => next() % bound;
  const between = (low: number, high: number): number => low + below(high - low + 1);
  return {
    below,
    between,
    chance: (percent) => below(100) < percent,
    pick: (from) => from[below(from.length)]!,
    quantity: (low, high) => {
      // Nine digits of choice, nine digits of noise.
      const steps = BigInt(next() % 1_000_000_000);
      const start = BigInt(Math.round(low * 1e9));
      const width = BigInt(Math.round(high * 1e9)) - start;
      return start * 1_000_000_000n + width * steps + BigInt(next() % 1_000_000_000);
    },
  };
}
