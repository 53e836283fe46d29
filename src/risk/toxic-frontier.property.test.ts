import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, money, type Ratio, ratio, rawOf } from '../units/index.ts';
import { closeOutSize } from './close-out-size.ts';
import { loanToValueFrontier, type SeizureMarket, toxicFrontier } from './toxic-frontier.ts';

const WAD = 10n ** 18n;

const accounts = fc.record({
  equity: fc.bigInt({ min: -(10n ** 22n), max: 10n ** 23n }),
  required: fc.bigInt({ min: 1n, max: 10n ** 23n }),
  fraction: fc.bigInt({ min: 0n, max: WAD }),
  cost: fc.bigInt({ min: 0n, max: WAD / 5n }),
});
type Given = typeof accounts extends fc.Arbitrary<infer T> ? T : never;

const frontierOf = ({ equity, required, fraction, cost }: Given) =>
  toxicFrontier({
    marginEquity: fromRaw<Money>(equity),
    maintenanceMargin: fromRaw<Money>(required),
    maintenanceMarginFraction: fromRaw<Ratio>(fraction),
    costFraction: fromRaw<Ratio>(cost),
  });

test('closing a little raises the margin ratio where the rule says so, and nowhere else', () => {
  const answers = { improves: 0, hurts: 0 };
  fc.assert(
    fc.property(accounts, fc.bigInt({ min: 1n, max: 10n ** 20n }), (given, closed) => {
      const { equity, required, fraction, cost } = given;
      // The requirement must not be closed away entirely.
      fc.pre(closed * fraction < required * WAD);
      const after = { equity: equity * WAD - cost * closed, required: required * WAD };
      after.required -= fraction * closed;
      const isRaised = after.equity * required > equity * after.required;
      const { improves } = frontierOf(given);
      assert.equal(improves, isRaised);
      answers[improves ? 'improves' : 'hurts'] += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(answers.improves > 50 && answers.hurts > 50, 'too few of one');
});

test('the frontier is exact but for rounding down by less than a unit', () => {
  let shown = 0;
  fc.assert(
    fc.property(accounts, (given) => {
      const { frontierCost } = frontierOf(given);
      if (frontierCost === null) return;
      const raw = rawOf(frontierCost);
      const exact = given.equity * given.fraction;
      assert.ok(raw * given.required <= exact, 'rounded up');
      assert.ok((raw + 1n) * given.required > exact, 'too low');
      // Costs are whole units: one above never helps, one below always does.
      if (raw >= 0n) {
        const isBelow = raw * given.required < exact;
        assert.equal(frontierOf({ ...given, cost: raw }).improves, isBelow);
      }
      if (raw >= 0n) assert.equal(frontierOf({ ...given, cost: raw + 1n }).improves, false);
      if (raw > 0n) assert.equal(frontierOf({ ...given, cost: raw - 1n }).improves, true);
      shown += 1;
    }),
    { numRuns: 500 },
  );
  assert.ok(shown > 400, `${shown}`);
});

test('one leg, one tier: the close-out is a takeover where closing hurts', () => {
  const answers = { improves: 0, hurts: 0 };
  const shares = fc.integer({ min: 1, max: 99 });
  fc.assert(
    fc.property(shares, fc.integer({ min: 0, max: 1999 }), (percent, basisPoints) => {
      const marginEquity = money(`${percent}`);
      const fraction = ratio('0.1');
      const cost = ratio(`0.${String(basisPoints).padStart(4, '0')}`);
      const notional = money('1000');
      const { improves } = toxicFrontier({
        marginEquity,
        maintenanceMargin: money('100'),
        maintenanceMarginFraction: fraction,
        costFraction: cost,
      });
      const { wholeTakeover } = closeOutSize({
        marginEquity,
        notional,
        tiers: [{ notionalFloor: money('0'), maintenanceMarginFraction: fraction }],
        targetRatio: ratio('1'),
        penaltyFraction: cost,
        slippageFraction: ratio('0'),
        otherMaintenanceMargin: money('0'),
      });
      // At the frontier itself only closing everything reaches the requirement: zero.
      const isAtFrontier = percent * 10 === basisPoints;
      if (!isAtFrontier) assert.equal(wholeTakeover, !improves);
      answers[improves ? 'improves' : 'hurts'] += 1;
    }),
    { numRuns: 300 },
  );
  assert.ok(answers.improves > 30 && answers.hurts > 30, 'too few of one');
});

const seizures = fc.record({
  bonus: fc.bigInt({ min: 0n, max: WAD }),
  seized: fc.bigInt({ min: 0n, max: 10n ** 26n }),
  depth: fc.bigInt({ min: 1n, max: 10n ** 26n }),
  slippage: fc.bigInt({ min: 0n, max: WAD }),
});

test('the loan to value is exact but for rounding down, and falls with bonus and slippage', () => {
  fc.assert(
    fc.property(seizures, fc.bigInt({ min: 0n, max: 10n ** 20n }), (given, step) => {
      const { bonus, seized, depth, slippage } = given;
      const at = (market: SeizureMarket, more = 0n, higher = 0n): bigint =>
        rawOf(
          loanToValueFrontier({
            liquidationBonus: fromRaw<Ratio>(bonus + higher),
            seizedValue: fromRaw<Money>(seized + more),
            market,
          }),
        );
      const pool = { model: 'constant-product', depth: fromRaw<Money>(depth) } as const;
      const line = { model: 'linear', slippagePerMoney: fromRaw<Ratio>(slippage) } as const;
      // λ as a fraction: (y + 2c) / y and (1 + φ · c) / 1.
      const factors = [
        [pool, depth + 2n * seized, depth],
        [line, WAD * WAD + slippage * seized, WAD * WAD],
      ] as const;
      for (const [market, numerator, denominator] of factors) {
        const frontier = at(market);
        assert.ok(frontier >= 0n && frontier <= WAD, 'range');
        const claimed = (WAD + bonus) * numerator;
        assert.ok(frontier * claimed <= WAD * WAD * denominator, 'rounded up');
        assert.ok((frontier + 1n) * claimed > WAD * WAD * denominator, 'too low');
        assert.ok(at(market, step) <= frontier && at(market, 0n, step) <= frontier, 'rises');
      }
    }),
    { numRuns: 300 },
  );
});
