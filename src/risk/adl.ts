/**
 * Auto-deleveraging without the rest of the room, for a program that does nothing else and shall
 * start at once: who closes against a bankrupt position, and how that treated them.
 * @module
 */
export * from './adl-allocation.ts';
export * from './adl-candidate.ts';
export * from './adl-gap.ts';
export * from './adl-metrics.ts';
export type { AdlNumbers } from './adl-numbers.ts';
export * from './adl-policy-name.ts';
