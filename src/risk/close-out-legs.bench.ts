/**
 * What planning the close-outs of an account costs: one, two and four legs with square-root
 * impact, three tiers each, under every policy. Method: batches of plans over accounts with
 * different numbers, after a warm-up; the median and the 99th percentile are over batches.
 */
import { cpus } from 'node:os';
import { money, price, ratio, size } from '../units/index.ts';
import { type CloseOutLegsInput, type CloseOutPolicy, closeOutLegs } from './close-out-legs.ts';

const ACCOUNTS = 64;
const BATCHES = 40;
const POLICIES: readonly CloseOutPolicy[] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

const tiers = [
  { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.01') },
  { notionalFloor: money('50000'), maintenanceMarginFraction: ratio('0.02') },
  { notionalFloor: money('250000'), maintenanceMarginFraction: ratio('0.05') },
];

/** An account a little below its requirement; its legs differ in size, price and depth. */
function account(seed: number, legs: number, policy: CloseOutPolicy): CloseOutLegsInput {
  return {
    policy,
    fixedShare: ratio('0.25'),
    marginEquity: money(`${(2_000 + (seed % 7) * 150) * legs}.25`),
    targetRatio: ratio('1.25'),
    legs: Array.from({ length: legs }, (_, leg) => {
      const held = `${1_000 + ((seed * 37 + leg * 101) % 997)}.5`;
      return {
        kind: 'linear',
        size: size((seed + leg) % 3 === 0 ? `-${held}` : held),
        markPrice: price(`${80 + ((seed * 7 + leg * 13) % 41)}.37`),
        lot: size('0.001'),
        tiers,
        penaltyFraction: ratio('0.002'),
        slippageFraction: ratio('0.02'),
        impact: {
          model: 'square-root',
          coefficient: ratio('1'),
          volatility: ratio(`0.0${4 + leg}`),
          volume: money(`${5_000_000 * (leg + 1)}`),
        },
        closable: size(held),
        notionalMin: money('5'),
        hedgeGroup: leg < 2 ? 'first' : `other-${leg}`,
      };
    }),
  };
}

function microseconds(legs: number, policy: CloseOutPolicy) {
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => account(at + 1, legs, policy));
  const times: number[] = [];
  let restored = 0;
  for (let batch = -BATCHES / 2; batch < BATCHES; batch += 1) {
    const start = process.hrtime.bigint();
    restored = accounts.filter((each) => closeOutLegs(each).restores).length;
    const elapsed = Number(process.hrtime.bigint() - start) / 1000 / ACCOUNTS;
    if (batch >= 0) times.push(elapsed);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => Number(times[Math.floor(share * BATCHES)]!.toFixed(1));
  return { legs, policy, min: at(0), median: at(0.5), p99: at(0.99), restored };
}

const rows = [1, 2, 4].flatMap((legs) => POLICIES.map((policy) => microseconds(legs, policy)));
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  const head = { bench: 'close-out-legs', machine, node: process.version, accounts: ACCOUNTS };
  process.stdout.write(`${JSON.stringify({ ...head, microsecondsPerPlan: rows })}\n`);
} else {
  process.stdout.write(`One plan, ${machine}, Node ${process.version}, ${BATCHES} batches\n`);
  for (const { legs, policy, min, median, p99, restored } of rows) {
    process.stdout.write(
      `  ${legs} legs  ${policy.padEnd(13)}  median ${median} µs   min ${min} µs   ` +
        `p99 ${p99} µs   ${restored} of ${ACCOUNTS} restored\n`,
    );
  }
}
