/** The ladder of a pool: which way a liquidation takes, and how it comes to the next one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { terms } from '../../test/pools/direct-stage.ts';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { closeOuts, liquidity, setGate } from '../../test/pools/sample-guards.ts';
import { durationMs, fromRaw, money, type Ratio, ratio, rawOf, size } from '../units/index.ts';
import type { Command, CommandOf, Event } from './index.ts';

type Routing = CommandOf<'ConfigureRouting'>['parameters'];
type Way = Routing['routes'][number];

const way = (method: Way['method'], changes: Partial<Way> = {}): Way => ({
  method,
  venue: method === 'outside' ? 'other' : null,
  feeFraction: ratio('0'),
  concessionFraction: ratio('0'),
  expectedMs: durationMs(0),
  failureProbability: ratio('0'),
  patienceMs: durationMs(600_000),
  ...changes,
});

const ladder = (...routes: readonly Way[]): CommandOf<'ConfigureRouting'> => ({
  type: 'ConfigureRouting',
  parameters: {
    choice: 'ladder',
    routes,
    dailyVolatility: ratio('0.05'),
    waitingDeviations: ratio('1'),
  },
});

const cheapest = (...routes: readonly Way[]): CommandOf<'ConfigureRouting'> => {
  const { type, parameters } = ladder(...routes);
  return { type, parameters: { ...parameters, choice: 'cheapest' } };
};

/** Alice is long 50 at 100 with 1,000; her order is on its way once the price has fallen to 84. */
function stage(routing: CommandOf<'ConfigureRouting'>) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(routing);
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  const fallen = pool.price('BTC', '84', ['BTC-PERP']);
  const liquidation = () => pool.engine.state.liquidations.get(1);
  const expire = (): Event[] => {
    const { order } = liquidation()!.order!;
    return pool.take({ type: 'FinishOrder', order, reason: 'expired' });
  };
  return { ...pool, alice, maker, fallen, liquidation, expire };
}

const types = (events: readonly Event[]): string[] => events.map(({ type }) => type);

