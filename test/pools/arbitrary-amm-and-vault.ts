/** Arbitrary records and states of the market maker and the backstop vault. @module */
import {
  account,
  asset,
  counts,
  list,
  market,
  oneOf,
  orNull,
  record,
  time,
  wad,
  wads,
  whole,
} from './arbitrary-fields.ts';
import { positionChange } from './arbitrary-parameters.ts';

export const ammParameters = record({
  market,
  account,
  curve: oneOf('constant-product', 'concentrated'),
  ...wads('depth', 'impactMax', 'inventoryMax', 'feeFraction'),
  band: orNull(wad<never>()),
});

const vaultParameters = record({
  account,
  ...wads('accountNotionalMax', 'marketNotionalMax', 'windowNotionalMax', 'backstopFraction'),
  ...wads('depositMin'),
  ...counts('windowMs', 'noticeMs', 'exitWindowMs'),
});

export const vaultState = record({
  parameters: vaultParameters,
  sharesTotal: wad<never>(),
  providers: list(
    record({ ...counts('account', 'exitMs', 'untilMs'), ...wads('shares', 'exiting') }),
  ),
  window: list(record({ fromMs: time, notional: wad<never>() })),
});

export const ammAndVaultCommands = {
  ConfigureAmm: record({ parameters: ammParameters }),
  ConfigureVault: record({ parameters: vaultParameters }),
  TradeWithAmm: record({ account, market, ...wads('size', 'limitPrice') }),
  DepositVault: record({ provider: account, amount: wad<never>() }),
  RequestVaultExit: record({ provider: account, shares: wad<never>() }),
  RedeemVault: record({ provider: account }),
};

const deal = {
  market,
  amm: account,
  ...wads('markPrice', 'size', 'quote', 'fee'),
  marginalPriceBefore: orNull(wad<never>()),
  marginalPriceAfter: orNull(wad<never>()),
};

const shareTrade = record({
  provider: account,
  vault: account,
  ...wads('amount', 'shares', 'equity', 'sharesTotal'),
});

export const ammAndVaultEvents = {
  AmmConfigured: record({ parameters: ammParameters }),
  VaultConfigured: record({ parameters: vaultParameters }),
  TradedWithAmm: record({ ...deal, trader: positionChange, taker: positionChange }),
  VaultDeposited: shareTrade,
  VaultExitRequested: record({
    provider: account,
    shares: wad<never>(),
    ...counts('exitMs', 'untilMs'),
  }),
  VaultRedeemed: shareTrade,
  ClosedByAmm: record({
    liquidation: whole(),
    account,
    ...deal,
    ...wads('penaltyFraction', 'marginEquity', 'maintenanceMargin'),
    liquidated: positionChange,
    taker: positionChange,
  }),
  AccountTakenOver: record({
    liquidation: whole(),
    account,
    vault: account,
    ...wads('equity', 'marginEquity', 'maintenanceMargin', 'notional', 'balance'),
    positions: list(
      record({
        market,
        ...wads('markPrice', 'bankruptcyQuote'),
        liquidated: positionChange,
        taker: positionChange,
      }),
    ),
    collaterals: list(record({ asset, amount: wad<never>() })),
    debts: list(record({ asset, shares: wad<never>() })),
    supplies: list(record({ asset, shares: wad<never>() })),
  }),
};
