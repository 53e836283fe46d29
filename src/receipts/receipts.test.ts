/**
 * Goal: a receipt tells a liquidation as it was. Method: small pools whose figures can be worked
 * out by hand; every receipt is verified by itself and with its journal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Driver, eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { asset, deposit } from '../../test/pools/sample-commands.ts';
import { closeOuts, depth, levels, liquidity, setGate } from '../../test/pools/sample-guards.ts';
import type { Event, PoolParameters } from '../engine/index.ts';
import {
  amount,
  assetId,
  formatDecimal,
  indexId,
  marketId,
  money,
  price,
  ratio,
} from '../units/index.ts';
import { type Receipt, receiptsOf, verifyReceipt, verifyReceiptWith } from './index.ts';

/** Alice is long 1 BTC at 100 with 10; the maker has plenty. */
function aliceLong(changes: Partial<PoolParameters> = {}) {
  const pool = poolDriver();
  pool.configure(changes);
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '100000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const mark = (value: string) => pool.price('BTC', value, ['BTC-PERP']);
  /** The maker takes so much of the order that was placed last, at its limit. */
  const fillOrder = (events: readonly Event[], size: string | null = null) => {
    const order = eventsOf(events, 'CloseOutOrderPlaced').at(-1)!;
    return pool.fill(maker, alice, {
      market: 'BTC-PERP',
      size: size ?? formatDecimal(order.size).replace('-', ''),
      price: formatDecimal(order.limitPrice),
      order: order.order,
    });
  };
  return { ...pool, alice, maker, mark, fillOrder };
}

/** All receipts of a pool's history, each verified both ways. */
async function receipts(pool: Pick<Driver, 'records' | 'engine'>): Promise<Receipt[]> {
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const found: Receipt[] = [];
  for await (const receipt of receiptsOf(journal)) {
    const bytes = Buffer.from(receipt.text);
    assert.equal(verifyReceipt(bytes).problem, null);
    const checked = await verifyReceiptWith(bytes, { journal });
    assert.equal(checked.problem, null);
    assert.equal(checked.journalRecords, receipt.facts.journal.after.seq);
    found.push(receipt);
  }
  return found;
}

// The JSON of a receipt as tests read it: whatever is asked for is there or the test fails.
type Loose = { readonly [key: string]: Loose } & readonly Loose[];
const told = ({ json }: Receipt): Loose => json as unknown as Loose;

test('one close-out: health, plan, fill, penalty and what became of each', async () => {
  const pool = aliceLong();
  pool.fillOrder(pool.mark('94'));
  const [receipt] = await receipts(pool);
  const json = told(receipt!);
  // 10 − 6 = 4 against 0.05 · 94 = 4.7.
  assert.equal(json['healthBefore']!['marginEquity'], '4');
  assert.equal(json['healthBefore']!['maintenanceMargin'], '4.7');
  assert.equal(json['healthBefore']!['marginRatio'], '0.851063829787234042');
  const [started, placed, filled] = json['steps']!;
  assert.equal(started!['rung'], null);
  assert.equal(placed!['rung'], 'close-on-book');
  const plan = placed!['plan']!;
  const [leg] = plan['legs']!;
  assert.equal(leg!['held'], '1');
  assert.equal(leg!['closableBecause'], 'all-of-it');
  assert.equal(leg!['penaltyFraction'], '0.005');
  assert.equal(plan['alternatives']!.length, 5);
  const inForce = plan['alternatives']!.filter((other) => other['inForce'] as unknown as boolean);
  assert.deepEqual(
    inForce.map((other) => [other['policy'], other['expectedCost']]),
    [['least-impact', leg!['expectedCost']]],
  );
  const everything = plan['alternatives']!.find((other) => `${other['policy']}` === 'everything');
  assert.equal(everything!['notional'], '94');
  const [fill] = filled!['fills']!;
  assert.equal(fill!['counterparty'], 'maker');
  assert.equal(fill!['size'], plan['ordered']!['size']);
  // Burned 10 %, no keeper found the account, the rest to the fund.
  const penalty = filled!['penalty']!;
  const charged = Number(penalty['charged']);
  assert.equal(Number(penalty['burned']).toFixed(9), (charged / 10).toFixed(9));
  assert.equal(json['outcome'], 'restored');
  assert.equal(json['totals']!['balance']!['before'], '10');
  const { balance } = pool.accountOf(pool.alice);
  assert.equal(json['totals']!['balance']!['after'], formatDecimal(balance));
});

