/**
 * Every formula of `src/risk` says what it returns, in which units, and how it rounds.
 * @module
 */
import ts from 'typescript';
import { type Finding, isBench, isTest, lineOf, type Rule, type Source } from './source.ts';

const HEADINGS = ['Units', 'Rounding'];

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

function nameOf(node: ts.FunctionDeclaration | ts.VariableStatement): string {
  if (ts.isFunctionDeclaration(node)) return node.name?.text ?? 'a function';
  return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
}

function complaint(source: Source, node: ts.Node): string | null {
  const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const last = ranges.at(-1);
  const comment = last === undefined ? '' : source.text.slice(last.pos, last.end);
  if (!comment.startsWith('/**')) return 'has no doc comment';
  const lines = comment.split('\n').map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)/, '').trim());
  const body = lines.filter((line) => line !== '' && !line.startsWith('@'));
  const isHeading = (line: string) => HEADINGS.some((heading) => line.startsWith(heading));
  const opening = body.slice(0, Math.max(0, body.findIndex(isHeading)));
  if (!opening.some((line) => /\w.*[.:]( |$)/.test(line))) return 'does not begin with a sentence';
  const missing = HEADINGS.filter((heading) => !body.some((line) => line.startsWith(heading)));
  return missing.length === 0 ? null : `does not state ${missing.join(' and ')}`;
}

export const riskDocs: Rule = {
  name: 'exports of risk state Units and Rounding',
  appliesTo: (path) =>
    /^src\/risk\/.*\.ts$/.test(path) &&
    !path.endsWith('/index.ts') &&
    !isTest(path) &&
    !isBench(path),
  find: (source) => {
    const findings: Finding[] = [];
    for (const node of source.tree.statements) {
      if (!ts.isFunctionDeclaration(node) && !ts.isVariableStatement(node)) continue;
      // The implementation behind overloads needs no second comment.
      if (!isExported(node)) continue;
      const says = complaint(source, node);
      if (says !== null)
        findings.push({ line: lineOf(source, node), says: `${nameOf(node)} ${says}` });
    }
    return findings;
  },
  offenses: [
    ['src/risk/planted.ts', 'export function equity() {}'],
    ['src/risk/planted.ts', '// Equity.\nexport const equity = () => 1;'],
    ['src/risk/planted.ts', '/** What an account is worth. */\nexport const equity = () => 1;'],
    [
      'src/risk/planted.ts',
      '/**\n * Units     Money\n * Rounding  Down.\n */\nexport const equity = 1;',
    ],
    [
      'src/risk/planted.ts',
      '/**\n * What it is worth.\n * Units Money\n */\nexport function equity() {}',
    ],
  ],
  innocents: [
    [
      'src/risk/planted.ts',
      '/**\n * Its worth.\n *\n * Units     Money\n * Rounding  Down.\n */\nexport function f() {}',
    ],
    [
      'src/risk/planted.ts',
      'export type Tier = string;\nexport interface Leg {}\nfunction inner() {}',
    ],
  ],
};
