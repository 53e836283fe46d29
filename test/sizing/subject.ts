/**
 * What is under test: the functions that size close-outs and penalties. A planted bug is a
 * subject that answers almost right; each must be caught, or the properties have gone blind.
 * @module
 */
import {
  type CloseOutLegs,
  type CloseOutLegsInput,
  closeOutLegs,
  closeOutSize,
  liquidationPenalty,
  penaltyFraction,
  penaltySplit,
} from '../../src/risk/index.ts';
import { fromRaw, type Money, type Ratio, rawOf, type Size } from '../../src/units/index.ts';
import { larger } from './arithmetic.ts';

export type Subject = {
  readonly closeOutSize: typeof closeOutSize;
  readonly closeOutLegs: typeof closeOutLegs;
  readonly penaltyFraction: typeof penaltyFraction;
  readonly liquidationPenalty: typeof liquidationPenalty;
  readonly penaltySplit: typeof penaltySplit;
};

export const riskSubject: Subject = {
  closeOutSize,
  closeOutLegs,
  penaltyFraction,
  liquidationPenalty,
  penaltySplit,
};

/** A plan with other sizes, expected to cost what they cost and to restore as it says. */
const resized = (
  plan: CloseOutLegs,
  change: (size: bigint, at: number) => bigint,
): CloseOutLegs => ({
  ...plan,
  sizes: plan.sizes.map((size, at) => fromRaw<Size>(change(rawOf(size), at))),
});

const planning = (
  alter: (plan: CloseOutLegs, input: CloseOutLegsInput) => CloseOutLegs,
): Subject => ({
  ...riskSubject,
  closeOutLegs: (input) => alter(closeOutLegs(input), input),
});

/** Plans that another input leads to: the true answer to the wrong question. */
const misreading = (misread: (input: CloseOutLegsInput) => CloseOutLegsInput): Subject => ({
  ...riskSubject,
  closeOutLegs: (input) => closeOutLegs(misread(input)),
});

export const PLANTS: Readonly<Record<string, Subject>> = {
  'a unit too little is closed': {
    ...riskSubject,
    closeOutSize: (input) => {
      const result = closeOutSize(input);
      const less = rawOf(result.closeOutNotional) - rawOf(input.lotNotional ?? fromRaw<Money>(1n));
      return { ...result, closeOutNotional: fromRaw<Money>(larger(less, 0n)) };
    },
  },
  'a unit too much is closed': {
    ...riskSubject,
    closeOutSize: (input) => {
      const result = closeOutSize(input);
      const more = rawOf(result.closeOutNotional) + rawOf(input.lotNotional ?? fromRaw<Money>(1n));
      const fits = more < rawOf(input.notional) && !result.wholeTakeover;
      return fits ? { ...result, closeOutNotional: fromRaw<Money>(more) } : result;
    },
  },
  'the impact is forgotten': {
    ...riskSubject,
    closeOutSize: (input) => closeOutSize({ ...input, impact: null }),
  },
  'the room of a market is ignored': misreading((input) => ({
    ...input,
    legs: input.legs.map((leg) => {
      const { size } = leg;
      return { ...leg, closable: fromRaw<Size>(larger(rawOf(size), -rawOf(size))) };
    }),
  })),
  'dust is left': misreading((input) => ({
    ...input,
    legs: input.legs.map((leg) => ({ ...leg, notionalMin: fromRaw<Money>(0n) })),
  })),
  'hedges are opened': misreading((input) => ({
    ...input,
    legs: input.legs.map((leg, at) => ({ ...leg, hedgeGroup: `${at}` })),
  })),
  'the cheapest legs are not found': misreading((input) =>
    input.policy === 'least-impact' ? { ...input, policy: 'largest-first' } : input,
  ),
  'shares are rounded up to whole percents': misreading((input) =>
    input.policy === 'proportional'
      ? { ...input, marginEquity: fromRaw<Money>((rawOf(input.marginEquity) * 99n) / 100n) }
      : input,
  ),
  'one lot more of the first leg': planning((plan, { policy, legs }) =>
    policy === 'everything'
      ? plan
      : resized(plan, (size, at) => {
          const lot = rawOf(legs[at]!.lot);
          const fits = at === 0 && size > 0n && size + lot <= rawOf(legs[at]!.closable);
          return fits ? size + lot : size;
        }),
  ),
  'legs that only cost are ordered': planning((plan) => ({
    ...plan,
    order: [...plan.sizes.keys()].filter((at) => rawOf(plan.sizes[at]!) > 0n),
  })),
  'restoration is claimed too early': planning((plan) => ({ ...plan, restores: true })),
  'an expected cost is rounded down': planning((plan) => ({
    ...plan,
    expectedCosts: plan.expectedCosts.map((cost) => fromRaw<Money>(larger(rawOf(cost) - 1n, 0n))),
  })),
  'a penalty beyond equity': {
    ...riskSubject,
    liquidationPenalty: (input) =>
      liquidationPenalty({ ...input, equity: fromRaw<Money>(rawOf(input.equity) + 10n ** 18n) }),
  },
  'the maximum of the penalty is forgotten': {
    ...riskSubject,
    penaltyFraction: (input) =>
      penaltyFraction({ ...input, maxFraction: fromRaw<Ratio>(2n * rawOf(input.maxFraction)) }),
  },
  'a share of the penalty is rounded up': {
    ...riskSubject,
    penaltySplit: (input) => {
      const parts = penaltySplit(input);
      return { ...parts, burned: fromRaw<Money>(rawOf(parts.burned) + 1n) };
    },
  },
};
