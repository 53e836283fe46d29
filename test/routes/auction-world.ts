/**
 * A pool in which every way out is open, and what may happen in it: traders with positions in
 * linear and inverse contracts, collateral, debts and claims; bidders rich, poor, isolated and of
 * the same owner; a house, market makers, liquidators and a vault.
 * @module
 */
import type { AuctionParameters, Command, RouteParameters } from '../../src/engine/index.ts';
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
  size,
} from '../../src/units/index.ts';
import { lending } from '../lending/lending-pool.ts';
import { createRandom } from '../model/random.ts';
import { terms } from '../pools/direct-stage.ts';
import { poolDriver } from '../pools/pool-driver.ts';
import { asset } from '../pools/sample-commands.ts';
import { setGate } from '../pools/sample-guards.ts';
import { AMM, ladderOf, VAULT } from '../pools/sample-vault.ts';
import { randomBid } from './auction-bidding.ts';
import { type Listed, MARKETS, type World } from './auction-stage.ts';
import { exactMargin, FINE, magnitude } from './exact-margin.ts';
import { exactEquity, exactValue } from './vault-witness.ts';

export const TRADERS = ['alice', 'bob', 'chris', 'dora'].map((name) => accountId(name));
const PROVIDERS = ['carol', 'dave'].map((name) => accountId(name));
const VAULT_ACCOUNT = accountId('vault');
const MAKER = accountId('maker');
const KEEPER = accountId('keeper');
const USDC = assetId('USDC');
const ETH = assetId('ETH');
const COINS = ['BTC', 'ETH'] as const;
const START = [100n * 10n ** 18n, 20n * 10n ** 18n] as const;

/** The world at its beginning, everything drawn from a seed. */
export function createWorld(seed: number): World {
  const random = createRandom(seed);
  const pool = poolDriver();
  pool.configure({
    collateralBuyer: accountId('house'),
    closeOutStepsMax: 40,
    insuranceEventCap: random.chance(30) ? money('40') : null,
    // Not every restored account has a margin to spare.
    releaseRatio: ratio(random.pick(['1', '1.1', '1.25'])),
  });
  const world = { pool, random, prices: [...START] };
  for (const name of COINS) pool.index(name);
  for (const { name, coin, inverse } of MARKETS) {
    const kind = inverse ? 'inverse' : 'linear';
    const lot = inverse ? size('1') : size('0.001');
    const notionalMin = inverse ? money('0.5') : money('2');
    pool.market(name, { kind, lot, notionalMin, index: indexId(COINS[coin]) });
  }
  const factors = [null, ratio('0.01'), ratio('0.1')];
  const changes = { index: indexId('ETH'), collateralHaircut: ratio('0.2') };
  pool.take(asset('ETH', { ...changes, concentrationFactor: random.pick(factors) }));
  pool.take(asset('BTC', { index: indexId('BTC'), collateralHaircut: ratio('0.1') }));
  pool.take(reported(world));
  peopled(world);
  pool.take({ type: 'ConfigureVault', parameters: { ...VAULT, noticeMs: durationMs(2_000) } });
  pool.take({ type: 'DepositVault', provider: PROVIDERS[0]!, amount: money('2000') });
  pool.take(terms({ takeNotionalMin: money('5') }));
  pool.take({ type: 'FundInsurance', amount: money('300') });
  pool.take(auctions(world));
  pool.take(ladder(world));
  return world;
}

