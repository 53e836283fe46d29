/** `plimsoll verify-receipt`. @module */
import { readFileSync } from 'node:fs';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import {
  type ReceiptFacts,
  type ReceiptVerification,
  type Told,
  toldSteps,
  verifyReceipt,
  verifyReceiptWith,
} from 'plimsoll/receipts';
import { InputFault, OK, VIOLATION } from './exit-codes.ts';
import { paintFor, progressOn } from './terminal.ts';

export async function verifyReceiptCommand(
  file: string,
  options: { readonly journal?: string },
): Promise<number> {
  const bytes = readReceipt(file);
  const found =
    options.journal === undefined
      ? verifyReceipt(bytes)
      : await withJournal(bytes, options.journal);
  process.stdout.write(verificationText(found));
  return found.problem === null ? OK : VIOLATION;
}

function readReceipt(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new InputFault(`${file}: expected a receipt, but it cannot be read`, { cause });
  }
}

async function withJournal(bytes: Uint8Array, file: string): Promise<ReceiptVerification> {
  const { journal } = openSqliteStore({ file, access: 'read' });
  const progress = progressOn(process.stderr);
  try {
    return await verifyReceiptWith(bytes, {
      journal,
      onProgress: ({ doing, seq }) =>
        progress.show(`${doing} · record ${seq.toLocaleString('en-US')}`),
    });
  } finally {
    progress.clear();
    await journal.close();
  }
}

const TOLD: { readonly [what in Told]: string } = {
  decision: 'that others had room or none, and at which price',
  counterparty: 'that the other side was who it was, and could afford it',
  'deleveraged-accounts': 'who was deleveraged, and what each gave',
  'bearers-of-the-loss': 'whose profits bore the loss',
  bids: 'who bid how much, and could pay it',
};

/** What the receipt alone cannot show, by record. */
function toldLines(facts: ReceiptFacts): string[] {
  const records = new Map<Told, number[]>();
  for (const { seq, told } of toldSteps(facts)) {
    for (const what of told) records.set(what, [...(records.get(what) ?? []), seq]);
  }
  return [...records].map(([what, seqs]) => {
    const shown = seqs.slice(0, TOLD_SHOWN).join(', ');
    const more = seqs.length > TOLD_SHOWN ? ` and ${seqs.length - TOLD_SHOWN} more` : '';
    return `  taken as told: ${TOLD[what]} (record ${shown}${more})`;
  });
}

const TOLD_SHOWN = 5;

function verificationText({ problem, receipt, journalRecords }: ReceiptVerification): string {
  const { bold, good, bad } = paintFor(process.stdout);
  if (problem !== null) {
    const { path, expected, found } = problem;
    const place = path === '' ? 'the receipt as a whole' : path;
    const lines = [
      `${bad('✗ refused')} at ${place}`,
      `  expected ${expected}`,
      `  found    ${found}`,
    ];
    return `${lines.join('\n')}\n`;
  }
  const { facts, hash, json } = receipt!;
  const { after } = facts.journal;
  const count = (value: number): string => value.toLocaleString('en-US');
  const plans = facts.steps.filter((step) =>
    step.events.some(({ type }) => type === 'CloseOutPlanned'),
  ).length;
  const checked = [
    'the bytes are canonical, and their hash is the one that they name',
    `health before and after each of ${facts.steps.length} steps follows from balances, ` +
      'positions and prices',
    `sizes, limits, expected costs and penalty fractions of ${plans} ` +
      `${plans === 1 ? 'plan follows' : 'plans follow'} from the rules of the engine, and so do ` +
      'the alternatives',
    'orders, fills, penalties, splits and sums agree, and each step starts where the last ended',
  ];
  const journal =
    journalRecords === null
      ? [
          ...toldLines(facts),
          '  the journal was not consulted: nothing says yet that these are its facts',
        ]
      : [
          `  ${count(journalRecords)} records of the journal decided again, up to its last`,
          '  the receipt made anew from the journal is the same, byte for byte',
        ];
  const running = json['ended'] === true ? [] : ['  the liquidation runs: this is it so far'];
  return `${[
    good('✓ verified'),
    ...checked.map((line) => `  ${line}`),
    ...journal,
    ...running,
    `${bold('receipt hash')}  ${hash}`,
    `${bold('chain hash')}    ${after.chainHash} at record ${after.seq}`,
  ].join('\n')}\n`;
}
