/**
 * The impact model of a market, as the formulas of closing take it.
 * @module
 */
import type { CloseOutImpact } from 'plimsoll/risk';
import { money, ratio } from './quantity.ts';
import { oneOf, record, type Shape } from './shape.ts';

export const impact: Shape<CloseOutImpact> = record('Impact on the market, as in impact-cost', {
  model: oneOf('Law of impact', ['square-root', 'linear']),
  coefficient: ratio('Y, near 1 for the square-root law', { atLeast: '0' }),
  volatility: ratio('σ over the period of the volume, per unit of price', { atLeast: '0' }),
  volume: money('V, notional traded in the period', { above: '0' }),
});
