import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calcList, calcNames, type FieldInfo, runCalc } from './index.ts';

/** What each unit may be given: the ends of its range, odd and ordinary values, and nonsense. */
const DECIMALS = [
  '0',
  '1',
  '-1',
  '0.5',
  '-0.5',
  '0.000000000000000001',
  '-0.000000000000000001',
  '0.999999999999999999',
  '1000000',
  '1000000000000000',
  '10000000000000000',
  '-10000000000000000',
  '1000000000000000000',
  '-1000000000000000000',
  '123.456',
  '50000',
];
const NAMES = ['BTC', 'ETH', 'SOL', 'a.b:c/d-e'];
const KEYS = ['market', 'asset', 'account', 'id'];
const NONSENSE: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom('NaN', 'Infinity', '1e5', '', ' 1', '+1', '01', '1.', '.5', '0x10', '1_000'),
  fc.constantFrom('0.0000000000000000001', '9'.repeat(60), '-', '１', null, true, 5, -0, Infinity),
  fc.jsonValue(),
);

type Tree = { readonly info: FieldInfo | null; readonly inner: Map<string, Tree> };

/** The fields of a formula by their nesting; `[]` is taken as a name of its own. */
function treeOf(fields: readonly FieldInfo[]): Tree {
  const root: Tree = { info: null, inner: new Map() };
  for (const info of fields) {
    const steps = info.name.split(/\.|(?=\[\])/);
    let node = root;
    for (const [index, step] of steps.entries()) {
      const next = node.inner.get(step) ?? {
        info: index === steps.length - 1 ? info : null,
        inner: new Map(),
      };
      node.inner.set(step, next);
      node = next;
    }
  }
  return root;
}

const anyDecimal = fc.oneof(
  fc.constantFrom(...DECIMALS),
  fc.integer({ min: -99_999, max: 99_999 }).map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.integer({ min: 9, max: 18 }))
    .map(([digits, scale]) => {
      const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
      const whole = text.slice(0, text.length - scale);
      const fraction = scale === 0 ? '' : `.${text.slice(text.length - scale)}`;
      return `${digits < 0n ? '-' : ''}${whole}${fraction}`;
    }),
);

/** Decimals as the unit of the field asks for them, so that most inputs reach the formula. */
function decimalFor(unit: string): fc.Arbitrary<string> {
  const positive = anyDecimal.map((text) => text.replace(/^-/, ''));
  if (/below 1|≤ 1/.test(unit)) {
    const fraction = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n });
    return fraction.map((raw) => `0.${raw.toString().padStart(18, '0')}`);
  }
  if (/≥ 1/.test(unit)) return fc.constantFrom('1', '1.25', '1000000');
  return /≥ 0|above 0/.test(unit) ? positive : anyDecimal;
}

function leafFor({ unit }: FieldInfo): fc.Arbitrary<unknown> {
  const words = [...unit.matchAll(/"([^"]+)"/g)].map(([, word]) => word);
  if (words.length > 0) return fc.constantFrom(...words);
  if (unit === 'id') return fc.constantFrom(...NAMES);
  if (unit === 'ms') return fc.constantFrom(0, 1, 1000, '28800000', 2 ** 53 - 1);
  // Of some counts there is at least one.
  if (unit === 'count') return fc.constantFrom(0, 1, 1, 2, 2, 3, 3);
  return decimalFor(unit);
}

const TIERS = fc
  .uniqueArray(fc.integer({ min: 1, max: 10 ** 9 }), { maxLength: 3 })
  .chain((floors) =>
    fc
      .array(fc.integer({ min: 1, max: 999_999 }), {
        minLength: floors.length + 1,
        maxLength: floors.length + 1,
      })
      .map((fractions) => {
        const rising = [0, ...floors].sort((a, b) => a - b);
        const parts = fractions.sort((a, b) => a - b);
        return rising.map((floor, index) => ({
          notionalFloor: `${floor}`,
          maintenanceMarginFraction: `0.${`${parts[index]}`.padStart(6, '0')}`,
        }));
      }),
  );

/** Most lists must not name anything twice; items that are no records stay as they are. */
function distinct(items: readonly unknown[]): unknown[] {
  return items.map((item, index) => {
    if (typeof item !== 'object' || item === null) return item;
    const key = KEYS.find((candidate) => Object.hasOwn(item, candidate));
    return key === undefined ? item : { ...item, [key]: NAMES[index] };
  });
}

/** Formulas about one position: name it, and close a part of it; most often nothing is owed. */
function steered(input: unknown): unknown {
  const { positions, market, sizeDelta, ...rest } = Object(input);
  if (!Array.isArray(positions) || market === undefined) return input;
  const held: unknown = Object(positions[0]).size;
  const opposite = typeof held === 'string' ? flipped(held) : sizeDelta;
  const delta = sizeDelta === undefined ? {} : { sizeDelta: opposite };
  const { debts, ...others } = rest;
  const owes = Array.isArray(debts) && debts.length === 1 ? { debts } : {};
  return { ...others, ...owes, positions, market: NAMES[0], ...delta };
}

/** The rates of a curve must not fall. */
function withRisingRates(input: unknown): unknown {
  const { curve, ...rest } = Object(input);
  const names = ['rateAtZero', 'rateAtKink', 'rateAtFull'];
  const rates = names.map((name) => Object(curve)[name]);
  if (!rates.every((rate) => typeof rate === 'string')) return input;
  const rising = rates.sort((a, b) => Number(a) - Number(b));
  const risen = Object.fromEntries(names.map((name, index) => [name, rising[index]]));
  return { ...rest, curve: { ...curve, ...risen } };
}

