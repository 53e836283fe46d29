/**
 * What the layers of the waterfall may pay into an account in liquidation, in the order in which
 * they pay: the buffer, the insurance fund within its caps, tranches of outside capital.
 * @module
 */
import { insuranceFundCover, tranchePremium } from '../risk/index.ts';
import {
  durationMs,
  type EngineTimeMs,
  isPositive,
  isZero,
  type Money,
  max,
  min,
  nearestQuantity,
  rawOf,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';
import { saturatingSum, windowUsed } from './rolling-window.ts';
import type { EventOf, TrancheParameters, WaterfallParameters } from './schema/index.ts';
import {
  type AccountView,
  type LiquidationView,
  type PoolView,
  poolParameters,
  type TrancheView,
  type WaterfallView,
} from './state.ts';

/** What each layer pays; nothing of a deficit is paid twice. */
export type Cover = {
  readonly buffer: Money;
  readonly fund: Money;
  /** Those that pay something, in their order. */
  readonly tranches: readonly { readonly tranche: string; readonly amount: Money }[];
};

export const coverTotal = ({ buffer, fund, tranches }: Cover): Money =>
  sum([buffer, fund, ...tranches.map(({ amount }) => amount)]);

/** What an account lacks: of its equity, or, with nothing left to lose value, of its balance. */
export function deficitOf({ positions, debts, balance }: AccountView, equity: Money): Money {
  const owed = positions.length === 0 && debts.length === 0 ? min(balance, equity) : equity;
  return max(sub(ZERO_MONEY, owed), ZERO_MONEY);
}

/** Layer by layer, each as much as it may of what those before it left. */
export function coverOf(state: PoolView, liquidation: LiquidationView, deficit: Money): Cover {
  const { waterfall } = state;
  const buffer = min(deficit, waterfall?.buffer ?? ZERO_MONEY);
  let left = sub(deficit, buffer);
  const fund = insuranceCover(state, liquidation, left);
  left = sub(left, fund);
  const tranches: { tranche: string; amount: Money }[] = [];
  for (const { tranche, capital } of waterfall?.tranches ?? []) {
    const room = trancheRoom(waterfall!, liquidation, tranche);
    const amount = min(left, min(capital, room));
    if (!isPositive(amount)) continue;
    tranches.push({ tranche, amount });
    left = sub(left, amount);
  }
  return { buffer, fund, tranches };
}

/** Every tranche of the state is one of the terms. */
export const trancheTerms = (
  { tranches }: WaterfallParameters,
  tranche: string,
): TrancheParameters => tranches.find((own) => own.tranche === tranche)!;

/** What a tranche may still bear of one liquidation's loss. */
function trancheRoom(
  { parameters }: WaterfallView,
  { cover }: LiquidationView,
  tranche: string,
): Money {
  const { eventMax } = trancheTerms(parameters, tranche);
  const paid = cover.tranches.find((own) => own.tranche === tranche)?.paid ?? ZERO_MONEY;
  return max(sub(eventMax, paid), ZERO_MONEY);
}

/** The part of what was paid into a liquidation that came from the fund. */
export const fundPaid = ({ coverPaid, cover }: LiquidationView): Money =>
  sub(coverPaid, sum([cover.buffer, ...cover.tranches.map(({ paid }) => paid)]));

/** What the fund may still pay for a liquidation: within every cap, and what it has. */
export function insuranceCover(
  state: PoolView,
  liquidation: LiquidationView,
  deficit: Money,
): Money {
  const { insuranceEventCap } = poolParameters(state);
  const caps = windowRooms(state, liquidation);
  if (insuranceEventCap !== null) caps.push(sub(insuranceEventCap, fundPaid(liquidation)));
  const eventCap =
    caps.length === 0
      ? null
      : max(
          caps.reduce((a, b) => min(a, b)),
          ZERO_MONEY,
        );
  return insuranceFundCover({ deficit, fund: state.insuranceFund, eventCap });
}

/** What is left of the caps per window: the pool's, and that of the liquidation's market. */
function windowRooms(state: PoolView, { lossMarket }: LiquidationView): Money[] {
  const { waterfall, timeMs } = state;
  if (waterfall === null) return [];
  const { windowMs, windowCap, marketCaps } = waterfall.parameters;
  const rooms = windowCap === null ? [] : [sub(windowCap, windowUsed(waterfall, windowMs, timeMs))];
  if (lossMarket === null) return rooms;
  const { market } = state.markets[lossMarket]!.parameters;
  const cap = marketCaps.find((own) => own.market === market)?.cap;
  if (cap === undefined) return rooms;
  const own = waterfall.marketWindows.find((window) => window.market === lossMarket);
  const used = own === undefined ? ZERO_MONEY : windowUsed(own, windowMs, timeMs);
  return [...rooms, sub(cap, used)];
}

/**
 * What stands against the deficits of running liquidations beside the fund: no more than they are,
 * and of each tranche no more than it bears of so many.
 */
export function coverable({ waterfall }: PoolView, deficits: readonly Money[]): Money {
  if (waterfall === null || deficits.length === 0) return ZERO_MONEY;
  const { parameters, buffer, tranches } = waterfall;
  const rooms = tranches.map(({ tranche, capital }) => {
    const { eventMax } = trancheTerms(parameters, tranche);
    const most = rawOf(eventMax) * BigInt(deficits.length);
    return min(capital, nearestQuantity<Money>(most));
  });
  return min(saturatingSum(deficits), sum([buffer, ...rooms]));
}

/** All that stands ready for losses before anybody's profit. */
export const reserves = ({ insuranceFund, waterfall }: PoolView): Money =>
  waterfall === null
    ? insuranceFund
    : sum([insuranceFund, waterfall.buffer, ...waterfall.tranches.map(({ capital }) => capital)]);

export const trancheOf = (state: PoolView, tranche: string): TrancheView | undefined =>
  state.waterfall?.tranches.find((own) => own.tranche === tranche);

/** A premium is due once per interval, for capital that stands ready. */
export function premiumDue({ waterfall, timeMs }: PoolView, tranche: TrancheView): boolean {
  const { parameters } = waterfall!;
  const { premiumRate } = trancheTerms(parameters, tranche.tranche);
  const elapsed = timeMs - tranche.premiumMs;
  const earns = isPositive(tranche.capital) && isPositive(premiumRate);
  return earns && elapsed >= parameters.premiumIntervalMs;
}

/** Nobody is charged for longer than a century at once. */
const STRETCH_MS_MAX = 100 * 365 * 24 * 60 * 60 * 1000;

/** What a tranche earned since it was paid last: as much of it as the fund has. */
export function premiumUntil(
  { waterfall, insuranceFund }: Pick<PoolView, 'waterfall' | 'insuranceFund'>,
  { tranche, capital, premiumMs }: TrancheView,
  time: EngineTimeMs,
): EventOf<'PremiumPaid'> | null {
  if (time <= premiumMs || isZero(capital)) return null;
  const { premiumRate } = trancheTerms(waterfall!.parameters, tranche);
  const elapsedMs = durationMs(Math.min(time - premiumMs, STRETCH_MS_MAX));
  const earned = tranchePremium({ capital, premiumRate, elapsedMs });
  const amount = min(earned, insuranceFund);
  return { type: 'PremiumPaid', tranche, fromMs: premiumMs, untilMs: time, amount };
}

/** Of several, one after the other out of the same fund. */
export function premiumsOf(
  { waterfall, insuranceFund }: Pick<PoolView, 'waterfall' | 'insuranceFund'>,
  tranches: readonly TrancheView[],
  time: EngineTimeMs,
): EventOf<'PremiumPaid'>[] {
  let left = insuranceFund;
  return tranches.flatMap((tranche) => {
    const premium = premiumUntil({ waterfall, insuranceFund: left }, tranche, time);
    if (premium === null) return [];
    left = sub(left, premium.amount);
    return [premium];
  });
}

/** A running liquidation may still give back what the tranche paid into it. */
export const isOwed = ({ liquidations }: PoolView, tranche: string): boolean =>
  [...liquidations.values()].some(({ cover }) =>
    cover.tranches.some((own) => own.tranche === tranche && isPositive(own.paid)),
  );
