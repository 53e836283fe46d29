/** What the index holds of each account, one row by account number. @module */

export type AccountRows = {
  /** `FLOATS_PER_ACCOUNT` numbers a row, of which the first is `FIXED`. */
  floats: Float64Array;
  /** The same memory, `WORDS_PER_ACCOUNT` integers a row. */
  words: Int32Array;
  count: number;
};

const FLOATS_PER_ACCOUNT = 3;
/** What no price moves: balance less entry values, and what funding settled, in 1e-18. */
const FIXED = 0;

const WORDS_PER_ACCOUNT = 2 * FLOATS_PER_ACCOUNT;
/** Its rows among the legs. */
const FIRST = 2;
const COUNT = 3;
/** How often it was certified. */
const CERTIFIED = 4;
const FLAGS = 5;

/** It waits to be looked at. */
export const SUSPECT = 1;
/** Its rows do not say what it holds now. */
export const OUTDATED = 2;
/** It owes or has lent: its surplus is found exactly. */
export const LENDING = 4;
/** It cannot be judged before a price is valid or a gate opens again. */
export const PARKED = 8;

export const createAccountRows = (): AccountRows => {
  const floats = new Float64Array(0);
  return { floats, words: new Int32Array(floats.buffer), count: 0 };
};

/** Makes room for accounts 0 to `count` − 1. */
export function growAccounts(accounts: AccountRows, count: number): void {
  accounts.count = count;
  if (count * FLOATS_PER_ACCOUNT <= accounts.floats.length) return;
  const longer = new Float64Array(Math.max(count * FLOATS_PER_ACCOUNT, 2 * accounts.floats.length));
  longer.set(accounts.floats);
  accounts.floats = longer;
  accounts.words = new Int32Array(longer.buffer);
}

export const fixedOf = ({ floats }: AccountRows, account: number): number =>
  floats[account * FLOATS_PER_ACCOUNT + FIXED]!;

export function setFixed({ floats }: AccountRows, account: number, fixed: number): void {
  floats[account * FLOATS_PER_ACCOUNT + FIXED] = fixed;
}

export const firstLegOf = ({ words }: AccountRows, account: number): number =>
  words[account * WORDS_PER_ACCOUNT + FIRST]!;

export const legCountOf = ({ words }: AccountRows, account: number): number =>
  words[account * WORDS_PER_ACCOUNT + COUNT]!;

export function setLegs(
  { words }: AccountRows,
  account: number,
  first: number,
  count: number,
): void {
  words[account * WORDS_PER_ACCOUNT + FIRST] = first;
  words[account * WORDS_PER_ACCOUNT + COUNT] = count;
}

export const certificatesOf = ({ words }: AccountRows, account: number): number =>
  words[account * WORDS_PER_ACCOUNT + CERTIFIED]!;

export function countCertificate({ words }: AccountRows, account: number): void {
  words[account * WORDS_PER_ACCOUNT + CERTIFIED]! += 1;
}

export const hasFlag = ({ words }: AccountRows, account: number, flags: number): boolean =>
  (words[account * WORDS_PER_ACCOUNT + FLAGS]! & flags) !== 0;

export function raiseFlag({ words }: AccountRows, account: number, flags: number): void {
  words[account * WORDS_PER_ACCOUNT + FLAGS]! |= flags;
}

export function lowerFlag({ words }: AccountRows, account: number, flags: number): void {
  words[account * WORDS_PER_ACCOUNT + FLAGS]! &= ~flags;
}
