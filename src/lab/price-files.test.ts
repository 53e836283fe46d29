/** Price files: which are read, how strictly, and what a replay sees of them. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { formatDecimal } from '../units/index.ts';
import { barFeed } from './bar-feed.ts';
import { barFilesIn, coinOfSymbol } from './bar-files.ts';
import { LabFault } from './fault.ts';
import { barsOf } from './price-bars.ts';
import type { PriceFeed } from './price-feed.ts';

const HEADER = 'ts_ms,open,high,low,close,volume';
const MINUTE = 60_000;
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bars-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const bars = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`;
const bar = (minute: number, close = '10', open = '10'): string =>
  `${minute * MINUTE},${open},11,9,${close},1`;

const feedOf = (folder: string, window: { fromMs?: number; toMs?: number } = {}): PriceFeed =>
  barFeed({ ...FROM_ZERO, directory: folder, ...window });

const FROM_ZERO = { seed: 1, sourcesMin: 1, scenarioFromMs: 0, scenarioToMs: 10 * MINUTE };

describe('which files are read', () => {
  test('every way to write a symbol is the same coin', () => {
    for (const symbol of ['BTCUSDT', 'BTC-USD', 'BTCUSD', 'BTCUSD_PERP', 'BTC', 'BTC-USDC']) {
      assert.equal(coinOfSymbol(symbol), 'BTC', symbol);
    }
    assert.equal(coinOfSymbol('1000PEPEUSDT'), '1000PEPE');
    assert.equal(coinOfSymbol('BTC-EUR'), null);
  });

  test('names and headers decide, and everything else is listed with its reason', () => {
    const folder = folderOf({
      'venue-a_BTCUSDT_1m.csv': bars(bar(1)),
      'venue-b_BTC-USD_1m_2021-05-19.csv': `${HEADER},trades\n${bar(1)},7\n`,
      'deep/venue-c_ETHUSD_PERP_5m.csv': bars('300000,1,1,1,1,0'),
      'venue-a_BTCUSDT_markprice_5m.csv': 'ts_ms,open,high,low,close,count\n',
      'venue-a_SOLUSDT_1m.csv': 'ts_ms,open,high,low,close\n60000,1,1,1,1\n',
      'mixed_multi_1h.csv': 'symbol,ts_ms,open,high,low,close,volume\n',
      'venue-a_BTCUSDT_funding8h.csv': 'ts_ms,funding_rate\n',
      'venue-a_BTC-EUR_1m.csv': bars(bar(1)),
      'notes.txt': 'nothing',
    });
    const { files, ignored } = barFilesIn(folder);
    assert.deepEqual(
      files.map(({ name, coin, stepMs, source }) => ({ name, coin, stepMs, source })),
      [
        {
          name: 'deep/venue-c_ETHUSD_PERP_5m.csv',
          coin: 'ETH',
          stepMs: 300_000,
          source: 'venue-c:ETHUSD_PERP:5m',
        },
        {
          name: 'venue-a_BTCUSDT_1m.csv',
          coin: 'BTC',
          stepMs: 60_000,
          source: 'venue-a:BTCUSDT:1m',
        },
        {
          name: 'venue-b_BTC-USD_1m_2021-05-19.csv',
          coin: 'BTC',
          stepMs: 60_000,
          source: 'venue-b:BTC-USD:1m',
        },
      ],
    );
    const reasons = new Map(ignored.map(({ file, reason }) => [file, reason]));
    assert.equal(reasons.size, 6);
    assert.equal(reasons.get('venue-a_BTC-EUR_1m.csv'), 'BTC-EUR is not quoted in dollars');
    assert.equal(
      reasons.get('venue-a_SOLUSDT_1m.csv'),
      `line 1: expected the columns ${HEADER}, found "ts_ms,open,high,low,close"`,
    );
    assert.match(reasons.get('notes.txt') ?? '', /^not named <venue>_<SYMBOL>_<step>/);
  });

  test('a folder without any usable file, or no folder at all, is a fault that says why', () => {
    const folder = folderOf({ 'venue-a_BTCUSDT_1m.csv': 'ts_ms,price\n1,2\n', 'x.csv': '' });
    const fault = faultOf(() => feedOf(folder));
    assert.equal(fault.code, 'NO_PRICES');
    assert.match(fault.message, /venue-a_BTCUSDT_1m\.csv \(line 1: expected the columns/);
    assert.equal(faultOf(() => feedOf(join(folder, 'absent'))).code, 'NO_PRICES');
    assert.equal(faultOf(() => feedOf(folderOf({ 'a_BTC_1m.csv': bars() }))).code, 'NO_PRICES');
  });
});

function faultOf(work: () => unknown): LabFault {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof LabFault, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

describe('malformed bars are faults that name file, line, expectation and finding', () => {
  const cases: readonly (readonly [what: string, line: string, message: RegExp])[] = [
    ['duplicate', bar(1), /:3: duplicate time: expected ts_ms of at least 120000, found 60000$/],
    ['unordered', bar(0), /:3: unordered time: expected ts_ms of at least 120000, found 0$/],
    ['overlapping', '90000,1,1,1,1,1', /:3: overlapping bars: .*, found 90000$/],
    ['high below open', '120000,5,4,3,4,1', /:3: crossed prices: expected low <= open, close <= h/],
    ['low above close', '120000,5,6,5,4,1', /:3: crossed prices: .* found open 5, high 6, low 5/],
    [
      'NaN',
      '120000,NaN,1,1,1,1',
      /:3: malformed open: expected a decimal number above 0, found "N/,
    ],
    ['exponent', '120000,1,1e5,1,1,1', /:3: malformed high: .* found "1e5"$/],
    ['empty', '120000,1,1,,1,1', /:3: malformed low: .* found ""$/],
    ['zero', '120000,1,1,0,1,1', /:3: malformed low: .* found "0"$/],
    ['negative', '120000,1,1,1,-1,1', /:3: malformed close: .* found "-1"$/],
    [
      'volume',
      '120000,1,1,1,1,-1',
      /:3: malformed volume: expected a decimal number of at least 0/,
    ],
    ['time', '12e4,1,1,1,1,1', /:3: malformed ts_ms: expected whole milliseconds, found "12e4"$/],
    ['fields', '120000,1,1,1,1', /:3: wrong number of fields: expected 6 fields, .* found 5$/],
    ['blank line', '', /:3: wrong number of fields/],
  ];
  for (const [what, line, message] of cases) {
    test(what, () => {
      const folder = folderOf({ 'venue-a_BTC_1m.csv': bars(bar(1), line, bar(9)) });
      const fault = faultOf(() => feedOf(folder));
      assert.equal(fault.code, 'PRICE_FILE_MALFORMED');
      assert.equal(fault.facts.file, 'venue-a_BTC_1m.csv');
      assert.match(fault.message, message);
    });
  }

  test('the last line counts too, and line ends of either kind are fine', () => {
    const text = [HEADER, bar(1), bar(2), '180000,1,1,1,1,x'].join('\r\n');
    const folder = folderOf({ 'venue-a_BTC_1m.csv': text });
    assert.match(faultOf(() => feedOf(folder)).message, /:4: malformed volume/);
  });

  test('a file larger than the reader’s piece keeps every line', () => {
    const lines = Array.from({ length: 5_000 }, (_, minute) => bar(minute));
    const folder = folderOf({ 'venue-a_BTC_1m.csv': bars(...lines) });
    const { files } = barFilesIn(folder);
    assert.equal([...barsOf(files[0]!)].length, 5_000);
  });
});

describe('what a replay sees', () => {
  const seen = (feed: PriceFeed): string[] =>
    [...feed.instants()].map(
      ({ timeMs, reports }) =>
        `${timeMs} ${reports.map(({ source, price }) => `${source}=${formatDecimal(price)}`)}`,
    );

  test('a bar has four points at fixed times; the seed decides which extreme comes first', () => {
    const folder = folderOf({ 'a_BTC_1m.csv': bars(bar(1, '9.5', '10.5')) });
    const points = seen(feedOf(folder));
    assert.equal(points.length, 4);
    assert.equal(points[0], '60000 a:BTC:1m=10.5');
    assert.deepEqual(
      new Set(points.slice(1, 3).map((point) => point.replace(/^\d+ /, ''))),
      new Set(['a:BTC:1m=11', 'a:BTC:1m=9']),
    );
    assert.ok(points[1]!.startsWith('80000 ') && points[2]!.startsWith('100000 '));
    assert.equal(points[3], '119999 a:BTC:1m=9.5');
    assert.deepEqual(seen(feedOf(folder)), points, 'the same seed says the same');
    const firsts = Array.from({ length: 40 }, (_, seed) => {
      const feed = barFeed({ ...FROM_ZERO, directory: folder, seed });
      return seen(feed)[1];
    });
    assert.equal(new Set(firsts).size, 2, 'both orders occur');
  });

  test('beside a finer source a coarser one reports its ends alone, at their true times', () => {
    const folder = folderOf({
      'a_BTC_1m.csv': bars(bar(0), bar(1), bar(2), bar(3), bar(4)),
      'b_BTC_5m.csv': bars('0,10,12,8,11,1'),
      'b_ETH_5m.csv': bars('0,1,3,1,2,1'),
    });
    const coarse = seen(feedOf(folder)).filter((point) => point.includes('b:BTC:5m'));
    assert.equal(coarse.length, 2);
    assert.ok(coarse[0]!.startsWith('0 ') && coarse[0]!.includes('b:BTC:5m=10'));
    assert.equal(coarse[1], '299999 a:BTC:1m=10,b:BTC:5m=11,b:ETH:5m=2');
    const alone = seen(feedOf(folder)).filter((point) => point.includes('b:ETH:5m'));
    assert.equal(alone.length, 4, 'without a finer source of its coin it has all four points');
  });

  test('a missing bar is silence', () => {
    const folder = folderOf({ 'a_BTC_1m.csv': bars(bar(1), bar(4)) });
    const times = [...feedOf(folder).instants()].map(({ timeMs }) => timeMs);
    assert.deepEqual(times.slice(0, 5), [60_000, 80_000, 100_000, 119_999, 240_000]);
  });

  test('the window is the scenario’s where it overlaps, else the intersection', () => {
    const folder = folderOf({
      'a_BTC_1m.csv': bars(bar(5), bar(6), bar(7)),
      'a_ETH_1m.csv': bars(bar(6), bar(7), bar(8)),
    });
    const window = ({ fromMs, toMs }: PriceFeed): number[] => [fromMs / MINUTE, toMs / MINUTE];
    assert.deepEqual(window(feedOf(folder)), [5, 9]);
    const elsewhere = { scenarioFromMs: 90 * MINUTE, scenarioToMs: 99 * MINUTE };
    const options = { ...FROM_ZERO, directory: folder, ...elsewhere };
    assert.deepEqual(window(barFeed(options)), [6, 8]);
    const stated = { fromMs: 7 * MINUTE, toMs: 8 * MINUTE };
    assert.deepEqual(window(feedOf(folder, stated)), [7, 8]);
    const fault = faultOf(() => feedOf(folder, { fromMs: 8 * MINUTE, toMs: 8 * MINUTE }));
    assert.equal(fault.code, 'WINDOW_EMPTY');
  });

  test('it begins at the last price before the window, without files that have none', () => {
    const folder = folderOf({
      'a_BTC_1m.csv': bars(bar(1, '10.25'), bar(2), bar(3)),
      'b_BTC_1m.csv': bars(bar(2, '10', '9.75'), bar(3)),
      'a_ETH_1m.csv': bars(bar(1)),
    });
    const feed = feedOf(folder, { fromMs: 2 * MINUTE, toMs: 4 * MINUTE });
    assert.deepEqual(
      feed.coins.map(({ coin, start }) => [
        coin,
        start.map(({ source, price }) => `${source} ${formatDecimal(price)}`),
      ]),
      [['BTC', ['a:BTC:1m 10.25']]],
    );
    assert.deepEqual(feed.ignored, [{ file: 'a_ETH_1m.csv', reason: 'no bar in the window' }]);
  });

  test('a coin with fewer sources than asked for is left out, and said so', () => {
    const folder = folderOf({
      'a_BTC_1m.csv': bars(bar(1), bar(2)),
      'b_BTC_1m.csv': bars(bar(2), bar(3)),
      'a_ETH_1m.csv': bars(bar(1)),
    });
    const feed = barFeed({ ...FROM_ZERO, directory: folder, sourcesMin: 2 });
    assert.deepEqual(
      feed.coins.map(({ coin, start }) => [coin, start.map(({ source }) => source)]),
      [['BTC', ['a:BTC:1m', 'b:BTC:1m']]],
      'who speaks next is heard a moment early',
    );
    assert.deepEqual(feed.ignored, [
      { file: 'a_ETH_1m.csv', reason: '1 of the 2 sources that the scenario asks for' },
    ]);
  });
});
