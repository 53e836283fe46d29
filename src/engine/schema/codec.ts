/**
 * Shapes: one declaration gives the TypeScript type, the canonical binary encoding and the JSON
 * view of a record, and reads both back. The encoding has exactly one form per value:
 * schema-ordered fields, length-prefixed ASCII strings, 16-byte two's-complement quantities, no
 * optional fields.
 * @module
 */
import {
  assert,
  formatDecimal,
  fromRaw,
  isId,
  parseDecimal,
  rawOf,
  type Wad,
} from '../../units/index.ts';
import {
  type ByteReader,
  type ByteWriter,
  byteReader,
  byteWriter,
  fail,
  reserve,
  take,
  textOf,
  writtenBytes,
} from './bytes.ts';
import { type JsonReader, jsonReader, refuse, within } from './json-reader.ts';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export type Shape<T> = {
  readonly write: (writer: ByteWriter, value: T) => void;
  readonly read: (reader: ByteReader) => T;
  readonly json: (value: T) => Json;
  /** The inverse of `json`: takes what `json` writes and nothing else. */
  readonly fromJson: (reader: JsonReader, view: unknown) => T;
};

export type Infer<S> = S extends Shape<infer T> ? T : never;

const WORD = BigInt(64);
const WORD_LIMIT = 1n << WORD;
const QUANTITY_MIN = 1n - (1n << BigInt(127));

/** A quantity: 16 bytes, two's complement; in JSON a decimal string. */
export function wad<U extends Wad>(): Shape<U> {
  return {
    write: (writer, value) => writeBig128(writer, rawOf(value)),
    read: (reader) => fromRaw<U>(readBig128(reader)),
    json: (value) => formatDecimal(value),
    fromJson: (reader, view) => {
      const parsed = typeof view === 'string' ? parseDecimal(view) : null;
      if (parsed?.ok === true && formatDecimal(fromRaw<U>(parsed.value)) === view) {
        return fromRaw<U>(parsed.value);
      }
      refuse(reader, 'a decimal string in its shortest form', view);
      return fromRaw<U>(0n);
    },
  };
}

/** Most quantities have one word: those are spared the arithmetic on the other. */
function writeBig128(writer: ByteWriter, value: bigint): void {
  const at = reserve(writer, 16);
  const { view } = writer;
  if (value >= 0n && value < WORD_LIMIT) {
    view.setUint32(at, 0);
    view.setUint32(at + 4, 0);
  } else {
    // Both setters keep the low 64 bits of what they are given.
    view.setBigInt64(at, value >> WORD);
  }
  view.setBigUint64(at + 8, value);
}

function readBig128(reader: ByteReader): bigint {
  const at = take(reader, 16);
  if (at < 0) return 0n;
  const { view } = reader;
  const [upper, lower] = [view.getInt32(at), view.getInt32(at + 4)];
  if (upper === 0 && lower === 0) return view.getBigUint64(at + 8);
  const isShortNegative = upper === -1 && lower === -1 && view.getInt32(at + 8) < 0;
  if (isShortNegative) return view.getBigInt64(at + 8);
  const value = (view.getBigInt64(at) << WORD) | view.getBigUint64(at + 8);
  if (value >= QUANTITY_MIN) return value;
  fail(reader, 'expected a quantity above -2^127');
  return 0n;
}

/** An exact accumulator (units of 1e-36): 32 bytes, two's complement; in JSON an integer string. */
export const exactSum: Shape<bigint> = {
  write: (writer, value) => {
    assert(BigInt.asIntN(256, value) === value, 'RANGE', 'exact sum exceeded 256 bits');
    const at = reserve(writer, 32);
    if (value === 0n) {
      writer.bytes.fill(0, at, at + 32);
      return;
    }
    for (let word = 0; word < 4; word += 1) {
      const shifted = value >> BigInt(64 * (3 - word));
      writer.view.setBigUint64(at + 8 * word, BigInt.asUintN(64, shifted));
    }
  },
  read: (reader) => {
    const at = take(reader, 32);
    if (at < 0) return 0n;
    let value = reader.view.getBigInt64(at);
    for (let word = 1; word < 4; word += 1) {
      value = (value << WORD) | reader.view.getBigUint64(at + 8 * word);
    }
    return value;
  },
  json: (value) => value.toString(),
  fromJson: (reader, view) => {
    const shaped = typeof view === 'string' && INTEGER.test(view);
    const value = shaped ? BigInt(view) : 0n;
    if (shaped && BigInt.asIntN(256, value) === value) return value;
    refuse(reader, 'an integer string of at most 256 bits', view);
    return 0n;
  },
};

