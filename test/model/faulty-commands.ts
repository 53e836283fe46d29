/**
 * Commands that should be refused, or are on the edge of it: each takes one lawful command or
 * parameter and breaks one thing.
 * @module
 */
import { faultySetting } from './faulty-settings.ts';
import { ONE } from './integers.ts';
import type { Ledger, Market, ModelCommand, Pool } from './ledger.ts';
import { priceCommand } from './price-commands.ts';
import type { Stage } from './stage.ts';
import { type AssetSetup, type IndexSetup, percent, SETTLEMENT_ASSET } from './world.ts';

export function faultyCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  const kinds = [
    faultyCapital,
    faultyReport,
    faultyFill,
    faultyParameters,
    faultyReference,
    faultySetting,
  ];
  return random.pick(kinds)(stage, ledger);
}

function faultyCapital({ random }: Stage, ledger: Ledger): ModelCommand | null {
  if (ledger.accounts.length === 0) return null;
  const account = random.pick(ledger.accounts);
  const other = random.pick(ledger.accounts);
  const asset = SETTLEMENT_ASSET;
  const isolated = ledger.accounts.find(({ parent }) => parent !== null);
  const capped = ledger.assets.find(({ parameters }) => parameters.amountMax !== null)?.parameters;
  if (capped !== undefined && random.chance(30)) {
    const beyond = capped.amountMax! + 1n;
    return { type: 'Deposit', account: account.id, asset: capped.asset, amount: beyond };
  }
  return random.pick<ModelCommand>([
    { type: 'Deposit', account: account.id, asset, amount: 0n },
    { type: 'Deposit', account: 'nobody', asset, amount: ONE },
    { type: 'Deposit', account: account.id, asset: 'NONE', amount: ONE },
    { type: 'Withdraw', account: account.id, asset, amount: -ONE },
    { type: 'Withdraw', account: 'nobody', asset, amount: ONE },
    { type: 'Withdraw', account: account.id, asset: 'NONE', amount: ONE },
    { type: 'TransferCollateral', from: account.id, to: account.id, asset, amount: ONE },
    { type: 'TransferCollateral', from: account.id, to: other.id, asset, amount: 0n },
    { type: 'TransferCollateral', from: account.id, to: 'nobody', asset, amount: ONE },
    { type: 'TransferCollateral', from: account.id, to: other.id, asset: 'NONE', amount: ONE },
    { type: 'FundInsurance', amount: random.pick([0n, -ONE]) },
    { type: 'OpenAccount', account: account.id, owner: 'ann', parent: null, market: null },
    { type: 'OpenAccount', account: 'new', owner: 'ann', parent: 'nobody', market: 'M0' },
    { type: 'OpenAccount', account: 'new', owner: 'ann', parent: account.id, market: null },
    { type: 'OpenAccount', account: 'new', owner: 'nemo', parent: other.id, market: 'M0' },
    { type: 'OpenAccount', account: 'new', owner: other.owner, parent: other.id, market: 'NONE' },
    {
      type: 'OpenAccount',
      account: 'new',
      owner: 'ann',
      parent: isolated?.id ?? account.id,
      market: 'M0',
    },
  ]);
}

function faultyReport(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random, time } = stage;
  const lawful = priceCommand(stage, ledger);
  if (lawful.type !== 'ReportPrices') return null;
  const { indexes, books, outside } = lawful;
  const [index, book, mid] = [indexes[0], books[0], outside[0]];
  const future = time + random.between(1, 50);
  const spoiled = random.pick([
    index && { indexes: [...indexes, index] },
    index && { indexes: [{ ...index, index: 'NONE' }] },
    index && { indexes: [{ ...index, source: 'NONE' }] },
    index && { indexes: [{ ...index, timeMs: future }] },
    book && { books: [{ ...book, market: 'NONE' }] },
    book && { books: [{ ...book, bid: 0n }] },
    book && { books: [{ ...book, last: -1n }] },
    book && { books: [{ ...book, bid: book.ask + 1n }] },
    book && { books: [{ ...book, timeMs: future }] },
    book && { books: [book, ...books] },
    mid && { outside: [{ ...mid, market: 'NONE' }] },
    mid && { outside: [{ ...mid, price: 0n }] },
    mid && { outside: [{ ...mid, source: 'NONE' }] },
    mid && { outside: [{ ...mid, timeMs: future }] },
    mid && { outside: [...outside, mid] },
  ]);
  return { ...lawful, ...spoiled };
}

