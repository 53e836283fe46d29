/** What target-health sizing does to accounts made by hand, and how it is summed up. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  gt,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
  sub,
} from '../../src/units/index.ts';
import { againstBars } from './against-bars.ts';
import { collateralBehind } from './borrow-episodes.ts';
import { median, summaryOf } from './case-statistics.ts';
import { type Row, recordedMarketOf } from './recorded-market.ts';
import {
  after,
  type BorrowState,
  healthOf,
  isLiquidatable,
  isWholeAnyway,
  resized,
} from './resizing.ts';
import { seizureReport } from './seizure-report.ts';
import { seizureTables } from './seizure-tables.ts';

const TARGET = ratio('1.05');
const ROOT = new URL('../..', import.meta.url).pathname;

/** Owes 200 with health just below one; threshold 0.5, bonus 0.1. */
const CROSSED: BorrowState = {
  collateralAmount: sub(amount('400'), fromRaw<Amount>(1n)),
  collateralPrice: price('1'),
  debtAmount: amount('200'),
  debtPrice: price('1'),
  liquidationThreshold: ratio('0.5'),
  liquidationBonus: ratio('0.1'),
};

describe('sizing by target health', () => {
  test('an account that just crossed: D·(T − HF)/(T − (1 + bonus)·LT), and no more', () => {
    const close = resized(CROSSED, TARGET);
    // 200 · 0.05 / 0.5 = 20, and 22 of collateral for it; health lies 1e-18 below one.
    assert.equal(Math.round(Number(formatDecimal(close.repaid)) * 1e9), 20e9);
    assert.equal(Math.round(Number(formatDecimal(close.seized)) * 1e9), 22e9);
    assert.equal(close.isWhole, false);
    assert.equal(isLiquidatable(after(CROSSED, close), TARGET), false);
  });

  test('health of one is not below it: nothing', () => {
    const state = { ...CROSSED, collateralAmount: amount('400') };
    assert.deepEqual(resized(state, TARGET), {
      repaid: 0n,
      seized: 0n,
      isWhole: false,
    });
    assert.equal(healthOf(state), 1);
  });

  test('all goes where repaying takes as much as it gives, or little stands behind', () => {
    const steep = { ...CROSSED, liquidationBonus: ratio('1.1') };
    assert.equal(isWholeAnyway(steep, TARGET), true);
    assert.equal(isWholeAnyway({ ...steep, liquidationBonus: ratio('1.099') }, TARGET), false);
    assert.equal(resized(steep, TARGET).isWhole, true);
    const poor = resized({ ...CROSSED, collateralAmount: amount('110') }, TARGET);
    assert.deepEqual([formatDecimal(poor.repaid), formatDecimal(poor.seized)], ['100', '110']);
    assert.equal(poor.isWhole, true);
  });

  test('any account: the target is reached unless all goes, and not by a smaller close-out', () => {
    const raw = (min: number, max: number) => fc.integer({ min, max });
    const cases = fc.record({
      debt: fc.bigInt({ min: 10n ** 12n, max: 10n ** 24n }),
      debtPrice: fc.bigInt({ min: 10n ** 14n, max: 10n ** 20n }),
      collateralPrice: fc.bigInt({ min: 10n ** 14n, max: 10n ** 20n }),
      threshold: raw(4500, 8500),
      bonus: raw(400, 1500),
      health: raw(9000, 9999),
      target: raw(10_300, 12_500),
    });
    const parts = (each: number): Ratio => fromRaw<Ratio>(BigInt(each) * 10n ** 14n);
    let restored = 0;
    fc.assert(
      fc.property(cases, (drawn) => {
        const collateralPrice = fromRaw<Price>(drawn.collateralPrice);
        const prices = { collateralPrice, debtPrice: fromRaw<Price>(drawn.debtPrice) };
        const liquidationThreshold = parts(drawn.threshold);
        const debtAmount = fromRaw<Amount>(drawn.debt);
        const enough = collateralBehind(debtAmount, prices, liquidationThreshold);
        const state: BorrowState = {
          ...prices,
          liquidationThreshold,
          debtAmount,
          liquidationBonus: parts(drawn.bonus),
          collateralAmount: fromRaw<Amount>((rawOf(enough) * BigInt(drawn.health)) / 10_000n),
        };
        const target = parts(drawn.target);
        const close = resized(state, target);
        const isReached = !isLiquidatable(after(state, close), target);
        assert.equal(isReached || close.isWhole, true);
        const smaller = fromRaw<Amount>((rawOf(close.repaid) * 999n) / 1000n);
        if (close.isWhole || !gt(smaller, fromRaw<Amount>(10n ** 9n))) return;
        const seized = fromRaw<Amount>((rawOf(close.seized) * 999n) / 1000n);
        restored += 1;
        const less = after(state, { repaid: smaller, seized, isWhole: false });
        assert.equal(isLiquidatable(less, target), true);
      }),
    );
    assert.ok(restored > 30, `${restored} cases were restored in part`);
  });
});

