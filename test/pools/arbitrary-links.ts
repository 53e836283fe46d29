/** Arbitrary records and states of links between pools. @module */
import fc from 'fast-check';
import type { RejectionCode } from '../../src/engine/index.ts';
import { REJECTIONS } from '../../src/engine/index.ts';
import {
  account,
  asset,
  counts,
  list,
  name,
  oneOf,
  orNull,
  record,
  wad,
  whole,
} from './arbitrary-fields.ts';

const linkParameters = record({ pool: name, others: list(name) });
const sending = record({ account, asset, amount: wad<never>(), toPool: name, toAccount: account });
const purpose = oneOf('transfer', 'pledge', 'release');
const subject = { ...counts('number'), purpose, pledge: orNull(whole()), amount: wad<never>() };
const sent = record({ ...subject, asset, account, toPool: name, toAccount: account });
const arrived = { ...subject, asset, fromPool: name, fromAccount: account, account };
const answer = record({ toPool: name, ...counts('number') });
const reason = fc.constantFrom(...(Object.keys(REJECTIONS) as RejectionCode[]));

export const linkCommands = {
  ConfigureLinks: record({ parameters: linkParameters }),
  TransferOut: sending,
  PledgeOut: sending,
  ReleasePledge: record({ fromPool: name, ...counts('pledge') }),
  TransferIn: record(arrived),
  ConfirmTransfer: answer,
  ReturnTransfer: answer,
};

export const linkEvents = {
  LinksConfigured: record({ parameters: linkParameters }),
  TransferSent: sent,
  TransferReceived: record(arrived),
  TransferRefused: record({ ...arrived, reason }),
  TransferConfirmed: sent,
  TransferReturned: sent,
};

const own = { ...counts('number', 'account'), asset: orNull(whole()), amount: wad<never>() };
const away = { ...own, toAccount: account };

export const linksState = record({
  pool: name,
  links: list(
    record({
      pool: name,
      open: fc.boolean(),
      ...counts('sent', 'received'),
      refused: list(whole()),
      outgoing: list(record({ ...away, purpose, pledge: orNull(whole()) })),
      pledges: list(record(away)),
      held: list(record({ ...own, fromAccount: account })),
    }),
  ),
});
