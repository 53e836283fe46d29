import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  crash,
  HALF_HEDGED,
  halAlone,
  halAndLin,
  halAndNed,
  loadings,
  threeShorts,
  WHOLE,
} from '../../test/pools/hedge-stage.ts';
import { deleveraging, twoMarkets } from '../../test/pools/loss-stage.ts';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  accountId,
  formatDecimal,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { accountMargin, type DeleveragingParameters, type Event } from './index.ts';

/** Who closed how much in each record, and which hedges were given up before. */
const told = (events: readonly Event[]): string[] =>
  events.flatMap((event) => {
    switch (event.type) {
      case 'HedgesOverridden':
        return [`overridden for ${formatDecimal(event.quantity)}`];
      case 'PositionsDeleveraged':
        return event.counterparties.map(({ change, taken }) => {
          const closed = formatDecimal(change.sizeDelta);
          return `${change.account} ${closed} for ${formatDecimal(taken)}`;
        });
      default:
        return [];
    }
  });

test('a hedge is closed as far as it leaves nobody more exposed, the rest as a last resort', () => {
  const pool = halAlone({ hedges: 'protect', loadings: HALF_HEDGED });
  const events = crash(pool);
  assert.deepEqual(told(events), ['hal 2 for 40', 'overridden for 1', 'hal 1 for 20']);
  const [overridden] = eventsOf(events, 'HedgesOverridden');
  assert.deepEqual(overridden, {
    type: 'HedgesOverridden',
    liquidation: 1,
    market: 'BTC-PERP',
    factorLoading: price('5'),
    quantity: size('1'),
    gap: overridden!.gap,
  });
  assert.equal(formatDecimal(overridden!.gap), '20');
  // Alice owes nothing, and nobody else has paid.
  assert.equal(pool.balance(pool.alice), '0');
  assert.equal(pool.balance(pool.hal), '62');
  assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
});

test('a unit less of equity, and a lot less is closed before the rest', () => {
  const pool = halAlone({ hedges: 'protect', loadings: HALF_HEDGED }, '17.999999999999999999');
  const [first, , ...rest] = told(crash(pool));
  assert.equal(first, 'hal 1.999 for 39.98');
  assert.deepEqual(rest, ['hal 1.001 for 20.02']);
});

test('hedges are not asked about where they are ignored, or the market stands alone', () => {
  const whole = ['hal 3 for 60'];
  assert.deepEqual(told(crash(halAlone(null))), whole);
  assert.deepEqual(told(crash(halAlone({ hedges: 'ignore', loadings: HALF_HEDGED }))), whole);
  const ofEth = loadings({ 'ETH-PERP': '9' });
  assert.deepEqual(told(crash(halAlone({ hedges: 'protect', loadings: ofEth }))), whole);
  // What turns it off turns it off.
  const off = halAlone({ hedges: 'protect', loadings: HALF_HEDGED });
  off.take(deleveraging('ignore', []));
  assert.deepEqual(told(crash(off)), whole);
});

test('hedges are kept while an eighth of the lots can be closed without losing one', () => {
  const halWith = (eth: string) =>
    halAlone({
      hedges: 'protect',
      loadings: loadings({ 'BTC-PERP': '5', 'ETH-PERP': eth }),
    });
  // 15 against 15: no lot.
  assert.deepEqual(told(crash(halWith('15'))), ['overridden for 3', 'hal 3 for 60']);
  // The cap is 2 · 0.968 · 120 / (5 · 120 + 0.968 · 20) contracts: 375 lots of 3,000.
  assert.equal(told(crash(halWith('14.032')))[0], 'hal 0.375 for 7.5');
  // 374 of them.
  assert.equal(told(crash(halWith('14.033')))[0], 'overridden for 3');
});

test('two who hedge with each other’s markets are not closed by turns, lot by lot', () => {
  const pool = poolDriver();
  pool.configure({ bookAttemptsMax: 1, penaltyFraction: ratio('0.0001') });
  for (const coin of ['BTC', 'ETH', 'SOL']) {
    pool.index(coin);
    pool.market(`${coin}-PERP`, { index: indexId(coin), notionalMin: money('0.000001') });
    pool.price(coin, '100', [`${coin}-PERP`]);
  }
  pool.take(deleveraging('protect', loadings({ 'BTC-PERP': '1', 'ETH-PERP': '1' })));
  const maker = pool.account('maker', '1000000');
  const [alice, hal] = [pool.account('alice', '60'), pool.account('hal', '100')];
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '1', price: '100' });
  // A lot off the perfect hedge: closing two of BTC leaves one of ETH exposed, and so on.
  pool.fill(hal, alice, { market: 'ETH-PERP', size: '0.999', price: '100' });
  pool.fill(alice, maker, { market: 'SOL-PERP', size: '1', price: '100' });
  pool.price('SOL', '40.5', ['SOL-PERP']);
  const from = pool.records.length;
  for (let round = 0; round < 3; round += 1) {
    for (const order of pool.engine.state.orders.keys()) {
      pool.take({ type: 'FinishOrder', order, reason: 'expired' });
    }
    pool.pass(1_000);
  }
  const events = pool.records.slice(from).flatMap(({ outcome }) => {
    return outcome.type === 'Accepted' ? outcome.events : [];
  });
  assert.equal(pool.accountOf(alice).positions.length, 0);
  assert.ok(eventsOf(events, 'HedgesOverridden').length > 0);
  const records = eventsOf(events, 'PositionsDeleveraged').length;
  assert.ok(records <= 6, `${records} records`);
});

