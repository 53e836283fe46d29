export { accountAfter } from './account-after.ts';
export { type Leg, legsBySize, legsOf } from './account-legs.ts';
export {
  type AdlLight,
  type AdlLightsOfSide,
  type AdlProtection,
  adlLights,
} from './adl-lights.ts';
export {
  auctionOffer,
  auctionTakeOf,
  elapsedSince,
  pathMs as auctionPathMs,
} from './auctions/index.ts';
export { worthOf } from './auctions/slice.ts';
export {
  type CloseOutPlan,
  closeOutPlan,
  type PlannedLeg,
  plannedNotionals,
  planUnder,
} from './close-out-plan.ts';
export { closeOutSettings } from './close-out-settings.ts';
export { decide } from './decide/index.ts';
export { penaltyEvents } from './decide/penalty.ts';
export { costOf, plannedDeleveraging } from './deleveraging.ts';
export { directLeg, directTake } from './direct-terms.ts';
export { applyRecord, createEngine, type FoldedPool, foldedPool } from './engine.ts';
export { evolve } from './evolve/index.ts';
export { gateClosedForMarket } from './gates.ts';
export { heldBackFrom } from './held-back-mark.ts';
export { type Audit, assertInvariants, audit } from './invariants.ts';
export { legPenalty } from './leg-penalty.ts';
export { debtAmount, supplyAmount } from './lending.ts';
export { isModerate } from './limits.ts';
export { type AccountPledges, ownAmount, pledgesOf } from './links.ts';
export { liquidationStep } from './liquidation-step.ts';
export {
  accountMargin,
  holdingsWithSupplies,
  isExposed,
  marginCollateral,
  marginDebt,
  marginPosition,
  marginRatioOf,
  pricesValid,
} from './margin.ts';
export { positionChange } from './position-change.ts';
export { pricesAreCurrent } from './pricing.ts';
export { riskMargin } from './risk-margin.ts';
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
  addMarket,
  emptyPool,
  forgetChanges,
  type LiquidationView,
  type MarketView,
  marketToChange,
  type PoolState,
  type PoolView,
  poolParameters,
} from './state.ts';
export { liquidatableByScan, mayStart } from './triggers/index.ts';
export { insuranceCover } from './waterfall.ts';
export { dueWork, type Engine } from './work-queue.ts';
