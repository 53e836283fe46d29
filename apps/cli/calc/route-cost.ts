/**
 * Which rung of the ladder to try first.
 * @module
 */
import { routeCost } from 'plimsoll/risk';
import { ONE_RATIO } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { duration, money, ratio } from './quantity.ts';
import { fallback, id, list, record } from './shape.ts';

const RUNGS_MAX = 100;

const fraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

const rung = record('A rung', {
  method: id('Close-out method or outside venue; each once'),
  concessionFraction: fraction('How much worse than the mark its expected price is'),
  impactCost: money('Expected cost of moving the market', { atLeast: '0' }),
  feeFraction: fraction('Fee per unit of notional'),
  delayMs: duration('Time until it has filled or failed'),
  failureProbability: fraction('That it does not fill, p'),
});

export const routeCostCalc = calc({
  name: 'route-cost',
  summary: 'Expected cost of each rung of the ladder, and the order that costs least.',
  source: 'Plimsoll; delay as the deviation of a random walk (Almgren and Chriss 2000)',
  input: record('', {
    notional: money('What is to be closed', { atLeast: '0' }),
    dailyVolatility: ratio('σ over a day, per unit of price', { atLeast: '0' }),
    urgency: fallback(
      ratio('What a deviation counts for while waiting; default 1', { atLeast: '0' }),
      ONE_RATIO,
    ),
    fallbackCost: money('Cost when every rung has failed', { atLeast: '0' }),
    rungs: list('In the order that breaks ties', rung, { atMost: RUNGS_MAX, unique: 'method' }),
  }),
  outputs: {
    'rungs[].method': 'id',
    'rungs[].concession': 'money',
    'rungs[].impactCost': 'money',
    'rungs[].fee': 'money',
    'rungs[].delayCost': 'money',
    'rungs[].expectedCost': 'money, of trying it and of the fallback where it fails',
    'rungs[].costPerFill': 'money | null if it never fills; the ladder goes by it',
    'ladder[]': 'id; worth trying, best first',
    expectedCost: 'money, of the ladder and the fallback at its end',
    expectedDelayMs: 'ms',
  },
  compute: (input) => {
    const { rungs, ladder, expectedCost, expectedDelayMs } = routeCost(input);
    return answer({
      rungs: rungs.map((costs) => ({
        method: costs.method,
        concession: shown(costs.concession),
        impactCost: shown(costs.impactCost),
        fee: shown(costs.fee),
        delayCost: shown(costs.delayCost),
        expectedCost: shown(costs.expectedCost),
        costPerFill: shown(costs.costPerFill),
      })),
      ladder,
      expectedCost: shown(expectedCost),
      expectedDelayMs,
    });
  },
});
