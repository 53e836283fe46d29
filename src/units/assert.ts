/**
 * Assertions that stay on in production. A failed assertion means that our own code is wrong,
 * never that the outside world misbehaved: outside facts are rejections, events or faults.
 * @module
 */

/** The class of a defect: an invariant of `docs/invariants.md` or a contract was broken. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
  /** The invariant's number (`INV-5`) or the name of the violated contract. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** @throws InvariantViolation when the condition does not hold. */
export function assert(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(code, message);
}
