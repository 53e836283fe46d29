/**
 * Who pays what an account in liquidation lacks, and who is paid back. See docs/spec/waterfall.md,
 * sections "The buffer" and "Cover".
 * @module
 */
import { floorDiv, larger, ONE, smaller, total } from './integers.ts';
import {
  type Account,
  findAccount,
  type Ledger,
  type Liquidation,
  type ModelEvent,
  type Tranche,
} from './ledger.ts';
import { marginOf } from './margin.ts';
import { findTranche, payPremiumOf, termsOf } from './waterfall.ts';
import { countedIn, withMore } from './window.ts';

/** The layers have paid for the account: all of it closes. */
export const isCovered = ({ coverPaid }: Liquidation): boolean => coverPaid > 0n;

/** What an account lacks. */
function lackOf(ledger: Ledger, account: Account): bigint {
  const lack = -marginOf(ledger, account).equity;
  const open = account.positions.length + account.debts.length > 0;
  return open ? lack : larger(lack, -account.balance);
}

/** What the insurance fund may still give for this liquidation. */
export function fundCoverOf(ledger: Ledger, liquidation: Liquidation, wanted: bigint): bigint {
  const { coverPaid, cover } = liquidation;
  const others = cover.buffer + total(cover.tranches.map(({ paid }) => paid));
  const eventCap = ledger.pool!.insuranceEventCap;
  const rooms = [wanted, ledger.insuranceFund, ...windowRooms(ledger, liquidation)];
  if (eventCap !== null) rooms.push(eventCap - (coverPaid - others));
  return larger(rooms.reduce(smaller), 0n);
}

/** What the windows of the pool and of the liquidation's market leave. */
function windowRooms({ waterfall, time }: Ledger, { lossMarket }: Liquidation): bigint[] {
  if (waterfall === null) return [];
  const { windowCap, windowMs, marketCaps } = waterfall.parameters;
  const rooms: bigint[] = [];
  if (windowCap !== null) rooms.push(windowCap - countedIn(waterfall.window, { windowMs, time }));
  const capped = marketCaps.find(({ market }) => market === lossMarket);
  if (capped === undefined) return rooms;
  const paid = waterfall.marketWindows.find(({ market }) => market === lossMarket)?.window ?? [];
  return [...rooms, capped.cap - countedIn(paid, { windowMs, time })];
}

/** Takes it out of the fund, and counts it. */
export function payFromFund(
  ledger: Ledger,
  { lossMarket }: Liquidation,
  { amount: notional, time }: { amount: bigint; time: number },
): void {
  const { waterfall } = ledger;
  ledger.insuranceFund -= notional;
  if (waterfall === null || notional === 0n) return;
  const { windowMs } = waterfall.parameters;
  waterfall.window = withMore(waterfall.window, { windowMs, notional, time });
  if (lossMarket === null) return;
  const known = waterfall.marketWindows.find(({ market }) => market === lossMarket);
  const window = withMore(known?.window ?? [], { windowMs, notional, time });
  if (known === undefined) waterfall.marketWindows.push({ market: lossMarket, window });
  else known.window = window;
}

type Shares = {
  readonly buffer: bigint;
  readonly fund: bigint;
  readonly tranches: readonly { readonly tranche: string; readonly amount: bigint }[];
};

/** Who would pay how much of it, in order. */
function sharesOf(ledger: Ledger, liquidation: Liquidation, lack: bigint): Shares {
  const { waterfall } = ledger;
  const buffer = smaller(lack, waterfall?.buffer ?? 0n);
  const fund = fundCoverOf(ledger, liquidation, lack - buffer);
  let left = lack - buffer - fund;
  const tranches = (waterfall?.tranches ?? []).flatMap((tranche) => {
    const before = liquidation.cover.tranches.find((entry) => entry.tranche === tranche.tranche);
    const room = termsOf(waterfall!, tranche).eventMax - (before?.paid ?? 0n);
    const amount = smaller(left, smaller(tranche.capital, larger(room, 0n)));
    left -= amount;
    return amount === 0n ? [] : [{ tranche: tranche.tranche, amount }];
  });
  return { buffer, fund, tranches };
}

export function canBeCovered(ledger: Ledger, liquidation: Liquidation): boolean {
  const account = findAccount(ledger, liquidation.account)!;
  const { buffer, fund, tranches } = sharesOf(ledger, liquidation, lackOf(ledger, account));
  return buffer > 0n || fund > 0n || tranches.length > 0;
}

