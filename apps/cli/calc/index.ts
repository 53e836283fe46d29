export type { Json } from './calc-definition.ts';
export { calcList, calcNames, runCalc } from './catalog.ts';
export type { FieldInfo } from './shape.ts';
