/**
 * Goal: receipts of liquidations that follow a ladder tell each way, are verified by themselves
 * and with their journal, and are refused wherever they are touched. Method: small pools of one
 * way each; every value is changed under a fitting hash.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bid, directStage, LADDER, point, terms } from '../../test/pools/direct-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { amm, ladderOf } from '../../test/pools/sample-vault.ts';
import { fallTo, stage } from '../../test/pools/vault-stage.ts';
import {
  fallenAuctionPool,
  indebtedAuctionPool,
  placeBid,
} from '../../test/routes/auction-pool.ts';
import { accountId, amount, assetId, durationMs } from '../units/index.ts';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from './index.ts';

async function receiptOf(pool: Pick<Driver, 'records' | 'engine'>): Promise<Receipt> {
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const found: Receipt[] = [];
  for await (const receipt of receiptsOf(journal)) {
    const bytes = Buffer.from(receipt.text);
    assert.deepEqual(verifyReceipt(bytes).problem, null);
    assert.deepEqual((await verifyReceiptWith(bytes, { journal })).problem, null);
    found.push(receipt);
  }
  return found[0]!;
}

type Path = readonly (string | number)[];
type Node = { [key: string | number]: unknown };
type Loose = { readonly [key: string]: Loose } & readonly Loose[];
const told = ({ json }: Receipt): Loose => json as unknown as Loose;

function* leaves(value: unknown, path: Path = []): Generator<Path> {
  if (value === null || typeof value !== 'object') yield path;
  else for (const key of Object.keys(value)) yield* leaves((value as Node)[key], [...path, key]);
}

/** Another value that fits the same place. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return '1';
  if (/^-?[0-9.]+$/.test(value)) return value === '1' ? '2' : '1';
  return `${value}x`;
}

/** The values that may be changed under a fitting hash without being noticed. */
function unnoticed(receipt: Receipt): string[] {
  return [...leaves(receipt.json)]
    .filter((path) => {
      if (path[0] === 'receiptHash') return false;
      const copy = structuredClone(receipt.json) as Node;
      const parent = path.slice(0, -1).reduce<Node>((at, key) => at[key] as Node, copy);
      const key = path.at(-1)!;
      parent[key] = another(parent[key]);
      const fresh = copy as unknown as Receipt['json'];
      const text = receiptText({ ...fresh, receiptHash: receiptHash(fresh) });
      return verifyReceipt(Buffer.from(text)).problem === null;
    })
    .map((path) => path.join('.'));
}

/** Whose truth is nowhere but in the journal: docs/receipts.md lists them. */
const TOLD_BY_JOURNAL = [
  /^run\./,
  /^account\.(owner|parent|market)$/,
  /^journal\./,
  /^terms\./,
  /^steps\.\d+\.terms\./,
  /^steps\.\d+\.source$/,
  /^(steps\.\d+\.before|after)\.(indexes|insuranceFund|desks)/,
  /^(steps\.\d+\.before|after)\.markets\.\d+\.(book|longSize|settlementPrice|openOrdersSize)/,
];

const unexpected = (receipt: Receipt, alsoTold: readonly RegExp[] = []): string[] =>
  unnoticed(receipt).filter((path) => {
    return ![...TOLD_BY_JOURNAL, ...alsoTold].some((pattern) => pattern.test(path));
  });

