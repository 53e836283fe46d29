/**
 * Drives an engine without a journal: every command is decided, applied, and followed by all the
 * work it makes due, exactly as the runtime does it. For tests of the engine's own rules.
 * @module
 */
import assert from 'node:assert/strict';
import type { MarketParameters, PoolParameters } from '../../src/engine/index.ts';
import {
  applyRecord,
  audit,
  type Command,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type Event,
  type EventOf,
  type EventType,
  type JournalRecord,
  type Rejection,
  type RejectionCode,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';

export const POOL: PoolParameters = {
  settlementAsset: assetId('USDC'),
  releaseRatio: ratio('1.25'),
  penaltyFraction: ratio('0.005'),
  keeperShare: ratio('0.4'),
  burnShare: ratio('0.1'),
  bankruptcyAdjustment: ratio('1'),
  spreadToMaintenanceMarginRatio: ratio('0.5'),
  orderTimeoutMs: durationMs(60_000),
  bookAttemptsMax: 3,
  closeOutStepsMax: 50,
  adlPolicy: 'minimax-leverage',
  adlFillsMax: 8,
  startsPerRecordMax: 4,
  settlementsPerRecordMax: 4,
  insuranceEventCap: null,
  collateralBuyer: null,
  fillBand: ratio('0.5'),
};

export const market = (
  name: string,
  changes: Partial<MarketParameters> = {},
): MarketParameters => ({
  market: marketId(name),
  kind: 'linear',
  index: indexId('BTC'),
  tiers: [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.05') }],
  initialMarginFraction: ratio('0.1'),
  openInterestLower: money('0'),
  openInterestUpper: money('0'),
  markBand: null,
  basisTimeConstantMs: durationMs(150_000),
  bookTimeConstantMs: durationMs(30_000),
  averageGapMsMax: durationMs(60_000),
  bookStalenessMsMax: durationMs(60_000),
  outsideSources: [],
  lot: size('0.001'),
  notionalMin: money('1'),
  expiryMs: null,
  ...changes,
});

type Clock = { timeMs: number };
type Core = ReturnType<typeof driverCore>;
/** Who sends a command, and its place in that sender's sequence. */
export type Sender = { readonly source: string; readonly sourceSeq: number };

type Attempt = {
  readonly code: RejectionCode | null;
  readonly rejection: Rejection | null;
  readonly events: Event[];
};

/** Every code that `refuse` has seen, so that a test can say that none is left out. */
export const refusedCodes = new Set<RejectionCode>();

/** Deciding and applying, without a word about what is commanded. */
function driverCore(clock: Clock) {
  const engine: Engine = createEngine();
  const records: JournalRecord[] = [];
  let sourceSeq = 0;

  const record = (sender: Sender, command: Command): JournalRecord => {
    const envelope = { ...sender, command };
    const time = engineTimeMs(clock.timeMs);
    const outcome = decide(engine.state, envelope, time);
    const made = { version: 1, seq: records.length + 1, time, envelope, outcome };
    applyRecord(engine, made);
    records.push(made);
    return made;
  };

  /** Takes one outside command and all work it makes due; answers the events in order. */
  const attempt = (command: Command, sender?: Sender): Attempt => {
    if (sender === undefined) sourceSeq += 1;
    const from = sender ?? { source: 'test', sourceSeq };
    const first = record(from, command);
    const made = [first];
    for (let due = dueWork(engine); due !== null; due = dueWork(engine)) {
      const internal = record({ source: ENGINE_SOURCE, sourceSeq: 0 }, due);
      assert.equal(internal.outcome.type, 'Accepted', `due work was refused: ${due.type}`);
      made.push(internal);
    }
    const events = made.flatMap(({ outcome }) =>
      outcome.type === 'Accepted' ? outcome.events : [],
    );
    const { outcome } = first;
    const rejection = outcome.type === 'Rejected' ? outcome.rejection : null;
    return { code: rejection?.code ?? null, rejection, events };
  };

  const take = (command: Command): Event[] => {
    const { code, events } = attempt(command);
    assert.equal(code, null, `${command.type} was rejected: ${code}`);
    assert.deepEqual(audit(engine.state).problems, []);
    return events;
  };

  /** Takes a command that must be refused and, being refused, must change nothing (INV-13). */
  const refuse = (command: Command, expected: RejectionCode, sender?: Sender): Rejection => {
    const before = JSON.stringify(engine.state, plainValue);
    const { code, rejection } = attempt(command, sender);
    assert.equal(code, expected);
    assert.equal(JSON.stringify(engine.state, plainValue), before, 'a rejection changed the state');
    refusedCodes.add(expected);
    return rejection!;
  };

  const accountOf = (id: AccountId) =>
    engine.state.accounts[engine.state.numbers.accounts.get(id)!]!;

  return { engine, records, attempt, take, refuse, accountOf };
}

/** Commands that set a pool up. */
function configuring({ take }: Core) {
  return {
    configure: (changes: Partial<PoolParameters> = {}) =>
      take({ type: 'ConfigurePool', parameters: { ...POOL, ...changes } }),
    index: (name: string, sources: readonly string[] = ['feed']) =>
      take({
        type: 'ConfigureIndex',
        parameters: {
          index: indexId(name),
          sources: sources.map((source) => ({ source, weight: ratio('1') })),
          sourcesMin: 1,
          stalenessMsMax: durationMs(60_000),
          confidenceMax: null,
          sourceBand: null,
        },
      }),
    market: (name: string, changes: Partial<MarketParameters> = {}) =>
      take({ type: 'ConfigureMarket', parameters: market(name, changes) }),
    account: (name: string, deposit?: string) => {
      const account = accountId(name);
      take({ type: 'OpenAccount', account, owner: name, parent: null, market: null });
      if (deposit !== undefined) {
        take({ type: 'Deposit', account, asset: assetId('USDC'), amount: amount(deposit) });
      }
      return account;
    },
  };
}

/** What the world does: time, prices, fills. */
function acting({ engine, take }: Core, clock: Clock) {
  const now = () => engineTimeMs(clock.timeMs);
  return {
    now,
    wait: (milliseconds: number) => {
      clock.timeMs += milliseconds;
    },
    pass: (milliseconds: number) => {
      clock.timeMs += milliseconds;
      return take({ type: 'Tick' });
    },
    /** One index price, reported by every source, and the same price as the book of markets. */
    price: (name: string, value: string, markets: readonly string[] = []) =>
      take({
        type: 'ReportPrices',
        indexes: engine.state.indexes
          .filter(({ parameters }) => parameters.index === name)
          .flatMap(({ parameters: { index, sources } }) =>
            sources.map(({ source }) => {
              return { index, source, price: price(value), timeMs: now(), confidence: null };
            }),
          ),
        books: markets.map((id) => {
          const at = price(value);
          return { market: marketId(id), bid: at, ask: at, last: at, timeMs: now() };
        }),
        outside: [],
      }),
    fill: (
      buyer: AccountId,
      seller: AccountId,
      trade: { market: string; size: string; price: string; order?: number },
    ) =>
      take({
        type: 'RecordFill',
        market: marketId(trade.market),
        buyer,
        seller,
        size: size(trade.size),
        price: price(trade.price),
        buyerFee: money('0'),
        sellerFee: money('0'),
        order: trade.order ?? null,
      }),
  };
}

/** A pool with the settlement asset USDC; every quantity is given as a decimal string. */
export function poolDriver() {
  const clock: Clock = { timeMs: 1_000 };
  const core = driverCore(clock);
  return { ...core, ...configuring(core), ...acting(core, clock) };
}

export type Driver = ReturnType<typeof poolDriver>;

export const eventsOf = <T extends EventType>(events: readonly Event[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

/** For `JSON.stringify`: bigints as text, and maps and sets, which it would show as empty. */
export const plainValue = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Map || value instanceof Set ? [...value] : value;
};
