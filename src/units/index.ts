export * from './algebra.ts';
export * from './assert.ts';
export {
  type AccountId,
  type Amount,
  type AssetId,
  type DurationMs,
  type EngineTimeMs,
  type FundingIndex,
  type IndexId,
  type MarketId,
  type Money,
  ONE_RATIO,
  type Price,
  type Ratio,
  type Seq,
  type Shares,
  type Size,
  type Wad,
  ZERO_AMOUNT,
  ZERO_FUNDING_INDEX,
  ZERO_MONEY,
  ZERO_PRICE,
  ZERO_RATIO,
  ZERO_SHARES,
  ZERO_SIZE,
} from './brand.ts';
export * from './decay.ts';
export * from './decimal.ts';
export { divideDown, divideUp } from './division.ts';
export * from './ids.ts';
export * from './prorate.ts';
export * from './root-and-exponential.ts';
export * from './wire.ts';
