/**
 * What a recorded liquidation says of the account behind it. The record holds neither all debts
 * nor all collateral; what it does hold bounds both, if the pair that was repaid and seized is the
 * whole account and half of a debt is the most that one liquidation repays.
 * @module
 */
import {
  type Amount,
  add,
  divideUp,
  eq,
  fromRaw,
  max,
  type Price,
  type Ratio,
  ratio,
  rawOf,
  sub,
  ZERO_AMOUNT,
} from '../../src/units/index.ts';
import type { UsableLiquidation } from './usable-prices.ts';

/** Liquidations of one account in one pair at the very same prices, as one deed. */
export type BorrowEpisode = {
  readonly first: UsableLiquidation;
  readonly steps: number;
  readonly repaid: Amount;
  readonly seized: Amount;
  /** Least debt of which no step repaid more than half of what was left. */
  readonly debt: Amount;
  /** Most collateral with which the account was liquidatable before the last step. */
  readonly collateralMost: Amount;
  /** Least collateral with which the account was not liquidatable after the last step. */
  readonly collateralLeast: Amount;
  /**
   * Least collateral with which it was not liquidatable at the prices seen before; null where
   * none were seen within the hour, or where they moved in the account's favor.
   */
  readonly collateralBefore: Amount | null;
};

type Prices = Pick<UsableLiquidation, 'collateralPrice' | 'debtPrice'>;

const WITHIN_MS = 3_600_000;
const ONE = rawOf(ratio('1'));

/** In the order of their first steps; `liquidations` in the order of time. */
export function borrowEpisodes(liquidations: readonly UsableLiquidation[]): BorrowEpisode[] {
  const groups: UsableLiquidation[][] = [];
  const open = new Map<string, UsableLiquidation[]>();
  for (const liquidation of liquidations) {
    const { pool, account, collateralAsset, debtAsset } = liquidation;
    const key = [pool, account, collateralAsset, debtAsset].join(' ');
    const group = open.get(key);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && isOneDeed(last, liquidation)) {
      group.push(liquidation);
    } else {
      const begun = [liquidation];
      groups.push(begun);
      open.set(key, begun);
    }
  }
  const before = pricesBefore();
  return groups.map((steps) => episodeOf(steps, before(steps[0]!)));
}

const isOneDeed = (last: UsableLiquidation, next: UsableLiquidation): boolean =>
  next.atMs - last.atMs <= WITHIN_MS &&
  eq(last.collateralPrice, next.collateralPrice) &&
  eq(last.debtPrice, next.debtPrice);

/** For each liquidation in the order of time, the last other price of its pair within the hour. */
function pricesBefore(): (now: UsableLiquidation) => Prices | null {
  const seen = new Map<string, UsableLiquidation[]>();
  return (now) => {
    const key = [now.pool, now.collateralAsset, now.debtAsset].join(' ');
    const pair = seen.get(key) ?? [];
    seen.set(key, pair);
    const other = pair.findLast((then) => !isSamePrice(then, now));
    pair.push(now);
    return other !== undefined && now.atMs - other.atMs <= WITHIN_MS ? other : null;
  };
}

/** Whether a unit of collateral was worth as much of the debt. */
const isSamePrice = (a: Prices, b: Prices): boolean =>
  rawOf(a.collateralPrice) * rawOf(b.debtPrice) === rawOf(b.collateralPrice) * rawOf(a.debtPrice);

function episodeOf(steps: readonly UsableLiquidation[], before: Prices | null): BorrowEpisode {
  const first = steps[0]!;
  const last = steps.at(-1)!;
  let [debt, repaid, seized] = [ZERO_AMOUNT, ZERO_AMOUNT, ZERO_AMOUNT];
  for (const step of steps) {
    debt = max(debt, add(add(repaid, step.repaid), step.repaid));
    repaid = add(repaid, step.repaid);
    seized = add(seized, step.seized);
  }
  const owedBefore = add(sub(debt, repaid), last.repaid);
  const held = sub(seized, last.seized);
  const behind = (owed: Amount, prices: Prices): Amount =>
    collateralBehind(owed, prices, first.liquidationThreshold);
  // One unit short of enough: the strict inequality is on the liquidatable side.
  const collateralMost = add(held, sub(behind(owedBefore, first), fromRaw<Amount>(1n)));
  const collateralLeast = add(seized, behind(sub(debt, repaid), first));
  const safe = before === null ? null : behind(debt, before);
  const isExplained = safe !== null && rawOf(safe) <= rawOf(collateralMost);
  return {
    first,
    steps: steps.length,
    repaid,
    seized,
    debt,
    collateralMost,
    collateralLeast,
    collateralBefore: isExplained ? max(safe, collateralLeast) : null,
  };
}

/** Least amount of collateral with which a debt has a health factor of one. */
export function collateralBehind(
  owed: Amount,
  { collateralPrice, debtPrice }: { readonly collateralPrice: Price; readonly debtPrice: Price },
  liquidationThreshold: Ratio,
): Amount {
  const exact = rawOf(owed) * rawOf(debtPrice) * ONE;
  return fromRaw<Amount>(divideUp(exact, rawOf(collateralPrice) * rawOf(liquidationThreshold)));
}