describe('the comparison', () => {
  const rows: Row[] = [
    {},
    { user: '0xb', collateralAmount: '1100', principalAmount: '1000', timestamp: '1603000000' },
    { user: '0xc', collateralAmount: '111.1' },
    { user: '0xd', principalReserve: 'OTHER' },
  ];
  const report = seizureReport(recordedMarketOf(...rows));

  test('every record is counted once, as usable or with why not', () => {
    assert.equal(report.records, 4);
    assert.equal(report.usable.length, 2);
    assert.deepEqual(
      [...report.unusable],
      [
        ['OTHER has no parameters', 1],
        ['the prices give back no bonus', 1],
      ],
    );
    assert.deepEqual(report.worstAssets, [['COIN', 1]]);
    assert.deepEqual(report.wholeAnyway, [0, 0]);
  });

  test('sums, shares and medians, by hand', () => {
    const near = (value: number, expected: number) =>
      assert.ok(Math.abs(value - expected) < 1e-9, `${value}, expected ${expected}`);
    // Just crossed: 0.05 / 0.5 of a debt twice as large as what was repaid.
    const crossed = summaryOf(report.cases.get('just crossed')!, 0);
    for (const [value, expected] of [
      [crossed.realRepaid, 1100],
      [crossed.realSeized, 1210],
      [crossed.ourRepaid, 220],
      [crossed.ourSeized, 242],
      [crossed.less, 0.8],
      [crossed.medianLess, 0.8],
    ] as const) {
      near(value, expected);
    }
    assert.equal(crossed.lower, 2);
    // Just restored: health (1 + 1.1 · 0.5) / 2 = 0.775, so 0.275 / 0.5 of the debt.
    const restored = summaryOf(report.cases.get('just restored')!, 0);
    near(restored.medianHealth, 0.775);
    near(restored.less, -0.1);
    assert.equal(restored.lower, 0);
    assert.deepEqual(report.cases.get('healthy at the prices before'), []);
    near(median([3, 1, 2]), 2);
    near(median([4, 1, 2, 3]), 2.5);
  });

  test('lower thresholds lower what ours repays', () => {
    const lowered = seizureReport(recordedMarketOf(...rows), ratio('0.1'));
    // 0.05 / (1.05 − 1.1 · 0.4) of twice as much.
    const { less } = summaryOf(lowered.cases.get('just crossed')!, 0);
    assert.ok(Math.abs(less - (1 - 0.1 / 0.61)) < 1e-9, `${less}`);
  });

  test('the tables say so', () => {
    const text = seizureTables(report);
    for (const line of [
      '| with usable prices | 2 |',
      `| just crossed | 1.05 | 2 | 1.0000 ${'| 0.00 '.repeat(4)}| −80.0 % | −80.0 % | 2 | 0 |`,
      '| COIN for STABLE | 2 | 0.00 | 0.00 | −80.0 % | 0.00 | +10.0 % |',
      '| 2020-10 | 1 | 0.00 | 0.00 | −80.0 % | 0.00 | +10.0 % |',
    ]) {
      assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
    }
  });

  test('recorded prices against bars of the same minute', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-lending-'));
    try {
      const bars = (close: string) =>
        `ts_ms,open,high,low,close,volume\n1599999960000,${close},${close},${close},${close},1\n`;
      writeFileSync(join(folder, 'venue_ETHUSDT_1m.csv'), bars('1010'));
      writeFileSync(join(folder, 'venue_LINKUSDT_1m.csv'), bars('1'));
      const liquidations = report.usable.map((each) => ({ ...each, collateralAsset: 'LINK' }));
      const [link, ...others] = againstBars(liquidations, folder);
      assert.deepEqual(others, []);
      assert.equal(link!.prices, 1);
      assert.ok(Math.abs(link!.medianGap - 0.01) < 1e-9, `${link!.medianGap}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('an absent folder is said, not thrown', () => {
    const options = ['--conditions=source', '--import', 'tsx', 'test/soak/aave.ts'];
    const environment = { ...process.env, PLIMSOLL_MARKET_DATA: '/nowhere' };
    const run = spawnSync(process.execPath, options, { cwd: ROOT, env: environment });
    assert.equal(run.status, 1);
    assert.match(`${run.stderr}`, /^expected the file \S+ in the folder \/nowhere\/onchain/);
  });
});
