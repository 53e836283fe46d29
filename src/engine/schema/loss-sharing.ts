/**
 * Who bears a loss that every layer of the waterfall left over: profits in proportion, or all
 * open interest of the market that it came from, by an index per unit of size.
 * @module
 */
import { type Infer, oneOf, record, variant } from './codec.ts';
import { account, fundingIndex, liquidation, market, money, price, ratio, size } from './fields.ts';

export const lossBasis = oneOf('profits', 'open-interest');

export const LossSharingParameters = record({
  basis: lossBasis,
  /** Most of the notional of the open interest, at the mark, that one loss takes. */
  notionalShareMax: ratio,
});
export type LossSharingParameters = Infer<typeof LossSharingParameters>;

export const LOSS_SHARING_COMMANDS = {
  ConfigureLossSharing: variant(118, { parameters: LossSharingParameters }),
};

export const LOSS_SHARING_EVENTS = {
  LossSharingConfigured: variant(118, { parameters: LossSharingParameters }),
  /** Every position of the market owes its part from now on, and pays it when it is touched. */
  LossSpread: variant(496, {
    liquidation,
    /** Which is relieved of so much. */
    account,
    market,
    amount: money,
    /** Σ |size| of all positions. */
    openInterest: size,
    markPrice: price,
    lossIndexBefore: fundingIndex,
    lossIndexAfter: fundingIndex,
  }),
};
