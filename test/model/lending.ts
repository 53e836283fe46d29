/**
 * Lending to a desk and taking back, borrowing and repaying. See docs/spec/lending.md. How debts
 * are closed in a liquidation the model does not know: a run ends where one would begin.
 * @module
 */
import type { RejectionCode } from '../../src/engine/schema/index.ts';
import { isFraction, isOpenFraction } from './configuration.ts';
import {
  accrued,
  allOwed,
  collectableOf,
  deskPriceOf,
  heldOf,
  isInterestDue,
  isSettlement,
  lentOf,
  owedOf,
  payOut,
  reckonedOf,
  sharesOf,
  withShares,
} from './desks.ts';
import { dependsOnDoubt, isAccountClosed } from './gates.ts';
import { ceilDiv, floorDiv, ONE, smaller } from './integers.ts';
import {
  type Account,
  type Answer,
  type Desk,
  findAccount,
  findAsset,
  findDesk,
  type Ledger,
  type Lending,
  type ModelCommandOf,
  type ModelEvent,
} from './ledger.ts';
import { isDuration, isModerate, isReckonable } from './limits.ts';
import { pricesValid } from './margin.ts';
import { marginForRisk } from './price-guards.ts';

const FACTOR_MOST = 10n * ONE;

export function configureLending(
  ledger: Ledger,
  { parameters }: ModelCommandOf<'ConfigureLending'>,
  time: number,
): Answer {
  const { asset } = parameters;
  if (!isSettlement(ledger, asset) && findAsset(ledger, asset) === undefined) {
    return 'ASSET_UNKNOWN';
  }
  if (!isSound(ledger, parameters)) return 'INVALID_PARAMETER';
  const configured = { type: 'LendingConfigured' as const, parameters };
  const desk = findDesk(ledger, asset);
  if (desk === undefined) {
    const opened = { cash: 0n, debtIndex: ONE, supplyIndex: ONE, accruedMs: time };
    ledger.desks.push({ parameters, ...opened });
    return [configured];
  }
  const interest = accrued(ledger, desk, time);
  desk.parameters = parameters;
  return [...interest, configured];
}

function isSound(ledger: Ledger, lending: Lending): boolean {
  const { rateAtZero, rateAtKink, rateAtFull, borrowMax, debtMin, closeFactor } = lending;
  const { asset, loanToValue, liabilityWeight, liabilityWeightInitial } = lending;
  const money = isSettlement(ledger, asset);
  const lendable = money
    ? loanToValue === ONE
    : loanToValue >= 0n &&
      loanToValue <= ONE - findAsset(ledger, asset)!.parameters.collateralHaircut &&
      ledger.pool!.collateralBuyer !== null;
  return (
    lendable &&
    rateAtZero >= 0n &&
    rateAtKink >= rateAtZero &&
    rateAtFull >= rateAtKink &&
    rateAtFull <= FACTOR_MOST &&
    isOpenFraction(lending.kinkUtilization) &&
    isFraction(lending.reserveShare) &&
    isDuration(lending.accrualIntervalMs) &&
    (borrowMax === null || borrowMax >= 0n) &&
    debtMin >= 0n &&
    isModerate(debtMin) &&
    closeFactor > 0n &&
    closeFactor <= ONE &&
    isFraction(lending.closeFactorHealth) &&
    isFraction(lending.liquidationBonus) &&
    liabilityWeight >= ONE &&
    liabilityWeightInitial >= liabilityWeight &&
    liabilityWeightInitial <= FACTOR_MOST
  );
}

type Coming = { account: Account; desk: Desk; interest: ModelEvent[] };
type LendingCommand = ModelCommandOf<'SupplyAsset' | 'RedeemSupply' | 'Borrow' | 'Repay'>;

/** Whoever comes to a desk finds its interest accrued. */
function coming(ledger: Ledger, command: LendingCommand, time: number): Coming | RejectionCode {
  if (command.amount !== null && command.amount <= 0n) return 'NOT_POSITIVE';
  const account = findAccount(ledger, command.account);
  if (account === undefined) return 'ACCOUNT_UNKNOWN';
  const desk = findDesk(ledger, command.asset);
  if (desk === undefined) return 'LENDING_UNKNOWN';
  return { account, desk, interest: accrued(ledger, desk, time) };
}

