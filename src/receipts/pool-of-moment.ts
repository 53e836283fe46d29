/**
 * A pool that holds nothing but what a receipt's picture shows: the engine's own rules can then
 * be asked about it again.
 * @module
 */
import { addMarket, emptyPool, type PoolState } from '../engine/index.ts';
import {
  amount,
  assert,
  fromRaw,
  type Shares,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_SHARES,
  ZERO_SIZE,
} from '../units/index.ts';
import type { Moment, ReceiptFacts, Terms } from './receipt-facts.ts';

/** Whose picture it is. */
export type Whose = Pick<ReceiptFacts, 'account' | 'liquidation'>;

/** Number of the account in every such pool. */
export const OWN_ACCOUNT = 0;

export function poolOf(terms: Terms, moment: Moment, whose: Whose): PoolState {
  const state = emptyPool();
  state.timeMs = moment.timeMs;
  state.parameters = terms.pool;
  state.closeOuts = terms.closeOuts;
  state.routing = terms.routing;
  state.direct = terms.direct;
  state.finders = terms.finders;
  state.auctions = terms.auctions;
  state.lossSharing = terms.lossSharing;
  state.deleveraging = terms.deleveraging;
  state.gates = [...moment.gates];
  state.insuranceFund = moment.insuranceFund;
  state.nextLiquidation = whose.liquidation;
  addIndexes(state, terms, moment);
  addMarkets(state, terms, moment);
  addDesks(state, terms, moment);
  addWaterfall(state, terms, moment);
  addAccounts(state, moment, whose);
  addLiquidation(state, moment, whose);
  return state;
}

const number = (numbers: ReadonlyMap<string, number>, id: string): number => {
  const found = numbers.get(id);
  assert(found !== undefined, 'RECEIPT', `${id} is not among the terms`);
  return found;
};

function addIndexes(state: PoolState, terms: Terms, moment: Moment): void {
  assert(terms.indexes.length === moment.indexes.length, 'RECEIPT', 'indexes unlike the terms');
  for (const [at, parameters] of terms.indexes.entries()) {
    const { index, price, live, reports } = moment.indexes[at]!;
    assert(index === parameters.index, 'RECEIPT', `index ${index} unlike the terms`);
    state.indexes.push({ parameters, reports: [...reports], price, live });
    state.numbers.indexes.set(parameters.index, at);
  }
  for (const [at, parameters] of terms.assets.entries()) {
    const index = number(state.numbers.indexes, parameters.index);
    const none = { held: ZERO_AMOUNT, deposited: ZERO_AMOUNT, withdrawn: ZERO_AMOUNT };
    state.assets.push({ parameters, index, ...none });
    state.numbers.assets.set(parameters.asset, at);
  }
}

function addMarkets(state: PoolState, terms: Terms, moment: Moment): void {
  assert(terms.markets.length === moment.markets.length, 'RECEIPT', 'markets unlike the terms');
  for (const [at, { parameters, ...inForce }] of terms.markets.entries()) {
    const { liquidity, breakers, priceGuards } = inForce;
    const { market, outside, depth, alarms, gates, window, guarded, ...picture } =
      moment.markets[at]!;
    assert(market === parameters.market, 'RECEIPT', `market ${market} unlike the terms`);
    addMarket(state, {
      ...picture,
      parameters,
      liquidity,
      breakers,
      priceGuards,
      stablePrice: guarded?.stablePrice ?? null,
      markDecidedMs: guarded?.decidedMs ?? null,
      basisAverage: guarded?.basisAverage ?? null,
      bookAverage: guarded?.bookAverage ?? null,
      // Its inventory and its margin are not in the picture: it deals with nobody here.
      amm: null,
      index: number(state.numbers.indexes, parameters.index),
      outside: [...outside],
      depth: depth && { ...depth, bids: [...depth.bids], asks: [...depth.asks] },
      alarms: alarms.map((alarm) => ({ ...alarm })),
      gates: [...gates],
      window: window.map((part) => ({ ...part })),
      ...UNSEEN,
    });
  }
}

function addDesks(state: PoolState, terms: Terms, moment: Moment): void {
  assert(terms.desks.length === moment.desks.length, 'RECEIPT', 'desks unlike the terms');
  for (const [at, parameters] of terms.desks.entries()) {
    const { asset, ...picture } = moment.desks[at]!;
    assert(asset === parameters.asset, 'RECEIPT', `the desk of ${asset} unlike the terms`);
    const settles = asset === terms.pool.settlementAsset;
    const lent = settles ? null : number(state.numbers.assets, asset);
    state.desks.push({ ...picture, parameters, asset: lent });
    state.numbers.desks.set(asset, at);
  }
}

/** Of a tranche's shares only that there are some: nobody's claim is the account's business. */
function addWaterfall(state: PoolState, terms: Terms, moment: Moment): void {
  const { waterfall } = moment;
  if (terms.waterfall === null || waterfall === null) return;
  const { marketWindows, tranches } = waterfall;
  state.waterfall = {
    parameters: terms.waterfall,
    buffer: waterfall.buffer,
    window: [...waterfall.window],
    marketWindows: marketWindows.map(({ market, window }) => {
      return { market: number(state.numbers.markets, market), window: [...window] };
    }),
    tranches: tranches.map(({ tranche, capital, owned }) => {
      const sharesTotal = owned ? ONE_SHARE : ZERO_SHARES;
      return { tranche, capital, sharesTotal, providers: [], premiumMs: moment.timeMs };
    }),
  };
}

