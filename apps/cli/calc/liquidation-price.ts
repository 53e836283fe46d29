/**
 * Mark at which an account becomes liquidatable, and how far away it is.
 * @module
 */
import { liquidationDistance, liquidationPrice } from 'plimsoll/risk';
import {
  approximate,
  divideDown,
  isQuantity,
  type Price,
  type Ratio,
  rawOf,
  sub,
} from 'plimsoll/units';
import { accountFields, accountOf, market, positionOf } from './account-input.ts';
import { answer, calc, shown } from './calc-definition.ts';
import { ratio } from './quantity.ts';
import { optional, record, refused } from './shape.ts';

const ONE = 10n ** 18n;
const SIGMA_DIGITS = 6;
const SIGMA_MAX = 1e9;

type Gap = { readonly liquidationPrice: Price; readonly markPrice: Price };

/** Null where the liquidation price is so far away that no ratio expresses it. */
function distanceOf(gap: Gap): Ratio | null {
  const apart = rawOf(sub(gap.liquidationPrice, gap.markPrice));
  const raw = divideDown((apart < 0n ? -apart : apart) * ONE, rawOf(gap.markPrice));
  return isQuantity(raw) ? liquidationDistance(gap) : null;
}

/**
 * |ln(liquidation price / mark)| / (σ · √T) to six digits; null where that has no use. A display
 * computed in floating point: nothing decides on it.
 */
function distanceSigma(gap: Gap, deviation: number): string | null {
  const relative = approximate(gap.liquidationPrice) / approximate(gap.markPrice);
  const deviations = Math.abs(Math.log(relative)) / deviation;
  if (deviations >= SIGMA_MAX) return null;
  return deviations.toFixed(SIGMA_DIGITS).replace(/\.?0+$/, '');
}

export const liquidationPriceCalc = calc({
  name: 'liquidation-price',
  summary: 'Mark of one market at which margin equity meets maintenance margin, others unchanged.',
  source: 'Plimsoll',
  input: record('', {
    ...accountFields,
    market,
    volatility: optional(ratio('σ of the market per year, for distanceSigma', { above: '0' })),
    horizonYears: optional(ratio('T in years, for distanceSigma', { above: '0' })),
  }),
  outputs: {
    liquidationPrice: 'price | null',
    distance: 'ratio | null',
    distanceSigma: 'deviations | null, a display; only with volatility and horizonYears',
  },
  compute: (input) => {
    const account = accountOf(input);
    const held = positionOf(account, input.market);
    if (!held.ok) return held;
    const { volatility, horizonYears } = input;
    if ((volatility === null) !== (horizonYears === null)) {
      const missing = volatility === null ? 'volatility' : 'horizonYears';
      return refused(missing, 'missing, expected both volatility and horizonYears, or neither');
    }
    const boundary = liquidationPrice({ account, positionIndex: held.value.index });
    const { markPrice } = held.value.position;
    const gap = boundary === null ? null : { liquidationPrice: boundary, markPrice };
    const output = {
      liquidationPrice: shown(boundary),
      distance: gap === null ? null : shown(distanceOf(gap)),
    };
    if (volatility === null || horizonYears === null) return answer(output);
    const deviation = approximate(volatility) * Math.sqrt(approximate(horizonYears));
    return answer({
      ...output,
      distanceSigma: gap === null ? null : distanceSigma(gap, deviation),
    });
  },
});
