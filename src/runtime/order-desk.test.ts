/** The order desk between a real pool and a venue that reports as badly as it may. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Driver, poolDriver } from '../../test/pools/pool-driver.ts';
import { crashSmallPool } from '../../test/pools/small-pool.ts';
import { audit, type Command, type EventOf, type JournalRecord } from '../engine/index.ts';
import { faultyVenue, seededUniform } from '../ports/contracts.ts';
import {
  emptyJournalContent,
  inMemoryJournal,
  type Venue,
  type VenueDone,
  type VenueFill,
  type VenueOrder,
  type VenueReport,
} from '../ports/index.ts';
import {
  type AccountId,
  abs,
  accountId,
  durationMs,
  type EngineTimeMs,
  formatDecimal,
  fromRaw,
  isNegative,
  ratio,
  rawOf,
  type Size,
  size,
  ZERO_SIZE,
} from '../units/index.ts';
import { createOrderDesk, type OrderDesk, type PoolRuntime, startPool } from './index.ts';

const MAKER = accountId('maker');
const LOT = size('0.001');

/** A venue that says what it is told to say. */
function scriptedVenue() {
  const requests: string[] = [];
  const reports: VenueReport[] = [];
  const placed: VenueOrder[] = [];
  const venue: Venue = {
    place: (order) => {
      requests.push(`place ${order.order}`);
      placed.push(order);
    },
    cancel: (order) => requests.push(`cancel ${order}`),
    cancelAll: (account) => requests.push(`cancel all of ${account}`),
    reports: () => reports.splice(0),
  };
  return {
    venue,
    requests,
    placed,
    say: (...said: readonly VenueReport[]) => reports.push(...said),
  };
}

/** Alice, long 50, just became liquidatable; her close-out order is at the venue. */
function deskWithOrder(prepare: (pool: Driver) => void = () => {}) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  prepare(pool);
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  const script = scriptedVenue();
  const submit: Parameters<typeof createOrderDesk>[0]['submit'] = (submission) => {
    const before = pool.records.length;
    pool.attempt(submission.command, submission);
    return pool.records.slice(before);
  };
  const { state } = pool.engine;
  const openDesk = () => createOrderDesk({ venue: script.venue, state, submit });
  const desk = openDesk();
  pool.price('BTC', '84', ['BTC-PERP']);
  desk.observe(pool.records);
  const [order] = script.placed;
  assert.ok(order !== undefined && order.account === alice);
  return { ...pool, ...script, desk, openDesk, order, alice, maker };
}

type Stage = ReturnType<typeof deskWithOrder>;

const fillOf = (
  { order, now }: Stage,
  sequence: number,
  contracts: string,
  changes: Partial<VenueFill> = {},
): VenueFill => ({
  type: 'filled',
  sequence,
  execution: `e${sequence}`,
  order: order.order,
  counterparty: MAKER,
  size: size(contracts),
  price: order.limitPrice,
  timeMs: now(),
  ...changes,
});

const doneOf = (
  { order, now }: Stage,
  sequence: number,
  reason: VenueDone['reason'],
  filled: Size = ZERO_SIZE,
): VenueDone => ({ type: 'done', sequence, order: order.order, reason, filled, timeMs: now() });

const newEvents = ({ records }: Stage, from: number): string[] =>
  records.slice(from).flatMap(({ outcome }) => {
    return outcome.type === 'Accepted' ? outcome.events.map(({ type }) => type) : [];
  });

