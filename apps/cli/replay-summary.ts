/** A replay as a person reads it: what fell, who was liquidated, what it cost, who paid. @module */
import Table from 'cli-table3';
import type { ReplayResult } from 'plimsoll/lab';
import type { Paint } from './terminal.ts';

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
      claim: 'no account is left below its maintenance margin',
      otherwise: `${unhealthyAtEnd} accounts are below maintenance margin at the end`,
    },
    {
      holds: lagSteps.max === 0,
      claim: 'every liquidation started in the step of the price that caused it',
      otherwise: `a liquidation started ${lagSteps.max} steps late`,
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
    section(paint, 'What it cost, and who paid', costs(result)),
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
    `${count(result.accounts)} accounts`,
    `${result.markets} markets`,
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

/** A table without colours of its own: colour is decided in one place. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.length > 0 ? head : (rows[0] ?? []);
  const aligned = new Table({
    head: [...head],
    colAligns: columns.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: NO_LINES,
  });
  aligned.push(...rows.map((row) => [...row]));
  return aligned
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

function pricesTable({ marketPrices }: ReplayResult): string {
  const rows = marketPrices.map(({ market, start, low, lowAt, end }) => [
    market,
    price(start),
    price(low),
    minute(lowAt).slice(5),
    price(end),
    percent(Number(low) / Number(start) - 1),
  ]);
  return table(['market', 'start', 'low', 'at', 'end', 'to the low'], rows);
}

function liquidations({ liquidations: all, notionalClosed, accounts }: ReplayResult): string {
  const share = percent(all.accounts / Math.max(1, accounts));
  const lines = [
    `  ${count(all.started)} liquidations of ${count(all.accounts)} accounts (${share} of all), ` +
      `${count(all.ended)} ended`,
    `  ${count(all.closeOuts)} close-outs, ${money(notionalClosed)} closed; ` +
      `${count(all.partial)} liquidations kept part of their positions, ${count(all.full)} none`,
  ];
  const rows = all.byLeverage.map(({ from, to, accounts: held, liquidated }) => [
    `${from}–${to === 1_000 ? '' : to}×`,
    count(held),
    count(liquidated),
    percent(liquidated / Math.max(1, held)),
  ]);
  return `${lines.join('\n')}\n${table(['leverage', 'accounts', 'liquidated', 'share'], rows)}`;
}

function momentsTable({ worstMoments }: ReplayResult): string {
  const rows = worstMoments.map((moment) => [
    minute(moment.at),
    count(moment.started),
    count(moment.closeOuts),
    money(moment.notionalClosed),
    money(moment.badDebt),
  ]);
  return table(['time', 'started', 'close-outs', 'closed', 'bad debt'], rows);
}

function costs(result: ReplayResult): string {
  const { penalties, insuranceFund, adl, badDebt, whoPaid } = result;
  const lines = [
    `  penalties       ${money(penalties.total)}: ${money(penalties.insurance)} to the insurance ` +
      `fund, ${keepers(penalties.keeper)}, ${money(penalties.burned)} burned`,
    `  insurance fund  ${money(insuranceFund.start)} at the start, ${money(insuranceFund.low)} ` +
      `at its lowest, ${money(insuranceFund.end)} at the end`,
    `  deleveraging    ${count(adl.events)} records, ${count(adl.accounts)} counterparties, ` +
      `${money(adl.notional)} of notional`,
    `  bad debt        ${money(badDebt)}, borne by:`,
  ];
  const rows = whoPaid
    .filter(({ who }) => who !== 'bankrupt accounts')
    .map(({ who, amount }) => [`  ${who}`, money(amount)]);
  return `${lines.join('\n')}\n${table([], rows)}`;
}

const keepers = (reward: string): string =>
  reward === '0' ? 'none to keepers (the engine was first)' : `${money(reward)} to keepers`;

function verdicts(result: ReplayResult, { good, bad }: Paint): string {
  return replayVerdicts(result)
    .map(({ holds, claim, otherwise }) =>
      holds ? `  ${good('✓')} ${claim}` : `  ${bad('✗')} ${otherwise}`,
    )
    .join('\n');
}

const count = (value: number): string => value.toLocaleString('en-US');
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

/** Money for reading: whole units, grouped; the JSON has every digit. */
const money = (text: string): string =>
  Math.abs(Number(text)) < 100 ? Number(text).toFixed(2) : count(Math.round(Number(text)));

/** Five significant digits, never an exponent. */
function price(text: string): string {
  const value = Number(text);
  if (value >= 1000) return count(Math.round(value * 100) / 100);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}
