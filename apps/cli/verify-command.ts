/** `plimsoll verify`. @module */
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import { type VerificationReport, verifyJournal } from 'plimsoll/runtime';
import { OK, VIOLATION } from './exit-codes.ts';
import { paintFor, progressOn } from './terminal.ts';

export async function verifyCommand(
  file: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const { journal } = openSqliteStore({ file, access: 'read' });
  const progress = progressOn(process.stderr);
  try {
    const report = await verifyJournal({
      journal,
      onProgress: ({ seq }) => progress.show(`verifying · record ${seq.toLocaleString('en-US')}`),
    });
    progress.clear();
    if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else process.stdout.write(verificationText(report));
    return report.violations.length === 0 ? OK : VIOLATION;
  } finally {
    progress.clear();
    await journal.close();
  }
}

function verificationText(report: VerificationReport): string {
  const { bold, good, bad } = paintFor(process.stdout);
  const count = (value: number): string => value.toLocaleString('en-US');
  const checked = [
    `${count(report.commands)} commands decided again: ${count(report.events)} events and ` +
      `${count(report.rejections)} rejections compared byte for byte`,
    `due work recomputed after each of ${count(report.records)} records`,
    `${count(report.seals)} sealed hashes compared`,
  ];
  const lines = checked.map((line) => `  ${line}`);
  const verdict = report.violations.length === 0 ? good('✓ verified') : bad('✗ violations found');
  const violations = report.violations.map(
    ({ seq, what, expected, found }) =>
      `  ${bad(`record ${seq}`)} ${what}\n    expected ${expected}\n    found    ${found}`,
  );
  const unsealed = report.manifest?.status !== 'sealed';
  const state = unsealed
    ? ['  the run was cut off or is still running: this is what there is so far']
    : [];
  const hashes = [
    `${bold('state hash')}  ${report.stateHash}`,
    `${bold('chain hash')}  ${report.chainHash}`,
  ];
  return `${[verdict, ...lines, ...state, ...violations, ...hashes].join('\n')}\n`;
}
