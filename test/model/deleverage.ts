/**
 * Closing a leg against opposing positions, off the book. See docs/spec/engine.md, section
 * "Auto-deleveraging".
 * @module
 */

import { bankruptcyQuote, type Leg, largestLeg, quotePrice } from './close-out.ts';
import type { Deleveraging, Holder } from './deleverage-deal.ts';
import { lotsByPolicy } from './deleverage-lots.ts';
import { exposureElsewhere, loadingOf, lotsKeepingHedges } from './hedges.ts';
import {
  byText,
  ceilDiv,
  floorDiv,
  isInRange,
  larger,
  magnitude,
  ONE,
  signOf,
  smaller,
  total,
} from './integers.ts';
import {
  type Account,
  findAccount,
  type Ledger,
  type Liquidation,
  type ModelEvent,
  positionOf,
} from './ledger.ts';
import {
  type Margin,
  maintenanceOf,
  marginOf,
  notionalUp,
  pricesValid,
  unrealizedPnl,
} from './margin.ts';
import { chargePenalty } from './penalty.ts';
import { changePosition, fillValue } from './position.ts';

/** Without terms for it. */
const DEFAULT_RISK_EXPONENT = 1;

type Closing = { readonly account: string; readonly size: bigint; readonly taken: bigint };

export function deleverage(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, margin }: { account: Account; margin: Margin },
): ModelEvent[] {
  const leg = largestLeg(ledger, account)!;
  const { kind } = leg.market;
  const bankrupt = margin.equity < 0n;
  const { groups, last } = holdersAgainst(ledger, account, leg);
  const offers = groups.map((holders) => offerOf(ledger, { holders, leg, margin }));
  const keeping = offers.find((offer) => closesEnough(offer));
  const first = offers[0];
  const overrides = keeping === undefined && first !== undefined;
  const penniless = first === undefined;
  const offer = keeping ?? first ?? offerOf(ledger, { holders: last, leg, margin });
  const { holders, quantity, gap, quote } = offer;
  const { closings, residualLoss } = penniless
    ? { closings: oneAfterAnother(holders, quantity), residualLoss: gap }
    : allocated(ledger, overrides ? { ...offer, protect: false } : offer);
  const { market } = leg.market;
  const told: ModelEvent[] = overrides
    ? [
        {
          type: 'HedgesOverridden',
          liquidation: liquidation.liquidation,
          market,
          factorLoading: offer.loading!,
          quantity,
          gap,
        },
      ]
    : [];
  const event = settle(ledger, liquidation, {
    account,
    leg,
    closings,
    residualLoss,
    quote,
    planned: -signOf(leg.size) * quantity,
    penniless,
  });
  if (bankrupt) return [...told, event];
  const closed = total(closings.map(({ size }) => size));
  const notional = notionalUp(kind, closed, leg.mark);
  const { equity } = marginOf(ledger, account);
  const fraction = ledger.pool!.penaltyFraction;
  return [...told, event, ...chargePenalty(ledger, liquidation, { notional, equity, fraction })];
}

/** What a group of holders is asked, and what it costs them. */
type Offer = Deleveraging & { readonly quote: bigint };

function offerOf(
  ledger: Ledger,
  { holders, leg, margin }: { holders: readonly Holder[]; leg: Leg; margin: Margin },
): Offer {
  const { market, kind, lot } = leg.market;
  const available = total(holders.map(({ size }) => size));
  const quantity = smaller(magnitude(leg.size), available);
  const sizeDelta = -signOf(leg.size) * quantity;
  const left = notionalUp(kind, magnitude(leg.size) - quantity, leg.mark);
  const quote = bankruptcyQuote(leg, {
    sizeDelta,
    equity: smaller(margin.equity, 0n),
    released: leg.maintenance - maintenanceOf(leg.market.tiers, left),
    required: margin.maintenanceMargin,
  });
  const atMark = -fillValue(kind, sizeDelta, leg.mark);
  const terms = ledger.waterfall?.parameters;
  return {
    holders,
    kind,
    mark: leg.mark,
    lot,
    quantity,
    quote,
    gap: margin.equity < 0n ? larger(quote - atMark, 0n) : 0n,
    loading: loadingOf(ledger, market),
    protect: ledger.deleveraging?.hedges === 'protect',
    long: leg.size < 0n,
    riskExponent: terms?.adlRiskExponent ?? DEFAULT_RISK_EXPONENT,
    riskThreshold: terms?.adlRiskThreshold ?? null,
  };
}

