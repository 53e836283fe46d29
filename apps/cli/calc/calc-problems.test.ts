import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCalc } from './index.ts';

const FLAT = [{ notionalFloor: '0', maintenanceMarginFraction: '0.1' }];
const LONG = { market: 'BTC', size: '0.1', markPrice: '50000', tiers: FLAT };

function problemOf(name: string, input: unknown): string {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const outcome = runCalc(name, text);
  assert.equal(outcome.ok, false, `${name} answered ${text}`);
  return outcome.ok ? '' : outcome.problem;
}

/** Two positions: the second is what is wrong. */
const health = (position: object) => ({ balance: '1', positions: [LONG, position] });

/** Formula, input, problem. */
const malformed: readonly (readonly [string, unknown, string])[] = [
  [
    'account-health',
    health({ ...LONG, market: 'ETH', size: 0.1 }),
    'positions[1].size: expected a size as a decimal string, was the JSON number 0.1; ' +
      'write it in quotes: "0.1"',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', markPrice: '-5' }),
    'positions[1].markPrice: expected a price above 0 as a decimal string, was "-5"',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', markPrice: 'NaN' }),
    'positions[1].markPrice: expected a decimal number such as "-12.5", was "NaN"; ' +
      'expected a price above 0 as a decimal string',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'E T H' }),
    'positions[1].market: expected an id of 1 to 64 characters of A-Z a-z 0-9 . _ : / -, ' +
      'was "E T H"',
  ],
  ['account-health', health(LONG), 'positions[1].market: "BTC" is already that of positions[0]'],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', tiers: [] }),
    'positions[1].tiers: expected a list of 1 to 100 items, was a list of 0 items',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', tiers: [{ ...FLAT[0], notionalFloor: '1' }] }),
    'positions[1].tiers: expected the first notional floor to be 0',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', size: '1000000000000000000' }),
    'positions[1]: expected size · price of a magnitude of at most 10000000000000000',
  ],
  [
    'account-health',
    health({ ...LONG, market: 'ETH', markprice: '3' }),
    'positions[1].markprice: unknown field, did you mean "markPrice"?',
  ],
  ['account-health', { positions: [] }, 'balance: missing, expected money as a decimal string'],
  [
    'account-health',
    { balance: '1', positions: [], bogus: 1 },
    'bogus: unknown field, expected balance, collaterals, positions, debts',
  ],
  [
    'funding-payment',
    { size: '1e5', fundingIndexBefore: '0', fundingIndexAfter: '0' },
    'size: expected a decimal number such as "-12.5", was "1e5"; ' +
      'expected a size as a decimal string',
  ],
  [
    'adl-allocation',
    { policy: 'lottery' },
    'policy: expected one of "minimax-leverage", "capped-pro-rata", "risk-aware-pro-rata", ' +
      '"min-max", "queue", "queue-notional", was "lottery"',
  ],
  [
    'mark-price',
    { variant: 'clamped', indexPrice: '1' },
    'variant: expected one of "median", "funding", "basis-median", "clamped-last", ' +
      'was "clamped"',
  ],
  [
    'auction-price',
    { curve: 'sine', startPrice: '1', elapsedMs: 0 },
    'curve: expected one of "linear", "exponential", "stairstep", "two-phase", was "sine"',
  ],
  [
    'auction-price',
    { startPrice: '1', elapsedMs: 0, durationMs: 1 },
    'curve: missing, expected one of "linear", "exponential", "stairstep", "two-phase"',
  ],
  [
    'auction-price',
    { curve: 'linear', startPrice: '1', elapsedMs: 0, durationMs: 1, cut: '0.5' },
    'cut: unknown field, expected curve, startPrice, endPrice, elapsedMs, tailMs, cusp, durationMs',
  ],
  [
    'auction-price',
    { curve: 'stairstep', startPrice: '1', elapsedMs: 0, stepMs: 0, cut: '0.5' },
    'stepMs: expected whole milliseconds, at least 1, was the JSON number 0',
  ],
  [
    'auction-take',
    { amount: '1', lot: '1', tab: '1', price: '0' },
    'price: expected a price above 0 as a decimal string, was "0"',
  ],
  [
    'liquidation-bonus',
    { model: 'discount-factor', healthScore: '0.9', maxDiscount: '1' },
    'maxDiscount: expected a ratio ≥ 0 and below 1 as a decimal string, was "1"',
  ],
  [
    'priority-auction',
    { accountShare: '0', bids: ['1', '2'].map((bid) => ({ bidder: 'a', bid })) },
    'bids[1].bidder: "a" is already that of bids[0]',
  ],
  [
    'index-price',
    { nowMs: -1, sources: [], stalenessMsMax: 1, sourcesMin: 1 },
    'nowMs: expected whole milliseconds since the epoch, at least 0, was the JSON number -1',
  ],
];

