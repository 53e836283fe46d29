/** Seeded draws for benches: any spread of numbers will do, as long as it stays. @module */

/** A whole number from 0 to `below` − 1. */
export type Draw = (below: number) => number;

/** A 32-bit xorshift generator. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
