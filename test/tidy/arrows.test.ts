/**
 * The arrows between rooms, tested on a planted tree: each forbidden import below must be caught.
 * Without this, a cruise that resolves nothing would report that all is well.
 * @module
 */
import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { findBrokenArrows } from '../../scripts/arrows.mjs';
import { root } from '../../scripts/ensure-ready.mjs';

const INNOCENT = {
  'src/units/index.ts': "export * from './algebra.ts';",
  'src/units/algebra.ts': 'export const one = 1n;',
  'src/units/algebra.test.ts': "import 'fast-check';\nimport 'node:test';\nimport './algebra.ts';",
  'src/risk/index.ts': "import { one } from '../units/index.ts';\nexport const equity = one;",
  'src/engine/index.ts': "export type { Command } from './schema/index.ts';",
  'src/engine/decide.ts': "import '../risk/index.ts';",
  'src/engine/schema/index.ts': 'export type Command = string;',
  'src/ports/index.ts':
    "import type { Command } from '../engine/index.ts';\nexport type Port = Command;",
  'src/ports/contracts.ts': "import 'node:test';\nimport './index.ts';",
  'src/ports/clock.contract.ts': "import 'node:test';\nimport '../units/index.ts';",
  'src/runtime/index.ts': "import 'node:crypto';\nimport '../ports/index.ts';",
  'src/receipts/index.ts': "import 'node:crypto';\nimport '../runtime/index.ts';",
  'src/lab/index.ts': "import '../runtime/index.ts';\nimport '../receipts/index.ts';",
  'src/lab/tick.bench.ts': "import 'node:fs';\nimport './index.ts';",
  'adapters/sqlite/index.ts':
    "import 'libsql';\nimport 'plimsoll/ports';\nimport 'plimsoll/units';",
  'adapters/sqlite/journal.test.ts': "import 'plimsoll/ports/contracts';\nimport './index.ts';",
  'apps/cli/main.ts':
    "import 'commander';\nimport 'plimsoll/engine/schema';\nimport '@plimsoll/adapter-sqlite';",
  'test/model/engine.ts': "import '../../src/engine/decide.ts';\nimport 'plimsoll/lab';",
};

