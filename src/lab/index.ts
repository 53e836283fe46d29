export type { IgnoredFile } from './bar-files.ts';
export {
  type ComparedRun,
  type Comparison,
  type ComparisonProgress,
  type ComparisonRow,
  compare,
} from './comparison.ts';
export {
  compareDeleveraging,
  type DeleveragingComparison,
  type DeleveragingRow,
} from './deleveraging-comparison.ts';
export { LabFault, type LabFaultCode, type LabFaultFacts } from './fault.ts';
export type { LayerResult, WaterfallResult } from './layer-tallies.ts';
export type { MechanismResult } from './mechanism-result.ts';
export { MECHANISMS, type Mechanism, mechanismsOf, underMechanism } from './mechanisms.ts';
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
