/**
 * Worst price at which a position may be closed.
 * @module
 */
import { fillablePrice, marginSummary } from 'plimsoll/risk';
import { accountFields, accountOf, marginAtSize, market, openPositionOf } from './account-input.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { ratio } from './quantity.ts';
import { record } from './shape.ts';

export const fillablePriceCalc = calc({
  name: 'fillable-price',
  summary: 'Worst price at which a position may be closed, by how short of margin its account is.',
  source: 'dYdX v4, GetFillablePrice; the inverse form is Plimsoll',
  input: record('', {
    ...accountFields,
    market,
    bankruptcyAdjustment: ratio('How fast the spread opens below a margin ratio of 1', {
      atLeast: '0',
    }),
    spreadToMaintenanceMarginRatio: ratio(
      "Widest spread per unit of the position's maintenance margin",
      { atLeast: '0' },
    ),
  }),
  outputs: { fillablePrice: 'price' },
  compute: (input) => {
    const account = accountOf(input);
    const held = openPositionOf(account, input.market);
    if (!held.ok) return held;
    const position = held.value;
    const summary = marginSummary(account);
    const worst = fillablePrice({
      kind: position.kind,
      size: position.size,
      markPrice: position.markPrice,
      marginEquity: summary.marginEquity,
      maintenanceMargin: summary.maintenanceMargin,
      legMaintenanceMargin: marginAtSize(position, position.size),
      bankruptcyAdjustment: input.bankruptcyAdjustment,
      spreadToMaintenanceMarginRatio: input.spreadToMaintenanceMarginRatio,
    });
    return answer({ fillablePrice: shown(worst) });
  },
});
