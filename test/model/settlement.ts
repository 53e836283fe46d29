/**
 * Settlement of a dated future. See docs/spec/engine.md, section "Settlement at expiry".
 * @module
 */
import {
  type Answer,
  findIndex,
  findMarket,
  type Ledger,
  type MarketLedger,
  type ModelCommandOf,
  type ModelEventOf,
  positionOf,
} from './ledger.ts';
import { valuesPositions } from './limits.ts';
import { valueDown } from './margin.ts';
import { changePosition } from './position.ts';

/** Accounts looked at per record, for each position that one record may settle. */
const ACCOUNTS_PER_SETTLEMENT = 16;

export function isSettlementDue(ledger: Ledger, market: MarketLedger, time: number): boolean {
  const { expiryMs, index } = market.parameters;
  if (expiryMs === null || market.settled || time < expiryMs) return false;
  if (market.settlementPrice !== null) return true;
  const { live, price } = findIndex(ledger, index)!;
  return live && price !== null && valuesPositions(ledger, market.parameters, price);
}

export function settleMarket(
  ledger: Ledger,
  command: ModelCommandOf<'SettleMarket'>,
  time: number,
): Answer {
  const market = findMarket(ledger, command.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  if (!isSettlementDue(ledger, market, time)) return 'SETTLEMENT_NOT_DUE';
  if (market.settlementPrice === null) {
    const settlementPrice = findIndex(ledger, market.parameters.index)!.price!;
    market.settlementPrice = settlementPrice;
    market.mark = settlementPrice;
    market.mode = 'live';
    return [{ type: 'SettlementPriceFixed', market: command.market, settlementPrice }];
  }
  if (market.settledAccounts < ledger.accounts.length) {
    return [settleSome(ledger, market, market.settlementPrice)];
  }
  const residue = -market.settlementPaid;
  market.settled = true;
  market.settlementResidue = residue;
  ledger.insuranceFund += residue;
  return [{ type: 'MarketSettled', market: command.market, residue }];
}

/** Each position leaves for its value, rounded down; what that leaves over goes to the fund. */
function settleSome(
  ledger: Ledger,
  market: MarketLedger,
  settlementPrice: bigint,
): ModelEventOf<'PositionsSettled'> {
  const { market: id, kind } = market.parameters;
  const limit = ledger.pool!.settlementsPerRecordMax;
  const positions: ModelEventOf<'PositionsSettled'>['positions'][number][] = [];
  for (let looked = 0; looked < limit * ACCOUNTS_PER_SETTLEMENT; looked += 1) {
    const account = ledger.accounts[market.settledAccounts];
    if (account === undefined || positions.length === limit) break;
    market.settledAccounts += 1;
    const position = positionOf(account, id);
    if (position === undefined) continue;
    const value = valueDown(kind, position.size, settlementPrice);
    market.settlementPaid += value;
    const trade = { market: id, sizeDelta: -position.size, value: -value, fee: 0n };
    positions.push({ change: changePosition(ledger, account, trade), value });
  }
  return {
    type: 'PositionsSettled',
    market: id,
    settlementPrice,
    positions,
    nextAccount: market.settledAccounts,
  };
}