test('a direct liquidation: who took how much at which bonus, and what that cost', async () => {
  const pool = directStage();
  pool.fall('84.2');
  const [first] = pool.records.filter(
    ({ outcome }) =>
      outcome.type === 'Accepted' && outcome.events.some(({ type }) => type === 'RouteChosen'),
  );
  assert.ok(first !== undefined);
  const events = pool.take(pool.takeover('5'));
  const receipt = await receiptOf(pool);
  const json = told(receipt);
  const taken = events.find((event) => event.type === 'LiquidatedDirectly')!;
  const step = json['steps']!.find(({ command }) => `${command}` === 'LiquidateDirect')!;
  const [take] = step['takes']!;
  assert.equal(take!['by'], 'keeper');
  assert.equal(take!['size'], '-5');
  assert.equal(take!['method'], 'direct');
  assert.deepEqual(Object.keys(step['events']![0]!['taken']!).sort(), ['account', 'sizeDelta']);
  assert.equal(json['totals']!['takenOver']!['takes'], 1);
  assert.equal(taken.type, 'LiquidatedDirectly');
  assert.deepEqual({ ...step['takenAsTold']! }, { 0: 'counterparty' });
  assert.deepEqual(unexpected(receipt, [/\.events\.0\.(liquidator|taken\.account)$/]), []);
});

test('found by a finder, with the right to be first sold: bids, award and reward', async () => {
  const pool = directStage({
    terms: { priorityWindowMs: durationMs(2_000), priorityExclusiveMs: durationMs(60_000) },
    finders: {},
  });
  pool.fall('84.2');
  pool.take(point());
  pool.take(bid(pool.keeper, '3'));
  pool.take(bid(pool.rival, '4'));
  pool.pass(2_000);
  pool.take(pool.takeover('5', { liquidator: pool.rival }));
  const receipt = await receiptOf(pool);
  const json = told(receipt);
  assert.deepEqual(
    { ...json['totals']!['priority']! },
    { paid: '4', account: '3', insuranceFund: '1' },
  );
  assert.equal(json['totals']!['balance']!['priority'], '3');
  assert.notEqual(json['totals']!['penalty']!['keeper'], '0');
  const bids = [/\.events\.0\.(bidder|amount)$/, /\.events\.0\.bids\./, /noticedUntilMs$/];
  const finder = /\.events\.1\.finder$/;
  assert.deepEqual(unexpected(receipt, [...bids, finder]), []);
});

test('without a window, finders are waited for and the engine starts by itself', async () => {
  const pool = directStage({ finders: {} });
  pool.fall('84.2');
  pool.pass(5_000);
  const receipt = await receiptOf(pool);
  const [start] = told(receipt)['steps']!;
  assert.equal(start!['command'], 'StartLiquidations');
  assert.notEqual(start!['before']!['noticedUntilMs'], null);
});

test('terms that are replaced while it runs are a step’s business', async () => {
  const pool = directStage();
  pool.fall('84.2');
  pool.take(terms({ coolOffMs: durationMs(1) }));
  pool.pass(600_000);
  pool.fall('84.2');
  const receipt = await receiptOf(pool);
  const left = told(receipt)['steps']!.some((step) =>
    step['events']!.some((event) => `${event['type']}` === 'RouteLeft'),
  );
  assert.equal(left, true);
});

/** The step that tells of an event of this type. */
const stepWith = (receipt: Receipt, type: string): Loose =>
  told(receipt)['steps']!.find((step) =>
    step['events']!.some((event) => `${event['type']}` === type),
  )!;

/** What a step taken as told says of its own decision. */
const OF_DECISIONS = [
  /\.events\.\d+\.(choice|route|untilMs|marginEquity|maintenanceMargin|equity|notional|markPrice)$/,
  /\.events\.\d+\.routes\./,
  /\.events\.\d+\.(amm|vault|quote|fee|marginalPrice(Before|After)|penaltyFraction|reason|venue)$/,
  /\.events\.\d+\.(keeper|keeperReward|insuranceContribution|burned|penalty|size)$/,
  /\.liquidated\.fundingExact$/,
  // Of a market in which nothing is held any more.
  /^(steps\.3\.before|after)\.markets\.0\.(mark|fundingIndex|lossIndex)$/,
  /\.events\.\d+\.(taker\.|positions\.\d+\.(taker\.|markPrice|bankruptcyQuote))/,
];

