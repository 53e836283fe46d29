/**
 * Who among running liquidations is tried first. See docs/spec/close-outs.md, section "The queue".
 * @module
 */
import { atMostLargest, floorDiv, ONE } from './integers.ts';
import type { Ledger, Liquidation } from './ledger.ts';

type Sums = { readonly marginEquity: bigint; readonly maintenanceMargin: bigint };

/** Margin equity per unit of requirement, within what a quantity can hold; null for nothing. */
export function marginRatio({ marginEquity, maintenanceMargin }: Sums): bigint | null {
  if (maintenanceMargin === 0n) return null;
  const ratio = floorDiv(marginEquity * ONE, maintenanceMargin);
  return ratio < 0n ? -atMostLargest(-ratio) : atMostLargest(ratio);
}

/** A liquidation that was tried goes behind everyone who is there. */
export function takeTurn(ledger: Ledger, liquidation: Liquidation, sums: Sums): void {
  ledger.turn = Math.max(ledger.turn, liquidation.turn);
  liquidation.turn = ledger.turn + 1;
  liquidation.marginRatio = marginRatio(sums);
}

/** Lowest turn first, then lowest ratio, none before any, then lowest number. */
export function inQueue(liquidations: readonly Liquidation[]): Liquidation[] {
  return liquidations.toSorted((a, b) => {
    if (a.turn !== b.turn) return a.turn - b.turn;
    if (a.marginRatio === b.marginRatio) return a.liquidation - b.liquidation;
    if (a.marginRatio === null) return -1;
    if (b.marginRatio === null) return 1;
    return a.marginRatio < b.marginRatio ? -1 : 1;
  });
}
