/**
 * What a liquidated account pays on top of its losses.
 * @module
 */
import { insurancePenaltyFraction, liquidationPenalty, penaltyFraction } from 'plimsoll/risk';
import { ONE_RATIO, ZERO_MONEY, ZERO_RATIO } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { fallback, optional, type ValueOf, variants } from './shape.ts';

const fraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });
const added = (meaning: string) => fallback(fraction(`${meaning}; default 0`), ZERO_RATIO);

const marketFields = {
  notional: money('Notional of the fill that is charged', { atLeast: '0' }),
  equity: money('Equity of the account after the fill, signed'),
  baseFraction: fraction('Fraction of a healthy account in a calm, deep market'),
  perShortfall: added('Added where no margin equity is left, in proportion before'),
  perVolatility: added('Added for every multiple by which volatility exceeds the reference'),
  perThinness: added('Added for an empty book, in proportion before'),
  maxFraction: fallback(fraction('Most that is charged; default 1'), ONE_RATIO),
  marginEquity: fallback(money('Margin equity of the account, signed; default 0'), ZERO_MONEY),
  maintenanceMargin: fallback(
    money('Maintenance margin of the account; default 0: nothing is missing', { atLeast: '0' }),
    ZERO_MONEY,
  ),
  realizedVolatility: optional(ratio('Volatility now; absent: not known', { atLeast: '0' })),
  referenceVolatility: optional(ratio('Volatility that the base allows for', { above: '0' })),
  depth: optional(money('Notional on the thinner side of the book', { atLeast: '0' })),
  referenceDepth: optional(money('Depth that the base allows for', { above: '0' })),
};

const marginLeftFields = {
  notional: money('Notional of the position', { above: '0' }),
  maintenanceMarginFraction: fraction('μ of the position'),
  liquidationFraction: fraction('What the liquidator gets per unit of notional'),
  marginShortage: money('What margin equity lacks of the requirement', { atLeast: '0' }),
  maxFraction: fraction('Most that insurance may get'),
  equity: optional(money('Equity of the account, signed; absent: not looked at')),
};

function byMarket(input: ValueOf<typeof marketFields>): CalcOutcome {
  const parts = penaltyFraction(input);
  const penalty = liquidationPenalty({ ...input, penaltyFraction: parts.penaltyFraction });
  return answer({
    penaltyFraction: shown(parts.penaltyFraction),
    byHealth: shown(parts.byHealth),
    byVolatility: shown(parts.byVolatility),
    byThinness: shown(parts.byThinness),
    penalty: shown(penalty),
  });
}

export const liquidationPenaltyCalc = calc({
  name: 'liquidation-penalty',
  summary:
    'Penalty that rises with shortfall, volatility and thin depth; or the part of insurance.',
  source: 'Plimsoll (market); Drift v2, calculate_perp_if_fee (margin-left)',
  input: variants('What the fraction follows', {
    standard: 'market',
    cases: { market: marketFields, 'margin-left': marginLeftFields },
  }),
  outputs: {
    penaltyFraction: 'ratio; market only',
    byHealth: 'ratio, up to maxFraction; market only',
    byVolatility: 'ratio, up to maxFraction; market only',
    byThinness: 'ratio, up to maxFraction; market only',
    penalty: 'money; market only',
    insurancePenaltyFraction: 'ratio; margin-left only',
  },
  compute: (given) =>
    given.variant === 'market'
      ? byMarket(given.input)
      : answer({ insurancePenaltyFraction: shown(insurancePenaltyFraction(given.input)) }),
});
