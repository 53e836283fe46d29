/** The section `waterfall` of a scenario file. @module */
import { z } from 'zod';
import { count, fraction, multiple, positive } from './scenario-fields.ts';

const duration = z.int().nonnegative();
/** The engine's own bound of a premium per year. */
const rate = fraction.or(positive.refine((text) => Number(text) <= 10, 'expected at most 10'));

const tranche = z.strictObject({
  tranche: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'expected a name such as junior'),
  providers: count.max(1_000),
  capitalToOpenInterest: z.number().positive().max(1e6),
  eventToCapital: z.number().positive().max(1e6),
  premiumRate: rate,
  noticeMs: duration,
  exitWindowMs: count,
});

const lossSharing = z.strictObject({
  basis: z.enum(['profits', 'open-interest']),
  notionalShareMax: positive.refine((text) => Number(text) <= 1, 'expected at most 1'),
});

const deleveraging = z
  .strictObject({
    hedges: z.enum(['ignore', 'protect']),
    loadings: z.array(
      z.strictObject({ coin: z.string().min(1), loadingToPrice: z.number().positive().max(1e6) }),
    ),
  })
  .superRefine(({ hedges, loadings }, context) => {
    const coins = loadings.map(({ coin }) => coin);
    const twice = coins.findIndex((coin, at) => coins.indexOf(coin) < at);
    if (twice >= 0) {
      const path = ['loadings', twice, 'coin'];
      context.addIssue({ code: 'custom', message: 'expected each coin once', path });
    }
    if (hedges === 'ignore' || coins.length > 0) return;
    const message = 'expected some, where hedges are protected';
    context.addIssue({ code: 'custom', message, path: ['loadings'] });
  });

export const waterfall = z
  .strictObject({
    bufferToOpenInterest: multiple,
    bufferShare: fraction,
    windowMs: count,
    windowToOpenInterest: multiple.nullable(),
    marketToOpenInterest: multiple.nullable(),
    premiumIntervalMs: z.int().min(1_000),
    adlRiskExponent: z.int().min(0).max(4),
    adlRiskThreshold: positive.nullable(),
    tranches: z.array(tranche).max(64),
    lossSharing: lossSharing.nullable(),
    deleveraging: deleveraging.optional(),
  })
  .superRefine(({ tranches }, context) => {
    const names = tranches.map((own) => own.tranche);
    const twice = names.findIndex((name, at) => names.indexOf(name) < at);
    if (twice < 0) return;
    const message = 'expected each tranche once';
    context.addIssue({ code: 'custom', message, path: ['tranches', twice, 'tranche'] });
  });
