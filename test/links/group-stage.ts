/** Groups of pools in memory: how they are set up, and journals that fail. @module */
import type { Command } from '../../src/engine/index.ts';
import {
  emptyJournalContent,
  Fault,
  type InMemoryJournalContent,
  inMemoryJournal,
  type Journal,
} from '../../src/ports/index.ts';
import { createStateHasher, type PoolGroup, type PoolOptions } from '../../src/runtime/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  durationMs,
  engineTimeMs,
  formatDecimal,
  indexId,
  marketId,
  price,
  ratio,
} from '../../src/units/index.ts';
import { market, POOL } from '../pools/pool-driver.ts';
import { collateral, linksOf, USDC } from './linked-pools.ts';

export const NAMES = ['alpha', 'beta', 'gamma'] as const;
export type Name = (typeof NAMES)[number];

/** Later than anything that is decided at it is told. */
export const NOW = engineTimeMs(1_700_000_000_000);

export const reportOf = (btc: string, eth: string, timeMs = NOW): Command => ({
  type: 'ReportPrices',
  indexes: [
    { index: indexId('BTC'), source: 'feed', price: price(btc), timeMs, confidence: null },
    { index: indexId('ETH'), source: 'feed', price: price(eth), timeMs, confidence: null },
  ],
  books: [
    { market: marketId('BTC-PERP'), bid: price(btc), ask: price(btc), last: price(btc), timeMs },
  ],
  outside: [],
});

const STALE_NEVER = durationMs(1_000_000_000);

const indexOf = (name: string): Command => ({
  type: 'ConfigureIndex',
  parameters: {
    index: indexId(name),
    sources: [{ source: 'feed', weight: ratio('1') }],
    sourcesMin: 1,
    stalenessMsMax: STALE_NEVER,
    confidenceMax: null,
    sourceBand: null,
  },
});

export const opening = (account: AccountId): Command => ({
  type: 'OpenAccount',
  account,
  owner: account,
  parent: null,
  market: null,
});

/** A pool that is linked to all others, with these accounts and 1,000 USDC in each. */
export function setUp(name: string, accounts: readonly AccountId[]): Command[] {
  return [
    { type: 'ConfigurePool', parameters: POOL },
    indexOf('BTC'),
    indexOf('ETH'),
    {
      type: 'ConfigureMarket',
      parameters: market('BTC-PERP', { bookStalenessMsMax: STALE_NEVER }),
    },
    collateral(),
    reportOf('100', '10'),
    linksOf(
      name,
      NAMES.filter((other) => other !== name),
    ),
    ...accounts.flatMap((account): Command[] => [
      opening(account),
      { type: 'Deposit', account, asset: USDC, amount: amount('1000') },
    ]),
  ];
}

/** Under one source of its own, with numbers that go on where the pool's memory of it ends. */
export function tell(group: PoolGroup, name: string, command: Command, time = NOW) {
  const recent = group.pool(name)!.engine.state.sources.get('host')?.recent ?? [];
  const sourceSeq = (recent.at(-1)?.sourceSeq ?? 0) + 1;
  return group.submit(name, { source: 'host', sourceSeq, command, time })[0]!.outcome;
}

export const trader = (pool: string): AccountId => accountId(`trader-of-${pool}`);

export function setUpAll(group: PoolGroup): void {
  for (const name of group.names) {
    for (const command of setUp(name, [trader(name)])) tell(group, name, command);
  }
}

/** A journal that can be made to fail, or to keep the writer waiting. */
export function moodyJournal(content: InMemoryJournalContent = emptyJournalContent()) {
  const inner = inMemoryJournal(content);
  const mood = { fails: false, release: null as (() => void) | null, waits: false };
  const journal: Journal = {
    ...inner,
    append: async (commit) => {
      if (mood.fails) {
        throw new Fault('JOURNAL_UNAVAILABLE', {
          message: 'the disk is full',
          expected: 'room',
          found: 'none',
        });
      }
      if (mood.waits) {
        await new Promise<void>((resolve) => {
          mood.release = resolve;
        });
      }
      await inner.append(commit);
    },
  };
  return { content, journal, mood };
}

export type MoodyJournal = ReturnType<typeof moodyJournal>;

export function moodyJournals(): Record<Name, MoodyJournal> {
  return { alpha: moodyJournal(), beta: moodyJournal(), gamma: moodyJournal() };
}

export const optionsOf = (journals: Record<Name, MoodyJournal>): Record<Name, PoolOptions> => ({
  alpha: { journal: journals.alpha.journal },
  beta: { journal: journals.beta.journal },
  gamma: { journal: journals.gamma.journal },
});

export const bytesOf = ({ commits }: InMemoryJournalContent): Buffer =>
  Buffer.concat(commits.map(({ bytes }) => bytes));

export const hashOf = (group: PoolGroup, name: string): string =>
  createStateHasher()(group.pool(name)!.engine.state);

export const balanceOf = (group: PoolGroup, name: string, account = trader(name)): string => {
  const { state } = group.pool(name)!.engine;
  return formatDecimal(state.accounts[state.numbers.accounts.get(account)!]!.balance);
};

export const sendingOf = (from: string, to: string, text: string) =>
  ({
    account: trader(from),
    asset: USDC,
    amount: amount(text),
    toPool: to,
    toAccount: trader(to),
  }) as const;
