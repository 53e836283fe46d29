/**
 * A loss laid over insurance tranches, and what they earned by standing ready for it.
 * @module
 */
import { trancheAllocation, tranchePremium } from 'plimsoll/risk';
import { type DurationMs, lt, ONE_RATIO, rawOf, ZERO_MONEY, ZERO_RATIO } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { duration, isMoneyInRange, MONEY_IN_RANGE, money, ratio } from './quantity.ts';
import { checked, fallback, id, list, record, refused } from './shape.ts';

const TRANCHES_MAX = 100;
const YEAR_MS = BigInt(365 * 24 * 60 * 60 * 1000);
const NO_TIME = 0 as DurationMs;

const tranche = checked(
  record('A tranche', {
    tranche: id('Its name; each once. Breaks ties between equal attachments'),
    attachment: money('Loss at which its layer begins', { atLeast: '0' }),
    detachment: money('Loss at which its layer ends, above the attachment', { above: '0' }),
    available: money('Capital left to pay with', { atLeast: '0' }),
    premiumRate: fallback(
      ratio('Premium per year of 365 days and unit of capital; default 0', { atLeast: '0' }),
      ZERO_RATIO,
    ),
  }),
  ({ attachment, detachment }) =>
    lt(attachment, detachment) ? null : 'expected a detachment above the attachment',
);

export const trancheAllocationCalc = calc({
  name: 'tranche-allocation',
  summary: 'A loss laid over insurance tranches in order of attachment, and their premiums.',
  source: 'Plimsoll; layers as in excess-of-loss reinsurance',
  input: record('', {
    loss: money('What reaches the tranches', { atLeast: '0' }),
    lossBefore: fallback(
      money('Loss of the same period that reached them before; default 0', { atLeast: '0' }),
      ZERO_MONEY,
    ),
    tranches: list('In any order', tranche, { atMost: TRANCHES_MAX, unique: 'tranche' }),
    elapsedMs: fallback(duration('Time for which premiums are due; default 0'), NO_TIME),
  }),
  outputs: {
    'allocations[].tranche': 'id',
    'allocations[].amount': 'money',
    'allocations[].premium': 'money',
    uncovered: 'money',
  },
  compute: ({ elapsedMs, ...input }) => {
    for (const [index, { available, premiumRate }] of input.tranches.entries()) {
      const earned = rawOf(available) * rawOf(premiumRate) * BigInt(elapsedMs);
      if (isMoneyInRange(earned / (rawOf(ONE_RATIO) * YEAR_MS))) continue;
      return refused(`tranches[${index}]`, `expected a premium of ${MONEY_IN_RANGE}`);
    }
    const { allocations, uncovered } = trancheAllocation(input);
    return answer({
      allocations: allocations.map(({ tranche: name, amount }, index) => {
        const { available: capital, premiumRate } = input.tranches[index]!;
        const premium = tranchePremium({ capital, premiumRate, elapsedMs });
        return { tranche: name, amount: shown(amount), premium: shown(premium) };
      }),
      uncovered: shown(uncovered),
    });
  },
});
