/** What the benches of this room have in common: options, percentiles, the machine. @module */
import { cpus } from 'node:os';

/** The number after `--name`, or what is taken without it. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const text = at === -1 ? undefined : process.argv[at + 1];
  if (at !== -1 && !/^\d+$/.test(text ?? '')) {
    process.stderr.write(`--${name}: expected a whole number, found ${text ?? 'nothing'}\n`);
    process.exit(2);
  }
  return text === undefined ? otherwise : Number(text);
}

export const asJson = (): boolean => process.argv.includes('--json');

export const machine = (): { machine: string; node: string } => ({
  machine: `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`,
  node: process.version,
});

export type Spread = {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

/** Order statistics of a sample, in its own unit. */
export function spread(sample: Float64Array): Spread {
  const sorted = Float64Array.from(sample).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return {
    count: sorted.length,
    mean,
    median: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: at(1),
  };
}

/** Microseconds with as many digits as say something. */
export function microseconds(value: number): string {
  if (value >= 1_000) return `${(value / 1_000).toFixed(value >= 100_000 ? 0 : 2)} ms`;
  return `${value.toFixed(value >= 100 ? 0 : 2)} µs`;
}

/** Collects garbage where node was started with --expose-gc, and says what is left, in bytes. */
export function heapInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