/** 256 bits are at most 77 digits. */
const INTEGER = /^(0|-?[1-9][0-9]{0,77})$/;

/** A whole number from 0 to 2^53 − 1: 8 bytes. Engine time, durations, seqs, counters. */
export function whole<N extends number = number>(): Shape<N> {
  return {
    write: (writer, value) => {
      if (!Number.isSafeInteger(value) || value < 0) {
        assert(false, 'RANGE', `whole number was ${value}`);
      }
      const at = reserve(writer, 8);
      writer.view.setUint32(at, Math.floor(value / 0x1_0000_0000));
      writer.view.setUint32(at + 4, value % 0x1_0000_0000);
    },
    read: (reader) => {
      const at = take(reader, 8);
      if (at < 0) return 0 as N;
      const high = reader.view.getUint32(at);
      if (high >= 0x20_0000) fail(reader, 'expected a whole number below 2^53');
      return (high * 0x1_0000_0000 + reader.view.getUint32(at + 4)) as N;
    },
    json: (value) => value,
    fromJson: (reader, view) => {
      if (typeof view === 'number' && Number.isSafeInteger(view) && view >= 0) return view as N;
      refuse(reader, 'a whole number below 2^53', view);
      return 0 as N;
    },
  };
}

/** Printable ASCII of at most 65,535 characters. */
export const text: Shape<string> = {
  write: (writer, value) => {
    assert(value.length <= 0xffff, 'RANGE', 'text was longer than 65,535 characters');
    const at = reserve(writer, 2 + value.length);
    writer.view.setUint16(at, value.length);
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code < 0x20 || code >= 0x7f) {
        assert(false, 'ASCII', `text had the character code ${code}`);
      }
      writer.bytes[at + 2 + index] = code;
    }
  },
  read: (reader) => {
    const lengthAt = take(reader, 2);
    if (lengthAt < 0) return '';
    const count = reader.view.getUint16(lengthAt);
    const at = take(reader, count);
    if (at < 0) return '';
    for (let place = at; place < at + count; place += 1) {
      const code = reader.bytes[place]!;
      if (code < 0x20 || code >= 0x7f) fail(reader, 'expected ASCII text');
    }
    return textOf(reader.bytes, at, count);
  },
  json: (value) => value,
  fromJson: (reader, view) => {
    if (typeof view === 'string' && view.length <= 0xffff && PRINTABLE.test(view)) return view;
    refuse(reader, 'printable ASCII text', view);
    return '';
  },
};

const PRINTABLE = /^[\x20-\x7e]*$/;

/** An outside identifier. */
export function id<T extends string>(): Shape<T> {
  return {
    write: (writer, value) => {
      // What is written must be readable: a reader refuses anything else.
      if (!isId(value)) assert(false, 'ID', `expected an id, was "${value}"`);
      text.write(writer, value);
    },
    read: (reader) => {
      const value = text.read(reader);
      if (reader.problem === null && !isId(value)) fail(reader, `expected an id, was "${value}"`);
      return value as T;
    },
    json: (value) => value,
    fromJson: (reader, view) => {
      if (typeof view === 'string' && isId(view)) return view as T;
      refuse(reader, 'an id', view);
      return '' as T;
    },
  };
}

export const flag: Shape<boolean> = {
  write: (writer, value) => {
    const at = reserve(writer, 1);
    writer.bytes[at] = value ? 1 : 0;
  },
  read: (reader) => {
    const at = take(reader, 1);
    if (at < 0) return false;
    if (reader.bytes[at]! > 1) fail(reader, 'expected a flag of 0 or 1');
    return reader.bytes[at] === 1;
  },
  json: (value) => value,
  fromJson: (reader, view) => {
    if (typeof view !== 'boolean') refuse(reader, 'true or false', view);
    return view === true;
  },
};

