/**
 * Interest of a lending pool.
 * @module
 */
import { borrowRate, interestAccrued, utilization } from 'plimsoll/risk';
import { lte, rawOf } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { AMOUNT_IN_RANGE, amount, duration, isAmountInRange, ratio, shares } from './quantity.ts';
import { checked, record, refused, type ValueOf } from './shape.ts';

const ONE = 10n ** 18n;
const YEAR_MS = 365n * 24n * 60n * 60n * 1000n;

const rate = (meaning: string) => ratio(meaning, { atLeast: '0' });

const curve = checked(
  record('Borrow rates per year', {
    rateAtZero: rate('At utilization 0'),
    rateAtKink: rate('At the kink'),
    rateAtFull: rate('At utilization 1'),
    kinkUtilization: ratio('Where the steep part begins', { above: '0', below: '1' }),
  }),
  ({ rateAtZero, rateAtKink, rateAtFull }) =>
    lte(rateAtZero, rateAtKink) && lte(rateAtKink, rateAtFull)
      ? null
      : 'expected rateAtZero ≤ rateAtKink ≤ rateAtFull',
);

const fields = {
  cash: amount('What the pool holds', { atLeast: '0' }),
  debtShares: shares('All debts', { atLeast: '0' }),
  debtIndex: ratio('Worth of a debt share', { above: '0' }),
  supplyShares: shares('All deposits', { atLeast: '0' }),
  supplyIndex: ratio('Worth of a deposit share', { above: '0' }),
  reserveShare: ratio('Share of the interest that the pool keeps', { atLeast: '0', atMost: '1' }),
  curve,
  elapsedMs: duration('Time since the indices were last moved'),
};

function accrued(input: ValueOf<typeof fields>): CalcOutcome {
  const perYear = borrowRate({ curve: input.curve, utilization: utilization(input) });
  const growth = rawOf(input.debtIndex) * rawOf(perYear) * BigInt(input.elapsedMs);
  const rise = growth / (ONE * YEAR_MS) + 1n;
  if (!isAmountInRange((rawOf(input.debtShares) * rise) / ONE)) {
    return refused('elapsedMs', `expected interest of ${AMOUNT_IN_RANGE}`);
  }
  const result = interestAccrued(input);
  return answer({
    utilization: shown(result.utilization),
    borrowRate: shown(result.borrowRate),
    debtIndexAfter: shown(result.debtIndexAfter),
    supplyIndexAfter: shown(result.supplyIndexAfter),
    interest: shown(result.interest),
    supplyInterest: shown(result.supplyInterest),
    reserveInterest: shown(result.reserveInterest),
  });
}

export const borrowInterestCalc = calc({
  name: 'borrow-interest',
  summary: 'Interest of a lending pool over a stretch of time, by how much of it is lent out.',
  source: 'Compound v2 and Aave v2, rates by utilization; index of the deposits Plimsoll',
  input: record('', fields),
  outputs: {
    utilization: 'ratio',
    borrowRate: 'ratio per year',
    debtIndexAfter: 'ratio',
    supplyIndexAfter: 'ratio',
    interest: 'amount, what all debts grow by',
    supplyInterest: 'amount, what all deposits grow by',
    reserveInterest: 'amount, the rest',
  },
  compute: accrued,
});
