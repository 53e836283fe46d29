/**
 * The class of what can be wrong with a scenario or with price files. Thrown before anything is
 * journaled, so that bad input leaves nothing half applied.
 * @module
 */

export type LabFaultCode =
  | 'PRICE_FILE_MALFORMED'
  | 'NO_PRICES'
  | 'WINDOW_EMPTY'
  | 'SCENARIO_INVALID'
  | 'JOURNAL_NOT_EMPTY'
  | 'COMMAND_REFUSED';

export type LabFaultFacts = {
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  /** Where it was read, and the line counted from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly cause?: unknown;
};

/** Input to the lab was not usable. Not retryable: the same input fails again. */
export class LabFault extends Error {
  override readonly name = 'LabFault';
  readonly code: LabFaultCode;
  readonly shortMessage: string;
  readonly facts: LabFaultFacts;
  readonly retryable = false;

  constructor(code: LabFaultCode, facts: LabFaultFacts) {
    const { message, expected, found, file, line, cause } = facts;
    const where = file === undefined ? '' : line === undefined ? `${file}: ` : `${file}:${line}: `;
    const text = `${where}${message}: expected ${expected}, found ${found}`;
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.shortMessage = message;
    this.facts = facts;
  }
}

/** Outside text in a message, cut and quoted. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
