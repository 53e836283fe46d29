/**
 * Equity, requirements and prices of a whole account.
 * @module
 */
import { type AccountHealth, accountHealth } from 'plimsoll/risk';
import { accountFields, accountOf } from './account-input.ts';
import { answer, calc, type Json, shown } from './calc-definition.ts';
import { record } from './shape.ts';

const shownHealth = (health: AccountHealth): Json => ({
  equity: shown(health.equity),
  marginEquity: shown(health.marginEquity),
  initialEquity: shown(health.initialEquity),
  weightedDebt: shown(health.weightedDebt),
  maintenanceMargin: shown(health.maintenanceMargin),
  initialMargin: shown(health.initialMargin),
  marginRatio: shown(health.marginRatio),
  healthFactor: health.healthFactor === 'no-debt' ? 'no-debt' : shown(health.healthFactor),
  freeMargin: shown(health.freeMargin),
  leverage: shown(health.leverage),
  healthy: health.healthy,
  bankrupt: health.bankrupt,
  positions: health.positions.map((position) => ({
    market: position.market,
    notional: shown(position.notional),
    unrealizedPnl: shown(position.unrealizedPnl),
    maintenanceMargin: shown(position.maintenanceMargin),
    liquidationPrice: shown(position.liquidationPrice),
    bankruptcyPrice: shown(position.bankruptcyPrice),
  })),
});

export const accountHealthCalc = calc({
  name: 'account-health',
  summary:
    'Equity, requirements and health of an account with what it owes and has lent, and the ' +
    'liquidation and bankruptcy price of each position.',
  source: 'Plimsoll; collateral concentration and liability weights after Drift v2',
  input: record('', accountFields),
  outputs: {
    equity: 'money',
    marginEquity: 'money',
    initialEquity: 'money',
    weightedDebt: 'money',
    maintenanceMargin: 'money',
    initialMargin: 'money',
    marginRatio: 'ratio | null',
    healthFactor: 'ratio | "no-debt"',
    freeMargin: 'money',
    leverage: 'ratio | null',
    healthy: 'boolean',
    bankrupt: 'boolean',
    'positions[].market': 'id',
    'positions[].notional': 'money',
    'positions[].unrealizedPnl': 'money',
    'positions[].maintenanceMargin': 'money',
    'positions[].liquidationPrice': 'price | null',
    'positions[].bankruptcyPrice': 'price | null',
  },
  compute: (input) => answer(shownHealth(accountHealth(accountOf(input)))),
});