export function supplyAsset(
  ledger: Ledger,
  command: ModelCommandOf<'SupplyAsset'>,
  time: number,
): Answer {
  const found = coming(ledger, command, time);
  if (typeof found === 'string') return found;
  const { account, desk, interest } = found;
  const { asset } = command;
  if (account.parent !== null) return 'ACCOUNT_ISOLATED';
  if (account.liquidation !== null) return 'ACCOUNT_IN_LIQUIDATION';
  const held = heldOf(ledger, account, asset);
  const amount = command.amount ?? held;
  if (amount === 0n || amount > held) return 'BALANCE_INSUFFICIENT';
  const { supplyIndex } = desk;
  const shares = floorDiv(amount * ONE, supplyIndex);
  if (shares === 0n) return 'AMOUNT_TOO_SMALL';
  payOut(ledger, desk, account, -amount);
  moveClaim(ledger, account, { asset, shares });
  const whose = { account: account.id, asset };
  return [...interest, { type: 'AssetSupplied', ...whose, amount, shares, supplyIndex }];
}

function moveClaim(ledger: Ledger, account: Account, by: { asset: string; shares: bigint }): void {
  const shares = sharesOf(account.supplies, by.asset) + by.shares;
  account.supplies = withShares(ledger, account.supplies, { asset: by.asset, shares });
}

function moveDebt(ledger: Ledger, account: Account, by: { asset: string; shares: bigint }): void {
  const shares = sharesOf(account.debts, by.asset) + by.shares;
  account.debts = withShares(ledger, account.debts, { asset: by.asset, shares });
}

export function redeemSupply(
  ledger: Ledger,
  command: ModelCommandOf<'RedeemSupply'>,
  time: number,
): Answer {
  const found = coming(ledger, command, time);
  if (typeof found === 'string') return found;
  const { account, desk, interest } = found;
  const { asset } = command;
  if (account.liquidation !== null) return 'ACCOUNT_IN_LIQUIDATION';
  const own = sharesOf(account.supplies, asset);
  const { supplyIndex } = desk;
  const shares = command.amount === null ? own : ceilDiv(command.amount * ONE, supplyIndex);
  const amount = command.amount ?? lentOf(desk, own);
  if (own === 0n || shares > own) return 'SUPPLY_INSUFFICIENT';
  if (amount > desk.cash) return 'DESK_CASH_INSUFFICIENT';
  payOut(ledger, desk, account, amount);
  moveClaim(ledger, account, { asset, shares: -shares });
  const whose = { account: account.id, asset };
  return [...interest, { type: 'SupplyRedeemed', ...whose, amount, shares, supplyIndex }];
}

/** A debt that is left, but worth less than the least. */
function isTooSmall(ledger: Ledger, { parameters }: Desk, owed: bigint): boolean {
  const { asset, debtMin } = parameters;
  return owed > 0n && ceilDiv(owed * deskPriceOf(ledger, asset), ONE) < debtMin;
}

function exceedsBorrowCap(ledger: Ledger, desk: Desk, amount: bigint): boolean {
  const { asset, borrowMax } = desk.parameters;
  const after = allOwed(ledger, desk) + amount;
  if (!isModerate(after) || (borrowMax !== null && after > borrowMax)) return true;
  if (isSettlement(ledger, asset)) return false;
  const reckoned = reckonedOf(ledger, asset) + amount;
  return !isReckonable('linear', reckoned, deskPriceOf(ledger, asset));
}

