/**
 * As `absurd-commands.property.test.ts`, for pools that lend: whatever numbers are sent to desks,
 * reported as prices or waited for, a command is accepted or rejected, debts are closed, and the
 * pool still balances. Seeded, because what was reached is counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LendingPool, lending, lendingPool } from '../../test/lending/lending-pool.ts';
import { EXTREMES, exchanged } from '../../test/pools/exchanged-numbers.ts';
import {
  accountId,
  amount,
  assetId,
  durationMs,
  indexId,
  money,
  price,
  ratio,
} from '../units/index.ts';
import { audit, type Command, type Event } from './index.ts';

const DAY_MS = 86_400_000;
const [ANN, BOB] = [accountId('ann'), accountId('bob')];

/** Ann owes money and bitcoin against ether, some of it lent; bob money against bitcoin. */
function world(): LendingPool {
  const pool = lendingPool();
  for (const asset of ['ETH', 'BTC', 'USDC']) pool.lend(asset, { debtMin: money('0') });
  const lender = pool.account('lender', '1000000');
  for (const asset of ['ETH', 'BTC']) pool.deposit(lender, asset, '100');
  for (const asset of ['ETH', 'BTC', 'USDC']) pool.supply(lender, asset, null);
  pool.deposit(pool.account('ann', '500'), 'ETH', '20');
  pool.supply(ANN, 'ETH', '5');
  pool.borrow(ANN, 'USDC', '10000');
  pool.borrow(ANN, 'BTC', '0.3');
  pool.deposit(pool.account('bob'), 'BTC', '1');
  pool.borrow(BOB, 'USDC', '15000');
  // Money against debts in two assets, of which one may lose all its worth while the other soars.
  const carl = pool.account('carl', '5000');
  for (const [asset, owed] of [
    ['ETH', '0.5'],
    ['BTC', '0.03'],
  ] as const) {
    pool.borrow(carl, asset, owed);
    pool.take({ type: 'Withdraw', account: carl, asset: assetId(asset), amount: amount(owed) });
  }
  // A debt of one unit, and a fortune that may come to count for nothing.
  const dora = pool.account('dora');
  const unit = amount('0.000000000000000001');
  pool.deposit(dora, 'ETH', '1000000000000');
  pool.take({ type: 'Borrow', account: dora, asset: assetId('USDC'), amount: unit });
  pool.take({ type: 'Withdraw', account: dora, asset: assetId('USDC'), amount: unit });
  return pool;
}

const reported = (pool: LendingPool, name: string, at: string): Command => {
  const timeMs = pool.now();
  const report = { source: 'feed', price: price(at), timeMs, confidence: null };
  return {
    type: 'ReportPrices',
    indexes: [{ index: indexId(name), ...report }],
    books: [],
    outside: [],
  };
};

const at = (type: 'SupplyAsset' | 'RedeemSupply' | 'Repay', asset: string, text: string | null) =>
  ({
    type,
    account: ANN,
    asset: assetId(asset),
    amount: text === null ? null : amount(text),
  }) as const;

const desk = (asset: string, changes: Parameters<typeof lending>[1] = {}): Command => ({
  type: 'ConfigureLending',
  parameters: lending(asset, { debtMin: money('0'), borrowMax: amount('1000000'), ...changes }),
});

const weighed = (concentration: string, haircut: string): Command => ({
  type: 'ConfigureAsset',
  parameters: {
    asset: assetId('ETH'),
    index: indexId('ETH'),
    collateralHaircut: ratio(haircut),
    concentrationFactor: ratio(concentration),
    amountMax: null,
  },
});

/** Commands that are lawful, mostly, until a number in them is exchanged. */
const lawful: readonly ((pool: LendingPool) => Command)[] = [
  () => desk('USDC', { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.9') }),
  () => desk('BTC', { liabilityWeight: ratio('1.2'), liabilityWeightInitial: ratio('1.3') }),
  () => desk('ETH', { loanToValue: ratio('0.5'), accrualIntervalMs: durationMs(1_000) }),
  () => weighed('0.1', '0.25'),
  () => weighed('1000000', '0.25'),
  () => weighed('0', '1'),
  () => ({ type: 'Deposit', account: ANN, asset: assetId('ETH'), amount: amount('1') }),
  () => ({ type: 'Deposit', account: ANN, asset: assetId('USDC'), amount: amount('100') }),
  () => ({ type: 'Withdraw', account: ANN, asset: assetId('USDC'), amount: amount('5000') }),
  () => ({ type: 'Withdraw', account: BOB, asset: assetId('USDC'), amount: amount('14999') }),
  () => at('SupplyAsset', 'ETH', '1'),
  () => at('SupplyAsset', 'USDC', null),
  () => at('RedeemSupply', 'ETH', '1'),
  () => at('RedeemSupply', 'ETH', null),
  () => at('Repay', 'USDC', '100'),
  () => at('Repay', 'BTC', null),
  () => ({ type: 'Borrow', account: ANN, asset: assetId('BTC'), amount: amount('0.01') }),
  () => ({ type: 'Borrow', account: BOB, asset: assetId('ETH'), amount: amount('0.5') }),
  () => ({ type: 'CollectReserve', asset: assetId('USDC') }),
  () => ({ type: 'Tick' }),
  (pool) => reported(pool, 'ETH', '2000'),
  (pool) => reported(pool, 'ETH', '1300'),
  (pool) => reported(pool, 'ETH', '0.000000000000000001'),
  (pool) => reported(pool, 'BTC', '30000'),
  (pool) => reported(pool, 'BTC', '16000'),
  (pool) => reported(pool, 'BTC', '0.000000000000000001'),
  (pool) => reported(pool, 'BTC', '100000000000000'),
];

const step = fc.record({
  which: fc.nat(lawful.length - 1),
  twist: fc.option(fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) }), {
    nil: null,
    freq: 3,
  }),
  wait: fc.constantFrom(0, 1, 1_000, 3_600_000, 30 * DAY_MS, 10_000 * DAY_MS),
});

test('no command to a desk makes the engine throw, whatever its numbers', () => {
  const reached = new Map<string, number>();
  const count = (what: string): void => {
    reached.set(what, (reached.get(what) ?? 0) + 1);
  };
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 50 }), (steps) => {
      const pool = world();
      for (const { which, twist, wait } of steps) {
        pool.wait(wait);
        const command = lawful[which]!(pool);
        const { code, events } = pool.attempt(twist === null ? command : exchanged(command, twist));
        count(`${command.type} ${code === null ? 'accepted' : 'rejected'}`);
        for (const { type } of events) count(type);
      }
      assert.deepEqual(audit(pool.engine.state).problems, []);
    }),
    { numRuns: 100, seed: 20210519 },
  );
  const closings: readonly Event['type'][] = [
    'DebtRepaid',
    'DebtAssumed',
    'SupplyReleased',
    'CollateralConverted',
    'BadDebtSettled',
  ];
  for (const what of [
    'Borrow accepted',
    'Borrow rejected',
    'Repay accepted',
    'RedeemSupply accepted',
    'ConfigureLending rejected',
    ...closings,
  ]) {
    assert.ok((reached.get(what) ?? 0) > 10, `${what}: ${reached.get(what)}`);
  }
});
