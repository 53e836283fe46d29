/**
 * The `plimsoll` command. Results go to stdout, progress and problems to stderr; exit codes are
 * 0 ok, 1 the run found a violation, 2 the input was not usable.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Mechanism } from 'plimsoll/lab';
import { ADL_POLICY_NAMES, type AdlPolicyName } from 'plimsoll/risk';
import { addAdlCommand } from './adl-arguments.ts';
import type { CompareOptions } from './compare-command.ts';
import { BAD_INPUT, VIOLATION } from './exit-codes.ts';
import type { LightsOptions } from './lights-command.ts';
import type { LossesOptions } from './losses-command.ts';
import type { ReceiptOptions } from './receipt-command.ts';
import { paintFor } from './terminal.ts';

// A reader that has seen enough (`| head`) ends the command quietly.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`expected a whole number from 0 to 2^53 - 1, was "${text}"`);
}

function liquidationNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('liquidations are counted from 1');
}

function recordNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0');
}

/** More accounts than any single pool is meant for. */
const ACCOUNTS_MAX = 5_000_000;

function accountCount(text: string): number {
  const value = wholeNumber(text);
  if (value > 0 && value <= ACCOUNTS_MAX) return value;
  throw new InvalidArgumentError(`expected 1 to ${ACCOUNTS_MAX} accounts, was "${text}"`);
}

function isoTime(text: string): string {
  const shaped = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text);
  const timeMs = Date.parse(text);
  // The 31st of February parses as the 3rd of March: only a real date reads the same again.
  const real =
    Number.isSafeInteger(timeMs) && new Date(timeMs).toISOString().startsWith(text.slice(0, 10));
  if (shaped && real) return text;
  throw new InvalidArgumentError(`expected a UTC time such as 2021-05-19T13:00:00Z, was "${text}"`);
}

/** Named here, so that no command loads the lab but those that run it; the type keeps it whole. */
const mechanisms: Readonly<Record<Mechanism, true>> = {
  book: true,
  amm: true,
  auction: true,
  direct: true,
  backstop: true,
  router: true,
};
const MECHANISMS = Object.keys(mechanisms) as Mechanism[];

function mechanismList(text: string): readonly Mechanism[] {
  return namedOnce(text, MECHANISMS);
}

function namedOnce<T extends string>(text: string, all: readonly T[]): readonly T[] {
  const named = text.split(',').map((name) => name.trim());
  const known = named.map((name) => {
    const found = all.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`expected some of ${all.join(', ')}, was "${name}"`);
  });
  if (new Set(known).size === known.length) return known;
  throw new InvalidArgumentError('expected each name once');
}

function adlPolicyList(text: string): readonly AdlPolicyName[] {
  return text === 'all' ? ADL_POLICY_NAMES : namedOnce(text, ADL_POLICY_NAMES);
}

const program = new Command('plimsoll')
  .description(
    'Liquidation engine for leveraged derivatives: replays real crash days, verifies every ' +
      'decision, and answers every formula.',
  )
  .version('0.1.0')
  .showHelpAfterError('(add --help for the arguments and an example)')
  .exitOverride();

program
  .command('replay')
  .summary('run a day of prices against a population of margined accounts')
  .description(
    'Feeds the prices of a scenario to an engine with thousands of margined accounts, ' +
      'liquidates those that fall below maintenance margin, and says who was closed out, ' +
      'what it cost and who paid. The same seed gives the same state hash on any machine.',
  )
  .argument('<scenario>', 'a scenario file, such as scenarios/2021-05-19.yaml')
  .option(
    '--prices <dir>',
    "price bars that replace the scenario's anchors: CSV files named\n" +
      '<venue>_<SYMBOL>_<step>.csv with ts_ms,open,high,low,close,volume',
  )
  .option('--accounts <n>', "number of accounts, instead of the scenario's", accountCount)
  .option('--seed <n>', "seed of the simulated world, instead of the scenario's", wholeNumber)
  .addOption(
    new Option('--policy <name>', "which legs to close, instead of the scenario's policy").choices([
      'least-impact',
      'proportional',
      'largest-first',
      'fixed-share',
      'everything',
    ]),
  )
  .option('--from <time>', 'start of the window, in UTC: 2021-05-19T12:00:00Z', isoTime)
  .option('--to <time>', 'end of the window, in UTC: 2021-05-19T14:00:00Z', isoTime)
  .option('--journal <file>', 'keep every record in a SQLite journal (a new file)')
  .option('--json <file>', 'write the result as JSON; - for stdout')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll replay scenarios/2021-05-19.yaml\n' +
      '  plimsoll replay scenarios/2021-05-19.yaml --accounts 20000 --seed 7 --json out.json\n' +
      '  plimsoll replay scenarios/calm.yaml --journal run.journal\n',
  )
  .action(async (scenario: string, options: object) => {
    const { replayCommand } = await import('./replay-command.ts');
    process.exitCode = await replayCommand(scenario, options);
  });

