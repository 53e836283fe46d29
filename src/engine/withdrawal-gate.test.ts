/** Who may leave while accounts in liquidation owe more than the fund holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { transfer } from '../../test/pools/sample-commands.ts';
import {
  type AccountId,
  accountId,
  add,
  amount,
  assetId,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  neg,
  sub,
} from '../units/index.ts';
import { type Command, dueWork } from './index.ts';
import { accountMargin } from './margin.ts';

const PERP = 'BTC-PERP';

/** Alice and Bob are long 10 each; below 95.…: in liquidation, with an order at the venue. */
function world() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market(PERP);
  pool.price('BTC', '100', [PERP]);
  const maker = pool.account('maker', '10000');
  const [alice, bob] = [pool.account('alice', '100'), pool.account('bob', '100')];
  for (const buyer of [alice, bob]) {
    pool.fill(buyer, maker, { market: PERP, size: '10', price: '100' });
  }
  const carol = pool.account('carol', '50');
  const equity = (id: AccountId): Money =>
    accountMargin(pool.engine.state, pool.accountOf(id)).equity;
  const leaves = (id: AccountId): Command => {
    return { type: 'Withdraw', account: id, asset: assetId('USDC'), amount: amount('1') };
  };
  return { ...pool, alice, bob, carol, maker, equity, leaves };
}

/** Orders are open at the venue, and the mark falls through what both accounts have. */
function twoDeficits() {
  const pool = world();
  pool.price('BTC', '94', [PERP]);
  assert.equal(pool.engine.state.liquidations.size, 2);
  pool.price('BTC', '60', [PERP]);
  const deficits = [pool.alice, pool.bob].map((id) => neg(pool.equity(id)));
  assert.deepEqual(deficits.map(formatDecimal), ['300', '300']);
  return pool;
}

const ONE_UNIT = fromRaw<Money>(1n);

test('deficits of running liquidations are claims: at the fund they gate nobody', () => {
  const pool = twoDeficits();
  const most = sub(money('600'), ONE_UNIT);
  pool.take({ type: 'FundInsurance', amount: most });
  const { details } = pool.refuse(pool.leaves(pool.carol), 'WITHDRAWALS_GATED');
  assert.deepEqual(details, [
    { name: 'claims', value: '600' },
    { name: 'fund', value: formatDecimal(most) },
  ]);
  pool.take({ type: 'FundInsurance', amount: ONE_UNIT });
  pool.take(pool.leaves(pool.carol));
});

test('inside the pool collateral may move, and every other refusal comes first', () => {
  const pool = twoDeficits();
  pool.refuse(pool.leaves(pool.carol), 'WITHDRAWALS_GATED');
  pool.refuse(pool.leaves(pool.alice), 'ACCOUNT_IN_LIQUIDATION');
  const other = accountId('other');
  pool.take({ type: 'OpenAccount', account: other, owner: 'carol', parent: null, market: null });
  pool.take(transfer({ from: pool.carol, to: other, amount: amount('1') }));
  pool.refuse(pool.leaves(accountId('nobody')), 'ACCOUNT_UNKNOWN');
});

test('a surplus of one liquidation does not make up for the deficit of another', () => {
  const pool = world();
  pool.take({ type: 'FundInsurance', amount: money('299') });
  pool.price('BTC', '94', [PERP]);
  pool.take({ type: 'Deposit', account: pool.bob, asset: assetId('USDC'), amount: amount('600') });
  assert.equal(pool.engine.state.liquidations.size, 2, 'its order is still open');
  pool.price('BTC', '60', [PERP]);
  assert.equal(formatDecimal(add(pool.equity(pool.alice), pool.equity(pool.bob))), '0');
  pool.refuse(pool.leaves(pool.carol), 'WITHDRAWALS_GATED');
  pool.take({ type: 'FundInsurance', amount: money('1') });
  pool.take(pool.leaves(pool.carol));
});

test('marks that are frozen value the deficits all the same', () => {
  const pool = twoDeficits();
  pool.pass(60_001);
  assert.equal(pool.engine.state.markets[0]!.mode, 'frozen');
  assert.equal(dueWork(pool.engine), null);
  pool.refuse(pool.leaves(pool.carol), 'WITHDRAWALS_GATED');
});
