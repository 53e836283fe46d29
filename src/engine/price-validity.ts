/**
 * What may be done by the price of a market, at the pool's time: from its mark, its guards and the
 * alarms of its breakers.
 * @module
 */
import {
  PRICE_FAULTS,
  type PriceFault,
  type PriceValidity,
  type PriceVerdict,
  priceValidity,
  type StalenessFault,
} from '../risk/index.ts';
import type { MarketId } from '../units/index.ts';
import { isValued } from './margin.ts';
import { isFreshForTrading } from './pricing.ts';
import type { AccountView, MarketView, PoolView } from './state.ts';

type Alarm = MarketView['alarms'][number];

/** What an alarm says of the price, for as long as it stands. */
const ALARMING: { readonly [R in Alarm['reason']]?: PriceFault } = {
  'price-jump': 'too-volatile',
  'sources-disagree': 'too-uncertain',
};

/** A settlement price is final: it is compared with nothing and does not grow old. */
export function marketPriceValidity(state: PoolView, number: number): PriceVerdict {
  const market = state.markets[number]!;
  const { alarms, mark, stablePrice, priceGuards, settlementPrice } = market;
  const isCompared = settlementPrice === null && priceGuards !== null;
  return priceValidity({
    price: mark,
    stablePrice: isCompared ? (stablePrice?.value ?? null) : null,
    deviationMax: priceGuards?.deviationMax ?? null,
    staleness: stalenessOf(state, market),
    standing: alarms.flatMap(({ reason }) => ALARMING[reason] ?? []),
  });
}

function stalenessOf(state: PoolView, market: MarketView): StalenessFault | null {
  if (!isValued(state, market)) return 'stale-for-margin';
  return isFreshForTrading(state, market, state.timeMs) ? null : 'stale-for-trading';
}

/** Good enough to liquidate by, not to take risk on. */
const DOUBTS: ReadonlySet<PriceFault> = new Set<PriceFault>([
  'too-volatile',
  'too-uncertain',
  'stale-for-trading',
]);

/**
 * The market's price is good enough to liquidate by once the gate is open, not to take risk on: it
 * jumped or its sources disagree, it lies too far from the stable price, or it has grown too old
 * for trading. The doubt of an alarm outlives a gate that only its time limit opened.
 */
export function priceDoubtful(state: PoolView, market: number): boolean {
  const { alarms, priceGuards } = state.markets[market]!;
  if (alarms.length === 0 && priceGuards === null) return false;
  return marketPriceValidity(state, market).faults.some((fault) => DOUBTS.has(fault));
}

/** The account has a position in a market whose price is doubtful. */
export const holdsDoubtfulPrice = (state: PoolView, account: AccountView): boolean =>
  account.positions.some(({ market }) => priceDoubtful(state, market));

/** The worst of the prices of some markets, for the message of a refusal. */
export function worstPrice(
  state: PoolView,
  markets: readonly number[],
): { readonly market: MarketId; readonly validity: PriceValidity } | null {
  const judged = markets.map((number) => {
    const { market } = state.markets[number]!.parameters;
    return { market, validity: marketPriceValidity(state, number).validity };
  });
  for (const fault of PRICE_FAULTS) {
    const found = judged.find(({ validity }) => validity === fault);
    if (found !== undefined) return found;
  }
  return null;
}
