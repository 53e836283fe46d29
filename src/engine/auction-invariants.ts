/**
 * INV-17: what a bid takes and pays, asserted on the state that the event meets. Written down a
 * second time, apart from the lots that have to keep it.
 * @module
 */
import { contractValueDown, type MarginSummary } from '../risk/index.ts';
import {
  type Amount,
  abs,
  add,
  assert,
  EXACT_PER_RAW,
  eq,
  fromRaw,
  gte,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  neg,
  rawOf,
  sub,
  type Wad,
  ZERO_AMOUNT,
} from '../units/index.ts';
import { accountWith } from './auctions/index.ts';
import { accountOf, closes, runningOf } from './invariant-subjects.ts';
import { sharesAt } from './lending.ts';
import { isCovered } from './liquidation-release.ts';
import { accountMargin, markOf } from './margin.ts';
import type { EventOf, Health, PositionChange } from './schema/index.ts';
import {
  type AccountView,
  type LiquidationView,
  marketNumber,
  type PoolView,
  positionIn,
} from './state.ts';
import { insuranceCover } from './waterfall.ts';

type Taken = EventOf<'AuctionTaken'>;

/** What is exchanged, and that nobody is worse off for it than was agreed. */
export function assertAuctionTaken(state: PoolView, event: Taken): void {
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const open = liquidation.auction?.auction === event.auction;
  assert(open, 'INV-17', 'a bid was filled in an auction that does not run');
  const own = event.settlement === 'account' && account.id === event.bidder;
  assert(!own, 'INV-17', 'an account bid for itself');
  for (const { market, change, bidder } of event.positions) {
    assertPosition(state, { account, market: marketNumber(state, market), change, bidder });
  }
  for (const { asset, amount } of event.collaterals) {
    const number = state.numbers.assets.get(asset);
    const held = account.collaterals.find((holding) => holding.asset === number)?.amount;
    const has = isPositive(amount) && lte(amount, held ?? ZERO_AMOUNT);
    assert(has, 'INV-17', 'more of an asset was taken than is held');
  }
  for (const { asset, shares } of event.debts) {
    const owed = sharesAt(account.debts, state.numbers.desks.get(asset)!);
    assert(lte(shares, owed), 'INV-17', 'more of a debt was taken over than is owed');
  }
  for (const { asset, shares } of event.supplies) {
    const lent = sharesAt(account.supplies, state.numbers.desks.get(asset)!);
    assert(lte(shares, lent), 'INV-17', 'more of a claim was taken than is held');
  }
  assertPayout(state, liquidation, event);
  assert(meetsLimit(state, event), 'INV-17', 'a bid was filled beyond its limit');
  assertHealth(state, { liquidation, account, event });
}

/** Closed at the mark, and the bidder has what the account gave: no contract and no unit more. */
function assertPosition(
  state: PoolView,
  moved: {
    readonly account: AccountView;
    readonly market: number;
    readonly change: PositionChange;
    readonly bidder: PositionChange;
  },
): void {
  const { account, market, change, bidder } = moved;
  const held = positionIn(account, market);
  assert(closes(held, change.sizeDelta), 'INV-17', 'a take did more than close');
  assert(isZero(add(change.sizeDelta, bidder.sizeDelta)), 'INV-17', 'contracts were made or lost');
  const received = ({ realizedPnl, entryValueDelta }: PositionChange): Money =>
    sub(realizedPnl, entryValueDelta);
  assert(isZero(add(received(change), received(bidder))), 'INV-17', 'value was made or lost');
  const { kind } = state.markets[market]!.parameters;
  const price = markOf(state.markets[market]!);
  const value = neg(contractValueDown({ kind, size: change.sizeDelta, price }));
  assert(eq(received(change), value), 'INV-17', 'a position did not pass at the mark');
}

/** The fund pays for whom it has covered, and no more than it may. */
function assertPayout(state: PoolView, liquidation: LiquidationView, event: Taken): void {
  const { payout } = event;
  assert(!isNegative(payout), 'INV-17', 'a bidder paid the fund');
  if (isZero(payout)) return;
  assert(isCovered(liquidation), 'INV-9', 'the fund paid for an account that it had not covered');
  const payable = insuranceCover(state, liquidation, payout);
  assert(eq(payable, payout), 'INV-6', 'the fund paid more than it may');
}

