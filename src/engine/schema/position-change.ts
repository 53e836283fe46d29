/** What a trade, a takeover or a settlement does to one account. @module */
import { exactSum, type Infer, record } from './codec.ts';
import { account, money, size } from './fields.ts';

/** What one account's position change did to its ledger. */
export const PositionChange = record({
  account,
  /** Signed change of size. */
  sizeDelta: size,
  /** Change of the position's entry value. */
  entryValueDelta: money,
  /** Profit realized by the part that reduced the position. */
  realizedPnl: money,
  /** Funding settled on the way, + received. */
  fundingPayment: money,
  /** The same funding before rounding, in units of 1e-36. */
  fundingExact: exactSum,
  fee: money,
});
export type PositionChange = Infer<typeof PositionChange>;
