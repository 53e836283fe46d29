/**
 * Reads a scenario from YAML. Everything is checked here, before the lab sees it: unknown keys,
 * missing ones, and money that was not written as a quoted decimal string (YAML would read 0.10
 * as a float).
 * @module
 */
import { readFileSync } from 'node:fs';
import type { Scenario } from 'plimsoll/lab';
import { ADL_POLICY_NAMES } from 'plimsoll/risk';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputFault } from './exit-codes.ts';
import { count, decimal, fraction, multiple, positive, share } from './scenario-fields.ts';
import { mechanisms } from './scenario-mechanisms.ts';
import { waterfall } from './scenario-waterfall.ts';

const time = z.string().refine(isUtcTime, { error: 'expected a UTC time, 2021-05-19T13:10:00Z' });
const coin = z.string().regex(/^[A-Z0-9]{2,15}$/, 'expected a coin such as BTC');

function isUtcTime(text: string): boolean {
  const shaped = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text);
  return shaped && Number.isSafeInteger(Date.parse(text));
}

const terms = {
  tiers: z
    .array(z.strictObject({ notionalFloor: decimal, maintenanceMarginFraction: positive }))
    .min(1),
  initialMarginFraction: positive,
  openInterestLower: decimal,
  openInterestUpper: decimal,
  markBand: positive.nullable(),
  lotNotional: positive,
  notionalMin: decimal,
  dailyVolumeToOpenInterest: z.number().positive().max(1e6),
  dailyVolatility: z.number().positive().max(10),
  correlation: share,
  popularity: multiple,
  fundingRate: decimal.nullable(),
};

const market = z.strictObject({
  coin,
  anchors: z.array(z.strictObject({ at: time, price: positive, source: z.string().min(1) })).min(2),
  ...z.object(terms).partial().shape,
});

const pool = z.strictObject({
  settlementAsset: z.string().min(1),
  releaseRatio: positive,
  penaltyFraction: decimal,
  keeperShare: decimal,
  burnShare: decimal,
  bankruptcyAdjustment: positive,
  spreadToMaintenanceMarginRatio: decimal,
  orderTimeoutMs: count,
  bookAttemptsMax: count,
  closeOutStepsMax: count,
  adlPolicy: z.enum(ADL_POLICY_NAMES),
  adlFillsMax: count,
  startsPerRecordMax: count,
  settlementsPerRecordMax: count,
  insuranceEventCap: decimal.nullable(),
  fillBand: positive,
  insuranceToOpenInterest: multiple,
});

const closeOuts = z.strictObject({
  policy: z.enum(['least-impact', 'proportional', 'largest-first', 'fixed-share', 'everything']),
  fixedShare: fraction,
  orderStyle: z.enum(['immediate-or-cancel', 'limit']),
  repriceStep: fraction,
  reportGraceMs: z.int().nonnegative(),
  deferralMs: count,
  penaltyPerShortfall: fraction,
  penaltyPerVolatility: fraction,
  penaltyPerThinness: fraction,
  penaltyFractionMax: fraction,
});

const liquidity = z.strictObject({
  impactModel: z.enum(['square-root', 'linear']),
  impactCoefficient: decimal,
  volatilityTimeConstantMs: count,
  depthTimeConstantMs: count,
  depthStalenessMsMax: count,
  depthShare: positive.nullable(),
  windowMs: count,
  windowVolumeShare: z.number().positive().max(1e6).nullable(),
  windowDepthMultiple: positive.nullable(),
  openOrdersVolumeShare: z.number().positive().max(1e6).nullable(),
  rampMs: z.int().nonnegative(),
  rampInitialFraction: fraction,
  smallNotional: decimal,
  hedgeGroup: z.string().min(1).max(64).nullable(),
  openInterestMultiple: z.number().positive().max(1e6).nullable(),
});

const breakers = z.strictObject({
  jumpDeviations: positive.nullable(),
  sourceSpreadMax: positive.nullable(),
  depthFloor: positive.nullable(),
  staleTrips: z.boolean(),
  gates: z.array(z.enum(['liquidations', 'close-outs', 'takes'])).min(1),
  holdMs: count,
  limitMs: count,
  releaseShare: fraction,
});