/** One of a closed list of words, encoded by its place: append only, never reorder. */
export function oneOf<const W extends readonly string[]>(...words: W): Shape<W[number]> {
  return {
    write: (writer, value) => {
      const place = words.indexOf(value);
      if (place < 0) assert(false, 'SHAPE', `expected one of ${words.join(', ')}, was ${value}`);
      const at = reserve(writer, 1);
      writer.bytes[at] = place;
    },
    read: (reader) => {
      const at = take(reader, 1);
      const word = at < 0 ? undefined : words[reader.bytes[at]!];
      if (word === undefined) fail(reader, `expected one of ${words.join(', ')}`);
      return word ?? words[0]!;
    },
    json: (value) => value,
    fromJson: (reader, view) => {
      const word = words.find((candidate) => candidate === view);
      if (word === undefined) refuse(reader, `one of ${words.join(', ')}`, view);
      return word ?? words[0]!;
    },
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    write: (writer, value) => {
      flag.write(writer, value !== null);
      if (value !== null) shape.write(writer, value);
    },
    read: (reader) => (flag.read(reader) ? shape.read(reader) : null),
    json: (value) => (value === null ? null : shape.json(value)),
    fromJson: (reader, view) => (view === null ? null : shape.fromJson(reader, view)),
  };
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    write: (writer, values) => {
      const at = reserve(writer, 4);
      writer.view.setUint32(at, values.length);
      for (const value of values) shape.write(writer, value);
    },
    read: (reader) => {
      const at = take(reader, 4);
      if (at < 0) return [];
      const count = reader.view.getUint32(at);
      // Growing a list would leave it room for many more, for as long as it is kept.
      if (count === 0) return [];
      if (count === 1) return [shape.read(reader)];
      const values: T[] = [];
      // Stops at the first problem: a corrupt count must not allocate.
      for (let index = 0; index < count && reader.problem === null; index += 1) {
        values.push(shape.read(reader));
      }
      return values.slice();
    },
    json: (values) => values.map((value) => shape.json(value)),
    fromJson: (reader, view) => {
      if (!Array.isArray(view)) refuse(reader, 'a list', view);
      const values: T[] = [];
      for (const [at, entry] of (Array.isArray(view) ? view : []).entries()) {
        if (reader.problem !== null) break;
        values.push(within(reader, at, () => shape.fromJson(reader, entry)));
      }
      return values;
    },
  };
}

type Fields = { readonly [name: string]: Shape<never> };
export type RecordOf<F> = { readonly [K in keyof F]: Infer<F[K]> };
type RecordShape<F> = Shape<RecordOf<F>> & {
  /** Reads the fields into an object that has others already. */
  readonly readInto: (reader: ByteReader, result: { [name: string]: unknown }) => object;
};

/** Named fields, encoded in the order of their declaration. */
export function record<F extends { readonly [name: string]: unknown }>(fields: F): RecordShape<F> {
  const names = Object.keys(fields); // determinism-ok: string keys keep declaration order
  const shapes = names.map((name) => (fields as unknown as Fields)[name]!);
  const readInto = (reader: ByteReader, result: { [name: string]: unknown }) => {
    for (let at = 0; at < names.length; at += 1) result[names[at]!] = shapes[at]!.read(reader);
    return result;
  };
  return {
    write: (writer, value) => {
      const values = value as unknown as { readonly [name: string]: never };
      for (let at = 0; at < names.length; at += 1) shapes[at]!.write(writer, values[names[at]!]!);
    },
    read: (reader) => readInto(reader, {}) as RecordOf<F>,
    readInto,
    json: (value) => {
      const values = value as unknown as { readonly [name: string]: never };
      const result: { [name: string]: Json } = {};
      for (let at = 0; at < names.length; at += 1) {
        result[names[at]!] = shapes[at]!.json(values[names[at]!]!);
      }
      return result;
    },
    fromJson: (reader, view) => {
      const fields = jsonFields(reader, view);
      const result: { [name: string]: unknown } = {};
      for (let at = 0; at < names.length; at += 1) {
        const name = names[at]!;
        result[name] = within(reader, name, () => shapes[at]!.fromJson(reader, fields(name)));
      }
      return result as RecordOf<F>;
    },
  };
}