describe('requests', () => {
  test('follow what the pool published: the liquidation, then its order', () => {
    const { requests, order, records, desk } = deskWithOrder();
    assert.deepEqual(requests, ['cancel all of alice', `place ${order.order}`]);
    const placed = records
      .flatMap(({ outcome }) => (outcome.type === 'Accepted' ? outcome.events : []))
      .find(
        (event): event is EventOf<'CloseOutOrderPlaced'> => event.type === 'CloseOutOrderPlaced',
      );
    assert.equal(order.size, placed!.size);
    assert.equal(order.limitPrice, placed!.limitPrice);
    assert.equal(order.expiresAtMs, placed!.expiresAtMs);
    assert.equal(order.style, 'immediate-or-cancel');
    desk.observe(records);
    assert.equal(requests.length, 4, 'twice is harmless, as the venue takes an order once');
  });

  test('carry the style that was planned with the order', () => {
    const { order } = deskWithOrder(({ take }) => {
      take({ type: 'ConfigureCloseOuts', parameters: LIMIT_ORDERS });
    });
    assert.equal(order.style, 'limit');
  });

  test('end at the venue what the pool ended by itself', () => {
    const { pass, desk, records, requests } = deskWithOrder();
    const before = records.length;
    pass(60_000);
    desk.observe(records.slice(before));
    assert.equal(requests[2], 'cancel 1');
  });

  test('go to the venue that the pool routed them to, and to no other', () => {
    const outsideFirst = (pool: Driver) =>
      pool.take({
        type: 'ConfigureRouting',
        parameters: {
          choice: 'ladder',
          routes: [
            {
              method: 'outside',
              venue: 'other',
              feeFraction: ratio('0'),
              concessionFraction: ratio('0'),
              expectedMs: durationMs(0),
              failureProbability: ratio('0'),
              patienceMs: durationMs(60_000),
            },
          ],
          dailyVolatility: ratio('0.05'),
          waitingDeviations: ratio('0'),
        },
      });
    const pool = poolDriver();
    pool.configure();
    pool.index('BTC');
    pool.market('BTC-PERP');
    outsideFirst(pool);
    pool.price('BTC', '100', ['BTC-PERP']);
    const alice = pool.account('alice', '1000');
    const house = pool.account('house', '50000');
    pool.fill(alice, house, { market: 'BTC-PERP', size: '50', price: '100' });
    const scripts = { book: scriptedVenue(), other: scriptedVenue() };
    const { state } = pool.engine;
    const submit = () => [];
    const desks = [
      createOrderDesk({ venue: scripts.book.venue, state, submit }),
      createOrderDesk({ venue: scripts.other.venue, state, submit, outside: 'other' }),
    ];
    pool.price('BTC', '84', ['BTC-PERP']);
    for (const desk of desks) desk.observe(pool.records);
    assert.deepEqual(scripts.book.requests, ['cancel all of alice']);
    const { order } = state.liquidations.get(1)!.order!;
    assert.deepEqual(scripts.other.requests, ['cancel all of alice', `place ${order}`]);
    for (const desk of desks) desk.resume();
    assert.equal(scripts.book.placed.length, 0, 'nor after a start');
    assert.equal(scripts.other.placed.length, 2);
  });

  test('are made again for all that is open after a start', () => {
    const { openDesk, requests, placed, order } = deskWithOrder();
    requests.length = 0;
    openDesk().resume();
    assert.deepEqual(requests, ['cancel all of alice', `place ${order.order}`]);
    assert.deepEqual(placed[1], order);
  });
});

