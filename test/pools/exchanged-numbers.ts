/** Commands with one of their numbers exchanged for an absurd one. @module */
import type { Command } from '../../src/engine/index.ts';
import { fromRaw, type Wad } from '../../src/units/index.ts';

const LARGEST = 2n ** 127n - 1n;
const REASONABLE = 10n ** 35n;
/** Numbers at the ends of what a quantity holds, of what a pool reckons with, and of sense. */
export const EXTREMES = [
  0n, 1n, -1n, LARGEST, -LARGEST, REASONABLE, REASONABLE + 1n, -REASONABLE,
  10n ** 18n, 10n ** 24n, 10n ** 30n, 10n ** 9n, 2n, 10n ** 18n - 1n,
]; // biome-ignore format: one list

/** What a twist does: which of the numbers of a command it exchanges, and for what. */
export type Twist = { readonly place: number; readonly extreme: number };

/** The value with its number at a place exchanged; times stay, or nothing would be on time. */
function twisted(value: unknown, twist: Twist, counter = { at: 0 }): unknown {
  const here = () => {
    counter.at += 1;
    return counter.at - 1 === twist.place;
  };
  if (typeof value === 'bigint') return here() ? fromRaw<Wad>(EXTREMES[twist.extreme]!) : value;
  if (typeof value === 'number') {
    const wholes = [0, 1, Number.MAX_SAFE_INTEGER, 2 ** 32];
    return here() ? wholes[twist.extreme % wholes.length] : value;
  }
  if (Array.isArray(value)) return value.map((entry) => twisted(entry, twist, counter));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([field, inner]): [string, unknown] => [
    field,
    field === 'timeMs' ? inner : twisted(inner, twist, counter),
  ]);
  return Object.fromEntries(entries);
}

/** The command with one of its numbers exchanged, whichever the twist falls on. */
export function exchanged(command: Command, twist: Twist): Command {
  const counter = { at: 0 };
  twisted(command, { place: -1, extreme: 0 }, counter);
  const place = twist.place % Math.max(1, counter.at);
  return twisted(command, { ...twist, place }) as Command;
}
