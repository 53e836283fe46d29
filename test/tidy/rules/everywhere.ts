/**
 * Names, sizes and leftovers, in every source file of the project.
 * @module
 */
import ts from 'typescript';
import {
  type Finding,
  findLines,
  findNodes,
  isCode,
  isTest,
  lineOf,
  type Rule,
  type Source,
} from './source.ts';

const FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const COLUMNS_MAX = 100;
const BANNED_WORDS = new Set(['liqee', 'liqor', 'imf', 'mmf', 'qty']);
const VAGUE_NAMES = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'shared',
  'types',
]);
/** Names of outside formats keep their outside spelling. */
const SPEAKS_OUTSIDE_FORMATS = /(^|\/)[^/]*(calc|csv)/;
const LEFTOVER = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
const PLANTED = 'src/lab/planted.ts';

/** The banned word inside an identifier, or null. Words are told apart by case and underscores. */
function bannedWord(name: string): string | null {
  if (/^u_?pnl/i.test(name) || /(?<=[a-z0-9_])U_?[Pp][Nn][Ll]/.test(name)) return 'uPnL';
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.find((word) => BANNED_WORDS.has(word.toLowerCase())) ?? null;
}

const isFieldName = (node: ts.Identifier): boolean => {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node
  );
};

const glossary: Rule = {
  name: 'identifiers use the words of the glossary',
  appliesTo: isCode,
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isIdentifier(node)) return null;
      if (SPEAKS_OUTSIDE_FORMATS.test(source.path) && isFieldName(node)) return null;
      const word = bannedWord(node.text);
      return word === null ? null : `${node.text}: "${word}" is not a word of docs/glossary.md`;
    }),
  offenses: [
    [PLANTED, 'const liqee = 1;'],
    [PLANTED, 'const theLiqorId = 1;'],
    [PLANTED, 'const uPnL = 1;'],
    [PLANTED, 'const totalUPnl = 1;'],
    [PLANTED, 'const x = { imf: 1 };'],
    [PLANTED, 'const MMF_MIN = 1;'],
    [PLANTED, 'const orderQty = 1;'],
  ],
  innocents: [
    [PLANTED, "const menuPnl = 'qty'; const nymfs = 1;"],
    ['apps/cli/calc.ts', 'const x = { imf: row.qty };'],
  ],
};

const looseTypes: Rule = {
  name: 'no any, enum or default export',
  appliesTo: isCode,
  find: (source) =>
    findNodes(source, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any: say what it is, or unknown';
      if (ts.isEnumDeclaration(node)) return 'enum: use a union of literals';
      const isDefault =
        (ts.isExportAssignment(node) && !node.isExportEquals) ||
        (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent));
      if (isDefault && !/\.config\.(ts|js|mjs)$/.test(source.path)) {
        return 'default export: a thing has one name everywhere';
      }
      return null;
    }),
  offenses: [
    [PLANTED, 'const x: any = 1;'],
    [PLANTED, 'const enum Side { Buy }'],
    [PLANTED, 'export default 1;'],
    [PLANTED, 'export default function f() {}'],
  ],
  innocents: [
    [PLANTED, "// any enum\nswitch (1 as number) { default: f('any'); }"],
    ['vite.config.ts', 'export default {};'],
  ],
};

const leftovers: Rule = {
  name: 'nothing left to do, no test left alone',
  appliesTo: isCode,
  find: (source) => [
    ...findLines(source, (line) => (LEFTOVER.test(line) ? 'do it, or open an issue' : null)),
    ...findNodes(source, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
        return null;
      return node.expression.name.text === 'only' ? 'only: the other tests would not run' : null;
    }),
  ],
  offenses: [
    [PLANTED, `// ${'TO' + 'DO'}: later`],
    [PLANTED, `f(); // ${'FIX' + 'ME'}`],
    ['src/lab/x.test.ts', "test.only('x', () => {});"],
  ],
  innocents: [[PLANTED, 'const only = 1; // we only do this']],
};

