/** One small crash and one calm hour under every mechanism, and who may not break them. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { CALM, CRASH as LARGE_CRASH } from '../../test/pools/sample-scenario.ts';
import {
  type CommandOf,
  type EventOf,
  type EventType,
  type JournalRecord,
  rejectionMessage,
} from '../engine/index.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { add, formatDecimal, isPositive, neg, sum } from '../units/index.ts';
import { type ComparedRun, type Comparison, compare } from './comparison.ts';
import { LabFault } from './fault.ts';
import { MECHANISMS, type Mechanism, mechanismsOf, underMechanism } from './mechanisms.ts';
import { replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Scenario } from './scenario.ts';
import type { KeeperStrategy, ScenarioMechanisms } from './scenario-mechanisms.ts';

/** Large enough that every way closes something. */
const CRASH: Scenario = { ...LARGE_CRASH, accounts: 80, to: '2021-01-01T00:45:00Z' };

type Compared = { readonly comparison: Comparison; readonly runs: readonly ComparedRun[] };

const compared = (scenario: Scenario, mechanisms: readonly Mechanism[]): Promise<Compared> =>
  compare({ scenario, mechanisms, healthCheckEvery: 4, now: () => 0 });

/** The scenario with some of its mechanisms' terms changed. */
const changed = (scenario: Scenario, terms: Partial<ScenarioMechanisms>): Scenario => ({
  ...scenario,
  mechanisms: { ...mechanismsOf(scenario), ...terms },
});

const onlyKeepers = (...strategies: readonly KeeperStrategy[]): Partial<ScenarioMechanisms> => ({
  keepers: mechanismsOf(CRASH).keepers.filter(({ strategy }) => strategies.includes(strategy)),
});

/** What holds of every run, whatever the mechanism. */
function assertSound({ result, row }: ComparedRun): void {
  assert.equal(result.conservationImbalance, '0', row.mechanism);
  assert.equal(result.lossLedgerSum, '0', row.mechanism);
  assert.equal(result.unhealthyAtEnd, 0, row.mechanism);
  assert.equal(result.lagSteps.max, 0, row.mechanism);
  assert.equal(row.stillRunning, 0, row.mechanism);
}

async function recorded(scenario: Scenario): Promise<{
  readonly result: ReplayResult;
  readonly records: readonly JournalRecord[];
}> {
  const records: JournalRecord[] = [];
  const onPublished = (published: readonly JournalRecord[]) => void records.push(...published);
  const journal = inMemoryJournal();
  const result = await replay({ scenario, journal, onPublished, now: () => 0 });
  return { result, records };
}

const eventsOf = <T extends EventType>(
  records: readonly JournalRecord[],
  type: T,
): readonly EventOf<T>[] =>
  records.flatMap(({ outcome }) =>
    outcome.type === 'Rejected'
      ? []
      : outcome.events.filter((event): event is EventOf<T> => event.type === type),
  );

