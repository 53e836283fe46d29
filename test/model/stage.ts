/**
 * What a generator of commands knows: the random source, the world, the clock, and the model's
 * ledger, so that it can aim.
 * @module
 */
import { ONE } from './integers.ts';
import type { Account, Ledger, MarketLedger, ModelCommand } from './ledger.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export type Stage = {
  readonly random: Random;
  readonly world: World;
  /** Where the price of each index has wandered. */
  readonly walk: Map<string, bigint>;
  /** Commands that belong together and are taken next, in order. */
  readonly pending: ModelCommand[];
  /** Numbers that no market has are among the commands. */
  readonly absurd: boolean;
  /** Close-outs, liquidity or breakers are configured, and change. */
  readonly guarded: boolean;
  /** Its own source of randomness where desks lend; null where the pool has none. */
  readonly lending: Random | null;
  /** The same where a waterfall has layers beside the fund. */
  readonly layers: Random | null;
  time: number;
};

/** A value moved by up to that many percent either way. */
export function jittered({ random }: Stage, value: bigint, percentMax: number): bigint {
  const moved = (value * random.quantity(-percentMax, percentMax)) / (100n * ONE);
  return value + moved;
}

/** A market that has a mark and has not expired; null where there is none. */
export function tradableMarket(stage: Stage, ledger: Ledger): MarketLedger | null {
  const { random, time } = stage;
  const open = ledger.markets.filter(({ mark, settlementPrice, parameters }) => {
    const expired = parameters.expiryMs !== null && parameters.expiryMs <= time;
    return mark !== null && settlementPrice === null && !expired;
  });
  return open.length === 0 ? null : random.pick(open);
}

export const isDeskCustomer = ({ debts, supplies }: Account): boolean =>
  debts.length + supplies.length > 0;

/** Accounts that may trade a market; those in liquidation only rarely. */
export function traders(stage: Stage, ledger: Ledger, market: string): Account[] {
  return ledger.accounts.filter((account) => {
    if (account.liquidation !== null) return stage.random.chance(3);
    // Whoever owes or lends trades little: a run ends where it would be liquidated.
    if (isDeskCustomer(account) && !stage.random.chance(15)) return false;
    return account.market === null || account.market === market || stage.random.chance(10);
  });
}
