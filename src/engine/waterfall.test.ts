import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  coverFlow,
  depositTranche,
  leaveTranche,
  nobodyWonWhatAliceLost,
  redeemTranche,
  tranche,
  twoMarkets,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  type AccountId,
  amount,
  assetId,
  durationMs,
  formatDecimal,
  marketId,
  money,
  ratio,
} from '../units/index.ts';
import type { PoolParameters, WaterfallParameters } from './index.ts';

type Pool = ReturnType<typeof twoMarkets>;

/** Alice is about to owe 10; dora and emil stand behind the fund with a tranche each. */
function layered({
  fund = '3',
  junior = '4',
  senior = '20',
  terms = {},
  pool: changes = {},
}: {
  readonly fund?: string;
  readonly junior?: string;
  readonly senior?: string;
  readonly terms?: Partial<WaterfallParameters>;
  readonly pool?: Partial<PoolParameters>;
} = {}) {
  const pool = nobodyWonWhatAliceLost(changes);
  pool.take(waterfall({ tranches: [tranche('junior'), tranche('senior')], ...terms }));
  const dora = pool.account('dora', '500');
  const emil = pool.account('emil', '500');
  if (fund !== '0') pool.take({ type: 'FundInsurance', amount: money(fund) });
  if (junior !== '0') pool.take(depositTranche('junior', 'dora', junior));
  if (senior !== '0') pool.take(depositTranche('senior', 'emil', senior));
  return { ...pool, dora, emil };
}

const crash = (pool: Pool) => pool.price('BTC', '80', ['BTC-PERP']);
const capitals = ({ engine }: Pool) =>
  engine.state.waterfall!.tranches.map(({ tranche: name, capital }) => {
    return `${name} ${formatDecimal(capital)}`;
  });

test('the fund pays first, then each tranche in its order, as much as it has', () => {
  const pool = layered();
  assert.deepEqual(coverFlow(crash(pool)), ['fund +3', 'junior +4', 'senior +3']);
  assert.deepEqual(capitals(pool), ['junior 0', 'senior 17']);
  // Covered: her equity is 0, and what becomes of her position is decided on the book.
  assert.equal(pool.balance(pool.alice), '20');
});

test('a tranche pays at most its limit per liquidation, and the next one pays the rest', () => {
  const limited = tranche('junior', { eventMax: money('2.5') });
  const pool = layered({ terms: { tranches: [limited, tranche('senior')] } });
  assert.deepEqual(coverFlow(crash(pool)), ['fund +3', 'junior +2.5', 'senior +4.5']);
});

test('what no layer pays is shared out as if there were none', () => {
  const pool = layered({ senior: '2' });
  const events = crash(pool);
  assert.deepEqual(coverFlow(events), ['fund +3', 'junior +4', 'senior +2', 'bad debt 1']);
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.insurancePaid), '0');
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '1' });
});

test('the cap of the fund per liquidation is the fund’s alone: tranches pay beyond it', () => {
  const pool = layered({ fund: '100', pool: { insuranceEventCap: money('6') } });
  assert.deepEqual(coverFlow(crash(pool)), ['fund +6', 'junior +4']);
  assert.deepEqual(pool.totals(), { fund: '94', unallocated: '0' });
});

test('within its window the fund pays no more than the cap, and then again', () => {
  const pool = layered({ fund: '100', junior: '0', terms: { windowCap: money('4') } });
  assert.deepEqual(coverFlow(crash(pool)), ['fund +4', 'senior +6']);
  const { waterfall: after, timeMs } = pool.engine.state;
  assert.equal(formatDecimal(after!.window[0]!.notional), '4');
  assert.ok(timeMs > 0);
});

