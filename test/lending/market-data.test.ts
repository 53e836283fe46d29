/**
 * Recorded liquidations of a real market. They need the folder of market data that
 * `PLIMSOLL_MARKET_DATA` names; without it they are skipped, visibly.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gt } from '../../src/units/index.ts';
import { recordedMarket } from './recorded-liquidations.ts';
import { after, isLiquidatable, stateOf } from './resizing.ts';
import { seizureReport } from './seizure-report.ts';
import { seizureTables } from './seizure-tables.ts';

const folder = join(process.env['PLIMSOLL_MARKET_DATA'] ?? '', 'onchain_aave_v2');
const skip =
  process.env['PLIMSOLL_MARKET_DATA'] === undefined || !existsSync(folder)
    ? 'PLIMSOLL_MARKET_DATA names no folder of market data with onchain_aave_v2'
    : false;

test('recorded liquidations of Aave v2, against target-health sizing', { skip }, () => {
  const report = seizureReport(recordedMarket(folder));
  assert.equal(report.records, 11_497);
  assert.ok(report.usable.length > 10_000, `${report.usable.length} are usable`);
  for (const episode of report.episodes) {
    const { collateralMost, collateralLeast, repaid, seized } = episode;
    const name = `${episode.first.account} ${episode.first.atMs}`;
    assert.ok(gt(collateralMost, collateralLeast), name);
    const deed = { repaid, seized, isWhole: false };
    assert.ok(isLiquidatable(stateOf(episode, collateralMost)), name);
    assert.ok(!isLiquidatable(after(stateOf(episode, collateralLeast), deed)), name);
  }
  const documented = readFileSync(new URL('../../docs/measurements.md', import.meta.url), 'utf8');
  for (const line of seizureTables(report).split('\n')) {
    assert.ok(documented.includes(line), `docs/measurements.md lacks: ${line}`);
  }
});
