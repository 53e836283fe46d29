/**
 * The recorded prices against those of a spot venue in the same minute: an independent look at
 * whether prices that give back the bonus are prices of the day at all.
 * @module
 */
import { type BarFile, barFilesIn } from '../../src/lab/bar-files.ts';
import { barsOf } from '../../src/lab/price-bars.ts';
import { approximate } from '../../src/units/index.ts';
import type { UsableLiquidation } from './usable-prices.ts';

const MINUTE_MS = 60_000;
const COINS: ReadonlyMap<string, string> = new Map([
  ['WBTC', 'BTC'],
  ['LINK', 'LINK'],
  ['AAVE', 'AAVE'],
]);

export type BarComparison = {
  readonly asset: string;
  readonly prices: number;
  readonly medianGap: number;
  /** 95 of 100 gaps are not larger. */
  readonly usualGap: number;
};

/** Gaps of recorded prices to one-minute bars, by asset; empty where no bar is of their time. */
export function againstBars(
  liquidations: readonly UsableLiquidation[],
  folder: string,
): BarComparison[] {
  const closes = minuteCloses(folder);
  const gaps = new Map<string, number[]>();
  for (const { atMs, ...record } of liquidations) {
    const minute = atMs - (atMs % MINUTE_MS);
    const ether = closes.get('ETH')?.get(minute);
    if (ether === undefined) continue;
    const look = (asset: string, price: number): void => {
      const close = asset === 'USDT' ? 1 : closes.get(COINS.get(asset) ?? '')?.get(minute);
      if (close === undefined) return;
      const group = gaps.get(asset) ?? [];
      group.push(Math.abs((price * ether) / close - 1));
      gaps.set(asset, group);
    };
    look(record.collateralAsset, approximate(record.collateralPrice));
    look(record.debtAsset, approximate(record.debtPrice));
  }
  return [...gaps].map(([asset, group]) => {
    const sorted = group.sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]!;
    return { asset, prices: sorted.length, medianGap: at(0.5), usualGap: at(0.95) };
  });
}

/** Closes in dollars by coin and start of the minute. */
function minuteCloses(folder: string): Map<string, Map<number, number>> {
  const wanted = new Set(['ETH', ...COINS.values()]);
  const closes = new Map<string, Map<number, number>>();
  const read = (file: BarFile): void => {
    const ofCoin = closes.get(file.coin) ?? new Map<number, number>();
    closes.set(file.coin, ofCoin);
    for (const { timeMs, close } of barsOf(file)) ofCoin.set(timeMs, approximate(close));
  };
  const { files } = barFilesIn(folder);
  for (const file of files) if (file.stepMs === MINUTE_MS && wanted.has(file.coin)) read(file);
  return closes;
}
