import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  coverFlow,
  depositTranche,
  lossSharing,
  nobodyWonWhatAliceLost,
  tranche,
  twoMarkets,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  type AccountId,
  amount,
  assetId,
  engineTimeMs,
  formatDecimal,
  marketId,
  money,
  ratio,
  size,
  sub,
} from '../units/index.ts';
import { accountMargin, type Event, type LossSharingParameters } from './index.ts';

/**
 * Alice is about to owe 10, and nobody has won what she lost. Carol is long 2 and Dave short 2 of
 * the same market from 80, so that neither has a profit then; Erin holds ETH and has won there.
 */
function shared(changes: Partial<LossSharingParameters> = {}) {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing(changes));
  // So rich that Bob alone is deleveraged against Alice.
  const [carol, dave] = [pool.account('carol', '500'), pool.account('dave', RICH)];
  const erin = pool.account('erin', '100');
  pool.fill(carol, pool.maker, { market: 'BTC-PERP', size: '2', price: '80' });
  pool.fill(pool.maker, dave, { market: 'BTC-PERP', size: '2', price: '80' });
  pool.fill(erin, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', '40', ['ETH-PERP']);
  const market = () => pool.engine.state.markets[0]!;
  return { ...withEquity(pool), carol, dave, erin, market };
}

type Pool = ReturnType<typeof shared>;
const RICH = '1000000000';

const withEquity = <P extends ReturnType<typeof twoMarkets>>(pool: P) => ({
  ...pool,
  equity: (id: AccountId) =>
    formatDecimal(accountMargin(pool.engine.state, pool.accountOf(id)).equity),
});

const crash = (pool: Pick<Pool, 'price'>) => pool.price('BTC', '80', ['BTC-PERP']);
const spreads = (events: readonly Event[]) =>
  eventsOf(events, 'LossSpread').map((event) => {
    const { amount: borne, openInterest, lossIndexBefore, lossIndexAfter } = event;
    const index = [lossIndexBefore, lossIndexAfter].map(formatDecimal).join(' to ');
    return `${event.account} ${formatDecimal(borne)} on ${formatDecimal(openInterest)}: ${index}`;
  });

test('a loss goes to all open interest of its market, long and short alike', () => {
  const pool = shared();
  const events = crash(pool);
  assert.deepEqual(spreads(events), ['alice 10 on 4: 0 to 2.5']);
  assert.deepEqual(eventsOf(events, 'BadDebtSettled'), [], 'nothing is left for anybody else');
  assert.equal(pool.balance(pool.alice), '0');
  const [ended] = eventsOf(events, 'LiquidationEnded');
  assert.deepEqual([ended!.outcome, formatDecimal(ended!.equity)], ['bankrupt', '0']);
  // They owe it at once, and pay it when they are touched.
  assert.deepEqual([pool.equity(pool.carol), pool.equity(pool.dave)], ['495', '999999995']);
  assert.deepEqual([pool.balance(pool.carol), pool.balance(pool.dave)], ['500', RICH]);
  pool.fill(pool.dave, pool.carol, { market: 'BTC-PERP', size: '2', price: '80' });
  assert.deepEqual([pool.balance(pool.carol), pool.balance(pool.dave)], ['495', '999999995']);
  assert.equal(pool.market().fundingUnsettled, 0n);
  assert.equal(pool.market().fundingResidue, 0n);
});

test('who has no position there pays nothing, whatever it has won elsewhere', () => {
  const pool = shared();
  crash(pool);
  assert.equal(pool.equity(pool.erin), '120');
  // What the maker won of Alice and lost to Erin, and no part of the loss.
  assert.equal(pool.equity(pool.maker), '100000');
  // Whoever comes later has no part in it either.
  pool.fill(pool.erin, pool.maker, { market: 'BTC-PERP', size: '1', price: '80' });
  assert.equal(pool.equity(pool.erin), '120');
});

