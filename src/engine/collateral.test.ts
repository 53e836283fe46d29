import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossSharing } from '../../test/pools/loss-stage.ts';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { asset, deposit, fill } from '../../test/pools/sample-commands.ts';
import {
  accountId,
  amount,
  assetId,
  formatDecimal,
  indexId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { accountMargin, type Command } from './index.ts';

const ETH = assetId('ETH');

/**
 * Alice is long 1 BTC at 100 with 5 of money and 1 ETH, which is worth 20 and counts for 18. The
 * house buys collateral with the purse it is given.
 */
function aliceWithEther(purse: string | null, ...before: readonly Command[]) {
  const pool = poolDriver();
  pool.configure();
  for (const command of before) pool.take(command);
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.take(asset('ETH', { index: indexId('ETH') }));
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '20');
  const alice = pool.account('alice', '5');
  pool.take(deposit({ asset: ETH, amount: amount('1') }));
  const maker = pool.account('maker', '1000');
  const house = purse === null ? null : pool.account('house', purse);
  pool.configure({ collateralBuyer: house });
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const margin = () => {
    const { equity, marginEquity } = accountMargin(pool.engine.state, pool.accountOf(alice));
    return { equity: formatDecimal(equity), marginEquity: formatDecimal(marginEquity) };
  };
  const ether = (id: string) => {
    const [holding] = pool.accountOf(accountId(id)).collaterals;
    return holding === undefined ? '0' : formatDecimal(holding.amount);
  };
  return { ...pool, alice, maker, margin, ether };
}

test('collateral counts in full towards equity and after its haircut towards margin equity', () => {
  const pool = aliceWithEther('1000');
  assert.deepEqual(pool.margin(), { equity: '25', marginEquity: '23' });
  // 23 + (P − 100) over 0.05 · P: equal at P = 77/0.95.
  const above = pool.price('BTC', '81.052631578947368422', ['BTC-PERP']);
  assert.deepEqual(eventsOf(above, 'LiquidationStarted'), []);
  const below = pool.price('BTC', '81.052631578947368421', ['BTC-PERP']);
  assert.equal(eventsOf(below, 'LiquidationStarted').length, 1);
});

test('a fall of the collateral alone can make an account liquidatable', () => {
  const pool = aliceWithEther('1000');
  pool.price('BTC', '90', ['BTC-PERP']);
  // 5 − 10 + 0.9 · E over 4.5: equal at E = 9.5/0.9.
  const above = pool.price('ETH', '10.555555555555555556');
  assert.deepEqual(eventsOf(above, 'LiquidationStarted'), []);
  const below = pool.price('ETH', '10.555555555555555555');
  assert.equal(eventsOf(below, 'LiquidationStarted').length, 1);
});

test('a large holding counts for less, and a changed haircut for all who hold the asset', () => {
  const pool = aliceWithEther('1000');
  const weighed = { index: indexId('ETH'), concentrationFactor: ratio('1') };
  // 1.1 / (1 + √1) = 0.55.
  pool.take(asset('ETH', weighed));
  assert.equal(pool.margin().marginEquity, '16');
  const events = pool.take(asset('ETH', { ...weighed, collateralHaircut: ratio('1') }));
  assert.deepEqual(eventsOf(events, 'LiquidationStarted'), [], 'healthy at 5 exactly');
  assert.equal(pool.margin().marginEquity, '5');
});

test('a bankrupt account sells its collateral first, without a discount it could not pay', () => {
  const pool = aliceWithEther('1000');
  pool.take({ type: 'FundInsurance', amount: money('100') });
  const events = pool.price('BTC', '70', ['BTC-PERP']);
  assert.deepEqual(
    events.slice(1).map(({ type }) => type),
    [
      'LiquidationStarted',
      'CollateralConverted',
      'DeficitCovered',
      'CloseOutPlanned',
      'CloseOutOrderPlaced',
    ],
  );
  const [converted] = eventsOf(events, 'CollateralConverted');
  assert.equal(formatDecimal(converted!.amount), '1');
  assert.equal(formatDecimal(converted!.proceeds), '20');
  assert.equal(formatDecimal(converted!.weight), '0.9');
  // 5 + 20 − 30: the sale leaves equity where it was.
  assert.equal(formatDecimal(eventsOf(events, 'LiquidationStarted')[0]!.equity), '-5');
  assert.equal(formatDecimal(eventsOf(events, 'DeficitCovered')[0]!.deficit), '5');
  assert.equal(pool.ether('house'), '1');
  assert.equal(formatDecimal(pool.accountOf(accountId('house')).balance), '980');
});

