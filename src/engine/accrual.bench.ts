/**
 * What one accrual of interest costs in a large pool of which one account in twenty borrows: money
 * or ether against bitcoin, at 1.2 to 3 times what the desk requires. Method: hours pass; each is
 * a tick, the accrual that is due and the search for whoever it made liquidatable. Beside it, on
 * the same pool, the same hour with every borrower of the desk made a suspect, as a change of the
 * desk's weights does. `npm run bench -- accrual [ACCOUNTS...]`
 */
import { cpus } from 'node:os';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  indexId,
  money,
  price,
  ratio,
} from '../units/index.ts';
import {
  applyRecord,
  type Command,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
} from './index.ts';

const HOUR_MS = 3_600_000;
const HOURS = 240;
const BORROWERS_PER = 20;
const [USDC, ETH, BTC] = ['USDC', 'ETH', 'BTC'].map(assetId) as [AssetIdOf, AssetIdOf, AssetIdOf];
type AssetIdOf = ReturnType<typeof assetId>;

type World = { readonly engine: Engine; time: number; seq: number };

function submit(world: World, command: Command, source = 'bench'): void {
  world.seq += 1;
  const sourceSeq = source === ENGINE_SOURCE ? 0 : world.seq;
  const envelope = { source, sourceSeq, command };
  const time = engineTimeMs(world.time);
  const outcome = decide(world.engine.state, envelope, time);
  if (outcome.type === 'Rejected') throw new Error(`${command.type}: ${outcome.rejection.code}`);
  applyRecord(world.engine, { seq: world.seq, time, envelope, outcome });
}

/** Records that became due. */
function drain(world: World): number {
  let records = 0;
  for (let due = dueWork(world.engine); due !== null; due = dueWork(world.engine)) {
    submit(world, due, ENGINE_SOURCE);
    records += 1;
  }
  return records;
}

const [house, lender] = ['house', 'lender'].map(accountId) as [AccountId, AccountId];

function newPool(world: World): void {
  submit(world, {
    type: 'ConfigurePool',
    parameters: {
      settlementAsset: USDC,
      releaseRatio: ratio('1.25'),
      penaltyFraction: ratio('0.005'),
      keeperShare: ratio('0'),
      burnShare: ratio('0'),
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
      collateralBuyer: house,
      fillBand: ratio('0.5'),
    },
  });
  for (const [asset, at] of [
    [ETH, '2000'],
    [BTC, '30000'],
  ] as const) {
    const index = indexId(asset);
    const sources = [{ source: 'feed', weight: ratio('1') }];
    const stalenessMsMax = durationMs(1_000_000_000_000);
    const limits = { sourcesMin: 1, stalenessMsMax, confidenceMax: null, sourceBand: null };
    submit(world, { type: 'ConfigureIndex', parameters: { index, sources, ...limits } });
    const timeMs = engineTimeMs(world.time);
    const report = { index, source: 'feed', price: price(at), timeMs, confidence: null };
    submit(world, { type: 'ReportPrices', indexes: [report], books: [], outside: [] });
    const collateralHaircut = ratio('0.1');
    const none = { concentrationFactor: null, amountMax: null };
    submit(world, {
      type: 'ConfigureAsset',
      parameters: { asset, index, collateralHaircut, ...none },
    });
  }
}

function openDesks(world: World, lent: string): void {
  for (const account of [house, lender]) {
    submit(world, { type: 'OpenAccount', account, owner: 'o', parent: null, market: null });
  }
  for (const asset of [USDC, ETH]) {
    submit(world, {
      type: 'ConfigureLending',
      parameters: {
        asset,
        loanToValue: ratio(asset === USDC ? '1' : '0.8'),
        liabilityWeight: ratio('1'),
        liabilityWeightInitial: ratio('1.05'),
        rateAtZero: ratio('0.02'),
        rateAtKink: ratio('0.05'),
        rateAtFull: ratio('0.6'),
        kinkUtilization: ratio('0.8'),
        reserveShare: ratio('0.1'),
        accrualIntervalMs: durationMs(HOUR_MS),
        borrowMax: null,
        debtMin: money('1'),
        closeFactor: ratio('1'),
        closeFactorHealth: ratio('0'),
        liquidationBonus: ratio('0.05'),
      },
    });
    submit(world, { type: 'Deposit', account: lender, asset, amount: amount(lent) });
    submit(world, { type: 'SupplyAsset', account: lender, asset, amount: null });
  }
}