test('profits bear it where the basis is profits, as without any word about it', () => {
  for (const basis of ['profits', null] as const) {
    const pool = basis === null ? nobodyWonWhatAliceLost() : shared({ basis });
    if (basis === null) {
      const winner = pool.account('erin', '100');
      pool.fill(winner, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
      pool.price('ETH', '40', ['ETH-PERP']);
    }
    const events = crash(pool);
    assert.deepEqual(spreads(events), []);
    const [settled] = eventsOf(events, 'BadDebtSettled');
    assert.equal(settled!.socialized.length, 1);
    assert.equal(settled!.socialized[0]!.account, 'erin');
  }
});

test('one loss takes no more of the notional than it may, and profits bear the rest', () => {
  // 4 contracts at 80 are 320 of notional: exactly 10, and a little less.
  assert.deepEqual(spreads(crash(shared({ notionalShareMax: ratio('0.03125') }))), [
    'alice 10 on 4: 0 to 2.5',
  ]);
  const pool = shared({ notionalShareMax: ratio('0.03') });
  const events = crash(pool);
  assert.deepEqual(spreads(events), ['alice 9.6 on 4: 0 to 2.4']);
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.badDebt), '0.4');
  assert.deepEqual(
    settled!.socialized.map(({ account, amount: part }) => `${account} ${formatDecimal(part)}`),
    ['erin 0.4'],
  );
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '0' });
});

test('what neither open interest nor profits may bear nobody bears yet', () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing({ notionalShareMax: ratio('0.03') }));
  pool.fill(pool.account('carol', '500'), pool.account('dave', '500'), {
    market: 'BTC-PERP',
    size: '2',
    price: '80',
  });
  assert.deepEqual(spreads(crash(pool)), ['alice 9.6 on 4: 0 to 2.4']);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '0.4' });
});

test('a market in which nobody is left bears nothing: profits do', () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing());
  const erin = pool.account('erin', '100');
  pool.fill(erin, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', '40', ['ETH-PERP']);
  const events = crash(pool);
  assert.deepEqual(spreads(events), []);
  assert.equal(eventsOf(events, 'BadDebtSettled')[0]!.socialized[0]!.account, 'erin');
});

test('every layer pays before open interest does', () => {
  const pool = shared();
  pool.take(waterfall({ tranches: [tranche('junior')] }));
  pool.account('dora', '500');
  pool.take({ type: 'FundInsurance', amount: money('3') });
  pool.take(depositTranche('junior', 'dora', '4'));
  const events = crash(pool);
  assert.deepEqual(coverFlow(events), ['fund +3', 'junior +4']);
  assert.deepEqual(spreads(events), ['alice 3 on 4: 0 to 0.75']);
});

test('the fund pays before open interest without a waterfall too', () => {
  const pool = shared();
  pool.take({ type: 'FundInsurance', amount: money('3') });
  const events = crash(pool);
  assert.deepEqual(coverFlow(events), ['fund +3']);
  assert.deepEqual(spreads(events), ['alice 7 on 4: 0 to 1.75']);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '0' });
});

test('what does not divide is asked for rounded up, and the fund has the rest at once', () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing());
  const [carol, dave] = [pool.account('carol', '500'), pool.account('dave', RICH)];
  pool.fill(carol, dave, { market: 'BTC-PERP', size: '1.5', price: '80' });
  const events = crash(pool);
  assert.deepEqual(spreads(events), ['alice 10 on 3: 0 to 3.333333333333333334']);
  const [residue] = eventsOf(events, 'FundingResidueCollected');
  assert.equal(formatDecimal(residue!.amount), '0.000000000000000002');
  assert.deepEqual(pool.totals(), { fund: '0.000000000000000002', unallocated: '0' });
  pool.fill(dave, carol, { market: 'BTC-PERP', size: '1.5', price: '80' });
  assert.equal(pool.balance(carol), '494.999999999999999999');
  assert.equal(pool.balance(dave), '999999994.999999999999999999');
});

test('a fraction of a unit stays with the market until there is a whole one', () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing());
  const [carol, dave] = [pool.account('carol', '500'), pool.account('dave', '500')];
  pool.fill(carol, dave, { market: 'BTC-PERP', size: '0.003', price: '80' });
  pool.take(lossSharing({ notionalShareMax: ratio('0.01') }));
  const events = crash(pool);
  const [spread] = eventsOf(events, 'LossSpread');
  assert.equal(formatDecimal(spread!.amount), '0.0048');
  assert.equal(formatDecimal(spread!.lossIndexAfter), '0.8');
  assert.deepEqual(eventsOf(events, 'FundingResidueCollected'), []);
});

