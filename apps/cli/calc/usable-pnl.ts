/**
 * The part of a profit that may carry risk or be paid out.
 * @module
 */
import { unrealizedPnl, usablePnl } from 'plimsoll/risk';
import { sub, ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { contractKind, notionalProblem } from './contract-input.ts';
import { money, price, size } from './quantity.ts';
import { fallback, record, refused } from './shape.ts';

export const usablePnlCalc = calc({
  name: 'usable-pnl',
  summary: 'Profit of a position as far as the stable price confirms it; a loss as it is.',
  source: 'Plimsoll; a stable price for new risk as in Mango v4',
  input: record('', {
    kind: contractKind,
    size: size('+ long, − short'),
    entryValue: fallback(money('Σ of what the position was entered at'), ZERO_MONEY),
    markPrice: price('The mark', { above: '0' }),
    stablePrice: price('Its slow average', { above: '0' }),
  }),
  outputs: { unrealizedPnl: 'money', usablePnl: 'money', withheld: 'money' },
  compute: (input) => {
    const { kind, size: held, markPrice, stablePrice } = input;
    for (const [field, at] of [
      ['markPrice', markPrice],
      ['stablePrice', stablePrice],
    ] as const) {
      const problem = notionalProblem({ kind, size: held, price: at });
      if (problem !== null) return refused(field, problem);
    }
    const pnl = unrealizedPnl(input);
    const usable = usablePnl(input);
    return answer({
      unrealizedPnl: shown(pnl),
      usablePnl: shown(usable),
      withheld: shown(sub(pnl, usable)),
    });
  },
});
