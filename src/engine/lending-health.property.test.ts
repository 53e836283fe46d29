/**
 * Goal: the one margin equity of the engine is what lending markets call health, and what it
 * closes is what their formulas ask for. Method: random borrowers without positions, against
 * `healthFactor` and `borrowCloseOut`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { borrowCloseOut, healthFactor, isBelowHealth } from '../risk/index.ts';
import {
  add,
  amount,
  assetId,
  formatDecimal,
  mulDown,
  ONE_RATIO,
  price,
  type Ratio,
  ratio,
  rawOf,
  sub,
  valueUp,
} from '../units/index.ts';
import { accountMargin, type Command } from './index.ts';

const USDC = assetId('USDC');
const ETH_THRESHOLD = ratio('0.8');
const BTC_THRESHOLD = ratio('0.9');

const decimals = (min: number, max: number, places: number) =>
  fc
    .integer({ min: Math.round(min * 10 ** places), max: Math.round(max * 10 ** places) })
    .map((raw) => (raw / 10 ** places).toFixed(places));

/** Against both assets and money, a debt of money and one of ETH. */
const borrowers = fc.record({
  ether: decimals(1, 30, 6),
  bitcoin: decimals(0.1, 2, 6),
  money: decimals(0, 2_000, 4),
  debtShare: decimals(0.6, 0.99, 6),
  owesEther: fc.boolean(),
  etherPrice: decimals(900, 3_000, 6),
  bitcoinPrice: decimals(12_000, 40_000, 6),
});

type Borrower = typeof borrowers extends fc.Arbitrary<infer T> ? T : never;

function poolOf(borrower: Borrower) {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, { debtMin: rawMoney('0') });
  const lender = pool.account('lender', '2000000');
  pool.deposit(lender, 'ETH', '500');
  for (const asset of ['USDC', 'ETH']) pool.supply(lender, asset, null);
  const ann = pool.account('ann');
  pool.deposit(ann, 'ETH', borrower.ether);
  pool.deposit(ann, 'BTC', borrower.bitcoin);
  if (Number(borrower.money) > 0) pool.deposit(ann, 'USDC', borrower.money);
  return { ...pool, ann };
}

const rawMoney = (text: string) => valueUp(amount(text), price('1'));

test('a borrower is liquidatable exactly where its health factor lies below one', () => {
  let [below, above] = [0, 0];
  fc.assert(
    fc.property(borrowers, (borrower) => {
      const pool = poolOf(borrower);
      const { ann } = pool;
      const free = accountMargin(pool.engine.state, pool.accountOf(ann)).initialEquity;
      const worth = mulDown(free, ratio(borrower.debtShare));
      // Whatever is borrowed leaves: what is held stays what was deposited.
      const asset = borrower.owesEther ? 'ETH' : 'USDC';
      const owed = borrower.owesEther
        ? (Number(formatDecimal(worth)) / 2_000).toFixed(9)
        : formatDecimal(worth);
      pool.borrow(ann, asset, owed);
      pool.take({ type: 'Withdraw', account: ann, asset: assetId(asset), amount: amount(owed) });
      pool.attempt({ type: 'SetGate', ...CLOSED });
      pool.price('ETH', borrower.etherPrice);
      pool.price('BTC', borrower.bitcoinPrice);
      const account = pool.accountOf(ann);
      const health = {
        collaterals: [
          {
            amount: amount(borrower.ether),
            price: price(borrower.etherPrice),
            liquidationThreshold: ETH_THRESHOLD,
          },
          {
            amount: amount(borrower.bitcoin),
            price: price(borrower.bitcoinPrice),
            liquidationThreshold: BTC_THRESHOLD,
          },
          { amount: amount(borrower.money), price: price('1'), liquidationThreshold: ONE_RATIO },
        ],
        debts: [
          {
            amount: amount(owed),
            price: price(borrower.owesEther ? borrower.etherPrice : '1'),
          },
        ],
      };
      const { marginEquity, maintenanceMargin } = accountMargin(pool.engine.state, account);
      assert.equal(maintenanceMargin, 0n);
      const isLow = isBelowHealth(health);
      // Four roundings of a unit each lie between the two.
      if (isLow) assert.ok(marginEquity < 0n);
      else assert.ok(marginEquity >= -4n);
      if (isLow) below += 1;
      else above += 1;
      const started = eventsOf(pool.take({ type: 'SetGate', ...OPEN }), 'LiquidationStarted');
      assert.equal(started.length, marginEquity < 0n ? 1 : 0);
    }),
    { numRuns: 60, seed: 7 },
  );
  assert.ok(below > 10 && above > 10, `${below} below, ${above} above`);
});

