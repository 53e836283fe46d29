/**
 * How positions in other markets count when somebody is deleveraged: what each market moves by with
 * a common factor, and whether a position that hedges others is left alone.
 * @module
 */
import { type Infer, list, oneOf, record, variant } from './codec.ts';
import { liquidation, market, money, price, size } from './fields.ts';

export const hedgePolicy = oneOf('ignore', 'protect');

export const DeleveragingParameters = record({
  hedges: hedgePolicy,
  /**
   * What a unit of a linear market moves by with the factor; markets without stand alone. All are
   * positive: a market that moves against the others has no place in the list.
   */
  loadings: list(record({ market, loading: price })),
});
export type DeleveragingParameters = Infer<typeof DeleveragingParameters>;

export const DELEVERAGING_COMMANDS = {
  ConfigureDeleveraging: variant(120, { parameters: DeleveragingParameters }),
};

export const DELEVERAGING_EVENTS = {
  DeleveragingConfigured: variant(120, { parameters: DeleveragingParameters }),
  /**
   * Nobody can close a lot within the protection of hedges: what follows closes beyond it. The
   * terms by which that was judged are those of the whole that is still to be closed.
   */
  HedgesOverridden: variant(415, {
    liquidation,
    market,
    factorLoading: price,
    /** What all together could close of it, were no hedge protected. */
    quantity: size,
    /** What that would cost the counterparties against the mark. */
    gap: money,
  }),
};
