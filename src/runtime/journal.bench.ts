/**
 * What the runtime adds to deciding: fills between funded accounts, decided, encoded, hashed,
 * applied and committed to memory; then the same history recovered, and verified. Medians over
 * several runs; the journal in memory leaves the disk out (see the bench `sqlite-journal`).
 */
import { cpus } from 'node:os';
import type { Command, MarketParameters, PoolParameters } from '../engine/index.ts';
import { emptyJournalContent, inMemoryJournal } from '../ports/index.ts';
import {
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
} from '../units/index.ts';
import { recoverPool, startPool, verifyJournal } from './index.ts';

const ACCOUNTS = 2_000;
const COMMANDS = Number(process.argv.find((text) => /^\d+$/.test(text)) ?? 50_000);
const RUNS = 3;
const BATCHES = [1, 64, 256] as const;

const POOL: PoolParameters = {
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

const MARKET: MarketParameters = {
  market: marketId('BTC-PERP'),
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
};

const account = (number: number) => accountId(`account-${number % ACCOUNTS}`);

function report(timeMs: number): Command {
  const at = engineTimeMs(timeMs);
  const value = price(`${60_000 + (timeMs % 7)}`);
  const { index, market } = MARKET;
  return {
    type: 'ReportPrices',
    indexes: [{ index, source: 'feed', price: value, timeMs: at, confidence: null }],
    books: [{ market, bid: value, ask: value, last: value, timeMs: at }],
    outside: [],
  };
}

function setup(): Command[] {
  const source = { source: 'feed', weight: ratio('1') };
  const index = { index: MARKET.index, sources: [source], sourcesMin: 1 };
  const limits = { stalenessMsMax: durationMs(1e9), confidenceMax: null, sourceBand: null };
  return [
    { type: 'ConfigurePool', parameters: POOL },
    { type: 'ConfigureIndex', parameters: { ...index, ...limits } },
    { type: 'ConfigureMarket', parameters: MARKET },
    report(1_000),
    ...Array.from({ length: ACCOUNTS }, (_, number): Command[] => [
      { type: 'OpenAccount', account: account(number), owner: 'owner', parent: null, market: null },
      {
        type: 'Deposit',
        account: account(number),
        asset: POOL.settlementAsset,
        amount: amount('1000000'),
      },
    ]).flat(),
  ];
}

/** Mostly fills, back and forth so that nobody's position grows; now and then a price. */
function traffic(number: number): Command {
  if (number % 64 === 0) return report(1_000 + number);
  const back = Math.floor(number / ACCOUNTS) % 2 === 1;
  const [one, other] = [account(number), account(number + 1)];
  return {
    type: 'RecordFill',
    market: MARKET.market,
    buyer: back ? other : one,
    seller: back ? one : other,
    size: size('0.5'),
    price: price('60000'),
    buyerFee: money('1.5'),
    sellerFee: money('0.5'),
    order: null,
  };
}

const perSecond = (count: number, start: bigint): number =>
  Math.round((count * 1e9) / Number(process.hrtime.bigint() - start));

async function measure(batch: number) {
  const content = emptyJournalContent();
  const pool = await startPool({ journal: inMemoryJournal(content) });
  let sourceSeq = 0;
  const submit = (command: Command, timeMs: number): void => {
    sourceSeq += 1;
    pool.submit({ source: 'bench', sourceSeq, command, time: engineTimeMs(timeMs) });
  };
  for (const command of setup()) submit(command, 1_000);
  await pool.commit();
  const start = process.hrtime.bigint();
  for (let number = 1; number <= COMMANDS; number += 1) {
    submit(traffic(number), 1_000 + number);
    if (number % batch === 0) await pool.commit();
  }
  await pool.commit();
  const live = perSecond(COMMANDS, start);
  await pool.seal();
  const records = pool.head().seq;
  const bytes = content.commits.reduce((sum, commit) => sum + commit.bytes.length, 0);
  const recoveryStart = process.hrtime.bigint();
  await recoverPool({ journal: inMemoryJournal(content) });
  const recovered = perSecond(records, recoveryStart);
  const verificationStart = process.hrtime.bigint();
  const { violations } = await verifyJournal({ journal: inMemoryJournal(content) });
  const verified = perSecond(records, verificationStart);
  if (violations.length > 0) throw new Error(`the run does not verify: ${violations[0]!.what}`);
  return { live, recovered, verified, bytesPerRecord: Math.round(bytes / records) };
}

type Sample = Awaited<ReturnType<typeof measure>>;

const median = (samples: readonly Sample[], of: (sample: Sample) => number): number =>
  samples.map(of).sort((a, b) => a - b)[Math.floor(samples.length / 2)]!;

await measure(256);
const results = [];
for (const batch of BATCHES) {
  const samples: Sample[] = [];
  for (let run = 0; run < RUNS; run += 1) samples.push(await measure(batch));
  results.push({
    commandsPerCommit: batch,
    decidedPerSecond: median(samples, ({ live }) => live),
    recoveredPerSecond: median(samples, ({ recovered }) => recovered),
    verifiedPerSecond: median(samples, ({ verified }) => verified),
    bytesPerRecord: samples[0]!.bytesPerRecord,
  });
}
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  const facts = { bench: 'journal', machine, node: process.version, accounts: ACCOUNTS };
  process.stdout.write(`${JSON.stringify({ ...facts, commands: COMMANDS, results })}\n`);
} else {
  const heading = `Records per second, ${COMMANDS} commands, ${ACCOUNTS} accounts, in memory`;
  process.stdout.write(`${heading}, ${machine}, Node ${process.version}\n`);
  for (const result of results) {
    const { commandsPerCommit, decidedPerSecond, recoveredPerSecond, verifiedPerSecond } = result;
    process.stdout.write(
      `  ${commandsPerCommit} per commit: decided and committed ${decidedPerSecond}, ` +
        `recovered ${recoveredPerSecond}, verified ${verifiedPerSecond} ` +
        `(${result.bytesPerRecord} bytes per record)\n`,
    );
  }
}
