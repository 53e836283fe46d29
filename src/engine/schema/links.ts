/**
 * What leaves a pool for another one and comes back. A pool knows the others by name alone; every
 * transfer has a number between two pools, so that the last one answered is all that the receiving
 * pool has to remember.
 * @module
 */
import { flag, type Infer, list, nullable, oneOf, record, variant } from './codec.ts';
import { account, amount, asset, count, name } from './fields.ts';
import { rejectionCode } from './rejections.ts';

/** What is sent becomes the receiver's own, secures it only, or comes home from having done so. */
export const transferPurpose = oneOf('transfer', 'pledge', 'release');

export const LinkParameters = record({
  /** By which the others know this pool. */
  pool: name,
  /** With which it exchanges capital. */
  others: list(name),
});
export type LinkParameters = Infer<typeof LinkParameters>;

const SENDING = { account, asset, amount, toPool: name, toAccount: account };

/** What the two pools know of a transfer; `pledge` is the number of the one that is released. */
const SUBJECT = { number: count, purpose: transferPurpose, pledge: nullable(count), asset, amount };

const SENT = { ...SUBJECT, account, toPool: name, toAccount: account };
const ARRIVED = { ...SUBJECT, fromPool: name, fromAccount: account, account };

export const LINK_COMMANDS = {
  ConfigureLinks: variant(119, { parameters: LinkParameters }),
  /** Moves what an account holds to an account of another pool. */
  TransferOut: variant(261, SENDING),
  /** The same, as collateral of that account which remains this one's to have back. */
  PledgeOut: variant(262, SENDING),
  /** Gives a pledge back, or what is left of it. */
  ReleasePledge: variant(263, { fromPool: name, pledge: count }),
  /** What another pool has sent. */
  TransferIn: variant(264, ARRIVED),
  /** The other pool has received it. */
  ConfirmTransfer: variant(265, { toPool: name, number: count }),
  /** The other pool has refused it. */
  ReturnTransfer: variant(266, { toPool: name, number: count }),
};

export const LINK_EVENTS = {
  LinksConfigured: variant(119, { parameters: LinkParameters }),
  TransferSent: variant(261, SENT),
  TransferReceived: variant(262, ARRIVED),
  /** It will never be received; the other pool takes it back. */
  TransferRefused: variant(263, { ...ARRIVED, reason: rejectionCode }),
  TransferConfirmed: variant(264, SENT),
  TransferReturned: variant(265, SENT),
};

/** Sent, and still part of this pool until the other one has answered. */
export const OutgoingShape = record({
  number: count,
  purpose: transferPurpose,
  pledge: nullable(count),
  account: count,
  toAccount: account,
  /** Null for the settlement asset. */
  asset: nullable(count),
  amount,
});

/** A pledge as the pool of its giver knows it: no part of that pool while it is away. */
export const PledgeShape = record({
  number: count,
  account: count,
  toAccount: account,
  asset: nullable(count),
  amount,
});

/** A pledge as the pool that holds it knows it. */
export const HeldPledgeShape = record({
  number: count,
  account: count,
  fromAccount: account,
  asset: nullable(count),
  amount,
});

export const LinkShape = record({
  pool: name,
  /** Among the others of the parameters in force. */
  open: flag,
  /** Number of the last transfer to it. */
  sent: count,
  /** Number of the last transfer from it that was answered. */
  received: count,
  /** Which of the latest of those were refused, ascending. */
  refused: list(count),
  /** By number. */
  outgoing: list(OutgoingShape),
  /** What it holds for accounts of this pool, by number. */
  pledges: list(PledgeShape),
  /** What this pool holds for its accounts, by number. */
  held: list(HeldPledgeShape),
});

export const LinksShape = record({
  pool: name,
  /** Sorted by name; once linked, a pool is never forgotten. */
  links: list(LinkShape),
});
