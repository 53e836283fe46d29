/** Lawful commands about the protocol's own market maker and the backstop vault. @module */
import type {
  AmmParameters,
  Command,
  CommandOf,
  RouteParameters,
  VaultParameters,
} from '../../src/engine/index.ts';
import {
  accountId,
  durationMs,
  marketId,
  money,
  price,
  ratio,
  shares,
  size,
} from '../../src/units/index.ts';

export type Method = RouteParameters['method'];

/** The ways named, in that order, free and at once. */
export const ladderOf = (...methods: readonly Method[]): CommandOf<'ConfigureRouting'> => ({
  type: 'ConfigureRouting',
  parameters: {
    choice: 'ladder',
    routes: methods.map((method) => ({
      method,
      venue: method === 'outside' ? 'elsewhere' : null,
      feeFraction: ratio('0'),
      concessionFraction: ratio('0'),
      expectedMs: durationMs(0),
      failureProbability: ratio('0'),
      patienceMs: durationMs(600_000),
    })),
    dailyVolatility: ratio('0.05'),
    waitingDeviations: ratio('1'),
  },
});

export const AMM: AmmParameters = {
  market: marketId('BTC-PERP'),
  account: accountId('amm'),
  curve: 'constant-product',
  depth: money('10000'),
  band: null,
  impactMax: ratio('0.03'),
  inventoryMax: money('1000'),
  feeFraction: ratio('0.001'),
};

export const amm = (changes: Partial<AmmParameters> = {}): Command => ({
  type: 'ConfigureAmm',
  parameters: { ...AMM, ...changes },
});

export const tradeWithAmm = (changes: Partial<CommandOf<'TradeWithAmm'>> = {}): Command => ({
  type: 'TradeWithAmm',
  account: accountId('carol'),
  market: marketId('BTC-PERP'),
  size: size('1'),
  limitPrice: price('110'),
  ...changes,
});

/** Notice of a minute, to be used within another one. */
export const VAULT: VaultParameters = {
  account: accountId('vault'),
  accountNotionalMax: money('10000'),
  marketNotionalMax: money('20000'),
  windowMs: durationMs(160_000),
  windowNotionalMax: money('30000'),
  noticeMs: durationMs(60_000),
  exitWindowMs: durationMs(60_000),
  backstopFraction: ratio('0.666666666666666667'),
  depositMin: money('10'),
};

export const vault = (changes: Partial<VaultParameters> = {}): Command => ({
  type: 'ConfigureVault',
  parameters: { ...VAULT, ...changes },
});

export const depositVault = (provider: string, amount: string): Command => ({
  type: 'DepositVault',
  provider: accountId(provider),
  amount: money(amount),
});

export const requestVaultExit = (provider: string, claim: string): Command => ({
  type: 'RequestVaultExit',
  provider: accountId(provider),
  shares: shares(claim),
});

export const redeemVault = (provider: string): Command => ({
  type: 'RedeemVault',
  provider: accountId(provider),
});