/** An eighth of it can be closed without losing a hedge, or hedges are not asked about. */
function closesEnough(offer: Offer): boolean {
  if (offer.loading === null || !offer.protect) return true;
  const lots = total(offer.holders.map((holder) => lotsKeepingHedges(holder, offer)));
  return lots > 0n && 8n * lots >= offer.quantity / offer.lot;
}

/**
 * Whoever holds the other side: solvent accounts that are not in liquidation, solvent ones that
 * are, and, for when there are none of either, everybody else up to what a record holds.
 */
function holdersAgainst(
  ledger: Ledger,
  liquidated: Account,
  leg: Leg,
): { readonly groups: readonly (readonly Holder[])[]; readonly last: readonly Holder[] } {
  const against = ledger.accounts.flatMap((account) => {
    const position = positionOf(account, leg.market.market);
    if (account === liquidated || position === undefined) return [];
    if (signOf(position.size) === signOf(leg.size)) return [];
    const margin = marginOf(ledger, account);
    const { kind, tiers } = leg.market;
    const holder: Holder = {
      account: account.id,
      size: magnitude(position.size),
      equity: margin.equity,
      marginEquity: margin.marginEquity,
      profit: unrealizedPnl(ledger, position),
      entryValue: position.entryValue,
      required: margin.maintenanceMargin,
      legRequired: maintenanceOf(tiers, notionalUp(kind, position.size, leg.mark)),
      elsewhere: exposureElsewhere(ledger, account, leg.market.market),
    };
    const asked = holder.equity > 0n && pricesValid(ledger, account);
    return [{ holder, asked, running: account.liquidation !== null }];
  });
  const asHolders = (entries: typeof against) => entries.map(({ holder }) => holder);
  const solvent = against.filter(({ asked }) => asked);
  const groups = [false, true].map((wanted) =>
    asHolders(solvent.filter(({ running }) => running === wanted)),
  );
  return {
    groups: groups.filter((group) => group.length > 0),
    last: asHolders(against.slice(0, ledger.pool!.adlFillsMax)),
  };
}

/** Whole positions in the order of the accounts, at the mark: nothing can be taken from them. */
function oneAfterAnother(holders: readonly Holder[], quantity: bigint): Closing[] {
  const closings: Closing[] = [];
  let left = quantity;
  for (const { account, size } of holders) {
    const closed = smaller(size, left);
    if (closed > 0n) closings.push({ account, size: closed, taken: 0n });
    left -= closed;
  }
  return closings;
}

/** Who closes how much and gives up what, cut to as many counterparties as one record holds. */
function allocated(
  ledger: Ledger,
  offer: Offer,
): { readonly closings: Closing[]; readonly residualLoss: bigint } {
  const { holders, lot, quantity, gap } = offer;
  const { adlPolicy, adlFillsMax } = ledger.pool!;
  const dealt = holders.map(({ account }, at) => ({ account, at }));
  const lots = lotsByPolicy(adlPolicy, offer);
  // The largest, ties by account id: whoever stands behind as many as a record holds is left out.
  dealt.sort((a, b) => {
    const [mine, other] = [lots[a.at]!, lots[b.at]!];
    return mine === other ? byText(a.account, b.account) : mine > other ? -1 : 1;
  });
  const leftOut = new Set(dealt.slice(adlFillsMax).map(({ at }) => at));
  const sizes = lots.map((count, at) => (leftOut.has(at) ? 0n : count * lot));
  const taken = takenFrom(holders, { sizes, gap, quantity });
  const closings = holders.flatMap(({ account }, at) =>
    sizes[at]! > 0n ? [{ account, size: sizes[at]!, taken: taken[at]! }] : [],
  );
  const needed = floorDiv(gap * total(sizes), quantity);
  return { closings, residualLoss: needed - total(taken) };
}

