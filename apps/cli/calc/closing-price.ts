/** @module Bankruptcy and fillable price of a position. */
import {
  type AccountPosition,
  bankruptcyPrice,
  bankruptcyQuote,
  contractNotional,
  fillablePrice,
  maintenanceMargin,
  marginSummary,
} from 'plimsoll/risk';
import { abs, add, gt, isZero, type Money, type Size, sign, sub } from 'plimsoll/units';
import { accountFields, accountOf, market, openPositionOf } from './account-input.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { ratio, size } from './quantity.ts';
import { fallback, oneOf, record, refused } from './shape.ts';

const marginOf = ({ kind, markPrice, tiers }: AccountPosition, held: Size): Money =>
  maintenanceMargin({ tiers, notional: contractNotional({ kind, size: held, price: markPrice }) });

const reduces = (held: Size, delta: Size): boolean =>
  !isZero(delta) && sign(delta) !== sign(held) && !gt(abs(delta), abs(held));

export const bankruptcyPriceCalc = calc({
  name: 'bankruptcy-price',
  summary: "Proceeds that consume exactly the closed part's share of equity, and their price.",
  source: 'dYdX v4, GetBankruptcyPriceInQuoteQuantums; the inverse form is Plimsoll',
  input: record('', {
    ...accountFields,
    market,
    sizeDelta: size('Change that closes part or all: − of a long, + of a short'),
    equityBasis: fallback(
      oneOf('Default "equity"; "margin-equity" counts other collateral after haircuts', [
        'equity',
        'margin-equity',
      ]),
      'equity',
    ),
  }),
  outputs: {
    bankruptcyPrice: 'price | null',
    bankruptcyQuote: 'money, + received',
  },
  compute: (input) => {
    const account = accountOf(input);
    const held = openPositionOf(account, input.market);
    if (!held.ok) return held;
    const position = held.value;
    const { sizeDelta } = input;
    if (!reduces(position.size, sizeDelta)) {
      return refused(
        'sizeDelta',
        `expected a change that reduces the size of ${shown(position.size)} without turning it`,
      );
    }
    const summary = marginSummary(account);
    const released = sub(
      marginOf(position, position.size),
      marginOf(position, add(position.size, sizeDelta)),
    );
    const quote = bankruptcyQuote({
      kind: position.kind,
      sizeDelta,
      markPrice: position.markPrice,
      equity: input.equityBasis === 'equity' ? summary.equity : summary.marginEquity,
      maintenanceMarginReleased: released,
      maintenanceMargin: summary.maintenanceMargin,
    });
    const closed = bankruptcyPrice({ kind: position.kind, sizeDelta, quote });
    return answer({ bankruptcyPrice: shown(closed), bankruptcyQuote: shown(quote) });
  },
});

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
      legMaintenanceMargin: marginOf(position, position.size),
      bankruptcyAdjustment: input.bankruptcyAdjustment,
      spreadToMaintenanceMarginRatio: input.spreadToMaintenanceMarginRatio,
    });
    return answer({ fillablePrice: shown(worst) });
  },
});