test('funding and losses are settled together, each side by its own index', () => {
  const pool = shared();
  crash(pool);
  const accrue = (rate: string) =>
    pool.take({ type: 'AccrueFunding', market: marketId('BTC-PERP'), fundingRate: ratio(rate) });
  accrue('0.01');
  // 2 · 0.8 of funding from the long to the short, and 2 · 2.5 of the loss from both.
  assert.deepEqual([pool.equity(pool.carol), pool.equity(pool.dave)], ['493.4', '999999996.6']);
  // Part of each is closed, and Dave turns from short to long.
  pool.fill(pool.dave, pool.carol, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.fill(pool.dave, pool.maker, { market: 'BTC-PERP', size: '3', price: '80' });
  assert.deepEqual([pool.balance(pool.carol), pool.balance(pool.dave)], ['493.4', '999999996.6']);
  accrue('0.01');
  assert.deepEqual([pool.equity(pool.carol), pool.equity(pool.dave)], ['492.6', '999999995']);
});

test('whom a loss leaves without enough margin is liquidated right after it', () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing());
  // At 80 a contract needs 4. The loss takes 2.5 of each.
  const [edge, below] = [pool.account('edge', '6.5'), pool.account('below', BELOW)];
  pool.fill(edge, pool.maker, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.fill(below, pool.maker, { market: 'BTC-PERP', size: '1', price: '80' });
  const events = crash(pool);
  assert.deepEqual(spreads(events), ['alice 10 on 4: 0 to 2.5']);
  assert.deepEqual(
    eventsOf(events, 'LiquidationStarted').map(({ account }) => account),
    ['alice', 'below'],
  );
});
const BELOW = '6.499999999999999999';

