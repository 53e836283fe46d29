/**
 * What a venue sends: of a hundred commands eighty are fills between two accounts at the mark,
 * sixteen are deposits and withdrawals, four are prices that move by a basis point.
 * @module
 */
import type { Command, PoolView } from 'plimsoll/engine';
import {
  amount,
  assetId,
  type EngineTimeMs,
  engineTimeMs,
  formatDecimal,
  fromRaw,
  isNegative,
  money,
  type Price,
  rawOf,
  type Size,
} from 'plimsoll/units';
import { BENCH_TIME, benchAccount, priceReport } from './bench-pool.ts';
import { drawing } from './drawing.ts';

/** Commands that arrive within one millisecond of engine time: 200,000 in a second. */
const COMMANDS_PER_MS = 200;
const FEE = money('0.01');
const CASH = { asset: assetId('USDC'), amount: amount('1') };
const LOT = 10n ** 15n;

export const timeOfCommand = (number: number): EngineTimeMs =>
  engineTimeMs(BENCH_TIME + 1 + Math.floor(number / COMMANDS_PER_MS));

/** The command that comes next, for as long as it is asked. */
export function traffic(state: PoolView, seed: number): (number: number) => Command {
  const draw = drawing(seed);
  const fill = (): Command => {
    const pair = draw(state.accounts.length >> 1) * 2;
    const { positions } = state.accounts[pair]!;
    const held = positions[draw(positions.length)]!;
    const { parameters, mark } = state.markets[held.market]!;
    // Back and forth, whoever holds which side: positions neither grow nor vanish.
    const reduces = draw(2) === 1;
    const buys = isNegative(held.size) === reduces;
    const [buyer, seller] = buys ? [pair, pair + 1] : [pair + 1, pair];
    return {
      type: 'RecordFill',
      market: parameters.market,
      buyer: benchAccount(buyer),
      seller: benchAccount(seller),
      size: fromRaw<Size>(LOT),
      price: mark!,
      buyerFee: FEE,
      sellerFee: FEE,
      order: null,
    };
  };
  return (number) => {
    const kind = draw(100);
    if (kind < 80) return fill();
    const account = benchAccount(draw(state.accounts.length));
    if (kind < 88) return { type: 'Deposit', account, ...CASH };
    if (kind < 96) return { type: 'Withdraw', account, ...CASH };
    const market = draw(state.markets.length);
    const mark = rawOf(state.markets[market]!.mark!);
    const moved = fromRaw<Price>((mark * (draw(2) === 1 ? 10_001n : 9_999n)) / 10_000n);
    return priceReport(market, formatDecimal(moved), timeOfCommand(number));
  };
}
