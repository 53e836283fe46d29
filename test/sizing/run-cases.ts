/**
 * Runs generated cases against the properties; a case depends on the seed and its number alone,
 * so that any of them can be run again by itself.
 * @module
 */
import { createRandom, type Random } from '../model/random.ts';
import { type LegCase, type LegsCase, legsCase } from './legs-cases.ts';
import { checkLegs } from './legs-properties.ts';
import { checkMoney, moneyCase } from './money-cases.ts';
import { checkSize, sizeCase } from './size-cases.ts';
import type { Subject } from './subject.ts';
import { Broken, type Tally } from './tally.ts';

export type RunOptions = {
  readonly subject: Subject;
  readonly seed: number;
  /** Number of the first case. */
  readonly from?: number;
  readonly cases: number;
  readonly onCase?: (done: number) => void;
};

/** A case that broke a property, as small as it could be made, and how to run it again. */
export class SizingFailure extends Error {
  override readonly name = 'SizingFailure';
}

/** Of ten cases six are single positions, one is about penalties, three are whole accounts. */
const kindOf = (number: number): 'size' | 'money' | 'legs' => {
  const place = number % 10;
  return place < 6 ? 'size' : place === 6 ? 'money' : 'legs';
};

/** @throws SizingFailure at the first case that breaks a property. */
export function runSizing({ subject, seed, from = 0, cases, onCase }: RunOptions): Tally {
  const tally: Tally = new Map();
  for (let number = from; number < from + cases; number += 1) {
    const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
    const kind = kindOf(number);
    try {
      runCase(subject, tally, kind, random);
      tally.set(`cases: ${kind}`, (tally.get(`cases: ${kind}`) ?? 0) + 1);
    } catch (error) {
      throw failure(error, `--seed ${seed} --from ${number} --cases 1`);
    }
    onCase?.(number - from + 1);
  }
  return tally;
}

/** A case and what was wrong with it. */
class Caught extends Error {
  override readonly name = 'Caught';
  readonly given: unknown;

  constructor(given: unknown, options: { readonly cause: unknown }) {
    super('a property was broken', options);
    this.given = given;
  }
}

function runCase(subject: Subject, tally: Tally, kind: string, random: Random): void {
  if (kind === 'size') {
    const given = sizeCase(random);
    caught(given, () => checkSize(subject, tally, given, random));
  } else if (kind === 'money') {
    const given = moneyCase(random);
    caught(given, () => checkMoney(subject, tally, given));
  } else {
    const given = legsCase(random);
    try {
      checkLegs(subject, tally, given);
    } catch (error) {
      const smallest = shortened(given, brokenBy(subject, given));
      caught(smallest, () => checkLegs(subject, new Map(), smallest));
      throw error;
    }
  }
}

function caught(given: unknown, attempt: () => void): void {
  try {
    attempt();
  } catch (cause) {
    throw new Caught(given, { cause });
  }
}

function failure(error: unknown, options: string): SizingFailure {
  if (!(error instanceof Caught)) throw error;
  const shown = JSON.stringify(
    error.given,
    (_, value) => (typeof value === 'bigint' ? `${value}` : value),
    2,
  );
  const { cause } = error;
  const text = cause instanceof Broken ? cause.message : `${(cause as Error).stack}`;
  return new SizingFailure(`${text}\n${shown}\nagain: npm run soak -- sizing ${options}`);
}

/** Whether a case breaks the same property, or fails in the same way, as another one. */
function brokenBy(subject: Subject, first: LegsCase): (given: LegsCase) => boolean {
  const failing = (given: LegsCase): string | null => {
    try {
      checkLegs(subject, new Map(), given);
      return null;
    } catch (error) {
      return error instanceof Broken ? error.property : (error as Error).name;
    }
  };
  const property = failing(first);
  return (given) => failing(given) === property;
}

/** Simpler legs and fewer of them, as long as the same property stays broken. */
function shortened(given: LegsCase, isBroken: (given: LegsCase) => boolean): LegsCase {
  let best = given;
  for (let at = best.legs.length - 1; at >= 0 && best.legs.length > 1; at -= 1) {
    const fewer = { ...best, legs: best.legs.filter((_, place) => place !== at) };
    if (isBroken(fewer)) best = fewer;
  }
  for (let at = 0; at < best.legs.length; at += 1) {
    for (const simplify of SIMPLER) {
      const legs = best.legs.map((leg, place) => (place === at ? simplify(leg) : leg));
      if (isBroken({ ...best, legs })) best = { ...best, legs };
    }
  }
  return best;
}

const SIMPLER: readonly ((leg: LegCase) => LegCase)[] = [
  (leg) => ({ ...leg, impact: null }),
  (leg) => ({ ...leg, tiers: leg.tiers.slice(0, 1) }),
  (leg) => ({ ...leg, closable: leg.held }),
  (leg) => ({ ...leg, notionalMin: 0n }),
  (leg) => ({ ...leg, penalty: 0n }),
  (leg) => ({ ...leg, slippage: 0n }),
];
