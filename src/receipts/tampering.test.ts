/**
 * Goal: no receipt but the one that was made is accepted. Method: every byte of a receipt is
 * changed, inserted before and deleted; every value in it is changed and the hash made anew, as
 * somebody would who knows how.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { copyOf, type SealedRun, sealedRun } from '../../test/pools/recorded-run.ts';
import { inMemoryJournal } from '../ports/index.ts';
import {
  type Receipt,
  receiptHash,
  receiptsOf,
  receiptText,
  verifyReceipt,
  verifyReceiptWith,
} from './index.ts';

let run: SealedRun;
let all: Receipt[];
let smallest: Receipt;

before(async () => {
  run = await sealedRun({ ticks: 44, traders: 3 });
  all = [];
  for await (const receipt of receiptsOf(inMemoryJournal(run.content))) all.push(receipt);
  smallest = all.toSorted((a, b) => a.text.length - b.text.length)[0]!;
});

const refusedAlone = (bytes: Uint8Array): boolean => verifyReceipt(bytes).problem !== null;

test('every receipt of a run is verified, by itself and with its journal', async () => {
  assert.ok(all.length > 5, `${all.length} receipts`);
  const journal = inMemoryJournal(run.content);
  for (const { text } of all) assert.equal(refusedAlone(Buffer.from(text)), false);
  for (const { text } of all.slice(0, 3)) {
    const found = await verifyReceiptWith(Buffer.from(text), { journal });
    assert.equal(found.problem, null);
  }
});

/** Park-Miller: exact in doubles. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

async function textOf(number: number, untilSeq: number): Promise<string> {
  const journal = inMemoryJournal(run.content);
  const filter = ({ liquidation }: { liquidation: number }) => liquidation === number;
  for await (const { text } of receiptsOf(journal, { filter, untilSeq })) return text;
  return '';
}

type Draw = ReturnType<typeof generator>;

/** One byte flipped, inserted before its place, or deleted. */
function tampered(bytes: Buffer, at: number, kind: number, draw: Draw): Buffer {
  const after = bytes.subarray(kind === 0 ? at : at + 1);
  const byte = kind === 0 ? draw(256) : bytes[at]! ^ (1 << draw(8));
  const between = kind === 2 ? Buffer.of() : Buffer.of(byte);
  return Buffer.concat([bytes.subarray(0, at), between, after]);
}

test('a receipt with any byte flipped, inserted or deleted is refused', async () => {
  // As it was when the liquidation had just begun: small enough to touch it everywhere.
  const { liquidation, steps } = smallest.facts;
  const bytes = Buffer.from(await textOf(liquidation, steps[0]!.seq));
  assert.equal(refusedAlone(bytes), false);
  const draw = generator(1);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = tampered(bytes, at, at % 3, draw);
    assert.ok(refusedAlone(changed), `byte ${at}, change ${at % 3}`);
  }
  assert.ok(refusedAlone(Buffer.concat([bytes, Buffer.from('\n')])));
  assert.ok(refusedAlone(bytes.subarray(0, -1)));
});

test('so is any other receipt of the run, wherever it is touched', () => {
  for (const [seed, { text }] of all.entries()) {
    const bytes = Buffer.from(text);
    const draw = generator(seed + 1);
    for (let count = 0; count < 50; count += 1) {
      const at = draw(bytes.length);
      const changed = tampered(bytes, at, draw(3), draw);
      if (changed.equals(bytes)) continue;
      assert.ok(refusedAlone(changed), `receipt ${seed}, byte ${at}`);
    }
  }
});

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
  /^terms\./,
  /^steps\.\d+\.source$/,
  /^(steps\.\d+\.before|after)\.(indexes|insuranceFund)/,
  /^(steps\.\d+\.before|after)\.markets\.\d+\.(book|longSize|settlementPrice|openOrdersSize)/,
];

test('a value changed under a fitting hash is refused, but for what only the journal tells', () => {
  const accepted: string[] = [];
  for (const path of leaves(smallest.json)) {
    if (path[0] === 'receiptHash') continue;
    if (!refusedAlone(forged(smallest, path))) accepted.push(path.join('.'));
  }
  const unexpected = accepted.filter((path) => !TOLD_BY_JOURNAL.some((told) => told.test(path)));
  assert.deepEqual(unexpected, []);
});

