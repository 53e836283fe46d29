/**
 * What a liquidation charges, and to whom it goes. See docs/spec/engine.md, section "Trading", and
 * docs/spec/close-outs.md, section "The penalty of a leg".
 * @module
 */
import { fillBuffer } from './cover.ts';
import { missingDepth } from './depth.ts';
import { ceilDiv, floorDiv, larger, ONE, smaller, total } from './integers.ts';
import {
  findAccount,
  findMarket,
  type Ledger,
  type Liquidation,
  type MarketLedger,
  type ModelEvent,
  type ModelEventOf,
} from './ledger.ts';
import type { Margin } from './margin.ts';
import { realizedVolatility } from './volatility.ts';

/** Penalty per unit of notional for closing in a market, as things stand. */
export function penaltyOf(ledger: Ledger, id: string, margin: Margin): bigint {
  const { pool, closeOuts, time } = ledger;
  if (closeOuts === null) return pool!.penaltyFraction;
  const market = findMarket(ledger, id)!;
  const average = market.depthAverage?.value ?? null;
  const added = [
    closeOuts.penaltyPerShortfall * shortfall(margin),
    closeOuts.penaltyPerVolatility * unrest(market),
    closeOuts.penaltyPerThinness * (missingDepth(market, { time, average }) ?? 0n),
  ];
  const whole = added.reduce((sum, part) => sum + ceilDiv(part, ONE), pool!.penaltyFraction);
  return smaller(closeOuts.penaltyFractionMax, whole);
}

/** Share of the requirement that is not met. */
function shortfall({ marginEquity, maintenanceMargin }: Margin): bigint {
  if (maintenanceMargin === 0n) return 0n;
  const met = floorDiv(marginEquity * ONE, maintenanceMargin);
  return smaller(ONE, larger(0n, ONE - met));
}

/** Multiples of the ordinary volatility beyond the first. */
function unrest(market: MarketLedger): bigint {
  const sigma = realizedVolatility(market);
  if (market.liquidity === null || sigma === null) return 0n;
  return larger(0n, ceilDiv(sigma * ONE, market.liquidity.dailyVolatility) - ONE);
}

/** The penalty, at most the account's own equity: what the fund paid is not its own. */
export function chargePenalty(
  ledger: Ledger,
  liquidation: Liquidation,
  { notional, equity, fraction }: { notional: bigint; equity: bigint; fraction: bigint },
): ModelEvent[] {
  const { liquidation: number, account, coverPaid } = liquidation;
  const penalty = smaller(ceilDiv(notional * fraction, ONE), larger(equity - coverPaid, 0n));
  if (penalty === 0n) return [];
  const burned = floorDiv(penalty * ledger.pool!.burnShare, ONE);
  const insuranceContribution = penalty - burned;
  findAccount(ledger, account)!.balance -= penalty;
  ledger.insuranceFund += insuranceContribution;
  ledger.burned += burned;
  const charged = {
    type: 'PenaltyCharged',
    liquidation: number,
    account,
    notional,
    penalty,
    keeperReward: 0n,
    keeper: null,
    insuranceContribution,
    burned,
  } as const;
  const provided = payProvider(ledger, liquidation, penalty);
  const kept = insuranceContribution - total(provided.map(({ amount }) => amount));
  return [charged, ...provided, ...fillBuffer(ledger, liquidation, kept)];
}

/** The provider of capital gets its share out of what the fund got. */
function payProvider(
  ledger: Ledger,
  { liquidation, account }: Liquidation,
  penalty: bigint,
): ModelEventOf<'ProviderPaid'>[] {
  const provider = ledger.closeOuts?.provider ?? null;
  if (provider === null || provider === account) return [];
  const amount = floorDiv(penalty * ledger.closeOuts!.providerShare, ONE);
  if (amount === 0n) return [];
  ledger.insuranceFund -= amount;
  findAccount(ledger, provider)!.balance += amount;
  return [{ type: 'ProviderPaid', liquidation, provider, amount }];
}
