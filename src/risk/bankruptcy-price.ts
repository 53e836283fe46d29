/**
 * The close at which a position leaves its account with nothing more and nothing less than its
 * share: the convention by which equity is allocated to positions under cross margin. What
 * settles is the quote, an amount of money; the price is for people and for order books.
 * @module
 */
import {
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  isQuantity,
  isZero,
  type Money,
  type Price,
  rawOf,
  type Size,
} from '../units/index.ts';
import type { ContractKind } from './contract-value.ts';

export type BankruptcyQuoteInput = {
  readonly kind: ContractKind;
  /** Signed change of the position: negative closes a long. */
  readonly sizeDelta: Size;
  readonly markPrice: Price;
  /** Equity of the whole account at the marks, signed. */
  readonly equity: Money;
  /** Maintenance margin that the change releases, ≥ 0. */
  readonly maintenanceMarginReleased: Money;
  /** Maintenance margin of the whole account before the change, > 0. */
  readonly maintenanceMargin: Money;
};

/**
 * Proceeds (+ received, − paid) that consume exactly the position's share of the equity, so that
 * equity ÷ maintenance margin is the same before and after.
 *
 *     quote = value(−Δq) − E · |ΔMM| / MM
 *     value: linear −Δq · P, inverse Δq / P
 *
 * Units     Size, Price, Money → Money, signed
 * Rounding  Up (toward +∞), once, on the exact expression: whoever closes everything at the
 *           quotes leaves equity ≥ 0, so a rounding never costs the insurance fund.
 * Asserts   maintenanceMargin > 0 · maintenanceMarginReleased ≥ 0 · markPrice > 0
 * Source    dYdX v4 `GetBankruptcyPriceInQuoteQuantums`
 */
export function bankruptcyQuote({
  kind,
  sizeDelta,
  markPrice,
  equity,
  maintenanceMarginReleased,
  maintenanceMargin,
}: BankruptcyQuoteInput): Money {
  assert(isPositive(maintenanceMargin), 'BANKRUPTCY_QUOTE', 'maintenance margin was not positive');
  assert(
    !isNegative(maintenanceMarginReleased),
    'BANKRUPTCY_QUOTE',
    'released maintenance margin was negative',
  );
  assert(isPositive(markPrice), 'BANKRUPTCY_QUOTE', 'mark price was not positive');
  const required = rawOf(maintenanceMargin);
  const delta = rawOf(sizeDelta);
  const mark = rawOf(markPrice);
  const share = rawOf(equity) * rawOf(maintenanceMarginReleased);
  const raw =
    kind === 'linear'
      ? divideUp(-delta * mark * required - share * EXACT_PER_RAW, required * EXACT_PER_RAW)
      : divideUp(delta * EXACT_PER_RAW * required - share * mark, required * mark);
  return fromRaw<Money>(raw);
}

/**
 * The price that a bankruptcy quote amounts to.
 *
 *     linear  |quote / Δq|          inverse  |Δq / quote|
 *
 * Units     Money, Size → Price, > 0; null where no positive price yields the quote: a long that
 *           may be given away, a linear short that cannot be bought back even for nothing
 * Rounding  Long up, short down: closing at the price yields at least the quote.
 * Source    dYdX v4
 */
export function bankruptcyPrice({
  kind,
  sizeDelta,
  quote,
}: {
  readonly kind: ContractKind;
  /** Signed change of the position: negative closes a long. */
  readonly sizeDelta: Size;
  readonly quote: Money;
}): Price | null {
  if (isZero(sizeDelta) || isZero(quote)) return null;
  const top = (kind === 'linear' ? -rawOf(quote) : rawOf(sizeDelta)) * EXACT_PER_RAW;
  const bottom = kind === 'linear' ? rawOf(sizeDelta) : rawOf(quote);
  const raw = isNegative(sizeDelta) ? divideUp(top, bottom) : divideDown(top, bottom);
  return raw > 0n && isQuantity(raw) ? fromRaw<Price>(raw) : null;
}