test('a problem names the path, what was expected and what was found', () => {
  for (const [name, input, problem] of malformed) assert.equal(problemOf(name, input), problem);
});

const account = { balance: '1', positions: [LONG], market: 'BTC' };
const sizing = {
  equity: '1',
  notional: '1',
  targetRatio: '1',
  penaltyFraction: '0',
  slippageFraction: '0',
};
const scaling = { notional: '1', initialMarginFraction: '0.1', openInterestNotional: '1' };
const deleveraging = { policy: 'queue', quantity: '1', markPrice: '1', closePrice: '1' };
const holder = (account: string, size: string) => ({
  account,
  size,
  equity: '1',
  unrealizedPnl: '0',
});

const phases = {
  ...{ curve: 'two-phase', startPrice: '1', elapsedMs: 0 },
  ...{ fastMs: 1, slowMs: 1 },
};
const slicing = {
  ...{ markToMarket: '1', netMaintenanceValue: '-1', bufferFraction: '0' },
  ...{ discount: '1', reserved: '0' },
};
const payout = {
  ...{ markToMarket: '1', netMaintenanceValue: '-1', fraction: '1' },
  ...{ elapsedMs: 0, durationMs: 1 },
};
const pool = {
  cash: '1000000000000000000',
  debtShares: '1000000000000000000',
  debtIndex: '1',
  supplyShares: '0',
  supplyIndex: '1',
  reserveShare: '0',
  elapsedMs: 31_536_000_000,
};
const rates = { rateAtZero: '1', rateAtKink: '1', rateAtFull: '1', kinkUtilization: '0.5' };
const order = {
  depth: '1',
  markPrice: '1000000',
  inventoryMax: '0',
  impactMax: '0.1',
  side: 'buy',
};
const debt = {
  debtPrice: '0.000000000000000001',
  liquidationThreshold: '0.5',
  liquidationBonus: '0',
  healthFactor: '0',
  targetHealthFactor: '1',
};
const costs = {
  method: 'book',
  concessionFraction: '0',
  impactCost: '0',
  feeFraction: '0',
  delayMs: 0,
  failureProbability: '0',
};

