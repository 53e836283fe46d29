/** Reports of a venue that a pool had no place for, kept for the operator. @module */
import type { Rejection } from '../engine/index.ts';
import type { VenueReport } from '../ports/index.ts';

export type OrderAnomaly = {
  /**
   * `late-fill`: the order had ended in the pool when its fill was heard of; venue and pool now
   * differ by it. `refused`: the pool refused the command that the report led to.
   */
  readonly type: 'late-fill' | 'refused';
  readonly report: VenueReport;
  readonly rejection: Rejection | null;
};

export type OrderAnomalies = {
  /** Since the start. */
  readonly total: number;
  /** The latest of them, oldest first. */
  readonly latest: readonly OrderAnomaly[];
};

const LATEST_MAX = 100;

export function anomalyLog() {
  let total = 0;
  const latest: OrderAnomaly[] = [];
  return {
    add: (anomaly: OrderAnomaly): void => {
      total += 1;
      latest.push(anomaly);
      if (latest.length > LATEST_MAX) latest.shift();
    },
    list: (): OrderAnomalies => ({ total, latest: [...latest] }),
  };
}
