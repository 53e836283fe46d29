/** A pool with traders, market makers and a vault, and what may happen in it. @module */
import type { Command, RouteParameters } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  assetId,
  durationMs,
  engineTimeMs,
  fromRaw,
  indexId,
  marketId,
  money,
  type Price,
  ratio,
  type Shares,
  type Size,
  type Wad,
} from '../../src/units/index.ts';
import { lending } from '../lending/lending-pool.ts';
import { createRandom, type Random } from '../model/random.ts';
import { type Driver, poolDriver } from '../pools/pool-driver.ts';
import { asset } from '../pools/sample-commands.ts';
import { setGate } from '../pools/sample-guards.ts';
import { AMM, ladderOf, VAULT } from '../pools/sample-vault.ts';

const COINS = ['BTC', 'ETH'] as const;
const TRADERS = ['alice', 'bob', 'chris', 'dora'].map((name) => accountId(name));
const PROVIDERS = ['carol', 'dave', 'erin'].map((name) => accountId(name));
const VAULT_ACCOUNT = accountId('vault');
const MAKER = accountId('maker');
const USDC = assetId('USDC');
const LOT = 10n ** 15n;

const perp = (coin: string) => marketId(`${coin}-PERP`);

type World = { readonly pool: Driver; readonly random: Random; readonly prices: bigint[] };

/** The world at its beginning, everything drawn from a seed. */
export function createWorld(seed: number): World {
  const pool = poolDriver();
  const random = createRandom(seed);
  pool.configure({ collateralBuyer: accountId('house'), closeOutStepsMax: 30 });
  pool.account('house', '100000');
  for (const coin of COINS) {
    pool.index(coin);
    pool.market(`${coin}-PERP`, { index: indexId(coin), notionalMin: money('2') });
  }
  pool.take(asset('ETH', { index: indexId('ETH') }));
  const prices = [100n * 10n ** 18n, 20n * 10n ** 18n];
  const world = { pool, random, prices };
  pool.take(reported(world));
  pool.account('maker', '1000000');
  for (const name of ['amm-btc', 'amm-eth']) pool.account(name, String(random.between(5, 300)));
  pool.account('vault');
  for (const name of TRADERS) pool.account(name, String(random.between(20, 200)));
  for (const name of PROVIDERS) pool.account(name, '5000');
  for (const name of ['USDC', 'ETH']) {
    pool.take({ type: 'ConfigureLending', parameters: lending(name, { debtMin: money('1') }) });
  }
  pool.take({ type: 'Deposit', account: MAKER, asset: assetId('ETH'), amount: wadOf(1000) });
  pool.take({ type: 'SupplyAsset', account: MAKER, asset: assetId('ETH'), amount: wadOf(1000) });
  pool.take({ type: 'SupplyAsset', account: MAKER, asset: USDC, amount: wadOf(50_000) });
  pool.take(marketMaker(world, 0));
  pool.take(marketMaker(world, 1));
  pool.take({ type: 'ConfigureVault', parameters: VAULT });
  pool.take(ladderOf('amm', 'backstop'));
  return world;
}

const wadOf = <U extends Wad>(whole: number): U => fromRaw<U>(BigInt(whole) * 10n ** 18n);

function reported({ pool, prices }: World): Command {
  return {
    type: 'ReportPrices',
    indexes: COINS.map((coin, at) => ({
      index: indexId(coin),
      source: 'feed',
      price: fromRaw<Price>(prices[at]!),
      timeMs: engineTimeMs(pool.now()),
      confidence: null,
    })),
    books: COINS.map((coin, at) => {
      const price = fromRaw<Price>(prices[at]!);
      const timeMs = engineTimeMs(pool.now());
      return { market: perp(coin), bid: price, ask: price, last: price, timeMs };
    }),
    outside: [],
  };
}

function marketMaker({ random }: World, at: number): Command {
  const concentrated = random.chance(50);
  return {
    type: 'ConfigureAmm',
    parameters: {
      ...AMM,
      market: perp(COINS[at]!),
      account: accountId(`amm-${COINS[at]!.toLowerCase()}`),
      curve: concentrated ? 'concentrated' : 'constant-product',
      band: concentrated ? fromRaw(random.quantity(0.01, 0.2)) : null,
      depth: fromRaw(random.quantity(100, 20_000)),
      inventoryMax: random.chance(10) ? money('0') : fromRaw(random.quantity(1, 3000)),
      impactMax: fromRaw(random.quantity(0, 0.04)),
      feeFraction: fromRaw(random.quantity(0, 0.01)),
    },
  };
}

