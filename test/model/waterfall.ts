/**
 * The terms of the layers beside the insurance fund, and the premiums of tranches. See
 * docs/spec/waterfall.md.
 * @module
 */
import { areDistinct, isFraction } from './configuration.ts';
import { floorDiv, ONE, smaller } from './integers.ts';
import {
  type Answer,
  findMarket,
  type Layers,
  type Ledger,
  type ModelCommandOf,
  type ModelEvent,
  type Tranche,
  type Waterfall,
  type Window,
} from './ledger.ts';
import { isDuration, isModerate } from './limits.ts';
import { countedIn, withMore } from './window.ts';

const TRANCHES_MOST = 64;
const PREMIUM_INTERVAL_LEAST = 1_000;
const EXPONENT_MOST = 4;
const THRESHOLD_MOST = 1_000_000n * ONE;
const PREMIUM_RATE_MOST = 10n * ONE;
const YEAR_MS = 365n * 24n * 3_600_000n;
const STRETCH_MS_MOST = 100n * YEAR_MS;

const isCap = (value: bigint): boolean => value >= 0n && isModerate(value);

function isSound(terms: Layers): boolean {
  const { windowCap, marketCaps, adlRiskThreshold, tranches } = terms;
  return (
    isCap(terms.bufferMax) &&
    isFraction(terms.bufferShare) &&
    isDuration(terms.windowMs) &&
    (windowCap === null || isCap(windowCap)) &&
    areDistinct(marketCaps.map(({ market }) => market)) &&
    marketCaps.every(({ cap }) => isCap(cap)) &&
    terms.premiumIntervalMs >= PREMIUM_INTERVAL_LEAST &&
    isDuration(terms.premiumIntervalMs) &&
    terms.adlRiskExponent >= 0 &&
    terms.adlRiskExponent <= EXPONENT_MOST &&
    (adlRiskThreshold === null || (adlRiskThreshold >= 0n && adlRiskThreshold <= THRESHOLD_MOST)) &&
    tranches.length <= TRANCHES_MOST &&
    areDistinct(tranches.map(({ tranche }) => tranche)) &&
    tranches.every(
      ({ eventMax, premiumRate, noticeMs, exitWindowMs }) =>
        eventMax > 0n &&
        isModerate(eventMax) &&
        premiumRate >= 0n &&
        premiumRate <= PREMIUM_RATE_MOST &&
        (noticeMs === 0 || isDuration(noticeMs)) &&
        isDuration(exitWindowMs),
    )
  );
}

export function configureWaterfall(
  ledger: Ledger,
  { parameters }: ModelCommandOf<'ConfigureWaterfall'>,
  time: number,
): Answer {
  if (!isSound(parameters)) return 'INVALID_PARAMETER';
  const { marketCaps, tranches } = parameters;
  if (marketCaps.some(({ market }) => findMarket(ledger, market) === undefined)) {
    return 'MARKET_UNKNOWN';
  }
  const before = ledger.waterfall;
  const leaving = (before?.tranches ?? []).filter(({ tranche }) =>
    tranches.every((terms) => terms.tranche !== tranche),
  );
  const needed = ({ tranche, capital }: Tranche): boolean =>
    capital > 0n || mayBeRepaid(ledger, tranche);
  if (leaving.some(needed)) return 'TRANCHE_IN_USE';
  const premiums = (before?.tranches ?? []).flatMap((tranche) =>
    payPremiumOf(ledger, tranche, { capital: tranche.capital, time }),
  );
  ledger.waterfall = {
    parameters,
    buffer: before?.buffer ?? 0n,
    window: [],
    marketWindows: [],
    ...(before === null ? {} : carriedOver(before, { to: parameters.windowMs, time })),
    tranches: tranches.map(
      ({ tranche }): Tranche =>
        before?.tranches.find((entry) => entry.tranche === tranche) ?? {
          tranche,
          capital: 0n,
          providers: [],
          premiumMs: time,
        },
    ),
  };
  return [...premiums, { type: 'WaterfallConfigured', parameters }];
}

/** What the windows count under the new terms. */
function carriedOver(
  { parameters, window, marketWindows }: Waterfall,
  { to, time }: { to: number; time: number },
): Pick<Waterfall, 'window' | 'marketWindows'> {
  const from = parameters.windowMs;
  if (from === to) return { window, marketWindows };
  const moved = (was: Window): Window => {
    const notional = countedIn(was, { windowMs: from, time });
    return notional === 0n ? [] : withMore([], { windowMs: to, notional, time });
  };
  return {
    window: moved(window),
    marketWindows: marketWindows.map((entry) => ({ ...entry, window: moved(entry.window) })),
  };
}

export const termsOf = (
  { parameters }: Waterfall,
  { tranche }: Pick<Tranche, 'tranche'>,
): Layers['tranches'][number] => parameters.tranches.find((entry) => entry.tranche === tranche)!;

export const findTranche = (ledger: Ledger, id: string): Tranche | undefined =>
  ledger.waterfall?.tranches.find(({ tranche }) => tranche === id);

/** What comes back at the end of a running liquidation belongs to those who paid. */
export const mayBeRepaid = (ledger: Ledger, id: string): boolean =>
  ledger.liquidations.some(({ cover }) =>
    cover.tranches.some(({ tranche, paid }) => tranche === id && paid > 0n),
  );

/**
 * The premium up to a moment on the capital that stood until then, out of what the fund has. What
 * it has not is not owed: from that moment on the next one accrues.
 */
export function payPremiumOf(
  ledger: Ledger,
  tranche: Tranche,
  { capital, time }: { capital: bigint; time: number },
): ModelEvent[] {
  const fromMs = tranche.premiumMs;
  tranche.premiumMs = time;
  if (capital === 0n || time <= fromMs) return [];
  const { premiumRate } = termsOf(ledger.waterfall!, tranche);
  const elapsed = BigInt(time - fromMs);
  const stretch = smaller(elapsed, STRETCH_MS_MOST);
  const earned = floorDiv(capital * premiumRate * stretch, ONE * YEAR_MS);
  const amount = smaller(earned, ledger.insuranceFund);
  ledger.insuranceFund -= amount;
  tranche.capital += amount;
  return [{ type: 'PremiumPaid', tranche: tranche.tranche, fromMs, untilMs: time, amount }];
}

/** An interval has passed by the pool's time, and there is something to pay for. */
export function isPremiumDue(ledger: Ledger, tranche: Tranche): boolean {
  const { premiumRate } = termsOf(ledger.waterfall!, tranche);
  const { premiumIntervalMs } = ledger.waterfall!.parameters;
  const passed = ledger.time - tranche.premiumMs >= premiumIntervalMs;
  return tranche.capital > 0n && premiumRate > 0n && passed;
}

export function payPremium(
  ledger: Ledger,
  command: ModelCommandOf<'PayPremium'>,
  time: number,
): Answer {
  const tranche = findTranche(ledger, command.tranche);
  if (tranche === undefined) return 'TRANCHE_UNKNOWN';
  if (!isPremiumDue(ledger, tranche)) return 'PREMIUM_NOT_DUE';
  return payPremiumOf(ledger, tranche, { capital: tranche.capital, time });
}
