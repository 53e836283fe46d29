/**
 * What must hold of a deleveraging: written down a second time, apart from the decision that has
 * to keep it.
 * @module
 */
import {
  contractNotional,
  type MarginSummary,
  maintenanceMargin,
  unrealizedPnl,
} from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  cmpQuotients,
  eq,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  max,
  min,
  neg,
  type Price,
  portionUp,
  rawOf,
  type Size,
  sign,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
} from '../units/index.ts';
import { closingSide, legsOf } from './account-legs.ts';
import { costOf, HEDGED_LOTS_SHARE } from './deleveraging.ts';
import { accountOf, closes, runningOf } from './invariant-subjects.ts';
import { accountMargin, marginPosition, pricesValid } from './margin.ts';
import type { EventOf, PositionChange } from './schema/index.ts';
import {
  type AccountView,
  accountNumber,
  marketNumber,
  type PoolView,
  positionIn,
} from './state.ts';
import { coverOf, coverTotal } from './waterfall.ts';

/** The smallest amount of money: what the fund could pay of it says whether it could pay at all. */
const ONE_UNIT = fromRaw<Money>(1n);
/** Quotes, values and requirements are rounded apart from each other, each by up to a unit. */
const ROUNDING = fromRaw<Money>(BigInt(4));

export function positionsDeleveraged(
  state: PoolView,
  event: EventOf<'PositionsDeleveraged'>,
): void {
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const market = marketNumber(state, event.market);
  assert(liquidation.takeover, 'INV-6', 'deleveraging came before takeover');
  assert(
    closes(positionIn(account, market), event.liquidated.sizeDelta),
    'INV-8',
    'deleveraging did more than close',
  );
  for (const { change, taken } of event.counterparties) {
    assertCounterparty(state, market, { change, taken });
  }
  const opposite = neg(sum(event.counterparties.map(({ change }) => change.sizeDelta)));
  assert(eq(event.liquidated.sizeDelta, opposite), 'INV-2', 'a deleveraging had one side only');
  assertHedgesKept(state, account, event);
  const total = sum(event.counterparties.map(({ taken }) => taken));
  const { equity } = accountMargin(state, account);
  const whole = eq(abs(event.liquidated.sizeDelta), abs(positionIn(account, market)!.size));
  if (whole) assertGapBorne(event, { equity, total });
  if (isZero(total)) return;
  assert(isNegative(equity), 'INV-9', 'winners paid for an account with equity');
  // The quote is rounded up, the value at the mark down.
  const deficit = add(neg(equity), ROUNDING);
  assert(lte(total, deficit), 'INV-9', 'more was taken than the deficit');
  const payable = coverTotal(coverOf(state, liquidation, ONE_UNIT));
  assert(isZero(payable), 'INV-6', 'winners paid while the insurance fund still could');
}

/**
 * INV-7: of a whole position what was taken and what moves on are the gap between the quote and
 * what the close is worth at the mark; of an account with equity there is none.
 */
function assertGapBorne(
  { bankruptcyQuote, counterparties, residualLoss }: EventOf<'PositionsDeleveraged'>,
  { equity, total }: { readonly equity: Money; readonly total: Money },
): void {
  const worth = sub(sum(counterparties.map(({ value }) => value)), total);
  const gap = isNegative(equity) ? max(sub(bankruptcyQuote, worth), ZERO_MONEY) : ZERO_MONEY;
  const apart = abs(sub(add(total, residualLoss), gap));
  assert(lte(apart, ROUNDING), 'INV-7', 'a gap was not borne exactly');
}

/** INV-8: a counterparty gives up profit of this market, and only what backs the part closed. */
function assertCounterparty(
  state: PoolView,
  market: number,
  { change, taken }: { readonly change: PositionChange; readonly taken: Money },
): void {
  const account = state.accounts[accountNumber(state, change.account)]!;
  const position = positionIn(account, market);
  assert(closes(position, change.sizeDelta), 'INV-8', 'a counterparty did more than close');
  assert(!isNegative(taken), 'INV-8', 'a counterparty was paid for being deleveraged');
  if (isZero(taken)) return;
  const valued = marginPosition(state, position!);
  const profit = max(unrealizedPnl(valued), ZERO_MONEY);
  assert(lte(taken, profit), 'INV-8', 'a counterparty gave up more than its profit');
  const margin = accountMargin(state, account);
  const notional = contractNotional({ ...valued, price: valued.markPrice });
  const leg = maintenanceMargin({ tiers: valued.tiers, notional });
  const behind = portionUp(leg, abs(change.sizeDelta), abs(valued.size));
  assert(withinBankruptcyQuote(taken, margin, behind), 'INV-8', 'a counterparty gave up too much');
}

/**
 * taken ≤ equity · behind / maintenance margin, compared exactly. Decisions are held to margin
 * equity, which is no more (`takenMax`); records of before that must be read as well.
 */
const withinBankruptcyQuote = (taken: Money, margin: MarginSummary, behind: Money): boolean =>
  isPositive(behind) && cmpQuotients(taken, behind, margin.equity, margin.maintenanceMargin) <= 0;

