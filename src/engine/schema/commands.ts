/**
 * Requests to the pool. Codes are permanent: never renumbered, renamed or reused.
 * 1xx configuration, 2xx accounts and capital, 3xx market activity, 4xx work of the engine itself.
 * @module
 */
import { AMM_COMMANDS } from './amm.ts';
import { AUCTION_COMMANDS } from './auctions.ts';
import { flag, type Infer, list, nullable, record, text, union, variant } from './codec.ts';
import { DELEVERAGING_COMMANDS } from './deleveraging.ts';
import { DIRECT_COMMANDS } from './direct.ts';
import {
  account,
  amount,
  asset,
  count,
  gate,
  liquidation,
  market,
  money,
  name,
  order,
  orderDoneReason,
  price,
  ratio,
  size,
  time,
} from './fields.ts';
import { LENDING_COMMANDS } from './lending.ts';
import { LINK_COMMANDS } from './links.ts';
import { LOSS_SHARING_COMMANDS } from './loss-sharing.ts';
import {
  AssetParameters,
  BookReport,
  BreakerParameters,
  CloseOutParameters,
  DepthLevel,
  IndexParameters,
  IndexReport,
  LiquidityParameters,
  MarketParameters,
  OutsideReport,
  PoolParameters,
  PriceGuardParameters,
  RoutingParameters,
} from './parameters.ts';
import { VAULT_COMMANDS } from './vault.ts';
import { WATERFALL_COMMANDS } from './waterfall.ts';

export const Command = union({
  ConfigurePool: variant(101, { parameters: PoolParameters }),
  ConfigureIndex: variant(102, { parameters: IndexParameters }),
  ConfigureAsset: variant(103, { parameters: AssetParameters }),
  ConfigureMarket: variant(104, { parameters: MarketParameters }),
  ConfigureCloseOuts: variant(105, { parameters: CloseOutParameters }),
  ConfigureLiquidity: variant(106, { parameters: LiquidityParameters }),
  ConfigureBreakers: variant(107, { parameters: BreakerParameters }),
  /** An operator closes or opens a gate by hand: of one market, or of the pool. */
  SetGate: variant(108, {
    market: nullable(market),
    gate,
    closed: flag,
    /** When it opens by itself; null: when somebody opens it. */
    untilMs: nullable(time),
    reason: text,
  }),
  ConfigureRouting: variant(115, { parameters: RoutingParameters }),
  ...AUCTION_COMMANDS,
  ...DIRECT_COMMANDS,
  ConfigurePriceGuards: variant(116, { parameters: PriceGuardParameters }),
  ...LENDING_COMMANDS,
  ...AMM_COMMANDS,
  ...VAULT_COMMANDS,
  ...WATERFALL_COMMANDS,
  ...LINK_COMMANDS,
  ...LOSS_SHARING_COMMANDS,
  ...DELEVERAGING_COMMANDS,

  /** `parent` and `market` are both set for an isolated position, both null otherwise. */
  OpenAccount: variant(201, {
    account,
    owner: name,
    parent: nullable(account),
    market: nullable(market),
  }),
  Deposit: variant(202, { account, asset, amount }),
  Withdraw: variant(203, { account, asset, amount }),
  /** Moves collateral between two accounts of one owner. */
  TransferCollateral: variant(204, { from: account, to: account, asset, amount }),
  /** Adds outside capital to the insurance fund. */
  FundInsurance: variant(205, { amount: money }),

  /** All that was reported at one instant. */
  ReportPrices: variant(301, {
    indexes: list(IndexReport),
    books: list(BookReport),
    outside: list(OutsideReport),
  }),
  /** A trade between two accounts of the pool; `order` names the close-out order it filled. */
  RecordFill: variant(302, {
    market,
    buyer: account,
    seller: account,
    size,
    price,
    buyerFee: money,
    sellerFee: money,
    order: nullable(order),
  }),
  /** The venue will not fill this close-out order any further. */
  FinishOrder: variant(303, { order, reason: orderDoneReason }),
  /** One funding interval: longs pay shorts `fundingRate` of notional. */
  AccrueFunding: variant(304, { market, fundingRate: ratio }),
  /** Lets time pass: staleness, time-outs, expiries. */
  Tick: variant(305, {}),
  /** The market's own order book, best level first. */
  ReportDepth: variant(306, {
    market,
    timeMs: time,
    bids: list(DepthLevel),
    asks: list(DepthLevel),
  }),

  /** Worst first. */
  StartLiquidations: variant(401, { accounts: list(account) }),
  StepLiquidation: variant(402, { liquidation }),
  SettleMarket: variant(403, { market }),
});
export type Command = Infer<typeof Command>;
export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { readonly type: T }>;

/** Who sent a command, and its place in that sender's own sequence. */
export const CommandEnvelope = record({ source: name, sourceSeq: count, command: Command });
export type CommandEnvelope = Infer<typeof CommandEnvelope>;

/** The source under which the engine's own due work is journaled. */
export const ENGINE_SOURCE = 'engine';

/** The source of the ticks that the runtime adds where time alone has made a price stale. */
export const RUNTIME_SOURCE = 'runtime';
