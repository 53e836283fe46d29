/**
 * Direct liquidation: who may take over what at which bonus, the auction of the right to be first,
 * and the finders of accounts.
 * @module
 */
import { flag, type Infer, list, nullable, record, variant } from './codec.ts';
import {
  account,
  amount,
  asset,
  count,
  detection,
  directAccess,
  duration,
  liquidation,
  market,
  money,
  price,
  ratio,
  shares,
  size,
  time,
} from './fields.ts';
import { PositionChange } from './position-change.ts';

/** Terms on which liquidators take over positions. */
export const DirectParameters = record({
  access: directAccess,
  /** Those who may, where it takes permission; none otherwise. */
  liquidators: list(account),
  /** Bonus per unit of notional at a margin ratio of one, the largest, and where it is reached. */
  minBonus: ratio,
  maxBonus: ratio,
  healthForMaxBonus: ratio,
  /** How long after its owner has raised its risk an account is not open to liquidators. */
  coolOffMs: duration,
  /** A take is worth at least that much, or is all that may be taken. */
  takeNotionalMin: money,
  /** Time for bids for the right to be first; 0: there is no such right. */
  priorityWindowMs: duration,
  /** How long the winner is alone. */
  priorityExclusiveMs: duration,
  /** Lowest bid. */
  priorityMin: money,
  /** Share of the winning bid that the account gets; the rest goes to the insurance fund. */
  priorityAccountShare: ratio,
});
export type DirectParameters = Infer<typeof DirectParameters>;

/** Who finds liquidatable accounts, and what finding one is worth. */
export const FinderParameters = record({
  detection,
  /** Time for finders before the engine starts by itself. */
  noticeMs: duration,
  flagReward: money,
  /** Least gain beyond the cost, in money and per unit of cost. */
  minReward: money,
  minProfitFraction: ratio,
  /** Most of a finder's cost that is made good. */
  costMax: money,
  /** Most that is paid, per unit of margin equity and in all. */
  marginScale: ratio,
  maxReward: money,
});
export type FinderParameters = Infer<typeof FinderParameters>;

/** What an account has, and what it is required to have. */
const Health = record({ equity: money, marginEquity: money, maintenanceMargin: money });

export const DIRECT_COMMANDS = {
  ConfigureDirect: variant(111, { parameters: DirectParameters }),
  ConfigureFinders: variant(112, { parameters: FinderParameters }),

  /** Takes over a part of a position of an account that is open to liquidators. */
  LiquidateDirect: variant(331, {
    liquidator: account,
    account,
    /** As the liquidator saw it: whoever changed meanwhile is not taken over. */
    accountVersion: count,
    market,
    /** Contracts, above zero; the position says which side. */
    size,
    /** Dearest price of a long, cheapest of a short. */
    limitPrice: price,
  }),
  /** Repays a part of a debt of such an account, for a part of its collateral. */
  RepayDirect: variant(334, {
    liquidator: account,
    account,
    accountVersion: count,
    debtAsset: asset,
    /** At most; above zero. */
    repay: amount,
    collateralAsset: asset,
    /** Least that the liquidator wants for it. */
    seizeMin: amount,
  }),
  /** A bid for the right to liquidate first; a later one of the same bidder raises it. */
  BidPriority: variant(332, { liquidation, bidder: account, amount: money }),
  /** Names an account that is liquidatable. */
  PointAtAccount: variant(333, {
    finder: account,
    account,
    /** What finding it cost. */
    cost: money,
    /** The scenario that shows it, where margin has several; null where it has one. */
    witness: nullable(count),
  }),

  /** Accounts that were found liquidatable, worst first, and noticed ones that are so no more. */
  NoticeAccounts: variant(405, { accounts: list(account), recovered: list(account) }),
};

export const DIRECT_EVENTS = {
  DirectConfigured: variant(111, { parameters: DirectParameters }),
  FindersConfigured: variant(112, { parameters: FinderParameters }),

  LiquidatedDirectly: variant(461, {
    liquidation,
    account,
    liquidator: account,
    market,
    markPrice: price,
    /** Display: what the contracts cost the liquidator, each; null where that is no price. */
    closeOutPrice: nullable(price),
    /** At the mark. */
    notional: money,
    /** What the account's health offers per unit of notional, and what it can afford of it. */
    bonusFraction: ratio,
    bonus: money,
    liquidated: PositionChange,
    taken: PositionChange,
    before: Health,
    /** Before the penalty that follows. */
    after: Health,
  }),
  DebtRepaidDirectly: variant(468, {
    liquidation,
    account,
    liquidator: account,
    debtAsset: asset,
    shares,
    amount,
    debtIndex: ratio,
    debtPrice: price,
    collateralAsset: asset,
    seized: amount,
    collateralPrice: price,
    /** What the account's health offers per unit of debt, and what it can afford of it. */
    bonusFraction: ratio,
    bonus: ratio,
    before: Health,
    after: Health,
  }),
  PriorityOpened: variant(462, { liquidation, account, untilMs: time }),
  /** The right goes to the highest bid that can be paid, if there is one; it is paid at once. */
  PriorityAwarded: variant(463, {
    liquidation,
    account,
    bids: list(record({ bidder: account, amount: money, payable: flag })),
    winner: nullable(account),
    payment: money,
    accountProceeds: money,
    insuranceContribution: money,
    /** The winner is alone until then. */
    untilMs: time,
  }),
  /** Liquidatable; the engine starts by itself when the time has come. */
  AccountsNoticed: variant(464, { accounts: list(account), untilMs: time }),
  /** Who found the account of the liquidation that has just started. */
  FinderNamed: variant(465, {
    liquidation,
    account,
    finder: account,
    executionCost: money,
    marginEquity: money,
    /** Most that the penalties of this liquidation will pay. */
    due: money,
  }),
  PriorityBidPlaced: variant(466, { liquidation, bidder: account, amount: money }),
  /** Healthy again, or without anything that could be liquidated. */
  NoticesDropped: variant(467, { accounts: list(account) }),
};

/** The right to liquidate first: being bid for, or awarded. */
export const PriorityShape = record({
  awarded: flag,
  /** End of the bidding; once awarded, end of the winner's time. */
  untilMs: time,
  winner: nullable(count),
  /** By account number; none once awarded. */
  bids: list(record({ bidder: count, amount: money })),
});

/** Who found an account, and what is still to be paid for that. */
export const FinderShape = record({ account: count, due: money });

/** An account that finders may point at until then, by account number. */
export const NoticeShape = record({ account: count, untilMs: time });
