/**
 * A pledge counts for its account's margin, and pays for nothing that the account buys: bids in
 * auctions, debts of others that it repays, shares of common capital.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { linksOf, USDC } from '../../test/links/linked-pools.ts';
import { type Lie, more, toldOtherwise } from '../../test/links/told-otherwise.ts';
import { LADDER, terms } from '../../test/pools/direct-stage.ts';
import { depositTranche, tranche, waterfall } from '../../test/pools/loss-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { depositVault, vault } from '../../test/pools/sample-vault.ts';
import { ETH, indebtedAuctionPool, placeBid } from '../../test/routes/auction-pool.ts';
import { type AccountId, amount } from '../units/index.ts';
import type { Command } from './index.ts';

const UNIT = '0.000000000000000001';

/** What an account of this pool is given as a pledge by one of another. */
function givePledge(pool: Pick<Driver, 'engine' | 'take'>, account: AccountId, text: string): void {
  if (pool.engine.state.links === null) pool.take(linksOf('here', ['elsewhere']));
  const received = pool.engine.state.links!.links[0]!.received;
  const [answer] = pool.take({
    type: 'TransferIn',
    fromPool: 'elsewhere',
    number: received + 1,
    purpose: 'pledge',
    pledge: null,
    fromAccount: account,
    account,
    asset: USDC,
    amount: amount(text),
  });
  assert.equal(answer!.type, 'TransferReceived');
}

const gives = (account: AccountId, text: string): Command => ({
  type: 'Deposit',
  account,
  asset: USDC,
  amount: amount(text),
});

test('a bid is paid with what is the bidder’s own', () => {
  const pool = indebtedAuctionPool();
  const poor = pool.account('poor', '18.899999999999999999');
  givePledge(pool, poor, '1000');
  const bid = () =>
    placeBid(pool, { type: 'Collateral', amount: '1', limitPrice: '20' }, { bidder: poor });
  pool.refuse(bid(), 'BID_NOT_FUNDED');
  pool.take(gives(poor, UNIT));
  pool.take(bid());
});

test('another’s debt is repaid with what is the liquidator’s own', () => {
  const pool = lendingPool();
  for (const asset of ['USDC', 'ETH']) pool.lend(asset);
  const lender = pool.account('lender', '100000');
  pool.supply(lender, 'USDC', null);
  pool.take(LADDER);
  pool.take(terms());
  const bob = pool.account('bob');
  pool.deposit(bob, 'ETH', '10');
  pool.borrow(bob, 'USDC', '15000');
  pool.take({ type: 'Withdraw', account: bob, asset: USDC, amount: amount('15000') });
  const keeper = pool.account('keeper', '999.999999999999999999');
  givePledge(pool, keeper, '5000');
  pool.price('ETH', '1800');
  const repays = (): Command => ({
    type: 'RepayDirect',
    liquidator: keeper,
    account: bob,
    accountVersion: pool.accountOf(bob).version,
    debtAsset: USDC,
    repay: amount('1000'),
    collateralAsset: ETH,
    seizeMin: amount('0'),
  });
  pool.refuse(repays(), 'BALANCE_INSUFFICIENT');
  pool.take(gives(keeper, UNIT));
  const dearer: Lie = (event) => (event.type === 'DebtRepaidDirectly' ? more(event) : {});
  assert.notEqual(toldOtherwise(pool, repays(), dearer), null);
  pool.take(repays());
});

test('shares of the vault and of a tranche are paid with what is the provider’s own', () => {
  const pool = indebtedAuctionPool();
  const backstop = pool.account('backstop');
  pool.take(vault({ account: backstop }));
  pool.take(waterfall({ tranches: [tranche('junior')] }));
  const dora = pool.account('dora', '100');
  givePledge(pool, dora, '1000');
  for (const shares of [
    (text: string) => depositVault('dora', text),
    (text: string) => depositTranche('junior', 'dora', text),
  ]) {
    pool.refuse(shares(`100${UNIT.slice(1)}`), 'BALANCE_INSUFFICIENT');
    assert.equal(toldOtherwise(pool, shares('100'), more), 'INV-19');
    pool.take(shares('100'));
    pool.take(gives(dora, '100'));
  }
});
