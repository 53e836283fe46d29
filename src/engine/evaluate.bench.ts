/**
 * What one exact account evaluation costs: 5 positions and 3 collateral assets, tiers included,
 * as the formula alone (`marginSummary`) and as the engine asks it of an account of its pool
 * (`accountMargin`: funding, weights and initial margin fractions looked up).
 * Method: batches of evaluations over accounts with different numbers, after a warm-up, the two
 * in turn; the median and the 99th percentile are over batches, so a single garbage collection
 * shows as spread. `npm run bench -- evaluate [--json]`
 */
import { cpus } from 'node:os';
import { type MarginAccount, type MarginTier, marginSummary } from '../risk/index.ts';
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
import { accountMargin, applyRecord, type Command, createEngine, decide } from './index.ts';
import { marginCollateral, marginPosition } from './margin.ts';
import type { PoolView } from './state.ts';

const ACCOUNTS = 256;
const BATCHES = 400;
const [LEGS, ASSETS] = [5, 3];

const tiers: readonly MarginTier[] = [
  { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.004') },
  { notionalFloor: money('50000'), maintenanceMarginFraction: ratio('0.005') },
  { notionalFloor: money('250000'), maintenanceMarginFraction: ratio('0.01') },
  { notionalFloor: money('1000000'), maintenanceMarginFraction: ratio('0.025') },
];

const market = (leg: number) => marketId(`M${leg}-PERP`);
const asset = (number: number) => assetId(`C${number}`);
const account = (number: number) => accountId(`account-${number}`);
const markOf = (leg: number): number => 100 + ((leg * 131) % 997);

function configuration(): Command[] {
  const feed = [{ source: 'feed', weight: ratio('1') }];
  const rules = { stalenessMsMax: durationMs(1e9), confidenceMax: null, sourceBand: null };
  const indexes = [...Array(LEGS + ASSETS).keys()].map((at) => indexId(`I${at}`));
  return [
    {
      type: 'ConfigurePool',
      parameters: {
        settlementAsset: assetId('USDC'),
        releaseRatio: ratio('1.25'),
        penaltyFraction: ratio('0.001'),
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
      },
    },
    ...indexes.map((index): Command => {
      const parameters = { index, sources: feed, sourcesMin: 1, ...rules };
      return { type: 'ConfigureIndex', parameters };
    }),
    ...Array.from({ length: ASSETS }, (_, at): Command => {
      const terms = { collateralHaircut: ratio('0.1'), concentrationFactor: null, amountMax: null };
      const parameters = { asset: asset(at), index: indexes[LEGS + at]!, ...terms };
      return { type: 'ConfigureAsset', parameters };
    }),
    ...Array.from({ length: LEGS }, (_, leg): Command => {
      const parameters = {
        market: market(leg),
        kind: 'linear' as const,
        index: indexes[leg]!,
        tiers,
        initialMarginFraction: ratio('0.03'),
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
      return { type: 'ConfigureMarket', parameters };
    }),
  ];
}

function prices(rise: string): Command {
  const timeMs = engineTimeMs(1_000);
  const feed = { source: 'feed', timeMs, confidence: null };
  const marks = Array.from({ length: LEGS }, (_, leg) => {
    return { index: indexId(`I${leg}`), price: price(`${markOf(leg)}.${rise}`), ...feed };
  });
  const assets = Array.from({ length: ASSETS }, (_, at) => {
    return { index: indexId(`I${LEGS + at}`), price: price(`${1000 * (at + 1)}.11`), ...feed };
  });
  const books = marks.map(({ price: at }, leg) => {
    return { market: market(leg), bid: at, ask: at, last: at, timeMs };
  });
  return { type: 'ReportPrices', indexes: [...marks, ...assets], books, outside: [] };
}

/** Pairs of accounts that hold opposite positions in every market, and three assets each. */
function activity(): Command[] {
  return [...Array(ACCOUNTS).keys()].flatMap((number): Command[] => {
    const own = account(number);
    const deposits = [...Array(ASSETS).keys()].map((at): Command => {
      const held = amount(`${1 + ((number + at) % 9)}.5`);
      return { type: 'Deposit', account: own, asset: asset(at), amount: held };
    });
    const money = { asset: assetId('USDC'), amount: amount('12345.67') };
    const opened: Command[] = [
      { type: 'OpenAccount', account: own, owner: 'owner', parent: null, market: null },
      { type: 'Deposit', account: own, ...money },
      ...deposits,
    ];
    if (number % 2 === 0) return opened;
    const fills = [...Array(LEGS).keys()].map((leg): Command => {
      const sides = (number >> 1) % 2 === leg % 2 ? [number, number - 1] : [number - 1, number];
      const [buyer, seller] = sides.map(account) as [typeof own, typeof own];
      const held = size(`${1 + ((number * 13 + leg * 17) % 20)}.${(number + leg) % 10}25`);
      const fees = { buyerFee: ZERO_FEE, sellerFee: ZERO_FEE, order: null };
      const at = price(`${markOf(leg)}.5`);
      return {
        type: 'RecordFill',
        market: market(leg),
        buyer,
        seller,
        size: held,
        price: at,
        ...fees,
      };
    });
    return [...opened, ...fills];
  });
}
const ZERO_FEE = money('0');

function pool(): PoolView {
  const engine = createEngine();
  const time = engineTimeMs(1_000);
  const commands = [...configuration(), prices('5'), ...activity(), prices('37')];
  commands.forEach((command, at) => {
    const envelope = { source: 'bench', sourceSeq: at + 1, command };
    const outcome = decide(engine.state, envelope, time);
    if (outcome.type === 'Rejected') throw new Error(`${command.type}: ${outcome.rejection.code}`);
    applyRecord(engine, { seq: at + 1, time, envelope, outcome });
  });
  return engine.state;
}

const state = pool();
const inputs: readonly MarginAccount[] = state.accounts.map((each) => ({
  balance: each.balance,
  positions: each.positions.map((position) => marginPosition(state, position)),
  collaterals: each.collaterals.map((holding) => marginCollateral(state, holding)),
}));
let sink = 0n;
const ways = {
  marginSummary: (at: number) => marginSummary(inputs[at]!),
  accountMargin: (at: number) => accountMargin(state, state.accounts[at]!),
};
const names = ['marginSummary', 'accountMargin'] as const;
const nanoseconds = names.map((): number[] => []);
for (let batch = -BATCHES / 4; batch < BATCHES; batch += 1) {
  names.forEach((name, way) => {
    const evaluate = ways[name];
    const start = process.hrtime.bigint();
    for (let at = 0; at < ACCOUNTS; at += 1) sink ^= evaluate(at).marginEquity;
    const elapsed = Number(process.hrtime.bigint() - start) / ACCOUNTS;
    if (batch >= 0) nanoseconds[way]!.push(elapsed);
  });
}
const results = names.map((name, way) => {
  const sorted = nanoseconds[way]!.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * BATCHES)]!);
  return { of: name, min: at(0), median: at(0.5), p99: at(0.99) };
});
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  const facts = { bench: 'evaluate', machine, node: process.version, accounts: ACCOUNTS };
  const shape = { positions: LEGS, collaterals: ASSETS, checksum: (sink & 0xffffn).toString(16) };
  process.stdout.write(
    `${JSON.stringify({ ...facts, ...shape, nanosecondsPerEvaluation: results })}\n`,
  );
} else {
  const heading = `One exact evaluation (${LEGS} positions, ${ASSETS} collaterals)`;
  process.stdout.write(`${heading}, ${machine}, Node ${process.version}, ${BATCHES} batches\n`);
  for (const { of, min, median, p99 } of results) {
    process.stdout.write(`  ${of}  median ${median} ns   min ${min} ns   p99 ${p99} ns\n`);
  }
}
