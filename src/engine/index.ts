export { decide } from './decide/index.ts';
export { applyRecord, createEngine } from './engine.ts';
export { type Audit, assertInvariants, audit } from './invariants.ts';
export { accountMargin, isExposed, pricesValid } from './margin.ts';
export { pricesAreCurrent } from './pricing.ts';
export * from './schema/index.ts';
export {
  chunkCount,
  chunkVersion,
  encodeChunk,
  encodeHead,
  type RestoredPool,
  restorePool,
} from './snapshot.ts';
export {
  type AccountView,
  emptyPool,
  forgetChanges,
  type LiquidationView,
  type MarketView,
  type PoolState,
  type PoolView,
} from './state.ts';
export { liquidatableByScan } from './trigger-index.ts';
export { dueWork, type Engine } from './work-queue.ts';
