/**
 * Bids as bidders of every kind send them: sound, late, poor, greedy, on their own account.
 * @module
 */
import type { Bid, CommandOf, LiquidationView } from '../../src/engine/index.ts';
import { fromRaw } from '../../src/units/index.ts';
import { MARKETS, type World } from './auction-stage.ts';

type Running = NonNullable<LiquidationView['auction']>;
type Account = ReturnType<World['pool']['accountOf']>;

/** The keeper has money; the others have less, the wrong owner, or one market only. */
const BIDDERS = [
  ...Array.from({ length: 12 }, () => 'keeper'),
  'rival',
  'rival',
  'poor',
  'poor',
  'poor',
  'iso',
  'iso',
  'meek',
  'meek',
  'meek',
  'twin',
  'alice',
  'nobody',
] as const;

/** In thousandths. */
const part = (of: bigint, thousandths: number): bigint => (of * BigInt(thousandths)) / 1000n;

export function randomBid({ pool, random }: World): CommandOf<'PlaceBid'> {
  const { liquidations, accounts, runningAuctions } = pool.engine.state;
  const [auction, number] = random.pick([...runningAuctions]);
  const liquidation = liquidations.get(number)!;
  const account = accounts[liquidation.account]!;
  const running = liquidation.auction!;
  const outside = running.lot === 'collateral' ? random.chance(35) : random.chance(2);
  const { version } = account;
  return {
    type: 'PlaceBid',
    auction: random.chance(98) ? auction : auction + 1,
    bidder: outside ? random.pick(['desk-7', 'desk-8', 'alice']) : random.pick(BIDDERS),
    settlement: outside ? 'outside' : 'account',
    accountVersion: random.pick([version, version, version, version, version - 1, null]),
    bid: bidFor({ pool, random }, { account, running }),
  };
}

type Drawn = Pick<World, 'pool' | 'random'>;

function bidFor(
  { pool, random }: Drawn,
  { account, running }: { readonly account: Account; readonly running: Running },
): Bid {
  // Most bidders take what they can get, at any price down to far below the mark.
  const whole = running.lot === 'portfolio' ? 35 : 60;
  const most = random.chance(whole) ? 1000 : random.between(1, random.chance(30) ? 40 : 999);
  const least = random.chance(50) ? 0 : random.chance(40) ? most : random.between(0, most);
  const limit = random.chance(60) ? 1200 : random.between(400, 1200);
  if (running.lot === 'collateral') {
    const { assets, indexes } = pool.engine.state;
    const held = account.collaterals.find(({ asset }) => asset === running.asset)?.amount ?? 1n;
    const price = indexes[assets[running.asset ?? 0]!.index]!.price ?? 1n;
    return {
      type: 'Collateral',
      amount: fromRaw(part(held, most) + 1n),
      amountMin: fromRaw(part(held, least)),
      limitPrice: fromRaw(part(price, limit)),
    };
  }
  if (running.lot === 'portfolio') {
    return {
      type: 'Portfolio',
      fraction: fromRaw(part(10n ** 18n, most)),
      fractionMin: fromRaw(part(10n ** 18n, least)),
      paymentMax: fromRaw(random.chance(60) ? 10n ** 21n : random.quantity(-60, 120)),
    };
  }
  return positionBid({ pool, random }, { account, running, most, least, limit });
}

function positionBid(
  { pool, random }: Drawn,
  drawn: {
    readonly account: Account;
    readonly running: Running;
    readonly most: number;
    readonly least: number;
    readonly limit: number;
  },
): Bid {
  const { account, running, most, least, limit } = drawn;
  const market = running.market ?? 0;
  const held = account.positions.find((position) => position.market === market)?.size ?? 1n;
  const { lot } = MARKETS[market]!;
  const lots = (thousandths: number): bigint => {
    const contracts = part(held < 0n ? -held : held, thousandths);
    return contracts - (contracts % lot);
  };
  const size = lots(most);
  const mark = pool.engine.state.markets[market]!.mark!;
  // Whoever takes a short is paid by it: a low limit is a generous one.
  const share = held < 0n ? Math.max(2000 - limit, 1) : limit;
  const odd = random.chance(2) ? 1n : 0n;
  return {
    type: 'Position',
    size: fromRaw((size > 0n ? size : lot) + odd),
    sizeMin: fromRaw(lots(least)),
    limitPrice: fromRaw(part(mark, share)),
  };
}
