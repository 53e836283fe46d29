/**
 * The numbered invariants of `docs/invariants.md` that speak about the whole pool: asserted after
 * every accepted record from running totals, and audited in full at snapshots and at the end.
 * @module
 */
import {
  type Amount,
  add,
  assert,
  EXACT_PER_RAW,
  eq,
  exactFunding,
  fromRaw,
  isNegative,
  isPositive,
  lte,
  type Money,
  moneyOfSettlement,
  neg,
  rawOf,
  rawOfExactDown,
  sub,
  sum,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_SHARES,
  ZERO_SIZE,
} from '../units/index.ts';
import { createLedgerWatch, type LedgerWatch, moneyInMarkets } from './ledger-watch.ts';
import { exactReserve, pooledAmount, sharesAt } from './lending.ts';
import { linkProblems } from './link-invariants.ts';
import { inFlight, moneyInFlight } from './links.ts';
import type { DeskView, MarketView, PoolView, VaultView } from './state.ts';
import { reserves } from './waterfall.ts';

/**
 * INV-1, INV-2 and INV-5 on the running totals. With the watch that earlier calls for the same
 * pool left, only markets with a changed figure are summed up again.
 */
export function assertInvariants(state: PoolView, watch: LedgerWatch = createLedgerWatch()): void {
  const imbalance = exactImbalance(state, {
    balances: state.balanceTotal,
    entryValues: state.entryValueTotal,
    inMarkets: moneyInMarkets(state, watch, assertSides),
  });
  if (imbalance !== 0n) {
    assert(false, 'INV-1', `money was ${imbalance} units of 1e-36 out of balance`);
  }
  assert(!isNegative(state.insuranceFund), 'INV-5', 'the insurance fund was negative');
  for (const desk of state.desks) assertDesk(state, desk);
}

/** INV-2: as many contracts are long as short, unless positions are being settled one by one. */
function assertSides(market: MarketView): void {
  if (sidesAgree(market)) return;
  assert(false, 'INV-2', `${market.parameters.market}: longs and shorts differ`);
}

function sidesAgree({ longSize, shortSize, settlementPrice, settled }: MarketView): boolean {
  const settling = settlementPrice !== null && !settled;
  return settling || eq(longSize, shortSize);
}

/**
 * A desk holds no less than nothing, what was lent to it never exceeds what it holds and is owed,
 * and units of its asset are neither made nor lost.
 */
function assertDesk(state: PoolView, desk: DeskView): void {
  const { asset } = desk.parameters;
  const lawful =
    !isNegative(desk.cash) && !isNegative(desk.debtShares) && !isNegative(desk.supplyShares);
  if (!lawful) assert(false, 'INV-14', `the desk of ${asset} went below zero`);
  if (exactReserve(desk) < 0n) {
    assert(false, 'INV-14', `the desk of ${asset} owes more than stands behind it`);
  }
  if (desk.asset === null) return;
  const { deposited, withdrawn } = state.assets[desk.asset]!;
  const pooled = pooledAmount(state, desk.asset);
  if (!eq(pooled, sub(deposited, withdrawn))) assert(false, 'INV-1', `${asset} was out of balance`);
}

/** Money in the pool minus money that came in, in units of 1e-36: zero, always. */
function exactImbalance(
  state: PoolView,
  totals: { readonly balances: Money; readonly entryValues: Money; readonly inMarkets: bigint },
): bigint {
  let money = sub(totals.balances, totals.entryValues);
  money = add(money, add(reserves(state), add(state.fees, state.burned)));
  money = sub(add(money, moneyInFlight(state)), state.unallocatedLoss);
  money = sub(money, sub(state.deposited, state.withdrawn));
  for (const { asset, cash } of state.desks) {
    if (asset === null) money = add(money, moneyOfSettlement(cash));
  }
  return rawOf(money) * EXACT_PER_RAW + totals.inMarkets;
}

export type Audit = {
  /** Money in the pool beyond what came in; zero unless something is broken. */
  readonly conservationImbalance: Money;
  /** Per collateral asset, in the order of configuration. */
  readonly collateralImbalances: readonly Amount[];
  readonly problems: readonly string[];
};

/** INV-16, INV-18: the shares of all providers are all the shares, and nobody leaves with more. */
type CommonCapital = Pick<VaultView, 'providers' | 'sharesTotal'>;