/** Accounts of every kind, desks with something in them, and market makers. */
function peopled({ pool, random }: World): void {
  pool.account('house', '100000');
  pool.account('maker', '1000000');
  for (const name of ['amm-btc', 'amm-eth']) pool.account(name, '200');
  pool.account('vault');
  for (const name of TRADERS) pool.account(name, String(random.between(20, 200)));
  for (const name of PROVIDERS) pool.account(name, '5000');
  pool.account('keeper', '20000');
  pool.account('rival', '300');
  // Has what a slice costs, and no margin for what is in it.
  pool.account('meek', '12');
  pool.account('poor', '3');
  // Rich in everything but money.
  const held = fromRaw<never>(100n * 10n ** 18n);
  pool.take({ type: 'Deposit', account: accountId('poor'), asset: ETH, amount: held });
  for (const name of ['twin', 'iso']) {
    const isolated = name === 'iso' ? { parent: KEEPER, market: marketId('BTC-PERP') } : null;
    const owner = isolated === null ? 'alice' : 'keeper';
    const account = accountId(name);
    pool.take({ type: 'OpenAccount', account, owner, parent: null, market: null, ...isolated });
    pool.take({ type: 'Deposit', account, asset: USDC, amount: fromRaw(400n * 10n ** 18n) });
  }
  for (const name of ['USDC', 'ETH', 'BTC']) {
    pool.take({ type: 'ConfigureLending', parameters: lending(name, { debtMin: money('1') }) });
    if (name !== 'USDC') {
      const amount = fromRaw<never>(1000n * 10n ** 18n);
      pool.take({ type: 'Deposit', account: MAKER, asset: assetId(name), amount });
    }
    const amount = fromRaw<never>(900n * 10n ** 18n);
    pool.take({ type: 'SupplyAsset', account: MAKER, asset: assetId(name), amount });
  }
  for (const at of [0, 1] as const) {
    const parameters = {
      ...AMM,
      market: marketId(MARKETS[at]!.name),
      account: accountId(`amm-${COINS[at].toLowerCase()}`),
    };
    pool.take({ type: 'ConfigureAmm', parameters });
  }
}

export function reported({ pool, prices }: World): Command {
  const timeMs = engineTimeMs(pool.now());
  return {
    type: 'ReportPrices',
    indexes: COINS.map((coin, at) => ({
      index: indexId(coin),
      source: 'feed',
      price: fromRaw<Price>(prices[at]!),
      timeMs,
      confidence: null,
    })),
    books: MARKETS.map(({ name, coin }) => {
      const price = fromRaw<Price>(prices[coin]!);
      return { market: marketId(name), bid: price, ask: price, last: price, timeMs };
    }),
    outside: [],
  };
}

/** Any curve, any lot: some fall within seconds, some start again at once. */
function auctions({ random }: World): Command {
  const share = (low: number, high: number) => fromRaw<never>(random.quantity(low, high));
  const parameters: AuctionParameters = {
    lot: random.pick(['position', 'portfolio']),
    curve: random.pick(['linear', 'exponential', 'stairstep', 'two-phase']),
    startPremium: random.chance(30) ? ratio('0') : share(0, 0.1),
    endFraction: random.chance(20) ? ratio('0') : share(0.3, 0.95),
    durationMs: durationMs(random.between(30_000, 300_000)),
    cut: share(0.97, 0.999),
    stepMs: durationMs(random.between(1_000, 10_000)),
    cutoff: share(0.6, 0.95),
    fastMs: durationMs(random.pick([0, 5_000, 30_000])),
    slowMs: durationMs(random.between(30_000, 300_000)),
    tailMs: durationMs(random.between(10_000, 90_000)),
    cusp: random.chance(60) ? share(0.8, 0.99) : share(0, 0.3),
    resetsMax: random.between(0, 3),
    sliceMin: random.pick([money('0'), money('1'), money('10')]),
    bufferFraction: random.chance(60) ? ratio('0') : share(0, 0.3),
    insolventMs: durationMs(random.between(5_000, 60_000)),
  };
  return { type: 'ConfigureAuctions', parameters };
}

const LADDERS: readonly (readonly RouteParameters['method'][])[] = [
  ['auction'],
  ['auction', 'backstop'],
  ['auction', 'book'],
  ['direct', 'auction'],
  ['amm', 'auction', 'backstop'],
  ['auction', 'direct', 'amm', 'backstop'],
  ['backstop', 'auction', 'book'],
];

