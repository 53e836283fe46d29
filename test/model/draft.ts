/**
 * What a policy chooses from: every leg with what it may give, and what closing parts of it costs
 * and leaves. See docs/spec/close-outs.md, section "The plan".
 * @module
 */
import { type Leg, legsOf, type Prices, pricesOf } from './close-out.ts';
import { ceilDiv, magnitude, ONE, smaller, sqrtUp, total } from './integers.ts';
import {
  type Account,
  findMarket,
  type Ledger,
  type Liquidation,
  type Liquidity,
} from './ledger.ts';
import { type Margin, maintenanceOf, notionalUp } from './margin.ts';
import { penaltyOf } from './penalty.ts';
import { closableOf } from './room.ts';

export type Draft = {
  readonly leg: Leg;
  readonly prices: Prices;
  readonly penalty: bigint;
  readonly liquidity: Liquidity | null;
  /** Lots held, and lots that may be closed. */
  readonly held: bigint;
  readonly closable: bigint;
};

/** Whether an account would be restored by closing so many lots of its legs. */
export type Restores = (closes: readonly bigint[]) => boolean;

export function draftsOf(
  ledger: Ledger,
  account: Account,
  input: { margin: Margin; liquidation: Liquidation },
): Draft[] {
  const { margin, liquidation } = input;
  const { attempts, startedMs } = liquidation;
  return legsOf(ledger, account).map((leg): Draft => {
    const { market, lot } = leg.market;
    const penalty = penaltyOf(ledger, market, margin);
    const prices = pricesOf(ledger.pool!, leg, { margin, attempts, penalty });
    const closable = closableOf(ledger, leg, { startedMs });
    const { liquidity } = findMarket(ledger, market)!;
    return {
      leg,
      prices,
      penalty,
      liquidity,
      held: magnitude(leg.size) / lot,
      closable: closable / lot,
    };
  });
}

/** Notional of so many lots of a leg at the mark. */
export const notionalOf = ({ leg: { market, mark } }: Draft, lots: bigint): bigint =>
  notionalUp(market.kind, lots * market.lot, mark);

/** The requirement of what is left of a leg. */
export const leftOf = (draft: Draft, lots: bigint): bigint =>
  maintenanceOf(draft.leg.market.tiers, notionalOf(draft, draft.held - lots));

/** The penalty, and the lesser of what the limit allows and what the market is thought to take. */
export function costOf(draft: Draft, lots: bigint): bigint {
  const { penalty, prices, liquidity } = draft;
  if (lots === 0n) return 0n;
  const notional = notionalOf(draft, lots);
  const worst = ceilDiv(prices.slippage * notional, ONE);
  const slippage = liquidity === null ? worst : smaller(worst, impactOf(liquidity, notional));
  return ceilDiv(penalty * notional, ONE) + slippage;
}

/** Impact on the price by the time that all is closed, and the average of it. */
function impactOf(liquidity: Liquidity, notional: bigint): bigint {
  const { impactModel, impactCoefficient, dailyVolatility, dailyVolume } = liquidity;
  const base = ceilDiv(impactCoefficient * dailyVolatility, ONE);
  const days = ceilDiv(notional * ONE, dailyVolume);
  const rooted = impactModel === 'square-root';
  const peak = ceilDiv(base * (rooted ? sqrtUp(days) : days), ONE);
  const average = rooted ? ceilDiv(2n * peak, 3n) : ceilDiv(peak, 2n);
  return ceilDiv(notional * average, ONE);
}

export function restoring(
  drafts: readonly Draft[],
  { margin, releaseRatio }: { margin: Margin; releaseRatio: bigint },
): Restores {
  return (closes) => {
    const costs = total(drafts.map((draft, at) => costOf(draft, closes[at]!)));
    const left = total(drafts.map((draft, at) => leftOf(draft, closes[at]!)));
    return (margin.marginEquity - costs) * ONE >= releaseRatio * left;
  };
}