const vaultTerms = ({ random }: World): Command => ({
  type: 'ConfigureVault',
  parameters: {
    ...VAULT,
    accountNotionalMax: fromRaw(random.quantity(100, 3000)),
    marketNotionalMax: fromRaw(random.quantity(0, 5000)),
    windowNotionalMax: fromRaw(random.quantity(100, 6000)),
    noticeMs: durationMs(random.pick([0, 10_000, 30_000])),
    backstopFraction: fromRaw(random.quantity(0.3, 1)),
    depositMin: random.chance(50) ? fromRaw(1n) : money('10'),
  },
});

const LADDERS: readonly (readonly RouteParameters['method'][])[] = [
  ['amm', 'backstop'],
  ['backstop', 'amm'],
  ['backstop'],
  ['book', 'amm', 'backstop'],
  ['backstop', 'book'],
  ['amm'],
];

function ladder({ random }: World): Command {
  const { type, parameters } = ladderOf(...random.pick(LADDERS));
  return { type, parameters: { ...parameters, choice: random.pick(['ladder', 'cheapest']) } };
}

/** A move of both prices, mostly small. */
function moved(world: World): Command {
  const { random, prices } = world;
  for (const at of prices.keys()) {
    const most = random.chance(30) ? 100 : 30;
    prices[at] = (prices[at]! * BigInt(1000 + random.between(-most, most))) / 1000n;
    const start = at === 0 ? 100n : 20n;
    // Not so far that nothing can be traded any more.
    if (prices[at]! < start * 10n ** 17n || prices[at]! > start * 10n ** 19n) {
      prices[at] = start * 10n ** 18n;
    }
  }
  return reported(world);
}

const lots = (random: Random, most: number): Size =>
  fromRaw<Size>(BigInt(random.between(1, most)) * LOT);

/** A trade at the mark, in either direction, of six to nine times what the account has. */
function leveraged(world: World): Command {
  const { pool, random, prices } = world;
  const account = random.pick(TRADERS);
  const { balance } = pool.accountOf(account);
  if (balance < 5n * 10n ** 18n) {
    return { type: 'Deposit', account, asset: USDC, amount: wadOf(random.between(20, 200)) };
  }
  const at = random.below(2);
  const [buyer, seller] = random.chance(50) ? [account, MAKER] : [MAKER, account];
  const contracts = (balance * BigInt(random.between(6, 9)) * 10n ** 18n) / prices[at]!;
  const size = fromRaw<Size>(contracts - (contracts % LOT));
  return {
    ...trade(world, account, 1),
    market: perp(COINS[at]!),
    buyer,
    seller,
    size,
    price: fromRaw<Price>(prices[at]!),
  } as Command;
}

/** A trade at the mark between an account and the maker, in either direction. */
function trade(world: World, one: AccountId, most: number): Command {
  const { random, prices } = world;
  const at = random.below(2);
  const [buyer, seller] = random.chance(50) ? [one, MAKER] : [MAKER, one];
  return {
    type: 'RecordFill',
    market: perp(COINS[at]!),
    buyer,
    seller,
    size: lots(random, at === 0 ? most : most * 5),
    price: fromRaw<Price>(prices[at]!),
    buyerFee: money('0'),
    sellerFee: money('0'),
    order: null,
  };
}

function tradeWithMaker({ random, prices }: World): Command {
  const at = random.below(2);
  const size = lots(random, 20_000);
  const sells = random.chance(50);
  return {
    type: 'TradeWithAmm',
    account: random.pick([...TRADERS, MAKER, ...PROVIDERS]),
    market: perp(COINS[at]!),
    size: sells ? fromRaw<Size>(-size) : size,
    limitPrice: fromRaw<Price>(sells ? 1n : prices[at]! * 2n),
  };
}

