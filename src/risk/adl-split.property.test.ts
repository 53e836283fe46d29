/**
 * Goal: it does not pay to split an account, and it does not matter whether a quantity comes at
 * once or in parts. Method: the same world twice, once split; seeds are drawn.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Price, rawOf, type Size } from '../units/index.ts';
import { type AdlAllocationInput, adlFills } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { ADL_POLICY_NAMES, type AdlPolicyName } from './adl-policy-name.ts';

const WAD = 10n ** 18n;

const holder = fc.record({
  lots: fc.bigInt({ min: 1n, max: 5_000n }),
  equity: fc.bigInt({ min: 10n ** 18n, max: 10n ** 23n }),
  pnl: fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }),
});
type Holder = { readonly lots: bigint; readonly equity: bigint; readonly pnl: bigint };

/** Policies whose shares follow a level, not an order: what is handed out depends on sums. */
const levelled = fc.constantFrom<AdlPolicyName>(
  'minimax-leverage',
  'capped-pro-rata',
  'risk-aware-pro-rata',
);

const candidate = (account: string, { lots, equity, pnl }: Holder): AdlCandidate => ({
  account,
  size: fromRaw<Size>(lots * WAD),
  equity: fromRaw<Money>(equity),
  unrealizedPnl: fromRaw<Money>(pnl),
});

function closedLots(policy: AdlPolicyName, lots: bigint, candidates: readonly AdlCandidate[]) {
  const input: AdlAllocationInput = {
    policy,
    kind: 'linear',
    side: 1,
    markPrice: fromRaw<Price>(100n * WAD),
    gap: fromRaw<Money>(0n),
    lot: fromRaw<Size>(WAD),
    quantity: fromRaw<Size>(lots * WAD),
    candidates,
  };
  const { fills } = adlFills(input);
  const sizes = new Map(fills.map(({ account, size }) => [account, rawOf(size) / WAD]));
  return candidates.map(({ account }) => sizes.get(account) ?? 0n);
}

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

test('an account in two parts of equal leverage gives what it gave whole, within two lots', () => {
  const parts = fc.bigInt({ min: 1n, max: 9n });
  const others = fc.array(holder, { minLength: 1, maxLength: 5 });
  const shares = fc.bigInt({ min: 1n, max: 100n });
  fc.assert(
    fc.property(
      levelled,
      holder,
      parts,
      parts,
      others,
      shares,
      (policy, unit, a, b, rest, part) => {
        const times = (n: bigint): Holder => ({
          lots: unit.lots * n,
          equity: unit.equity * n,
          pnl: unit.pnl * n,
        });
        const around = rest.map((each, at) => candidate(`other-${at}`, each));
        const held = unit.lots * (a + b) + total(rest.map(({ lots }) => lots));
        const quantity = (held * part) / 100n || 1n;
        const whole = closedLots(policy, quantity, [candidate('me', times(a + b)), ...around]);
        const split = closedLots(policy, quantity, [
          candidate('me-1', times(a)),
          candidate('me-2', times(b)),
          ...around,
        ]);
        // Either is the same exact share, made whole: by less than a lot for each account.
        assert.ok(apart(whole[0]!, split[0]! + split[1]!) <= 2n);
        for (const [at, lots] of whole.slice(1).entries()) {
          assert.ok(apart(lots, split[at + 2]!) <= 1n);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a quantity in two parts takes from each what it does at once, to a lot a candidate', () => {
  const holders = fc.array(holder, { minLength: 1, maxLength: 6 });
  const share = fc.bigInt({ min: 1n, max: 50n });
  fc.assert(
    fc.property(holders, share, share, (given, first, second) => {
      const candidates = given.map((each, at) => candidate(`a${at}`, each));
      const held = total(given.map(({ lots }) => lots));
      const one = (held * first) / 100n || 1n;
      const two = (held * second) / 100n;
      fc.pre(two > 0n && one + two <= held);
      const once = closedLots('minimax-leverage', one + two, candidates);
      const early = closedLots('minimax-leverage', one, candidates);
      const left = given.map((each, at) => ({ ...each, lots: each.lots - early[at]! }));
      const open = left.flatMap((each, at) => (each.lots > 0n ? [candidate(`a${at}`, each)] : []));
      const late = closedLots('minimax-leverage', two, open);
      const lateOf = new Map(open.map(({ account }, at) => [account, late[at]!]));
      for (const [at, { account }] of candidates.entries()) {
        const inParts = early[at]! + (lateOf.get(account) ?? 0n);
        assert.ok(apart(inParts, once[at]!) <= BigInt(given.length) + 1n);
      }
    }),
    { numRuns: 400 },
  );
});

test('from one lot to more than everybody holds: all is closed, and the gap borne or left', () => {
  const book: readonly Holder[] = [
    { lots: 7n, equity: 60n * WAD, pnl: 30n * WAD },
    { lots: 5n, equity: 400n * WAD, pnl: 90n * WAD },
    { lots: 9n, equity: 90n * WAD, pnl: -40n * WAD },
    { lots: 1n, equity: WAD, pnl: WAD },
    { lots: 8n, equity: 0n, pnl: 500n * WAD },
    { lots: 11n, equity: 2_000n * WAD, pnl: 12n * WAD + 1n },
  ];
  const candidates = book.map((each, at) => candidate(`a${at}`, each));
  const eligible = total(book.filter(({ equity }) => equity > 0n).map(({ lots }) => lots));
  const profits = total(book.map(({ pnl, equity }) => (pnl > 0n && equity > 0n ? pnl : 0n)));
  for (const policy of ADL_POLICY_NAMES) {
    for (let lots = 1n; lots <= eligible + 2n; lots += 1n) {
      const { fills, residualLoss, unfilled } = adlFills({
        policy,
        kind: 'linear',
        side: -1,
        markPrice: fromRaw<Price>(100n * WAD),
        gap: fromRaw<Money>(lots * 6n * WAD),
        lot: fromRaw<Size>(WAD),
        quantity: fromRaw<Size>(lots * WAD),
        candidates,
      });
      const closed = total(fills.map(({ size }) => rawOf(size)));
      const taken = total(fills.map((fill) => rawOf(fill.taken)));
      const filled = lots < eligible ? lots : eligible;
      assert.equal(closed, filled * WAD, `${policy} ${lots}`);
      assert.equal(rawOf(unfilled), (lots - filled) * WAD);
      assert.equal(taken + rawOf(residualLoss), filled * 6n * WAD);
      assert.ok(taken <= profits);
      assert.ok(
        fills.every(({ account }) => account !== 'a4'),
        'no equity, not eligible',
      );
    }
  }
});