const priceGuards = z
  .strictObject({
    stableTimeConstantMs: count.nullable(),
    deviationMax: positive.nullable(),
    markStepPerSecond: positive.nullable(),
    confidenceFactor: positive.nullable(),
    tradingStalenessMsMax: count.nullable(),
  })
  .refine(
    ({ deviationMax, stableTimeConstantMs }) =>
      deviationMax === null || stableTimeConstantMs !== null,
    { error: 'expected a stableTimeConstantMs with it', path: ['deviationMax'] },
  );

/** Leverage above this is a slip of the pen, not a scenario. */
const LEVERAGE_MAX = 125;

const leverage = z
  .strictObject({
    median: z.number().min(1).max(LEVERAGE_MAX),
    deviation: z.number().min(0).max(3),
    min: z.number().min(1).max(LEVERAGE_MAX),
    max: z.number().min(1).max(LEVERAGE_MAX),
  })
  .refine(({ min, median, max }) => min <= median && median <= max, {
    error: 'expected min <= median <= max',
  });

const population = z.strictObject({
  leverage,
  notional: z
    .strictObject({
      min: z.number().positive(),
      max: z.number().max(1e9),
      tail: z.number().min(0.5),
    })
    .refine(({ min, max }) => min <= max, { error: 'expected min <= max' }),
  marketsPerAccount: z.array(multiple).min(1).max(8),
  longShare: share,
  sameDirection: share,
  entryDrift: z.number().min(-0.5).max(0.5),
  entryDeviation: share,
  isolatedShare: share,
  collateralShare: share,
});

const venue = z.strictObject({
  makers: count.max(10_000),
  makerEquityToOpenInterest: multiple,
  collateralBuyerToOpenInterest: multiple,
  impactCoefficient: multiple,
  refillHalfLifeMs: count,
  volatilityTimeConstantMs: count,
  halfSpread: share,
});

const scenario = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    title: z.string(),
    description: z.string(),
    from: time,
    to: time,
    seed: z.int().nonnegative(),
    accounts: count.max(5_000_000),
    stepMs: count,
    settleStepsMax: count,
    pool,
    closeOuts,
    liquidity: liquidity.nullable(),
    breakers: breakers.nullable(),
    priceGuards: priceGuards.optional(),
    mechanisms: mechanisms.optional(),
    waterfall: waterfall.optional(),
    indexes: z.strictObject({
      sourcesMin: count,
      stalenessSteps: z.number().positive(),
      sourceBand: positive.nullable(),
    }),
    marking: z.strictObject({
      basisTimeConstantMs: count,
      bookTimeConstantMs: count,
      averageGapMsMax: count,
      bookStalenessMsMax: count,
    }),
    population,
    venue,
    collaterals: z.array(
      z.strictObject({
        asset: coin,
        collateralHaircut: decimal,
        concentrationFactor: decimal.nullable(),
        amountMax: decimal.nullable(),
      }),
    ),
    markets: z.array(market).min(1),
    defaultMarket: z.strictObject(terms),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { error: 'expected from < to' })
  .refine(
    ({ priceGuards: guards, marking: { bookStalenessMsMax } }) =>
      (guards?.tradingStalenessMsMax ?? 0) <= bookStalenessMsMax,
    {
      error: 'expected at most marking.bookStalenessMsMax',
      path: ['priceGuards', 'tradingStalenessMsMax'],
    },
  );

/** @throws InputFault naming the file, the line and what was expected. */
export function readScenario(file: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw new InputFault(`${file}:${line}: expected YAML, found ${problem.message.split('\n')[0]}`);
  }
  const parsed = scenario.safeParse(document.toJS());
  if (parsed.success) return withoutAbsent(parsed.data);
  const [issue] = parsed.error.issues;
  const path = issue!.path.map(String);
  const key = path.length === 0 ? 'the scenario' : path.join('.');
  throw new InputFault(`${file}:${lineOf(document, lines, path)}: ${key}: ${issue!.message}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputFault(`expected a scenario file, found none that can be read: ${reason}`, {
      cause: error,
    });
  }
}

/** The line of the deepest node on the path that exists, counted from 1. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const keys = path.slice(0, depth).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const node: unknown = depth === 0 ? document.contents : document.getIn(keys, true);
    const { range } = (node ?? {}) as { readonly range?: readonly number[] | null };
    if (range !== undefined && range !== null) return lines.linePos(range[0]!).line;
  }
  return 1;
}

/** Optional keys that are absent stay absent, instead of present and undefined. */
function withoutAbsent(data: z.infer<typeof scenario>): Scenario {
  return JSON.parse(JSON.stringify(data)) as Scenario;
}