function shareProblems(capital: CommonCapital | null, problem: string): string[] {
  if (capital === null) return [];
  const { providers, sharesTotal } = capital;
  const total = sum(providers.map(({ shares }) => shares));
  const held = providers.every(
    ({ shares, exiting }) => isPositive(shares) && !isNegative(exiting) && lte(exiting, shares),
  );
  const sorted = providers.every(
    ({ account }, at) => at === 0 || providers[at - 1]!.account < account,
  );
  const sound = held && sorted && eq(total, sharesTotal);
  return sound ? [] : [problem];
}

/** Recomputes every total from the accounts themselves. Cost: all accounts. */
export function audit(state: PoolView): Audit {
  const problems: string[] = [];
  let balances = ZERO_MONEY;
  let entryValues = ZERO_MONEY;
  const held = state.assets.map(() => ZERO_AMOUNT);
  const markets = state.markets.map(() => ({ long: ZERO_SIZE, short: ZERO_SIZE, funding: 0n }));
  for (const account of state.accounts) {
    balances = add(balances, account.balance);
    for (const { asset, amount } of account.collaterals) held[asset] = add(held[asset]!, amount);
    for (const { market, size, entryValue, fundingIndex } of account.positions) {
      entryValues = add(entryValues, entryValue);
      const total = markets[market]!;
      if (isPositive(size)) total.long = add(total.long, size);
      else total.short = add(total.short, neg(size));
      total.funding += exactFunding(size, fundingIndex);
    }
  }
  state.markets.forEach((market, number) => {
    const found = markets[number]!;
    const agrees =
      eq(found.long, market.longSize) &&
      eq(found.short, market.shortSize) &&
      found.funding === market.fundingUnsettled;
    if (!agrees) problems.push(`INV-2: totals of ${market.parameters.market} are wrong`);
  });
  problems.push(...shareProblems(state.vault, 'INV-16: the shares of the vault are not all held'));
  for (const tranche of state.waterfall?.tranches ?? []) {
    problems.push(
      ...shareProblems(tranche, `INV-18: the shares of ${tranche.tranche} are not all held`),
    );
    if (isNegative(tranche.capital)) problems.push(`INV-18: ${tranche.tranche} is below zero`);
  }
  problems.push(...linkProblems(state));
  if (!eq(balances, state.balanceTotal)) problems.push('INV-1: the total of balances is wrong');
  if (!eq(entryValues, state.entryValueTotal)) problems.push('INV-1: entry values are wrong');
  const inMarkets = moneyInMarkets(state, createLedgerWatch(), (market) => {
    if (!sidesAgree(market)) problems.push(`INV-2: sides of ${market.parameters.market} differ`);
  });
  const exact = exactImbalance(state, { balances, entryValues, inMarkets });
  if (exact !== 0n) problems.push(`INV-1: ${exact} units of 1e-36 out of balance`);
  for (const desk of state.desks) {
    if (desk.asset !== null) held[desk.asset] = add(held[desk.asset]!, desk.cash);
  }
  problems.push(...deskProblems(state));
  const collateralImbalances = state.assets.map((asset, number) =>
    sub(add(held[number]!, inFlight(state, number)), sub(asset.deposited, asset.withdrawn)),
  );
  state.assets.forEach(({ parameters }, number) => {
    if (!eq(collateralImbalances[number]!, ZERO_AMOUNT)) {
      problems.push(`INV-1: ${parameters.asset} is out of balance`);
    }
  });
  const whole = rawOfExactDown(exact);
  return { conservationImbalance: fromRaw<Money>(whole), collateralImbalances, problems };
}

/** What accounts owe to a desk and have lent to it, against its own totals. */
function deskProblems(state: PoolView): string[] {
  const problems: string[] = [];
  state.desks.forEach(({ parameters, debtShares, supplyShares }, number) => {
    let [owed, lent] = [ZERO_SHARES, ZERO_SHARES];
    for (const { debts, supplies } of state.accounts) {
      owed = add(owed, sharesAt(debts, number));
      lent = add(lent, sharesAt(supplies, number));
    }
    if (eq(owed, debtShares) && eq(lent, supplyShares)) return;
    problems.push(`INV-14: the totals of the desk of ${parameters.asset} are wrong`);
  });
  return problems;
}
