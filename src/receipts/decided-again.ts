/**
 * Decides the steps of a receipt again, on the pool that its pictures show: what was recorded of
 * the account must be what the engine decides. What others' accounts decide too (`takenAsTold`)
 * is taken as told, and what it did here is not.
 * @module
 */
import {
  accountAfter,
  accountMargin,
  type Command,
  costOf,
  decide,
  ENGINE_SOURCE,
  insuranceCover,
  type Leg,
  type LiquidationView,
  legsOf,
  liquidationStep,
  type PoolState,
  penaltyEvents,
  positionChange,
} from '../engine/index.ts';
import { contractNotional, fillValue, type MarginSummary, priorityAuction } from '../risk/index.ts';
import {
  type AccountId,
  abs,
  add,
  cmp,
  engineTimeMs,
  isNegative,
  isPositive,
  type Money,
  money,
  neg,
  type Size,
  sub,
  sum,
  withSign,
  ZERO_AMOUNT,
  ZERO_FUNDING_INDEX,
  ZERO_MONEY,
  ZERO_RATIO,
  ZERO_SIZE,
} from '../units/index.ts';
import { asSeenBy, type OwnEvent, type OwnEventOf, ofType } from './own-event.ts';
import { addStranger, OWN_ACCOUNT, type Whose } from './pool-of-moment.ts';
import type { StepFacts } from './receipt-facts.ts';
import { takenAsTold } from './taken-as-told.ts';

/** The events that a step must have; null where it says nothing that follows from the pool. */
export function decidedAgain(
  state: PoolState,
  step: StepFacts,
  whose: Whose,
): readonly OwnEvent[] | null {
  const { liquidation } = whose;
  const own = step.events.some(
    (event) => 'liquidation' in event && event.liquidation === liquidation,
  );
  if (!own) return null;
  if (takenAsTold(state, step, whose).includes('decision')) return null;
  switch (step.command) {
    case 'StartLiquidations':
      return engineDecides(state, step, {
        type: 'StartLiquidations',
        accounts: [whose.account.account],
      });
    case 'StepLiquidation':
      return steppedAgain(state, step, liquidation);
    case 'PointAtAccount':
      return pointedAgain(state, step, whose);
    case 'LiquidateDirect':
      return takenAgain(state, step);
    case 'RepayDirect':
      return repaidAgain(state, step);
    case 'BidPriority':
      // Whoever bids, and how much, is up to the bidder; that it is recorded is all there is.
      return null;
    case 'RecordFill':
      return filledAgain(state, step);
    case 'FinishOrder':
      return finishedAgain(state, step);
    default:
      return [];
  }
}

function engineDecides(state: PoolState, step: StepFacts, command: Command): readonly OwnEvent[] {
  const internal = command.type === 'StartLiquidations' || command.type === 'StepLiquidation';
  const envelope = { source: internal ? ENGINE_SOURCE : step.source, sourceSeq: 1, command };
  const outcome = decide(state, envelope, step.timeMs);
  const own = state.accounts[OWN_ACCOUNT]!.id;
  return outcome.type === 'Accepted' ? outcome.events.map((e) => asSeenBy(e, own)) : [];
}

/** Somebody of whom nothing is known, but who can afford whatever was done. */
function richStranger(state: PoolState, id: AccountId) {
  const stranger = addStranger(state, id);
  // Accounts may be called like the owners of others: whoever did this was somebody else.
  stranger.owner = `not ${state.accounts[OWN_ACCOUNT]!.owner}`;
  stranger.balance = PLENTY;
  stranger.liquidation = null;
  return stranger;
}

function pointedAgain(state: PoolState, step: StepFacts, whose: Whose): readonly OwnEvent[] {
  const found = ofType(step.events, 'FinderNamed')[0];
  if (found === undefined) return [];
  const { finder, executionCost: cost } = found;
  richStranger(state, finder);
  const { account } = whose.account;
  return engineDecides(state, step, {
    type: 'PointAtAccount',
    finder,
    account,
    cost,
    witness: null,
  });
}

/** At the price that was paid: whatever the liquidator's limit was, it was kept. */
function takenAgain(state: PoolState, step: StepFacts): readonly OwnEvent[] {
  const taken = ofType(step.events, 'LiquidatedDirectly')[0];
  if (taken === undefined) return [];
  const { account, liquidator, market, liquidated, closeOutPrice } = taken;
  richStranger(state, liquidator);
  const { version } = state.accounts[OWN_ACCOUNT]!;
  return engineDecides(state, step, {
    type: 'LiquidateDirect',
    liquidator,
    account,
    accountVersion: version,
    market,
    size: abs(liquidated.sizeDelta),
    limitPrice: closeOutPrice ?? taken.markPrice,
  });
}

