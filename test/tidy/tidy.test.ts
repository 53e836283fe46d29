/**
 * The tree is tidy: what the compiler, the linter and the arrows cannot see. Each rule is first
 * shown offenses that it must flag, then the project.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type ts from 'typescript';
import { root } from '../../scripts/ensure-ready.mjs';
import { coreRules } from './rules/core.ts';
import { rulesForEverything } from './rules/everywhere.ts';
import { operatorsOnBrands, programWith } from './rules/operators.ts';
import {
  neglectedCodes,
  REJECTIONS_PAGE,
  REJECTIONS_SOURCE,
  rejectionCodes,
} from './rules/rejections.ts';
import { riskDocs } from './rules/risk-docs.ts';
import {
  apply,
  DETERMINISM_OK,
  isCode,
  isCore,
  isOutsideUnits,
  listFiles,
  parse,
  read,
} from './rules/source.ts';

/** Lines of the core that carry `// determinism-ok: reason`. This number may only fall. */
const DETERMINISM_EXEMPTIONS_MAX = 3;

const files = listFiles(root).filter((path) => path !== 'package-lock.json');
const sources = files.map((path) =>
  isCode(path)
    ? read(root, path)
    : { ...parse(path, ''), text: readFileSync(join(root, path), 'utf8') },
);

function expectNone(findings: string[]): void {
  if (findings.length > 0) assert.fail(`${findings.length} found:\n${findings.join('\n')}`);
}

for (const rule of [...coreRules, ...rulesForEverything, riskDocs]) {
  test(`tidy: ${rule.name}`, () => {
    for (const [path, text] of rule.offenses) {
      assert.notEqual(apply(rule, parse(path, text)).length, 0, `not flagged: ${path}\n${text}`);
    }
    for (const [path, text] of rule.innocents ?? []) {
      assert.deepEqual(apply(rule, parse(path, text)), [], `wrongly flagged: ${path}\n${text}`);
    }
    const findings = sources.flatMap((source) =>
      apply(rule, source).map(({ line, says }) => `${source.path}:${line}: ${says}`),
    );
    expectNone(findings);
  });
}

test('tidy: exemptions from determinism only become fewer', () => {
  assert.ok(DETERMINISM_OK.test('sum(x); // determinism-ok: the order cannot reach an event'));
  const exempt = sources
    .filter(({ path }) => isCore(path))
    .flatMap(({ text }) => text.split('\n').filter((line) => DETERMINISM_OK.test(line)));
  assert.equal(exempt.length, DETERMINISM_EXEMPTIONS_MAX, exempt.join('\n'));
});

test('tidy: no operators on branded values outside units', () => {
  const imagined = {
    path: join(root, 'src/risk/imagined.ts').replaceAll('\\', '/'),
    text: [
      "import { money, type Money, type Price, type Size } from '../units/index.ts';",
      'export const a = (x: Money, y: Money) => x + y;',
      'export const b = (x: Money, y: Price) => x < y;',
      'export const c = (x: Size) => -x;',
      'export const d = <U extends Money>(x: U) => x * 1n;',
      "export const e = (x: Money | null) => x !== null && money('1') >= x;",
      'export const f = (x: Money) => { let sum = 0n; sum += x; return sum; };',
      'export const lawful = (x: Money, y: Money, n: bigint) => [x === y, n + 1n, !x];',
    ].join('\n'),
  };
  const relative = (path: string) => path.slice(root.replaceAll('\\', '/').length);
  const keep = (path: string) => isOutsideUnits(relative(path));
  const program = programWith(join(root, 'tsconfig.test.json'), keep, imagined);
  const found = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName !== imagined.path && keep(fileName))
    .flatMap((file) =>
      operatorsOnBrands(program, file).map((line) => `${relative(file.fileName)}:${line}`),
    );
  const planted = operatorsOnBrands(program, program.getSourceFile(imagined.path) as ts.SourceFile);
  assert.deepEqual(
    planted.map((line) => line.split(':')[0]),
    ['2', '3', '4', '5', '6', '7'],
  );
  expectNone(found);
});

test('tidy: every rejection code is documented and produced by a test', (t) => {
  const planted = parse(REJECTIONS_SOURCE, "const codes = { STALE_PRICE: 3001, a: 'NOT_FOUND' };");
  assert.deepEqual(rejectionCodes(planted), ['NOT_FOUND', 'STALE_PRICE']);
  assert.equal(neglectedCodes(['A_B', 'C_D'], 'A_B', ["'C_D'"]).length, 2);

  if (!existsSync(join(root, REJECTIONS_SOURCE))) return t.skip(`${REJECTIONS_SOURCE} is absent`);
  const codes = rejectionCodes(read(root, REJECTIONS_SOURCE));
  assert.notEqual(codes.length, 0, `${REJECTIONS_SOURCE} was expected to declare codes`);
  const page = sources.find(({ path }) => path === REJECTIONS_PAGE)?.text ?? '';
  const tests = sources.filter(({ path }) => path.endsWith('.test.ts')).map(({ text }) => text);
  expectNone(neglectedCodes(codes, page, tests));
});
