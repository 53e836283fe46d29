/** INV-18, and INV-6 where layers are concerned, broken on purpose: each lie has to be stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  depositTranche,
  leaveTranche,
  nobodyWonWhatAliceLost,
  redeemTranche,
  tranche,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import {
  accountId,
  add,
  fromRaw,
  InvariantViolation,
  indexId,
  type Money,
  marketId,
  money,
  price,
  ratio,
  type Shares,
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
  type EventType,
} from './index.ts';

const UNIT = fromRaw<Money>(1n);
const ONE_SHARE = fromRaw<Shares>(1n);
const ZERO = money('0');

/** Dora and Emil stand behind a fund of 3. */
function layered() {
  const pool = nobodyWonWhatAliceLost();
  const premiumRate = ratio('0.1');
  const tranches = [tranche('junior', { premiumRate }), tranche('senior')];
  pool.take(waterfall({ tranches, bufferMax: money('1'), bufferShare: ratio('1') }));
  for (const name of ['dora', 'emil']) pool.account(name, '500');
  pool.take({ type: 'FundInsurance', amount: money('3') });
  pool.take(depositTranche('junior', 'dora', '4'));
  pool.take(depositTranche('senior', 'emil', '20'));
  return pool;
}

type Pool = ReturnType<typeof layered>;
type Lie = (events: readonly Event[]) => readonly Event[];

/** Code of the assertion that stops the record; null where nothing does. */
function recorded(pool: Pool, source: string, command: Command, lie: Lie): string | null {
  const envelope = { source, sourceSeq: source === ENGINE_SOURCE ? 0 : 1, command };
  const outcome = decide(pool.engine.state, envelope, pool.now());
  assert.ok(outcome.type === 'Accepted', `${command.type} was refused`);
  const seq = pool.records.length + 1;
  const record = { version: 1, seq, time: pool.now(), envelope };
  try {
    const events = [...lie(outcome.events)];
    applyRecord(pool.engine, { ...record, outcome: { type: 'Accepted', events } });
    return null;
  } catch (error) {
    assert.ok(error instanceof InvariantViolation, String(error));
    return error.code;
  }
}

const truly: Lie = (events) => events;

/** Up to the step in which the layers pay for Alice, which is then told otherwise. */
function covering(lie: Lie): string | null {
  const pool = layered();
  const at = price('80');
  const timeMs = pool.now();
  const index = { index: indexId('BTC'), source: 'feed', price: at, timeMs, confidence: null };
  const book = { market: marketId('BTC-PERP'), bid: at, ask: at, last: at, timeMs };
  const report = { type: 'ReportPrices', indexes: [index], books: [book], outside: [] } as const;
  assert.equal(recorded(pool, 'liar', report, truly), null);
  assert.equal(recorded(pool, ENGINE_SOURCE, dueWork(pool.engine)!, truly), null);
  return recorded(pool, ENGINE_SOURCE, dueWork(pool.engine)!, lie);
}

/** Changes the events of one type. */
const told =
  <T extends EventType>(type: T, change: (event: EventOf<T>) => Partial<EventOf<T>>): Lie =>
  (events) =>
    events.map((event) =>
      event.type === type ? { ...event, ...change(event as EventOf<T>) } : event,
    );

const without =
  (kept: (event: Event) => boolean): Lie =>
  (events) =>
    events.filter(kept);

test('the truth passes', () => {
  assert.equal(covering(truly), null);
});

test('a tranche that pays a unit too much or too little is stopped', () => {
  const byUnit = (move: typeof add) =>
    covering(told('TranchePaid', ({ amount }) => ({ amount: move(amount, UNIT) })));
  assert.equal(byUnit(add), 'INV-6');
  assert.equal(byUnit(sub), 'INV-6');
});

test('a tranche that pays before the fund, or before the one below it, is stopped', () => {
  assert.equal(covering(without(({ type }) => type !== 'DeficitCovered')), 'INV-6');
  const junior = (event: Event) => event.type === 'TranchePaid' && event.tranche === 'junior';
  assert.equal(covering(without((event) => !junior(event))), 'INV-6');
});

test('a tranche that there is not is stopped', () => {
  assert.equal(covering(told('TranchePaid', () => ({ tranche: 'middle' }))), 'INV-18');
});

test('a buffer that pays what it does not have is stopped', () => {
  const paying: Lie = (events) => {
    const { liquidation, account } = events[0] as EventOf<'DeficitCovered'>;
    return [{ type: 'BufferPaid', liquidation, account, amount: UNIT }, ...events];
  };
  assert.equal(covering(paying), 'INV-6');
});

test('a buffer that is filled beyond its size, or beyond the fund, is stopped', () => {
  const filled = (amount: Money) =>
    covering(() => [{ type: 'BufferFilled', liquidation: 1, amount }]);
  assert.equal(filled(money('1')), null);
  assert.equal(filled(add(money('1'), UNIT)), 'INV-18');
  assert.equal(filled(money('3.000000000000000001')), 'INV-18');
});

test('a repayment of more than was paid, or before who paid later, is stopped', () => {
  const back =
    (...more: readonly Event[]): Lie =>
    (events) => [...events, ...more];
  const alice = { liquidation: 1, account: accountId('alice') };
  const repaid = (name: string, amount: Money): Event => {
    return { type: 'TrancheRepaid', ...alice, tranche: name, amount };
  };
  const senior = repaid('senior', money('3'));
  assert.equal(covering(back(senior, repaid('junior', money('4')))), null);
  assert.equal(covering(back(senior, repaid('junior', add(money('4'), UNIT)))), 'INV-9');
  assert.equal(covering(back(repaid('junior', money('4')))), 'INV-6');
  assert.equal(covering(back({ type: 'BufferRepaid', ...alice, amount: UNIT })), 'INV-6');
});

test('a share too many, or a unit too much for it, is stopped', () => {
  const bought = (change: Partial<EventOf<'TrancheDeposited'>>) =>
    recorded(
      layered(),
      'liar',
      depositTranche('senior', 'emil', '10'),
      told('TrancheDeposited', () => change),
    );
  assert.equal(bought({}), null);
  assert.equal(bought({ shares: add(fromRaw<Shares>(10n * 10n ** 18n), ONE_SHARE) }), 'INV-18');
  assert.equal(bought({ capital: ZERO }), 'INV-18');
  const pool = layered();
  pool.take(leaveTranche('senior', 'emil', '10'));
  pool.wait(1_000);
  const dear = told('TrancheRedeemed', () => ({ amount: money('10.000000000000000001') }));
  assert.equal(recorded(pool, 'liar', redeemTranche('senior', 'emil'), dear), 'INV-18');
});

test('a premium beyond the fund is stopped', () => {
  const pool = layered();
  pool.wait(1_000_000);
  const dear = told('PremiumPaid', () => ({ amount: money('3.000000000000000001') }));
  pool.engine.state.timeMs = pool.now();
  const due = { type: 'PayPremium', tranche: 'junior' } as const;
  assert.equal(recorded(pool, ENGINE_SOURCE, due, dear), 'INV-18');
});