function ladder({ random }: World): Command {
  const { type, parameters } = ladderOf(...random.pick(LADDERS));
  const patienceMs = durationMs(random.pick([20_000, 120_000, 600_000]));
  const routes = parameters.routes.map((route) => ({ ...route, patienceMs }));
  const choice = random.chance(70) ? 'ladder' : 'cheapest';
  return { type, parameters: { ...parameters, routes, choice } };
}

/** A move of both prices, mostly small; now and then a gap. */
function moved(world: World): Command[] {
  const { random, prices } = world;
  const most = random.pick([10, 40, 80, 80, 120, 250]);
  for (const at of prices.keys()) {
    prices[at] = (prices[at]! * BigInt(1000 + random.between(-most, most))) / 1000n;
    const start = START[at]!;
    // Not so far that nothing can be traded any more.
    if (prices[at]! < start / 5n || prices[at]! > start * 5n) prices[at] = start;
  }
  return [reported(world)];
}

/** Contracts worth that much at the mark, in whole lots. */
function contracts({ prices }: World, { coin, inverse, lot }: Listed, worth: bigint): Size {
  const price = prices[coin]!;
  const raw = inverse ? (worth * price) / 10n ** 18n : (worth * 10n ** 18n) / price;
  return fromRaw<Size>(raw - (raw % lot));
}

/** A trade of several times what the account has, in either direction. */
function leveraged(world: World): Command[] {
  const { pool, random, prices } = world;
  const account = random.pick(TRADERS);
  const { balance } = pool.accountOf(account);
  if (balance < 5n * 10n ** 18n) {
    const amount = fromRaw<never>(random.quantity(20, 200));
    return [{ type: 'Deposit', account, asset: USDC, amount }];
  }
  const market = random.pick(MARKETS);
  const [buyer, seller] = random.chance(50) ? [account, MAKER] : [MAKER, account];
  const worth = (balance * BigInt(random.between(4, 9))) as bigint;
  return [
    {
      type: 'RecordFill',
      market: marketId(market.name),
      buyer,
      seller,
      size: contracts(world, market, worth),
      price: fromRaw<Price>(prices[market.coin]!),
      buyerFee: money('0'),
      sellerFee: money('0'),
      order: null,
    },
  ];
}

/** An asset in, another out of a desk, and gone: a debt that nothing but the asset stands for. */
function indebted({ random, prices }: World): Command[] {
  const account = random.pick(TRADERS);
  const [held, owed] = random.pick([
    [ETH, USDC],
    [assetId('BTC'), USDC],
    [ETH, assetId('BTC')],
    [USDC, ETH],
  ] as const);
  const priceOf = (of: string): bigint =>
    of === 'USDC' ? 10n ** 18n : prices[of === 'ETH' ? 1 : 0]!;
  const worth = random.quantity(20, 300);
  const amount = fromRaw<never>((worth * 10n ** 18n) / priceOf(held));
  const lent = (worth * BigInt(random.between(60, 74))) / 100n;
  const borrowed = fromRaw<never>((lent * 10n ** 18n) / priceOf(owed));
  const gone: Command = { type: 'Withdraw', account, asset: owed, amount: borrowed };
  return [
    { type: 'Deposit', account, asset: held, amount },
    { type: 'Borrow', account, asset: owed, amount: borrowed },
    ...(random.chance(80) ? [gone] : []),
  ];
}

/** Into a desk or out of it; what was lent stands beside positions as a claim. */
function atDesk({ random }: World): Command[] {
  const account = random.pick([...TRADERS, VAULT_ACCOUNT]);
  const kind = random.pick(['SupplyAsset', 'SupplyAsset', 'RedeemSupply', 'Repay'] as const);
  const amount = random.chance(20) ? null : fromRaw<never>(random.quantity(0.5, 20));
  return [{ type: kind, account, asset: random.pick([USDC, ETH]), amount }];
}

