/**
 * What a unit of size has accrued in its market: funding, which one side pays the other, and
 * losses put on all open interest, which both sides pay. One index per side carries both, so that
 * a position remembers one number and settles one payment.
 *
 *     longs   fundingIndex + lossIndex        payment −size · Δindex
 *     shorts  fundingIndex − lossIndex
 * @module
 */
import { add, type FundingIndex, isNegative, type Size, sub } from '../units/index.ts';
import type { MarketView } from './state.ts';

export const sideIndex = (
  { fundingIndex, lossIndex }: Pick<MarketView, 'fundingIndex' | 'lossIndex'>,
  size: Size,
): FundingIndex => (isNegative(size) ? sub(fundingIndex, lossIndex) : add(fundingIndex, lossIndex));
