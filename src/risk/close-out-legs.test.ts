import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abs, formatDecimal, money, price, ratio, size } from '../units/index.ts';
import type { CloseOutImpact, CloseOutLeg } from './close-out-leg.ts';
import { type CloseOutPolicy, closeOutLegs } from './close-out-legs.ts';

type LegRow = {
  readonly size: string;
  readonly mark?: string;
  readonly tiers?: readonly (readonly [floor: string, fraction: string])[];
  readonly penalty?: string;
  readonly slippage?: string;
  readonly impact?: Partial<Record<'model' | 'coefficient' | 'volatility' | 'volume', string>>;
  readonly closable?: string;
  readonly notionalMin?: string;
  readonly lot?: string;
  readonly group?: string;
  readonly inverse?: boolean;
};
type Row = {
  readonly policy?: CloseOutPolicy;
  readonly share?: string;
  readonly equity: string;
  readonly target?: string;
  readonly legs: readonly LegRow[];
};

const impactOf = (row: NonNullable<LegRow['impact']>): CloseOutImpact => ({
  model: row.model === 'linear' ? 'linear' : 'square-root',
  coefficient: ratio(row.coefficient ?? '1'),
  volatility: ratio(row.volatility ?? '0.04'),
  volume: money(row.volume ?? '100000'),
});

function legOf(row: LegRow, at: number): CloseOutLeg {
  const held = size(row.size);
  return {
    kind: row.inverse === true ? 'inverse' : 'linear',
    size: held,
    markPrice: price(row.mark ?? '100'),
    lot: size(row.lot ?? '0.01'),
    tiers: (row.tiers ?? [['0', '0.1']]).map(([floor, fraction]) => ({
      notionalFloor: money(floor),
      maintenanceMarginFraction: ratio(fraction),
    })),
    penaltyFraction: ratio(row.penalty ?? '0'),
    slippageFraction: ratio(row.slippage ?? '0.01'),
    impact: row.impact === undefined ? null : impactOf(row.impact),
    closable: row.closable === undefined ? abs(held) : size(row.closable),
    notionalMin: money(row.notionalMin ?? '0'),
    hedgeGroup: row.group ?? `own-${at}`,
  };
}

const plan = ({ policy = 'least-impact', share = '0.25', equity, target = '1', legs }: Row) =>
  closeOutLegs({
    policy,
    fixedShare: ratio(share),
    marginEquity: money(equity),
    targetRatio: ratio(target),
    legs: legs.map(legOf),
  });

/** What is closed of each leg. */
const closed = (row: Row): string[] => plan(row).sizes.map((each) => formatDecimal(each));

/** Two longs worth 1000 each; requirement 200. */
const equal = [{ size: '10' }, { size: '10' }] as const;

test('least-impact: the cheaper leg first, the dearer one only for the rest', () => {
  const legs = [{ size: '10', slippage: '0.02' }, { size: '10' }];
  assert.deepEqual(closed({ equity: '191', legs }), ['0', '1']);
  assert.deepEqual(closed({ equity: '110', legs }), ['0', '10']);
  assert.deepEqual(closed({ equity: '102', legs }), ['1', '10']);
});

test('least-impact: what counts is the cost per requirement released, not per notional', () => {
  const steep = { size: '10', slippage: '0.015', tiers: [['0', '0.2']] as const };
  assert.deepEqual(closed({ equity: '281.5', legs: [{ size: '10' }, steep] }), ['0', '1']);
});

test('least-impact: impact spreads the closes, the deeper market takes more', () => {
  const legs = [
    { size: '10', slippage: '1', impact: {} },
    { size: '10', slippage: '1', impact: { volume: '300000' } },
  ];
  const [thin, deep] = plan({ equity: '150', legs }).sizes;
  // x = V · (ν · μ)² / σ²: in proportion to the volumes, up to a step of ν and a lot.
  const gap = 3n * thin! - deep!;
  assert.ok(gap > -2n * 10n ** 17n && gap < 2n * 10n ** 17n, `${thin} and ${deep}`);
});

test('least-impact: the limit bounds the impact, and a leg that is cheap at it is closed', () => {
  // The impact alone would cost more than a unit releases from the fifth contract on.
  const legs = [{ size: '10', slippage: '0.01', impact: { volatility: '1', volume: '1000' } }];
  assert.deepEqual(closed({ equity: '55', legs }), ['5']);
});

test('least-impact: coarse lots, none of which the marginal rule would close whole', () => {
  const legs = [{ size: '10', lot: '5', slippage: '0.09', impact: { volatility: '0.2' } }];
  const { sizes, restores } = plan({ equity: '90', legs });
  assert.deepEqual([sizes.map((each) => formatDecimal(each)), restores], [['5'], true]);
});

test('proportional: the same share of every leg', () => {
  const legs = [{ size: '10' }, { size: '-20' }];
  assert.deepEqual(closed({ policy: 'proportional', equity: '273', legs }), ['1', '2']);
});

test('largest-first: whole legs by size, the last one partly; ties in their order', () => {
  const row = { policy: 'largest-first', equity: '290' } as const;
  assert.deepEqual(closed({ ...row, legs: [{ size: '10' }, { size: '20' }] }), ['0', '1.12']);
  assert.deepEqual(closed({ ...row, equity: '110', legs: [{ size: '10' }, { size: '20' }] }), [
    '1.12',
    '20',
  ]);
  assert.deepEqual(closed({ ...row, equity: '190', legs: equal }), ['1.12', '0']);
});

