export type { IgnoredFile } from './bar-files.ts';
export { LabFault, type LabFaultCode, type LabFaultFacts } from './fault.ts';
export { type PlanTotals, planComparison } from './plan-comparison.ts';
export { type ReplayOptions, type ReplayProgress, replay } from './replay.ts';
export type {
  LeverageGroup,
  MarketPrices,
  ReplayResult,
  WorstMoment,
} from './replay-result.ts';
export type {
  Anchor,
  MarketTerms,
  Scenario,
  ScenarioCollateral,
  ScenarioIndexes,
  ScenarioMarket,
  ScenarioMarking,
  ScenarioPool,
  ScenarioPopulation,
  ScenarioVenue,
} from './scenario.ts';
