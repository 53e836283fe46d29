/**
 * How much a pool reckons with. See docs/spec/engine.md, section "Limits".
 * @module
 */
import { reckonedOf } from './desks.ts';
import { magnitude, ONE } from './integers.ts';
import { type Ledger, longSize, type Market } from './ledger.ts';

/** Most units of anything: 10^17. */
const MOST = 10n ** 17n * ONE;
const FACTOR_MOST = 1_000_000n * ONE;
const DURATION_MOST = 10 ** 15;

export const isModerate = (value: bigint): boolean => magnitude(value) <= MOST;
export const isWeight = (value: bigint): boolean => value > 0n && value <= FACTOR_MOST;
export const isFactor = (value: bigint): boolean => value >= 0n && value <= FACTOR_MOST;
export const isDuration = (value: number): boolean => value > 0 && value <= DURATION_MOST;

/** So much, at a price, is worth no more than the pool reckons with. */
export function isReckonable(kind: Market['kind'], size: bigint, price: bigint): boolean {
  if (!isModerate(size) || !isModerate(price)) return false;
  return kind === 'linear' ? size * price <= MOST * ONE : size * ONE <= MOST * price;
}

/** All positions of a market can be valued at a price. */
export const valuesPositions = (ledger: Ledger, market: Market, price: bigint): boolean =>
  isReckonable(market.kind, longSize(ledger, market.market), price);

/** Everything held and owed of the assets that follow an index can be valued at a price. */
export const valuesHoldings = (ledger: Ledger, index: string, price: bigint): boolean =>
  ledger.assets.every(({ parameters }) => {
    const follows = parameters.index === index;
    return !follows || isReckonable('linear', reckonedOf(ledger, parameters.asset), price);
  });