test('a cap per market holds for accounts whose largest position was there', () => {
  const caps = (name: string) => [{ market: marketId(name), cap: money('1.5') }];
  const other = layered({ fund: '100', terms: { marketCaps: caps('ETH-PERP') } });
  assert.deepEqual(coverFlow(crash(other)), ['fund +10']);
  const own = layered({ fund: '100', terms: { marketCaps: caps('BTC-PERP') } });
  assert.deepEqual(coverFlow(crash(own)), ['fund +1.5', 'junior +4', 'senior +4.5']);
});

test('penalties fill the buffer up to its size, and the buffer pays before the fund', () => {
  const pool = twoMarkets();
  pool.take(waterfall({ bufferMax: money('0.2'), bufferShare: ratio('0.5') }));
  const victim = pool.account('victim', '12');
  const alice = pool.account('alice', '19.95');
  pool.fill(victim, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const orders = eventsOf(pool.price('BTC', '92.5', ['BTC-PERP']), 'CloseOutOrderPlaced');
  const { order, size, limitPrice } = orders[0]!;
  const filled = pool.fill(pool.maker, victim, {
    market: 'BTC-PERP',
    size: formatDecimal(size).replace('-', ''),
    price: formatDecimal(limitPrice),
    order,
  });
  const [penalty] = eventsOf(filled, 'PenaltyCharged');
  const [part] = eventsOf(filled, 'BufferFilled');
  const half = (penalty!.insuranceContribution as bigint) / 2n;
  assert.equal(part!.amount as bigint, half);
  const { buffer } = pool.engine.state.waterfall!;
  assert.equal(buffer as bigint, half);

  pool.price('BTC', '100', ['BTC-PERP']);
  pool.take({ type: 'Deposit', account: victim, asset: assetId('USDC'), amount: amount('100') });
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  // Of the 0.05 that she lacks the buffer pays all, and is repaid when she is closed at 81.
  const covered = pool.price('BTC', '80', ['BTC-PERP']);
  assert.deepEqual(coverFlow(covered), ['buffer +0.05']);
  const [placed] = eventsOf(covered, 'CloseOutOrderPlaced');
  const at = { market: 'BTC-PERP', size: '1', price: '81', order: placed!.order };
  const closed = pool.fill(pool.maker, alice, at);
  assert.deepEqual(coverFlow(closed), ['buffer -0.05']);
  // What she has beyond that pays her penalty, of which the buffer has its part again.
  const again = eventsOf(closed, 'BufferFilled')[0]!.amount as bigint;
  assert.equal(pool.engine.state.waterfall!.buffer as bigint, half + again);
});

test('a buffer that is full takes nothing more', () => {
  const pool = twoMarkets();
  pool.take(waterfall({ bufferMax: money('0.01'), bufferShare: ratio('1') }));
  const victim = pool.account('victim', '12');
  pool.fill(victim, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const orders = eventsOf(pool.price('BTC', '92.5', ['BTC-PERP']), 'CloseOutOrderPlaced');
  const { order, limitPrice } = orders[0]!;
  const at = { market: 'BTC-PERP', price: formatDecimal(limitPrice), order };
  const first = pool.fill(pool.maker, victim, { ...at, size: '0.1' });
  assert.equal(formatDecimal(eventsOf(first, 'BufferFilled')[0]!.amount), '0.01');
  const second = pool.fill(pool.maker, victim, { ...at, size: '0.05' });
  assert.deepEqual(eventsOf(second, 'BufferFilled'), []);
});

/** Alice faces a winner: covered, she is closed on the book, and may come out with more. */
function covered(fund: string) {
  const pool = twoMarkets();
  pool.take(waterfall({ tranches: [tranche('junior'), tranche('senior')] }));
  for (const name of ['dora', 'emil']) pool.account(name, '500');
  pool.take({ type: 'FundInsurance', amount: money(fund) });
  pool.take(depositTranche('junior', 'dora', '4'));
  pool.take(depositTranche('senior', 'emil', '20'));
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const events = crash(pool);
  assert.deepEqual(coverFlow(events), [`fund +${fund}`, 'junior +4', 'senior +3']);
  return { ...pool, alice, order: eventsOf(events, 'CloseOutOrderPlaced')[0]! };
}

test('who paid last is repaid first', () => {
  const pool = covered('3');
  const { order } = pool.order;
  const at = (price: string) => ({ market: 'BTC-PERP', size: '1', price, order });
  // Sold at 85 instead of 80: 5 are left of the 10 that were paid in, less nothing.
  const events = pool.fill(pool.maker, pool.alice, at('85'));
  const [penalty] = eventsOf(events, 'PenaltyCharged');
  assert.equal(penalty, undefined, 'what was paid in is not there to pay penalties with');
  assert.deepEqual(coverFlow(events), ['senior -3', 'junior -2']);
  assert.deepEqual(capitals(pool), ['junior 2', 'senior 20']);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '0' });
});

