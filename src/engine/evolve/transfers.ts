/** Effects of events about other pools. @module */
import {
  type Amount,
  type AssetId,
  add,
  assert,
  cmpId,
  moneyOfSettlement,
  neg,
} from '../../units/index.ts';
import { OUTGOING_MAX } from '../links.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, type LinkState, type PoolState, poolParameters } from '../state.ts';
import { addCollateral, credit, raiseRisk } from './ledger.ts';

export function linksConfigured(
  state: PoolState,
  { parameters: { pool, others } }: EventOf<'LinksConfigured'>,
): void {
  const before = state.links?.links ?? [];
  const known = new Map(before.map((link) => [link.pool, link]));
  const closed = before.map((link): LinkState => ({ ...link, open: others.includes(link.pool) }));
  const added = others.filter((other) => !known.has(other)).map(emptyLink);
  const links = [...closed, ...added].sort((a, b) => cmpId(a.pool, b.pool));
  state.links = { pool, links };
}

const emptyLink = (pool: string): LinkState => ({
  pool,
  open: true,
  sent: 0,
  received: 0,
  refused: [],
  outgoing: [],
  pledges: [],
  held: [],
});

function linkTo(state: PoolState, pool: string): LinkState {
  const link = state.links?.links.find((own) => own.pool === pool);
  assert(link !== undefined, 'LINK', `there is no link to ${pool}`);
  return link;
}

/** Null for the settlement asset. */
const assetNumber = (state: PoolState, asset: AssetId): number | null =>
  asset === poolParameters(state).settlementAsset ? null : state.numbers.assets.get(asset)!;

/** Gives an account an amount of an asset, or takes it away. */
function move(state: PoolState, account: number, asset: number | null, delta: Amount): void {
  if (asset === null) credit(state, account, moneyOfSettlement(delta));
  else addCollateral(state, account, asset, delta);
}

/** Counts what came into the pool, or left it, among what did so before. */
function count(
  state: PoolState,
  asset: number | null,
  change: { readonly of: 'deposited' | 'withdrawn'; readonly delta: Amount },
): void {
  const { of, delta } = change;
  if (asset === null) state[of] = add(state[of], moneyOfSettlement(delta));
  else state.assets[asset]![of] = add(state.assets[asset]![of], delta);
}

export function transferSent(state: PoolState, event: EventOf<'TransferSent'>): void {
  const { number, purpose, pledge, amount, toAccount } = event;
  const link = linkTo(state, event.toPool);
  const account = accountNumber(state, event.account);
  const asset = assetNumber(state, event.asset);
  raiseRisk(state, account);
  move(state, account, asset, neg(amount));
  link.sent = number;
  link.outgoing.push({ number, purpose, pledge, account, toAccount, asset, amount });
  if (purpose === 'release') link.held = link.held.filter((own) => own.number !== pledge);
}

/** What the sending pool can no longer have open needs not be known to be refused. */
function noteAnswer(link: LinkState, number: number): void {
  link.received = number;
  while (link.refused.length > 0 && link.refused[0]! <= number - OUTGOING_MAX) link.refused.shift();
}

export function transferReceived(state: PoolState, event: EventOf<'TransferReceived'>): void {
  const { number, purpose, pledge, amount, fromAccount } = event;
  const link = linkTo(state, event.fromPool);
  const account = accountNumber(state, event.account);
  const asset = assetNumber(state, event.asset);
  noteAnswer(link, number);
  move(state, account, asset, amount);
  if (purpose === 'release') {
    // It counted as withdrawn while it was away; what does not come back still does.
    count(state, asset, { of: 'withdrawn', delta: neg(amount) });
    link.pledges = link.pledges.filter((own) => own.number !== pledge);
    return;
  }
  count(state, asset, { of: 'deposited', delta: amount });
  if (purpose === 'pledge') link.held.push({ number, account, fromAccount, asset, amount });
}

export function transferRefused(state: PoolState, event: EventOf<'TransferRefused'>): void {
  const link = linkTo(state, event.fromPool);
  noteAnswer(link, event.number);
  link.refused.push(event.number);
}

/** Takes a transfer that was answered off the list of those that wait. */
function close(state: PoolState, event: EventOf<'TransferConfirmed' | 'TransferReturned'>) {
  const link = linkTo(state, event.toPool);
  const at = link.outgoing.findIndex((own) => own.number === event.number);
  assert(at >= 0, 'LINK', 'a transfer was answered that was not open');
  const [open] = link.outgoing.splice(at, 1);
  return { link, open: open! };
}

export function transferConfirmed(state: PoolState, event: EventOf<'TransferConfirmed'>): void {
  const { link, open } = close(state, event);
  const { number, account, toAccount, asset, amount } = open;
  count(state, asset, { of: 'withdrawn', delta: amount });
  if (open.purpose !== 'pledge') return;
  link.pledges.push({ number, account, toAccount, asset, amount });
  link.pledges.sort((a, b) => a.number - b.number);
}

export function transferReturned(state: PoolState, event: EventOf<'TransferReturned'>): void {
  const { open } = close(state, event);
  move(state, open.account, open.asset, open.amount);
}