/** Hedges are protected, and too few lots could be closed without losing one. */
export function hedgesOverridden(state: PoolView, event: EventOf<'HedgesOverridden'>): void {
  const liquidation = runningOf(state, event.liquidation);
  assert(liquidation.takeover, 'INV-6', 'hedges were overridden before takeover');
  const market = marketNumber(state, event.market);
  const loading = protectedLoading(state, market);
  assert(loading === event.factorLoading, 'INV-20', 'no hedge was protected that way');
  const account = accountOf(state, liquidation);
  assert(!canKeepHedges(state, account, market), 'INV-20', 'hedges could have been kept');
}

/** Of a market in which hedges are protected; null in others. */
function protectedLoading({ deleveraging, markets }: PoolView, number: number): Price | null {
  if (deleveraging?.hedges !== 'protect') return null;
  const { market } = markets[number]!.parameters;
  return deleveraging.loadings.find((entry) => entry.market === market)?.loading ?? null;
}

/**
 * INV-20: nobody with equity is left more exposed to the factor, for what it has, than it was;
 * but where those who are asked could have closed too little without.
 */
function assertHedgesKept(
  state: PoolView,
  account: AccountView,
  { market: id, counterparties }: EventOf<'PositionsDeleveraged'>,
): void {
  const market = marketNumber(state, id);
  const loading = protectedLoading(state, market);
  if (loading === null) return;
  const lost = counterparties.some(({ change, taken }) => {
    const holder = state.accounts[accountNumber(state, change.account)]!;
    const stake = stakeOf(state, holder, market);
    // Shares of a gap are made whole by a unit each, and caps are reckoned without it.
    const cost = { numerator: rawOf(taken) - 1n, denominator: 1n };
    return stake !== null && losesHedge(stake, rawOf(loading) * rawOf(abs(change.sizeDelta)), cost);
  });
  if (lost) assert(!canKeepHedges(state, account, market), 'INV-20', 'a hedge was closed');
}

/** Whether one of the two classes could close an eighth of it, and a lot, and lose no hedge. */
function canKeepHedges(state: PoolView, account: AccountView, market: number): boolean {
  const loading = protectedLoading(state, market);
  const leg = legsOf(state, account).find(({ position }) => position.market === market);
  if (loading === null || leg === undefined) return true;
  const against = state.accounts.flatMap((holder) => {
    const position = positionIn(holder, market);
    if (position === undefined || sign(position.size) !== -sign(leg.position.size)) return [];
    return stakeOf(state, holder, market) ?? [];
  });
  const margin = accountMargin(state, account);
  const lot = rawOf(leg.market.parameters.lot);
  return [true, false].some((isSound) => {
    const asked = against.filter((stake) => stake.isSound === isSound);
    if (asked.length === 0) return false;
    const held = sum(asked.map(({ size }) => size));
    const quantity = min(held, abs(leg.position.size));
    const { gap } = costOf(leg, withSign(quantity, closingSide(leg.position.size)), margin);
    const asks = { lot, gap: rawOf(gap), quantity: rawOf(quantity), loading: rawOf(loading) };
    const kept = asked.reduce((total, stake) => total + lotsKept(stake, asks), 0n);
    return kept > 0n && kept * BigInt(HEDGED_LOTS_SHARE) >= asks.quantity / lot;
  });
}

/** Of a holder whose equity is above zero at prices that can be relied on. */
type Stake = {
  /** Not in liquidation. */
  readonly isSound: boolean;
  /** Magnitude. */
  readonly size: Size;
  /** In raw units, as the exposure. */
  readonly equity: bigint;
  /** To the factor, on the side of the position. */
  readonly exposure: bigint;
};

function stakeOf(state: PoolView, holder: AccountView, market: number): Stake | null {
  const { equity } = accountMargin(state, holder);
  if (!isPositive(equity) || !pricesValid(state, holder)) return null;
  const own = positionIn(holder, market)!;
  const signed = holder.positions.reduce((total, { market: at, size }) => {
    const loading = protectedLoading(state, at);
    return loading === null ? total : total + rawOf(loading) * rawOf(size);
  }, 0n);
  return {
    isSound: holder.liquidation === null,
    size: abs(own.size),
    equity: rawOf(equity),
    exposure: isNegative(own.size) ? -signed : signed,
  };
}

type Asks = Readonly<Record<'lot' | 'gap' | 'quantity' | 'loading', bigint>>;

/** Most lots that cost no hedge: up to there every number is lawful, beyond it none is. */
function lotsKept(stake: Stake, { lot, gap, quantity, loading }: Asks): bigint {
  const losesAt = (lots: bigint): boolean => {
    const cost = { numerator: gap * lots * lot, denominator: quantity };
    return losesHedge(stake, loading * lots * lot, cost);
  };
  let [lawful, beyond] = [0n, rawOf(stake.size) / lot + 1n];
  while (beyond - lawful > 1n) {
    const middle = lawful + (beyond - lawful) / BigInt(2);
    if (losesAt(middle)) beyond = middle;
    else lawful = middle;
  }
  return lawful;
}

/**
 * Exposure per equity would rise, exactly compared: |F − v · x| / (E − cost) > F / E, or the leg
 * stands against all the rest (F ≤ 0).
 */
function losesHedge(
  { equity, exposure }: Stake,
  closed: bigint,
  cost: { readonly numerator: bigint; readonly denominator: bigint },
): boolean {
  if (exposure <= 0n) return true;
  const left = exposure - closed;
  const after = left < 0n ? -left : left;
  const kept = equity * cost.denominator - cost.numerator;
  return after * equity * cost.denominator > exposure * kept;
}