test('all of it is repaid before the account keeps anything', () => {
  const pool = covered('3');
  const { order } = pool.order;
  const events = pool.fill(pool.maker, pool.alice, {
    market: 'BTC-PERP',
    size: '1',
    price: '91',
    order,
  });
  assert.deepEqual(coverFlow(events).slice(0, 3), ['senior -3', 'junior -4', 'fund -3']);
});

test('shares of a tranche fall with what it paid; who comes later buys at what is left', () => {
  const pool = layered({ fund: '0', junior: '40' });
  const { order } = eventsOf(crash(pool), 'CloseOutOrderPlaced')[0]!;
  const closing = { market: 'BTC-PERP', size: '1', price: '80', order };
  pool.fill(pool.maker, pool.alice, closing);
  assert.deepEqual(capitals(pool), ['junior 30', 'senior 20']);
  const { events } = pool.attempt(depositTranche('junior', 'emil', '30'));
  const [bought] = eventsOf(events, 'TrancheDeposited');
  // 40 shares are worth 30: 30 more buy 40, less what rounding leaves to the others.
  assert.match(formatDecimal(bought!.shares), /^39\.9{15,}|^40$/);
});

test('an exit is paid after its notice, at what the shares are worth then, while it may be', () => {
  const pool = layered();
  const paying = redeemTranche('senior', 'emil');
  pool.refuse(paying, 'TRANCHE_EXIT_NOT_DUE');
  pool.refuse(
    leaveTranche('senior', 'emil', '20.000000000000000001'),
    'TRANCHE_SHARES_INSUFFICIENT',
  );
  pool.refuse(leaveTranche('senior', 'dora', '1'), 'TRANCHE_SHARES_INSUFFICIENT');
  pool.take(leaveTranche('senior', 'emil', '8'));
  pool.wait(999);
  pool.refuse(paying, 'TRANCHE_EXIT_NOT_DUE');
  pool.wait(1);
  const [left] = eventsOf(pool.take(paying), 'TrancheRedeemed');
  assert.match(formatDecimal(left!.amount), /^8$|^7\.9{17}/);
  pool.refuse(paying, 'TRANCHE_EXIT_NOT_DUE');
  pool.take(leaveTranche('senior', 'emil', '1'));
  pool.wait(6_001);
  pool.refuse(paying, 'TRANCHE_EXIT_NOT_DUE');
});

test('nobody leaves before a loss that is there has been borne', () => {
  const pool = layered({ fund: '0', junior: '0', senior: '2' });
  pool.take(leaveTranche('senior', 'emil', '1'));
  crash(pool);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '8' });
  pool.wait(1_000);
  pool.refuse(redeemTranche('senior', 'emil'), 'WITHDRAWALS_GATED');
});

test('capital behind the fund counts where withdrawals are gated', () => {
  const claims = (senior: string) => {
    const pool = layered({ fund: '0', junior: '0', senior });
    // The price goes stale while Alice, in takeover, cannot be closed.
    pool.take({
      type: 'SetGate',
      market: null,
      gate: 'takes',
      closed: true,
      untilMs: null,
      reason: 'x',
    });
    crash(pool);
    const asset = assetId('USDC');
    return pool.attempt({ type: 'Withdraw', account: pool.dora, asset, amount: amount('1') }).code;
  };
  assert.equal(claims('20'), null);
  assert.equal(claims('0'), 'WITHDRAWALS_GATED');
});

