/**
 * The report as Markdown.
 * @module
 */
import { formatDecimal } from '../../src/units/index.ts';
import type { BarComparison } from './against-bars.ts';
import { type CaseSummary, casesBy, episodeFacts, summaryOf } from './case-statistics.ts';
import { type Case, type SeizureReport, TARGETS } from './seizure-report.ts';

const PAIRS_SHOWN = 10;

const count = (value: number): string => value.toLocaleString('en-US');
const millions = (dollars: number): string => (dollars / 1e6).toFixed(2);
/** A share, signed: less is negative, more is positive. */
const change = (less: number): string =>
  `${less > 0 ? '−' : '+'}${Math.abs(less * 100).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = `|---|${'---:|'.repeat(head.length - 1)}\n`;
  return `${line(head)}${rule}${rows.map(line).join('')}`;
}

export function seizureTables(report: SeizureReport): string {
  return [
    factsOf(report),
    byAssumption(report),
    byLabel(report, 'pair'),
    byLabel(report, 'month'),
  ].join('\n');
}

function factsOf(report: SeizureReport): string {
  const { records, usable, episodes } = report;
  const facts = episodeFacts(episodes);
  const rows: [string, number][] = [
    ['recorded liquidations', records],
    ['with usable prices', usable.length],
    ...[...report.unusable].map(([why, many]): [string, number] => [`not usable: ${why}`, many]),
    ['episodes', episodes.length],
    ['of more than one step', facts.ofSeveralSteps],
    ['followed by another of the same account and pair within a day', facts.again],
    ['of those, by one that repaid half as much, to a thousandth', facts.againByHalf],
    ['of accounts liquidated in another pair within the hour', facts.otherPair],
    ...TARGETS.map((target, at): [string, number] => [
      `in which no part of the debt reaches ${formatDecimal(target)}`,
      report.wholeAnyway[at]!,
    ]),
  ];
  const worst = report.worstAssets
    .slice(0, PAIRS_SHOWN)
    .map(([asset, many]) => `${asset} ${count(many)}`);
  const counts = table(
    ['What', 'How many'],
    rows.map(([what, many]) => [what, count(many)]),
  );
  return `${counts}\nNo bonus is given back, by collateral: ${worst.join(', ')}\n`;
}

const SUMMARY_HEAD = [
  'collateral assumed',
  'target',
  'episodes',
  'median health before',
  'really repaid, m$',
  'ours, m$',
  'really seized, m$',
  'ours, m$',
  'ours against real',
  'median',
  'ours lower in',
  'whole',
];

function byAssumption({ cases }: SeizureReport): string {
  const rows = [...cases].flatMap(([assumption, each]) =>
    TARGETS.map((target, at) => {
      const summary = summaryOf(each, at);
      return [
        assumption,
        formatDecimal(target),
        count(summary.cases),
        summary.medianHealth.toFixed(4),
        millions(summary.realRepaid),
        millions(summary.ourRepaid),
        millions(summary.realSeized),
        millions(summary.ourSeized),
        change(summary.less),
        change(summary.medianLess),
        count(summary.lower),
        count(summary.whole),
      ];
    }),
  );
  return table(SUMMARY_HEAD, rows);
}

/** The largest pairs by what was repaid, or all months, at the first target under both bounds. */
function byLabel({ cases }: SeizureReport, label: 'pair' | 'month'): string {
  const crossed = casesBy(cases.get('just crossed') ?? [], label);
  const restored = casesBy(cases.get('just restored') ?? [], label);
  const summary = (each: readonly Case[] = []): CaseSummary => summaryOf(each, 0);
  const groups = [...crossed].map(([name, each]) => ({ name, upper: summary(each) }));
  const shown =
    label === 'month'
      ? groups
      : groups.sort((a, b) => b.upper.realRepaid - a.upper.realRepaid).slice(0, PAIRS_SHOWN);
  const rows = shown.map(({ name, upper }) => {
    const lower = summary(restored.get(name));
    return [
      name,
      count(upper.cases),
      millions(upper.realRepaid),
      millions(upper.ourRepaid),
      change(upper.less),
      millions(lower.ourRepaid),
      change(lower.less),
    ];
  });
  const head = [
    label === 'pair' ? 'seized for repaid' : label,
    'episodes',
    'really repaid, m$',
    'just crossed, m$',
    'change',
    'just restored, m$',
    'change',
  ];
  return table(head, rows);
}

export function barTable(comparisons: readonly BarComparison[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const rows = comparisons.map(({ asset, prices, medianGap, usualGap }) => [
    asset,
    count(prices),
    percent(medianGap),
    percent(usualGap),
  ]);
  return table(['price in ether of', 'compared', 'median gap', '95 of 100 below'], rows);
}
