/**
 * A market in which some lose more than they have, with every layer behind them: what may happen
 * in it, as commands. Small numbers, so that layers run dry, caps bind and orders come out even.
 * @module
 */
import type { Command, Event, EventOf } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  fromRaw,
  marketId,
  money,
  type Price,
  ratio,
  rawOf,
  type Shares,
  size,
} from '../../src/units/index.ts';
import { depositTranche, redeemTranche, tranche, waterfall } from '../pools/loss-stage.ts';
import { eventsOf, poolDriver } from '../pools/pool-driver.ts';

export const TRANCHES = ['junior', 'mezzanine', 'senior'] as const;
export const WINDOW_MS = 16_000;
const TRADERS = Array.from({ length: 8 }, (_, at) => accountId(`trader-${at}`));
const PROVIDERS = ['dora', 'emil', 'frida'].map(accountId);
const MAKER = accountId('maker');
const PERP = marketId('BTC-PERP');
const USDC = assetId('USDC');
const LOT = rawOf(size('0.001'));

export type Terms = {
  readonly bufferMax: number;
  readonly bufferShare: number;
  readonly windowCap: number | null;
  readonly marketCap: number | null;
  readonly eventMax: readonly number[];
  readonly premiumRate: number;
};

type By<K extends string, F> = { readonly kind: K } & Readonly<F>;
export type Act =
  | By<'price', { percent: number }>
  | By<'wait', { milliseconds: number }>
  | By<'trade', { who: number; contracts: number; long: boolean }>
  | By<'deposit' | 'withdraw', { who: number; amount: number }>
  | By<'fund', { amount: number }>
  | By<'provide', { who: number; layer: number; amount: number }>
  | By<'leave', { who: number; layer: number; percent: number }>
  | By<'redeem', { who: number; layer: number }>
  | By<'fill', { percent: number; better: boolean }>
  | By<'reconfigure', { dropped: number | null }>;

export type World = {
  readonly pool: ReturnType<typeof poolDriver>;
  readonly terms: Terms;
  readonly open: Map<number, EventOf<'CloseOutOrderPlaced'>>;
  /** Cents. */
  price: number;
};

export function lossWorld(terms: Terms): World {
  const pool = poolDriver();
  pool.configure({ adlFillsMax: 3, penaltyFraction: ratio('0.02') });
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.account('maker', '1000000');
  for (const name of TRADERS) pool.account(name, '60');
  for (const name of PROVIDERS) pool.account(name, '300');
  pool.take(configuration(terms, null));
  return { pool, terms, open: new Map(), price: 10_000 };
}

function configuration(terms: Terms, dropped: number | null): Command {
  const orNull = (cap: number | null) => (cap === null ? null : money(String(cap)));
  const cap = orNull(terms.marketCap);
  return waterfall({
    bufferMax: money(String(terms.bufferMax)),
    bufferShare: ratio(String(terms.bufferShare)),
    windowMs: durationMs(WINDOW_MS),
    windowCap: orNull(terms.windowCap),
    marketCaps: cap === null ? [] : [{ market: PERP, cap }],
    premiumIntervalMs: durationMs(4_000),
    tranches: TRANCHES.filter((_, at) => at !== dropped).map((name) =>
      tranche(name, {
        eventMax: money(String(terms.eventMax[TRANCHES.indexOf(name)])),
        premiumRate: ratio(String(terms.premiumRate)),
        noticeMs: durationMs(2_000),
        exitWindowMs: durationMs(30_000),
      }),
    ),
  });
}

/** What came of it; no events where it was refused, or where there was nothing to do. */
export function happen(
  world: World,
  act: Act,
  change: (command: Command) => Command = (command) => command,
): readonly Event[] {
  if (act.kind === 'wait') world.pool.wait(act.milliseconds);
  if (act.kind === 'price') {
    world.price = Math.min(40_000, Math.max(2_000, Math.round((world.price * act.percent) / 100)));
  }
  const command = commandOf(world, act);
  if (command === null) return [];
  const { events } = world.pool.attempt(change(command));
  for (const placed of eventsOf(events, 'CloseOutOrderPlaced')) {
    world.open.set(placed.order, placed);
  }
  for (const { order } of eventsOf(events, 'OrderFinished')) world.open.delete(order);
  return events;
}