/** Enough to see what sets the mechanisms apart; six runs of a day take a minute or two. */
const COMPARED_ACCOUNTS = 500;

program
  .command('compare')
  .summary('the same day, accounts and seed once under each liquidation mechanism')
  .description(
    'Replays one day several times with common random numbers: closing on the book alone, by ' +
      "the pool's own market maker, by Dutch auctions, by liquidators at a bonus, by a backstop " +
      'vault, and with a router that takes the cheapest of them. Keepers of several strategies, ' +
      'hostile ones among them, bid for what is offered. One table says who was liquidated, ' +
      'what it cost them, who earned and who was left with the loss. Terms that the scenario ' +
      "does not state under `mechanisms` are the lab's defaults (docs/scenarios.md).",
  )
  .argument('<scenario>', 'a scenario file, such as scenarios/2021-05-19.yaml')
  .option(
    '--mechanisms <list>',
    `some of ${MECHANISMS.join(',')}, separated by commas`,
    mechanismList,
    MECHANISMS,
  )
  .addOption(
    new Option(
      '--adl-policies <list>',
      `compare these deleveraging policies instead: all, or some of ${ADL_POLICY_NAMES.join(',')}`,
    )
      .argParser(adlPolicyList)
      .conflicts('mechanisms'),
  )
  .option('--accounts <n>', 'number of accounts', accountCount, COMPARED_ACCOUNTS)
  .option('--seed <n>', "seed of the simulated world, instead of the scenario's", wholeNumber)
  .option('--prices <dir>', "price bars that replace the scenario's anchors, as in replay")
  .option('--from <time>', 'start of the window, in UTC: 2021-05-19T12:00:00Z', isoTime)
  .option('--to <time>', 'end of the window, in UTC: 2021-05-19T14:00:00Z', isoTime)
  .option('--json <file>', 'write the comparison as JSON; - for stdout')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll compare scenarios/2021-05-19.yaml\n' +
      '  plimsoll compare --mechanisms book,auction scenarios/2025-10-10.yaml --json out.json\n' +
      '  plimsoll compare --adl-policies all scenarios/2025-10-10.yaml\n' +
      '  plimsoll compare scenarios/calm.yaml --accounts 200 --to 2023-08-11T00:00:00Z\n',
  )
  .action(async (scenario: string, options: CompareOptions) => {
    const { compareCommand } = await import('./compare-command.ts');
    process.exitCode = await compareCommand(scenario, options);
  });

program
  .command('verify')
  .summary('decide every command of a journal again and compare every event and hash')
  .description(
    'Reads a journal from its first record, decides every command again, recomputes which work ' +
      'was due, and compares every outcome and every hash. The journal is not changed.',
  )
  .argument('<journal>', 'a journal written with --journal')
  .option('--json', 'print the report as JSON')
  .addHelpText('after', '\nExample:\n  plimsoll verify run.journal\n')
  .action(async (journal: string, options: { json?: boolean }) => {
    const { verifyCommand } = await import('./verify-command.ts');
    process.exitCode = await verifyCommand(journal, options);
  });

program
  .command('recover')
  .summary('rebuild the pool from a journal; print its state hash and last record')
  .description(
    'Recovers as a restart would, from the newest snapshot if there is one and the records ' +
      'after it, and prints the state hash and the head. The journal is not changed.',
  )
  .argument('<journal>', 'a journal written with --journal, complete or cut off by a crash')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', '\nExample:\n  plimsoll recover run.journal\n')
  .action(async (journal: string, options: { json?: boolean }) => {
    const { recoverCommand } = await import('./recover-command.ts');
    process.exitCode = await recoverCommand(journal, options);
  });

program
  .command('receipt')
  .summary('explain one liquidation: prices, sizes, orders, costs, who received what')
  .description(
    'Makes the receipt of a liquidation out of a journal: canonical JSON with the prices and ' +
      'their sources, health before and after, why this size and these legs, every fill, what ' +
      'every other policy would have cost at the same moment, and hashes that tie it to the ' +
      'journal. The same journal gives the same bytes. The journal is not changed.',
  )
  .argument('[liquidation]', 'number of the liquidation, counted from 1', liquidationNumber)
  .requiredOption('--journal <file>', 'a journal written with --journal')
  .option('--account <id>', "list this account's liquidations instead")
  .option('--text', 'a page to read instead of JSON')
  .option('--out <file>', 'write it to a new file instead of stdout')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll receipt 12 --journal run.journal --text\n' +
      '  plimsoll receipt 12 --journal run.journal --out receipt-12.json\n' +
      '  plimsoll receipt --account a-17 --journal run.journal\n',
  )
  .action(async (liquidation: number | undefined, options: ReceiptOptions) => {
    const { receiptCommand } = await import('./receipt-command.ts');
    process.exitCode = await receiptCommand(liquidation, options);
  });

