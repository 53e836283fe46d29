/** Arbitrary values of single fields of the schema, over their whole range. @module */
import fc from 'fast-check';
import {
  type AccountId,
  type AssetId,
  type EngineTimeMs,
  fromRaw,
  type IndexId,
  type MarketId,
  type Wad,
} from '../../src/units/index.ts';

type Arbitrary<T> = fc.Arbitrary<T>;

/** A plain object, as the decoder makes them. */
export const record = <M extends object>(
  model: { [K in keyof M]: Arbitrary<M[K]> },
): Arbitrary<M> => fc.record(model, { noNullPrototype: true }) as Arbitrary<M>;

const LARGEST = 2n ** 127n - 1n;

export const wad = <U extends Wad>(): Arbitrary<U> =>
  fc
    .oneof(
      fc.bigInt({ min: -LARGEST, max: LARGEST }),
      fc.bigInt({ min: -3n, max: 3n }),
      fc.constantFrom(LARGEST, -LARGEST, 2n ** 64n, -(2n ** 64n), 2n ** 63n, 10n ** 18n),
    )
    .map((raw) => fromRaw<U>(raw));

export const whole = <N extends number = number>(): Arbitrary<N> =>
  fc.oneof(
    fc.maxSafeNat(),
    fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  ) as Arbitrary<N>;

const id = <T extends string>(): Arbitrary<T> =>
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/) as Arbitrary<T>;

export const list = <T>(entry: Arbitrary<T>): Arbitrary<T[]> => fc.array(entry, { maxLength: 3 });
export const orNull = <T>(value: Arbitrary<T>): Arbitrary<T | null> =>
  fc.option(value, { nil: null });

export const name = id<string>();
export const time = whole<EngineTimeMs>();
export const account = id<AccountId>();
export const market = id<MarketId>();
export const asset = id<AssetId>();
export const index = id<IndexId>();
export const exactSum = fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n });
/** Any of these words. */
export const oneOf = <const W extends string>(...words: readonly W[]): Arbitrary<W> =>
  fc.constantFrom(...words);
export const mode = oneOf('live', 'frozen');
export const policy = oneOf(
  'minimax-leverage',
  'queue',
  'queue-notional',
  'capped-pro-rata',
  'risk-aware-pro-rata',
  'min-max',
);
export const doneReason = oneOf('filled', 'expired', 'rejected', 'canceled');
export const orderStyle = oneOf('immediate-or-cancel', 'limit');
export const closeOutPolicy = oneOf(
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
);
export const gate = oneOf('liquidations', 'close-outs', 'takes', 'withdrawals');
export const breakerReason = oneOf(
  'price-jump',
  'sources-disagree',
  'depth-collapsed',
  'price-stale',
);

/** The same arbitrary under several names. */
const each = <K extends string, T>(value: Arbitrary<T>, ...names: readonly K[]) =>
  Object.fromEntries(names.map((field) => [field, value])) as Record<K, Arbitrary<T>>;
export const wads = <K extends string>(...names: readonly K[]) => each(wad<never>(), ...names);
export const counts = <K extends string>(...names: readonly K[]) => each(whole<never>(), ...names);
