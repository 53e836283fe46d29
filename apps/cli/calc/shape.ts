/**
 * What a JSON value must look like to be read as a number with a unit, an id, a list or a record.
 * The same declaration reads the input, names what is wrong with it, and fills `calc --list`.
 * Nothing here throws: a value that does not fit is answered with its path, what was expected
 * and what was found.
 * @module
 */
import { isId } from 'plimsoll/units';
import { found, nameOfKey, nearestName } from './found.ts';

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** A field as `calc --list` shows it; `name` is a path such as `positions[].size`. */
export type FieldInfo = {
  readonly name: string;
  readonly unit: string;
  readonly required: boolean;
  readonly meaning: string;
};

export type Shape<T> = {
  readonly unit: string;
  /** Completes "expected …". */
  readonly expected: string;
  readonly meaning: string;
  readonly required: boolean;
  /** Fields of a record, or of each record of a list; names relative to this shape. */
  readonly fields: readonly FieldInfo[];
  /** `undefined` stands for a field that is absent. */
  readonly read: (value: unknown, path: string) => Reading<T>;
};

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ShapeValue<S> = S extends Shape<infer T> ? T : never;
export type ValueOf<F extends Fields> = { readonly [K in keyof F]: ShapeValue<F[K]> };

export const accepted = <T>(value: T): Reading<T> => ({ ok: true, value });

/** A problem at a path; the whole input has the empty path. */
export function refused(path: string, text: string): { readonly ok: false; problem: string } {
  return { ok: false, problem: path === '' ? text : `${path}: ${text}` };
}

export function mismatch(shape: { expected: string }, value: unknown, path: string) {
  if (value === undefined) return refused(path, `missing, expected ${shape.expected}`);
  return refused(path, `expected ${shape.expected}, was ${found(value)}`);
}

/** A shape whose values are single JSON values. */
export function scalar<T>({
  unit,
  expected,
  meaning,
  parse,
}: {
  readonly unit: string;
  readonly expected: string;
  readonly meaning: string;
  /** Null where the value does not fit. */
  readonly parse: (value: unknown) => T | null;
}): Shape<T> {
  const read = (value: unknown, path: string): Reading<T> => {
    const parsed = parse(value);
    return parsed === null ? mismatch({ expected }, value, path) : accepted(parsed);
  };
  return { unit, expected, meaning, required: true, fields: [], read };
}

/** An outside identifier. */
export const id = (meaning: string): Shape<string> =>
  scalar({
    unit: 'id',
    expected: 'an id of 1 to 64 characters of A-Z a-z 0-9 . _ : / -',
    meaning,
    parse: (value) => (typeof value === 'string' && isId(value) ? value : null),
  });

/** One of a few words. */
export function oneOf<const W extends string>(meaning: string, words: readonly W[]): Shape<W> {
  return scalar({
    unit: words.map((word) => `"${word}"`).join(' | '),
    expected: `one of ${words.map((word) => `"${word}"`).join(', ')}`,
    meaning,
    parse: (value) => words.find((word) => word === value) ?? null,
  });
}

/** A field that may be absent or null; it is read as null then. */
export function optional<T>(shape: Shape<T>): Shape<T | null> {
  return { ...fallback<T | null>(shape, null) };
}

/** A field that may be absent or null; the value stands in then. */
export function fallback<T>(shape: Shape<T>, value: T): Shape<T> {
  return {
    ...shape,
    required: false,
    read: (given, path) =>
      given === undefined || given === null ? accepted(value) : shape.read(given, path),
  };
}

