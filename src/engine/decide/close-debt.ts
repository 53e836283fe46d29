/**
 * Steps of a liquidation that close debts and turn claims on desks into what pays for them.
 * @module
 */
import { assert, type EngineTimeMs, engineTimeMs } from '../../units/index.ts';
import { closeOutSettings } from '../close-out-settings.ts';
import { type ClosedPart, type DebtCloseOut, debtCloseOut } from '../debt-close-out.ts';
import { interestUntil, isBehind } from '../interest.ts';
import type { LiquidationStep } from '../liquidation-step.ts';
import type { Event } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import {
  type ClaimPart,
  type SupplyConversion,
  supplyConversion,
  supplyRelease,
} from '../supply-sale.ts';

const whose = ({ account, liquidation }: LiquidationStep) => ({
  liquidation: liquidation.liquidation,
  account: account.id,
});

const assetOf = (state: PoolView, desk: number) => state.desks[desk]!.parameters.asset;

/** Interest of every desk that the account has to do with, before anything is closed there. */
export function interestCaughtUp(
  state: PoolView,
  { account }: LiquidationStep,
  time: EngineTimeMs,
): Event[] {
  const numbers = new Set([...account.debts, ...account.supplies].map(({ desk }) => desk));
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => state.desks[number]!)
    .filter((desk) => isBehind(desk, time))
    .flatMap((desk) => interestUntil(desk, time) ?? []);
}

export function debtClosed(state: PoolView, step: LiquidationStep, time: EngineTimeMs): Event[] {
  const closeOut = debtCloseOut(state, step);
  assert(closeOut !== null, 'DEBT', 'a debt to close');
  const { netted, closed, isCapped } = closeOut;
  const events = [
    ...(netted === null ? [] : [released(state, step, netted)]),
    // The debt first: what is sold pays for it, and by itself might look like the restoration.
    ...(closed === null ? [] : [partClosed(state, step, closed)]),
    ...sold(state, step, closeOut),
  ];
  if (!isCapped) return events;
  // A close factor leaves the account time to be helped before the next part.
  const { marginEquity, maintenanceMargin } = step.margin;
  const notBeforeMs = engineTimeMs(time + closeOutSettings(state).deferralMs);
  return [
    ...events,
    { type: 'CloseOutDeferred', ...whose(step), notBeforeMs, marginEquity, maintenanceMargin },
  ];
}

function sold(
  state: PoolView,
  step: LiquidationStep,
  { soldHolding, soldClaim }: DebtCloseOut,
): Event[] {
  if (soldClaim !== null) return [claimBought(state, step, soldClaim)];
  if (soldHolding === null) return [];
  const { asset, buyer, ...sale } = soldHolding;
  const { asset: id } = state.assets[asset]!.parameters;
  return [{ type: 'CollateralConverted', ...whose(step), buyer: buyer.id, asset: id, ...sale }];
}

function partClosed(state: PoolView, step: LiquidationStep, part: ClosedPart): Event {
  const { desk, shares, amount, indexPrice, value, house } = part;
  const { debtIndex } = state.desks[desk]!;
  const asset = assetOf(state, desk);
  const closed = { ...whose(step), asset, shares, amount, debtIndex, indexPrice, value };
  if (house?.assumes === true) {
    return { type: 'DebtAssumed', ...closed, debtor: house.account.id };
  }
  return { type: 'DebtRepaid', ...closed, payer: house === null ? null : house.account.id };
}

function released(state: PoolView, step: LiquidationStep, part: ClaimPart): Event {
  const { desk, shares, amount } = part;
  const { supplyIndex } = state.desks[desk]!;
  const asset = assetOf(state, desk);
  return { type: 'SupplyReleased', ...whose(step), asset, shares, amount, supplyIndex };
}

export function supplyReleased(state: PoolView, step: LiquidationStep): Event {
  const part = supplyRelease(state, step.account);
  assert(part !== null, 'SUPPLY', 'a claim to be paid out');
  return released(state, step, part);
}

function claimBought(state: PoolView, step: LiquidationStep, sale: SupplyConversion): Event {
  const { desk, buyer, shares, amount, indexPrice, weight, proceeds } = sale;
  const { supplyIndex } = state.desks[desk]!;
  return {
    type: 'SupplyConverted',
    ...whose(step),
    buyer: buyer.id,
    asset: assetOf(state, desk),
    shares,
    amount,
    supplyIndex,
    indexPrice,
    weight,
    proceeds,
  };
}

export function supplyConverted(state: PoolView, step: LiquidationStep): Event {
  const sale = supplyConversion(state, step.account, step.liquidation.coverPaid);
  assert(sale !== null, 'SUPPLY', 'a claim to sell');
  return claimBought(state, step, sale);
}
