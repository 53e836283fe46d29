/** Decisions on the protocol's own market maker: its terms, and trades with it. @module */
import {
  type AccountId,
  abs,
  type EngineTimeMs,
  EXACT_PER_RAW,
  formatDecimal,
  isNegative,
  isPositive,
  isZero,
  lt,
  neg,
  ONE_RATIO,
  type Price,
  rawOf,
  type Size,
  ZERO_MONEY,
} from '../../units/index.ts';
import { type AmmDeal, ammDeal, type DealingAmm, dealingAmm } from '../amm.ts';
import { holdsPledge, NO_PLEDGE_EXPECTED } from '../links.ts';
import { positionChange } from '../position-change.ts';
import type { AmmParameters, CommandOf, EventOf, Outcome } from '../schema/index.ts';
import { accountNumber, type MarketView, type PoolView } from '../state.ts';
import {
  type Bound,
  brokenBound,
  FRACTION_EXPECTED,
  isFraction,
  isMoney,
  isOpenFraction,
  isPositiveMoney,
  MONEY_EXPECTED,
  POSITIVE_MONEY_EXPECTED,
} from './bounds.ts';
import { accepted, rejected } from './outcome.ts';
import { marginProblem, partyProblem, tradeProblem } from './record-fill.ts';

export function configureAmm(state: PoolView, { parameters }: CommandOf<'ConfigureAmm'>): Outcome {
  const { market, account } = parameters;
  const number = state.numbers.markets.get(market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market });
  const broken = brokenBound(ammBounds(parameters, state.markets[number]!));
  if (broken !== null) return broken;
  const holder = state.numbers.accounts.get(account);
  if (holder === undefined) return rejected('ACCOUNT_UNKNOWN', { account });
  const only = state.accounts[holder]!.market;
  if (only !== null && only !== number) {
    return rejected('MARKET_NOT_TRADABLE_BY_ACCOUNT', { account, market });
  }
  if (holdsPledge(state, account)) {
    return rejected('INVALID_PARAMETER', { parameter: 'account', expected: NO_PLEDGE_EXPECTED });
  }
  return accepted({ type: 'AmmConfigured', parameters });
}

function ammBounds(amm: AmmParameters, market: MarketView): readonly Bound[] {
  const { band, curve, impactMax } = amm;
  return [
    [market.parameters.kind === 'linear', 'market', 'one of linear contracts'],
    [isPositiveMoney(amm.depth), 'depth', POSITIVE_MONEY_EXPECTED],
    [(band !== null) === (curve === 'concentrated'), 'band', 'set for a concentrated curve'],
    [band === null || isOpenFraction(band), 'band', 'above 0 and below 1'],
    [!isNegative(impactMax) && lt(impactMax, ONE_RATIO), 'impactMax', 'from 0, below 1'],
    [isMoney(amm.inventoryMax), 'inventoryMax', MONEY_EXPECTED],
    [isFraction(amm.feeFraction), 'feeFraction', FRACTION_EXPECTED],
  ];
}

type TradeWithAmm = CommandOf<'TradeWithAmm'>;

/** The market maker takes all of it or nothing, and is a party like any other. */
export function tradeWithAmm(state: PoolView, command: TradeWithAmm, time: EngineTimeMs): Outcome {
  const problem = shapeProblem(state, command);
  if (problem !== null) return problem;
  const market = state.numbers.markets.get(command.market)!;
  const { amm: parameters, mark } = state.markets[market]!;
  const fill = asFill(command, { maker: parameters!.account, price: mark ?? command.limitPrice });
  const untradable = tradeProblem(state, fill, time);
  if (untradable !== null) return untradable;
  const amm = dealingAmm(state, market);
  if (amm === null) return rejected('AMM_UNAVAILABLE', { reason: 'suspended' });
  const deal = ammDeal(state, market, { amm, sizeDelta: command.size });
  const blocked = dealProblem(command, deal) ?? partyProblem(state, fill, null);
  if (blocked !== null) return blocked;
  const event = traded(state, { command, market, amm, deal, markPrice: mark! });
  const unmet = [event.trader, event.taker]
    .map((change) => marginProblem(state, { change, market, closeOut: null }))
    .find((found) => found !== null);
  return unmet ?? accepted(event);
}

function shapeProblem(state: PoolView, command: TradeWithAmm): Outcome | null {
  const { size, limitPrice, market } = command;
  if (isZero(size)) return rejected('NOT_POSITIVE', { size: formatDecimal(size) });
  if (!isPositive(limitPrice)) {
    return rejected('NOT_POSITIVE', { limitPrice: formatDecimal(limitPrice) });
  }
  const number = state.numbers.markets.get(market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market });
  if (state.markets[number]!.amm !== null) return null;
  return rejected('AMM_UNAVAILABLE', { reason: 'none' });
}

/** The trade as a fill at the mark, for what every trade is checked for. */
function asFill(
  { account, market, size }: TradeWithAmm,
  { maker, price }: { readonly maker: AccountId; readonly price: Price },
): CommandOf<'RecordFill'> {
  const [buyer, seller] = isNegative(size) ? [maker, account] : [account, maker];
  const free = { buyerFee: ZERO_MONEY, sellerFee: ZERO_MONEY, order: null };
  return { type: 'RecordFill', market, buyer, seller, size: abs(size), price, ...free };
}

function dealProblem({ size, limitPrice }: TradeWithAmm, deal: AmmDeal): Outcome | null {
  if (deal.bound !== 'none') {
    return rejected('AMM_UNAVAILABLE', { reason: deal.bound, room: formatDecimal(deal.size) });
  }
  // What is paid, or less what is received, against all of it at the limit: exactly.
  if (rawOf(deal.value) * EXACT_PER_RAW <= rawOf(size) * rawOf(limitPrice)) return null;
  return rejected('PRICE_BEYOND_LIMIT', {
    value: formatDecimal(deal.value),
    limitPrice: formatDecimal(limitPrice),
  });
}

function traded(
  state: PoolView,
  input: {
    readonly command: TradeWithAmm;
    readonly market: number;
    readonly amm: DealingAmm;
    readonly deal: AmmDeal;
    readonly markPrice: Price;
  },
): EventOf<'TradedWithAmm'> {
  const { command, market, amm, deal, markPrice } = input;
  const { quote, fee, value, marginalPriceBefore, marginalPriceAfter } = deal;
  const trader = state.accounts[accountNumber(state, command.account)]!;
  const change = (account: typeof trader, sizeDelta: Size, worth: typeof value) =>
    positionChange(state, { account, market, sizeDelta, value: worth, fee: ZERO_MONEY });
  return {
    type: 'TradedWithAmm',
    market: command.market,
    amm: amm.account.id,
    markPrice,
    size: command.size,
    quote,
    fee,
    marginalPriceBefore,
    marginalPriceAfter,
    trader: change(trader, command.size, value),
    taker: change(amm.account, neg(command.size), neg(value)),
  };
}
