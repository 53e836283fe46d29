/** Desks that lend: their terms, who comes to them, and what becomes of debts. @module */
import { type Infer, nullable, record, variant } from './codec.ts';
import {
  account,
  amount,
  asset,
  count,
  duration,
  liquidation,
  money,
  price,
  ratio,
  shares,
  time,
} from './fields.ts';

/** Lending of one asset: what it counts for, what borrowing it costs, how its debts are closed. */
export const LendingParameters = record({
  /** The settlement asset, or one that was configured. */
  asset,
  /** Share of the asset's value that counts towards initial margin; 1 for the settlement asset. */
  loanToValue: ratio,
  /** Factor by which a debt counts against margin equity; ≥ 1. */
  liabilityWeight: ratio,
  /** The same where new risk is taken on; ≥ liabilityWeight. */
  liabilityWeightInitial: ratio,
  /** Borrow rates per year at utilization 0, at the kink and at 1. */
  rateAtZero: ratio,
  rateAtKink: ratio,
  rateAtFull: ratio,
  kinkUtilization: ratio,
  /** Share of the interest that the desk keeps. */
  reserveShare: ratio,
  /** Interest is accrued once in that time by the engine itself. */
  accrualIntervalMs: duration,
  /** Most that may be owed to the desk; null for no cap. */
  borrowMax: nullable(amount),
  /** Least value of a debt: a smaller one is not left. */
  debtMin: money,
  /** Share of a debt that one step of a liquidation may close at others' expense. */
  closeFactor: ratio,
  /** At or below this health it may close all of it. */
  closeFactorHealth: ratio,
  /** What the house gets for closing a debt, per unit of what it pays. */
  liquidationBonus: ratio,
});
export type LendingParameters = Infer<typeof LendingParameters>;

/** A desk lends one asset: what was lent to it, it lends on. */
export const DeskShape = record({
  parameters: LendingParameters,
  /** Null for the settlement asset. */
  asset: nullable(count),
  cash: amount,
  debtShares: shares,
  /** Worth of a share of the debt; only grows. */
  debtIndex: ratio,
  supplyShares: shares,
  /** Worth of a share of what was lent to it; only grows. */
  supplyIndex: ratio,
  /** Interest is accrued up to this time. */
  accruedMs: time,
});

/** A debt to a desk, or a claim on it. */
export const DeskShares = record({ desk: count, shares });

export const LENDING_COMMANDS = {
  ConfigureLending: variant(109, { parameters: LendingParameters }),
  /** Lends what the account holds to the desk of an asset; null: all of it. */
  SupplyAsset: variant(206, { account, asset, amount: nullable(amount) }),
  /** Takes it back with interest; null: all of it. */
  RedeemSupply: variant(207, { account, asset, amount: nullable(amount) }),
  Borrow: variant(208, { account, asset, amount }),
  /** Pays a debt back out of what the account holds; null: all of it. */
  Repay: variant(209, { account, asset, amount: nullable(amount) }),
  /** Pays out what a desk has kept of its interest: to the fund, or in kind to the house. */
  CollectReserve: variant(210, { asset }),
  AccrueInterest: variant(404, { asset }),
};

export const LENDING_EVENTS = {
  LendingConfigured: variant(109, { parameters: LendingParameters }),
  /** What was lent to a desk, and the claim on it that this bought. */
  AssetSupplied: variant(211, { account, asset, amount, shares, supplyIndex: ratio }),
  SupplyRedeemed: variant(212, { account, asset, amount, shares, supplyIndex: ratio }),
  /** What a desk lent, and the debt that this made. */
  Borrowed: variant(213, { account, asset, amount, shares, debtIndex: ratio }),
  Repaid: variant(214, { account, asset, amount, shares, debtIndex: ratio }),
  /** Null: to the insurance fund. */
  ReserveCollected: variant(215, { asset, amount, receiver: nullable(account) }),
  /** What all debts to a desk grew by since its interest was accrued last, and who gets it. */
  InterestAccrued: variant(309, {
    asset,
    fromMs: time,
    untilMs: time,
    utilization: ratio,
    borrowRate: ratio,
    debtIndexBefore: ratio,
    debtIndexAfter: ratio,
    supplyIndexBefore: ratio,
    supplyIndexAfter: ratio,
    interest: amount,
    supplyInterest: amount,
    reserveInterest: amount,
  }),
  /** Part of a debt was paid back, out of the account's own holding or by the house. */
  DebtRepaid: variant(441, {
    liquidation,
    account,
    asset,
    shares,
    amount,
    debtIndex: ratio,
    indexPrice: price,
    /** Null: the account itself, out of what it holds; else who handed the asset over. */
    payer: nullable(account),
    /** What the account gave for it. */
    value: money,
  }),
  /** The house owes part of a debt from now on, and was given what it is worth. */
  DebtAssumed: variant(442, {
    liquidation,
    account,
    debtor: account,
    asset,
    shares,
    amount,
    debtIndex: ratio,
    indexPrice: price,
    value: money,
  }),
  /** The desk paid back what the account had lent it: the account holds it now. */
  SupplyReleased: variant(443, { liquidation, account, asset, shares, amount, supplyIndex: ratio }),
  /** The house bought the account's claim on a desk that has no cash. */
  SupplyConverted: variant(444, {
    liquidation,
    account,
    buyer: account,
    asset,
    shares,
    amount,
    supplyIndex: ratio,
    indexPrice: price,
    weight: ratio,
    proceeds: money,
  }),
};
