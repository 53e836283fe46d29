/**
 * The numbered invariants of `docs/invariants.md` that speak about single events: asserted on the
 * state each event meets, before it is applied, live and in every replay. They are written down
 * a second time here, apart from the decisions that have to keep them.
 * @module
 */
import {
  contractNotional,
  contractValueDown,
  isLiquidatable,
  maintenanceMargin,
} from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  eq,
  fromRaw,
  gt,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  mulUp,
  neg,
  type Price,
  type Ratio,
  type Size,
  sub,
  sum,
  ZERO_SIZE,
} from '../units/index.ts';
import { assertAuctionTaken } from './auction-invariants.ts';
import * as deleverage from './deleverage-invariants.ts';
import * as direct from './direct-invariants.ts';
import { accountOf, closes, runningOf } from './invariant-subjects.ts';
import * as ladder from './ladder-invariants.ts';
import * as lending from './lending-invariants.ts';
import * as links from './link-invariants.ts';
import { goesOnRestored, holdsDust, isRestored } from './liquidation-release.ts';
import { lossSpread } from './loss-sharing-invariants.ts';
import { accountMargin } from './margin.ts';
import type { Event, EventOf, EventType } from './schema/index.ts';
import {
  accountNumber,
  marketNumber,
  type PoolView,
  type PositionView,
  poolParameters,
  positionIn,
} from './state.ts';
import { coverOf, coverTotal, deficitOf, insuranceCover } from './waterfall.ts';
import * as waterfall from './waterfall-invariants.ts';

type Checks = {
  readonly [T in EventType]?: (state: PoolView, event: EventOf<T>) => void;
};

/** @throws InvariantViolation when an event contradicts the state that it meets. */
export function assertEventInvariants(state: PoolView, event: Event): void {
  const check = CHECKS[event.type] as ((state: PoolView, event: Event) => void) | undefined;
  check?.(state, event);
}

function liquidationStarted(state: PoolView, event: EventOf<'LiquidationStarted'>): void {
  const account = state.accounts[accountNumber(state, event.account)]!;
  assert(account.liquidation === null, 'INV-3', 'an account in liquidation was liquidated again');
  assert(isLiquidatable({ ...event, exposed: true }), 'INV-3', 'a healthy account was liquidated');
}

function closeOutOrderPlaced(state: PoolView, event: EventOf<'CloseOutOrderPlaced'>): void {
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const margin = accountMargin(state, account);
  const goesOn = goesOnRestored(state, liquidation) || !isRestored(state, margin);
  assert(goesOn, 'INV-3', 'a close-out was planned beyond the release margin');
  const position = positionIn(account, marketNumber(state, event.market));
  assert(closes(position, event.size), 'INV-3', 'an order did more than close');
  const { closeOutStepsMax } = poolParameters(state);
  assert(liquidation.steps < closeOutStepsMax, 'INV-12', 'an order beyond closeOutStepsMax');
  assertDeficitFalls(state, position!, { ...event, penaltyFraction: liquidation.penaltyFraction });
}

/** INV-4: nothing is planned that the account does not hold or the market has no room for. */
function closeOutPlanned(state: PoolView, event: EventOf<'CloseOutPlanned'>): void {
  const account = accountOf(state, runningOf(state, event.liquidation));
  for (const { market, size, closable } of event.legs) {
    const held = abs(positionIn(account, marketNumber(state, market))?.size ?? ZERO_SIZE);
    const within = !isNegative(size) && lte(size, closable) && lte(closable, held);
    assert(within, 'INV-4', 'a plan went beyond a position or the room of its market');
  }
}

/** Units by which the few roundings of two amounts that are compared may move them apart. */
const ROUNDING = fromRaw<Money>(BigInt(4));

/**
 * INV-4: filled at its limit, penalty included, the order lowers the margin deficit: what it
 * releases in requirement is more than what it costs against the mark.
 */
