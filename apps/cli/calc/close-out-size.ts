/** @module How much of a position to close, and what closing it would cost. */
import { closeOutSize, type ImpactCostInput, impactCost } from 'plimsoll/risk';
import { rawOf, ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { tiers } from './margin-requirement.ts';
import { isMoneyInRange, MONEY_IN_RANGE, money, ratio } from './quantity.ts';
import { fallback, oneOf, optional, record, refused } from './shape.ts';

const ONE = 10n ** 18n;

const costFraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

export const closeOutSizeCalc = calc({
  name: 'close-out-size',
  summary: 'Smallest close-out that restores the target ratio after penalty and slippage.',
  source: 'Plimsoll',
  input: record('', {
    equity: money('Margin equity of the account, signed'),
    notional: money('Notional of the position at the mark', { atLeast: '0' }),
    maintenanceMarginFraction: optional(
      ratio('The one fraction of an untiered market, instead of tiers', { above: '0', below: '1' }),
    ),
    tiers: optional(tiers),
    targetRatio: ratio('Margin equity to reach per unit of maintenance margin', { above: '0' }),
    penaltyFraction: costFraction('Penalty per unit closed'),
    slippageFraction: costFraction('Mark to limit price per unit closed'),
    otherMaintenanceMargin: fallback(
      money("Maintenance margin of the account's other positions; default 0", { atLeast: '0' }),
      ZERO_MONEY,
    ),
    lotNotional: optional(money('Notional of a lot; absent: any amount', { above: '0' })),
  }),
  outputs: { closeOutNotional: 'money', wholeTakeover: 'boolean' },
  compute: ({ equity, maintenanceMarginFraction, tiers: table, ...rest }) => {
    if ((maintenanceMarginFraction === null) === (table === null)) {
      const text = 'expected either maintenanceMarginFraction or tiers, was';
      return refused('tiers', `${text} ${table === null ? 'neither' : 'both'}`);
    }
    const single =
      maintenanceMarginFraction === null
        ? []
        : [{ notionalFloor: ZERO_MONEY, maintenanceMarginFraction }];
    const result = closeOutSize({ ...rest, marginEquity: equity, tiers: table ?? single });
    return answer({
      closeOutNotional: shown(result.closeOutNotional),
      wholeTakeover: result.wholeTakeover,
    });
  },
});

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
