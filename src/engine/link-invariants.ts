/**
 * What must hold of transfers between pools: written down a second time, apart from the decisions
 * that have to keep it.
 * @module
 */
import {
  type AccountId,
  type Amount,
  type AssetId,
  accountId,
  assert,
  eq,
  isNegative,
  isPositive,
  lte,
  type Money,
  max,
  min,
  settlementOfMoney,
  sub,
  sum,
  ZERO_AMOUNT,
  ZERO_MONEY,
} from '../units/index.ts';
import { OUTGOING_MAX, PLEDGES_MAX } from './links.ts';
import type { EventOf } from './schema/index.ts';
import { accountNumber, type LinkView, type PoolView, poolParameters } from './state.ts';

type Sent = EventOf<'TransferSent'> | EventOf<'TransferConfirmed'> | EventOf<'TransferReturned'>;
type Arrived = EventOf<'TransferReceived'> | EventOf<'TransferRefused'>;

function linkTo(state: PoolView, pool: string): LinkView {
  const link = state.links?.links.find((own) => own.pool === pool);
  assert(link !== undefined, 'INV-19', 'a transfer with a pool that is not linked');
  return link;
}

const numberOf = (state: PoolView, asset: AssetId): number | null =>
  asset === poolParameters(state).settlementAsset ? null : state.numbers.assets.get(asset)!;

/** What an account holds of an asset, and what all its pledges of it come to. */
function heldBy(state: PoolView, id: AccountId, asset: number | null) {
  const number = accountNumber(state, id);
  const account = state.accounts[number]!;
  const holding =
    asset === null
      ? settlementOfMoney(max(account.balance, ZERO_MONEY))
      : (account.collaterals.find((own) => own.asset === asset)?.amount ?? ZERO_AMOUNT);
  const pledges = (state.links?.links ?? []).flatMap(({ held }) =>
    held.filter((own) => own.account === number && own.asset === asset),
  );
  return { holding, pledges };
}

/** INV-19: what an account gives away is its own, and no part of what was pledged to it. */
export function leavesPledges(
  state: PoolView,
  leaving: { readonly account: AccountId; readonly asset: AssetId; readonly amount: Amount },
): void {
  if (state.links === null) return;
  const { holding, pledges } = heldBy(state, leaving.account, numberOf(state, leaving.asset));
  const claimed = sum(pledges.map(({ amount }) => amount));
  const own = lte(leaving.amount, max(sub(holding, claimed), ZERO_AMOUNT));
  assert(own, 'INV-19', 'what was pledged to an account left it');
}

/** INV-19: who buys something pays with what is its own. */
export function paysOwn(state: PoolView, account: AccountId, payment: Money): void {
  const { settlementAsset: asset } = poolParameters(state);
  if (!isPositive(payment)) return;
  leavesPledges(state, { account, asset, amount: settlementOfMoney(payment) });
}

/** A bidder that settles outside pays with nothing that the pool knows. */
export function auctionTaken(state: PoolView, event: EventOf<'AuctionTaken'>): void {
  if (event.settlement === 'outside') return;
  paysOwn(state, accountId(event.bidder), sub(event.payment, event.payout));
}

export function priorityAwarded(
  state: PoolView,
  { winner, payment }: EventOf<'PriorityAwarded'>,
): void {
  if (winner !== null) paysOwn(state, winner, payment);
}

export const debtRepaidDirectly = (
  state: PoolView,
  { liquidator, debtAsset, amount }: EventOf<'DebtRepaidDirectly'>,
): void => leavesPledges(state, { account: liquidator, asset: debtAsset, amount });

