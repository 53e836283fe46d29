import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, formatDecimal, money, ratio } from '../units/index.ts';
import { trancheAllocation, tranchePremium } from './tranche-allocation.ts';

const UNIT = '0.000000000000000001';
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

type Layer = readonly [tranche: string, attachment: string, detachment: string, available: string];

function borne(loss: string, layers: readonly Layer[], lossBefore = '0') {
  const { allocations, uncovered } = trancheAllocation({
    loss: money(loss),
    lossBefore: money(lossBefore),
    tranches: layers.map(([tranche, attachment, detachment, available]) => ({
      tranche,
      attachment: money(attachment),
      detachment: money(detachment),
      available: money(available),
    })),
  });
  const amounts = allocations.map(({ tranche, amount }) => `${tranche} ${formatDecimal(amount)}`);
  return [...amounts, `uncovered ${formatDecimal(uncovered)}`].join(', ');
}

const junior: Layer = ['junior', '0', '100', '100'];
const senior: Layer = ['senior', '100', '300', '200'];

test('a loss fills the layers from the lowest up, whatever the order they are listed in', () => {
  assert.equal(borne('0', [senior, junior]), 'senior 0, junior 0, uncovered 0');
  assert.equal(borne('100', [senior, junior]), 'senior 0, junior 100, uncovered 0');
  assert.equal(
    borne('100.000000000000000001', [senior, junior]),
    `senior ${UNIT}, junior 100, uncovered 0`,
  );
  assert.equal(borne('300', [senior, junior]), 'senior 200, junior 100, uncovered 0');
  assert.equal(
    borne('300.000000000000000001', [senior, junior]),
    `senior 200, junior 100, uncovered ${UNIT}`,
  );
});

test('a layer does not move down: below an attachment nobody pays', () => {
  assert.equal(borne('50', [['far', '80', '200', '500']]), 'far 0, uncovered 50');
  assert.equal(borne('80', [['far', '80', '200', '500']]), 'far 0, uncovered 80');
  assert.equal(borne('90', [['far', '80', '200', '500']]), 'far 10, uncovered 80');
  assert.equal(borne('999', [['far', '80', '200', '500']]), 'far 120, uncovered 879');
});

test('capital that is used up leaves a gap in its layer; the next starts at its own', () => {
  const thin: Layer = ['junior', '0', '100', '30'];
  assert.equal(borne('100', [thin, senior]), 'junior 30, senior 0, uncovered 70');
  assert.equal(borne('110', [thin, senior]), 'junior 30, senior 10, uncovered 70');
  assert.equal(borne('5', [['empty', '0', '10', '0']]), 'empty 0, uncovered 5');
});

test('where layers overlap the earlier pays, and the later takes on what it cannot', () => {
  const wide: Layer = ['wide', '0', '200', '50'];
  const inner: Layer = ['inner', '20', '120', '500'];
  assert.equal(borne('60', [wide, inner]), 'wide 50, inner 10, uncovered 0');
  assert.equal(borne('150', [wide, inner]), 'wide 50, inner 70, uncovered 30');
  const rich: Layer = ['wide', '0', '200', '500'];
  assert.equal(borne('150', [rich, inner]), 'wide 150, inner 0, uncovered 0');
  const inside: Layer = ['inside', '20', '40', '500'];
  assert.equal(borne('150', [wide, inside]), 'wide 50, inside 0, uncovered 100');
});

test('equal attachments pay in order of id, by code unit', () => {
  const first: Layer = ['a10', '0', '100', '40'];
  const second: Layer = ['a9', '0', '100', '100'];
  assert.equal(borne('60', [second, first]), 'a9 20, a10 40, uncovered 0');
});

test('losses of a period count on where the one before ended', () => {
  assert.equal(borne('60', [junior, senior], '80'), 'junior 20, senior 40, uncovered 0');
  assert.equal(borne('60', [junior, senior], '100'), 'junior 0, senior 60, uncovered 0');
  assert.equal(borne('60', [junior, senior], '300'), 'junior 0, senior 0, uncovered 60');
});

test('without a tranche everything is uncovered', () => {
  assert.equal(borne('7', []), 'uncovered 7');
});

test('what no caller may give is refused', () => {
  assert.throws(() => borne('-1', [junior]), /TRANCHE_LOSS/);
  assert.throws(() => borne('1', [junior], '-1'), /TRANCHE_LOSS/);
  assert.throws(() => borne('1', [['none', '5', '5', '1']]), /TRANCHE: .*of none/);
  assert.throws(() => borne('1', [['under', '-1', '5', '1']]), /TRANCHE: .*of under/);
  assert.throws(() => borne('1', [['broke', '0', '5', '-1']]), /TRANCHE: .*of broke/);
});

const premium = (capital: string, premiumRate: string, elapsedMs: number) =>
  formatDecimal(
    tranchePremium({
      capital: money(capital),
      premiumRate: ratio(premiumRate),
      elapsedMs: durationMs(elapsedMs),
    }),
  );

test('a premium is the rate per year of the capital that stood ready, rounded down', () => {
  assert.equal(premium('1000', '0.08', YEAR_MS), '80');
  assert.equal(premium('1000', '0.08', YEAR_MS / 4), '20');
  assert.equal(premium('1000', '0.08', 0), '0');
  assert.equal(premium('1000', '0', YEAR_MS), '0');
  assert.equal(premium('0', '0.08', YEAR_MS), '0');
  assert.equal(premium(UNIT, '0.5', YEAR_MS * 2), UNIT);
  assert.equal(premium(UNIT, '0.5', YEAR_MS * 2 - 1), '0');
  assert.throws(() => premium('-1', '0.08', 1), /TRANCHE_PREMIUM/);
  assert.throws(() => premium('1', '-0.08', 1), /TRANCHE_PREMIUM/);
});