function assertDeficitFalls(
  state: PoolView,
  position: PositionView,
  order: Pick<EventOf<'CloseOutOrderPlaced'>, 'size' | 'limitPrice' | 'markPrice'> & {
    readonly penaltyFraction: Ratio;
  },
): void {
  const { size, limitPrice, markPrice, penaltyFraction } = order;
  const { kind, tiers } = state.markets[position.market]!.parameters;
  const required = (held: Size): Money =>
    maintenanceMargin({
      tiers,
      notional: contractNotional({ kind, size: held, price: markPrice }),
    });
  const released = sub(required(position.size), required(add(position.size, size)));
  const worth = (price: Price): Money => contractValueDown({ kind, size: neg(size), price });
  const notional = contractNotional({ kind, size, price: limitPrice });
  const penalty = mulUp(notional, penaltyFraction);
  const cost = add(sub(worth(markPrice), worth(limitPrice)), penalty);
  if (gt(add(released, ROUNDING), cost)) return;
  assert(false, 'INV-4', 'a close-out at its limit would not lower the margin deficit');
}

function fillRecorded(state: PoolView, event: EventOf<'FillRecorded'>): void {
  const market = marketNumber(state, event.market);
  const liquidation = event.liquidation === null ? null : runningOf(state, event.liquidation);
  for (const change of [event.buyer, event.seller]) {
    const account = state.accounts[accountNumber(state, change.account)]!;
    if (account.liquidation === null) continue;
    const own = account.liquidation === event.liquidation && liquidation?.order !== null;
    assert(own, 'INV-3', `${account.id} traded in liquidation without an order`);
    const held = positionIn(account, market);
    assert(closes(held, change.sizeDelta), 'INV-3', 'a close-out fill did more than close');
  }
}

function deficitCovered(state: PoolView, event: EventOf<'DeficitCovered'>): void {
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const lack = deficitOf(account, accountMargin(state, account).equity);
  assert(isPositive(lack), 'INV-9', 'the fund paid for an account with equity');
  assert(eq(event.deficit, lack), 'INV-7', 'the deficit was not what the account lacks');
  waterfall.assertFundIsNext(state);
  const payable = insuranceCover(state, liquidation, event.deficit);
  assert(isPositive(event.paid) && eq(event.paid, payable), 'INV-6', 'the fund paid otherwise');
}

/** INV-7: the provider is paid for a running liquidation, out of the fund, and not by itself. */
function providerPaid(state: PoolView, event: EventOf<'ProviderPaid'>): void {
  const account = accountOf(state, runningOf(state, event.liquidation));
  assert(account.id !== event.provider, 'INV-7', 'a provider was paid its own penalty');
  const covered = isPositive(event.amount) && lte(event.amount, state.insuranceFund);
  assert(covered, 'INV-7', 'a provider was paid what the fund had not received');
}

function coverRepaid(state: PoolView, event: EventOf<'CoverRepaid'>): void {
  const liquidation = runningOf(state, event.liquidation);
  assert(lte(event.amount, liquidation.coverPaid), 'INV-9', 'the fund took more than it had paid');
  const { balance } = accountOf(state, liquidation);
  assert(lte(event.amount, balance), 'INV-9', 'the fund took what the account does not have');
}

