/** INV-6, INV-7 and INV-9 of losses on open interest, broken on purpose: each lie is stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossSharing, nobodyWonWhatAliceLost } from '../../test/pools/loss-stage.ts';
import {
  accountId,
  add,
  type FundingIndex,
  fromRaw,
  InvariantViolation,
  indexId,
  type Money,
  marketId,
  money,
  price,
  ratio,
  type Size,
  sub,
} from '../units/index.ts';
import {
  applyRecord,
  type Command,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Event,
  type EventOf,
  type LossSharingParameters,
} from './index.ts';
import { lossToSpread } from './loss-sharing.ts';
import { marketToChange } from './state.ts';

const UNIT = fromRaw<Money>(1n);
const CONTRACT = fromRaw<Size>(1n);
const INDEX_UNIT = fromRaw<FundingIndex>(1n);

type Spread = EventOf<'LossSpread'>;
type Lie = (spread: Spread) => Partial<Spread>;
type Pool = ReturnType<typeof stage>;

/** Carol and Dave hold 2 contracts each when Alice owes 10 that nobody else bears. */
function stage(changes: Partial<LossSharingParameters> = {}) {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing(changes));
  const dave = pool.account('dave', '1000000000');
  pool.fill(pool.account('carol', '500'), dave, { market: 'BTC-PERP', size: '2', price: '80' });
  return pool;
}

/** The whole crash, with the spread told otherwise; the code of the assertion that stops it. */
function crashed(lie: Lie, pool: Pool = stage()): string | null {
  const at = price('80');
  const timeMs = pool.now();
  const index = { index: indexId('BTC'), source: 'feed', price: at, timeMs, confidence: null };
  const book = { market: marketId('BTC-PERP'), bid: at, ask: at, last: at, timeMs };
  const report = { type: 'ReportPrices', indexes: [index], books: [book], outside: [] } as const;
  const told = (event: Event): Event =>
    event.type === 'LossSpread' ? { ...event, ...lie(event) } : event;
  let spread = 0;
  try {
    for (let due: Command | null = report; due !== null; due = dueWork(pool.engine)) {
      const source = due === report ? 'liar' : ENGINE_SOURCE;
      const envelope = { source, sourceSeq: due === report ? 1 : 0, command: due };
      const outcome = decide(pool.engine.state, envelope, timeMs);
      assert.ok(outcome.type === 'Accepted');
      spread += outcome.events.filter(({ type }) => type === 'LossSpread').length;
      const events = outcome.events.map(told);
      const seq = pool.records.length + 1;
      const made = { version: 1, seq, time: timeMs, envelope };
      applyRecord(pool.engine, { ...made, outcome: { type: 'Accepted', events } });
    }
  } catch (error) {
    assert.ok(error instanceof InvariantViolation, String(error));
    return error.code;
  }
  assert.ok(spread > 0, 'nothing was spread');
  return null;
}

test('the truth passes', () => {
  assert.equal(
    crashed(() => ({})),
    null,
  );
});

test('an index that asks for less than the loss, or for more than rounding, is stopped', () => {
  assert.equal(
    crashed(({ lossIndexAfter }) => ({ lossIndexAfter: sub(lossIndexAfter, INDEX_UNIT) })),
    'INV-7',
  );
  assert.equal(
    crashed(({ lossIndexAfter }) => ({ lossIndexAfter: add(lossIndexAfter, INDEX_UNIT) })),
    'INV-7',
  );
  assert.equal(
    crashed(() => ({ lossIndexBefore: INDEX_UNIT })),
    'INV-7',
  );
});

test('another open interest than there is is stopped', () => {
  for (const move of [add, sub]) {
    assert.equal(
      crashed(({ openInterest }) => ({ openInterest: move(openInterest, CONTRACT) })),
      'INV-7',
    );
  }
});

test('more than is owed, nothing, another market or another account is stopped', () => {
  assert.equal(
    crashed(({ amount }) => ({ amount: add(amount, UNIT) })),
    'INV-9',
  );
  assert.equal(
    crashed(() => ({ amount: money('0') })),
    'INV-9',
  );
  assert.equal(
    crashed(() => ({ market: marketId('ETH-PERP') })),
    'INV-9',
  );
  assert.equal(
    crashed(() => ({ account: accountId('bob') })),
    'INV-9',
  );
});

test('more than one loss may take is stopped, to the unit', () => {
  const capped = () => stage({ notionalShareMax: ratio('0.03') });
  assert.equal(
    crashed(() => ({}), capped()),
    null,
  );
  assert.equal(
    crashed(({ amount }) => ({ amount: add(amount, UNIT) }), capped()),
    'INV-9',
  );
});

test('a market that is being settled takes on nothing: some have left it already', () => {
  const { engine } = stage();
  const liquidation = { lossMarket: 0 } as Parameters<typeof lossToSpread>[1];
  assert.notEqual(lossToSpread(engine.state, liquidation, UNIT), null);
  marketToChange(engine.state, 0).settlementPrice = price('80');
  assert.equal(lossToSpread(engine.state, liquidation, UNIT), null);
});

test('an index beyond what the pool reckons with takes on nothing', () => {
  const { engine } = stage();
  const liquidation = { lossMarket: 0 } as Parameters<typeof lossToSpread>[1];
  // Three contracts long owe 10^17 in all at a third of it: one unit more is too much.
  const most = fromRaw<FundingIndex>(10n ** 35n / 3n);
  const market = marketToChange(engine.state, 0);
  market.lossIndex = sub(most, INDEX_UNIT);
  const last = lossToSpread(engine.state, liquidation, UNIT);
  assert.equal(last!.lossIndexAfter, most);
  market.fundingIndex = fromRaw<FundingIndex>(-1n);
  assert.equal(lossToSpread(engine.state, liquidation, UNIT), null);
});
