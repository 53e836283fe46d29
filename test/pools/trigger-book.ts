/**
 * A small book for the trigger index, moved directly: no decisions, so that millions of steps can
 * be taken. Prices walk, gap, crash together and are put on the very unit at which an account
 * turns; books, terms, funding, gates and liquidations change in between.
 * @module
 */
import { largeBook, uniform } from '../../src/bench/large-book.ts';
import { accountMargin, liquidatableByScan, type PoolState } from '../../src/engine/index.ts';
import { marketToChange, noChanges } from '../../src/engine/state.ts';
import {
  candidates,
  catchUp,
  createTriggerIndex,
  type TriggerIndex,
} from '../../src/engine/triggers/index.ts';
import {
  abs,
  add,
  amount,
  cmp,
  cmpId,
  type FundingIndex,
  fromRaw,
  isNegative,
  type Money,
  money,
  type Price,
  ratio,
  rawOf,
  type Size,
  size,
  sub,
} from '../../src/units/index.ts';

export type TriggerBook = {
  readonly state: PoolState;
  readonly triggers: TriggerIndex;
  readonly random: () => number;
  /** Marks at the start, around which a walk stays. */
  readonly home: readonly bigint[];
};

const MARKETS = 4;

export function triggerBook(accounts: number, seed: number): TriggerBook {
  const state = largeBook({ accounts, markets: MARKETS, legs: 3, seed, inverseEvery: MARKETS });
  const triggers = createTriggerIndex(state);
  const home = state.markets.map(({ mark }) => rawOf(mark!));
  return { state, triggers, random: uniform(seed), home };
}

const among = <T>({ random }: TriggerBook, things: readonly T[]): T =>
  things[Math.floor(random() * things.length)]!;

const part = (raw: bigint, factor: number): bigint =>
  (raw * BigInt(Math.round(factor * 1e9))) / 1_000_000_000n;

const anyNumber = (book: TriggerBook, things: readonly unknown[]): number =>
  Math.floor(book.random() * things.length);

function setMark({ state }: TriggerBook, market: number, raw: bigint): void {
  marketToChange(state, market).mark = fromRaw<Price>(raw > 0n ? raw : 1n);
  state.changes.marks.push(market);
}

const markOf = ({ state }: TriggerBook, market: number): bigint =>
  rawOf(state.markets[market]!.mark!);

/** A walk that turns home when it has gone too far. */
function walk(book: TriggerBook, market: number, step: number): void {
  const now = markOf(book, market);
  const home = book.home[market]!;
  const pull = now > 2n * home ? -step : 2n * now < home ? step : 0;
  setMark(book, market, part(now, 1 + pull + step * (2 * book.random() - 1)));
}

const walkAll = (book: TriggerBook): void => {
  for (const market of book.state.markets.keys()) walk(book, market, 0.03);
};

function walkIndex({ state, random }: TriggerBook): void {
  const index = state.indexes[0]!;
  const raw = rawOf(index.price!);
  const pull = raw > 10n ** 21n ? 0.99 : 1;
  index.price = fromRaw<Price>(part(raw, pull * (1 + 0.02 * (random() - 0.5))) + 1n);
  state.changes.indexes.push(0);
}

/**
 * The marks of one market just where one of its holders turns: the last healthy unit, or the
 * first liquidatable one, found by halving.
 */
function toTheBrink(book: TriggerBook): void {
  const { state, random } = book;
  const account = among(book, state.accounts);
  if (account.positions.length === 0) return;
  const { market } = among(book, account.positions);
  const before = markOf(book, market);
  const isWell = (raw: bigint): boolean => {
    marketToChange(state, market).mark = fromRaw<Price>(raw);
    const { marginEquity, maintenanceMargin } = accountMargin(state, account);
    return !isNegative(sub(marginEquity, maintenanceMargin));
  };
  const home = book.home[market]!;
  const [low, high] = [home / 3n, home * 3n];
  const found = isWell(low) !== isWell(high) ? turn(low, high, isWell) : before;
  marketToChange(state, market).mark = fromRaw<Price>(before);
  setMark(book, market, found + BigInt(Math.floor(4 * random()) - 2));
}

/** The last of the values from `low` on at which the account is as it is there. */
function turn(low: bigint, high: bigint, isWell: (raw: bigint) => boolean): bigint {
  const atLow = isWell(low);
  let [same, other] = [low, high];
  while (other - same > 1n) {
    const middle = (same + other) / 2n;
    if (isWell(middle) === atLow) same = middle;
    else other = middle;
  }
  return same;
}

