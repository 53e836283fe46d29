/**
 * Replays of real prices. They need the folder of market data that `PLIMSOLL_MARKET_DATA` names;
 * without it they are skipped, visibly.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CALM, CRASH } from '../../test/pools/sample-scenario.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { barFilesIn } from './bar-files.ts';
import { replay } from './replay.ts';

const root = process.env['PLIMSOLL_MARKET_DATA'];
const folder = (name: string): string => join(root ?? '', name);
const skip =
  root === undefined || !existsSync(root)
    ? 'PLIMSOLL_MARKET_DATA names no folder of market data'
    : false;

test('the worst two hours of 19 May 2021, seventeen coins', { skip }, async () => {
  const directory = folder('2021-05-19_china-ban-crash');
  const result = await replay({
    scenario: CRASH,
    prices: { directory },
    accounts: 400,
    from: '2021-05-19T12:00:00Z',
    to: '2021-05-19T14:00:00Z',
    journal: inMemoryJournal(),
    healthCheckEvery: 1,
  });
  assert.equal(result.markets, 17);
  assert.equal(result.ticks, 480);
  assert.deepEqual(
    result.ignored.map(({ file }) => file),
    ['ethgas_10m.csv'],
  );
  assert.ok(result.liquidations.started > 200);
  assert.equal(result.conservationImbalance, '0');
  assert.equal(result.lossLedgerSum, '0');
  assert.equal(result.unhealthyAtEnd, 0);
  assert.equal(result.lagSteps.max, 0);
  const bitcoin = result.marketPrices.find(({ market }) => market === 'BTC')!;
  assert.equal(bitcoin.low, '30000');
});

test('a day of August 2023 at low leverage: nobody is liquidated', { skip }, async () => {
  const result = await replay({
    scenario: CALM,
    prices: { directory: folder('control_calm') },
    accounts: 100,
    from: '2023-08-16T12:00:00Z',
    to: '2023-08-17T11:00:00Z',
    journal: inMemoryJournal(),
  });
  assert.equal(result.markets, 2);
  assert.equal(result.liquidations.started, 0);
  assert.equal(result.unhealthyAtEnd, 0);
});

test('the folder of 10 October 2025 holds many venues for one coin', { skip }, () => {
  const { files, ignored } = barFilesIn(folder('2025-10-10_crash'));
  const venues = files.filter(({ coin }) => coin === 'AAVE').map(({ source }) => source);
  assert.equal(venues.length, 3);
  assert.ok(ignored.some(({ file }) => file.endsWith('markprice_5m.csv')));
  assert.ok(ignored.some(({ file }) => file.endsWith('binance-mixed_multi_1h.csv')));
  assert.equal(new Set(files.map(({ source }) => source)).size, files.length);
});
