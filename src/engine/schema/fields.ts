/** The vocabulary of record fields: each is a shape with its unit. @module */
import type {
  AccountId,
  Amount,
  AssetId,
  DurationMs,
  EngineTimeMs,
  FundingIndex,
  IndexId,
  MarketId,
  Money,
  Price,
  Ratio,
  Shares,
  Size,
} from '../../units/index.ts';
import { id, oneOf, wad, whole } from './codec.ts';

export const money = wad<Money>();
export const price = wad<Price>();
export const size = wad<Size>();
export const amount = wad<Amount>();
export const ratio = wad<Ratio>();
export const shares = wad<Shares>();
export const fundingIndex = wad<FundingIndex>();
export const account = id<AccountId>();
export const market = id<MarketId>();
export const asset = id<AssetId>();
export const index = id<IndexId>();
/** Name of an outside party: a price source, a command source, an owner. */
export const name = id<string>();
export const time = whole<EngineTimeMs>();
export const duration = whole<DurationMs>();
export const count = whole<number>();
/** Number of a liquidation, counted from 1 within the pool. */
export const liquidation = whole<number>();
/** Number of a close-out order, counted from 1 within the pool. */
export const order = whole<number>();
/** Number of an auction, counted from 1 within the pool. */
export const auction = whole<number>();

export const contractKind = oneOf('linear', 'inverse');
export const adlPolicy = oneOf(
  'minimax-leverage',
  'queue',
  'queue-notional',
  'capped-pro-rata',
  'risk-aware-pro-rata',
  'min-max',
);
export const markMode = oneOf('live', 'frozen');
export const orderDoneReason = oneOf('filled', 'expired', 'rejected', 'canceled');
export const orderStyle = oneOf('immediate-or-cancel', 'limit');
export const closeOutPolicy = oneOf(
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
);
/** Ways out of a position or a debt, each a rung of the ladder. */
export const routeMethod = oneOf('book', 'outside', 'amm', 'auction', 'direct', 'backstop');
export const routeChoice = oneOf('ladder', 'cheapest');
/** Why a liquidation went on to another way. */
export const routeLeftReason = oneOf(
  'restored',
  'bankrupt',
  'exhausted',
  'no-taker',
  'no-room',
  'out-of-time',
  'toxic',
  'unavailable',
);
/** Who may liquidate directly. */
export const directAccess = oneOf('open', 'permissioned');
/** Who starts liquidations: the engine at once, or whoever points at the account first. */
export const detection = oneOf('engine', 'finders');
/** How the protocol's own market maker prices what it takes. */
export const ammCurve = oneOf('constant-product', 'concentrated');
export const impactModel = oneOf('square-root', 'linear');
/** What a breaker closes: the start of liquidations, close-outs, their takes, withdrawals. */
export const gate = oneOf('liquidations', 'close-outs', 'takes', 'withdrawals');
export const breakerReason = oneOf(
  'price-jump',
  'sources-disagree',
  'depth-collapsed',
  'price-stale',
);