/** One or two units: the smallest move there is. */
const nudge = (book: TriggerBook): void => {
  const market = anyNumber(book, book.state.markets);
  setMark(book, market, markOf(book, market) + BigInt(Math.floor(5 * book.random()) - 2));
};

function trade(book: TriggerBook): void {
  const { state, random } = book;
  const number = anyNumber(book, state.accounts);
  const account = state.accounts[number]!;
  const market = anyNumber(book, state.markets);
  const position = account.positions.find((each) => each.market === market);
  const contracts = size(((2 * random() - 1) * 20).toFixed(6));
  const entryValue = entryAt(book, market, contracts);
  const { fundingIndex } = state.markets[market]!;
  if (position === undefined && rawOf(contracts) !== 0n) {
    account.positions.push({ market, size: contracts, entryValue, fundingIndex });
    account.positions.sort((a, b) => a.market - b.market);
  } else if (position !== undefined && random() < 0.3) {
    account.positions.splice(account.positions.indexOf(position), 1);
    account.balance = add(
      account.balance,
      sub(entryAt(book, market, position.size), position.entryValue),
    );
  } else if (position !== undefined && rawOf(add(position.size, contracts)) !== 0n) {
    position.size = add(position.size, contracts);
    position.entryValue = add(position.entryValue, entryValue);
  }
  state.changes.accounts.push(number);
}

function entryAt(book: TriggerBook, market: number, contracts: Size): Money {
  const mark = markOf(book, market);
  const one = 10n ** 18n;
  const { kind } = book.state.markets[market]!.parameters;
  const raw = rawOf(contracts);
  return fromRaw<Money>(kind === 'linear' ? (raw * mark) / one : (-raw * one) / mark);
}

function pay(book: TriggerBook): void {
  const { state, random } = book;
  const number = anyNumber(book, state.accounts);
  const account = state.accounts[number]!;
  const { marginEquity, maintenanceMargin } = accountMargin(state, account);
  // Mostly back to somewhere near its requirement: there the index has most to do.
  const room = sub(maintenanceMargin, marginEquity);
  const slack = money((Math.max(0, random() - 0.2) * 400).toFixed(6));
  account.balance = add(account.balance, add(room, slack));
  state.changes.accounts.push(number);
}

function fund(book: TriggerBook): void {
  const { state, random } = book;
  const number = anyNumber(book, state.markets);
  const market = marketToChange(state, number);
  const payment = fromRaw<FundingIndex>(part(rawOf(market.mark!), 0.002 * (random() - 0.5)));
  market.fundingIndex = add(market.fundingIndex, payment);
  state.changes.markets.push(number);
}

/** The loss per contract that uses up what one of the market's holders has left, or a unit less. */
function lossToTheBrink(book: TriggerBook, market: number): bigint {
  const { state, random } = book;
  const { positions, ...account } = among(book, state.accounts);
  const position = positions.find((each) => each.market === market);
  if (position === undefined) return 0n;
  const { marginEquity, maintenanceMargin } = accountMargin(state, { ...account, positions });
  const left = rawOf(sub(marginEquity, maintenanceMargin));
  return (left * 10n ** 18n) / rawOf(abs(position.size)) + BigInt(Math.floor(3 * random()) - 1);
}

/** Open interest takes a loss on; now and then it begins or ceases to be who bears them. */
function bearLoss(book: TriggerBook): void {
  const { state, random } = book;
  if (random() < 0.1) {
    const bearing = state.lossSharing?.basis === 'open-interest';
    const basis = bearing ? 'profits' : 'open-interest';
    state.lossSharing = { basis, notionalShareMax: ratio('1') };
    state.changes.markets.push(...state.markets.keys());
  }
  if (state.lossSharing?.basis !== 'open-interest') return;
  const number = anyNumber(book, state.markets);
  const market = marketToChange(state, number);
  // Losses only add up: in a long run they would leave the range of numbers.
  if (rawOf(market.lossIndex) > 1_000n * book.home[number]!) return;
  const loss = random() < 0.5 ? lossToTheBrink(book, number) : part(rawOf(market.mark!), 1e-6);
  market.lossIndex = add(market.lossIndex, fromRaw<FundingIndex>(loss > 0n ? loss : 1n));
  state.changes.losses.push(number);
}

function retier(book: TriggerBook): void {
  const { state, random } = book;
  const number = anyNumber(book, state.markets);
  const market = marketToChange(state, number);
  const floors = [0, 1_000, 20_000, 300_000].map((floor) => floor * (0.5 + random()));
  const tiers = floors.map((floor, at) => ({
    notionalFloor: money(at === 0 ? '0' : floor.toFixed(6)),
    maintenanceMarginFraction: ratio((0.004 * 2 ** at * (0.9 + 0.2 * random())).toFixed(6)),
  }));
  // Now and then the last one requires all that it gains but a unit: 1 in floating point.
  const steep = { ...tiers.at(-1)!, maintenanceMarginFraction: ratio('0.999999999999999999') };
  if (random() < 0.2) tiers.splice(-1, 1, steep);
  market.parameters = { ...market.parameters, tiers };
  state.changes.markets.push(number);
}

