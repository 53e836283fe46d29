import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, ratio, size } from '../units/index.ts';
import { liquidationDistance, liquidationPrice } from './liquidation-price.ts';
import type { MarginTier } from './maintenance-margin.ts';
import type { MarginPosition } from './margin-summary.ts';

function tiersOf(...rows: [floor: string, fraction: string][]): MarginTier[] {
  return rows.map(([floor, fraction]) => ({
    notionalFloor: money(floor),
    maintenanceMarginFraction: ratio(fraction),
  }));
}

type Leg = {
  kind?: 'linear' | 'inverse';
  held: string;
  entryValue?: string;
  mark: string;
  tiers: MarginTier[];
};

function position({ kind = 'linear', held, entryValue = '0', mark, tiers }: Leg): MarginPosition {
  return {
    kind,
    size: size(held),
    entryValue: money(entryValue),
    markPrice: price(mark),
    fundingPayment: money('0'),
    initialMarginFraction: ratio('0'),
    tiers,
  };
}

function liquidation(balance: string, legs: Leg[], positionIndex = 0): string | null {
  const account = { balance: money(balance), collaterals: [], positions: legs.map(position) };
  const result = liquidationPrice({ account, positionIndex });
  return result === null ? null : formatDecimal(result);
}

const near = (actual: string | null, expected: number, digits: number): void =>
  assert.equal(Number(actual).toFixed(digits), expected.toFixed(digits));

test('Hyperliquid: 100 − (10 − 2.5) / (1 − 0.025), rounded up for a long', () => {
  const leg = { held: '1', entryValue: '100', mark: '100', tiers: tiersOf(['0', '0.025']) };
  assert.equal(liquidation('10', [leg]), '92.307692307692307693');
});

test('a short is rounded down: 100 + 7.5 / 1.025', () => {
  const leg = { held: '-1', entryValue: '-100', mark: '100', tiers: tiersOf(['0', '0.025']) };
  assert.equal(liquidation('10', [leg]), '107.317073170731707317');
});

test('Binance USD-margined: the worked examples, isolated and cross', () => {
  const eth = {
    held: '3683.979',
    entryValue: '5366967.96636',
    mark: '1335.18',
    tiers: tiersOf(['0', '0.05'], ['2707300', '0.1']),
  };
  const btc = {
    held: '109.488',
    entryValue: '3556387.02624',
    mark: '31967.27',
    tiers: tiersOf(['0', '0.005'], ['815000', '0.025']),
  };
  near(liquidation('1535443.01', [eth]), 1114.78, 2);
  near(liquidation('1535443.01', [eth, btc]), 1153.26, 2);
  near(liquidation('1535443.01', [btc, eth], 1), 1153.26, 2);
});

test('freqtrade: Binance isolated with a maintenance amount', () => {
  const tiers = tiersOf(['0', '0.005'], ['2', '0.01']);
  const long = { held: '1', entryValue: '10', mark: '10', tiers };
  const short = { held: '-1', entryValue: '-10', mark: '10', tiers };
  assert.equal(liquidation('2', [long]), '8.070707070707070708');
  near(liquidation('3.333333333333333333', [short]), 13.211221122, 9);
  near(liquidation('1.2', [{ ...long, held: '0.6', entryValue: '6' }]), 8.063973063973, 12);
});

test('freqtrade: Bybit linear, entry · (1 ∓ IMR ± MMR) with the requirement at the entry', () => {
  // Bybit holds the requirement fixed at the entry; ours moves with the mark and so lies closer
  // for a short: 10 · (1 + 1/10) / 1.01 against 10.9.
  const short = { held: '-1', entryValue: '-10', mark: '10', tiers: tiersOf(['0', '0.01']) };
  near(liquidation('1', [short]), 10.891089, 6);
});

