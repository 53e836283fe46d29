/**
 * Rejection codes are part of the public contract: each is documented and produced by a test.
 * @module
 */
import ts from 'typescript';
import type { Source } from './source.ts';

/** Where the codes are declared. */
export const REJECTIONS_SOURCE = 'src/engine/schema/rejections.ts';
/** Where their meaning is documented. */
export const REJECTIONS_PAGE = 'docs/rejections.md';

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

/** The codes that a source declares, as string literals or as keys; sorted. */
export function rejectionCodes(source: Source): string[] {
  const codes = new Set<string>();
  const visit = (node: ts.Node) => {
    const isKey = ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent);
    if ((ts.isStringLiteral(node) || isKey) && CODE.test(node.text)) codes.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return [...codes].sort();
}

/** What each code lacks: a place on the page, or a test that names it. */
export function neglectedCodes(codes: string[], page: string, tests: string[]): string[] {
  const named = (text: string, code: string) => new RegExp(`\\b${code}\\b`).test(text);
  return codes.flatMap((code) => [
    ...(named(page, code) ? [] : [`${code} is not explained in ${REJECTIONS_PAGE}`]),
    ...(tests.some((text) => named(text, code)) ? [] : [`${code} is produced by no test`]),
  ]);
}
