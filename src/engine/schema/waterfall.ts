/**
 * What stands before and behind the insurance fund: a buffer of its own income that pays first,
 * caps on what the fund pays, and tranches of outside capital that pay after it.
 * @module
 */
import { type Infer, list, nullable, record, variant } from './codec.ts';
import {
  account,
  count,
  duration,
  liquidation,
  market,
  money,
  name,
  ratio,
  shares,
  time,
} from './fields.ts';
import { ProviderClaim } from './provider-claim.ts';
import { RollingWindow } from './rolling-window.ts';

/** Outside capital that answers for losses after the fund. */
export const TrancheParameters = record({
  tranche: name,
  /** Most that it bears of one liquidation's loss. */
  eventMax: money,
  /** Per year and unit of its capital, paid by the fund as long as that has anything. */
  premiumRate: ratio,
  /** From the request of an exit to the first moment at which it is paid. */
  noticeMs: duration,
  /** How long it may be asked for from then on. */
  exitWindowMs: duration,
});
export type TrancheParameters = Infer<typeof TrancheParameters>;

export const WaterfallParameters = record({
  /** The buffer is filled up to here. */
  bufferMax: money,
  /** Share of what a penalty brings the fund that fills the buffer first. */
  bufferShare: ratio,
  /** Rolling window of the caps that follow. */
  windowMs: duration,
  /** Most that the fund pays within it; null for no cap. */
  windowCap: nullable(money),
  /** The same for liquidations whose largest position at the start was in that market. */
  marketCaps: list(record({ market, cap: money })),
  /** Premiums are paid once in that time by the engine itself. */
  premiumIntervalMs: duration,
  /** Power of leverage by which `risk-aware-pro-rata` weighs; not used with a threshold. */
  adlRiskExponent: count,
  /** Leverage up to which it takes nothing; null for none. */
  adlRiskThreshold: nullable(ratio),
  /** In the order in which they pay. */
  tranches: list(TrancheParameters),
});
export type WaterfallParameters = Infer<typeof WaterfallParameters>;

/** What the tranche had and how many shares there were, before; what moved. */
const SHARE_TRADE = {
  provider: account,
  tranche: name,
  amount: money,
  shares,
  capital: money,
  sharesTotal: shares,
};

export const WATERFALL_COMMANDS = {
  ConfigureWaterfall: variant(117, { parameters: WaterfallParameters }),
  /** A provider's money becomes shares of a tranche. */
  DepositTranche: variant(251, { tranche: name, provider: account, amount: money }),
  /** So many of its shares are to leave; replaces what was requested before. */
  RequestTrancheExit: variant(252, { tranche: name, provider: account, shares }),
  /** After the notice the shares are paid at what they are worth then. */
  RedeemTranche: variant(253, { tranche: name, provider: account }),
  /** By the engine itself. */
  PayPremium: variant(406, { tranche: name }),
};

/** A layer pays into an account in liquidation what that lacks. */
const COVER = { liquidation, account, amount: money };

export const WATERFALL_EVENTS = {
  WaterfallConfigured: variant(117, { parameters: WaterfallParameters }),
  TrancheDeposited: variant(251, SHARE_TRADE),
  TrancheExitRequested: variant(252, {
    provider: account,
    tranche: name,
    shares,
    /** They are paid from then on, */
    exitMs: time,
    /** and up to then. */
    untilMs: time,
  }),
  TrancheRedeemed: variant(253, SHARE_TRADE),
  /** From the fund to the capital of the tranche; 0 where the fund is empty: it is not owed. */
  PremiumPaid: variant(254, { tranche: name, fromMs: time, untilMs: time, amount: money }),
  /** From the fund to the buffer, out of what a penalty brought. */
  BufferFilled: variant(491, { liquidation, amount: money }),
  BufferPaid: variant(492, COVER),
  TranchePaid: variant(493, { ...COVER, tranche: name }),
  /** A covered account was closed better than feared: who paid last is repaid first. */
  BufferRepaid: variant(494, COVER),
  TrancheRepaid: variant(495, { ...COVER, tranche: name }),
};

export const TrancheShape = record({
  tranche: name,
  capital: money,
  /** Of all providers together. */
  sharesTotal: shares,
  /** Sorted by account number; shares above zero. */
  providers: list(ProviderClaim),
  /** Premiums are paid up to then. */
  premiumMs: time,
});

export const WaterfallShape = record({
  parameters: WaterfallParameters,
  buffer: money,
  window: RollingWindow,
  /** Sorted by market number. */
  marketWindows: list(record({ market: count, window: RollingWindow })),
  /** In the order of the parameters. */
  tranches: list(TrancheShape),
});

/** Who has paid what into one liquidation, besides the fund; the last named pays last. */
export const CoverShape = record({
  buffer: money,
  tranches: list(record({ tranche: name, paid: money })),
});
