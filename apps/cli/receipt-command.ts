/** `plimsoll receipt`. @module */
import { writeFileSync } from 'node:fs';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import type { Journal } from 'plimsoll/ports';
import { type LiquidationEntry, liquidationsOf, type Receipt, receiptsOf } from 'plimsoll/receipts';
import { BAD_INPUT, InputFault, OK } from './exit-codes.ts';
import { receiptPage } from './receipt-page.ts';
import { type Progress, paintFor, progressOn } from './terminal.ts';
import { textTable } from './text-table.ts';

export type ReceiptOptions = {
  readonly journal: string;
  readonly account?: string;
  readonly text?: boolean;
  readonly out?: string;
};

export async function receiptCommand(
  liquidation: number | undefined,
  options: ReceiptOptions,
): Promise<number> {
  const { account } = options;
  if ((liquidation === undefined) === (account === undefined)) {
    throw new InputFault('expected the number of a liquidation, or --account with a name');
  }
  const { journal } = openSqliteStore({ file: options.journal, access: 'read' });
  const progress = progressOn(process.stderr);
  try {
    return liquidation === undefined
      ? await listLiquidations(journal, account!, progress)
      : await printReceipt(journal, { ...options, liquidation }, progress);
  } finally {
    progress.clear();
    await journal.close();
  }
}

async function printReceipt(
  journal: Journal,
  options: ReceiptOptions & { readonly liquidation: number },
  progress: Progress,
): Promise<number> {
  const { liquidation, out } = options;
  const receipt = await receiptOf(journal, liquidation, progress);
  if (receipt === null) {
    const known = await liquidationsOf(journal, ({ seq }) => progress.show(reading(seq)));
    progress.clear();
    const text = `no liquidation ${liquidation} in ${options.journal}: ${numbersOf(known)}`;
    process.stderr.write(`${paintFor(process.stderr).bad('plimsoll receipt:')} ${text}\n`);
    return BAD_INPUT;
  }
  progress.clear();
  const paint = paintFor(out === undefined ? process.stdout : {});
  const written = options.text === true ? receiptPage(receipt, paint) : receipt.text;
  if (out === undefined) process.stdout.write(written);
  else writeNew(out, written);
  return OK;
}

async function receiptOf(
  journal: Journal,
  liquidation: number,
  progress: Progress,
): Promise<Receipt | null> {
  const found = receiptsOf(journal, {
    filter: (started) => started.liquidation === liquidation,
    onProgress: ({ seq }) => progress.show(reading(seq)),
  });
  for await (const receipt of found) return receipt;
  return null;
}

const reading = (seq: number): string => `reading · record ${seq.toLocaleString('en-US')}`;

/** They are counted from 1 without gaps. */
const numbersOf = (known: readonly LiquidationEntry[]): string =>
  known.length === 0 ? 'it has none' : `it has the numbers 1 to ${known.length}`;

/** A receipt is never written over. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'it exists' : `${cause}`;
    throw new InputFault(`${file}: expected a new file, but ${reason}`, { cause });
  }
}

async function listLiquidations(
  journal: Journal,
  account: string,
  progress: Progress,
): Promise<number> {
  const all = await liquidationsOf(journal, ({ seq }) => progress.show(reading(seq)));
  progress.clear();
  const own = all.filter((entry) => entry.account === account);
  if (own.length === 0) {
    process.stdout.write(`no liquidation of ${account} among ${all.length}\n`);
    return OK;
  }
  const rows = own.map(({ liquidation, start, end }) => [
    `${liquidation}`,
    new Date(start.timeMs).toISOString(),
    end === null ? 'still running' : new Date(end.timeMs).toISOString(),
    end === null ? '' : end.outcome,
    `${start.seq}`,
  ]);
  const head = ['liquidation', 'started', 'ended', 'outcome', 'first record'];
  process.stdout.write(`${textTable(head, rows)}\n`);
  return OK;
}
