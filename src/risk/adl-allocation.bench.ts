/**
 * What one deleveraging costs for each policy, with and without metrics, over books of growing
 * size; near-linear means that ten times the candidates cost little more than ten times as much.
 * Method: the same seeded book for every policy, after one run to warm up, the median of
 * three.
 */
import { cpus } from 'node:os';
import { fromRaw, type Money, money, price, ratio, type Size, size } from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation, adlFills } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { ADL_POLICY_NAMES, type AdlPolicyName } from './adl-policy-name.ts';

const COUNTS = [1_000, 10_000, 100_000];
const RUNS = 3;
const WARM_UP = 1;

/** A linear congruential generator: any spread of numbers will do, as long as it stays. */
function drawing(seed: bigint): (below: bigint) => bigint {
  let state = seed;
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return (state >> 20n) % below;
  };
}

/** Shorts between 0.001 and 10 contracts at a mark of 50,000, of 1 to 50 times leverage. */
function book(count: number): AdlCandidate[] {
  const draw = drawing(20251010n);
  return Array.from({ length: count }, (_, index) => {
    const held = (draw(10_000n) + 1n) * 10n ** 15n;
    const notional = held * 50_000n;
    return {
      account: `a${index}`,
      size: fromRaw<Size>(held),
      equity: fromRaw<Money>(notional / (draw(50n) + 1n) + draw(10n ** 18n)),
      unrealizedPnl: fromRaw<Money>((notional * (draw(700n) - 200n)) / 1_000n),
    };
  });
}

function input(policy: AdlPolicyName, candidates: readonly AdlCandidate[]): AdlAllocationInput {
  const total = candidates.reduce((sum, { size: held }) => sum + BigInt(held), 0n);
  // A third of the interest, to close 5% from the mark.
  const lots = total / 3n / 10n ** 15n;
  return {
    policy,
    kind: 'linear',
    side: -1,
    markPrice: price('50000'),
    quantity: fromRaw<Size>(lots * 10n ** 15n),
    gap: fromRaw<Money>(lots * 10n ** 15n * 2_500n),
    lot: size('0.001'),
    candidates,
    riskThreshold: policy === 'risk-aware-pro-rata' ? ratio('5') : null,
  };
}

function milliseconds(run: () => unknown): number {
  const times: number[] = [];
  for (let turn = -WARM_UP; turn < RUNS; turn += 1) {
    const start = process.hrtime.bigint();
    run();
    if (turn >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  times.sort((a, b) => a - b);
  return Number(times[RUNS >> 1]!.toFixed(1));
}

const rows = COUNTS.flatMap((candidates) => {
  const held = book(candidates);
  return ADL_POLICY_NAMES.map((policy) => {
    const given = input(policy, held);
    const { fills, residualLoss } = adlFills(given);
    return {
      candidates,
      policy,
      fillsOnly: milliseconds(() => adlFills(given)),
      withMetrics: milliseconds(() => adlAllocation(given)),
      fills: fills.length,
      isWithoutResidual: residualLoss === money('0'),
    };
  });
});
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  const head = { bench: 'adl-allocation', machine, node: process.version };
  process.stdout.write(`${JSON.stringify({ ...head, millisecondsPerEvent: rows })}\n`);
} else {
  process.stdout.write(`One deleveraging, ${machine}, Node ${process.version}, of ${RUNS} runs\n`);
  for (const { candidates, policy, fillsOnly, withMetrics, fills } of rows) {
    process.stdout.write(
      `  ${String(candidates).padStart(6)} candidates  ${policy.padEnd(19)}  ` +
        `${fillsOnly} ms   with metrics ${withMetrics} ms   ${fills} fills\n`,
    );
  }
}
