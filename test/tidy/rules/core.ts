/**
 * The core is synchronous, total and ambient-free: `docs/determinism.md` says why.
 * @module
 */
import ts from 'typescript';
import { findNodes, isCore, isOutsideUnits, type Rule } from './source.ts';

const EXACT_MATH = new Set(['abs', 'min', 'max', 'floor', 'ceil', 'trunc']);
/** `Math.sqrt` is exactly specified; only the valuation of options may call it. */
const MAY_SQRT = /^src\/risk\/option/;
/** The assertion itself, and the constructors that read decimal text. */
const MAY_THROW = /^src\/units\/(assert|decimal)\.ts$/;
const BANNED_NAMES: Record<string, string> = {
  Date: 'time enters as record.time',
  Intl: 'the core has no locale',
  Promise: 'the core is synchronous',
  localeCompare: 'compare by code unit',
  parseFloat: 'parse decimals with units',
  toFixed: 'format with units',
  toLocaleString: 'the core has no locale',
};
const BRANDS = new Set([
  'Money',
  'Price',
  'Size',
  'Amount',
  'Ratio',
  'FundingIndex',
  'Shares',
  'Wad',
]);
const AT_RISK = 'src/risk/planted.ts';

const ambientNames: Rule = {
  name: 'no ambient or locale-dependent names',
  appliesTo: isCore,
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isIdentifier(node) || !Object.hasOwn(BANNED_NAMES, node.text)) return null;
      return `${node.text}: ${BANNED_NAMES[node.text]}`;
    }),
  offenses: [
    [AT_RISK, 'const now = Date.now();'],
    [AT_RISK, 'const text = (5).toFixed(2);'],
    [AT_RISK, "const order = 'a'.localeCompare('b');"],
    [AT_RISK, "const value = parseFloat('1');"],
    [AT_RISK, 'const format = new Intl.NumberFormat();'],
    [AT_RISK, 'type Later = Promise<number>;'],
  ],
  innocents: [
    [AT_RISK, '// Date.now() is banned here.\nconst updateDate = 1;'],
    ['src/runtime/clock.ts', 'const now = Date.now();'],
    ['src/risk/x.test.ts', 'const now = Date.now();'],
  ],
};

const inexactMath: Rule = {
  name: 'no Math beyond abs, min, max, floor, ceil, trunc',
  appliesTo: isCore,
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isIdentifier(node) || node.text !== 'Math') return null;
      const parent = node.parent;
      const name = ts.isPropertyAccessExpression(parent) ? parent.name.text : '';
      if (EXACT_MATH.has(name) || (name === 'sqrt' && MAY_SQRT.test(source.path))) return null;
      return `Math.${name || '?'} is not exact on every machine`;
    }),
  offenses: [
    [AT_RISK, 'const x = Math.random();'],
    [AT_RISK, 'const x = Math.pow(2, 3);'],
    [AT_RISK, 'const { exp } = Math;'],
    [AT_RISK, 'const x = Math.sqrt(2);'],
  ],
  innocents: [
    [AT_RISK, 'const x = Math.max(Math.floor(1.5), Math.abs(-1));'],
    ['src/risk/option-price.ts', 'const x = Math.sqrt(2);'],
  ],
};

const controlFlow: Rule = {
  name: 'no async, try, throw, for-in or class',
  appliesTo: isCore,
  find: (source) =>
    findNodes(source, (node) => {
      if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async: the core is synchronous';
      if (ts.isAwaitExpression(node)) return 'await: the core is synchronous';
      if (ts.isTryStatement(node)) return 'try: the core returns rejections and catches nothing';
      if (ts.isForInStatement(node)) return 'for-in: iterate sorted arrays';
      if (ts.isThrowStatement(node) && !MAY_THROW.test(source.path)) {
        return 'throw: return a rejection, or assert';
      }
      if (ts.isClassLike(node) && node.heritageClauses === undefined) return 'class: use functions';
      return null;
    }),
  offenses: [
    [AT_RISK, 'async function f() {}'],
    [AT_RISK, 'const f = async () => 1;'],
    [AT_RISK, 'await 1;'],
    [AT_RISK, 'try { f(); } finally { g(); }'],
    [AT_RISK, "throw new Error('no');"],
    [AT_RISK, 'for (const key in {}) f(key);'],
    [AT_RISK, 'export class Account {}'],
  ],
  innocents: [
    ['src/units/assert.ts', "class Violation extends Error {}\nthrow new Violation('no');"],
    ['src/engine/decide/x.ts', 'for (const x of [1]) f(x);'],
  ],
};

const sortWithoutOrder: Rule = {
  name: 'no sort without a comparator',
  appliesTo: isCore,
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isCallExpression(node) || node.arguments.length > 0) return null;
      const callee = node.expression;
      if (!ts.isPropertyAccessExpression(callee)) return null;
      if (!['sort', 'toSorted'].includes(callee.name.text)) return null;
      // Arrays of numbers of one kind are sorted as numbers.
      if (ts.isNewExpression(callee.expression)) {
        if (/^(Big)?(Int|Uint|Float)\d+Array$/.test(callee.expression.expression.getText())) {
          return null;
        }
      }
      return `${callee.name.text}(): the default order is textual (1, 10, 9)`;
    }),
  offenses: [
    [AT_RISK, 'ids.sort();'],
    [AT_RISK, 'const sorted = ids?.toSorted();'],
    [AT_RISK, 'const sorted = new Array(1, 10, 9).sort();'],
  ],
  innocents: [
    [AT_RISK, 'ids.sort(byId);'],
    [AT_RISK, 'const words = new BigInt64Array(buffer).sort();'],
  ],
};

const bareIntegers: Rule = {
  name: 'no bigint literals but 0n and 1n outside units',
  appliesTo: (path) => isCore(path) && !path.startsWith('src/units/'),
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isBigIntLiteral(node) || ['0n', '1n'].includes(node.text)) return null;
      return `${node.text}: name the quantity, with its unit`;
    }),
  offenses: [
    [AT_RISK, 'const x = 5n;'],
    ['src/engine/state.ts', 'const WAD = 10n ** 18n;'],
  ],
  innocents: [
    [AT_RISK, 'const x = [0n, 1n];'],
    ['src/units/brand.ts', 'const x = 5n;'],
  ],
};

const borrowedBrands: Rule = {
  name: 'only units gives a number its dimension',
  appliesTo: isOutsideUnits,
  find: (source) =>
    findNodes(source, (node) => {
      if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return null;
      if (!ts.isTypeReferenceNode(node.type) || !ts.isIdentifier(node.type.typeName)) return null;
      const brand = node.type.typeName.text;
      return BRANDS.has(brand) ? `as ${brand}: use the algebra or a constructor of units` : null;
    }),
  offenses: [
    [AT_RISK, 'const x = 5n as Money;'],
    [AT_RISK, 'const x = y as unknown as Price;'],
    ['apps/cli/x.ts', 'const x = <Size>y;'],
  ],
  innocents: [
    ['src/units/algebra.ts', 'const x = 5n as Money;'],
    [AT_RISK, "const x = ['a'] as const; const z = y as Position;"],
  ],
};

export const coreRules: readonly Rule[] = [
  ambientNames,
  inexactMath,
  controlFlow,
  sortWithoutOrder,
  bareIntegers,
  borrowedBrands,
];