function reweigh({ state, random }: TriggerBook): void {
  const asset = state.assets[0]!;
  const concentrationFactor = random() < 0.5 ? null : ratio((random() / 10).toFixed(6));
  const collateralHaircut = ratio((random() / 2).toFixed(6));
  asset.parameters = { ...asset.parameters, collateralHaircut, concentrationFactor };
  state.changes.assets.push(0);
}

function holdCoins(book: TriggerBook): void {
  const { state, random } = book;
  const number = anyNumber(book, state.accounts);
  state.accounts[number]!.collaterals =
    random() < 0.3 ? [] : [{ asset: 0, amount: amount((3 * random() + 0.1).toFixed(6)) }];
  state.changes.accounts.push(number);
}

function freeze(book: TriggerBook): void {
  const number = anyNumber(book, book.state.markets);
  marketToChange(book.state, number).mode = 'frozen';
  book.state.changes.marks.push(number);
}

function thaw({ state }: TriggerBook): void {
  state.markets.forEach((market, number) => {
    if (market.mode === 'live') return;
    marketToChange(state, number).mode = 'live';
    state.changes.marks.push(number);
  });
}

/** The sources of an index fall silent, and speak again. */
function blind(book: TriggerBook): void {
  const number = anyNumber(book, book.state.indexes);
  book.state.indexes[number]!.live = false;
  book.state.changes.indexes.push(number);
}

function see({ state }: TriggerBook): void {
  state.indexes.forEach((index, number) => {
    if (index.live) return;
    index.live = true;
    state.changes.indexes.push(number);
  });
}

function shutGate({ state }: TriggerBook): void {
  state.gates = [{ gate: 'liquidations', untilMs: null }];
  state.changes.time = true;
}

function openGate({ state }: TriggerBook): void {
  state.gates = [];
  state.changes.time = true;
}

/** A liquidation begins for somebody who was found, or ends. */
function liquidate(book: TriggerBook): void {
  const { state, triggers, random } = book;
  const running = [...state.accounts.keys()].filter((n) => state.accounts[n]!.liquidation !== null);
  const from = random() < 0.5 ? running : triggers.found.map(({ number }) => number);
  if (from.length === 0) return;
  const number = among(book, from);
  const account = state.accounts[number]!;
  account.liquidation = account.liquidation === null ? 1 : null;
  state.changes.accounts.push(number);
}

const STEPS: readonly (readonly [number, (book: TriggerBook) => void])[] = [
  [40, (book) => walk(book, anyNumber(book, book.state.markets), 0.002)],
  [6, (book) => walk(book, anyNumber(book, book.state.markets), 0.15)],
  [6, walkAll],
  [10, walkIndex],
  [8, toTheBrink],
  [14, nudge],
  [10, trade],
  [12, pay],
  [2, fund],
  [4, bearLoss],
  [1, retier],
  [1, reweigh],
  [3, holdCoins],
  [2, freeze],
  [10, thaw],
  [1, blind],
  [10, see],
  [1, shutGate],
  [6, openGate],
  [8, liquidate],
];
const WEIGHTS = STEPS.reduce((sum, [weight]) => sum + weight, 0);

/** One random step, of prices or of the book. */
export function takeStep(book: TriggerBook): void {
  let at = book.random() * WEIGHTS;
  for (const [weight, step] of STEPS) {
    at -= weight;
    if (at >= 0) continue;
    step(book);
    book.state.touchedMarkets = [];
    return;
  }
}

/** Who the index finds, worst first, and what an exact scan of everybody finds, sorted alike. */
export function bothAnswers({ state, triggers }: TriggerBook, scanned: PoolState = state) {
  const { changes } = state;
  state.changes = noChanges();
  catchUp(state, triggers, changes);
  const index = candidates(state, triggers);
  const deficits = new Map(
    liquidatableByScan(scanned).map((number) => {
      const { maintenanceMargin, marginEquity } = accountMargin(scanned, scanned.accounts[number]!);
      return [number, sub(maintenanceMargin, marginEquity)];
    }),
  );
  const scan = [...deficits.keys()].sort(
    (a, b) =>
      cmp(deficits.get(b)!, deficits.get(a)!) ||
      cmpId(state.accounts[a]!.id, state.accounts[b]!.id),
  );
  return { index, scan };
}