/** INV-19: transfers are numbered without a gap, and take what is there to be taken. */
export function transferSent(state: PoolView, event: EventOf<'TransferSent'>): void {
  const link = linkTo(state, event.toPool);
  assert(event.number === link.sent + 1, 'INV-19', 'a transfer was sent out of its turn');
  const { liquidation } = state.accounts[accountNumber(state, event.account)]!;
  assert(liquidation === null, 'INV-19', 'capital left an account in liquidation');
  if (event.purpose !== 'release') {
    assert(isPositive(event.amount), 'INV-19', 'a transfer of nothing was sent');
    leavesPledges(state, event);
    return;
  }
  const asset = numberOf(state, event.asset);
  const { holding, pledges } = heldBy(state, event.account, asset);
  const at = pledges.findIndex(({ number }) => number === event.pledge);
  const given = link.held.find(({ number }) => number === event.pledge);
  assert(given !== undefined, 'INV-19', 'a pledge was released that is not held');
  const first = sum(pledges.slice(0, pledges.indexOf(given)).map(({ amount }) => amount));
  const left = min(max(sub(holding, first), ZERO_AMOUNT), given.amount);
  assert(at >= 0 && eq(event.amount, left), 'INV-19', 'a pledge was released for what it is not');
  assert(event.toAccount === given.fromAccount, 'INV-19', 'a pledge was released to another');
}

function assertNext(state: PoolView, event: Arrived): LinkView {
  const link = linkTo(state, event.fromPool);
  const next = event.number === link.received + 1;
  assert(next, 'INV-19', 'a transfer was answered twice, or before its turn');
  return link;
}

/** INV-19: received once; and no more comes back of a pledge than was given. */
export function transferReceived(state: PoolView, event: EventOf<'TransferReceived'>): void {
  const link = assertNext(state, event);
  assert(!isNegative(event.amount), 'INV-19', 'less than nothing was received');
  if (event.purpose !== 'release') return;
  const pledge = link.pledges.find(({ number }) => number === event.pledge);
  assert(pledge !== undefined, 'INV-19', 'a pledge came home that was not away');
  const own = state.accounts[pledge.account]!.id === event.account;
  const whole = lte(event.amount, pledge.amount) && numberOf(state, event.asset) === pledge.asset;
  assert(own && whole, 'INV-19', 'more came home than was pledged, or to another account');
}

export const transferRefused = (state: PoolView, event: EventOf<'TransferRefused'>): void => {
  assertNext(state, event);
};

/** INV-19: what is closed was open, and is closed as it was sent. */
export function transferAnswered(state: PoolView, event: Sent): void {
  const { outgoing } = linkTo(state, event.toPool);
  const open = outgoing.find(({ number }) => number === event.number);
  assert(open !== undefined, 'INV-19', 'a transfer was closed that was not open');
  const told =
    eq(open.amount, event.amount) &&
    open.asset === numberOf(state, event.asset) &&
    open.purpose === event.purpose &&
    open.pledge === event.pledge &&
    open.toAccount === event.toAccount &&
    state.accounts[open.account]!.id === event.account;
  assert(told, 'INV-19', 'a transfer was closed for another than was sent');
}

/** Numbers of a list in the order in which they were given, none beyond the last. */
const inOrder = (list: readonly { readonly number: number }[], last: number): boolean =>
  list.every(({ number }, at) => number <= last && (at === 0 || list[at - 1]!.number < number));

/** INV-19 on a whole pool: what is open, away or held was sent or received, in amounts above 0. */
export function linkProblems(state: PoolView): string[] {
  const names = (state.links?.links ?? []).map(({ pool }) => pool);
  const sorted = names.every((name, at) => at === 0 || names[at - 1]! < name);
  const problems = sorted ? [] : ['INV-19: links are out of order'];
  for (const { pool, sent, received, refused, outgoing, pledges, held } of state.links?.links ??
    []) {
    const lists =
      inOrder(outgoing, sent) &&
      inOrder(pledges, sent) &&
      inOrder(held, received) &&
      inOrder(
        refused.map((number) => ({ number })),
        received,
      );
    const amounts =
      outgoing.every(({ amount }) => !isNegative(amount)) &&
      [...pledges, ...held].every(({ amount }) => isPositive(amount));
    const bounded =
      outgoing.length <= OUTGOING_MAX &&
      refused.length <= OUTGOING_MAX &&
      held.length <= PLEDGES_MAX &&
      pledges.length <= PLEDGES_MAX;
    if (lists && amounts && bounded) continue;
    problems.push(`INV-19: what is open between this pool and ${pool} is wrong`);
  }
  return problems;
}
