/**
 * What a Dutch auction asks at a moment.
 * @module
 */
import { type AuctionPriceInput, auctionNeedsReset, auctionPrice } from 'plimsoll/risk';
import { type DurationMs, gt, type Price, type Ratio, ZERO_RATIO } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { duration, price, ratio } from './quantity.ts';
import { optional, refused, variants } from './shape.ts';

const pathFields = {
  startPrice: price('What is asked at first', { above: '0' }),
  endPrice: optional(price('Never less than this; default 0', { atLeast: '0' })),
  elapsedMs: duration('Since the auction started'),
  tailMs: optional(duration('With this or cusp: whether a reset is due; longest path')),
  cusp: optional(
    ratio('With this or tailMs: whether a reset is due; least share of startPrice', {
      atLeast: '0',
      atMost: '1',
    }),
  ),
};

const cut = (meaning: string) => ratio(meaning, { above: '0', atMost: '1' });

type Given = AuctionPriceInput & {
  readonly tailMs: DurationMs | null;
  readonly cusp: Ratio | null;
};

function problemOf(given: Given): CalcOutcome | null {
  const { startPrice, endPrice } = given;
  const isAbove = (part: Price | null | undefined) => part && gt(part, startPrice);
  if (isAbove(endPrice)) return refused('endPrice', 'expected at most startPrice');
  if (given.curve === 'two-phase' && isAbove(given.cutoff)) {
    return refused('cutoff', 'expected at most startPrice');
  }
  return null;
}

function asked(given: Given): CalcOutcome {
  const problem = problemOf(given);
  if (problem !== null) return problem;
  const { startPrice, elapsedMs, tailMs, cusp } = given;
  const now = auctionPrice(given);
  if (tailMs === null && cusp === null) return answer({ price: shown(now) });
  const path = { elapsedMs, tailMs, price: now, startPrice, cusp: cusp ?? ZERO_RATIO };
  return answer({ price: shown(now), needsReset: auctionNeedsReset(path) });
}

export const auctionPriceCalc = calc({
  name: 'auction-price',
  summary: 'What a Dutch auction asks after some time, and whether its price path is over.',
  source: 'MakerDAO, abaci.sol and clip.sol; Derive v2, DutchAuction.sol (two-phase)',
  input: variants('How the price falls', {
    key: 'curve',
    cases: {
      linear: { ...pathFields, durationMs: duration('Until it is 0', { atLeast: 1 }) },
      exponential: { ...pathFields, cut: cut('What is left after each second') },
      stairstep: {
        ...pathFields,
        cut: cut('What is left after each step'),
        stepMs: duration('Length of a step', { atLeast: 1 }),
      },
      'two-phase': {
        ...pathFields,
        cutoff: price('Where the fast phase ends, at most startPrice', { atLeast: '0' }),
        fastMs: duration('From startPrice to cutoff'),
        slowMs: duration('From cutoff to 0', { atLeast: 1 }),
      },
    },
  }),
  outputs: { price: 'price', needsReset: 'boolean; with tailMs or cusp only' },
  compute: ({ variant: curve, input }) => asked({ ...input, curve } as Given),
});
