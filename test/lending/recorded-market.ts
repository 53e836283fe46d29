/**
 * Records of a lending market, made by hand for tests: in both forms that a record can have.
 * @module
 */
import { marketOf, type RecordedMarket } from './recorded-liquidations.ts';

const RESERVES = [
  'borrowingEnabled,decimals,pool,reserveLiquidationThreshold,symbol',
  'True,18,0xp,5000.0,COIN',
  'True,18,0xp,5000.0,WETH',
  'True,6,0xp,8000.0,STABLE',
  'True,18,0xp,0.0,BARE',
];

const COLUMNS = [
  'timestamp',
  'user',
  'collateralReserve',
  'collateralAmount',
  'principalReserve',
  'principalAmount',
  'pool',
  'reservePriceETHCollateral',
  'reservePriceUSDCollateral',
  'reservePriceETHPrincipal',
  'priceUSDTCollateral',
] as const;

export type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

/** 110 coins at 0.001 ether for 100 stable coins at 0.001 ether; an ether is 1000 dollars. */
const DECIMAL_ROW: Row = {
  timestamp: '1600000000',
  user: '0xa',
  collateralReserve: 'COIN',
  collateralAmount: '110.0',
  principalReserve: 'STABLE',
  principalAmount: '100.0',
  pool: '0xp',
  reservePriceETHCollateral: '0.001',
  reservePriceUSDCollateral: '1.0',
  reservePriceETHPrincipal: '0.001',
};

/** The same as integers of the tokens, at prices in wei. */
export const RAW_ROW: Row = {
  collateralAmount: '110000000000000000000',
  principalAmount: '100000000',
  reservePriceETHCollateral: '1000000000000000.0',
  reservePriceETHPrincipal: '1e+15',
  priceUSDTCollateral: '1000000000000000.0',
};

export function recordedMarketOf(...rows: readonly Row[]): RecordedMarket {
  const lines = rows.map((row) => {
    const whole = { ...DECIMAL_ROW, ...row };
    return COLUMNS.map((column) => whole[column] ?? '').join(',');
  });
  return marketOf({
    liquidations: `${[COLUMNS.join(','), ...lines].join('\n')}\n`,
    reserves: `${RESERVES.join('\n')}\n`,
  });
}