/** One bitcoin, or some money, each; every twentieth has borrowed against the bitcoin. */
function populate(world: World, accounts: number): void {
  for (let at = 0; at < accounts; at += 1) {
    const account = accountId(`account-${at}`);
    submit(world, { type: 'OpenAccount', account, owner: 'o', parent: null, market: null });
    const borrows = at % BORROWERS_PER === 0;
    const asset = borrows ? BTC : USDC;
    submit(world, { type: 'Deposit', account, asset, amount: amount(borrows ? '1' : '1000') });
    if (!borrows) continue;
    // 27,000 counts for the bitcoin; what is lent is taken out.
    const health = 1.2 + ((at * 7_919) % 1_800) / 1_000;
    const inEther = at % (2 * BORROWERS_PER) === 0;
    const owed = (27_000 / health / (inEther ? 2_000 : 1)).toFixed(6);
    const debt = { account, asset: inEther ? ETH : USDC, amount: amount(owed) };
    submit(world, { type: 'Borrow', ...debt });
    submit(world, { type: 'Withdraw', ...debt });
  }
}

const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds) / 1e6;

/** An hour passes: all that it makes due, in milliseconds per accrual. */
function hourPasses(world: World, everybody: boolean): number {
  world.time += HOUR_MS;
  submit(world, { type: 'Tick' });
  const start = process.hrtime.bigint();
  if (everybody) world.engine.state.changes.desks.push(0, 1);
  const records = drain(world);
  return milliseconds(process.hrtime.bigint() - start) / Math.max(records, 1);
}

function measured(accounts: number) {
  const world: World = { engine: createEngine(), time: 1_000, seq: 0 };
  newPool(world);
  openDesks(world, String(accounts * 2_000));
  populate(world, accounts);
  drain(world);
  for (let hour = 0; hour < HOURS / 4; hour += 1) hourPasses(world, false);
  const [bounds, everybody]: [number[], number[]] = [[], []];
  for (let hour = 0; hour < HOURS; hour += 1) bounds.push(hourPasses(world, false));
  for (let hour = 0; hour < HOURS / 10; hour += 1) everybody.push(hourPasses(world, true));
  return {
    accounts,
    borrowers: accounts / BORROWERS_PER,
    bounds: shares(bounds),
    everybody: shares(everybody),
  };
}

function shares(samples: number[]) {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]!;
  const mean = samples.reduce((total, each) => total + each, 0) / samples.length;
  return { mean, median: at(0.5), p99: at(0.99) };
}

const asked = process.argv
  .slice(2)
  .filter((each) => !each.startsWith('--'))
  .map(Number);
const results = (asked.length === 0 ? [10_000, 100_000] : asked).map(measured);
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  process.stdout.write(
    `${JSON.stringify({ bench: 'accrual', machine, node: process.version, results })}\n`,
  );
} else {
  const shown = ({ mean, median, p99 }: ReturnType<typeof shares>) =>
    `mean ${mean.toFixed(3)} ms   median ${median.toFixed(3)} ms   p99 ${p99.toFixed(3)} ms`;
  process.stdout.write(`One accrual of interest, ${machine}, Node ${process.version}\n`);
  for (const { accounts, borrowers, bounds, everybody } of results) {
    process.stdout.write(
      `  ${accounts} accounts, ${borrowers} borrowers\n` +
        `    by bounds        ${shown(bounds)}\n    everybody there  ${shown(everybody)}\n`,
    );
  }
}
