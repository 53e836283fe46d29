/** Arbitrary states of accounts and pools, lawful to encode, not to continue from. @module */
import fc from 'fast-check';
import type { AccountShape, Infer, PoolShape } from '../../src/engine/index.ts';
import { ammParameters, vaultState } from './arbitrary-amm-and-vault.ts';
import { directLiquidationState, directPoolState } from './arbitrary-direct.ts';
import {
  account,
  breakerReason,
  counts,
  exactSum,
  gate,
  list,
  mode,
  name,
  orNull,
  record,
  time,
  wad,
  wads,
  whole,
} from './arbitrary-fields.ts';
import { linksState } from './arbitrary-links.ts';
import {
  assetParameters,
  auctionLot,
  auctionParameters,
  auctionPhase,
  average,
  breakerParameters,
  closeOutParameters,
  depthSides,
  indexParameters,
  lendingParameters,
  liquidityParameters,
  marketParameters,
  poolParameters,
  priceGuardParameters,
  routeMethod,
  routingParameters,
} from './arbitrary-parameters.ts';
import {
  coverState,
  deleveragingParameters,
  lossSharingParameters,
  waterfallState,
} from './arbitrary-waterfall.ts';

type Arbitrary<T> = fc.Arbitrary<T>;

const deskShares = list(record({ desk: whole(), shares: wad<never>() }));

export const arbitraryAccount: Arbitrary<AccountShape> = record({
  id: account,
  owner: name,
  parent: orNull(whole()),
  market: orNull(whole()),
  version: whole(),
  balance: wad<never>(),
  collaterals: list(record({ asset: whole(), amount: wad<never>() })),
  positions: list(record({ market: whole(), ...wads('size', 'entryValue', 'fundingIndex') })),
  debts: deskShares,
  supplies: deskShares,
  liquidation: orNull(whole()),
  riskRaisedMs: orNull(time),
});

const indexState = record({
  parameters: indexParameters,
  reports: list(
    orNull(record({ price: wad<never>(), timeMs: time, confidence: orNull(wad<never>()) })),
  ),
  price: orNull(wad<never>()),
  live: fc.boolean(),
});

const closedGates = list(record({ gate, untilMs: orNull(time) }));

const marketState = record({
  parameters: marketParameters,
  liquidity: orNull(liquidityParameters),
  breakers: orNull(breakerParameters),
  priceGuards: orNull(priceGuardParameters),
  amm: orNull(ammParameters),
  ...counts('index', 'settlementCursor'),
  book: orNull(record({ ...wads('bid', 'ask', 'last'), timeMs: time })),
  outside: list(orNull(record({ price: wad<never>(), timeMs: time }))),
  basisAverage: orNull(average),
  bookAverage: orNull(average),
  mark: orNull(wad<never>()),
  mode,
  stablePrice: orNull(average),
  markDecidedMs: orNull(time),
  ...wads('longSize', 'shortSize', 'fundingIndex', 'lossIndex', 'settlementClearing'),
  fundingUnsettled: exactSum,
  fundingResidue: exactSum,
  settlementPrice: orNull(wad<never>()),
  settled: fc.boolean(),
  depth: orNull(record(depthSides)),
  depthAverage: orNull(average),
  variance: orNull(average),
  alarms: list(record({ reason: breakerReason, trippedAtMs: time, released: fc.boolean() })),
  gates: closedGates,
  window: list(record({ fromMs: time, notional: wad<never>() })),
  openOrdersSize: wad<never>(),
});

const liquidationState = record({
  ...counts('liquidation', 'account', 'steps', 'attempts', 'notBeforeMs', 'startedMs', 'turn'),
  ...counts('orderedMs'),
  ordered: list(whole()),
  order: orNull(
    record({
      ...counts('order', 'market', 'expiresAtMs'),
      ...wads('size', 'filled', 'limitPrice'),
      venue: orNull(name),
      canceling: fc.boolean(),
    }),
  ),
  takeover: fc.boolean(),
  marginRatio: orNull(wad<never>()),
  ...wads('coverPaid', 'penaltyFraction'),
  ...coverState,
  orderStyle: fc.constantFrom('immediate-or-cancel' as const, 'limit' as const),
  route: orNull(record({ place: whole(), method: routeMethod, venue: orNull(name) })),
  routeUntilMs: time,
  tried: list(whole()),
  ...directLiquidationState,
  auction: orNull(
    record({
      ...counts('auction', 'resets', 'takes'),
      lot: auctionLot,
      phase: auctionPhase,
      market: orNull(whole()),
      asset: orNull(whole()),
      parameters: auctionParameters,
      startedMs: time,
      reserved: wad<never>(),
    }),
  ),
});

export const arbitraryPool: Arbitrary<Infer<typeof PoolShape>> = record({
  timeMs: time,
  parameters: orNull(poolParameters),
  closeOuts: orNull(closeOutParameters),
  routing: orNull(routingParameters),
  ...directPoolState,
  vault: orNull(vaultState),
  waterfall: orNull(waterfallState),
  links: orNull(linksState),
  lossSharing: orNull(lossSharingParameters),
  deleveraging: orNull(deleveragingParameters),
  auctions: orNull(auctionParameters),
  gates: closedGates,
  indexes: list(indexState),
  assets: list(
    record({
      parameters: assetParameters,
      index: whole(),
      ...wads('held', 'deposited', 'withdrawn'),
    }),
  ),
  desks: list(
    record({
      parameters: lendingParameters,
      asset: orNull(whole()),
      ...wads('cash', 'debtShares', 'debtIndex', 'supplyShares', 'supplyIndex'),
      accruedMs: time,
    }),
  ),
  markets: list(marketState),
  liquidations: list(liquidationState),
  sources: list(record({ source: name, recent: list(record(counts('sourceSeq', 'seq'))) })),
  ...counts('accountCount', 'nextLiquidation', 'nextOrder', 'nextAuction', 'turn'),
  ...wads('insuranceFund', 'fees', 'burned', 'unallocatedLoss', 'deposited', 'withdrawn'),
  ...wads('balanceTotal', 'entryValueTotal'),
});
