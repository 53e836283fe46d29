/** What a deleveraging would do to a book, for a person to read: one column a policy. @module */
import type { AdlAllocation, AdlFill, AdlPolicyName } from 'plimsoll/risk';
import {
  formatDecimal,
  isPositive,
  lt,
  lte,
  type Money,
  type Price,
  type Ratio,
  type Size,
  sum,
} from 'plimsoll/units';
import type { CandidateSide } from './candidates-file.ts';
import { count, counted, money, percent, price } from './figures.ts';
import type { Paint } from './terminal.ts';
import { textTable } from './text-table.ts';

export type AdlReport = {
  readonly file: string;
  /** Of the candidates. */
  readonly side: CandidateSide;
  readonly quantity: Size;
  readonly mark: Price;
  readonly close: Price;
  readonly gap: Money;
  readonly candidates: number;
  readonly eligible: number;
  /** Columns of the file that were not read. */
  readonly ignored: readonly string[];
  readonly allocations: readonly {
    readonly policy: AdlPolicyName;
    readonly allocation: AdlAllocation;
  }[];
};

const LARGEST = 5;

export function adlSummary(report: AdlReport, paint: Paint): string {
  const { side, quantity, mark, close, gap, candidates, eligible } = report;
  const counter = side === 'long' ? 'shorts' : 'longs';
  const title = `${size(quantity)} of bankrupt ${counter} closed against ${side}s`;
  const facts = [
    `mark ${price(formatDecimal(mark))}`,
    `close ${price(formatDecimal(close))}`,
    `gap ${money(formatDecimal(gap))}`,
    `${counted(candidates, 'candidate')}, ${count(eligible)} with equity`,
  ];
  const sections = [
    `${paint.bold(title)}\n${facts.join(' · ')}`,
    table(report.allocations),
    ...largestSection(report, paint),
    ...notes(report, paint),
  ];
  return `\n${sections.join('\n\n')}\n`;
}

type Measure = readonly [name: string, of: (allocation: AdlAllocation) => string];

const share = (value: Ratio): string => percent(Number(formatDecimal(value)));
const leverage = (value: Ratio | null): string =>
  value === null ? 'out of range' : `${Number(formatDecimal(value)).toFixed(2)}×`;
const size = (value: Size): string => price(formatDecimal(value));

const MEASURES: readonly Measure[] = [
  ['positions reduced', ({ fills }) => count(fills.length)],
  ['size closed', ({ fills }) => size(sum(fills.map((fill) => fill.size)))],
  ['  left unfilled', ({ unfilled }) => size(unfilled)],
  ['gap to be borne', ({ metrics }) => money(formatDecimal(metrics.budget))],
  ['  taken from profits', ({ fills }) => money(formatDecimal(sum(fills.map((f) => f.taken))))],
  ['  residual loss', ({ residualLoss }) => money(formatDecimal(residualLoss))],
  ['largest profit haircut', ({ metrics }) => share(metrics.profitHaircutMax)],
  [
    'Gini of the haircuts',
    ({ metrics }) => Number(formatDecimal(metrics.profitHaircutGini)).toFixed(3),
  ],
  ['highest leverage before', ({ metrics }) => leverage(metrics.leverageMaxBefore)],
  ['  and after', ({ metrics }) => leverage(metrics.leverageMaxAfter)],
  ['  leveled at (eta)', ({ eta }) => (eta === null ? '–' : leverage(eta))],
  ['pairs turned round', ({ metrics }) => count(metrics.orderInversions)],
];

function table(allocations: AdlReport['allocations']): string {
  return textTable(
    ['', ...allocations.map(({ policy }) => policy)],
    MEASURES.map(([name, of]) => [name, ...allocations.map(({ allocation }) => of(allocation))]),
  );
}

/** Whom it hits hardest; for several policies the JSON is the place to look. */
function largestSection({ allocations }: AdlReport, paint: Paint): string[] {
  const [only, ...others] = allocations;
  if (only === undefined || others.length > 0 || only.allocation.fills.length === 0) return [];
  const { fills } = only.allocation;
  const largest = largestFills(fills);
  const rows = largest.map((fill) => [
    fill.account,
    size(fill.size),
    fill.price === null ? '–' : price(formatDecimal(fill.price)),
    money(formatDecimal(fill.taken)),
  ]);
  const title =
    fills.length > LARGEST ? `The ${LARGEST} largest of ${count(fills.length)} fills` : 'Fills';
  return [`${paint.bold(title)}\n${textTable(['account', 'size', 'price', 'taken'], rows)}`];
}

/** From the largest down, equal ones as they stand. */
function largestFills(fills: readonly AdlFill[]): readonly AdlFill[] {
  const largest: AdlFill[] = [];
  for (const fill of fills) {
    const last = largest.at(-1);
    if (largest.length === LARGEST && last !== undefined && lte(fill.size, last.size)) continue;
    const place = largest.findIndex(({ size }) => lt(size, fill.size));
    largest.splice(place < 0 ? largest.length : place, 0, fill);
    if (largest.length > LARGEST) largest.pop();
  }
  return largest;
}

function notes({ ignored, file, allocations }: AdlReport, paint: Paint): string[] {
  const lines: string[] = [];
  if (ignored.length > 0) lines.push(`  ${file}: not read: ${ignored.join(', ')}`);
  if (allocations.some(({ allocation }) => isPositive(allocation.residualLoss))) {
    lines.push('  A residual loss goes down the waterfall: nobody here could bear it from profit.');
  }
  if (allocations.some(({ allocation }) => isPositive(allocation.unfilled))) {
    lines.push(
      '  Unfilled: the candidates with equity hold less, or less than a whole lot is left.',
    );
  }
  return lines.length === 0 ? [] : [paint.dim(lines.join('\n'))];
}
