/**
 * How benches say what they measured: machine, versions, median, 99th percentile and spread.
 * @module
 */
import { cpus, totalmem } from 'node:os';

export type Spread = {
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
};

const rounded = (value: number): number => Number(value.toPrecision(4));

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  return { min: at(0), median: at(0.5), p99: at(0.99), max: at(1) };
}

export const spreadText = ({ min, median, p99, max }: Spread, unit: string): string =>
  `median ${median} ${unit}, p99 ${p99} ${unit} (${min} to ${max})`;

export const machineFacts = () => ({
  machine:
    `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}, ` +
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
});

/** The whole number after `--name`, or the default. */
export function option(name: string, byDefault: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? byDefault : Number(process.argv[at + 1]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} wants a whole number above 0`);
}

export const wantsJson = (): boolean => process.argv.includes('--json');

export const millisecondsSince = (start: bigint): number =>
  Number(process.hrtime.bigint() - start) / 1e6;

/** Heap and buffers in use after a collection, in bytes; benches run with --expose-gc. */
export function memoryInUse(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
