/** What passed within a rolling window, by part of it, ascending. @module */
import { list, record } from './codec.ts';
import { money, time } from './fields.ts';

export const RollingWindow = list(record({ fromMs: time, notional: money }));
