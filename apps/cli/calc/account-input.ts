/**
 * An account as the formulas of margin and liquidation take it: the shapes of its fields, the
 * account they make, and the search for the position that a formula is about.
 * @module
 */
import {
  type AccountCollateral,
  type AccountHealthInput,
  type AccountPosition,
  type ContractKind,
  collateralWeight,
  contractNotional,
  maintenanceMargin,
} from 'plimsoll/risk';
import {
  assetId,
  isZero,
  type Money,
  marketId,
  neg,
  type Price,
  rawOf,
  type Size,
  ZERO_MONEY,
  ZERO_RATIO,
} from 'plimsoll/units';
import { tiers } from './margin-tiers.ts';
import { amount, isMoneyInRange, MONEY_IN_RANGE, money, price, ratio, size } from './quantity.ts';
import {
  checked,
  fallback,
  id,
  list,
  oneOf,
  optional,
  type Reading,
  record,
  refused,
  type Shape,
} from './shape.ts';

const LIST_MAX = 1000;
const ONE = 10n ** 18n;

export const contractKind: Shape<ContractKind> = fallback(
  oneOf('Default "linear"; "inverse": size in quote units, money in the base coin', [
    'linear',
    'inverse',
  ]),
  'linear',
);

/** What is wrong with the value of so many contracts at a price, or null. */
export function notionalProblem({
  kind,
  size: contracts,
  price: at,
}: {
  kind: ContractKind;
  size: Size;
  price: Price;
}): string | null {
  const value = kind === 'linear' ? (rawOf(contracts) * rawOf(at)) / ONE : coins(contracts, at);
  const text = kind === 'linear' ? 'size · price' : 'size / price';
  return isMoneyInRange(value) ? null : `expected ${text} of ${MONEY_IN_RANGE}`;
}

const coins = (contracts: Size, at: Price): bigint => (rawOf(contracts) * ONE) / rawOf(at);

const collateral = checked(
  record('A collateral asset', {
    asset: id('Asset other than the settlement asset; each once'),
    amount: amount('Units held', { atLeast: '0' }),
    price: price('Index price in the settlement asset', { atLeast: '0' }),
    haircut: ratio('Collateral haircut', { atLeast: '0', atMost: '1' }),
    concentrationFactor: optional(
      ratio('c of the weight 1.1 / (1 + c · √amount) that caps 1 − haircut', { atLeast: '0' }),
    ),
  }),
  (value) =>
    isMoneyInRange((rawOf(value.amount) * rawOf(value.price)) / ONE)
      ? null
      : `expected amount · price of ${MONEY_IN_RANGE}`,
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
  balance: money('Ledger amount of the settlement asset, signed'),
  collaterals: fallback(
    list('Other collateral; default none', collateral, { atMost: LIST_MAX, unique: 'asset' }),
    [],
  ),
  positions: list('Positions', position, { atMost: LIST_MAX, unique: 'market' }),
};

const accountRecord = record('', accountFields);
type AccountInput = Extract<ReturnType<typeof accountRecord.read>, { readonly ok: true }>['value'];

/** The account that the fields describe. */
export function accountOf({ balance, collaterals, positions }: AccountInput): AccountHealthInput {
  return {
    balance,
    collaterals: collaterals.map(
      ({ asset, amount: held, price: at, haircut, concentrationFactor }): AccountCollateral => ({
        asset: assetId(asset),
        amount: held,
        price: at,
        weight: collateralWeight({
          haircut,
          concentration: concentrationFactor === null ? null : { factor: concentrationFactor },
          amount: held,
        }),
      }),
    ),
    positions: positions.map(
      ({ market, fundingOwed, ...rest }): AccountPosition => ({
        ...rest,
        market: marketId(market),
        fundingPayment: neg(fundingOwed),
      }),
    ),
  };
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
