/**
 * Goal: receipts of liquidations that close debts and claims tell who paid what to whom, and are
 * verified by themselves and with their journal. Method: small pools, one for each way in which a
 * debt is closed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LendingPool, lendingPool } from '../../test/lending/lending-pool.ts';
import { finders, LADDER, point, terms } from '../../test/pools/direct-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { depositVault, ladderOf, vault } from '../../test/pools/sample-vault.ts';
import { type AccountId, accountId, amount, assetId, money } from '../units/index.ts';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from './index.ts';

const USDC = assetId('USDC');
const ETH = assetId('ETH');

/** Of the account, verified. */
async function receiptOf(
  pool: Pick<Driver, 'records' | 'engine'>,
  account: AccountId,
): Promise<Loose> {
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const found: Receipt[] = [];
  for await (const receipt of receiptsOf(journal)) {
    const bytes = Buffer.from(receipt.text);
    assert.deepEqual(verifyReceipt(bytes).problem, null);
    assert.deepEqual((await verifyReceiptWith(bytes, { journal })).problem, null);
    found.push(receipt);
  }
  const own = found.find(({ facts }) => facts.account.account === account);
  return own!.json as unknown as Loose;
}

type Loose = { readonly [key: string]: Loose } & readonly Loose[];

/** The step with an event of this type, and that event. */
function stepWith(json: Loose, type: string): { readonly step: Loose; readonly event: Loose } {
  const isIt = (event: Loose): boolean => `${event['type']}` === type;
  const step = json['steps']!.find((found) => found['events']!.some(isIt));
  assert.ok(step !== undefined, `no step tells of ${type}`);
  return { step, event: step['events']!.find(isIt)! };
}

const toldOf = ({ step }: { readonly step: Loose }): string =>
  Object.values({ ...step['takenAsTold']! }).join();

const changed = (told: unknown): unknown =>
  typeof told === 'number' ? told + 1 : told === '2' ? '1' : '2';

/** 100,000 USDC, 100 ETH and 10 BTC at the desks. */
function desks(changes: Parameters<LendingPool['lend']>[1] = {}) {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.lend(asset, changes);
  const lender = pool.account('lender', '100000');
  pool.deposit(lender, 'ETH', '100');
  pool.deposit(lender, 'BTC', '10');
  for (const asset of ['USDC', 'ETH', 'BTC']) pool.supply(lender, asset, null);
  return { ...pool, lender };
}

/** Bob owes 15,000 USDC against 10 ETH at 2,000, and holds no money. */
function bobOwesMoney() {
  const pool = desks();
  const bob = pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  pool.borrow(bob, 'USDC', '15000');
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('15000') });
  return { ...pool, bob };
}

/** Carol owes 10 ETH at 2,000 against 30,000 USDC, and has sold the ETH. */
function carolOwesEther() {
  const pool = desks();
  const carol = pool.account('carol', '30000');
  pool.borrow(carol, 'ETH', '10');
  pool.take({ type: 'Withdraw', account: carol, asset: ETH, amount: amount('10') });
  return { ...pool, carol };
}

test('the house pays a debt in kind where it holds the asset', async () => {
  const pool = carolOwesEther();
  pool.deposit(pool.house, 'ETH', '50');
  pool.price('ETH', '3100');
  const json = await receiptOf(pool, pool.carol);
  const { event } = stepWith(json, 'DebtRepaid');
  assert.equal(event['payer'], 'house');
  // Its money first, and the rest of the debt with money that it does not have.
  assert.equal(json['totals']!['balance']!['debtsClosed'], '-31000');
  assert.equal(json['totals']!['badDebt']!['amount'], '1000');
});

test('the house owes from then on what it does not hold', async () => {
  const pool = carolOwesEther();
  pool.price('ETH', '3100');
  const json = await receiptOf(pool, pool.carol);
  const { event } = stepWith(json, 'DebtAssumed');
  assert.equal(event['debtor'], 'house');
  assert.notEqual(event['value'], '0');
});

test('collateral that is sold to the house pays for a debt', async () => {
  const pool = bobOwesMoney();
  pool.price('ETH', '1800');
  const found = stepWith(await receiptOf(pool, pool.bob), 'CollateralConverted');
  assert.equal(found.event['buyer'], 'house');
  assert.equal(toldOf(found), 'decision,counterparty');
});

test('a debt in the asset that is held, and a claim on the desk that is owed', async () => {
  const pool = desks();
  const dan = pool.account('dan', '1500');
  pool.deposit(dan, 'ETH', '10');
  pool.borrow(dan, 'BTC', '0.5');
  pool.take({ type: 'Withdraw', account: dan, asset: assetId('BTC'), amount: amount('0.3') });
  pool.supply(dan, 'BTC', '0.1');
  pool.price('BTC', '60000');
  const json = await receiptOf(pool, dan);
  const { event } = stepWith(json, 'DebtRepaid');
  assert.equal(event['payer'], null);
  stepWith(json, 'SupplyReleased');
});

