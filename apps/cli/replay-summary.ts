/** A replay as a person reads it: what fell, who was liquidated, what it cost, who paid. @module */
import type { ReplayResult } from 'plimsoll/lab';
import { count, counted, minute, money, percent, price } from './figures.ts';
import { layersTable } from './layers.ts';
import type { Paint } from './terminal.ts';
import { textTable } from './text-table.ts';
import { waysOut } from './ways-out.ts';

/** What must hold of every replay; the exit code follows from it. */
export function replayVerdicts(
  result: ReplayResult,
): readonly { readonly holds: boolean; readonly claim: string; readonly otherwise: string }[] {
  const { conservationImbalance, lossLedgerSum, unhealthyAtEnd, lagSteps } = result;
  return [
    {
      holds: conservationImbalance === '0',
      claim: 'the ledger sums to zero: no money was lost or invented',
      otherwise: `money is ${conservationImbalance} out of balance`,
    },
    {
      holds: lossLedgerSum === '0',
      claim: 'every loss was borne exactly once',
      otherwise: `losses and who bore them differ by ${lossLedgerSum}`,
    },
    {
      holds: unhealthyAtEnd === 0,
      claim:
        result.blockedAtEnd === 0
          ? 'no account is left below its maintenance margin'
          : 'no account with prices to trust is left below its maintenance margin',
      otherwise: `${counted(unhealthyAtEnd, 'account')} below maintenance margin at the end`,
    },
    {
      holds: lagSteps.max === 0,
      claim: 'every liquidation started in the step of the price that caused it',
      otherwise: `a liquidation started ${counted(lagSteps.max, 'step')} late`,
    },
  ];
}

export function replaySummary(result: ReplayResult, paint: Paint): string {
  const sections = [
    header(result, paint),
    section(paint, 'What fell', pricesTable(result)),
    section(paint, 'Who was liquidated', liquidations(result)),
    ...(result.worstMoments.length > 0
      ? [section(paint, 'The worst moments', momentsTable(result))]
      : []),
    ...(result.mechanisms === null
      ? []
      : [section(paint, 'Which ways out were taken', waysOut(result, result.mechanisms))]),
    section(paint, 'What the prices rested on', evidence(result)),
    section(paint, 'What it cost, and who paid', costs(result)),
    ...(result.waterfall === null
      ? []
      : [section(paint, 'What stood beside the fund', layersTable(result.waterfall))]),
    section(paint, 'What was checked', verdicts(result, paint)),
  ];
  return `\n${sections.join('\n\n')}\n\nstate hash  ${paint.bold(result.stateHash)}\n`;
}

const section = (paint: Paint, title: string, body: string): string =>
  `${paint.bold(title)}\n${body}`;

function header(result: ReplayResult, paint: Paint): string {
  const { window, ignored } = result;
  const span = `${minute(window.from)} to ${minute(window.to)} UTC`;
  const facts = [
    counted(result.accounts, 'account'),
    counted(result.markets, 'market'),
    `${money(result.openInterest)} open interest`,
    `seed ${result.seed}`,
  ];
  const speed = `${count(result.ticks)} instants and ${count(result.records)} records`;
  const lines = [
    `${paint.bold(result.title)}  ${paint.dim(span)}`,
    facts.join(' · '),
    paint.dim(`${speed} in ${(result.elapsedMs / 1000).toFixed(1)} s`),
  ];
  if (ignored.length > 0) {
    lines.push(paint.dim(`${ignored.length} files ignored:`));
    for (const { file, reason } of ignored) lines.push(paint.dim(`  ${file}: ${reason}`));
  }
  return lines.join('\n');
}

function pricesTable({ marketPrices }: ReplayResult): string {
  const rows = marketPrices.map(({ market, start, low, lowAt, end }) => [
    market,
    price(start),
    price(low),
    minute(lowAt).slice(5),
    price(end),
    percent(Number(low) / Number(start) - 1),
  ]);
  return textTable(['market', 'start', 'low', 'at', 'end', 'to the low'], rows);
}

function liquidations(result: ReplayResult): string {
  const { liquidations: all, notionalClosed, accountsInPool } = result;
  const share = percent(all.accounts / Math.max(1, accountsInPool));
  const lines = [
    `  ${counted(all.started, 'liquidation')} of ${counted(all.accounts, 'account')} ` +
      `(${share} of all), ${count(all.ended)} ended; ${count(all.survivors)} accounts kept ` +
      `positions, ${count(all.bankruptcies)} went bankrupt`,
    `  ${counted(all.closeOuts, 'close-out')} by the policy ${result.policy}, ` +
      `${money(notionalClosed)} closed; ${count(all.partial)} liquidations kept part of their ` +
      `positions, ${count(all.full)} none`,
    ...all.running.map(stillRunning),
    ...(all.deferrals + all.cancels > 0
      ? [
          `  ${counted(all.deferrals, 'step')} put off for lack of room in a market, ` +
            `${counted(all.cancels, 'order')} taken back`,
        ]
      : []),
  ];
  const rows = all.byLeverage.map(({ from, to, accounts: held, liquidated }) => [
    `${from}–${to === 1_000 ? '' : to}×`,
    count(held),
    count(liquidated),
    percent(liquidated / Math.max(1, held)),
  ]);
  return `${lines.join('\n')}\n${textTable(['leverage', 'accounts', 'liquidated', 'share'], rows)}`;
}

/** Liquidations that did not end, and why. */
function stillRunning({
  withoutPrice,
  liquidations: running,
  fundCover,
}: ReplayResult['liquidations']['running'][number]): string {
  const why =
    withoutPrice.length === 0
      ? 'waiting for somebody outside'
      : `${withoutPrice.join(', ')} ${withoutPrice.length === 1 ? 'has' : 'have'} no live price`;
  const out = Number(fundCover) > 0 ? `; ${money(fundCover)} of the fund is out for them` : '';
  return `  ${count(running)} still ${running === 1 ? 'runs' : 'run'}: ${why}${out}`;
}

