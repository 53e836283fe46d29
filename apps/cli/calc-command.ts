/** `plimsoll calc`. @module */
import { text } from 'node:stream/consumers';
import { calcList, calcNames, runCalc } from './calc/index.ts';
import { BAD_INPUT, InputFault, OK } from './exit-codes.ts';
import { paintFor } from './terminal.ts';

export async function calcCommand(
  name: string | undefined,
  options: { readonly list?: boolean; readonly json?: boolean },
): Promise<number> {
  if (options.list === true) {
    process.stdout.write(
      options.json === true ? `${JSON.stringify(calcList(), null, 2)}\n` : list(),
    );
    return OK;
  }
  if (name === undefined || !calcNames().includes(name)) {
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

function list(): string {
  const paint = paintFor(process.stdout);
  const blocks = calcList().map(({ name, summary, fields, source }) => {
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
