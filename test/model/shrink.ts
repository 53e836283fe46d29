/**
 * Makes the script of a divergence shorter: drops runs of commands, ever smaller ones, as long as
 * engine and model still disagree.
 * @module
 */
import { createLockstep, Divergence, type Subject } from './lockstep.ts';
import type { Entry } from './script.ts';

/** What goes wrong when these commands are taken; null when nothing does. */
function divergenceOf(entries: readonly Entry[], subject: () => Subject): string | null {
  const lockstep = createLockstep(subject(), new Map());
  try {
    for (const entry of entries) lockstep.take(entry);
    lockstep.compareStates();
    return null;
  } catch (error) {
    if (error instanceof Divergence) return error.message;
    throw error;
  }
}

/** A script as short as dropping commands makes it, with what still goes wrong. */
export function shrunk(
  entries: readonly Entry[],
  subject: () => Subject,
): { readonly entries: readonly Entry[]; readonly says: string } | null {
  let best = entries;
  let says = divergenceOf(best, subject);
  if (says === null) return null;
  for (let run = Math.ceil(best.length / 2); run >= 1; run = Math.floor(run / 2)) {
    for (let at = 0; at < best.length; ) {
      const fewer = [...best.slice(0, at), ...best.slice(at + run)];
      const still = divergenceOf(fewer, subject);
      if (still === null) {
        at += run;
        continue;
      }
      best = fewer;
      says = still;
    }
  }
  return { entries: best, says };
}