const GATE = { market: null, gate: 'liquidations', untilMs: null, reason: 'test' } as const;
const CLOSED = { ...GATE, closed: true };
const OPEN = { ...GATE, closed: false };

test('what is closed is what the formula asks for, to the roundings of one close-out', () => {
  let closed = 0;
  fc.assert(
    fc.property(
      fc.record({
        ether: decimals(2, 40, 6),
        health: decimals(0.9, 0.999, 9),
        bonus: decimals(0, 0.1, 4),
        releaseRatio: decimals(1.01, 1.5, 4),
      }),
      ({ ether, health, bonus, releaseRatio }) => {
        const target = ratio(releaseRatio);
        const pool = lendingPool({ releaseRatio: target });
        pool.lend('ETH');
        pool.lend('USDC', { liquidationBonus: ratio(bonus), debtMin: rawMoney('0') });
        pool.supply(pool.account('lender', '100000'), 'USDC', null);
        const ann = pool.account('ann');
        pool.deposit(ann, 'ETH', ether);
        const debt = mulDown(rawMoney(ether), ratio('1499'));
        const owed = amount(formatDecimal(debt));
        pool.take({ type: 'Borrow', account: ann, asset: USDC, amount: owed });
        const leave: Command = { type: 'Withdraw', account: ann, asset: USDC, amount: owed };
        pool.take(leave);
        // At this price the health factor is what was drawn, to a few digits.
        const at = ((Number(health) * 1499) / 0.8).toFixed(9);
        const events = pool.price('ETH', at);
        const [repaid] = eventsOf(events, 'DebtRepaid');
        assert.ok(repaid !== undefined);
        const collateral = { amount: amount(ether), price: price(at) };
        const factor = healthFactor({
          collaterals: [{ ...collateral, liquidationThreshold: ETH_THRESHOLD }],
          debts: [{ amount: owed, price: price('1') }],
        });
        assert.ok(factor !== 'no-debt');
        const { debtToRepay } = borrowCloseOut({
          totalDebtValue: debt,
          debtPrice: price('1'),
          liquidationThreshold: ETH_THRESHOLD,
          liquidationBonus: bonusGiven(ratio(bonus), ratio(at), ether, debt),
          healthFactor: factor,
          targetHealthFactor: target,
          collateralValue: valueUp(collateral.amount, collateral.price),
        });
        const difference = sub(repaid.amount, debtToRepay);
        const allowed = add(mulDown(debtToRepay, ratio('0.000000000001')), amount('0.000001'));
        assert.ok(rawOf(difference) <= rawOf(allowed), `${formatDecimal(difference)} too much`);
        assert.ok(-rawOf(difference) <= rawOf(allowed), `${formatDecimal(difference)} too little`);
        closed += 1;
      },
    ),
    { numRuns: 60, seed: 11 },
  );
  assert.ok(closed >= 60);
});

/** The bonus of the desk, as far as the account's equity pays for it. */
function bonusGiven(bonus: Ratio, at: Ratio, ether: string, debt: ReturnType<typeof rawMoney>) {
  const value = Number(formatDecimal(at)) * Number(ether);
  const owed = Number(formatDecimal(debt));
  const spare = (value - owed) / owed;
  return ratio(Math.min(Number(formatDecimal(bonus)), spare).toFixed(18));
}
