/**
 * npm run soak -- aave [--data DIR] [--bars DIR] [--thresholds-less SHARE]: what a lending market
 * repaid and seized by its close factor, beside what target-health sizing would have. DIR holds
 * the recorded liquidations and the parameters of the reserves; without it, the folder
 * onchain_aave_v2 of the one that PLIMSOLL_MARKET_DATA names. `--bars` also sets the recorded
 * prices against one-minute bars; `--thresholds-less` lowers every liquidation threshold. Prints
 * tables in Markdown.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LabFault } from '../../src/lab/index.ts';
import {
  formatDecimal,
  fromRaw,
  parseDecimal,
  type Ratio,
  ratio,
  rawOf,
} from '../../src/units/index.ts';
import { againstBars } from '../lending/against-bars.ts';
import { RecordsFault, recordedMarket } from '../lending/recorded-liquidations.ts';
import { seizureReport } from '../lending/seizure-report.ts';
import { barTable, seizureTables } from '../lending/seizure-tables.ts';

/** Leaves a threshold to every collateral: the lowest are 0.45. */
const LESS_MOST = ratio('0.4');

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    bars: { type: 'string' },
    'thresholds-less': { type: 'string', default: '0' },
  },
});
const root = process.env['PLIMSOLL_MARKET_DATA'];
const folder = values.data ?? (root === undefined ? null : join(root, 'onchain_aave_v2'));

if (folder === null) {
  process.stderr.write('--data DIR names the folder, or PLIMSOLL_MARKET_DATA the one around it\n');
  process.exit(2);
}
const less = parseDecimal(values['thresholds-less']);
if (!less.ok || less.value < 0n || less.value > rawOf(LESS_MOST)) {
  process.stderr.write(`--thresholds-less is a share from 0 to ${formatDecimal(LESS_MOST)}\n`);
  process.exit(2);
}
try {
  const report = seizureReport(recordedMarket(folder), fromRaw<Ratio>(less.value));
  process.stdout.write(seizureTables(report));
  if (values.bars !== undefined) {
    process.stdout.write(`\n${barTable(againstBars(report.usable, values.bars))}`);
  }
} catch (error) {
  if (!(error instanceof RecordsFault || error instanceof LabFault)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