test('the protocol’s market maker: what it took, and at which price against the mark', async () => {
  const pool = stage({ ladder: ['amm'] });
  pool.account('amm', '5000');
  pool.take(amm());
  fallTo(pool, '94');
  const receipt = await receiptOf(pool);
  const step = stepWith(receipt, 'ClosedByAmm');
  const [take] = step['takes']!;
  assert.equal(take!['method'], 'amm');
  assert.equal(take!['by'], 'amm');
  assert.equal(take!['markPrice'], '94');
  assert.ok(Number(take!['costAgainstMark']) > 0);
  assert.ok(Number(take!['price']) < 94);
  assert.deepEqual({ ...step['takenAsTold']! }, { 0: 'decision' });
  assert.equal(told(receipt)['totals']!['takenOver']!['takes'], 1);
  assert.deepEqual(unexpected(receipt, OF_DECISIONS), []);
});

test('the backstop vault: everything goes to it, and the balance is 0', async () => {
  const pool = stage();
  fallTo(pool, '94');
  const receipt = await receiptOf(pool);
  const json = told(receipt);
  const [take] = stepWith(receipt, 'AccountTakenOver')['takes']!;
  assert.equal(take!['method'], 'backstop');
  assert.equal(take!['by'], 'vault');
  // All that the account was still worth.
  assert.equal(take!['costAgainstMark'], '4');
  assert.equal(json['outcome'], 'closed');
  assert.equal(json['totals']!['balance']!['after'], '0');
  assert.deepEqual(unexpected(receipt, OF_DECISIONS), []);
});

test('an auction of a position: what was put up, who bid, and what it brought', async () => {
  const pool = fallenAuctionPool();
  pool.take(placeBid(pool, { type: 'Position', size: '50', limitPrice: '88.2' }));
  const receipt = await receiptOf(pool);
  const step = stepWith(receipt, 'AuctionTaken');
  const [take] = step['takes']!;
  assert.equal(take!['method'], 'auction');
  assert.equal(take!['by'], 'keeper');
  assert.equal(take!['price'], '88.2');
  // 5 % of 1,086.96 more than the mark.
  assert.equal(take!['costAgainstMark'], '-54.348');
  const [position] = step['events']![0]!['positions']!;
  assert.deepEqual(Object.keys(position!['bidder']!).sort(), ['account', 'sizeDelta']);
  assert.equal(told(receipt)['totals']!['balance']!['auctioned'], '54.348');
});

test('an auction of collateral: the balance grows by what the bidder pays', async () => {
  const pool = indebtedAuctionPool();
  const bid = { type: 'Collateral', amount: '10', limitPrice: '20' } as const;
  pool.take(placeBid(pool, bid));
  const receipt = await receiptOf(pool);
  assert.notEqual(told(receipt)['totals']!['balance']!['auctioned'], '0');
});

test('a ladder that is replaced twice: each was in force until the next', async () => {
  const pool = directStage();
  for (let minute = 0; minute < 11; minute += 1) {
    pool.fall('84.2');
    pool.wait(59_000);
  }
  pool.fall('84.2');
  // An order is on its way, so that neither change leads to a step of the engine.
  assert.notEqual(pool.liquidation()!.order, null);
  pool.take(LADDER);
  pool.take(ladderOf('book'));
  await receiptOf(pool);
});

test('a liquidator that is called like the owner of the account is not its owner', async () => {
  const pool = directStage();
  const open = (account: string, owner: string) => {
    const id = accountId(account);
    pool.take({ type: 'OpenAccount', account: id, owner, parent: null, market: null });
    pool.take({ type: 'Deposit', account: id, asset: assetId('USDC'), amount: amount('1000') });
    return id;
  };
  const held = open('held-1', 'mary');
  const mary = open('mary', 'somebody');
  pool.fill(held, pool.maker, { market: 'BTC-PERP', size: '50', price: '100' });
  pool.fall('84.2');
  const accountVersion = pool.accountOf(held).version;
  pool.take(pool.takeover('5', { account: held, accountVersion, liquidator: mary }));
  await receiptOf(pool);
});
