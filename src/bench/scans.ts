/**
 * The best that can be done without an index, over the same columns: every account, every account
 * of the market that moved, and running surpluses that each price is added to. Each answers with
 * the accounts that the filter does not know to be healthy; the exact verdict on those is the
 * same for all.
 * @module
 */
import { legCountOf } from '../engine/triggers/account-rows.ts';
import { channelOfLeg, coefficientOf, OWNER, WORDS } from '../engine/triggers/legs.ts';
import { newSurplus, sureSurplus, surplusOf } from '../engine/triggers/sure-surplus.ts';
import type { TriggerIndex } from '../engine/triggers/trigger-index.ts';
import { coordinateOf, coordinateOfChannel } from '../engine/triggers/watched-prices.ts';

const surplus = newSurplus();

function sureSurplusOf(triggers: TriggerIndex, number: number): number {
  surplusOf(triggers, number, surplus);
  return sureSurplus(surplus, legCountOf(triggers.accounts, number));
}

/** Accounts that are not surely healthy, by looking at all of them in the order of memory. */
export function fullScan(triggers: TriggerIndex): number[] {
  const unsure: number[] = [];
  for (let number = 0; number < triggers.accounts.count; number += 1) {
    if (legCountOf(triggers.accounts, number) === 0) continue;
    if (!(sureSurplusOf(triggers, number) > 0)) unsure.push(number);
  }
  return unsure;
}

/** Holders of each market, ascending. */
export function holdersByMarket({ legs }: TriggerIndex, markets: number): Int32Array[] {
  const holders: number[][] = Array.from({ length: markets }, () => []);
  for (let market = 0; market < markets; market += 1) {
    const coordinate = coordinateOf('mark', market);
    for (let leg = 0; leg < legs.used; leg += 1) {
      if (coordinateOfChannel(channelOfLeg(legs, leg)) === coordinate)
        holders[market]!.push(legs.words[leg * WORDS + OWNER]!);
    }
  }
  return holders.map((each) => Int32Array.from(each).sort());
}

/** The same among the holders of one market. */
export function marketScan(triggers: TriggerIndex, holders: Int32Array): number[] {
  const unsure: number[] = [];
  for (const number of holders) {
    if (legCountOf(triggers.accounts, number) === 0) continue;
    if (!(sureSurplusOf(triggers, number) > 0)) unsure.push(number);
  }
  return unsure;
}

/** Legs of one market with a running surplus of their accounts. */
export type Running = {
  readonly owner: Int32Array;
  readonly coefficient: Float64Array;
  /** Slope of the requirement where the leg stands: a price inside a tier moves it linearly. */
  readonly slope: Float64Array;
};

export function runningOf(triggers: TriggerIndex, market: number): Running {
  const { legs, prices } = triggers;
  const coordinate = coordinateOf('mark', market);
  const rows: number[] = [];
  for (let leg = 0; leg < legs.used; leg += 1) {
    if (coordinateOfChannel(channelOfLeg(legs, leg)) === coordinate) rows.push(leg);
  }
  const coefficient = Float64Array.from(rows, (leg) => coefficientOf(legs, leg));
  const { floors, fractions } = prices.tiers[market]!;
  const slope = coefficient.map((held) => {
    const notional = Math.abs(held) * prices.value[coordinate]!;
    let tier = floors.length - 1;
    while (tier > 0 && floors[tier]! > notional) tier -= 1;
    return held - Math.abs(held) * fractions[tier]!;
  });
  return {
    owner: Int32Array.from(rows, (leg) => legs.words[leg * WORDS + OWNER]!),
    coefficient,
    slope,
  };
}

/**
 * Adds a move of the market's worth to the running surpluses and answers who is at or below zero.
 * It is a lower limit of what an incremental engine costs: tiers crossed on the way, the growing
 * error of the sums and the re-evaluation of whoever is near are left out.
 */
export function incrementalScan(running: Running, surpluses: Float64Array, move: number): number[] {
  const { owner, slope } = running;
  const unsure: number[] = [];
  for (let row = 0; row < owner.length; row += 1) {
    const left = surpluses[owner[row]!]! + slope[row]! * move;
    surpluses[owner[row]!] = left;
    if (!(left > 0)) unsure.push(owner[row]!);
  }
  return unsure;
}

/** What every account has beyond its requirement now. */
export function surplusesOf(triggers: TriggerIndex): Float64Array {
  const surpluses = new Float64Array(triggers.accounts.count);
  for (let number = 0; number < surpluses.length; number += 1) {
    surpluses[number] = sureSurplusOf(triggers, number);
  }
  return surpluses;
}
