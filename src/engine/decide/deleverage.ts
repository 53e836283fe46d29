/**
 * Auto-deleveraging: the largest leg of an account in takeover closes against opposing positions,
 * off the book. An account with equity closes at the mark and pays the penalty; a bankrupt one at
 * the quote its equity allows, the difference taken from the counterparties' profits alone.
 * @module
 */
import {
  type AdlFills,
  adlFills,
  bankruptcyPrice,
  contractNotional,
  fillValue,
} from '../../risk/index.ts';
import {
  type AccountId,
  add,
  isNegative,
  isPositive,
  type Money,
  min,
  neg,
  type Size,
  sign,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
  ZERO_SIZE,
} from '../../units/index.ts';
import { accountAfter } from '../account-after.ts';
import { closingSide, type Leg, legsBySize } from '../account-legs.ts';
import { type Deleveraging, plannedDeleveraging } from '../deleveraging.ts';
import type { LiquidationStep } from '../liquidation-step.ts';
import { accountMargin } from '../margin.ts';
import { positionChange } from '../position-change.ts';
import type { Event, EventOf } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import { penaltyEvents } from './penalty.ts';

export function deleverage(state: PoolView, step: LiquidationStep): Event[] {
  const { account, margin, liquidation } = step;
  const leg = legsBySize(state, account)[0]!;
  const { kind } = leg.market.parameters;
  const against = plannedDeleveraging(state, { account, leg, margin });
  const fills =
    against.manner === 'forced' ? closedAtMark(against) : allocation(state, leg, against);
  const deleveraged = settled(state, { step, leg, fills, against });
  const decided = [...overrideOf(step, leg, against), deleveraged];
  if (isNegative(margin.equity)) return decided;
  const notional = contractNotional({
    kind,
    size: deleveraged.liquidated.sizeDelta,
    price: leg.markPrice,
  });
  // Closing a part costs up to a unit of rounding: the penalty takes from what is really left.
  const after = accountAfter(account, leg.position.market, deleveraged.liquidated, state);
  const { equity } = accountMargin(state, after);
  const { penaltyFraction } = poolParameters(state);
  return [
    ...decided,
    ...penaltyEvents(state, { closeOut: liquidation, notional, penaltyFraction, equity }),
  ];
}

/** Told before a record that closes hedges although they are protected. */
function overrideOf(
  { liquidation: { liquidation } }: LiquidationStep,
  leg: Leg,
  { manner, factor, quantity, gap }: Deleveraging,
): Event[] {
  const { factorLoading = null } = factor;
  if (manner !== 'overriding-hedges' || factorLoading === null) return [];
  const { market } = leg.market.parameters;
  return [{ type: 'HedgesOverridden', liquidation, market, factorLoading, quantity, gap }];
}

/** The policy's allocation, cut to the counterparties that one record may hold. */
function allocation(
  state: PoolView,
  leg: Leg,
  { candidates, quantity, gap, factor }: Deleveraging,
): AdlFills<AccountId> {
  const { adlPolicy, adlFillsMax } = poolParameters(state);
  const { kind, lot } = leg.market.parameters;
  const side = closingSide(leg.position.size);
  const terms = state.waterfall?.parameters;
  const risk =
    terms === undefined
      ? {}
      : { riskExponent: terms.adlRiskExponent, riskThreshold: terms.adlRiskThreshold };
  const market = { policy: adlPolicy, kind, side, markPrice: leg.markPrice, lot, ...risk } as const;
  // What others would have closed follows in later records, decided on the state this one leaves.
  return adlFills({ ...market, ...factor, candidates, quantity, gap, fillsMax: adlFillsMax });
}

/** Accounts without equity have nothing that could be taken: they close at the mark. */
function closedAtMark({ candidates, quantity, gap }: Deleveraging): AdlFills<AccountId> {
  const fills: AdlFills<AccountId>['fills'][number][] = [];
  let left = quantity;
  for (const { account, size } of candidates) {
    if (!isPositive(left)) break;
    const closed = min(size, left);
    left = sub(left, closed);
    fills.push({ account, size: closed, price: null, taken: ZERO_MONEY });
  }
  return { fills, eta: null, residualLoss: gap, unfilled: left };
}

/** The ledger of one record: each counterparty at the mark less what is taken from it. */
function settled(
  state: PoolView,
  input: {
    readonly step: LiquidationStep;
    readonly leg: Leg;
    readonly fills: AdlFills<AccountId>;
    readonly against: Deleveraging;
  },
): EventOf<'PositionsDeleveraged'> {
  const { step, leg, fills } = input;
  const { quantity, quote } = input.against;
  const { kind } = leg.market.parameters;
  const { market, size } = leg.position;
  // Each counterparty's value is the difference of two running totals: together they are worth
  // what the whole close is worth, so that rounding leaves the liquidated account no dust to owe.
  let running = ZERO_SIZE;
  const valueAt = (total: Size): Money => fillValue({ kind, size: total, price: leg.markPrice });
  const counterparties = fills.fills.map(({ account: id, size: closed, price, taken }) => {
    const sizeDelta = withSign(closed, sign(size));
    const before = valueAt(running);
    running = add(running, sizeDelta);
    const value = add(sub(valueAt(running), before), taken);
    const account = state.accounts[state.numbers.accounts.get(id)!]!;
    const change = positionChange(state, { account, market, sizeDelta, value, fee: ZERO_MONEY });
    return { change, price, value, taken };
  });
  const closedSize = neg(sum(counterparties.map(({ change }) => change.sizeDelta)));
  const liquidated = positionChange(state, {
    account: step.account,
    market,
    sizeDelta: closedSize,
    value: neg(sum(counterparties.map(({ value }) => value))),
    fee: ZERO_MONEY,
  });
  return {
    type: 'PositionsDeleveraged',
    liquidation: step.liquidation.liquidation,
    market: leg.market.parameters.market,
    policy: poolParameters(state).adlPolicy,
    markPrice: leg.markPrice,
    bankruptcyPrice: bankruptcyPrice({
      kind,
      sizeDelta: withSign(quantity, closingSide(size)),
      quote,
    }),
    bankruptcyQuote: quote,
    liquidated,
    counterparties,
    residualLoss: fills.residualLoss,
  };
}
