/**
 * Goal: receipts of liquidations that follow a ladder tell each way, are verified by themselves
 * and with their journal, and are refused wherever they are touched. Method: small pools of one
 * way each; every value is changed under a fitting hash.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bid, directStage, point, terms } from '../../test/pools/direct-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { durationMs } from '../units/index.ts';
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
