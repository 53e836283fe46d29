/** A keeper: an account of the pool that bids for what liquidations offer. @module */
import type { Command, RejectionCode } from '../../engine/index.ts';
import { type AccountId, accountId, type Money, ZERO_MONEY } from '../../units/index.ts';
import type { KeeperStrategy, ScenarioKeepers } from '../scenario-mechanisms.ts';
import type { Opportunity } from './opportunity.ts';

export type Keeper = {
  readonly account: AccountId;
  readonly terms: ScenarioKeepers;
  /** Its commands so far: its own sequence. */
  sent: number;
  /** Bids that were decided on and are on their way, the oldest first. */
  readonly underway: Bid[];
  /** What it thought of an offer when it saw it first, by liquidation. */
  readonly memory: Map<number, Opportunity>;
  readonly tally: KeeperTally;
};

export type Bid = {
  readonly command: Command;
  /** Null where it concerns none that runs. */
  readonly liquidation: number | null;
  readonly dueMs: number;
};

export type KeeperTally = {
  accepted: number;
  readonly refused: Map<RejectionCode, number>;
  /** Of what it took over, at the mark. */
  notional: Money;
};

/** Accounts of all keepers of a scenario, in the order in which they are opened. */
export const keeperAccounts = (
  all: readonly ScenarioKeepers[],
): readonly { readonly account: AccountId; readonly terms: ScenarioKeepers }[] =>
  all.flatMap((terms) =>
    Array.from({ length: terms.count }, (_, at) => ({
      account: accountId(`keeper:${terms.strategy}:${at + 1}`),
      terms,
    })),
  );

export const newKeeper = (account: AccountId, terms: ScenarioKeepers): Keeper => ({
  account,
  terms,
  sent: 0,
  underway: [],
  memory: new Map(),
  tally: { accepted: 0, refused: new Map(), notional: ZERO_MONEY },
});

/** What tells strategies apart. */
export type StrategyTraits = {
  /** Bids for what is on offer; one that does not never takes anything over. */
  readonly takes: boolean;
  /** Share of the path or of the patience that must be over before it bids. */
  readonly waitsFor: number;
  /** Sends first what it would have sent when it saw the offer: an old price, an old version. */
  readonly stale: boolean;
  /** Asks for what its inventory, its impact and the wait would cost it. */
  readonly reckonsCosts: boolean;
  /** Share of the bonus in view that it bids for the right to be first. */
  readonly priorityShare: number;
  /** Sends what ought to be refused. */
  readonly griefs: boolean;
};

const ORDINARY: StrategyTraits = {
  takes: true,
  waitsFor: 0,
  stale: false,
  reckonsCosts: false,
  priorityShare: 0.25,
  griefs: false,
};

export const STRATEGIES: { readonly [S in KeeperStrategy]: StrategyTraits } = {
  immediate: { ...ORDINARY, priorityShare: 0.5 },
  patient: ORDINARY,
  'cost-aware': { ...ORDINARY, reckonsCosts: true, priorityShare: 0.4 },
  sniper: { ...ORDINARY, waitsFor: 0.75, stale: true, priorityShare: 0 },
  griefer: { ...ORDINARY, takes: false, priorityShare: 0, griefs: true },
  withholder: { ...ORDINARY, takes: false, priorityShare: 0.9 },
};
