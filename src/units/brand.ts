/**
 * The one fixed-point scale and its dimensions. Every quantity is a signed `bigint` wad (1e18)
 * that carries its dimension in the type, so that money cannot be passed where a price is due.
 * @module
 */
import { assert } from './assert.ts';

declare const unit: unique symbol;
type Branded<U extends string> = bigint & { readonly [unit]: U };
type BrandedText<U extends string> = string & { readonly [unit]: U };
type BrandedNumber<U extends string> = number & { readonly [unit]: U };

/** Any fixed-point quantity, whatever its dimension. */
export type Wad = Branded<string>;
/** Money in the pool's settlement asset. */
export type Money = Branded<'Money'>;
/** Settlement asset per unit of base (linear), or quote per unit of coin (inverse). */
export type Price = Branded<'Price'>;
/** Contracts, signed: + long, − short. Base units (linear) or quote units (inverse). */
export type Size = Branded<'Size'>;
/** Units of a collateral asset. */
export type Amount = Branded<'Amount'>;
/** Dimensionless: fractions, rates, haircuts, leverage. */
export type Ratio = Branded<'Ratio'>;
/** Cumulative funding per unit of size, signed. */
export type FundingIndex = Branded<'FundingIndex'>;
/** Claims on, or debts to, a common pot whose worth per share changes. */
export type Shares = Branded<'Shares'>;

export type AccountId = BrandedText<'AccountId'>;
export type MarketId = BrandedText<'MarketId'>;
export type AssetId = BrandedText<'AssetId'>;
/** An index: a reference price made of several outside sources. */
export type IndexId = BrandedText<'IndexId'>;

/** Milliseconds since the Unix epoch, as stamped on a record by the runtime. */
export type EngineTimeMs = BrandedNumber<'EngineTimeMs'>;
export type DurationMs = BrandedNumber<'DurationMs'>;
/** Position of a record in the journal, counted from 1. */
export type Seq = BrandedNumber<'Seq'>;

/** One, in the fixed-point scale. */
export const WAD = 10n ** 18n;

/** Quantities lie strictly between −2^127 and 2^127: a product of two fits 256 signed bits. */
export const WAD_LIMIT = 2n ** 127n;
const WAD_LIMIT_BELOW = -WAD_LIMIT;

/** Gives a raw integer its dimension. Only `units` may do so. */
export function brand<U extends Wad>(raw: bigint): U {
  // The message is built only when it is needed: this is the hottest line of the project.
  if (raw >= WAD_LIMIT || raw <= WAD_LIMIT_BELOW) {
    assert(false, 'RANGE', `|${raw}| was not below 2^127`);
  }
  return raw as U;
}

export const ZERO_MONEY = 0n as Money;
export const ZERO_PRICE = 0n as Price;
export const ZERO_SIZE = 0n as Size;
export const ZERO_AMOUNT = 0n as Amount;
export const ZERO_RATIO = 0n as Ratio;
export const ONE_RATIO = WAD as Ratio;
export const ZERO_FUNDING_INDEX = 0n as FundingIndex;
export const ZERO_SHARES = 0n as Shares;