function faultyFill({ random }: Stage, ledger: Ledger): ModelCommand | null {
  if (ledger.markets.length === 0 || ledger.accounts.length < 2) return null;
  const market = random.pick(ledger.markets);
  const buyer = random.pick(ledger.accounts).id;
  const seller = random.pick(ledger.accounts).id;
  const { lot } = market.parameters;
  const lawful = {
    type: 'RecordFill',
    market: market.parameters.market,
    buyer,
    seller,
    size: lot,
    price: market.mark ?? ONE,
    buyerFee: 0n,
    sellerFee: 0n,
    order: null,
  } as const;
  return {
    ...lawful,
    ...random.pick([
      { size: 0n },
      { size: -lot },
      { size: lot + 1n },
      { price: 0n },
      { price: lawful.price * 3n },
      { buyerFee: -1n },
      { sellerFee: -1n },
      { buyer: seller },
      { buyer: 'nobody' },
      { market: 'NONE' },
      { order: ledger.nextOrder + 5 },
    ]),
  };
}

const POOL_FAULTS: readonly Partial<Pool>[] = [
  { releaseRatio: ONE - 1n },
  { penaltyFraction: -1n },
  { penaltyFraction: percent(2) },
  { keeperShare: ONE + 1n },
  { burnShare: -1n },
  { keeperShare: percent(60), burnShare: percent(41) },
  { bankruptcyAdjustment: 0n },
  { spreadToMaintenanceMarginRatio: ONE },
  { spreadToMaintenanceMarginRatio: ONE + 1n },
  { orderTimeoutMs: 0 },
  { bookAttemptsMax: 0 },
  { closeOutStepsMax: 0 },
  { adlFillsMax: 0 },
  { startsPerRecordMax: 0 },
  { settlementsPerRecordMax: 0 },
  { insuranceEventCap: -1n },
  { fillBand: 0n },
  { fillBand: ONE },
  { collateralBuyer: 'nobody' },
];

const tier = (notionalFloor: bigint, maintenanceMarginFraction: bigint) => {
  return { notionalFloor, maintenanceMarginFraction };
};

const MARKET_FAULTS: readonly Partial<Market>[] = [
  { index: 'NONE' },
  { tiers: [] },
  { tiers: [tier(1n, percent(5))] },
  { tiers: [tier(0n, 0n)] },
  { tiers: [tier(0n, ONE)] },
  { tiers: [tier(0n, percent(5)), tier(0n, percent(6))] },
  { tiers: [tier(0n, percent(5)), tier(ONE, percent(4))] },
  { tiers: [tier(0n, percent(0.01))] },
  { initialMarginFraction: 0n },
  { initialMarginFraction: ONE + 1n },
  { initialMarginFraction: percent(0.1) },
  { openInterestLower: ONE, openInterestUpper: ONE },
  { openInterestLower: -1n, openInterestUpper: ONE },
  { markBand: 0n },
  { markBand: ONE },
  { basisTimeConstantMs: 0 },
  { bookTimeConstantMs: 0 },
  { averageGapMsMax: 0 },
  { bookStalenessMsMax: 0 },
  { outsideSources: [{ source: 'o', weight: 0n }] },
  {
    outsideSources: [
      { source: 'o', weight: 1n },
      { source: 'o', weight: 1n },
    ],
  },
  { lot: 0n },
  { notionalMin: -1n },
  { kind: 'linear', lot: 3n },
  { expiryMs: 7 },
];