describe('the ladder', () => {
  test('is walked in the record after the start, and says what each way would have cost', () => {
    const { fallen, liquidation } = stage(ladder(way('book'), way('outside')));
    assert.deepEqual(types(fallen), [
      'PricesUpdated',
      'LiquidationStarted',
      'RouteChosen',
      'CloseOutPlanned',
      'CloseOutOrderPlaced',
    ]);
    const [chosen] = eventsOf(fallen, 'RouteChosen');
    assert.equal(chosen!.route, 0);
    assert.deepEqual(
      chosen!.routes.map(({ method, venue }) => [method, venue]),
      [
        ['book', null],
        ['outside', 'other'],
      ],
    );
    assert.ok(chosen!.routes.every(({ expectedCost }) => expectedCost !== null));
    assert.deepEqual(liquidation()!.route, { place: 0, method: 'book', venue: null });
  });

  test('takes the cheapest way where that is asked for', () => {
    const dear = way('book', { concessionFraction: ratio('0.05') });
    const { fallen, liquidation } = stage(cheapest(dear, way('outside')));
    const [chosen] = eventsOf(fallen, 'RouteChosen');
    assert.equal(chosen!.route, 1);
    const [routed] = eventsOf(fallen, 'OrderRouted');
    assert.equal(routed!.venue, 'other');
    assert.equal(liquidation()!.order!.venue, 'other');
    const [book, outside] = chosen!.routes.map(({ expectedCost }) => rawOf(expectedCost!));
    assert.ok(outside! < book!);
  });

  test('gives a tie of costs to the way that stands first', () => {
    const twice = cheapest(way('outside', { venue: 'a' }), way('outside', { venue: 'b' }));
    const [chosen] = eventsOf(stage(twice).fallen, 'RouteChosen');
    assert.equal(chosen!.route, 0);
  });

  test('charges a way for its failures and for its wait', () => {
    const plain = way('outside', { venue: 'a', concessionFraction: ratio('0.01') });
    const costs = (changes: Partial<Way>) => {
      const { fallen } = stage(cheapest(plain, { ...plain, venue: 'b', ...changes }));
      const [chosen] = eventsOf(fallen, 'RouteChosen');
      const [first, second] = chosen!.routes.map(({ expectedCost }) => rawOf(expectedCost!));
      return { route: chosen!.route, more: second! - first! };
    };
    assert.deepEqual(costs({}), { route: 0, more: 0n });
    const fails = costs({ failureProbability: ratio('0.5') });
    assert.deepEqual(fails, { route: 0, more: 0n }, 'a failed try that costs nothing is free');
    const waits = costs({ expectedMs: durationMs(60_000) });
    assert.equal(waits.route, 0);
    assert.ok(waits.more > 0n);
    const both = costs({ expectedMs: durationMs(60_000), failureProbability: ratio('0.5') });
    assert.ok(both.more > waits.more, 'waiting in vain is paid again');
    assert.equal(costs({ concessionFraction: ratio('0.009') }).route, 1);
  });

  test('goes on to the next way when one is exhausted, and never back', () => {
    const pool = stage(ladder(way('book'), way('outside')));
    pool.wait(10);
    pool.expire();
    pool.pass(10);
    pool.expire();
    pool.pass(10);
    const third = [...pool.expire(), ...pool.pass(10)];
    const [left] = eventsOf(third, 'RouteLeft');
    assert.equal(left!.reason, 'exhausted');
    assert.equal(eventsOf(third, 'RouteChosen')[0]!.route, 1);
    assert.deepEqual(pool.liquidation()!.tried, [0]);
    // Whoever was turned away on the book has all its attempts elsewhere.
    assert.equal(pool.liquidation()!.attempts, 0);
    assert.equal(eventsOf(third, 'RouteChosen')[0]!.routes[0]!.expectedCost, null);
  });

  test('passes to deleveraging when every way came to nothing', () => {
    const pool = stage(ladder(way('book')));
    const events: Event[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      events.push(...pool.pass(10), ...pool.expire());
    }
    events.push(...pool.pass(10));
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'exhausted');
    assert.equal(eventsOf(events, 'TakeoverDecided')[0]!.reason, 'routes-exhausted');
    assert.equal(eventsOf(events, 'PositionsDeleveraged').length, 1);
    assert.equal(pool.liquidation(), undefined);
  });

  test('leaves a way when its patience is over', () => {
    const impatient = way('book', { patienceMs: durationMs(5_000) });
    const pool = stage(ladder(impatient, way('outside')));
    pool.wait(4_998);
    const before = [...pool.expire(), ...pool.pass(1)];
    assert.deepEqual(eventsOf(before, 'RouteLeft'), [], 'a moment before its end it goes on');
    const at = [...pool.expire(), ...pool.pass(1)];
    assert.equal(eventsOf(at, 'RouteLeft')[0]!.reason, 'out-of-time');
    assert.equal(eventsOf(at, 'RouteChosen')[0]!.route, 1);
  });

  test('is left without a mark against it when the account is restored', () => {
    const pool = stage(ladder(way('book')));
    const { order } = pool.liquidation()!.order!;
    const restored = [
      ...pool.price('BTC', '100', ['BTC-PERP']),
      ...pool.take({ type: 'FinishOrder', order, reason: 'canceled' }),
    ];
    assert.deepEqual(
      types(restored).filter((type) => type !== 'PricesUpdated'),
      ['OrderCancelRequested', 'OrderFinished', 'RouteLeft', 'LiquidationEnded'],
    );
    assert.equal(eventsOf(restored, 'RouteLeft')[0]!.reason, 'restored');
  });

  test('is left by a bankrupt account, which the fund covers and which then starts anew', () => {
    const pool = stage(ladder(way('book')));
    pool.take({ type: 'FundInsurance', amount: money('5000') });
    pool.price('BTC', '79', ['BTC-PERP']);
    const covered = [...pool.expire(), ...pool.pass(10)];
    assert.equal(eventsOf(covered, 'RouteLeft')[0]!.reason, 'bankrupt');
    assert.equal(eventsOf(covered, 'DeficitCovered').length, 1);
    assert.equal(eventsOf(covered, 'RouteChosen')[0]!.route, 0);
    assert.deepEqual(pool.liquidation()!.tried, []);
  });

  test('may change under a running liquidation, which then tries all of the new one', () => {
    const pool = stage(ladder(way('book'), way('outside')));
    pool.take(ladder(way('outside')));
    const events = [...pool.expire(), ...pool.pass(10)];
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'unavailable');
    assert.equal(eventsOf(events, 'OrderRouted')[0]!.venue, 'other');
    assert.deepEqual(pool.liquidation()!.route, { place: 0, method: 'outside', venue: 'other' });
  });

  test('ends within the steps of a liquidation, whatever the venue does', () => {
    const pool = stage(ladder(way('book', { patienceMs: durationMs(1_000_000_000) })));
    for (let record = 0; record < 400 && pool.liquidation() !== undefined; record += 1) {
      const open = pool.liquidation()!.order;
      if (open === null) pool.pass(10);
      else if (record % 5 === 0) pool.expire();
      else
        pool.fill(pool.maker, pool.alice, {
          market: 'BTC-PERP',
          size: '0.001',
          price: '84',
          order: open.order,
        });
      if (pool.liquidation()?.order === null) pool.pass(10);
    }
    assert.equal(pool.liquidation(), undefined);
  });
});

