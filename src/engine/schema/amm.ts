/** The protocol's own market maker in a market: its terms, and what it deals in. @module */
import { type Infer, nullable, record, variant } from './codec.ts';
import { account, ammCurve, liquidation, market, money, price, ratio, size } from './fields.ts';
import { PositionChange } from './position-change.ts';

/** Takes the other side of close-outs, near the mark and up to what it may hold. */
export const AmmParameters = record({
  market,
  /** House account that holds its capital and its inventory. */
  account,
  curve: ammCurve,
  /** Money on either side of the mark while it holds nothing. */
  depth: money,
  /** Where the depth of a concentrated curve lies, as a fraction of the mark; else null. */
  band: nullable(ratio),
  /** Furthest that the price of the last contract may lie from the mark. */
  impactMax: ratio,
  /** Most that its position may be worth at the mark, on either side; 0: it only gets rid of it. */
  inventoryMax: money,
  /** Charged on the notional at the mark; it belongs to the account. */
  feeFraction: ratio,
});
export type AmmParameters = Infer<typeof AmmParameters>;

/** What it dealt in, and at what price. */
const DEAL = {
  amm: account,
  markPrice: price,
  /** Signed change of whoever deals with it. */
  size,
  /** By the curve, without the fee: received by whoever sells, paid by whoever buys. */
  quote: money,
  fee: money,
  /** Of the next contract on that side; null where there is none to be had. */
  marginalPriceBefore: nullable(price),
  marginalPriceAfter: nullable(price),
};

export const AMM_COMMANDS = {
  ConfigureAmm: variant(113, { parameters: AmmParameters }),
  /** Trades with it, at the limit or better. */
  TradeWithAmm: variant(241, {
    account,
    market,
    /** Signed: + buys, − sells. */
    size,
    /** Worst price per contract, fee included. */
    limitPrice: price,
  }),
};

export const AMM_EVENTS = {
  AmmConfigured: variant(113, { parameters: AmmParameters }),
  TradedWithAmm: variant(241, { market, ...DEAL, trader: PositionChange, taker: PositionChange }),
  /** It took a part of a position of an account in liquidation. */
  ClosedByAmm: variant(471, {
    liquidation,
    account,
    market,
    ...DEAL,
    /** Penalty per unit of notional. */
    penaltyFraction: ratio,
    marginEquity: money,
    maintenanceMargin: money,
    liquidated: PositionChange,
    taker: PositionChange,
  }),
};
