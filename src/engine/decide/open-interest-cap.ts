/** The cap on what may be open in a market: beyond it positions only change hands. @module */
import { contractNotional } from '../../risk/index.ts';
import {
  type AccountId,
  add,
  formatDecimal,
  gt,
  max,
  type Size,
  sub,
  ZERO_SIZE,
} from '../../units/index.ts';
import type { CommandOf, Outcome } from '../schema/index.ts';
import { accountNumber, type PoolView, positionIn } from '../state.ts';
import { rejected } from './outcome.ts';

type Fill = Pick<CommandOf<'RecordFill'>, 'buyer' | 'seller' | 'size'>;

/** Why a fill may not open as much as it would; null if it may. The two accounts are known. */
export function openInterestCapProblem(
  state: PoolView,
  market: number,
  fill: Fill,
): Outcome | null {
  const { liquidity, longSize, parameters, mark } = state.markets[market]!;
  const cap = liquidity?.openInterestMax ?? null;
  if (cap === null || mark === null) return null;
  const after = longSizeAfter(state, market, fill);
  if (!gt(after, longSize)) return null;
  const openInterest = contractNotional({ kind: parameters.kind, size: after, price: mark });
  if (!gt(openInterest, cap)) return null;
  return rejected('OPEN_INTEREST_CAP_EXCEEDED', {
    market: parameters.market,
    openInterest: formatDecimal(openInterest),
    openInterestMax: formatDecimal(cap),
  });
}

/** All longs of the market after a fill. */
function longSizeAfter(state: PoolView, market: number, { buyer, seller, size }: Fill): Size {
  const held = (id: AccountId): Size =>
    positionIn(state.accounts[accountNumber(state, id)]!, market)?.size ?? ZERO_SIZE;
  const long = (value: Size): Size => max(value, ZERO_SIZE);
  const [bought, sold] = [held(buyer), held(seller)];
  const gained = sub(long(add(bought, size)), long(bought));
  const lost = sub(long(sold), long(sub(sold, size)));
  return sub(add(state.markets[market]!.longSize, gained), lost);
}
