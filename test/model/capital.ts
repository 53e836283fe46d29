/**
 * Accounts and the capital they hold. See docs/spec/engine.md, section "Accounts and capital".
 * @module
 */
import { isSettlement, pooledOf, reckonedOf } from './desks.ts';
import { dependsOnDoubt, isPoolClosed } from './gates.ts';
import { smaller, total } from './integers.ts';
import {
  type Account,
  type Answer,
  amountOf,
  findAccount,
  findAsset,
  findIndex,
  findMarket,
  type Ledger,
  type ModelCommandOf,
  setAmount,
} from './ledger.ts';
import { isModerate, isReckonable } from './limits.ts';
import { marginOf, pricesValid } from './margin.ts';
import { marginForRisk } from './price-guards.ts';
import { termsOf } from './waterfall.ts';

export function openAccount(ledger: Ledger, command: ModelCommandOf<'OpenAccount'>): Answer {
  const { account, owner, parent, market } = command;
  if ((parent === null) !== (market === null)) return 'INVALID_PARAMETER';
  if (findAccount(ledger, account) !== undefined) return 'ACCOUNT_EXISTS';
  if (parent !== null) {
    const known = findAccount(ledger, parent);
    if (known === undefined) return 'ACCOUNT_UNKNOWN';
    if (known.parent !== null) return 'PARENT_NOT_ELIGIBLE';
    if (known.owner !== owner) return 'OWNER_DIFFERS';
  }
  if (market !== null && findMarket(ledger, market) === undefined) return 'MARKET_UNKNOWN';
  ledger.accounts.push({
    id: account,
    owner,
    parent,
    market,
    balance: 0n,
    collaterals: [],
    positions: [],
    debts: [],
    supplies: [],
    liquidation: null,
  });
  return [{ type: 'AccountOpened', account, owner, parent, market }];
}

/** Adds to what an account holds of an asset; less than nothing of it is never held. */
function move(ledger: Ledger, account: Account, asset: string, amount: bigint): void {
  if (isSettlement(ledger, asset)) account.balance += amount;
  else setAmount(ledger, account, asset, amountOf(account, asset) + amount);
}

export function deposit(ledger: Ledger, command: ModelCommandOf<'Deposit'>): Answer {
  const { asset, amount } = command;
  if (amount <= 0n) return 'NOT_POSITIVE';
  const account = findAccount(ledger, command.account);
  if (account === undefined) return 'ACCOUNT_UNKNOWN';
  const known = findAsset(ledger, asset);
  if (known === undefined && !isSettlement(ledger, asset)) return 'ASSET_UNKNOWN';
  const before = (known ?? ledger).deposited;
  if (!isModerate(before + amount)) return 'ASSET_CAP_EXCEEDED';
  if (known === undefined) {
    ledger.deposited += amount;
  } else {
    const { index } = known.parameters;
    const price = findIndex(ledger, index)!.price;
    const after = pooledOf(ledger, asset) + amount;
    const reckoned = reckonedOf(ledger, asset) + amount;
    const cap = known.parameters.amountMax;
    if (cap !== null && after > cap) return 'ASSET_CAP_EXCEEDED';
    if (price !== null && !isReckonable('linear', reckoned, price)) return 'ASSET_CAP_EXCEEDED';
    if (!findIndex(ledger, index)!.live) return 'PRICE_UNAVAILABLE';
    known.deposited += amount;
  }
  move(ledger, account, asset, amount);
  return [{ type: 'Deposited', account: account.id, asset, amount }];
}

/** Takes an amount out of an account, if the account may let it go. */
export function release(ledger: Ledger, account: Account, asset: string, amount: bigint): Answer {
  if (account.liquidation !== null) return 'ACCOUNT_IN_LIQUIDATION';
  const held = isSettlement(ledger, asset) ? account.balance : amountOf(account, asset);
  if (held < amount) return 'BALANCE_INSUFFICIENT';
  const usable = pricesValid(ledger, account) && !dependsOnDoubt(ledger, account);
  if (!usable) return 'PRICE_UNAVAILABLE';
  move(ledger, account, asset, -amount);
  const { initialEquity, initialMargin } = marginForRisk(ledger, account);
  return initialEquity < initialMargin ? 'INITIAL_MARGIN_NOT_MET' : [];
}

