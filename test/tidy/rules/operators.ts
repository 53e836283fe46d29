/**
 * Operators on branded values compile (`money + price` is a plain bigint), so they are looked for
 * here, with the checker: outside `units` the algebra is the only way to combine quantities.
 * @module
 */
import ts from 'typescript';

const OPERATORS = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusEqualsToken,
  ts.SyntaxKind.AsteriskEqualsToken,
  ts.SyntaxKind.SlashEqualsToken,
  ts.SyntaxKind.PercentEqualsToken,
]);

/** Whether a type is a bigint with a brand, or may be one. */
function isBranded(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.some((part) => part.flags & ts.TypeFlags.BigInt);
  if (type.isUnion()) return type.types.some((part) => isBranded(checker, part));
  if ((type.flags & ts.TypeFlags.TypeParameter) === 0) return false;
  const constraint = checker.getBaseConstraintOfType(type);
  return constraint !== undefined && constraint !== type && isBranded(checker, constraint);
}

/** The operators in one file that are applied to a branded value: `line: text` each. */
export function operatorsOnBrands(program: ts.Program, file: ts.SourceFile): string[] {
  const checker = program.getTypeChecker();
  const branded = (node: ts.Node) => isBranded(checker, checker.getTypeAtLocation(node));
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const bad = ts.isBinaryExpression(node)
      ? OPERATORS.has(node.operatorToken.kind) && (branded(node.left) || branded(node.right))
      : (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
        node.operator !== ts.SyntaxKind.ExclamationToken &&
        branded(node.operand);
    if (bad) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${line + 1}: ${node.getText(file).split('\n')[0]}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** A program over the files of a tsconfig that `keep` accepts, plus one imagined file. */
export function programWith(
  configPath: string,
  keep: (path: string) => boolean,
  imagined: { path: string; text: string },
): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(
    configPath,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  if (config === undefined) throw new Error(`${configPath} was not readable`);
  const host = ts.createCompilerHost(config.options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === imagined.path || fileExists(path);
  host.readFile = (path) => (path === imagined.path ? imagined.text : readFile(path));
  host.getSourceFile = (path, target, ...rest) =>
    path === imagined.path
      ? ts.createSourceFile(path, imagined.text, target)
      : getSourceFile(path, target, ...rest);
  return ts.createProgram([...config.fileNames.filter(keep), imagined.path], config.options, host);
}
