/**
 * A receipt as a trader reads it: what happened, why, what it cost, and compared with what.
 * @module
 */
import type { Receipt } from 'plimsoll/receipts';
import { fine, money, percent, shown } from './receipt-numbers.ts';
import { routes } from './receipt-routes.ts';
import { stepRows } from './receipt-steps.ts';
import type { HealthView, PlanView, ReceiptView, SourceView, StepView } from './receipt-view.ts';
import type { Paint } from './terminal.ts';
import { textTable } from './text-table.ts';

/** Plans that are shown in full; the JSON has them all. */
const PLANS_SHOWN = 3;

export function receiptPage(receipt: Receipt, paint: Paint): string {
  const view = receipt.json as unknown as ReceiptView;
  const section = (title: string, body: string): string => `${paint.bold(title)}\n${body}`;
  const sections = [
    header(view, paint),
    section('Why it began', `${beginning(view)}\n${health(view.healthBefore)}`),
    section('Prices at the start', prices(view)),
    ...ways(view, section),
    section('What was done', steps(view)),
    ...plans(view, paint),
    section('What it cost, and who received it', costs(view)),
    section('The balance, exactly', balance(view)),
    section('How it was left', `${ending(view)}\n${health(view.healthAfter)}`),
    section('What ties this to the journal', ties(view)),
  ];
  return `\n${sections.join('\n\n')}\n`;
}

function ways(view: ReceiptView, section: (title: string, body: string) => string): string[] {
  const body = routes(view);
  return body === null ? [] : [section('Which ways were tried', body)];
}

function header(view: ReceiptView, { bold, dim, good, bad }: Paint): string {
  const { account, outcome, run, start, end } = view;
  const paint = outcome === 'bankrupt' ? bad : good;
  const state = outcome === null ? 'still running' : paint(outcome);
  const until = end === null ? `${view.timeAfter} so far` : `${end.time} (record ${end.seq})`;
  return [
    `${bold(`Liquidation ${view.liquidation}`)} of ${account.account} · ${state}`,
    dim(`${start.time} (record ${start.seq}) to ${until}`),
    dim(`run ${run === null ? 'unnamed' : run.runId}, engine ${view.engineVersion}`),
  ].join('\n');
}

function beginning({ healthBefore, terms }: ReceiptView): string {
  const { marginEquity, maintenanceMargin, marginRatio } = healthBefore;
  const ratio = marginRatio === null ? '' : `, a margin ratio of ${percent(marginRatio)}`;
  return (
    `  Margin equity was ${money(marginEquity)} ${terms.pool.settlementAsset}, below the ` +
    `maintenance margin of ${money(maintenanceMargin)}${ratio}.`
  );
}

function health({ positions, collaterals, supplies, debts }: HealthView): string {
  const rows = positions.map((position) => [
    position.market,
    fine(position.size),
    fine(position.markPrice),
    money(position.notional),
    money(position.unrealizedPnl),
    money(position.maintenanceMargin),
  ]);
  const head = ['market', 'size', 'mark', 'notional', 'unrealized', 'maintenance'];
  const held = collaterals.map((collateral) => [
    collateral.asset,
    fine(collateral.amount),
    money(collateral.value),
    money(collateral.marginValue),
  ]);
  const lent = supplies.map(({ asset, amount }) => [asset, fine(amount)]);
  const owed = debts.map((debt) => [
    debt.asset,
    fine(debt.amount),
    money(debt.value),
    money(debt.marginValue),
  ]);
  const tables = [
    ...(rows.length > 0 ? [textTable(head, rows)] : ['  no positions']),
    ...(held.length > 0 ? [textTable(['collateral', 'amount', 'value', 'as margin'], held)] : []),
    ...(lent.length > 0 ? [textTable(['of it lent', 'amount'], lent)] : []),
    ...(owed.length > 0 ? [textTable(['debt', 'amount', 'value', 'as margin'], owed)] : []),
  ];
  return tables.join('\n');
}

function prices({ prices: { indexes, markets } }: ReceiptView): string {
  const marks = markets.map(({ market, mark, mode, indexPrice, book }) => [
    market,
    shown(mark),
    mode,
    shown(indexPrice),
    book === null ? '—' : `${fine(book.bid)} / ${fine(book.ask)}`,
    book === null ? '—' : `${seconds(book.ageMs)} ${book.status}`,
  ]);
  const told = [
    ...indexes.flatMap(({ index, sources }) => sources.map((source) => sourceRow(index, source))),
    ...markets.flatMap(({ market, outside }) => outside.map((s) => sourceRow(market, s))),
  ];
  return [
    textTable(['market', 'mark', 'mode', 'index', 'bid / ask', 'age of book'], marks),
    textTable(['of', 'source', 'price', 'age', ''], told, [
      'left',
      'left',
      'right',
      'right',
      'left',
    ]),
    ...markets.flatMap(({ market, mark, unboundMark }) =>
      unboundMark === null ? [] : [heldBack(market, mark, unboundMark)],
    ),
  ].join('\n');
}

const heldBack = (market: string, mark: string | null, unbound: string): string =>
  `  A price guard held the mark of ${market} at ${shown(mark)}: reports made it ${fine(unbound)}.`;

const sourceRow = (of: string, { source, price, ageMs, status }: SourceView): string[] => [
  of,
  source,
  shown(price),
  ageMs === null ? '—' : seconds(ageMs),
  status,
];

const seconds = (ms: number): string => `${(ms / 1000).toLocaleString('en-US')} s`;

const steps = (view: ReceiptView): string =>
  textTable(['record', 'time', 'what', ''], stepRows(view), ['right', 'left', 'left', 'left']);

