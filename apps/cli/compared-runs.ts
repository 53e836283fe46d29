/** What comparisons of runs have in common: one day each, and what was checked of all. @module */
import type { ReplayResult } from 'plimsoll/lab';
import { counted, minute, money } from './figures.ts';
import { replayVerdicts } from './replay-summary.ts';
import type { Paint } from './terminal.ts';

type Day = Pick<
  ReplayResult,
  'title' | 'window' | 'accounts' | 'markets' | 'openInterest' | 'seed'
>;

export function dayHeading(day: Day, { bold, dim }: Paint): string {
  const { title, window, accounts, markets, openInterest, seed } = day;
  const span = `${minute(window.from)} to ${minute(window.to)} UTC`;
  const facts = [
    counted(accounts, 'account'),
    counted(markets, 'market'),
    `${money(openInterest)} open interest`,
    `seed ${seed}`,
  ];
  return `${bold(title)}  ${dim(span)}\n${facts.join(' · ')}`;
}

export type NamedRun = { readonly name: string; readonly result: ReplayResult };

/** A claim holds where it does in every run; otherwise the runs in which it does not are named. */
export function comparedVerdicts(runs: readonly NamedRun[], { good, bad }: Paint): string {
  const all = runs.map(({ name, result }) => ({ name, verdicts: replayVerdicts(result) }));
  const claims = all[0]!.verdicts.map(({ claim }, at) => {
    const failed = all.filter(({ verdicts }) => !verdicts[at]!.holds);
    if (failed.length === 0) return `  ${good('✓')} ${claim}`;
    const named = failed.map(({ name, verdicts }) => `${name}: ${verdicts[at]!.otherwise}`);
    return `  ${bad('✗')} ${named.join('; ')}`;
  });
  return claims.join('\n');
}

export const everyClaimHolds = (results: readonly ReplayResult[]): boolean =>
  results.every((result) => replayVerdicts(result).every((one) => one.holds));
