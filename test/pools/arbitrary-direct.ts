/** Arbitrary terms, commands, events and state of direct liquidation and its finders. @module */
import fc from 'fast-check';
import {
  account,
  asset,
  counts,
  exactSum,
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

export const directParameters = record({
  access: oneOf('open', 'permissioned'),
  liquidators: list(account),
  ...wads('minBonus', 'maxBonus', 'healthForMaxBonus', 'takeNotionalMin', 'priorityMin'),
  ...wads('priorityAccountShare'),
  ...counts('coolOffMs', 'priorityWindowMs', 'priorityExclusiveMs'),
});

export const finderParameters = record({
  detection: oneOf('engine', 'finders'),
  ...counts('noticeMs'),
  ...wads('flagReward', 'minReward', 'minProfitFraction', 'costMax', 'marginScale', 'maxReward'),
});

export const directCommands = {
  ConfigureDirect: record({ parameters: directParameters }),
  ConfigureFinders: record({ parameters: finderParameters }),
  LiquidateDirect: record({
    liquidator: account,
    account,
    accountVersion: whole(),
    market,
    ...wads('size', 'limitPrice'),
  }),
  RepayDirect: record({
    liquidator: account,
    account,
    accountVersion: whole(),
    debtAsset: asset,
    collateralAsset: asset,
    ...wads('repay', 'seizeMin'),
  }),
  BidPriority: record({ liquidation: whole(), bidder: account, ...wads('amount') }),
  PointAtAccount: record({ finder: account, account, ...wads('cost'), witness: orNull(whole()) }),
  NoticeAccounts: record({ accounts: list(account), recovered: list(account) }),
};

const about = { liquidation: whole(), account };
const health = record(wads('equity', 'marginEquity', 'maintenanceMargin'));
const change = record({
  account,
  ...wads('sizeDelta', 'entryValueDelta', 'realizedPnl', 'fundingPayment', 'fee'),
  fundingExact: exactSum,
});

export const directEvents = {
  DirectConfigured: record({ parameters: directParameters }),
  FindersConfigured: record({ parameters: finderParameters }),
  LiquidatedDirectly: record({
    ...about,
    liquidator: account,
    market,
    closeOutPrice: orNull(wad<never>()),
    ...wads('markPrice', 'notional', 'bonusFraction', 'bonus'),
    liquidated: change,
    taken: change,
    before: health,
    after: health,
  }),
  DebtRepaidDirectly: record({
    ...about,
    liquidator: account,
    debtAsset: asset,
    collateralAsset: asset,
    ...wads('shares', 'amount', 'debtIndex', 'debtPrice', 'seized', 'collateralPrice'),
    ...wads('bonusFraction', 'bonus'),
    before: health,
    after: health,
  }),
  PriorityOpened: record({ ...about, untilMs: time }),
  PriorityAwarded: record({
    ...about,
    bids: list(record({ bidder: account, ...wads('amount'), payable: fc.boolean() })),
    winner: orNull(account),
    ...wads('payment', 'accountProceeds', 'insuranceContribution'),
    untilMs: time,
  }),
  AccountsNoticed: record({ accounts: list(account), untilMs: time }),
  FinderNamed: record({
    ...about,
    finder: account,
    ...wads('executionCost', 'marginEquity', 'due'),
  }),
  PriorityBidPlaced: record({ liquidation: whole(), bidder: account, ...wads('amount') }),
  NoticesDropped: record({ accounts: list(account) }),
};

/** What a running liquidation holds of its finder and of the right to be first. */
export const directLiquidationState = {
  finder: orNull(record({ account: whole(), ...wads('due') })),
  priority: orNull(
    record({
      awarded: fc.boolean(),
      untilMs: time,
      winner: orNull(whole()),
      bids: list(record({ bidder: whole(), ...wads('amount') })),
    }),
  ),
};

export const directPoolState = {
  direct: orNull(directParameters),
  finders: orNull(finderParameters),
  notices: list(record({ account: whole(), untilMs: time })),
};
