/**
 * The ladder: what a running liquidation does next. See docs/spec/engine.md, section
 * "Liquidation", and docs/spec/close-outs.md, section "Orders".
 * @module
 */
import { largestLeg } from './close-out.ts';
import { conversionOf } from './conversion.ts';
import { canBeCovered, isCovered } from './cover.ts';
import { isMarketClosed } from './gates.ts';
import { ceilDiv, magnitude, ONE } from './integers.ts';
import {
  type Account,
  findAccount,
  type Ledger,
  type Liquidation,
  type OpenOrder,
} from './ledger.ts';
import { type Margin, marginOf, pricesValid } from './margin.ts';
import { policyOf } from './plan.ts';
import { marginRatio } from './queue.ts';
import { endOf } from './trading.ts';

type Rung =
  | 'wait'
  | 'expire-order'
  | 'cancel-restored'
  | 'cancel-gate-closed'
  | 'cancel-repriced'
  | 'end'
  | 'convert-collateral'
  | 'settle-bad-debt'
  | 'decide-takeover'
  | 'cover-deficit'
  | 'deleverage'
  | 'close-on-book';

export function rungOf(ledger: Ledger, liquidation: Liquidation): Rung {
  const { order, takeover } = liquidation;
  const account = findAccount(ledger, liquidation.account)!;
  if (order !== null) return rungOfOrder(ledger, liquidation, { order, account });
  if (ledger.time < liquidation.notBeforeMs || !pricesValid(ledger, account)) return 'wait';
  const margin = marginOf(ledger, account);
  const { equity } = margin;
  const released = isReleased(ledger, margin);
  const open = account.positions.length > 0;
  const convertible = conversionOf(ledger, account, liquidation.coverPaid) !== null;
  const owesFund = isCovered(liquidation) && liquidation.coverPaid > account.balance;
  if (!open && owesFund && account.collaterals.length > 0) {
    return convertible ? 'convert-collateral' : 'wait';
  }
  if (released && !open) return 'end';
  if (released && mayEndOpen(ledger, liquidation) && equity >= 0n) return 'end';
  if (!open) {
    if (account.collaterals.length === 0) {
      const layered = ledger.waterfall !== null && canBeCovered(ledger, liquidation);
      return layered ? 'cover-deficit' : 'settle-bad-debt';
    }
    return convertible ? 'convert-collateral' : 'wait';
  }
  const takesClosed = isMarketClosed(ledger, 'takes', largestLeg(ledger, account)!.market.market);
  if (equity < 0n) {
    if (convertible) return 'convert-collateral';
    if (canBeCovered(ledger, liquidation)) return 'cover-deficit';
    if (!takeover) return 'decide-takeover';
    return takesClosed ? 'wait' : 'deleverage';
  }
  if (takeover) return takesClosed ? 'wait' : 'deleverage';
  return isExhausted(ledger, liquidation) ? 'decide-takeover' : 'close-on-book';
}

/** While an order is open: it expires, or there is a reason to take it back. */
function rungOfOrder(
  ledger: Ledger,
  liquidation: Liquidation,
  { order, account }: { order: OpenOrder; account: Account },
): Rung {
  if (ledger.time >= endOf(ledger, order.expiresAtMs)) return 'expire-order';
  if (order.canceling || !pricesValid(ledger, account)) return 'wait';
  const margin = marginOf(ledger, account);
  if (mayEndOpen(ledger, liquidation) && isReleased(ledger, margin)) return 'cancel-restored';
  const closed = (['close-outs', 'takes'] as const).some((gate) => {
    return isMarketClosed(ledger, gate, order.market);
  });
  if (closed) return 'cancel-gate-closed';
  const step = ledger.closeOuts?.repriceStep ?? 0n;
  const [was, is] = [liquidation.marginRatio, marginRatio(margin)];
  const fallen = was !== null && is !== null && is < was - ceilDiv(magnitude(was) * step, ONE);
  return step > 0n && fallen ? 'cancel-repriced' : 'wait';
}

const isReleased = (ledger: Ledger, { marginEquity, maintenanceMargin }: Margin): boolean =>
  marginEquity * ONE >= maintenanceMargin * ledger.pool!.releaseRatio;

/** A liquidation may end with positions left. */
const mayEndOpen = (ledger: Ledger, liquidation: Liquidation): boolean =>
  !isCovered(liquidation) && !isClosedWhole(ledger, liquidation);

const isClosedWhole = (ledger: Ledger, liquidation: Liquidation): boolean =>
  policyOf(ledger) === 'everything' && !liquidation.takeover && !isExhausted(ledger, liquidation);

function isExhausted(ledger: Ledger, { attempts, steps }: Liquidation): boolean {
  return attempts >= ledger.pool!.bookAttemptsMax || steps >= ledger.pool!.closeOutStepsMax;
}