/** What happens to a close-out order that is open: filled, or given up. */
function orderDone({ pool, random }: World): Command {
  for (const { order, account } of pool.engine.state.liquidations.values()) {
    if (order === null) continue;
    if (random.chance(60)) return { type: 'FinishOrder', order: order.order, reason: 'rejected' };
    const own = pool.engine.state.accounts[account]!.id;
    const [buyer, seller] = order.size < 0n ? [MAKER, own] : [own, MAKER];
    const rest = order.size - order.filled;
    return {
      type: 'RecordFill',
      market: pool.engine.state.markets[order.market]!.parameters.market,
      buyer,
      seller,
      size: fromRaw<Size>(rest < 0n ? -rest : rest),
      price: order.limitPrice,
      buyerFee: money('0'),
      sellerFee: money('0'),
      order: order.order,
    };
  }
  return { type: 'Tick' };
}

/** Some of a provider's shares: none, all, a part to the unit, or more than there are. */
function exitOf({ pool, random }: World): Command {
  const provider = random.pick(PROVIDERS);
  const number = pool.engine.state.numbers.accounts.get(provider);
  const claim = pool.engine.state.vault!.providers.find(({ account }) => account === number);
  const held = claim?.shares ?? 0n;
  const part = (held * BigInt(random.between(1, 999))) / 1000n;
  const shares = fromRaw<Shares>(random.pick([held, part, part, 0n, 1n, held + 1n]));
  return { type: 'RequestVaultExit', provider, shares };
}

const depositOf = ({ random }: World): Command => ({
  type: 'DepositVault',
  provider: random.pick(PROVIDERS),
  amount: random.chance(20)
    ? fromRaw(BigInt(random.between(1, 50)))
    : fromRaw(random.quantity(1, 900)),
});

function capital({ random }: World): Command {
  const account = random.pick([...TRADERS, ...TRADERS, VAULT_ACCOUNT]);
  const asset = random.pick([USDC, assetId('ETH')]);
  const amount = fromRaw<never>(random.quantity(0.1, 30));
  return { type: random.pick(['Deposit', 'Deposit', 'Withdraw']), account, asset, amount };
}

function borrowing({ random }: World): Command {
  const account = random.pick([...TRADERS, VAULT_ACCOUNT]);
  const asset = random.pick([USDC, assetId('ETH')]);
  const amount = fromRaw<never>(random.quantity(0.5, 20));
  return {
    type: random.pick(['Borrow', 'SupplyAsset', 'Repay', 'RedeemSupply']),
    account,
    asset,
    amount,
  };
}

function gates({ pool, random }: World): Command {
  const closed = random.chance(60);
  return setGate({
    gate: random.pick(['takes', 'close-outs', 'liquidations', 'withdrawals']),
    closed,
    untilMs: closed ? engineTimeMs(pool.now() + 20_000) : null,
  });
}

const HAPPENINGS: readonly (readonly [weight: number, what: (world: World) => Command])[] = [
  [30, moved],
  [30, leveraged],
  [3, (world) => trade(world, VAULT_ACCOUNT, 2000)],
  [10, depositOf],
  [10, exitOf],
  [10, ({ random }) => ({ type: 'RedeemVault', provider: random.pick(PROVIDERS) })],
  [8, tradeWithMaker],
  [6, orderDone],
  [5, capital],
  [5, borrowing],
  [3, gates],
  [2, ladder],
  [2, vaultTerms],
  [2, (world) => marketMaker(world, world.random.below(2))],
  [2, ({ random }) => ({ type: 'FundInsurance', amount: fromRaw(random.quantity(0.1, 20)) })],
  [
    2,
    ({ random }) => ({
      type: 'AccrueFunding',
      market: perp(random.pick(COINS)),
      fundingRate: ratio(random.pick(['0.001', '-0.0007', '0.000000000000000001'])),
    }),
  ],
];

const TOTAL = HAPPENINGS.reduce((sum, [weight]) => sum + weight, 0);

/** What happens next; time passes before it. */
export function happening(world: World): Command {
  const { random, pool } = world;
  pool.wait(random.pick([0, 1, 1_000, 5_000, 10_000]));
  let left = random.below(TOTAL);
  for (const [weight, what] of HAPPENINGS) {
    if (left < weight) return what(world);
    left -= weight;
  }
  return { type: 'Tick' };
}
