/**
 * One form in which the engine's state and the model's ledger can be laid side by side: every
 * total that the engine keeps, recomputed by the model.
 * @module
 */
import type { PoolView } from '../../src/engine/index.ts';
import { debtShares, supplyShares } from './desks.ts';
import { total } from './integers.ts';
import {
  assetHeld,
  fundingResidue,
  fundingUnsettled,
  type Ledger,
  longSize,
  openOrdersSize,
  shortSize,
  type Window,
} from './ledger.ts';
import { sharesOfAll } from './tranches.ts';

/** What the engine keeps of a liquidation without a ladder: the model knows none. */
const WITHOUT_LADDER = {
  route: null,
  routeUntilMs: 0,
  tried: [],
  finder: null,
  priority: null,
  auction: null,
};

/** Anything that can be compared; objects field by field. */
export type Picture = unknown;

export function modelPicture(ledger: Ledger): Picture {
  const balances = ledger.accounts.map(({ balance }) => balance);
  const entryValues = ledger.accounts.flatMap(({ positions }) =>
    positions.map(({ entryValue }) => entryValue),
  );
  return {
    time: ledger.time,
    parameters: ledger.pool,
    closeOuts: ledger.closeOuts,
    vault: null,
    waterfall: layersPicture(ledger),
    links: null,
    lossSharing: null,
    deleveraging: ledger.deleveraging,
    gates: ledger.gates,
    indexes: ledger.indexes.map(({ parameters, reports, price, live }) => ({
      parameters,
      reports: parameters.sources.map(
        ({ source }) => reports.find((entry) => entry.source === source)?.report ?? null,
      ),
      price,
      live,
    })),
    assets: ledger.assets.map(({ parameters, deposited, withdrawn }) => {
      return { parameters, deposited, withdrawn, held: assetHeld(ledger, parameters.asset) };
    }),
    markets: marketPictures(ledger),
    desks: ledger.desks.map((desk) => ({
      ...desk,
      debtShares: debtShares(ledger, desk.parameters.asset),
      supplyShares: supplyShares(ledger, desk.parameters.asset),
    })),
    accounts: ledger.accounts,
    liquidations: ledger.liquidations.map((entry) => ({
      ...entry,
      ...WITHOUT_LADDER,
      order: entry.order === null ? null : { ...entry.order, venue: null },
    })),
    sources: ledger.sources.toSorted((a, b) => (a.source < b.source ? -1 : 1)),
    nextLiquidation: ledger.nextLiquidation,
    nextOrder: ledger.nextOrder,
    turn: ledger.turn,
    insuranceFund: ledger.insuranceFund,
    fees: ledger.fees,
    burned: ledger.burned,
    unallocatedLoss: ledger.unallocatedLoss,
    deposited: ledger.deposited,
    withdrawn: ledger.withdrawn,
    balanceTotal: total(balances),
    entryValueTotal: total(entryValues),
  };
}

/** A window of the engine without brands. */
const plain = (
  window: readonly { readonly fromMs: number; readonly notional: bigint }[],
): Window => [...window];

function layersPicture({ waterfall }: Ledger): Picture {
  if (waterfall === null) return null;
  return {
    ...waterfall,
    window: paidIn(waterfall.window),
    marketWindows: byMarket(waterfall.marketWindows),
    tranches: waterfall.tranches.map((tranche) => {
      return { ...tranche, sharesTotal: sharesOfAll(tranche), premiumMs: accruingFrom(tranche) };
    }),
  };
}

/** Nothing accrues on no capital, whenever that began. */
const accruingFrom = ({ capital, premiumMs }: { capital: bigint; premiumMs: number }) =>
  capital === 0n ? null : premiumMs;

/** Parts of a window in which something was paid: nothing counts as nothing. */
const paidIn = (window: Window): Picture => window.filter(({ notional }) => notional > 0n);

/** A market for which nothing was ever paid is as one that is not listed. */
const byMarket = (windows: readonly { readonly market: string; readonly window: Window }[]) =>
  Object.fromEntries(
    windows.flatMap(({ market, window }) =>
      window.some(({ notional }) => notional > 0n) ? [[market, paidIn(window)]] : [],
    ),
  );