const ONE_SHARE = fromRaw<Shares>(1n);

/** What no decision about a running liquidation looks at. */
const UNSEEN = {
  shortSize: ZERO_SIZE,
  fundingUnsettled: 0n,
  fundingResidue: 0n,
  settled: false,
  settlementCursor: 0,
  settlementClearing: ZERO_MONEY,
};

function addAccounts(state: PoolState, moment: Moment, whose: Whose): void {
  const { account, owner, market } = whose.account;
  const only = market === null ? undefined : state.numbers.markets.get(market);
  state.accounts.push({
    id: account,
    owner,
    parent: null,
    market: only ?? null,
    version: 0,
    balance: moment.balance,
    collaterals: moment.collaterals.map(({ asset, amount }) => {
      return { asset: number(state.numbers.assets, asset), amount };
    }),
    positions: moment.positions.map(({ market: id, ...position }) => {
      return { ...position, market: number(state.numbers.markets, id) };
    }),
    debts: moment.debts.map((debt) => deskShares(state, debt)),
    supplies: moment.supplies.map((supply) => deskShares(state, supply)),
    liquidation: moment.liquidation === null ? null : whose.liquidation,
    riskRaisedMs: moment.riskRaisedMs,
  });
  state.numbers.accounts.set(account, OWN_ACCOUNT);
  if (moment.noticedUntilMs !== null) state.notices.set(OWN_ACCOUNT, moment.noticedUntilMs);
  const { collateralBuyer } = moment;
  if (collateralBuyer === null || collateralBuyer.account === account) return;
  const stranger = addStranger(state, collateralBuyer.account);
  stranger.balance = collateralBuyer.balance;
  stranger.liquidation = collateralBuyer.inLiquidation ? OTHER_LIQUIDATION : null;
}

const deskShares = (state: PoolState, { asset, shares }: Moment['debts'][number]) => {
  return { desk: number(state.numbers.desks, asset), shares };
};

/** No liquidation has this number: they are counted from 1. */
const OTHER_LIQUIDATION = 0;

type Account = PoolState['accounts'][number];

/** An account of which nothing is known; the same again where it is there already. */
export function addStranger(state: PoolState, id: Account['id']): Account {
  const known = state.numbers.accounts.get(id);
  if (known !== undefined) return state.accounts[known]!;
  const stranger: Account = {
    id,
    owner: id,
    parent: null,
    market: null,
    version: 0,
    balance: ZERO_MONEY,
    collaterals: [],
    positions: [],
    debts: [],
    supplies: [],
    liquidation: null,
    riskRaisedMs: null,
  };
  state.numbers.accounts.set(id, state.accounts.length);
  state.accounts.push(stranger);
  return stranger;
}

/** More than anybody needs of anything. */
const PLENTY = amount('100000000000000000');

/**
 * Somebody of whom nothing is known, but who has whatever it gave: what it paid a desk in kind, or
 * handed over for something else. Nothing of the account itself is made up.
 */
export function addGiver(state: PoolState, id: Account['id']): Account {
  const giver = addStranger(state, id);
  if (giver === state.accounts[OWN_ACCOUNT]) return giver;
  giver.collaterals = state.assets.map((_, asset) => ({ asset, amount: PLENTY }));
  return giver;
}

function addLiquidation(state: PoolState, { liquidation }: Moment, whose: Whose): void {
  if (liquidation === null) return;
  const { order, auction, finder, priority } = liquidation;
  const strangerNumber = (id: Account['id']): number => {
    addStranger(state, id);
    return state.numbers.accounts.get(id)!;
  };
  state.liquidations.set(whose.liquidation, {
    ...liquidation,
    liquidation: whose.liquidation,
    account: OWN_ACCOUNT,
    turn: 0,
    lossMarket:
      liquidation.lossMarket === null
        ? null
        : number(state.numbers.markets, liquidation.lossMarket),
    cover: {
      ...liquidation.cover,
      tranches: liquidation.cover.tranches.map((own) => ({ ...own })),
    },
    tried: [...liquidation.tried],
    finder: finder && { ...finder, account: strangerNumber(finder.account) },
    priority: priority && {
      ...priority,
      winner: priority.winner === null ? null : strangerNumber(priority.winner),
      bids: [],
    },
    ordered: liquidation.ordered.map((id) => number(state.numbers.markets, id)),
    order: order && { ...order, market: number(state.numbers.markets, order.market) },
    auction: auction && {
      ...auction,
      market: auction.market === null ? null : number(state.numbers.markets, auction.market),
      asset: auction.asset === null ? null : number(state.numbers.assets, auction.asset),
    },
  });
  if (auction !== null) {
    state.runningAuctions.set(auction.auction, whose.liquidation);
    state.nextAuction = auction.auction + 1;
  }
  if (order !== null) {
    state.orders.set(order.order, whose.liquidation);
    state.nextOrder = order.order + 1;
  }
}

/** The vault as far as a takeover changes the account: without shares, providers and window. */
export function addVault(state: PoolState, account: Account['id'], terms: Terms): void {
  assert(terms.vault?.account === account, 'RECEIPT', `${account} is not the vault of the terms`);
  state.vault = { parameters: terms.vault, sharesTotal: ZERO_SHARES, providers: [], window: [] };
}