test('prices name every source with its age: live, stale, or never heard of', async () => {
  const pool = aliceLong();
  pool.index('BTC', ['feed', 'late', 'silent']);
  const tell = (value: string, sources: readonly string[], books: readonly string[] = []) =>
    pool.take({
      type: 'ReportPrices',
      indexes: sources.map((source) => {
        const timeMs = pool.now();
        return { index: indexId('BTC'), source, price: price(value), timeMs, confidence: null };
      }),
      books: books.map((id) => {
        const at = price(value);
        return { market: marketId(id), bid: at, ask: at, last: at, timeMs: pool.now() };
      }),
      outside: [],
    });
  tell('100', ['feed', 'late']);
  pool.wait(60_001);
  tell('94', ['feed'], ['BTC-PERP']);
  const [receipt] = await receipts(pool);
  const [index] = told(receipt!)['prices']!['indexes']!;
  assert.equal(index!['price'], '94');
  assert.equal(index!['medianPrice'], '94');
  assert.deepEqual(
    index!['sources']!.map((source) => [source['source'], source['status'], source['ageMs']]),
    [
      ['feed', 'live', 0],
      ['late', 'stale', 60_001],
      ['silent', 'unreported', null],
    ],
  );
});

test('a liquidation that still runs is told so far, and the rest once it has ended', async () => {
  const pool = aliceLong();
  const placed = pool.mark('94');
  pool.fillOrder(placed, '0.1');
  const [soFar] = await receipts(pool);
  assert.equal(soFar!.json['ended'], false);
  assert.equal(soFar!.json['end'], null);
  assert.equal(soFar!.facts.after.liquidation!.order!.filled.toString(), '-100000000000000000');
  assert.equal(soFar!.facts.journal.after.sealed, false);
  pool.fillOrder(placed, formatDecimal(restOf(pool)));
  const [whole] = await receipts(pool);
  assert.equal(whole!.json['outcome'], 'restored');
  assert.equal(told(whole!)['totals']!['closedOnBook']!['fills'], 2);
  // The first one is still a receipt of the longer journal.
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const again = await verifyReceiptWith(Buffer.from(soFar!.text), { journal });
  assert.equal(again.problem, null);
});

function restOf({ engine }: Driver) {
  const [running] = [...engine.state.liquidations.values()];
  const { size, filled } = running!.order!;
  return (filled - size) as typeof size;
}

test('without room in the market it is put off, and the receipt says why', async () => {
  const pool = aliceLong();
  pool.take(setGate({ gate: 'close-outs', reason: 'operator' }));
  pool.mark('94');
  const [receipt] = await receipts(pool);
  const step = told(receipt!)['steps']!.at(-1)!;
  assert.equal(step['events']![0]!['type'], 'CloseOutDeferred');
  assert.equal(step['plan']!['legs']![0]!['closableBecause'], 'gate-closed');
  assert.equal(step['plan']!['legs']![0]!['closable'], '0');
  assert.equal(step['plan']!['ordered'], null);
});

