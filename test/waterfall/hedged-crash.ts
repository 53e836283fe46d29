/** Small pools in which longs of BTC go bankrupt against shorts that hold other things as well. */
import fc from 'fast-check';
import type { Command, DeleveragingParameters } from '../../src/engine/index.ts';
import { indexId, marketId, money, price, size } from '../../src/units/index.ts';
import { deleveraging } from '../pools/loss-stage.ts';
import { poolDriver } from '../pools/pool-driver.ts';

const POLICIES = [
  'minimax-leverage',
  'minimax-leverage',
  'queue',
  'queue-notional',
  'capped-pro-rata',
  'risk-aware-pro-rata',
  'min-max',
] as const;

/** Contracts of another market per contract of BTC: what hedges, and what adds. */
const beside = fc.integer({ min: -4, max: 8 });

export const hedgedCrashes = fc.record({
  adlPolicy: fc.constantFrom(...POLICIES),
  adlFillsMax: fc.constantFrom(1, 2, 8),
  hedges: fc.constantFrom<DeleveragingParameters['hedges']>('protect', 'protect', 'ignore'),
  lot: fc.constantFrom('0.001', '0.5', '1'),
  /** Tenths; 0: the market stands alone. */
  loadings: fc.record({
    'BTC-PERP': fc.integer({ min: 5, max: 60 }),
    'ETH-PERP': fc.integer({ min: 0, max: 30 }),
    'SOL-PERP': fc.integer({ min: 0, max: 9 }),
  }),
  fund: fc.constantFrom('0', '0', '2'),
  longs: fc.array(
    fc.record({
      contracts: fc.integer({ min: 1, max: 6 }),
      deposit: fc.integer({ min: 10, max: 16 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  shorts: fc.array(
    fc.record({
      contracts: fc.integer({ min: 1, max: 5 }),
      deposit: fc.integer({ min: 25, max: 160 }),
      entry: fc.integer({ min: 78, max: 110 }),
      eth: beside,
      sol: beside,
    }),
    { minLength: 2, maxLength: 5 },
  ),
  /** Short too, and in liquidation by then for what they lost on ADA, which no factor moves. */
  troubled: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  marks: fc.record({
    eth: fc.integer({ min: 17, max: 23 }),
    sol: fc.integer({ min: 7, max: 13 }),
    btc: fc.integer({ min: 70, max: 95 }),
  }),
});

export type HedgedCrash = typeof hedgedCrashes extends fc.Arbitrary<infer T> ? T : never;

/** Its markets, its terms, and a maker with plenty. */
function openPool({ adlPolicy, adlFillsMax, hedges, lot, loadings, fund }: HedgedCrash) {
  const pool = poolDriver();
  pool.configure({ adlPolicy, adlFillsMax, bookAttemptsMax: 1 });
  for (const [name, at] of Object.entries({ BTC: '100', ETH: '20', SOL: '10', ADA: '10' })) {
    pool.index(name);
    pool.market(`${name}-PERP`, { index: indexId(name), lot: size(lot) });
    pool.price(name, at, [`${name}-PERP`]);
  }
  const maker = pool.account('maker', '100000');
  const given = Object.entries(loadings)
    .filter(([, tenths]) => tenths > 0)
    .map(([market, tenths]) => {
      return { market: marketId(market), loading: price(String(tenths / 10)) };
    });
  pool.take(deleveraging(hedges, given));
  if (fund !== '0') pool.take({ type: 'FundInsurance', amount: money(fund) });
  /** With the maker; whoever has too little for it goes without. */
  const trade = (
    account: typeof maker,
    of: { readonly market: string; readonly contracts: number; readonly at: string },
  ): void => {
    if (of.contracts === 0) return;
    const buys = of.contracts > 0;
    pool.attempt({
      type: 'RecordFill',
      market: marketId(of.market),
      buyer: buys ? account : maker,
      seller: buys ? maker : account,
      size: size(String(Math.abs(of.contracts))),
      price: price(of.at),
      buyerFee: money('0'),
      sellerFee: money('0'),
      order: null,
    });
  };
  return { pool, trade };
}

/** At most as many contracts are long as are short, so that the shorts bear it themselves. */
function holding(given: HedgedCrash) {
  const { longs, shorts, troubled } = given;
  const { pool, trade } = openPool(given);
  for (const [at, { contracts, deposit, entry, eth, sol }] of shorts.entries()) {
    const short = pool.account(`short-${at}`, String(deposit * contracts));
    trade(short, { market: 'BTC-PERP', contracts: -contracts, at: String(entry) });
    trade(short, { market: 'ETH-PERP', contracts: eth * contracts, at: '20' });
    trade(short, { market: 'SOL-PERP', contracts: sol * contracts, at: '10' });
  }
  for (const [at, contracts] of troubled.entries()) {
    const own = pool.account(`troubled-${at}`, String(60 * contracts));
    trade(own, { market: 'BTC-PERP', contracts: -contracts, at: '100' });
    trade(own, { market: 'ADA-PERP', contracts: 40 * contracts, at: '10' });
  }
  let left = [...shorts.map(({ contracts }) => contracts), ...troubled].reduce((a, b) => a + b);
  for (const [at, { contracts: wanted, deposit }] of longs.entries()) {
    const contracts = Math.min(wanted, left);
    left -= contracts;
    const long = pool.account(`long-${at}`, String(deposit * Math.max(1, contracts)));
    trade(long, { market: 'BTC-PERP', contracts, at: '100' });
  }
  return pool;
}

/** All that was drawn, up to the last liquidation that it leads to. */
export function crashOf(given: HedgedCrash) {
  const { marks } = given;
  const pool = holding(given);
  pool.price('ADA', '9', ['ADA-PERP']);
  pool.price('SOL', String(marks.sol), ['SOL-PERP']);
  pool.price('ETH', String(marks.eth), ['ETH-PERP']);
  pool.price('BTC', String(marks.btc), ['BTC-PERP']);
  // Who is only short of margin is taken over once the book has had its chance.
  for (let round = 0; round < 3; round += 1) {
    for (const order of [...pool.engine.state.orders.keys()]) {
      const finish: Command = { type: 'FinishOrder', order, reason: 'expired' };
      pool.attempt(finish);
    }
    pool.pass(1_000);
  }
  return pool;
}
