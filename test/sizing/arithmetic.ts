/**
 * The arithmetic of closing once more, on plain integers in units of 1e-18: written from the
 * rules, for checking answers against.
 * @module
 */

export const ONE = 10n ** 18n;

/** For a divisor above 0. */
export const floor = (n: bigint, d: bigint): bigint =>
  n >= 0n || n % d === 0n ? n / d : n / d - 1n;
export const ceil = (n: bigint, d: bigint): bigint => -floor(-n, d);
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export type Tier = { readonly floor: bigint; readonly fraction: bigint };

/** Slice by slice of the notional, rounded up once. */
export function requirement(tiers: readonly Tier[], notional: bigint): bigint {
  let exact = 0n;
  for (let at = 0; at < tiers.length; at += 1) {
    const tier = tiers[at]!;
    if (notional <= tier.floor) break;
    const next = tiers[at + 1];
    const top = next === undefined ? notional : smaller(notional, next.floor);
    exact += (top - tier.floor) * tier.fraction;
  }
  return ceil(exact, ONE);
}

export type Impact = {
  readonly model: 'square-root' | 'linear';
  readonly coefficient: bigint;
  readonly volatility: bigint;
  readonly volume: bigint;
};

/** ⌈√n⌉, from a floating-point guess that is corrected exactly. */
export function rootUp(n: bigint): bigint {
  if (n < 2n) return n;
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  for (let step = 0; step < 8; step += 1) root = (root + n / root) >> 1n;
  while (root * root >= n) root -= 1n;
  while (root * root < n) root += 1n;
  return root;
}

/** Y · σ as the model uses it. */
export const scaleOf = ({ coefficient, volatility }: Impact): bigint =>
  ceil(coefficient * volatility, ONE);

/** Cost of closing at once, rounded up at each step. */
export function impactCost(impact: Impact, notional: bigint): bigint {
  const share = ceil(notional * ONE, impact.volume);
  if (impact.model === 'linear') {
    return ceil(notional * ceil(ceil(scaleOf(impact) * share, ONE), 2n), ONE);
  }
  const peak = ceil(scaleOf(impact) * rootUp(share * ONE), ONE);
  return ceil(notional * ceil(2n * peak, 3n), ONE);
}

/** What rounding an impact may amount to: a unit of the share under the root, and a few more. */
export function impactNoise(impact: Impact, notional: bigint): bigint {
  const share = floor(notional * ONE, impact.volume);
  const root = rootUp(share * ONE) + 1n;
  const unit = impact.model === 'linear' ? 2n : ONE / root + 2n;
  return (notional * (4n + (2n * scaleOf(impact) * unit) / ONE)) / ONE + 4n;
}