function plans({ steps: all }: ReceiptView, paint: Paint): string[] {
  const planned = all.filter((step): step is StepView & { plan: PlanView } => step.plan !== null);
  const pages = planned.slice(0, PLANS_SHOWN).map(({ seq, plan }) => {
    return `${paint.bold(`Why this much, at record ${seq}`)}\n${planText(plan)}`;
  });
  const left = planned.length - pages.length;
  if (left > 0)
    pages.push(
      paint.dim(`  and ${left} more ${left === 1 ? 'plan: it is' : 'plans: they are'} in the JSON`),
    );
  return pages;
}

function planText(plan: PlanView): string {
  const legs = plan.legs.map((leg) => [
    leg.market,
    fine(leg.held),
    `${fine(leg.closable)} (${leg.closableBecause.replaceAll('-', ' ')})`,
    fine(leg.size),
    money(leg.expectedCost),
    percent(leg.penaltyFraction),
    `${fine(leg.limitPrice)} (${leg.limitBoundBy.replaceAll('-', ' ')})`,
  ]);
  const others = plan.alternatives.map((other) => [
    `${other.policy}${other.inForce ? ' ←' : ''}`,
    money(other.notional),
    money(other.expectedCost),
    money(other.expectedPenalty),
    money(other.expectedImpact),
    other.restores ? 'yes' : 'no',
  ]);
  const { ordered } = plan;
  const order = ordered === null ? 'nothing' : `${fine(ordered.size)} ${ordered.market}`;
  return [
    `  policy ${plan.policy}; ordered now: ${order}`,
    textTable(['leg', 'held', 'closable', 'planned', 'cost', 'penalty', 'limit'], legs),
    '  compared with what the other policies would have done at that moment:',
    textTable(['policy', 'notional', 'cost', 'of it penalty', 'impact', 'restores'], others),
  ].join('\n');
}

function costs({ totals }: ReceiptView): string {
  const { closedOnBook, takenOver, priority, deleveraged, penalty, badDebt } = totals;
  const { fills } = closedOnBook;
  const { takes } = takenOver;
  const groups: Row[][] = [
    [
      ['closed on the book', closedOnBook.notional, counted(fills, 'fill')],
      ['  cost against the mark', closedOnBook.costAgainstMark, ''],
    ],
    [
      ['taken over off the book', takenOver.notional, counted(takes, 'take')],
      ['  cost against the mark', takenOver.costAgainstMark, ''],
    ],
    [
      ['paid to be first', priority.paid, 'by a liquidator'],
      ['  to this account', priority.account, ''],
      ['  to the insurance fund', priority.insuranceFund, ''],
    ],
    [
      ['penalty', penalty.charged, ''],
      ['  to the insurance fund', penalty.insuranceFund, ''],
      ['  to the provider', penalty.provider, ''],
      ['  to whoever found it', penalty.keeper, ''],
      ['  burned', penalty.burned, ''],
    ],
    [
      ['deleveraged', deleveraged.notional, ''],
      ['  taken from profits', deleveraged.taken, ''],
    ],
    [
      ['bad debt', badDebt.amount, ''],
      ['  paid by the fund', badDebt.insuranceFund, ''],
      ['  taken on by open interest', badDebt.openInterest, ''],
      ['  taken from profits', badDebt.socialized, ''],
      ['  borne by nobody yet', badDebt.unallocated, ''],
    ],
  ];
  // What never happened is not listed; the book and the penalty are, so that it is seen.
  const listed = groups.filter(([head], at) => ALWAYS_LISTED.has(at) || head![1] !== '0');
  const rows = listed.flat().map(([what, amount, note]) => [what, money(amount), note]);
  return textTable([], rows, ['left', 'right', 'left']);
}

type Row = readonly [what: string, amount: string, note: string];

/** The book and the penalty. */
const ALWAYS_LISTED: ReadonlySet<number> = new Set([0, 3]);

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

const MOVES: readonly (readonly [move: string, name: string])[] = [
  ['before', 'before'],
  ['realizedPnl', 'realized profit'],
  ['funding', 'funding'],
  ['fees', 'fees'],
  ['penalty', 'penalty'],
  ['coverPaid', 'paid in by the fund'],
  ['coverRepaid', 'repaid to the fund'],
  ['badDebt', 'bad debt settled'],
  ['lossSpread', 'taken on by open interest'],
  ['collateralSold', 'collateral sold'],
  ['debtsClosed', 'paid for debts'],
  ['claimsSold', 'claims on desks'],
  ['auctioned', 'paid by bidders'],
  ['takenOver', 'went to the vault'],
  ['priority', 'paid to be first'],
  ['deposited', 'deposits, withdrawals'],
  ['received', 'received for others'],
  ['after', 'after'],
];

function balance({ totals }: ReceiptView): string {
  const kept = MOVES.filter(
    ([move]) => move === 'before' || move === 'after' || totals.balance[move] !== '0',
  );
  return textTable(
    [],
    kept.map(([move, name]) => [name, totals.balance[move]!]),
  );
}

function ending({ healthAfter }: ReceiptView): string {
  const { equity, marginEquity, maintenanceMargin, marginRatio } = healthAfter;
  const ratio = marginRatio === null ? 'nothing required' : `margin ratio ${percent(marginRatio)}`;
  return (
    `  Equity ${money(equity)}, margin equity ${money(marginEquity)}, maintenance margin ` +
    `${money(maintenanceMargin)}; ${ratio}.`
  );
}

function ties({ journal: { before, after }, receiptHash }: ReceiptView): string {
  const sealed = after.sealed ? 'sealed' : 'the head then, not sealed';
  return [
    `  chain hash at record ${before.seq}  ${before.chainHash}`,
    `  chain hash at record ${after.seq}  ${after.chainHash} (${sealed})`,
    `  receipt hash  ${receiptHash}`,
  ].join('\n');
}