function capital({ random }: World): Command[] {
  const account = random.pick([...TRADERS, ...TRADERS, accountId('rival'), VAULT_ACCOUNT]);
  const kind = random.pick(['Deposit', 'Deposit', 'Withdraw'] as const);
  const amount = fromRaw<never>(random.quantity(0.1, 30));
  return [{ type: kind, account, asset: random.pick([USDC, ETH]), amount }];
}

/** What happens to a close-out order that is open: filled, or given up. */
function orderDone({ pool, random }: World): Command[] {
  for (const { order, account } of pool.engine.state.liquidations.values()) {
    if (order === null) continue;
    if (random.chance(40)) return [{ type: 'FinishOrder', order: order.order, reason: 'rejected' }];
    const own = pool.engine.state.accounts[account]!.id;
    const [buyer, seller] = order.size < 0n ? [MAKER, own] : [own, MAKER];
    const rest = order.size - order.filled;
    return [
      {
        type: 'RecordFill',
        market: pool.engine.state.markets[order.market]!.parameters.market,
        buyer,
        seller,
        size: fromRaw<Size>(rest < 0n ? -rest : rest),
        price: order.limitPrice,
        buyerFee: money('0'),
        sellerFee: money('0'),
        order: order.order,
      },
    ];
  }
  return [{ type: 'Tick' }];
}

/** A liquidator takes a part of a position of somebody in liquidation. */
function direct({ pool, random }: World): Command[] {
  const [running] = pool.engine.state.liquidations.values();
  const account = running && pool.engine.state.accounts[running.account]!;
  const position = account?.positions[0];
  if (account === undefined || position === undefined) return [{ type: 'Tick' }];
  const market = MARKETS[position.market]!;
  const held: bigint = position.size < 0n ? -position.size : position.size;
  const part = (held * BigInt(random.between(10, 100))) / 100n;
  const rounded = part - (part % market.lot);
  return [
    {
      type: 'LiquidateDirect',
      liquidator: KEEPER,
      account: account.id,
      accountVersion: account.version,
      market: marketId(market.name),
      size: fromRaw<Size>(rounded > 0n ? rounded : market.lot),
      limitPrice: fromRaw<Price>(position.size < 0n ? 1n : 10n ** 30n),
    },
  ];
}

function vaultShares({ pool, random }: World): Command[] {
  const provider = random.pick(PROVIDERS);
  const number = pool.engine.state.numbers.accounts.get(provider);
  const claim = pool.engine.state.vault!.providers.find(({ account }) => account === number);
  const held = claim?.shares ?? 0n;
  const part = (held * BigInt(random.between(1, 999))) / 1000n;
  const shares = fromRaw<Shares>(random.pick([held, part, part, 1n]));
  const exits = (claim?.exiting ?? 0n) > 0n && random.chance(60);
  if (exits) return [{ type: 'RedeemVault', provider }];
  return [
    random.pick<Command>([
      { type: 'DepositVault', provider, amount: fromRaw(random.quantity(1, 900)) },
      { type: 'RequestVaultExit', provider, shares },
      { type: 'RedeemVault', provider },
    ]),
  ];
}

const vaultTerms = ({ random }: World): Command[] => [
  {
    type: 'ConfigureVault',
    parameters: {
      ...VAULT,
      noticeMs: durationMs(2_000),
      accountNotionalMax: fromRaw(random.quantity(50, 3000)),
      marketNotionalMax: fromRaw(random.quantity(50, 5000)),
      windowNotionalMax: fromRaw(random.quantity(100, 6000)),
      backstopFraction: fromRaw(random.quantity(0.3, 1)),
    },
  },
];

function gates({ pool, random }: World): Command[] {
  const gate = random.pick(['takes', 'close-outs', 'liquidations', 'withdrawals'] as const);
  const untilMs = engineTimeMs(pool.now() + random.between(1_000, 20_000));
  return [setGate({ gate, closed: random.chance(70), untilMs: untilMs })];
}

