/** How recorded liquidations are read, which are usable, and what they say of an account. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Amount, add, formatDecimal, fromRaw, sub } from '../../src/units/index.ts';
import { type BorrowEpisode, borrowEpisodes } from './borrow-episodes.ts';
import { episodeFacts } from './case-statistics.ts';
import { marketOf, RecordsFault, recordedMarket, shiftedDown } from './recorded-liquidations.ts';
import { RAW_ROW, type Row, recordedMarketOf } from './recorded-market.ts';
import { after, isLiquidatable, stateOf } from './resizing.ts';
import { type UsableLiquidation, usableLiquidation } from './usable-prices.ts';

const UNIT = fromRaw<Amount>(1n);
const usableOf = (...rows: readonly Row[]): UsableLiquidation[] =>
  recordedMarketOf(...rows).liquidations.map((record) => {
    const read = usableLiquidation(record);
    assert.ok(typeof read !== 'string', `${read}`);
    return read;
  });
const whyNot = (row: Row) => usableLiquidation(recordedMarketOf(row).liquidations[0]!);
const episodesOf = (...rows: readonly Row[]): BorrowEpisode[] => borrowEpisodes(usableOf(...rows));

describe('reading records', () => {
  test('every digit of a number counts, and what is left is cut off', () => {
    assert.equal(shiftedDown('1.66e+19', 0), 16_600_000_000_000_000_000n);
    assert.equal(shiftedDown('2.6215350812317e-05', 18), 26_215_350_812_317n);
    assert.equal(shiftedDown('0.19', 1), 1n);
    assert.equal(shiftedDown('5688207158', 12), 5_688_207_158_000_000_000_000n);
    for (const text of ['', '-1', 'nan', '1,5']) {
      assert.throws(() => shiftedDown(text, 0), RecordsFault, text);
    }
  });

  test('both forms of a record say the same', () => {
    const [decimal, raw] = recordedMarketOf({}, RAW_ROW).liquidations;
    assert.deepEqual(raw, decimal);
    assert.equal(formatDecimal(raw!.repaid), '100');
    assert.equal(raw!.dollarsPerEther, 1000);
    assert.equal(formatDecimal(raw!.liquidationThreshold), '0.5');
  });

  test('ether without a price is one ether; another asset has none', () => {
    const ether = { collateralReserve: 'WETH', collateralAmount: '0.11' };
    const [liquidation] = usableOf({
      ...RAW_ROW,
      ...ether,
      reservePriceETHCollateral: '',
      collateralAmount: '110000000000000000',
    });
    assert.equal(formatDecimal(liquidation!.collateralPrice), '1');
    assert.equal(whyNot({ ...RAW_ROW, reservePriceETHCollateral: '' }), 'no price is recorded');
  });

  test('an asset without parameters is counted', () => {
    const market = recordedMarketOf(
      {},
      { principalReserve: 'OTHER' },
      { principalReserve: 'OTHER' },
    );
    assert.equal(market.liquidations.length, 1);
    assert.deepEqual([...market.withoutParameters], [['OTHER', 2]]);
  });

  test('an absent folder and an absent column are said clearly', () => {
    assert.throws(
      () => recordedMarket('/nowhere'),
      /expected the file aave_v2_liquidations.csv.gz/,
    );
    const texts = { liquidations: 'timestamp,pool\n1,0xp\n', reserves: 'pool,symbol\n' };
    assert.throws(() => marketOf(texts), /line 2: expected a column collateralReserve/);
    assert.throws(() => recordedMarketOf({ timestamp: 'soon' }), RecordsFault);
  });
});

describe('usable prices give back a bonus in whole half percents', () => {
  test('to a millionth, on both sides', () => {
    const bonusOf = (collateralAmount: string) => whyNot({ collateralAmount });
    for (const seized of ['109.9999', '110', '110.0001']) {
      const read = bonusOf(seized);
      assert.ok(typeof read !== 'string', seized);
      assert.equal(formatDecimal(read.liquidationBonus), '0.1');
    }
    for (const seized of ['109.9998', '110.0002', '110.25', '101.5', '120.5', '90']) {
      assert.equal(bonusOf(seized), 'the prices give back no bonus', seized);
    }
  });

  test('nothing repaid, and collateral that stands behind nothing', () => {
    assert.equal(whyNot({ principalAmount: '0.0' }), 'nothing was repaid or seized');
    assert.equal(whyNot({ collateralReserve: 'BARE' }), 'the collateral has no threshold');
  });
});

describe('what a record says of the account', () => {
  const texts = ({ debt, collateralMost, collateralLeast }: BorrowEpisode) =>
    [debt, add(collateralMost, UNIT), collateralLeast].map(formatDecimal);

  test('one step: twice what was repaid is owed, with just enough collateral or too little', () => {
    const [episode] = episodesOf({});
    assert.deepEqual(texts(episode!), ['200', '400', '310']);
    assert.equal(episode!.collateralBefore, null);
    const most = stateOf(episode!, episode!.collateralMost);
    assert.equal(isLiquidatable(most), true);
    assert.equal(isLiquidatable(stateOf(episode!, add(episode!.collateralMost, UNIT))), false);
    const done = { repaid: episode!.repaid, seized: episode!.seized, isWhole: false };
    const least = episode!.collateralLeast;
    assert.equal(isLiquidatable(after(stateOf(episode!, least), done)), false);
    assert.equal(isLiquidatable(after(stateOf(episode!, sub(least, UNIT)), done)), true);
  });

  const half: Row = { collateralAmount: '55', principalAmount: '50', timestamp: '1600003600' };
  test('steps at the same prices are one episode, and lower the health it began with', () => {
    const [episode, ...others] = episodesOf({}, half);
    assert.equal(others.length, 0);
    assert.deepEqual(texts(episode!), ['200', '310', '265']);
  });

  test('a step larger than half of the rest raises the debt', () => {
    const [episode] = episodesOf({}, { ...half, collateralAmount: '88', principalAmount: '80' });
    assert.equal(formatDecimal(episode!.debt), '260');
  });

  test('another hour, price, account or pair is another episode', () => {
    const others: Row[] = [
      { timestamp: '1600003601' },
      { reservePriceETHCollateral: '0.002', reservePriceETHPrincipal: '0.002' },
      { user: '0xb' },
      { principalReserve: 'WETH' },
    ];
    for (const other of others) assert.equal(episodesOf({}, { ...half, ...other }).length, 2);
  });

  const cheaper: Row = {
    user: '0xb',
    timestamp: '1600003600',
    reservePriceETHCollateral: '0.00098',
    collateralAmount: '110',
    principalAmount: '98',
  };
  test('healthy at the prices before: health at least by how much they fell', () => {
    const before = (row: Row) => episodesOf({}, row)[1]!.collateralBefore;
    // 196 owed: at the price before, 392 units stood behind it; now health is 0.98.
    assert.equal(formatDecimal(before(cheaper)!), '392');
    assert.equal(before({ ...cheaper, timestamp: '1600003601' }), null);
    const rose = { reservePriceETHCollateral: '0.00102', principalAmount: '102' };
    assert.equal(before({ ...cheaper, ...rose }), null);
    // A fall by half says less than that the deed restored the account.
    const fell = { reservePriceETHCollateral: '0.0005', principalAmount: '50' };
    assert.equal(formatDecimal(before({ ...cheaper, ...fell })!), '310');
  });

  test('followed by half as much, in several steps, and liquidated in another pair', () => {
    const fell: Row = {
      timestamp: '1600003601',
      reservePriceETHCollateral: '0.0005',
      principalAmount: '50',
    };
    const step: Row = { ...fell, collateralAmount: '55', principalAmount: '25' };
    const other: Row = { principalReserve: 'WETH' };
    const facts = episodeFacts(episodesOf({}, other, fell, step));
    assert.deepEqual(facts, { again: 1, againByHalf: 1, otherPair: 2, ofSeveralSteps: 1 });
    const later = episodesOf({}, { ...fell, timestamp: '1600086401' });
    assert.equal(episodeFacts(later).again, 0);
    const notHalf = episodesOf(
      {},
      { ...fell, principalAmount: '49.9', collateralAmount: '109.78' },
    );
    assert.deepEqual([episodeFacts(notHalf).again, episodeFacts(notHalf).againByHalf], [1, 0]);
  });
});