test('the buyer takes no more than its purse pays for', () => {
  const pool = aliceWithEther('9');
  pool.take({ type: 'FundInsurance', amount: money('100') });
  const [converted] = eventsOf(pool.price('BTC', '70', ['BTC-PERP']), 'CollateralConverted');
  assert.equal(formatDecimal(converted!.amount), '0.45');
  assert.equal(formatDecimal(converted!.proceeds), '9');
  assert.equal(pool.accountOf(accountId('house')).balance, 0n);
});

/** Alice's position closes at 76 with a loss beyond her money: 5 − 24 and a penalty of 0.38. */
function aliceOwes(purse: string | null, ...before: readonly Command[]) {
  const pool = aliceWithEther(purse, ...before);
  const [order] = eventsOf(pool.price('BTC', '76', ['BTC-PERP']), 'CloseOutOrderPlaced');
  assert.equal(formatDecimal(order!.size), '-1');
  const closing = { buyer: pool.maker, seller: pool.alice, order: order!.order };
  const events = pool.take(fill({ ...closing, size: size('1'), price: price('76') }));
  return { ...pool, events };
}

test('without positions the buyer gets the discount that the account can spare, no more', () => {
  const pool = aliceOwes('1000');
  const [converted] = eventsOf(pool.events, 'CollateralConverted');
  // The debt of 19.38 lies between the weighted value of 18 and the full one of 20.
  assert.equal(formatDecimal(converted!.proceeds), '19.38');
  assert.deepEqual(eventsOf(pool.events, 'BadDebtSettled'), [], 'nobody else pays: INV-9');
  assert.equal(eventsOf(pool.events, 'LiquidationEnded')[0]!.outcome, 'closed');
  assert.equal(pool.ether('house'), '1');
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
});

test('what collateral cannot pay is bad debt: the fund, then nobody', () => {
  const pool = aliceOwes(null);
  pool.account('house', '1000');
  const parameters = { ...pool.engine.state.parameters!, collateralBuyer: accountId('house') };
  pool.price('ETH', '15');
  const events = pool.take({ type: 'ConfigurePool', parameters });
  assert.equal(formatDecimal(eventsOf(events, 'CollateralConverted')[0]!.proceeds), '15');
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.badDebt), '4.38');
  // The fund has the penalty less what was burned of it.
  assert.equal(formatDecimal(settled!.insurancePaid), '0.342');
  assert.equal(formatDecimal(settled!.unallocated), '4.038');
});

test('where open interest bears losses the fund pays first, in an event of its own', () => {
  const pool = aliceOwes(null, lossSharing());
  pool.account('house', '1000');
  pool.fill(pool.account('carol', '500'), pool.maker, {
    market: 'BTC-PERP',
    size: '1',
    price: '76',
  });
  const parameters = { ...pool.engine.state.parameters!, collateralBuyer: accountId('house') };
  pool.price('ETH', '15');
  const events = pool.take({ type: 'ConfigurePool', parameters });
  assert.equal(formatDecimal(eventsOf(events, 'DeficitCovered')[0]!.paid), '0.342');
  assert.equal(formatDecimal(eventsOf(events, 'LossSpread')[0]!.amount), '4.038');
  assert.deepEqual(eventsOf(events, 'BadDebtSettled'), []);
});

test('without a buyer the account waits; its own deposit, or a better price, restores it', () => {
  const pool = aliceOwes(null);
  assert.equal(formatDecimal(pool.accountOf(pool.alice).balance), '-19.38');
  assert.equal(pool.accountOf(pool.alice).liquidation, 1);
  const [ended] = eventsOf(pool.price('ETH', '25'), 'LiquidationEnded');
  assert.equal(ended!.outcome, 'closed');
  assert.equal(pool.ether('alice'), '1');
});

test('a buyer who comes later finds the account still waiting', () => {
  const pool = aliceOwes(null);
  pool.account('house', '1000');
  const parameters = { ...pool.engine.state.parameters!, collateralBuyer: accountId('house') };
  const events = pool.take({ type: 'ConfigurePool', parameters });
  assert.equal(eventsOf(events, 'CollateralConverted').length, 1);
});

test('a buyer with a trickle of money buys in trickles; the liquidation goes on and ends', () => {
  const pool = aliceWithEther('0.01');
  pool.price('BTC', '60', ['BTC-PERP']);
  assert.deepEqual(pool.accountOf(pool.alice).positions, []);
  const house = accountId('house');
  for (let drops = 0; drops < 100; drops += 1) {
    const events = pool.take(deposit({ account: house, amount: amount('0.01') }));
    assert.equal(eventsOf(events, 'CollateralConverted').length, 1);
  }
  const all = pool.take(deposit({ account: house, amount: amount('1000') }));
  assert.equal(eventsOf(all, 'LiquidationEnded').length, 1);
  assert.equal(pool.ether('house'), '1');
});