test('accounts that were found healthy before losses were shared are looked at again', () => {
  const pool = nobodyWonWhatAliceLost();
  // Her largest position is in BTC, whose price does not move; ETH ruins her.
  const ruined = pool.account('ruined', '20');
  const bella = pool.account('bella', '10');
  const dave = pool.account('dave', RICH);
  pool.fill(ruined, dave, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(ruined, dave, { market: 'ETH-PERP', size: '4.1', price: '20' });
  pool.fill(dave, pool.account('emil', RICH), { market: 'ETH-PERP', size: '4.1', price: '10' });
  pool.fill(bella, dave, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.take(lossSharing());
  const events = pool.price('ETH', '10', ['ETH-PERP']);
  // Alice's contract and Bella's are what is left, long and short.
  assert.deepEqual(spreads(events), ['ruined 21 on 4: 0 to 5.25']);
  const started = eventsOf(events, 'LiquidationStarted').map(({ account, marginEquity }) => {
    return `${account} ${formatDecimal(marginEquity)}`;
  });
  assert.deepEqual(started, ['ruined -21', 'alice 4.75', 'bella 4.75']);
});

test('profits bear no more of the rest than open interest has left them', () => {
  const pool = twoMarkets();
  pool.take(lossSharing({ notionalShareMax: ratio('0.3') }));
  const [big, erin] = [pool.account('big', '40'), pool.account('erin', '30')];
  const dave = pool.account('dave', RICH);
  pool.fill(big, pool.maker, { market: 'BTC-PERP', size: '4', price: '100' });
  pool.fill(pool.maker, pool.account('bob', '1000'), {
    market: 'BTC-PERP',
    size: '4',
    price: '80',
  });
  pool.fill(erin, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', '40', ['ETH-PERP']);
  pool.fill(erin, dave, { market: 'BTC-PERP', size: '0.1', price: '80' });
  pool.take({ type: 'Withdraw', account: erin, asset: assetId('USDC'), amount: amount('30') });
  const events = crash(pool);
  const settled = eventsOf(events, 'BadDebtSettled').map(({ account, ...rest }) => {
    const borne = rest.socialized.map((part) => `${part.account} ${formatDecimal(part.amount)}`);
    const [debt, left] = [rest.badDebt, rest.unallocated].map(formatDecimal);
    return `${account} ${debt}: ${borne}, ${left}`;
  });
  // She owes 2.4 by then: of her profit of 20 she has 17.6 left.
  assert.deepEqual(spreads(events), ['big 4.8 on 0.2: 0 to 24']);
  assert.deepEqual(settled, ['big 35.2: erin 17.6, 17.6']);
});

test('a loss can make the next one: each is borne by those who are left', () => {
  const pool = withEquity(nobodyWonWhatAliceLost());
  pool.take(lossSharing());
  const thin = pool.account('thin', '4');
  const [carol, dave] = [pool.account('carol', '500'), pool.account('dave', RICH)];
  pool.fill(thin, dave, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.fill(carol, dave, { market: 'BTC-PERP', size: '0.1', price: '80' });
  assert.deepEqual(spreads(crash(pool)), [
    'alice 10 on 2.2: 0 to 4.545454545454545455',
    // The unit that rounding brought the fund it has paid first.
    'thin 0.545454545454545454 on 0.2: 4.545454545454545455 to 7.272727272727272725',
  ]);
  assert.equal(pool.balance(thin), '0');
  assert.equal(pool.equity(carol), '499.272727272727272727');
  assert.deepEqual(pool.totals().unallocated, '0');
});

test('liquidations that began before anybody asked for a market have none', () => {
  const pool = nobodyWonWhatAliceLost();
  const carol = pool.account('carol', '500');
  pool.fill(carol, pool.account('dave', '500'), { market: 'BTC-PERP', size: '2', price: '80' });
  // She is in liquidation, her order is open, before losses are shared by open interest.
  const [placed] = eventsOf(pool.price('BTC', '91', ['BTC-PERP']), 'CloseOutOrderPlaced');
  assert.equal(pool.engine.state.liquidations.size, 1);
  pool.take(lossSharing());
  pool.wait(1);
  crash(pool);
  pool.take({ type: 'FinishOrder', order: placed!.order, reason: 'canceled' });
  const events = pool.pass(1);
  assert.deepEqual(spreads(events), []);
  assert.equal(formatDecimal(eventsOf(events, 'BadDebtSettled')[0]!.unallocated), '10');
});

test('INVALID_PARAMETER: the bounds of the share', () => {
  const pool = nobodyWonWhatAliceLost();
  for (const outside of ['0', '-0.1', '1.000000000000000001']) {
    const { details } = pool.refuse(
      lossSharing({ notionalShareMax: ratio(outside) }),
      'INVALID_PARAMETER',
    );
    assert.deepEqual(details, [
      { name: 'parameter', value: 'notionalShareMax' },
      { name: 'expected', value: 'above 0, up to 1' },
    ]);
  }
  for (const bound of ['0.000000000000000001', '1']) {
    pool.take(lossSharing({ notionalShareMax: ratio(bound) }));
  }
});

test('a withdrawal counts what is owed of a loss before it is paid', () => {
  const pool = shared();
  crash(pool);
  const free = sub(
    accountMargin(pool.engine.state, pool.accountOf(pool.carol)).equity,
    money('16'),
  );
  const withdraw = (value: string) =>
    ({
      type: 'Withdraw',
      account: pool.carol,
      asset: assetId('USDC'),
      amount: amount(value),
    }) as const;
  assert.equal(formatDecimal(free), '479');
  pool.refuse(withdraw('479.000000000000000001'), 'INITIAL_MARGIN_NOT_MET');
  pool.take(withdraw('479'));
  assert.ok(pool.engine.state.timeMs >= engineTimeMs(0));
});

test('inverse contracts bear it by their size, at most a share of what they are worth', () => {
  const pool = withEquity(twoMarkets());
  pool.take(lossSharing({ notionalShareMax: ratio('0.01') }));
  pool.market('BTC-INVERSE', { kind: 'inverse', lot: size('1'), notionalMin: money('0.01') });
  pool.price('BTC', '100', ['BTC-PERP', 'BTC-INVERSE']);
  const [alice, bob] = [pool.account('alice', '2'), pool.account('bob', '1000')];
  const [carol, dave] = [pool.account('carol', '1000'), pool.account('dave', RICH)];
  // Alice is long 1,000 of money at 100, and owes 0.5 when the price is 80; Bob came in there.
  pool.fill(alice, pool.maker, { market: 'BTC-INVERSE', size: '1000', price: '100' });
  pool.fill(pool.maker, bob, { market: 'BTC-INVERSE', size: '1000', price: '80' });
  pool.fill(carol, dave, { market: 'BTC-INVERSE', size: '1000', price: '80' });
  const events = pool.price('BTC', '80', ['BTC-PERP', 'BTC-INVERSE']);
  // 2,000 of money at 80 are 25: a hundredth of that.
  assert.deepEqual(spreads(events), ['alice 0.25 on 2000: 0 to 0.000125']);
  assert.equal(formatDecimal(eventsOf(events, 'BadDebtSettled')[0]!.badDebt), '0.25');
  assert.equal(pool.equity(carol), '999.875');
});