export function borrow(ledger: Ledger, command: ModelCommandOf<'Borrow'>, time: number): Answer {
  const found = coming(ledger, command, time);
  if (typeof found === 'string') return found;
  const { account, desk, interest } = found;
  const { asset, amount } = command;
  if (account.parent !== null) return 'ACCOUNT_ISOLATED';
  if (account.liquidation !== null) return 'ACCOUNT_IN_LIQUIDATION';
  const doubtful = dependsOnDoubt(ledger, account);
  const gated = isAccountClosed(ledger, 'liquidations', account);
  const cash = desk.cash;
  const capped = exceedsBorrowCap(ledger, desk, amount);
  const { debtIndex } = desk;
  // More than there is is refused below, but only after the prices and the gates.
  const lent = smaller(amount, cash);
  const shares = ceilDiv(lent * ONE, debtIndex);
  payOut(ledger, desk, account, lent);
  moveDebt(ledger, account, { asset, shares });
  if (!pricesValid(ledger, account) || doubtful) return 'PRICE_UNAVAILABLE';
  if (gated) return 'GATE_CLOSED';
  if (amount > cash) return 'DESK_CASH_INSUFFICIENT';
  if (capped) return 'BORROW_CAP_EXCEEDED';
  const owed = owedOf(desk, sharesOf(account.debts, asset));
  if (isTooSmall(ledger, desk, owed)) return 'DEBT_TOO_SMALL';
  const { initialEquity, initialMargin } = marginForRisk(ledger, account);
  if (initialEquity < initialMargin) return 'INITIAL_MARGIN_NOT_MET';
  const whose = { account: account.id, asset };
  return [...interest, { type: 'Borrowed', ...whose, amount, shares, debtIndex }];
}

export function repay(ledger: Ledger, command: ModelCommandOf<'Repay'>, time: number): Answer {
  const found = coming(ledger, command, time);
  if (typeof found === 'string') return found;
  const { account, desk, interest } = found;
  const { asset } = command;
  const own = sharesOf(account.debts, asset);
  if (own === 0n) return 'NOTHING_OWED';
  const { debtIndex } = desk;
  const owed = owedOf(desk, own);
  const offered = command.amount ?? owed;
  const shares = offered >= owed ? own : floorDiv(offered * ONE, debtIndex);
  const amount = owedOf(desk, shares);
  if (amount > heldOf(ledger, account, asset)) return 'BALANCE_INSUFFICIENT';
  if (shares === 0n) return 'AMOUNT_TOO_SMALL';
  if (isTooSmall(ledger, desk, owedOf(desk, own - shares))) return 'DEBT_TOO_SMALL';
  payOut(ledger, desk, account, -amount);
  moveDebt(ledger, account, { asset, shares: -shares });
  return [...interest, { type: 'Repaid', account: account.id, asset, amount, shares, debtIndex }];
}

/** Money to the fund, which first repays losses without a bearer; another asset to the house. */
export function collectReserve(
  ledger: Ledger,
  { asset }: ModelCommandOf<'CollectReserve'>,
  time: number,
): Answer {
  const desk = findDesk(ledger, asset);
  if (desk === undefined) return 'LENDING_UNKNOWN';
  const interest = accrued(ledger, desk, time);
  const amount = collectableOf(ledger, desk);
  if (amount <= 0n) return 'AMOUNT_TOO_SMALL';
  if (!isSettlement(ledger, asset)) {
    const receiver = ledger.pool!.collateralBuyer!;
    const house = findAccount(ledger, receiver);
    if (house === undefined) return 'ACCOUNT_UNKNOWN';
    payOut(ledger, desk, house, amount);
    return [...interest, { type: 'ReserveCollected', asset, amount, receiver }];
  }
  desk.cash -= amount;
  ledger.insuranceFund += amount;
  const repaid = smaller(ledger.unallocatedLoss, ledger.insuranceFund);
  ledger.insuranceFund -= repaid;
  ledger.unallocatedLoss -= repaid;
  const collected = { type: 'ReserveCollected', asset, amount, receiver: null } as const;
  if (repaid === 0n) return [...interest, collected];
  return [...interest, collected, { type: 'UnallocatedLossRepaid', amount: repaid }];
}

export function accrueInterest(
  ledger: Ledger,
  { asset }: ModelCommandOf<'AccrueInterest'>,
  time: number,
): Answer {
  const desk = findDesk(ledger, asset);
  if (desk === undefined) return 'LENDING_UNKNOWN';
  return isInterestDue(ledger, desk) ? accrued(ledger, desk, time) : 'INTEREST_NOT_DUE';
}