/** What the fill costs the bidder, against what the bid allows. */
function meetsLimit(state: PoolView, event: Taken): boolean {
  const { bid, fraction, positions, collaterals, payment, payout } = event;
  const paid = sub(payment, payout);
  if (bid.type === 'Portfolio') {
    if (fraction === null || !isBetween(fraction, bid.fractionMin, bid.fraction)) return false;
    return rawOf(paid) * EXACT_PER_RAW <= rawOf(bid.paymentMax) * rawOf(fraction);
  }
  if (bid.type === 'Collateral') {
    const amount = collaterals[0]?.amount ?? ZERO_AMOUNT;
    if (!isBetween(amount, bid.amountMin, bid.amount)) return false;
    const allowed = rawOf(add(amount, ONE_UNIT)) * rawOf(bid.limitPrice);
    return rawOf(paid) * EXACT_PER_RAW < allowed + EXACT_PER_RAW;
  }
  const [position] = positions;
  if (position === undefined) return false;
  const { market, change } = position;
  if (!isBetween(abs(change.sizeDelta), bid.sizeMin, bid.size)) return false;
  const { kind } = state.markets[marketNumber(state, market)]!.parameters;
  const quote = rawOf(add(sub(change.realizedPnl, change.entryValueDelta), paid)) - ROUNDINGS;
  const size = rawOf(change.sizeDelta);
  const limit = rawOf(bid.limitPrice);
  // Linear: quote ≤ −size · limit. Inverse: quote ≤ size / limit.
  return kind === 'linear'
    ? quote * EXACT_PER_RAW + size * limit <= 0n
    : quote * limit <= size * EXACT_PER_RAW;
}

const isBetween = <U extends Wad>(value: U, least: NoInfer<U>, most: NoInfer<U>): boolean =>
  gte<U>(value, least) && lte<U>(value, most);

/** Less than a unit of an asset is owed to rounding. */
const ONE_UNIT = fromRaw<Amount>(1n);

/** The value at the mark, the notional and the share of it are rounded against the bidder. */
const ROUNDINGS = BigInt(3);

/** The account is what the event says, before and after, and not worse off by its own terms. */
function assertHealth(
  state: PoolView,
  input: {
    readonly liquidation: LiquidationView;
    readonly account: AccountView;
    readonly event: Taken;
  },
): void {
  const { liquidation, account, event } = input;
  const before = accountMargin(state, account);
  const after = accountMargin(
    state,
    accountWith(state, account, {
      direction: 'gives',
      changes: event.positions.map(({ market, change }) => {
        return { market: marketNumber(state, market), change };
      }),
      collaterals: event.collaterals.map(({ asset, ...moved }) => {
        return { ...moved, asset: state.numbers.assets.get(asset)! };
      }),
      debts: event.debts.map((moved) => atDesk(state, moved)),
      supplies: event.supplies.map((moved) => atDesk(state, moved)),
      received: event.payment,
    }),
  );
  const told = isSame(before, event.before) && isSame(after, event.after);
  assert(told, 'INV-17', 'a take told another margin than the account has');
  if (event.lot === 'collateral') {
    const had = !isNegative(sub(before.equity, liquidation.coverPaid));
    const has = !isNegative(sub(after.equity, liquidation.coverPaid));
    assert(has || !had, 'INV-17', 'a sale of collateral made a loss for others');
    return;
  }
  const solvent = !isNegative(before.equity) && !isNegative(after.equity);
  assert(solvent, 'INV-17', 'a take left an account bankrupt');
  const deficit = ({ maintenanceMargin, marginEquity }: MarginSummary): Money =>
    sub(maintenanceMargin, marginEquity);
  assert(lte(deficit(after), deficit(before)), 'INV-17', 'a take made the margin deficit larger');
  // No more of the equity was given than the part of the requirement that was taken over.
  const kept = rawOf(after.equity) * rawOf(before.maintenanceMargin);
  const due = rawOf(before.equity) * rawOf(after.maintenanceMargin);
  assert(kept >= due, 'INV-17', 'a take went beyond the bankruptcy quote');
}

const atDesk = (state: PoolView, { asset, ...moved }: Taken['debts'][number]) => ({
  ...moved,
  desk: state.numbers.desks.get(asset)!,
});

const isSame = (margin: MarginSummary, told: Health): boolean =>
  eq(margin.equity, told.equity) &&
  eq(margin.marginEquity, told.marginEquity) &&
  eq(margin.maintenanceMargin, told.maintenanceMargin);
