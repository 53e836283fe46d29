/** What a keeper bids for, and what it asks for it. @module */
import { accountMargin, type PoolView, pricesValid } from '../../engine/index.ts';
import { approximate } from '../../units/index.ts';
import type { LabMarket } from '../pool-setup.ts';
import { griefingBids } from './griefing.ts';
import { type Bid, type Keeper, STRATEGIES } from './keeper.ts';
import type { BidTerms, Opportunity } from './opportunity.ts';

/** What a keeper knows of the world besides the pool. */
export type KeeperMarket = LabMarket & {
  /** Money that trades in an ordinary day. */
  readonly dailyVolume: number;
};

export type KeeperWorld = {
  readonly state: PoolView;
  readonly markets: readonly KeeperMarket[];
  /** Y of the venue's impact. */
  readonly impactCoefficient: number;
  /** Share of a market's volume at which keepers get rid of what they took. */
  readonly unwindVolumeShare: number;
};

/** Bids of one keeper in one instant, at most: nobody looks at everything at once. */
const BIDS_MAX = 8;
/** Nobody bothers with less, in money. */
const NOTIONAL_MIN = 50;

/** Bids that follow from what is on offer; they arrive after the keeper's reaction time. */
export function decidedBids(
  world: KeeperWorld,
  keeper: Keeper,
  offers: readonly Opportunity[],
): readonly Bid[] {
  const number = world.state.numbers.accounts.get(keeper.account)!;
  const account = world.state.accounts[number]!;
  const traits = STRATEGIES[keeper.terms.strategy];
  const dueMs = world.state.timeMs + keeper.terms.reactionMs;
  if (traits.griefs) return griefingBids(keeper, offers, dueMs);
  // Its margin is not known without prices, and whoever is liquidated takes nothing on.
  if (account.liquidation !== null || !pricesValid(world.state, account)) return [];
  const standing = standingOf(world, account);
  const expected = new Set(keeper.underway.map(({ liquidation }) => liquidation));
  const bids: Bid[] = [];
  for (const offer of bestFirst(offers)) {
    if (bids.length >= BIDS_MAX) break;
    const mine = offer.reservedFor === null || offer.reservedFor === number;
    if (!mine || offer.owner === account.owner || expected.has(offer.liquidation)) continue;
    for (const command of commandsFor(world, { keeper, standing, offer })) {
      bids.push({ command, liquidation: offer.liquidation, dueMs });
    }
  }
  return bids;
}

/** The most money first; ties fall to the older liquidation. */
const bestFirst = (offers: readonly Opportunity[]): readonly Opportunity[] =>
  [...offers].sort((a, b) => b.profit - a.profit);

/** What a keeper can still take on, and how much it holds already. */
type Standing = { free: number; readonly leverage: number };

function standingOf({ state, markets }: KeeperWorld, account: PoolView['accounts'][number]) {
  const { equity, marginEquity, initialMargin } = accountMargin(state, account);
  const notional = account.positions.reduce((sum, { market, size }) => {
    const mark = state.markets[market]!.mark ?? markets[market]!.startPrice;
    return sum + Math.abs(approximate(size)) * approximate(mark);
  }, 0);
  const free = approximate(marginEquity) - approximate(initialMargin);
  return { free, leverage: notional / Math.max(1, approximate(equity)) };
}

type Decision = {
  readonly keeper: Keeper;
  readonly standing: Standing;
  readonly offer: Opportunity;
};

function commandsFor(world: KeeperWorld, decision: Decision) {
  const { keeper, standing, offer } = decision;
  const traits = STRATEGIES[keeper.terms.strategy];
  const bidder = keeper.account;
  if (offer.kind === 'priority') {
    if (traits.priorityShare === 0 || keeper.memory.has(offer.liquidation)) return [];
    keeper.memory.set(offer.liquidation, offer);
    return [offer.bid({ bidder, part: traits.priorityShare, whole: false, profitFraction: 0 })];
  }
  if (!traits.takes) return [];
  const first = traits.stale ? firstSight(keeper, offer) : offer;
  const isChanged = first.accountVersion !== offer.accountVersion;
  if (offer.elapsed < traits.waitsFor && !isChanged) return [];
  const profitFraction = askedProfit(world, decision);
  const perUnit = marginPerUnit(world, offer);
  const part = Math.min(1, standing.free / (perUnit * offer.notional));
  if (part * offer.notional < NOTIONAL_MIN) return [];
  if (offer.profit < profitFraction * offer.notional) return [];
  standing.free -= part * offer.notional * perUnit;
  const terms: BidTerms = { bidder, part, whole: false, profitFraction };
  if (!traits.stale || first === offer) return [offer.bid(terms)];
  return [first.bid(terms), offer.bid(terms)];
}

/** The offer as this keeper saw it first, remembered from then on. */
function firstSight({ memory }: Keeper, offer: Opportunity): Opportunity {
  const known = memory.get(offer.liquidation);
  if (known?.offering === offer.offering) return known;
  memory.set(offer.liquidation, offer);
  return offer;
}

/** Initial margin times this is what a keeper sets aside: prices move before it has sold. */
const MARGIN_MULTIPLE = 2;

/** Margin set aside per unit of notional; of the dearest of its markets. */
function marginPerUnit({ markets }: KeeperWorld, offer: Opportunity): number {
  const requirements = offer.markets.map((number) => {
    const { initialMarginFraction, tiers } = markets[number]!.terms;
    const last = Number(tiers.at(-1)!.maintenanceMarginFraction);
    return Math.max(Number(initialMarginFraction), last);
  });
  // Collateral alone is bought, not carried.
  return requirements.length === 0 ? 1 : MARGIN_MULTIPLE * Math.max(...requirements);
}

/** Asked for each multiple of its equity that a keeper holds already, per unit of notional. */
const INVENTORY_CHARGE = 0.0005;

/** Least profit per unit of notional. */
function askedProfit(world: KeeperWorld, { keeper, standing, offer }: Decision): number {
  const { profitFraction, strategy } = keeper.terms;
  if (!STRATEGIES[strategy].reckonsCosts) return profitFraction;
  return profitFraction + unwindingCost(world, offer) + INVENTORY_CHARGE * standing.leverage;
}

/**
 * What getting rid of it costs per unit of notional: the impact of trading it, by the law that
 * the venue's book follows, and half a standard deviation of the price over the time it takes.
 */
function unwindingCost(world: KeeperWorld, { markets, notional }: Opportunity): number {
  const { impactCoefficient, unwindVolumeShare } = world;
  const costs = markets.map((number) => {
    const { dailyVolume, terms } = world.markets[number]!;
    const share = notional / markets.length / dailyVolume;
    const impact = (2 / 3) * impactCoefficient * Math.sqrt(Math.min(share, unwindVolumeShare));
    const days = unwindVolumeShare === 0 ? 1 : share / unwindVolumeShare;
    return terms.dailyVolatility * (impact + 0.5 * Math.sqrt(days));
  });
  return Math.max(0, ...costs);
}
