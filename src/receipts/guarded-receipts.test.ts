/** A receipt shows when a price guard held a mark back, and by which reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { priceGuards } from '../../test/pools/sample-guards.ts';
import { durationMs, ratio } from '../units/index.ts';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from './index.ts';

type Loose = { readonly [key: string]: Loose } & readonly Loose[];

/** Alice is long 50 at 100 with 1,000; prices fall to 81, her mark by a tenth a second at most. */
async function heldBack(guards: Parameters<typeof priceGuards>[0]) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(priceGuards(guards));
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  pool.wait(1_700);
  pool.price('BTC', '81', ['BTC-PERP']);
  const { order } = pool.engine.state.liquidations.get(1)!.order!;
  pool.wait(2_000);
  pool.price('BTC', '81', ['BTC-PERP']);
  pool.take({ type: 'FinishOrder', order, reason: 'expired' });
  pool.pass(0);
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const receipts: Receipt[] = [];
  for await (const found of receiptsOf(journal)) receipts.push(found);
  const [receipt] = receipts;
  const bytes = Buffer.from(receipt!.text);
  assert.equal(verifyReceipt(bytes).problem, null);
  assert.equal((await verifyReceiptWith(bytes, { journal })).problem, null);
  return receipt!;
}

const told = ({ json }: Receipt): Loose => json as unknown as Loose;

test('the mark that a bound on its step allows, and the one that reports made', async () => {
  const receipt = await heldBack({ markStepPerSecond: ratio('0.1') });
  const [market] = told(receipt)['prices']!['markets']!;
  assert.equal(market!['mark'], '83');
  assert.equal(market!['unboundMark'], '81');
  const steps = told(receipt)['steps']!;
  assert.deepEqual(JSON.parse(JSON.stringify(steps[0]!['heldBack'])), [
    { market: 'BTC-PERP', mark: '83', unboundMark: '81' },
  ]);
  // Two seconds later it has caught up.
  assert.equal(steps.at(-1)!['heldBack']!.length, 0);
});

test('nothing where no guard bounds it, whatever else is guarded', async () => {
  for (const guards of [{}, { stableTimeConstantMs: durationMs(10_000) }]) {
    const receipt = await heldBack(guards);
    const [market] = told(receipt)['prices']!['markets']!;
    assert.deepEqual([market!['mark'], market!['unboundMark']], ['81', null]);
    const stable = market!['stablePrice'] as unknown as string | null;
    assert.equal(stable !== null && Number(stable) > 81, 'stableTimeConstantMs' in guards);
    for (const step of told(receipt)['steps']!) assert.equal(step['heldBack']!.length, 0);
  }
});

test('is refused where it says that a mark was held back otherwise than it was', async () => {
  const receipt = await heldBack({ markStepPerSecond: ratio('0.1') });
  for (const change of ['82', null]) {
    const copy = structuredClone(receipt.json) as { [key: string]: never };
    (copy['prices']!['markets']![0]! as { unboundMark: string | null }).unboundMark = change;
    const fresh = copy as unknown as Receipt['json'];
    const text = receiptText({ ...fresh, receiptHash: receiptHash(fresh) });
    const { problem } = verifyReceipt(Buffer.from(text));
    assert.equal(problem?.path, 'prices.markets[0].unboundMark');
  }
});
