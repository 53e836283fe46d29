/** A pool that lends: two assets beside the settlement asset, a house, and lenders. @module */
import type { LendingParameters } from '../../src/engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  durationMs,
  indexId,
  money,
  ratio,
} from '../../src/units/index.ts';
import { poolDriver } from '../pools/pool-driver.ts';

export const lending = (
  asset: string,
  changes: Partial<LendingParameters> = {},
): LendingParameters => ({
  asset: assetId(asset),
  loanToValue: ratio(asset === 'USDC' ? '1' : '0.75'),
  liabilityWeight: ratio('1'),
  liabilityWeightInitial: ratio('1'),
  rateAtZero: ratio('0'),
  rateAtKink: ratio('0.1'),
  rateAtFull: ratio('1'),
  kinkUtilization: ratio('0.8'),
  reserveShare: ratio('0.1'),
  accrualIntervalMs: durationMs(3_600_000),
  borrowMax: null,
  debtMin: money('10'),
  closeFactor: ratio('1'),
  closeFactorHealth: ratio('0'),
  liquidationBonus: ratio('0.05'),
  ...changes,
});

export type LendingPool = ReturnType<typeof lendingPool>;

/** ETH at 2,000 with a haircut of 20 %, BTC at 30,000 with 10 %; prices never grow stale. */
export function lendingPool(
  changes: Parameters<ReturnType<typeof poolDriver>['configure']>[0] = {},
) {
  const pool = poolDriver();
  const house = accountId('house');
  pool.configure({ collateralBuyer: house, ...changes });
  pool.account('house', '1000000');
  for (const [name, price, haircut] of [
    ['ETH', '2000', '0.2'],
    ['BTC', '30000', '0.1'],
  ] as const) {
    pool.take({
      type: 'ConfigureIndex',
      parameters: {
        index: indexId(name),
        sources: [{ source: 'feed', weight: ratio('1') }],
        sourcesMin: 1,
        stalenessMsMax: durationMs(1_000_000_000_000),
        confidenceMax: null,
        sourceBand: null,
      },
    });
    pool.price(name, price);
    pool.take({
      type: 'ConfigureAsset',
      parameters: {
        asset: assetId(name),
        index: indexId(name),
        collateralHaircut: ratio(haircut),
        concentrationFactor: null,
        amountMax: null,
      },
    });
  }
  return { ...pool, house, ...atDesks(pool) };
}

/** What accounts do at the desks, every amount a decimal string; null for all. */
function atDesks(pool: ReturnType<typeof poolDriver>) {
  const some = (text: string | null) => (text === null ? null : amount(text));
  return {
    lend: (asset: string, changes: Partial<LendingParameters> = {}) =>
      pool.take({ type: 'ConfigureLending', parameters: lending(asset, changes) }),
    deposit: (account: AccountId, asset: string, text: string) =>
      pool.take({ type: 'Deposit', account, asset: assetId(asset), amount: amount(text) }),
    supply: (account: AccountId, asset: string, text: string | null) =>
      pool.take({ type: 'SupplyAsset', account, asset: assetId(asset), amount: some(text) }),
    redeem: (account: AccountId, asset: string, text: string | null) =>
      pool.take({ type: 'RedeemSupply', account, asset: assetId(asset), amount: some(text) }),
    borrow: (account: AccountId, asset: string, text: string) =>
      pool.take({ type: 'Borrow', account, asset: assetId(asset), amount: amount(text) }),
    repay: (account: AccountId, asset: string, text: string | null) =>
      pool.take({ type: 'Repay', account, asset: assetId(asset), amount: some(text) }),
    desk: (asset: string) =>
      pool.engine.state.desks[pool.engine.state.numbers.desks.get(assetId(asset))!]!,
  };
}
