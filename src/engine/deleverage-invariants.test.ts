/** INV-20, and that a deleveraging has two sides, broken on purpose: each lie is stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  crash,
  HALF_HEDGED,
  halAlone,
  halAndLin,
  halAndNed,
  WHOLE,
} from '../../test/pools/hedge-stage.ts';
import {
  fromRaw,
  InvariantViolation,
  marketId,
  money,
  neg,
  price,
  type Size,
  size,
} from '../units/index.ts';
import { assertEventInvariants } from './event-invariants.ts';
import {
  applyRecord,
  createEngine,
  type Event,
  type EventOf,
  type JournalRecord,
  type PoolState,
} from './index.ts';

type Records = readonly JournalRecord[];
type Closed = EventOf<'PositionsDeleveraged'>;

/** The pool that the record of a deleveraging found, counted from 0, and the record's events. */
function foundBy(records: Records, which: number) {
  const engine = createEngine();
  let left = which;
  for (const record of records) {
    const events = record.outcome.type === 'Accepted' ? record.outcome.events : [];
    const closed = events.find((event): event is Closed => event.type === 'PositionsDeleveraged');
    if (closed !== undefined) {
      if (left === 0) return { state: engine.state, events, closed };
      left -= 1;
    }
    applyRecord(engine, record);
  }
  assert.fail(`no deleveraging ${which}`);
}

function stopped(state: PoolState, event: Event): string | null {
  try {
    assertEventInvariants(state, event);
  } catch (error) {
    assert.ok(error instanceof InvariantViolation, String(error));
    return error.code;
  }
  return null;
}

/** As if the first counterparty had closed another size, or for another amount. */
function closing(
  closed: Closed,
  changes: { readonly account?: string; readonly size?: Size; readonly taken?: string },
): Closed {
  const [first] = closed.counterparties;
  const { change, taken } = first!;
  const sizeDelta = changes.size ?? change.sizeDelta;
  const account = (changes.account ?? change.account) as typeof change.account;
  return {
    ...closed,
    liquidated: { ...closed.liquidated, sizeDelta: neg(sizeDelta) },
    counterparties: [
      {
        ...first!,
        change: { ...change, account, sizeDelta },
        taken: changes.taken === undefined ? taken : money(changes.taken),
      },
    ],
  };
}

function halfHedged(which: number) {
  const pool = halAlone({ hedges: 'protect', loadings: HALF_HEDGED });
  crash(pool);
  return foundBy(pool.records, which);
}

test('a unit beyond what keeps a hedge is stopped, in size and in money', () => {
  const { state, closed } = halfHedged(0);
  assert.equal(stopped(state, closed), null);
  const more = fromRaw<Size>(2n * 10n ** 18n + 1n);
  assert.equal(stopped(state, closing(closed, { size: more })), 'INV-20');
  // One unit may be a share's rounding, two may not.
  const one = closing(closed, { taken: '40.000000000000000001' });
  assert.equal(stopped(state, one), null);
  const two = closing(closed, { taken: '40.000000000000000002' });
  assert.equal(stopped(state, two), 'INV-20');
});

test('hedges are not overridden while somebody can keep them, nor where none are protected', () => {
  const { state, events } = halfHedged(1);
  const [overridden] = events;
  assert.ok(overridden?.type === 'HedgesOverridden');
  for (const event of events) assert.equal(stopped(state, event), null);
  assert.equal(stopped(halfHedged(0).state, overridden), 'INV-20');
  assert.equal(stopped(state, { ...overridden, factorLoading: price('6') }), 'INV-20');
  assert.equal(stopped(state, { ...overridden, market: marketId('ETH-PERP') }), 'INV-20');
  state.deleveraging = { hedges: 'ignore', loadings: HALF_HEDGED };
  assert.equal(stopped(state, overridden), 'INV-20');
  state.deleveraging = null;
  assert.equal(stopped(state, overridden), 'INV-20');
  state.deleveraging = { hedges: 'protect', loadings: HALF_HEDGED };
  state.liquidations.get(1)!.takeover = false;
  assert.equal(stopped(state, overridden), 'INV-6');
});

test('a hedge is not closed while somebody else can close, in liquidation or not', () => {
  const sound = halAndNed({ hedges: 'protect', loadings: WHOLE });
  crash(sound);
  const first = foundBy(sound.records, 0);
  assert.equal(first.closed.counterparties[0]!.change.account, 'ned');
  assert.equal(stopped(first.state, closing(first.closed, { account: 'hal' })), 'INV-20');

  const weak = halAndLin();
  crash(weak);
  const found = foundBy(weak.records, 0);
  assert.equal(found.closed.counterparties[0]!.change.account, 'lin');
  assert.equal(stopped(found.state, closing(found.closed, { account: 'hal' })), 'INV-20');
  // With Lin gone it is the last resort.
  const last = foundBy(weak.records, 1);
  assert.equal(last.closed.counterparties[0]!.change.account, 'hal');
  assert.equal(stopped(last.state, last.closed), null);
});

test('what is closed on one side is closed on the other', () => {
  const { state, closed } = halfHedged(0);
  const liquidated = { ...closed.liquidated, sizeDelta: size('-1.999') };
  assert.equal(stopped(state, { ...closed, liquidated }), 'INV-2');
});