describe('reports', () => {
  test('become fills of the order, and its end', () => {
    const stage = deskWithOrder();
    const { desk, say, records, now, accountOf, alice } = stage;
    const before = records.length;
    say(fillOf(stage, 1, '2'), fillOf(stage, 2, '1'), doneOf(stage, 3, 'expired', size('3')));
    assert.equal(desk.work(now()), 3);
    const events = newEvents(stage, before);
    assert.equal(events.filter((type) => type === 'FillRecorded').length, 2);
    assert.equal(events.filter((type) => type === 'OrderFinished').length, 1);
    assert.equal(formatDecimal(accountOf(alice).positions[0]!.size), '47');
    assert.deepEqual(desk.anomalies(), { total: 0, latest: [] });
  });

  test('of the end wait for the fills that belong before it', () => {
    const stage = deskWithOrder();
    const { desk, say, records, now } = stage;
    say(doneOf(stage, 3, 'canceled', size('3')), fillOf(stage, 2, '1'));
    desk.work(now());
    assert.ok(!newEvents(stage, 0).includes('OrderFinished'));
    assert.equal(desk.missing(), 1);
    const before = records.length;
    say(fillOf(stage, 1, '2'));
    desk.work(now());
    assert.equal(newEvents(stage, before)[0], 'FillRecorded');
    assert.ok(newEvents(stage, before).includes('OrderFinished'));
    assert.equal(desk.missing(), null);
  });

  test('that come again change nothing, also after a restart', () => {
    const stage = deskWithOrder();
    const { desk, openDesk, say, records, now } = stage;
    const fill = fillOf(stage, 1, '2');
    say(fill, fill);
    desk.work(now());
    say(fill);
    desk.work(now());
    const before = records.length;
    const restarted = openDesk();
    say(fill);
    restarted.work(now());
    assert.equal(records.length, before);
    assert.equal(newEvents(stage, 0).filter((type) => type === 'FillRecorded').length, 2);
  });

  test('of a fill that comes too late are kept for the operator', () => {
    const stage = deskWithOrder();
    const { desk, say, records, now, pass } = stage;
    pass(60_000);
    const before = records.length;
    const late = fillOf(stage, 1, '2');
    say(late, doneOf(stage, 2, 'expired', size('2')));
    assert.equal(desk.work(now()), 2);
    assert.equal(records.length, before, 'no command');
    const expected = { type: 'late-fill', report: late, rejection: null };
    assert.deepEqual(desk.anomalies(), { total: 1, latest: [expected] });
  });

  test('that the pool refuses are kept too, and the order ends all the same', () => {
    const stage = deskWithOrder();
    const { desk, say, order, records, now } = stage;
    const before = records.length;
    const nobody = 'nobody' as AccountId;
    say(fillOf(stage, 1, formatDecimal(abs(order.size)), { counterparty: nobody }));
    say(doneOf(stage, 2, 'filled', abs(order.size)));
    desk.work(now());
    const [anomaly] = desk.anomalies().latest;
    assert.equal(anomaly!.type, 'refused');
    assert.equal(anomaly!.rejection!.code, 'ACCOUNT_UNKNOWN');
    const finished = records.slice(before).flatMap(({ outcome }) => {
      const events = outcome.type === 'Accepted' ? outcome.events : [];
      return events.flatMap((event) => (event.type === 'OrderFinished' ? [event.reason] : []));
    });
    assert.deepEqual(finished, ['expired'], 'the venue says filled, the pool cannot');
  });

  test('that never come can be given up', () => {
    const stage = deskWithOrder();
    const { desk, say, now } = stage;
    say(doneOf(stage, 2, 'canceled', size('1')));
    desk.work(now());
    assert.equal(desk.missing(), 1);
    desk.abandon(1);
    desk.work(now());
    assert.ok(newEvents(stage, 0).includes('OrderFinished'));
    assert.equal(desk.missing(), null);
  });

  test('of orders that nobody placed change nothing', () => {
    const stage = deskWithOrder();
    const { desk, say, records, now } = stage;
    const before = records.length;
    say({ ...doneOf(stage, 1, 'canceled'), order: 99 }, fillOf(stage, 2, '1', { order: 99 }));
    desk.work(now());
    assert.equal(records.length, before);
    assert.equal(desk.anomalies().total, 1);
  });
});

const LIMIT_ORDERS: Extract<Command, { type: 'ConfigureCloseOuts' }>['parameters'] = {
  policy: 'least-impact',
  fixedShare: ratio('1'),
  orderStyle: 'limit',
  repriceStep: ratio('0'),
  // Longer than any delay of the bad connection below.
  reportGraceMs: durationMs(3_600_000),
  deferralMs: durationMs(1_000),
  penaltyPerShortfall: ratio('0'),
  penaltyPerVolatility: ratio('0'),
  penaltyPerThinness: ratio('0'),
  penaltyFractionMax: ratio('0.01'),
  providerShare: ratio('0'),
  provider: null,
};

/** A venue that fills what it gets in seeded parts, sometimes not all of it, and remembers. */
function fillingVenue(seed: number) {
  const uniform = seededUniform(seed);
  const known = new Set<number>();
  const history: VenueReport[] = [];
  let unsent: VenueReport[] = [];
  let executions = 0;
  const report = (content: object): void => {
    const said = { ...content, sequence: history.length + 1 } as VenueReport;
    history.push(said);
    unsent.push(said);
  };
  const lots = (count: number): Size => fromRaw<Size>(rawOf(LOT) * BigInt(count));
  const place = ({ order, size: signed, limitPrice, expiresAtMs }: VenueOrder): void => {
    if (known.has(order)) return;
    known.add(order);
    const wanted = Number(rawOf(abs(signed)) / rawOf(LOT));
    const timeMs = expiresAtMs;
    let filled = 0;
    for (let part = 0; part < 4 && filled < wanted; part += 1) {
      const count = Math.min(wanted - filled, 1 + Math.floor((uniform() * wanted) / 2));
      filled += count;
      executions += 1;
      const execution = `e${executions}`;
      const fill = { order, counterparty: MAKER, size: lots(count), price: limitPrice };
      report({ type: 'filled', execution, ...fill, timeMs });
    }
    const reason = filled === wanted ? 'filled' : 'canceled';
    report({ type: 'done', order, reason, filled: lots(filled), timeMs });
  };
  const venue: Venue = {
    place,
    cancel: () => {},
    cancelAll: () => {},
    reports: () => {
      const sent = unsent;
      unsent = [];
      return sent;
    },
  };
  // Whoever comes back is told everything again.
  const reconnect = (): void => {
    unsent = [...history];
  };
  return { venue, history, reconnect };
}

