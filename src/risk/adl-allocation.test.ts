import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, ratio, size } from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';

type Holder = {
  readonly size: string;
  readonly equity: string;
  readonly pnl: string;
  readonly margin?: string;
  readonly legMargin?: string;
  readonly score?: string;
};

const candidate = (account: string, holder: Holder): AdlCandidate => ({
  account,
  size: size(holder.size),
  equity: money(holder.equity),
  unrealizedPnl: money(holder.pnl),
  maintenanceMargin: holder.margin === undefined ? null : money(holder.margin),
  legMaintenanceMargin: holder.legMargin === undefined ? null : money(holder.legMargin),
  score: holder.score === undefined ? null : ratio(holder.score),
});

const candidates = (holders: Record<string, Holder>): AdlCandidate[] =>
  ['a', 'b', 'c', 'd', 'e', 'f']
    .filter((account) => holders[account] !== undefined)
    .map((account) => candidate(account, holders[account]!));

/** Longs at a mark of 100 face the takeover of a short. */
const longsAt100 = {
  policy: 'minimax-leverage',
  kind: 'linear',
  side: 1,
  markPrice: price('100'),
  gap: money('0'),
  lot: size('0.000000000000000001'),
} as const;

function summary(input: AdlAllocationInput) {
  const { fills, eta, residualLoss, unfilled } = adlAllocation(input);
  return {
    fills: fills.map((fill) =>
      [
        fill.account,
        formatDecimal(fill.size),
        fill.price === null ? null : formatDecimal(fill.price),
        formatDecimal(fill.taken),
      ].join(' '),
    ),
    eta: eta === null ? null : formatDecimal(eta),
    residualLoss: formatDecimal(residualLoss),
    unfilled: formatDecimal(unfilled),
  };
}

test('minimax leverage cuts the most leveraged to one common leverage', () => {
  // Leverages 10, 5 and 1; 9 units leave a and b at 4 (a 4, b 8) and do not touch c.
  const holders = candidates({
    a: { size: '10', equity: '100', pnl: '50' },
    b: { size: '10', equity: '200', pnl: '50' },
    c: { size: '10', equity: '1000', pnl: '50' },
  });
  assert.deepEqual(summary({ ...longsAt100, quantity: size('8'), candidates: holders }), {
    fills: ['a 6 100 0', 'b 2 100 0'],
    eta: '4',
    residualLoss: '0',
    unfilled: '0',
  });
  assert.deepEqual(
    summary({ ...longsAt100, quantity: size('5'), candidates: holders }).fills,
    ['a 5 100 0'],
    'at five units a has just come down to the leverage of b',
  );
  assert.equal(summary({ ...longsAt100, quantity: size('30'), candidates: holders }).eta, '0');
});

test('the exact shares become whole lots by largest remainder, ties by account id', () => {
  const alike = { size: '10', equity: '100', pnl: '50' };
  const holders = candidates({ c: alike, a: alike, b: alike });
  const input = { ...longsAt100, lot: size('1'), candidates: holders.toReversed() };
  assert.deepEqual(summary({ ...input, quantity: size('10') }).fills, [
    'c 3 100 0',
    'b 3 100 0',
    'a 4 100 0',
  ]);
  assert.deepEqual(summary({ ...input, quantity: size('11') }).fills, [
    'c 3 100 0',
    'b 4 100 0',
    'a 4 100 0',
  ]);
});

test('an account without equity is not asked; one unit of equity suffices', () => {
  const holders = (equity: string) =>
    candidates({
      a: { size: '10', equity, pnl: '50' },
      b: { size: '10', equity: '1000', pnl: '50' },
    });
  const input = { ...longsAt100, quantity: size('10') };
  assert.deepEqual(summary({ ...input, candidates: holders('0') }).fills, ['b 10 100 0']);
  assert.deepEqual(summary({ ...input, candidates: holders('-1') }).fills, ['b 10 100 0']);
  assert.deepEqual(summary({ ...input, candidates: holders('0.000000000000000001') }).fills, [
    'a 10 100 0',
  ]);
});

test('what the eligible do not hold stays unfilled, with its part of the gap', () => {
  const holders = candidates({
    a: { size: '2', equity: '1000', pnl: '500' },
    b: { size: '6', equity: '0', pnl: '500' },
  });
  const input = { ...longsAt100, quantity: size('8'), gap: money('80'), candidates: holders };
  assert.deepEqual(summary(input), {
    fills: ['a 2 90 20'],
    eta: '0',
    residualLoss: '0',
    unfilled: '6',
  });
  assert.deepEqual(summary({ ...input, candidates: [] }), {
    fills: [],
    eta: null,
    residualLoss: '0',
    unfilled: '8',
  });
});

test('a gap is borne up to the profit; beyond it the rest of it is residual', () => {
  // The gap is 10 per unit. Alice's profit of 30 bears 3 units, Bob's of 100 bears all of his.
  const holders = candidates({
    a: { size: '10', equity: '500', pnl: '30' },
    b: { size: '5', equity: '5000', pnl: '100' },
  });
  const input = { ...longsAt100, gap: money('80'), quantity: size('8'), candidates: holders };
  assert.deepEqual(summary(input), {
    fills: ['a 3 90 30', 'b 5 90 50'],
    eta: '0',
    residualLoss: '0',
    unfilled: '0',
  });
  const more = { ...input, gap: money('100'), quantity: size('10') };
  assert.deepEqual(summary(more), {
    // Two units more from Alice, who cannot pay for them: 100 · 5 / 10 − 30 moves on.
    fills: ['a 5 94 30', 'b 5 90 50'],
    eta: '1',
    residualLoss: '20',
    unfilled: '0',
  });
});