describe('a crash under every mechanism', () => {
  let crash: Compared;
  before(async () => {
    crash = await compared(CRASH, MECHANISMS);
  });
  const rowOf = (mechanism: Mechanism) =>
    crash.comparison.mechanisms.find((row) => row.mechanism === mechanism)!;

  test('no run loses money, leaves anybody unhealthy or running, or starts late', () => {
    assert.deepEqual(
      crash.comparison.mechanisms.map(({ mechanism }) => mechanism),
      [...MECHANISMS],
    );
    for (const run of crash.runs) assertSound(run);
  });

  test('the same accounts meet the same prices every time', () => {
    const [first, ...others] = crash.runs.map(({ result }) => ({
      openInterest: result.openInterest,
      prices: result.marketPrices,
      leverage: result.liquidations.byLeverage.map(({ from, accounts }) => [from, accounts]),
    }));
    for (const other of others) assert.deepEqual(other, first);
  });

  test('each closes by its own way and by no other of the ladder', () => {
    for (const mechanism of MECHANISMS) {
      if (mechanism === 'router') continue;
      const { closedBy } = rowOf(mechanism);
      assert.ok(Number(closedBy[mechanism]) > 0, mechanism);
      const others = Object.keys(closedBy).filter((way) => way !== mechanism);
      assert.ok(
        others.every((way) => way === 'deleveraging'),
        `${mechanism}: ${others}`,
      );
    }
    assert.ok(Object.keys(rowOf('router').closedBy).length > 3);
  });

  test('what was closed by each way sums to what was closed', () => {
    for (const { result } of crash.runs) {
      const parts = result.ways.reduce((sum, { notional }) => sum + Number(notional), 0);
      assert.ok(Math.abs(parts - Number(result.notionalClosed)) < 1e-6 * parts);
      const closeOuts = result.ways.reduce((sum, way) => sum + way.closeOuts, 0);
      assert.equal(closeOuts, result.liquidations.closeOuts);
    }
  });

  test('keepers compete: bids are filled and bids are refused, each counted by its code', () => {
    for (const mechanism of ['auction', 'direct'] as const) {
      const { mechanisms } = crash.runs.find(({ row }) => row.mechanism === mechanism)!.result;
      const took = mechanisms!.keepers.filter(({ notional }) => Number(notional) > 0);
      assert.ok(took.length > 0, mechanism);
      for (const { bids, accepted, refused } of mechanisms!.keepers) {
        const counted = Object.values(refused).reduce((sum, times) => sum + times, 0);
        assert.equal(accepted + counted, bids);
      }
      assert.ok(Object.keys(rowOf(mechanism).refusedBids).length > 0);
    }
    assert.equal(rowOf('book').bids, 0);
    assert.equal(rowOf('book').keepersProfit, '0');
  });

  test('is the same twice, and plain data', async () => {
    const again = await compared(CRASH, ['auction', 'router']);
    assert.deepEqual(again.comparison.mechanisms, [rowOf('auction'), rowOf('router')]);
    assert.deepEqual(JSON.parse(JSON.stringify(crash.comparison)), crash.comparison);
  });

  test('has the keys that the documentation names', () => {
    assert.deepEqual(Object.keys(crash.comparison), [
      'scenario',
      'title',
      'seed',
      'accounts',
      'markets',
      'window',
      'openInterest',
      'mechanisms',
    ]);
    assert.deepEqual(Object.keys(rowOf('book')), [
      'mechanism',
      'accountsLiquidated',
      'liquidations',
      'stillRunning',
      'notionalClosed',
      'closedBy',
      'priceCost',
      'penalties',
      'costToLiquidated',
      'keepersProfit',
      'ammProfit',
      'vaultProfit',
      'badDebt',
      'deleveragedNotional',
      'accountsKept',
      'equityOfLiquidated',
      'equityOfTraders',
      'durationMs',
      'bids',
      'refusedBids',
      'conservationImbalance',
      'stateHash',
    ]);
  });
});

test('in calm prices no mechanism closes anything, and nobody bids', async () => {
  const calm = await compared({ ...CALM, to: '2021-01-01T00:20:00Z' }, MECHANISMS);
  for (const { row, result } of calm.runs) {
    assert.equal(row.liquidations, 0, row.mechanism);
    assert.equal(row.notionalClosed, '0');
    assert.equal(row.bids, 0);
    assert.deepEqual([row.ammProfit ?? '0', row.vaultProfit ?? '0'], ['0', '0']);
    assert.equal(row.keepersProfit, '0');
    assert.equal(row.durationMs, null);
    assert.deepEqual(result.ways, []);
  }
});

test('keepers that only snipe, grief and withhold break nothing, and stop nothing', async () => {
  const hostile = changed(CRASH, onlyKeepers('sniper', 'griefer', 'withholder'));
  const { runs } = await compared(hostile, ['auction', 'direct', 'router']);
  for (const run of runs) {
    assertSound(run);
    const griefer = run.result.mechanisms!.keepers.find(({ strategy }) => strategy === 'griefer')!;
    assert.ok(griefer.bids > 0, run.row.mechanism);
    assert.ok(Object.keys(griefer.refused).length > 1, 'for more than one reason');
    assert.equal(
      griefer.accepted + Object.values(griefer.refused).reduce((a, b) => a + b),
      griefer.bids,
    );
  }
});

test('where nobody comes the ladder moves on by itself, and everything ends', async () => {
  const routes = mechanismsOf(CRASH).routes.map((route) => ({ ...route, patienceMs: 60_000 }));
  const deserted = changed(CRASH, { keepers: [], routes });
  const { runs } = await compared(deserted, ['auction', 'direct']);
  for (const run of runs) {
    assertSound(run);
    assert.ok(run.row.liquidations > 0);
    assert.equal(run.row.closedBy[run.row.mechanism], undefined);
    const [way] = run.result.ways;
    assert.equal(way!.way, run.row.mechanism);
    assert.ok(way!.left['out-of-time']! > 0, run.row.mechanism);
    assert.ok(Number(run.row.deleveragedNotional) > 0);
  }
});

