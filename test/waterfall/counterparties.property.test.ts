/**
 * Goal: whoever is healthy is healthy after it was deleveraged, whatever stands behind it. Method:
 * shorts with collateral at a weight and losses elsewhere at the very moment at which a long goes
 * bankrupt; the margin of each is looked at before and after every record; seed 20251014.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  accountMargin,
  applyRecord,
  createEngine,
  type JournalRecord,
  type PoolView,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  amount,
  assetId,
  formatDecimal,
  indexId,
  marketId,
  money,
  price,
  ratio,
  rawOf,
  size,
} from '../../src/units/index.ts';
import { twoMarkets } from '../pools/loss-stage.ts';
import { eventsOf } from '../pools/pool-driver.ts';

const COIN = assetId('COIN');
const POLICIES = ['minimax-leverage', 'queue', 'capped-pro-rata', 'min-max'] as const;

const short = fc.record({
  contracts: fc.integer({ min: 1, max: 6 }),
  deposit: fc.integer({ min: 0, max: 60 }),
  coins: fc.integer({ min: 0, max: 200 }),
  eth: fc.integer({ min: 0, max: 12 }),
});

const crashes = fc.record({
  adlPolicy: fc.constantFrom(...POLICIES),
  adlFillsMax: fc.constantFrom(1, 8),
  collateralHaircut: fc.constantFrom('0.9', '0.5'),
  contracts: fc.integer({ min: 1, max: 6 }),
  shorts: fc.array(short, { minLength: 1, maxLength: 4 }),
  btc: fc.integer({ min: 70, max: 88 }),
  eth: fc.integer({ min: 8, max: 18 }),
});
type Crash = typeof crashes extends fc.Arbitrary<infer T> ? T : never;

function crash({ adlPolicy, adlFillsMax, collateralHaircut, ...world }: Crash) {
  const pool = twoMarkets({ adlPolicy, adlFillsMax });
  pool.index('COIN');
  pool.price('COIN', '1');
  const terms = { concentrationFactor: null, amountMax: null };
  const haircut = ratio(collateralHaircut);
  const coin = { asset: COIN, index: indexId('COIN'), collateralHaircut: haircut, ...terms };
  pool.take({ type: 'ConfigureAsset', parameters: coin });
  /** With the maker; whoever has too little for it goes without. */
  const trade = (account: AccountId, market: string, contracts: number) => {
    if (contracts === 0) return;
    const [buyer, seller] = contracts > 0 ? [account, pool.maker] : [pool.maker, account];
    const at = market === 'BTC-PERP' ? '100' : '20';
    const free = { buyerFee: money('0'), sellerFee: money('0'), order: null };
    const held = { size: size(`${Math.abs(contracts)}`), price: price(at) };
    pool.attempt({
      type: 'RecordFill',
      market: marketId(market),
      buyer,
      seller,
      ...held,
      ...free,
    });
  };
  for (const [at, { contracts, deposit, coins, eth }] of world.shorts.entries()) {
    const account = pool.account(`short-${at}`, String(1 + deposit));
    if (coins > 0) pool.take({ type: 'Deposit', account, asset: COIN, amount: amount(`${coins}`) });
    trade(account, 'BTC-PERP', -contracts);
    trade(account, 'ETH-PERP', eth);
  }
  trade(pool.account('long', String(world.contracts * 10)), 'BTC-PERP', world.contracts);
  const timeMs = pool.now();
  const moved = Object.entries({ BTC: price(`${world.btc}`), ETH: price(`${world.eth}`) });
  pool.take({
    type: 'ReportPrices',
    indexes: moved.map(([name, at]) => {
      return { index: indexId(name), source: 'feed', price: at, timeMs, confidence: null };
    }),
    books: moved.map(([name, at]) => {
      return { market: marketId(`${name}-PERP`), bid: at, ask: at, last: at, timeMs };
    }),
    outside: [],
  });
  return pool.records;
}

const standingOf = (state: PoolView, id: string) => {
  const account = state.accounts[state.numbers.accounts.get(id as AccountId)!]!;
  const { equity, marginEquity, maintenanceMargin } = accountMargin(state, account);
  const running = account.liquidation !== null;
  return { running, equity, marginEquity, required: maintenanceMargin };
};

test('who is healthy when it is deleveraged is healthy afterwards', () => {
  const seen = { healthy: 0, weighted: 0, residual: 0 };
  const look = (records: readonly JournalRecord[]) => {
    const engine = createEngine();
    for (const record of records) {
      const { outcome } = record;
      const events = outcome.type === 'Accepted' ? outcome.events : [];
      const asked = eventsOf(events, 'PositionsDeleveraged').flatMap((event) =>
        event.counterparties.map(({ change, taken }) => {
          const lost = rawOf(event.residualLoss) > 0n;
          const before = standingOf(engine.state, change.account);
          return { id: change.account, taken, lost, before };
        }),
      );
      applyRecord(engine, record);
      for (const { id, taken, lost, before } of asked) {
        const after = standingOf(engine.state, id);
        assert.ok(
          rawOf(after.equity) >= 0n || rawOf(before.equity) < 0n,
          `${id} was made bankrupt`,
        );
        if (before.running || before.marginEquity < before.required) continue;
        const missing = `${formatDecimal(after.marginEquity)} of ${formatDecimal(after.required)}`;
        assert.ok(after.marginEquity >= after.required, `${id} has ${missing} after ${taken}`);
        seen.healthy += 1;
        if (before.marginEquity < before.equity && rawOf(taken) > 0n) seen.weighted += 1;
        if (lost) seen.residual += 1;
      }
    }
  };
  fc.assert(
    fc.property(crashes, (world) => look(crash(world))),
    { seed: 20251014, numRuns: 150 },
  );
  const enough = Object.values(seen).every((times) => times > 10);
  assert.ok(enough, JSON.stringify(seen));
});
