/**
 * What a formula of `plimsoll calc` is: named fields with units in, named outputs with units out,
 * and a function between them that answers or says what is wrong, and never throws.
 * @module
 */
import { formatDecimal, type Wad } from 'plimsoll/units';
import type { FieldInfo, Shape } from './shape.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type CalcOutcome =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly problem: string };

/** A field of the output; `name` is a path such as `positions[].notional`. */
type OutputInfo = { readonly name: string; readonly unit: string };

export type CalcInfo = {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly fields: readonly FieldInfo[];
  readonly outputs: readonly OutputInfo[];
  readonly source: string;
};

export type Calc = CalcInfo & { readonly run: (input: unknown) => CalcOutcome };

export const answer = (output: Json): CalcOutcome => ({ ok: true, output });

/** A decimal string, or null where there is no value. */
export const shown = (value: Wad | null): string | null =>
  value === null ? null : formatDecimal(value);

export function calc<T>({
  input,
  outputs,
  compute,
  ...described
}: {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly input: Shape<T>;
  /** Unit of each output by its path. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly compute: (input: T) => CalcOutcome;
}): Calc {
  return {
    name: described.name,
    summary: described.summary,
    fields: input.fields,
    outputs: Object.entries(outputs).map(([name, unit]) => ({ name, unit })),
    source: described.source,
    run: (given) => {
      const reading = input.read(given, '');
      return reading.ok ? compute(reading.value) : reading;
    },
  };
}
