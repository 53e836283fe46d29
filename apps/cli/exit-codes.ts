/** What the command's exit code says. @module */

export const OK = 0;
/** The run itself found a violation: a broken invariant, a journal that does not verify. */
export const VIOLATION = 1;
/** The input was not usable; nothing was done. */
export const BAD_INPUT = 2;

/** Input that a person can mend: a message that names file, place and expectation. */
export class InputFault extends Error {
  override readonly name = 'InputFault';
  readonly code = 'BAD_INPUT';
}
