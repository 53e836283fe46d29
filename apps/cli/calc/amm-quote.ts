/**
 * What the pool of the protocol pays or asks for a close-out.
 * @module
 */
import { type AmmPool, type AmmQuoteInput, ammQuote } from 'plimsoll/risk';
import { type Price, rawOf, type Size } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { isMoneyInRange, MONEY_IN_RANGE, money, price, ratio, size } from './quantity.ts';
import { oneOf, refused, variants } from './shape.ts';

const ONE = 10n ** 18n;

const orderFields = {
  markPrice: price('Mark price', { above: '0' }),
  inventory: size('What the pool holds: + long, − short'),
  inventoryMax: size('Most it may hold on either side', { atLeast: '0' }),
  impactMax: ratio('Furthest that the last price may lie from the mark', {
    atLeast: '0',
    below: '1',
  }),
  side: oneOf('Side of the account that is closed', ['buy', 'sell']),
  size: size('What it wants to close', { atLeast: '0' }),
};
const depth = money('Money on either side of a pool without inventory', { above: '0' });

const isInRange = (held: Size, at: Price): boolean =>
  isMoneyInRange((rawOf(held) * rawOf(at)) / ONE);

function quoted(pool: AmmPool, order: Omit<AmmQuoteInput, 'pool'>): CalcOutcome {
  for (const field of ['size', 'inventory'] as const) {
    if (!isInRange(order[field], order.markPrice)) {
      return refused(field, `expected ${field} · markPrice of ${MONEY_IN_RANGE}`);
    }
  }
  const { bound, ...result } = ammQuote({ ...order, pool });
  return answer({
    size: shown(result.size),
    quote: shown(result.quote),
    averagePrice: shown(result.averagePrice),
    marginalPrice: shown(result.marginalPrice),
    inventoryAfter: shown(result.inventoryAfter),
    bound,
  });
}

export const ammQuoteCalc = calc({
  name: 'amm-quote',
  summary: "What the protocol's own pool takes of a close-out, and at what quote.",
  source:
    'Uniswap v2 (constant-product), Uniswap v3 (concentrated), with virtual reserves around the ' +
    'mark as in Perpetual Protocol and Drift v2; bounds Plimsoll',
  input: variants('Curve of the pool', {
    standard: 'constant-product',
    cases: {
      'constant-product': { depth, ...orderFields },
      concentrated: {
        depth: { ...depth, meaning: `${depth.meaning}, within the band` },
        band: ratio('The pool deals from mark · (1 − band) to mark / (1 − band)', {
          above: '0',
          below: '1',
        }),
        ...orderFields,
      },
    },
  }),
  outputs: {
    size: 'size, at most what is wanted',
    quote: 'money, received (sell) or paid (buy)',
    averagePrice: 'price | null for nothing',
    marginalPrice: 'price of the next unit | null where there is none',
    inventoryAfter: 'size',
    bound: '"none" | "impact" | "inventory"',
  },
  compute: (given) => {
    if (given.variant === 'constant-product') {
      const { depth: full, ...order } = given.input;
      return quoted({ curve: 'constant-product', depth: full }, order);
    }
    const { depth: within, band, ...order } = given.input;
    return quoted({ curve: 'concentrated', depth: within, band }, order);
  },
});