/** A file, what it imports against the rules, and the rule that must say so. */
const OFFENSES: [file: string, source: string, rule: string][] = [
  ['src/units/a.ts', "import '../risk/index.ts';", 'units-imports-only-nothing'],
  [
    'src/units/b.ts',
    "import type { equity } from '../risk/index.ts';",
    'units-imports-only-nothing',
  ],
  ['src/units/c.test.ts', "import '../engine/index.ts';", 'units-imports-only-nothing'],
  ['src/risk/a.ts', "import '../engine/index.ts';", 'risk-imports-only-units'],
  ['src/risk/b.ts', "import 'node:fs';", 'core-has-no-packages'],
  ['src/risk/c.ts', "import { readFileSync } from 'fs';", 'core-has-no-packages'],
  ['src/risk/d.ts', "import 'decimal.js';", 'core-has-no-packages'],
  ['src/risk/e.ts', "import '../units/algebra.ts';", 'rooms-have-front-doors'],
  ['src/risk/f.ts', "import 'plimsoll/engine';", 'risk-imports-only-units'],
  [
    'src/engine/a.ts',
    "export type { Port } from '../ports/index.ts';",
    'engine-imports-only-units+risk',
  ],
  ['src/engine/schema/a.ts', "import '../decide.ts';", 'schema-knows-no-rules'],
  ['src/engine/b.ts', "import './b.test.ts';", 'not-to-test'],
  ['src/engine/b.test.ts', 'export const b = 1;', ''],
  ['src/ports/a.ts', "import '../runtime/index.ts';", 'ports-imports-only-units+engine'],
  ['src/ports/b.ts', "import './contracts.ts';", 'not-to-test'],
  ['src/runtime/a.ts', "import '../lab/index.ts';", 'runtime-imports-only-units+engine+ports'],
  ['src/runtime/b.ts', "import 'libsql';", 'library-has-no-packages'],
  [
    'src/runtime/c.ts',
    "import '@plimsoll/adapter-sqlite';",
    'runtime-imports-only-units+engine+ports',
  ],
  ['src/runtime/d.ts', "import '../receipts/index.ts';", 'runtime-imports-only-units+engine+ports'],
  [
    'src/receipts/a.ts',
    "import '../lab/index.ts';",
    'receipts-imports-only-units+risk+engine+ports+runtime',
  ],
  ['src/lab/a.ts', "import { Command } from 'commander';", 'library-has-no-packages'],
  ['src/lab/b.ts', "await import('../engine/decide.ts');", 'rooms-have-front-doors'],
  ['src/pantry/a.ts', "import '../units/index.ts';", 'rooms-are-listed'],
  ['src/sdk/a.ts', "import '../engine/index.ts';", 'sdk-sees-schema-only'],
  ['adapters/sqlite/a.ts', "import 'plimsoll/engine';", 'adapters-see-ports-and-units'],
  [
    'adapters/sqlite/b.ts',
    "import type {} from 'plimsoll/runtime';",
    'adapters-see-ports-and-units',
  ],
  ['adapters/sqlite/c.ts', "import '../../src/units/algebra.ts';", 'rooms-have-front-doors'],
  ['adapters/sqlite/d.ts', "import '../nats/index.ts';", 'adapters-are-strangers'],
  ['adapters/nats/index.ts', 'export const nats = 1;', ''],
  ['apps/cli/a.ts', "import '../../src/engine/decide.ts';", 'rooms-have-front-doors'],
  ['apps/cli/b.ts', "import 'plimsoll/units/algebra.ts';", 'nothing-unresolved'],
  ['apps/cli/c.ts', "import '../../adapters/sqlite/d.ts';", 'adapters-have-front-doors'],
  ['apps/server/a.ts', "import '../cli/main.ts';", 'apps-are-leaves'],
  ['src/lab/c.ts', "import './d.ts';", 'no-circular'],
  ['src/lab/d.ts', "import type { c } from './c.ts';", ''],
];

let tree = '';

function plant(files: [file: string, source: string][]): string {
  for (const [file, source] of files) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${source}\n`);
  }
  return tree;
}

before(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-arrows-')));
  plant(Object.entries(INNOCENT));
  for (const workspace of ['src', 'adapters/sqlite']) {
    cpSync(join(root, workspace, 'package.json'), join(tree, workspace, 'package.json'));
  }
  mkdirSync(join(tree, 'node_modules', '@plimsoll'), { recursive: true });
  const link = (target: string, name: string) =>
    symlinkSync(target, join(tree, 'node_modules', name), 'junction');
  link(join(tree, 'src'), 'plimsoll');
  link(join(tree, 'adapters', 'sqlite'), '@plimsoll/adapter-sqlite');
  for (const name of ['fast-check', 'decimal.js', 'libsql', 'commander']) {
    link(join(root, 'node_modules', name), name);
  }
});

after(() => rmSync(tree, { recursive: true, force: true }));

test('lawful imports pass', async () => {
  const { broken, modules } = await findBrokenArrows(tree, ['src', 'adapters', 'apps', 'test']);
  assert.deepEqual(broken, []);
  for (const file of Object.keys(INNOCENT))
    assert.ok(modules.includes(file), `${file} was not seen`);
});

test('every planted offense is caught', async () => {
  plant(OFFENSES.map(([file, source]) => [file, source]));
  const { broken } = await findBrokenArrows(tree, ['src', 'adapters', 'apps', 'test']);
  for (const [file, source, rule] of OFFENSES) {
    if (rule === '') continue;
    const caught = broken.some((line: string) => line.startsWith(`${rule}: ${file} → `));
    assert.ok(caught, `${rule} did not catch \`${source}\` in ${file}`);
  }
});