test('premiums are paid by the fund once per interval, and not owed where it is empty', () => {
  const year = 365 * 24 * 3_600_000;
  const premiumRate = ratio('0.1');
  const terms = {
    premiumIntervalMs: durationMs(year / 10),
    tranches: [tranche('junior', { premiumRate })],
  };
  const pool = layered({ fund: '1.5', junior: '100', senior: '0', terms });
  pool.wait(year / 10 - 1);
  assert.deepEqual(eventsOf(pool.take({ type: 'Tick' }), 'PremiumPaid'), []);
  pool.wait(1);
  const paid = () => eventsOf(pool.take({ type: 'Tick' }), 'PremiumPaid');
  assert.deepEqual(
    paid().map((event) => formatDecimal(event.amount)),
    ['1'],
  );
  pool.wait(year / 10);
  // 1.01 were earned, 0.5 is there.
  assert.deepEqual(
    paid().map((event) => formatDecimal(event.amount)),
    ['0.5'],
  );
  assert.deepEqual(capitals(pool), ['junior 101.5']);
  pool.wait(year / 10);
  assert.deepEqual(
    paid().map((event) => formatDecimal(event.amount)),
    ['0'],
  );
});

test('a premium up to then is paid before somebody comes', () => {
  const year = 365 * 24 * 3_600_000;
  const terms = {
    premiumIntervalMs: durationMs(year),
    tranches: [tranche('junior', { premiumRate: ratio('0.1') })],
  };
  const pool = layered({ fund: '50', junior: '100', senior: '0', terms });
  pool.wait(year / 2);
  pool.price('BTC', '100', ['BTC-PERP']);
  const events = pool.take(depositTranche('junior', 'emil', '105'));
  assert.equal(formatDecimal(eventsOf(events, 'PremiumPaid')[0]!.amount), '5');
  assert.match(formatDecimal(eventsOf(events, 'TrancheDeposited')[0]!.shares), /^99\.9{15,}|^100$/);
});

test('a tranche with capital is not dropped; one without may be', () => {
  const pool = layered({ junior: '0' });
  pool.refuse(waterfall({ tranches: [tranche('junior')] }), 'TRANCHE_IN_USE');
  pool.take(waterfall({ tranches: [tranche('senior')] }));
  assert.deepEqual(capitals(pool), ['senior 20']);
});

test('a tranche that paid everything has no price: nobody pays for old losses', () => {
  const pool = layered({ fund: '0' });
  crash(pool);
  assert.deepEqual(capitals(pool), ['junior 0', 'senior 14']);
  pool.refuse(depositTranche('junior', 'emil', '5'), 'TRANCHE_DEPOSIT_REFUSED');
});

test('refusals name what is wrong', () => {
  const pool = layered();
  const nobody = 'nobody' as AccountId;
  pool.refuse(depositTranche('junior', 'dora', '0'), 'NOT_POSITIVE');
  pool.refuse(depositTranche('middle', 'dora', '1'), 'TRANCHE_UNKNOWN');
  pool.refuse(depositTranche('junior', nobody, '1'), 'ACCOUNT_UNKNOWN');
  pool.refuse(depositTranche('junior', 'dora', '497'), 'BALANCE_INSUFFICIENT');
  pool.refuse(leaveTranche('junior', 'dora', '-1'), 'NOT_POSITIVE');
  pool.refuse(leaveTranche('middle', 'dora', '1'), 'TRANCHE_UNKNOWN');
  pool.refuse(redeemTranche('middle', 'dora'), 'TRANCHE_UNKNOWN');
  pool.refuse({ type: 'PayPremium', tranche: 'junior' }, 'INTERNAL_COMMAND');
  const twice = [tranche('junior'), tranche('junior')];
  pool.refuse(waterfall({ tranches: twice }), 'INVALID_PARAMETER');
  const caps = [{ market: marketId('DOGE-PERP'), cap: money('1') }];
  pool.refuse(waterfall({ marketCaps: caps, tranches: twice.slice(1) }), 'MARKET_UNKNOWN');
});

