/** An account as a change of one position would leave it. @module */
import { add, isZero, sub, ZERO_MONEY, ZERO_SIZE } from '../units/index.ts';
import type { PositionChange } from './schema/index.ts';
import { sideIndex } from './side-index.ts';
import { type AccountView, type PoolView, positionIn } from './state.ts';

/** The account as it would be after a change, for the checks that follow a fill. */
export function accountAfter(
  account: AccountView,
  market: number,
  change: PositionChange,
  state: PoolView,
) {
  const before = positionIn(account, market);
  const size = add(before?.size ?? ZERO_SIZE, change.sizeDelta);
  const entryValue = add(before?.entryValue ?? ZERO_MONEY, change.entryValueDelta);
  const fundingIndex = sideIndex(state.markets[market]!, size);
  const others = account.positions.filter((position) => position.market !== market);
  const balance = sub(
    add(add(account.balance, change.realizedPnl), change.fundingPayment),
    change.fee,
  );
  const own = isZero(size) ? [] : [{ market, size, entryValue, fundingIndex }];
  return { ...account, balance, positions: [...others, ...own] };
}
