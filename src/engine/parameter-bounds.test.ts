/** Every bound of every parameter: a value just outside is refused, the bound itself is taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POOL, poolDriver } from '../../test/pools/pool-driver.ts';
import { asset, market } from '../../test/pools/sample-commands.ts';
import { amount, durationMs, money, ratio, size } from '../units/index.ts';
import type { Command, MarketParameters, PoolParameters } from './index.ts';

/** One index, one market, no accounts. */
function oneMarket() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  return pool;
}

/** A parameter just outside its bound, and the bound itself. */
type BoundCase<P> = readonly [name: string, outside: Partial<P>, bound: Partial<P>];

test('INVALID_PARAMETER: the bounds of a pool', () => {
  const unit = ratio('0.000000000000000001');
  const cases: BoundCase<PoolParameters>[] = [
    ['releaseRatio', { releaseRatio: ratio('0.999999999999999999') }, { releaseRatio: ratio('1') }],
    [
      'penaltyFraction',
      { penaltyFraction: ratio('-0.000000000000000001') },
      { penaltyFraction: ratio('0') },
    ],
    [
      'penaltyFraction',
      { penaltyFraction: ratio('1.000000000000000001') },
      { penaltyFraction: ratio('1') },
    ],
    ['keeperShare', { keeperShare: ratio('-0.1') }, { keeperShare: ratio('0') }],
    [
      'keeperShare',
      { keeperShare: ratio('1.1') },
      { keeperShare: ratio('1'), burnShare: ratio('0') },
    ],
    ['burnShare', { burnShare: ratio('-0.1') }, { burnShare: ratio('0') }],
    ['burnShare', { burnShare: ratio('1.1') }, { burnShare: ratio('1'), keeperShare: ratio('0') }],
    [
      'keeperShare + burnShare',
      { keeperShare: ratio('0.6'), burnShare: ratio('0.5') },
      { keeperShare: ratio('0.5'), burnShare: ratio('0.5') },
    ],
    [
      'bankruptcyAdjustment',
      { bankruptcyAdjustment: ratio('0.999999999999999999') },
      { bankruptcyAdjustment: ratio('1') },
    ],
    [
      'spreadToMaintenanceMarginRatio',
      { spreadToMaintenanceMarginRatio: ratio('-0.1') },
      { spreadToMaintenanceMarginRatio: ratio('0') },
    ],
    [
      'spreadToMaintenanceMarginRatio',
      { spreadToMaintenanceMarginRatio: ratio('1.1') },
      { spreadToMaintenanceMarginRatio: ratio('1') },
    ],
    ['orderTimeoutMs', { orderTimeoutMs: durationMs(0) }, { orderTimeoutMs: durationMs(1) }],
    ['bookAttemptsMax', { bookAttemptsMax: 0 }, { bookAttemptsMax: 1 }],
    ['closeOutStepsMax', { closeOutStepsMax: 0 }, { closeOutStepsMax: 1 }],
    ['adlFillsMax', { adlFillsMax: 0 }, { adlFillsMax: 1 }],
    ['startsPerRecordMax', { startsPerRecordMax: 0 }, { startsPerRecordMax: 1 }],
    ['settlementsPerRecordMax', { settlementsPerRecordMax: 0 }, { settlementsPerRecordMax: 1 }],
    ['insuranceEventCap', { insuranceEventCap: money('-1') }, { insuranceEventCap: money('0') }],
    ['fillBand', { fillBand: ratio('0') }, { fillBand: unit }],
    ['fillBand', { fillBand: ratio('1') }, { fillBand: ratio('0.999999999999999999') }],
  ];
  const pool = poolDriver();
  for (const [name, outside, bound] of cases) {
    const parameters = { ...POOL, ...outside };
    const { details } = pool.refuse({ type: 'ConfigurePool', parameters }, 'INVALID_PARAMETER');
    assert.equal(details[0]!.value, name);
    // A bound that contradicts nothing else is taken; the pool has no markets yet.
    poolDriver().configure(bound);
  }
});