/** A debt counts for no less where new risk is taken on. */
function withRisingWeights(input: unknown): unknown {
  const { debts, ...rest } = Object(input);
  if (!Array.isArray(debts)) return input;
  const risen = debts.map((debt: unknown) => {
    const { liabilityWeight: low, liabilityWeightInitial: high } = Object(debt);
    if (typeof low !== 'string' || typeof high !== 'string') return debt;
    const [liabilityWeight, liabilityWeightInitial] =
      Number(low) > Number(high) ? [high, low] : [low, high];
    return { ...Object(debt), liabilityWeight, liabilityWeightInitial };
  });
  return { ...rest, debts: risen };
}

const flipped = (text: string): string => (text.startsWith('-') ? text.slice(1) : `-${text}`);

function valueFor(tree: Tree): fc.Arbitrary<unknown> {
  const item = tree.inner.get('[]');
  const name = tree.info?.name ?? '';
  const sound =
    item !== undefined && /(^|\.)tiers$/.test(name)
      ? TIERS
      : item !== undefined
        ? fc.array(valueFor(item), { maxLength: 4 }).map(distinct)
        : tree.inner.size > 0
          ? recordFor(tree)
          : leafFor(tree.info!);
  return fc.oneof({ weight: 150, arbitrary: sound }, { weight: 1, arbitrary: NONSENSE });
}

function recordFor(tree: Tree): fc.Arbitrary<unknown> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const [name, inner] of tree.inner) {
    fields[name] = valueFor(inner);
    if (inner.info?.required !== false) requiredKeys.push(name);
  }
  return fc.record(fields, { requiredKeys });
}

/** Decimal strings, counts, booleans, words, null: never a fraction as a JSON number. */
function assertPlain(value: unknown, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertPlain(item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) assertPlain(item, `${path}.${key}`);
  } else if (typeof value === 'number') {
    assert.ok(Number.isSafeInteger(value), `${path} was ${value}`);
  } else {
    const isPlain = value === null || typeof value === 'boolean' || typeof value === 'string';
    assert.ok(isPlain, `${path} was ${typeof value}`);
  }
}

function assertAnswered(name: string, text: string): boolean {
  const outcome = runCalc(name, text);
  if (outcome.ok) assertPlain(outcome.output, 'output');
  else assert.match(outcome.problem, /\S/, 'a problem says something');
  return outcome.ok;
}

/** The size of a fund goes by a list of losses seen or by a law, never by both. */
function withOneLaw(input: unknown): unknown {
  const { distribution, losses, ...rest } = Object(input);
  if (typeof losses !== 'string') return input;
  return distribution == null ? { ...rest, losses: [losses, '5'] } : { ...rest, distribution };
}

/** A covariance names the market of the candidates, and theirs are all the positions there are. */
function withOneFactor(input: unknown): unknown {
  const { candidates, covariance, market, ...rest } = Object(input);
  if (!Array.isArray(candidates) || rest.quantity === undefined) return input;
  const alone = candidates.map((each) => {
    const isRecord = typeof each === 'object' && each !== null && !Array.isArray(each);
    return isRecord ? { ...each, otherPositions: [] } : each;
  });
  if (covariance == null) return { ...rest, candidates: alone };
  const row = { market: 'BTC', covariances: ['4'] };
  return { ...rest, candidates: alone, market: 'BTC', covariance: [row] };
}

/**
 * Fields of each variant of a formula; formulas without variants have one unnamed. Where there are
 * variants, the first field of the formula names them.
 */
function fieldsByVariant(fields: readonly FieldInfo[]): [string | null, readonly FieldInfo[]][] {
  const variantOf = ({ meaning }: FieldInfo) => /^\[([a-z-]+)\]/.exec(meaning)?.[1] ?? null;
  const names = new Set(fields.map(variantOf).filter((name) => name !== null));
  if (names.size === 0) return [[null, fields]];
  return [...names].map((name) => [name, fields.filter((field) => variantOf(field) === name)]);
}

for (const { name, fields } of calcList()) {
  for (const [variant, ownFields] of fieldsByVariant(fields)) {
    const title = variant === null ? name : `${name} (${variant})`;
    test(`${title}: inputs of the declared shape are answered or refused, never thrown at`, () => {
      const numRuns = Number(process.env['CALC_FUZZ_RUNS'] ?? 300);
      let answers = 0;
      fc.assert(
        fc.property(recordFor(treeOf(ownFields)), (input) => {
          const given =
            variant === null
              ? withOneFactor(withOneLaw(withRisingWeights(withRisingRates(steered(input)))))
              : { ...Object(input), [fields[0]!.name]: variant };
          if (assertAnswered(name, JSON.stringify(given))) answers += 1;
        }),
        { numRuns, seed: Number(process.env['CALC_FUZZ_SEED'] ?? 1) },
      );
      assert.ok(answers > numRuns / 20, `${answers} of ${numRuns} inputs reached the formula`);
    });
  }
}

test('any JSON and any text is answered or refused, never thrown at', () => {
  const name = fc.oneof(fc.constantFrom(...calcNames()), fc.string());
  fc.assert(fc.property(name, fc.json(), (formula, text) => void assertAnswered(formula, text)));
  fc.assert(fc.property(name, fc.string(), (formula, text) => void assertAnswered(formula, text)));
  for (const formula of calcNames()) {
    assertAnswered(formula, '['.repeat(100_000));
    assertAnswered(formula, `${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    assertAnswered(formula, `{"a":${'9'.repeat(100_000)}}`);
  }
});
