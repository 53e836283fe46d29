/** Arbitrary records and states of the waterfall and its tranches. @module */
import {
  account,
  counts,
  list,
  market,
  name,
  oneOf,
  orNull,
  record,
  time,
  wad,
  wads,
  whole,
} from './arbitrary-fields.ts';

const waterfallParameters = record({
  ...wads('bufferMax', 'bufferShare'),
  ...counts('windowMs', 'premiumIntervalMs', 'adlRiskExponent'),
  windowCap: orNull(wad<never>()),
  adlRiskThreshold: orNull(wad<never>()),
  marketCaps: list(record({ market, cap: wad<never>() })),
  tranches: list(
    record({
      tranche: name,
      ...wads('eventMax', 'premiumRate'),
      ...counts('noticeMs', 'exitWindowMs'),
    }),
  ),
});

const paidWindow = list(record({ fromMs: time, notional: wad<never>() }));

export const lossSharingParameters = record({
  basis: oneOf('profits', 'open-interest'),
  notionalShareMax: wad<never>(),
});

export const deleveragingParameters = record({
  hedges: oneOf('ignore', 'protect'),
  loadings: list(record({ market, loading: wad<never>() })),
});

export const waterfallState = record({
  parameters: waterfallParameters,
  buffer: wad<never>(),
  window: paidWindow,
  marketWindows: list(record({ market: whole(), window: paidWindow })),
  tranches: list(
    record({
      tranche: name,
      ...wads('capital', 'sharesTotal'),
      providers: list(
        record({ ...counts('account', 'exitMs', 'untilMs'), ...wads('shares', 'exiting') }),
      ),
      premiumMs: time,
    }),
  ),
});

/** What the layers have to do with a running liquidation. */
export const coverState = {
  lossMarket: orNull(whole()),
  cover: record({
    buffer: wad<never>(),
    tranches: list(record({ tranche: name, paid: wad<never>() })),
  }),
};

export const waterfallCommands = {
  ConfigureWaterfall: record({ parameters: waterfallParameters }),
  DepositTranche: record({ tranche: name, provider: account, amount: wad<never>() }),
  RequestTrancheExit: record({ tranche: name, provider: account, shares: wad<never>() }),
  RedeemTranche: record({ tranche: name, provider: account }),
  PayPremium: record({ tranche: name }),
  ConfigureLossSharing: record({ parameters: lossSharingParameters }),
  ConfigureDeleveraging: record({ parameters: deleveragingParameters }),
};

const shareTrade = record({
  provider: account,
  tranche: name,
  ...wads('amount', 'shares', 'capital', 'sharesTotal'),
});
const cover = { liquidation: whole(), account, amount: wad<never>() };

export const waterfallEvents = {
  WaterfallConfigured: record({ parameters: waterfallParameters }),
  TrancheDeposited: shareTrade,
  TrancheExitRequested: record({
    provider: account,
    tranche: name,
    shares: wad<never>(),
    ...counts('exitMs', 'untilMs'),
  }),
  TrancheRedeemed: shareTrade,
  PremiumPaid: record({ tranche: name, ...counts('fromMs', 'untilMs'), amount: wad<never>() }),
  BufferFilled: record({ liquidation: whole(), amount: wad<never>() }),
  BufferPaid: record(cover),
  TranchePaid: record({ ...cover, tranche: name }),
  BufferRepaid: record(cover),
  TrancheRepaid: record({ ...cover, tranche: name }),
  LossSharingConfigured: record({ parameters: lossSharingParameters }),
  LossSpread: record({
    ...cover,
    market,
    ...wads('openInterest', 'markPrice', 'lossIndexBefore', 'lossIndexAfter'),
  }),
  DeleveragingConfigured: record({ parameters: deleveragingParameters }),
  HedgesOverridden: record({
    liquidation: whole(),
    market,
    ...wads('factorLoading', 'quantity', 'gap'),
  }),
};