function marketPictures(ledger: Ledger): Picture {
  return ledger.markets.map((market) => {
    const { parameters, outside, settlementPaid, settlementResidue } = market;
    const long = longSize(ledger, parameters.market);
    const short = shortSize(ledger, parameters.market);
    return {
      parameters,
      book: market.book,
      outside: parameters.outsideSources.map(({ source }) => {
        const report = outside.find((entry) => entry.source === source);
        return report === undefined ? null : { price: report.price, timeMs: report.timeMs };
      }),
      basisAverage: market.basisAverage,
      bookAverage: market.bookAverage,
      mark: market.mark,
      mode: market.mode,
      priceGuards: market.priceGuards,
      stablePrice: market.stablePrice,
      markDecidedMs: market.markDecidedMs,
      longSize: long,
      shortSize: short,
      fundingIndex: market.fundingIndex,
      lossIndex: 0n,
      // The engine keeps Σ size · index at last settlement.
      fundingUnsettled: fundingUnsettled(ledger, market) + (long - short) * market.fundingIndex,
      fundingResidue: fundingResidue(ledger, market),
      settlementPrice: market.settlementPrice,
      settled: market.settled,
      settlementCursor: market.settledAccounts,
      settlementClearing: -settlementPaid - settlementResidue,
      liquidity: market.liquidity,
      breakers: market.breakers,
      amm: null,
      depth: market.depth,
      depthAverage: market.depthAverage,
      variance: market.variance,
      alarms: market.alarms,
      gates: market.gates,
      window: market.window,
      openOrdersSize: openOrdersSize(ledger, parameters.market),
    };
  });
}

export function enginePicture(state: PoolView): Picture {
  const market = (number: number): string => state.markets[number]!.parameters.market;
  const asset = (number: number): string => state.assets[number]!.parameters.asset;
  const lent = (entry: { readonly desk: number; readonly shares: bigint }) => ({
    asset: state.desks[entry.desk]!.parameters.asset,
    shares: entry.shares,
  });
  const account = (number: number): string => state.accounts[number]!.id;
  return {
    time: state.timeMs,
    parameters: state.parameters,
    closeOuts: state.closeOuts,
    vault: state.vault,
    waterfall: engineLayers(state),
    links: state.links,
    lossSharing: state.lossSharing,
    deleveraging: state.deleveraging,
    gates: state.gates,
    indexes: state.indexes.map(({ parameters, reports, price, live }) => {
      return { parameters, reports, price, live };
    }),
    assets: state.assets.map(({ parameters, deposited, withdrawn, held }) => {
      return { parameters, deposited, withdrawn, held };
    }),
    markets: state.markets.map(({ index: _index, ...rest }) => rest),
    desks: state.desks.map(({ asset: _asset, ...rest }) => rest),
    accounts: state.accounts.map(({ version: _version, riskRaisedMs: _raised, ...rest }) => ({
      ...rest,
      parent: rest.parent === null ? null : account(rest.parent),
      market: rest.market === null ? null : market(rest.market),
      collaterals: rest.collaterals.map((held) => ({ ...held, asset: asset(held.asset) })),
      debts: rest.debts.map(lent),
      supplies: rest.supplies.map(lent),
      positions: rest.positions.map((held) => ({ ...held, market: market(held.market) })),
    })),
    liquidations: [...state.liquidations.values()].map((entry) => ({
      ...entry,
      account: account(entry.account),
      ordered: entry.ordered.map(market),
      lossMarket: entry.lossMarket === null ? null : market(entry.lossMarket),
      order: entry.order === null ? null : { ...entry.order, market: market(entry.order.market) },
    })),
    sources: [...state.sources.values()]
      .map(({ source, recent }) => ({ source, accepted: recent.map(({ sourceSeq }) => sourceSeq) }))
      .toSorted((a, b) => (a.source < b.source ? -1 : 1)),
    nextLiquidation: state.nextLiquidation,
    nextOrder: state.nextOrder,
    turn: state.turn,
    insuranceFund: state.insuranceFund,
    fees: state.fees,
    burned: state.burned,
    unallocatedLoss: state.unallocatedLoss,
    deposited: state.deposited,
    withdrawn: state.withdrawn,
    balanceTotal: state.balanceTotal,
    entryValueTotal: state.entryValueTotal,
  };
}

function engineLayers({ waterfall, markets, accounts }: PoolView): Picture {
  if (waterfall === null) return null;
  const market = (number: number): string => markets[number]!.parameters.market;
  return {
    ...waterfall,
    window: paidIn(plain(waterfall.window)),
    marketWindows: byMarket(
      waterfall.marketWindows.map((entry) => {
        return { market: market(entry.market), window: plain(entry.window) };
      }),
    ),
    tranches: waterfall.tranches.map((tranche) => ({
      ...tranche,
      premiumMs: accruingFrom(tranche),
      providers: tranche.providers.map((claim) => {
        return { ...claim, account: accounts[claim.account]!.id };
      }),
    })),
  };
}

/** Where two values differ first: `path: expected … found …`; null where they are equal. */
export function firstDifference(expected: unknown, found: unknown, path = ''): string | null {
  if (Object.is(expected, found)) return null;
  const bothObjects =
    typeof expected === 'object' &&
    typeof found === 'object' &&
    expected !== null &&
    found !== null;
  if (!bothObjects) return `${path}: the model says ${shown(expected)}, the engine ${shown(found)}`;
  const left = expected as Record<string, unknown>;
  const right = found as Record<string, unknown>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = firstDifference(left[key], right[key], `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

/** A value in one line, quantities as decimals. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'bigint' ? decimal(entry) : entry,
  );
  return text === undefined ? 'nothing' : text;
}

function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(19, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
}