/** Deficits of accounts in liquidation, which may become losses. */
const deficitsOf = (ledger: Ledger): bigint[] =>
  ledger.accounts
    .filter(({ liquidation }) => liquidation !== null)
    .map((account) => -marginOf(ledger, account).equity)
    .filter((deficit) => deficit > 0n);

/** Losses without a bearer and deficits are more than the fund and the layers beside it hold. */
export function claimsExceedCover(ledger: Ledger): boolean {
  const deficits = deficitsOf(ledger);
  const lacking = total(deficits);
  const beside = smaller(lacking, besideTheFund(ledger, BigInt(deficits.length)));
  return ledger.unallocatedLoss + lacking > ledger.insuranceFund + beside;
}

/** What buffer and tranches can pay for so many deficits. */
function besideTheFund({ waterfall }: Ledger, count: bigint): bigint {
  if (waterfall === null) return 0n;
  const tranches = waterfall.tranches.map((tranche) =>
    smaller(tranche.capital, termsOf(waterfall, tranche).eventMax * count),
  );
  return waterfall.buffer + total(tranches);
}

export function withdraw(ledger: Ledger, command: ModelCommandOf<'Withdraw'>): Answer {
  const { asset, amount } = command;
  if (amount <= 0n) return 'NOT_POSITIVE';
  const account = findAccount(ledger, command.account);
  if (account === undefined) return 'ACCOUNT_UNKNOWN';
  const known = findAsset(ledger, asset);
  if (known === undefined && !isSettlement(ledger, asset)) return 'ASSET_UNKNOWN';
  const released = release(ledger, account, asset, amount);
  if (typeof released === 'string') return released;
  const gated = isPoolClosed(ledger, 'withdrawals');
  if (gated || claimsExceedCover(ledger)) return 'WITHDRAWALS_GATED';
  if (known === undefined) ledger.withdrawn += amount;
  else known.withdrawn += amount;
  return [{ type: 'Withdrawn', account: account.id, asset, amount }];
}

export function transferCollateral(
  ledger: Ledger,
  command: ModelCommandOf<'TransferCollateral'>,
): Answer {
  const { asset, amount } = command;
  if (amount <= 0n) return 'NOT_POSITIVE';
  const from = findAccount(ledger, command.from);
  const to = findAccount(ledger, command.to);
  if (from === undefined || to === undefined) return 'ACCOUNT_UNKNOWN';
  const known = findAsset(ledger, asset);
  if (known === undefined && !isSettlement(ledger, asset)) return 'ASSET_UNKNOWN';
  if (from === to || from.owner !== to.owner) return 'OWNER_DIFFERS';
  const released = release(ledger, from, asset, amount);
  if (typeof released === 'string') return released;
  move(ledger, to, asset, amount);
  return [{ type: 'CollateralTransferred', from: from.id, to: to.id, asset, amount }];
}

export function fundInsurance(ledger: Ledger, command: ModelCommandOf<'FundInsurance'>): Answer {
  const { amount } = command;
  if (amount <= 0n) return 'NOT_POSITIVE';
  if (!isModerate(ledger.deposited + amount)) return 'ASSET_CAP_EXCEEDED';
  ledger.deposited += amount;
  ledger.insuranceFund += amount;
  const repaid = smaller(ledger.unallocatedLoss, ledger.insuranceFund);
  if (repaid === 0n) return [{ type: 'InsuranceFunded', amount }];
  ledger.insuranceFund -= repaid;
  ledger.unallocatedLoss -= repaid;
  return [
    { type: 'InsuranceFunded', amount },
    { type: 'UnallocatedLossRepaid', amount: repaid },
  ];
}
