/**
 * A book of finite depth as a curve. With imbalance D (money bought less money sold that the book
 * has not refilled yet) the mid price stands at
 *
 *     mid = reference · (1 + f(D)),   f(D) = sign(D) · c · √|D|,   c = Y · σ / √V
 *
 * and an order walks along it: the average price of moving from D to D' is the mean of f between
 * them. Y is the impact coefficient, σ the volatility of a day and V its volume.
 * @module
 */

/** c for a market: the peak impact of trading one unit of money. */
export const curveSteepness = (input: {
  readonly coefficient: number;
  readonly dailyVolatility: number;
  readonly dailyVolume: number;
}): number => (input.coefficient * input.dailyVolatility) / Math.sqrt(input.dailyVolume);

/** f(D): relative distance of the mid from the reference. */
export const displacement = (imbalance: number, steepness: number): number =>
  Math.sign(imbalance) * steepness * Math.sqrt(Math.abs(imbalance));

/** Mean of f between two imbalances. */
export function meanDisplacement(from: number, to: number, steepness: number): number {
  if (from === to) return displacement(from, steepness);
  const primitive = (imbalance: number): number => {
    const magnitude = Math.abs(imbalance);
    return (2 / 3) * steepness * magnitude * Math.sqrt(magnitude);
  };
  return (primitive(to) - primitive(from)) / (to - from);
}

/** The imbalance at which f reaches a level: how far a limit lets an order walk. */
export function imbalanceAt(level: number, steepness: number): number {
  const root = level / steepness;
  return Math.sign(level) * root * root;
}
