/**
 * Kills a journaled replay at seeded moments and holds what is left against the uninterrupted
 * run: every acknowledged record is there, and the recovered journal is a prefix of the whole.
 * @module
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import { recoverPool } from 'plimsoll/runtime';

const CHILD = fileURLToPath(new URL('./replay-child.mjs', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../../scenarios/2021-05-19.yaml', import.meta.url));
const WORLD = ['200', '2021-05-19T12:00:00Z', '2021-05-19T12:25:00Z'];

export type CrashReport = {
  readonly kills: number;
  /** Kills that hit a run which had acknowledged something and was not finished. */
  readonly midway: number;
  readonly recordsWhole: number;
  readonly recoveredMin: number;
  readonly recoveredMax: number;
  readonly problems: readonly string[];
};

/** Runs the child; kills it after so many acknowledgements (and a moment), or lets it end. */
async function runChild(
  file: string,
  options: { readonly killAfter: number | null; readonly delayMs: number; readonly lie: boolean },
): Promise<{ readonly acknowledged: number; readonly acknowledgements: number }> {
  const args = [CHILD, file, SCENARIO, ...WORLD, ...(options.lie ? ['--lie'] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let killing = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const count = text.split('\n').length - 1;
    if (options.killAfter === null || count < options.killAfter || killing) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), options.delayMs);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>(
    (resolve) => {
      child.on('close', (exit, by) => resolve({ code: exit, signal: by }));
    },
  );
  assert.ok(code === 0 || signal === 'SIGKILL', `the child ended with ${code ?? signal}`);
  // What was written before the kill arrived is acknowledged, up to the last whole line.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .trim()
    .split('\n');
  const acknowledged = lines[0] === '' ? 0 : Number(lines.at(-1));
  return { acknowledged, acknowledgements: lines[0] === '' ? 0 : lines.length };
}

/** The journal's records as one run of bytes, after recovering the pool from it. */
async function recovered(file: string): Promise<{ readonly head: number; readonly bytes: Buffer }> {
  const { journal, snapshots } = openSqliteStore({ file, access: 'create' });
  const pool = await recoverPool({ journal, snapshots });
  const parts: Uint8Array[] = [];
  for await (const { bytes } of journal.read({ fromSeq: 1 })) parts.push(Uint8Array.from(bytes));
  await journal.close();
  return { head: pool.head.seq, bytes: Buffer.concat(parts) };
}

/** A small integer generator: the moments of the kills depend on the seed alone. */
function draws(seed: number): (below: number) => number {
  let state = BigInt(seed) * 2n + 1n;
  return (below) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(below));
  };
}

export async function crashRuns(options: {
  readonly kills: number;
  readonly seed: number;
  readonly lie?: boolean;
  readonly onKill?: (done: number) => void;
}): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-crash-'));
  const lie = options.lie ?? false;
  try {
    const wholeFile = join(folder, 'whole.sqlite');
    const unharmed = { killAfter: null, delayMs: 0, lie: false };
    const { acknowledgements } = await runChild(wholeFile, unharmed);
    const whole = await recovered(wholeFile);
    const draw = draws(options.seed);
    const problems: string[] = [];
    const heads: number[] = [];
    let midway = 0;
    for (let kill = 0; kill < options.kills; kill += 1) {
      const file = join(folder, `killed-${kill}.sqlite`);
      const moment = { killAfter: 1 + draw(acknowledgements), delayMs: draw(4), lie };
      const { acknowledged } = await runChild(file, moment);
      const left = await recovered(file);
      heads.push(left.head);
      if (acknowledged > 0 && left.head < whole.head) midway += 1;
      if (left.head < acknowledged) {
        problems.push(
          `kill ${kill}: record ${acknowledged} was acknowledged, ${left.head} is left`,
        );
      }
      if (!whole.bytes.subarray(0, left.bytes.length).equals(left.bytes)) {
        problems.push(`kill ${kill}: the journal is not a prefix of the uninterrupted run`);
      }
      rmSync(file, { force: true });
      options.onKill?.(kill + 1);
    }
    return {
      kills: options.kills,
      midway,
      recordsWhole: whole.head,
      recoveredMin: Math.min(...heads),
      recoveredMax: Math.max(...heads),
      problems,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
