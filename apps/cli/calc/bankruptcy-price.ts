/**
 * Where closing consumes exactly a position's share of equity.
 * @module
 */
import { bankruptcyPrice, bankruptcyQuote, marginSummary } from 'plimsoll/risk';
import { abs, add, gt, isZero, type Size, sign, sub } from 'plimsoll/units';
import { accountFields, accountOf, marginAtSize, market, openPositionOf } from './account-input.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { size } from './quantity.ts';
import { fallback, oneOf, record, refused } from './shape.ts';

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
      marginAtSize(position, position.size),
      marginAtSize(position, add(position.size, sizeDelta)),
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