test('fixed-share: of the largest leg that has room, whatever is missing', () => {
  const row = { policy: 'fixed-share', equity: '1' } as const;
  assert.deepEqual(closed({ ...row, legs: [{ size: '10' }, { size: '20' }] }), ['0', '5']);
  const shut = [{ size: '10' }, { size: '20', closable: '0' }];
  assert.deepEqual(closed({ ...row, legs: shut, share: '0.3333' }), ['3.34', '0']);
  const narrow = [{ size: '10' }, { size: '20', closable: '3' }];
  assert.deepEqual(closed({ ...row, legs: narrow }), ['0', '3']);
});

test('everything: all that has room', () => {
  const legs = [{ size: '10' }, { size: '-20', closable: '3' }];
  assert.deepEqual(closed({ policy: 'everything', equity: '300', legs }), ['10', '3']);
});

test('where nothing restores everything is closed, or what is worthwhile while room lasts', () => {
  assert.deepEqual(closed({ equity: '-1', legs: equal }), ['10', '10']);
  const limited = [
    { size: '10', closable: '1' },
    { size: '10', slippage: '0.2' },
  ];
  assert.deepEqual(closed({ equity: '1', legs: limited }), ['1', '0']);
  assert.equal(plan({ equity: '1', legs: limited }).restores, false);
  const dear = limited.map((leg) => ({ ...leg, slippage: '0.2' }));
  assert.deepEqual(closed({ equity: '1', legs: dear }), ['1', '10']);
});

test('who is restored already, or has no room at all', () => {
  assert.deepEqual(closed({ equity: '201', legs: equal }), ['0.01', '0']);
  const shut = equal.map((leg) => ({ ...leg, closable: '0' }));
  assert.deepEqual(closed({ equity: '100', legs: shut }), ['0', '0']);
  assert.deepEqual(plan({ equity: '100', legs: shut }).order, []);
});

test('the order: most helpful first; what costs more than it releases is left out', () => {
  const legs = [{ size: '1' }, { size: '10' }, { size: '10', slippage: '0.1' }];
  const { order, restores } = plan({ policy: 'everything', equity: '300', legs });
  assert.deepEqual([order, restores], [[1, 0], true]);
});

test('hedges: both sides go together, and what stays open is the net exposure', () => {
  const legs = [
    { size: '10', group: 'coin' },
    { size: '-10', group: 'coin' },
  ];
  assert.deepEqual(closed({ equity: '110', legs }), ['5', '5']);
  const own = legs.map(({ size: held }) => ({ size: held }));
  assert.deepEqual(closed({ equity: '110', legs: own }), ['10', '0']);
  const uneven = [
    { size: '10', group: 'coin' },
    { size: '-4', group: 'coin' },
  ];
  // The long side is larger: it may be closed alone down to the size of the short one.
  const [long, short] = plan({ equity: '100', legs: uneven }).sizes;
  assert.ok(long! - short! >= 0n && long! - short! <= 6n * 10n ** 18n, `${long} and ${short}`);
});

test('hedges: given up where the account is not restored otherwise', () => {
  const legs = [
    { size: '10', group: 'coin', slippage: '0.2' },
    { size: '-10', group: 'coin' },
  ];
  assert.deepEqual(closed({ equity: '110', legs }), ['0', '10']);
});

test('dust: closed with the rest, or later where there is no room for it now', () => {
  const dusty = { size: '10', notionalMin: '950' };
  assert.deepEqual(closed({ equity: '90', legs: [dusty] }), ['10']);
  assert.deepEqual(closed({ equity: '90', legs: [{ ...dusty, closable: '5' }] }), ['0.5']);
  assert.deepEqual(
    closed({ equity: '90', legs: [{ ...dusty, closable: '5', notionalMin: '1001' }] }),
    ['1.12'],
  );
});

test('inverse contracts: the notional is in the coin', () => {
  // 10 000 contracts at 100 are 100 coins; requirement 10.
  const legs = [{ inverse: true, size: '10000', lot: '1' }];
  assert.deepEqual(closed({ equity: '9.1', legs }), ['1000']);
});

test('expected cost: the penalty, and the impact where the limit costs more', () => {
  const costs = (leg: LegRow): string[] =>
    plan({ policy: 'everything', equity: '0', legs: [leg] }).expectedCosts.map((each) =>
      formatDecimal(each),
    );
  assert.deepEqual(costs({ size: '10', penalty: '0.005' }), ['15']);
  // ⅔ · 0.04 · √(1000 / 100 000) · 1000
  const deep = { size: '10', penalty: '0.005', impact: {} };
  assert.equal(costs(deep)[0]!.slice(0, 12), '7.6666666666');
  assert.deepEqual(costs({ ...deep, slippage: '0.001' }), ['6']);
});

test('contract violations', () => {
  const one = (leg: LegRow, target?: string) =>
    closed({ equity: '1', legs: [leg], ...(target === undefined ? {} : { target }) });
  assert.throws(() => one({ size: '10' }, '0'), /not positive/);
  assert.throws(() => one({ size: '0' }), /in lots/);
  assert.throws(() => one({ size: '1.005' }), /whole lots/);
  assert.throws(() => one({ size: '1', closable: '2' }), /not within/);
  assert.throws(() => one({ size: '1', closable: '-1' }), /not within/);
  assert.throws(() => one({ size: '1', penalty: '-0.1' }), /negative/);
  assert.throws(() => one({ size: '1', slippage: '-0.1' }), /negative/);
  assert.throws(() => one({ size: '1', impact: { volume: '0' } }), /no volume/);
  assert.throws(() => one({ size: '1', impact: { coefficient: '-1' } }), /negative/);
});
