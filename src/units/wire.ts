/**
 * Quantities as raw integers, for codecs and for exact accumulators that keep more precision
 * than a wad (sums of size × funding index). The only doors between a quantity and a bare
 * integer outside this room.
 * @module
 */
import { brand, type FundingIndex, type Size, WAD, WAD_LIMIT, type Wad } from './brand.ts';
import { divideByWadDown, divideByWadUp } from './division.ts';

/** The raw integer of a quantity, in units of 1e-18. */
export const rawOf = (value: Wad): bigint => value;

/** A quantity from its raw integer; asserts the range. */
export const fromRaw = <U extends Wad>(raw: bigint): U => brand<U>(raw);

/** True when the raw integer lies in the range of a quantity, so that `fromRaw` accepts it. */
export const isQuantity = (raw: bigint): boolean => raw < WAD_LIMIT && raw > -WAD_LIMIT;

/** The quantity nearest to a raw integer: itself in range, else the largest of its sign. */
export const nearestQuantity = <U extends Wad>(raw: bigint): U =>
  brand<U>(isQuantity(raw) ? raw : raw < 0n ? 1n - WAD_LIMIT : WAD_LIMIT - 1n);

/** size × index, exactly, in units of 1e-36. */
export const exactFunding = (size: Size, index: FundingIndex): bigint => size * index;

/** Units of 1e-36 in one unit of 1e-18. */
export const EXACT_PER_RAW: bigint = WAD;

/** Whole units of 1e-18 in an exact sum of units of 1e-36, rounded down. */
export const rawOfExactDown = (exact: bigint): bigint => divideByWadDown(exact);

/** The same, rounded up. */
export const rawOfExactUp = (exact: bigint): bigint => divideByWadUp(exact);

/**
 * Whole units of 1e-18 in an exact product of three quantities, in units of 1e-54, rounded down.
 * Floors nest: ⌊⌊x / 1e18⌋ / 1e18⌋ = ⌊x / 1e36⌋, and two divisions by one machine word cost half
 * of one by two.
 */
export const rawOfTripleDown = (exact: bigint): bigint => divideByWadDown(divideByWadDown(exact));

/** The same, rounded up; ceilings nest as well. */
export const rawOfTripleUp = (exact: bigint): bigint => divideByWadUp(divideByWadUp(exact));
