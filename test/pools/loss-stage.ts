/** Pools in which somebody loses more than it has. @module */
import type {
  Command,
  DeleveragingParameters,
  Event,
  LossSharingParameters,
  PoolParameters,
  TrancheParameters,
  WaterfallParameters,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  durationMs,
  formatDecimal,
  indexId,
  money,
  ratio,
  shares,
} from '../../src/units/index.ts';
import { poolDriver } from './pool-driver.ts';

/** BTC at 100 and ETH at 20, a market each, and a maker with plenty. */
export function twoMarkets(changes: Partial<PoolParameters> = {}) {
  const pool = poolDriver();
  pool.configure(changes);
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '20', ['ETH-PERP']);
  const maker = pool.account('maker', '100000');
  const balance = (id: AccountId) => formatDecimal(pool.accountOf(id).balance);
  const totals = () => {
    const { insuranceFund, unallocatedLoss } = pool.engine.state;
    return { fund: formatDecimal(insuranceFund), unallocated: formatDecimal(unallocatedLoss) };
  };
  return { ...pool, maker, balance, totals };
}

/**
 * Alice, long 1 BTC at 100 with 10, faces Bob, who came in at 80: when BTC gaps to 80 she owes 10
 * and he has no profit to take it from.
 */
export function nobodyWonWhatAliceLost(changes: Partial<PoolParameters> = {}) {
  const pool = twoMarkets(changes);
  const alice = pool.account('alice', '10');
  const bob = pool.account('bob', '1000');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '80' });
  return { ...pool, alice, bob };
}

export const tranche = (
  name: string,
  changes: Partial<TrancheParameters> = {},
): TrancheParameters => ({
  tranche: name,
  eventMax: money('1000'),
  premiumRate: ratio('0'),
  noticeMs: durationMs(1_000),
  exitWindowMs: durationMs(5_000),
  ...changes,
});

export const waterfall = (
  changes: Partial<WaterfallParameters> = {},
): Extract<Command, { type: 'ConfigureWaterfall' }> => ({
  type: 'ConfigureWaterfall',
  parameters: {
    bufferMax: money('0'),
    bufferShare: ratio('0'),
    windowMs: durationMs(16_000),
    windowCap: null,
    marketCaps: [],
    premiumIntervalMs: durationMs(1_000_000),
    adlRiskExponent: 1,
    adlRiskThreshold: null,
    tranches: [],
    ...changes,
  },
});

/** What no layer pays goes to the open interest of its market. */
export const lossSharing = (
  changes: Partial<LossSharingParameters> = {},
): Extract<Command, { type: 'ConfigureLossSharing' }> => ({
  type: 'ConfigureLossSharing',
  parameters: { basis: 'open-interest', notionalShareMax: ratio('1'), ...changes },
});

/** What positions in other markets count for in a deleveraging. */
export const deleveraging = (
  hedges: DeleveragingParameters['hedges'],
  loadings: DeleveragingParameters['loadings'],
): Extract<Command, { type: 'ConfigureDeleveraging' }> => ({
  type: 'ConfigureDeleveraging',
  parameters: { hedges, loadings },
});

export const depositTranche = (name: string, provider: string, amount: string): Command => {
  return {
    type: 'DepositTranche',
    tranche: name,
    provider: accountId(provider),
    amount: money(amount),
  };
};
export const leaveTranche = (name: string, provider: string, leaving: string): Command => {
  const who = { tranche: name, provider: accountId(provider) };
  return { type: 'RequestTrancheExit', ...who, shares: shares(leaving) };
};
export const redeemTranche = (name: string, provider: string): Command => {
  return { type: 'RedeemTranche', tranche: name, provider: accountId(provider) };
};

/** Who paid what into accounts in liquidation, and took it back, in the order of the events. */
export function coverFlow(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'BufferPaid':
        return [`buffer +${formatDecimal(event.amount)}`];
      case 'DeficitCovered':
        return [`fund +${formatDecimal(event.paid)}`];
      case 'TranchePaid':
        return [`${event.tranche} +${formatDecimal(event.amount)}`];
      case 'TrancheRepaid':
        return [`${event.tranche} -${formatDecimal(event.amount)}`];
      case 'CoverRepaid':
        return [`fund -${formatDecimal(event.amount)}`];
      case 'BufferRepaid':
        return [`buffer -${formatDecimal(event.amount)}`];
      case 'BadDebtSettled':
        return [`bad debt ${formatDecimal(event.badDebt)}`];
      default:
        return [];
    }
  });
}
