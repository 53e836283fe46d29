/** Decision on a liquidator who takes over a part of a position at its bonus. @module */
import { contractValueDown } from '../../risk/index.ts';
import {
  abs,
  type EngineTimeMs,
  floorTo,
  formatDecimal,
  isPositive,
  isZero,
  lte,
  sub,
} from '../../units/index.ts';
import { legsOf } from '../account-legs.ts';
import {
  type DirectLeg,
  type DirectTake,
  directLeg,
  directTake,
  isAdmissible,
} from '../direct-terms.ts';
import { gateClosedForMarket } from '../gates.ts';
import { isModerate, isReckonable, MONEY_MAX_TEXT } from '../limits.ts';
import { pricesValid } from '../margin.ts';
import type { CommandOf, DirectParameters, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { type Opening, openingOf, openingProblem } from './direct-opening.ts';
import { rejected } from './outcome.ts';
import { closeOutPriceOf, takenOver } from './taken-over.ts';

type LiquidateDirect = CommandOf<'LiquidateDirect'>;

export function liquidateDirect(
  state: PoolView,
  command: LiquidateDirect,
  time: EngineTimeMs,
): Outcome {
  const unlawful = shapeProblem(command) ?? partyProblem(state, command, time);
  if (unlawful !== null) return unlawful;
  const opening = openingOf(state, command);
  if (opening === null) return rejected('NOT_OPEN_TO_LIQUIDATORS', { account: command.account });
  const closed =
    openingProblem(state, { take: command, opening, time }) ??
    tradeProblem(state, command, opening);
  if (closed !== null) return closed;
  const { direct, moment } = opening;
  const market = state.numbers.markets.get(command.market)!;
  const leg = legsOf(state, moment.account).find(({ position }) => position.market === market);
  if (leg === undefined) return rejected('TAKE_OUT_OF_RANGE', { most: '0' });
  const terms = directLeg(state, { direct, moment, leg });
  const blocked = sizeProblem(command, direct, terms);
  if (blocked !== null) return blocked;
  const take = directTake(moment, terms, command.size);
  return (
    limitProblem(command, terms, take) ?? takenOver(state, { ...opening, market, terms, take })
  );
}

function shapeProblem({ size, limitPrice }: LiquidateDirect): Outcome | null {
  if (!isPositive(size)) return rejected('NOT_POSITIVE', { size: formatDecimal(size) });
  if (!isPositive(limitPrice)) {
    return rejected('NOT_POSITIVE', { limitPrice: formatDecimal(limitPrice) });
  }
  const expected = `at most ${MONEY_MAX_TEXT}`;
  if (!isModerate(size)) return rejected('INVALID_PARAMETER', { parameter: 'size', expected });
  if (isModerate(limitPrice)) return null;
  return rejected('INVALID_PARAMETER', { parameter: 'limitPrice', expected });
}

function partyProblem(
  state: PoolView,
  command: LiquidateDirect,
  time: EngineTimeMs,
): Outcome | null {
  for (const account of [command.liquidator, command.account]) {
    if (!state.numbers.accounts.has(account)) return rejected('ACCOUNT_UNKNOWN', { account });
  }
  const number = state.numbers.markets.get(command.market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: command.market });
  const { settlementPrice, parameters } = state.markets[number]!;
  const { expiryMs } = parameters;
  const expired = settlementPrice !== null || (expiryMs !== null && time >= expiryMs);
  return expired ? rejected('MARKET_EXPIRED', { market: command.market }) : null;
}

/** Whether anything may change hands in that market, and with that liquidator. */
function tradeProblem(
  state: PoolView,
  command: LiquidateDirect,
  { moment, liquidator }: Opening,
): Outcome | null {
  const market = state.numbers.markets.get(command.market)!;
  if (liquidator.market !== null && liquidator.market !== market) {
    const facts = { account: liquidator.id, market: command.market };
    return rejected('MARKET_NOT_TRADABLE_BY_ACCOUNT', facts);
  }
  if (!pricesValid(state, moment.account)) {
    return rejected('PRICE_UNAVAILABLE', { account: moment.account.id });
  }
  if (!gateClosedForMarket(state, 'takes', market)) return null;
  return rejected('GATE_CLOSED', { gate: 'takes', market: command.market });
}

function sizeProblem(
  { size }: LiquidateDirect,
  direct: DirectParameters,
  terms: DirectLeg,
): Outcome | null {
  const { lot } = terms.leg.market.parameters;
  const whole = abs(terms.leg.position.size);
  if (!isZero(sub(size, floorTo(size, lot))) && size !== whole) {
    return rejected('SIZE_NOT_IN_LOTS', { size: formatDecimal(size), lot: formatDecimal(lot) });
  }
  if (isAdmissible(direct, terms, size)) return null;
  return rejected('TAKE_OUT_OF_RANGE', {
    size: formatDecimal(size),
    most: formatDecimal(terms.most),
    notionalMin: formatDecimal(direct.takeNotionalMin),
  });
}

/** What the contracts cost the liquidator against what they cost at its limit, exactly. */
function limitProblem(
  { limitPrice }: LiquidateDirect,
  { leg }: DirectLeg,
  { size, value }: DirectTake,
): Outcome | null {
  const { kind } = leg.market.parameters;
  if (!isReckonable(kind, abs(size), limitPrice)) {
    const expected = `contracts worth at most ${MONEY_MAX_TEXT} at it`;
    return rejected('INVALID_PARAMETER', { parameter: 'limitPrice', expected });
  }
  if (lte(value, contractValueDown({ kind, size, price: limitPrice }))) return null;
  const offered = closeOutPriceOf(leg, { size, value });
  return rejected('PRICE_BEYOND_LIMIT', {
    price: offered === null ? 'none' : formatDecimal(offered),
    limitPrice: formatDecimal(limitPrice),
  });
}