test('whoever is hedged goes behind those who are not, under any policy', () => {
  const ignored = crash(halAndNed({ hedges: 'ignore', loadings: WHOLE }));
  assert.deepEqual(told(ignored), ['hal 2 for 40', 'ned 2 for 40']);
  const kept = crash(halAndNed({ hedges: 'protect', loadings: WHOLE }));
  assert.deepEqual(told(kept), ['ned 2 for 40', 'overridden for 2', 'hal 2 for 40']);
  // Half of it is for sale: Ned alone gives what is needed.
  const half = halAndNed({ hedges: 'protect', loadings: WHOLE });
  half.fill(half.account('erin', '1000'), half.maker, {
    market: 'BTC-PERP',
    size: '2',
    price: '100',
  });
  half.fill(half.maker, half.alice, { market: 'BTC-PERP', size: '2', price: '100' });
  assert.deepEqual(told(crash(half)), ['ned 2 for 20']);
  assert.equal(half.accountOf(half.hal).positions.length, 2);
});

test('minimax goes by exposure to the factor, and into hedges last of all', () => {
  const pool = halAndNed({ hedges: 'ignore', loadings: WHOLE }, { adlPolicy: 'minimax-leverage' });
  // By notional Hal is the more leveraged; Ned alone is exposed.
  pool.fill(pool.maker, pool.alice, { market: 'BTC-PERP', size: '1', price: '100' });
  assert.deepEqual(told(crash(pool)), [
    'hal 1 for 16.666666666666666667',
    'ned 2 for 33.333333333333333333',
  ]);
});

test('who is in liquidation and can keep its hedges is asked before any is given up', () => {
  const pool = halAndLin();
  assert.equal(pool.accountOf(pool.lin).liquidation, 1);
  const events = crash(pool);
  assert.deepEqual(told(events), [
    'lin 1 for 8.139534883720930232',
    'overridden for 2',
    'hal 2 for 46.117647058823529411',
  ]);
});

test('records of a few counterparties each close the same before any hedge is given up', () => {
  const ended = [1, 2, 8].map((adlFillsMax) => {
    const pool = twoMarkets({ adlFillsMax, adlPolicy: 'capped-pro-rata' });
    pool.take(deleveraging('protect', WHOLE));
    const alice = pool.account('alice', '40');
    for (const name of ['n1', 'n2', 'n3']) {
      const short = pool.account(name, '100');
      pool.fill(alice, short, { market: 'BTC-PERP', size: '1', price: '100' });
    }
    const hal = pool.account('hal', '52');
    pool.fill(alice, hal, { market: 'BTC-PERP', size: '1', price: '100' });
    pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '6', price: '20' });
    const events = crash(pool);
    const lines = told(events);
    assert.equal(lines.indexOf('overridden for 1'), 3);
    assert.equal(eventsOf(events, 'PositionsDeleveraged').length, Math.ceil(3 / adlFillsMax) + 1);
    return lines.toSorted();
  });
  assert.deepEqual(ended[0], ended[2]);
  assert.deepEqual(ended[1], ended[2]);
});

test('where nobody with equity is left, protection is not asked about', () => {
  const pool = halAlone({ hedges: 'protect', loadings: HALF_HEDGED });
  // Hal's other market has no valid price: he closes at the mark and for nothing.
  pool.wait(60_001);
  const events = crash(pool);
  assert.deepEqual(told(events), ['hal 3 for 0']);
  assert.equal(eventsOf(events, 'HedgesOverridden').length, 0);
});

