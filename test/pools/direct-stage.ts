/**
 * A pool whose ladder begins with direct liquidation: Alice is long 50 at 100 with 1,000 and open
 * to liquidators once the price has fallen below 84.21; the release ratio is 1.25.
 * @module
 */
import type {
  Command,
  CommandOf,
  DirectParameters,
  FinderParameters,
  PoolParameters,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  durationMs,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { poolDriver } from './pool-driver.ts';

type Way = CommandOf<'ConfigureRouting'>['parameters']['routes'][number];

const way = (method: Way['method'], patienceMs: number): Way => ({
  method,
  venue: null,
  feeFraction: ratio('0'),
  concessionFraction: ratio('0'),
  expectedMs: durationMs(0),
  failureProbability: ratio('0'),
  patienceMs: durationMs(patienceMs),
});

/** Liquidators first, for ten minutes; then the book. */
export const LADDER: CommandOf<'ConfigureRouting'> = {
  type: 'ConfigureRouting',
  parameters: {
    choice: 'ladder',
    routes: [way('direct', 600_000), way('book', 600_000)],
    dailyVolatility: ratio('0.05'),
    waitingDeviations: ratio('1'),
  },
};

/** Liquidators, and nobody else. */
export const DIRECT_ALONE: Command = {
  ...LADDER,
  parameters: { ...LADDER.parameters, routes: LADDER.parameters.routes.slice(0, 1) },
};

/** Open to all, a bonus from 0 to 4 % at half the margin, no cool-off, no priority. */
export const terms = (changes: Partial<DirectParameters> = {}): Command => ({
  type: 'ConfigureDirect',
  parameters: {
    access: 'open',
    liquidators: [],
    minBonus: ratio('0'),
    maxBonus: ratio('0.04'),
    healthForMaxBonus: ratio('0.5'),
    coolOffMs: durationMs(0),
    takeNotionalMin: money('100'),
    priorityWindowMs: durationMs(0),
    priorityExclusiveMs: durationMs(0),
    priorityMin: money('1'),
    priorityAccountShare: ratio('0.75'),
    ...changes,
  },
});

export const finders = (changes: Partial<FinderParameters> = {}): Command => ({
  type: 'ConfigureFinders',
  parameters: {
    detection: 'finders',
    noticeMs: durationMs(5_000),
    flagReward: money('2'),
    minReward: money('1'),
    minProfitFraction: ratio('0.5'),
    costMax: money('10'),
    marginScale: ratio('0.5'),
    maxReward: money('100'),
    ...changes,
  },
});

export const bid = (bidder: AccountId, value: string): CommandOf<'BidPriority'> => ({
  type: 'BidPriority',
  liquidation: 1,
  bidder,
  amount: money(value),
});

export const point = (changes: Partial<CommandOf<'PointAtAccount'>> = {}): Command => ({
  type: 'PointAtAccount',
  finder: accountId('keeper'),
  account: accountId('alice'),
  cost: money('0.5'),
  witness: null,
  ...changes,
});

export function directStage(
  input: {
    readonly pool?: Partial<PoolParameters>;
    readonly terms?: Partial<DirectParameters>;
    readonly finders?: Partial<FinderParameters>;
  } = {},
) {
  const pool = poolDriver();
  pool.configure(input.pool);
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(LADDER);
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  const keeper = pool.account('keeper', '10000');
  const rival = pool.account('rival', '10000');
  pool.take(terms(input.terms));
  if (input.finders !== undefined) pool.take(finders(input.finders));
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  // Whatever a test is about happens later than the trade that made the account what it is.
  pool.pass(1_000);
  const fall = (to: string) => pool.price('BTC', to, ['BTC-PERP']);
  const liquidation = () => pool.engine.state.liquidations.get(1);
  const takeover = (
    contracts: string,
    changes: Partial<CommandOf<'LiquidateDirect'>> = {},
  ): Command => ({
    type: 'LiquidateDirect',
    liquidator: keeper,
    account: alice,
    accountVersion: pool.accountOf(alice).version,
    market: marketId('BTC-PERP'),
    size: size(contracts),
    limitPrice: price('100'),
    ...changes,
  });
  return { ...pool, takeover, fall, liquidation, alice, maker, keeper, rival };
}