/** Fields of a JSON object by name; others than those asked for are not looked at. */
function jsonFields(reader: JsonReader, view: unknown): (name: string) => unknown {
  if (typeof view !== 'object' || view === null || Array.isArray(view)) {
    refuse(reader, 'an object', view);
    return () => undefined;
  }
  const fields = view as { readonly [name: string]: unknown };
  return (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
}

/** A member of a union: its permanent number and its fields. */
export type Variant<F> = { readonly code: number; readonly shape: RecordShape<F> };

export function variant<F extends { readonly [name: string]: unknown }>(
  code: number,
  fields: F,
): Variant<F> {
  return { code, shape: record(fields) };
}

export type UnionOf<V> = {
  [K in keyof V]: V[K] extends Variant<infer F> ? { readonly type: K } & RecordOf<F> : never;
}[keyof V];

/** Tagged union: two bytes of permanent code, then the fields of that variant. */
export function union<V extends { readonly [name: string]: unknown }>(
  variants: V,
): Shape<UnionOf<V>> {
  type Member = { readonly code: number; readonly shape: RecordShape<unknown> };
  const names = Object.keys(variants); // determinism-ok: lookup tables only, order is not observed
  const byName = new Map(names.map((name) => [name, variants[name] as Member] as const));
  const nameByCode = new Map(names.map((name) => [(variants[name] as Member).code, name] as const));
  assert(nameByCode.size === names.length, 'SHAPE', 'two variants share a code');
  const memberOf = (value: unknown): Member => {
    const { type } = value as { readonly type: string };
    const member = byName.get(type);
    if (member === undefined) assert(false, 'SHAPE', `no variant is named ${type}`);
    return member;
  };
  return {
    write: (writer, value) => {
      const member = memberOf(value);
      const at = reserve(writer, 2);
      writer.view.setUint16(at, member.code);
      member.shape.write(writer, value);
    },
    read: (reader) => {
      const at = take(reader, 2);
      const code = at < 0 ? -1 : reader.view.getUint16(at);
      const type = nameByCode.get(code);
      if (type === undefined) {
        fail(reader, `no variant has the code ${code}`);
        return { type: names[0] } as UnionOf<V>;
      }
      return byName.get(type)!.shape.readInto(reader, { type }) as UnionOf<V>;
    },
    json: (value) => {
      const member = memberOf(value);
      const fields = member.shape.json(value) as { readonly [key: string]: Json };
      return { type: (value as { readonly type: string }).type, ...fields };
    },
    fromJson: (reader, view) => {
      const type = jsonFields(reader, view)('type');
      const member = typeof type === 'string' ? byName.get(type) : undefined;
      if (member === undefined) {
        within(reader, 'type', () => refuse(reader, 'the name of a variant', type));
        return { type: names[0] } as UnionOf<V>;
      }
      return { type, ...(member.shape.fromJson(reader, view) as object) } as UnionOf<V>;
    },
  };
}

export function encode<T>(shape: Shape<T>, value: T): Uint8Array {
  const writer = byteWriter();
  shape.write(writer, value);
  return writtenBytes(writer);
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T; readonly length: number }
  | { readonly ok: false; readonly problem: string };

/** Reads one value from the start of the bytes; `length` says how many it took. */
export function decode<T>(shape: Shape<T>, bytes: Uint8Array, offset = 0): Decoded<T> {
  const reader = byteReader(bytes, offset);
  const value = shape.read(reader);
  if (reader.problem !== null) return { ok: false, problem: reader.problem };
  return { ok: true, value, length: reader.offset - offset };
}

export type FromJson<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** Reads one value from its JSON view; fields that the shape does not name are passed over. */
export function fromJson<T>(shape: Shape<T>, view: unknown): FromJson<T> {
  const reader = jsonReader();
  const value = shape.fromJson(reader, view);
  return reader.problem === null ? { ok: true, value } : { ok: false, problem: reader.problem };
}