/**
 * For what was repaid, with whatever it brought: the liquidator's limit was kept. The interest that
 * comes before it is in no picture of the account, and what is owed with it is what is compared.
 */
function repaidAgain(state: PoolState, step: StepFacts): readonly OwnEvent[] {
  const repaid = ofType(step.events, 'DebtRepaidDirectly')[0];
  if (repaid === undefined) return [];
  const { account, liquidator, debtAsset, amount: repay, collateralAsset } = repaid;
  const stranger = richStranger(state, liquidator);
  const asset = state.numbers.assets.get(debtAsset);
  if (asset !== undefined) stranger.collaterals = [{ asset, amount: repay }];
  const { version } = state.accounts[OWN_ACCOUNT]!;
  const events = engineDecides(state, step, {
    type: 'RepayDirect',
    liquidator,
    account,
    accountVersion: version,
    debtAsset,
    repay,
    collateralAsset,
    seizeMin: ZERO_AMOUNT,
  });
  return events.filter(({ type }) => type !== 'InterestAccrued');
}

function steppedAgain(state: PoolState, step: StepFacts, liquidation: number): readonly OwnEvent[] {
  const running = state.liquidations.get(liquidation);
  if (running === undefined) return [];
  const deleveraged = ofType(step.events, 'PositionsDeleveraged')[0];
  if (deleveraged !== undefined)
    return deleveragedAgain(state, step, { running, told: deleveraged });
  const debt = ofType(step.events, 'BadDebtSettled')[0];
  const spread = ofType(step.events, 'LossSpread')[0];
  if (debt !== undefined || spread !== undefined) {
    return settledAgain(state, step, { running, debt });
  }
  const awarded = ofType(step.events, 'PriorityAwarded')[0];
  if (awarded !== undefined) return awardedAgain(state, step, awarded);
  const placed = ofType(step.events, 'CloseOutOrderPlaced')[0];
  state.nextOrder = placed?.order ?? state.nextOrder;
  const put = ofType(step.events, 'AuctionStarted')[0];
  state.nextAuction = put?.auction ?? state.nextAuction;
  return engineDecides(state, step, { type: 'StepLiquidation', liquidation });
}

/** Who bid how much and could pay it is told; who won, and what became of the money, is not. */
function awardedAgain(
  state: PoolState,
  step: StepFacts,
  told: OwnEventOf<'PriorityAwarded'>,
): readonly OwnEvent[] {
  const { direct } = state;
  const award = priorityAuction({
    bids: told.bids
      .filter(({ payable }) => payable)
      .map(({ bidder, amount: bid }) => ({ bidder, bid })),
    bidMin: direct?.priorityMin ?? ZERO_MONEY,
    accountShare: direct?.priorityAccountShare ?? ZERO_RATIO,
  });
  const { payment, accountProceeds, insuranceContribution } = award;
  const winner = told.bids.find(({ bidder }) => bidder === award.winner)?.bidder ?? null;
  const aloneMs = winner === null ? 0 : (direct?.priorityExclusiveMs ?? 0);
  const untilMs = engineTimeMs(step.timeMs + aloneMs);
  return [{ ...told, winner, payment, accountProceeds, insuranceContribution, untilMs }];
}

/** More than anybody needs: the counterparty's own margin was the pool's business then. */
const PLENTY = money('100000000000000000');

/**
 * The counterparty of a fill is a stranger who can afford it and whose position it reduces: so
 * that nothing but the liquidated account's side can be refused.
 */
function filledAgain(state: PoolState, step: StepFacts): readonly OwnEvent[] {
  const recorded = ofType(step.events, 'FillRecorded')[0];
  if (recorded === undefined) return [];
  const { change, counterparty, market, price, order } = recorded;
  const { account, sizeDelta, fee } = change;
  const bought = isPositive(sizeDelta);
  const stranger = richStranger(state, counterparty);
  stranger.positions = [
    {
      market: state.numbers.markets.get(market)!,
      size: sizeDelta,
      entryValue: ZERO_MONEY,
      fundingIndex: ZERO_FUNDING_INDEX,
    },
  ];
  return engineDecides(state, step, {
    type: 'RecordFill',
    market,
    buyer: bought ? account : counterparty,
    seller: bought ? counterparty : account,
    size: abs(sizeDelta),
    price,
    buyerFee: bought ? fee : ZERO_MONEY,
    sellerFee: bought ? ZERO_MONEY : fee,
    order,
  });
}

