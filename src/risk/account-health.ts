/**
 * An account explained: the sums that decide, the ratios that people read, and every position
 * with the prices at which it would be liquidated and bankrupt.
 * @module
 */
import {
  type AssetId,
  add,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  gte,
  isPositive,
  isQuantity,
  isZero,
  type MarketId,
  type Money,
  neg,
  type Price,
  type Ratio,
  rawOf,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { bankruptcyPrice, bankruptcyQuote } from './bankruptcy-price.ts';
import { contractNotional } from './contract-value.ts';
import { type HealthFactor, marginHealthFactor } from './health-factor.ts';
import { liquidationPriceOfLeg } from './liquidation-price.ts';
import { maintenanceMargin } from './maintenance-margin.ts';
import {
  isBankrupt,
  type MarginCollateral,
  type MarginDebt,
  type MarginPosition,
  type MarginSummary,
  marginSummary,
} from './margin-summary.ts';
import { unrealizedPnl } from './unrealized-pnl.ts';

export type AccountPosition = MarginPosition & { readonly market: MarketId };

export type AccountCollateral = MarginCollateral & { readonly asset: AssetId };

export type AccountDebt = MarginDebt & { readonly asset: AssetId };

export type AccountHealthInput = {
  /** Settlement asset, signed. */
  readonly balance: Money;
  readonly collaterals: readonly AccountCollateral[];
  readonly positions: readonly AccountPosition[];
  /** Absent: nothing is owed. */
  readonly debts?: readonly AccountDebt[];
};

export type PositionHealth = {
  readonly market: MarketId;
  readonly notional: Money;
  readonly unrealizedPnl: Money;
  readonly maintenanceMargin: Money;
  /** Mark at which the account becomes liquidatable, all others fixed; null if there is none. */
  readonly liquidationPrice: Price | null;
  /** Price that consumes the position's share of equity; null where it would be ≤ 0. */
  readonly bankruptcyPrice: Price | null;
};

export type AccountHealth = MarginSummary & {
  /** Margin equity ÷ maintenance margin; null when nothing is required, or next to nothing. */
  readonly marginRatio: Ratio | null;
  /** What stands behind the debts per unit of them; no number where nothing is owed. */
  readonly healthFactor: HealthFactor;
  /** Initial equity − initial margin, signed. */
  readonly freeMargin: Money;
  /** Notional ÷ equity; null when equity is zero or less, or next to nothing. */
  readonly leverage: Ratio | null;
  /** Margin equity at or above maintenance margin. */
  readonly healthy: boolean;
  /** Equity below zero while a position or a borrow is open. */
  readonly bankrupt: boolean;
  /** In input order. */
  readonly positions: readonly PositionHealth[];
};

/**
 * Everything there is to know about an account's margin.
 *
 *     marginRatio = marginEquity / maintenanceMargin     leverage = Σ notional / equity
 *     freeMargin  = initialEquity − initialMargin
 *     healthFactor = max(0, marginEquity + weightedDebt) / weightedDebt
 *
 * Units     Money and Price → Money, Ratio, Price
 * Rounding  The sums as in `marginSummary`. Margin ratio down and leverage up, so that neither
 *           display flatters the account; `healthy` and `bankrupt` compare the sums themselves.
 *           A quotient beyond the range of a ratio (dust below the line) is null, not an error.
 * Cost      O(positions · tiers + collaterals + debts)
 * Source    Plimsoll
 */
export function accountHealth(account: AccountHealthInput): AccountHealth {
  const summary = marginSummary(account);
  const positions = account.positions.map((position) => positionHealth(position, summary));
  let notional = ZERO_MONEY;
  for (const position of positions) notional = add(notional, position.notional);
  const { equity, marginEquity, initialEquity, initialMargin } = summary;
  const required = summary.maintenanceMargin;
  const owes = (account.debts ?? []).some(({ amount }) => !isZero(amount));
  const exposed = owes || account.positions.some(({ size }) => !isZero(size));
  return {
    ...summary,
    marginRatio: quotientDown(marginEquity, required),
    healthFactor: marginHealthFactor(summary),
    freeMargin: sub(initialEquity, initialMargin),
    leverage: isPositive(equity) ? quotientUp(notional, equity) : null,
    healthy: gte(marginEquity, required),
    bankrupt: isBankrupt({ equity, exposed }),
    positions,
  };
}

function positionHealth(position: AccountPosition, summary: MarginSummary): PositionHealth {
  const { market, kind, size, markPrice, tiers } = position;
  const notional = contractNotional({ kind, size, price: markPrice });
  const required = maintenanceMargin({ tiers, notional });
  return {
    market,
    notional,
    unrealizedPnl: unrealizedPnl(position),
    maintenanceMargin: required,
    liquidationPrice: liquidationPriceOfLeg({
      kind,
      size,
      markPrice,
      tiers,
      marginEquity: summary.marginEquity,
      maintenanceMargin: summary.maintenanceMargin,
    }),
    bankruptcyPrice: bankruptcyPriceOfLeg(position, required, summary),
  };
}

/** a ÷ b rounded down; null when b is zero or the quotient is out of range. */
function quotientDown(a: Money, b: Money): Ratio | null {
  if (isZero(b)) return null;
  const raw = divideDown(rawOf(a) * EXACT_PER_RAW, rawOf(b));
  return isQuantity(raw) ? fromRaw<Ratio>(raw) : null;
}

/** a ÷ b rounded up; b ≠ 0; null when the quotient is out of range. */
function quotientUp(a: Money, b: Money): Ratio | null {
  const raw = divideUp(rawOf(a) * EXACT_PER_RAW, rawOf(b));
  return isQuantity(raw) ? fromRaw<Ratio>(raw) : null;
}

/** Of closing the whole leg; without a position or a requirement there is no share of equity. */
function bankruptcyPriceOfLeg(
  { kind, size, markPrice }: AccountPosition,
  maintenanceMarginReleased: Money,
  { equity, maintenanceMargin: required }: MarginSummary,
): Price | null {
  if (isZero(size) || isZero(required)) return null;
  const sizeDelta = neg(size);
  const quote = bankruptcyQuote({
    kind,
    sizeDelta,
    markPrice,
    equity,
    maintenanceMarginReleased,
    maintenanceMargin: required,
  });
  return bankruptcyPrice({ kind, sizeDelta, quote });
}
