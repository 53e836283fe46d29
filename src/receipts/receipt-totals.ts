/** The sums of a receipt: what was closed, what it cost, who paid and who received. @module */
import type { Json, PoolState, PositionChange } from '../engine/index.ts';
import {
  type AccountId,
  type Amount,
  add,
  assert,
  eq,
  formatDecimal,
  type Money,
  moneyOfSettlement,
  neg,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';
import { type OwnEvent, type OwnEventOf, ofType } from './own-event.ts';
import type { ReceiptFacts, StepFacts, Terms } from './receipt-facts.ts';
import { deleveraged, fillsOf, penaltyReceived } from './step-statement.ts';
import { priorityPaid, takesOf } from './take-statement.ts';

/** Every way in which the balance of an account in liquidation can move, in + and −. */
type BalanceMoves = {
  realizedPnl: Money;
  funding: Money;
  fees: Money;
  penalty: Money;
  coverPaid: Money;
  coverRepaid: Money;
  badDebt: Money;
  /** What the open interest of its market took on of what it owed. */
  lossSpread: Money;
  collateralSold: Money;
  /** Paid for debts in other assets, or of the settlement asset itself. */
  debtsClosed: Money;
  /** Claims on desks that were paid out or sold. */
  claimsSold: Money;
  /** From bidders of auctions, beyond what positions are worth at the mark; signed. */
  auctioned: Money;
  /** What was left of the balance when a vault took everything. */
  takenOver: Money;
  /** The account's share of what was paid for the right to be first. */
  priority: Money;
  /** Deposits and transfers of the settlement asset. */
  deposited: Money;
  /** For other accounts: as the provider of capital, as their finder, out of a desk's reserve. */
  received: Money;
};

const NO_MOVES: BalanceMoves = {
  realizedPnl: ZERO_MONEY,
  funding: ZERO_MONEY,
  fees: ZERO_MONEY,
  penalty: ZERO_MONEY,
  coverPaid: ZERO_MONEY,
  coverRepaid: ZERO_MONEY,
  badDebt: ZERO_MONEY,
  lossSpread: ZERO_MONEY,
  collateralSold: ZERO_MONEY,
  debtsClosed: ZERO_MONEY,
  claimsSold: ZERO_MONEY,
  auctioned: ZERO_MONEY,
  takenOver: ZERO_MONEY,
  priority: ZERO_MONEY,
  deposited: ZERO_MONEY,
  received: ZERO_MONEY,
};

export type StepWithPool = {
  readonly step: StepFacts;
  /** In force then. */
  readonly terms: Terms;
  /** As its record found it. */
  readonly state: PoolState;
};

export function totalsStatement(facts: ReceiptFacts, steps: readonly StepWithPool[]): Json {
  const events = facts.steps.flatMap((step) => step.events);
  const fills = steps.flatMap(({ step, state }) => fillsOf(step, state));
  const offBook = steps.flatMap(({ step, state }) => deleveraged(state, step.events));
  const takes = steps.flatMap(({ step, state }) => takesOf(step, state));
  const rights = priorityPaid(events);
  const penalty = penaltyReceived(events, facts.liquidation);
  const { charged, keeper, provider, insuranceFund, burned } = penalty;
  assert(
    eq(charged, sum([keeper, provider, insuranceFund, burned])),
    'RECEIPT',
    'the parts of the penalties do not sum to what was charged',
  );
  const debts = ofType(events, 'BadDebtSettled');
  const openInterest = sum(ofType(events, 'LossSpread').map(({ amount }) => amount));
  const socialized = sum(debts.flatMap((debt) => debt.socialized.map(({ amount }) => amount)));
  return {
    closedOnBook: {
      notional: formatDecimal(sum(fills.map(({ notional }) => notional))),
      costAgainstMark: formatDecimal(sum(fills.map((fill) => fill.costAgainstMark))),
      orders: ofType(events, 'CloseOutOrderPlaced').length,
      fills: fills.length,
    },
    takenOver: {
      notional: formatDecimal(sum(takes.map(({ notional }) => notional))),
      costAgainstMark: formatDecimal(sum(takes.map((take) => take.costAgainstMark))),
      takes: takes.length,
    },
    priority: {
      paid: formatDecimal(sum(rights.map(({ payment }) => payment))),
      account: formatDecimal(sum(rights.map(({ accountProceeds }) => accountProceeds))),
      insuranceFund: formatDecimal(sum(rights.map((right) => right.insuranceContribution))),
    },
    deleveraged: {
      notional: formatDecimal(sum(offBook.map(({ notional }) => notional))),
      taken: formatDecimal(sum(offBook.map(({ taken }) => taken))),
      residualLoss: formatDecimal(sum(offBook.map(({ event }) => event.residualLoss))),
      records: offBook.length,
    },
    penalty: {
      charged: formatDecimal(charged),
      keeper: formatDecimal(keeper),
      provider: formatDecimal(provider),
      insuranceFund: formatDecimal(insuranceFund),
      burned: formatDecimal(burned),
    },
    badDebt: {
      amount: formatDecimal(add(sum(debts.map(({ badDebt }) => badDebt)), openInterest)),
      insuranceFund: formatDecimal(sum(debts.map(({ insurancePaid }) => insurancePaid))),
      openInterest: formatDecimal(openInterest),
      socialized: formatDecimal(socialized),
      unallocated: formatDecimal(sum(debts.map(({ unallocated }) => unallocated))),
    },
    balance: balanceStatement(facts),
  };
}

/** The balance before and after, and everything between the two: the sum is exact. */
function balanceStatement(facts: ReceiptFacts): Json {
  const moves = balanceMoves(facts);
  const first = facts.steps[0]!.before.balance;
  const added = sum([
    moves.realizedPnl,
    moves.funding,
    moves.coverPaid,
    moves.badDebt,
    moves.lossSpread,
    moves.collateralSold,
    moves.claimsSold,
    moves.auctioned,
    moves.takenOver,
    moves.priority,
    moves.deposited,
    moves.received,
  ]);
  const taken = sum([moves.fees, moves.penalty, moves.coverRepaid, moves.debtsClosed]);
  const after = add(first, sub(added, taken));
  assert(eq(after, facts.after.balance), 'RECEIPT', 'the balance moved otherwise than was told');
  return {
    before: formatDecimal(first),
    realizedPnl: formatDecimal(moves.realizedPnl),
    funding: formatDecimal(moves.funding),
    fees: formatDecimal(neg(moves.fees)),
    penalty: formatDecimal(neg(moves.penalty)),
    coverPaid: formatDecimal(moves.coverPaid),
    coverRepaid: formatDecimal(neg(moves.coverRepaid)),
    badDebt: formatDecimal(moves.badDebt),
    lossSpread: formatDecimal(moves.lossSpread),
    collateralSold: formatDecimal(moves.collateralSold),
    debtsClosed: formatDecimal(neg(moves.debtsClosed)),
    claimsSold: formatDecimal(moves.claimsSold),
    auctioned: formatDecimal(moves.auctioned),
    takenOver: formatDecimal(moves.takenOver),
    priority: formatDecimal(moves.priority),
    deposited: formatDecimal(moves.deposited),
    received: formatDecimal(moves.received),
    after: formatDecimal(after),
  };
}

type Own = Pick<ReceiptFacts, 'terms' | 'liquidation'> & { readonly account: AccountId };

function balanceMoves({ steps, account, liquidation, terms }: ReceiptFacts): BalanceMoves {
  const moves = { ...NO_MOVES };
  const own: Own = { account: account.account, liquidation, terms };
  for (const { events, changes, payments } of steps) {
    moves.received = add(moves.received, sum(payments.map(({ amount }) => amount)));
    const traded = events.flatMap(ownChanges);
    for (const change of [...traded, ...changes.map((entry) => entry.change)]) {
      moves.realizedPnl = add(moves.realizedPnl, change.realizedPnl);
      moves.funding = add(moves.funding, change.fundingPayment);
      moves.fees = add(moves.fees, change.fee);
    }
    for (const event of events) {
      const found = moveOf(event, own);
      if (found !== null) moves[found.key] = add(moves[found.key], found.amount);
    }
  }
  return moves;
}

/** What an event of the account's own liquidation did to its positions. */
function ownChanges(event: OwnEvent): readonly PositionChange[] {
  switch (event.type) {
    case 'PositionsDeleveraged':
    case 'LiquidatedDirectly':
      return [event.liquidated];
    case 'ClosedByAmm':
      return [event.liquidated];
    case 'AccountTakenOver':
      return event.positions.map(({ liquidated }) => liquidated);
    case 'AuctionTaken':
      return event.positions.map(({ change }) => change);
    case 'FillRecorded':
      return [event.change];
    default:
      return [];
  }
}

type Move = { readonly key: keyof BalanceMoves; readonly amount: Money };

/** What an event moved on the balance other than through a position. */
function moveOf(event: OwnEvent, own: Own): Move | null {
  switch (event.type) {
    case 'PenaltyCharged':
      return { key: 'penalty', amount: event.penalty };
    case 'DeficitCovered':
      return { key: 'coverPaid', amount: event.paid };
    case 'BufferPaid':
    case 'TranchePaid':
      return { key: 'coverPaid', amount: event.amount };
    case 'BufferRepaid':
    case 'TrancheRepaid':
    case 'CoverRepaid':
      return { key: 'coverRepaid', amount: event.amount };
    case 'BadDebtSettled':
      return { key: 'badDebt', amount: event.badDebt };
    case 'LossSpread':
      return { key: 'lossSpread', amount: event.amount };
    case 'CollateralConverted':
      return { key: 'collateralSold', amount: event.proceeds };
    case 'AccountTakenOver':
      return { key: 'takenOver', amount: neg(event.balance) };
    case 'AuctionTaken':
      return { key: 'auctioned', amount: event.payment };
    case 'PriorityAwarded':
      return { key: 'priority', amount: event.accountProceeds };
    case 'ProviderPaid':
      return event.provider === own.account ? { key: 'received', amount: event.amount } : null;
    case 'Deposited':
    case 'Withdrawn':
    case 'CollateralTransferred':
    case 'TransferSent':
    case 'TransferReceived':
    case 'TransferReturned':
      return deposit(event, own);
    default:
      return moveAtDesk(event, own);
  }
}

/** With a desk, or with the house for one. */
function moveAtDesk(event: OwnEvent, { terms }: Own): Move | null {
  const settles = 'asset' in event && event.asset === terms.pool.settlementAsset;
  const paid = (amount: Amount): Money => (settles ? moneyOfSettlement(amount) : ZERO_MONEY);
  switch (event.type) {
    case 'DebtRepaid': {
      const amount = event.payer === null ? paid(event.amount) : event.value;
      return { key: 'debtsClosed', amount };
    }
    case 'DebtAssumed':
      return { key: 'debtsClosed', amount: event.value };
    case 'Repaid':
      return { key: 'debtsClosed', amount: paid(event.amount) };
    case 'SupplyReleased':
      return { key: 'claimsSold', amount: paid(event.amount) };
    case 'SupplyConverted':
      return { key: 'claimsSold', amount: event.proceeds };
    case 'ReserveCollected':
      return { key: 'received', amount: paid(event.amount) };
    default:
      return null;
  }
}

type Moved =
  | 'Deposited'
  | 'Withdrawn'
  | 'CollateralTransferred'
  | 'TransferSent'
  | 'TransferReceived'
  | 'TransferReturned';

function deposit(event: OwnEventOf<Moved>, { account, terms }: Own): Move | null {
  if (event.asset !== terms.pool.settlementAsset) return null;
  const gone = event.type === 'Withdrawn' || event.type === 'TransferSent';
  const leaves = event.type === 'CollateralTransferred' ? event.from === account : gone;
  const money = moneyOfSettlement(event.amount);
  return { key: 'deposited', amount: leaves ? neg(money) : money };
}
