/** Decision on one funding interval of a market. @module */
import {
  abs,
  add,
  formatDecimal,
  fromRaw,
  fundingIndexDelta,
  gt,
  inverseFundingIndexDelta,
  isPositive,
  type Money,
  ONE_RATIO,
  rawOfExactDown,
} from '../../units/index.ts';
import { MONEY_MAX_TEXT } from '../limits.ts';
import { isOwable } from '../loss-sharing.ts';
import type { CommandOf, Event, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

export function accrueFunding(state: PoolView, command: CommandOf<'AccrueFunding'>): Outcome {
  const { market: id, fundingRate } = command;
  const number = state.numbers.markets.get(id);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: id });
  const market = state.markets[number]!;
  if (gt(abs(fundingRate), ONE_RATIO)) {
    return rejected('INVALID_PARAMETER', {
      parameter: 'fundingRate',
      expected: 'from -1 to 1',
      found: formatDecimal(fundingRate),
    });
  }
  if (market.settlementPrice !== null) return rejected('MARKET_EXPIRED', { market: id });
  const { mark } = market;
  if (mark === null || market.mode === 'frozen')
    return rejected('PRICE_UNAVAILABLE', { market: id });
  const delta =
    market.parameters.kind === 'linear'
      ? fundingIndexDelta(mark, fundingRate)
      : inverseFundingIndexDelta(mark, fundingRate);
  const fundingIndexAfter = add(market.fundingIndex, delta);
  if (!isOwable(market, fundingIndexAfter, market.lossIndex)) {
    return rejected('INVALID_PARAMETER', {
      parameter: 'fundingRate',
      expected: `cumulative funding of at most ${MONEY_MAX_TEXT}`,
      found: formatDecimal(fundingRate),
    });
  }
  const accrued: Event = {
    type: 'FundingAccrued',
    market: id,
    fundingRate,
    markPrice: mark,
    fundingIndexBefore: market.fundingIndex,
    fundingIndexAfter,
  };
  const residue = fromRaw<Money>(rawOfExactDown(market.fundingResidue));
  if (!isPositive(residue)) return accepted(accrued);
  return accepted({ type: 'FundingResidueCollected', market: id, amount: residue }, accrued);
}
