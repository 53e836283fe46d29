/**
 * Every formula of `plimsoll calc` against golden vectors from an independent implementation in
 * exact fractions (`vectors/generate`): the whole output, to the last digit.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { calcList, calcNames, type Json, runCalc } from '../../apps/cli/calc/index.ts';
import { root } from '../../scripts/ensure-ready.mjs';

const TOPICS = [
  'prices',
  'margin',
  'liquidation',
  'closing',
  'auctions',
  'penalties',
  'losses',
  'lending',
  'routes',
];
const CASES_MIN = 20;

type GoldenFile = {
  readonly name: string;
  readonly source: string;
  readonly generator: string;
  readonly spec: string;
  readonly cases: readonly {
    readonly title: string;
    readonly input: Readonly<Record<string, Json>>;
    readonly expected: Json;
  }[];
};

const paths = TOPICS.flatMap((topic) =>
  readdirSync(join(root, 'vectors', topic)).map((file) => `vectors/${topic}/${file}`),
);
const files = paths.map((path): GoldenFile => JSON.parse(readFileSync(join(root, path), 'utf8')));

test('every formula has golden vectors, and every file says where it comes from', () => {
  assert.deepEqual(files.map(({ name }) => name).sort(), [...calcNames()].sort());
  for (const [index, file] of files.entries()) {
    assert.ok(paths[index]?.endsWith(`/${file.name}.json`), `${paths[index]} holds ${file.name}`);
    assert.ok(file.source !== '' && file.spec !== '');
    assert.ok(existsSync(join(root, file.generator)), `${file.generator} is absent`);
    assert.ok(file.cases.length >= CASES_MIN, `${file.name}: ${file.cases.length} cases`);
  }
});

for (const { name, cases } of files) {
  test(`golden: ${name}, ${cases.length} cases`, () => {
    for (const { title, input, expected } of cases) {
      const outcome = runCalc(name, JSON.stringify(input));
      assert.deepEqual(outcome, { ok: true, output: expected }, `${name}: ${title}`);
    }
  });
}

/** The paths of an output, lists and objects opened: `positions[].notional`. */
function pathsOf(value: Json, path: string): string[] {
  if (value === null || typeof value !== 'object') return [path];
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${path}[]`));
  return Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, path === '' ? key : `${path}.${key}`),
  );
}

test('the outputs are those that the list declares, and each declared one occurs', () => {
  for (const { name, outputs } of calcList()) {
    const file = files.find((candidate) => candidate.name === name);
    const declared = outputs.map((output) => output.name);
    const seen = new Set(file?.cases.flatMap(({ expected }) => pathsOf(expected, '')));
    for (const path of declared) assert.ok(seen.has(path), `${name}: ${path} never occurs`);
    for (const path of seen) {
      // A record or list may be null as a whole: `classes` for `classes.book`.
      const isDeclared = declared.some((known) => known === path || known.startsWith(path));
      assert.ok(isDeclared, `${name}: ${path} is not declared`);
    }
  }
});

test('a wrong digit is caught', () => {
  const { name, cases } = files.find((file) => file.name === 'funding-payment')!;
  const { input } = cases[0]!;
  const outcome = runCalc(name, JSON.stringify({ ...input, size: '2.000000000000000001' }));
  assert.notDeepEqual(outcome, { ok: true, output: cases[0]!.expected });
});