test('with the journal every changed value is refused', async () => {
  const journal = inMemoryJournal(run.content);
  const draw = generator(3);
  const paths = [...leaves(smallest.json)].filter((path) => path[0] !== 'receiptHash');
  const survivors = paths.filter((path) => !refusedAlone(forged(smallest, path)));
  assert.ok(survivors.length > 20, 'nothing is left for the journal to say');
  for (let count = 0; count < 10; count += 1) {
    const path = survivors[draw(survivors.length)]!;
    const { problem } = await verifyReceiptWith(forged(smallest, path), { journal });
    assert.notEqual(problem, null, path.join('.'));
    if (count === 0) assert.notEqual(problem!.path, '');
  }
});

test('a field or a step that was never there is refused, and so is one left out', () => {
  const { receiptHash: _, ...json } = smallest.json;
  const steps = json['steps'] as readonly object[];
  const { totals: __, ...without } = json;
  const changes = [
    { ...json, added: '1' },
    { ...json, steps: [...steps, steps.at(-1)!] },
    { ...json, steps: steps.slice(0, -1) },
    { ...json, steps: [] },
    { ...json, steps: [{ ...steps[0], note: 'x' }, ...steps.slice(1)] },
    without,
  ] as unknown as Receipt['json'][];
  for (const changed of changes) {
    const text = receiptText({ ...changed, receiptHash: receiptHash(changed) });
    assert.ok(refusedAlone(Buffer.from(text)));
  }
});

test('the receipt of another liquidation, or of another journal, is refused', async () => {
  const journal = inMemoryJournal(run.content);
  const other = await sealedRun({ ticks: 44, traders: 3, seed: 2 });
  const { problem } = await verifyReceiptWith(Buffer.from(smallest.text), {
    journal: inMemoryJournal(other.content),
  });
  assert.equal(problem!.path, 'journal.after.chainHash');
  const swapped = { ...smallest.facts, liquidation: smallest.facts.liquidation + 1 };
  const text = receiptText({ ...smallest.json, liquidation: swapped.liquidation });
  assert.notEqual((await verifyReceiptWith(Buffer.from(text), { journal })).problem, null);
});

test('a journal that was tampered with vouches for nothing', async () => {
  const content = copyOf(run.content);
  const { bytes } = content.commits[0]!;
  bytes[bytes.length - 1]! ^= 1;
  const journal = inMemoryJournal(content);
  const found = await verifyReceiptWith(Buffer.from(smallest.text), { journal }).catch(
    (error: unknown) => ({ problem: error }),
  );
  assert.notEqual(found.problem, null);
});

test('what is no receipt at all is refused, never an exception', () => {
  const texts = ['', '\n', 'null\n', '[]\n', '{}\n', '1.5\n', '{"a":1e400}\n', '{"version":1}\n'];
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}\n`;
  for (const text of [...texts, deep, '\ufeff{}\n']) {
    assert.ok(refusedAlone(Buffer.from(text)), JSON.stringify(text.slice(0, 20)));
  }
  assert.ok(refusedAlone(Buffer.of(0xff, 0xfe)));
  const hashed = { version: 1 } as unknown as Receipt['json'];
  const text = receiptText({ ...hashed, receiptHash: receiptHash(hashed) });
  assert.ok(refusedAlone(Buffer.from(text)));
});

test('how records were grouped into commits does not show', async () => {
  const grouped = await sealedRun({ ticks: 44, traders: 3, commitEvery: 17 });
  const texts: string[] = [];
  const journal = inMemoryJournal(grouped.content);
  for await (const receipt of receiptsOf(journal)) texts.push(receipt.text);
  assert.deepEqual(texts.toSorted(), all.map(({ text }) => text).toSorted());
  const one = receiptsOf(journal, { filter: ({ liquidation }) => liquidation === 2 });
  for await (const { text } of one) assert.ok(texts.includes(text));
});
