export { type LightsAt, type LightsOptions, lightsAt } from './lights-at.ts';
export { type LiquidationEntry, liquidationsOf } from './liquidations-of.ts';
export { bearersOf, type LossBearer, type LossRow } from './loss-rows.ts';
export { addLoss, giniMean, type LossTotals, noLosses } from './loss-totals.ts';
export {
  type Deleveraging,
  type LossEntry,
  type LossesOptions,
  lossesOf,
} from './losses-of.ts';
export { type Receipt, receiptHash, receiptOfFacts, receiptText } from './receipt.ts';
export { RECEIPT_VERSION, ReceiptFacts } from './receipt-facts.ts';
export { toldSteps } from './receipt-statement.ts';
export { type ReceiptFilter, type ReceiptsOptions, receiptsOf } from './receipts-of.ts';
export type { Told } from './taken-as-told.ts';
export {
  type JournalCheck,
  type ReceiptVerification,
  verifyReceipt,
  verifyReceiptWith,
} from './verify-receipt.ts';
