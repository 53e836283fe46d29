/**
 * Goal: receipts of liquidations that layers of the waterfall paid for tell who paid and who was
 * repaid, and are verified by themselves and with their journal. Method: one small pool for each
 * way in which it may end, and one lie per fact.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crash, HALF_HEDGED, halAlone } from '../../test/pools/hedge-stage.ts';
import {
  depositTranche,
  lossSharing,
  nobodyWonWhatAliceLost,
  tranche,
  twoMarkets,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { amount, assetId, formatDecimal, marketId, money, ratio } from '../units/index.ts';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from './index.ts';

/** Of every liquidation, each verified. */
async function receipts(pool: Pick<Driver, 'records' | 'engine'>): Promise<Receipt[]> {
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const found: Receipt[] = [];
  for await (const receipt of receiptsOf(journal)) {
    const bytes = Buffer.from(receipt.text);
    assert.deepEqual(verifyReceipt(bytes).problem, null);
    assert.deepEqual((await verifyReceiptWith(bytes, { journal })).problem, null);
    found.push(receipt);
  }
  return found;
}

const typesOf = ({ facts }: Receipt): string[] =>
  facts.steps.flatMap(({ events }) => events.map(({ type }) => type));

function capital(pool: ReturnType<typeof twoMarkets>, fund: string): void {
  const caps = [{ market: marketId('BTC-PERP'), cap: money('2.5') }];
  pool.take(waterfall({ tranches: [tranche('junior'), tranche('senior')], marketCaps: caps }));
  for (const name of ['dora', 'emil']) pool.account(name, '500');
  pool.take({ type: 'FundInsurance', amount: money(fund) });
  pool.take(depositTranche('junior', 'dora', '4'));
}

/** Covered by every layer, closed on the book at a better price than feared. */
function closedWithMore() {
  const pool = twoMarkets();
  capital(pool, '3');
  pool.take(depositTranche('senior', 'emil', '20'));
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const [placed] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'CloseOutOrderPlaced');
  const at = { market: 'BTC-PERP', size: '1', price: '85', order: placed!.order };
  pool.fill(pool.maker, alice, at);
  return pool;
}

test('who paid and who was repaid is told, and decided again', async () => {
  const [receipt] = await receipts(closedWithMore());
  const types = typesOf(receipt!);
  const layers = types.filter((type) => /Paid|Covered|Repaid/.test(type));
  const paid = ['DeficitCovered', 'TranchePaid', 'TranchePaid'];
  assert.deepEqual(layers, [...paid, 'TrancheRepaid', 'TrancheRepaid']);
  assert.ok(receipt!.facts.steps.every(({ before }) => before.waterfall !== null));
});

test('a loss beyond every layer is told to the unit', async () => {
  const pool = nobodyWonWhatAliceLost();
  capital(pool, '3');
  pool.price('BTC', '80', ['BTC-PERP']);
  const [receipt] = await receipts(pool);
  const types = typesOf(receipt!);
  assert.ok(types.includes('TranchePaid') && types.includes('BadDebtSettled'));
});

/** Part of what Alice owes goes to open interest, the rest to profits. */
function spread() {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing({ notionalShareMax: ratio('0.03') }));
  const carol = pool.account('carol', '500');
  pool.fill(carol, pool.account('dave', '1000000000'), {
    market: 'BTC-PERP',
    size: '1.5',
    price: '80',
  });
  // What Carol was charged before her own liquidation counts in its receipt.
  pool.price('BTC', '80', ['BTC-PERP']);
  pool.take({ type: 'FundInsurance', amount: money('2.8') });
  pool.take({ type: 'Withdraw', account: carol, asset: assetId('USDC'), amount: amount('480') });
  pool.price('BTC', '68', ['BTC-PERP']);
  return pool;
}

test('a loss that open interest took on is told, and decided again', async () => {
  const [alice, carol] = await receipts(spread());
  const types = typesOf(alice!);
  assert.deepEqual(types.slice(-3), ['LossSpread', 'BadDebtSettled', 'LiquidationEnded']);
  const { badDebt, balance } = JSON.parse(alice!.text).totals;
  assert.deepEqual(badDebt, {
    amount: '10',
    insuranceFund: '0',
    openInterest: '7.2',
    socialized: '0',
    unallocated: '2.8',
  });
  assert.deepEqual([balance.lossSpread, balance.badDebt, balance.after], ['7.2', '2.8', '0']);
  assert.equal(carol!.facts.account.account, 'carol');
  assert.equal(formatDecimal(carol!.facts.steps[0]!.before.markets[0]!.lossIndex), '2.4');
});

type Loose = { readonly [key: string]: Loose } & readonly Loose[];

/** The receipt with one field of its first event of a type told otherwise, under a fitting hash. */
async function problemWith(
  type: string,
  change: Record<string, string>,
  pool: Parameters<typeof receipts>[0] = closedWithMore(),
): Promise<unknown> {
  const [receipt] = await receipts(pool);
  const { receiptHash: _, ...json } = JSON.parse(receipt!.text);
  const steps: readonly Loose[] = json.steps;
  const at = steps.findIndex((step) =>
    step['events']!.some((event) => `${event['type']}` === type),
  );
  const step = steps[at]!;
  const which = step['events']!.findIndex((event) => `${event['type']}` === type);
  const events = step['events']!.with(which, { ...step['events']![which]!, ...change } as never);
  const copy = { ...json, steps: steps.with(at, { ...step, events } as never) };
  const text = receiptText({ ...copy, receiptHash: receiptHash(copy) });
  return verifyReceipt(Buffer.from(text)).problem;
}

test('a layer that paid or was repaid otherwise is refused', async () => {
  assert.equal(await problemWith('TranchePaid', {}), null);
  assert.notEqual(await problemWith('TranchePaid', { amount: '1' }), null);
  assert.notEqual(await problemWith('TranchePaid', { tranche: 'senior' }), null);
  assert.notEqual(await problemWith('DeficitCovered', { paid: '3' }), null);
  assert.notEqual(await problemWith('TrancheRepaid', { amount: '4' }), null);
});

test('a loss that was spread otherwise is refused', async () => {
  const problem = (change: Record<string, string>) => problemWith('LossSpread', change, spread());
  assert.equal(await problem({}), null);
  assert.notEqual(await problem({ amount: '7.1' }), null);
  assert.notEqual(await problem({ lossIndexAfter: '2.5' }), null);
  assert.notEqual(await problem({ openInterest: '4' }), null);
  assert.notEqual(await problem({ markPrice: '81' }), null);
});

/** Hal closes what he can without losing his hedge, and then, as nobody else is left, the rest. */
function overridden() {
  const pool = halAlone({ hedges: 'protect', loadings: HALF_HEDGED });
  crash(pool);
  return pool;
}

test('hedges that were given up are told, with the terms and what it was to cost', async () => {
  const pool = overridden();
  const [receipt] = await receipts(pool);
  const closed = typesOf(receipt!).filter((type) => /Hedges|Deleveraged/.test(type));
  assert.deepEqual(closed, ['PositionsDeleveraged', 'HedgesOverridden', 'PositionsDeleveraged']);
  assert.deepEqual(receipt!.facts.terms.deleveraging, pool.engine.state.deleveraging);
  const problem = (change: Record<string, string>) => {
    return problemWith('HedgesOverridden', change, pool);
  };
  assert.equal(await problem({}), null);
  assert.notEqual(await problem({ gap: '19.999999999999999999' }), null);
  assert.notEqual(await problem({ factorLoading: '4' }), null);
  assert.notEqual(await problem({ market: 'ETH-PERP' }), null);
});