/** A field that must be present and may be null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  const expected = `${shape.expected}, or null`;
  return {
    ...shape,
    unit: `${shape.unit} | null`,
    expected,
    read: (value, path) => {
      if (value === undefined) return mismatch({ expected }, value, path);
      return value === null ? accepted(null) : shape.read(value, path);
    },
  };
}

/** A shape with one more rule on the value read; the rule says what is wrong, or null. */
export function checked<T>(
  shape: Shape<T>,
  rule: (value: T, path: string) => string | null,
): Shape<T> {
  return {
    ...shape,
    read: (given, path) => {
      const reading = shape.read(given, path);
      if (!reading.ok) return reading;
      const problem = rule(reading.value, path);
      return problem === null ? reading : refused(path, problem);
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** An object with exactly the fields declared. */
export function record<F extends Fields>(meaning: string, declared: F): Shape<ValueOf<F>> {
  const names = Object.keys(declared);
  const expected = `an object with the fields ${names.join(', ')}`;
  const read = (value: unknown, path: string): Reading<ValueOf<F>> => {
    if (!isRecord(value)) return mismatch({ expected }, value, path);
    for (const key of Object.keys(value)) {
      if (!names.includes(key)) return unknownField(key, names, path);
    }
    const values: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(declared)) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      const reading = shape.read(given, joined(path, name));
      if (!reading.ok) return reading;
      values[name] = reading.value;
    }
    return accepted(values as ValueOf<F>);
  };
  return { unit: 'record', expected, meaning, required: true, fields: fieldsOf(declared), read };
}

function unknownField(key: string, names: readonly string[], path: string) {
  const near = nearestName(key, names);
  const hint = near === null ? `expected ${names.join(', ')}` : `did you mean "${near}"?`;
  return refused(joined(path, nameOfKey(key)), `unknown field, ${hint}`);
}

function fieldsOf(declared: Fields): FieldInfo[] {
  return Object.entries(declared).flatMap(([name, { unit, required, meaning, fields }]) => [
    { name, unit, required, meaning },
    ...fields.map((inner) => ({
      ...inner,
      name: inner.name.startsWith('[]') ? `${name}${inner.name}` : `${name}.${inner.name}`,
    })),
  ]);
}

/** A list of at most so many items; records may be required to differ in one field. */
export function list<T>(
  meaning: string,
  item: Shape<T>,
  {
    atLeast = 0,
    atMost,
    unique = null,
  }: {
    readonly atLeast?: number;
    readonly atMost: number;
    readonly unique?: (keyof T & string) | null;
  },
): Shape<readonly T[]> {
  const count = atLeast === 0 ? `at most ${atMost}` : `${atLeast} to ${atMost}`;
  const expected = `a list of ${count} items`;
  const read = (value: unknown, path: string): Reading<readonly T[]> => {
    if (!Array.isArray(value)) return mismatch({ expected }, value, path);
    if (value.length < atLeast || value.length > atMost) return mismatch({ expected }, value, path);
    const items: T[] = [];
    const seen = new Map<unknown, number>();
    for (const [index, given] of value.entries()) {
      const at = `${path}[${index}]`;
      const reading = item.read(given, at);
      if (!reading.ok) return reading;
      const key = unique === null ? index : reading.value[unique];
      const earlier = seen.get(key);
      if (earlier !== undefined) {
        return refused(`${at}.${unique}`, `"${key}" is already that of ${path}[${earlier}]`);
      }
      seen.set(key, index);
      items.push(reading.value);
    }
    return accepted(items);
  };
  const fields = item.fields.map((inner) => ({ ...inner, name: `[].${inner.name}` }));
  return { unit: `list of ${item.unit}s`, expected, meaning, required: true, fields, read };
}

type Cases = Readonly<Record<string, Fields>>;
export type CaseOf<C extends Cases> = {
  [K in keyof C & string]: { readonly variant: K; readonly input: ValueOf<C[K]> };
}[keyof C & string];

/**
 * The top-level object of a formula with named variants, each with its own fields. The field that
 * names the variant is required unless there is a standard one.
 */
export function variants<C extends Cases>(
  meaning: string,
  {
    cases,
    standard = null,
    key = 'variant',
  }: {
    readonly cases: C;
    readonly standard?: (keyof C & string) | null;
    readonly key?: string;
  },
): Shape<CaseOf<C>> {
  const names = Object.keys(cases);
  const word: Shape<string> = oneOf(meaning, names);
  const variant = standard === null ? word : fallback<string>(word, standard);
  const shapes = new Map(
    Object.entries(cases).map(([name, fields]) => [
      name,
      record('', { [key]: variant, ...fields }),
    ]),
  );
  const expected = 'a JSON object';
  const read = (value: unknown, path: string): Reading<CaseOf<C>> => {
    if (!isRecord(value)) return mismatch({ expected }, value, path);
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const name = variant.read(given, joined(path, key));
    if (!name.ok) return name;
    const input = shapes.get(name.value)!.read(value, path);
    return input.ok ? accepted({ variant: name.value, input: input.value } as CaseOf<C>) : input;
  };
  const fields = [
    ...fieldsOf({ [key]: variant }),
    ...Object.entries(cases).flatMap(([name, declared]) =>
      fieldsOf(declared).map((info) => ({ ...info, meaning: `[${name}] ${info.meaning}` })),
    ),
  ];
  return { unit: 'record', expected, meaning, required: true, fields, read };
}