test('INVALID_PARAMETER: the bounds of an index', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  const { parameters } = pool.engine.state.indexes[0]!;
  const feed = { source: 'feed', weight: ratio('1') };
  const cases = [
    ['sources', { sources: [] }],
    ['sources', { sources: [feed, feed] }],
    ['sources', { sources: [{ ...feed, weight: ratio('0') }] }],
    ['sourcesMin', { sourcesMin: 0 }],
    ['sourcesMin', { sourcesMin: 2 }],
    ['stalenessMsMax', { stalenessMsMax: durationMs(0) }],
    ['confidenceMax', { confidenceMax: ratio('-0.1') }],
    ['sourceBand', { sourceBand: ratio('0') }],
  ] as const;
  for (const [name, changes] of cases) {
    const command: Command = { type: 'ConfigureIndex', parameters: { ...parameters, ...changes } };
    assert.equal(pool.refuse(command, 'INVALID_PARAMETER').details[0]!.value, name);
  }
});

test('INVALID_PARAMETER: the bounds of a collateral asset', () => {
  const pool = oneMarket();
  const cases = [
    ['asset', asset('USDC')],
    ['collateralHaircut', asset('ETH', { collateralHaircut: ratio('-0.1') })],
    ['collateralHaircut', asset('ETH', { collateralHaircut: ratio('1.1') })],
    ['concentrationFactor', asset('ETH', { concentrationFactor: ratio('-1') })],
    ['amountMax', asset('ETH', { amountMax: amount('-1') })],
  ] as const;
  for (const [name, command] of cases) {
    assert.equal(pool.refuse(command, 'INVALID_PARAMETER').details[0]!.value, name);
  }
  pool.take(asset('ETH', { collateralHaircut: ratio('1'), amountMax: amount('0') }));
});

test('INVALID_PARAMETER: the bounds of a market', () => {
  const pool = oneMarket();
  const tier = { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.05') };
  const elsewhere = { source: 'elsewhere', weight: ratio('1') };
  const cases: [string, Partial<MarketParameters>][] = [
    ['tiers', { tiers: [] }],
    ['tiers', { tiers: [{ ...tier, notionalFloor: money('1') }] }],
    ['tiers', { tiers: [tier, { ...tier, maintenanceMarginFraction: ratio('0.06') }] }],
    ['initialMarginFraction', { initialMarginFraction: ratio('1.1') }],
    ['initialMarginFraction', { initialMarginFraction: ratio('0') }],
    ['initialMarginFraction', { initialMarginFraction: ratio('0.049') }],
    ['openInterestLower and openInterestUpper', { openInterestLower: money('1') }],
    [
      'openInterestLower and openInterestUpper',
      { openInterestLower: money('2'), openInterestUpper: money('2') },
    ],
    ['markBand', { markBand: ratio('0') }],
    ['markBand', { markBand: ratio('1') }],
    ['basisTimeConstantMs', { basisTimeConstantMs: durationMs(0) }],
    ['bookTimeConstantMs', { bookTimeConstantMs: durationMs(0) }],
    ['averageGapMsMax', { averageGapMsMax: durationMs(0) }],
    ['bookStalenessMsMax', { bookStalenessMsMax: durationMs(0) }],
    ['outsideSources', { outsideSources: [elsewhere, elsewhere] }],
    ['outsideSources', { outsideSources: [{ ...elsewhere, weight: ratio('0') }] }],
    ['lot', { lot: size('0') }],
    ['notionalMin', { notionalMin: money('-1') }],
  ];
  for (const [name, changes] of cases) {
    assert.equal(pool.refuse(market(changes), 'INVALID_PARAMETER').details[0]!.value, name);
  }
});

test('INVALID_PARAMETER: penalty and slippage stay below the smallest tier', () => {
  const pool = oneMarket();
  // Slippage may reach 0.5 · 0.05 = 0.025, so the penalty must stay below 0.025.
  pool.configure({ penaltyFraction: ratio('0.0249') });
  const parameters = { ...POOL, penaltyFraction: ratio('0.025') };
  const refused = pool.refuse({ type: 'ConfigurePool', parameters }, 'INVALID_PARAMETER');
  assert.equal(refused.details[0]!.value, 'penaltyFraction with the tiers of BTC-PERP');
  const tiers = [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.0498') }];
  pool.refuse(market({ tiers }), 'INVALID_PARAMETER');
});
