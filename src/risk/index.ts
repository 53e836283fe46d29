export * from './account-health.ts';
export * from './adl.ts';
export { hedgeCap, sidedExposure } from './adl-caps.ts';
export * from './adl-index.ts';
export type { AdlFactorTerms } from './adl-policy.ts';
export * from './adl-rank.ts';
export * from './adl-share-score.ts';
export type { AmmSide } from './amm-curve.ts';
export * from './amm-quote.ts';
export * from './auction-max-fraction.ts';
export * from './auction-price.ts';
export * from './auction-take.ts';
export * from './bankruptcy-price.ts';
export * from './borrow-close-out.ts';
export * from './borrow-interest.ts';
export * from './borrow-rate.ts';
export * from './close-factor.ts';
export type { CloseOutImpact, CloseOutLeg } from './close-out-leg.ts';
export * from './close-out-legs.ts';
export * from './close-out-size.ts';
export * from './collateral-seizure.ts';
export * from './collateral-value.ts';
export * from './confidence-margin.ts';
export * from './contract-value.ts';
export * from './debt-value.ts';
export * from './discounted-seizure.ts';
export * from './fillable-price.ts';
export * from './funding-payment.ts';
export {
  type BorrowCollateral,
  type BorrowDebt,
  type HealthFactor,
  type HealthFactorInput,
  healthFactor,
  isBelowHealth,
  type MarginHealthInput,
  marginHealthFactor,
} from './health-factor.ts';
export { type ImpactCost, type ImpactCostInput, impactCost } from './impact-cost.ts';
export * from './index-price.ts';
export * from './initial-margin.ts';
export * from './insolvent-payout.ts';
export * from './insurance-fund.ts';
export * from './insurance-fund-size.ts';
export * from './keeper-reward.ts';
export * from './liability-weight.ts';
export * from './liquidation-bonus.ts';
export * from './liquidation-penalty.ts';
export * from './liquidation-price.ts';
export * from './loss-index.ts';
export * from './maintenance-margin.ts';
export * from './margin-summary.ts';
export * from './mark-price.ts';
export * from './mark-price-variants.ts';
export * from './mark-step.ts';
export * from './max-borrow.ts';
export * from './moving-average.ts';
export * from './penalty-split.ts';
export * from './price-validity.ts';
export * from './principal-factor.ts';
export * from './priority-auction.ts';
export * from './realized-volatility.ts';
export * from './route-cost.ts';
export * from './share-conversion.ts';
export * from './socialized-loss.ts';
export * from './stable-price.ts';
export * from './throttle.ts';
export * from './toxic-frontier.ts';
export * from './tranche-allocation.ts';
export * from './unrealized-pnl.ts';
export * from './usable-pnl.ts';
export * from './vault-shares.ts';
export * from './weighted-median.ts';
export * from './withdrawal-gate.ts';
