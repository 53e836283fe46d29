/**
 * Selling an account's collateral to the house account. See docs/spec/engine.md, section
 * "Liquidation".
 * @module
 */
import { ceilDiv, floorDiv, larger, ONE, smaller } from './integers.ts';
import {
  type Account,
  amountOf,
  findAccount,
  type Ledger,
  type Liquidation,
  type ModelEvent,
  type ModelEventOf,
  setAmount,
} from './ledger.ts';
import { assetPrice, collateralWeight } from './margin.ts';

type Conversion = Omit<ModelEventOf<'CollateralConverted'>, 'type' | 'liquidation' | 'account'>;

/** What the house account would buy next; null where it cannot, or nothing is held. */
export function conversionOf(
  ledger: Ledger,
  account: Account,
  coverPaid: bigint,
): Conversion | null {
  const holding = account.collaterals[0];
  const id = ledger.pool!.collateralBuyer;
  const buyer = id === null ? undefined : findAccount(ledger, id);
  if (holding === undefined || buyer === undefined || buyer === account) return null;
  if (buyer.liquidation !== null || buyer.balance < 0n) return null;
  const indexPrice = assetPrice(ledger, holding.asset);
  const weight = collateralWeight(ledger, holding.asset, holding.amount);
  // Without positions the account sells what its debt needs, else all that it holds.
  const need = account.positions.length === 0 ? coverPaid - account.balance : null;
  if (need !== null && need <= 0n) return null;
  const unitValue = floorDiv(indexPrice * weight, ONE);
  let amount = holding.amount;
  if (indexPrice > 0n) amount = smaller(amount, floorDiv(buyer.balance * ONE, indexPrice));
  const sold = unitValue > 0n ? unitValue : indexPrice;
  if (need !== null && sold > 0n) amount = smaller(amount, ceilDiv(need * ONE, sold));
  if (amount === 0n) return null;
  const full = floorDiv(amount * indexPrice, ONE);
  const weighted = floorDiv(amount * indexPrice * weight, ONE * ONE);
  const proceeds = need === null ? full : smaller(full, larger(need, weighted));
  if (proceeds === 0n && amount < holding.amount) return null;
  return { buyer: buyer.id, asset: holding.asset, amount, indexPrice, weight, proceeds };
}

export function convert(
  ledger: Ledger,
  { liquidation, coverPaid }: Liquidation,
  account: Account,
): ModelEvent {
  const conversion = conversionOf(ledger, account, coverPaid)!;
  const { asset, amount, proceeds } = conversion;
  const buyer = findAccount(ledger, conversion.buyer)!;
  setAmount(ledger, account, asset, amountOf(account, asset) - amount);
  setAmount(ledger, buyer, asset, amountOf(buyer, asset) + amount);
  account.balance += proceeds;
  buyer.balance -= proceeds;
  return { type: 'CollateralConverted', liquidation, account: account.id, ...conversion };
}
