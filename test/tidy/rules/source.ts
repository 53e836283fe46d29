/**
 * What a tidy rule is: a function from one source file to its findings, with planted sources that
 * it must flag and sources that it must not.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** From the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly says: string;
}

export interface Rule {
  readonly name: string;
  readonly appliesTo: (path: string) => boolean;
  readonly find: (source: Source) => Finding[];
  /** Sources that the rule must flag, each at the path it is imagined at. */
  readonly offenses: readonly (readonly [path: string, text: string])[];
  /** Sources close to an offense that it must leave alone. */
  readonly innocents?: readonly (readonly [path: string, text: string])[];
}

/** Marks one line as exempt from the determinism rules, with a reason. */
export const DETERMINISM_OK = /\/\/ determinism-ok: \S+/;

// In a linked work tree `.git` is a file; what runs write is in `out` and `out-*`.
const SKIPPED = /^(node_modules|dist|out|out-.*|coverage|\.git)$/;
const GENERATED = /\.(tsbuildinfo|log)$|\.sqlite/;

/** Every file that belongs to the project, from the repository root, sorted. */
export function listFiles(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (SKIPPED.test(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !GENERATED.test(entry.name)) found.push(path);
    }
  };
  visit('');
  return found.sort();
}

export const isCode = (path: string): boolean => /\.(ts|mjs|cjs|js)$/.test(path);
export const isTest = (path: string): boolean =>
  /^test\/|\.(test|fuzz|contract)\.ts$|\/contracts\.ts$/.test(path);
export const isBench = (path: string): boolean =>
  path.startsWith('src/bench/') || path.endsWith('.bench.ts');
/** Shipped code of units, risk and engine. */
export const isCore = (path: string): boolean =>
  /^src\/(units|risk|engine)\/.*\.ts$/.test(path) && !isTest(path) && !isBench(path);
/** Shipped code outside units. */
export const isOutsideUnits = (path: string): boolean =>
  /^(src|adapters|apps)\/.*\.ts$/.test(path) &&
  !path.startsWith('src/units/') &&
  !isTest(path) &&
  !isBench(path);

export function parse(path: string, text: string): Source {
  const kind = path.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind);
  return { path, text, tree };
}

export const read = (root: string, path: string): Source =>
  parse(path, readFileSync(join(root, path), 'utf8'));

export const lineOf = (source: Source, node: ts.Node): number =>
  source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;

/** Calls `look` on every node; what it returns, if anything, becomes a finding at that node. */
export function findNodes(source: Source, look: (node: ts.Node) => string | null): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node) => {
    const says = look(node);
    if (says !== null) findings.push({ line: lineOf(source, node), says });
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return findings;
}

/** A finding for each line that `look` objects to. */
export function findLines(source: Source, look: (line: string) => string | null): Finding[] {
  return source.text.split('\n').flatMap((text, index) => {
    const says = look(text);
    return says === null ? [] : [{ line: index + 1, says }];
  });
}

/** Findings of a rule in one file, without the lines that carry a determinism exemption. */
export function apply(rule: Rule, source: Source): Finding[] {
  if (!rule.appliesTo(source.path)) return [];
  const lines = source.text.split('\n');
  return rule.find(source).filter(({ line }) => !DETERMINISM_OK.test(lines[line - 1] ?? ''));
}
