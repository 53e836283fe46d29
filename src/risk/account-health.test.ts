import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  amount,
  assetId,
  formatDecimal,
  fromRaw,
  type Money,
  marketId,
  money,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
  type Size,
  size,
} from '../units/index.ts';
import { type AccountHealthInput, type AccountPosition, accountHealth } from './account-health.ts';

const tiers = [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.05') }];

function positionOf(market: string, part: Partial<AccountPosition> = {}): AccountPosition {
  return {
    market: marketId(market),
    kind: 'linear',
    size: size('1'),
    entryValue: money('100'),
    markPrice: price('100'),
    fundingPayment: money('0'),
    initialMarginFraction: ratio('0.1'),
    tiers,
    ...part,
  };
}

function accountOf(balance: string, positions: AccountPosition[] = []): AccountHealthInput {
  return { balance: money(balance), collaterals: [], positions };
}

const text = (value: Price | Ratio | null) => (value === null ? null : formatDecimal(value));

const aliceLong1BtcWith15Money = accountOf('15', [positionOf('BTC')]);

test('one long, explained', () => {
  const health = accountHealth(aliceLong1BtcWith15Money);
  assert.deepEqual(health, {
    equity: money('15'),
    marginEquity: money('15'),
    initialEquity: money('15'),
    weightedDebt: money('0'),
    maintenanceMargin: money('5'),
    initialMargin: money('10'),
    marginRatio: ratio('3'),
    healthFactor: 'no-debt',
    freeMargin: money('5'),
    leverage: ratio('6.666666666666666667'),
    healthy: true,
    bankrupt: false,
    positions: [
      {
        market: 'BTC',
        notional: money('100'),
        unrealizedPnl: money('0'),
        maintenanceMargin: money('5'),
        liquidationPrice: price('89.473684210526315790'),
        bankruptcyPrice: price('85'),
      },
    ],
  });
});

test('an empty account has no ratios', () => {
  assert.deepEqual(accountHealth(accountOf('0')), {
    equity: money('0'),
    marginEquity: money('0'),
    initialEquity: money('0'),
    weightedDebt: money('0'),
    maintenanceMargin: money('0'),
    initialMargin: money('0'),
    marginRatio: null,
    healthFactor: 'no-debt',
    freeMargin: money('0'),
    leverage: null,
    healthy: true,
    bankrupt: false,
    positions: [],
  });
});

test('healthy down to equality, on both sides', () => {
  const at = (balance: string) => accountHealth(accountOf(balance, [positionOf('BTC')]));
  assert.equal(at('5').healthy, true);
  assert.equal(text(at('5').marginRatio), '1');
  assert.equal(text(at('5').positions[0]!.liquidationPrice), '100');
  assert.equal(at('4.999999999999999999').healthy, false);
  assert.equal(text(at('4.999999999999999999').marginRatio), '0.999999999999999999');
});

test('bankrupt below zero only, on both sides, and only with a position', () => {
  const at = (balance: string) => accountHealth(accountOf(balance, [positionOf('BTC')]));
  assert.equal(at('0').bankrupt, false);
  assert.equal(at('0').leverage, null);
  assert.equal(at('-0.000000000000000001').bankrupt, true);
  const badDebt = accountHealth(accountOf('-1'));
  assert.equal(badDebt.bankrupt, false);
  assert.equal(badDebt.healthy, false);
});

test('collateral counts in full towards equity and by weight towards margin equity', () => {
  const health = accountHealth({
    ...aliceLong1BtcWith15Money,
    balance: money('0'),
    collaterals: [
      { asset: assetId('ETH'), amount: amount('2'), price: price('10'), weight: ratio('0.4') },
    ],
  });
  assert.equal(formatDecimal(health.equity), '20');
  assert.equal(formatDecimal(health.marginEquity), '8');
  assert.equal(formatDecimal(health.freeMargin), '-2');
  assert.equal(text(health.marginRatio), '1.6');
  assert.equal(text(health.leverage), '5');
});

test('positions come in input order, each with its own prices; an empty one has none', () => {
  const health = accountHealth(
    accountOf('30', [
      positionOf('SHORT', { size: size('-1'), entryValue: money('-100') }),
      positionOf('LONG'),
      positionOf('FLAT', { size: size('0'), entryValue: money('0') }),
    ]),
  );
  assert.deepEqual(
    health.positions.map((each) => [
      each.market,
      text(each.liquidationPrice),
      text(each.bankruptcyPrice),
    ]),
    [
      ['SHORT', '119.047619047619047619', '115'],
      ['LONG', '78.947368421052631579', '85'],
      ['FLAT', null, null],
    ],
  );
});

test('funding owed lowers equity', () => {
  const owing = positionOf('BTC', { fundingPayment: money('-2') });
  const health = accountHealth(accountOf('15', [owing]));
  assert.equal(formatDecimal(health.equity), '13');
  assert.equal(formatDecimal(health.positions[0]!.unrealizedPnl), '0');
});

test('an inverse position: profit in coin', () => {
  const long = positionOf('INVERSE', {
    kind: 'inverse',
    size: size('10000'),
    entryValue: money('-1'),
    markPrice: price('10000'),
    tiers: [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.01') }],
  });
  const [position] = accountHealth(accountOf('0.1', [long])).positions;
  assert.equal(text(position!.liquidationPrice), '9181.818181818181818182');
  assert.equal(text(position!.bankruptcyPrice), '9090.909090909090909091');
});

test('ratios over dust are null rather than out of range', () => {
  const dust = positionOf('BTC', { size: size('0.000000000000000001'), entryValue: money('0') });
  const health = accountHealth(accountOf('1000', [dust]));
  assert.equal(health.marginRatio, null);
  assert.equal(health.healthy, true);
  const nearZero = accountHealth(
    accountOf('0.000000000000000001', [
      positionOf('BTC', { size: size('10'), entryValue: money('1000') }),
    ]),
  );
  assert.equal(nearZero.leverage, null);
});

const WAD = 10n ** 18n;
const legs = fc
  .record({
    kind: fc.constantFrom<'linear' | 'inverse'>('linear', 'inverse'),
    size: fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }).map((raw) => fromRaw<Size>(raw)),
    entryValue: fc
      .bigInt({ min: -(10n ** 22n), max: 10n ** 22n })
      .map((raw) => fromRaw<Money>(raw)),
    markPrice: fc.bigInt({ min: WAD, max: 10n ** 21n }).map((raw) => fromRaw<Price>(raw)),
  })
  .map((part) => positionOf('M', part));