test('the root is sought in the tier in which it lies, not in the active one', () => {
  const tiers = tiersOf(['0', '0.02'], ['50', '0.1']);
  // 100 now, tier 2; at 40 tier 1: 60 lost of 60.8 leaves 0.8 = 0.02 · 40.
  const long = { held: '1', entryValue: '100', mark: '100', tiers };
  assert.equal(liquidation('60.8', [long]), '40');
  // Exactly on the floor both tiers agree: 0.02 · 50 = 1.
  assert.equal(liquidation('51', [long]), '50');
  assert.equal(liquidation('50.9', [long]), '50.111111111111111112');
  assert.equal(liquidation('51.098', [long]), '49.9');
  // A short moves up into the second tier: MM(60) = 2 leaves 40 + 2 of the balance.
  const short = { held: '-1', entryValue: '-20', mark: '20', tiers };
  assert.equal(liquidation('42', [short]), '60');
});

test('an account already below its requirement has its liquidation price beyond the mark', () => {
  const long = { held: '1', entryValue: '100', mark: '50', tiers: tiersOf(['0', '0.5']) };
  assert.equal(liquidation('50', [long]), '100');
  const short = { held: '-1', entryValue: '-100', mark: '200', tiers: tiersOf(['0', '0.25']) };
  assert.equal(liquidation('25', [short]), '100');
});

test('no positive root, no position, no such position: null', () => {
  const tiers = tiersOf(['0', '0.05']);
  assert.equal(liquidation('100', [{ held: '1', entryValue: '100', mark: '100', tiers }]), null);
  assert.equal(liquidation('101', [{ held: '1', entryValue: '100', mark: '100', tiers }]), null);
  assert.equal(liquidation('-100', [{ held: '-1', entryValue: '-100', mark: '100', tiers }]), null);
  assert.equal(liquidation('100', [{ held: '0', mark: '100', tiers }]), null);
  assert.equal(liquidation('100', [], 0), null);
  // Just short of the first: the smallest representable price.
  const almost = { held: '1', entryValue: '100', mark: '100', tiers };
  assert.equal(liquidation('99.999999999999999999', [almost]), '0.000000000000000002');
});

test('a root that no price can represent is null', () => {
  const tiers = tiersOf(['0', '0.05']);
  const dust = { held: '-0.000000000000000001', mark: '1', tiers };
  assert.equal(liquidation('1000', [dust]), null);
});

test('inverse: P · n · (1 + side · μ) / (n · (1 + side · μ) + side · (E_m − MM))', () => {
  const tiers = tiersOf(['0', '0.01']);
  // n = 1 coin, surplus 0.1 − 0.01 = 0.09.
  const long = { kind: 'inverse' as const, held: '10000', entryValue: '-1', mark: '10000', tiers };
  assert.equal(liquidation('0.1', [long]), '9181.818181818181818182');
  const short = { ...long, held: '-10000', entryValue: '1' };
  assert.equal(liquidation('0.1', [short]), '11000');
});

test('inverse: a short of no more than its collateral is never liquidated by a rise', () => {
  const tiers = tiersOf(['0', '0.01']);
  const short = {
    kind: 'inverse' as const,
    held: '-10000',
    entryValue: '1',
    mark: '10000',
    tiers,
  };
  assert.equal(liquidation('1', [short]), null);
  assert.equal(liquidation('0.99', [short]), '990000');
});

test('inverse: tier by tier in coin', () => {
  const tiers = tiersOf(['0', '0.01'], ['2', '0.11']);
  // At n = 4 coins (2500): value −4 + entry 1 ⇒ −3; MM = 0.44 − 0.2 = 0.24.
  const long = { kind: 'inverse' as const, held: '10000', entryValue: '-1', mark: '10000', tiers };
  assert.equal(liquidation('3.24', [long]), '2500');
});

test('distance is relative to the mark, without sign, rounded down', () => {
  const distance = (boundary: string, mark: string) =>
    formatDecimal(
      liquidationDistance({ liquidationPrice: price(boundary), markPrice: price(mark) }),
    );
  assert.equal(distance('90', '100'), '0.1');
  assert.equal(distance('110', '100'), '0.1');
  assert.equal(distance('100', '100'), '0');
  assert.equal(distance('2', '3'), '0.333333333333333333');
  assert.equal(distance('4', '3'), '0.333333333333333333');
});
