/** The section `mechanisms` of a scenario file. @module */
import { z } from 'zod';
import { count, decimal, fraction, multiple, positive } from './scenario-fields.ts';

const duration = z.int().nonnegative();

const route = z.strictObject({
  method: z.enum(['book', 'amm', 'auction', 'direct', 'backstop']),
  feeFraction: fraction,
  concessionFraction: fraction,
  expectedMs: duration,
  failureProbability: fraction,
  patienceMs: count,
});

const auctions = z.strictObject({
  lot: z.enum(['position', 'portfolio']),
  curve: z.enum(['linear', 'exponential', 'stairstep', 'two-phase']),
  startPremium: fraction,
  endFraction: fraction,
  durationMs: count,
  cut: positive,
  stepMs: count,
  cutoff: fraction,
  fastMs: duration,
  slowMs: count,
  tailMs: count,
  cusp: fraction,
  resetsMax: z.int().nonnegative(),
  sliceMin: decimal,
  bufferFraction: fraction,
  insolventMs: count,
});

const direct = z.strictObject({
  minBonus: fraction,
  maxBonus: fraction,
  healthForMaxBonus: fraction,
  coolOffMs: duration,
  takeNotionalMin: decimal,
  priorityWindowMs: duration,
  priorityExclusiveMs: duration,
  priorityMin: decimal,
  priorityAccountShare: fraction,
});

const amm = z.strictObject({
  curve: z.enum(['constant-product', 'concentrated']),
  depthVolumeShare: z.number().positive().max(1e6),
  band: positive.nullable(),
  impactMax: fraction,
  inventoryVolumeShare: multiple,
  feeFraction: fraction,
  capitalToOpenInterest: multiple,
});

const vault = z.strictObject({
  capitalToOpenInterest: multiple,
  accountToCapital: multiple,
  marketToCapital: multiple,
  windowToCapital: multiple,
  windowMs: count,
  noticeMs: duration,
  exitWindowMs: count,
  backstopFraction: fraction,
});

const keepers = z.strictObject({
  strategy: z.enum(['immediate', 'patient', 'cost-aware', 'sniper', 'griefer', 'withholder']),
  count: count.max(1_000),
  capitalToOpenInterest: multiple,
  reactionMs: duration,
  profitFraction: z.number().min(0).max(1),
});

/** Terms that a way of the ladder needs. */
const TERMS = { amm: 'amm', auction: 'auctions', direct: 'direct', backstop: 'vault' } as const;

export const mechanisms = z
  .strictObject({
    choice: z.enum(['ladder', 'cheapest']),
    waitingDeviations: decimal,
    routes: z.array(route).min(1),
    auctions: auctions.nullable(),
    direct: direct.nullable(),
    amm: amm.nullable(),
    vault: vault.nullable(),
    keepers: z.array(keepers),
    unwindVolumeShare: z.number().min(0).max(1),
  })
  .superRefine((stated, context) => {
    for (const [at, { method }] of stated.routes.entries()) {
      if (method === 'book' || stated[TERMS[method]] !== null) continue;
      const message = `expected terms under ${TERMS[method]} for a ladder with ${method}`;
      context.addIssue({ code: 'custom', message, path: ['routes', at, 'method'] });
    }
    const strategies = stated.keepers.map(({ strategy }) => strategy);
    const twice = strategies.findIndex((strategy, at) => strategies.indexOf(strategy) < at);
    if (twice < 0) return;
    const message = 'expected each strategy once';
    context.addIssue({ code: 'custom', message, path: ['keepers', twice, 'strategy'] });
  });