/** Every layer that can pay does; only what the fund pays is a step. */
export function coverDeficit(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, time }: { account: Account; time: number },
): ModelEvent[] {
  const lack = lackOf(ledger, account);
  const { buffer, fund, tranches } = sharesOf(ledger, liquidation, lack);
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  const { cover } = liquidation;
  const events: ModelEvent[] = [];
  const before = structuredClone(ledger.waterfall?.tranches ?? []);
  if (buffer > 0n) {
    ledger.waterfall!.buffer -= buffer;
    cover.buffer += buffer;
    events.push({ type: 'BufferPaid', ...whose, amount: buffer });
  }
  if (fund > 0n) {
    payFromFund(ledger, liquidation, { amount: fund, time });
    liquidation.steps += 1;
    events.push({ type: 'DeficitCovered', ...whose, deficit: lack - buffer, paid: fund });
  }
  for (const { tranche: id, amount } of tranches) {
    const tranche = findTranche(ledger, id)!;
    tranche.capital -= amount;
    const known = cover.tranches.find((entry) => entry.tranche === id);
    const paid = (known?.paid ?? 0n) + amount;
    if (known === undefined) cover.tranches.push({ tranche: id, paid });
    else known.paid = paid;
    events.push({ type: 'TranchePaid', ...whose, amount, tranche: id });
  }
  const paid = buffer + fund + total(tranches.map(({ amount }) => amount));
  liquidation.coverPaid += paid;
  account.balance += paid;
  return [...events, ...premiumsOfMoved(ledger, { before, time })];
}

/** What a covered account has left when all is closed goes back: to who paid last first. */
export function repayCover(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, time }: { account: Account; time: number },
): ModelEvent[] {
  const { coverPaid, cover } = liquidation;
  let left = smaller(coverPaid, larger(account.balance, 0n));
  const closed = account.positions.length === 0 && marginOf(ledger, account).equity >= 0n;
  if (left === 0n || !closed) return [];
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  const events: ModelEvent[] = [];
  const before = structuredClone(ledger.waterfall?.tranches ?? []);
  account.balance -= left;
  for (const { tranche: id, paid } of [...cover.tranches].reverse()) {
    const tranche = findTranche(ledger, id)!;
    const amount = smaller(left, paid);
    // Without anybody who has a share the fund takes the place.
    if (tranche.providers.length === 0 || amount === 0n) continue;
    left -= amount;
    tranche.capital += amount;
    events.push({ type: 'TrancheRepaid', ...whose, amount, tranche: id });
  }
  const beside = cover.tranches.filter(({ tranche }) => {
    return findTranche(ledger, tranche)!.providers.length > 0;
  });
  const fundPaid = coverPaid - cover.buffer - total(beside.map(({ paid }) => paid));
  const toFund = smaller(left, fundPaid);
  ledger.insuranceFund += toFund;
  if (toFund > 0n) events.push({ type: 'CoverRepaid', ...whose, amount: toFund });
  const toBuffer = left - toFund;
  if (toBuffer > 0n) {
    ledger.waterfall!.buffer += toBuffer;
    events.push({ type: 'BufferRepaid', ...whose, amount: toBuffer });
  }
  return [...events, ...premiumsOfMoved(ledger, { before, time })];
}

/** Of tranches whose capital has moved, in the order of the terms. */
function premiumsOfMoved(
  ledger: Ledger,
  { before, time }: { before: readonly Tranche[]; time: number },
): ModelEvent[] {
  return before.flatMap(({ tranche: id, capital }) => {
    const tranche = findTranche(ledger, id)!;
    return tranche.capital === capital ? [] : payPremiumOf(ledger, tranche, { capital, time });
  });
}

/** A share of what the fund keeps of a penalty fills the buffer, up to its size. */
export function fillBuffer(ledger: Ledger, liquidation: Liquidation, kept: bigint): ModelEvent[] {
  const { waterfall } = ledger;
  if (waterfall === null) return [];
  const { bufferShare, bufferMax } = waterfall.parameters;
  const amount = smaller(floorDiv(kept * bufferShare, ONE), bufferMax - waterfall.buffer);
  if (amount <= 0n) return [];
  ledger.insuranceFund -= amount;
  waterfall.buffer += amount;
  return [{ type: 'BufferFilled', liquidation: liquidation.liquidation, amount }];
}