function commandOf(world: World, act: Act): Command | null {
  switch (act.kind) {
    case 'price':
    case 'wait':
      return reported(world);
    case 'trade':
      return traded(world, act);
    case 'deposit':
      return { type: 'Deposit', account: TRADERS[act.who]!, ...usdc(act.amount) };
    case 'withdraw':
      return { type: 'Withdraw', account: TRADERS[act.who]!, ...usdc(act.amount) };
    case 'fund':
      return { type: 'FundInsurance', amount: money(String(act.amount)) };
    case 'provide':
      return depositTranche(TRANCHES[act.layer]!, PROVIDERS[act.who]!, String(act.amount));
    case 'leave':
      return left(world, act);
    case 'redeem':
      return redeemTranche(TRANCHES[act.layer]!, PROVIDERS[act.who]!);
    case 'fill':
      return answered(world, act);
    case 'reconfigure':
      return configuration(world.terms, act.dropped);
  }
}

const usdc = (value: number) => ({ asset: USDC, amount: amount(String(value)) });

function reported({ pool, price: cents }: World): Command {
  const timeMs = pool.now();
  const at = money((cents / 100).toFixed(2)) as unknown as Price;
  const [index] = pool.engine.state.indexes;
  return {
    type: 'ReportPrices',
    indexes: [
      { index: index!.parameters.index, source: 'feed', price: at, timeMs, confidence: null },
    ],
    books: [{ market: PERP, bid: at, ask: at, last: at, timeMs }],
    outside: [],
  };
}

type Fill = { readonly size: string; readonly price: Price; readonly order: number | null };

const fill = (buyer: AccountId, seller: AccountId, { size: contracts, price, order }: Fill) => {
  const fees = { buyerFee: money('0'), sellerFee: money('0') };
  const trade = { market: PERP, buyer, seller, size: size(contracts), price, order, ...fees };
  return { type: 'RecordFill', ...trade } as const;
};

function traded({ pool }: World, act: Extract<Act, { kind: 'trade' }>): Command {
  const trader = TRADERS[act.who]!;
  const [buyer, seller] = act.long ? [trader, MAKER] : [MAKER, trader];
  const price = pool.engine.state.markets[0]!.mark!;
  return fill(buyer, seller, { size: String(act.contracts), price, order: null });
}

/** The maker takes part of the oldest open order, at its limit or at the mark. */
function answered(world: World, act: Extract<Act, { kind: 'fill' }>): Command | null {
  const placed = world.open.values().next().value;
  if (placed === undefined) return null;
  const { liquidations, accounts, markets } = world.pool.engine.state;
  const running = liquidations.get(placed.liquidation);
  if (running === undefined || running.order === null) return null;
  const unfilled = rawOf(running.order.size) - rawOf(running.order.filled);
  const amountLeft = unfilled < 0n ? -unfilled : unfilled;
  const lots = (amountLeft * BigInt(act.percent)) / BigInt(100) / LOT;
  if (lots === 0n) return null;
  const account = accounts[running.account]!.id;
  const [buyer, seller] = unfilled > 0n ? [account, MAKER] : [MAKER, account];
  const price = act.better ? markets[0]!.mark! : placed.limitPrice;
  const contracts = formatDecimal(fromRaw<Shares>(lots * LOT));
  return fill(buyer, seller, { size: contracts, price, order: placed.order });
}

function left({ pool }: World, act: Extract<Act, { kind: 'leave' }>): Command {
  const name = TRANCHES[act.layer]!;
  const provider = PROVIDERS[act.who]!;
  const { waterfall: layers, numbers } = pool.engine.state;
  const account = numbers.accounts.get(provider);
  const own = layers!.tranches
    .find((layer) => layer.tranche === name)
    ?.providers.find((claim) => claim.account === account);
  const held = own === undefined ? 0n : rawOf(own.shares);
  const shares = fromRaw<Shares>((held * BigInt(act.percent)) / BigInt(100));
  return { type: 'RequestTrancheExit', tranche: name, provider, shares };
}
