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
import { coolsOff } from '../cool-off.ts';
import {
  type DirectLeg,
  type DirectTake,
  directLeg,
  directTake,
  isAdmissible,
} from '../direct-terms.ts';
import { gateClosedForMarket } from '../gates.ts';
import { isModerate, isReckonable, MONEY_MAX_TEXT } from '../limits.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import type { RouteMoment } from '../routes/index.ts';
import type { CommandOf, DirectParameters, Outcome } from '../schema/index.ts';
import type { AccountView, LiquidationView, PoolView } from '../state.ts';
import { liquidatorProblem } from './liquidator-problem.ts';
import { rejected } from './outcome.ts';
import { closeOutPriceOf, takenOver } from './taken-over.ts';

type LiquidateDirect = CommandOf<'LiquidateDirect'>;

/** Everyone and everything that a take is about. */
type Parties = {
  readonly direct: DirectParameters;
  readonly moment: RouteMoment;
  readonly liquidator: AccountView;
  readonly market: number;
};

export function liquidateDirect(
  state: PoolView,
  command: LiquidateDirect,
  time: EngineTimeMs,
): Outcome {
  const unlawful = shapeProblem(command) ?? partyProblem(state, command, time);
  if (unlawful !== null) return unlawful;
  const parties = partiesOf(state, command);
  if (parties === null) return rejected('NOT_OPEN_TO_LIQUIDATORS', { account: command.account });
  const closed =
    openingProblem(state, { command, parties, time }) ?? tradeProblem(state, command, parties);
  if (closed !== null) return closed;
  const { direct, moment, market } = parties;
  const leg = legsOf(state, moment.account).find(({ position }) => position.market === market);
  if (leg === undefined) return rejected('TAKE_OUT_OF_RANGE', { most: '0' });
  const terms = directLeg(state, { direct, moment, leg });
  const blocked = sizeProblem(command, direct, terms);
  if (blocked !== null) return blocked;
  const take = directTake(moment, terms, command.size);
  return limitProblem(command, terms, take) ?? takenOver(state, { ...parties, terms, take });
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

/** Null where no liquidation of the account runs, or there are no terms at all. */
function partiesOf(state: PoolView, command: LiquidateDirect): Parties | null {
  const { direct, numbers } = state;
  const account = state.accounts[numbers.accounts.get(command.account)!]!;
  if (direct === null || account.liquidation === null) return null;
  const liquidation = state.liquidations.get(account.liquidation)!;
  const moment = { liquidation, account, margin: accountMargin(state, account) };
  const liquidator = state.accounts[numbers.accounts.get(command.liquidator)!]!;
  return { direct, moment, liquidator, market: numbers.markets.get(command.market)! };
}

/** Whether the account is open to this liquidator now, as it knows the account. */
function openingProblem(
  state: PoolView,
  input: {
    readonly command: LiquidateDirect;
    readonly parties: Parties;
    readonly time: EngineTimeMs;
  },
): Outcome | null {
  const { command, parties, time } = input;
  const { direct, moment, liquidator } = parties;
  const { liquidation, account } = moment;
  const barred = liquidatorProblem(direct, { liquidator, account });
  if (barred !== null) return barred;
  if (coolsOff(state, account, time)) {
    return rejected('COOLING_OFF', { account: account.id, untilMs: coolOffEnd(parties) });
  }
  if (liquidation.route?.method !== 'direct') {
    return rejected('NOT_OPEN_TO_LIQUIDATORS', { account: account.id });
  }
  const number = state.numbers.accounts.get(liquidator.id)!;
  if (isHeld(direct, { liquidation, number, time })) {
    return rejected('PRIORITY_HELD', { liquidation: liquidation.liquidation });
  }
  if (command.accountVersion === account.version) return null;
  return rejected('ACCOUNT_CHANGED', { account: account.id, version: account.version });
}

const coolOffEnd = ({ direct, moment }: Parties): number =>
  (moment.account.riskRaisedMs ?? 0) + direct.coolOffMs;

/** The right to be first is being sold, or somebody else has it. */
function isHeld(
  direct: DirectParameters,
  input: {
    readonly liquidation: LiquidationView;
    readonly number: number;
    readonly time: EngineTimeMs;
  },
): boolean {
  const { priority } = input.liquidation;
  if (priority === null) return direct.priorityWindowMs > 0;
  if (!priority.awarded) return true;
  const { winner, untilMs } = priority;
  return winner !== null && winner !== input.number && input.time < untilMs;
}

/** Whether anything may change hands in that market, and with that liquidator. */
function tradeProblem(
  state: PoolView,
  command: LiquidateDirect,
  { moment, liquidator, market }: Parties,
): Outcome | null {
  if (liquidator.liquidation !== null) {
    return rejected('ACCOUNT_IN_LIQUIDATION', { account: liquidator.id });
  }
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