test('each bound of the terms, on both sides', () => {
  const pool = twoMarkets();
  const named = (terms: Partial<WaterfallParameters>) =>
    pool.refuse(waterfall(terms), 'INVALID_PARAMETER').details[0]!.value;
  assert.equal(named({ bufferMax: money('-1') }), 'bufferMax');
  assert.equal(named({ bufferShare: ratio('1.000000000000000001') }), 'bufferShare');
  assert.equal(named({ windowMs: durationMs(0) }), 'windowMs');
  assert.equal(named({ windowCap: money('-0.000000000000000001') }), 'windowCap');
  assert.equal(named({ premiumIntervalMs: durationMs(0) }), 'premiumIntervalMs');
  assert.equal(named({ adlRiskExponent: 5 }), 'adlRiskExponent');
  assert.equal(named({ adlRiskThreshold: ratio('-1') }), 'adlRiskThreshold');
  const tranches = (changes: Parameters<typeof tranche>[1]) => ({
    tranches: [tranche('junior', changes)],
  });
  assert.equal(named(tranches({ eventMax: money('0') })), 'eventMax');
  assert.equal(named(tranches({ premiumRate: ratio('10.000000000000000001') })), 'premiumRate');
  assert.equal(named(tranches({ exitWindowMs: durationMs(0) })), 'exitWindowMs');
  pool.take(waterfall({ bufferShare: ratio('1'), windowCap: money('0'), adlRiskExponent: 4 }));
  pool.take(waterfall(tranches({ premiumRate: ratio('10'), noticeMs: durationMs(0) })));
});

const YEAR_MS = 365 * 24 * 3_600_000;

test('what is repaid to a layer covers others who wait, live as after a restart', () => {
  const pool = twoMarkets();
  pool.take(waterfall({ tranches: [tranche('t')] }));
  pool.account('dora', '500');
  pool.take(depositTranche('t', 'dora', '5'));
  const eve = pool.account('eve', '5');
  const [zoe, bob] = [pool.account('zoe', '1000'), pool.account('bob', '1000')];
  const alice = pool.account('alice', '10');
  pool.fill(eve, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '80' });
  const [placed] = eventsOf(pool.price('ETH', '10', ['ETH-PERP']), 'CloseOutOrderPlaced');
  const gate = { gate: 'takes', market: marketId('BTC-PERP'), closed: true } as const;
  pool.take({ type: 'SetGate', ...gate, untilMs: null, reason: 'test' });
  pool.price('BTC', '80', ['BTC-PERP']);
  const at = { market: 'ETH-PERP', size: '1', price: '14', order: placed!.order };
  assert.deepEqual(coverFlow(pool.fill(zoe, eve, at)), ['t -4', 't +4']);
});

test('a deposit that would buy nothing is refused, though it would at the price of nobody', () => {
  const pool = twoMarkets();
  const terms = { premiumIntervalMs: durationMs(YEAR_MS) };
  pool.take(waterfall({ ...terms, tranches: [tranche('t', { premiumRate: ratio('2') })] }));
  for (const name of ['dora', 'emil']) pool.account(name, '500');
  pool.take({ type: 'FundInsurance', amount: money('10') });
  pool.take(depositTranche('t', 'dora', '0.000000000000000001'));
  pool.pass(YEAR_MS);
  pool.refuse(depositTranche('t', 'emil', '0.000000000000000002'), 'TRANCHE_DEPOSIT_REFUSED');
});