test('parts of a penalty, the provider’s share and the bound on the size are told', async () => {
  const pool = aliceLong({ burnShare: ratio('0.1') });
  const provider = pool.account('provider', '1');
  pool.take(liquidity({ depthShare: ratio('0.001') }));
  pool.take(
    closeOuts({
      penaltyPerShortfall: ratio('0.01'),
      penaltyFractionMax: ratio('0.02'),
      providerShare: ratio('0.25'),
      provider,
    }),
  );
  pool.take(depth(pool, { bids: levels('93.9 × 5', '90 × 100') }));
  pool.fillOrder(pool.mark('94'));
  const [receipt] = await receipts(pool);
  const [, placed, filled] = told(receipt!)['steps']!;
  const [leg] = placed!['plan']!['legs']!;
  // Missing 1 − 4/4.7 of the margin, at 1 % of what is missing.
  assert.equal(leg!['penaltyParts']!['byHealth'], '0.00148936170212766');
  assert.equal(leg!['penaltyFraction'], '0.00648936170212766');
  assert.equal(leg!['closableBecause'], 'room-in-the-market');
  // A thousandth of the 105 that are bid for.
  assert.equal(leg!['closable'], '0.105');
  const penalty = filled!['penalty']!;
  const parts = ['keeper', 'provider', 'insuranceFund', 'burned'].map((who) => penalty[who]!);
  const exact = parts.reduce((sum, part) => sum + BigInt(Math.round(Number(part) * 1e15)), 0n);
  assert.equal(exact, BigInt(Math.round(Number(penalty['charged']) * 1e15)));
  assert.equal(
    Number(penalty['provider']).toFixed(12),
    (Number(penalty['charged']) / 4).toFixed(12),
  );
});

test('a bankrupt account: cover, deleveraging, bad debt, and a balance of 0', async () => {
  const pool = aliceLong();
  const bob = pool.account('bob', '1000');
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.take({ type: 'FundInsurance', amount: money('3') });
  // Alice owes 10 at 80: the fund has 3, Bob has no profit to give.
  pool.mark('80');
  const [receipt] = await receipts(pool);
  const json = told(receipt!);
  assert.equal(json['outcome'], 'bankrupt');
  assert.equal(json['totals']!['deleveraged']!['notional'], '80');
  assert.equal(json['totals']!['deleveraged']!['taken'], '0');
  assert.deepEqual(
    { ...json['totals']!['badDebt']! },
    {
      amount: '7',
      insuranceFund: '0',
      openInterest: '0',
      socialized: '0',
      unallocated: '7',
    },
  );
  const { balance } = json['totals']! as Loose;
  assert.equal(balance!['realizedPnl'], '-20');
  assert.equal(balance!['coverPaid'], '3');
  assert.equal(balance!['badDebt'], '7');
  assert.equal(balance!['after'], '0');
});

test('collateral that is sold, money that comes in, terms that change: all are steps', async () => {
  const pool = aliceLong();
  pool.index('ETH');
  pool.take(asset('ETH', { index: indexId('ETH') }));
  pool.price('ETH', '2');
  pool.take(deposit({ asset: assetId('ETH'), amount: amount('1') }));
  const house = pool.account('house', '1000');
  pool.configure({ collateralBuyer: house });
  pool.mark('92');
  pool.take(deposit({ amount: amount('0.05') }));
  pool.configure({ collateralBuyer: house, releaseRatio: ratio('1.3') });
  pool.take({ type: 'Tick' });
  const events = pool.mark('85');
  assert.equal(eventsOf(events, 'CollateralConverted').length, 0, 'an order is open');
  pool.wait(70_000);
  pool.price('ETH', '2');
  pool.mark('85');
  // The order has expired; what follows comes a moment later.
  const later = pool.pass(1_000);
  assert.equal(eventsOf(later, 'CollateralConverted').length, 1);
  const [receipt] = await receipts(pool);
  const json = told(receipt!);
  const commands = json['steps']!.map((step) => `${step['command']}`);
  assert.ok(commands.includes('Deposit'), commands.join());
  assert.equal(json['totals']!['balance']!['deposited'], '0.05');
  assert.notEqual(json['totals']!['balance']!['collateralSold'], '0');
  const changed = json['steps']!.filter((step) => step['terms'] !== null);
  assert.equal(changed[0]!['terms']!['pool']!['releaseRatio'], '1.3');
});

test('receipts say of others what the account had to do with them, and no more', async () => {
  const pool = aliceLong();
  const bob = pool.account('bob', '1000');
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '120' });
  pool.fillOrder(pool.mark('94'));
  const [receipt] = await receipts(pool);
  const [fill] = told(receipt!)['steps']![2]!['events']!;
  assert.deepEqual(Object.keys(fill!).sort(), [
    'change',
    'counterparty',
    'liquidation',
    'market',
    'order',
    'price',
    'type',
    'value',
  ]);
  assert.doesNotMatch(receipt!.text, /bob/);
});