function momentsTable({ worstMoments }: ReplayResult): string {
  const rows = worstMoments.map((moment) => [
    minute(moment.at),
    count(moment.started),
    count(moment.closeOuts),
    money(moment.notionalClosed),
    money(moment.badDebt),
  ]);
  return textTable(['time', 'started', 'close-outs', 'closed', 'bad debt'], rows);
}

/** Sources behind the prices, and every breaker that tripped: when, why, for how long. */
function evidence(result: ReplayResult): string {
  const held = heldMarks(result);
  return held === null ? breakerEvidence(result) : `${breakerEvidence(result)}\n${held}`;
}

/** Marks that a guard kept from what was reported; null without guards. */
function heldMarks({ hasPriceGuards, heldMarks: marks }: ReplayResult): string | null {
  if (!hasPriceGuards) return null;
  if (marks.length === 0) return '  no price guard held a mark back';
  const rows = marks.map(({ market, records, furthest, furthestAt }) => {
    return [market, count(records), percent(Number(furthest)), furthestAt.slice(11, 19)];
  });
  const head = ['held back', 'records', 'furthest', 'at'];
  return `  price guards held marks back from what was reported:\n${textTable(head, rows)}`;
}

function breakerEvidence({ priceEvidence, hasBreakers, breakers }: ReplayResult): string {
  const sources = priceEvidence.map(({ sources: fewest, liquidations: started }) => [
    counted(fewest, 'source'),
    count(started),
  ]);
  const behind =
    sources.length === 0
      ? '  nothing was liquidated'
      : textTable(['fewest behind a price', 'liquidations'], sources);
  if (!hasBreakers) return `${behind}\n  no breakers are configured: nothing pauses liquidations`;
  if (breakers.length === 0) return `${behind}\n  no breaker tripped`;
  const reasons = [...new Set(breakers.map(({ reason }) => reason))];
  const rows = reasons.map((why) => reasonRow(breakers.filter(({ reason }) => reason === why)));
  return [
    behind,
    `  ${counted(breakers.length, 'breaker')} tripped; until it opens nothing new starts there:`,
    textTable(
      ['why', 'trips', 'markets', 'longest', 'timed out', 'worst', 'at', 'was', 'limit'],
      rows,
    ),
  ].join('\n');
}

type Trip = ReplayResult['breakers'][number];

/** All trips for one reason: how many, how long, and the worst of them. */
function reasonRow(trips: readonly Trip[]): string[] {
  const excess = ({ measured, threshold }: Trip): number => Number(measured) - Number(threshold);
  const worst = trips.reduce((a, b) => (excess(b) > excess(a) ? b : a));
  const closed = trips.map(({ at, releasedAt }) =>
    releasedAt === null ? Number.POSITIVE_INFINITY : Date.parse(releasedAt) - Date.parse(at),
  );
  const longest = Math.max(...closed) / 1000;
  // A price is there or it is not: there is nothing to measure.
  const isStale = worst.reason === 'price-stale';
  return [
    WHY[worst.reason] ?? worst.reason,
    count(trips.length),
    count(new Set(trips.map(({ market }) => market)).size),
    Number.isFinite(longest) ? `${count(Math.round(longest))} s` : 'to the end',
    count(trips.filter(({ cause }) => cause === 'time-limit').length),
    worst.market,
    minute(worst.at).slice(5),
    isStale ? '–' : percent(Number(worst.measured)),
    isStale ? '–' : percent(Number(worst.threshold)),
  ];
}

const WHY: { readonly [reason: string]: string } = {
  'price-jump': 'the mark jumped',
  'sources-disagree': 'sources disagree',
  'depth-collapsed': 'the book is empty',
  'price-stale': 'no live price',
};

function costs(result: ReplayResult): string {
  const { impactCost, penalties, insuranceFund, adl, badDebt, whoPaid } = result;
  const lines = [
    `  market impact   ${money(impactCost)} less than the mark for what was closed on the book`,
    `  penalties       ${money(penalties.total)}: ${money(penalties.insurance)} to the insurance ` +
      `fund, ${keepers(penalties.keeper)}, ${money(penalties.burned)} burned`,
    `  insurance fund  ${money(insuranceFund.start)} at the start, ${money(insuranceFund.low)} ` +
      `at its lowest, ${money(insuranceFund.end)} at the end`,
    `  deleveraging    ${count(adl.events)} records, ${counterparties(adl.accounts)}, ` +
      `${money(adl.notional)} of notional`,
    `  bad debt        ${money(badDebt)}, borne by:`,
  ];
  const rows = whoPaid
    .filter(({ who }) => who !== 'bankrupt accounts')
    .map(({ who, amount }) => [`  ${who}`, money(amount)]);
  return `${lines.join('\n')}\n${textTable([], rows)}`;
}

const counterparties = (value: number): string =>
  value === 1 ? '1 counterparty' : `${count(value)} counterparties`;

const keepers = (reward: string): string =>
  reward === '0' ? 'none to keepers (the engine was first)' : `${money(reward)} to keepers`;

function verdicts(result: ReplayResult, { good, bad }: Paint): string {
  const lines = replayVerdicts(result).map(({ holds, claim, otherwise }) =>
    holds ? `  ${good('✓')} ${claim}` : `  ${bad('✗')} ${otherwise}`,
  );
  const { blockedAtEnd: blocked } = result;
  if (blocked === 0) return lines.join('\n');
  const waits = `${counted(blocked, 'account')} below it cannot be closed until prices agree again`;
  return [...lines, `  – ${waits}`].join('\n');
}
