/** Bounds of close-outs, liquidity and breakers: outside is refused, the bound itself is taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Driver, POOL, poolDriver } from '../../test/pools/pool-driver.ts';
import { market } from '../../test/pools/sample-commands.ts';
import { breakers, closeOuts, liquidity } from '../../test/pools/sample-guards.ts';
import { accountId, durationMs, marketId, money, ratio } from '../units/index.ts';
import type {
  BreakerParameters,
  CloseOutParameters,
  Command,
  LiquidityParameters,
} from './index.ts';

const UNIT = ratio('0.000000000000000001');
const NOWHERE = marketId('NOWHERE');
const LONGEST = 1_000_000_000_000_000;
/** No lawful duration; a command may say so all the same. */
const NEGATIVE = -1 as ReturnType<typeof durationMs>;
const MOST = money('100000000000000000');
const MORE = money('100000000000000000.000000000000000001');

/** Values outside the bounds of a parameter, then values at them. */
type Bounds<P> = { readonly [K in keyof P]?: readonly [outside: P[K][], at: P[K][]] };

const fraction = [
  [ratio('-0.1'), ratio('1.000000000000000001')],
  [ratio('0'), ratio('1')],
] as [ReturnType<typeof ratio>[], ReturnType<typeof ratio>[]];
const share = [
  [ratio('0'), ratio('1.000000000000000001')],
  [UNIT, ratio('1'), null],
] as const;
const factor = [
  [ratio('0'), ratio('1000000.1')],
  [UNIT, ratio('1000000')],
] as const;
const span = [
  [durationMs(0), durationMs(LONGEST + 1)],
  [durationMs(1), durationMs(LONGEST)],
] as [ReturnType<typeof durationMs>[], ReturnType<typeof durationMs>[]];

function oneMarket() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  return pool;
}

const parameterOf = (pool: Driver, command: Command): string =>
  pool.refuse(command, 'INVALID_PARAMETER').details[0]!.value;

function assertBounds<P extends object>(
  pool: Driver,
  bounds: Bounds<P>,
  command: (changes: Partial<P>) => Command,
): void {
  const names = Object.keys(bounds) as (keyof P & string)[];
  for (const name of names) {
    const [outside, at] = bounds[name]!;
    for (const value of outside) {
      assert.equal(parameterOf(pool, command({ [name]: value } as Partial<P>)), name);
    }
    for (const value of at) pool.take(command({ [name]: value } as Partial<P>));
  }
}

test('the bounds of close-outs', () => {
  const pool = oneMarket();
  assertBounds<CloseOutParameters>(
    pool,
    {
      fixedShare: [
        [ratio('0'), ratio('-0.1'), ratio('1.1')],
        [UNIT, ratio('1')],
      ],
      repriceStep: fraction,
      // The keeper and the burn have half of the penalty.
      providerShare: [[ratio('-0.1'), ratio('0.500000000000000001'), ratio('2')], [ratio('0.5')]],
      penaltyPerShortfall: fraction,
      penaltyPerVolatility: fraction,
      penaltyPerThinness: fraction,
      penaltyFractionMax: [
        [ratio('-0.1'), ratio('1.1'), ratio('0.004999999999999999')],
        [ratio('0.005'), ratio('0.024999999999999999')],
      ],
      reportGraceMs: [
        [NEGATIVE, durationMs(LONGEST + 1)],
        [durationMs(0), durationMs(LONGEST)],
      ],
      deferralMs: span,
    },
    closeOuts,
  );
  // Penalty and slippage would outweigh the smallest tier: 0.025 + 0.5 · 0.05 = 0.05.
  const dear = closeOuts({ penaltyFractionMax: ratio('0.025') });
  assert.equal(parameterOf(pool, dear), 'penaltyFractionMax with the tiers of BTC-PERP');
  const provider = accountId('provider');
  pool.refuse(closeOuts({ provider }), 'ACCOUNT_UNKNOWN');
  assert.equal(parameterOf(pool, closeOuts({ provider, deferralMs: durationMs(0) })), 'deferralMs');
  pool.account('provider');
  pool.take(closeOuts({ provider }));
});

