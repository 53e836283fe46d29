/**
 * What one exact account evaluation costs: 5 positions and 3 collateral assets, tiers included.
 * Method: batches of evaluations over accounts with different numbers, after a warm-up; the
 * median and the 99th percentile are over batches, so a single garbage collection shows as spread.
 */
import { cpus } from 'node:os';
import { type MarginAccount, type MarginTier, marginSummary } from '../risk/index.ts';
import { amount, money, price, ratio, size } from '../units/index.ts';

const ACCOUNTS = 256;
const BATCHES = 400;

const tiers: readonly MarginTier[] = [
  { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.004') },
  { notionalFloor: money('50000'), maintenanceMarginFraction: ratio('0.005') },
  { notionalFloor: money('250000'), maintenanceMarginFraction: ratio('0.01') },
  { notionalFloor: money('1000000'), maintenanceMarginFraction: ratio('0.025') },
];

function account(seed: number): MarginAccount {
  const positions = [0, 1, 2, 3, 4].map((leg) => {
    const mark = 100 + ((seed * 7 + leg * 131) % 997);
    const held = ((seed * 13 + leg * 17) % 41) - 20 || 1;
    return {
      kind: 'linear' as const,
      size: size(`${held}.${(seed + leg) % 10}25`),
      entryValue: money(`${held * (mark + (seed % 5))}.5`),
      markPrice: price(`${mark}.37`),
      fundingPayment: money('0.125'),
      initialMarginFraction: ratio('0.02'),
      tiers,
    };
  });
  const collaterals = [0, 1, 2].map((asset) => ({
    amount: amount(`${1 + ((seed + asset) % 9)}.5`),
    price: price(`${1000 * (asset + 1)}.11`),
    weight: ratio('0.9'),
  }));
  return { balance: money('12345.67'), collaterals, positions };
}

const accounts = Array.from({ length: ACCOUNTS }, (_, at) => account(at + 1));
const nanoseconds: number[] = [];
let sink = 0n;
for (let batch = -BATCHES / 4; batch < BATCHES; batch += 1) {
  const start = process.hrtime.bigint();
  for (const each of accounts) sink ^= marginSummary(each).marginEquity;
  const elapsed = Number(process.hrtime.bigint() - start) / ACCOUNTS;
  if (batch >= 0) nanoseconds.push(elapsed);
}
nanoseconds.sort((a, b) => a - b);
const at = (share: number): number => Math.round(nanoseconds[Math.floor(share * BATCHES)]!);
const result = {
  bench: 'evaluate',
  machine: `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`,
  node: process.version,
  accounts: ACCOUNTS,
  positions: 5,
  collaterals: 3,
  nanosecondsPerEvaluation: { min: at(0), median: at(0.5), p99: at(0.99) },
  checksum: (sink & 0xffffn).toString(16),
};
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  const { min, median, p99 } = result.nanosecondsPerEvaluation;
  process.stdout.write(
    `One exact evaluation (5 positions, 3 collaterals), ${result.machine}, Node ${result.node}\n` +
      `  median ${median} ns   min ${min} ns   p99 ${p99} ns over ${BATCHES} batches\n`,
  );
}
