/**
 * Two markets in which losses go to open interest: what may happen there, as commands. Little
 * capital behind much leverage, so that one loss makes the next.
 * @module
 */
import type { Command, Event } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { lossSharing } from '../pools/loss-stage.ts';
import { eventsOf, poolDriver } from '../pools/pool-driver.ts';

const TRADERS = Array.from({ length: 7 }, (_, at) => accountId(`trader-${at}`));
const MARKETS = ['BTC-PERP', 'BTC-INVERSE'] as const;
const USDC = assetId('USDC');

type By<K extends string, F> = { readonly kind: K } & Readonly<F>;
export type Act =
  | By<'price', { percent: number }>
  | By<'trade', { pair: readonly [number, number]; market: number; lots: number }>
  | By<'deposit' | 'withdraw', { who: number; amount: number }>
  | By<'fund', { amount: number }>
  | By<'accrue', { market: number; rate: number }>
  | By<'fill', { percent: number }>
  | By<'share', { basis: 'profits' | 'open-interest'; percent: number }>;

export type World = {
  readonly pool: ReturnType<typeof poolDriver>;
  readonly open: Map<number, { readonly liquidation: number; readonly market: string }>;
  /** Cents. */
  price: number;
};

export function sharedLossWorld(): World {
  const pool = poolDriver();
  pool.configure({ adlFillsMax: 3 });
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.market('BTC-INVERSE', { kind: 'inverse', lot: size('1'), notionalMin: money('0.01') });
  pool.price('BTC', '100', MARKETS);
  pool.account('maker', '100000');
  for (const name of TRADERS) pool.account(name, '60');
  pool.take(lossSharing());
  return { pool, open: new Map(), price: 10_000 };
}

/** What came of it; no events where it was refused, or where there was nothing to do. */
export function happen(
  world: World,
  act: Act,
  change: (command: Command) => Command = (command) => command,
): readonly Event[] {
  if (act.kind === 'price') {
    world.price = Math.min(40_000, Math.max(2_000, Math.round((world.price * act.percent) / 100)));
    world.pool.wait(1_000);
  }
  const command = commandOf(world, act);
  if (command === null) return [];
  const { events } = world.pool.attempt(change(command));
  for (const { order, liquidation, market } of eventsOf(events, 'CloseOutOrderPlaced')) {
    world.open.set(order, { liquidation, market });
  }
  for (const { order } of eventsOf(events, 'OrderFinished')) world.open.delete(order);
  return events;
}

function commandOf(world: World, act: Act): Command | null {
  switch (act.kind) {
    case 'price':
      return reported(world);
    case 'trade':
      return traded(world, act);
    case 'deposit':
      return { type: 'Deposit', account: TRADERS[act.who]!, ...usdc(act.amount) };
    case 'withdraw':
      return { type: 'Withdraw', account: TRADERS[act.who]!, ...usdc(act.amount) };
    case 'fund':
      return { type: 'FundInsurance', amount: money(String(act.amount)) };
    case 'accrue': {
      const market = marketId(MARKETS[act.market]!);
      return { type: 'AccrueFunding', market, fundingRate: ratio((act.rate / 1e4).toFixed(4)) };
    }
    case 'share': {
      const notionalShareMax = ratio((act.percent / 100).toFixed(2));
      return lossSharing({ basis: act.basis, notionalShareMax });
    }
    case 'fill':
      return answered(world, act);
  }
}

const usdc = (value: number) => ({ asset: USDC, amount: amount(String(value)) });

function reported({ pool, price: cents }: World): Command {
  const timeMs = pool.now();
  const at = price((cents / 100).toFixed(2));
  const { index } = pool.engine.state.indexes[0]!.parameters;
  return {
    type: 'ReportPrices',
    indexes: [{ index, source: 'feed', price: at, timeMs, confidence: null }],
    books: MARKETS.map((id) => {
      return { market: marketId(id), bid: at, ask: at, last: at, timeMs };
    }),
    outside: [],
  };
}

/** Between two traders, or with the maker; sizes that do not divide. */
function traded({ pool }: World, act: Extract<Act, { kind: 'trade' }>): Command {
  const [buyer, seller] = act.pair.map((at) => TRADERS[at] ?? accountId('maker'));
  const contracts = act.market === 0 ? (act.lots * 0.037).toFixed(3) : String(act.lots * 370);
  return fill(pool, act.market, { buyer: buyer!, seller: seller!, contracts, order: null });
}

type Trade = {
  readonly buyer: AccountId;
  readonly seller: AccountId;
  readonly contracts: string;
  readonly order: number | null;
};

function fill(pool: World['pool'], market: number, { contracts, ...trade }: Trade): Command {
  return {
    type: 'RecordFill',
    market: marketId(MARKETS[market]!),
    size: size(contracts),
    price: pool.engine.state.markets[market]!.mark!,
    buyerFee: money('0'),
    sellerFee: money('0'),
    ...trade,
  };
}

/** The maker takes part of the oldest open order, at the mark. */
function answered({ pool, open }: World, act: Extract<Act, { kind: 'fill' }>): Command | null {
  const [oldest] = open;
  if (oldest === undefined) return null;
  const [order, placed] = oldest;
  const { liquidations, accounts } = pool.engine.state;
  const running = liquidations.get(placed.liquidation);
  if (running === undefined || running.order === null) return null;
  const left = running.order.size - running.order.filled;
  const lot = placed.market === 'BTC-PERP' ? 10n ** 15n : 10n ** 18n;
  const lots = ((left < 0n ? -left : left) * BigInt(act.percent)) / 100n / lot;
  if (lots === 0n) return null;
  const own = accounts[running.account]!.id;
  const [buyer, seller] = left > 0n ? [own, accountId('maker')] : [accountId('maker'), own];
  const contracts =
    placed.market === 'BTC-PERP' ? (Number(lots) / 1000).toFixed(3) : lots.toString();
  const market = placed.market === 'BTC-PERP' ? 0 : 1;
  return fill(pool, market, { buyer, seller, contracts, order });
}
