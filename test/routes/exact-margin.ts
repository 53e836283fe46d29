/** What accounts must have and what stands against it, in plain whole numbers. @module */
import type { PoolView } from '../../src/engine/index.ts';
import type { AccountId } from '../../src/units/index.ts';
import { exactEquity, exactValue } from './vault-witness.ts';

export const UNIT = 10n ** 18n;
/** Units of 1e-54: an amount times an index times a price. */
export const FINE = 10n ** 36n;

export const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** The smallest whole number whose square is no less. */
function rootUp(value: bigint): bigint {
  if (value < 2n) return value;
  let low = 0n;
  let high = value;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle * middle >= value) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** min(1 − haircut, 1.1/(1 + c·√amount)), as docs/spec/engine.md rounds it. */
function weightOf(state: PoolView, asset: number, amount: bigint): bigint {
  const { collateralHaircut, concentrationFactor } = state.assets[asset]!.parameters;
  const plain = UNIT - collateralHaircut;
  if (concentrationFactor === null) return plain;
  const raised = (concentrationFactor * rootUp(amount * UNIT) + UNIT - 1n) / UNIT;
  const scaled = (11n * UNIT * UNIT) / (10n * (UNIT + raised));
  return scaled < plain ? scaled : plain;
}

/** Tenth of the notional initially, a twentieth to be maintained, in every market; 1e-54. */
export function exactMargin(state: PoolView, id: AccountId) {
  const account = state.accounts[state.numbers.accounts.get(id)!]!;
  let notional = 0n;
  for (const { market, size } of account.positions) {
    notional += magnitude(exactValue(state, market, size));
  }
  const held = new Map<number, bigint>();
  const hold = (asset: number, amount: bigint): void => {
    held.set(asset, (held.get(asset) ?? 0n) + amount);
  };
  for (const { asset, amount } of account.collaterals) hold(asset, amount);
  for (const { desk, shares } of account.supplies) {
    const { asset, supplyIndex } = state.desks[desk]!;
    if (asset !== null) hold(asset, (shares * supplyIndex) / UNIT);
  }
  const equity = exactEquity(state, id);
  let [weighted, initialEquity] = [equity, equity];
  for (const [asset, amount] of held) {
    const price = state.indexes[state.assets[asset]!.index]!.price ?? 0n;
    const weight = weightOf(state, asset, amount);
    const desk = state.desks.find((each) => each.asset === asset);
    const lent = desk?.parameters.loanToValue ?? UNIT;
    weighted -= amount * price * (UNIT - weight);
    initialEquity -= amount * price * (UNIT - (lent < weight ? lent : weight));
  }
  return { weighted, initialEquity, maintenance: notional / 20n, initial: notional / 10n };
}
