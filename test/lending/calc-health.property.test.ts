/**
 * Goal: `calc account-health` tells of a borrower what the engine decides by. Method: random
 * holdings, claims, debts and interest in a pool; its account, written down as a person would,
 * must give the engine's sums to the unit and the health factor that its close factor asks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accountMargin } from '../../src/engine/index.ts';
import { debtAmount, supplyAmount } from '../../src/engine/lending.ts';
import { marginHealthFactor } from '../../src/risk/index.ts';
import {
  amount,
  assetId,
  formatDecimal,
  gte,
  indexId,
  ONE_RATIO,
  ratio,
  ZERO_AMOUNT,
} from '../../src/units/index.ts';
import { calculated } from '../vectors/venue-vector.ts';
import { lendingPool } from './lending-pool.ts';

const decimals = (max: number) =>
  fc.integer({ min: 1, max: max * 1_000_000 }).map((raw) => (raw / 1_000_000).toFixed(6));

const borrowers = fc.record({
  ether: decimals(40),
  lent: fc.integer({ min: 0, max: 100 }),
  money: decimals(2_000),
  owed: decimals(18_000),
  bitcoin: decimals(0.2),
  factor: fc.option(decimals(0.2)),
  weight: fc.integer({ min: 1_000, max: 1_200 }),
  days: fc.integer({ min: 0, max: 900 }),
  price: decimals(2_200),
});

type Borrower = typeof borrowers extends fc.Arbitrary<infer T> ? T : never;

const weightsOf = ({ weight }: Borrower) => ({
  liabilityWeight: (weight / 1_000).toFixed(3),
  initial: (weight / 1_000 + 0.05).toFixed(3),
});

/** A pool in which ann holds, lends and owes what was drawn, after days of interest. */
function poolOf(drawn: Borrower) {
  const pool = lendingPool();
  const { liabilityWeight, initial } = weightsOf(drawn);
  const debtWeights = {
    liabilityWeight: ratio(liabilityWeight),
    liabilityWeightInitial: ratio(initial),
  };
  const parameters = { asset: assetId('ETH'), index: indexId('ETH'), amountMax: null };
  const haircut = { collateralHaircut: ratio('0.2') };
  const concentrationFactor = drawn.factor === null ? null : ratio(drawn.factor);
  pool.take({
    type: 'ConfigureAsset',
    parameters: { ...parameters, ...haircut, concentrationFactor },
  });
  for (const asset of ['ETH', 'BTC', 'USDC']) pool.lend(asset, debtWeights);
  const lender = pool.account('lender', '20000');
  pool.deposit(lender, 'BTC', '0.5');
  for (const asset of ['BTC', 'USDC']) pool.supply(lender, asset, null);
  const ann = pool.account('ann', drawn.money);
  pool.deposit(ann, 'ETH', drawn.ether);
  const lent = ((Number(drawn.ether) * drawn.lent) / 100).toFixed(6);
  if (Number(lent) > 0) pool.supply(ann, 'ETH', lent);
  for (const [asset, text] of [
    ['USDC', drawn.owed],
    ['BTC', drawn.bitcoin],
  ] as const) {
    // Beyond what it may borrow it is refused: then it owes nothing there.
    pool.attempt({ type: 'Borrow', account: ann, asset: assetId(asset), amount: amount(text) });
  }
  // Nobody is liquidated: whoever is sick is only looked at.
  const gate = { market: null, gate: 'liquidations', untilMs: null, reason: 'test' } as const;
  pool.take({ type: 'SetGate', ...gate, closed: true });
  pool.wait(drawn.days * 86_400_000);
  pool.take({ type: 'Tick' });
  pool.price('ETH', drawn.price);
  return { ...pool, ann };
}

/** What the calculator says of ann's account, and the engine's sums. */
function bothOf(drawn: Borrower) {
  const pool = poolOf(drawn);
  const { ann } = pool;
  const { state } = pool.engine;
  const account = pool.accountOf(ann);
  const margin = accountMargin(state, account);
  const weights = weightsOf(drawn);
  const deskAsset = (desk: number) => state.desks[desk]!.parameters.asset;
  const supplied = account.supplies.map((claim) => supplyAmount(state, claim))[0];
  const units = (asset: string) =>
    account.collaterals.find((held) => state.assets[held.asset]!.parameters.asset === asset);
  const shown = calculated('account-health', {
    balance: formatDecimal(account.balance),
    positions: [],
    collaterals: [
      {
        asset: 'ETH',
        amount: formatDecimal(units('ETH')?.amount ?? ZERO_AMOUNT),
        supplied: formatDecimal(supplied ?? ZERO_AMOUNT),
        price: drawn.price,
        haircut: '0.2',
        concentrationFactor: drawn.factor,
        loanToValue: '0.75',
      },
      {
        asset: 'BTC',
        amount: formatDecimal(units('BTC')?.amount ?? ZERO_AMOUNT),
        price: '30000',
        haircut: '0.1',
        loanToValue: '0.75',
      },
    ],
    debts: account.debts.map((each) => ({
      asset: deskAsset(each.desk),
      amount: formatDecimal(debtAmount(state, each)),
      price: deskAsset(each.desk) === 'BTC' ? '30000' : '1',
      liabilityWeight: weights.liabilityWeight,
      liabilityWeightInitial: weights.initial,
    })),
  });
  return { shown, margin };
}

test('the calculator and the engine agree on every sum and on the health factor', () => {
  const seen = { sick: 0, well: 0 };
  fc.assert(
    fc.property(borrowers, (drawn) => {
      const { shown, margin } = bothOf(drawn);
      for (const sum of ['equity', 'marginEquity', 'initialEquity', 'weightedDebt'] as const) {
        assert.equal(shown[sum], formatDecimal(margin[sum]), sum);
      }
      const factor = marginHealthFactor(margin);
      assert.equal(shown.healthFactor, factor === 'no-debt' ? factor : formatDecimal(factor));
      if (factor === 'no-debt') return;
      assert.equal(shown.healthy, gte(factor, ONE_RATIO));
      seen[gte(factor, ONE_RATIO) ? 'well' : 'sick'] += 1;
    }),
    { numRuns: 100, seed: 20210519 },
  );
  assert.ok(seen.sick > 10 && seen.well > 10, JSON.stringify(seen));
});