test('the full gap must not leave a counterparty less equity per margin', () => {
  // The position carries half of the account's margin, so 100 of its 200 of equity: 10 per unit.
  const holder = { size: '10', equity: '200', pnl: '1000', margin: '60', legMargin: '30' };
  const rich = { size: '10', equity: '100000', pnl: '1000', score: '1' };
  const input = {
    ...longsAt100,
    policy: 'queue',
    quantity: size('10'),
    candidates: candidates({ a: { ...holder, score: '2' }, b: rich }),
  } as const;
  assert.deepEqual(summary({ ...input, gap: money('100') }).fills, ['a 10 90 100']);
  const beyond = summary({ ...input, gap: money('100.000000000000000001') });
  assert.deepEqual(
    beyond.fills.map((fill) => fill.slice(0, 4)),
    ['b 10'],
  );
});

test('a counterparty asked beyond its footing pays only what stands behind the closed part', () => {
  const holder = { size: '10', equity: '200', pnl: '1000', margin: '60', legMargin: '30' };
  const input = { ...longsAt100, quantity: size('4'), candidates: candidates({ a: holder }) };
  assert.deepEqual(summary({ ...input, gap: money('60') }), {
    fills: ['a 4 90 40'],
    eta: '3',
    residualLoss: '20',
    unfilled: '0',
  });
});

test('of equity that counts in part, only that part stands behind a position', () => {
  const [holder] = candidates({ a: { size: '10', equity: '200', pnl: '1000' } });
  const input = { ...longsAt100, quantity: size('4'), gap: money('60') };
  const given = (marginEquity: string) => {
    const weighted = { ...holder!, marginEquity: money(marginEquity) };
    const { fills, residualLoss } = summary({ ...input, candidates: [weighted] });
    return [...fills, residualLoss];
  };
  // The whole would cost 150: up to there nothing is held back, below it the cap is none.
  assert.deepEqual(given('150'), ['a 4 85 60', '0']);
  assert.deepEqual(given('149'), ['a 4 85.1 59.6', '0.4']);
  assert.deepEqual(given('0'), ['a 4 100 0', '60']);
  assert.deepEqual(given('-1'), ['a 4 100 0', '60']);
});

test('shorts mirror longs', () => {
  const holders = candidates({ a: { size: '10', equity: '500', pnl: '30' } });
  const input = {
    ...longsAt100,
    side: -1,
    quantity: size('5'),
    gap: money('50'),
    candidates: holders,
  } as const;
  assert.deepEqual(summary(input).fills, ['a 5 106 30']);
  assert.equal(summary(input).residualLoss, '20');
});

test('inverse contracts: leverage in coin, price from the value that is left', () => {
  // 10 000 contracts at 50 000 are 0.2 coin; equity 0.1 is leverage 2.
  const inverse = {
    policy: 'minimax-leverage',
    kind: 'inverse',
    side: 1,
    markPrice: price('50000'),
    lot: size('1'),
    quantity: size('5000'),
    candidates: candidates({ a: { size: '10000', equity: '0.1', pnl: '1' } }),
  } as const;
  assert.deepEqual(summary({ ...inverse, gap: money('0.025') }), {
    // 5 000 contracts close at −0.1 − 0.025 coin: a price of 40 000.
    fills: ['a 5000 40000 0.025'],
    eta: '1',
    residualLoss: '0',
    unfilled: '0',
  });
});

test('the queue of BitMEX: highest score first, whole accounts, the last in part', () => {
  const holders = candidates({
    a: { size: '10', equity: '1', pnl: '1', score: '3' },
    b: { size: '10', equity: '1', pnl: '1', score: '6' },
    c: { size: '20', equity: '1', pnl: '1', score: '1' },
    d: { size: '30', equity: '1', pnl: '1', score: '4' },
    e: { size: '20', equity: '1', pnl: '1', score: '5' },
    f: { size: '10', equity: '1', pnl: '1', score: '2' },
  });
  const queue = { ...longsAt100, policy: 'queue', candidates: holders } as const;
  assert.deepEqual(summary({ ...queue, quantity: size('20') }), {
    fills: ['b 10 100 0', 'e 10 100 0'],
    eta: null,
    residualLoss: '0',
    unfilled: '0',
  });
  const notional = { ...queue, policy: 'queue-notional', quantity: size('35') } as const;
  assert.deepEqual(summary(notional).fills, ['b 10 100 0', 'd 5 100 0', 'e 20 100 0']);
});

test('a queue, too, asks first for what profits can bear', () => {
  const holders = candidates({
    a: { size: '10', equity: '1000', pnl: '20', score: '2' },
    b: { size: '10', equity: '1000', pnl: '500', score: '1' },
  });
  const queue = { ...longsAt100, policy: 'queue', gap: money('50'), quantity: size('5') } as const;
  assert.deepEqual(summary({ ...queue, candidates: holders }).fills, ['a 2 90 20', 'b 3 90 30']);
});

test('the unit that no floor takes goes to one that can bear it', () => {
  const unit = '0.000000000000000001';
  const three = '0.000000000000000003';
  const holders = candidates({
    a: { size: '1', equity: '1000', pnl: unit },
    b: { size: '1', equity: '1000', pnl: '1' },
  });
  // Half of three units each: one and one, and the last to b, because a has no more profit.
  const input = { ...longsAt100, lot: size('1'), quantity: size('2'), gap: money(three) };
  const { fills, residualLoss } = adlAllocation({ ...input, candidates: holders });
  assert.deepEqual(
    fills.map(({ account, taken }) => `${account} ${formatDecimal(taken)}`),
    [`a ${unit}`, 'b 0.000000000000000002'],
  );
  assert.equal(formatDecimal(residualLoss), '0');
});
