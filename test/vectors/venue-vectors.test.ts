/**
 * The published numbers of other venues: each is met, or differs for a reason that
 * `docs/venue-vectors.md` states with both numbers, or has no counterpart. None is skipped.
 * @module
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/ensure-ready.mjs';
import { auctionReadings } from './venue-auctions.ts';
import { bonusReadings } from './venue-bonuses.ts';
import { closingReadings } from './venue-closing.ts';
import { differences, withoutCounterpart } from './venue-differences.ts';
import { lendingReadings } from './venue-lending.ts';
import { liquidationReadings } from './venue-liquidation.ts';
import { lossReadings } from './venue-losses.ts';
import { marginReadings } from './venue-margin.ts';
import { priceReadings } from './venue-prices.ts';
import { throttleReadings } from './venue-throttles.ts';
import {
  type Comparison,
  meets,
  type Reading,
  type Rounding,
  type VenueVector,
} from './venue-vector.ts';

const readings: Readonly<Record<string, Reading>> = {
  ...priceReadings,
  ...marginReadings,
  ...closingReadings,
  ...lendingReadings,
  ...liquidationReadings,
  ...lossReadings,
  ...throttleReadings,
  ...auctionReadings,
  ...bonusReadings,
};
const folder = join(root, 'vectors', 'venues');
const vectors: readonly VenueVector[] = readdirSync(folder)
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));

type Row = {
  readonly vector: VenueVector;
  readonly status: 'met' | 'differs' | 'no counterpart';
  readonly comparisons: readonly Comparison[];
  readonly reason: string;
};

function rowOf(vector: VenueVector): Row {
  const reading = readings[vector.concept];
  const { id } = vector;
  if (Object.hasOwn(withoutCounterpart, id)) {
    return { vector, status: 'no counterpart', comparisons: [], reason: withoutCounterpart[id]! };
  }
  assert.ok(reading, `${id}: nobody reads ${vector.concept}`);
  const comparisons = reading(vector);
  const isListed = Object.hasOwn(differences, id);
  return {
    vector,
    status: isListed ? 'differs' : 'met',
    comparisons,
    reason: isListed ? differences[id]! : '',
  };
}

const shown = ({ what, ours, theirs, rounding }: Comparison): string =>
  `${what}: ours ${String(ours)}, theirs ${String(theirs)} (${rounding})`;

for (const vector of vectors) {
  test(`${vector.id}: ${vector.concept}`, () => {
    const { status, comparisons } = rowOf(vector);
    const met = comparisons.filter(meets);
    const text = comparisons.map(shown).join('; ');
    if (status === 'met') {
      assert.ok(comparisons.length > 0);
      assert.equal(met.length, comparisons.length, text);
    }
    if (status === 'differs') assert.ok(met.length < comparisons.length, `it does not: ${text}`);
  });
}

test('the lists name vectors that exist, each once, and every reading is used', () => {
  const ids = vectors.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const listed = [...Object.keys(differences), ...Object.keys(withoutCounterpart)];
  assert.equal(new Set(listed).size, listed.length);
  for (const id of listed) assert.ok(ids.includes(id), `${id} is no vector`);
  const concepts = new Set(vectors.map(({ concept }) => concept));
  for (const concept of Object.keys(readings)) assert.ok(concepts.has(concept), concept);
  for (const { source, provenance } of vectors) assert.ok(source !== '' && provenance !== '');
});

test('a comparison tells equal from nearly equal', () => {
  const compare = (ours: string, theirs: string, rounding: Comparison['rounding']) =>
    meets({ what: '', ours, theirs, rounding });
  assert.equal(compare('1.25', '1.25', 'exact'), true);
  assert.equal(compare('1.250000000000000001', '1.25', 'exact'), false);
  assert.equal(compare('1.2549', '1.25', 'nearest'), true);
  assert.equal(compare('1.255', '1.25', 'nearest'), false);
  assert.equal(compare('1.2401', '1.25', 'up'), true);
  assert.equal(compare('1.2501', '1.25', 'up'), false);
  assert.equal(compare('-104.05', '-104', 'truncated'), true);
  assert.equal(compare('-105', '-104', 'truncated'), false);
  const within = (ours: string, tolerance: string) =>
    meets({ what: '', ours, theirs: '1.25', rounding: 'within', tolerance });
  assert.equal(within('1.26', '0.01'), true);
  assert.equal(within('1.24', '0.01'), true);
  assert.equal(within('1.260000000000000001', '0.01'), false);
  assert.equal(within('1.239999999999999999', '0.01'), false);
});

const cell = (text: string): string => text.replaceAll('|', '\\|');

const values = (comparisons: readonly Comparison[], key: 'ours' | 'theirs'): string =>
  comparisons.map((comparison) => `${comparison.what} ${String(comparison[key])}`).join('; ');

const HOW: Readonly<Record<Rounding, string>> = {
  exact: '',
  nearest: 'to the digits printed',
  up: 'rounded up to the digits printed',
  truncated: 'cut to the digits printed',
  within: 'within the tolerance published',
};

/** Why it differs, or how ours was cut to the digits that were printed. */
function remark({ status, reason, comparisons }: Row): string {
  if (status !== 'met') return reason;
  const roundings = new Set(comparisons.filter(isCut).map(({ rounding }) => HOW[rounding]));
  return [...roundings].join(', ');
}

const isCut = ({ ours, theirs }: Comparison): boolean => ours !== theirs;

function lineOf(row: Row): string {
  const { vector, status, comparisons } = row;
  const cells = [
    vector.id,
    `${vector.source} (${vector.provenance})`,
    vector.concept,
    status,
    values(comparisons, 'ours'),
    values(comparisons, 'theirs'),
    remark(row),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

test('docs/venue-vectors.md lists every vector with its status and both numbers', () => {
  const page = readFileSync(join(root, 'docs', 'venue-vectors.md'), 'utf8');
  const rows = vectors.map(rowOf);
  const written = page.split('\n').filter((line) => /^\| [a-z]+[0-9]*-/.test(line));
  assert.deepEqual(written, rows.map(lineOf), 'the table was expected to be these lines');
  for (const status of ['met', 'differs', 'no counterpart']) {
    const count = rows.filter((row) => row.status === status).length;
    assert.ok(
      page.includes(`${count} ${status}`),
      `the page was expected to say ${count} ${status}`,
    );
  }
});