test('bids arrive when the reaction time of their keeper is over, under its own name', async () => {
  const { records } = await recorded(underMechanism(CRASH, 'auction'));
  const own = records.filter(({ envelope }) => envelope.source.startsWith('keeper:'));
  const reactions = new Map(
    mechanismsOf(CRASH).keepers.map(({ strategy, reactionMs }) => [strategy as string, reactionMs]),
  );
  const sent = new Map<string, number>();
  for (const { envelope, time } of own) {
    const strategy = envelope.source.split(':')[1]!;
    assert.equal(time % CRASH.stepMs, reactions.get(strategy), envelope.source);
    assert.equal(envelope.sourceSeq, (sent.get(envelope.source) ?? 0) + 1);
    sent.set(envelope.source, envelope.sourceSeq);
    assert.equal((envelope.command as CommandOf<'PlaceBid'>).bidder, envelope.source);
  }
  assert.ok(sent.size >= 3);
});

test('a sniper that bids on what has changed meanwhile is told so by the code', async () => {
  // One that can carry little takes parts, so that the same auction goes on with less.
  const keepers = onlyKeepers('sniper', 'immediate').keepers!.map((terms) => {
    return { ...terms, capitalToOpenInterest: 0.001 };
  });
  const scenario = changed(underMechanism(CRASH, 'auction'), { keepers });
  const { records } = await recorded(scenario);
  const codes = records.flatMap(({ envelope, outcome }) =>
    envelope.source.startsWith('keeper:sniper') && outcome.type === 'Rejected'
      ? [outcome.rejection.code]
      : [],
  );
  assert.ok(codes.includes('BID_ON_CHANGED_ACCOUNT'), [...new Set(codes)].join(' '));
});

test('whoever took positions over sells them on the book, a little at a time', async () => {
  const ways = ['vault', 'amm'] as const;
  for (const way of ways) {
    const mechanism = way === 'vault' ? 'backstop' : 'amm';
    const sells = async (unwindVolumeShare: number): Promise<number> => {
      const scenario = changed(underMechanism(CRASH, mechanism), { unwindVolumeShare });
      const { records } = await recorded(scenario);
      const opened = records.findIndex(({ envelope }) => envelope.source === 'clock');
      return eventsOf(records.slice(opened), 'FillRecorded').filter(
        ({ order, buyer, seller }) =>
          order === null && [buyer, seller].some(({ account }) => account === `house:${way}`),
      ).length;
    };
    assert.equal(await sells(0), 0, way);
    assert.ok((await sells(0.05)) > 0, way);
  }
});

test('what the fund pays to bidders of covered accounts is counted where it is borne', async () => {
  const { pool } = CRASH;
  const rich = { ...CRASH, pool: { ...pool, insuranceToOpenInterest: 0.2 } };
  const { result, records } = await recorded(underMechanism(rich, 'auction'));
  const takes = eventsOf(records, 'AuctionTaken');
  assert.ok(takes.some(({ payout }) => isPositive(payout)));
  const borne = result.whoPaid.find(({ who }) => who === 'insurance fund')!;
  const covered = sum(eventsOf(records, 'DeficitCovered').map(({ paid }) => paid));
  const settled = sum(eventsOf(records, 'BadDebtSettled').map((event) => event.insurancePaid));
  const repaid = sum(eventsOf(records, 'CoverRepaid').map(({ amount }) => amount));
  const payouts = sum(takes.map(({ payout }) => payout));
  assert.equal(formatDecimal(add(sum([covered, settled, payouts]), neg(repaid))), borne.amount);
  assert.equal(result.lossLedgerSum, '0');
});

test('a mechanism that the scenario does not have is named before anything runs', async () => {
  const { routes } = mechanismsOf(CRASH);
  const bookOnly = changed(CRASH, { routes: routes.filter(({ method }) => method === 'book') });
  await assert.rejects(compared(bookOnly, ['book', 'auction']), (error) => {
    assert.ok(error instanceof LabFault);
    assert.match(error.message, /expected one of book, or router, found "auction"/);
    return true;
  });
});

test('without mechanisms there is no ladder, no keeper and no capital of the house', async () => {
  const { result, records } = await recorded({ ...CRASH, to: '2021-01-01T00:05:00Z' });
  assert.equal(result.mechanisms, null);
  assert.ok(records.every(({ envelope }) => envelope.command.type !== 'ConfigureRouting'));
  const refused = records.flatMap(({ outcome }) =>
    outcome.type === 'Rejected' ? [rejectionMessage(outcome.rejection)] : [],
  );
  assert.deepEqual(refused, []);
});
