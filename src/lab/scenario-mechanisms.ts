/**
 * The part of a scenario that says which ways out of a position its pool knows besides the book,
 * whose capital stands behind them, and who comes to take over what is offered. As everywhere in
 * a scenario: what the engine is told is a decimal string, what shapes the world is a number.
 * @module
 */
import type { AuctionParameters, RouteParameters } from '../engine/index.ts';

/** Ways out of the simulated world: it has one venue, so that no order goes elsewhere. */
export type LabMethod = Exclude<RouteParameters['method'], 'outside'>;

export type ScenarioMechanisms = {
  /** The first way that is open, or the one of the lowest expected cost. */
  readonly choice: 'ladder' | 'cheapest';
  /** Standard deviations of the price that a wait is charged with. */
  readonly waitingDeviations: string;
  /** The ladder, in its order. */
  readonly routes: readonly ScenarioRoute[];
  /** Null: none are held. */
  readonly auctions: ScenarioAuctions | null;
  /** Null: nobody may take over a position at a bonus. */
  readonly direct: ScenarioDirect | null;
  /** Null: the pool has no market maker of its own. */
  readonly amm: ScenarioAmm | null;
  /** Null: there is no backstop vault. */
  readonly vault: ScenarioVault | null;
  /** Those who take over what is offered; nobody where the list is empty. */
  readonly keepers: readonly ScenarioKeepers[];
  /**
   * Whoever took a position over trades this share of a market's ordinary volume on the book to
   * get rid of it; 0: it is held.
   */
  readonly unwindVolumeShare: number;
};

/** As `ConfigureRouting` takes it. */
export type ScenarioRoute = {
  readonly method: LabMethod;
  readonly feeFraction: string;
  readonly concessionFraction: string;
  readonly expectedMs: number;
  readonly failureProbability: string;
  readonly patienceMs: number;
};

/** As `ConfigureAuctions` takes it. */
export type ScenarioAuctions = {
  readonly lot: AuctionParameters['lot'];
  readonly curve: AuctionParameters['curve'];
  readonly startPremium: string;
  readonly endFraction: string;
  readonly durationMs: number;
  readonly cut: string;
  readonly stepMs: number;
  readonly cutoff: string;
  readonly fastMs: number;
  readonly slowMs: number;
  readonly tailMs: number;
  readonly cusp: string;
  readonly resetsMax: number;
  readonly sliceMin: string;
  readonly bufferFraction: string;
  readonly insolventMs: number;
};

/** As `ConfigureDirect` takes it; it is open to everybody. */
export type ScenarioDirect = {
  readonly minBonus: string;
  readonly maxBonus: string;
  readonly healthForMaxBonus: string;
  readonly coolOffMs: number;
  readonly takeNotionalMin: string;
  readonly priorityWindowMs: number;
  readonly priorityExclusiveMs: number;
  readonly priorityMin: string;
  readonly priorityAccountShare: string;
};

/** As `ConfigureAmm` takes it, the same for every market; one house account stands behind all. */
export type ScenarioAmm = {
  readonly curve: 'constant-product' | 'concentrated';
  /** Depth on either side of the mark, as a share of the market's daily volume. */
  readonly depthVolumeShare: number;
  readonly band: string | null;
  readonly impactMax: string;
  /** Most that it holds of a market, as a share of the daily volume. */
  readonly inventoryVolumeShare: number;
  readonly feeFraction: string;
  /** Capital, as a multiple of the open interest at the start. */
  readonly capitalToOpenInterest: number;
};

/** As `ConfigureVault` takes it; caps are multiples of its capital. */
export type ScenarioVault = {
  readonly capitalToOpenInterest: number;
  readonly accountToCapital: number;
  readonly marketToCapital: number;
  readonly windowToCapital: number;
  readonly windowMs: number;
  readonly noticeMs: number;
  readonly exitWindowMs: number;
  readonly backstopFraction: string;
};

export type KeeperStrategy =
  | 'immediate'
  | 'patient'
  | 'cost-aware'
  | 'sniper'
  | 'griefer'
  | 'withholder';

/** Keepers of one strategy: accounts of the pool like any other. */
export type ScenarioKeepers = {
  readonly strategy: KeeperStrategy;
  readonly count: number;
  /** Of all of them together, as a multiple of the open interest at the start. */
  readonly capitalToOpenInterest: number;
  /** From what was published to a bid that follows from it. */
  readonly reactionMs: number;
  /** Profit at the mark that a bid must promise, per unit of notional. */
  readonly profitFraction: number;
};
