/**
 * Goal: whichever way an account leaves by, every liquidation has a receipt that is verified, and
 * no fact of it can be changed unnoticed but those that docs/receipts.md leaves to the journal.
 * Method: seeded random histories of a pool with every way out, lending and price guards; under a
 * fitting hash one value of each kind that a receipt holds is changed in turn.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from '../../src/receipts/index.ts';
import { journalOf } from '../pools/recorded-journal.ts';
import { act, createWorld } from './every-way-world.ts';

/** Together these reach what the test asserts that it reached; RECEIPT_SEEDS tries others. */
const STANDARD = [18, 48, 9, 55];
const OTHERS = process.env['RECEIPT_SEEDS']?.split('-').map(Number);
const SEEDS = OTHERS === undefined ? STANDARD : range(OTHERS[0]!, OTHERS[1]!);
const ACTS = 250;
/** Changed values in all; of each kind the first that is met, in the smallest receipts. */
const CHANGES = Number(process.env['RECEIPT_CHANGES'] ?? 150);

type Journal = Awaited<ReturnType<typeof journalOf>>['journal'];
type Told = { readonly receipt: Receipt; readonly journal: Journal };

async function receiptsFrom(seed: number): Promise<Told[]> {
  const world = createWorld(seed);
  for (let done = 0; done < ACTS; done += 1) act(world);
  const { records, engine } = world.pool;
  const { journal } = await journalOf(records, engine.state);
  const found: Told[] = [];
  for await (const receipt of receiptsOf(journal)) found.push({ receipt, journal });
  return found;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

type Path = readonly (string | number)[];
type Node = { [key: string | number]: unknown };

function* leaves(value: unknown, path: Path = []): Generator<Path> {
  if (value === null || typeof value !== 'object') yield path;
  else for (const key of Object.keys(value)) yield* leaves((value as Node)[key], [...path, key]);
}

/** Another value that fits the same place. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return '1';
  if (/^[0-9a-f]{64}$/.test(value)) return `${value[0] === '0' ? '1' : '0'}${value.slice(1)}`;
  if (/^-?[0-9.]+$/.test(value)) return value === '1' ? '2' : '1';
  if (value === 'PositionsDeleveraged') return 'PositionsSettled';
  return `${value}x`;
}

/** The receipt with one value changed and a hash that fits. */
function forged({ json }: Receipt, path: Path): Buffer {
  const copy = structuredClone(json) as Node;
  const parent = path.slice(0, -1).reduce<Node>((at, key) => at[key] as Node, copy);
  const key = path.at(-1)!;
  parent[key] = another(parent[key]);
  const fresh = copy as unknown as Receipt['json'];
  return Buffer.from(receiptText({ ...fresh, receiptHash: receiptHash(fresh) }));
}

/** Whose truth is nowhere but in the journal: docs/receipts.md lists them. */
const TOLD_BY_JOURNAL = [
  /^run\./,
  /^account\.(owner|parent|market)$/,
  /^journal\./,
  /^terms(After)?\./,
  /^steps\.\d+\.(terms\.|source$)/,
  /^(steps\.\d+\.before|after)\.(indexes|insuranceFund|desks|noticedUntilMs|collateralBuyer)/,
  /^(steps\.\d+\.before|after)\.markets\.\d+\.(book|longSize|settlementPrice|guarded)/,
  /^(steps\.\d+\.before|after)\.markets\.\d+\.openOrdersSize$/,
  /^steps\.\d+\.changes\.\d+\.change\.fundingExact$/,
  /^(steps\.\d+\.before|after)\.markets\.\d+\.(mark|mode|fundingIndex|lossIndex)$/,
];

/** What a step rests on others' accounts for: its own events, and nothing that is worked out. */
function isTakenAsTold({ json }: Receipt, path: Path): boolean {
  const [where, at, what] = path;
  if (where !== 'steps' || what !== 'events') return false;
  const step = (json['steps'] as unknown as readonly { takenAsTold: readonly string[] }[])[
    Number(at)
  ]!;
  return step.takenAsTold.length > 0;
}

/** Places of the same kind have one name. */
const kindOf = ({ json }: Receipt, path: Path): string => {
  const [where, at, what, number] = path;
  if (where !== 'steps' || what !== 'events')
    return path.filter((key) => !/^\d+$/.test(`${key}`)).join('.');
  const { events } = (
    json['steps'] as unknown as readonly { events: readonly { type: string }[] }[]
  )[Number(at)]!;
  const rest = path.slice(4).filter((key) => !/^\d+$/.test(`${key}`));
  return `${events[Number(number)]!.type}.${rest.join('.')}`;
};

/** What only some of the histories lead to; without it the test says little. */
const REACHED = [
  'AccountTakenOver',
  'AuctionTaken',
  'ClosedByAmm',
  'CloseOutOrderPlaced',
  'CollateralConverted',
  'CoverRepaid',
  'DebtAssumed',
  'DebtRepaid',
  'DebtRepaidDirectly',
  'FillRecorded',
  'FinderNamed',
  'LiquidatedDirectly',
  'OrderRouted',
  'PositionsDeleveraged',
  'PriorityAwarded',
  'RoutingConfigured',
];

test(`receipts of ${SEEDS.length} pools with every way out are verified, no others`, async () => {
  const events = new Set<string>();
  const all: Told[] = [];
  for (const seed of SEEDS) {
    for (const told of await receiptsFrom(seed)) {
      const { facts, text } = told.receipt;
      const { problem } = verifyReceipt(Buffer.from(text));
      assert.equal(problem, null, `seed ${seed}, liquidation ${facts.liquidation}`);
      for (const step of facts.steps) for (const { type } of step.events) events.add(type);
      all.push(told);
    }
  }
  if (OTHERS === undefined)
    assert.deepEqual(
      REACHED.filter((type) => !events.has(type)),
      [],
    );
  await assertNothingForged(all);
});

async function assertNothingForged(all: readonly Told[]): Promise<void> {
  const smallest = all.toSorted((a, b) => a.receipt.text.length - b.receipt.text.length);
  const kinds = new Set<string>();
  const survivors: (Told & { readonly bytes: Buffer })[] = [];
  for (const told of smallest) {
    const { receipt } = told;
    for (const path of leaves(receipt.json)) {
      const kind = kindOf(receipt, path);
      if (path[0] === 'receiptHash' || kinds.has(kind)) continue;
      // What others' records did is rare, and tried wherever it is.
      if (kinds.size >= CHANGES && path[2] !== 'changes' && path[2] !== 'payments') continue;
      kinds.add(kind);
      const bytes = forged(receipt, path);
      if (verifyReceipt(bytes).problem !== null) continue;
      const name = path.join('.');
      const isLeft = TOLD_BY_JOURNAL.some((pattern) => pattern.test(name));
      assert.ok(isLeft || isTakenAsTold(receipt, path), `${name} (${kind}) may be changed`);
      survivors.push({ ...told, bytes });
    }
  }
  assert.ok(kinds.size >= Math.min(CHANGES, 150), `${kinds.size} kinds of facts`);
  // With the journal none of them is left; one stands for all, as the receipt is made anew.
  const [one] = survivors;
  assert.ok(one !== undefined, 'nothing is left for the journal to say');
  const { problem } = await verifyReceiptWith(one.bytes, { journal: one.journal });
  assert.notEqual(problem, null);
}
