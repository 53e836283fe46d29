import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, price, rawOf, type Size } from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { ADL_POLICY_NAMES, type AdlPolicyName } from './adl-policy-name.ts';

const WAD = 10n ** 18n;

/** The policies that fill by level: what they ask depends on proportions alone. */
const waterFilling = fc.constantFrom<AdlPolicyName>(
  'minimax-leverage',
  'capped-pro-rata',
  'risk-aware-pro-rata',
);

type Holder = { readonly lots: bigint; readonly equity: bigint; readonly pnl: bigint };

const holders = fc.array(
  fc.record({
    lots: fc.bigInt({ min: 2n, max: 40n }),
    equity: fc.bigInt({ min: 1n, max: 900n }),
    pnl: fc.bigInt({ min: 0n, max: 300n }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Everything doubled, so that each holder can be split into two halves exactly. */
const candidate = (account: string, holder: Holder, times: bigint): AdlCandidate => ({
  account,
  size: fromRaw<Size>(times * holder.lots * WAD),
  equity: fromRaw<Money>(times * holder.equity * WAD),
  unrealizedPnl: fromRaw<Money>(times * holder.pnl * WAD),
});

const world = (
  policy: AdlPolicyName,
  quantity: bigint,
  candidates: readonly AdlCandidate[],
): AdlAllocationInput => ({
  policy,
  kind: 'linear',
  side: 1,
  markPrice: price('100'),
  quantity: fromRaw<Size>(quantity * WAD),
  gap: fromRaw<Money>(0n),
  lot: fromRaw<Size>(WAD),
  candidates,
});

const closedOf = (input: AdlAllocationInput, prefix: string): bigint =>
  adlAllocation(input)
    .fills.filter(({ account }) => account.startsWith(prefix))
    .reduce((total, { size }) => total + rawOf(size) / WAD, 0n);

const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

test('an account split in two halves gives up what it did, to two lots', () => {
  fc.assert(
    fc.property(waterFilling, holders, fc.integer({ min: 1, max: 100 }), (policy, list, part) => {
      const held = list.reduce((total, { lots }) => total + 2n * lots, 0n);
      const quantity = (held * BigInt(part) + 99n) / 100n;
      const whole = list.map((holder, at) => candidate(`a${at}.`, holder, 2n));
      const halves = whole.flatMap((each, at) =>
        at === 0 ? [candidate('a0.x', list[0]!, 1n), candidate('a0.y', list[0]!, 1n)] : [each],
      );
      for (const at of list.keys()) {
        const before = closedOf(world(policy, quantity, whole), `a${at}.`);
        const after = closedOf(world(policy, quantity, halves), `a${at}.`);
        assert.ok(apart(before, after) <= 2n, `${policy}: ${before} and ${after}`);
      }
    }),
    { numRuns: 250 },
  );
});

test('a quantity closed in two parts at the mark takes what it takes at once, to two lots', () => {
  fc.assert(
    fc.property(holders, fc.integer({ min: 2, max: 100 }), (list, part) => {
      const held = list.reduce((total, { lots }) => total + 2n * lots, 0n);
      const quantity = (held * BigInt(part) + 99n) / 100n;
      const first = quantity / 2n;
      if (first === 0n) return;
      const whole = list.map((holder, at) => candidate(`a${at}.`, holder, 2n));
      const once = world('minimax-leverage', quantity, whole);
      const one = world('minimax-leverage', first, whole);
      const left = whole.flatMap((each) => {
        const lots = rawOf(each.size) / WAD - closedOf(one, each.account);
        return lots === 0n ? [] : [{ ...each, size: fromRaw<Size>(lots * WAD) }];
      });
      const two = world('minimax-leverage', quantity - first, left);
      for (const { account } of whole) {
        const parts = closedOf(one, account) + closedOf(two, account);
        assert.ok(apart(closedOf(once, account), parts) <= 2n);
      }
    }),
    { numRuns: 250 },
  );
});

test('every gap from a lot to the whole side resolves, with enough profit or without', () => {
  const list: readonly Holder[] = [
    { lots: 7n, equity: 90n, pnl: 0n },
    { lots: 12n, equity: 400n, pnl: 60n },
    { lots: 5n, equity: 30n, pnl: 25n },
  ];
  const candidates = list.map((holder, at) => candidate(`a${at}.`, holder, 1n));
  const profit = 85n * WAD;
  let short = 0;
  for (const policy of ADL_POLICY_NAMES) {
    for (let quantity = 1n; quantity <= 24n; quantity += 1n) {
      for (const gapEach of [0n, 1n, 3n, 40n]) {
        const gap = fromRaw<Money>(quantity * gapEach * WAD);
        const result = adlAllocation({ ...world(policy, quantity, candidates), gap });
        const closed = result.fills.reduce((total, { size }) => total + rawOf(size), 0n);
        const taken = result.fills.reduce((total, each) => total + rawOf(each.taken), 0n);
        assert.equal(closed, quantity * WAD);
        assert.equal(rawOf(result.unfilled), 0n);
        assert.equal(taken + rawOf(result.residualLoss), rawOf(gap));
        assert.ok(taken <= profit);
        for (const fill of result.fills) {
          const own = candidates.find(({ account }) => account === fill.account)!;
          assert.ok(rawOf(fill.taken) <= rawOf(own.unrealizedPnl), 'principal was touched');
        }
        if (rawOf(result.residualLoss) > 0n) short += 1;
      }
    }
  }
  assert.ok(short > 100, `${short} with too little profit`);
});
