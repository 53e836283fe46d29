/** What `plimsoll adl` is asked with. @module */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ADL_POLICY_NAMES } from 'plimsoll/risk';
import {
  fromRaw,
  isNegative,
  isPositive,
  type Price,
  parseDecimal,
  type Ratio,
  type Size,
  size,
  type Wad,
} from 'plimsoll/units';
import type { AdlOptions } from './adl-options.ts';

const UNIT = size('0.000000000000000001');

const COLUMNS = `
Columns, in any order, named in the first line (others are not read):
  account               id, each once
  size                  contracts, signed; with --side short also magnitudes
  equity                of the account at the mark, signed
  unrealizedPnl         of the position, signed
  marginEquity          what of the equity counts towards margin, signed; optional
  maintenanceMargin     of the account; optional, where other positions share its equity
  legMaintenanceMargin  of the position; optional, with maintenanceMargin
  entryValue            of the position, signed; optional, for the queues
  score                 optional, replaces the score of a queue
`;

const EXAMPLES = `
Examples:
  plimsoll adl --candidates book.csv --quantity 1200 --mark 50000 --close 52500
  plimsoll adl --candidates book.csv --quantity 1200 --mark 50000 --close 52500 \\
    --policy all --json adl.json
`;

/** Adds the command; the code behind it is loaded when it is run. */
export function addAdlCommand(program: Command): void {
  program
    .command('adl')
    .summary('who would close against a bankrupt position, for a book in a CSV file')
    .description(
      'Auto-deleverages the positions of a book against a bankrupt one: whose position is ' +
        'reduced, by how much, at what price, and what the winners cannot bear. By one policy, ' +
        'or by all of them side by side. docs/adl.md explains each with an example.',
    )
    .requiredOption('--candidates <file>', 'positions of the other side, one a line (CSV)')
    .requiredOption('--quantity <size>', 'size of the bankrupt position', positive<Size>)
    .requiredOption('--mark <price>', 'mark price before the deleveraging', positive<Price>)
    .requiredOption('--close <price>', 'price at which the bankrupt closes', positive<Price>)
    .addOption(
      new Option('--policy <name>', 'who gives up how much')
        .choices([...ADL_POLICY_NAMES, 'all'])
        .default('minimax-leverage'),
    )
    .addOption(
      new Option('--side <side>', "of the candidates; instead of the sizes' sign").choices([
        'long',
        'short',
      ]),
    )
    .addOption(
      new Option('--kind <kind>', 'of the contract; inverse: sizes in quote units')
        .choices(['linear', 'inverse'])
        .default('linear'),
    )
    .addOption(
      new Option('--lot <size>', 'fills are multiples of it')
        .argParser(positive<Size>)
        .default(UNIT, 'the smallest unit, 1e-18'),
    )
    .option('--risk-exponent <n>', 'risk-aware-pro-rata: power of leverage, 0 to 4', exponent)
    .option('--risk-threshold <x>', 'risk-aware-pro-rata: leverage that is spared', threshold)
    .option('--json <file>', 'write every fill as JSON; - for stdout')
    .addHelpText('after', COLUMNS + EXAMPLES)
    .action(async (options: AdlOptions) => {
      const { adlCommand } = await import('./adl-command.ts');
      process.exitCode = adlCommand(options);
    });
}

/** A decimal above zero. */
function positive<T extends Wad>(text: string): T {
  const value = decimal<T>(text);
  if (isPositive(value)) return value;
  throw new InvalidArgumentError(`expected more than 0, was "${text}"`);
}

function decimal<T extends Wad>(text: string): T {
  const parsed = parseDecimal(text);
  if (parsed.ok) return fromRaw<T>(parsed.value);
  throw new InvalidArgumentError(parsed.reason);
}

function exponent(text: string): number {
  if (/^[0-4]$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`expected a whole number from 0 to 4, was "${text}"`);
}

function threshold(text: string): Ratio {
  const value = decimal<Ratio>(text);
  if (!isNegative(value)) return value;
  throw new InvalidArgumentError(`expected a leverage of at least 0, was "${text}"`);
}
