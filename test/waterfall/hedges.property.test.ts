/**
 * Goal: who is deleveraged, how much and for how much follows from the rules, also where other
 * positions count and hedges are protected. Method: every record of random crashes is decided a
 * second time by the reference model, which knows the rules alone; then what protection promises
 * is counted out in plain whole numbers. Seed 20251013, because it is counted what was seen.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyRecord,
  createEngine,
  type EventOf,
  type JournalRecord,
  type PoolView,
} from '../../src/engine/index.ts';
import { createModel, type ModelEnvelope } from '../model/model.ts';
import { enginePicture, firstDifference, modelPicture } from '../model/picture.ts';
import { eventsOf } from '../pools/pool-driver.ts';
import { crashOf, type HedgedCrash, hedgedCrashes } from './hedged-crash.ts';

const ONE = 10n ** 18n;
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** The model decides every command of the engine's journal, and comes to the same state. */
function assertModelAgrees(records: readonly JournalRecord[], state: PoolView): void {
  const model = createModel();
  for (const { seq, time, envelope, outcome } of records) {
    const expected = model.apply(envelope as unknown as ModelEnvelope, time);
    const found =
      outcome.type === 'Rejected' ? { type: 'Rejected', code: outcome.rejection.code } : outcome;
    assert.equal(firstDifference(expected, found), null, `record ${seq}`);
  }
  assert.equal(firstDifference(modelPicture(model.ledger()), enginePicture(state)), null);
}

type Holder = {
  readonly id: string;
  readonly size: bigint;
  readonly equity: bigint;
  /** Exposure to the factor on the side of its position in the market. */
  readonly exposure: bigint;
  readonly running: boolean;
};

/** At whole prices of linear markets nothing of this is rounded. */
function holdersAgainst(state: PoolView, event: EventOf<'PositionsDeleveraged'>): Holder[] {
  const market = state.numbers.markets.get(event.market)!;
  const loadings = new Map<string, bigint>(
    state.deleveraging!.loadings.map((entry) => [entry.market, entry.loading]),
  );
  const against = event.liquidated.sizeDelta;
  return state.accounts.flatMap(({ id, balance, positions, liquidation }): Holder[] => {
    const own = positions.find((position) => position.market === market);
    if (own === undefined || own.size < 0n !== against < 0n) return [];
    let equity: bigint = balance;
    let exposure = 0n;
    for (const { market: number, size, entryValue } of positions) {
      const { mark, parameters } = state.markets[number]!;
      equity += (size * mark!) / ONE - entryValue;
      exposure += size * (loadings.get(parameters.market) ?? 0n);
    }
    const size = magnitude(own.size);
    const sided = own.size < 0n ? -exposure : exposure;
    return [{ id, size, equity, exposure: sided, running: liquidation !== null }];
  });
}

type Seen = Record<
  'records' | 'kept' | 'keptInPart' | 'overridden' | 'taken' | 'solvent' | 'passedOver' | 'cut',
  number
>;

/** Whoever is closed has equity: only what it lacks in margin has to be closed. */
const isSolvent = (state: PoolView, { liquidation }: EventOf<'PositionsDeleveraged'>): boolean => {
  const { balance, positions } = state.accounts[state.liquidations.get(liquidation)!.account]!;
  const worth = positions.map(({ market, size, entryValue }) => {
    return (size * state.markets[market]!.mark!) / ONE - entryValue;
  });
  return worth.reduce((sum: bigint, value) => sum + value, balance) >= 0n;
};

/** What the record did to the exposure of each it asked, against what it was told to keep. */
function assertProtection(
  seen: Seen,
  given: HedgedCrash,
  { state, event, overrides }: Deleveraged,
): void {
  const loading = state.deleveraging!.loadings.find(({ market }) => market === event.market);
  if (loading === undefined) {
    assert.equal(overrides, false);
    return;
  }
  const v: bigint = loading.loading;
  const solvent = holdersAgainst(state, event).filter(({ equity }) => equity > 0n);
  const asked = event.counterparties.map(({ change, taken }) => {
    const holder = solvent.find(({ id }) => id === change.account);
    return { holder, closed: magnitude(change.sizeDelta), taken: taken as bigint };
  });
  seen.records += 1;
  if (asked.some(({ taken }) => taken > 0n)) seen.taken += 1;
  if (isSolvent(state, event)) seen.solvent += 1;
  if (asked.length === given.adlFillsMax && solvent.length > asked.length) seen.cut += 1;
  if (given.hedges !== 'protect' || solvent.length === 0) {
    assert.equal(overrides, false);
    return;
  }
  const rises = ({ exposure, equity }: Holder, closed: bigint, cost: bigint): boolean =>
    exposure <= 0n || magnitude(exposure - v * closed) * equity > exposure * (equity - cost);
  if (overrides) {
    seen.overridden += 1;
    return;
  }
  const isSound = solvent.some(({ running }) => !running);
  if (isSound && asked.every(({ holder }) => holder?.running)) seen.passedOver += 1;
  for (const { holder, closed, taken } of asked) {
    assert.ok(holder !== undefined, 'somebody without equity was asked before others');
    assert.equal(rises(holder, closed, taken - 1n), false, `${holder.id} lost a hedge`);
    seen.kept += 1;
    if (closed < holder.size) seen.keptInPart += 1;
  }
}

type Deleveraged = {
  readonly state: PoolView;
  readonly event: EventOf<'PositionsDeleveraged'>;
  readonly overrides: boolean;
};

/** Every deleveraging with the pool that its record found. */
function* deleveragings(records: readonly JournalRecord[]): Generator<Deleveraged> {
  const engine = createEngine();
  for (const record of records) {
    if (record.outcome.type === 'Accepted') {
      const { events } = record.outcome;
      const overrides = eventsOf(events, 'HedgesOverridden').length > 0;
      for (const event of eventsOf(events, 'PositionsDeleveraged')) {
        yield { event, state: engine.state, overrides };
      }
    }
    applyRecord(engine, record);
  }
}

test('the model closes the same, and hedges are kept while they can be', () => {
  const seen: Seen = {
    records: 0,
    kept: 0,
    keptInPart: 0,
    overridden: 0,
    taken: 0,
    solvent: 0,
    passedOver: 0,
    cut: 0,
  };
  fc.assert(
    fc.property(hedgedCrashes, (given) => {
      const pool = crashOf(given);
      assertModelAgrees(pool.records, pool.engine.state);
      for (const found of deleveragings(pool.records)) assertProtection(seen, given, found);
    }),
    { numRuns: 150, seed: 20251013 },
  );
  const { records, kept, keptInPart, overridden, taken, solvent, passedOver, cut } = seen;
  const enough = records > 150 && kept > 60 && keptInPart > 20 && overridden > 20 && taken > 50;
  const rare = solvent > 10 && passedOver > 10 && cut > 20;
  assert.ok(enough && rare, JSON.stringify(seen));
});
