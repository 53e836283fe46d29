/**
 * The commands that open a scenario's waterfall: its terms, the accounts of those who provide
 * capital, and their deposits.
 * @module
 */
import type { Command } from '../engine/index.ts';
import {
  accountId,
  amount,
  approximate,
  assetId,
  durationMs,
  formatDecimal,
  type Money,
  money,
  price,
  ratio,
} from '../units/index.ts';
import { significant } from './decimal-text.ts';
import type { LabMarket } from './pool-setup.ts';
import type { Scenario } from './scenario.ts';
import type {
  ScenarioLossSharing,
  ScenarioTranche,
  ScenarioWaterfall,
} from './scenario-waterfall.ts';

const times = (multiple: number, whole: number): Money =>
  money(Math.max(0.01, multiple * whole).toFixed(2));

/** Given last of all, so that a pool with layers opens as the same pool without them. */
export function waterfallCommands(
  { waterfall, pool }: Scenario,
  markets: readonly LabMarket[],
  openInterest: readonly number[],
): readonly Command[] {
  if (waterfall === undefined) return [];
  const total = openInterest.reduce((sum, value) => sum + value, 0);
  const asset = assetId(pool.settlementAsset);
  return [
    configuration(waterfall, { markets, openInterest, total }),
    ...waterfall.tranches.flatMap((tranche) => capitalCommands(tranche, { total, asset })),
    ...(waterfall.lossSharing === null ? [] : [lossSharingCommand(waterfall.lossSharing)]),
    ...deleveragingCommands(waterfall, markets),
  ];
}

function configuration(
  waterfall: ScenarioWaterfall,
  pool: {
    readonly markets: readonly LabMarket[];
    readonly openInterest: readonly number[];
    readonly total: number;
  },
): Command {
  const { markets, openInterest, total } = pool;
  const { windowToOpenInterest, marketToOpenInterest, adlRiskThreshold } = waterfall;
  const buffer = waterfall.bufferToOpenInterest;
  const parameters = {
    bufferMax: buffer === 0 ? money('0') : times(buffer, total),
    bufferShare: ratio(waterfall.bufferShare),
    windowMs: durationMs(waterfall.windowMs),
    windowCap: windowToOpenInterest === null ? null : times(windowToOpenInterest, total),
    marketCaps:
      marketToOpenInterest === null
        ? []
        : markets.map(({ market }, at) => {
            return { market, cap: times(marketToOpenInterest, openInterest[at]!) };
          }),
    premiumIntervalMs: durationMs(waterfall.premiumIntervalMs),
    adlRiskExponent: waterfall.adlRiskExponent,
    adlRiskThreshold: adlRiskThreshold === null ? null : ratio(adlRiskThreshold),
    tranches: waterfall.tranches.map((tranche) => ({
      tranche: tranche.tranche,
      eventMax: times(tranche.eventToCapital * tranche.capitalToOpenInterest, total),
      premiumRate: ratio(tranche.premiumRate),
      noticeMs: durationMs(tranche.noticeMs),
      exitWindowMs: durationMs(tranche.exitWindowMs),
    })),
  };
  return { type: 'ConfigureWaterfall', parameters };
}

/** Every provider has what it gives, and nothing else. */
function capitalCommands(
  { tranche, providers, capitalToOpenInterest }: ScenarioTranche,
  { total, asset }: { readonly total: number; readonly asset: ReturnType<typeof assetId> },
): Command[] {
  const part = times(capitalToOpenInterest / providers, total);
  return Array.from({ length: providers }, (_, at): Command[] => {
    const provider = accountId(`${tranche}-provider:${String(at + 1).padStart(6, '0')}`);
    const owner = provider;
    return [
      { type: 'OpenAccount', account: provider, owner, parent: null, market: null },
      { type: 'Deposit', account: provider, asset, amount: amount(formatDecimal(part)) },
      { type: 'DepositTranche', tranche, provider, amount: part },
    ];
  }).flat();
}

function lossSharingCommand({ basis, notionalShareMax }: ScenarioLossSharing): Command {
  const parameters = { basis, notionalShareMax: ratio(notionalShareMax) };
  return { type: 'ConfigureLossSharing', parameters };
}

function deleveragingCommands(
  { deleveraging }: ScenarioWaterfall,
  markets: readonly LabMarket[],
): readonly Command[] {
  if (deleveraging === undefined) return [];
  const loadings = deleveraging.loadings.flatMap(({ coin, loadingToPrice }) => {
    const found = markets.find((market) => market.coin === coin);
    if (found === undefined) return [];
    const loading = price(significant(loadingToPrice * approximate(found.startPrice)));
    return [{ market: found.market, loading }];
  });
  // Of coins that are all left out there is nothing to protect.
  if (loadings.length === 0) return [];
  return [{ type: 'ConfigureDeleveraging', parameters: { hedges: deleveraging.hedges, loadings } }];
}
