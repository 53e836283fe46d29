/**
 * An account as the formulas of margin and liquidation take it: the shapes of its fields, the
 * account they make, and the search for the position that a formula is about.
 * @module
 */
import {
  type AccountCollateral,
  type AccountHealthInput,
  type AccountPosition,
  collateralWeight,
  contractNotional,
  maintenanceMargin,
} from 'plimsoll/risk';
import {
  add,
  assetId,
  isZero,
  lt,
  type Money,
  marketId,
  min,
  neg,
  ONE_RATIO,
  rawOf,
  type Size,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_RATIO,
} from 'plimsoll/units';
import { contractKind, notionalProblem } from './contract-input.ts';
import { tiers } from './margin-tiers.ts';
import { amount, isMoneyInRange, MONEY_IN_RANGE, money, price, ratio, size } from './quantity.ts';
import { checked, fallback, id, list, optional, type Reading, record, refused } from './shape.ts';

const LIST_MAX = 1000;
const ONE = 10n ** 18n;

const collateral = checked(
  record('A collateral asset', {
    asset: id('Asset other than the settlement asset; each once'),
    amount: amount('Units held', { atLeast: '0' }),
    supplied: fallback(
      amount('Units lent to a desk, which count with those held; default 0', { atLeast: '0' }),
      ZERO_AMOUNT,
    ),
    price: price('Index price in the settlement asset', { atLeast: '0' }),
    haircut: ratio('Collateral haircut', { atLeast: '0', atMost: '1' }),
    concentrationFactor: optional(
      ratio('c of the weight 1.1 / (1 + c · √units) that caps 1 − haircut', { atLeast: '0' }),
    ),
    loanToValue: optional(
      ratio('Cap of the weight where new risk is taken on', { atLeast: '0', atMost: '1' }),
    ),
  }),
  (value) => {
    const units = rawOf(value.amount) + rawOf(value.supplied);
    if (!isMoneyInRange(units)) return `expected amount + supplied of ${MONEY_IN_RANGE}`;
    const worth = (units * rawOf(value.price)) / ONE;
    return isMoneyInRange(worth) ? null : `expected units · price of ${MONEY_IN_RANGE}`;
  },
);

const debt = checked(
  record('A debt', {
    asset: id('Asset owed, the settlement asset or another; each once'),
    amount: amount('Units owed', { atLeast: '0' }),
    price: price('Index price in the settlement asset; 1 for that', { above: '0' }),
    liabilityWeight: fallback(
      ratio('Factor by which it counts against margin equity; default 1', {
        atLeast: '1',
        atMost: '10',
      }),
      ONE_RATIO,
    ),
    liabilityWeightInitial: optional(
      ratio('Factor where new risk is taken on; default liabilityWeight', {
        atLeast: '1',
        atMost: '10',
      }),
    ),
  }),
  ({ amount: owed, price: at, liabilityWeight, liabilityWeightInitial }) => {
    if (liabilityWeightInitial !== null && lt(liabilityWeightInitial, liabilityWeight)) {
      return 'expected liabilityWeightInitial of at least liabilityWeight';
    }
    // Counted ten times at most.
    return isMoneyInRange((rawOf(owed) * rawOf(at) * 10n) / ONE)
      ? null
      : `expected 10 · amount · price of ${MONEY_IN_RANGE}`;
  },
);

const position = checked(
  record('A position', {
    market: id('Market; each once'),
    kind: contractKind,
    size: size('+ long, − short; base units (linear) or quote units (inverse)'),
    entryValue: fallback(
      money('Σ of its fills: size · price (linear), −size / price (inverse); default 0'),
      ZERO_MONEY,
    ),
    markPrice: price('Mark price', { above: '0' }),
    fundingOwed: fallback(money('+ owed by the account, − owed to it; default 0'), ZERO_MONEY),
    initialMarginFraction: fallback(
      ratio('Default 0: initial margin equals maintenance margin', { atLeast: '0', atMost: '1' }),
      ZERO_RATIO,
    ),
    tiers,
  }),
  (value) => notionalProblem({ ...value, price: value.markPrice }),
);

/** The fields of an account. */
export const accountFields = {
  balance: money('Ledger amount of the settlement asset, signed; with what is lent of it'),
  collaterals: fallback(
    list('Other collateral; default none', collateral, { atMost: LIST_MAX, unique: 'asset' }),
    [],
  ),
  positions: list('Positions', position, { atMost: LIST_MAX, unique: 'market' }),
  debts: fallback(
    list('What is owed to desks; default nothing', debt, { atMost: LIST_MAX, unique: 'asset' }),
    [],
  ),
};

const accountRecord = record('', accountFields);
type AccountInput = Extract<ReturnType<typeof accountRecord.read>, { readonly ok: true }>['value'];

/** The account that the fields describe. */
export function accountOf(input: AccountInput): AccountHealthInput {
  return {
    balance: input.balance,
    collaterals: input.collaterals.map(collateralOf),
    positions: input.positions.map(
      ({ market, fundingOwed, ...rest }): AccountPosition => ({
        ...rest,
        market: marketId(market),
        fundingPayment: neg(fundingOwed),
      }),
    ),
    debts: input.debts.map(
      ({ asset, amount: owed, price: at, liabilityWeight, liabilityWeightInitial }) => ({
        asset: assetId(asset),
        amount: owed,
        price: at,
        weight: liabilityWeight,
        initialWeight: liabilityWeightInitial ?? liabilityWeight,
      }),
    ),
  };
}

/** What is held of an asset and what is lent of it are one holding: together they are as large. */
function collateralOf(collateral: AccountInput['collaterals'][number]): AccountCollateral {
  const { asset, supplied, price: at, haircut, concentrationFactor, loanToValue } = collateral;
  const units = add(collateral.amount, supplied);
  const concentration = concentrationFactor === null ? null : { factor: concentrationFactor };
  const weight = collateralWeight({ haircut, concentration, amount: units });
  const initialWeight = loanToValue === null ? weight : min(weight, loanToValue);
  return { asset: assetId(asset), amount: units, price: at, weight, initialWeight };
}

/** Field that names the position a formula is about. */
export const market = id('Market of the position, one of positions');

/** Position in a market, by index; a problem where there is none. */
export function positionOf(
  account: AccountHealthInput,
  name: string,
): Reading<{ readonly position: AccountPosition; readonly index: number }> {
  const index = account.positions.findIndex((candidate) => candidate.market === name);
  const position = account.positions[index];
  if (position !== undefined) return { ok: true, value: { position, index } };
  return refused('market', `expected a market of positions, was "${name}"`);
}

/** Position in a market with something to close; a problem where there is none. */
export function openPositionOf(
  account: AccountHealthInput,
  name: string,
): Reading<AccountPosition> {
  const held = positionOf(account, name);
  if (!held.ok) return held;
  const { position, index } = held.value;
  if (!isZero(position.size)) return { ok: true, value: position };
  return refused(`positions[${index}].size`, 'expected a size other than 0, was "0"');
}

/** Maintenance margin of a position if it had that size. */
export const marginAtSize = ({ kind, markPrice, tiers }: AccountPosition, held: Size): Money =>
  maintenanceMargin({ tiers, notional: contractNotional({ kind, size: held, price: markPrice }) });
