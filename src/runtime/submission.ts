/** What is sent to a pool. @module */
import type { Command } from '../engine/index.ts';
import type { EngineTimeMs } from '../units/index.ts';

/** A command from outside, with its sender's own number and the time at which it was received. */
export type Submission = {
  readonly source: string;
  readonly sourceSeq: number;
  readonly command: Command;
  readonly time: EngineTimeMs;
};