const accounts = fc
  .tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.array(legs, { maxLength: 4 }))
  .map(([balance, positions]) => accountOf(formatDecimal(fromRaw<Money>(balance)), positions));

test('property: the positions add up to the account, and the displays agree with the sums', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const health = accountHealth(account);
      const required = health.positions.reduce((sum, { maintenanceMargin }) => {
        return sum + rawOf(maintenanceMargin);
      }, 0n);
      const profit = health.positions.reduce((sum, each) => sum + rawOf(each.unrealizedPnl), 0n);
      const notional = health.positions.reduce((sum, each) => sum + rawOf(each.notional), 0n);
      const equity = rawOf(health.equity);
      assert.equal(rawOf(health.maintenanceMargin), required);
      assert.equal(equity, rawOf(account.balance) + profit);
      assert.equal(rawOf(health.freeMargin), equity - rawOf(health.initialMargin));
      if (health.marginRatio !== null) {
        assert.equal(rawOf(health.marginRatio) >= WAD, health.healthy);
        const gap = equity * WAD - rawOf(health.marginRatio) * required;
        assert.ok(gap >= 0n && gap < required);
      }
      if (health.leverage !== null) {
        const gap = rawOf(health.leverage) * equity - notional * WAD;
        assert.ok(gap >= 0n && gap < equity);
      }
    }),
    { numRuns: 200 },
  );
});

test('property: with one position, a liquidation price beyond the mark means unhealthy', () => {
  fc.assert(
    fc.property(accounts, legs, (account, leg) => {
      const { positions, healthy } = accountHealth({ ...account, positions: [leg] });
      const boundary = positions[0]!.liquidationPrice;
      if (boundary === null) return;
      const gap = rawOf(boundary) - rawOf(leg.markPrice);
      const isBeyond = rawOf(leg.size) > 0n ? gap > 0n : gap < 0n;
      if (isBeyond) assert.equal(healthy, false);
    }),
    { numRuns: 300 },
  );
});
