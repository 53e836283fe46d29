/** The backstop vault: capital of providers that takes over whole accounts. @module */
import { type Infer, list, record, variant } from './codec.ts';
import {
  account,
  amount,
  asset,
  duration,
  liquidation,
  market,
  money,
  price,
  ratio,
  shares,
  time,
} from './fields.ts';
import { PositionChange } from './position-change.ts';
import { ProviderClaim } from './provider-claim.ts';
import { RollingWindow } from './rolling-window.ts';

export const VaultParameters = record({
  /** Holds what providers paid in and what was taken over. */
  account,
  /** Largest account that is taken over, by the notional of its positions. */
  accountNotionalMax: money,
  /** Largest position that a takeover may leave the vault with in one market. */
  marketNotionalMax: money,
  windowMs: duration,
  /** Most notional that is taken over within the rolling window. */
  windowNotionalMax: money,
  /** From the request of an exit to the first moment at which it is paid. */
  noticeMs: duration,
  /** How long it may be asked for from then on. */
  exitWindowMs: duration,
  /** Share of the maintenance margin below which it does not wait until other ways have failed. */
  backstopFraction: ratio,
  depositMin: money,
});
export type VaultParameters = Infer<typeof VaultParameters>;

/** What the vault was worth and how many shares there were, before; what moved. */
const SHARE_TRADE = {
  provider: account,
  vault: account,
  amount: money,
  shares,
  equity: money,
  sharesTotal: shares,
};

export const VAULT_COMMANDS = {
  ConfigureVault: variant(114, { parameters: VaultParameters }),
  /** A provider's money becomes shares. */
  DepositVault: variant(242, { provider: account, amount: money }),
  /** So many of its shares are to leave; replaces what was requested before. */
  RequestVaultExit: variant(243, { provider: account, shares }),
  /** After the notice the shares are paid at what they are worth then. */
  RedeemVault: variant(244, { provider: account }),
};

export const VAULT_EVENTS = {
  VaultConfigured: variant(114, { parameters: VaultParameters }),
  VaultDeposited: variant(242, SHARE_TRADE),
  VaultExitRequested: variant(243, {
    provider: account,
    shares,
    /** They are paid from then on, */
    exitMs: time,
    /** and up to then. */
    untilMs: time,
  }),
  VaultRedeemed: variant(244, SHARE_TRADE),
  /** The vault took everything that an account held and owed. */
  AccountTakenOver: variant(472, {
    liquidation,
    account,
    vault: account,
    /** Of the account, before. */
    equity: money,
    marginEquity: money,
    maintenanceMargin: money,
    /** Of all its positions at the marks, and its debts: counts in the vault's window. */
    notional: money,
    positions: list(
      record({
        market,
        markPrice: price,
        /** What the account received for its position, + received. */
        bankruptcyQuote: money,
        liquidated: PositionChange,
        taker: PositionChange,
      }),
    ),
    collaterals: list(record({ asset, amount })),
    /** What it owed to desks, and its claims on them, in shares. */
    debts: list(record({ asset, shares })),
    supplies: list(record({ asset, shares })),
    /** What was left of its balance, signed. */
    balance: money,
  }),
};

export const VaultShape = record({
  parameters: VaultParameters,
  /** Of all providers together. */
  sharesTotal: shares,
  /** Sorted by account number; shares above zero. */
  providers: list(ProviderClaim),
  /** Notional taken over, by part of the rolling window, ascending. */
  window: RollingWindow,
});
