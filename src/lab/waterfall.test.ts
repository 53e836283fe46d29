/**
 * Goal: a scenario's waterfall stands behind its pool, and what each layer paid is told. Method: a
 * crash that goes through all of them; what is told is held against the state and the journal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import type { Event } from '../engine/index.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { addLoss, lossesOf, noLosses } from '../receipts/index.ts';
import { add, formatDecimal, money, type Price, sub, sum } from '../units/index.ts';
import type { LayerResult } from './layer-tallies.ts';
import { replay } from './replay.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioTranche } from './scenario-waterfall.ts';

const tranche = (name: string, providers: number, capital: number): ScenarioTranche => ({
  tranche: name,
  providers,
  capitalToOpenInterest: capital,
  eventToCapital: 0.5,
  premiumRate: '0.2',
  noticeMs: 0,
  exitWindowMs: 1,
});

const LAYERED: Scenario = {
  ...CRASH,
  pool: { ...CRASH.pool, adlPolicy: 'queue' },
  // Those who are short have won nothing before the crash: profits are soon used up.
  population: { ...CRASH.population, entryDrift: -0.03 },
  waterfall: {
    bufferToOpenInterest: 0.001,
    bufferShare: '0.5',
    windowMs: 3_600_000,
    windowToOpenInterest: 0.001,
    marketToOpenInterest: 0.5,
    premiumIntervalMs: 600_000,
    adlRiskExponent: 2,
    adlRiskThreshold: '3',
    tranches: [tranche('junior', 3, 0.0003), tranche('senior', 1, 0.0002)],
    lossSharing: { basis: 'open-interest', notionalShareMax: '0.01' },
    deleveraging: {
      hedges: 'protect',
      loadings: [
        { coin: 'ETH', loadingToPrice: 1.4 },
        { coin: 'SHIB', loadingToPrice: 2 },
        { coin: 'BTC', loadingToPrice: 1 },
      ],
    },
  },
};

/** What came in and what went out is what is left. */
function assertAddsUp({ received, premiums, paid, repaid, end }: LayerResult): void {
  const came = sum([received, premiums, repaid].map(money));
  assert.equal(formatDecimal(sub(came, money(paid))), end);
}

test('losses go through the layers of the scenario, and each is told', async () => {
  const journal = inMemoryJournal();
  const result = await replay({ scenario: LAYERED, accounts: 120, journal });
  const borne = new Map(result.whoPaid.map(({ who, amount }) => [who, amount]));
  const layers = ['liquidity buffer', 'insurance fund', 'insurance tranches', 'open interest'];
  for (const who of layers) assert.ok(Number(borne.get(who)) > 0, `${who}: ${borne.get(who)}`);
  assert.equal(result.openInterestLoss, borne.get('open interest'));

  const { buffer, tranches } = result.waterfall!;
  for (const layer of [buffer, ...tranches]) assertAddsUp(layer);
  const [junior, senior] = tranches;
  assert.deepEqual([junior!.tranche, senior!.tranche], ['junior', 'senior']);
  assert.ok(Number(junior!.premiums) > 0 && Number(senior!.paid) > 0);
  const net = ({ paid, repaid }: LayerResult) => sub(money(paid), money(repaid));
  assert.equal(formatDecimal(net(buffer)), borne.get('liquidity buffer'));
  assert.equal(formatDecimal(add(net(junior!), net(senior!))), borne.get('insurance tranches'));

  assert.equal(result.lossLedgerSum, '0');
  assert.equal(result.conservationImbalance, '0');
  assert.equal(result.unhealthyAtEnd, 0);
  assert.equal(result.lagSteps.max, 0, 'whom a loss made liquidatable is found in that step');

  const totals = noLosses();
  for await (const entry of lossesOf(journal)) addLoss(totals, entry);
  assert.equal(formatDecimal(sum(Object.values(totals.layers))), '0');
  assert.equal(formatDecimal(totals.layers.buffer), borne.get('liquidity buffer'));
  assert.equal(formatDecimal(totals.layers.bankrupt), borne.get('bankrupt accounts'));
  // Position by position it is rounded up; what that comes to beyond the loss the fund has.
  const both = [totals.layers['open-interest'], totals.layers['insurance-fund']];
  const told = ['open interest', 'insurance fund'].map((who) => money(borne.get(who)!));
  assert.equal(formatDecimal(sum(both)), formatDecimal(sum(told)));
  assert.ok(totals.layers['open-interest'] >= money(borne.get('open interest')!));
});

test('the pool opens as the same pool, and the layers are sized by its open interest', async () => {
  const to = '2021-01-01T00:01:00Z';
  const { waterfall: _, ...bare } = LAYERED;
  const short = { accounts: 60, to } as const;
  const without = await replay({ scenario: bare, ...short, journal: inMemoryJournal() });
  const events: Event[] = [];
  const given = await replay({
    scenario: LAYERED,
    ...short,
    journal: inMemoryJournal(),
    onPublished: (records) => {
      for (const { outcome } of records) {
        if (outcome.type === 'Accepted') events.push(...outcome.events);
      }
    },
  });
  assert.equal(without.waterfall, null);
  assert.equal(without.openInterest, given.openInterest);
  assert.deepEqual(without.liquidations.byLeverage, given.liquidations.byLeverage);
  const [configured] = eventsOf(events, 'WaterfallConfigured');
  const { parameters } = configured!;
  const part = (share: number): string =>
    formatDecimal(money((share * Number(given.openInterest)).toFixed(2)));
  const told = [
    parameters.bufferMax,
    parameters.windowCap!,
    ...parameters.tranches.map(({ eventMax }) => eventMax),
  ];
  assert.deepEqual(told.map(formatDecimal), [0.001, 0.001, 0.00015, 0.0001].map(part));
  assert.equal(parameters.marketCaps.length, 3);
  const ofMarkets = sum(parameters.marketCaps.map(({ cap }) => cap));
  assert.ok(Math.abs(Number(formatDecimal(ofMarkets)) - Number(part(0.5))) < 0.02);
  assert.equal(parameters.adlRiskExponent, 2);
  assert.equal(formatDecimal(parameters.adlRiskThreshold!), '3');
  const [shared] = eventsOf(events, 'LossSharingConfigured');
  assert.equal(formatDecimal(shared!.parameters.notionalShareMax), '0.01');
  const [hedged] = eventsOf(events, 'DeleveragingConfigured');
  assert.equal(hedged!.parameters.hedges, 'protect');
  // Of what the coins are worth in the first minute, near their first anchors; SHIB has no price.
  const [eth, btc] = hedged!.parameters.loadings;
  assert.equal(hedged!.parameters.loadings.length, 2);
  assert.deepEqual([eth!.market, btc!.market], ['ETH-PERP', 'BTC-PERP']);
  const near = (loading: Price, at: number) =>
    assert.ok(Math.abs(Number(formatDecimal(loading)) / at - 1) < 0.01, formatDecimal(loading));
  near(eth!.loading, 1.4 * 3000);
  near(btc!.loading, 42000);
  const capital = (0.0001 * Number(given.openInterest)).toFixed(2);
  const [junior] = given.waterfall!.tranches;
  assert.equal(junior!.received, formatDecimal(sum([capital, capital, capital].map(money))));
});
