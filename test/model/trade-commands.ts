/**
 * Fills, answers to close-out orders and funding, most of them lawful.
 * @module
 */
import { larger, magnitude, ONE, smaller } from './integers.ts';
import type { Account, Ledger, Liquidation, MarketLedger, ModelCommand } from './ledger.ts';
import { positionOf } from './ledger.ts';
import { marginOf, pricesValid } from './margin.ts';
import { jittered, type Stage, tradableMarket, traders } from './stage.ts';
import { TWINS } from './world.ts';

export function fillCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random, world } = stage;
  const market = tradableMarket(stage, ledger);
  if (market === null) return null;
  const parties = traders(stage, ledger, market.parameters.market);
  if (parties.length < 2) return null;
  const taker = random.pick(parties);
  const others = parties.filter((account) => account !== taker);
  // Most fills find a maker who can carry them.
  const maker = random.chance(85) ? richest(ledger, others) : random.pick(others);
  const buys = world.spread && random.chance(50) ? !isMostlyLong(taker) : random.chance(50);
  const wanted = sizeFor(stage, ledger, { account: taker, market });
  const carried = sizeFor(stage, ledger, { account: maker, market });
  const size = random.chance(85) ? smaller(wanted, carried) : wanted;
  const price = jittered(stage, market.mark!, random.chance(90) ? 0.5 : 60);
  return {
    type: 'RecordFill',
    market: market.parameters.market,
    buyer: (buys ? taker : maker).id,
    seller: (buys ? maker : taker).id,
    size,
    price: larger(price, 1n),
    buyerFee: fee(stage),
    sellerFee: fee(stage),
    order: null,
  };
}

/** Whoever trades the other way next hedges itself. */
const isMostlyLong = ({ positions }: Account): boolean =>
  positions.filter(({ size }) => size > 0n).length > positions.length / 2;

function richest(ledger: Ledger, accounts: readonly Account[]): Account {
  const free = (account: Account): bigint => {
    const { initialEquity, initialMargin } = marginOf(ledger, account);
    return initialEquity - initialMargin;
  };
  return accounts.reduce((best, account) => (free(account) > free(best) ? account : best));
}

const fee = ({ random }: Stage): bigint => (random.chance(80) ? 0n : random.quantity(0, 0.1));

/** In lots: what the account's free margin carries, give or take, or its position. */
function sizeFor(
  { random, world }: Stage,
  ledger: Ledger,
  { account, market }: { account: Account; market: MarketLedger },
): bigint {
  const { parameters, mark } = market;
  const held = magnitude(positionOf(account, parameters.market)?.size ?? 0n);
  if (held > 0n && random.chance(25))
    return random.chance(50) ? held : lots(held / 3n, parameters.lot);
  const { initialEquity, initialMargin } = marginOf(ledger, account);
  const free = larger(initialEquity - initialMargin, ONE);
  const most = world.spread && random.chance(75) ? 0.4 : random.chance(80) ? 0.95 : 1.2;
  const share = random.quantity(0.05, most);
  const notional = (free * share) / parameters.initialMarginFraction;
  const size = parameters.kind === 'linear' ? (notional * ONE) / mark! : (notional * mark!) / ONE;
  return lots(size, parameters.lot);
}

const lots = (size: bigint, lot: bigint): bigint => larger(1n, size / lot) * lot;

/** Two accounts that started alike trade alike: their claims on a remainder are equal. */
export function twinCommands(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random, pending } = stage;
  const market = tradableMarket(stage, ledger);
  const account = ledger.accounts.find(({ id }) => id === TWINS[0]);
  const makers = ledger.accounts.filter(
    ({ id, liquidation, market: own }) =>
      !TWINS.includes(id) && liquidation === null && own === null,
  );
  if (market === null || account === undefined || makers.length === 0) return null;
  const maker = random.pick(makers).id;
  const buys = random.chance(50);
  const size = sizeFor(stage, ledger, { account, market });
  const price = larger(jittered(stage, market.mark!, 0.5), 1n);
  for (const twin of TWINS) {
    pending.push({
      type: 'RecordFill',
      market: market.parameters.market,
      buyer: buys ? twin : maker,
      seller: buys ? maker : twin,
      size,
      price,
      buyerFee: 0n,
      sellerFee: 0n,
      order: null,
    });
  }
  return pending.shift() ?? null;
}

/** What the venue answers to one of the open close-out orders. */
export function venueCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  const open = ledger.liquidations.filter(({ order }) => order !== null);
  if (open.length === 0) return null;
  const liquidation = random.pick(open);
  const taken = liquidation.order!.canceling && random.chance(60);
  if (taken || random.chance(15)) {
    const others = ['rejected', 'expired', 'rejected', 'expired', 'filled', 'canceled'] as const;
    const reason = taken ? 'canceled' : random.pick(others);
    return { type: 'FinishOrder', order: liquidation.order!.order, reason };
  }
  const fill = orderFill(stage, ledger, liquidation);
  if (fill === null || !random.chance(3)) return fill;
  // The gate closes while the fill is on its way.
  stage.pending.push(fill);
  const { market } = liquidation.order!;
  return { type: 'SetGate', market, gate: 'takes', closed: true, untilMs: null, reason: 'a test' };
}

function orderFill(stage: Stage, ledger: Ledger, liquidation: Liquidation): ModelCommand | null {
  const { random } = stage;
  const { order: number, market: id, size, filled, limitPrice } = liquidation.order!;
  const market = ledger.markets.find(({ parameters }) => parameters.market === id)!;
  const parties = traders(stage, ledger, id).filter(
    (account) => account.id !== liquidation.account && pricesValid(ledger, account),
  );
  if (parties.length === 0) return null;
  const other = (random.chance(80) ? richest(ledger, parties) : random.pick(parties)).id;
  const remaining = magnitude(size - filled);
  const { lot } = market.parameters;
  const part = random.chance(50) ? remaining : lots((remaining * random.quantity(0, 1)) / ONE, lot);
  const sells = size < 0n;
  // Somewhere between the limit and the mark, now and then beyond.
  const mark = market.mark!;
  const inside = limitPrice + ((mark - limitPrice) * random.quantity(0, 1)) / ONE;
  const beyond = jittered(stage, limitPrice, 3);
  const price = random.chance(40) ? limitPrice : random.chance(85) ? inside : larger(1n, beyond);
  const [buyer, seller] =
    sells === random.chance(97) ? [other, liquidation.account] : [liquidation.account, other];
  const charged = random.chance(4) ? ONE / 100n : 0n;
  return {
    type: 'RecordFill',
    market: random.chance(97) ? id : random.pick(ledger.markets).parameters.market,
    buyer,
    seller,
    size: random.chance(97) ? smaller(part, remaining) : remaining + lot,
    price,
    buyerFee: sells ? 0n : charged,
    sellerFee: sells ? charged : 0n,
    order: random.chance(98) ? number : number + 1,
  };
}

export function fundingCommand({ random }: Stage, ledger: Ledger): ModelCommand | null {
  if (ledger.markets.length === 0) return null;
  const { market } = random.pick(ledger.markets).parameters;
  const fundingRate = random.chance(95) ? random.quantity(-0.01, 0.01) : random.quantity(-1.2, 1.2);
  return { type: 'AccrueFunding', market, fundingRate };
}