test('pool and markets go on to agree with the close-outs that are configured', () => {
  const pool = oneMarket();
  const max = ratio('0.02');
  pool.take(closeOuts({ penaltyFractionMax: max, providerShare: ratio('0.4') }));
  const configure = (changes: Partial<typeof POOL>): Command => ({
    type: 'ConfigurePool',
    parameters: { ...POOL, ...changes },
  });
  const above = configure({ penaltyFraction: ratio('0.020000000000000001') });
  assert.equal(parameterOf(pool, above), 'penaltyFraction');
  assert.equal(parameterOf(pool, configure({ burnShare: ratio('0.21') })), 'providerShare');
  const wide = configure({ spreadToMaintenanceMarginRatio: ratio('0.6') });
  assert.equal(parameterOf(pool, wide), 'penaltyFractionMax with the tiers of BTC-PERP');
  pool.take(configure({ penaltyFraction: max, burnShare: ratio('0.2') }));
  const tier = (fractionOfTier: string) =>
    market({
      tiers: [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio(fractionOfTier) }],
    });
  assert.equal(parameterOf(pool, tier('0.04')), 'penaltyFractionMax with the tiers of BTC-PERP');
  // The slippage is rounded up, so one unit more is not enough.
  pool.refuse(tier('0.040000000000000001'), 'INVALID_PARAMETER');
  pool.take(tier('0.040000000000000002'));
});

test('the bounds of liquidity', () => {
  const pool = oneMarket();
  const positive = [
    [money('0'), MORE],
    [money('0.000000000000000001'), MOST],
  ] as const;
  assertBounds<LiquidityParameters>(
    pool,
    {
      impactCoefficient: [
        [ratio('-0.1'), ratio('1000.1')],
        [ratio('0'), ratio('1000')],
      ],
      dailyVolatility: [
        [ratio('0.000000999999999999'), ratio('1000.1')],
        [ratio('0.000001'), ratio('1000')],
      ],
      dailyVolume: [
        [money('0.999999999999999999'), MORE],
        [money('1'), MOST],
      ],
      volatilityTimeConstantMs: span,
      depthTimeConstantMs: span,
      depthStalenessMsMax: span,
      depthShare: [[...share[0]], [...share[1]]],
      windowMs: span,
      windowNotionalMax: [[...positive[0]], [...positive[1], null]],
      windowDepthMultiple: [[...factor[0]], [...factor[1], null]],
      openOrdersNotionalMax: [[...positive[0]], [...positive[1], null]],
      rampMs: [[NEGATIVE, durationMs(LONGEST + 1)], [durationMs(0)]],
      rampInitialFraction: fraction,
      smallNotional: [
        [money('-1'), MORE],
        [money('0'), MOST],
      ],
      openInterestMax: [
        [money('-1'), MORE],
        [money('0'), MOST, null],
      ],
    },
    liquidity,
  );
  const ramp = { rampMs: durationMs(LONGEST) };
  assert.equal(parameterOf(pool, liquidity(ramp)), 'rampInitialFraction');
  pool.take(liquidity({ ...ramp, rampInitialFraction: UNIT }));
  pool.refuse(liquidity({ market: NOWHERE, ...ramp }), 'MARKET_UNKNOWN');
});

test('the bounds of breakers', () => {
  const pool = oneMarket();
  const jump = breakers({ jumpDeviations: ratio('1') });
  const floor = breakers({ depthFloor: ratio('0.5') });
  assert.equal(parameterOf(pool, jump), 'jumpDeviations');
  assert.equal(parameterOf(pool, floor), 'depthFloor');
  pool.take(liquidity());
  assertBounds<BreakerParameters>(
    pool,
    {
      jumpDeviations: [[...factor[0]], [...factor[1], null]],
      sourceSpreadMax: [[...factor[0]], [...factor[1], null]],
      depthFloor: [
        [ratio('0'), ratio('1')],
        [UNIT, ratio('0.999999999999999999'), null],
      ],
      gates: [
        [['takes', 'takes'], ['withdrawals']],
        [[], ['takes', 'close-outs', 'liquidations']],
      ],
      holdMs: [[durationMs(0)], [durationMs(1), durationMs(40_000)]],
      limitMs: [
        [durationMs(9_999), durationMs(LONGEST + 1)],
        [durationMs(10_000), durationMs(LONGEST)],
      ],
      releaseShare: fraction,
    },
    breakers,
  );
  pool.refuse(breakers({ market: NOWHERE, holdMs: durationMs(0) }), 'MARKET_UNKNOWN');
});
