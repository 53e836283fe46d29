/**
 * Goal: a score says how deep a policy reaches into a position. Method: examples by hand, and the
 * allocation itself: whoever scores higher gives up at least as large a part of its position.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  money,
  price,
  ratio,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import { adlFills } from './adl-allocation.ts';
import type { AdlCandidate, AdlMarket } from './adl-candidate.ts';
import type { AdlPolicyName } from './adl-policy-name.ts';
import { displayedScore, leverageScore, queueNotionalScore, queueScore } from './adl-rank.ts';
import {
  adlScoreOf,
  factorLeverageScore,
  profitShareScore,
  riskShareScore,
} from './adl-share-score.ts';
import { cmpQuotient } from './exact-quotient.ts';

const shorts: AdlMarket = { kind: 'linear', side: -1, markPrice: price('100') };
const ben: AdlCandidate = {
  account: 'ben',
  size: size('10'),
  equity: money('250'),
  unrealizedPnl: money('200'),
};
const shown = (score: ReturnType<typeof profitShareScore>) => formatDecimal(displayedScore(score)!);

test('profit per unit of notional, nothing for a loss', () => {
  assert.equal(shown(profitShareScore(shorts, ben)), '0.2');
  assert.equal(shown(profitShareScore(shorts, { ...ben, unrealizedPnl: money('-50') })), '0');
  const inverse: AdlMarket = { kind: 'inverse', side: 1, markPrice: price('100') };
  // 1,000 of money are 10 coins at 100.
  const coins = { ...ben, size: size('1000'), unrealizedPnl: money('2') };
  assert.equal(shown(profitShareScore(inverse, coins)), '0.2');
});

test('times leverage to the power of the exponent and one', () => {
  for (const [riskExponent, expected] of [
    [0, '0.8'],
    [1, '3.2'],
    [4, '204.8'],
  ] as const) {
    assert.equal(shown(riskShareScore({ riskExponent })(shorts, ben)), expected);
  }
  assert.equal(shown(riskShareScore({})(shorts, ben)), '3.2', 'the default is 1');
});

test('or times leverage and what of it exceeds the threshold', () => {
  const beyond = (threshold: string) =>
    shown(riskShareScore({ riskThreshold: ratio(threshold) })(shorts, ben));
  assert.equal(beyond('3'), '0.8');
  assert.equal(beyond('4'), '0');
  assert.equal(beyond('3.999999999999999999'), '0');
  assert.equal(beyond('5'), '0');
});

test('without equity nobody is asked', () => {
  assert.equal(shown(riskShareScore({})(shorts, { ...ben, equity: money('0') })), '0');
  assert.equal(shown(riskShareScore({})(shorts, { ...ben, equity: money('-1') })), '0');
});

test('every policy has its score', () => {
  const of = (policy: AdlPolicyName) => shown(adlScoreOf(policy)(shorts, ben));
  assert.equal(of('minimax-leverage'), shown(leverageScore(shorts, ben)));
  assert.equal(of('queue'), shown(queueScore(shorts, ben)));
  assert.equal(of('queue-notional'), shown(queueNotionalScore(shorts, ben)));
  assert.deepEqual([of('capped-pro-rata'), of('min-max')], ['0.2', '0.2']);
  assert.equal(of('risk-aware-pro-rata'), '3.2');
});

test('leverage to a factor counts what else an account has, and is below zero for a hedge', () => {
  const loading = price('5');
  const score = factorLeverageScore(loading);
  // 50 of 250; others stand against 30 of it, or more than all of it; or add to it.
  const against = (other: string): AdlCandidate => ({
    ...ben,
    otherExposure: rawOf(size(other)) * 10n ** 18n,
  });
  assert.equal(shown(score(shorts, ben)), '0.2');
  assert.equal(shown(score(shorts, against('30'))), '0.08');
  assert.equal(shown(score(shorts, against('75'))), '-0.1');
  assert.equal(shown(score({ ...shorts, side: 1 }, against('30'))), '0.32');
  // Without equity a unit of it divides.
  const broke = { ...ben, size: size('0.000000000000000001'), equity: money('-1') };
  assert.equal(shown(score(shorts, broke)), '5');
  const policy = adlScoreOf('minimax-leverage', { factorLoading: loading });
  assert.equal(shown(policy(shorts, against('30'))), '0.08');
  const alone = adlScoreOf('minimax-leverage', { factorLoading: null });
  assert.equal(shown(alone(shorts, against('30'))), '4');
  // The others have scores of their own.
  assert.equal(shown(adlScoreOf('min-max', { factorLoading: loading })(shorts, ben)), '0.2');
});

const candidates = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 400 }),
      equity: fc.integer({ min: 1, max: 5_000 }),
      unrealizedPnl: fc.integer({ min: 1, max: 900 }),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(
      (each, at): AdlCandidate => ({
        account: `account-${at}`,
        size: size(String(each.size)),
        equity: money(String(each.equity)),
        unrealizedPnl: money(String(each.unrealizedPnl)),
      }),
    ),
  );

for (const policy of ['capped-pro-rata', 'risk-aware-pro-rata', 'minimax-leverage'] as const) {
  test(`${policy} closes at least as large a part of whoever scores higher`, () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 99 }), (book, percent) => {
        const held = book.reduce((sum, each) => sum + rawOf(each.size), 0n);
        const quantity = fromRaw<Size>((held * BigInt(percent)) / 100n);
        const lot = fromRaw<Size>(1n);
        // Without a gap no cap is below the position.
        const { fills } = adlFills({
          ...shorts,
          policy,
          candidates: book,
          quantity,
          gap: money('0'),
          lot,
        });
        const closed = new Map(fills.map((fill) => [fill.account, rawOf(fill.size)]));
        const score = adlScoreOf(policy);
        for (const a of book) {
          for (const b of book) {
            if (cmpQuotient(score(shorts, a), score(shorts, b)) < 0) continue;
            const [x, y] = [closed.get(a.account) ?? 0n, closed.get(b.account) ?? 0n];
            // A lot of rounding on either side.
            const [sizeA, sizeB] = [rawOf(a.size), rawOf(b.size)];
            assert.ok((x + 2n) * sizeB + 2n * sizeA >= y * sizeA, `${a.account} and ${b.account}`);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
}