/** Formula, input, how the problem begins. */
const contradictory: readonly (readonly [string, unknown, RegExp])[] = [
  ['bankruptcy-price', { ...account, sizeDelta: '0.1' }, /^sizeDelta: expected a change that/],
  ['bankruptcy-price', { ...account, sizeDelta: '-0.2' }, /^sizeDelta: expected a change that/],
  ['bankruptcy-price', { ...account, sizeDelta: '0' }, /^sizeDelta: expected a change that/],
  ['liquidation-price', { ...account, market: 'X' }, /^market: expected a market of positions/],
  ['liquidation-price', { ...account, volatility: '1' }, /^horizonYears: missing/],
  [
    'health-factor',
    { collaterals: [], debts: [{ amount: '100000000000', price: '1000000' }] },
    /^debts\[0\]: expected amount · price of a magnitude/,
  ],
  [
    'borrow-interest',
    { ...pool, curve: { ...rates, rateAtZero: '2' } },
    /^curve: expected rateAtZero ≤ rateAtKink ≤ rateAtFull$/,
  ],
  [
    'borrow-interest',
    { ...pool, curve: { ...rates, kinkUtilization: '1' } },
    /^curve.kinkUtilization: expected a ratio above 0 and below 1/,
  ],
  [
    'borrow-interest',
    { ...pool, elapsedMs: 31_536_000_001, curve: rates },
    /^elapsedMs: expected interest of at most/,
  ],
  ['borrow-close-out', { ...debt, totalDebtValue: '1.1' }, /^totalDebtValue: expected a debt of/],
  [
    'borrow-close-out',
    {
      variant: 'close-factor',
      debtAmount: '1000000000000000000',
      debtPrice: '1',
      liquidationBonus: '0',
      collateralValue: '0',
      healthFactor: '0',
      partialCloseFactor: '0.5',
    },
    /^debtAmount: expected amount · price of a magnitude/,
  ],
  ['amm-quote', { ...order, inventory: '0', size: '10000000001' }, /^size: expected size · mark/],
  ['amm-quote', { ...order, inventory: '-10000000001', size: '0' }, /^inventory: expected inv/],
  [
    'route-cost',
    { notional: '0', dailyVolatility: '0', fallbackCost: '0', rungs: [costs, costs] },
    /^rungs\[1\].method: "book" is already that of rungs\[0\]$/,
  ],
  [
    'vault-shares',
    { variant: 'payout', equity: '1', totalShares: '1', shares: '1.000000000000000001' },
    /^shares: expected at most totalShares$/,
  ],
  ['close-out-size', sizing, /^tiers: expected either .* was neither$/],
  [
    'close-out-size',
    { ...sizing, tiers: FLAT, maintenanceMarginFraction: '0.1' },
    /^tiers: expected either .* was both$/,
  ],
  [
    'initial-margin',
    { ...scaling, openInterestLower: '2', openInterestUpper: '2' },
    /^openInterestUpper: expected more than openInterestLower/,
  ],
  [
    'initial-margin',
    { notional: '1', initialMarginFraction: '0.1', openInterestUpper: '2' },
    /^openInterestNotional: missing/,
  ],
  [
    'mark-price',
    { variant: 'clamped-last', indexPrice: '1', bid: '2', ask: '1', lastPrice: '1', band: '0' },
    /^bid: expected at most the ask/,
  ],
  [
    'adl-allocation',
    { ...deleveraging, candidates: [holder('a', '1'), holder('b', '-1')] },
    /^candidates\[1\]\.size: expected the sign/,
  ],
  [
    'adl-allocation',
    { ...deleveraging, side: 'long', candidates: [holder('a', '-1')] },
    /^candidates\[0\]\.size: expected a size above 0/,
  ],
  [
    'adl-allocation',
    {
      ...deleveraging,
      candidates: [{ ...holder('a', '1'), maintenanceMargin: '1', legMaintenanceMargin: '2' }],
    },
    /^candidates\[0\]: expected legMaintenanceMargin of at most maintenanceMargin/,
  ],
  [
    'adl-allocation',
    { ...deleveraging, candidates: [{ ...holder('a', '1'), equity: '5', marginEquity: '5.1' }] },
    /^candidates\[0\]: expected marginEquity of at most equity/,
  ],
  [
    'impact-cost',
    { model: 'linear', coefficient: '1', volatility: '1', volume: '0.000001', notional: '1e9' },
    /^notional: expected a decimal number/,
  ],
  [
    'impact-cost',
    {
      model: 'linear',
      coefficient: '1',
      volatility: '1',
      volume: '0.000001',
      notional: '1000000000',
    },
    /^notional: expected coefficient/,
  ],
  [
    'penalty-split',
    { penalty: '1', keeperShare: '0.6', providerShare: '0.3', burnShare: '0.2', foundBy: 'keeper' },
    /^keeperShare: expected keeperShare \+ providerShare \+ burnShare of at most 1$/,
  ],
  [
    'auction-price',
    { curve: 'linear', startPrice: '1', endPrice: '1.1', elapsedMs: 0, durationMs: 1 },
    /^endPrice: expected at most startPrice$/,
  ],
  ['auction-price', { ...phases, cutoff: '1.1' }, /^cutoff: expected at most startPrice$/],
  [
    'auction-max-fraction',
    { ...slicing, netMaintenanceValue: '1.1' },
    /^netMaintenanceValue: expected at most markToMarket$/,
  ],
  [
    'auction-max-fraction',
    { ...slicing, fraction: '1', reserved: '1' },
    /^reserved: expected less than markToMarket/,
  ],
  ['insolvent-payout', { ...payout, netMaintenanceValue: '0.1' }, /^netMaintenanceValue: expected/],
  ['insolvent-payout', { ...payout, markToMarket: '-2' }, /^netMaintenanceValue: expected/],
  [
    'liquidation-bonus',
    {
      ...{ model: 'linear', healthFactor: '0.9', healthFactorForMaxBonus: '0.8' },
      ...{ minBonus: '0.2', maxBonus: '0.1' },
    },
    /^minBonus: expected at most maxBonus$/,
  ],
  [
    'throttle',
    { notional: '1', window: { capacity: '1000000000000000', price: '11' } },
    /^window\.capacity: expected a notional of a magnitude/,
  ],
  [
    'throttle',
    { notional: '1', window: { kind: 'inverse', capacity: '1000000000000', price: '0.00001' } },
    /^window\.capacity: expected a notional of a magnitude/,
  ],
  [
    'throttle',
    {
      ...{ variant: 'window-capacity', makerFee: '-0.2', takerFee: '0.1' },
      ...{ skewScale: '1', multiplier: '1', windowMs: 1 },
    },
    /^makerFee: expected makerFee \+ takerFee of at least 0$/,
  ],
  [
    'throttle',
    {
      ...{ variant: 'window-capacity', makerFee: '1', takerFee: '1' },
      ...{ skewScale: '1000000000000000000', multiplier: '1000000', windowMs: 1 },
    },
    /^skewScale: expected a capacity of a magnitude/,
  ],
];