/** The crash of the small pool with the desk at work, which may lose all that is not durable. */
async function crashWithDesk(seed: number, restarts: boolean) {
  const content = emptyJournalContent();
  const filling = fillingVenue(seed);
  const chance = seededUniform(seed + 1_000);
  const uniform = seededUniform(seed + 2_000);
  const all: JournalRecord[] = [];
  let anomalies = 0;
  let published: JournalRecord[] = [];
  let pool: PoolRuntime;
  let desk: OrderDesk;
  let bad = faultyVenue(filling.venue, { uniform, late: 0.5, twice: 0.4 });

  const start = async (): Promise<void> => {
    published = [];
    const journal = inMemoryJournal(content);
    const publish = async (records: readonly JournalRecord[]): Promise<void> => {
      published.push(...records);
      all.push(...records);
    };
    pool = await startPool({ journal, publisher: { publish } });
    bad = faultyVenue(filling.venue, { uniform, late: 0.5, twice: 0.4 });
    const { state } = pool.engine;
    desk = createOrderDesk({ venue: bad, state, submit: (submission) => pool.submit(submission) });
  };
  const restart = async (): Promise<void> => {
    anomalies += desk.anomalies().total;
    await start();
    await pool.commit();
    desk.resume();
    filling.reconnect();
  };
  const talk = async (time: EngineTimeMs): Promise<void> => {
    for (let round = 0; round < 4; round += 1) {
      desk.observe(published.splice(0));
      desk.work(time);
      if (restarts && chance() < 0.02) await restart();
      else await pool.commit();
      if (restarts && chance() < 0.02) await restart();
    }
  };
  await start();
  let sourceSeq = 0;
  let last: EngineTimeMs;
  const send = async (command: Command, time: EngineTimeMs): Promise<void> => {
    sourceSeq += 1;
    pool.submit({ source: 'test', sourceSeq, command, time });
    await pool.commit();
  };
  await crashSmallPool(
    async (command, time) => {
      await send(command, time);
      if (command.type === 'ConfigurePool') {
        await send({ type: 'ConfigureCloseOuts', parameters: LIMIT_ORDERS }, time);
      }
      await talk(time);
      last = time;
      return [];
    },
    { seed, traders: 24 },
  );
  bad.heal();
  for (let round = 0; round < 5; round += 1) await talk(last!);
  const state = pool!.engine.state;
  return { state, all, history: filling.history, anomalies: anomalies + desk!.anomalies().total };
}

/** Fills of close-outs as text, each one that is durable, in no particular order. */
const recordedFills = (records: readonly JournalRecord[]): string[] =>
  [...new Map(records.map((record) => [record.seq, record])).values()].flatMap(({ outcome }) => {
    const events = outcome.type === 'Accepted' ? outcome.events : [];
    return events.flatMap((event) => {
      if (event.type !== 'FillRecorded' || event.order === null) return [];
      const sold = isNegative(event.seller.sizeDelta) ? event.seller : event.buyer;
      return [`${event.order} ${formatDecimal(abs(sold.sizeDelta))} ${formatDecimal(event.price)}`];
    });
  });

const reportedFills = (history: readonly VenueReport[]): string[] =>
  history.flatMap((said) =>
    said.type === 'filled'
      ? [`${said.order} ${formatDecimal(said.size)} ${formatDecimal(said.price)}`]
      : [],
  );

for (const restarts of [false, true]) {
  const how = restarts ? 'and restarts that lose what was not durable' : 'in one piece';
  test(`what the venue filled is in the pool, each fill once: bad connection ${how}`, async () => {
    let fills = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const { state, all, history, anomalies } = await crashWithDesk(seed, restarts);
      const reported = reportedFills(history);
      assert.deepEqual(recordedFills(all).sort(), reported.sort(), `seed ${seed}`);
      assert.equal(anomalies, 0);
      assert.deepEqual(audit(state).problems, []);
      assert.equal(formatDecimal(audit(state).conservationImbalance), '0');
      fills += reported.length;
    }
    assert.ok(fills > 200, `${fills} fills`);
  });
}