function badDebtSettled(state: PoolView, event: EventOf<'BadDebtSettled'>): void {
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const { positions, debts, supplies, collaterals } = account;
  const nothing = collaterals.length === 0 || holdsDust(state, account);
  const bare = nothing && [positions, debts, supplies].every(({ length }) => length === 0);
  assert(bare, 'INV-6', 'bad debt was settled while the account still had something');
  assert(isPositive(event.badDebt), 'INV-9', 'there was no bad debt to settle');
  assert(eq(event.badDebt, neg(account.balance)), 'INV-7', 'bad debt was not what is owed');
  const payable = insuranceCover(state, liquidation, event.badDebt);
  assert(eq(event.insurancePaid, payable), 'INV-6', 'the fund paid otherwise than it could');
  const others = sub(coverTotal(coverOf(state, liquidation, event.badDebt)), payable);
  assert(isZero(others), 'INV-6', 'a loss was shared out while a layer still could pay');
  const socialized = sum(event.socialized.map(({ amount }) => amount));
  const borne = add(event.insurancePaid, add(socialized, event.unallocated));
  assert(eq(borne, event.badDebt), 'INV-7', 'bad debt was not borne exactly');
  for (const { account: id, amount } of event.socialized) {
    const bearer = state.accounts[accountNumber(state, id)]!;
    const { equity } = accountMargin(state, bearer);
    const left = isPositive(amount) && lte(amount, equity);
    assert(left, 'INV-9', `${id} bore more of a loss than it has`);
    assert(bearer.liquidation === null, 'INV-9', `${id} bore a loss while in liquidation`);
  }
}

type Check<T extends EventType> = (state: PoolView, event: EventOf<T>) => void;

const both =
  <T extends EventType>(first: Check<T>, second: Check<NoInfer<T>>): Check<T> =>
  (state, event) => {
    first(state, event);
    second(state, event);
  };

const CHECKS: Checks = {
  LiquidationStarted: liquidationStarted,
  CloseOutPlanned: closeOutPlanned,
  CloseOutOrderPlaced: closeOutOrderPlaced,
  FillRecorded: fillRecorded,
  DeficitCovered: deficitCovered,
  ProviderPaid: providerPaid,
  CoverRepaid: coverRepaid,
  HedgesOverridden: deleverage.hedgesOverridden,
  PositionsDeleveraged: deleverage.positionsDeleveraged,
  BadDebtSettled: badDebtSettled,
  PenaltyCharged: direct.penaltyCharged,
  FinderNamed: direct.finderNamed,
  LiquidatedDirectly: direct.liquidatedDirectly,
  DebtRepaidDirectly: both(direct.debtRepaidDirectly, links.debtRepaidDirectly),
  PriorityAwarded: both(direct.priorityAwarded, links.priorityAwarded),
  ClosedByAmm: ladder.closedByAmm,
  VaultDeposited: both(ladder.vaultDeposited, (state, { provider, amount }) =>
    links.paysOwn(state, provider, amount),
  ),
  VaultRedeemed: ladder.vaultRedeemed,
  AccountTakenOver: ladder.accountTakenOver,
  BufferFilled: waterfall.bufferFilled,
  BufferPaid: waterfall.bufferPaid,
  TranchePaid: waterfall.tranchePaid,
  BufferRepaid: waterfall.bufferRepaid,
  TrancheRepaid: waterfall.trancheRepaid,
  LossSpread: lossSpread,
  PremiumPaid: waterfall.premiumPaid,
  TrancheDeposited: both(waterfall.trancheDeposited, (state, { provider, amount }) =>
    links.paysOwn(state, provider, amount),
  ),
  TrancheRedeemed: waterfall.trancheRedeemed,
  Withdrawn: links.leavesPledges,
  CollateralTransferred: (state, { from: account, asset, amount }) =>
    links.leavesPledges(state, { account, asset, amount }),
  AssetSupplied: links.leavesPledges,
  Repaid: links.leavesPledges,
  TransferSent: links.transferSent,
  TransferReceived: links.transferReceived,
  TransferRefused: links.transferRefused,
  TransferConfirmed: links.transferAnswered,
  TransferReturned: links.transferAnswered,
  AuctionTaken: both(assertAuctionTaken, links.auctionTaken),
  InterestAccrued: lending.interestAccrued,
  SupplyRedeemed: lending.claimLeft,
  SupplyReleased: lending.claimLeft,
  SupplyConverted: lending.claimLeft,
  DebtRepaid: lending.debtRepaid,
  DebtAssumed: lending.debtAssumed,
};