test('an account with equity is closed at the mark within the same protection', () => {
  const pool = twoMarkets({ bookAttemptsMax: 1, adlPolicy: 'queue' });
  pool.take(deleveraging('protect', HALF_HEDGED));
  const alice = pool.account('alice', '30');
  const hal = pool.account('hal', '100');
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '3', price: '100' });
  pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('BTC', '93', ['BTC-PERP']);
  const [order] = pool.engine.state.orders.keys();
  pool.take({ type: 'FinishOrder', order: order!, reason: 'expired' });
  const events = pool.pass(1_000);
  // Without a gap he may close 2 · 6 / 5; with that off her hands Alice has margin enough.
  assert.deepEqual(told(events), ['hal 2.4 for 0']);
  assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
});

const BOUNDS: readonly [DeleveragingParameters, 'INVALID_PARAMETER' | 'MARKET_UNKNOWN'][] = [
  [{ hedges: 'protect', loadings: [] }, 'INVALID_PARAMETER'],
  [{ hedges: 'ignore', loadings: loadings({ 'BTC-PERP': '0' }) }, 'INVALID_PARAMETER'],
  [{ hedges: 'ignore', loadings: loadings({ 'BTC-PERP': '-1' }) }, 'INVALID_PARAMETER'],
  [
    {
      hedges: 'ignore',
      loadings: loadings({ 'BTC-PERP': '100000000000000000.000000000000000001' }),
    },
    'INVALID_PARAMETER',
  ],
  [{ hedges: 'ignore', loadings: [...WHOLE, ...WHOLE] }, 'INVALID_PARAMETER'],
  [{ hedges: 'ignore', loadings: loadings({ 'XRP-PERP': '1' }) }, 'MARKET_UNKNOWN'],
  [{ hedges: 'protect', loadings: loadings({ 'BTC-INVERSE': '1' }) }, 'INVALID_PARAMETER'],
];

test('loadings out of bounds, of unknown or of inverse markets are refused', () => {
  const pool = twoMarkets();
  pool.market('BTC-INVERSE', { kind: 'inverse' });
  for (const [parameters, code] of BOUNDS) {
    const { details } = pool.refuse({ type: 'ConfigureDeleveraging', parameters }, code);
    assert.ok(details.length > 0);
  }
  const least = price('0.000000000000000001');
  const most = price('100000000000000000');
  for (const loading of [least, most]) {
    const parameters = { hedges: 'protect', loadings: [{ market: marketId('BTC-PERP'), loading }] };
    const events = pool.take(deleveraging('protect', parameters.loadings));
    assert.deepEqual(events, [{ type: 'DeleveragingConfigured', parameters }]);
    assert.deepEqual(pool.engine.state.deleveraging, parameters);
  }
});

test('the pool stands alone in every market until it is told otherwise', () => {
  assert.equal(twoMarkets({ penaltyFraction: ratio('0') }).engine.state.deleveraging, null);
});

const page = readFileSync(new URL('../../docs/adl.md', import.meta.url), 'utf8');

/** Cells of the table below a line of the page, without its head. */
const tableAfter = (text: string): string[][] =>
  page
    .slice(page.indexOf(text))
    .replace(/^[^|]*/, '')
    .split('\n\n')[0]!
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('docs/adl.md: the example of protected hedges', () => {
  const pool = threeShorts('6', { hedges: 'protect', loadings: WHOLE });
  const lines = told(crash(pool));
  assert.equal(lines.splice(2, 1)[0], 'overridden for 2.6');
  const rows = tableAfter('and the journal says so:');
  assert.deepEqual(
    rows.map(([, , account, closed, taken]) => `${account} ${closed} for ${taken}`),
    lines,
  );
  assert.deepEqual(
    rows.map(([record, hedges]) => `${record} ${hedges}`),
    ['1 kept', '1 kept', '2 overridden', '2 overridden'],
  );
  const fewer = threeShorts('3', { hedges: 'protect', loadings: WHOLE });
  assert.deepEqual(told(crash(fewer)), ['ivy 1.4 for 28', 'ned 1.6 for 32']);
});

test('docs/adl.md: who may close how much of the example', () => {
  const before = threeShorts('6', { hedges: 'ignore', loadings: WHOLE });
  for (const [account, btc, eth, equity, exposure, most] of tableAfter('asks three shorts of 2')) {
    const holder = before.accountOf(accountId(account!));
    // Each wins 30 on each of two contracts.
    const margin = accountMargin(before.engine.state, holder);
    assert.equal(Number(formatDecimal(margin.equity)) + 60, Number(equity));
    const sizes = holder.positions.map(({ size: held }) => formatDecimal(held));
    assert.deepEqual([sizes[0], sizes[1] ?? '0'], [btc, eth]);
    assert.equal(exposure, `${-5 * Number(btc) - Number(eth)}`);
    const f = Number(exposure);
    const e = Number(equity);
    const cap = f <= 0 || f * 20 > 5 * e ? 0 : Math.min(2, (2 * f * e) / (5 * e + f * 20));
    assert.equal(Number(most), cap);
  }
});
