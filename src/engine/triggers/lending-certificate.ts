/**
 * The certificate of an account that owes or has lent. Its surplus is exact, and what it owes has
 * bounds on two coordinates (`lending-bounds.ts`); positions and holdings are as anybody's.
 * @module
 */
import { fromRaw, type Money, rawOf } from '../../units/index.ts';
import { claimBounds, debtExposure } from '../lending-bounds.ts';
import { sharesByOpenInterest } from '../loss-sharing.ts';
import { holdingsWithSupplies } from '../margin.ts';
import type { AccountView, PoolView } from '../state.ts';
import type { Bound } from '../trigger-bound.ts';
import { countCertificate, firstLegOf, legCountOf } from './account-rows.ts';
import { type Certificates, place, putStake, shareToBound } from './certificates.ts';
import { UNIT_ROUNDOFF } from './leg-bound.ts';
import { BOUND, FLOATS, setLeg, WATCHES_NOTHING } from './legs.ts';
import { holdingRow, lossRow, positionRow, resizeRows } from './mirror.ts';
import { ROUNDING_PER_LEG } from './sure-surplus.ts';
import { channelOf, coordinateOf } from './watched-prices.ts';

/** Bounds of a debt: of its index and of its price. */
const BOUNDS_PER_DEBT = 2;

/** Certifies an account that is healthy by exactly `surplus`. */
export function certifyLending(
  certificates: Certificates,
  state: PoolView,
  number: number,
  surplus: bigint,
): void {
  const account = state.accounts[number]!;
  const holdings = holdingsWithSupplies(state, account);
  const claims = claimBounds(state, account.supplies, holdings);
  const rows = [
    ...account.positions.map((position) => positionRow(state, position)),
    ...holdings.map((holding) => holdingRow(state, holding)),
    ...(sharesByOpenInterest(state) ? account.positions.map(lossRow) : []),
  ];
  const debtRows = BOUNDS_PER_DEBT * account.debts.length;
  resizeRows(certificates, number, rows.length + debtRows + claims.length);
  const { legs, accounts, prices } = certificates;
  const first = firstLegOf(accounts, number);
  rows.forEach((row, at) => {
    setLeg(legs, first + at, row);
  });
  const debts = account.debts.map((debt) => debtStake(certificates, state, debt));
  const stakes = rows.map((_, at) => {
    putStake(prices, legs, first + at);
    return legs.floats[(first + at) * FLOATS + BOUND]!;
  });
  const total = [...stakes, ...debts.map(({ stake }) => stake)].reduce((a, b) => a + b, 0);
  const reserve = BigInt(ROUNDING_PER_LEG * (legCountOf(accounts, number) + 1));
  const free = surplus > reserve ? Number(surplus - reserve) * (1 - 2 ** -40) : 0;
  const perStake = total > 0 ? free / total : 0;
  stakes.forEach((stake, at) => {
    legs.floats[(first + at) * FLOATS + BOUND] = stake * perStake;
    shareToBound(prices, legs, first + at);
    place(certificates, first + at);
  });
  const bounds = debts.flatMap(({ stake, boundsAt }) => boundsAt(stake * perStake));
  placeAll(certificates, first + rows.length, bounds, debtRows);
  placeAll(certificates, first + rows.length + debtRows, claims, claims.length);
  countCertificate(accounts, number);
}

type Debt = AccountView['debts'][number];

/** A debt in the settlement asset has no price; it grows, and that is all it can do. */
function debtStake({ prices }: Certificates, state: PoolView, debt: Debt) {
  const { asset } = state.desks[debt.desk]!;
  const { exposure, boundsAt } = debtExposure(state, debt);
  const index = asset === null ? null : coordinateOf('index', state.assets[asset]!.index);
  const swing = index === null ? SWING_OF_DEBT : prices.swing[index]!;
  return {
    stake: Number(rawOf(exposure)) * swing,
    boundsAt: (share: number) => boundsAt(fromRaw<Money>(BigInt(Math.floor(share)))),
  };
}

/** Stands for how much a debt in money moves, beside prices that move about as much. */
const SWING_OF_DEBT = 1e-4;

/** Places exact bounds; the rows that are left over watch nothing. */
function placeAll(
  certificates: Certificates,
  first: number,
  bounds: readonly (Bound | null)[],
  rows: number,
): void {
  const { legs } = certificates;
  const placed = bounds.filter((bound) => bound !== null);
  for (let at = 0; at < rows; at += 1) {
    const bound = placed[at];
    const leg = first + at;
    setLeg(legs, leg, bound === undefined ? WATCHES_NOTHING : watching(bound));
    if (bound === undefined) continue;
    legs.floats[leg * FLOATS + BOUND] = nearer(bound);
    place(certificates, leg);
  }
}

const watching = ({ on, number, crossedBy }: Bound) => {
  return { channel: channelOf(coordinateOf(on, number), crossedBy), coefficient: 0 };
};

/** In floating point, on the near side of the exact bound. */
const nearer = ({ at, crossedBy }: Bound): number =>
  Number(rawOf(at)) * (crossedBy === 'fall' ? 1 + NEARER : 1 - NEARER);

const NEARER = 4 * UNIT_ROUNDOFF;