/** The market bears 1,000 of notional a minute, and has just borne it for Bob. */
function fullMarket(routing: CommandOf<'ConfigureRouting'>, direct: Command | null = null) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(liquidity({ windowNotionalMax: money('1000') }));
  pool.price('BTC', '100', ['BTC-PERP']);
  const bob = pool.account('bob', '200');
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  pool.take(closeOuts({ policy: 'everything' }));
  pool.fill(bob, maker, { market: 'BTC-PERP', size: '10', price: '100' });
  pool.price('BTC', '84', ['BTC-PERP']);
  const { order } = pool.engine.state.liquidations.get(1)!.order!;
  pool.fill(maker, bob, { market: 'BTC-PERP', size: '10', price: '84', order });
  pool.take(liquidity({ windowNotionalMax: money('840') }));
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '84' });
  pool.take(routing);
  if (direct !== null) pool.take(direct);
  const fallen = pool.price('BTC', '66', ['BTC-PERP']);
  const liquidation = () => pool.engine.state.liquidations.get(2);
  return { ...pool, fallen, liquidation };
}

describe('a market that is full for the moment', () => {
  test('is waited for on the book, as without a ladder, and then closed in', () => {
    const pool = fullMarket(ladder(way('book')));
    assert.deepEqual(eventsOf(pool.fallen, 'TakeoverDecided'), []);
    const [chosen] = eventsOf(pool.fallen, 'RouteChosen');
    assert.equal(chosen!.route, 0);
    assert.notEqual(chosen!.routes[0]!.expectedCost, null, 'what it costs once there is room');
    assert.equal(eventsOf(pool.fallen, 'CloseOutDeferred').length, 1);
    const { steps } = pool.liquidation()!;
    pool.price('BTC', '66', ['BTC-PERP']);
    pool.wait(30_000);
    const stillFull = pool.price('BTC', '66', ['BTC-PERP']);
    assert.equal(eventsOf(stillFull, 'CloseOutDeferred').length, 1);
    assert.equal(pool.liquidation()!.steps, steps, 'waiting is not trying');
    pool.wait(60_000);
    const [placed] = eventsOf(pool.price('BTC', '66', ['BTC-PERP']), 'CloseOutOrderPlaced');
    // 840 / 66, in whole lots.
    assert.equal(placed!.size, size('-12.727'));
  });

  test('is no way before any that is open, on the book or at a venue outside', () => {
    for (const choice of [ladder, cheapest]) {
      for (const full of [way('book'), way('outside')]) {
        const routing = choice(full, way('direct', { concessionFraction: ratio('1') }));
        const alone = fullMarket(routing);
        assert.equal(eventsOf(alone.fallen, 'RouteChosen')[0]!.route, 0, 'no terms, not open');
        const beside = fullMarket(routing, terms());
        assert.equal(eventsOf(beside.fallen, 'RouteChosen')[0]!.route, 1, full.method);
      }
    }
  });

  test('is waited for no longer than the patience of the way', () => {
    const pool = fullMarket(ladder(way('book', { patienceMs: durationMs(2_000) })));
    pool.take(liquidity({ windowNotionalMax: money('840'), windowMs: durationMs(6_000_000) }));
    assert.equal(eventsOf(pool.pass(1_000), 'CloseOutDeferred').length, 1);
    assert.deepEqual(pool.pass(999).length, 1, 'time passed, and nothing else');
    const events = pool.pass(1);
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'out-of-time');
    assert.equal(eventsOf(events, 'TakeoverDecided')[0]!.reason, 'routes-exhausted');
  });

  test('whose gate is closed is not full: it is no way', () => {
    const pool = fullMarket(ladder(way('book')));
    pool.take(setGate({ gate: 'close-outs' }));
    pool.take(ladder(way('outside')));
    const events = pool.pass(1_000);
    assert.equal(eventsOf(events, 'RouteLeft')[0]!.reason, 'unavailable');
    assert.deepEqual(eventsOf(events, 'RouteChosen'), []);
    assert.deepEqual(eventsOf(events, 'TakeoverDecided'), []);
  });
});

