/** Which errors are the input's, which are ours, and how both are told. @module */
import { LabFault } from 'plimsoll/lab';
import { Fault } from 'plimsoll/ports';
import { DecimalError, InvariantViolation } from 'plimsoll/units';
import { InputFault } from './exit-codes.ts';

/** Something that a person can mend: a file, a field, an argument. */
export const isBadInput = (error: unknown): error is Error =>
  error instanceof InputFault ||
  error instanceof LabFault ||
  error instanceof Fault ||
  error instanceof DecimalError;

/** Our own code broke a promise: the run must not be believed. */
export const isDefect = (error: unknown): error is InvariantViolation =>
  error instanceof InvariantViolation;

export const problemText = (error: Error): string => error.message;
