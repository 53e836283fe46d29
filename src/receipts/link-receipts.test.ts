/**
 * Goal: receipts tell what other pools sent to an account, or sent back, while it was in
 * liquidation, and are verified by themselves and with their journal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alice,
  arrivalOf,
  bob,
  depositOf,
  ETH,
  linkedPools,
  pledgeOf,
  returnOf,
  sent,
  transferOf,
} from '../../test/links/linked-pools.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { receiptHash, receiptsOf, receiptText, verifyReceipt, verifyReceiptWith } from './index.ts';

/** Bob is long, falls below, and gets help from alpha in money and in kind. */
async function receipt() {
  const { alpha, beta } = linkedPools();
  const maker = beta.account('maker', '100000');
  beta.take(depositOf(bob, '102'));
  sent(beta, transferOf('2', { account: bob, toPool: 'alpha', toAccount: alice }));
  beta.fill(bob, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  const [placed] = eventsOf(beta.price('BTC', '94', ['BTC-PERP']), 'CloseOutOrderPlaced');
  beta.take(arrivalOf('alpha', sent(alpha, transferOf('3'))));
  beta.take(arrivalOf('alpha', sent(alpha, pledgeOf('1', { asset: ETH }))));
  beta.take(returnOf(1, 'alpha'));
  const { order, size, limitPrice } = placed!;
  beta.take({
    type: 'RecordFill',
    market: placed!.market,
    buyer: maker,
    seller: bob,
    size: (0n - size) as typeof size,
    price: limitPrice,
    buyerFee: 0n as never,
    sellerFee: 0n as never,
    order,
  });
  const { journal } = await journalOf(beta.records, beta.engine.state);
  for await (const made of receiptsOf(journal)) return { journal, receipt: made };
  throw new Error('there was no liquidation');
}

type Loose = { readonly [key: string]: Loose } & readonly Loose[];

test('what other pools send during a liquidation is part of its receipt', async () => {
  const { journal, receipt: made } = await receipt();
  const bytes = Buffer.from(made.text);
  assert.deepEqual(verifyReceipt(bytes).problem, null);
  assert.deepEqual((await verifyReceiptWith(bytes, { journal })).problem, null);
  const types = made.facts.steps.flatMap(({ events }) => events.map(({ type }) => type));
  const moves = types.filter((type) => type.startsWith('Transfer'));
  assert.deepEqual(moves, ['TransferReceived', 'TransferReceived', 'TransferReturned']);
  const { deposited } = JSON.parse(made.text).totals.balance;
  assert.equal(deposited, '5', 'three arrived and two came back; collateral is no balance');
});

test('a transfer told otherwise is refused', async () => {
  const { receipt: made } = await receipt();
  const { receiptHash: _, ...json } = JSON.parse(made.text);
  const problemWith = (type: string, change: object): unknown => {
    const steps: readonly Loose[] = json.steps;
    const at = steps.findIndex((step) => step['events']!.some((own) => `${own['type']}` === type));
    const [event] = steps[at]!['events']!;
    const step = { ...steps[at]!, events: [{ ...event, ...change }] };
    const copy = { ...json, steps: steps.with(at, step as never) };
    const text = receiptText({ ...copy, receiptHash: receiptHash(copy) });
    return verifyReceipt(Buffer.from(text)).problem;
  };
  assert.equal(problemWith('TransferReceived', {}), null);
  assert.notEqual(problemWith('TransferReceived', { amount: '4' }), null);
  assert.notEqual(problemWith('TransferReturned', { amount: '1' }), null);
  assert.notEqual(problemWith('TransferReturned', { asset: 'ETH' }), null);
});
