/**
 * Commands with numbers that no market has: near the limits of what a pool reckons with, beyond
 * them, and near the limits of what a quantity can hold.
 * @module
 */
import { absurdSetting } from './absurd-settings.ts';
import { ONE } from './integers.ts';
import type { Ledger, ModelCommand } from './ledger.ts';
import { priceCommand } from './price-commands.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import { SETTLEMENT_ASSET } from './world.ts';

const HUGE: readonly bigint[] = [
  10n ** 9n * ONE,
  10n ** 13n * ONE,
  10n ** 16n * ONE,
  10n ** 17n * ONE,
  10n ** 17n * ONE + 1n,
  2n ** 127n - 1n,
];
const TINY: readonly bigint[] = [1n, 2n, 1_000n];

const absurd = (random: Random): bigint => random.pick(random.chance(75) ? HUGE : TINY);

export function absurdCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  if (random.chance(20)) return absurdSetting(stage, ledger, absurd(random));
  const kinds = [absurdCapital, absurdReport, absurdFill, absurdParameters];
  return random.pick(kinds)(stage, ledger);
}

function absurdCapital({ random }: Stage, ledger: Ledger): ModelCommand | null {
  if (ledger.accounts.length === 0) return null;
  const account = random.pick(ledger.accounts).id;
  const assets = ledger.assets.map(({ parameters }) => parameters.asset);
  const asset = random.pick([SETTLEMENT_ASSET, ...assets]);
  const amount = absurd(random);
  return random.pick<ModelCommand>([
    { type: 'Deposit', account, asset, amount },
    { type: 'Withdraw', account, asset, amount },
    { type: 'FundInsurance', amount },
  ]);
}

function absurdReport(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  const lawful = priceCommand(stage, ledger);
  if (lawful.type !== 'ReportPrices') return null;
  const price = absurd(random);
  const { indexes, books, outside } = lawful;
  return random.pick<ModelCommand>([
    { ...lawful, indexes: indexes.map((report) => ({ ...report, price })) },
    { ...lawful, books: books.map((book) => ({ ...book, bid: price, ask: price, last: price })) },
    { ...lawful, outside: outside.map((report) => ({ ...report, price })) },
  ]);
}

function absurdFill({ random }: Stage, ledger: Ledger): ModelCommand | null {
  if (ledger.markets.length === 0 || ledger.accounts.length < 2) return null;
  const market = random.pick(ledger.markets);
  const { lot } = market.parameters;
  const size = (absurd(random) / lot) * lot;
  const [buyer, seller] = [random.pick(ledger.accounts).id, random.pick(ledger.accounts).id];
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
      { size },
      { size, price: absurd(random) },
      { price: absurd(random) },
      { buyerFee: absurd(random) },
      { sellerFee: absurd(random) },
    ]),
  };
}

function absurdParameters({ random }: Stage, ledger: Ledger): ModelCommand | null {
  const { pool } = ledger;
  if (pool === null) return null;
  const value = absurd(random);
  const durationMs = random.pick([1, 10 ** 15, 10 ** 15 + 1, Number.MAX_SAFE_INTEGER]);
  const weights = [{ source: 's0', weight: value }];
  const type = random.below(4);
  if (type === 1 && ledger.indexes.length > 0) {
    const { parameters } = random.pick(ledger.indexes);
    const changes = random.pick([
      { sources: weights, sourcesMin: 1 },
      { stalenessMsMax: durationMs },
      { sourceBand: value },
      { confidenceMax: value },
    ]);
    return { type: 'ConfigureIndex', parameters: { ...parameters, ...changes } };
  }
  if (type === 2 && ledger.assets.length > 0) {
    const { parameters } = random.pick(ledger.assets);
    const changes = random.pick([{ concentrationFactor: value }, { amountMax: value }]);
    return { type: 'ConfigureAsset', parameters: { ...parameters, ...changes } };
  }
  if (type === 3 && ledger.markets.length > 0) {
    const { parameters } = random.pick(ledger.markets);
    const { tiers } = parameters;
    const changes = random.pick([
      { openInterestLower: 0n, openInterestUpper: value },
      { outsideSources: weights },
      { notionalMin: value },
      { lot: value },
      { bookTimeConstantMs: durationMs, basisTimeConstantMs: durationMs },
      { averageGapMsMax: durationMs, bookStalenessMsMax: durationMs },
      { tiers: [tiers[0]!, { notionalFloor: value, maintenanceMarginFraction: ONE - 1n }] },
    ]);
    return { type: 'ConfigureMarket', parameters: { ...parameters, ...changes } };
  }
  const changes = random.pick([
    { releaseRatio: value },
    { bankruptcyAdjustment: value },
    { insuranceEventCap: value },
    { orderTimeoutMs: durationMs },
    { keeperShare: value, burnShare: value },
  ]);
  return { type: 'ConfigurePool', parameters: { ...pool, ...changes } };
}