const vagueFileNames: Rule = {
  name: 'files and folders are named for one concept',
  appliesTo: () => true,
  find: ({ path }) => {
    const vague = path.split('/').find((part) => VAGUE_NAMES.has(part.replace(/\..*$/, '')));
    return vague === undefined
      ? []
      : [{ line: 1, says: `${vague}: says nothing about its content` }];
  },
  offenses: [
    ['src/lab/utils.ts', ''],
    ['src/types/money.ts', ''],
    ['test/helpers.test.ts', ''],
    ['docs/misc.md', ''],
  ],
  innocents: [['src/lab/common-knowledge.ts', '']],
};

const fileLength: Rule = {
  name: `files have at most ${FILE_LINES_MAX} lines`,
  appliesTo: isCode,
  find: ({ text }) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > FILE_LINES_MAX ? [{ line: 1, says: `${lines} lines: split it` }] : [];
  },
  offenses: [[PLANTED, 'f();\n'.repeat(FILE_LINES_MAX + 1)]],
  innocents: [[PLANTED, 'f();\n'.repeat(FILE_LINES_MAX)]],
};

/** Groups of tests are lists, not functions that do something. */
const isGroupOfTests = (source: Source, node: ts.Node): boolean =>
  isTest(source.path) &&
  ts.isCallExpression(node.parent) &&
  /^(describe|suite)\b/.test(node.parent.expression.getText(source.tree));

function longFunction(source: Source, node: ts.Node): Finding[] {
  if (!ts.isFunctionLike(node) || isGroupOfTests(source, node)) return [];
  const end = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  const lines = end - lineOf(source, node) + 1;
  if (lines <= FUNCTION_LINES_MAX) return [];
  return [{ line: lineOf(source, node), says: `a function of ${lines} lines: split it` }];
}

const functionLength: Rule = {
  name: `functions have at most ${FUNCTION_LINES_MAX} lines`,
  appliesTo: isCode,
  find: (source) => {
    const findings: Finding[] = [];
    const visit = (node: ts.Node) => {
      findings.push(...longFunction(source, node));
      ts.forEachChild(node, visit);
    };
    visit(source.tree);
    return findings;
  },
  offenses: [
    [PLANTED, `function f() {\n${'g();\n'.repeat(FUNCTION_LINES_MAX - 1)}}`],
    [PLANTED, `const f = () => {\n${'g();\n'.repeat(FUNCTION_LINES_MAX - 1)}};`],
  ],
  innocents: [
    [PLANTED, `function f() {\n${'g();\n'.repeat(FUNCTION_LINES_MAX - 2)}}`],
    ['src/lab/x.test.ts', `describe('x', () => {\n${'g();\n'.repeat(FUNCTION_LINES_MAX)}});`],
  ],
};

const lineLength: Rule = {
  name: `lines have at most ${COLUMNS_MAX} columns`,
  appliesTo: isCode,
  find: (source) =>
    findLines(source, (line) => {
      const columns = [...line].length;
      if (columns <= COLUMNS_MAX || /https?:\/\//.test(line)) return null;
      return `${columns} columns`;
    }),
  offenses: [[PLANTED, `// ${'x'.repeat(COLUMNS_MAX)}`]],
  innocents: [[PLANTED, `// ${'−'.repeat(COLUMNS_MAX - 3)}`]],
};

// Put together, so that this file does not contain them.
const MACHINE_PATHS = [['/wo', 'rk/'].join(''), ['../sha', 'red'].join('')];

const machinePaths: Rule = {
  name: 'no file knows the machine it was written on',
  appliesTo: (path) => path !== '.ci/run',
  find: (source) =>
    findLines(source, (line) => {
      const path = MACHINE_PATHS.find((candidate) => line.includes(candidate));
      return path === undefined ? null : `${path} exists on one machine only`;
    }),
  offenses: MACHINE_PATHS.map((path) => ['docs/planted.md', `See ${path} for more.`] as const),
  innocents: [['docs/planted.md', 'See docs/network/peers.md for more.']],
};

const binaries: Rule = {
  name: 'no binaries',
  appliesTo: () => true,
  find: ({ text }) => (text.includes('\0') ? [{ line: 1, says: 'a binary: generate it' }] : []),
  offenses: [['vectors/planted.bin', 'a\0b']],
};

export const rulesForEverything: readonly Rule[] = [
  glossary,
  looseTypes,
  leftovers,
  vagueFileNames,
  fileLength,
  functionLength,
  lineLength,
  machinePaths,
  binaries,
];