test('rules between fields are stated where they are broken', () => {
  for (const [name, input, problem] of contradictory) {
    assert.match(problemOf(name, input), problem);
  }
});

test('text that is no object of fields, each once, is refused', () => {
  assert.match(problemOf('funding-payment', ''), /^expected a JSON object with size, .* nothing$/);
  assert.match(problemOf('funding-payment', '{'), /^expected a JSON object, was no JSON: /);
  assert.match(problemOf('funding-payment', '[]'), /^expected an object with the fields size, /);
  assert.match(problemOf('mark-price', 'null'), /^expected a JSON object, was null$/);
  assert.equal(
    problemOf('funding-payment', '{"size":"1","fundingIndexBefore":"0","s\\u0069ze":"2"}'),
    'expected every field once, was "size" twice',
  );
  assert.match(problemOf('funding-payment', '{"__proto__":{"size":"1"}}'), /^__proto__: unknown/);
  assert.match(problemOf('funding-payment', '{"constructor":"1"}'), /^constructor: unknown field/);
  assert.equal(({} as { readonly size?: string }).size, undefined, 'nothing was polluted');
});

test('a name that is none suggests the nearest', () => {
  assert.equal(
    problemOf('fundingpayment', '{}'),
    '"fundingpayment" is no formula, did you mean funding-payment?',
  );
  assert.match(problemOf('sharpe', '{}'), /^"sharpe" is no formula, expected one of index-price, /);
  assert.match(problemOf('__proto__', '{}'), /^"__proto__" is no formula/);
});
