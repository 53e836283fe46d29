/**
 * What a unit of value counts for when it is held or owed in size.
 * @module
 */
import { collateralWeight, liabilityWeight } from 'plimsoll/risk';
import { answer, calc, shown } from './calc-definition.ts';
import { amount, ratio } from './quantity.ts';
import { optional, record } from './shape.ts';

export const collateralWeightCalc = calc({
  name: 'collateral-weight',
  summary: "Share of a collateral asset's value that counts towards margin equity.",
  source: 'Drift v2, asset weight of spot markets',
  input: record('', {
    haircut: ratio('Collateral haircut', { atLeast: '0', atMost: '1' }),
    concentrationFactor: optional(ratio('c of 1.1 / (1 + c · √amount)', { atLeast: '0' })),
    amount: amount('Units held', { atLeast: '0' }),
  }),
  outputs: { weight: 'ratio' },
  compute: ({ concentrationFactor: factor, ...rest }) =>
    answer({
      weight: shown(
        collateralWeight({ ...rest, concentration: factor === null ? null : { factor } }),
      ),
    }),
});

export const liabilityWeightCalc = calc({
  name: 'liability-weight',
  summary: "Factor by which a debt's value counts against margin equity.",
  source: 'Drift v2, liability weight of spot markets',
  input: record('', {
    baseWeight: ratio('Weight of a small debt', { atLeast: '1' }),
    concentrationFactor: optional(ratio('c of 0.8 · baseWeight + c · √amount', { atLeast: '0' })),
    amount: amount('Units owed', { atLeast: '0' }),
  }),
  outputs: { weight: 'ratio' },
  compute: ({ concentrationFactor: factor, ...rest }) =>
    answer({
      weight: shown(
        liabilityWeight({ ...rest, concentration: factor === null ? null : { factor } }),
      ),
    }),
});