function finishedAgain(state: PoolState, step: StepFacts): readonly OwnEvent[] {
  const finished = ofType(step.events, 'OrderFinished')[0];
  if (finished === undefined) return [];
  const { order, reason } = finished;
  return engineDecides(state, step, { type: 'FinishOrder', order, reason });
}

/**
 * That nobody could close and keep its hedges is told, and how much they hold; what that is to
 * cost, and that hedges are protected, is not.
 */
function overriddenAgain(
  { deleveraging }: PoolState,
  step: StepFacts,
  { leg, margin }: { readonly leg: Leg; readonly margin: MarginSummary },
): readonly OwnEvent[] {
  const told = ofType(step.events, 'HedgesOverridden')[0];
  const { market } = leg.market.parameters;
  const own = deleveraging?.loadings.find((entry) => entry.market === market);
  if (told === undefined || own === undefined || deleveraging?.hedges !== 'protect') return [];
  const sizeDelta = withSign(told.quantity, isPositive(leg.position.size) ? -1 : 1);
  const { gap } = costOf(leg, sizeDelta, margin);
  return [{ ...told, market, factorLoading: own.loading, gap }];
}

/** Who closed how much and what each gave is told; what it is worth at the mark is not. */
function deleveragedAgain(
  state: PoolState,
  step: StepFacts,
  {
    running,
    told,
  }: {
    readonly running: LiquidationView;
    readonly told: OwnEventOf<'PositionsDeleveraged'>;
  },
): readonly OwnEvent[] {
  const { rung, account, margin } = liquidationStep(state, running);
  if (rung !== 'deleverage') return [];
  const leg = legsOf(state, account).reduce((a, b) => (cmp(b.notional, a.notional) > 0 ? b : a));
  const { kind, market } = leg.market.parameters;
  const { adlPolicy: policy, penaltyFraction } = state.parameters!;
  const { markPrice } = leg;
  let closed = ZERO_SIZE;
  const valueAt = (total: Size): Money => fillValue({ kind, size: total, price: markPrice });
  const counterparties = told.counterparties.map((entry) => {
    const before = valueAt(closed);
    closed = add(closed, entry.sizeDelta);
    return { ...entry, value: add(sub(valueAt(closed), before), entry.taken) };
  });
  const liquidated = positionChange(state, {
    account,
    market: leg.position.market,
    sizeDelta: neg(closed),
    value: neg(sum(counterparties.map(({ value }) => value))),
    fee: ZERO_MONEY,
  });
  const recorded: OwnEvent = { ...told, market, policy, markPrice, counterparties, liquidated };
  const decided = [...overriddenAgain(state, step, { leg, margin }), recorded];
  if (isNegative(margin.equity)) return decided;
  const notional = contractNotional({ kind, size: liquidated.sizeDelta, price: markPrice });
  const after = accountMargin(state, accountAfter(account, leg.position.market, liquidated, state));
  const charge = { closeOut: running, notional, penaltyFraction, equity: after.equity };
  return [...decided, ...penaltyEvents(state, charge).map((event) => asSeenBy(event, account.id))];
}

/** Whose profits bore how much of a loss is told; how much there was to bear is not. */
function settledAgain(
  state: PoolState,
  step: StepFacts,
  {
    running,
    debt,
  }: {
    readonly running: LiquidationView;
    readonly debt: OwnEventOf<'BadDebtSettled'> | undefined;
  },
): readonly OwnEvent[] {
  const command: Command = { type: 'StepLiquidation', liquidation: running.liquidation };
  // What rounding brings the fund is told of the market, not of the account.
  const events = engineDecides(state, step, command).filter(
    ({ type }) => type !== 'FundingResidueCollected',
  );
  return events.map((event) => {
    if (event.type !== 'BadDebtSettled' || debt === undefined) return event;
    const insurancePaid = insuranceCover(state, running, event.badDebt);
    const socialized = sum(debt.socialized.map(({ amount }) => amount));
    const unallocated = sub(sub(event.badDebt, insurancePaid), socialized);
    return { ...event, insurancePaid, socialized: debt.socialized, unallocated };
  });
}
