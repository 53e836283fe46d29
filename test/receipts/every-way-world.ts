/**
 * A pool in which every way out of an account is taken by somebody: a ladder in any order, debts
 * and claims, finders, bidders and liquidators, among guarded prices. Drawn from a seed.
 * @module
 */
import {
  accountMargin,
  type Bid,
  type Command,
  type LiquidationView,
  type RouteParameters,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  engineTimeMs,
  formatDecimal,
  indexId,
  isNegative,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { lendingPool } from '../lending/lending-pool.ts';
import { createRandom, type Random } from '../model/random.ts';
import { finders, terms } from '../pools/direct-stage.ts';
import { closeOuts, liquidity, priceGuards, setGate } from '../pools/sample-guards.ts';
import { amm, depositVault, ladderOf, vault } from '../pools/sample-vault.ts';
import { auctionTerms } from '../routes/auction-pool.ts';

const COINS = ['ETH', 'BTC'] as const;
const ASSETS = ['USDC', 'ETH', 'BTC'] as const;
const START = [2_000, 30_000] as const;
const TRADERS = ['alice', 'bob', 'carol', 'dave'].map((name) => accountId(name));
const BORROWERS = ['eve', 'frank', 'grace'].map((name) => accountId(name));
const KEEPERS = ['keeper', 'rival'].map((name) => accountId(name));
const MAKER = accountId('maker');

const perp = (coin: string) => marketId(`${coin}-PERP`);

export type World = {
  readonly pool: ReturnType<typeof lendingPool>;
  readonly random: Random;
  readonly prices: number[];
};

export function createWorld(seed: number): World {
  const random = createRandom(seed);
  const pool = lendingPool({ closeOutStepsMax: 40, adlPolicy: 'queue' });
  const world = { pool, random, prices: [...START] };
  for (const coin of COINS) pool.market(`${coin}-PERP`, { index: indexId(coin) });
  for (const name of ASSETS) {
    pool.lend(name, { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.9') });
  }
  pool.take(reported(world));
  pool.account('maker', '10000000');
  pool.account('vault');
  for (const name of ['provider', 'lender', 'amm', ...KEEPERS]) pool.account(name, '200000');
  for (const name of TRADERS) pool.account(name, `${random.between(1, 20) * 1_000}`);
  for (const name of BORROWERS) pool.account(name);
  for (const name of ['lender', 'keeper']) {
    pool.deposit(accountId(name), 'ETH', '30');
    pool.deposit(accountId(name), 'BTC', '2');
  }
  // Too little to hand over whatever is owed: the rest of it the house will owe.
  pool.deposit(pool.house, 'ETH', '4');
  for (const name of ASSETS) pool.supply(accountId('lender'), name, null);
  for (const coin of COINS) {
    pool.take(amm({ market: perp(coin), depth: money('1000000'), inventoryMax: money('30000') }));
  }
  const caps = { accountNotionalMax: money('40000'), marketNotionalMax: money('60000') };
  pool.take(vault({ ...caps, windowNotionalMax: money('100000') }));
  pool.take(depositVault('provider', '100000'));
  for (const change of [ladder, auctions, direct]) pool.take(change(world));
  for (const change of [finding, guards, throttles]) {
    if (random.chance(50)) pool.take(change(world));
  }
  for (let opened = 0; opened < 12; opened += 1) {
    for (const command of random.pick([traded, indebted])(world, [])) pool.attempt(command);
  }
  return world;
}

function reported({ pool, prices }: Pick<World, 'pool' | 'prices'>): Command {
  const timeMs = engineTimeMs(pool.now());
  const at = COINS.map((coin, number) => ({ coin, value: price(prices[number]!.toFixed(2)) }));
  return {
    type: 'ReportPrices',
    indexes: at.map(({ coin, value }) => {
      return { index: indexId(coin), source: 'feed', price: value, timeMs, confidence: null };
    }),
    books: at.map(({ coin, value }) => {
      return { market: perp(coin), bid: value, ask: value, last: value, timeMs };
    }),
    outside: [],
  };
}

const METHODS: readonly RouteParameters['method'][] = [
  'book',
  'outside',
  'amm',
  'auction',
  'direct',
  'backstop',
];

/** Some of the ways in any order, each with its own patience. */
function ladder({ random }: World): Command {
  const shuffled = METHODS.map((method) => ({ method, place: random.below(1_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ method }) => method);
  const { type, parameters } = ladderOf(...shuffled.slice(0, random.between(2, 5)));
  const routes = parameters.routes.map((route) => ({
    ...route,
    patienceMs: durationMs(random.pick([5_000, 60_000, 600_000])),
  }));
  return {
    type,
    parameters: { ...parameters, routes, choice: random.pick(['ladder', 'cheapest']) },
  };
}

const auctions = ({ random }: World): Command => ({
  type: 'ConfigureAuctions',
  parameters: auctionTerms({
    lot: random.pick(['position', 'portfolio', 'portfolio']),
    curve: random.pick(['linear', 'exponential', 'stairstep', 'two-phase']),
    resetsMax: random.below(2),
    tailMs: durationMs(30_000),
  }),
});

const direct = ({ random }: World): Command =>
  terms({
    minBonus: ratio(random.pick(['0', '0.01'])),
    coolOffMs: durationMs(random.pick([0, 0, 0, 20_000])),
    priorityWindowMs: durationMs(random.pick([0, 2_000])),
    priorityExclusiveMs: durationMs(5_000),
  });

const finding = ({ random }: World): Command =>
  finders({ detection: random.pick(['finders', 'finders', 'engine']) });

const guards = ({ random }: World): Command =>
  priceGuards({
    market: perp(random.pick(COINS)),
    stableTimeConstantMs: random.pick([null, durationMs(60_000)]),
    markStepPerSecond: random.pick([null, ratio('0.01'), ratio('0.1')]),
  });

function throttles({ random }: World): Command {
  if (random.chance(50)) return closeOuts({ policy: random.pick(['everything', 'proportional']) });
  const windowNotionalMax = random.pick([null, money('5000')]);
  return liquidity({ market: perp(random.pick(COINS)), windowNotionalMax });
}

/** What one act sends, one after the other; nothing where there is nothing to do. */
type Act = (world: World, running: readonly LiquidationView[]) => readonly Command[];

const part = (random: Random, whole: string): number =>
  (Number(whole) * random.between(1, 100)) / 100;

const moved: Act = (world) => {
  const { random, prices } = world;
  for (const at of prices.keys()) {
    const factor = 1 + random.between(-9, 9) / (random.chance(15) ? 90 : 300);
    const [low, high] = [START[at]! * 0.6, START[at]! * 1.6];
    prices[at] = Math.min(high, Math.max(low, prices[at]! * factor));
  }
  return [reported(world)];
};

const accountOf = ({ pool }: World, { account }: LiquidationView) =>
  pool.engine.state.accounts[account]!;

const taken: Act = (world, running) => {
  const { pool, random } = world;
  const open = running.filter(({ route }) => route?.method === 'direct');
  if (open.length === 0) return [];
  const liquidation = random.pick(open);
  const account = accountOf(world, liquidation);
  const common = {
    liquidator: random.pick(KEEPERS),
    account: account.id,
    accountVersion: account.version,
  };
  if (account.positions.length > 0) {
    const position = random.pick(account.positions);
    const { market } = pool.engine.state.markets[position.market]!.parameters;
    const contracts = Math.abs(part(random, formatDecimal(position.size)));
    const limitPrice = price(isNegative(position.size) ? '1' : '1000000');
    const whole = Math.max(0.001, Math.floor(contracts * 1_000) / 1_000);
    return [
      { type: 'LiquidateDirect', ...common, market, size: size(whole.toFixed(3)), limitPrice },
    ];
  }
  const [debt, holding] = [account.debts[0], account.collaterals[0]];
  if (debt === undefined || holding === undefined) return [];
  const repay = part(random, formatDecimal(debt.shares));
  return [
    {
      type: 'RepayDirect',
      ...common,
      debtAsset: pool.engine.state.desks[debt.desk]!.parameters.asset,
      repay: amount(repay.toFixed(9)),
      collateralAsset: pool.engine.state.assets[holding.asset]!.parameters.asset,
      seizeMin: amount('0'),
    },
  ];
};

/** Of somebody who takes it at any price; the auction says how much it is. */
const bidden: Act = (world, running) => {
  const { random } = world;
  const open = running.filter(({ auction }) => auction !== null);
  if (open.length === 0) return [];
  const liquidation = random.pick(open);
  const { auction, lot, market, asset } = liquidation.auction!;
  const account = accountOf(world, liquidation);
  const held = account.positions.find((position) => position.market === market);
  const bid: Bid =
    lot === 'collateral'
      ? {
          type: 'Collateral',
          amount: account.collaterals.find((holding) => holding.asset === asset)!.amount,
          amountMin: amount('0'),
          limitPrice: price('1000000'),
        }
      : lot === 'position'
        ? {
            type: 'Position',
            size: size(Math.abs(Number(formatDecimal(held?.size ?? size('1')))).toFixed(3)),
            sizeMin: size('0'),
            limitPrice: price(held !== undefined && isNegative(held.size) ? '1' : '1000000'),
          }
        : {
            type: 'Portfolio',
            fraction: ratio((random.between(1, 100) / 100).toFixed(2)),
            fractionMin: ratio('0'),
            paymentMax: money('1000000'),
          };
  const outside = lot === 'collateral' && random.chance(30);
  return [
    {
      type: 'PlaceBid',
      auction,
      bidder: outside ? 'somebody-outside' : random.pick(KEEPERS),
      settlement: outside ? 'outside' : 'account',
      accountVersion: account.version,
      bid,
    },
  ];
};

/** A maker fills an order, in full or in part, or the venue gives it back. */
const venueAnswers: Act = (world, running) => {
  const { pool, random } = world;
  const open = running.filter(({ order }) => order !== null);
  if (open.length === 0) return [];
  const liquidation = random.pick(open);
  const { order, market, size: ordered, filled, limitPrice } = liquidation.order!;
  if (random.chance(40)) return [{ type: 'FinishOrder', order, reason: 'expired' }];
  const left = Math.abs(Number(formatDecimal(ordered)) - Number(formatDecimal(filled)));
  const contracts = random.chance(50) ? left : Math.floor(left * 500) / 1_000;
  const { id } = accountOf(world, liquidation);
  const sells = isNegative(ordered);
  return [
    {
      type: 'RecordFill',
      market: pool.engine.state.markets[market]!.parameters.market,
      buyer: sells ? MAKER : id,
      seller: sells ? id : MAKER,
      size: size(Math.max(0.001, contracts).toFixed(3)),
      price: limitPrice,
      buyerFee: money('0'),
      sellerFee: money('0'),
      order,
    },
  ];
};

const firstBid: Act = ({ random }, running) => {
  const open = running.filter(({ priority }) => priority !== null && !priority.awarded);
  if (open.length === 0) return [];
  const { liquidation } = random.pick(open);
  const bid = money(`${random.between(1, 50)}`);
  return [{ type: 'BidPriority', liquidation, bidder: random.pick(KEEPERS), amount: bid }];
};

const pointed: Act = ({ pool, random }) => {
  const noticed = [...pool.engine.state.notices.keys()];
  if (noticed.length === 0) return [];
  const account = pool.engine.state.accounts[random.pick(noticed)]!.id;
  const cost = money('1');
  return [{ type: 'PointAtAccount', finder: random.pick(KEEPERS), account, cost, witness: null }];
};

/** What an account may still be liable for. */
function equityOf({ pool }: Pick<World, 'pool'>, id: AccountId): number {
  const account = pool.accountOf(id);
  return Math.max(100, Number(formatDecimal(accountMargin(pool.engine.state, account).equity)));
}

/** Up to as much leverage as the pool lets an account have. */
const traded: Act = (world) => {
  const { pool, random, prices } = world;
  const trader = random.pick(TRADERS);
  const at = random.below(2);
  const contracts = (random.between(2, 9) * equityOf(world, trader)) / prices[at]!;
  const buys = random.chance(50);
  return [
    {
      type: 'RecordFill',
      market: perp(COINS[at]!),
      buyer: buys ? trader : MAKER,
      seller: buys ? MAKER : trader,
      size: size(contracts.toFixed(3)),
      price: pool.engine.state.markets[at]!.mark!,
      buyerFee: money('0'),
      sellerFee: money('0'),
      order: null,
    },
  ];
};

const atDesk: Act = (world) => {
  const { random, prices } = world;
  const account = random.pick(TRADERS);
  const name = random.pick(ASSETS);
  const asset = assetId(name);
  const worth = name === 'USDC' ? 1 : prices[name === 'ETH' ? 0 : 1]!;
  const units = amount(
    ((random.between(1, 20) * equityOf(world, account)) / 10 / worth).toFixed(6),
  );
  const type = random.pick([
    'Borrow',
    'Borrow',
    'SupplyAsset',
    'Withdraw',
    'Deposit',
    'Repay',
  ] as const);
  return [{ type, account, asset, amount: units }];
};

/** Collateral of one kind, in part lent on, and a debt of another near the limit, taken away. */
const indebted: Act = ({ random, prices }) => {
  const account = random.pick(BORROWERS);
  const held = random.below(3);
  const owed = (held + random.between(1, 2)) % 3;
  const worth = (at: number): number => (at === 0 ? 1 : prices[at - 1]!);
  const value = random.between(1, 20) * 1_000;
  const deposited = amount((value / worth(held)).toFixed(6));
  const borrowed = amount(((value * random.between(60, 74)) / 100 / worth(owed)).toFixed(6));
  const collateral = { account, asset: assetId(ASSETS[held]!) };
  const debt = { account, asset: assetId(ASSETS[owed]!), amount: borrowed };
  const lent = amount(((value * random.between(0, 100)) / 100 / worth(held)).toFixed(6));
  return [
    { type: 'Deposit', ...collateral, amount: deposited },
    { type: 'Borrow', ...debt },
    { type: 'Withdraw', ...debt },
    ...(random.chance(60) ? [{ type: 'SupplyAsset', ...collateral, amount: lent } as const] : []),
  ];
};

const capital: Act = (world, running) => {
  const { random, prices } = world;
  const own = running.length > 0 && random.chance(50) ? accountOf(world, running[0]!).id : null;
  const poorest = TRADERS.toSorted((a, b) => equityOf(world, a) - equityOf(world, b))[0]!;
  const account: AccountId = own ?? poorest;
  const at = random.below(3);
  const worth = at === 0 ? 1 : prices[at - 1]!;
  const units = amount(((random.between(1, 90) * 200) / worth).toFixed(6));
  return [{ type: 'Deposit', account, asset: assetId(ASSETS[at]!), amount: units }];
};

const changed: Act = (world) => [
  world.random.pick([ladder, ladder, auctions, direct, finding, guards, throttles])(world),
];

const gated: Act = ({ random }) => [
  setGate({ gate: random.pick(['takes', 'close-outs']), closed: random.chance(30) }),
];

const funded: Act = ({ random }) => {
  return [{ type: 'FundInsurance', amount: money(`${random.between(1, 2_000)}`) }];
};

/** In parts of a hundred; what cannot be done gives way to a move of prices. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [16, moved],
  [13, taken],
  [13, bidden],
  [14, venueAnswers],
  [6, firstBid],
  [6, pointed],
  [10, traded],
  [4, atDesk],
  [6, indebted],
  [4, capital],
  [4, changed],
  [2, gated],
  [2, funded],
];

const WAITS = [0, 0, 500, 1_000, 3_000, 10_000, 40_000] as const;

/** One act and all the work that it makes due. */
export function act(world: World): void {
  const { pool, random } = world;
  pool.wait(random.pick(WAITS));
  let drawn = random.below(100);
  const found = ACTS.find(([weight]) => {
    drawn -= weight;
    return drawn < 0;
  });
  const running = [...pool.engine.state.liquidations.values()];
  const commands = found![1](world, running);
  for (const command of commands.length > 0 ? commands : moved(world, running)) {
    pool.attempt(command);
  }
}