describe('ConfigureRouting', () => {
  const refused: readonly [string, CommandOf<'ConfigureRouting'>][] = [
    ['no way at all', ladder()],
    ['a way twice', ladder(way('book'), way('book'))],
    ['an outside way without a venue', ladder(way('outside', { venue: null }))],
    ['a venue for the book', ladder(way('book', { venue: 'other' }))],
    ['a fee above one', ladder(way('book', { feeFraction: above(ratio('1')) }))],
    ['a concession below zero', ladder(way('book', { concessionFraction: ratio('-0.1') }))],
    ['certain failure', ladder(way('book', { failureProbability: ratio('1') }))],
    ['no patience', ladder(way('book', { patienceMs: durationMs(0) }))],
    [
      'a negative wait',
      {
        ...ladder(way('book')),
        parameters: { ...ladder(way('book')).parameters, waitingDeviations: ratio('-1') },
      },
    ],
    [
      'no volatility',
      {
        ...ladder(way('book')),
        parameters: { ...ladder(way('book')).parameters, dailyVolatility: ratio('0') },
      },
    ],
    [
      'more ways than a person reads',
      ladder(...Array.from({ length: 17 }, (_, at) => way('outside', { venue: `v${at}` }))),
    ],
  ];
  for (const [what, command] of refused) {
    test(`refuses ${what}`, () => {
      const pool = poolDriver();
      pool.configure();
      pool.refuse(command, 'INVALID_PARAMETER');
    });
  }

  test('takes every bound itself', () => {
    const pool = poolDriver();
    pool.configure();
    const edge = way('book', {
      feeFraction: ratio('1'),
      concessionFraction: ratio('1'),
      failureProbability: ratio('0.999999999999999999'),
      patienceMs: durationMs(1),
    });
    pool.take(ladder(edge));
    assert.equal(pool.engine.state.routing!.routes.length, 1);
  });
});

function above(value: Ratio): Ratio {
  return fromRaw<Ratio>(rawOf(value) + 1n);
}