program
  .command('losses')
  .summary('say of every loss in a journal who bore it, and how deleveraging treated whom')
  .description(
    'Reads a journal and writes, for every event that moved a loss, who bore what: rows that sum ' +
      'to zero with what the bankrupt account was relieved of. Of every auto-deleveraging also ' +
      'what it had to raise, what it took beyond that, how unevenly, and leverage before and ' +
      'after. The journal is not changed.',
  )
  .requiredOption('--journal <file>', 'a journal written with --journal')
  .option('--json <file>', 'one line of JSON per event, - for stdout')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll losses --journal run.journal\n' +
      '  plimsoll losses --journal run.journal --json losses.jsonl\n',
  )
  .action(async (options: LossesOptions) => {
    const { lossesCommand } = await import('./losses-command.ts');
    process.exitCode = await lossesCommand(options);
  });

program
  .command('lights')
  .summary('show who would be deleveraged first, with warning lights as venues show them')
  .description(
    'Reads a journal up to a record and ranks, market by market and side by side, those who ' +
      "would be asked for a bankrupt's loss by the pool's policy: five lights in the first fifth " +
      'of their contracts, one in the last, none for who is asked only after everybody with a ' +
      'profit. The journal is not changed.',
  )
  .requiredOption('--journal <file>', 'a journal written with --journal')
  .option('--seq <n>', 'after this record; without it, after the last', recordNumber)
  .option('--market <id>', 'this market alone')
  .option('--account <id>', 'the positions of this account alone')
  .option('--front <n>', 'positions shown per market and side', recordNumber, 5)
  .option('--json <file>', 'write all of them as JSON; - for stdout')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll lights --journal run.journal\n' +
      '  plimsoll lights --journal run.journal --seq 1200 --market BTC-PERP --front 20\n' +
      '  plimsoll lights --journal run.journal --account trader:000007\n',
  )
  .action(async (options: LightsOptions) => {
    const { lightsCommand } = await import('./lights-command.ts');
    process.exitCode = await lightsCommand(options);
  });

program
  .command('verify-receipt')
  .summary('check a receipt: its bytes, its hash, its arithmetic, and the journal behind it')
  .description(
    'Without a journal: the bytes must be canonical, the hash right, and health, sizes, costs, ' +
      'penalties and sums must follow from the facts in the receipt itself. With the journal, ' +
      'every record up to the end of the receipt is verified too, and the receipt is made anew ' +
      'and compared byte for byte. The first difference is named by its path.',
  )
  .argument('<receipt>', 'a receipt written by plimsoll receipt --out')
  .option('--journal <file>', 'the journal that it was made from')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll verify-receipt receipt-12.json\n' +
      '  plimsoll verify-receipt receipt-12.json --journal run.journal\n',
  )
  .action(async (receipt: string, options: { journal?: string }) => {
    const { verifyReceiptCommand } = await import('./verify-receipt-command.ts');
    process.exitCode = await verifyReceiptCommand(receipt, options);
  });

program
  .command('calc')
  .summary('evaluate one formula: JSON in on stdin, JSON out on stdout')
  .description(
    'Every formula of the engine by name. Quantities are decimal strings. An unknown, ' +
      'missing or malformed field is named, and the exit code is 2.',
  )
  .argument('[name]', 'a formula, such as maintenance-margin')
  .option('--list', 'name, fields with units, and source of every formula, or of the one named')
  .option('--json', 'with --list: as JSON')
  .addHelpText(
    'after',
    '\nExamples:\n' +
      '  plimsoll calc maintenance-margin --list\n' +
      '  echo \'{"notional":"20000","tiers":[{"notionalFloor":"0",' +
      '"maintenanceMarginFraction":"0.02"}]}\' \\\n    | plimsoll calc maintenance-margin\n',
  )
  .action(async (name: string | undefined, options: { list?: boolean; json?: boolean }) => {
    const { calcCommand } = await import('./calc-command.ts');
    process.exitCode = await calcCommand(name, options);
  });

addAdlCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version end well.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  else process.exitCode = await told(error);
}

// What was written is out before the process ends. It ends here, instead of after a large book has
// been given back piece by piece: the system takes it all at once.
await Promise.all([process.stdout, process.stderr].map(drained));
process.exit();

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Says on stderr what the input or our own code did wrong; anything else is thrown. */
async function told(error: unknown): Promise<number> {
  const { isBadInput, isDefect, problemText } = await import('./problems.ts');
  if (!isBadInput(error) && !isDefect(error)) throw error;
  const paint = paintFor(process.stderr);
  process.stderr.write(`${paint.bad('plimsoll:')} ${problemText(error)}\n`);
  return isDefect(error) ? VIOLATION : BAD_INPUT;
}
