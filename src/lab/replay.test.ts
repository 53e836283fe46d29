/** Whole replays, small: what they promise, and that they promise it twice. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CALM, CRASH } from '../../test/pools/sample-scenario.ts';
import type { EventType, JournalRecord } from '../engine/index.ts';
import { emptyJournalContent, inMemoryJournal } from '../ports/index.ts';
import { recoverPool } from '../runtime/index.ts';
import { LabFault } from './fault.ts';
import { type ReplayOptions, replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Scenario } from './scenario.ts';

const run = (scenario: Scenario, options: Partial<ReplayOptions> = {}): Promise<ReplayResult> =>
  replay({
    scenario,
    journal: inMemoryJournal(),
    healthCheckEvery: 1,
    now: () => 0,
    ...options,
  });

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('a crash', () => {
  test('ends with solvent accounts, a balanced ledger, no liquidation started late', async () => {
    const content = emptyJournalContent();
    const published: JournalRecord[] = [];
    const result = await run(CRASH, {
      journal: inMemoryJournal(content),
      onPublished: (records) => published.push(...records),
    });
    assert.equal(result.accounts, 200);
    assert.equal(result.markets, 3);
    assert.equal(result.ticks, 120);
    assert.equal(result.conservationImbalance, '0');
    assert.equal(result.lossLedgerSum, '0');
    assert.equal(result.unhealthyAtEnd, 0);
    assert.equal(result.lagSteps.max, 0);
    assert.equal(result.rejections, 0);

    const { liquidations, penalties, insuranceFund } = result;
    assert.ok(liquidations.started > 100);
    assert.equal(liquidations.ended, liquidations.started);
    assert.equal(liquidations.partial + liquidations.full, liquidations.ended);
    assert.ok(liquidations.partial > 0 && liquidations.full > 0);
    assert.ok(liquidations.accounts > 50 && liquidations.accounts < 200);
    const grouped = liquidations.byLeverage.reduce((sum, { accounts }) => sum + accounts, 0);
    assert.equal(grouped, 200);
    assert.equal(penalties.keeper, '0', 'the engine found every account itself');
    assert.ok(Number(penalties.total) > 0 && Number(penalties.burned) > 0);
    assert.ok(Number(insuranceFund.low) < Number(insuranceFund.start));
    assert.ok(Number(result.badDebt) > 0);
    assert.deepEqual(
      result.marketPrices.map(({ market, start, low }) => [market, start, low]),
      [
        ['BTC', '42000', '31000'],
        ['ETH', '3000', '1900'],
        ['DOGE', '0.5', '0.21'],
      ],
    );
    assert.equal(result.worstMoments.length, 5);

    assert.equal(published.length, result.records);
    assert.deepEqual(
      published.map(({ seq }) => seq),
      published.map((_, at) => at + 1),
    );
    const recovered = await recoverPool({ journal: inMemoryJournal(content) });
    assert.equal(recovered.stateHash, result.stateHash);
    assert.equal(recovered.head.seq, result.records);
  });

  test('is the same twice, and another with another seed', async () => {
    const [first, second, other] = await Promise.all([
      run(CRASH),
      run(CRASH, { healthCheckEvery: 7 }),
      run(CRASH, { seed: 2 }),
    ]);
    assert.deepEqual(first, second);
    assert.notEqual(first.stateHash, other.stateHash);
  });

  test('cut off in the middle is settled at its last prices, in bounded steps', async () => {
    const to = '2021-01-01T00:35:00Z';
    const settled = await run(CRASH, { to });
    assert.ok(settled.settleSteps > 0 && settled.settleSteps < CRASH.settleStepsMax);
    assert.equal(settled.liquidations.ended, settled.liquidations.started);
    assert.equal(settled.unhealthyAtEnd, 0);
    assert.equal(settled.lagSteps.max, 0);
    const hasty = await run({ ...CRASH, settleStepsMax: 1 }, { to });
    assert.equal(hasty.settleSteps, 1);
    assert.ok(hasty.liquidations.ended < hasty.liquidations.started);
    assert.ok(hasty.unhealthyAtEnd > 0, 'what still runs and is unhealthy is counted');
    assert.equal(hasty.conservationImbalance, '0');
  });

  test('goes down the waterfall as far as the loss: fund, then profits', async () => {
    const { pool, population } = CRASH;
    const poor = {
      ...CRASH,
      pool: { ...pool, insuranceToOpenInterest: 0, adlPolicy: 'queue' as const },
      population: { ...population, leverage: { median: 30, deviation: 0.4, min: 10, max: 50 } },
    };
    const result = await run(poor);
    assert.ok(result.adl.events > 0);
    assert.equal(result.insuranceFund.low, '0');
    const deleveraged = result.whoPaid.find(({ who }) => who === 'deleveraged profits')!;
    assert.ok(Number(deleveraged.amount) > 0);
    assert.equal(result.conservationImbalance, '0');
    assert.equal(result.lossLedgerSum, '0');
    assert.equal(result.unhealthyAtEnd, 0);
    assert.equal(result.lagSteps.max, 0);
  });
});

test('in calm prices at low leverage nobody is liquidated', async () => {
  const result = await run(CALM);
  assert.equal(result.liquidations.started, 0);
  assert.equal(result.settleSteps, 0);
  assert.equal(result.insuranceFund.start, result.insuranceFund.end);
  assert.equal(result.unhealthyAtEnd, 0);
});

test('funding is paid at each full eight hours inside the window', async () => {
  const counts = new Map<EventType, number>();
  const onPublished = (records: readonly JournalRecord[]): void => {
    for (const { outcome } of records) {
      if (outcome.type === 'Rejected') continue;
      for (const { type } of outcome.events) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  };
  const day = { ...CALM, to: '2021-01-02T00:00:00Z', stepMs: 600_000, accounts: 20 };
  const result = await run(
    { ...day, indexes: { ...CALM.indexes, stalenessSteps: 2 } },
    { onPublished },
  );
  assert.equal(counts.get('FundingAccrued'), 2 * 3);
  assert.equal(result.conservationImbalance, '0');
});

/** One coin's minutes, `null` for a minute without a bar. */
function barsOf(closes: readonly (number | null)[]): string {
  const start = Date.parse(CRASH.from);
  const lines = closes.flatMap((close, minute) => {
    if (close === null) return [];
    return [`${start + minute * 60_000},${close},${close},${close},${close},1`];
  });
  return `ts_ms,open,high,low,close,volume\n${lines.join('\n')}\n`;
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-replay-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('prices from files', () => {
  test('missing bars are staleness: nobody is liquidated on a silent price', async () => {
    const silent = Array.from({ length: 10 }, () => null);
    const closes = [...Array.from({ length: 5 }, () => 100), ...silent, 80, 80, 80];
    const directory = folderOf({ 'a_XYZUSDT_1m.csv': barsOf(closes), 'notes.md': '' });
    const started: number[] = [];
    const modes: string[] = [];
    const result = await run(CRASH, {
      prices: { directory },
      accounts: 60,
      onPublished: (records) => {
        for (const { outcome, time } of records) {
          if (outcome.type === 'Rejected') continue;
          for (const event of outcome.events) {
            if (event.type === 'LiquidationStarted') started.push(time);
            if (event.type === 'PricesUpdated') modes.push(...event.marks.map(({ mode }) => mode));
          }
        }
      },
    });
    const back = Date.parse(CRASH.from) + 15 * 60_000;
    assert.ok(started.length > 0 && started.every((time) => time >= back));
    assert.deepEqual(
      result.ignored.map(({ file }) => file),
      ['notes.md'],
    );
    assert.equal(result.markets, 1);
    assert.equal(result.unhealthyAtEnd, 0);
    assert.equal(result.conservationImbalance, '0');
    assert.ok(
      modes.every((mode) => mode === 'live'),
      'a silent market has no instants at all',
    );
  });

  test('beside a coin that goes on trading a silent one freezes', async () => {
    const steady = Array.from({ length: 18 }, () => 100);
    const silent = [...steady.slice(0, 5), ...steady.slice(0, 10).map(() => null), 80, 80, 80];
    const directory = folderOf({
      'a_XYZUSDT_1m.csv': barsOf(silent),
      'a_ABCUSDT_1m.csv': barsOf(steady),
    });
    const modes = new Map<number, string>();
    await run(CRASH, {
      prices: { directory },
      accounts: 60,
      onPublished: (records) => {
        for (const { outcome, time } of records) {
          if (outcome.type === 'Rejected') continue;
          for (const event of outcome.events) {
            if (event.type !== 'PricesUpdated') continue;
            const mark = event.marks.find(({ market }) => market === 'XYZ-PERP');
            if (mark !== undefined) modes.set((time - Date.parse(CRASH.from)) / 60_000, mark.mode);
          }
        }
      },
    });
    assert.equal(modes.get(6), 'live');
    assert.equal(modes.get(9), 'frozen');
    assert.equal(modes.get(15), 'live');
  });

  test('two venues of a coin are two sources of one index', async () => {
    const directory = folderOf({
      'a_XYZUSDT_1m.csv': barsOf([100, 100, 100]),
      'b_XYZ-USD_1m.csv': barsOf([102, 102, 102]),
    });
    const result = await run(CRASH, { prices: { directory }, accounts: 20 });
    assert.deepEqual(
      result.marketPrices.map(({ market, start, end }) => [market, start, end]),
      [['XYZ', '101', '101']],
    );
  });
});

describe('bad input leaves nothing behind', () => {
  test('a malformed file stops the replay before the journal is opened', async () => {
    const content = emptyJournalContent();
    const directory = folderOf({ 'a_XYZ_1m.csv': `${barsOf([1, 2])}x` });
    const broken = run(CRASH, { journal: inMemoryJournal(content), prices: { directory } });
    await assert.rejects(broken, /a_XYZ_1m\.csv:4: wrong number of fields: expected 6 fields/);
    assert.equal(content.commits.length, 0);
    assert.equal(content.manifest, null);
  });

  test('a pool that the engine refuses is a fault with the engine’s reason', async () => {
    const content = emptyJournalContent();
    const scenario = { ...CRASH, pool: { ...CRASH.pool, penaltyFraction: '0.01' } };
    const refused = run(scenario, { journal: inMemoryJournal(content) });
    await assert.rejects(refused, /the pool refused ConfigureMarket: .* INVALID_PARAMETER/);
    assert.equal(content.commits.length, 0);
  });

  test('a journal with a history is not continued', async () => {
    const content = emptyJournalContent();
    await run(CALM, { journal: inMemoryJournal(content), accounts: 10 });
    const commits = content.commits.length;
    const again = run(CALM, { journal: inMemoryJournal(content), accounts: 10 });
    await assert.rejects(again, (error) => {
      assert.ok(error instanceof LabFault);
      assert.equal(error.code, 'JOURNAL_NOT_EMPTY');
      return true;
    });
    assert.equal(content.commits.length, commits);
  });
});