test('claims are paid out by desks that can, and else bought by the house', async () => {
  const pool = bobOwesMoney();
  pool.supply(pool.bob, 'ETH', null);
  pool.price('ETH', '1800');
  stepWith(await receiptOf(pool, pool.bob), 'SupplyReleased');
  const dry = bobOwesMoney();
  dry.supply(dry.bob, 'ETH', null);
  dry.borrow(dry.house, 'ETH', '110');
  dry.price('ETH', '1800');
  const { event } = stepWith(await receiptOf(dry, dry.bob), 'SupplyConverted');
  assert.equal(event['buyer'], 'house');
});

test('a liquidator repays for collateral, after the interest until then', async () => {
  const pool = bobOwesMoney();
  pool.take(LADDER);
  pool.take(terms());
  const keeper = pool.account('keeper', '50000');
  pool.price('ETH', '1800');
  pool.wait(60_000);
  pool.take({
    type: 'RepayDirect',
    liquidator: keeper,
    account: pool.bob,
    accountVersion: pool.accountOf(pool.bob).version,
    debtAsset: USDC,
    repay: amount('1000'),
    collateralAsset: ETH,
    seizeMin: amount('0'),
  });
  const json = await receiptOf(pool, pool.bob);
  const found = stepWith(json, 'DebtRepaidDirectly');
  assert.equal(found.event['liquidator'], 'keeper');
  assert.equal(toldOf(found), 'counterparty', 'all else is decided again');
  assert.notEqual(found.event['debtIndex'], '1');
  const at = Object.values(json['steps']!).indexOf(found.step);
  const fields = Object.keys(found.event).filter((field) => field !== 'liquidator');
  for (const field of fields) {
    const copy = structuredClone(json) as unknown as Receipt['json'];
    const { events } = (copy['steps'] as unknown as { events: { [field: string]: unknown }[] }[])[
      at
    ]!;
    const told = events[0]![field];
    events[0]![field] = typeof told === 'object' ? { ...told, equity: '1' } : changed(told);
    const text = receiptText({ ...copy, receiptHash: receiptHash(copy) });
    assert.notEqual(verifyReceipt(Buffer.from(text)).problem, null, field);
  }
});

test('a debt in another asset is repaid by a liquidator in kind', async () => {
  const pool = desks();
  pool.take(LADDER);
  pool.take(terms());
  const keeper = pool.account('keeper', '50000');
  pool.deposit(keeper, 'BTC', '5');
  const eve = pool.account('eve');
  pool.deposit(eve, 'ETH', '20');
  pool.borrow(eve, 'BTC', '1');
  pool.take({ type: 'Withdraw', account: eve, asset: assetId('BTC'), amount: amount('1') });
  pool.price('BTC', '33000');
  pool.take({
    type: 'RepayDirect',
    liquidator: keeper,
    account: eve,
    accountVersion: pool.accountOf(eve).version,
    debtAsset: assetId('BTC'),
    repay: amount('0.1'),
    collateralAsset: ETH,
    seizeMin: amount('0'),
  });
  stepWith(await receiptOf(pool, eve), 'DebtRepaidDirectly');
});

test('a borrower who is found by somebody, and whom the engine would have found', async () => {
  const pool = bobOwesMoney();
  pool.take(LADDER);
  pool.take(terms());
  pool.take(finders());
  pool.account('keeper', '50000');
  pool.price('ETH', '1800');
  pool.take(point({ account: pool.bob }));
  const json = await receiptOf(pool, pool.bob);
  const found = stepWith(json, 'FinderNamed');
  assert.equal(found.event['finder'], 'keeper');
  assert.equal(toldOf(found), 'counterparty');
});

test('the vault takes a borrower over with debts and claims', async () => {
  const pool = bobOwesMoney();
  pool.supply(pool.bob, 'ETH', '4');
  pool.account('vault');
  pool.account('provider', '100000');
  pool.take(vault({ accountNotionalMax: money('100000') }));
  pool.take(depositVault('provider', '50000'));
  pool.take(ladderOf('backstop'));
  pool.price('ETH', '1800');
  const json = await receiptOf(pool, pool.bob);
  const { event } = stepWith(json, 'AccountTakenOver');
  assert.equal(event['debts']!.length, 1);
  assert.equal(json['outcome'], 'closed');
  assert.deepEqual({ ...json['after']!['debts']! }, {});
  assert.equal(accountId('vault'), event['vault']);
});

test('what collateral does not cover is told as bad debt', async () => {
  const pool = bobOwesMoney();
  pool.take({ type: 'FundInsurance', amount: money('600') });
  pool.price('ETH', '1400');
  const json = await receiptOf(pool, pool.bob);
  assert.equal(json['totals']!['badDebt']!['amount'], '1000');
  assert.equal(json['totals']!['badDebt']!['insuranceFund'], '600');
});
