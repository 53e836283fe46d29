/**
 * What closing at once would cost.
 * @module
 */
import { type ImpactCostInput, impactCost } from 'plimsoll/risk';
import { rawOf } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { isMoneyInRange, MONEY_IN_RANGE, money, ratio } from './quantity.ts';
import { oneOf, record, refused } from './shape.ts';

const ONE = 10n ** 18n;

/** What is too large about an impact, or null. √(x/V) is at most 1 + x/V, whatever the law. */
function impactProblem({ coefficient, volatility, volume, notional }: ImpactCostInput) {
  const share = ONE + (rawOf(notional) * ONE) / rawOf(volume);
  const peak = (rawOf(coefficient) * rawOf(volatility) * share) / (ONE * ONE);
  const cost = (peak * rawOf(notional)) / ONE;
  if (!isMoneyInRange(share)) return `expected notional / volume of ${MONEY_IN_RANGE}`;
  const bound = 'coefficient · volatility · (1 + notional / volume)';
  if (!isMoneyInRange(peak)) return `expected ${bound} of ${MONEY_IN_RANGE}`;
  return isMoneyInRange(cost) ? null : `expected ${bound} · notional of ${MONEY_IN_RANGE}`;
}

export const impactCostCalc = calc({
  name: 'impact-cost',
  summary: 'What closing at once moves the price by, and what that costs.',
  source: 'Square-root law of market impact (Sato and Kanazawa 2024); linear for checks',
  input: record('', {
    model: oneOf('Law of impact', ['square-root', 'linear']),
    coefficient: ratio('Y, near 1 for the square-root law', { atLeast: '0' }),
    volatility: ratio('σ over the period of the volume, per unit of price', { atLeast: '0' }),
    volume: money('V, notional traded in the period', { above: '0' }),
    notional: money('x, notional to close', { atLeast: '0' }),
  }),
  outputs: { peakImpact: 'ratio', averageImpact: 'ratio', cost: 'money' },
  compute: (input) => {
    const problem = impactProblem(input);
    if (problem !== null) return refused('notional', problem);
    const result = impactCost(input);
    return answer({
      peakImpact: shown(result.peakImpact),
      averageImpact: shown(result.averageImpact),
      cost: shown(result.cost),
    });
  },
});
