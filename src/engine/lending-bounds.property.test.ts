/**
 * Goal: a claim whose weight falls with its size is watched for exactly the growth that may make
 * it count for less, by the rounding of its weight. Method: random holdings, factors and growths
 * of the supply index; seeded, because what lies beyond the bound is counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { marginCollateralValueDown } from '../risk/index.ts';
import {
  add,
  assetId,
  formatDecimal,
  fromRaw,
  indexId,
  lt,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { claimBounds } from './lending-bounds.ts';
import { holdingsWithSupplies, marginCollateral } from './margin.ts';
import type { AccountView, PoolView } from './state.ts';
import { certificatesOf } from './triggers/account-rows.ts';

const ETH = assetId('ETH');

function poolOf(claim: string, factor: string | null) {
  const pool = lendingPool();
  pool.take({
    type: 'ConfigureAsset',
    parameters: {
      asset: ETH,
      index: indexId('ETH'),
      collateralHaircut: ratio('0.25'),
      concentrationFactor: factor === null ? null : ratio(factor),
      amountMax: null,
    },
  });
  pool.lend('ETH', { loanToValue: ratio('0.5') });
  const ann = pool.account('ann');
  pool.deposit(ann, 'ETH', claim);
  pool.supply(ann, 'ETH', null);
  return { state: pool.engine.state as PoolView, account: pool.accountOf(ann) as AccountView };
}

const boundsOf = (state: PoolView, account: AccountView) =>
  claimBounds(state, account.supplies, holdingsWithSupplies(state, account));

/** What the claim counts for once its index has grown by so many units. */
function counted(state: PoolView, account: AccountView, growth: bigint) {
  const desks = state.desks.map((desk) => {
    return { ...desk, supplyIndex: add(desk.supplyIndex, fromRaw<Ratio>(growth)) };
  });
  const grown = { ...state, desks };
  const [holding] = holdingsWithSupplies(grown, account);
  return marginCollateralValueDown(marginCollateral(grown, holding!));
}

test('with a fixed weight nothing is watched; at full weight nothing until it may be less', () => {
  const { state, account } = poolOf('1000', null);
  assert.deepEqual(boundsOf(state, account), []);
  // At 0.75 the full weight ends where 1.1 / (1 + 0.1 · √units) does: at 21.77 units.
  const watched = (claim: string) => {
    const pool = poolOf(claim, '0.1');
    return boundsOf(pool.state, pool.account).map(({ at }) => formatDecimal(at));
  };
  assert.deepEqual(watched('10'), ['2']);
  assert.deepEqual(watched('10.8'), ['2']);
  assert.deepEqual(watched('11'), ['1.000000000000000001']);
  assert.deepEqual(watched('1000'), ['1.000000000000000001']);
});

test('inside its bound a claim never counts for less; beyond it it may', () => {
  let [inside, less] = [0, 0];
  const cases = fc.record({
    claim: fc.integer({ min: 1, max: 4_000_000 }),
    factor: fc.integer({ min: 0, max: 300 }),
    growth: fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }),
    units: fc.bigInt({ min: 1n, max: 5n }),
  });
  fc.assert(
    fc.property(cases, ({ claim, factor, growth, units }) => {
      const pool = poolOf((claim / 1_000).toFixed(3), (factor / 1_000).toFixed(3));
      const [bound] = boundsOf(pool.state, pool.account);
      const { supplyIndex } = pool.state.desks[0]!;
      const before = counted(pool.state, pool.account, 0n);
      for (const grown of [growth, units]) {
        const falls = lt(counted(pool.state, pool.account, grown), before);
        if (falls) less += 1;
        if (rawOf(supplyIndex) + grown >= rawOf(bound!.at)) continue;
        inside += 1;
        assert.ok(!falls, `${claim} at ${factor}, grown by ${grown}`);
      }
    }),
    { numRuns: 300, seed: 3 },
  );
  assert.ok(inside > 20 && less > 20, `${inside} inside, ${less} counted for less`);
});

test('an accrual looks again at a claim whose weight falls with its size, and at no other', () => {
  const looked = (factor: string | null): number => {
    const pool = lendingPool();
    pool.take({
      type: 'ConfigureAsset',
      parameters: {
        asset: ETH,
        index: indexId('ETH'),
        collateralHaircut: ratio('0.25'),
        concentrationFactor: factor === null ? null : ratio(factor),
        amountMax: null,
      },
    });
    // Money is lent for nothing: only the claim of the account moves.
    const free = { rateAtKink: ratio('0'), rateAtFull: ratio('0') };
    pool.lend('USDC', free);
    pool.lend('ETH', { loanToValue: ratio('0.5') });
    pool.supply(pool.account('lender', '100000'), 'USDC', null);
    const ann = pool.account('ann');
    pool.deposit(ann, 'ETH', '100');
    pool.supply(ann, 'ETH', null);
    pool.borrow(ann, 'USDC', '10000');
    pool.borrow(pool.account('bob', '100000'), 'ETH', '20');
    const number = pool.engine.state.numbers.accounts.get(ann)!;
    const before = certificatesOf(pool.engine.triggers.accounts, number);
    pool.wait(3_600_000);
    pool.take({ type: 'Tick' });
    assert.ok(pool.desk('ETH').supplyIndex > 10n ** 18n);
    return certificatesOf(pool.engine.triggers.accounts, number) - before;
  };
  assert.equal(looked('0.1'), 1);
  assert.equal(looked(null), 0);
});