test('many layers that pay do not use up the steps of an account', () => {
  const three = ['a', 'b', 'c'];
  const pool = twoMarkets({ closeOutStepsMax: 3 });
  pool.take(waterfall({ tranches: three.map((name) => tranche(name)) }));
  pool.account('dora', '500');
  for (const name of three) pool.take(depositTranche(name, 'dora', '4'));
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const events = crash(pool);
  assert.deepEqual(coverFlow(events), ['a +4', 'b +4', 'c +2']);
  assert.equal(eventsOf(events, 'CloseOutOrderPlaced').length, 1);
});

test('while it may be repaid a tranche keeps its name, its providers and nobody else', () => {
  const pool = covered('3');
  const dropped = [tranche('senior')];
  pool.refuse(waterfall({ tranches: dropped }), 'TRANCHE_IN_USE');
  pool.refuse(depositTranche('senior', 'dora', '10'), 'TRANCHE_DEPOSIT_REFUSED');
  pool.take(leaveTranche('senior', 'emil', '5'));
  pool.wait(1_000);
  pool.refuse(redeemTranche('senior', 'emil'), 'WITHDRAWALS_GATED');
  const at = { market: 'BTC-PERP', size: '1', price: '85', order: pool.order.order };
  pool.fill(pool.maker, pool.alice, at);
  pool.take(redeemTranche('senior', 'emil'));
});

test('a new rate does not reach back, and capital that was not there earns nothing', () => {
  const pool = twoMarkets();
  const terms = { premiumIntervalMs: durationMs(YEAR_MS) };
  const at = (rate: string) => {
    return waterfall({ ...terms, tranches: [tranche('t', { premiumRate: ratio(rate) })] });
  };
  pool.take(at('0'));
  pool.account('dora', '500');
  pool.take({ type: 'FundInsurance', amount: money('1000') });
  pool.take(depositTranche('t', 'dora', '10'));
  pool.wait(YEAR_MS - 1);
  const [paid] = eventsOf(pool.take(at('10')), 'PremiumPaid');
  assert.equal(formatDecimal(paid!.amount), '0');
  pool.wait(1);
  assert.deepEqual(eventsOf(pool.take({ type: 'Tick' }), 'PremiumPaid'), []);
});

test('whoever leaves last takes all of it: nothing is left that belongs to nobody', () => {
  const pool = layered({ junior: '0', senior: '20.000000000000000003' });
  pool.take(leaveTranche('senior', 'emil', '20.000000000000000003'));
  pool.wait(1_000);
  pool.take(redeemTranche('senior', 'emil'));
  assert.deepEqual(capitals(pool), ['junior 0', 'senior 0']);
  pool.take(waterfall({ tranches: [] }));
});

test('against a loss that nobody bore only the fund stands: tranches do not repay it', () => {
  const pool = layered({
    fund: '0',
    junior: '0',
    terms: { tranches: [tranche('junior'), tranche('senior', { eventMax: money('1') })] },
  });
  crash(pool);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '9' });
  assert.deepEqual(capitals(pool), ['junior 0', 'senior 19']);
  const asset = assetId('USDC');
  const leaving = { type: 'Withdraw', account: pool.dora, asset, amount: amount('1') } as const;
  pool.refuse(leaving, 'WITHDRAWALS_GATED');
});

test('a window of another length forgets nothing of what was paid', () => {
  const pool = layered({ fund: '100', junior: '0', senior: '0', terms: { windowCap: money('4') } });
  crash(pool);
  const { tranches } = pool.engine.state.waterfall!.parameters;
  for (const windowMs of [160, 1_000_000, 16]) {
    pool.take(waterfall({ windowMs: durationMs(windowMs), windowCap: money('4'), tranches }));
    const { window } = pool.engine.state.waterfall!;
    assert.deepEqual(
      window.map(({ notional }) => formatDecimal(notional)),
      ['4'],
    );
  }
});
