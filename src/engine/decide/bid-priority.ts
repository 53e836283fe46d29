/** Decision on a bid for the right to liquidate an account first. @module */
import {
  type EngineTimeMs,
  formatDecimal,
  gt,
  isPositive,
  lt,
  type Money,
  max,
  settlementOfMoney,
  ZERO_MONEY,
} from '../../units/index.ts';
import { PRIORITY_BIDS_MAX } from '../evolve/direct.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import { lowestBid } from '../lowest-bid.ts';
import type { CommandOf, DirectParameters, Outcome } from '../schema/index.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from '../state.ts';
import { releaseProblem } from './capital.ts';
import { liquidatorProblem } from './liquidator-problem.ts';
import { accepted, rejected } from './outcome.ts';

type BidPriority = CommandOf<'BidPriority'>;

export function bidPriority(state: PoolView, command: BidPriority, time: EngineTimeMs): Outcome {
  const { liquidation: number, bidder, amount } = command;
  if (!isPositive(amount)) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  if (!isModerate(amount)) {
    const expected = `at most ${MONEY_MAX_TEXT}`;
    return rejected('INVALID_PARAMETER', { parameter: 'amount', expected });
  }
  const payer = state.numbers.accounts.get(bidder);
  if (payer === undefined) return rejected('ACCOUNT_UNKNOWN', { account: bidder });
  const liquidation = state.liquidations.get(number);
  const { direct } = state;
  if (direct === null || liquidation === undefined || !isOffered(liquidation, time)) {
    return rejected('PRIORITY_NOT_OFFERED', { liquidation: number });
  }
  const account = state.accounts[liquidation.account]!;
  const problem =
    liquidatorProblem(direct, { liquidator: state.accounts[payer]!, account }) ??
    amountProblem(direct, { liquidation, payer, amount }) ??
    paymentProblem(state, state.accounts[payer]!, amount);
  return problem ?? accepted({ type: 'PriorityBidPlaced', liquidation: number, bidder, amount });
}

const isOffered = ({ priority }: LiquidationView, time: EngineTimeMs): boolean =>
  priority !== null && !priority.awarded && time < priority.untilMs;

/** A bid counts from the lowest on, raises the bidder's own, and is kept only among the highest. */
function amountProblem(
  direct: DirectParameters,
  input: {
    readonly liquidation: LiquidationView;
    readonly payer: number;
    readonly amount: Money;
  },
): Outcome | null {
  const { liquidation, payer, amount } = input;
  const { bids } = liquidation.priority!;
  const own = bids.find(({ bidder }) => bidder === payer);
  const isFull = own === undefined && bids.length >= PRIORITY_BIDS_MAX;
  const beaten = own ?? (isFull ? bids[lowestBid(bids)] : undefined);
  const above = beaten?.amount ?? ZERO_MONEY;
  if (gt(amount, above) && !lt(amount, direct.priorityMin)) return null;
  return rejected('PRIORITY_BID_TOO_LOW', {
    amount: formatDecimal(amount),
    above: formatDecimal(above),
    atLeast: formatDecimal(max(direct.priorityMin, ZERO_MONEY)),
  });
}

/** Why a bidder could not pay now. It is asked again when the right is awarded. */
function paymentProblem(state: PoolView, payer: AccountView, amount: Money): Outcome | null {
  const { settlementAsset } = poolParameters(state);
  return releaseProblem(state, payer, settlementAsset, settlementOfMoney(amount));
}

export const mayPay = (state: PoolView, payer: AccountView, amount: Money): boolean =>
  paymentProblem(state, payer, amount) === null;