/**
 * What each gives up: its share of the gap by size, at most its profit and at most its leg's
 * share of margin equity for what it closes. Units lost to rounding go one each, by account id, to
 * those who may still give.
 */
function takenFrom(
  holders: readonly Holder[],
  { sizes, gap, quantity }: { sizes: readonly bigint[]; gap: bigint; quantity: bigint },
): bigint[] {
  const filled = total(sizes);
  if (filled === 0n) return sizes.map(() => 0n);
  const budget = floorDiv(gap * filled, quantity);
  const shares = sizes.map((size) => floorDiv(budget * size, filled));
  const limits = holders.map((holder, at) => {
    const standing = floorDiv(
      larger(holder.marginEquity, 0n) * holder.legRequired * sizes[at]!,
      holder.required * holder.size,
    );
    return smaller(standing, larger(holder.profit, 0n));
  });
  const taken = shares.map((share, at) => smaller(share, limits[at]!));
  let units = budget - total(shares);
  const byId = holders.map((_, at) => at);
  byId.sort((a, b) => byText(holders[a]!.account, holders[b]!.account));
  for (const at of byId) {
    if (units > 0n && sizes[at]! > 0n && taken[at]! < limits[at]!) {
      taken[at] = taken[at]! + 1n;
      units -= 1n;
    }
  }
  return taken;
}

/** Moves the positions: counterparties at the mark less what is taken, the account opposite. */
function settle(
  ledger: Ledger,
  { liquidation }: Liquidation,
  input: {
    account: Account;
    leg: Leg;
    closings: readonly Closing[];
    residualLoss: bigint;
    quote: bigint;
    planned: bigint;
    penniless: boolean;
  },
): ModelEvent {
  const { account, leg, closings, residualLoss, quote, planned, penniless } = input;
  const { market, kind } = leg.market;
  const side = signOf(leg.size);
  // What the first n close together is worth what they would be worth as one close.
  const worthOf = (count: number): bigint =>
    fillValue(kind, side * total(closings.slice(0, count).map(({ size }) => size)), leg.mark);
  const trades = closings.map(({ account: id, size, taken }, at) => ({
    id,
    sizeDelta: side * size,
    value: worthOf(at + 1) - worthOf(at) + taken,
    taken,
    price: penniless ? null : shownPrice(leg, { size, taken }),
  }));
  const sizeDelta = -total(trades.map((trade) => trade.sizeDelta));
  const value = -total(trades.map((trade) => trade.value));
  const liquidated = changePosition(ledger, account, { market, sizeDelta, value, fee: 0n });
  const counterparties = trades.map(({ id, sizeDelta: delta, value: worth, taken, price }) => ({
    change: changePosition(ledger, findAccount(ledger, id)!, {
      market,
      sizeDelta: delta,
      value: worth,
      fee: 0n,
    }),
    price,
    value: worth,
    taken,
  }));
  return {
    type: 'PositionsDeleveraged',
    liquidation,
    market,
    policy: ledger.pool!.adlPolicy,
    markPrice: leg.mark,
    bankruptcyPrice: quotePrice(kind, planned, quote),
    bankruptcyQuote: quote,
    liquidated,
    counterparties,
    residualLoss,
  };
}

/** The mark less what is taken per contract; null where no positive price expresses it. */
function shownPrice(
  { market, size: legSize, mark }: Leg,
  { size, taken }: { size: bigint; taken: bigint },
): bigint | null {
  if (taken === 0n) return mark;
  // The counterparty is on the other side than the leg: a long's price falls and is rounded up.
  const long = legSize < 0n;
  const given = long ? taken : -taken;
  const top = market.kind === 'linear' ? mark * size - given * ONE : mark * size * ONE;
  const bottom = market.kind === 'linear' ? size : size * ONE + given * mark;
  if (top <= 0n || bottom <= 0n) return null;
  const price = long ? ceilDiv(top, bottom) : floorDiv(top, bottom);
  return price > 0n && isInRange(price) ? price : null;
}
