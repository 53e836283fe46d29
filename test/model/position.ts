/**
 * What trading does to one account's position and balance. See docs/spec/engine.md, section
 * "Changing a position".
 * @module
 */
import { floorDiv, magnitude, ONE, signOf, smaller } from './integers.ts';
import { type Account, findMarket, type Ledger, type ModelEventOf, positionOf } from './ledger.ts';
import { fundingOf } from './margin.ts';

export type Change = ModelEventOf<'FillRecorded'>['buyer'];

/**
 * Adds contracts to an account's position for a value, and says what that did. Funding is settled
 * first; then the part of the trade that closes leaves with its share of both values, and the
 * rest opens.
 */
export function changePosition(
  ledger: Ledger,
  account: Account,
  trade: { market: string; sizeDelta: bigint; value: bigint; fee: bigint },
): Change {
  const { sizeDelta, value, fee } = trade;
  const market = findMarket(ledger, trade.market)!;
  const indexNow = market.fundingIndex;
  const before = positionOf(account, trade.market) ?? {
    market: trade.market,
    size: 0n,
    entryValue: 0n,
    fundingIndex: indexNow,
  };
  const fundingPayment = fundingOf(before, indexNow);
  const fundingExact = -before.size * (indexNow - before.fundingIndex);
  const parts = splitTrade(before, { sizeDelta, value });

  const size = before.size + sizeDelta;
  const entryValue = before.entryValue - parts.released + parts.opened;
  const realizedPnl = -parts.closed - parts.released;
  const others = account.positions.filter((position) => position !== before);
  const after = { market: trade.market, size, entryValue, fundingIndex: indexNow };
  const open = size === 0n ? others : [...others, after];
  account.positions = ledger.markets.flatMap(({ parameters }) =>
    open.filter((position) => position.market === parameters.market),
  );
  account.balance += realizedPnl + fundingPayment - fee;
  market.fundingPaid += fundingPayment;
  ledger.fees += fee;
  return {
    account: account.id,
    sizeDelta,
    entryValueDelta: entryValue - before.entryValue,
    realizedPnl,
    fundingPayment,
    fundingExact,
    fee,
  };
}

/** Value of the trade that closes and that opens; entry value that leaves with what is closed. */
function splitTrade(
  before: { size: bigint; entryValue: bigint },
  { sizeDelta, value }: { sizeDelta: bigint; value: bigint },
): { closed: bigint; opened: bigint; released: bigint } {
  const held = magnitude(before.size);
  const traded = magnitude(sizeDelta);
  const closes = signOf(before.size) * signOf(sizeDelta) < 0n ? smaller(held, traded) : 0n;
  if (closes === 0n) return { closed: 0n, opened: value, released: 0n };
  const closed = floorDiv(value * closes, traded);
  const released = closes === held ? before.entryValue : floorDiv(before.entryValue * closes, held);
  return { closed, opened: value - closed, released };
}

/** Value of a fill from the side that trades `size`: the two sides always sum to zero. */
export function fillValue(kind: 'linear' | 'inverse', size: bigint, price: bigint): bigint {
  const bought = magnitude(size);
  const paid = kind === 'linear' ? floorDiv(bought * price, ONE) : floorDiv(-bought * ONE, price);
  return size < 0n ? -paid : paid;
}