const INDEX_FAULTS: readonly Partial<IndexSetup>[] = [
  { sources: [] },
  { sources: [{ source: 's0', weight: 0n }] },
  {
    sources: [
      { source: 's0', weight: 1n },
      { source: 's0', weight: 1n },
    ],
  },
  { sourcesMin: 0 },
  { sourcesMin: 9 },
  { stalenessMsMax: 0 },
  { confidenceMax: -1n },
  { sourceBand: 0n },
];

const ASSET_FAULTS: readonly Partial<AssetSetup>[] = [
  { asset: SETTLEMENT_ASSET },
  { index: 'NONE' },
  { collateralHaircut: -1n },
  { collateralHaircut: ONE + 1n },
  { concentrationFactor: -1n },
  { amountMax: -1n },
];

function faultyParameters({ random }: Stage, ledger: Ledger): ModelCommand | null {
  const { pool } = ledger;
  const market = ledger.markets.length === 0 ? null : random.pick(ledger.markets).parameters;
  const index = ledger.indexes.length === 0 ? null : random.pick(ledger.indexes).parameters;
  const asset = ledger.assets.length === 0 ? null : random.pick(ledger.assets).parameters;
  const type = random.below(4);
  if (type === 0 && pool !== null && random.chance(15)) {
    return { type: 'ConfigurePool', parameters: { ...pool, settlementAsset: 'OTHER' } };
  }
  if (type === 0 && pool !== null) {
    return { type: 'ConfigurePool', parameters: { ...pool, ...random.pick(POOL_FAULTS) } };
  }
  if (type === 1 && index !== null) {
    return { type: 'ConfigureIndex', parameters: { ...index, ...random.pick(INDEX_FAULTS) } };
  }
  if (type === 2 && asset !== null) {
    return { type: 'ConfigureAsset', parameters: { ...asset, ...random.pick(ASSET_FAULTS) } };
  }
  if (market === null) return null;
  return { type: 'ConfigureMarket', parameters: { ...market, ...random.pick(MARKET_FAULTS) } };
}

/** Orders and markets that do not exist, and the engine's own commands from outside. */
function faultyReference({ random }: Stage, ledger: Ledger): ModelCommand {
  return random.pick<ModelCommand>([
    { type: 'FinishOrder', order: ledger.nextOrder + 1, reason: 'expired' },
    { type: 'AccrueFunding', market: 'NONE', fundingRate: 0n },
    { type: 'AccrueFunding', market: 'M0', fundingRate: ONE + 1n },
    { type: 'StepLiquidation', liquidation: 1 },
    { type: 'SettleMarket', market: 'M0' },
    { type: 'StartLiquidations', accounts: ['ann'] },
  ]);
}

/** The engine's own commands when they are not due. */
export function undueCommand({ random }: Stage, ledger: Ledger): ModelCommand {
  const ids = ledger.accounts.map(({ id }) => id);
  const account = ids.length === 0 ? 'nobody' : random.pick(ids);
  const running = ledger.liquidations.map(({ liquidation }) => liquidation);
  const liquidation = running.length === 0 ? ledger.nextLiquidation : random.pick(running);
  return random.pick<ModelCommand>([
    { type: 'StartLiquidations', accounts: [] },
    { type: 'StartLiquidations', accounts: [account] },
    { type: 'StartLiquidations', accounts: ['nobody'] },
    { type: 'StartLiquidations', accounts: [account, account] },
    { type: 'StartLiquidations', accounts: Array.from({ length: 9 }, (_, at) => `n${at}`) },
    { type: 'StepLiquidation', liquidation },
    { type: 'StepLiquidation', liquidation: ledger.nextLiquidation },
    { type: 'SettleMarket', market: 'NONE' },
    { type: 'SettleMarket', market: 'M0' },
    { type: 'Tick' },
  ]);
}