const funding = ({ random }: World): Command[] => [
  {
    type: 'AccrueFunding',
    market: marketId(random.pick(MARKETS).name),
    fundingRate: ratio(random.pick(['0.001', '-0.0007', '0.000000000000000001'])),
  },
];

const HAPPENINGS: readonly (readonly [weight: number, what: (world: World) => Command[]])[] = [
  [14, moved],
  [22, struck],
  [22, leveraged],
  [18, indebted],
  [9, atDesk],
  [6, capital],
  [6, () => [{ type: 'Tick' }]],
  [3, orderDone],
  [8, direct],
  [7, vaultShares],
  [1, vaultTerms],
  [2, gates],
  [2, (world) => [ladder(world)]],
  [2, (world) => [auctions(world)]],
  [1, funding],
  [1, ({ random }) => [{ type: 'FundInsurance', amount: fromRaw(random.quantity(1, 60)) }]],
];

const TOTAL = HAPPENINGS.reduce((sum, [weight]) => sum + weight, 0);

/** The price of a position moves against it until its account is worth so much. */
function pressed(world: World, id: AccountId, target: bigint): Command[] {
  const { pool, prices } = world;
  const { state } = pool.engine;
  const [position] = pool.accountOf(id).positions;
  if (position === undefined) return [reported(world)];
  const { coin } = MARKETS[position.market]!;
  const lost = exactEquity(state, id) / FINE - target;
  const notional = magnitude(exactValue(state, position.market, position.size)) / FINE;
  const thousandths = (lost * 1000n) / (notional + 1n);
  const against = thousandths > 300n || thousandths < 0n ? 10n : thousandths;
  prices[coin] = (prices[coin]! * (1000n + (position.size < 0n ? against : -against))) / 1000n;
  return [reported(world)];
}

/** Against an account of which slices were sold: what is left may be worth less than they were. */
function squeezed(world: World): Command[] | null {
  const { liquidations, accounts } = world.pool.engine.state;
  for (const { auction, account } of liquidations.values()) {
    if (auction === null || auction.reserved === 0n) continue;
    return pressed(world, accounts[account]!.id, auction.reserved / 2n);
  }
  return null;
}

/** Against a trader, to a little below what it must have, or below nothing; or against a debtor. */
function struck(world: World): Command[] {
  const { pool, random, prices } = world;
  const id = random.pick(TRADERS);
  const { positions, collaterals, debts, liquidation } = pool.accountOf(id);
  if (liquidation !== null) return [reported(world)];
  if (positions.length > 0) {
    const { maintenance } = exactMargin(pool.engine.state, id);
    return pressed(world, id, ((maintenance / FINE) * BigInt(random.between(-2, 10))) / 10n);
  }
  const [held] = collaterals;
  if (debts.length === 0 || held === undefined) return leveraged(world);
  const coin = held.asset === 0 ? 1 : 0;
  prices[coin] = (prices[coin]! * BigInt(random.between(750, 960))) / 1000n;
  return [reported(world)];
}

/** What happens next, time passing before it: mostly a bid where an auction runs. */
export function happening(world: World): Command[] {
  const { random, pool } = world;
  const squeeze = random.chance(60) ? squeezed(world) : null;
  if (squeeze !== null) return squeeze;
  const running = pool.engine.state.runningAuctions.size > 0;
  if (running && random.chance(55)) {
    pool.wait(random.pick([0, 0, 1, 500, 2_000]));
    return [randomBid(world)];
  }
  pool.wait(random.pick([0, 1, 1_000, 5_000, 12_000]));
  let left = random.below(TOTAL);
  for (const [weight, what] of HAPPENINGS) {
    if (left < weight) return what(world);
    left -= weight;
  }
  return [{ type: 'Tick' }];
}

/** Gates open, prices as they are: the beginning of a time in which nobody acts any more. */
export function calm(world: World): Command[] {
  const opened = (['takes', 'close-outs', 'liquidations', 'withdrawals'] as const).map((gate) =>
    setGate({ gate, closed: false }),
  );
  return [...opened, reported(world)];
}
