/** What an account still owes once it has nothing left, and who bears it. @module */
import { socializedLoss, unrealizedPnl } from '../../risk/index.ts';
import {
  type AccountId,
  add,
  assert,
  EXACT_PER_RAW,
  eq,
  exactFunding,
  fromRaw,
  isPositive,
  isZero,
  type Money,
  min,
  neg,
  rawOf,
  rawOfExactDown,
  sub,
  ZERO_MONEY,
} from '../../units/index.ts';
import type { LiquidationStep } from '../liquidation-step.ts';
import { lossToSpread } from '../loss-sharing.ts';
import { accountMargin, marginPosition, pricesValid } from '../margin.ts';
import type { Event, EventOf } from '../schema/index.ts';
import { type AccountView, marketNumber, type PoolView } from '../state.ts';
import { insuranceCover } from '../waterfall.ts';
import { ended } from './liquidation-ended.ts';

/**
 * Open interest where the pool puts losses there, profits pro rata, then nobody: recorded, and
 * repaid when the fund can.
 */
export function badDebtSettled(state: PoolView, step: LiquidationStep): Event[] {
  const { account, liquidation } = step;
  const owed = neg(account.balance);
  const spread = lossToSpread(state, liquidation, owed);
  const { equity, marginEquity, maintenanceMargin } = step.margin;
  // What is left is nothing, or dust of collateral that nobody came for.
  const left = {
    equity: add(equity, owed),
    marginEquity: add(marginEquity, owed),
    maintenanceMargin,
  };
  const over = { ...ended(step), ...left, outcome: 'bankrupt' } as const;
  if (spread === null) {
    return [settled(state, step, owed), { ...over, steps: liquidation.steps + 1 }];
  }
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  const rest = sub(owed, spread.amount);
  const unspread = isZero(rest) ? [] : [settled(withSpread(state, spread), step, rest)];
  return [
    { type: 'LossSpread', ...whose, ...spread },
    ...unspread,
    ...residueOf(state, spread),
    { ...over, steps: liquidation.steps + unspread.length },
  ];
}

type Spread = NonNullable<ReturnType<typeof lossToSpread>>;

/** The pool once open interest has taken on its part: what is left of profits may bear the rest. */
function withSpread(state: PoolView, { market, lossIndexAfter }: Spread): PoolView {
  const number = marketNumber(state, market);
  const after = { ...state.markets[number]!, lossIndex: lossIndexAfter };
  return { ...state, markets: state.markets.with(number, after) };
}

/** Whole units that the index asks for beyond the loss go to the fund at once. */
function residueOf(state: PoolView, spread: Spread): EventOf<'FundingResidueCollected'>[] {
  const { market, openInterest, lossIndexAfter, lossIndexBefore, amount } = spread;
  const asked = exactFunding(openInterest, sub(lossIndexAfter, lossIndexBefore));
  const surplus = asked - rawOf(amount) * EXACT_PER_RAW;
  const { fundingResidue } = state.markets[marketNumber(state, market)]!;
  const whole = fromRaw<Money>(rawOfExactDown(fundingResidue + surplus));
  if (!isPositive(whole)) return [];
  return [{ type: 'FundingResidueCollected', market, amount: whole }];
}

/** The fund first, where no layer was asked before, then profits pro rata, then nobody. */
function settled(
  state: PoolView,
  { account, liquidation }: LiquidationStep,
  badDebt: Money,
): EventOf<'BadDebtSettled'> {
  const insurancePaid = insuranceCover(state, liquidation, badDebt);
  const loss = sub(badDebt, insurancePaid);
  const shares = socializedLoss({ loss, accounts: isPositive(loss) ? profits(state) : [] });
  const socialized = shares.allocations.filter(({ amount }) => isPositive(amount));
  const { unallocated } = shares;
  const borne = socialized.reduce((sum, { amount }) => add(sum, amount), insurancePaid);
  assert(eq(add(borne, unallocated), badDebt), 'INV-7', 'bad debt was not borne exactly');
  return {
    type: 'BadDebtSettled',
    liquidation: liquidation.liquidation,
    account: account.id,
    badDebt,
    insurancePaid,
    socialized,
    unallocated,
  };
}

/**
 * Unrealized profits that may bear a loss: never more than the account has, so that principal
 * stays untouched and nobody is made bankrupt by somebody else's loss.
 */
function profits(state: PoolView): { account: AccountId; unrealizedPnl: Money }[] {
  const bearers: { account: AccountId; unrealizedPnl: Money }[] = [];
  for (const account of state.accounts) {
    if (account.liquidation !== null || account.positions.length === 0) continue;
    // A profit that no valid price confirms is not there to be shared.
    if (!pricesValid(state, account)) continue;
    const profit = min(accountProfit(state, account), accountMargin(state, account).equity);
    if (isPositive(profit)) bearers.push({ account: account.id, unrealizedPnl: profit });
  }
  return bearers;
}

function accountProfit(state: PoolView, account: AccountView): Money {
  return account.positions.reduce(
    (sum, position) => add(sum, unrealizedPnl(marginPosition(state, position))),
    ZERO_MONEY,
  );
}
