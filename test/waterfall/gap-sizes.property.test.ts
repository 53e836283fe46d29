/**
 * Goal: a bankrupt position of any size, from one lot to all of a market, and a gap of any depth
 * ends in bounded steps, whatever profit there is to take. Method: one loser, the other side held
 * by few or many who came in at prices that leave them much, little or no profit; seed 20251010.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event, PoolParameters } from '../../src/engine/index.ts';
import {
  type AccountId,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  rawOf,
  type Size,
} from '../../src/units/index.ts';
import { policy } from '../pools/arbitrary-fields.ts';
import { eventsOf, poolDriver } from '../pools/pool-driver.ts';

const LOT = 10n ** 15n;
const BTC = { market: 'BTC-PERP' };

type Gap = {
  readonly policy: PoolParameters['adlPolicy'];
  readonly adlFillsMax: number;
  /** Lots that the loser holds, and how they are spread over the other side. */
  readonly lots: number;
  readonly shares: readonly number[];
  /** Price at which each of the others came in; where the loser did. */
  readonly entries: readonly number[];
  readonly long: boolean;
  readonly fall: number;
  readonly fund: number;
};

const gaps: fc.Arbitrary<Gap> = fc.integer({ min: 1, max: 12 }).chain((others) =>
  fc.record({
    policy,
    adlFillsMax: fc.constantFrom(1, 3, 8),
    lots: fc.oneof(fc.constantFrom(1, 2, 3), fc.integer({ min: 1, max: 50_000 })),
    shares: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: others, maxLength: others }),
    entries: fc.array(fc.integer({ min: 60, max: 140 }), { minLength: others, maxLength: others }),
    long: fc.boolean(),
    fall: fc.integer({ min: 11, max: 45 }),
    fund: fc.constantFrom(0, 1, 40),
  }),
);

/** Whole lots in proportion, at least one for the first; they sum to what is spread. */
function spread(lots: number, shares: readonly number[]): number[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  const parts = shares.map((share) => Math.floor((lots * share) / all));
  const missing = lots - parts.reduce((sum, part) => sum + part, 0);
  parts[0]! += missing;
  return parts;
}

const contracts = (lots: number): string => formatDecimal(fromRaw<Size>(BigInt(lots) * LOT));

/** A little more than initial margin. */
const deposit = ({ lots }: Gap): number => (lots * 105) / 10_000;

/** The market is the loser's and the others': the maker in between is left with nothing. */
function stage(gap: Gap) {
  const pool = poolDriver();
  pool.configure({ adlPolicy: gap.policy, adlFillsMax: gap.adlFillsMax });
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const maker = pool.account('maker', '10000000');
  const trade = (account: AccountId, buys: boolean, lots: number, price: string) => {
    const [buyer, seller] = buys ? [account, maker] : [maker, account];
    pool.fill(buyer, seller, { ...BTC, size: contracts(lots), price });
  };
  const loser = pool.account('loser', String(deposit(gap)));
  trade(loser, gap.long, gap.lots, '100');
  spread(gap.lots, gap.shares).forEach((lots, at) => {
    if (lots === 0) return;
    const other = pool.account(`other-${at}`, String(lots));
    trade(other, !gap.long, lots, String(gap.entries[at]!));
  });
  if (gap.fund > 0) pool.take({ type: 'FundInsurance', amount: money(String(gap.fund)) });
  return { pool, loser };
}

/**
 * A record closes at least its share, by count, of what is left: after n of them no more than
 * lots · (1 − fills/others)^n is, and less than a lot is nothing.
 */
function recordsMax({ shares, lots, adlFillsMax }: Gap): number {
  if (adlFillsMax >= shares.length) return 1;
  return Math.ceil(Math.log(lots) / -Math.log(1 - adlFillsMax / shares.length)) + 1;
}

/** What the loser lacked at the new price is borne once: by the fund, by profits, by nobody. */
function assertBorne(gap: Gap, events: readonly Event[]): void {
  const lost = BigInt(gap.lots * gap.fall) * LOT;
  const lacked = lost - rawOf(money(String(deposit(gap))));
  const total = (amounts: readonly Money[]) => amounts.reduce((sum, one) => sum + rawOf(one), 0n);
  const covered = total(eventsOf(events, 'DeficitCovered').map(({ paid }) => paid));
  const taken = eventsOf(events, 'PositionsDeleveraged').flatMap(({ counterparties }) =>
    counterparties.map((counterparty) => counterparty.taken),
  );
  const settled = eventsOf(events, 'BadDebtSettled').map(({ badDebt }) => badDebt);
  const borne = covered + total(taken) + total(settled);
  assert.equal(borne, lacked);
}

test('a gap of every size ends in bounded steps, and every unit of it is borne', () => {
  const reached = { whole: 0, lot: 0, noProfit: 0, several: 0 };
  fc.assert(
    fc.property(gaps, (gap) => {
      const { pool, loser } = stage(gap);
      const before = pool.records.length;
      const to = gap.long ? 100 - gap.fall : 100 + gap.fall;
      const events = pool.price('BTC', String(to), ['BTC-PERP']);
      const deleveraged = eventsOf(events, 'PositionsDeleveraged').filter(
        ({ liquidated }) => liquidated.account === loser,
      );
      if (deleveraged.length === 0) return;
      const most = recordsMax(gap);
      assert.ok(deleveraged.length <= most, `${deleveraged.length} records, at most ${most}`);
      assert.ok(pool.records.length - before <= 40 + 4 * most, 'the rest took too many records');
      const account = pool.accountOf(loser);
      assert.equal(account.positions.length, 0, 'something was left');
      assert.equal(account.liquidation, null);
      assert.ok(rawOf(account.balance) >= 0n);
      const closed = deleveraged.reduce((sum, { liquidated }) => {
        const size = rawOf(liquidated.sizeDelta);
        return sum + (size < 0n ? -size : size);
      }, 0n);
      assert.equal(closed, BigInt(gap.lots) * LOT);
      assertBorne(gap, events);
      if (gap.lots === 1) reached.lot += 1;
      if (gap.shares.length > gap.adlFillsMax && deleveraged.length > 1) reached.several += 1;
      if (eventsOf(events, 'BadDebtSettled').some(({ unallocated }) => rawOf(unallocated) > 0n)) {
        reached.noProfit += 1;
      }
      reached.whole += 1;
    }),
    { seed: 20251010, numRuns: 300 },
  );
  for (const [what, times] of Object.entries(reached)) assert.ok(times > 10, `${what}: ${times}`);
});
