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

export type Driver = ReturnType<typeof poolDriver>;

/** A pool with the settlement asset USDC; every helper takes decimal strings. */
export function poolDriver() {
  const engine: Engine = createEngine();
  const records: JournalRecord[] = [];
  let time = 1_000;
  let sourceSeq = 0;

  const record = (source: string, sequence: number, command: Command): JournalRecord => {
    const envelope = { source, sourceSeq: sequence, command };
    const at = engineTimeMs(time);
    const outcome = decide(engine.state, envelope, at);
    const made: JournalRecord = {
      version: 1,
      seq: records.length + 1,
      time: at,
      envelope,
      outcome,
    };
    applyRecord(engine, made);
    records.push(made);
    return made;
  };

  /** Takes one outside command and all work it makes due; answers the events in order. */
  const attempt = (command: Command): { code: RejectionCode | null; events: Event[] } => {
    sourceSeq += 1;
    const first = record('test', sourceSeq, command);
    const made = [first];
    for (let due = dueWork(engine); due !== null; due = dueWork(engine)) {
      const internal = record(ENGINE_SOURCE, 0, due);
      assert.equal(internal.outcome.type, 'Accepted', `due work was refused: ${due.type}`);
      made.push(internal);
    }
    const events = made.flatMap(({ outcome }) =>
      outcome.type === 'Accepted' ? outcome.events : [],
    );
    const { outcome } = first;
    return { code: outcome.type === 'Rejected' ? outcome.rejection.code : null, events };
  };

  const take = (command: Command): Event[] => {
    const { code, events } = attempt(command);
    assert.equal(code, null, `${command.type} was rejected: ${code}`);
    assert.deepEqual(audit(engine.state).problems, []);
    return events;
  };

  const refuse = (command: Command, expected: RejectionCode): void => {
    const before = JSON.stringify(engine.state, bigintText);
    assert.equal(attempt(command).code, expected);
    assert.equal(JSON.stringify(engine.state, bigintText), before, 'a rejection changed the state');
  };

  return {
    engine,
    records,
    take,
    refuse,
    attempt,
    pass: (milliseconds: number) => {
      time += milliseconds;
      return take({ type: 'Tick' });
    },
    now: () => engineTimeMs(time),
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
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
    /** One index price, reported by every source, and the same price as the book of markets. */
    price: (name: string, value: string, markets: readonly string[] = []) =>
      take({
        type: 'ReportPrices',
        indexes: engine.state.indexes
          .filter(({ parameters }) => parameters.index === name)
          .flatMap(({ parameters }) =>
            parameters.sources.map(({ source }) => ({
              index: parameters.index,
              source,
              price: price(value),
              timeMs: engineTimeMs(time),
              confidence: null,
            })),
          ),
        books: markets.map((id) => ({
          market: marketId(id),
          bid: price(value),
          ask: price(value),
          last: price(value),
          timeMs: engineTimeMs(time),
        })),
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
    accountOf: (id: AccountId) => engine.state.accounts[engine.state.numbers.accounts.get(id)!]!,
  };
}

export const eventsOf = <T extends EventType>(events: readonly Event[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

export const bigintText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
