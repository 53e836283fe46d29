/** `plimsoll recover`. @module */
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import { recoverPool } from 'plimsoll/runtime';
import { OK } from './exit-codes.ts';
import { paintFor, progressOn } from './terminal.ts';

export async function recoverCommand(
  file: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const { journal, snapshots } = openSqliteStore({ file, access: 'read' });
  const progress = progressOn(process.stderr);
  try {
    const pool = await recoverPool({
      journal,
      snapshots,
      onProgress: ({ seq }) => progress.show(`recovering · record ${seq.toLocaleString('en-US')}`),
    });
    progress.clear();
    const result = {
      journal: file,
      headSeq: pool.head.seq,
      headTime: new Date(pool.head.time).toISOString(),
      stateHash: pool.stateHash,
      chainHash: pool.chainHash,
      status: pool.manifest?.status ?? null,
      snapshotSeq: pool.snapshotSeq,
      recordsReplayed: pool.replayed,
      accounts: pool.engine.state.accounts.length,
      runningLiquidations: pool.engine.state.liquidations.size,
    };
    if (options.json === true) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else process.stdout.write(recoveryText(result));
    return OK;
  } finally {
    progress.clear();
    await journal.close();
  }
}

function recoveryText(result: {
  readonly headSeq: number;
  readonly headTime: string;
  readonly stateHash: string;
  readonly chainHash: string;
  readonly status: string | null;
  readonly snapshotSeq: number | null;
  readonly recordsReplayed: number;
  readonly accounts: number;
  readonly runningLiquidations: number;
}): string {
  const paint = paintFor(process.stdout);
  const base = result.snapshotSeq === null ? 'the beginning' : `snapshot ${result.snapshotSeq}`;
  return [
    `${paint.bold('head')}        record ${result.headSeq} at ${result.headTime}`,
    `${paint.bold('state hash')}  ${result.stateHash}`,
    `${paint.bold('chain hash')}  ${result.chainHash}`,
    `${paint.bold('pool')}        ${result.accounts} accounts, ` +
      `${result.runningLiquidations} running liquidations`,
    `${paint.bold('run')}         ${statusText(result.status)}; ` +
      `${result.recordsReplayed} records replayed from ${base}`,
    '',
  ].join('\n');
}

/** A journal that was never sealed was cut off, whoever may be writing it now. */
function statusText(status: string | null): string {
  if (status === null) return 'empty';
  return status === 'sealed'
    ? 'complete'
    : status === 'quarantined'
      ? status
      : 'cut off or running';
}
