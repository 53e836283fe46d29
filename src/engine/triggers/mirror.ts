/**
 * The mirror of an account in the columns: one row for each position and holding, and what no
 * price moves. It is taken anew whenever the account has changed.
 * @module
 */
import { abs, EXACT_PER_RAW, rawOf } from '../../units/index.ts';
import { sharesByOpenInterest } from '../loss-sharing.ts';
import { marginCollateral } from '../margin.ts';
import type { AccountView, PoolView, PositionView } from '../state.ts';
import { firstLegOf, legCountOf, setFixed, setLegs } from './account-rows.ts';
import { type Certificates, unplace } from './certificates.ts';
import { giveBackRows, setLeg, takeRows } from './legs.ts';
import { channelOf, coordinateOf, ONE, signOf } from './watched-prices.ts';

/** The account has `count` rows, in no wheel. */
export function resizeRows(certificates: Certificates, account: number, count: number): void {
  const { legs, accounts } = certificates;
  unplace(certificates, account);
  const before = legCountOf(accounts, account);
  if (before === count) return;
  giveBackRows(legs, firstLegOf(accounts, account), before);
  setLegs(accounts, account, count === 0 ? 0 : takeRows(legs, account, count), count);
}

/** Rows of an account that neither owes nor has lent. */
export function mirror(certificates: Certificates, state: PoolView, number: number): void {
  const { legs, accounts } = certificates;
  const account = state.accounts[number]!;
  const bearing = sharesByOpenInterest(state) ? account.positions : [];
  const { positions, collaterals } = account;
  resizeRows(certificates, number, positions.length + collaterals.length + bearing.length);
  let leg = firstLegOf(accounts, number);
  for (const position of positions) setLeg(legs, leg++, positionRow(state, position));
  for (const holding of collaterals) setLeg(legs, leg++, holdingRow(state, holding));
  for (const position of bearing) setLeg(legs, leg++, lossRow(position));
  setFixed(accounts, number, Number(exactFixed(account)) / ONE);
}

type Row = { readonly channel: number; readonly coefficient: number };

/** A contract of an inverse market is worth the negation of what a linear one is. */
export function positionRow(state: PoolView, { market, size }: PositionView): Row {
  const coefficient = (signOf(state.markets[market]!) * Number(rawOf(size))) / ONE;
  const crossedBy = coefficient < 0 ? 'rise' : 'fall';
  return { channel: channelOf(coordinateOf('mark', market), crossedBy), coefficient };
}

export function holdingRow(state: PoolView, holding: AccountView['collaterals'][number]): Row {
  const { amount, weight } = marginCollateral(state, holding);
  const coordinate = coordinateOf('index', state.assets[holding.asset]!.index);
  const coefficient = Number(rawOf(amount) * rawOf(weight)) / (ONE * ONE);
  return { channel: channelOf(coordinate, 'fall'), coefficient };
}

/** What a position bears of its market's losses, where open interest does. */
export function lossRow({ market, size }: PositionView): Row {
  const channel = channelOf(coordinateOf('loss', market), 'rise');
  return { channel, coefficient: Number(rawOf(abs(size))) / ONE };
}

/** Balance − Σ entry value + Σ size · funding index at entry, in units of 1e-36. */
function exactFixed({ balance, positions }: AccountView): bigint {
  let whole = rawOf(balance);
  let parts = 0n;
  for (const { size, entryValue, fundingIndex } of positions) {
    whole -= rawOf(entryValue);
    parts += rawOf(size) * rawOf(fundingIndex);
  }
  return whole * EXACT_PER_RAW + parts;
}
