/**
 * The state as bytes: a head with everything but the accounts, then the accounts in chunks of
 * fixed size, so that a hash over them need only redo the chunks that changed. The core yields
 * bytes; hashing them is the runtime's business.
 * @module
 */
import { cmpId } from '../units/index.ts';
import {
  AccountShape,
  byteReader,
  byteWriter,
  encode,
  type Infer,
  list,
  PoolShape,
  writtenBytes,
} from './schema/index.ts';
import { type AccountState, emptyPool, type PoolState, type PoolView } from './state.ts';

/** Accounts per chunk of the encoding and of the state hash. */
export const CHUNK_ACCOUNTS = 256;

const Chunk = list(AccountShape);

/** Room for a chunk of accounts with some positions each; where that is too little it grows. */
const CHUNK_BYTES = CHUNK_ACCOUNTS * 512;

export const chunkCount = (state: PoolView): number =>
  Math.ceil(state.accounts.length / CHUNK_ACCOUNTS);

/** Changes whenever an account of the chunk changed: versions only grow. */
export function chunkVersion(state: PoolView, chunk: number): number {
  const first = chunk * CHUNK_ACCOUNTS;
  const end = Math.min(first + CHUNK_ACCOUNTS, state.accounts.length);
  let sum = end;
  for (let at = first; at < end; at += 1) sum += state.accounts[at]!.version;
  return sum;
}

export function encodeChunk(state: PoolView, chunk: number): Uint8Array {
  const first = chunk * CHUNK_ACCOUNTS;
  const writer = byteWriter(CHUNK_BYTES);
  Chunk.write(writer, state.accounts.slice(first, first + CHUNK_ACCOUNTS));
  return writtenBytes(writer);
}

/** A map of accounts is filled in any order. */
const noticesByNumber = ({ notices }: PoolView) =>
  [...notices]
    .map(([account, untilMs]) => ({ account, untilMs }))
    .sort((a, b) => a.account - b.account);

export function encodeHead(state: PoolView): Uint8Array {
  const sources = [...state.sources.values()].sort((a, b) => cmpId(a.source, b.source));
  const head: Infer<typeof PoolShape> = {
    ...state,
    accountCount: state.accounts.length,
    liquidations: [...state.liquidations.values()],
    notices: noticesByNumber(state),
    sources,
  };
  return encode(PoolShape, head);
}

export type RestoredPool =
  | { readonly ok: true; readonly state: PoolState }
  | { readonly ok: false; readonly problem: string };

/** The inverse of the encoders: head first, then every chunk in order. */
export function restorePool(head: Uint8Array, chunks: readonly Uint8Array[]): RestoredPool {
  const reader = byteReader(head);
  const pool = PoolShape.read(reader);
  if (reader.problem !== null) return { ok: false, problem: `snapshot head: ${reader.problem}` };
  const accounts: AccountState[] = [];
  for (const [number, bytes] of chunks.entries()) {
    const chunk = byteReader(bytes);
    const decoded = Chunk.read(chunk);
    if (chunk.problem !== null) {
      return { ok: false, problem: `snapshot chunk ${number}: ${chunk.problem}` };
    }
    // Decoded values are fresh objects that nobody else holds.
    accounts.push(...(decoded as AccountState[]));
  }
  if (accounts.length !== pool.accountCount) {
    const problem = `snapshot: expected ${pool.accountCount} accounts, found ${accounts.length}`;
    return { ok: false, problem };
  }
  const state = assembled(pool, accounts);
  if (state.numbers.accounts.size < accounts.length) {
    return { ok: false, problem: 'snapshot: two accounts share an id' };
  }
  return { ok: true, state };
}

function assembled(pool: Infer<typeof PoolShape>, accounts: AccountState[]): PoolState {
  const { accountCount: _count, liquidations, notices, sources, ...head } = pool;
  const state: PoolState = {
    ...emptyPool(),
    ...(head as Pick<PoolState, keyof typeof head>),
    accounts,
  };
  accounts.forEach((account, number) => {
    state.numbers.accounts.set(account.id, number);
  });
  state.assets.forEach(({ parameters }, number) => {
    state.numbers.assets.set(parameters.asset, number);
  });
  state.desks.forEach(({ parameters }, number) => {
    state.numbers.desks.set(parameters.asset, number);
  });
  state.indexes.forEach(({ parameters }, number) => {
    state.numbers.indexes.set(parameters.index, number);
  });
  state.markets.forEach(({ parameters }, number) => {
    state.numbers.markets.set(parameters.market, number);
  });
  for (const liquidation of liquidations) {
    const ordered = [...liquidation.ordered];
    const tried = [...liquidation.tried];
    const priority = liquidation.priority && {
      ...liquidation.priority,
      bids: liquidation.priority.bids.map((bid) => ({ ...bid })),
    };
    const finder = liquidation.finder && { ...liquidation.finder };
    const auction = liquidation.auction && { ...liquidation.auction };
    const cover = {
      ...liquidation.cover,
      tranches: liquidation.cover.tranches.map((own) => ({ ...own })),
    };
    const own = { ordered, tried, priority, finder, auction, cover };
    state.liquidations.set(liquidation.liquidation, { ...liquidation, ...own });
    if (auction !== null) state.runningAuctions.set(auction.auction, liquidation.liquidation);
    if (liquidation.order !== null) {
      state.orders.set(liquidation.order.order, liquidation.liquidation);
    }
  }
  for (const { account, untilMs } of notices) state.notices.set(account, untilMs);
  for (const { source, recent } of sources) {
    state.sources.set(source, { source, recent: [...recent] });
  }
  return state;
}
