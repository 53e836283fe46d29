/**
 * One position: `closeOutSize` with and without an impact on the market, in lots and in units.
 * @module
 */
import type { CloseOutSizeInput } from '../../src/risk/index.ts';
import { fromRaw, type Money, type Ratio, rawOf } from '../../src/units/index.ts';
import type { Random } from '../model/random.ts';
import { type Impact, impactCost, impactNoise, ONE, requirement, type Tier } from './arithmetic.ts';
import type { Subject } from './subject.ts';
import { check, type Tally } from './tally.ts';

export type SizeCase = {
  readonly equity: bigint;
  readonly notional: bigint;
  readonly tiers: readonly Tier[];
  readonly target: bigint;
  readonly penalty: bigint;
  readonly slippage: bigint;
  readonly others: bigint;
  readonly lot: bigint | null;
  readonly impact: Impact | null;
};

/** 10 to a power between two, all digits in use. */
export function magnitude(random: Random, low: number, high: number): bigint {
  const scale = 10 ** random.between(low, high - 1);
  return random.quantity(scale, 10 * scale);
}

export function drawnTiers(random: Random, top: bigint): Tier[] {
  const tiers: Tier[] = [{ floor: 0n, fraction: random.quantity(0.004, 0.05) }];
  for (let more = random.below(4); more > 0; more -= 1) {
    const { floor, fraction } = tiers.at(-1)!;
    const step = 1n + (top * BigInt(random.between(1, 500))) / 1000n;
    const steeper = random.chance(10) ? 0n : random.quantity(0, 0.05);
    tiers.push({ floor: floor + step, fraction: fraction + steeper });
  }
  return tiers;
}

export const drawnImpact = (random: Random, notional: bigint): Impact => ({
  model: random.pick(['square-root', 'linear']),
  coefficient: random.quantity(0.3, 2),
  volatility: random.quantity(0.005, 0.1),
  volume: 1n + notional * 10n ** BigInt(random.below(4)),
});

export function sizeCase(random: Random): SizeCase {
  const notional = magnitude(random, 1, 7);
  const tiers = drawnTiers(random, notional);
  const others = random.chance(30) ? magnitude(random, 0, 4) : 0n;
  const target = random.quantity(1, 1.5);
  const required = ((requirement(tiers, notional) + others) * target) / ONE;
  return {
    equity: (required * random.quantity(random.chance(20) ? -0.05 : 0.5, 1.05)) / ONE,
    notional,
    tiers,
    target,
    penalty: random.chance(20) ? 0n : random.quantity(0, 0.01),
    slippage: random.chance(20) ? 0n : random.quantity(0, 0.02),
    others,
    lot: random.chance(50) ? magnitude(random, -2, 3) : null,
    impact: random.chance(60) ? drawnImpact(random, notional) : null,
  };
}

export const tiersInput = (tiers: readonly Tier[]) =>
  tiers.map(({ floor, fraction }) => ({
    notionalFloor: fromRaw<Money>(floor),
    maintenanceMarginFraction: fromRaw<Ratio>(fraction),
  }));

export const impactInput = ({ model, coefficient, volatility, volume }: Impact) => ({
  model,
  coefficient: fromRaw<Ratio>(coefficient),
  volatility: fromRaw<Ratio>(volatility),
  volume: fromRaw<Money>(volume),
});

const sizeInput = (given: SizeCase): CloseOutSizeInput => ({
  marginEquity: fromRaw<Money>(given.equity),
  notional: fromRaw<Money>(given.notional),
  tiers: tiersInput(given.tiers),
  targetRatio: fromRaw<Ratio>(given.target),
  penaltyFraction: fromRaw<Ratio>(given.penalty),
  slippageFraction: fromRaw<Ratio>(given.slippage),
  otherMaintenanceMargin: fromRaw<Money>(given.others),
  lotNotional: given.lot === null ? null : fromRaw<Money>(given.lot),
  impact: given.impact === null ? null : impactInput(given.impact),
});

/** G(x) in units of 1e-36. */
function surplus(given: SizeCase, closed: bigint): bigint {
  const { equity, penalty, slippage, target, others, tiers, notional, impact } = given;
  const moved = impact === null ? 0n : impactCost(impact, closed) * ONE;
  const left = requirement(tiers, notional - closed);
  return equity * ONE - (penalty + slippage) * closed - moved - target * (others + left);
}

/** The largest admissible size below another one: whole lots that leave a lot, or none. */
function nextBelow({ notional, lot }: SizeCase, closed: bigint): bigint {
  const step = lot ?? 1n;
  const below = closed === notional ? notional - step : closed - 1n;
  return below <= 0n ? 0n : (below / step) * step;
}

/** Closing frees clearly more or clearly less than it costs, in every tier. */
const isClear = ({ tiers, target, penalty, slippage }: SizeCase): boolean =>
  tiers.every(({ fraction }) => {
    const freed = target * fraction;
    const gap = freed - (penalty + slippage) * ONE;
    return (gap < 0n ? -gap : gap) * 40n > freed;
  });

/** Surplus that rounding may hide, in units of 1e-36. */
const noiseOf = ({ target, impact, notional }: SizeCase): bigint =>
  2n * target + (impact === null ? 0n : impactNoise(impact, notional) * ONE);

export function checkSize(subject: Subject, tally: Tally, given: SizeCase, random: Random): void {
  const { notional, lot, impact } = given;
  const result = subject.closeOutSize(sizeInput(given));
  const closed = rawOf(result.closeOutNotional);
  const detail = (): string => `closed ${closed}, takeover ${result.wholeTakeover}`;
  const holds = (property: string, condition: boolean): void =>
    check(tally, `size: ${property}`, { holds: condition, detail });
  holds('within the position', closed >= 0n && closed <= notional);
  if (result.wholeTakeover) {
    holds('a takeover takes everything', closed === notional);
    const step = lot ?? 1n;
    const some = ((notional * BigInt(random.below(1000))) / 1000n / step) * step;
    for (const size of [0n, some, notional]) {
      if (!isClear(given) && impact === null) continue;
      if (lot !== null && size !== notional && !isWhole(given, size)) continue;
      holds('a takeover only where nothing restores', surplus(given, size) < noiseOf(given));
    }
    return;
  }
  holds('what is closed restores', surplus(given, closed) >= 0n);
  if (closed === 0n) return;
  const whole = closed === notional;
  holds('whole lots that leave nothing or a lot', whole || lot === null || isWhole(given, closed));
  if (impact === null && !isClear(given)) return;
  holds('one unit or lot less does not', surplus(given, nextBelow(given, closed)) < 0n);
  const part = (closed * BigInt(random.below(1000))) / 1000n;
  const fewer = lot === null ? part : (part / lot) * lot;
  if (lot !== null && !isWhole(given, fewer)) return;
  holds('nothing smaller does', surplus(given, fewer) < (impact === null ? 0n : noiseOf(given)));
}

const isWhole = ({ notional, lot }: SizeCase, closed: bigint): boolean =>
  closed % lot! === 0n && notional - closed >= lot!;
