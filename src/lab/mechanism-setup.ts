/**
 * The commands that open a scenario's ways out: the ladder and the terms of each way, the
 * accounts of the house and of the keepers, and their capital.
 * @module
 */
import type { Command } from '../engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  approximate,
  assetId,
  durationMs,
  formatDecimal,
  type Money,
  money,
  ratio,
} from '../units/index.ts';
import { keeperAccounts } from './keepers/keeper.ts';
import type { MechanismCapital } from './mechanism-capital.ts';
import type { LabMarket } from './pool-setup.ts';
import { dailyVolumeOf } from './pool-terms.ts';
import type { Scenario } from './scenario.ts';
import type {
  ScenarioAmm,
  ScenarioAuctions,
  ScenarioDirect,
  ScenarioMechanisms,
  ScenarioVault,
} from './scenario-mechanisms.ts';

/** The house account of the pool's own market makers. */
export const AMM_ACCOUNT: AccountId = accountId('house:amm');
export const VAULT_ACCOUNT: AccountId = accountId('house:vault');
const VAULT_PROVIDER: AccountId = accountId('vault-provider:000001');

const capitalOf = (multiple: number, openInterest: number): Money =>
  money(Math.max(0.01, multiple * openInterest).toFixed(2));

/** Capital of the house and of every keeper; none where the scenario has no mechanisms. */
export function mechanismCapital(scenario: Scenario, openInterest: number): MechanismCapital {
  const { mechanisms } = scenario;
  const capital = new Map<AccountId, Money>();
  if (mechanisms === undefined) return capital;
  const { amm, vault, keepers } = mechanisms;
  if (amm !== null) capital.set(AMM_ACCOUNT, capitalOf(amm.capitalToOpenInterest, openInterest));
  if (vault !== null) {
    capital.set(VAULT_ACCOUNT, capitalOf(vault.capitalToOpenInterest, openInterest));
  }
  for (const { account, terms } of keeperAccounts(keepers)) {
    capital.set(account, capitalOf(terms.capitalToOpenInterest / terms.count, openInterest));
  }
  return capital;
}

/** Given last of all, so that a pool with mechanisms opens as the same pool without them. */
export function mechanismCommands(
  scenario: Scenario,
  markets: readonly LabMarket[],
  openInterest: readonly number[],
): readonly Command[] {
  const { mechanisms } = scenario;
  if (mechanisms === undefined) return [];
  const { amm, auctions, direct, vault } = mechanisms;
  const total = openInterest.reduce((sum, value) => sum + value, 0);
  const capital = mechanismCapital(scenario, total);
  const asset = assetId(scenario.pool.settlementAsset);
  const funded = [...capital].flatMap(([account, value]): Command[] => {
    // The vault's capital is its provider's: it arrives as a deposit against shares.
    const payer = account === VAULT_ACCOUNT ? VAULT_PROVIDER : account;
    const opened = [...new Set([account, payer])].map(opening);
    return [
      ...opened,
      { type: 'Deposit', account: payer, asset, amount: amount(formatDecimal(value)) },
    ];
  });
  return [
    ...funded,
    ...(auctions === null ? [] : [auctionsCommand(auctions)]),
    ...(direct === null ? [] : [directCommand(direct)]),
    ...(amm === null
      ? []
      : markets.map((market, at) => ammCommand(amm, market, openInterest[at]!))),
    ...(vault === null ? [] : vaultCommands(vault, capital.get(VAULT_ACCOUNT)!)),
    routingCommand(scenario, mechanisms),
  ];
}

const opening = (account: AccountId): Command => {
  return { type: 'OpenAccount', account, owner: account, parent: null, market: null };
};

function routingCommand(scenario: Scenario, mechanisms: ScenarioMechanisms): Command {
  const { choice, waitingDeviations, routes } = mechanisms;
  const parameters = {
    choice,
    routes: routes.map((route) => ({
      method: route.method,
      venue: null,
      feeFraction: ratio(route.feeFraction),
      concessionFraction: ratio(route.concessionFraction),
      expectedMs: durationMs(route.expectedMs),
      failureProbability: ratio(route.failureProbability),
      patienceMs: durationMs(route.patienceMs),
    })),
    dailyVolatility: ratio(scenario.defaultMarket.dailyVolatility.toFixed(6)),
    waitingDeviations: ratio(waitingDeviations),
  };
  return { type: 'ConfigureRouting', parameters };
}

function auctionsCommand(auctions: ScenarioAuctions): Command {
  const parameters = {
    ...auctions,
    startPremium: ratio(auctions.startPremium),
    endFraction: ratio(auctions.endFraction),
    durationMs: durationMs(auctions.durationMs),
    cut: ratio(auctions.cut),
    stepMs: durationMs(auctions.stepMs),
    cutoff: ratio(auctions.cutoff),
    fastMs: durationMs(auctions.fastMs),
    slowMs: durationMs(auctions.slowMs),
    tailMs: durationMs(auctions.tailMs),
    cusp: ratio(auctions.cusp),
    sliceMin: money(auctions.sliceMin),
    bufferFraction: ratio(auctions.bufferFraction),
    insolventMs: durationMs(auctions.insolventMs),
  };
  return { type: 'ConfigureAuctions', parameters };
}

function directCommand(direct: ScenarioDirect): Command {
  const parameters = {
    access: 'open' as const,
    liquidators: [],
    minBonus: ratio(direct.minBonus),
    maxBonus: ratio(direct.maxBonus),
    healthForMaxBonus: ratio(direct.healthForMaxBonus),
    coolOffMs: durationMs(direct.coolOffMs),
    takeNotionalMin: money(direct.takeNotionalMin),
    priorityWindowMs: durationMs(direct.priorityWindowMs),
    priorityExclusiveMs: durationMs(direct.priorityExclusiveMs),
    priorityMin: money(direct.priorityMin),
    priorityAccountShare: ratio(direct.priorityAccountShare),
  };
  return { type: 'ConfigureDirect', parameters };
}

function ammCommand(amm: ScenarioAmm, market: LabMarket, openInterest: number): Command {
  const volume = dailyVolumeOf(market, openInterest);
  const parameters = {
    market: market.market,
    account: AMM_ACCOUNT,
    curve: amm.curve,
    depth: capitalOf(amm.depthVolumeShare, volume),
    band: amm.band === null ? null : ratio(amm.band),
    impactMax: ratio(amm.impactMax),
    inventoryMax: capitalOf(amm.inventoryVolumeShare, volume),
    feeFraction: ratio(amm.feeFraction),
  };
  return { type: 'ConfigureAmm', parameters };
}

function vaultCommands(vault: ScenarioVault, capital: Money): Command[] {
  const times = (multiple: number): Money => capitalOf(multiple, approximate(capital));
  const parameters = {
    account: VAULT_ACCOUNT,
    accountNotionalMax: times(vault.accountToCapital),
    marketNotionalMax: times(vault.marketToCapital),
    windowMs: durationMs(vault.windowMs),
    windowNotionalMax: times(vault.windowToCapital),
    noticeMs: durationMs(vault.noticeMs),
    exitWindowMs: durationMs(vault.exitWindowMs),
    backstopFraction: ratio(vault.backstopFraction),
    depositMin: money('0.01'),
  };
  return [
    { type: 'ConfigureVault', parameters },
    { type: 'DepositVault', provider: VAULT_PROVIDER, amount: capital },
  ];
}
