/** The two answers a decision can give. @module */
import { type Event, type Outcome, type RejectionCode, rejection } from '../schema/index.ts';

export const accepted = (...events: readonly Event[]): Outcome => ({ type: 'Accepted', events });

export const rejected = (
  code: RejectionCode,
  details: { readonly [name: string]: string | number } = {},
): Outcome => ({ type: 'Rejected', rejection: rejection(code, details) });
