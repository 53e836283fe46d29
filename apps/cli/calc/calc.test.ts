import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calcList, calcNames, type Json, runCalc } from './index.ts';

const FLAT = [{ notionalFloor: '0', maintenanceMarginFraction: '0.1' }];
const LONG = { market: 'BTC', size: '0.1', markPrice: '50000', tiers: FLAT };

function problemOf(name: string, input: unknown): string {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const outcome = runCalc(name, text);
  assert.equal(outcome.ok, false, `${name} answered ${text}`);
  return outcome.ok ? '' : outcome.problem;
}

function outputOf(name: string, input: unknown): Json {
  const outcome = runCalc(name, JSON.stringify(input));
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.problem);
  return outcome.output;
}

test('the names of this release', () => {
  assert.deepEqual(calcNames(), [
    'index-price',
    'mark-price',
    'mark-step',
    'price-validity',
    'funding-payment',
    'collateral-weight',
    'liability-weight',
    'maintenance-margin',
    'initial-margin',
    'confidence-margin',
    'usable-pnl',
    'account-health',
    'liquidation-price',
    'bankruptcy-price',
    'fillable-price',
    'health-factor',
    'max-borrow',
    'borrow-interest',
    'close-out-size',
    'close-out-legs',
    'borrow-close-out',
    'impact-cost',
    'toxic-frontier',
    'throttle',
    'priority-auction',
    'auction-price',
    'auction-take',
    'auction-max-fraction',
    'insolvent-payout',
    'liquidation-bonus',
    'route-cost',
    'amm-quote',
    'liquidation-penalty',
    'penalty-split',
    'keeper-reward',
    'vault-shares',
    'insurance-fund-delta',
    'insurance-fund-size',
    'tranche-allocation',
    'adl-rank',
    'adl-allocation',
    'socialized-loss',
    'withdrawal-gate',
  ]);
});

test('the list tells every field with its unit, and where the formula comes from', () => {
  for (const { name, summary, fields, outputs, source } of calcList()) {
    assert.match(summary, /^[A-Z].*\.$/, name);
    assert.notEqual(source, '', name);
    assert.ok(fields.length > 0 && outputs.length > 0, name);
    for (const field of fields) {
      assert.ok(field.unit !== '' && field.meaning !== '', `${name}: ${field.name}`);
    }
  }
  const health = calcList().find(({ name }) => name === 'account-health');
  const names = health?.fields.map((field) => `${field.name}${field.required ? '' : '?'}`);
  assert.deepEqual(names, [
    'balance',
    'collaterals?',
    'collaterals[].asset',
    'collaterals[].amount',
    'collaterals[].supplied?',
    'collaterals[].price',
    'collaterals[].haircut',
    'collaterals[].concentrationFactor?',
    'collaterals[].loanToValue?',
    'positions',
    'positions[].market',
    'positions[].kind?',
    'positions[].size',
    'positions[].entryValue?',
    'positions[].markPrice',
    'positions[].fundingOwed?',
    'positions[].initialMarginFraction?',
    'positions[].tiers',
    'positions[].tiers[].notionalFloor',
    'positions[].tiers[].maintenanceMarginFraction',
    'debts?',
    'debts[].asset',
    'debts[].amount',
    'debts[].price',
    'debts[].liabilityWeight?',
    'debts[].liabilityWeightInitial?',
  ]);
});

test('funding owed is a debt: positive lowers equity', () => {
  const equityAt = (fundingOwed: string) => {
    const positions = [{ ...LONG, fundingOwed }];
    const output = outputOf('account-health', { balance: '0', collaterals: [], positions });
    return (output as { readonly equity: string }).equity;
  };
  assert.equal(equityAt('10'), '4990');
  assert.equal(equityAt('-10'), '5010');
});

test('an absent field, a null and the default are the same', () => {
  const base = { balance: '0', positions: [LONG] };
  const spelled = { ...LONG, kind: 'linear', entryValue: '0', fundingOwed: null };
  assert.deepEqual(
    outputOf('account-health', { ...base, collaterals: [], positions: [spelled] }),
    outputOf('account-health', base),
  );
});

test('the largest inputs of every list stay in range', () => {
  const huge = '10000000000000000';
  const positions = Array.from({ length: 1000 }, (_, index) => ({
    market: `m${index}`,
    size: index % 2 === 0 ? huge : `-${huge}`,
    entryValue: index % 2 === 0 ? `-${huge}` : huge,
    markPrice: '1',
    fundingOwed: `-${huge}`,
    initialMarginFraction: '1',
    tiers: [{ notionalFloor: '0', maintenanceMarginFraction: '0.999999999999999999' }],
  }));
  const collaterals = Array.from({ length: 1000 }, (_, index) => ({
    asset: `a${index}`,
    amount: huge,
    price: '1',
    haircut: '0',
  }));
  outputOf('account-health', { balance: huge, collaterals, positions });
  outputOf('account-health', { balance: `-${huge}`, collaterals: [], positions });
  const names = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
  const profits = names.map((account) => ({ account, unrealizedPnl: huge }));
  outputOf('socialized-loss', { loss: huge, accounts: profits });
  const candidates = names.map((account) => ({
    account,
    size: '1000000000000000000',
    equity: huge,
    unrealizedPnl: huge,
  }));
  for (const policy of ['minimax-leverage', 'queue', 'queue-notional']) {
    const prices = { markPrice: '0.01', closePrice: '0.000000000000000001' };
    outputOf('adl-allocation', { policy, quantity: '1000000000000000000', ...prices, candidates });
  }
  assert.match(
    problemOf('socialized-loss', {
      loss: huge,
      accounts: [...profits, { account: 'n', unrealizedPnl: '0' }],
    }),
    /^accounts: expected a list of at most 10000 items, was a list of 10001 items$/,
  );
});

test('deviations appear with a volatility and a horizon only', () => {
  const account = { balance: '-4000', positions: [LONG], market: 'BTC' };
  assert.deepEqual(outputOf('liquidation-price', account), {
    liquidationPrice: '44444.444444444444444445',
    distance: '0.111111111111111111',
  });
  assert.deepEqual(
    outputOf('liquidation-price', { ...account, volatility: '0.8', horizonYears: '0.01' }),
    {
      liquidationPrice: '44444.444444444444444445',
      distance: '0.111111111111111111',
      distanceSigma: '1.472288',
    },
  );
  assert.deepEqual(
    outputOf('liquidation-price', { ...account, balance: '1', volatility: '1', horizonYears: '1' }),
    { liquidationPrice: null, distance: null, distanceSigma: null },
  );
});
