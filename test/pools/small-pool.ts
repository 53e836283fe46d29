/**
 * A small pool and its crash: one index, two markets, a maker and a dozen traders whose longs are
 * run over by a falling price. Everything follows from the seed; close-out orders are answered by
 * the maker at their limit. For tests of whatever carries records: journals, snapshots, hashes.
 * @module
 */
import type { Command, JournalRecord } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  type EngineTimeMs,
  engineTimeMs,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import { market, POOL } from './pool-driver.ts';

/** Takes one outside command; answers its record and those of the work it made due. */
export type Take = (command: Command, time: EngineTimeMs) => Promise<readonly JournalRecord[]>;

const MARKETS = ['BTC-PERP', 'BTC-MINI'] as const;
const MAKER = accountId('maker');
const START_MS = 1_700_000_000_000;

export type CrashOptions = {
  readonly seed?: number;
  /** Price reports, one per minute; the crash begins in the middle. */
  readonly ticks?: number;
  readonly traders?: number;
};

export async function crashSmallPool(take: Take, options: CrashOptions = {}): Promise<void> {
  const { seed = 1, ticks = 60, traders = 12 } = options;
  const draw = generator(seed);
  const takeAt = (command: Command, minute: number) =>
    take(command, engineTimeMs(START_MS + minute * 60_000));
  const fills = async (records: readonly JournalRecord[], minute: number): Promise<void> => {
    for (const order of records.flatMap(ordersOf)) {
      await fills(await takeAt(fillOf(order), minute), minute);
    }
  };
  for (const command of configuration()) await takeAt(command, 0);
  await takeAt(report(60_000, 0), 0);
  for (const command of population(traders)) await takeAt(command, 0);
  let cents = 6_000_000;
  for (let minute = 1; minute <= ticks; minute += 1) {
    const drift = minute > ticks / 2 ? 0.993 : 1;
    cents = Math.round(cents * drift * (1 + (draw() - 0.5) / 500));
    await fills(await takeAt(report(cents / 100, minute), minute), minute);
    // Something refused now and then, so that journals hold rejections too.
    if (minute % 7 === 0) await takeAt(excessiveWithdrawal(), minute);
    if (minute % 10 === 0) await fills(await takeAt({ type: 'Tick' }, minute), minute);
  }
}

/** Park-Miller: exact in doubles, the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function configuration(): Command[] {
  return [
    { type: 'ConfigurePool', parameters: POOL },
    {
      type: 'ConfigureIndex',
      parameters: {
        index: indexId('BTC'),
        sources: [{ source: 'feed', weight: ratio('1') }],
        sourcesMin: 1,
        stalenessMsMax: durationMs(180_000),
        confidenceMax: null,
        sourceBand: null,
      },
    },
    ...MARKETS.map(
      (id): Command => ({
        type: 'ConfigureMarket',
        parameters: market(id, { bookStalenessMsMax: durationMs(180_000) }),
      }),
    ),
    { type: 'FundInsurance', amount: money('5000') },
  ];
}

function population(traders: number): Command[] {
  const open = (account: AccountId, deposit: string): Command[] => [
    { type: 'OpenAccount', account, owner: account, parent: null, market: null },
    { type: 'Deposit', account, asset: assetId('USDC'), amount: amount(deposit) },
  ];
  const names = Array.from({ length: traders }, (_, at) => accountId(`trader-${at}`));
  return [
    ...open(MAKER, '100000000'),
    ...names.flatMap((account, at): Command[] => [
      // Leverage from about 3 to about 9.
      ...open(account, `${6_600 + 1_000 * (at % 12)}`),
      {
        type: 'RecordFill',
        market: marketId(MARKETS[at % MARKETS.length]!),
        buyer: account,
        seller: MAKER,
        size: size('1'),
        price: price('60000'),
        buyerFee: money('1'),
        sellerFee: money('0'),
        order: null,
      },
    ]),
  ];
}

function report(value: number, minute: number): Command {
  const timeMs = engineTimeMs(START_MS + minute * 60_000);
  const at = price(value.toFixed(2));
  return {
    type: 'ReportPrices',
    indexes: [{ index: indexId('BTC'), source: 'feed', price: at, timeMs, confidence: null }],
    books: MARKETS.map((id) => ({ market: marketId(id), bid: at, ask: at, last: at, timeMs })),
    outside: [],
  };
}

type PlacedOrder = Extract<
  Extract<JournalRecord['outcome'], { type: 'Accepted' }>['events'][number],
  { type: 'CloseOutOrderPlaced' }
>;

function ordersOf({ outcome }: JournalRecord): PlacedOrder[] {
  if (outcome.type === 'Rejected') return [];
  return outcome.events.flatMap((event) => (event.type === 'CloseOutOrderPlaced' ? [event] : []));
}

function fillOf(order: PlacedOrder): Command {
  const sells = order.size < 0n;
  return {
    type: 'RecordFill',
    market: order.market,
    buyer: sells ? MAKER : order.account,
    seller: sells ? order.account : MAKER,
    size: (sells ? 0n - order.size : order.size) as typeof order.size,
    price: order.limitPrice,
    buyerFee: money('0'),
    sellerFee: money('0'),
    order: order.order,
  };
}

const excessiveWithdrawal = (): Command => ({
  type: 'Withdraw',
  account: MAKER,
  asset: assetId('USDC'),
  amount: amount('1000000000'),
});
