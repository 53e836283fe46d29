/** `plimsoll calc`. @module */
import { text } from 'node:stream/consumers';
import { calcList, calcNames, runCalc } from './calc/index.ts';
import { BAD_INPUT, InputFault, OK } from './exit-codes.ts';
import { paintFor } from './terminal.ts';

export async function calcCommand(
  name: string | undefined,
  options: { readonly list?: boolean; readonly json?: boolean },
): Promise<number> {
  const known = name !== undefined && calcNames().includes(name);
  if (options.list === true && (name === undefined || known)) {
    const shown = calcList().filter((formula) => name === undefined || formula.name === name);
    process.stdout.write(
      options.json === true ? `${JSON.stringify(shown, null, 2)}\n` : list(shown),
    );
    return OK;
  }
  if (!known) {
    const found = name === undefined ? 'none' : `"${name}"`;
    throw new InputFault(
      `expected the name of a formula, found ${found}; the names are ${calcNames().join(', ')}`,
    );
  }
  if (process.stdin.isTTY) {
    process.stderr.write(`Reading JSON for ${name} from stdin; end with Ctrl-D.\n`);
  }
  const result = runCalc(name, await text(process.stdin));
  if (result.ok) {
    process.stdout.write(`${JSON.stringify(result.output, null, 2)}\n`);
    return OK;
  }
  process.stderr.write(
    `${paintFor(process.stderr).bad('plimsoll calc:')} ${name}: ${result.problem}\n`,
  );
  return BAD_INPUT;
}

function list(formulas: ReturnType<typeof calcList>): string {
  const paint = paintFor(process.stdout);
  const blocks = formulas.map(({ name, summary, fields, source }) => {
    const width = Math.max(...fields.map((field) => field.name.length));
    const lines = fields.map(({ name: field, unit, required, meaning }) => {
      const kind = required ? unit : `${unit}, optional`;
      return `    ${field.padEnd(width)}  ${kind}  ${paint.dim(meaning)}\n`;
    });
    const origin = `    ${paint.dim(`source: ${source}`)}\n`;
    return `${paint.bold(name)}  ${summary}\n${lines.join('')}${origin}`;
  });
  return blocks.join('\n');
}
